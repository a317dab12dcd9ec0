//! What follows from a try, in the transaction that settles it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::automatic_charges::{ChargeState, next_try};
use domain::events::{Event, Subject};
use domain::money::Money;
use domain::payments::AttemptState;
use domain::saved_methods::Decline;
use serde::Serialize;
use store::automatic_charges::{self, Locked, Standing, Step};
use store::invoices::guest_links;
use store::payments::attempts::Undertaking;
use store::{Tx, events, mail, organizations, saved_methods};

use super::plan;
use crate::App;
use crate::invoices::send::guest_url;
use crate::mail::{Letter, format};
use crate::problem::Result;

/// The least between two tries: money that was days on its way may fail after the day of the next.
const PAUSE: TimeDelta = TimeDelta::days(1);

fn step_of(charge: &Locked) -> Step<'static> {
    Step {
        state: charge.state,
        next_at: charge.next_at,
        tries: charge.tries,
        first_tried_at: charge.first_tried_at,
        attempt_id: charge.attempt_id,
        failure: None,
        decline: None,
    }
}

/// Nothing is to be charged any more.
pub async fn stop(tx: &mut Tx, charge: &Locked) -> Result<()> {
    let step = Step { state: ChargeState::Stopped, next_at: None, ..step_of(charge) };
    automatic_charges::step(tx, charge.invoice_id, step).await?;
    Ok(())
}

/// An attempt brought its money. What is left in instalments waits for the next one's day.
pub async fn succeeded(tx: &mut Tx, attempt: &Undertaking) -> Result<()> {
    if attempt.saved_method_id.is_some()
        && let Some(charge) = automatic_charges::of_attempt(tx, attempt.id).await?
    {
        let step = match plan::later(tx, charge.invoice_id).await? {
            next_at @ Some(_) => Step {
                state: ChargeState::Waiting,
                next_at,
                tries: 0,
                first_tried_at: None,
                ..step_of(&charge)
            },
            None => Step { state: ChargeState::Succeeded, next_at: None, ..step_of(&charge) },
        };
        automatic_charges::step(tx, charge.invoice_id, step).await?;
    }
    Ok(())
}

/// An attempt ended without money. It is locked.
pub async fn ended(
    app: &App,
    tx: &mut Tx,
    attempt: &Undertaking,
    state: AttemptState,
    reason: &str,
    decline: Option<Decline>,
) -> Result<()> {
    if attempt.saved_method_id.is_none() {
        return Ok(());
    }
    let Some(charge) = automatic_charges::of_attempt(tx, attempt.id).await? else { return Ok(()) };
    if charge.state != ChargeState::Trying {
        return Ok(());
    }
    let standing = automatic_charges::standing(tx, charge.invoice_id).await?;
    if !standing.open {
        return stop(tx, &charge).await;
    }
    let trouble = Trouble { amount: attempt.amount, reason, decline, told: state == AttemptState::Failed };
    fail(app, tx, &charge, &standing, &trouble).await
}

/// A try that could not even begin.
pub async fn missed(app: &App, tx: &mut Tx, charge: &Locked, amount: Money, reason: &str) -> Result<()> {
    let now = tx.now();
    let charge =
        Locked { tries: charge.tries + 1, first_tried_at: charge.first_tried_at.or(Some(now)), ..*charge };
    let standing = automatic_charges::standing(tx, charge.invoice_id).await?;
    let trouble = Trouble { amount, reason, decline: None, told: true };
    fail(app, tx, &charge, &standing, &trouble).await
}

/// Why a try brought nothing.
struct Trouble<'a> {
    amount: Money,
    reason: &'a str,
    decline: Option<Decline>,
    /// Whether the client learns of it: not of what staff called off.
    told: bool,
}

async fn fail(
    app: &App,
    tx: &mut Tx,
    charge: &Locked,
    standing: &Standing,
    trouble: &Trouble<'_>,
) -> Result<()> {
    let now = tx.now();
    let days = automatic_charges::settings(tx).await?.input.retry_days;
    let tries = u8::try_from(charge.tries).unwrap_or(u8::MAX);
    let next_at = next_try(&days, tries, charge.first_tried_at.unwrap_or(now))
        .map(|at| if at <= now { now + PAUSE } else { at });
    let step = Step {
        state: if next_at.is_some() { ChargeState::Waiting } else { ChargeState::Failed },
        next_at,
        failure: Some(trouble.reason),
        decline: trouble.decline,
        ..step_of(charge)
    };
    automatic_charges::step(tx, charge.invoice_id, step).await?;
    let event = Event::AutomaticChargeFailed {
        invoice_id: charge.invoice_id,
        number: standing.number.clone(),
        amount: trouble.amount,
        reason: trouble.reason.to_owned(),
        next_at,
    };
    events::record(tx, Subject::Invoice(charge.invoice_id), Some(charge.client_id), &event).await?;
    if trouble.told {
        tell(app, tx, charge, standing, trouble, next_at).await?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Values<'a> {
    number: &'a str,
    amount: String,
    reason: &'a str,
    method: Option<String>,
    next_on: Option<String>,
    /// Whether the button leads to the invoice, to be paid in person, rather than to the saved methods.
    in_person: bool,
}

/// Queues the mail that asks the client for another method, or to pay in person where only that helps: the bank wants to
/// see its holder, or whoever reads it has no way into the portal.
async fn tell(
    app: &App,
    tx: &mut Tx,
    charge: &Locked,
    standing: &Standing,
    trouble: &Trouble<'_>,
    next_at: Option<DateTime<Utc>>,
) -> Result<()> {
    let organization = organizations::find(tx).await?;
    let method = saved_methods::default_of(tx, charge.client_id).await?;
    let saved_by = method.as_ref().and_then(|method| method.accepted_by);
    let next_on = next_at.map(|at| organization.time_zone.today(at));
    for addressee in automatic_charges::addressees(tx, charge.client_id, saved_by).await? {
        let language = addressee.language.unwrap_or(organization.language);
        let in_person = !addressee.may_save || trouble.decline == Some(Decline::AuthenticationRequired);
        let link = if in_person {
            let (url, token) = guest_url(app, &organization);
            let (client, invoice) = (charge.client_id, charge.invoice_id);
            guest_links::insert(tx, &token.hash, client, invoice, Some(addressee.id)).await?;
            url
        } else {
            app.url(&format!("/{}/saved-methods", organization.slug))
        };
        let letter = Letter {
            name: "charge_failed",
            organization: &organization,
            to_name: addressee.name.as_str(),
            to: &addressee.email,
            language,
            link: Some(&link),
            values: Values {
                number: &standing.number,
                amount: format::money(language, trouble.amount),
                reason: trouble.reason,
                method: method.as_ref().map(saved_methods::Kept::label),
                next_on: next_on.map(|day| format::date(language, day)),
                in_person,
            },
        };
        mail::enqueue(tx, &letter.write()?).await?;
    }
    Ok(())
}
