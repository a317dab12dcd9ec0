//! Work for later: what failed for good, and running it again.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id;

id!(
    /// A job.
    JobId,
    "job"
);

/// A job that failed too often. `GET /jobs/dead`; `POST /jobs/{id}/retry` runs it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeadJob {
    /// Its id.
    pub id: JobId,
    /// What it does.
    #[cfg_attr(feature = "openapi", schema(example = "send_mail"))]
    pub kind: String,
    /// How often it was tried.
    pub attempts: i32,
    /// Why it failed last.
    pub last_error: String,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it failed last.
    pub failed_at: DateTime<Utc>,
}

/// Filters of the list of failed jobs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct JobFilter {
    /// Items of a page, 1 to 100; 50 if absent.
    pub limit: Option<u16>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}
