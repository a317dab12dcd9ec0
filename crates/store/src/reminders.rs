//! Reminders of open invoices: the ladder, what keeps it still, and which steps were reached.

use chrono::NaiveDate;
use domain::clients::ClientId;
use domain::ids::Id;
use domain::invoices::InvoiceId;
use domain::organizations::OrganizationId;
use domain::reminders::{
    ClientReminders, InvoiceReminders, InvoiceRemindersInput, Reminder, ReminderRule, ReminderRules,
    ReminderTone, UpcomingReminder,
};
use domain::text::{Note, TimeZone};

use crate::{Error, Result, Tx};

/// The organization's ladder, in order of days.
pub async fn rules(tx: &mut Tx) -> Result<ReminderRules> {
    let rules = sqlx::query_as!(
        ReminderRule,
        r#"select days, tone as "tone: ReminderTone", message as "message: Note" from reminder_rule order by days"#
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(ReminderRules { rules })
}

/// Puts another ladder in its place. Steps that stay keep the day from which they count.
pub async fn set_rules(tx: &mut Tx, rules: &ReminderRules, today: NaiveDate) -> Result<()> {
    let days: Vec<i16> = rules.rules.iter().map(|rule| rule.days).collect();
    sqlx::query!("delete from reminder_rule where days <> all ($1)", &days).execute(tx.connection()).await?;
    for rule in &rules.rules {
        sqlx::query!(
            "insert into reminder_rule (days, tone, message, since) values ($1, $2, $3, $4)
             on conflict (organization_id, days) do update set tone = excluded.tone, message = excluded.message",
            rule.days,
            rule.tone as _,
            rule.message.as_str(),
            today,
        )
        .execute(tx.connection())
        .await?;
    }
    Ok(())
}

/// How a client is reminded; [`Error::NotFound`] for one that isn't there.
pub async fn client(tx: &mut Tx, id: ClientId) -> Result<ClientReminders> {
    let row = sqlx::query!(
        r#"select coalesce(r.paused, false) as "paused!", r.time_zone as "time_zone?: TimeZone"
           from client c left join client_reminders r on r.organization_id = c.organization_id and r.client_id = c.id
           where c.id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(ClientReminders { paused: row.paused, time_zone: row.time_zone })
}

/// Says how a client is reminded.
pub async fn set_client(tx: &mut Tx, id: ClientId, reminders: &ClientReminders) -> Result<()> {
    sqlx::query!(
        "insert into client_reminders (client_id, paused, time_zone) values ($1, $2, $3)
         on conflict (organization_id, client_id) do update set paused = excluded.paused, time_zone = excluded.time_zone",
        id.uuid(),
        reminders.paused,
        reminders.time_zone.as_ref().map(TimeZone::as_str),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Says what keeps an invoice's reminders still.
pub async fn set_invoice(tx: &mut Tx, id: InvoiceId, input: &InvoiceRemindersInput) -> Result<()> {
    sqlx::query!(
        "insert into invoice_reminders (invoice_id, paused, promised_on) values ($1, $2, $3)
         on conflict (organization_id, invoice_id) do update set paused = excluded.paused, promised_on = excluded.promised_on",
        id.uuid(),
        input.paused,
        input.promised_on,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Reminders of one invoice; [`Error::NotFound`] for one that isn't there.
pub async fn invoice(tx: &mut Tx, id: InvoiceId, today: NaiveDate) -> Result<InvoiceReminders> {
    let row = sqlx::query!(
        r#"select coalesce(s.paused, false) as "paused!", s.promised_on as "promised_on?"
           from invoice i
             left join invoice_reminders s on s.organization_id = i.organization_id and s.invoice_id = i.id
           where i.id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let past = sqlx::query_as!(
        Reminder,
        "select days, at, mailed from reminder where invoice_id = $1 order by due_on, days",
        id.uuid()
    )
    .fetch_all(tx.connection())
    .await?;
    // Of several that come to the same day, the last is mailed.
    let upcoming = sqlx::query_as!(
        UpcomingReminder,
        r#"select distinct on (at.day) at.day as "on!", r.days as "days!", r.tone as "tone!: ReminderTone"
           from invoice i
             join reminder_rule r on r.organization_id = i.organization_id and i.due_on + r.days >= r.since
             left join invoice_reminders s on s.organization_id = i.organization_id and s.invoice_id = i.id
             left join client_reminders c on c.organization_id = i.organization_id and c.client_id = i.client_id
             cross join lateral (select greatest(i.due_on + r.days, $2, s.promised_on + 1) as day) at
           where i.id = $1 and i.status in ('sent', 'viewed', 'partially_paid') and not i.disputed
             and not coalesce(s.paused, false) and not coalesce(c.paused, false)
             and not exists (select from reminder d where d.organization_id = i.organization_id
               and d.invoice_id = i.id and d.due_on in (i.due_on, '-infinity') and d.days >= r.days)
           order by at.day, r.days desc"#,
        id.uuid(),
        today,
    )
    .fetch_all(tx.connection())
    .await?;
    let input = InvoiceRemindersInput { paused: row.paused, promised_on: row.promised_on };
    Ok(InvoiceReminders { input, past, next_on: upcoming.first().map(|next| next.on), upcoming })
}

/// Open invoices of all organizations that have reached a step at 09:00 of their client's day and weren't told.
pub async fn due(tx: &mut Tx, limit: i64) -> Result<Vec<(OrganizationId, InvoiceId)>> {
    let now = tx.now();
    let rows = sqlx::query!(
        r#"select distinct i.organization_id as "organization_id: OrganizationId", i.id as "id: InvoiceId"
           from reminder_rule r
             join organization o on o.organization_id = r.organization_id
             join invoice i on i.organization_id = r.organization_id and i.status in ('sent', 'viewed', 'partially_paid') and not i.disputed
               and i.due_on between r.since - r.days and ($1::timestamptz at time zone 'Etc/GMT-14')::date - r.days
             left join client_reminders c on c.organization_id = i.organization_id and c.client_id = i.client_id
             left join invoice_reminders s on s.organization_id = i.organization_id and s.invoice_id = i.id
           where not coalesce(c.paused, false) and not coalesce(s.paused, false)
             and (i.due_on + r.days + time '09:00') at time zone coalesce(c.time_zone, o.time_zone) <= $1
             and (s.promised_on is null
               or (s.promised_on + 1 + time '09:00') at time zone coalesce(c.time_zone, o.time_zone) <= $1)
             and not exists (select from reminder d where d.organization_id = i.organization_id
               and d.invoice_id = i.id and d.due_on in (i.due_on, '-infinity') and d.days >= r.days)
           limit $2"#,
        now,
        limit,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| (row.organization_id, row.id)).collect())
}

/// The steps that a locked, open invoice has reached and wasn't told of, in order; none while something keeps it still.
pub async fn reached(tx: &mut Tx, id: InvoiceId) -> Result<Vec<ReminderRule>> {
    let now = tx.now();
    Ok(sqlx::query_as!(
        ReminderRule,
        r#"select r.days, r.tone as "tone: ReminderTone", r.message as "message: Note"
           from invoice i
             join organization o on o.organization_id = i.organization_id
             join reminder_rule r on r.organization_id = i.organization_id and i.due_on + r.days >= r.since
             left join client_reminders c on c.organization_id = i.organization_id and c.client_id = i.client_id
             left join invoice_reminders s on s.organization_id = i.organization_id and s.invoice_id = i.id
           where i.id = $1 and i.status in ('sent', 'viewed', 'partially_paid') and not i.disputed
             and not coalesce(c.paused, false) and not coalesce(s.paused, false)
             and (i.due_on + r.days + time '09:00') at time zone coalesce(c.time_zone, o.time_zone) <= $2
             and (s.promised_on is null
               or (s.promised_on + 1 + time '09:00') at time zone coalesce(c.time_zone, o.time_zone) <= $2)
             and not exists (select from reminder d where d.organization_id = i.organization_id
               and d.invoice_id = i.id and d.due_on in (i.due_on, '-infinity') and d.days >= r.days)
           order by r.days"#,
        id.uuid(),
        now,
    )
    .fetch_all(tx.connection())
    .await?)
}

/// Notes steps that were reached on the way to the day that is due now; the last of them was mailed.
pub async fn note(tx: &mut Tx, id: InvoiceId, steps: &[ReminderRule]) -> Result<()> {
    let days: Vec<i16> = steps.iter().map(|rule| rule.days).collect();
    let now = tx.now();
    sqlx::query!(
        "insert into reminder (invoice_id, due_on, days, at, mailed)
         select i.id, i.due_on, days, $3, days = (select max(last) from unnest($2::smallint[]) last)
         from invoice i, unnest($2::smallint[]) days where i.id = $1",
        id.uuid(),
        &days,
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
