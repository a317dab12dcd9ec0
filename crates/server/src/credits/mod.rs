//! Credit: notes that take back what invoices asked for, money that pays nothing yet, and what is given up.

mod apply;
mod http;
pub(crate) mod notes;
mod portal;
mod write_off;

pub(crate) use apply::apply;
pub(crate) use write_off::write_off;

use utoipa_actix_web::service_config::ServiceConfig;

/// Credit notes, credit and write-offs, for both sides.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.configure(http::routes).configure(write_off::routes).configure(portal::routes);
}
