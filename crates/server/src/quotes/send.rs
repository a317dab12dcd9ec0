//! Sending a version, or asking somebody who may.

use chrono::Days;
use domain::clients::ContactId;
use domain::events::{Event, Subject};
use domain::invoices::{InvoiceError, Recipient};
use domain::organizations::Organization;
use domain::problem::Problem;
use domain::quotes::{
    Quote, QuoteContent, QuoteError, QuoteId, QuoteLink, QuoteState, QuoteTotals, ReturnQuote, Selection,
    SendQuote, compute,
};
use domain::text::{Address, Language, Name, Note};
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::quotes::{self, Locked, Sending, Step};
use store::{Tx, clients, events, invoices, organizations};

use super::actions::{archived, check_version};
use super::news::{self, Mailing, News};
use super::{jobs, show};
use crate::App;
use crate::documents;
use crate::mail::format;
use crate::problem::{Failure, Result};

/// What a client is shown, as it is hashed.
#[derive(Serialize)]
struct Shown<'a> {
    quote_id: QuoteId,
    number: &'a str,
    no: i32,
    organization: &'a Name,
    client_name: &'a Name,
    client_address: &'a Address,
    counting: domain::quotes::Counting,
    content: &'a QuoteContent,
    footer: &'a Note,
}

/// Sends the version that is being written, if this member may send so much; else it waits for approval.
pub async fn send(app: &App, tx: &mut Tx, id: QuoteId, version: i64, request: &SendQuote) -> Result<Quote> {
    let locked = quotes::lock(tx, id).await?;
    check_version(&locked, version)?;
    let organization = organizations::find(tx).await?;
    let settings = quotes::find_settings(tx).await?;
    let no = locked.draft_no.ok_or(QuoteError::NotDraft)?;
    // The client may have accepted the version before while this one was written.
    if locked.head.current_no > 0 && !locked.head.state.takes_new_version() {
        return Err(QuoteError::NoNewVersion.into());
    }
    let mut draft = quotes::version(tx, id, no).await?;
    draft.counting.rounding = organization.rounding;
    let today = organization.time_zone.today(tx.now());
    let valid_until = draft.content.valid_until.unwrap_or(today + Days::new(u64::from(settings.valid_days)));
    if valid_until < today {
        let message = "must not be in the past";
        return Err(Problem::invalid("/content/valid_until", "past", message).into());
    }
    draft.content.valid_until = Some(valid_until);
    if draft.content.lines().next().is_none() {
        let error = InvoiceError::NoLines;
        return Err(Problem::invalid("/content/sections", "required", error.to_string()).into());
    }
    let totals = compute(&draft.content, &Selection::default(), draft.counting)?;
    if totals.gross.is_negative() && locked.head.changes_quote_id.is_none() {
        let message = "come to less than nothing";
        return Err(Problem::invalid("/content/sections", "negative", message).into());
    }
    let client = clients::addressee(tx, locked.head.client_id).await?;
    if client.archived {
        return Err(archived().into());
    }
    if show::needs_approval(tx, settings.approval_above_minor, totals.gross) {
        return ask_for_approval(app, tx, &organization, &locked, no, &draft.content.title, &totals).await;
    }
    let recipients = recipients(tx, &locked, request.contact_ids.as_deref()).await?;
    if locked.approval_pending {
        approved(tx, &locked, no, &draft.content.title).await?;
    }
    let again = locked.head.number.is_some();
    let number = match locked.head.number.clone() {
        Some(number) => number,
        None => quotes::take_number(tx, settings.prefix.as_str()).await?,
    };
    let shown = Shown {
        quote_id: id,
        number: &number,
        no,
        organization: &organization.name,
        client_name: &client.name,
        client_address: &client.address,
        counting: draft.counting,
        content: &draft.content,
        footer: &organization.document_footer,
    };
    let hash: [u8; 32] = Sha256::digest(serde_json::to_vec(&shown).map_err(Failure::internal)?).into();
    let sending = Sending {
        number: &number,
        no,
        content: &draft.content,
        valid_until,
        rounding: draft.counting.rounding,
        footer: &organization.document_footer,
        hash: &hash,
        totals: &totals,
        client_name: &client.name,
        client_address: &client.address,
        today,
    };
    quotes::send(tx, id, &sending).await?;
    if again {
        let event =
            Event::QuoteSuperseded { quote_id: id, number: number.clone(), no: locked.head.current_no };
        events::record(tx, Subject::Quote(id), Some(locked.head.client_id), &event).await?;
    }
    jobs::schedule(tx, &organization, id, no, valid_until, settings.remind_days).await?;
    deliver(app, tx, &organization, &locked, &recipients, &request.message, again).await?;
    show::show(tx, id, None).await
}

