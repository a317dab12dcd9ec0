//! The one way for a provider's money into the books.
//!
//! Webhook, return page and sweep all end here: the provider is asked, invoices and attempt are locked, and
//! what it said is applied. Answers may be applied in any order and any number of times: an attempt's state
//! only moves forward, a payment is booked once by its reference, and so is each refund and dispute of it.

use chrono::{DateTime, Utc};
use domain::events::{Event, Subject};
use domain::invoices::InvoiceId;
use domain::money::Money;
use domain::organizations::OrganizationId;
use domain::payments::{AttemptId, AttemptState, InboundEventId, PaymentId};
use domain::saved_methods::Decline;
use integrations::payment::{PaymentError, PaymentProvider, ProviderPayment, ProviderState};
use store::invoices::{self, Locked};
use store::payments::attempts::{self, Finding, Share, Undertaking};
use store::payments::{self, NewPayment, connections};
use store::{Reason, Tx, clients, events};

use super::{checkout, disputes, providers, receipt, refunds};
use crate::App;
use crate::automatic_charges;
use crate::problem::{Failure, Result};

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The books agree with the provider.
    Settled,
    /// They don't, nothing was booked, and a person has to look.
    Contradiction(String),
}

/// Asks the provider about an attempt and applies the answer. An event may name the checkout itself.
pub async fn settle_attempt(
    app: &App,
    organization: OrganizationId,
    id: AttemptId,
    told_reference: Option<&str>,
    told_by: Option<InboundEventId>,
) -> Result<Outcome> {
    let mut tx = app.store.begin_worker(organization, Reason::Webhook, app.clock.now()).await?;
    let attempt = attempts::get(&mut tx, id).await?;
    let account = connections::find(&mut tx, attempt.connection_id).await?;
    drop(tx);
    let Some(reference) = told_reference.or(attempt.provider_reference.as_deref()) else {
        return Ok(Outcome::Settled);
    };
    let provider = providers::open(app, &account)?;
    match provider.fetch(reference).await {
        Ok(said) => {
            let now = app.clock.now();
            let said = go_on(provider.as_ref(), &attempt, said, now).await.map_err(providers::failure)?;
            apply(app, organization, id, &said, told_by).await
        }
        Err(PaymentError::NotFound) => unknown(app, organization, id, reference, told_by).await,
        Err(error) => Err(providers::failure(error)),
    }
}

/// Does what the provider leaves to us: takes money the client agreed to while the attempt at it is live, and
/// closes a page whose time is over.
async fn go_on(
    provider: &dyn PaymentProvider,
    attempt: &Undertaking,
    said: ProviderPayment,
    now: DateTime<Utc>,
) -> std::result::Result<ProviderPayment, PaymentError> {
    let id = attempt.id.to_string();
    let ours = said.attempt_id.as_ref() == Some(&id)
        && said.amount == attempt.amount
        && attempt.provider_reference.as_ref().is_none_or(|reference| *reference == said.reference);
    if !attempt.state.is_live() || !ours {
        return Ok(said);
    }
    let said = match said.state {
        ProviderState::Approved => provider.complete(&said.reference, &id).await?,
        _ => said,
    };
    if said.state == ProviderState::Open && attempt.expires_at <= now {
        return provider.expire(&said.reference).await;
    }
    Ok(said)
}

