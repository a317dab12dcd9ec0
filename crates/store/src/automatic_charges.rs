//! Automatic charges: what was set, and how far the charge of each invoice has come.

use chrono::{DateTime, NaiveDate, Utc};
use domain::automatic_charges::{
    AutomaticCharge, ChargeFilter, ChargeSettings, ChargeSettingsInput, ChargeState, ChargeView, CountsFrom,
    RecurringChargeInput,
};
use domain::clients::{ClientId, ContactId};
use domain::ids::Id;
use domain::invoices::InvoiceId;
use domain::money::{Currency, Money};
use domain::organizations::OrganizationId;
use domain::page::Page;
use domain::payments::AttemptId;
use domain::recurring::RecurringInvoiceId;
use domain::saved_methods::Decline;
use domain::text::{EmailAddress, Language, Name};
use uuid::Uuid;

use crate::{Cursor, Error, Result, Tx};

/// After which days a charge that failed is tried again.
pub async fn settings(tx: &mut Tx) -> Result<ChargeSettings> {
    let row = sqlx::query!("select retry_days, version from charge_settings")
        .fetch_optional(tx.connection())
        .await?;
    Ok(match row {
        Some(row) => ChargeSettings {
            input: ChargeSettingsInput {
                retry_days: row.retry_days.into_iter().filter_map(|day| day.try_into().ok()).collect(),
            },
            version: row.version,
        },
        // What the column's default says; the first change writes the row.
        None => ChargeSettings::unset(),
    })
}

/// Changes that, if the version is still this one.
pub async fn update_settings(tx: &mut Tx, version: i64, wanted: &ChargeSettingsInput) -> Result<()> {
    sqlx::query!("insert into charge_settings default values on conflict do nothing")
        .execute(tx.connection())
        .await?;
    let days: Vec<i16> = wanted.retry_days.iter().map(|day| i16::from(*day)).collect();
    let done = sqlx::query!(
        "update charge_settings set retry_days = $2, version = version + 1 where version = $1",
        version,
        &days,
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::VersionMismatch) }
}

/// Whether and when a recurring invoice's invoices are charged, and the version of that.
pub async fn recurring(tx: &mut Tx, id: RecurringInvoiceId) -> Result<(RecurringChargeInput, i64)> {
    let row = sqlx::query!(
        r#"select enabled, counts_from as "counts_from: CountsFrom", days, version from recurring_charge
           where recurring_invoice_id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map_or((RecurringChargeInput::default(), 1), |row| {
        let days = u8::try_from(row.days).unwrap_or(u8::MAX);
        (RecurringChargeInput { enabled: row.enabled, counts_from: row.counts_from, days }, row.version)
    }))
}

/// Sets that, if the version is still this one.
pub async fn set_recurring(
    tx: &mut Tx,
    id: RecurringInvoiceId,
    version: i64,
    wanted: &RecurringChargeInput,
) -> Result<()> {
    sqlx::query!(
        "insert into recurring_charge (recurring_invoice_id, enabled, counts_from, days) values ($1, false, 'issue', 0)
         on conflict do nothing",
        id.uuid(),
    )
    .execute(tx.connection())
    .await?;
    let done = sqlx::query!(
        "update recurring_charge set enabled = $3, counts_from = $4, days = $5, version = version + 1
         where recurring_invoice_id = $1 and version = $2",
        id.uuid(),
        version,
        wanted.enabled,
        wanted.counts_from as _,
        i16::from(wanted.days),
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::VersionMismatch) }
}

/// An invoice that is to be charged.
#[derive(Debug, Clone, Copy)]
pub struct Chargeable {
    /// Its client.
    pub client_id: ClientId,
    /// What it comes from.
    pub recurring_invoice_id: RecurringInvoiceId,
    /// When it is charged.
    pub input: RecurringChargeInput,
    /// The day on it.
    pub issued_on: NaiveDate,
    /// Until when it is to be paid, or the first of its instalments that are left.
    pub due_on: NaiveDate,
    /// Whether it is paid in instalments.
    pub in_instalments: bool,
}

impl Chargeable {
    /// The day of the charge. Instalments are never charged before they are due.
    pub fn day(&self) -> NaiveDate {
        self.input.day(if self.in_instalments { self.due_on } else { self.issued_on }, self.due_on)
    }
}

