//! Money that goes back or is set free: what it does to the payment and to the invoices it had paid.
//!
//! Whoever calls this holds the client ([`crate::clients::lock`]), which keeps the payment's allocations as they
//! are, and the invoices of [`lock_invoices`].

use domain::clients::ClientId;
use domain::credits::CreditNoteId;
use domain::ids::Id;
use domain::invoices::InvoiceId;
use domain::money::{Currency, Money};
use domain::payments::{AttemptId, PaymentId, Provider};

use crate::invoices::{self, Locked, sum};
use crate::ledger::{self, Entry};
use crate::{Error, Result, Tx, clients};

/// A payment that nobody else changes until the transaction ends.
#[derive(Debug, Clone)]
pub struct LockedPayment {
    /// The payment.
    pub id: PaymentId,
    /// Who paid.
    pub client_id: ClientId,
    /// Who moved the money.
    pub provider: Provider,
    /// The provider's id of the money.
    pub provider_reference: Option<String>,
    /// The attempt it came by.
    pub attempt_id: Option<AttemptId>,
    /// How it came.
    pub method: String,
    /// How much came.
    pub amount: Money,
    /// What of it went back.
    pub refunded: Money,
    /// What of it a bank took back.
    pub disputed: Money,
    /// What of it pays nothing.
    pub unapplied: Money,
    /// What of it is on its way back.
    pub pending: Money,
}

impl LockedPayment {
    /// What of it is still here and not on its way back.
    pub fn refundable(&self) -> Money {
        let gone = [self.refunded, self.disputed, self.pending];
        let left = gone.iter().fold(self.amount.minor(), |left, part| left.saturating_sub(part.minor()));
        Money::new(left, self.amount.currency())
    }
}

/// Whose payment it is.
pub async fn client_of(tx: &mut Tx, id: PaymentId) -> Result<ClientId> {
    sqlx::query_scalar!(r#"select client_id as "id: ClientId" from payment where id = $1"#, id.uuid())
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)
}

/// Locks a payment with all it pays: its client, those invoices, and itself.
pub async fn lock(tx: &mut Tx, id: PaymentId) -> Result<LockedPayment> {
    let client = client_of(tx, id).await?;
    clients::lock(tx, client).await?;
    lock_invoices(tx, id, &[]).await?;
    let row = sqlx::query!(
        r#"select client_id as "client_id: ClientId", provider as "provider: Provider", provider_reference,
             attempt_id as "attempt_id: AttemptId", method, currency as "currency: Currency", amount_minor, refunded_minor,
             disputed_minor, unapplied_minor,
             (select coalesce(sum(amount_minor), 0)::bigint from refund r where r.organization_id = p.organization_id
                and r.payment_id = p.id and r.state = 'pending') as "pending!"
           from payment p where id = $1 for update"#,
        id.uuid(),
    )
    .fetch_one(tx.connection())
    .await?;
    let money = |minor| Money::new(minor, row.currency);
    Ok(LockedPayment {
        id,
        client_id: row.client_id,
        provider: row.provider,
        provider_reference: row.provider_reference,
        attempt_id: row.attempt_id,
        method: row.method,
        amount: money(row.amount_minor),
        refunded: money(row.refunded_minor),
        disputed: money(row.disputed_minor),
        unapplied: money(row.unapplied_minor),
        pending: money(row.pending),
    })
}

/// Locks everything that a payment pays, and `others`, in one order. The client is locked.
pub async fn lock_invoices(tx: &mut Tx, id: PaymentId, others: &[InvoiceId]) -> Result<()> {
    let mut all: Vec<InvoiceId> = ever_paid(tx, id).await?;
    all.extend(others);
    invoices::lock(tx, &all).await?;
    Ok(())
}

/// Locks an invoice's client, the invoice, and whatever else the payments of it pay.
pub async fn lock_around(tx: &mut Tx, invoice: InvoiceId) -> Result<Locked> {
    let client = sqlx::query_scalar!(
        r#"select client_id as "id: ClientId" from invoice where id = $1"#,
        invoice.uuid()
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    clients::lock(tx, client).await?;
    let mut all: Vec<InvoiceId> = sqlx::query_scalar!(
        r#"select distinct other.invoice_id as "id!: InvoiceId" from ledger_entry paid
           join ledger_entry other on other.organization_id = paid.organization_id and other.payment_id = paid.payment_id
             and other.kind = 'allocation'
           where paid.invoice_id = $1 and paid.kind = 'allocation'"#,
        invoice.uuid(),
    )
    .fetch_all(tx.connection())
    .await?;
    all.push(invoice);
    let locked = invoices::lock(tx, &all).await?;
    locked.into_iter().find(|one| one.id == invoice).ok_or(Error::NotFound)
}

/// What a payment pays, what was allocated last first.
pub async fn allocated(tx: &mut Tx, id: PaymentId) -> Result<Vec<(InvoiceId, Money)>> {
    let rows = sqlx::query!(
        r#"select invoice_id as "invoice_id!: InvoiceId", currency as "currency: Currency", sum(amount_minor)::bigint as "amount_minor!"
           from ledger_entry where payment_id = $1 and kind = 'allocation'
           group by invoice_id, currency having sum(amount_minor) > 0
           order by max(position) filter (where amount_minor > 0) desc"#,
        id.uuid(),
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| (row.invoice_id, Money::new(row.amount_minor, row.currency))).collect())
}

