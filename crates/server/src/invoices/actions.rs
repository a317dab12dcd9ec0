//! What happens to invoices before and beside sending.

use chrono::{Datelike, NaiveDate};
use domain::events::{Event, Subject};
use domain::invoices::{
    DraftInvoice, Invoice, InvoiceDocument, InvoiceError, InvoiceId, InvoiceLineInput, InvoiceStatus,
    PreviewInvoice, VoidInvoice,
};
use domain::money::MoneyError;
use domain::organizations::Organization;
use domain::problem::Problem;
use domain::schedules::{self, ScheduleError, When};
use domain::totals::{self, LineInput, Totals};
use store::invoices::{self, Computed};
use store::ledger::{self, Entry};
use store::{Error, Tx, clients, events, organizations};

use crate::http::conflict_whole;
use crate::problem::{Failure, Result};

/// What lines would come to.
pub fn preview(asked: &PreviewInvoice) -> Result<Totals> {
    let lines: Vec<LineInput> = asked.lines.iter().map(InvoiceLineInput::input).collect();
    totals::compute(&lines, asked.discount, asked.currency, asked.rounding, asked.price_mode)
        .map_err(|error| misfit(error, &lines))
}

/// Names the field that an amount can't be computed from.
pub(crate) fn misfit(error: MoneyError, lines: &[LineInput]) -> Failure {
    let pointer = match error {
        MoneyError::Overflow | MoneyError::Weights => "/lines".to_owned(),
        MoneyError::CurrencyMismatch | MoneyError::DiscountOutOfRange => "/discount".to_owned(),
        MoneyError::RepeatedTax => {
            let twice = |line: &LineInput| {
                line.taxes.iter().enumerate().any(|(index, tax)| line.taxes[..index].contains(tax))
            };
            format!("/lines/{}/taxes", lines.iter().position(twice).unwrap_or_default())
        }
    };
    let code = match error {
        MoneyError::Overflow => "too_large",
        MoneyError::Weights => "invalid",
        MoneyError::CurrencyMismatch => "currency_mismatch",
        MoneyError::DiscountOutOfRange => "out_of_range",
        MoneyError::RepeatedTax => "repeated",
    };
    Problem::new(error.code()).detail(error.to_string()).field(pointer, code, error.to_string()).into()
}

/// Dates that a business means: what is further away is a typing error.
fn check_dates(draft: &DraftInvoice) -> Result<()> {
    let far = |date: NaiveDate| !(1970..=2200).contains(&date.year());
    for (pointer, date) in [("/issued_on", draft.issued_on), ("/due_on", draft.due_on)] {
        if date.is_some_and(far) {
            return Err(Problem::invalid(pointer, "out_of_range", "must be between 1970 and 2200").into());
        }
    }
    for (at, instalment) in draft.schedule.iter().enumerate() {
        if matches!(instalment.due, When::On(day) if far(day)) {
            let pointer = format!("/schedule/{at}/due");
            return Err(Problem::invalid(pointer, "out_of_range", "must be between 1970 and 2200").into());
        }
    }
    if draft.due_on.is_some() && !draft.schedule.is_empty() {
        return Err(Problem::invalid(
            "/due_on",
            "not_with_schedule",
            "must be left out: the schedule says what is due when",
        )
        .into());
    }
    match (draft.issued_on, draft.due_on) {
        (Some(issued), Some(due)) if due < issued => Err(due_before_issue().into()),
        _ => Ok(()),
    }
}

/// The refusal of a due date in the past of the invoice's own date.
pub(super) fn due_before_issue() -> Problem {
    Problem::invalid("/due_on", "before_issue", "must not be before the date of the invoice")
}

/// Names the instalment that doesn't fit.
pub(super) fn unfit(error: ScheduleError) -> Failure {
    Problem::invalid(error.pointer(), error.rule(), error.to_string()).into()
}

