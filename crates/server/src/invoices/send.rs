//! Issuing an invoice and mailing it.

use chrono::Days;
use domain::clients::ContactId;
use domain::events::{Event, Subject};
use domain::invoices::{
    Invoice, InvoiceDocument, InvoiceError, InvoiceId, InvoiceLine, InvoiceLink, InvoiceStatus, Recipient,
    SendInvoice,
};
use domain::organizations::Organization;
use domain::problem::{Code, Problem};
use domain::schedules;
use domain::text::Language;
use domain::totals::{self, LineInput};
use serde::Serialize;
use store::invoices::{self, Issue, guest_links};
use store::ledger::{self, Entry};
use store::mail::NewMail;
use store::{Error, Tx, clients, events, mail, organizations};

use super::actions::{due_before_issue, misfit, unfit};
use crate::App;
use crate::automatic_charges;
use crate::documents;
use crate::http::conflict;
use crate::mail::{Letter, format};
use crate::problem::Result;
use crate::secret_token::SecretToken;

type Addressed = (Recipient, Option<Language>);

/// Issues a draft of this version and mails it: number, dates, totals, addressee and foot are frozen,
/// and the ledger learns what is owed.
pub async fn send(
    app: &App,
    tx: &mut Tx,
    id: InvoiceId,
    version: i64,
    request: &SendInvoice,
) -> Result<Invoice> {
    let locked = invoices::lock(tx, &[id]).await?.pop().ok_or(Error::NotFound)?;
    let organization = organizations::find(tx).await?;
    let draft = invoices::find_document(tx, id, &organization).await?;
    if draft.status != InvoiceStatus::Draft {
        return Err(InvoiceError::NotDraft.into());
    }
    if locked.version != version {
        return Err(conflict(&(), &(), locked.version));
    }
    if draft.lines.is_empty() {
        let error = InvoiceError::NoLines;
        return Err(Problem::invalid("/lines", "required", error.to_string()).into());
    }
    let client = clients::addressee(tx, draft.client_id).await?;
    if client.archived {
        return Err(Problem::new(Code::Conflict).detail("Restore the client first.").into());
    }
    let lines: Vec<LineInput> = draft.lines.iter().map(InvoiceLine::input).collect();
    let totals =
        totals::compute(&lines, draft.discount, draft.currency, organization.rounding, draft.price_mode)
            .map_err(|error| misfit(error, &lines))?;
    let status = draft.status.send(totals.gross)?;
    let issued_on = draft.issued_on.unwrap_or_else(|| organization.time_zone.today(tx.now()));
    let due_on = draft.due_on.unwrap_or(issued_on + Days::new(u64::from(organization.payment_terms_days)));
    let schedule = match locked.schedule.as_slice() {
        [] if due_on < issued_on => return Err(due_before_issue().into()),
        [] => None,
        written => Some(schedules::freeze(written, totals.gross, issued_on).map_err(unfit)?),
    };
    let recipients = recipients(tx, &draft, request).await?;
    let number = invoices::take_number(tx, organization.invoice_prefix.as_str()).await?;
    let issue = Issue {
        number: &number,
        status,
        issued_on,
        due_on: schedule.is_none().then_some(due_on),
        schedule: schedule.as_deref(),
        client_name: &client.name,
        client_address: &client.address,
        footer: &organization.document_footer,
        rounding: organization.rounding,
        totals: &totals,
    };
    invoices::issue(tx, id, version, &issue).await?;
    ledger::append(tx, draft.client_id, &[Entry::Issue { invoice_id: id, amount: totals.gross }]).await?;
    deliver(app, tx, &organization, id, &recipients, request).await?;
    if status == InvoiceStatus::Paid {
        let event = Event::InvoicePaid { invoice_id: id, number };
        events::record(tx, Subject::Invoice(id), Some(draft.client_id), &event).await?;
    }
    // A period's draft that a person sends.
    automatic_charges::plan(tx, id).await?;
    Ok(invoices::find(tx, id, &organization).await?)
}

