//! Fees for what is paid late: the rules, which of their occurrences were reached, and what became of each.

use chrono::NaiveDate;
use domain::ids::Id;
use domain::invoices::InvoiceId;
use domain::late_fees::{LateFee, LateFeeCharge, LateFeeRepeat, LateFeeRule, LateFeeRuleId, LateFeeRules};
use domain::money::{Currency, Money};
use domain::organizations::OrganizationId;
use domain::recurring::Delivery;
use domain::tax::Rate;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{Error, Result, Tx, fresh};

/// What a rule's row says of its charge.
fn charge(percent: Option<Rate>, amount: Option<i64>, currency: Option<Currency>) -> Option<LateFeeCharge> {
    let amount = amount.zip(currency).map(|(minor, currency)| Money::new(minor, currency));
    percent.map(LateFeeCharge::Percent).or(amount.map(LateFeeCharge::Amount))
}

fn unreadable(rule: LateFeeRuleId) -> Error {
    Error::Unreadable { table: "late_fee_rule", column: "percent", value: rule.to_string() }
}

fn days(days: u16) -> i16 {
    i16::try_from(days).unwrap_or(i16::MAX)
}

/// The rules in force, in order of days.
pub async fn rules(tx: &mut Tx) -> Result<LateFeeRules> {
    let rows = sqlx::query!(
        r#"select id as "id: LateFeeRuleId", after_days, percent as "percent: Rate", amount_minor, currency as "currency: Currency",
             every_days, at_most, delivery as "delivery: Delivery"
           from late_fee_rule where retired_at is null order by after_days, id"#
    )
    .fetch_all(tx.connection())
    .await?;
    let rules = rows.into_iter().map(|row| {
        Ok(LateFeeRule {
            id: Some(row.id),
            after_days: row.after_days.unsigned_abs(),
            charge: charge(row.percent, row.amount_minor, row.currency).ok_or_else(|| unreadable(row.id))?,
            repeat: row.every_days.map(|every| LateFeeRepeat {
                every_days: every.unsigned_abs(),
                at_most: row.at_most.unsigned_abs(),
            }),
            delivery: row.delivery,
        })
    });
    Ok(LateFeeRules { rules: rules.collect::<Result<_>>()? })
}

/// Puts other rules in the place of those in force; those named by their id must be in force. What is new or changed
/// counts from `today`, so that nobody is charged for days that had come before; what stays as it is counts on.
pub async fn set_rules(tx: &mut Tx, rules: &LateFeeRules, today: NaiveDate) -> Result<()> {
    let now = tx.now();
    let kept: Vec<Uuid> = rules.rules.iter().filter_map(|rule| rule.id).map(Id::uuid).collect();
    sqlx::query!(
        "update late_fee_rule set retired_at = $2 where retired_at is null and id <> all ($1)",
        &kept,
        now
    )
    .execute(tx.connection())
    .await?;
    for rule in &rules.rules {
        let id = rule.id.unwrap_or_else(|| fresh(now));
        let (percent, amount) = match rule.charge {
            LateFeeCharge::Percent(rate) => (Some(rate.get()), None),
            LateFeeCharge::Amount(amount) => (None, Some(amount)),
        };
        sqlx::query!(
            "insert into late_fee_rule as rule (id, after_days, percent, amount_minor, currency, every_days, at_most, delivery, since)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict (organization_id, id) do update
             set after_days = excluded.after_days, percent = excluded.percent, amount_minor = excluded.amount_minor,
               currency = excluded.currency, every_days = excluded.every_days, at_most = excluded.at_most,
               delivery = excluded.delivery,
               since = case when
                   (rule.after_days, rule.percent, rule.amount_minor, rule.currency, rule.every_days, rule.at_most)
                   is distinct from (excluded.after_days, excluded.percent, excluded.amount_minor, excluded.currency,
                     excluded.every_days, excluded.at_most)
                 then excluded.since else rule.since end",
            id.uuid(),
            days(rule.after_days),
            percent as Option<Decimal>,
            amount.map(Money::minor),
            amount.map(|amount| amount.currency().code()),
            rule.repeat.map(|repeat| days(repeat.every_days)),
            rule.repeat.map_or(1, |repeat| days(repeat.at_most)),
            rule.delivery as _,
            today,
        )
        .execute(tx.connection())
        .await?;
    }
    Ok(())
}

