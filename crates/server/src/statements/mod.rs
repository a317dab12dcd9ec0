//! Statements of account, and lists as files.

mod http;

use utoipa_actix_web::service_config::ServiceConfig;

/// Statements, for both sides.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.configure(http::routes);
}