/// What is to be charged of an issued invoice, if it comes from a recurring one that is charged.
pub async fn chargeable(tx: &mut Tx, invoice: InvoiceId) -> Result<Option<Chargeable>> {
    let row = sqlx::query!(
        r#"select i.client_id as "client_id: ClientId", p.recurring_invoice_id as "recurring_invoice_id: RecurringInvoiceId",
             c.enabled, c.counts_from as "counts_from: CountsFrom", c.days, i.issued_on as "issued_on!", i.due_on as "due_on!",
             i.schedule is not null as "in_instalments!"
           from recurring_period p
             join recurring_charge c
               on c.organization_id = p.organization_id and c.recurring_invoice_id = p.recurring_invoice_id and c.enabled
             join invoice i on i.organization_id = p.organization_id and i.id = p.invoice_id
           where p.invoice_id = $1 and i.status in ('sent', 'viewed', 'partially_paid') and i.issued_on is not null
             and i.due_on is not null"#,
        invoice.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map(|row| Chargeable {
        client_id: row.client_id,
        recurring_invoice_id: row.recurring_invoice_id,
        input: RecurringChargeInput {
            enabled: row.enabled,
            counts_from: row.counts_from,
            days: u8::try_from(row.days).unwrap_or(u8::MAX),
        },
        issued_on: row.issued_on,
        due_on: row.due_on,
        in_instalments: row.in_instalments,
    }))
}

/// Plans the charge of an invoice, once.
pub async fn plan(tx: &mut Tx, invoice: InvoiceId, chargeable: &Chargeable, at: DateTime<Utc>) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "insert into automatic_charge (invoice_id, client_id, recurring_invoice_id, next_at, changed_at) values ($1, $2, $3, $4, $5)
         on conflict (organization_id, invoice_id) do nothing",
        invoice.uuid(),
        chargeable.client_id.uuid(),
        chargeable.recurring_invoice_id.uuid(),
        at,
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Charges of all organizations whose next try is due.
pub async fn due(tx: &mut Tx, limit: i64) -> Result<Vec<(OrganizationId, InvoiceId)>> {
    let now = tx.now();
    let rows = sqlx::query!(
        r#"select organization_id as "organization_id: OrganizationId", invoice_id as "invoice_id: InvoiceId" from automatic_charge
           where state = 'waiting' and next_at <= $1 order by next_at limit $2"#,
        now,
        limit,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| (row.organization_id, row.invoice_id)).collect())
}

/// A charge that nobody else changes until the transaction ends.
#[derive(Debug, Clone, Copy)]
pub struct Locked {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// Its client.
    pub client_id: ClientId,
    /// How far it has come.
    pub state: ChargeState,
    /// When it is tried next.
    pub next_at: Option<DateTime<Utc>>,
    /// How often it was tried.
    pub tries: i16,
    /// When it was first tried.
    pub first_tried_at: Option<DateTime<Utc>>,
    /// The last try.
    pub attempt_id: Option<AttemptId>,
}

macro_rules! locked {
    ($rest:literal, $parameter:expr) => {
        sqlx::query_as!(
            Locked,
            r#"select invoice_id as "invoice_id: InvoiceId", client_id as "client_id: ClientId", state as "state: ChargeState", next_at,
                 tries, first_tried_at, attempt_id as "attempt_id: AttemptId"
               from automatic_charge where "# + $rest + " for update",
            $parameter
        )
    };
}

/// The charge of an invoice. Lock the invoice first.
pub async fn lock(tx: &mut Tx, invoice: InvoiceId) -> Result<Locked> {
    locked!("invoice_id = $1", invoice.uuid()).fetch_optional(tx.connection()).await?.ok_or(Error::NotFound)
}

/// The charge whose last try is an attempt.
pub async fn of_attempt(tx: &mut Tx, attempt: AttemptId) -> Result<Option<Locked>> {
    Ok(locked!("attempt_id = $1", attempt.uuid()).fetch_optional(tx.connection()).await?)
}

/// What an invoice looks like to whoever charges it.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Its number.
    pub number: String,
    /// Whether it can be charged: it is open, nobody contests it, and charging is on.
    pub open: bool,
}

/// How an invoice with a charge stands, without locking it.
pub async fn standing(tx: &mut Tx, invoice: InvoiceId) -> Result<Standing> {
    let row = sqlx::query!(
        r#"select coalesce(i.number, '') as "number!",
             i.balance_minor > 0 and i.status in ('sent', 'viewed', 'partially_paid') and not i.disputed and coalesce(r.enabled, false) as "open!"
           from automatic_charge a
             join invoice i on i.organization_id = a.organization_id and i.id = a.invoice_id
             left join recurring_charge r
               on r.organization_id = a.organization_id and r.recurring_invoice_id = a.recurring_invoice_id
           where a.invoice_id = $1"#,
        invoice.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Standing { number: row.number, open: row.open })
}

