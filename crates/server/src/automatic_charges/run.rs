//! The tries: an attempt is frozen under the invoice's lock, and only then is the provider asked.
//!
//! A worker that dies in between leaves a charge at `trying` with an attempt that has no reference. Whoever finds it asks
//! again with the attempt's id as idempotency key, after looking whether the charge was made: keys are forgotten after a day.

use chrono::TimeDelta;
use domain::automatic_charges::ChargeState;
use domain::events::{Event, Subject};
use domain::invoices::InvoiceId;
use domain::money::Money;
use domain::organizations::OrganizationId;
use domain::payments::{AttemptId, AttemptState};
use domain::problem::{Code, Problem};
use domain::schedules;
use integrations::payment::ProviderPayment;
use integrations::payment::saved::{ChargeRequest, SavesMethods};
use serde::{Deserialize, Serialize};
use store::automatic_charges::{self, Locked, Step};
use store::invoices::{self, Locked as Invoice};
use store::jobs::{self, Job};
use store::payments::attempts::{self, NewAttempt, Share, Undertaking};
use store::payments::connections;
use store::saved_methods::{self, Kept};
use store::{Reason, Tx, events, organizations};

use super::{follow, plan};
use crate::App;
use crate::payments::{checkout, providers, settle, start};
use crate::problem::{Failure, Result};
use crate::worker::JobError;

/// Charges an invoice.
pub const CHARGE: &str = "charge_invoice";
/// Charges of one round; the next round takes the next.
const BATCH: i64 = 200;
/// How long an attempt counts as new to the sweep.
const LIFETIME: TimeDelta = TimeDelta::hours(1);
/// How long a try waits while the client pays by hand.
const MEANWHILE: TimeDelta = TimeDelta::hours(1);

#[derive(Serialize, Deserialize)]
struct Payload {
    invoice_id: InvoiceId,
}

/// Asks for an invoice to be charged.
pub async fn enqueue(tx: &mut Tx, invoice_id: InvoiceId) -> store::Result<()> {
    let payload = serde_json::json!(Payload { invoice_id });
    let now = tx.now();
    jobs::enqueue(tx, CHARGE, &payload, now, Some(&invoice_id.to_string())).await
}

