//! The ledger: every movement of money, once and for ever.
//!
//! Rows are only ever added. What invoices, payments and balances keep for quick reading must equal
//! sums of them. A trigger keeps `client_balance`; whoever appends an allocation also settles the
//! invoice (`invoices::settle`) in the same transaction.

mod verify;

pub use verify::{Disagreement, Subject, size, verify};

use domain::clients::ClientId;
use domain::credits::CreditNoteId;
use domain::ids::Id;
use domain::invoices::InvoiceId;
use domain::money::Money;
use domain::payments::{LedgerEntryId, PaymentId};
use uuid::Uuid;

use crate::{Result, Tx, fresh};

/// A movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// An invoice asks for its total.
    Issue {
        /// The invoice.
        invoice_id: InvoiceId,
        /// Its total.
        amount: Money,
    },
    /// It no longer does.
    Void {
        /// The invoice.
        invoice_id: InvoiceId,
        /// Its total.
        amount: Money,
    },
    /// Money came in.
    Payment {
        /// The payment.
        payment_id: PaymentId,
        /// How much.
        amount: Money,
    },
    /// Money pays an invoice; below zero, it no longer does.
    Allocation {
        /// The payment.
        payment_id: PaymentId,
        /// The invoice.
        invoice_id: InvoiceId,
        /// How much.
        amount: Money,
    },
    /// The client's credit pays an invoice; below zero, what paid it is credit now.
    Credit {
        /// The payment in which the credit lies.
        payment_id: PaymentId,
        /// The invoice.
        invoice_id: InvoiceId,
        /// The credit note that set it free.
        credit_note_id: Option<CreditNoteId>,
        /// How much.
        amount: Money,
    },
    /// Money went back; below zero, it came back from the bank.
    Refund {
        /// The payment.
        payment_id: PaymentId,
        /// How much.
        amount: Money,
    },
    /// A bank took money back; below zero, it came again.
    Dispute {
        /// The payment.
        payment_id: PaymentId,
        /// How much.
        amount: Money,
    },
    /// A credit note takes back what an invoice asked for.
    CreditNote {
        /// The credit note.
        credit_note_id: CreditNoteId,
        /// The invoice.
        invoice_id: InvoiceId,
        /// How much, above zero.
        amount: Money,
    },
    /// What an invoice asks for is given up; below zero, it is owed again.
    WriteOff {
        /// The invoice.
        invoice_id: InvoiceId,
        /// How much.
        amount: Money,
    },
}

impl Entry {
    fn kind(&self) -> &'static str {
        match self {
            Self::Issue { .. } => "issue",
            Self::Void { .. } => "void",
            Self::Payment { .. } => "payment",
            Self::Allocation { .. } | Self::Credit { .. } => "allocation",
            Self::Refund { .. } => "refund",
            Self::Dispute { .. } => "dispute",
            Self::CreditNote { .. } => "credit_note",
            Self::WriteOff { .. } => "write_off",
        }
    }

    fn invoice_id(&self) -> Option<InvoiceId> {
        match *self {
            Self::Issue { invoice_id, .. }
            | Self::Void { invoice_id, .. }
            | Self::Allocation { invoice_id, .. }
            | Self::Credit { invoice_id, .. }
            | Self::CreditNote { invoice_id, .. }
            | Self::WriteOff { invoice_id, .. } => Some(invoice_id),
            Self::Payment { .. } | Self::Refund { .. } | Self::Dispute { .. } => None,
        }
    }

    fn payment_id(&self) -> Option<PaymentId> {
        match *self {
            Self::Payment { payment_id, .. }
            | Self::Allocation { payment_id, .. }
            | Self::Credit { payment_id, .. }
            | Self::Refund { payment_id, .. }
            | Self::Dispute { payment_id, .. } => Some(payment_id),
            Self::Issue { .. } | Self::Void { .. } | Self::CreditNote { .. } | Self::WriteOff { .. } => None,
        }
    }

    fn credit_note_id(&self) -> Option<CreditNoteId> {
        match *self {
            Self::CreditNote { credit_note_id, .. } => Some(credit_note_id),
            Self::Credit { credit_note_id, .. } => credit_note_id,
            Self::Issue { .. }
            | Self::Void { .. }
            | Self::Payment { .. }
            | Self::Allocation { .. }
            | Self::Refund { .. }
            | Self::Dispute { .. }
            | Self::WriteOff { .. } => None,
        }
    }

    fn amount(&self) -> Money {
        match *self {
            Self::Issue { amount, .. }
            | Self::Void { amount, .. }
            | Self::Payment { amount, .. }
            | Self::Allocation { amount, .. }
            | Self::Credit { amount, .. }
            | Self::Refund { amount, .. }
            | Self::Dispute { amount, .. }
            | Self::CreditNote { amount, .. }
            | Self::WriteOff { amount, .. } => amount,
        }
    }
}

/// Adds movements of one client, in one statement. Those of nothing are left out: an invoice of zero
/// asks for nothing.
pub async fn append(tx: &mut Tx, client: ClientId, entries: &[Entry]) -> Result<()> {
    let now = tx.now();
    let entries: Vec<&Entry> = entries.iter().filter(|entry| !entry.amount().is_zero()).collect();
    if entries.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = entries.iter().map(|_| fresh::<LedgerEntryId>(now).uuid()).collect();
    let kinds: Vec<String> = entries.iter().map(|entry| entry.kind().to_owned()).collect();
    let invoices: Vec<Option<Uuid>> = entries.iter().map(|entry| entry.invoice_id().map(Id::uuid)).collect();
    let payments: Vec<Option<Uuid>> = entries.iter().map(|entry| entry.payment_id().map(Id::uuid)).collect();
    let currencies: Vec<String> =
        entries.iter().map(|entry| entry.amount().currency().code().to_owned()).collect();
    let amounts: Vec<i64> = entries.iter().map(|entry| entry.amount().minor()).collect();
    let notes: Vec<Option<Uuid>> = entries.iter().map(|entry| entry.credit_note_id().map(Id::uuid)).collect();
    let of_credit: Vec<bool> = entries.iter().map(|entry| matches!(entry, Entry::Credit { .. })).collect();
    sqlx::query!(
        "insert into ledger_entry (id, at, kind, client_id, invoice_id, payment_id, credit_note_id, currency, amount_minor, of_credit)
         select id, $1, kind, $2, invoice_id, payment_id, credit_note_id, currency, amount_minor, of_credit
         from unnest($3::uuid[], $4::text[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[], $9::bigint[], $10::bool[])
           with ordinality as entry (id, kind, invoice_id, payment_id, credit_note_id, currency, amount_minor, of_credit, place)
         order by place",
        now,
        client.uuid(),
        &ids,
        &kinds,
        &invoices as &[Option<Uuid>],
        &payments as &[Option<Uuid>],
        &notes as &[Option<Uuid>],
        &currencies,
        &amounts,
        &of_credit,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