/// What the server makes of a draft: the browser's sums are never asked for.
async fn compute(tx: &mut Tx, organization: &Organization, draft: &DraftInvoice) -> Result<Computed> {
    check_dates(draft)?;
    let client = match clients::addressee(tx, draft.client_id).await {
        Err(Error::NotFound) => {
            return Err(Problem::invalid("/client_id", "unknown", "must be one of your clients").into());
        }
        other => other?,
    };
    if client.archived {
        return Err(Problem::invalid(
            "/client_id",
            "archived",
            "must not be archived: restore the client first",
        )
        .into());
    }
    let lines: Vec<LineInput> = draft.lines.iter().map(InvoiceLineInput::input).collect();
    let currency = draft.currency.unwrap_or(organization.currency);
    let price_mode = draft.price_mode.unwrap_or(organization.price_mode);
    let totals = totals::compute(&lines, draft.discount, currency, organization.rounding, price_mode)
        .map_err(|error| misfit(error, &lines))?;
    // Whether the parts fit the total is asked on issue: until then lines come and go.
    schedules::check(&draft.schedule, totals.gross).map_err(unfit)?;
    Ok(Computed {
        currency,
        price_mode,
        rounding: organization.rounding,
        totals,
        client_name: client.name,
        client_address: client.address,
        listed_on: draft.issued_on.unwrap_or_else(|| organization.time_zone.today(tx.now())),
    })
}

/// Begins a draft.
pub async fn create(tx: &mut Tx, draft: &DraftInvoice) -> Result<Invoice> {
    let organization = organizations::find(tx).await?;
    let computed = compute(tx, &organization, draft).await?;
    let id = invoices::insert(tx, draft, &computed).await?;
    let event = Event::InvoiceCreated { invoice_id: id };
    events::record(tx, Subject::Invoice(id), Some(draft.client_id), &event).await?;
    Ok(invoices::find(tx, id, &organization).await?)
}

/// Writes a draft anew.
pub async fn change(tx: &mut Tx, id: InvoiceId, version: i64, draft: &DraftInvoice) -> Result<Invoice> {
    let locked = invoices::lock(tx, &[id]).await?.pop().ok_or(Error::NotFound)?;
    let organization = organizations::find(tx).await?;
    if locked.status != InvoiceStatus::Draft {
        return Err(InvoiceError::NotDraft.into());
    }
    if locked.version != version {
        let present = invoices::find(tx, id, &organization).await?.written();
        let wanted = DraftInvoice {
            currency: draft.currency.or(Some(organization.currency)),
            price_mode: draft.price_mode.or(Some(organization.price_mode)),
            ..draft.clone()
        };
        return Err(conflict_whole(&wanted, &present, locked.version));
    }
    let computed = compute(tx, &organization, draft).await?;
    invoices::update(tx, id, version, draft, &computed).await?;
    let event = Event::InvoiceChanged { invoice_id: id };
    events::record(tx, Subject::Invoice(id), Some(draft.client_id), &event).await?;
    Ok(invoices::find(tx, id, &organization).await?)
}

/// Throws a draft away.
pub async fn delete(tx: &mut Tx, id: InvoiceId) -> Result<()> {
    let locked = invoices::lock(tx, &[id]).await?.pop().ok_or(Error::NotFound)?;
    if !invoices::delete(tx, id).await? {
        return Err(InvoiceError::NotDraft.into());
    }
    let event = Event::InvoiceDeleted { invoice_id: id };
    events::record(tx, Subject::Invoice(id), Some(locked.client_id), &event).await?;
    Ok(())
}

/// Withdraws an issued invoice. Attempts to pay it are ended by a job: that needs the provider.
pub async fn void(tx: &mut Tx, id: InvoiceId, request: &VoidInvoice) -> Result<Invoice> {
    let locked = invoices::lock(tx, &[id]).await?.pop().ok_or(Error::NotFound)?;
    locked.status.void(&locked.settled)?;
    if !invoices::void(tx, id, &request.reason).await? {
        return Err(InvoiceError::NotIssued.into());
    }
    ledger::append(tx, locked.client_id, &[Entry::Void { invoice_id: id, amount: locked.total }]).await?;
    let event =
        Event::InvoiceVoided { invoice_id: id, number: locked.number, reason: request.reason.to_string() };
    events::record(tx, Subject::Invoice(id), Some(locked.client_id), &event).await?;
    crate::payments::expire_attempts_of(tx, id).await?;
    show(tx, id).await
}

/// An invoice as staff see it.
pub async fn show(tx: &mut Tx, id: InvoiceId) -> Result<Invoice> {
    let organization = organizations::find(tx).await?;
    Ok(invoices::find(tx, id, &organization).await?)
}

/// An invoice as its client sees it.
pub async fn show_document(tx: &mut Tx, id: InvoiceId) -> Result<InvoiceDocument> {
    let organization = organizations::find(tx).await?;
    Ok(invoices::find_document(tx, id, &organization).await?)
}