/// What a payment pays or once paid, in the order in which it did.
pub async fn ever_paid(tx: &mut Tx, id: PaymentId) -> Result<Vec<InvoiceId>> {
    Ok(sqlx::query_scalar!(
        r#"select invoice_id as "invoice_id!: InvoiceId" from ledger_entry where payment_id = $1 and kind = 'allocation'
           group by invoice_id order by min(position)"#,
        id.uuid(),
    )
    .fetch_all(tx.connection())
    .await?)
}

/// Which invoices give so much, those named first.
async fn shares_of(
    tx: &mut Tx,
    id: PaymentId,
    amount: i64,
    first: Option<InvoiceId>,
) -> Result<Vec<(InvoiceId, Money)>> {
    let mut allocated = allocated(tx, id).await?;
    allocated.sort_by_key(|(invoice, _)| Some(*invoice) != first);
    let mut left = amount;
    let mut shares = Vec::new();
    for (invoice, share) in allocated {
        let part = left.min(share.minor());
        if part > 0 {
            left -= part;
            shares.push((invoice, Money::new(part, share.currency())));
        }
    }
    Ok(shares)
}

async fn unpay(tx: &mut Tx, shares: &[(InvoiceId, Money)]) -> Result<()> {
    for (id, amount) in shares {
        let invoice = invoices::lock(tx, &[*id]).await?.pop().ok_or(Error::NotFound)?;
        invoices::unpay(tx, &invoice, *amount).await?;
    }
    Ok(())
}

/// Books money that leaves a payment: first what pays no invoice, then what was allocated last; or, with an
/// invoice named, first what pays that one. Returns the invoices that owe again, and how much.
async fn leave(
    tx: &mut Tx,
    payment: &LockedPayment,
    entry: Entry,
    amount: Money,
    only: Option<InvoiceId>,
) -> Result<Vec<(InvoiceId, Money)>> {
    let here = match only {
        None => 0,
        Some(_) => shares_of(tx, payment.id, amount.minor(), only)
            .await?
            .iter()
            .filter(|(invoice, _)| Some(*invoice) == only)
            .map(|(_, part)| part.minor())
            .sum(),
    };
    let credit = (amount.minor() - here).min(payment.unapplied.minor());
    let shares = shares_of(tx, payment.id, amount.minor() - credit, only).await?;
    let mut entries = vec![entry];
    for (invoice_id, part) in &shares {
        let amount = sum(part.checked_neg())?;
        entries.push(Entry::Allocation { payment_id: payment.id, invoice_id: *invoice_id, amount });
    }
    ledger::append(tx, payment.client_id, &entries).await?;
    sqlx::query!(
        "update payment set unapplied_minor = unapplied_minor - $2 where id = $1",
        payment.id.uuid(),
        credit
    )
    .execute(tx.connection())
    .await?;
    unpay(tx, &shares).await?;
    Ok(shares)
}

/// Books money that went back to whoever paid. Returns the invoices that owe again, and how much.
pub async fn book_refund(
    tx: &mut Tx,
    payment: &LockedPayment,
    amount: Money,
    only: Option<InvoiceId>,
) -> Result<Vec<(InvoiceId, Money)>> {
    sqlx::query!(
        "update payment set refunded_minor = refunded_minor + $2 where id = $1",
        payment.id.uuid(),
        amount.minor(),
    )
    .execute(tx.connection())
    .await?;
    leave(tx, payment, Entry::Refund { payment_id: payment.id, amount }, amount, only).await
}

