//! What is listed: columns, and the next rows.

use chrono::{DateTime, NaiveDate, Utc};
use domain::bank::{BankTransaction, BankTransactionFilter};
use domain::credits::{CreditNoteFilter, CreditNoteSummary};
use domain::invoices::{InvoiceFilter, InvoiceSummary};
use domain::money::Money;
use domain::payments::{InboundEvent, InboundEventFilter, Payment, PaymentFilter};
use domain::quotes::{QuoteFilter, QuoteSummary};
use domain::recurring::{RecurringInvoiceFilter, RecurringInvoiceSummary};
use domain::statements::Movement;
use serde::Serialize;
use store::payments::inbox;
use store::statements::{self, Span};
use store::{Tx, bank, credits, invoices, payments, quotes, recurring};

use super::sheet::Cell;
use crate::problem::Result;

/// Rows that are read at a time.
const PAGE: u16 = 500;

/// A list on its way out.
pub enum Listing {
    /// Invoices, as staff filtered them.
    Invoices(InvoiceFilter, NaiveDate),
    /// Payments, as staff filtered them.
    Payments(PaymentFilter),
    /// Invoices that come again, as staff filtered them.
    Recurring(RecurringInvoiceFilter),
    /// Quotes, as staff filtered them.
    Quotes(QuoteFilter, NaiveDate),
    /// Credit notes, as staff filtered them.
    CreditNotes(CreditNoteFilter),
    /// Money on the bank's statements, as staff filtered it.
    BankTransactions(BankTransactionFilter),
    /// What providers told.
    InboundEvents(InboundEventFilter),
    /// A client's movements.
    Statement {
        /// Of whom and when.
        span: Span,
        /// What was owed before.
        opening: Money,
        /// Where the next page begins.
        cursor: Option<String>,
    },
}

impl Listing {
    /// The columns.
    pub fn headings(&self) -> &'static [&'static str] {
        match self {
            Self::Invoices(..) => {
                &["Number", "Status", "Client", "Date", "Due", "Currency", "Total", "Balance"]
            }
            Self::Payments(_) => &[
                "Received",
                "Client",
                "Method",
                "Reference",
                "Invoices",
                "Currency",
                "Amount",
                "Refunded",
                "Disputed",
                "Credit",
            ],
            Self::Recurring(_) => &[
                "Name",
                "Client",
                "State",
                "Every",
                "Unit",
                "Currency",
                "Total",
                "Next",
                "Invoices",
                "Stopped because",
            ],
            Self::Quotes(..) => &[
                "Number",
                "Title",
                "Status",
                "Client",
                "Version",
                "Sent",
                "Valid until",
                "Decided",
                "Currency",
                "Total",
            ],
            Self::CreditNotes(_) => {
                &["Number", "Status", "Client", "Invoice", "Date", "Reason", "Currency", "Total"]
            }
            Self::BankTransactions(_) => &[
                "Booked",
                "Account",
                "Payer",
                "IBAN",
                "Reference",
                "Text",
                "Status",
                "Payment",
                "Currency",
                "Amount",
            ],
            Self::InboundEvents(_) => &["Received", "Provider", "Event", "Kind", "Status", "Tries", "Error"],
            Self::Statement { .. } => {
                &["Date", "Kind", "Reference", "Currency", "Amount", "Change", "Balance"]
            }
        }
    }

    /// The next rows, and whether there are more.
    pub async fn next(&mut self, tx: &mut Tx) -> Result<(Vec<Vec<Cell>>, bool)> {
        let (rows, next) = match self {
            Self::Invoices(filter, today) => {
                filter.limit = Some(PAGE);
                let page = invoices::list(tx, filter, *today).await?;
                filter.cursor.clone_from(&page.next);
                (page.items.iter().map(invoice).collect(), page.next.is_some())
            }
            Self::Payments(filter) => {
                filter.limit = Some(PAGE);
                let page = payments::list(tx, filter).await?;
                filter.cursor.clone_from(&page.next);
                (page.items.iter().map(payment).collect(), page.next.is_some())
            }
            Self::Recurring(filter) => {
                filter.limit = Some(PAGE);
                let page = recurring::list(tx, filter).await?;
                filter.cursor.clone_from(&page.next);
                (page.items.iter().map(recurring_invoice).collect(), page.next.is_some())
            }
            Self::Quotes(filter, today) => {
                filter.limit = Some(PAGE);
                let page = quotes::list(tx, filter, *today).await?;
                filter.cursor.clone_from(&page.next);
                (page.items.iter().map(quote).collect(), page.next.is_some())
            }
            Self::CreditNotes(filter) => {
                filter.limit = Some(PAGE);
                let page = credits::list(tx, filter).await?;
                filter.cursor.clone_from(&page.next);
                (page.items.iter().map(credit_note).collect(), page.next.is_some())
            }
            Self::BankTransactions(filter) => {
                filter.limit = Some(PAGE);
                let page = bank::list(tx, filter).await?;
                filter.cursor.clone_from(&page.next);
                (page.items.iter().map(bank_transaction).collect(), page.next.is_some())
            }
            Self::InboundEvents(filter) => {
                let page = inbox::list(tx, PAGE, filter.cursor.as_deref()).await?;
                filter.cursor.clone_from(&page.next);
                (page.items.iter().map(inbound_event).collect(), page.next.is_some())
            }
            Self::Statement { span, opening, cursor } => {
                let (items, next) =
                    statements::movements(tx, *span, *opening, PAGE, cursor.as_deref()).await?;
                cursor.clone_from(&next);
                (items.iter().map(movement).collect(), next.is_some())
            }
        };
        Ok((rows, next))
    }
}

