//! Mail that was or will be sent.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id;
use crate::text::EmailAddress;

id!(
    /// A mail.
    MailId,
    "mai"
);

/// How far a mail has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum MailState {
    /// Waiting to be sent.
    Queued,
    /// Taken by the mail server.
    Sent,
    /// Kept in the mailbox, because no mail server is set up.
    Captured,
    /// Refused for good.
    Failed,
}

/// A mail in the mailbox. `GET /mails`, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailSummary {
    /// Its id.
    pub id: MailId,
    /// How far it has come.
    pub state: MailState,
    /// The addressee's name.
    pub to_name: String,
    /// The addressee.
    pub to: EmailAddress,
    /// Its subject.
    pub subject: String,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// Why it was refused.
    pub error: Option<String>,
}

/// A mail with its text. `GET /mails/{id}`. Of mails that were sent, no text is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mail {
    /// What lists show of it.
    #[serde(flatten)]
    pub summary: MailSummary,
    /// Plain text.
    pub text: String,
    /// Links in it, to follow from the mailbox.
    pub links: Vec<String>,
}

/// Filters of the mailbox.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct MailFilter {
    /// Part of the addressee or subject.
    pub q: Option<String>,
    /// Items of a page, 1 to 100; 50 if absent.
    pub limit: Option<u16>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}
