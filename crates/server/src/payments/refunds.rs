//! Giving money back. The refund is kept first, and only then does the provider hear of it, with the refund's id
//! as the idempotency key; a crash in between is repaired by a job that asks again. The books change once the
//! provider says that the money has left, whoever started the refund and whoever tells of it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, get, post};
use chrono::TimeDelta;
use domain::events::{Event, Subject};
use domain::invoices::InvoiceId;
use domain::money::Money;
use domain::organizations::OrganizationId;
use domain::payments::{PaymentError as Rule, PaymentId, Provider};
use domain::permission::Permission;
use domain::problem::{Code, Problem};
use domain::refunds::{InvoiceAfterRefund, Refund, RefundId, RefundPayment, RefundState, RefundTo};
use integrations::payment::{PaymentError, ProviderRefund, ProviderRefundState, RefundRequest};
use store::payments::refunds::{self, NewRefund, Undertaking};
use store::payments::{self, LockedPayment, attempts, connections};
use store::{Reason, Tx, events, jobs};
use utoipa_actix_web::service_config::ServiceConfig;

use super::jobs::{REFUND, RefundPayload};
use super::staff::member;
use super::{providers, receipt};
use crate::App;
use crate::credits::notes;
use crate::http::{Body, Key, Once, Staff};
use crate::problem::{Failure, Result};

/// When the job looks after a refund whose request may have died.
const LOOK_AFTER: TimeDelta = TimeDelta::minutes(1);

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(refund_payment).service(get_refund);
}

/// Give money back, to where it came from or as the client's credit.
///
/// Refunds of one payment never add up to more than was received: the answer to too much is `more_than_left`, with
/// what is left in `current`. A provider may take its time: then the refund is `pending`, and the books change
/// when it has succeeded. If it failed, nothing has changed.
#[utoipa::path(tag = "payments", request_body = RefundPayment, params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Refund), (status = "4XX", body = Problem)))]
#[post("/payments/{id}/refunds")]
async fn refund_payment(
    staff: Staff,
    once: Once,
    id: Key<PaymentId>,
    body: Body<RefundPayment>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&staff, Permission::RefundPayments).await?;
    let organization = tx.organization_id();
    let mut fresh = false;
    let refund = once
        .outcome(&mut tx, &*body, async |tx| {
            fresh = true;
            begin(&app, tx, *id, &body).await
        })
        .await?;
    tx.commit().await?;
    if fresh {
        ask(&app, organization, refund).await?;
    }
    let mut tx = app.store.begin(&staff, Permission::RefundPayments).await?;
    let refund = refunds::view(&mut tx, *id, refund).await?;
    Ok(HttpResponse::build(StatusCode::CREATED).json(refund))
}

/// Read a refund.
#[utoipa::path(tag = "payments", responses((status = 200, body = Refund), (status = "4XX", body = Problem)))]
#[get("/refunds/{id}")]
async fn get_refund(staff: Staff, id: Key<RefundId>, app: Data<App>) -> Result<Json<Refund>> {
    let mut tx = app.store.begin(&staff, Permission::ViewPayments).await?;
    let payment = refunds::get(&mut tx, *id).await?.payment_id;
    Ok(Json(refunds::view(&mut tx, payment, *id).await?))
}

/// Keeps a refund. What needs no provider is done at once.
async fn begin(app: &App, tx: &mut Tx, id: PaymentId, body: &RefundPayment) -> Result<RefundId> {
    let payment = payments::lock(tx, id).await?;
    if body.amount.currency() != payment.amount.currency() {
        return Err(Rule::CurrencyMismatch.into());
    }
    if !body.amount.is_positive() {
        return Err(Problem::new(Code::AmountNotAllowed)
            .field("/amount", "not_positive", "must be more than nothing")
            .into());
    }
    let left = left(tx, &payment, body).await?;
    if body.amount.minor() > left.minor() {
        return Err(too_much(left));
    }
    start(app, tx, &payment, body).await
}

