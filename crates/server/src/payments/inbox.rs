//! What providers tell us: checked, kept once, answered at once, applied by a worker.

use actix_web::web::{Data, Json, Payload};
use actix_web::{HttpRequest, HttpResponse, get, post};
use domain::events::{Event, Subject};
use domain::page::{DEFAULT_LIMIT, Page};
use domain::payments::{ConnectionId, InboundEvent, InboundEventFilter, InboundEventId, InboundState};
use domain::permission::Permission;
use domain::problem::{Code, Problem};
use domain::saved_methods::SavedMethodId;
use integrations::payment::{Webhook, WebhookError};
use store::jobs::{self, Job};
use store::payments::inbox::{self, NewEvent, Told};
use store::payments::{attempts, connections};
use store::{Reason, Tx, events, saved_methods};
use utoipa_actix_web::service_config::ServiceConfig;

use super::jobs::{EventPayload, INBOUND_EVENT};
use super::providers;
use super::settle::{self, Outcome};
use crate::App;
use crate::http::{Filter, Key, Staff, read};
use crate::problem::{Failure, Result};
use crate::worker::JobError;

/// The most bytes of an event.
const LIMIT: usize = 1 << 20;
/// How often an event is tried whose money may belong to an attempt that is not known far enough yet.
const PATIENCE: i32 = 4;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(receive_payment_event).service(list_inbound_events).service(replay_inbound_event);
}

/// Take an event from a payment provider. For providers only: it must carry their signature.
#[utoipa::path(tag = "payments", request_body(content = String, content_type = "application/json"),
    responses((status = 200), (status = "4XX", body = Problem), (status = "5XX", body = Problem)))]
#[post("/webhooks/payments/{connection_id}")]
async fn receive_payment_event(
    id: Key<ConnectionId>,
    request: HttpRequest,
    payload: Payload,
    app: Data<App>,
) -> Result<HttpResponse> {
    let body = read(payload, LIMIT).await?;
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    receive(&app, *id, header, &body).await?;
    Ok(HttpResponse::Ok().finish())
}

