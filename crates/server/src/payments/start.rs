//! Starting to pay: the attempt is frozen first, and only then does the provider hear of it.

use actix_web::HttpRequest;
use chrono::{DateTime, TimeDelta, Utc};
use domain::allocation::{Limits, OpenInvoice, allocate};
use domain::events::{Event, Subject};
use domain::invoices::{InvoiceError, InvoiceId, minimum_payment};
use domain::money::Money;
use domain::organizations::Organization;
use domain::payments::{AttemptId, AttemptState, PaymentError as Rule, StartPayment};
use domain::permission::Permission;
use domain::problem::{Code, Problem};
use domain::schedules;
use domain::text::Language;
use store::invoices::{self, Locked};
use store::payments;
use store::payments::attempts::{self, NewAttempt, Share, Undertaking};
use store::{Actor, Credential, Reason, Tx, events};

use super::{checkout, methods, providers, sweep};
use crate::App;
use crate::http::{Once, PortalUser};
use crate::problem::{Failure, Result};

/// How long the provider's page can be used. Stripe wants at least half an hour from when it hears of it, which
/// may be after a crash and a retry.
const LIFETIME: TimeDelta = TimeDelta::hours(1);
/// How often to look again when an attempt in the way turns out to be over.
const TRIES: usize = 3;

/// The attempt that a client goes on with.
pub struct Started {
    /// The attempt.
    pub id: AttemptId,
    /// Whether it was started by this request, rather than joined.
    pub fresh: bool,
}

/// What stands in the way of a new attempt.
enum Obstacle {
    /// Attempts whose time is over: to be looked up, and then tried again.
    Over(Vec<AttemptId>),
    /// An attempt that is under way.
    UnderWay(AttemptId),
}

/// Freezes an attempt at these invoices, or joins the one that is open; then makes sure it has its page.
pub async fn start(
    app: &App,
    user: &PortalUser,
    once: &Once,
    request: &HttpRequest,
    body: &StartPayment,
) -> Result<Started> {
    let guest = request.headers().get("Portico-Guest").and_then(|token| token.to_str().ok());
    for _ in 0..TRIES {
        let mut tx = app.store.begin(user, Permission::Pay).await?;
        let organization = tx.organization_id();
        see(&mut tx, body).await?;
        tx.act_for_organization(Reason::ClientAction).await?;
        let (mut obstacle, mut fresh) = (None, false);
        let frozen = once
            .outcome(&mut tx, body, async |tx| match freeze(app, tx, user, guest, body).await? {
                Ok((id, new)) => {
                    fresh = new;
                    Ok(id)
                }
                Err(found) => {
                    obstacle = Some(found);
                    Err(Code::AttemptOpen.into())
                }
            })
            .await;
        match (frozen, obstacle) {
            (Ok(id), _) => {
                tx.commit().await?;
                checkout::open(app, organization, id).await?;
                return Ok(Started { id, fresh });
            }
            (Err(_), Some(Obstacle::Over(ids))) => {
                drop(tx);
                for id in ids {
                    sweep::look(app, organization, id).await?;
                }
            }
            (Err(_), Some(Obstacle::UnderWay(id))) => {
                drop(tx);
                return Err(under_way(app, user, id).await?);
            }
            (Err(failure), None) => return Err(failure),
        }
    }
    Err(Code::AttemptOpen.into())
}

/// Under the portal's policies: somebody else's invoice isn't there.
async fn see(tx: &mut Tx, body: &StartPayment) -> Result<()> {
    let mut ids: Vec<InvoiceId> = body.invoices.iter().map(|invoice| invoice.invoice_id).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() < body.invoices.len() {
        return Err(Problem::invalid("/invoices", "duplicate", "name each invoice once").into());
    }
    if payments::sees_invoices(tx, &ids).await? { Ok(()) } else { Err(Code::NotFound.into()) }
}

/// The attempt in the way, as far as this caller may see it.
async fn under_way(app: &App, user: &PortalUser, id: AttemptId) -> Result<Failure> {
    let mut tx = app.store.begin(user, Permission::Pay).await?;
    let problem = Problem::new(Code::AttemptOpen);
    Ok(match attempts::view(&mut tx, id).await {
        Ok(attempt) => problem.current(serde_json::to_value(attempt).map_err(Failure::internal)?),
        Err(store::Error::NotFound) => problem,
        Err(error) => return Err(error.into()),
    }
    .into())
}