/// Open invoices of all organizations that have reached an occurrence nobody noted. A fee bears no fees.
pub async fn due(tx: &mut Tx, limit: i64) -> Result<Vec<(OrganizationId, InvoiceId)>> {
    let now = tx.now();
    let rows = sqlx::query!(
        r#"select distinct i.organization_id as "organization_id: OrganizationId", i.id as "id: InvoiceId"
           from late_fee_rule r
             join organization o on o.organization_id = r.organization_id
             join invoice i on i.organization_id = r.organization_id and i.status in ('sent', 'viewed', 'partially_paid')
               and i.due_on between r.since - r.after_days - (r.at_most - 1) * coalesce(r.every_days, 0)
                 and ($1::timestamptz at time zone 'Etc/GMT-14')::date - r.after_days
               and coalesce(r.currency, i.currency) = i.currency
             left join invoice_reminders s on s.organization_id = i.organization_id and s.invoice_id = i.id
             cross join lateral (select ($1::timestamptz at time zone o.time_zone)::date as day) today
             cross join lateral generate_series(0, r.at_most - 1) step (number)
             cross join lateral (select i.due_on + r.after_days + step.number * coalesce(r.every_days, 0) as day) due
           where r.retired_at is null and due.day between r.since and today.day
             and (s.promised_on is null or s.promised_on < today.day)
             and not exists (select from late_fee f where f.organization_id = i.organization_id and f.invoice_id = i.id
               and f.rule_id = r.id and f.occurrence = step.number)
             and not exists (select from late_fee f where f.organization_id = i.organization_id and f.fee_invoice_id = i.id)
           limit $2"#,
        now,
        limit,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| (row.organization_id, row.id)).collect())
}

/// An occurrence of a rule whose day has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// The rule.
    pub rule_id: LateFeeRuleId,
    /// Its number, from 0.
    pub occurrence: i16,
    /// Its day.
    pub day: NaiveDate,
    /// How much.
    pub charge: LateFeeCharge,
    /// Whether the fee's invoice is sent.
    pub delivery: Delivery,
    /// A pause, a dispute or the client's being archived covers the day: there is no fee.
    pub held: bool,
}

/// The occurrences that a locked, open invoice has reached and nobody noted, in order of their days; none before a
/// promised day has passed.
pub async fn reached(tx: &mut Tx, id: InvoiceId) -> Result<Vec<Reached>> {
    let now = tx.now();
    let rows = sqlx::query!(
        r#"select r.id as "rule_id: LateFeeRuleId", step.number::smallint as "occurrence!", due.day as "day!",
             r.percent as "percent: Rate", r.amount_minor, r.currency as "currency: Currency", r.delivery as "delivery: Delivery",
             i.disputed or coalesce(s.paused, false) or coalesce(c.paused, false) or k.archived_at is not null as "held!"
           from invoice i
             join organization o on o.organization_id = i.organization_id
             join client k on k.organization_id = i.organization_id and k.id = i.client_id
             join late_fee_rule r on r.organization_id = i.organization_id and r.retired_at is null
               and coalesce(r.currency, i.currency) = i.currency
             left join client_reminders c on c.organization_id = i.organization_id and c.client_id = i.client_id
             left join invoice_reminders s on s.organization_id = i.organization_id and s.invoice_id = i.id
             cross join lateral (select ($2::timestamptz at time zone o.time_zone)::date as day) today
             cross join lateral generate_series(0, r.at_most - 1) step (number)
             cross join lateral (select i.due_on + r.after_days + step.number * coalesce(r.every_days, 0) as day) due
           where i.id = $1 and i.status in ('sent', 'viewed', 'partially_paid')
             and due.day between r.since and today.day
             and (s.promised_on is null or s.promised_on < today.day)
             and not exists (select from late_fee f where f.organization_id = i.organization_id and f.invoice_id = i.id
               and f.rule_id = r.id and f.occurrence = step.number)
             and not exists (select from late_fee f where f.organization_id = i.organization_id and f.fee_invoice_id = i.id)
           order by due.day, r.id"#,
        id.uuid(),
        now,
    )
    .fetch_all(tx.connection())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Reached {
                rule_id: row.rule_id,
                occurrence: row.occurrence,
                day: row.day,
                charge: charge(row.percent, row.amount_minor, row.currency)
                    .ok_or_else(|| unreadable(row.rule_id))?,
                delivery: row.delivery,
                held: row.held,
            })
        })
        .collect()
}

/// Notes an occurrence: with what was charged and the fee's invoice, or that nothing was.
pub async fn note(
    tx: &mut Tx,
    id: InvoiceId,
    reached: &Reached,
    fee: Option<(Money, InvoiceId)>,
) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "insert into late_fee (invoice_id, rule_id, occurrence, day, amount_minor, fee_invoice_id, at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id.uuid(),
        reached.rule_id.uuid(),
        reached.occurrence,
        reached.day,
        fee.map(|(amount, _)| amount.minor()),
        fee.map(|(_, invoice)| invoice.uuid()),
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// What an invoice was charged, in order of days.
pub async fn of_invoice(tx: &mut Tx, id: InvoiceId) -> Result<Vec<LateFee>> {
    let rows = sqlx::query!(
        r#"select f.day, f.amount_minor, i.currency as "currency: Currency", f.fee_invoice_id as "fee_invoice_id: InvoiceId",
             fee.number as "number?", f.at
           from late_fee f
             join invoice i on i.organization_id = f.organization_id and i.id = f.invoice_id
             left join invoice fee on fee.organization_id = f.organization_id and fee.id = f.fee_invoice_id
           where f.invoice_id = $1 order by f.day, f.rule_id, f.occurrence"#,
        id.uuid(),
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| LateFee {
            day: row.day,
            amount: row.amount_minor.map(|minor| Money::new(minor, row.currency)),
            invoice_id: row.fee_invoice_id,
            number: row.number,
            at: row.at,
        })
        .collect())
}
