//! What happens to credit notes.

use domain::credits::{
    CreditError, CreditNote, CreditNoteId, CreditNoteStatus, Credited, DraftCreditNote, FreedMoney,
    IssueCreditNote, credit,
};
use domain::documents::DocumentId;
use domain::events::{Event, Subject};
use domain::invoices::{InvoiceDocument, InvoiceId, InvoiceStatus};
use domain::money::Money;
use domain::organizations::Organization;
use domain::problem::Problem;
use domain::refunds::{InvoiceAfterRefund, RefundPayment, RefundTo};
use domain::text::{Name, Note};
use domain::totals::Totals;
use serde::Serialize;
use store::credits::{self, Written};
use store::invoices::{self, guest_links};
use store::mail::NewMail;
use store::{Error, Tx, events, mail, organizations, payments};

use crate::App;
use crate::documents;
use crate::http::conflict;
use crate::invoices::send::guest_url;
use crate::mail::{Letter, format};
use crate::payments::expire_attempts_of;
use crate::payments::refunds::start as start_refund;
use crate::payments::staff::member;
use crate::problem::{Failure, Result};

/// A rule's refusal, with the field it is about.
pub(super) fn refuse(error: &CreditError) -> Failure {
    let problem = Problem::new(error.code()).detail(error.to_string());
    match error.pointer() {
        Some(pointer) => problem.field(pointer, "not_possible", error.to_string()).into(),
        None => problem.into(),
    }
}

/// An issued invoice and the totals of what was taken back of it.
async fn basis(tx: &mut Tx, id: InvoiceId) -> Result<(InvoiceDocument, Vec<Totals>)> {
    let organization = organizations::find(tx).await?;
    let invoice = invoices::find_document(tx, id, &organization).await?;
    match invoice.status {
        InvoiceStatus::Draft | InvoiceStatus::Void => Err(refuse(&CreditError::NotIssued)),
        InvoiceStatus::Sent
        | InvoiceStatus::Viewed
        | InvoiceStatus::PartiallyPaid
        | InvoiceStatus::Paid
        | InvoiceStatus::WrittenOff => Ok((invoice, credits::totals_of(tx, id).await?)),
    }
}

/// Begins a draft.
pub async fn create(tx: &mut Tx, id: InvoiceId, draft: &DraftCreditNote) -> Result<CreditNote> {
    let (invoice, before) = basis(tx, id).await?;
    let of = Credited { invoice: &invoice, before: &before };
    let (lines, totals) = credit(of, draft).map_err(|error| refuse(&error))?;
    let written = Written { reason: &draft.reason, note: &draft.note, lines: &lines, totals: &totals };
    let note = credits::insert(tx, id, invoice.client_id, member(tx), &written).await?;
    let event = Event::CreditNoteCreated { credit_note_id: note, invoice_id: id };
    events::record(tx, Subject::Invoice(id), Some(invoice.client_id), &event).await?;
    Ok(credits::find(tx, note).await?)
}

/// Writes a draft anew.
pub async fn change(
    tx: &mut Tx,
    id: CreditNoteId,
    version: i64,
    draft: &DraftCreditNote,
) -> Result<CreditNote> {
    let present = draft_of(tx, id, version).await?;
    let (invoice, before) = basis(tx, present.invoice_id).await?;
    let of = Credited { invoice: &invoice, before: &before };
    let (lines, totals) = credit(of, draft).map_err(|error| refuse(&error))?;
    let written = Written { reason: &draft.reason, note: &draft.note, lines: &lines, totals: &totals };
    credits::update(tx, id, version, &written).await?;
    let event = Event::CreditNoteChanged { credit_note_id: id, invoice_id: invoice.id };
    events::record(tx, Subject::Invoice(invoice.id), Some(invoice.client_id), &event).await?;
    Ok(credits::find(tx, id).await?)
}

/// Throws a draft away.
pub async fn delete(tx: &mut Tx, id: CreditNoteId) -> Result<()> {
    let note = credits::find(tx, id).await?;
    if !credits::delete(tx, id).await? {
        return Err(refuse(&CreditError::NotDraft));
    }
    let event = Event::CreditNoteDeleted { credit_note_id: id, invoice_id: note.invoice_id };
    events::record(tx, Subject::Invoice(note.invoice_id), Some(note.client_id), &event).await?;
    Ok(())
}

async fn draft_of(tx: &mut Tx, id: CreditNoteId, version: i64) -> Result<CreditNote> {
    let note = credits::find(tx, id).await?;
    if note.status != CreditNoteStatus::Draft {
        return Err(refuse(&CreditError::NotDraft));
    }
    if note.version != version {
        return Err(conflict(&(), &(), note.version));
    }
    Ok(note)
}

