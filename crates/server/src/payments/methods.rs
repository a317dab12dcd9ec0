//! Ways to pay: how each is offered, and to whom.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{get, put};
use domain::clients::ClientId;
use domain::events::{Event, Subject};
use domain::invoices::InvoiceId;
use domain::payments::{
    ChooseMethods, ConnectionId, MethodChoice, PaymentConnection, PaymentTerms, Provider,
};
use domain::permission::Permission;
use domain::problem::{Code, Problem};
use store::payments::connections::{self, Account};
use store::payments::methods::{self, Choice};
use store::{Tx, events, invoices};
use utoipa_actix_web::service_config::ServiceConfig;

use super::connections::view;
use super::providers;
use crate::App;
use crate::http::{Body, IfMatch, Key, Staff, Versioned};
use crate::problem::{Failure, Result};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(set_payment_terms)
        .service(get_client_payment_methods)
        .service(choose_client_payment_methods)
        .service(get_invoice_payment_methods)
        .service(choose_invoice_payment_methods);
}

/// Whether a way to pay is offered by a choice; without one, the organization's holds.
fn holds(choice: &Choice, account: &Account) -> bool {
    match choice {
        Some(methods) => methods.contains(&account.provider),
        None => account.terms.offered,
    }
}

/// The accounts by which all of these invoices can be paid, the preferred one first.
pub async fn of_invoices(app: &App, tx: &mut Tx, ids: &[InvoiceId]) -> Result<Vec<Account>> {
    let choices = methods::of_invoices(tx, ids).await?;
    Ok(usable(app, tx)
        .await?
        .into_iter()
        .filter(|account| choices.iter().all(|choice| holds(choice, account)))
        .collect())
}

/// The accounts by which a client pays what nothing else was chosen for.
pub async fn of_client(app: &App, tx: &mut Tx, id: ClientId) -> Result<Vec<Account>> {
    let choice = methods::of_client(tx, id).await?;
    Ok(usable(app, tx).await?.into_iter().filter(|account| holds(&choice, account)).collect())
}

async fn usable(app: &App, tx: &mut Tx) -> Result<Vec<Account>> {
    let mut accounts = connections::list(tx).await?;
    accounts.retain(|account| providers::is_usable(app, account));
    Ok(accounts)
}

/// Say within which limits a way to pay is offered, what it costs, and whether everybody is offered it.
///
/// Limits count for payments in their own currency. The fee is told and never added.
#[utoipa::path(tag = "payments", request_body = PaymentTerms, params(("If-Match" = String, Header)),
    responses((status = 200, body = PaymentConnection), (status = "4XX", body = Problem)))]
#[put("/payment-connections/{id}/terms")]
async fn set_payment_terms(
    staff: Staff,
    id: Key<ConnectionId>,
    IfMatch(version): IfMatch,
    terms: Body<PaymentTerms>,
    app: Data<App>,
) -> Result<Versioned<PaymentConnection>> {
    if let Some((pointer, code, message)) = terms.trouble() {
        return Err(Problem::invalid(pointer, code, message).into());
    }
    let mut tx = app.store.begin(&staff, Permission::ManagePayments).await?;
    let present = connections::find(&mut tx, *id).await?;
    if present.version != version {
        let current = serde_json::to_value(view(&app, present)).map_err(Failure::internal)?;
        return Err(Problem::new(Code::VersionMismatch).current(current).into());
    }
    connections::set_terms(&mut tx, *id, version, &terms).await?;
    let account = connections::find(&mut tx, *id).await?;
    let event = Event::PaymentConnectionChanged {
        connection_id: *id,
        provider: account.provider,
        enabled: account.enabled,
    };
    events::record(&mut tx, Subject::Organization, None, &event).await?;
    tx.commit().await?;
    let version = account.version;
    Ok(Versioned { body: view(&app, account), version, status: StatusCode::OK })
}

/// See which ways to pay a client is offered.
#[utoipa::path(tag = "payments", responses((status = 200, body = MethodChoice), (status = "4XX", body = Problem)))]
#[get("/clients/{id}/payment-methods")]
async fn get_client_payment_methods(
    staff: Staff,
    id: Key<ClientId>,
    app: Data<App>,
) -> Result<Json<MethodChoice>> {
    let mut tx = app.store.begin(&staff, Permission::ViewClients).await?;
    Ok(Json(choice_of_client(&app, &mut tx, *id).await?))
}

