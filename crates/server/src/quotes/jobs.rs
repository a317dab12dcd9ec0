//! What happens later to a quote that nobody decides on: a reminder, and its end.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use domain::events::{Event, Subject};
use domain::organizations::Organization;
use domain::quotes::QuoteId;
use serde::{Deserialize, Serialize};
use store::jobs::{self, Job};
use store::quotes;
use store::{Reason, Tx, events, invoices, organizations};

use super::news::{self, Mailing};
use crate::App;
use crate::mail::format;
use crate::problem::Result;
use crate::worker::JobError;

/// Reminds the client of a version.
pub const REMIND: &str = "remind_quote";
/// Notes that a version's last day has passed.
pub const EXPIRE: &str = "expire_quote";

/// When clients are reminded, in the organization's zone: clients have none of their own.
const MORNING: u32 = 9;

#[derive(Serialize, Deserialize)]
struct Payload {
    quote_id: QuoteId,
    no: i32,
}

/// An hour of a day in the organization's zone; where clocks skip it, the next there is.
fn at_hour(organization: &Organization, day: NaiveDate, hour: u32) -> DateTime<Utc> {
    let wall =
        NaiveTime::from_hms_opt(hour, 0, 0).map_or(day.and_time(NaiveTime::MIN), |time| day.and_time(time));
    let zone = organization.time_zone.rules();
    zone.from_local_datetime(&wall)
        .earliest()
        .or_else(|| zone.from_local_datetime(&(wall + TimeDelta::hours(1))).earliest())
        .map_or_else(|| wall.and_utc(), |at| at.with_timezone(&Utc))
}

/// Asks for both, once per version.
pub async fn schedule(
    tx: &mut Tx,
    organization: &Organization,
    id: QuoteId,
    no: i32,
    valid_until: NaiveDate,
    remind_days: u16,
) -> Result<()> {
    let payload = serde_json::json!(Payload { quote_id: id, no });
    let key = format!("{id} {no}");
    let remind_at = at_hour(organization, valid_until - Days::new(remind_days.into()), MORNING);
    if remind_days > 0 && remind_at > tx.now() {
        jobs::enqueue(tx, REMIND, &payload, remind_at, Some(&key)).await?;
    }
    let over = at_hour(organization, valid_until + Days::new(1), 0);
    jobs::enqueue(tx, EXPIRE, &payload, over, Some(&key)).await?;
    Ok(())
}

fn payload(job: &Job) -> Result<Payload, JobError> {
    serde_json::from_value(job.payload.clone()).map_err(|error| JobError::Hopeless(error.to_string()))
}

#[derive(Serialize)]
struct Words<'a> {
    number: &'a str,
    title: &'a str,
    valid_until: String,
    code: bool,
}

/// Does [`REMIND`]: at most once per version, and not when there is nothing left to decide.
pub async fn remind(app: &App, job: &Job) -> Result<(), JobError> {
    let Payload { quote_id, no } = payload(job)?;
    let mut tx = app.store.begin_worker(job.organization_id, Reason::Jobs, app.clock.now()).await?;
    let organization = organizations::find(&mut tx).await?;
    let today = organization.time_zone.today(tx.now());
    if quotes::note_reminder(&mut tx, quote_id, no, today).await? {
        let locked = quotes::lock(&mut tx, quote_id).await?;
        let title = quotes::version(&mut tx, quote_id, no).await?.content.title;
        let number = locked.head.number.unwrap_or_default();
        let recipients = invoices::recipients(&mut tx, locked.head.client_id, None).await?;
        let words = |language| Words {
            number: &number,
            title: title.as_str(),
            valid_until: locked.head.valid_until.map(|date| format::date(language, date)).unwrap_or_default(),
            code: locked.access_code,
        };
        let mailing = Mailing { name: "quote_reminder", document: None };
        news::mail_clients(app, &mut tx, &organization, quote_id, mailing, &recipients, words).await?;
    }
    jobs::finish(&mut tx, job.id).await?;
    tx.commit().await?;
    Ok(())
}

/// Does [`EXPIRE`]: the event, once per version.
pub async fn expire(app: &App, job: &Job) -> Result<(), JobError> {
    let Payload { quote_id, no } = payload(job)?;
    let mut tx = app.store.begin_worker(job.organization_id, Reason::Jobs, app.clock.now()).await?;
    let today = organizations::today(&mut tx).await?;
    if quotes::note_expiry(&mut tx, quote_id, no, today).await? {
        let head = quotes::head(&mut tx, quote_id).await?;
        let event = Event::QuoteExpired { quote_id, number: head.number.unwrap_or_default() };
        events::record(&mut tx, Subject::Quote(quote_id), Some(head.client_id), &event).await?;
    }
    jobs::finish(&mut tx, job.id).await?;
    tx.commit().await?;
    Ok(())
}