fn currency(money: Money) -> Cell {
    Cell::text(money.currency().code())
}

fn invoice(invoice: &InvoiceSummary) -> Vec<Cell> {
    vec![
        Cell::text(invoice.number.clone().unwrap_or_default()),
        Cell::text(invoice.status.as_str()),
        Cell::text(invoice.client_name.as_str()),
        Cell::Date(invoice.issued_on),
        Cell::Date(invoice.due_on),
        currency(invoice.total),
        Cell::amount(invoice.total),
        Cell::amount(invoice.balance),
    ]
}

fn payment(payment: &Payment) -> Vec<Cell> {
    let numbers: Vec<&str> = payment.shares.iter().map(|share| share.number.as_str()).collect();
    vec![
        Cell::Date(Some(payment.received_on)),
        Cell::text(payment.client_name.as_str()),
        Cell::text(payment.method.as_str()),
        Cell::text(payment.reference.as_str()),
        Cell::text(numbers.join(", ")),
        currency(payment.amount),
        Cell::amount(payment.amount),
        Cell::amount(payment.refunded),
        Cell::amount(payment.disputed),
        Cell::amount(payment.unapplied),
    ]
}

fn recurring_invoice(recurring: &RecurringInvoiceSummary) -> Vec<Cell> {
    vec![
        Cell::text(recurring.name.as_str()),
        Cell::text(recurring.client_name.as_str()),
        Cell::text(recurring.state.as_str()),
        Cell::Amount(recurring.rhythm.every.into()),
        Cell::text(recurring.rhythm.unit.as_str()),
        currency(recurring.total),
        Cell::amount(recurring.total),
        Cell::Date(recurring.next_on),
        Cell::Amount(recurring.billed.into()),
        Cell::text(recurring.attention.clone().unwrap_or_default()),
    ]
}

fn quote(quote: &QuoteSummary) -> Vec<Cell> {
    vec![
        Cell::text(quote.number.clone().unwrap_or_default()),
        Cell::text(quote.title.as_str()),
        code(&quote.state),
        Cell::text(quote.client_name.as_str()),
        Cell::Amount(quote.current_no.into()),
        day(quote.sent_at),
        Cell::Date(quote.valid_until),
        day(quote.decided_at),
        currency(quote.total),
        Cell::amount(quote.total),
    ]
}

fn credit_note(note: &CreditNoteSummary) -> Vec<Cell> {
    vec![
        Cell::text(note.number.clone().unwrap_or_default()),
        Cell::text(note.status.as_str()),
        Cell::text(note.client_name.as_str()),
        Cell::text(note.invoice_number.as_str()),
        Cell::Date(note.issued_on),
        Cell::text(note.reason.as_str()),
        currency(note.total),
        Cell::amount(note.total),
    ]
}

fn bank_transaction(found: &BankTransaction) -> Vec<Cell> {
    vec![
        Cell::Date(Some(found.booked_on)),
        Cell::text(found.account.as_str()),
        Cell::text(found.counterparty_name.as_str()),
        Cell::text(found.counterparty_iban.clone().unwrap_or_default()),
        Cell::text(found.creditor_reference.clone().unwrap_or_default()),
        Cell::text(found.remittance.as_str()),
        code(&found.state),
        Cell::text(found.payment_id.map(|id| id.to_string()).unwrap_or_default()),
        currency(found.amount),
        Cell::amount(found.amount),
    ]
}

fn inbound_event(event: &InboundEvent) -> Vec<Cell> {
    vec![
        Cell::text(event.received_at.to_rfc3339()),
        Cell::text(event.provider.as_str()),
        Cell::text(event.event_id.as_str()),
        Cell::text(event.kind.as_str()),
        code(&event.state),
        Cell::Amount(event.attempts.into()),
        Cell::text(event.error.clone().unwrap_or_default()),
    ]
}

/// The name by which the API knows a state.
fn code(state: &impl Serialize) -> Cell {
    let name = serde_json::to_value(state).ok().and_then(|name| name.as_str().map(ToOwned::to_owned));
    Cell::text(name.unwrap_or_default())
}

fn day(at: Option<DateTime<Utc>>) -> Cell {
    Cell::Date(at.map(|at| at.date_naive()))
}

fn movement(movement: &Movement) -> Vec<Cell> {
    vec![
        Cell::Date(Some(movement.on)),
        Cell::text(movement.kind.as_str()),
        Cell::text(movement.reference.as_str()),
        currency(movement.amount),
        Cell::amount(movement.amount),
        Cell::amount(movement.change),
        Cell::amount(movement.balance),
    ]
}
