//! Saved payment methods: what clients agree to, save on a provider's page, choose and take away.
//!
//! Consent is kept before the provider hears of it ([`begin`]), and what came of it is asked ([`settle`]), whether a
//! webhook, the return page or the sweep wants to know. Charging them is `automatic_charges`.

mod begin;
pub mod jobs;
mod portal;
mod sandbox;
pub(crate) mod sandbox_state;
mod settle;
mod staff;

pub(crate) use begin::open;
pub use jobs::sweep;
pub(crate) use settle::settle;

use utoipa_actix_web::service_config::ServiceConfig;

/// Saved methods, for clients and staff, and the sandbox's page.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.configure(portal::routes).configure(sandbox::routes).configure(staff::routes);
}
