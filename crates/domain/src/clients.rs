//! Those the business serves, and the people there.

use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::id;
use crate::money::Money;
use crate::permission::Permission;
use crate::text::{Address, EmailAddress, Language, Line, Name, Note};
use chrono::{DateTime, Utc};

id!(
    /// A client: a company or person the business serves.
    ClientId,
    "cli"
);
id!(
    /// A contact: a person at a client.
    ContactId,
    "con"
);

/// Company or person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum ClientKind {
    /// A company or another body.
    #[default]
    Company,
    /// A person.
    Person,
}

impl ClientKind {
    /// The name kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Person => "person",
        }
    }
}

impl std::str::FromStr for ClientKind {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Company, Self::Person].into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

/// A client. `GET /clients/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Client {
    /// Its id.
    pub id: ClientId,
    /// Its name.
    pub name: Name,
    /// Company or person.
    pub kind: ClientKind,
    /// Its number in another system; unique in the organization when not empty.
    pub external_id: Line,
    /// General phone number.
    pub phone: Line,
    /// Address on documents.
    pub address: Address,
    /// VAT or other tax number.
    pub tax_number: Line,
    /// For staff only; never shown to the client.
    pub internal_note: Note,
    /// When it was archived.
    pub archived_at: Option<DateTime<Utc>>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// What it owes, one amount per currency; absent to members who may not see invoices.
    pub owed: Vec<Money>,
    /// What of that is overdue.
    pub overdue: Vec<Money>,
    /// Unapplied credit, one amount per currency.
    pub credit: Vec<Money>,
    /// Its people, the primary one first.
    pub contacts: Vec<Contact>,
    /// Version for `If-Match`.
    pub version: i64,
}

/// A client in a list, ordered by name. `GET /clients`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClientSummary {
    /// Its id.
    pub id: ClientId,
    /// Its name.
    pub name: Name,
    /// Company or person.
    pub kind: ClientKind,
    /// Its city.
    pub city: Line,
    /// Its country.
    pub country: Line,
    /// The primary contact's name.
    pub primary_contact: Option<Name>,
    /// The primary contact's address.
    pub primary_email: Option<EmailAddress>,
    /// What it owes, one amount per currency.
    pub owed: Vec<Money>,
    /// When it was archived.
    pub archived_at: Option<DateTime<Utc>>,
}

/// Filters of the list of clients.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct ClientFilter {
    /// Part of a name, contact or e-mail address, accents ignored.
    pub q: Option<String>,
    /// Archived clients instead of present ones.
    pub archived: bool,
    /// Only clients that owe something.
    pub owing: bool,
    /// Items of a page, 1 to 100; 50 if absent.
    pub limit: Option<u16>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// A new client, with its first contact if there is one. `POST /clients`.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewClient {
    /// Its name.
    pub name: Name,
    /// Company or person.
    #[serde(default)]
    pub kind: ClientKind,
    /// Its number in another system.
    #[serde(default)]
    pub external_id: Line,
    /// General phone number.
    #[serde(default)]
    pub phone: Line,
    /// Address on documents.
    #[serde(default)]
    pub address: Address,
    /// VAT or other tax number.
    #[serde(default)]
    pub tax_number: Line,
    /// For staff only.
    #[serde(default)]
    pub internal_note: Note,
    /// Its first person.
    #[serde(default)]
    #[validate(nested)]
    pub contact: Option<NewContact>,
}

/// Changes to a client; what is absent stays. `PATCH /clients/{id}`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ClientPatch {
    /// Its name.
    pub name: Option<Name>,
    /// Company or person.
    pub kind: Option<ClientKind>,
    /// Its number in another system.
    pub external_id: Option<Line>,
    /// General phone number.
    pub phone: Option<Line>,
    /// Address on documents.
    pub address: Option<Address>,
    /// VAT or other tax number.
    pub tax_number: Option<Line>,
    /// For staff only.
    pub internal_note: Option<Note>,
}

/// A person at a client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contact {
    /// Their id.
    pub id: ContactId,
    /// Their client.
    pub client_id: ClientId,
    /// Their name.
    pub name: Name,
    /// Their address, which signs in to the portal.
    pub email: EmailAddress,
    /// Their phone number.
    pub phone: Line,
    /// What they do there.
    pub job_title: Line,
    /// Their language, if they chose one.
    pub language: Option<Language>,
    /// Whether mails to the client go to them first.
    pub primary: bool,
    /// Whether they may sign in.
    pub portal_access: bool,
    /// What they may do in the portal.
    pub permissions: Vec<Permission>,
    /// When they were invited.
    pub invited_at: Option<DateTime<Utc>>,
    /// When they last signed in.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// Version for `If-Match`.
    pub version: i64,
}

/// A new contact. `POST /clients/{id}/contacts`.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewContact {
    /// Their name.
    pub name: Name,
    /// Their address; once per client.
    pub email: EmailAddress,
    /// Their phone number.
    #[serde(default)]
    pub phone: Line,
    /// What they do there.
    #[serde(default)]
    pub job_title: Line,
    /// Their language.
    #[serde(default)]
    pub language: Option<Language>,
    /// Makes them the primary contact instead of whoever was.
    #[serde(default)]
    pub primary: bool,
    /// Whether they may sign in.
    #[serde(default)]
    pub portal_access: bool,
    /// What they may do in the portal; the usual permissions if absent.
    #[serde(default)]
    #[validate(custom(function = portal_only))]
    pub permissions: Option<Vec<Permission>>,
}

/// Changes to a contact; what is absent stays. `PATCH /contacts/{id}`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ContactPatch {
    /// Their name.
    pub name: Option<Name>,
    /// Their address. Sessions of the old address end.
    pub email: Option<EmailAddress>,
    /// Their phone number.
    pub phone: Option<Line>,
    /// What they do there.
    pub job_title: Option<Line>,
    /// Their language.
    pub language: Option<Language>,
    /// Makes them the primary contact.
    pub primary: Option<bool>,
    /// Whether they may sign in.
    pub portal_access: Option<bool>,
    /// What they may do in the portal.
    #[validate(custom(function = portal_only))]
    pub permissions: Option<Vec<Permission>>,
}

fn portal_only(permissions: &[Permission]) -> Result<(), validator::ValidationError> {
    if permissions.iter().all(|permission| permission.audience() == crate::permission::Audience::Portal) {
        return Ok(());
    }
    Err(validator::ValidationError::new("not_a_portal_permission")
        .with_message("must hold permissions of the portal only".into()))
}