/// Checks an event's signature and keeps it, with a job to apply it. One that is known already is thanked for.
pub async fn receive<'a>(
    app: &App,
    id: ConnectionId,
    header: impl Fn(&str) -> Option<&'a str>,
    body: &[u8],
) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.store.begin_system(Reason::Webhook, now).await?;
    let account = connections::find(&mut tx, id).await?;
    // Some providers are asked whether a signature is theirs.
    drop(tx);
    let provider = providers::open(app, &account)?;
    let signatures: Vec<Option<&str>> =
        provider.signature_headers().iter().map(|name| header(name)).collect();
    let event =
        provider.verify_webhook(Webhook { signatures: &signatures, body }, now).await.map_err(|error| {
            let code = match &error {
                WebhookError::Unavailable(_) => Code::Unavailable,
                WebhookError::NotConfigured
                | WebhookError::Unsigned
                | WebhookError::Forged
                | WebhookError::Stale
                | WebhookError::Malformed(_) => Code::BadSignature,
            };
            Failure::from(Problem::new(code).detail(error.to_string())).because(error)
        })?;
    let new = NewEvent {
        connection_id: id,
        provider: account.provider,
        event_id: event.event_id,
        kind: event.kind,
        reference: event.reference,
        payment_reference: event.payment_reference,
        attempt_id: event.attempt_id,
        account: event.account,
        livemode: event.livemode,
        body: String::from_utf8(body.to_vec())
            .map_err(|error| Failure::from(Code::MalformedBody).because(error))?,
    };
    let mut tx = app.store.begin_system(Reason::Webhook, now).await?;
    // From here on only the account's own organization is in sight, whatever the event names.
    tx.enter(account.organization_id).await?;
    if let Some(event) = inbox::insert(&mut tx, &new).await? {
        enqueue(&mut tx, event).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn enqueue(tx: &mut Tx, id: InboundEventId) -> store::Result<()> {
    let payload = serde_json::json!(EventPayload { inbound_event_id: id });
    let now = tx.now();
    jobs::enqueue(tx, INBOUND_EVENT, &payload, now, Some(&id.to_string())).await
}

/// Applies an event: finds the attempt it is about and settles that.
pub async fn apply(app: &App, job: &Job, id: InboundEventId) -> Result<(), JobError> {
    let organization = job.organization_id;
    let mut tx = app.store.begin_worker(organization, Reason::Webhook, app.clock.now()).await?;
    let told = inbox::told(&mut tx, id).await?;
    if told.state == InboundState::Processed {
        return Ok(());
    }
    let attempt = find_attempt(&mut tx, &told).await?;
    let reference = match attempt {
        // A charge of a saved method has no page: its money is its reference.
        Some(attempt) if attempts::get(&mut tx, attempt).await?.saved_method_id.is_some() => {
            told.reference.as_deref().or(told.payment_reference.as_deref())
        }
        _ => told.reference.as_deref(),
    };
    let method = if attempt.is_none() { find_method(&mut tx, &told).await? } else { None };
    let account = connections::find(&mut tx, told.connection_id).await?;
    let livemode = providers::open(app, &account)?.livemode();
    // Events overtake each other: money may be named before its checkout has told of it.
    let by_money_only =
        told.payment_reference.is_some() && told.reference.is_none() && told.attempt_id.is_none();
    let early = by_money_only && attempts::awaits_money(&mut tx, told.connection_id).await?;
    drop(tx);
    let nothing = told.reference.is_none() && told.payment_reference.is_none() && told.attempt_id.is_none();
    let outcome = match (attempt, method) {
        _ if told.account.is_some() => Ok(Outcome::Contradiction(
            "The event belongs to a connected account that is not ours.".to_owned(),
        )),
        _ if told.livemode != livemode => Ok(Outcome::Contradiction(mode(told.livemode))),
        _ if nothing => Ok(Outcome::Settled),
        (Some(attempt), _) => settle::settle_attempt(app, organization, attempt, reference, Some(id)).await,
        (None, Some(method)) => crate::saved_methods::settle(app, organization, method).await,
        // Stripe tells of a method before it tells that its page is done, and of methods that are none of ours.
        (None, None) if told.kind.starts_with("payment_method.") => Ok(Outcome::Settled),
        (None, None) if early && job.attempt < PATIENCE => {
            return Err(JobError::Retry("the event names money that no attempt is known to have".to_owned()));
        }
        (None, None) => Ok(Outcome::Contradiction(unknown(&told))),
    };
    let mut tx = app.store.begin_worker(organization, Reason::Webhook, app.clock.now()).await?;
    match outcome {
        Ok(Outcome::Settled) => {
            inbox::settle(&mut tx, id, InboundState::Processed, None).await?;
        }
        Ok(Outcome::Contradiction(reason)) => {
            let news = inbox::settle(&mut tx, id, InboundState::Quarantined, Some(&reason)).await?;
            // What contradicts an attempt of ours has alerted staff already.
            if news && (told.livemode != livemode || find_attempt(&mut tx, &told).await?.is_none()) {
                let event =
                    Event::PaymentNeedsAttention { inbound_event_id: Some(id), payment_id: None, reason };
                events::record(&mut tx, Subject::Organization, None, &event).await?;
            }
        }
        Err(failure) => {
            inbox::settle(&mut tx, id, InboundState::Received, Some(&failure.to_string())).await?;
            tx.commit().await?;
            return Err(failure.into());
        }
    }
    tx.commit().await?;
    Ok(())
}

async fn find_attempt(tx: &mut Tx, told: &Told) -> store::Result<Option<domain::payments::AttemptId>> {
    let named = told.attempt_id.as_deref().and_then(|id| id.parse().ok());
    let (reference, money) = (told.reference.as_deref(), told.payment_reference.as_deref());
    attempts::of_event(tx, told.connection_id, reference, money, named).await
}

async fn find_method(tx: &mut Tx, told: &Told) -> store::Result<Option<SavedMethodId>> {
    let named = told.attempt_id.as_deref().and_then(|id| id.parse().ok());
    saved_methods::of_event(tx, told.connection_id, told.reference.as_deref(), named).await
}

/// Test events must not settle real invoices, nor real money be taken for a test.
fn mode(livemode: bool) -> String {
    let what = if livemode {
        "The event is of real money, but the key is one for tests."
    } else {
        "The event is of a test, but the key moves real money."
    };
    what.to_owned()
}

fn unknown(told: &Told) -> String {
    let named =
        told.reference.as_deref().or(told.payment_reference.as_deref()).or(told.attempt_id.as_deref());
    format!("The event {} names {}, which is unknown here.", told.kind, named.unwrap_or("nothing"))
}

/// List events from payment providers, newest first.
#[utoipa::path(tag = "payments", params(InboundEventFilter), responses((status = 200, body = Page<InboundEvent>), (status = "4XX", body = Problem)))]
#[get("/inbound-events")]
async fn list_inbound_events(
    staff: Staff,
    filter: Filter<InboundEventFilter>,
    app: Data<App>,
) -> Result<Json<Page<InboundEvent>>> {
    let mut tx = app.store.begin(&staff, Permission::ManagePayments).await?;
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    Ok(Json(inbox::list(&mut tx, limit, filter.cursor.as_deref()).await?))
}

/// Apply an event from a payment provider once more.
#[utoipa::path(tag = "payments", responses((status = 200, body = InboundEvent), (status = "4XX", body = Problem)))]
#[post("/inbound-events/{id}/replay")]
async fn replay_inbound_event(
    staff: Staff,
    id: Key<InboundEventId>,
    app: Data<App>,
) -> Result<Json<InboundEvent>> {
    let mut tx = app.store.begin(&staff, Permission::ManagePayments).await?;
    inbox::reopen(&mut tx, *id).await?;
    enqueue(&mut tx, *id).await?;
    let event = inbox::find(&mut tx, *id).await?;
    tx.commit().await?;
    Ok(Json(event))
}
