use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, get, post};
use chrono::NaiveDate;
use domain::allocation::{Limits, OpenInvoice, allocate};
use domain::identity::MemberId;
use domain::invoices::{InvoiceError, InvoiceStatus};
use domain::page::Page;
use domain::payments::{Payment, PaymentError as Rule, PaymentFilter, PaymentId, RecordPayment};
use domain::permission::Permission;
use domain::problem::{Code, Problem};
use store::{Actor, Tx, invoices, payments};
use utoipa_actix_web::service_config::ServiceConfig;

use super::receipt;
use super::received::{self, MOST, Takings};
use crate::App;
use crate::http::{Body, Filter, Key, Once, Staff};
use crate::problem::{Failure, Result};

/// Money received before is somebody else's history.
const EARLIEST: NaiveDate = NaiveDate::from_ymd_opt(2000, 1, 1).expect("a day of the calendar");

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_payments).service(record_payment).service(get_payment);
}

/// List payments, newest first.
#[utoipa::path(tag = "payments", params(PaymentFilter), responses((status = 200, body = Page<Payment>), (status = "4XX", body = Problem)))]
#[get("/payments")]
async fn list_payments(
    staff: Staff,
    filter: Filter<PaymentFilter>,
    app: Data<App>,
) -> Result<Json<Page<Payment>>> {
    let mut tx = app.store.begin(&staff, Permission::ViewPayments).await?;
    Ok(Json(payments::list(&mut tx, &filter).await?))
}

/// Read one payment.
#[utoipa::path(tag = "payments", responses((status = 200, body = Payment), (status = "4XX", body = Problem)))]
#[get("/payments/{id}")]
async fn get_payment(staff: Staff, id: Key<PaymentId>, app: Data<App>) -> Result<Json<Payment>> {
    let mut tx = app.store.begin(&staff, Permission::ViewPayments).await?;
    Ok(Json(payments::find(&mut tx, *id).await?))
}

/// Record money received outside Portico, e.g. by bank transfer.
///
/// What is more than the invoice still asks for becomes the client's credit; what was given up of it is owed
/// again as far as it is paid now.
#[utoipa::path(tag = "payments", request_body = RecordPayment, params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Payment), (status = "4XX", body = Problem)))]
#[post("/payments")]
async fn record_payment(
    staff: Staff,
    once: Once,
    body: Body<RecordPayment>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::RecordPayments).await?;
    once.run(tx, StatusCode::CREATED, &*body, async |tx| record(&app, tx, &body).await).await
}

/// Books money that was received outside Portico.
pub async fn record(app: &App, tx: &mut Tx, body: &RecordPayment) -> Result<Payment> {
    let organization = store::organizations::find(tx).await?;
    if body.received_on > organization.time_zone.today(tx.now()) {
        return Err(Problem::invalid("/received_on", "in_future", "must be today or earlier").into());
    }
    if body.received_on < EARLIEST {
        return Err(
            Problem::invalid("/received_on", "too_early", format!("must be {EARLIEST} or later")).into()
        );
    }
    if body.amount.minor() > MOST {
        return Err(Problem::new(Code::AmountNotAllowed)
            .field("/amount", "too_large", "must be a smaller amount")
            .into());
    }
    let invoice = invoices::lock(tx, &[body.invoice_id]).await?.pop().ok_or(Code::NotFound)?;
    if !invoice.status.is_open() && invoice.status != InvoiceStatus::WrittenOff {
        return Err(InvoiceError::NotPayable.into());
    }
    if invoice.total.currency() != body.amount.currency() {
        return Err(Rule::CurrencyMismatch.into());
    }
    let open = OpenInvoice {
        invoice_id: invoice.id,
        number: invoice.number.clone(),
        due_on: invoice.due_on.unwrap_or_default(),
        // What was given up may come after all.
        balance: invoice.payable(),
    };
    let allocation = allocate(body.amount, &[open], Limits { minimum: None, over_payment: true })?;
    let received = Takings {
        client_id: invoice.client_id,
        amount: body.amount,
        method: body.method,
        received_on: body.received_on,
        reference: body.reference.as_str().to_owned(),
        once: None,
        shares: allocation.shares.iter().map(|share| (invoice.clone(), share.amount)).collect(),
    };
    let id = received::book(tx, received)
        .await?
        .ok_or_else(|| Failure::internal("money without a reference is always new"))?;
    if body.send_receipt.unwrap_or(true) {
        receipt::send(app, tx, &organization, id, None).await?;
    }
    Ok(payments::find(tx, id).await?)
}

/// The member who acts, if one does.
pub(crate) fn member(tx: &Tx) -> Option<MemberId> {
    match tx.actor() {
        Actor::Member(id) => Some(id),
        Actor::Contact(_) | Actor::Guest(_) | Actor::System => None,
    }
}
