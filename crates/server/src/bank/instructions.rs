//! How a client pays invoices by bank transfer.

use domain::bank::epc::{Remittance, Transfer, payload};
use domain::bank::{BankTransferInstructions, CreditorReference};
use domain::invoices::{InvoiceDocument, InvoiceError, minimum_payment};
use domain::money::Money;
use domain::organizations::Organization;
use domain::payments::{BankTransferFilter, PaymentError as Rule, Provider};
use domain::problem::{Code, Problem};
use store::{Reason, Tx, invoices, organizations};

use crate::App;
use crate::payments::methods;
use crate::picture;
use crate::problem::Result;

/// The instructions for invoices that the caller sees and that ask for money.
pub async fn of(app: &App, tx: &mut Tx, wanted: &BankTransferFilter) -> Result<BankTransferInstructions> {
    let ids = &wanted.invoices.0;
    if ids.is_empty() {
        return Err(Problem::new(Code::MalformedParameter)
            .field("invoices", "required", "name the invoices to pay, parted by commas")
            .into());
    }
    let organization = organizations::find(tx).await?;
    let mut documents = Vec::new();
    for id in ids {
        documents.push(invoices::find_document(tx, *id, &organization).await?);
    }
    if documents.iter().any(|invoice| !invoice.status.is_open() || !invoice.balance.is_positive()) {
        return Err(InvoiceError::NotPayable.into());
    }
    let amount = amount(&organization, &documents, wanted.amount)?;
    // The client sees the invoices; the organization's account is not theirs to select.
    tx.act_for_organization(Reason::ClientAction).await?;
    let offered = methods::of_invoices(app, tx, ids).await?;
    let connection = offered
        .into_iter()
        .find(|account| account.provider == Provider::BankTransfer)
        .ok_or(Rule::NotConnected)?;
    connection.terms.check(amount)?;
    let account = connection.settings.0.bank_account.ok_or(Rule::NotConnected)?;
    let mut numbers = Vec::new();
    for document in &documents {
        numbers.push(document.number.clone().ok_or(Code::NotFound)?);
    }
    // A structured reference is of one invoice.
    let reference = match (documents.as_slice(), numbers.as_slice()) {
        ([invoice], [number]) => Some(CreditorReference::of_invoice(number, invoice.id)),
        _ => None,
    };
    let remittance = numbers.join(", ");
    let transfer = Transfer {
        bic: account.bic.as_ref(),
        name: account.holder.as_str(),
        iban: &account.iban,
        amount,
        purpose: None,
        remittance: reference.as_ref().map_or(Remittance::Text(&remittance), Remittance::Structured),
    };
    // Only euros have such a code.
    let qr_payload = payload(&transfer).ok();
    let qr_svg = qr_payload.as_deref().map(picture::transfer_code).transpose()?;
    Ok(BankTransferInstructions {
        iban_printed: account.iban.to_string(),
        reference_printed: reference.as_ref().map(ToString::to_string),
        holder: account.holder,
        iban: account.iban,
        bic: account.bic,
        bank_name: account.bank_name,
        amount,
        reference,
        remittance,
        note: account.note,
        qr_payload,
        qr_svg,
    })
}

/// How much is transferred: what is owed, or a part of it that the organization takes.
fn amount(organization: &Organization, invoices: &[InvoiceDocument], part: Option<i64>) -> Result<Money> {
    let currency = invoices.first().map(|invoice| invoice.currency).ok_or(Code::NotFound)?;
    if invoices.iter().any(|invoice| invoice.currency != currency) {
        return Err(Rule::CurrencyMismatch.into());
    }
    let owed = Money::sum(invoices.iter().map(|invoice| invoice.balance), currency)?;
    let amount = part.map_or(owed, |minor| Money::new(minor, currency));
    let least = minimum_payment(owed, organization.partial_payments, organization.minimum_partial_minor);
    if !amount.is_positive() {
        return Err(Rule::NotPositive.into());
    }
    if amount.minor() < least.minor() {
        return Err(Rule::BelowMinimum(least).into());
    }
    if amount.minor() > owed.minor() {
        return Err(Rule::AboveBalance(owed).into());
    }
    Ok(amount)
}
