//! A quote as its readers see it.

use chrono::NaiveDate;
use domain::money::Money;
use domain::organizations::Organization;
use domain::permission::Permission;
use domain::quotes::{
    DecisionKind, Quote, QuoteComparison, QuoteDocument, QuoteId, Selection, VersionPair, VersionSummary,
    compare, compute, margin,
};
use store::quotes::{self, Head, Version};
use store::{Error, Tx, invoices, organizations};

use crate::problem::{Failure, Result};

/// A version of a quote as a document, as far as the caller may see it; the newest if none is named.
pub async fn document(tx: &mut Tx, id: QuoteId, no: Option<i32>) -> Result<QuoteDocument> {
    let organization = organizations::find(tx).await?;
    let head = quotes::head(tx, id).await?;
    let no = match no {
        Some(no) => no,
        None => quotes::newest_visible(tx, id).await?,
    };
    let version = quotes::version(tx, id, no).await?;
    put_together(tx, &organization, head, version).await
}

/// What is still being written follows the organization's present settings.
fn present(version: &mut Version, organization: &Organization) {
    if version.sent_at.is_none() {
        version.counting.rounding = organization.rounding;
        version.footer = organization.document_footer.clone();
    }
}

async fn put_together(
    tx: &mut Tx,
    organization: &Organization,
    head: Head,
    mut version: Version,
) -> Result<QuoteDocument> {
    let today = organization.time_zone.today(tx.now());
    present(&mut version, organization);
    let Version { no, content, counting, footer, hash, sent_at } = version;
    let decision = quotes::find_decision(tx, head.id, no, head.currency).await?;
    let accepted = decision.as_ref().filter(|decision| decision.kind == DecisionKind::Accepted);
    let selection = match accepted {
        Some(decision) => decision.selection.clone(),
        None => Selection::default()
            .complete(&content)
            .map_err(|error| Failure::from(domain::problem::Problem::from(error)))?,
    };
    let totals = compute(&content, &selection, counting)?;
    let change_orders = quotes::change_orders(tx, head.id, today).await?;
    let contract = accepted.map(|decision| decision.total).map(|total| {
        let changes = change_orders.iter().filter(|order| order.state.is_accepted()).map(|order| order.total);
        Money::sum(changes.chain([total]), head.currency)
    });
    let mut questions = quotes::questions_of(tx, head.id).await?;
    if tx.principal().is_some_and(|principal| principal.client_id.is_some()) {
        // To clients, the organization answers.
        for question in questions.iter_mut().filter(|question| question.answered_by.is_some()) {
            question.answered_by = Some(organization.name.clone());
        }
    }
    Ok(QuoteDocument {
        invoices: quotes::invoices_of(tx, head.id).await?,
        id: head.id,
        number: head.number,
        state: head.state.on(today, head.valid_until),
        no,
        current_no: head.current_no,
        superseded: no < head.current_no,
        client_id: head.client_id,
        client_name: head.client_name,
        client_address: head.client_address,
        counting,
        content,
        footer,
        selection,
        totals,
        hash: hash.map(hex::encode),
        sent_at,
        viewed_at: head.viewed_at,
        decision,
        changes_quote_id: head.changes_quote_id,
        project_id: head.project_id,
        change_orders,
        contract: contract.transpose()?,
        questions,
        version: head.version,
    })
}

/// A quote as staff see it.
pub async fn show(tx: &mut Tx, id: QuoteId, no: Option<i32>) -> Result<Quote> {
    let document = document(tx, id, no).await?;
    let locked = quotes::lock(tx, id).await?;
    let settings = quotes::find_settings(tx).await?;
    let costs = quotes::costs(tx, id, document.no).await?;
    let margin = margin(&document.content, &costs, &document.selection, document.counting)?;
    let billed = quotes::billed(tx, id).await?;
    let gross = document.totals.gross;
    Ok(Quote {
        internal_note: locked.internal_note,
        draft_no: locked.draft_no,
        margin,
        costs,
        approval: quotes::approval(tx, id, document.no).await?,
        needs_approval: needs_approval(tx, settings.approval_above_minor, gross),
        access_code: locked.access_code,
        recipients: invoices::recipients(tx, document.client_id, None)
            .await?
            .into_iter()
            .map(|(recipient, _)| recipient)
            .collect(),
        billed: Money::sum(billed.iter().map(|invoice| invoice.gross), gross.currency())?,
        document,
    })
}

/// Whether this caller may not send so much by themselves.
pub fn needs_approval(tx: &Tx, above_minor: Option<i64>, total: Money) -> bool {
    let may = tx.principal().is_none_or(|principal| principal.may(Permission::ApproveQuotes));
    !may && above_minor.is_some_and(|above| total.minor() > above)
}

/// All versions that the caller may see, newest first.
pub async fn versions(tx: &mut Tx, id: QuoteId) -> Result<Vec<VersionSummary>> {
    let organization = organizations::find(tx).await?;
    let head = quotes::head(tx, id).await?;
    let mut all = Vec::new();
    for mut version in quotes::versions(tx, id).await? {
        present(&mut version, &organization);
        let decision = quotes::find_decision(tx, id, version.no, head.currency).await?;
        all.push(VersionSummary {
            no: version.no,
            sent_at: version.sent_at,
            valid_until: version.content.valid_until,
            total: compute(&version.content, &Selection::default(), version.counting)?.gross,
            superseded: version.no < head.current_no,
            decision: decision.map(|decision| decision.kind),
        });
    }
    Ok(all)
}

/// Compares two versions that the caller may see.
pub async fn compared(tx: &mut Tx, id: QuoteId, pair: &VersionPair) -> Result<QuoteComparison> {
    let organization = organizations::find(tx).await?;
    let newest = quotes::newest_visible(tx, id).await?;
    let to = pair.to.unwrap_or(newest);
    let from = pair.from.unwrap_or(to - 1);
    if from < 1 || to < 1 {
        return Err(Error::NotFound.into());
    }
    let (mut old, mut new) = (quotes::version(tx, id, from).await?, quotes::version(tx, id, to).await?);
    present(&mut old, &organization);
    present(&mut new, &organization);
    Ok(compare((from, &old.content, old.counting), (to, &new.content, new.counting))?)
}

/// The day in the organization's zone.
pub async fn today(tx: &mut Tx) -> Result<NaiveDate> {
    Ok(organizations::today(tx).await?)
}
