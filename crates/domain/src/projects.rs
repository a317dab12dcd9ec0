//! Projects: the work done for a client.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::clients::ClientId;
use crate::id;
use crate::money::Money;
use crate::organizations::Trade;
use crate::quotes::QuoteId;
use crate::text::Name;

id!(
    /// A project.
    ProjectId,
    "prj"
);

/// What a project is called. Its data never depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum ProjectKind {
    /// An agency's.
    Project,
    /// A contractor's.
    Job,
    /// A repair shop's.
    WorkOrder,
    /// A law firm's.
    Matter,
}

impl From<Trade> for ProjectKind {
    fn from(trade: Trade) -> Self {
        match trade {
            Trade::Agency => Self::Project,
            Trade::Contractor => Self::Job,
            Trade::RepairShop => Self::WorkOrder,
            Trade::LawFirm => Self::Matter,
        }
    }
}

/// How far a project has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum ProjectState {
    /// Agreed, not begun.
    Planned,
    /// Being worked on.
    Active,
    /// Finished.
    Done,
    /// Given up.
    Cancelled,
}

/// A project: the same for staff and client. `GET /projects/{id}`, `GET /portal/projects/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Whom it is for.
    pub client_id: ClientId,
    /// The client's name.
    pub client_name: Name,
    /// Its name.
    pub name: Name,
    /// What it is called.
    pub kind: ProjectKind,
    /// How far it has come.
    pub state: ProjectState,
    /// What was agreed, taxes included: the sum of its accepted quotes and change orders.
    pub budget: Money,
    /// The quote it came from.
    pub quote_id: Option<QuoteId>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// Version for `If-Match`.
    pub version: i64,
}

/// Filters of the list of projects, newest first. `GET /projects`, `GET /portal/projects`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct ProjectFilter {
    /// Of one client only.
    pub client_id: Option<ClientId>,
    /// In this state only.
    pub state: Option<ProjectState>,
    /// Items of a page, 1 to 100; 50 if absent.
    pub limit: Option<u16>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}
