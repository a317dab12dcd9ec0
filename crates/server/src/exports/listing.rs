//! What is listed: columns, and the next rows.

use chrono::NaiveDate;
use domain::invoices::{InvoiceFilter, InvoiceSummary};
use domain::money::Money;
use domain::payments::{Payment, PaymentFilter};
use domain::recurring::{RecurringInvoiceFilter, RecurringInvoiceSummary};
use domain::statements::Movement;
use store::statements::{self, Span};
use store::{Tx, invoices, payments, recurring};

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
