//! Money that staff say has come: recorded by hand, or found on a bank's statement.

use chrono::NaiveDate;
use domain::clients::ClientId;
use domain::events::{Event, Subject};
use domain::money::Money;
use domain::payments::{ManualMethod, PaymentId, Provider};
use store::invoices::Locked;
use store::payments::{self, NewPayment};
use store::{Tx, events};

use super::jobs::expire_attempts_of;
use super::staff::member;
use crate::problem::Result;

/// The most that is believed of one payment, in the smallest unit; sums of these can't overflow.
pub const MOST: i64 = 1_000_000_000_000_000;

/// Money outside of all providers.
pub struct Takings {
    /// Whose it is.
    pub client_id: ClientId,
    /// How much.
    pub amount: Money,
    /// How it came.
    pub method: ManualMethod,
    /// When, in the organization's zone.
    pub received_on: NaiveDate,
    /// What tells it apart for people.
    pub reference: String,
    /// What books it once, where it has such a thing.
    pub once: Option<String>,
    /// What it pays; invoices that are locked. The rest is the client's credit.
    pub shares: Vec<(Locked, Money)>,
}

/// Books it; none if it is booked already.
pub async fn book(tx: &mut Tx, received: Takings) -> Result<Option<PaymentId>> {
    let Takings { client_id, amount, method, received_on, reference, once, shares } = received;
    let new = NewPayment {
        client_id,
        provider: Provider::Manual,
        provider_reference: once,
        attempt_id: None,
        method: method.as_str().to_owned(),
        amount,
        shares,
        received_on,
        reference,
        recorded_by: member(tx),
    };
    let Some(id) = payments::insert(tx, &new).await? else { return Ok(None) };
    let invoice_id = new.shares.first().map(|(invoice, _)| invoice.id);
    let event = Event::PaymentReceived { payment_id: id, invoice_id, amount, method: new.method };
    let subject = invoice_id.map_or(Subject::Payment(id), Subject::Invoice);
    events::record(tx, subject, Some(client_id), &event).await?;
    // Whoever is about to pay the same online would pay it twice.
    for (invoice, _) in &new.shares {
        expire_attempts_of(tx, invoice.id).await?;
    }
    Ok(Some(id))
}
