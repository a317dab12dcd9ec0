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

pub mod automatic_charges;
pub mod bank;
pub mod bulk;
pub mod clients;
pub mod credits;
pub mod demo;
pub mod documents;
pub mod events;
pub mod idempotency;
pub mod identity;
pub mod imports;
pub mod invoices;
pub mod jobs;
pub mod late_fees;
pub mod ledger;
pub mod mail;
pub mod organizations;
pub mod payments;
pub mod projects;
pub mod quotes;
pub mod recurring;
pub mod reminders;
pub mod saved_methods;
pub mod signing_keys;
pub mod statements;

pub use cursor::Cursor;
pub use error::{Error, Result};
pub use migrate::{migrate, migrations_hash};
pub use tx::{Actor, Caller, Credential, Principal, Reason, Store, Tx};

use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, Utc};
use domain::ids::Id;

/// A new id: a `UUIDv7` of this instant, so that ids sort by creation.
///
/// Everything in a transaction happens at one instant, so the time alone wouldn't order what it makes: a
/// counter stands behind it.
pub fn fresh<I: Id>(now: DateTime<Utc>) -> I {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    // 12 bits, four for each microsecond; then 22 bits of the counter and 40 random ones. The version and
    // the variant replace the bits that are left free.
    let [_, _, high, low] = (now.timestamp_subsec_micros() % 1000 * 4).to_be_bytes();
    let [_, first, second, third] = (COUNTER.fetch_add(1, Ordering::Relaxed) & 0x003f_ffff).to_be_bytes();
    let mut rest: [u8; 10] = rand::random();
    rest[..5].copy_from_slice(&[high, low, first, second, third]);
    I::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &rest).into_uuid())
}

/// Where a database is and as whom to connect; parsed from a `postgres://` address.
pub type ConnectOptions = sqlx::postgres::PgConnectOptions;

#[cfg(test)]
mod tests {
    use domain::events::EventId;

    use super::*;

    #[test]
    fn ids_sort_by_creation_even_within_an_instant() {
        let now = "2026-03-02T09:00:00.123456Z".parse::<DateTime<Utc>>().unwrap();
        let mut ids: Vec<EventId> = (0..1000).map(|_| fresh(now)).collect();
        ids.push(fresh(now + chrono::TimeDelta::microseconds(1)));
        ids.push(fresh(now + chrono::TimeDelta::milliseconds(1)));
        assert!(ids.is_sorted());
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]));
        assert_eq!(ids[0].uuid().get_version_num(), 7);
        assert_eq!(ids[0].uuid().get_variant(), uuid::Variant::RFC4122);
        let (seconds, nanos) = ids[0].uuid().get_timestamp().unwrap().to_unix();
        assert_eq!((i64::try_from(seconds).unwrap(), nanos / 1_000_000), (now.timestamp(), 123));
    }
}
