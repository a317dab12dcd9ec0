//! Lists as files: all rows of a list or a statement, page by page, so that a long one takes no more memory
//! than a short one.

mod http;
mod listing;
mod sheet;
#[cfg(test)]
mod tests;

use utoipa_actix_web::service_config::ServiceConfig;

/// Lists and statements as CSV and XLSX.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.configure(http::routes);
}