/// Applies what a provider said about an attempt.
pub async fn apply(
    app: &App,
    organization: OrganizationId,
    id: AttemptId,
    said: &ProviderPayment,
    told_by: Option<InboundEventId>,
) -> Result<Outcome> {
    let mut tx = app.store.begin_worker(organization, Reason::Webhook, app.clock.now()).await?;
    let shares = attempts::shares(&mut tx, id).await?;
    let ids: Vec<InvoiceId> = shares.iter().map(|share| share.invoice_id).collect();
    // Money that went back may have paid other invoices by then: the client keeps it in its place.
    let client = attempts::get(&mut tx, id).await?.client_id;
    clients::lock(&mut tx, client).await?;
    if let Some(booked) = payments::of_attempt(&mut tx, id).await? {
        payments::lock_invoices(&mut tx, booked, &ids).await?;
    }
    let invoices = invoices::lock(&mut tx, &ids).await?;
    let attempt = attempts::lock(&mut tx, id).await?;
    let mut case = Case { app, attempt, shares, invoices, told_by };
    let outcome = case.apply(&mut tx, said).await?;
    tx.commit().await?;
    Ok(outcome)
}

/// The provider doesn't know a checkout that it gave us: its key is another account's now.
async fn unknown(
    app: &App,
    organization: OrganizationId,
    id: AttemptId,
    reference: &str,
    told_by: Option<InboundEventId>,
) -> Result<Outcome> {
    let now = app.clock.now();
    let mut tx = app.store.begin_worker(organization, Reason::Webhook, now).await?;
    let shares = attempts::shares(&mut tx, id).await?;
    let attempt = attempts::lock(&mut tx, id).await?;
    let reason = format!("The payment provider does not know the checkout {reference}.");
    // Past its end nobody can pay on it, whoever's it is.
    if attempt.state.is_live() && attempt.expires_at <= now {
        close(app, &mut tx, &attempt, AttemptState::Expired, &reason, None).await?;
    }
    let case = Case { app, attempt, shares, invoices: Vec::new(), told_by };
    let outcome = case.contradiction(&mut tx, reason).await?;
    tx.commit().await?;
    Ok(outcome)
}

/// Ends a live attempt that brought no money; it is locked.
pub async fn close(
    app: &App,
    tx: &mut Tx,
    attempt: &Undertaking,
    state: AttemptState,
    reason: &str,
    decline: Option<Decline>,
) -> Result<()> {
    let finding = Finding { failure: Some(reason), decline, ..checkout::finding(attempt, state) };
    attempts::note(tx, attempt.id, finding).await?;
    if let Some(share) = attempts::shares(tx, attempt.id).await?.first() {
        let event = Event::PaymentFailed {
            attempt_id: attempt.id,
            invoice_id: share.invoice_id,
            reason: reason.to_owned(),
        };
        events::record(tx, Subject::Invoice(share.invoice_id), Some(attempt.client_id), &event).await?;
    }
    automatic_charges::ended(app, tx, attempt, state, reason, decline).await
}

/// An attempt with everything that is locked for it.
struct Case<'a> {
    app: &'a App,
    attempt: Undertaking,
    shares: Vec<Share>,
    invoices: Vec<Locked>,
    told_by: Option<InboundEventId>,
}

