//! Payments: what clients pay online, what staff record, and what providers tell.
//!
//! A client's attempt is frozen before the provider hears of it ([`start`]). From then on there is one way
//! for money into the books, [`settle`]: it asks the provider and applies the answer, whether a webhook, the
//! return page or the sweep wanted to know. A webhook is only a reason to ask.

pub(crate) mod checkout;
mod connect;
pub(crate) mod connections;
pub(crate) mod disputes;
pub(crate) mod inbox;
pub mod jobs;
pub(crate) mod methods;
mod portal;
pub(crate) mod providers;
pub(crate) mod receipt;
pub(crate) mod received;
pub(crate) mod refunds;
pub(crate) mod sandbox;
pub(crate) mod sandbox_state;
pub(crate) mod settle;
pub(crate) mod staff;
pub(crate) mod start;
mod sweep;
#[cfg(test)]
mod tests;

pub use jobs::expire_attempts_of;
pub(crate) use staff::record;
pub use sweep::sweep;

use utoipa_actix_web::service_config::ServiceConfig;

/// Paying, payments, providers' accounts and their events.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .configure(connections::routes)
        .configure(connect::routes)
        .configure(methods::routes)
        .configure(staff::routes)
        .configure(refunds::routes)
        .configure(portal::routes)
        .configure(sandbox::routes)
        .configure(inbox::routes);
}