/// Where a locked charge goes.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// How far it has come.
    pub state: ChargeState,
    /// When it is tried next, while it waits.
    pub next_at: Option<DateTime<Utc>>,
    /// How often it was tried.
    pub tries: i16,
    /// When it was first tried.
    pub first_tried_at: Option<DateTime<Utc>>,
    /// The last try.
    pub attempt_id: Option<AttemptId>,
    /// Why that brought nothing.
    pub failure: Option<&'a str>,
    /// The kind of the bank's no.
    pub decline: Option<Decline>,
}

/// Moves a locked charge on.
pub async fn step(tx: &mut Tx, invoice: InvoiceId, step: Step<'_>) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update automatic_charge set state = $2, next_at = $3, tries = $4, first_tried_at = $5, attempt_id = $6, failure = $7,
           decline = $8, changed_at = $9
         where invoice_id = $1",
        invoice.uuid(),
        step.state as _,
        step.next_at,
        step.tries,
        step.first_tried_at,
        step.attempt_id.map(Id::uuid),
        step.failure,
        step.decline as _,
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Puts a try off that can't be made now.
pub async fn put_off(tx: &mut Tx, invoice: InvoiceId, until: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update automatic_charge set next_at = $2 where invoice_id = $1 and state = 'waiting'",
        invoice.uuid(),
        until,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Lets everything of a client that failed before be tried now: there is another method.
pub async fn try_now(tx: &mut Tx, client: ClientId) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update automatic_charge set state = 'waiting', next_at = $2, changed_at = $2
         where client_id = $1 and failure is not null and state in ('waiting', 'failed')",
        client.uuid(),
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Somebody who learns that a charge failed.
#[derive(Debug, Clone)]
pub struct Addressee {
    /// The contact.
    pub id: ContactId,
    /// Their name.
    pub name: Name,
    /// Their address.
    pub email: EmailAddress,
    /// Their language, if they chose one.
    pub language: Option<Language>,
    /// Whether they can save another method in the portal.
    pub may_save: bool,
}

/// Who learns of it: the client's primary contact, and whoever saved the method.
pub async fn addressees(
    tx: &mut Tx,
    client: ClientId,
    saved_by: Option<ContactId>,
) -> Result<Vec<Addressee>> {
    Ok(sqlx::query_as!(
        Addressee,
        r#"select id as "id: ContactId", name as "name: Name", email as "email: EmailAddress", language as "language: Language",
             portal_access and 'money.pay' = any (permissions) as "may_save!"
           from contact where client_id = $1 and (is_primary or id = $2) order by id"#,
        client.uuid(),
        saved_by.map(Id::uuid),
    )
    .fetch_all(tx.connection())
    .await?)
}

/// A page of charges, those of the newest invoices first.
pub async fn list(tx: &mut Tx, filter: &ChargeFilter) -> Result<Page<AutomaticCharge>> {
    let before: Option<Uuid> = Cursor::decode(filter.cursor.as_deref())?;
    let trouble = filter.view == ChargeView::Trouble;
    let rows = sqlx::query!(
        r#"select a.invoice_id as "invoice_id: InvoiceId", coalesce(i.number, '') as "number!", a.client_id as "client_id: ClientId",
             c.name as "client_name: Name", i.currency as "currency: Currency",
             i.balance_minor as "balance!", a.state as "state: ChargeState",
             a.tries, a.next_at, a.failure, a.decline as "decline: Decline"
           from automatic_charge a
             join invoice i on i.organization_id = a.organization_id and i.id = a.invoice_id
             join client c on c.organization_id = a.organization_id and c.id = a.client_id
           where ($1::uuid is null or a.invoice_id < $1) and ($2::uuid is null or a.client_id = $2)
             and (not $3 or (a.failure is not null and a.state in ('waiting', 'trying', 'failed')
               and i.status in ('sent', 'viewed', 'partially_paid')))
           order by a.invoice_id desc limit $4"#,
        before,
        filter.client_id.map(Id::uuid),
        trouble,
        i64::from(filter.limit()) + 1,
    )
    .fetch_all(tx.connection())
    .await?;
    let items = rows
        .into_iter()
        .map(|row| AutomaticCharge {
            invoice_id: row.invoice_id,
            number: row.number,
            client_id: row.client_id,
            client_name: row.client_name,
            balance: Money::new(row.balance, row.currency),
            state: row.state,
            tries: row.tries,
            next_at: row.next_at,
            failure: row.failure,
            decline: row.decline,
        })
        .collect();
    Ok(Page::from_overfull(items, filter.limit(), |last: &AutomaticCharge| {
        Cursor::encode(&last.invoice_id.uuid())
    }))
}