/// Books money that had gone back and came back from the bank: it is the client's credit. What it had paid
/// stays open: refunded never returns to paid by itself.
pub async fn unbook_refund(tx: &mut Tx, payment: &LockedPayment, amount: Money) -> Result<()> {
    let opposite = sum(amount.checked_neg())?;
    let entry = Entry::Refund { payment_id: payment.id, amount: opposite };
    ledger::append(tx, payment.client_id, &[entry]).await?;
    sqlx::query!(
        "update payment set refunded_minor = refunded_minor - $2, unapplied_minor = unapplied_minor + $2 where id = $1",
        payment.id.uuid(),
        amount.minor(),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Takes money off the invoices it pays: it is the client's credit. Returns the invoices that owe again.
pub async fn take_off(
    tx: &mut Tx,
    payment: &LockedPayment,
    amount: Money,
    only: Option<InvoiceId>,
) -> Result<Vec<(InvoiceId, Money)>> {
    let shares = shares_of(tx, payment.id, amount.minor(), only).await?;
    set_free(tx, payment.client_id, payment.id, &shares, None).await?;
    unpay(tx, &shares).await?;
    Ok(shares)
}

/// Sets free so much of what paid an invoice, because a credit note takes its place: what was allocated last
/// first. Returns the payments that are credit now, and how much. The invoice is the caller's to settle.
pub async fn free(
    tx: &mut Tx,
    client: ClientId,
    invoice: InvoiceId,
    note: CreditNoteId,
    amount: Money,
) -> Result<Vec<(PaymentId, Money)>> {
    let rows = sqlx::query!(
        r#"select payment_id as "payment_id!: PaymentId", sum(amount_minor)::bigint as "amount_minor!"
           from ledger_entry where invoice_id = $1 and kind = 'allocation'
           group by payment_id having sum(amount_minor) > 0 order by max(position) filter (where amount_minor > 0) desc"#,
        invoice.uuid(),
    )
    .fetch_all(tx.connection())
    .await?;
    let mut left = amount.minor();
    let mut freed = Vec::new();
    for row in rows {
        let part = left.min(row.amount_minor);
        if part > 0 {
            left -= part;
            let part = Money::new(part, amount.currency());
            set_free(tx, client, row.payment_id, &[(invoice, part)], Some(note)).await?;
            freed.push((row.payment_id, part));
        }
    }
    Ok(freed)
}

async fn set_free(
    tx: &mut Tx,
    client: ClientId,
    payment_id: PaymentId,
    shares: &[(InvoiceId, Money)],
    credit_note_id: Option<CreditNoteId>,
) -> Result<()> {
    let mut entries = Vec::new();
    let mut freed = 0;
    for (invoice_id, part) in shares {
        freed += part.minor();
        let amount = sum(part.checked_neg())?;
        entries.push(Entry::Credit { payment_id, invoice_id: *invoice_id, credit_note_id, amount });
    }
    ledger::append(tx, client, &entries).await?;
    sqlx::query!(
        "update payment set unapplied_minor = unapplied_minor + $2 where id = $1",
        payment_id.uuid(),
        freed
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Books money that a bank took back. Returns the invoices that owe again, and how much.
pub async fn book_dispute(
    tx: &mut Tx,
    payment: &LockedPayment,
    amount: Money,
) -> Result<Vec<(InvoiceId, Money)>> {
    sqlx::query!(
        "update payment set disputed_minor = disputed_minor + $2 where id = $1",
        payment.id.uuid(),
        amount.minor(),
    )
    .execute(tx.connection())
    .await?;
    leave(tx, payment, Entry::Dispute { payment_id: payment.id, amount }, amount, None).await
}

/// Books money that a bank gave back: it pays what it had paid before, as far as that is owed, and the rest is
/// the client's credit.
pub async fn unbook_dispute(tx: &mut Tx, payment: &LockedPayment, amount: Money) -> Result<()> {
    let opposite = sum(amount.checked_neg())?;
    let mut entries = vec![Entry::Dispute { payment_id: payment.id, amount: opposite }];
    let mut left = amount.minor();
    for id in ever_paid(tx, payment.id).await? {
        let invoice = invoices::lock(tx, &[id]).await?.pop().ok_or(Error::NotFound)?;
        let owed = if invoice.status.is_open() { invoice.balance().minor().max(0) } else { 0 };
        let part = Money::new(left.min(owed), amount.currency());
        if part.is_positive() {
            left -= part.minor();
            entries.push(Entry::Allocation { payment_id: payment.id, invoice_id: id, amount: part });
            invoices::pay(tx, &invoice, part).await?;
        }
    }
    ledger::append(tx, payment.client_id, &entries).await?;
    sqlx::query!(
        "update payment set disputed_minor = disputed_minor - $2, unapplied_minor = unapplied_minor + $3 where id = $1",
        payment.id.uuid(),
        amount.minor(),
        left,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
