//! The checker: whether everything that is kept for quick reading is what the ledger and the lines say.
//!
//! It reads in pages by key, each in one statement and so of one instant: a million invoices take no
//! more memory than a thousand, and work goes on beside it.

mod credit_notes;
mod schedules;

use std::fmt;

use domain::clients::ClientId;
use domain::credits::CreditNoteId;
use domain::ids::Id;
use domain::invoices::{InvoiceId, InvoiceStatus, Settlement};
use domain::money::{Currency, Money, Quantity, UnitPrice};
use domain::payments::PaymentId;
use domain::tax::Tax;
use domain::totals::{Discount, LineInput, PriceMode, Rounding, Totals, compute};
use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx};

/// Rows of a page.
const PAGE: i64 = 500;

/// What doesn't agree with the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// An invoice.
    Invoice(InvoiceId),
    /// A payment.
    Payment(PaymentId),
    /// A credit note.
    CreditNote(CreditNoteId),
    /// What a client owes or has left.
    Client(ClientId),
    /// The figures of a day.
    Figures,
}

/// Two that should be the same and aren't.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// Where.
    pub subject: Subject,
    /// What is compared.
    pub what: &'static str,
    /// What is kept.
    pub kept: String,
    /// What follows from the ledger or the lines.
    pub follows: String,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.subject {
            Subject::Invoice(id) => write!(f, "{id}")?,
            Subject::Payment(id) => write!(f, "{id}")?,
            Subject::CreditNote(id) => write!(f, "{id}")?,
            Subject::Client(id) => write!(f, "{id}")?,
            Subject::Figures => write!(f, "the figures of a day")?,
        }
        write!(f, ": {} is kept as {}, but {} follows", self.what, self.kept, self.follows)
    }
}

/// Collects disagreements about one subject.
struct Finder<'a> {
    subject: Subject,
    found: &'a mut Vec<Disagreement>,
}

impl Finder<'_> {
    #[expect(clippy::needless_pass_by_value, reason = "two values side by side read as a comparison")]
    fn same<T: PartialEq + fmt::Debug>(&mut self, what: &'static str, kept: T, follows: T) {
        if kept != follows {
            let (kept, follows) = (format!("{kept:?}"), format!("{follows:?}"));
            self.found.push(Disagreement { subject: self.subject, what, kept, follows });
        }
    }
}