/// Keeps a refund that was found to be possible, of a payment that is locked.
pub(crate) async fn start(
    app: &App,
    tx: &mut Tx,
    payment: &LockedPayment,
    body: &RefundPayment,
) -> Result<RefundId> {
    let now = tx.now();
    let mut new = NewRefund {
        payment_id: payment.id,
        client_id: payment.client_id,
        amount: body.amount,
        to: body.to,
        invoices: body.invoices,
        invoice_id: body.invoice_id,
        state: RefundState::Pending,
        reason: body.reason.to_string(),
        provider_reference: None,
        requested_by: member(tx),
    };
    if body.to == RefundTo::Credit {
        new.state = RefundState::Succeeded;
        let refund = refunds::insert(tx, &new).await?;
        let shares = payments::take_off(tx, payment, body.amount, body.invoice_id).await?;
        let invoice_id = shares.first().map(|(invoice, _)| *invoice);
        let event = Event::PaymentTakenOff { payment_id: payment.id, invoice_id, amount: body.amount };
        record(tx, payment, invoice_id, &event).await?;
        settle_otherwise(tx, &shares, body.invoices, body.reason.as_str()).await?;
        receipt::send_refund(app, tx, payment.id, body.amount, body.reason.as_str(), true).await?;
        return Ok(refund);
    }
    let id = refunds::insert(tx, &new).await?;
    let event = Event::RefundStarted {
        refund_id: id,
        payment_id: payment.id,
        amount: body.amount,
        reason: new.reason,
    };
    record(tx, payment, None, &event).await?;
    if payment.provider == Provider::Manual {
        // Given back by hand: nobody has to be asked.
        let refund = refunds::get(tx, id).await?;
        book(app, tx, payment, &refund, None).await?;
    } else {
        let payload = serde_json::json!(RefundPayload { refund_id: id });
        jobs::enqueue(tx, REFUND, &payload, now + LOOK_AFTER, Some(&id.to_string())).await?;
    }
    Ok(id)
}

/// How much can be given back.
async fn left(tx: &mut Tx, payment: &LockedPayment, body: &RefundPayment) -> Result<Money> {
    let allocated = payments::allocated(tx, payment.id).await?;
    let of = |invoice: Option<InvoiceId>| -> i64 {
        let named = allocated.iter().filter(|(id, _)| invoice.is_none_or(|named| named == *id));
        named.map(|(_, part)| part.minor()).sum()
    };
    let left = match (body.to, body.invoice_id) {
        (RefundTo::Source, None) => payment.refundable().minor(),
        (RefundTo::Source, Some(invoice)) => payment.refundable().minor().min(of(Some(invoice))),
        // What is on its way back can't be credit as well.
        (RefundTo::Credit, invoice) => of(invoice).min(payment.refundable().minor()),
    };
    Ok(Money::new(left, payment.amount.currency()))
}

fn too_much(left: Money) -> Failure {
    Problem::new(Code::MoreThanLeft)
        .detail(format!("At most {left} can be given back."))
        .field("/amount", "too_large", format!("must be at most {left}"))
        .current(serde_json::json!({ "left": left }))
        .into()
}

async fn record(
    tx: &mut Tx,
    payment: &LockedPayment,
    invoice: Option<InvoiceId>,
    event: &Event,
) -> Result<()> {
    let subject = invoice.map_or(Subject::Payment(payment.id), Subject::Invoice);
    events::record(tx, subject, Some(payment.client_id), event).await?;
    Ok(())
}

/// Lets credit notes take the place of money that left its invoices, where staff chose so.
async fn settle_otherwise(
    tx: &mut Tx,
    shares: &[(InvoiceId, Money)],
    invoices: InvoiceAfterRefund,
    reason: &str,
) -> Result<()> {
    if invoices == InvoiceAfterRefund::CreditNote {
        for (invoice, amount) in shares {
            notes::instead_of_money(tx, *invoice, *amount, reason).await?;
        }
    }
    Ok(())
}

