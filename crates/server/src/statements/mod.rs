//! Statements of account.

mod http;
#[cfg(test)]
mod tests;

pub(crate) use http::{own, span};

use utoipa_actix_web::service_config::ServiceConfig;

/// Statements, for both sides.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.configure(http::routes);
}
