//! Statements of account, straight from the ledger: what is owed less what is credit.

use chrono::NaiveDate;
use domain::clients::ClientId;
use domain::credits::CreditNoteId;
use domain::ids::Id;
use domain::invoices::InvoiceId;
use domain::money::{Currency, Money};
use domain::payments::{LedgerEntryId, PaymentId};
use domain::statements::{Ageing, Movement, MovementKind};

use crate::{Cursor, Error, Result, Tx};

/// What a statement is of.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// Whose.
    pub client: ClientId,
    /// The currency.
    pub currency: Currency,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

/// How a client stands at the ends of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends {
    /// What was owed before the first day, less credit.
    pub opening: Money,
    /// What invoices ask for after the last.
    pub owed: Money,
    /// What pays nothing then.
    pub credit: Money,
}

/// How a client stands before and after a span.
pub async fn ends(tx: &mut Tx, span: Span) -> Result<Ends> {
    let row = sqlx::query!(
        r#"select
             coalesce(sum(case when kind in ('issue', 'refund', 'dispute') then amount_minor
               when kind in ('void', 'payment', 'credit_note', 'write_off') then -amount_minor else 0 end)
               filter (where booked_on < $3), 0)::bigint as "opening!",
             coalesce(sum(case when kind = 'issue' then amount_minor
               when kind in ('void', 'allocation', 'credit_note', 'write_off') then -amount_minor else 0 end), 0)::bigint as "owed!",
             coalesce(sum(case when kind = 'payment' then amount_minor
               when kind in ('allocation', 'refund', 'dispute') then -amount_minor else 0 end), 0)::bigint as "credit!"
           from ledger_entry where client_id = $1 and currency = $2 and booked_on <= $4"#,
        span.client.uuid(),
        span.currency as _,
        span.from,
        span.to,
    )
    .fetch_one(tx.connection())
    .await?;
    let money = |minor| Money::new(minor, span.currency);
    Ok(Ends { opening: money(row.opening), owed: money(row.owed), credit: money(row.credit) })
}

/// What is owed after a span by how late it is on its last day.
pub async fn ageing(tx: &mut Tx, span: Span) -> Result<Ageing> {
    let row = sqlx::query!(
        r#"select coalesce(sum(owed) filter (where late <= 0), 0)::bigint as "current!",
             coalesce(sum(owed) filter (where late between 1 and 30), 0)::bigint as "days_1_30!",
             coalesce(sum(owed) filter (where late between 31 and 60), 0)::bigint as "days_31_60!",
             coalesce(sum(owed) filter (where late between 61 and 90), 0)::bigint as "days_61_90!",
             coalesce(sum(owed) filter (where late > 90), 0)::bigint as "days_over_90!"
           from (
             select i.schedule, i.due_on, sum(case when l.kind = 'issue' then l.amount_minor else -l.amount_minor end)::bigint as asked
             from ledger_entry l
             join invoice i on i.organization_id = l.organization_id and i.id = l.invoice_id
             where l.client_id = $1 and l.currency = $2 and l.booked_on <= $3
             group by i.organization_id, i.id) invoice
           cross join lateral (
             select invoice.asked as owed, $3::date - invoice.due_on as late where invoice.schedule is null
             union all
             -- What waits for a milestone isn't late.
             select (part ->> 'left')::bigint, coalesce($3::date - (part ->> 'due_on')::date, 0)
             from jsonb_array_elements(open_parts_of(invoice.schedule, invoice.asked)) part where invoice.schedule is not null) open"#,
        span.client.uuid(),
        span.currency as _,
        span.to,
    )
    .fetch_one(tx.connection())
    .await?;
    let money = |minor| Money::new(minor, span.currency);
    Ok(Ageing {
        current: money(row.current),
        days_1_30: money(row.days_1_30),
        days_31_60: money(row.days_31_60),
        days_61_90: money(row.days_61_90),
        days_over_90: money(row.days_over_90),
    })
}

/// Where a part of a statement ends: the day, the place in the ledger, and what was owed then.
type Place = (NaiveDate, i64, i64);

/// A part of the movements of a span, the oldest first, and where the next begins. What a payment pays at once is
/// no movement of its own: it changes nothing about what is owed less credit.
pub async fn movements(
    tx: &mut Tx,
    span: Span,
    opening: Money,
    limit: u16,
    cursor: Option<&str>,
) -> Result<(Vec<Movement>, Option<String>)> {
    let after: Option<Place> = Cursor::decode(cursor)?;
    let (day, position, before) = after.unwrap_or((span.from, i64::MIN, opening.minor()));
    let rows = sqlx::query!(
        r#"select l.id as "id: LedgerEntryId", l.position as "position!", l.booked_on, l.kind,
             l.invoice_id as "invoice_id: InvoiceId", l.payment_id as "payment_id: PaymentId",
             l.credit_note_id as "credit_note_id: CreditNoteId", l.amount_minor,
             coalesce(n.number, i.number, p.method, '') as "reference!"
           from ledger_entry l
           left join credit_note n on n.organization_id = l.organization_id and n.id = l.credit_note_id
           left join invoice i on i.organization_id = l.organization_id and i.id = l.invoice_id
           left join payment p on p.organization_id = l.organization_id and p.id = l.payment_id
           where l.client_id = $1 and l.currency = $2 and l.booked_on >= $3 and l.booked_on <= $4
             and (l.booked_on, l.position) > ($3, $5) and (l.kind <> 'allocation' or l.of_credit)
           order by l.booked_on, l.position limit $6"#,
        span.client.uuid(),
        span.currency as _,
        day,
        span.to,
        position,
        i64::from(limit) + 1,
    )
    .fetch_all(tx.connection())
    .await?;
    let more = rows.len() > usize::from(limit);
    let mut balance = before;
    let mut place = None;
    let mut items = Vec::new();
    for row in rows.into_iter().take(limit.into()) {
        let kind = MovementKind::of_entry(&row.kind).ok_or_else(|| Error::Unreadable {
            table: "ledger_entry",
            column: "kind",
            value: row.kind.clone(),
        })?;
        let change = match kind {
            MovementKind::Invoice | MovementKind::Refund | MovementKind::Dispute => row.amount_minor,
            MovementKind::Void
            | MovementKind::Payment
            | MovementKind::CreditNote
            | MovementKind::WriteOff => -row.amount_minor,
            MovementKind::CreditApplied => 0,
        };
        balance += change;
        place = Some((row.booked_on, row.position, balance));
        let money = |minor| Money::new(minor, span.currency);
        items.push(Movement {
            id: row.id,
            on: row.booked_on,
            kind,
            invoice_id: row.invoice_id,
            payment_id: row.payment_id,
            credit_note_id: row.credit_note_id,
            reference: row.reference,
            amount: money(row.amount_minor),
            change: money(change),
            balance: money(balance),
        });
    }
    Ok((items, place.filter(|_| more).map(|place| Cursor::encode(&place))))
}
