//! What documents print, out of what the database holds.

mod quote;
mod statement;

pub use quote::quote;
pub use statement::Account;

use ::documents::{
    Brand, Instalment, Invoice, Kind, Letter, Line, LineTax, Party, Payee, Preceding, Receipt, ReceiptShare,
    TaxCategory, country_code, paper_of, unit_code,
};
use domain::clients::ClientId;
use domain::credits::{CreditNote, CreditNoteLine, CreditNoteStatus};
use domain::invoices::{InvoiceDocument, InvoiceLine, InvoiceStatus};
use domain::money::Money;
use domain::organizations::Organization;
use domain::payments::Payment;
use domain::schedules::When;
use domain::tax::Tax;
use domain::text::{Address, Language};
use store::clients::{self, contacts};
use store::organizations::{self, Logo};
use store::{Error, Tx};

use crate::payments::receipt::how;
use crate::problem::Result;

/// The organization's logo at present.
pub async fn logo(tx: &mut Tx) -> Result<Option<Logo>> {
    match organizations::logo(tx).await {
        Ok(logo) => Ok(Some(logo)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A party; its number is a VAT ID if it begins as these do.
fn party(name: &str, address: &Address, number: &str) -> Party {
    let number: String = number.split_whitespace().collect();
    let bytes = number.as_bytes();
    let vat = bytes.len() > 4
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes.iter().any(u8::is_ascii_digit)
        && bytes.iter().all(u8::is_ascii_alphanumeric);
    let (vat_id, tax_number) = if vat { (number, String::new()) } else { (String::new(), number) };
    Party {
        name: name.to_owned(),
        address: address.clone(),
        country_code: country_code(address.country.as_str()).unwrap_or_default().to_owned(),
        vat_id,
        tax_number,
        ..Party::default()
    }
}

/// A letter to a client in the language of its primary contact.
async fn letter(
    tx: &mut Tx,
    organization: &Organization,
    client: ClientId,
    name: &str,
    address: &Address,
) -> Result<Letter> {
    Ok(letter_in(tx, organization, client, name, address, None).await?.0)
}

/// The same in another language, if one is given; and the language it is in.
async fn letter_in(
    tx: &mut Tx,
    organization: &Organization,
    client: ClientId,
    name: &str,
    address: &Address,
    language: Option<Language>,
) -> Result<(Letter, Language)> {
    let addressee = clients::addressee(tx, client).await?;
    let contacts = contacts::of_client(tx, client).await?;
    let primary = contacts.iter().find(|contact| contact.primary);
    let language = language.or(primary.and_then(|contact| contact.language)).unwrap_or(organization.language);
    let letter = Letter {
        language: language.into(),
        paper: paper_of(organization.address.country.as_str()),
        brand: Brand { color: organization.brand_color.to_string(), logo: None },
        sender: Party {
            email: organization.email.as_ref().map(ToString::to_string).unwrap_or_default(),
            phone: organization.phone.to_string(),
            ..party(organization.name.as_str(), &organization.address, organization.tax_number.as_str())
        },
        recipient: Party {
            email: primary.map(|contact| contact.email.to_string()).unwrap_or_default(),
            ..party(name, address, addressee.tax_number.as_str())
        },
        footer: organization.document_footer.to_string(),
        draft: false,
    };
    Ok((letter, language))
}

/// An invoice, as it stands.
pub async fn invoice(tx: &mut Tx, organization: &Organization, invoice: &InvoiceDocument) -> Result<Invoice> {
    let mut letter =
        letter(tx, organization, invoice.client_id, invoice.client_name.as_str(), &invoice.client_address)
            .await?;
    letter.footer = invoice.footer.to_string();
    letter.draft = invoice.status == InvoiceStatus::Draft;
    let today = organization.time_zone.today(tx.now());
    let payee = (!organization.iban.as_str().is_empty()).then(|| Payee {
        iban: organization.iban.to_string(),
        bic: organization.bic.to_string(),
        ..Payee::default()
    });
    Ok(Invoice {
        letter,
        kind: Kind::Invoice,
        number: invoice.number.clone().unwrap_or_default(),
        issued_on: invoice.issued_on.unwrap_or(today),
        due_on: invoice.due_on,
        schedule: invoice.schedule.iter().filter_map(instalment).collect(),
        delivered: None,
        reference: invoice.reference.to_string(),
        preceding: None,
        currency: invoice.currency,
        price_mode: invoice.price_mode,
        lines: invoice.lines.iter().map(line).collect(),
        adjustments: Vec::new(),
        totals: invoice.totals.clone(),
        // As it was issued: what is paid later doesn't change the document.
        prepaid: Money::zero(invoice.currency),
        intro: String::new(),
        note: invoice.note.to_string(),
        payee,
    })
}

/// An instalment, unless it is one of a draft whose parts don't fit its total yet.
fn instalment(instalment: &domain::schedules::Instalment) -> Option<Instalment> {
    let (milestone, days) = match &instalment.due {
        When::Milestone(milestone) => (milestone.name.as_str(), Some(milestone.days)),
        When::On(_) | When::DaysAfterIssue(_) => ("", None),
    };
    let names = [instalment.label.as_str(), milestone].into_iter().filter(|name| !name.is_empty());
    Some(Instalment {
        label: names.collect::<Vec<_>>().join(": "),
        due_on: instalment.due_on,
        days,
        amount: instalment.amount?,
    })
}

/// A credit note to an invoice, as it stands. Its reason is what the client reads first.
pub async fn credit_note(
    tx: &mut Tx,
    organization: &Organization,
    note: &CreditNote,
    invoice: &InvoiceDocument,
) -> Result<Invoice> {
    let mut letter =
        letter(tx, organization, note.client_id, note.client_name.as_str(), &note.client_address).await?;
    letter.draft = note.status == CreditNoteStatus::Draft;
    let currency = note.totals.gross.currency();
    let issued_on = note.issued_on.unwrap_or(organization.time_zone.today(tx.now()));
    Ok(Invoice {
        letter,
        kind: Kind::CreditNote,
        number: note.number.clone().unwrap_or_default(),
        issued_on,
        // It counts from its day on; nothing is printed of that.
        due_on: Some(issued_on),
        schedule: Vec::new(),
        delivered: None,
        reference: invoice.reference.to_string(),
        preceding: invoice
            .issued_on
            .map(|issued_on| Preceding { number: note.invoice_number.clone(), issued_on }),
        currency,
        price_mode: note.price_mode,
        lines: note.lines.iter().map(credited).collect(),
        adjustments: Vec::new(),
        totals: note.totals.clone(),
        prepaid: Money::zero(currency),
        intro: note.reason.to_string(),
        note: note.note.to_string(),
        payee: None,
    })
}

fn credited(line: &CreditNoteLine) -> Line {
    Line {
        description: line.description.to_string(),
        detail: String::new(),
        quantity: line.quantity,
        unit: line.unit.to_string(),
        unit_code: unit_code(line.unit.as_str()).unwrap_or_default().to_owned(),
        unit_price: line.unit_price,
        taxes: line.taxes.iter().map(tax).collect(),
        adjustments: Vec::new(),
        amount: line.amount,
    }
}

fn line(line: &InvoiceLine) -> Line {
    Line {
        description: line.description.to_string(),
        detail: line.detail.to_string(),
        quantity: line.quantity,
        unit: line.unit.to_string(),
        unit_code: unit_code(line.unit.as_str()).unwrap_or_default().to_owned(),
        unit_price: line.unit_price,
        taxes: line.taxes.iter().map(tax).collect(),
        adjustments: Vec::new(),
        amount: line.amount,
    }
}

/// A rate above zero says how it is taxed. Zero has many reasons, and which one nobody has told us.
fn tax(tax: &Tax) -> LineTax {
    LineTax {
        name: tax.name.clone(),
        rate: tax.rate,
        category: (!tax.rate.get().is_zero()).then_some(TaxCategory::Standard),
        exemption: String::new(),
    }
}

/// The receipt of a payment, as it was booked.
pub async fn receipt(tx: &mut Tx, organization: &Organization, payment: &Payment) -> Result<Receipt> {
    let addressee = clients::addressee(tx, payment.client_id).await?;
    let (letter, language) =
        letter_in(tx, organization, payment.client_id, addressee.name.as_str(), &addressee.address, None)
            .await?;
    Ok(Receipt {
        letter,
        reference: payment.reference.clone(),
        received_on: payment.received_on,
        method: capitalized(&how(language, &payment.method)),
        amount: payment.amount,
        shares: payment
            .shares
            .iter()
            .map(|share| ReceiptShare { number: share.number.clone(), amount: share.amount })
            .collect(),
        credit: payment.unapplied,
    })
}

/// As it stands alone, beside a label.
fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