/// Mails the newest version again, with fresh links.
pub async fn resend(app: &App, tx: &mut Tx, id: QuoteId, request: &SendQuote) -> Result<Quote> {
    let locked = quotes::lock(tx, id).await?;
    match locked.head.state {
        QuoteState::Draft | QuoteState::Withdrawn => return Err(QuoteError::NotSent.into()),
        _ => {}
    }
    let organization = organizations::find(tx).await?;
    let recipients = recipients(tx, &locked, request.contact_ids.as_deref()).await?;
    if recipients.is_empty() {
        let message = "must name somebody: the client has no contact";
        return Err(Problem::invalid("/contact_ids", "required", message).into());
    }
    deliver(app, tx, &organization, &locked, &recipients, &request.message, false).await?;
    show::show(tx, id, None).await
}

async fn recipients(
    tx: &mut Tx,
    quote: &Locked,
    wanted: Option<&[ContactId]>,
) -> Result<Vec<(Recipient, Option<Language>)>> {
    let recipients = invoices::recipients(tx, quote.head.client_id, wanted).await?;
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
    title: &'a str,
    message: &'a str,
    total: String,
    valid_until: String,
    again: bool,
    code: bool,
}

/// Freezes the document, writes one mail with it for each recipient, and the event that tells of it.
async fn deliver(
    app: &App,
    tx: &mut Tx,
    organization: &Organization,
    quote: &Locked,
    recipients: &[(Recipient, Option<Language>)],
    message: &Note,
    again: bool,
) -> Result<()> {
    let id = quote.head.id;
    let head = quotes::head(tx, id).await?;
    let shown = show::document(tx, id, Some(head.current_no)).await?;
    let number = head.number.unwrap_or_default();
    let words = |language| Words {
        number: &number,
        title: shown.content.title.as_str(),
        message: message.as_str(),
        total: format::money(language, head.total),
        valid_until: head.valid_until.map(|date| format::date(language, date)).unwrap_or_default(),
        again,
        code: quote.access_code,
    };
    let document = documents::of_quote(tx, organization, &shown).await?.id;
    // What an access code keeps closed doesn't lie open in a mailbox.
    let mailing = Mailing { name: "quote_sent", document: Some(document).filter(|_| !quote.access_code) };
    let to = news::mail_clients(app, tx, organization, id, mailing, recipients, words).await?;
    let event =
        Event::QuoteSent { quote_id: id, number: number.clone(), no: head.current_no, total: head.total, to };
    events::record(tx, Subject::Quote(id), Some(head.client_id), &event).await?;
    Ok(())
}

/// Instead of being sent it waits, and those who may approve are told.
async fn ask_for_approval(
    app: &App,
    tx: &mut Tx,
    organization: &Organization,
    quote: &Locked,
    no: i32,
    title: &Name,
    totals: &QuoteTotals,
) -> Result<Quote> {
    if quote.approval_pending {
        return Err(QuoteError::ApprovalPending.into());
    }
    let id = quote.head.id;
    quotes::set_approval(tx, id, no, Step::Request).await?;
    let event = Event::QuoteApprovalRequested { quote_id: id, title: title.to_string(), total: totals.gross };
    events::record(tx, Subject::Quote(id), Some(quote.head.client_id), &event).await?;
    let approvers = quotes::approvers(tx).await?;
    let who = tx.actor_name().to_owned();
    let mut head = quote.head.clone();
    head.total = totals.gross;
    let told = (who.as_str(), title.as_str(), "");
    news::tell(app, tx, organization, &approvers, News::Approval, &head, told).await?;
    show::show(tx, id, None).await
}

async fn approved(tx: &mut Tx, quote: &Locked, no: i32, title: &Name) -> Result<()> {
    quotes::set_approval(tx, quote.head.id, no, Step::Approve).await?;
    let event = Event::QuoteApproved { quote_id: quote.head.id, title: title.to_string() };
    events::record(tx, Subject::Quote(quote.head.id), Some(quote.head.client_id), &event).await?;
    Ok(())
}

/// Gives a quote that waits for approval back to whoever wrote it.
pub async fn give_back(app: &App, tx: &mut Tx, id: QuoteId, request: &ReturnQuote) -> Result<Quote> {
    let locked = quotes::lock(tx, id).await?;
    let no = locked.draft_no.filter(|_| locked.approval_pending).ok_or(QuoteError::NoApproval)?;
    let organization = organizations::find(tx).await?;
    let title = quotes::version(tx, id, no).await?.content.title;
    quotes::set_approval(tx, id, no, Step::Return(&request.note)).await?;
    let event =
        Event::QuoteReturned { quote_id: id, title: title.to_string(), reason: request.note.to_string() };
    events::record(tx, Subject::Quote(id), Some(locked.head.client_id), &event).await?;
    let who = tx.actor_name().to_owned();
    let told = (who.as_str(), title.as_str(), request.note.as_str());
    news::tell_in_charge(app, tx, &organization, &locked, News::Returned, told).await?;
    show::show(tx, id, None).await
}

/// Makes a link that staff hand on themselves.
pub async fn copy_link(app: &App, tx: &mut Tx, id: QuoteId) -> Result<QuoteLink> {
    let organization = organizations::find(tx).await?;
    let head = quotes::head(tx, id).await?;
    if head.current_no == 0 {
        return Err(QuoteError::NotSent.into());
    }
    news::guest_link(app, tx, &organization, &head, None).await
}