/// How much there is to verify in the organization of this transaction, for a progress bar.
pub async fn size(tx: &mut Tx) -> Result<u64> {
    let rows = sqlx::query_scalar!(
        r#"select (select count(*) from invoice) + (select count(*) from payment) + (select count(*) from client) as "count!""#
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(rows.unsigned_abs())
}

/// Compares everything in the organization of this transaction; tells `progress` how many rows each
/// page had.
pub async fn verify(tx: &mut Tx, progress: &mut (dyn FnMut(u64) + Send)) -> Result<Vec<Disagreement>> {
    let mut found = Vec::new();
    let mut after = Uuid::nil();
    while let Some((last, rows)) = invoices(tx, after, &mut found).await? {
        after = last;
        progress(rows);
    }
    after = Uuid::nil();
    while let Some((last, rows)) = payments(tx, after, &mut found).await? {
        after = last;
        progress(rows);
    }
    after = Uuid::nil();
    while let Some((last, rows)) = balances(tx, after, &mut found).await? {
        after = last;
        progress(rows);
    }
    figures(tx, &mut found).await?;
    credit_notes::verify(tx, &mut found).await?;
    schedules::verify(tx, &mut found).await?;
    Ok(found)
}

#[derive(Debug, Deserialize)]
struct Line {
    quantity: Quantity,
    unit_price: UnitPrice,
    taxes: Vec<Tax>,
    amount_minor: i64,
}

/// A page of invoices after an id: the last id and how many there were.
async fn invoices(tx: &mut Tx, after: Uuid, found: &mut Vec<Disagreement>) -> Result<Option<(Uuid, u64)>> {
    let rows = sqlx::query!(
        r#"select i.id as "id: InvoiceId", i.status as "status: InvoiceStatus", i.currency as "currency: Currency", i.total_minor,
             i.paid_minor, i.credited_minor, i.written_off_minor, i.rounding as "rounding: Rounding", i.price_mode as "price_mode: PriceMode",
             i.discount as "discount: Json<Discount>", i.totals as "totals: Json<Totals>", i.viewed_at is not null as "viewed!",
             coalesce(l.asked, 0)::bigint as "asked!", coalesce(l.allocated, 0)::bigint as "allocated!",
             coalesce(l.credited, 0)::bigint as "credited!", coalesce(l.written_off, 0)::bigint as "written_off!",
             coalesce(c.credited, 0)::bigint as "on_notes!",
             coalesce(l.foreign_entries, 0) as "foreign_entries!",
             coalesce(n.lines, '[]') as "lines!: Json<Vec<Line>>"
           from (select * from invoice where id > $1 order by id limit $2) i
           left join lateral (
             select sum(case kind when 'issue' then amount_minor when 'void' then -amount_minor end) as asked,
               sum(amount_minor) filter (where kind = 'allocation') as allocated,
               sum(amount_minor) filter (where kind = 'credit_note') as credited,
               sum(amount_minor) filter (where kind = 'write_off') as written_off,
               count(*) filter (where e.currency <> i.currency or e.client_id <> i.client_id) as foreign_entries
             from ledger_entry e where e.invoice_id = i.id) l on true
           left join lateral (
             select sum(total_minor) as credited from credit_note n where n.invoice_id = i.id and n.status = 'issued') c on true
           left join lateral (
             select jsonb_agg(jsonb_build_object('quantity', quantity::text, 'unit_price', unit_price::text, 'taxes', taxes,
               'amount_minor', amount_minor) order by position) as lines
             from invoice_line where invoice_id = i.id) n on true
           order by i.id"#,
        after,
        PAGE,
    )
    .fetch_all(tx.connection())
    .await?;
    let Some(last) = rows.last().map(|row| row.id.uuid()) else { return Ok(None) };
    let count = rows.len() as u64;
    for row in rows {
        let mut finder = Finder { subject: Subject::Invoice(row.id), found };
        let money = |minor| Money::new(minor, row.currency);
        let total = money(row.total_minor);
        let settled = Settlement {
            paid: money(row.paid_minor),
            credited: money(row.credited_minor),
            written_off: money(row.written_off_minor),
        };
        let asked = match row.status {
            InvoiceStatus::Draft | InvoiceStatus::Void => 0,
            InvoiceStatus::Sent
            | InvoiceStatus::Viewed
            | InvoiceStatus::PartiallyPaid
            | InvoiceStatus::Paid
            | InvoiceStatus::WrittenOff => {
                // The status follows from what is settled, in every state that money can change.
                let follows = row.status.settle(total, &settled, row.viewed);
                finder.same("the status", Ok(row.status), follows);
                row.total_minor
            }
        };
        finder.same("the total", asked, row.asked);
        finder.same("what is paid", row.paid_minor, row.allocated);
        finder.same("what is credited", row.credited_minor, row.credited);
        finder.same("what its credit notes come to", row.on_notes, row.credited);
        finder.same("what is written off", row.written_off_minor, row.written_off);
        // A document of nothing, or an imported credit, may have been settled below that; nothing of ours is.
        finder.same(
            "whether more is settled than asked for",
            total.is_positive() && settled.rest(total) < 0,
            false,
        );
        finder.same("entries of another currency or client", 0, row.foreign_entries);
        let lines: Vec<LineInput> = row
            .lines
            .0
            .iter()
            .map(|line| LineInput {
                quantity: line.quantity,
                unit_price: line.unit_price,
                taxes: line.taxes.clone(),
            })
            .collect();
        let discount = row.discount.map(|discount| discount.0);
        let computed = compute(&lines, discount, row.currency, row.rounding, row.price_mode);
        let amounts: Vec<i64> = row.lines.0.iter().map(|line| line.amount_minor).collect();
        match &computed {
            Ok(totals) => {
                finder.same(
                    "what its lines come to",
                    amounts,
                    totals.lines.iter().map(|line| line.minor()).collect(),
                );
                finder.same("the total", total, totals.gross);
            }
            Err(_) => {
                finder.same("what its lines come to", Ok(total), computed.clone().map(|totals| totals.gross));
            }
        }
        finder.same("the sums on it", Ok(row.totals.0), computed);
    }
    Ok(Some((last, count)))
}

async fn payments(tx: &mut Tx, after: Uuid, found: &mut Vec<Disagreement>) -> Result<Option<(Uuid, u64)>> {
    let rows = sqlx::query!(
        r#"select p.id as "id: PaymentId", p.amount_minor, p.refunded_minor, p.disputed_minor, p.unapplied_minor,
             coalesce(l.disputed, 0)::bigint as "disputed!", coalesce(r.back, 0)::bigint as "back!",
             coalesce(r.pending, 0)::bigint as "pending!", coalesce(d.withdrawn, 0)::bigint as "withdrawn!",
             coalesce(l.received, 0)::bigint as "received!", coalesce(l.refunded, 0)::bigint as "refunded!",
             coalesce(l.allocated, 0)::bigint as "allocated!", coalesce(l.foreign_entries, 0) as "foreign_entries!"
           from (select * from payment where id > $1 order by id limit $2) p
           left join lateral (
             select sum(amount_minor) filter (where kind = 'payment') as received,
               sum(amount_minor) filter (where kind = 'refund') as refunded,
               sum(amount_minor) filter (where kind = 'dispute') as disputed,
               sum(amount_minor) filter (where kind = 'allocation') as allocated,
               count(*) filter (where e.currency <> p.currency or e.client_id <> p.client_id) as foreign_entries
             from ledger_entry e where e.payment_id = p.id) l on true
           left join lateral (
             select sum(amount_minor) filter (where state = 'succeeded') as back, sum(amount_minor) filter (where state = 'pending') as pending
             from refund where payment_id = p.id and destination = 'source') r on true
           left join lateral (select sum(withdrawn_minor) as withdrawn from dispute where payment_id = p.id) d on true
           order by p.id"#,
        after,
        PAGE,
    )
    .fetch_all(tx.connection())
    .await?;
    let Some(last) = rows.last().map(|row| row.id.uuid()) else { return Ok(None) };
    let count = rows.len() as u64;
    for row in rows {
        let mut finder = Finder { subject: Subject::Payment(row.id), found };
        finder.same("the amount", row.amount_minor, row.received);
        finder.same("what was refunded", row.refunded_minor, row.refunded);
        finder.same("what its refunds come to", row.refunded_minor, row.back);
        finder.same("what was disputed", row.disputed_minor, row.disputed);
        finder.same("what its disputes come to", row.disputed_minor, row.withdrawn);
        let gone = row.refunded + row.disputed;
        finder.same("what is unapplied", row.unapplied_minor, row.received - row.allocated - gone);
        finder.same("whether more goes back than came", row.refunded + row.pending > row.received, false);
        finder.same("entries of another currency or client", 0, row.foreign_entries);
    }
    Ok(Some((last, count)))
}

async fn balances(tx: &mut Tx, after: Uuid, found: &mut Vec<Disagreement>) -> Result<Option<(Uuid, u64)>> {
    // A client with no entries has no row of either side, and comes back as nulls to be counted.
    let rows = sqlx::query!(
        r#"with page as (select id from client where id > $1 order by id limit $2),
           kept as (select client_id, currency, owed_minor, credit_minor from client_balance where client_id in (select id from page)),
           sums as (
             select client_id, currency,
               sum(case when kind = 'issue' then amount_minor
                 when kind in ('void', 'allocation', 'credit_note', 'write_off') then -amount_minor else 0 end) as owed,
               sum(case when kind = 'payment' then amount_minor
                 when kind in ('allocation', 'refund', 'dispute') then -amount_minor else 0 end) as credit
             from ledger_entry where client_id in (select id from page) group by 1, 2)
           select page.id as "id!: ClientId", coalesce(owed_minor, 0) as "kept_owed!", coalesce(credit_minor, 0) as "kept_credit!",
             coalesce(owed, 0)::bigint as "owed!", coalesce(credit, 0)::bigint as "credit!"
           from page left join (kept full join sums using (client_id, currency)) on client_id = page.id
           order by page.id"#,
        after,
        PAGE,
    )
    .fetch_all(tx.connection())
    .await?;
    let Some(last) = rows.last().map(|row| row.id.uuid()) else { return Ok(None) };
    let mut clients = 0;
    let mut before = None;
    for row in rows {
        let mut finder = Finder { subject: Subject::Client(row.id), found };
        finder.same("what is owed", row.kept_owed, row.owed);
        finder.same("the credit", row.kept_credit, row.credit);
        clients += u64::from(before != Some(row.id));
        before = Some(row.id);
    }
    Ok(Some((last, clients)))
}

async fn figures(tx: &mut Tx, found: &mut Vec<Disagreement>) -> Result<()> {
    let rows = sqlx::query!(
        r#"with kept as (
             select kind, day, currency, sum(count) as count, sum(sum_minor) as sum
             from (select kind, day, currency, count, sum_minor from figure
                   union all select kind, day, currency, count, sum_minor from figure_change) figure
             group by 1, 2, 3),
           present as (
             select 'open' as kind, day, currency, sum(count) as count, sum(sum) as sum from (
               select coalesce(due_on, 'infinity') as day, currency, 1 as count, case when schedule is null then balance_minor else 0 end as sum
               from invoice where status in ('sent', 'viewed', 'partially_paid')
               union all
               select coalesce((part ->> 'due_on')::date, 'infinity'), currency, 0, (part ->> 'left')::bigint
               from invoice, jsonb_array_elements(open_parts) part where status in ('sent', 'viewed', 'partially_paid')) open
             group by 2, 3
             union all
             select 'draft', listed_on, currency, count(*), sum(total_minor) from invoice where status = 'draft' group by 2, 3
             union all
             select 'received', received_on, currency, count(*), sum(amount_minor) from payment group by 2, 3)
           select coalesce(kept.count, 0)::bigint as "kept_count!", coalesce(kept.sum, 0)::bigint as "kept_sum!",
             coalesce(present.count, 0)::bigint as "count!", coalesce(present.sum, 0)::bigint as "sum!", kind as "kind!"
           from kept full join present using (kind, day, currency)
           where (coalesce(kept.count, 0), coalesce(kept.sum, 0))
             is distinct from (coalesce(present.count, 0), coalesce(present.sum, 0))"#
    )
    .fetch_all(tx.connection())
    .await?;
    for row in rows {
        let (how_many, how_much) = match row.kind.as_str() {
            "open" => ("how many invoices are open", "what is left to pay"),
            "draft" => ("how many drafts there are", "what drafts come to"),
            _ => ("how many payments a day brought", "what a day brought"),
        };
        let mut finder = Finder { subject: Subject::Figures, found };
        finder.same(how_many, row.kept_count, row.count);
        finder.same(how_much, row.kept_sum, row.sum);
    }
    Ok(())
}
