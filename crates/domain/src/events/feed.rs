//! Events as they are read.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Event, EventId};
use crate::clients::ClientId;

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Actor {
    /// A member. Contacts read it as the organization's name.
    Member {
        /// Their name.
        name: String,
    },
    /// A contact.
    Contact {
        /// Their name.
        name: String,
        /// Whether it is the one who reads this.
        you: bool,
    },
    /// Whoever held a link to one document.
    Guest,
    /// Portico by itself: a provider's event, a schedule.
    System,
}

/// An event in a feed, newest first. `GET /activity`, `GET /clients/{id}/activity`, `GET /invoices/{id}/activity`,
/// `GET /portal/activity`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Activity {
    /// The event's id.
    pub id: EventId,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub actor: Actor,
    /// The client it is about.
    pub client_id: Option<ClientId>,
    /// Its name now.
    pub client_name: Option<String>,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// Which part of a feed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct ActivityFilter {
    /// Items of a page, 1 to 100; 50 if absent.
    pub limit: Option<u16>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// What needs the client. `GET /portal/home`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PortalHome {
    /// Invoices to pay, the most urgent first, at most twenty.
    pub invoices: Vec<crate::invoices::InvoiceSummary>,
    /// How many there are in all.
    pub invoice_count: i64,
    /// What happened lately.
    pub lately: Vec<Activity>,
}