/// Books a refund that has succeeded. Payment and invoices are locked.
async fn book(
    app: &App,
    tx: &mut Tx,
    payment: &LockedPayment,
    refund: &Undertaking,
    reference: Option<&str>,
) -> Result<()> {
    refunds::note(tx, refund.id, RefundState::Succeeded, reference, None).await?;
    let shares = payments::book_refund(tx, payment, refund.amount, refund.invoice_id).await?;
    let invoice_id = shares.first().map(|(invoice, _)| *invoice);
    let refunded = payment.refunded.checked_add(refund.amount)?;
    record(tx, payment, invoice_id, &Event::PaymentRefunded { payment_id: payment.id, invoice_id, refunded })
        .await?;
    settle_otherwise(tx, &shares, refund.invoices, &refund.reason).await?;
    receipt::send_refund(app, tx, payment.id, refund.amount, &refund.reason, false).await
}

/// Notes that a refund failed, now or after all; staff have to look.
async fn fail(
    tx: &mut Tx,
    payment: &LockedPayment,
    refund: &Undertaking,
    reference: Option<&str>,
    reason: &str,
) -> Result<()> {
    refunds::note(tx, refund.id, RefundState::Failed, reference, Some(reason)).await?;
    let (refund_id, payment_id, amount) = (refund.id, payment.id, refund.amount);
    let event = Event::RefundFailed { refund_id, payment_id, amount, reason: reason.to_owned() };
    record(tx, payment, None, &event).await?;
    let event = Event::PaymentNeedsAttention {
        inbound_event_id: None,
        payment_id: Some(payment_id),
        reason: format!("{amount} could not be given back: {reason}"),
    };
    record(tx, payment, None, &event).await
}

/// Applies what a provider says about a refund. It only moves on: from pending to succeeded or failed, and from
/// succeeded to failed when the bank sent the money back.
async fn apply(app: &App, tx: &mut Tx, refund: &Undertaking, said: &ProviderRefund) -> Result<()> {
    let payment = payments::lock(tx, refund.payment_id).await?;
    let reference = Some(said.reference.as_str());
    match (refund.state, &said.state) {
        (RefundState::Pending, ProviderRefundState::Pending) => {
            refunds::note(tx, refund.id, RefundState::Pending, reference, None).await?;
        }
        (RefundState::Pending, ProviderRefundState::Succeeded) => {
            book(app, tx, &payment, refund, reference).await?;
        }
        (RefundState::Pending, ProviderRefundState::Failed { reason }) => {
            fail(tx, &payment, refund, reference, reason).await?;
        }
        (RefundState::Succeeded, ProviderRefundState::Failed { reason }) => {
            payments::unbook_refund(tx, &payment, refund.amount).await?;
            fail(tx, &payment, refund, reference, reason).await?;
        }
        (RefundState::Succeeded | RefundState::Failed, _) => {}
    }
    Ok(())
}

/// Applies everything that a provider says went back of a payment: our refunds, and those that were started there,
/// each once. What doesn't fit comes back in words. Client and invoices are locked.
pub async fn reconcile(
    app: &App,
    tx: &mut Tx,
    payment: PaymentId,
    said: &[ProviderRefund],
) -> Result<Option<String>> {
    for one in said {
        let ours: Option<RefundId> = one.refund_id.as_deref().and_then(|id| id.parse().ok());
        let told = refunds::told(tx, payment, ours, &one.reference).await?;
        let refund = if let Some(refund) = told {
            refund
        } else {
            let locked = payments::lock(tx, payment).await?;
            let fits = one.amount.currency() == locked.amount.currency()
                && one.amount.minor() <= locked.refundable().minor();
            if !fits && !matches!(one.state, ProviderRefundState::Failed { .. }) {
                return Ok(Some(format!("{} went back of a payment of {}.", one.amount, locked.amount)));
            }
            if !fits {
                continue;
            }
            let new = NewRefund {
                payment_id: payment,
                client_id: locked.client_id,
                amount: one.amount,
                to: RefundTo::Source,
                invoices: InvoiceAfterRefund::Reopen,
                invoice_id: None,
                state: RefundState::Pending,
                reason: String::new(),
                provider_reference: Some(one.reference.clone()),
                requested_by: None,
            };
            let id = refunds::insert(tx, &new).await?;
            refunds::get(tx, id).await?
        };
        if refund.amount != one.amount {
            return Ok(Some(format!("{} went back where {} was to.", one.amount, refund.amount)));
        }
        apply(app, tx, &refund, one).await?;
    }
    Ok(None)
}

