//! Quotes: writing and sending versions, deciding on them, and billing what was accepted.
//!
//! A decision is one conditional statement ([`decide`]); project and deposit invoice come from its own
//! transaction, so they are there exactly once.

mod actions;
mod billing;
mod decide;
mod guest;
mod http;
pub mod jobs;
mod news;
mod portal;
mod questions;
pub(crate) mod send;
mod settings;
mod show;
#[cfg(test)]
mod tests;

pub(crate) use actions::{begin_version, change, create, withdraw};
pub(crate) use billing::bill;
pub(crate) use decide::{Visitor, accept, decline, request_changes};
pub(crate) use questions::{answer, ask};
pub(crate) use show::document;

use utoipa_actix_web::service_config::ServiceConfig;

/// Quotes, for both sides.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .configure(http::routes)
        .configure(settings::routes)
        .configure(portal::routes)
        .configure(guest::routes);
}