/// With the invoices locked, so that two who start at once come one after the other.
async fn freeze(
    app: &App,
    tx: &mut Tx,
    user: &PortalUser,
    guest: Option<&str>,
    body: &StartPayment,
) -> Result<Result<(AttemptId, bool), Obstacle>> {
    let ids: Vec<InvoiceId> = body.invoices.iter().map(|invoice| invoice.invoice_id).collect();
    let invoices = invoices::lock(tx, &ids).await?;
    check_versions(body, &invoices)?;
    let organization = store::organizations::find(tx).await?;
    let account = providers::choose(methods::of_invoices(app, tx, &ids).await?, body.connection_id)?;
    let provider = providers::open(app, &account)?;
    let (amount, shares) = divide(&organization, body, &invoices, tx.now())?;
    providers::check_amount(provider.as_ref(), &account.terms, amount)?;
    let mut live = Vec::new();
    for (id, same) in attempts::live_on(tx, &ids).await? {
        live.push((attempts::get(tx, id).await?, same));
    }
    let over = live.iter().filter(|(found, _)| is_over(found, tx.now())).map(|(found, _)| found.id);
    let over: Vec<AttemptId> = over.collect();
    if !over.is_empty() {
        return Ok(Err(Obstacle::Over(over)));
    }
    if let Some((found, same)) = live.first() {
        let usable = found.state == AttemptState::Open && found.connection_id == account.id;
        // A charge of a saved method has no page to go on with.
        let joined = *same && usable && found.amount == amount && found.saved_method_id.is_none();
        return Ok(if joined { Ok((found.id, false)) } else { Err(Obstacle::UnderWay(found.id)) });
    }
    let payer = match (tx.actor(), &user.credential) {
        (Actor::Contact(id), _) => Some(id),
        (_, Credential::GuestLink(hash)) => payments::guest(tx, hash).await?,
        _ => None,
    };
    let payer = match payer {
        Some(id) => Some(payments::payer(tx, id).await?),
        None => None,
    };
    let language = payer.as_ref().and_then(|payer| payer.language).unwrap_or(organization.language);
    let id = attempts::new_id(tx);
    let new = NewAttempt {
        id,
        client_id: invoices.first().map(|invoice| invoice.client_id).ok_or(Code::NotFound)?,
        connection_id: account.id,
        provider: account.provider,
        amount,
        description: description(language, &invoices),
        payer_email: payer.as_ref().map(|payer| payer.email.to_string()),
        locale: language.as_str().to_owned(),
        return_url: checkout::seal_return_url(app, id, &checkout::return_url(app, &account.slug, guest, id)),
        contact_id: payer.map(|payer| payer.id),
        saved_method_id: None,
        expires_at: tx.now() + LIFETIME,
        shares,
    };
    attempts::insert(tx, &new).await?;
    let first = new.shares.first().map(|share| share.invoice_id).ok_or(Code::NotFound)?;
    let event = Event::PaymentStarted { attempt_id: id, invoice_id: first, amount };
    events::record(tx, Subject::Invoice(first), Some(new.client_id), &event).await?;
    Ok(Ok((id, true)))
}

/// Whether nobody can pay on it any more, or its page never opened.
fn is_over(found: &Undertaking, now: DateTime<Utc>) -> bool {
    let unopened = found.provider_reference.is_none() && found.checked_at + attempts::UNKNOWN_AFTER <= now;
    found.state == AttemptState::Open && (found.expires_at <= now || unopened)
}

/// What the client saw must still be so.
fn check_versions(body: &StartPayment, invoices: &[Locked]) -> Result<()> {
    if invoices.iter().any(|invoice| !invoice.status.is_open() || !invoice.balance().is_positive()) {
        return Err(InvoiceError::NotPayable.into());
    }
    let shown = |invoice: &Locked| {
        body.invoices.iter().any(|seen| seen.invoice_id == invoice.id && seen.version == invoice.version)
    };
    if invoices.iter().all(shown) {
        return Ok(());
    }
    let present: Vec<_> = invoices
        .iter()
        .map(|invoice| {
            serde_json::json!({
                "invoice_id": invoice.id, "version": invoice.version, "status": invoice.status, "balance": invoice.balance(),
            })
        })
        .collect();
    Err(Problem::new(Code::Conflict)
        .detail("This changed since it was shown. Look at it again before you pay.")
        .current(serde_json::json!({ "invoices": present }))
        .into())
}

/// How much is paid in all, and how much of it for each invoice: the oldest due first, instalment by instalment.
fn divide(
    organization: &Organization,
    body: &StartPayment,
    invoices: &[Locked],
    now: DateTime<Utc>,
) -> Result<(Money, Vec<Share>)> {
    let currency = invoices.first().map(|invoice| invoice.total.currency()).ok_or(Code::NotFound)?;
    if invoices.iter().any(|invoice| invoice.total.currency() != currency) {
        return Err(Rule::CurrencyMismatch.into());
    }
    let owed = Money::sum(invoices.iter().map(Locked::balance), currency)?;
    let amount = body.amount.unwrap_or(owed);
    let today = organization.time_zone.today(now);
    let asked = invoices.iter().map(|it| schedules::next_payment(&it.open_parts, it.balance(), today));
    let asked = Money::sum(asked, currency)?;
    // Counted in the currency's smallest unit, whatever the currency: 10.00 € and 10.00 $, but also 1,000 ¥.
    let least = minimum_payment(asked, organization.partial_payments, organization.minimum_partial_minor);
    let open: Vec<OpenInvoice> = invoices
        .iter()
        .flat_map(|it| schedules::to_allocate(it.id, &it.number, it.due_on, it.balance(), &it.open_parts))
        .collect();
    let allocation = allocate(amount, &open, Limits { minimum: Some(least), over_payment: false })?;
    // What is asked for can always be paid, even where the oldest instalments of others come before it.
    if !organization.partial_payments && amount != asked && !schedules::is_whole(amount, &open) {
        return Err(Rule::NotWhole(asked).into());
    }
    let mut shares = Vec::new();
    for part in allocation.shares {
        let invoice = invoices.iter().find(|invoice| invoice.id == part.invoice_id).ok_or(Code::Internal)?;
        shares.push(Share {
            invoice_id: part.invoice_id,
            version: invoice.version,
            total_minor: invoice.total.minor(),
            amount_minor: part.amount.minor(),
        });
    }
    Ok((amount, shares))
}

/// What for, as the client reads it at the provider and on the bank's statement.
pub(crate) fn description(language: Language, invoices: &[Locked]) -> String {
    const NAMED: usize = 3;
    let (one, many) = match language {
        Language::En => ("Invoice", "Invoices"),
        Language::De => ("Rechnung", "Rechnungen"),
    };
    let numbers: Vec<&str> = invoices.iter().take(NAMED).map(|invoice| invoice.number.as_str()).collect();
    let numbers = numbers.join(", ");
    match invoices.len() {
        0 | 1 => format!("{one} {numbers}"),
        2 | NAMED => format!("{many} {numbers}"),
        all => format!("{many} {numbers} + {}", all - NAMED),
    }
}
