//! How a client pays an invoice by bank transfer.

use domain::bank::epc::{Transfer, payload};
use domain::bank::{BankTransferInstructions, CreditorReference};
use domain::invoices::{InvoiceError, InvoiceId};
use domain::payments::{PaymentError as Rule, Provider};
use domain::problem::Code;
use store::payments::connections;
use store::{Reason, Tx, invoices, organizations};

use crate::picture;
use crate::problem::Result;

/// The instructions for an invoice that the caller sees and that asks for money.
pub async fn of(tx: &mut Tx, id: InvoiceId) -> Result<BankTransferInstructions> {
    let organization = organizations::find(tx).await?;
    let invoice = invoices::find_document(tx, id, &organization).await?;
    if !invoice.status.is_open() || !invoice.balance.is_positive() {
        return Err(InvoiceError::NotPayable.into());
    }
    let number = invoice.number.ok_or(Code::NotFound)?;
    // The client sees the invoice; the organization's account is not theirs to select.
    tx.act_for_organization(Reason::ClientAction).await?;
    let accounts = connections::list(tx).await?;
    let account = accounts
        .into_iter()
        .find(|account| account.enabled && account.provider == Provider::BankTransfer)
        .and_then(|account| account.settings.0.bank_account)
        .ok_or(Rule::NotConnected)?;
    let reference = CreditorReference::of_invoice(&number, id);
    let transfer = Transfer {
        bic: account.bic.as_ref(),
        name: account.holder.as_str(),
        iban: &account.iban,
        amount: invoice.balance,
        purpose: None,
        reference: &reference,
    };
    // Only euros have such a code.
    let qr_payload = payload(&transfer).ok();
    let qr_svg = qr_payload.as_deref().map(picture::transfer_code).transpose()?;
    Ok(BankTransferInstructions {
        iban_printed: account.iban.to_string(),
        reference_printed: reference.to_string(),
        holder: account.holder,
        iban: account.iban,
        bic: account.bic,
        bank_name: account.bank_name,
        amount: invoice.balance,
        reference,
        remittance: number,
        note: account.note,
        qr_payload,
        qr_svg,
    })
}
