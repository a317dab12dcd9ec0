//! Planning: when an invoice is to be charged.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone as _, Utc};
use domain::invoices::InvoiceId;
use domain::text::TimeZone;
use store::automatic_charges::{self, Chargeable};
use store::{Tx, organizations};

use super::run;
use crate::problem::Result;

/// When charges of a day are made, in the organization's zone: their mails are read then.
const MORNING: NaiveTime = NaiveTime::from_hms_opt(9, 0, 0).expect("a time of the day");

/// Plans the charge of an invoice that was just issued, if it comes from a recurring one that is charged. Asked again, the
/// first plan stays.
pub async fn plan(tx: &mut Tx, invoice: InvoiceId) -> Result<()> {
    let Some(chargeable) = automatic_charges::chargeable(tx, invoice).await? else { return Ok(()) };
    let at = instant(tx, &chargeable).await?;
    automatic_charges::plan(tx, invoice, &chargeable, at).await?;
    if at <= tx.now() {
        run::enqueue(tx, invoice).await?;
    }
    Ok(())
}

/// When an invoice that is open is to be charged after now; nothing where its day has come, or none will.
pub async fn later(tx: &mut Tx, invoice: InvoiceId) -> Result<Option<DateTime<Utc>>> {
    let Some(chargeable) = automatic_charges::chargeable(tx, invoice).await? else { return Ok(None) };
    let at = instant(tx, &chargeable).await?;
    Ok(Some(at).filter(|at| *at > tx.now()))
}

async fn instant(tx: &mut Tx, chargeable: &Chargeable) -> Result<DateTime<Utc>> {
    let zone = organizations::find(tx).await?.time_zone;
    let (day, now) = (chargeable.day(), tx.now());
    // What is to be charged today need not wait for tomorrow's morning.
    Ok(if day <= zone.today(now) { now } else { morning(&zone, day) })
}

fn morning(zone: &TimeZone, day: NaiveDate) -> DateTime<Utc> {
    let local = day.and_time(MORNING);
    // No zone skips nine in the morning; should one, the hour counts as UTC's.
    zone.rules().from_local_datetime(&local).earliest().map_or(local.and_utc(), |at| at.with_timezone(&Utc))
}