/// Mails an issued invoice again, with fresh links.
pub async fn resend(app: &App, tx: &mut Tx, id: InvoiceId, request: &SendInvoice) -> Result<Invoice> {
    let organization = organizations::find(tx).await?;
    let invoice = invoices::find_document(tx, id, &organization).await?;
    match invoice.status {
        InvoiceStatus::Draft | InvoiceStatus::Void => {
            let detail = "Only an issued invoice that was not withdrawn can be mailed again.";
            return Err(Problem::new(Code::Conflict).detail(detail).into());
        }
        InvoiceStatus::Sent
        | InvoiceStatus::Viewed
        | InvoiceStatus::PartiallyPaid
        | InvoiceStatus::Paid
        | InvoiceStatus::WrittenOff => {}
    }
    let recipients = recipients(tx, &invoice, request).await?;
    if recipients.is_empty() {
        return Err(Problem::invalid(
            "/contact_ids",
            "required",
            "must name somebody: the client has no contact",
        )
        .into());
    }
    deliver(app, tx, &organization, id, &recipients, request).await?;
    Ok(invoices::find(tx, id, &organization).await?)
}

async fn recipients(tx: &mut Tx, invoice: &InvoiceDocument, request: &SendInvoice) -> Result<Vec<Addressed>> {
    let wanted: Option<&[ContactId]> = request.contact_ids.as_deref();
    let recipients = invoices::recipients(tx, invoice.client_id, wanted).await?;
    let unknown = wanted.and_then(|wanted| {
        wanted.iter().position(|id| recipients.iter().all(|(recipient, _)| recipient.contact_id != *id))
    });
    match unknown {
        None => Ok(recipients),
        Some(index) => {
            let pointer = format!("/contact_ids/{index}");
            Err(Problem::invalid(pointer, "unknown", "must be a contact of this client").into())
        }
    }
}

#[derive(Serialize)]
struct Words<'a> {
    number: &'a str,
    message: &'a str,
    total: String,
    open: bool,
    /// How many instalments it is paid in; none if it is paid at once.
    instalments: usize,
    /// What is asked for now.
    balance: String,
    due_on: String,
}

/// Freezes the document, writes one mail with it and one link for each recipient, and the event that tells of it.
async fn deliver(
    app: &App,
    tx: &mut Tx,
    organization: &Organization,
    id: InvoiceId,
    recipients: &[Addressed],
    request: &SendInvoice,
) -> Result<()> {
    let invoice = invoices::find_document(tx, id, organization).await?;
    let number = invoice.number.clone().unwrap_or_default();
    let document = documents::of_invoice(tx, organization, &invoice).await?;
    for (recipient, language) in recipients {
        let language = language.unwrap_or(organization.language);
        let (url, token) = guest_url(app, organization);
        guest_links::insert(tx, &token.hash, invoice.client_id, id, Some(recipient.contact_id)).await?;
        let letter = Letter {
            name: "invoice_sent",
            organization,
            to_name: recipient.name.as_str(),
            to: &recipient.email,
            language,
            link: Some(&url),
            values: Words {
                number: &number,
                message: request.message.as_str(),
                total: format::money(language, invoice.totals.gross),
                open: invoice.status.is_open(),
                instalments: invoice.schedule.len(),
                balance: format::money(language, invoice.next_payment),
                due_on: invoice.due_on.map(|due| format::date(language, due)).unwrap_or_default(),
            },
        };
        mail::enqueue(tx, &NewMail { document_id: Some(document.id), ..letter.write()? }).await?;
    }
    let to = recipients.iter().map(|(recipient, _)| recipient.email.to_string()).collect();
    let event = Event::InvoiceSent { invoice_id: id, number, total: invoice.totals.gross, to };
    events::record(tx, Subject::Invoice(id), Some(invoice.client_id), &event).await?;
    Ok(())
}

/// A link that opens an invoice without signing in, and its token.
pub(crate) fn guest_url(app: &App, organization: &Organization) -> (String, SecretToken) {
    let token = SecretToken::generate("");
    (app.url(&format!("/{}/i/{}", organization.slug, token.text)), token)
}

/// Makes a link that staff hand on themselves.
pub async fn copy_link(app: &App, tx: &mut Tx, id: InvoiceId) -> Result<InvoiceLink> {
    let organization = organizations::find(tx).await?;
    let invoice = invoices::find_document(tx, id, &organization).await?;
    if invoice.status == InvoiceStatus::Draft {
        return Err(Problem::new(Code::Conflict)
            .detail("Send the invoice first: drafts have no link.")
            .into());
    }
    let (url, token) = guest_url(app, &organization);
    let expires_at = guest_links::insert(tx, &token.hash, invoice.client_id, id, None).await?;
    let event = Event::InvoiceLinkCreated { invoice_id: id, number: invoice.number.unwrap_or_default() };
    events::record(tx, Subject::Invoice(id), Some(invoice.client_id), &event).await?;
    Ok(InvoiceLink { url, expires_at })
}