/// Asks for everything to be charged whose time has come.
pub async fn round(app: &App) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.store.begin_system(Reason::Jobs, now).await?;
    let due = automatic_charges::due(&mut tx, BATCH).await?;
    drop(tx);
    for (organization, invoice_id) in due {
        let mut tx = app.store.begin_worker(organization, Reason::Jobs, now).await?;
        enqueue(&mut tx, invoice_id).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Does [`CHARGE`].
pub async fn job(app: &App, job: &Job) -> Result<(), JobError> {
    let Payload { invoice_id } =
        serde_json::from_value(job.payload.clone()).map_err(|error| JobError::Hopeless(error.to_string()))?;
    charge(app, job.organization_id, invoice_id).await?;
    let mut tx = app.store.begin_worker(job.organization_id, Reason::Jobs, app.clock.now()).await?;
    jobs::finish(&mut tx, job.id).await?;
    tx.commit().await?;
    Ok(())
}

/// Makes the try of an invoice whose time has come, or goes on with one that was interrupted.
pub async fn charge(app: &App, organization: OrganizationId, invoice_id: InvoiceId) -> Result<()> {
    let mut tx = app.store.begin_worker(organization, Reason::Jobs, app.clock.now()).await?;
    let next = freeze(app, &mut tx, invoice_id).await?;
    tx.commit().await?;
    match next {
        Some((attempt, again)) => carry_out(app, organization, attempt, again).await,
        None => Ok(()),
    }
}

/// The attempt to carry out now, if one is to be, and whether it may have been before.
async fn freeze(app: &App, tx: &mut Tx, invoice_id: InvoiceId) -> Result<Option<(AttemptId, bool)>> {
    let invoice = invoices::lock(tx, &[invoice_id]).await?.pop().ok_or(Code::NotFound)?;
    let charge = automatic_charges::lock(tx, invoice_id).await?;
    match charge.state {
        ChargeState::Trying => return Ok(charge.attempt_id.map(|attempt| (attempt, true))),
        ChargeState::Waiting if charge.next_at.is_some_and(|at| at <= tx.now()) => {}
        ChargeState::Waiting | ChargeState::Succeeded | ChargeState::Failed | ChargeState::Stopped => {
            return Ok(None);
        }
    }
    if !automatic_charges::standing(tx, invoice_id).await?.open {
        follow::stop(tx, &charge).await?;
        return Ok(None);
    }
    // Whoever is about to pay by hand goes first: nobody is charged twice.
    if !attempts::live_on(tx, &[invoice_id]).await?.is_empty() {
        let until = tx.now() + MEANWHILE;
        automatic_charges::put_off(tx, invoice_id, until).await?;
        return Ok(None);
    }
    // Of instalments the one that was due may have been paid by hand: the next has a day of its own.
    if !invoice.open_parts.is_empty()
        && let Some(day) = plan::later(tx, invoice_id).await?
    {
        automatic_charges::put_off(tx, invoice_id, day).await?;
        return Ok(None);
    }
    let today = organizations::find(tx).await?.time_zone.today(tx.now());
    let amount = schedules::next_payment(&invoice.open_parts, invoice.balance(), today);
    match begin(app, tx, &invoice, &charge, amount).await {
        Ok(attempt) => Ok(Some((attempt, false))),
        // What a person would be refused, a person has to mend; the ladder goes on meanwhile.
        Err(failure) if failure.problem().status < 500 => {
            let problem = failure.problem();
            let reason = problem.detail.clone().unwrap_or_else(|| problem.title.clone());
            follow::missed(app, tx, &charge, amount, &reason).await?;
            Ok(None)
        }
        Err(failure) => Err(failure),
    }
}

/// Freezes an attempt at a locked invoice.
async fn begin(
    app: &App,
    tx: &mut Tx,
    invoice: &Invoice,
    charge: &Locked,
    amount: Money,
) -> Result<AttemptId> {
    let method = saved_methods::default_of(tx, invoice.client_id)
        .await?
        .ok_or_else(|| Problem::new(Code::Conflict).detail("No payment method is saved."))?;
    let account = connections::find(tx, method.connection_id).await?;
    if !providers::is_usable(app, &account) {
        let detail = "The payment provider that keeps the payment method is switched off.";
        return Err(Problem::new(Code::Conflict).detail(detail).into());
    }
    providers::check_amount(providers::open(app, &account)?.as_ref(), &account.terms, amount)?;
    let language = organizations::find(tx).await?.language;
    let id = attempts::new_id(tx);
    // Nobody is sent there, but whoever looks at the attempt may be.
    let page = app.url(&format!("/{}/invoices/{}", account.slug, invoice.id));
    let new = NewAttempt {
        id,
        client_id: invoice.client_id,
        connection_id: account.id,
        provider: account.provider,
        amount,
        description: start::description(language, std::slice::from_ref(invoice)),
        payer_email: None,
        locale: language.as_str().to_owned(),
        return_url: checkout::seal_return_url(app, id, &page),
        contact_id: method.accepted_by,
        saved_method_id: Some(method.id),
        expires_at: tx.now() + LIFETIME,
        shares: vec![Share {
            invoice_id: invoice.id,
            version: invoice.version,
            total_minor: invoice.total.minor(),
            amount_minor: amount.minor(),
        }],
    };
    attempts::insert(tx, &new).await?;
    let step = Step {
        state: ChargeState::Trying,
        next_at: None,
        tries: charge.tries + 1,
        first_tried_at: charge.first_tried_at.or(Some(tx.now())),
        attempt_id: Some(id),
        failure: None,
        decline: None,
    };
    automatic_charges::step(tx, invoice.id, step).await?;
    let event = Event::PaymentStarted { attempt_id: id, invoice_id: invoice.id, amount };
    events::record(tx, Subject::Invoice(invoice.id), Some(invoice.client_id), &event).await?;
    Ok(id)
}

/// Everything comes from what was frozen, so that asking again asks for the same.
fn request(organization: OrganizationId, attempt: &Undertaking, method: &Kept) -> Result<ChargeRequest> {
    let known = |field: &Option<String>| {
        field.clone().ok_or_else(|| Failure::internal(format!("{} was never saved", method.id)))
    };
    Ok(ChargeRequest {
        attempt_id: attempt.id.to_string(),
        organization_id: organization.to_string(),
        amount: attempt.amount,
        description: attempt.description.clone(),
        customer: known(&method.customer_reference)?,
        method: known(&method.method_reference)?,
        kind: known(&method.kind)?,
        since: attempt.started_at,
    })
}

/// Asks the provider to make an attempt's charge, and settles the answer. Nothing is to be done of one that is over or
/// that the provider is known to have. `again` if it may have been asked before.
pub async fn carry_out(app: &App, organization: OrganizationId, id: AttemptId, again: bool) -> Result<()> {
    let mut tx = app.store.begin_worker(organization, Reason::Jobs, app.clock.now()).await?;
    let attempt = attempts::get(&mut tx, id).await?;
    let Some(method) = attempt.saved_method_id.filter(|_| waits(&attempt)) else { return Ok(()) };
    let method = saved_methods::get(&mut tx, method).await?;
    let account = connections::find(&mut tx, attempt.connection_id).await?;
    drop(tx);
    let provider = providers::open(app, &account)?;
    let saver = saver(provider.saves_methods(), id)?;
    let request = request(organization, &attempt, &method)?;
    let found = if again { saver.find_charge(&request).await } else { Ok(None) };
    let said = match found {
        Ok(Some(said)) => Ok(said),
        Ok(None) => saver.charge(&request).await,
        Err(error) => Err(error),
    };
    match said {
        Ok(said) => settle_with(app, organization, id, &said).await,
        Err(error) if error.is_transient() => Err(providers::failure(error)),
        Err(error) => {
            let mut tx = app.store.begin_worker(organization, Reason::Jobs, app.clock.now()).await?;
            let attempt = attempts::lock(&mut tx, id).await?;
            if waits(&attempt) {
                let reason = error.to_string();
                settle::close(app, &mut tx, &attempt, AttemptState::Failed, &reason, None).await?;
                tx.commit().await?;
            }
            Ok(())
        }
    }
}

/// Whether it is not known to have reached the provider.
fn waits(attempt: &Undertaking) -> bool {
    attempt.state.is_live() && attempt.provider_reference.is_none()
}

fn saver(saver: Option<&dyn SavesMethods>, attempt: AttemptId) -> Result<&dyn SavesMethods> {
    saver.ok_or_else(|| Failure::internal(format!("{attempt} charges at a provider that keeps no methods")))
}

async fn settle_with(
    app: &App,
    organization: OrganizationId,
    id: AttemptId,
    said: &ProviderPayment,
) -> Result<()> {
    settle::apply(app, organization, id, said, None).await?;
    Ok(())
}

/// Calls off a charge that is not known to have reached the provider, and takes the money if it has.
pub async fn call_off(app: &App, organization: OrganizationId, id: AttemptId) -> Result<()> {
    let mut tx = app.store.begin_worker(organization, Reason::Jobs, app.clock.now()).await?;
    let attempt = attempts::get(&mut tx, id).await?;
    let Some(method) = attempt.saved_method_id.filter(|_| waits(&attempt)) else { return Ok(()) };
    let method = saved_methods::get(&mut tx, method).await?;
    let account = connections::find(&mut tx, attempt.connection_id).await?;
    drop(tx);
    let provider = providers::open(app, &account)?;
    let request = request(organization, &attempt, &method)?;
    let found = saver(provider.saves_methods(), id)?.find_charge(&request).await;
    if let Some(said) = found.map_err(providers::failure)? {
        return settle_with(app, organization, id, &said).await;
    }
    let mut tx = app.store.begin_worker(organization, Reason::Jobs, app.clock.now()).await?;
    let attempt = attempts::lock(&mut tx, id).await?;
    if waits(&attempt) {
        settle::close(app, &mut tx, &attempt, AttemptState::Expired, "It was called off.", None).await?;
        tx.commit().await?;
    }
    Ok(())
}