/// Issues a draft of this version: its invoice asks for less from now on. What was paid already and isn't asked for
/// any more is the client's credit, or begins to go back.
pub async fn issue(
    app: &App,
    tx: &mut Tx,
    id: CreditNoteId,
    version: i64,
    request: &IssueCreditNote,
) -> Result<CreditNote> {
    let invoice_id = credits::find(tx, id).await?.invoice_id;
    let invoice = payments::lock_around(tx, invoice_id).await?;
    let note = draft_of(tx, id, version).await?;
    let (document, before) = basis(tx, invoice_id).await?;
    let total = note.totals.gross;
    // Others may have been issued since it was written.
    let left = Credited { invoice: &document, before: &before }.left()?.gross;
    if total.minor() > left.minor() {
        return Err(refuse(&CreditError::TooMuch(left)));
    }
    let organization = organizations::find(tx).await?;
    let today = organization.time_zone.today(tx.now());
    let (number, freed) = credits::issue(tx, id, version, &invoice, total, today).await?;
    let document = tell(tx, &organization, &note, &number).await?;
    if request.freed == FreedMoney::Refund {
        for (payment, amount) in &freed {
            let payment = payments::lock(tx, *payment).await?;
            // What is on its way back already can't go back twice: that much stays credit.
            let amount = Money::new(amount.minor().min(payment.refundable().minor()), amount.currency());
            if !amount.is_positive() {
                continue;
            }
            let body = RefundPayment {
                amount,
                to: RefundTo::Source,
                reason: note.reason.clone(),
                invoices: InvoiceAfterRefund::Reopen,
                invoice_id: None,
            };
            start_refund(app, tx, &payment, &body).await?;
        }
    }
    if request.send.unwrap_or(true) {
        let credit = Money::sum(freed.iter().map(|(_, amount)| *amount), total.currency())?;
        let sent = Sent { number: &number, document, credit, freed: request.freed };
        send(app, tx, &organization, &note, &sent).await?;
    }
    expire_attempts_of(tx, invoice_id).await?;
    Ok(credits::find(tx, id).await?)
}

/// Writes and issues a note that takes the place of money that left an invoice: it stays as settled as it was. The
/// invoice and its client are locked.
pub async fn instead_of_money(tx: &mut Tx, id: InvoiceId, amount: Money, reason: &str) -> Result<()> {
    let (document, before) = basis(tx, id).await?;
    let of = Credited { invoice: &document, before: &before };
    let amount = Money::new(amount.minor().min(of.left()?.gross.minor()), amount.currency());
    if !amount.is_positive() {
        return Ok(());
    }
    let reason: Name = reason.parse().map_err(Failure::internal)?;
    let draft = DraftCreditNote { lines: Vec::new(), amount: Some(amount), reason, note: Note::default() };
    let note = create(tx, id, &draft).await?;
    let invoice = invoices::lock(tx, &[id]).await?.pop().ok_or(Error::NotFound)?;
    let organization = organizations::find(tx).await?;
    let today = organization.time_zone.today(tx.now());
    let (number, _) = credits::issue(tx, note.id, note.version, &invoice, amount, today).await?;
    tell(tx, &organization, &note, &number).await?;
    Ok(())
}

/// Freezes the document of a note that was just issued, and writes the event that tells of it.
async fn tell(
    tx: &mut Tx,
    organization: &Organization,
    note: &CreditNote,
    number: &str,
) -> Result<DocumentId> {
    let issued = credits::find(tx, note.id).await?;
    let document = documents::of_credit_note(tx, organization, &issued).await?;
    let event = Event::CreditNoteIssued {
        credit_note_id: note.id,
        invoice_id: note.invoice_id,
        number: number.to_owned(),
        total: note.totals.gross,
    };
    events::record(tx, Subject::Invoice(note.invoice_id), Some(note.client_id), &event).await?;
    Ok(document.id)
}

/// What a note came to by being issued.
struct Sent<'a> {
    number: &'a str,
    document: DocumentId,
    credit: Money,
    freed: FreedMoney,
}

#[derive(Serialize)]
struct Words<'a> {
    number: &'a str,
    invoice: &'a str,
    total: String,
    reason: &'a str,
    balance: Option<String>,
    credit: Option<String>,
    refund: bool,
}

/// Mails a credit note to whom its invoice goes, with its document and a link to the invoice.
async fn send(
    app: &App,
    tx: &mut Tx,
    organization: &Organization,
    note: &CreditNote,
    sent: &Sent<'_>,
) -> Result<()> {
    let &Sent { number, document, credit, freed } = sent;
    let invoice = invoices::find_document(tx, note.invoice_id, organization).await?;
    for (recipient, language) in invoices::recipients(tx, note.client_id, None).await? {
        let language = language.unwrap_or(organization.language);
        let (url, token) = guest_url(app, organization);
        guest_links::insert(tx, &token.hash, note.client_id, note.invoice_id, Some(recipient.contact_id))
            .await?;
        let letter = Letter {
            name: "credit_note",
            organization,
            to_name: recipient.name.as_str(),
            to: &recipient.email,
            language,
            link: Some(&url),
            values: Words {
                number,
                invoice: &note.invoice_number,
                total: format::money(language, note.totals.gross),
                reason: note.reason.as_str(),
                balance: invoice.balance.is_positive().then(|| format::money(language, invoice.balance)),
                credit: credit.is_positive().then(|| format::money(language, credit)),
                refund: freed == FreedMoney::Refund,
            },
        };
        mail::enqueue(tx, &NewMail { document_id: Some(document), ..letter.write()? }).await?;
    }
    Ok(())
}