/// Asks the provider for the first time. Whatever it can't answer now, the job asks again.
async fn ask(app: &App, organization: OrganizationId, id: RefundId) -> Result<()> {
    match carry_out(app, organization, id, false).await {
        Ok(()) => Ok(()),
        Err(Refusal::Later(reason)) => {
            tracing::warn!(refund = %id, reason, "a refund is not known to have been made");
            Ok(())
        }
        Err(Refusal::Failure(failure)) => Err(failure),
    }
}

/// Sees a refund through that may have been asked for before: the provider is looked up first.
pub async fn see_through(app: &App, organization: OrganizationId, id: RefundId) -> Result<()> {
    carry_out(app, organization, id, true).await.map_err(|refusal| match refusal {
        Refusal::Later(reason) => Problem::new(Code::ProviderFailed).detail(reason).into(),
        Refusal::Failure(failure) => failure,
    })
}

/// Why a refund was not carried out.
enum Refusal {
    /// It may have been, or may be later.
    Later(String),
    /// A fault of ours.
    Failure(Failure),
}

impl<E: Into<Failure>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Failure(error.into())
    }
}

async fn carry_out(
    app: &App,
    organization: OrganizationId,
    id: RefundId,
    again: bool,
) -> Result<(), Refusal> {
    let now = app.clock.now();
    let mut tx = app.store.begin_worker(organization, Reason::Refund, now).await?;
    let refund = refunds::get(&mut tx, id).await?;
    if refund.state != RefundState::Pending {
        return Ok(());
    }
    let payment = payments::lock(&mut tx, refund.payment_id).await?;
    let account = if let Some(attempt) = payment.attempt_id {
        let connection = attempts::get(&mut tx, attempt).await?.connection_id;
        Some(connections::find(&mut tx, connection).await?)
    } else {
        let accounts = connections::list(&mut tx).await?;
        accounts.into_iter().find(|account| account.provider == payment.provider)
    };
    drop(tx);
    let said = match (account, &payment.provider_reference) {
        (Some(account), Some(reference)) => {
            let provider = providers::open(app, &account)?;
            let request = RefundRequest {
                refund_id: id.to_string(),
                payment_reference: reference.clone(),
                amount: refund.amount,
            };
            let known = if again { provider.refunds(reference).await } else { Ok(Vec::new()) };
            let known = known
                .map(|all| all.into_iter().find(|one| one.refund_id.as_ref() == Some(&request.refund_id)));
            match known {
                Ok(Some(said)) => Ok(said),
                Ok(None) => provider.refund(&request).await,
                Err(error) => Err(error),
            }
        }
        _ => Err(PaymentError::NotFound),
    };
    let mut tx = app.store.begin_worker(organization, Reason::Refund, app.clock.now()).await?;
    let payment = payments::lock(&mut tx, refund.payment_id).await?;
    // A webhook may have been faster.
    let refund = refunds::get(&mut tx, id).await?;
    match said {
        Ok(said) => apply(app, &mut tx, &refund, &said).await?,
        Err(error) if error.is_transient() => return Err(Refusal::Later(error.to_string())),
        Err(error) if refund.state == RefundState::Pending => {
            fail(&mut tx, &payment, &refund, None, &error.to_string()).await?;
        }
        Err(_) => {}
    }
    tx.commit().await?;
    Ok(())
}
