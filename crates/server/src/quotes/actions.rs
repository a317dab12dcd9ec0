//! What happens to quotes while they are written.

use domain::clients::ClientId;
use domain::events::{Event, Subject};
use domain::organizations::Organization;
use domain::problem::{Code, Problem};
use domain::quotes::{
    Counting, DraftQuote, PreviewQuote, Quote, QuoteError, QuoteId, QuoteTotals, Selection, WithdrawQuote,
    compute,
};
use store::clients::{self, Addressee};
use store::quotes::{self, Locked, Written};
use store::{Error, Tx, events, organizations};

use super::show;
use crate::http::{conflict, conflict_whole};
use crate::problem::Result;

/// What a quote would come to with a choice.
pub fn preview(asked: &PreviewQuote) -> Result<QuoteTotals> {
    asked.content.check()?;
    Ok(compute(&asked.content, &asked.selection, asked.counting)?)
}

/// A client to whom quotes can go.
pub(super) async fn addressee(tx: &mut Tx, id: ClientId) -> Result<Addressee> {
    let client = match clients::addressee(tx, id).await {
        Err(Error::NotFound) => {
            return Err(Problem::invalid("/client_id", "unknown", "must be one of your clients").into());
        }
        other => other?,
    };
    if client.archived {
        let message = "must not be archived: restore the client first";
        return Err(Problem::invalid("/client_id", "archived", message).into());
    }
    Ok(client)
}

/// What stands beside the draft in the database.
struct Sums {
    counting: Counting,
    totals: QuoteTotals,
    client: Addressee,
}

async fn compute_draft(tx: &mut Tx, organization: &Organization, draft: &DraftQuote) -> Result<Sums> {
    draft.content.check()?;
    for key in draft.costs.keys() {
        if draft.content.line(key).is_none() {
            let pointer = format!("/costs/{key}");
            return Err(Problem::invalid(pointer, "unknown", "must name a line of this quote").into());
        }
    }
    let client = addressee(tx, draft.client_id).await?;
    let counting = Counting {
        currency: draft.currency.unwrap_or(organization.currency),
        rounding: organization.rounding,
        price_mode: draft.price_mode.unwrap_or(organization.price_mode),
    };
    let totals = compute(&draft.content, &Selection::default(), counting)?;
    Ok(Sums { counting, totals, client })
}

/// A change order belongs to an accepted quote of the same client, in the same currency.
async fn check_change_order(tx: &mut Tx, draft: &DraftQuote, counting: Counting) -> Result<()> {
    let Some(base) = draft.changes_quote_id else { return Ok(()) };
    let refuse = |message: String| Problem::invalid("/changes_quote_id", "invalid", message);
    let base = match quotes::head(tx, base).await {
        Err(Error::NotFound) => return Err(refuse("must be one of your quotes".to_owned()).into()),
        other => other?,
    };
    if !base.state.is_accepted() || base.changes_quote_id.is_some() {
        return Err(refuse(QuoteError::NotAccepted.to_string()).into());
    }
    if base.client_id != draft.client_id || base.currency != counting.currency {
        return Err(refuse(QuoteError::OtherClient.to_string()).into());
    }
    Ok(())
}

/// Begins a quote.
pub async fn create(tx: &mut Tx, draft: &DraftQuote) -> Result<Quote> {
    let organization = organizations::find(tx).await?;
    let sums = compute_draft(tx, &organization, draft).await?;
    check_change_order(tx, draft, sums.counting).await?;
    let id = quotes::insert(tx, &written(tx, &organization, draft, &sums)).await?;
    let event = Event::QuoteCreated { quote_id: id, title: draft.content.title.to_string() };
    events::record(tx, Subject::Quote(id), Some(draft.client_id), &event).await?;
    show::show(tx, id, None).await
}

fn written<'a>(tx: &Tx, organization: &Organization, draft: &'a DraftQuote, sums: &'a Sums) -> Written<'a> {
    Written {
        draft,
        currency: sums.counting.currency,
        price_mode: sums.counting.price_mode,
        rounding: sums.counting.rounding,
        totals: &sums.totals,
        client_name: &sums.client.name,
        client_address: &sums.client.address,
        listed_on: organization.time_zone.today(tx.now()),
    }
}

