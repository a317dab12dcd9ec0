//! PostgreSQL: the only crate that sees the pool.
//!
//! There are three ways in, and each names why: [`Store::begin`] for a caller and a permission,
//! [`Store::begin_worker`] for work on one organization's behalf, and [`Store::begin_system`] for what
//! has to look across organizations. Each sets a database role and an organization (for a contact, also
//! the client; behind a guest link, also the document) for that transaction, and forced row policies
//! filter. So SQL here doesn't repeat the tenant, and a query can't forget it.
//!
//! To add a feature: a migration that calls `protect('table')` and writes the portal's policy beside it,
//! and a file of the feature's name with one function per question, each taking `&mut Tx`. Functions
//! never begin or commit. Updates name the state they expect and check that one row changed.

pub mod cluster;
mod cursor;
mod error;
mod migrate;
mod tx;

pub mod clients;
pub mod events;
pub mod idempotency;
pub mod identity;
pub mod imports;
pub mod invoices;
pub mod jobs;
pub mod ledger;
pub mod mail;
pub mod organizations;
pub mod signing_keys;

pub use cursor::Cursor;
pub use error::{Error, Result};
pub use migrate::{migrate, migrations_hash};
pub use tx::{Actor, Caller, Credential, Principal, Reason, Store, Tx};

use chrono::{DateTime, Utc};
use domain::ids::Id;

/// A new id: `UUIDv7` of this instant, so that ids sort by creation.
pub fn fresh<I: Id>(now: DateTime<Utc>) -> I {
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    let time = uuid::Timestamp::from_unix(uuid::NoContext, seconds, now.timestamp_subsec_nanos());
    I::from_uuid(uuid::Uuid::new_v7(time))
}

/// Where a database is and as whom to connect; parsed from a `postgres://` address.
pub type ConnectOptions = sqlx::postgres::PgConnectOptions;