/// Choose which ways to pay a client is offered, or leave it to the organization.
#[utoipa::path(tag = "payments", request_body = ChooseMethods, responses((status = 200, body = MethodChoice), (status = "4XX", body = Problem)))]
#[put("/clients/{id}/payment-methods")]
async fn choose_client_payment_methods(
    staff: Staff,
    id: Key<ClientId>,
    wanted: Body<ChooseMethods>,
    app: Data<App>,
) -> Result<Json<MethodChoice>> {
    let mut tx = app.store.begin(&staff, Permission::EditClients).await?;
    let before = methods::of_client(&mut tx, *id).await?;
    let wanted = known(&mut tx, &wanted).await?;
    if before != wanted {
        methods::choose_for_client(&mut tx, *id, wanted.as_deref()).await?;
        let event = Event::ClientChanged { fields: vec!["payment_methods".to_owned()] };
        events::record(&mut tx, Subject::Client(*id), Some(*id), &event).await?;
    }
    let choice = choice_of_client(&app, &mut tx, *id).await?;
    tx.commit().await?;
    Ok(Json(choice))
}

/// See by which ways an invoice can be paid.
#[utoipa::path(tag = "payments", responses((status = 200, body = MethodChoice), (status = "4XX", body = Problem)))]
#[get("/invoices/{id}/payment-methods")]
async fn get_invoice_payment_methods(
    staff: Staff,
    id: Key<InvoiceId>,
    app: Data<App>,
) -> Result<Json<MethodChoice>> {
    let mut tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    Ok(Json(choice_of_invoice(&app, &mut tx, *id).await?))
}

/// Choose by which ways an invoice can be paid, or leave it to its client.
///
/// A payment that is under way goes on.
#[utoipa::path(tag = "payments", request_body = ChooseMethods, responses((status = 200, body = MethodChoice), (status = "4XX", body = Problem)))]
#[put("/invoices/{id}/payment-methods")]
async fn choose_invoice_payment_methods(
    staff: Staff,
    id: Key<InvoiceId>,
    wanted: Body<ChooseMethods>,
    app: Data<App>,
) -> Result<Json<MethodChoice>> {
    let mut tx = app.store.begin(&staff, Permission::EditInvoices).await?;
    // Whoever starts to pay it holds it, too.
    let invoice = invoices::lock(&mut tx, &[*id]).await?.pop().ok_or(Code::NotFound)?;
    let (before, _) = methods::of_invoice(&mut tx, *id).await?;
    let wanted = known(&mut tx, &wanted).await?;
    if before != wanted {
        methods::choose_for_invoice(&mut tx, *id, wanted.as_deref()).await?;
        let event = Event::InvoicePaymentMethodsChanged { invoice_id: *id };
        events::record(&mut tx, Subject::Invoice(*id), Some(invoice.client_id), &event).await?;
    }
    let choice = choice_of_invoice(&app, &mut tx, *id).await?;
    tx.commit().await?;
    Ok(Json(choice))
}

/// What is chosen, each way once and in one order; only what is connected can be.
async fn known(tx: &mut Tx, wanted: &ChooseMethods) -> Result<Choice> {
    let Some(wanted) = &wanted.methods else { return Ok(None) };
    let accounts = connections::list(tx).await?;
    for (index, method) in wanted.iter().enumerate() {
        if !accounts.iter().any(|account| account.provider == *method) {
            let pointer = format!("/methods/{index}");
            return Err(
                Problem::invalid(pointer, "not_connected", "must be a way to pay that is connected").into()
            );
        }
    }
    Ok(Some(Provider::ALL.into_iter().filter(|method| wanted.contains(method)).collect()))
}

async fn choice_of_client(app: &App, tx: &mut Tx, id: ClientId) -> Result<MethodChoice> {
    let own = methods::of_client(tx, id).await?;
    answer(app, tx, own, &None).await
}

async fn choice_of_invoice(app: &App, tx: &mut Tx, id: InvoiceId) -> Result<MethodChoice> {
    let (own, client) = methods::of_invoice(tx, id).await?;
    answer(app, tx, own, &client).await
}

async fn answer(app: &App, tx: &mut Tx, own: Choice, above: &Choice) -> Result<MethodChoice> {
    let accounts = usable(app, tx).await?;
    Ok(MethodChoice {
        own,
        inherited: accounts
            .iter()
            .filter(|account| holds(above, account))
            .map(|account| account.provider)
            .collect(),
        available: accounts.iter().map(|account| account.provider).collect(),
    })
}