impl Case<'_> {
    async fn apply(&mut self, tx: &mut Tx, said: &ProviderPayment) -> Result<Outcome> {
        if let Some(reason) = self.not_ours(said) {
            return self.contradiction(tx, reason).await;
        }
        match &said.state {
            ProviderState::Succeeded => self.succeed(tx, said).await,
            ProviderState::Approved if said.amount != self.attempt.amount => {
                let asked = self.attempt.amount;
                let reason = format!("The client agreed to pay {} where {asked} was asked for.", said.amount);
                self.contradiction(tx, reason).await
            }
            ProviderState::Open | ProviderState::Approved => {
                self.move_to(tx, said, AttemptState::Open, "").await
            }
            ProviderState::Processing => self.move_to(tx, said, AttemptState::Processing, "").await,
            ProviderState::Failed { reason } => self.move_to(tx, said, AttemptState::Failed, reason).await,
            ProviderState::Expired => {
                self.move_to(
                    tx,
                    said,
                    AttemptState::Expired,
                    "The payment page was closed before anything was paid.",
                )
                .await
            }
            ProviderState::Canceled => {
                self.move_to(tx, said, AttemptState::Expired, "The payment was called off at the provider.")
                    .await
            }
        }
    }

    /// Why what was said is not about this attempt.
    fn not_ours(&self, said: &ProviderPayment) -> Option<String> {
        let attempt = &self.attempt;
        if said.attempt_id.as_ref().is_some_and(|theirs| *theirs != attempt.id.to_string()) {
            return Some(format!("The checkout {} was started for another payment.", said.reference));
        }
        if attempt.provider_reference.as_ref().is_some_and(|ours| *ours != said.reference) {
            return Some(format!("The checkout {} is a second one of this payment.", said.reference));
        }
        None
    }

    /// Moves on without money.
    async fn move_to(
        &self,
        tx: &mut Tx,
        said: &ProviderPayment,
        to: AttemptState,
        reason: &str,
    ) -> Result<Outcome> {
        let before = self.attempt.state;
        let state = before.advance(to);
        let failure = (state != before).then_some(reason).filter(|reason| !reason.is_empty());
        if state != before && !state.is_live() {
            close(self.app, tx, &self.attempt, state, reason, said.decline).await?;
        }
        if before.is_live() {
            let finding = Finding {
                reference: Some(&said.reference),
                payment_reference: said.payment_reference.as_deref(),
                failure,
                decline: said.decline.filter(|_| failure.is_some()),
                ..checkout::finding(&self.attempt, state)
            };
            attempts::note(tx, self.attempt.id, finding).await?;
        }
        if state != before && state == AttemptState::Processing {
            let invoice_id = self.first_invoice()?;
            let event = Event::PaymentProcessing {
                attempt_id: self.attempt.id,
                invoice_id,
                amount: self.attempt.amount,
            };
            events::record(tx, Subject::Invoice(invoice_id), Some(self.attempt.client_id), &event).await?;
        }
        Ok(Outcome::Settled)
    }

    /// Books money that has come, once, and what went back of it.
    async fn succeed(&mut self, tx: &mut Tx, said: &ProviderPayment) -> Result<Outcome> {
        let booked = match payments::of_attempt(tx, self.attempt.id).await? {
            Some(booked) => Some(booked),
            None if said.amount != self.attempt.amount => return self.wrong_amount(tx, said).await,
            None => self.book(tx, said).await?,
        };
        let Some(payment) = booked else {
            let reason =
                format!("The money of the checkout {} is booked for another payment.", said.reference);
            return self.contradiction(tx, reason).await;
        };
        let finding = Finding {
            reference: Some(&said.reference),
            payment_reference: said.payment_reference.as_deref(),
            attention: None,
            ..checkout::finding(&self.attempt, AttemptState::Succeeded)
        };
        attempts::note(tx, self.attempt.id, finding).await?;
        if let Some(reason) = refunds::reconcile(self.app, tx, payment, &said.refunds).await? {
            return self.contradiction(tx, reason).await;
        }
        if let Some(reason) = disputes::reconcile(tx, payment, &said.disputes).await? {
            return self.contradiction(tx, reason).await;
        }
        Ok(Outcome::Settled)
    }

    async fn book(&self, tx: &mut Tx, said: &ProviderPayment) -> Result<Option<PaymentId>> {
        let organization = store::organizations::find(tx).await?;
        let money = said.payment_reference.clone().unwrap_or_else(|| said.reference.clone());
        let method = said
            .method
            .as_ref()
            .map_or_else(|| self.attempt.provider.as_str().to_owned(), ToString::to_string);
        let (shares, misfits) = self.place();
        let new = NewPayment {
            client_id: self.attempt.client_id,
            provider: self.attempt.provider,
            provider_reference: Some(money.clone()),
            attempt_id: Some(self.attempt.id),
            method: method.clone(),
            amount: said.amount,
            received_on: organization.time_zone.today(tx.now()),
            shares,
            reference: money,
            recorded_by: None,
        };
        let Some(id) = payments::insert(tx, &new).await? else { return Ok(None) };
        let invoice_id = new.shares.first().map(|(invoice, _)| invoice.id);
        let event = Event::PaymentReceived { payment_id: id, invoice_id, amount: said.amount, method };
        let subject = invoice_id.map_or(Subject::Payment(id), Subject::Invoice);
        events::record(tx, subject, Some(self.attempt.client_id), &event).await?;
        if !misfits.is_empty() {
            self.alert(tx, &misfits.join(" "), Some(id)).await?;
        }
        automatic_charges::succeeded(tx, &self.attempt).await?;
        // Money that has gone back by the time we hear of it needs no thanks.
        if said.refunded().minor() < said.amount.minor() {
            receipt::send(self.app, tx, &organization, id, self.attempt.contact_id).await?;
        }
        Ok(Some(id))
    }

    /// Where the money goes, and what no longer fits: an invoice that was voided, changed or paid since
    /// gets at most what it still owes; the rest becomes the client's credit.
    fn place(&self) -> (Vec<(Locked, Money)>, Vec<String>) {
        let (mut shares, mut misfits) = (Vec::new(), Vec::new());
        for share in &self.shares {
            let Some(invoice) = self.invoices.iter().find(|invoice| invoice.id == share.invoice_id) else {
                continue;
            };
            let same = invoice.total == Money::new(share.total_minor, self.attempt.amount.currency());
            let owed = if same { invoice.payable().minor() } else { 0 };
            let part = share.amount_minor.min(owed);
            let currency = self.attempt.amount.currency();
            if part > 0 {
                shares.push((invoice.clone(), Money::new(part, currency)));
            }
            if part < share.amount_minor {
                let over = Money::new(share.amount_minor - part, currency);
                let number = &invoice.number;
                misfits.push(format!(
                    "Invoice {number} was changed, voided or paid while {over} for it was on the way: it is the client's credit now."
                ));
            }
        }
        (shares, misfits)
    }

    /// Another amount or currency came than was asked for. It is not booked: a person finds out why, and
    /// meanwhile the attempt keeps anybody from paying the same again. Once it has all gone back, it is over.
    async fn wrong_amount(&self, tx: &mut Tx, said: &ProviderPayment) -> Result<Outcome> {
        if said.refunded() == said.amount {
            return self.move_to(tx, said, AttemptState::Failed, "The money was given back.").await;
        }
        let reason = format!("{} came where {} was asked for.", said.amount, self.attempt.amount);
        let state = self.attempt.state.advance(AttemptState::Processing);
        let finding = Finding {
            reference: Some(&said.reference),
            payment_reference: said.payment_reference.as_deref(),
            ..checkout::finding(&self.attempt, state)
        };
        attempts::note(tx, self.attempt.id, finding).await?;
        self.contradiction(tx, reason).await
    }

    /// Alerts staff to something that was not booked; to the same thing once.
    async fn contradiction(&self, tx: &mut Tx, reason: String) -> Result<Outcome> {
        if self.attempt.attention.as_ref() != Some(&reason) {
            attempts::attend(tx, self.attempt.id, &reason).await?;
            self.alert(tx, &reason, None).await?;
        }
        Ok(Outcome::Contradiction(reason))
    }

    async fn alert(&self, tx: &mut Tx, reason: &str, payment_id: Option<PaymentId>) -> Result<()> {
        let event = Event::PaymentNeedsAttention {
            inbound_event_id: self.told_by,
            payment_id,
            reason: reason.to_owned(),
        };
        let subject = Subject::Invoice(self.first_invoice()?);
        events::record(tx, subject, Some(self.attempt.client_id), &event).await?;
        Ok(())
    }

    fn first_invoice(&self) -> Result<InvoiceId> {
        let first = self.shares.first().map(|share| share.invoice_id);
        first.ok_or_else(|| Failure::internal(format!("{} pays nothing", self.attempt.id)))
    }
}