/// What is being written, as its author would write it again.
async fn as_written(tx: &mut Tx, locked: &Locked, no: i32) -> Result<DraftQuote> {
    let version = quotes::version(tx, locked.head.id, no).await?;
    Ok(DraftQuote {
        client_id: locked.head.client_id,
        currency: Some(locked.head.currency),
        price_mode: Some(version.counting.price_mode),
        internal_note: locked.internal_note.clone(),
        changes_quote_id: locked.head.changes_quote_id,
        content: version.content,
        costs: quotes::costs(tx, locked.head.id, no).await?,
    })
}

/// Writes anew what is being written. One that waited for approval waits no more: it is another now.
pub async fn change(tx: &mut Tx, id: QuoteId, version: i64, draft: &DraftQuote) -> Result<Quote> {
    let locked = quotes::lock(tx, id).await?;
    let organization = organizations::find(tx).await?;
    let no = locked.draft_no.ok_or(QuoteError::NotDraft)?;
    if locked.head.version != version {
        let present = as_written(tx, &locked, no).await?;
        let wanted = DraftQuote {
            currency: draft.currency.or(Some(organization.currency)),
            price_mode: draft.price_mode.or(Some(organization.price_mode)),
            ..draft.clone()
        };
        return Err(conflict_whole(&wanted, &present, locked.head.version));
    }
    let sums = compute_draft(tx, &organization, draft).await?;
    if draft.changes_quote_id != locked.head.changes_quote_id {
        return Err(fixed("/changes_quote_id"));
    }
    if locked.head.current_no > 0 {
        if draft.client_id != locked.head.client_id {
            return Err(fixed("/client_id"));
        }
        if sums.counting.currency != locked.head.currency {
            return Err(fixed("/currency"));
        }
    }
    check_change_order(tx, draft, sums.counting).await?;
    let written = written(tx, &organization, draft, &sums);
    quotes::update(tx, id, no, version, &written).await?;
    let event = Event::QuoteChanged { quote_id: id };
    events::record(tx, Subject::Quote(id), Some(draft.client_id), &event).await?;
    show::show(tx, id, None).await
}

fn fixed(pointer: &str) -> crate::problem::Failure {
    Problem::invalid(pointer, "fixed", "can no longer be changed").into()
}

/// Throws away what is being written: the quote if it was never sent, else its new version.
pub async fn delete(tx: &mut Tx, id: QuoteId) -> Result<()> {
    let locked = quotes::lock(tx, id).await?;
    let no = locked.draft_no.ok_or(QuoteError::NotDraft)?;
    quotes::delete(tx, id, no).await?;
    let event = Event::QuoteDeleted { quote_id: id };
    events::record(tx, Subject::Quote(id), Some(locked.head.client_id), &event).await?;
    Ok(())
}

/// Begins a new version as a copy of the newest. What was sent still counts until the new one is sent.
pub async fn begin_version(tx: &mut Tx, id: QuoteId) -> Result<Quote> {
    let locked = quotes::lock(tx, id).await?;
    if locked.draft_no.is_some() {
        return Err(QuoteError::HasDraft.into());
    }
    if !locked.head.state.takes_new_version() {
        return Err(QuoteError::NoNewVersion.into());
    }
    quotes::begin_version(tx, id, locked.head.current_no).await?;
    let event = Event::QuoteChanged { quote_id: id };
    events::record(tx, Subject::Quote(id), Some(locked.head.client_id), &event).await?;
    show::show(tx, id, None).await
}

/// Takes a quote back that the client has not accepted.
pub async fn withdraw(tx: &mut Tx, id: QuoteId, request: &WithdrawQuote) -> Result<Quote> {
    let locked = quotes::lock(tx, id).await?;
    if !quotes::withdraw(tx, id).await? {
        return Err(QuoteError::NotWithdrawable.into());
    }
    let event = Event::QuoteWithdrawn {
        quote_id: id,
        number: locked.head.number.unwrap_or_default(),
        reason: request.reason.to_string(),
    };
    events::record(tx, Subject::Quote(id), Some(locked.head.client_id), &event).await?;
    show::show(tx, id, None).await
}

/// Refuses another version than the one that was shown to staff.
pub(super) fn check_version(locked: &Locked, version: i64) -> Result<()> {
    if locked.head.version == version {
        return Ok(());
    }
    Err(conflict(&(), &(), locked.head.version))
}

/// A refusal about the client, who is archived.
pub(super) fn archived() -> Problem {
    Problem::new(Code::Conflict).detail("Restore the client first.")
}
