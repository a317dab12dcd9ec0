//! Operations of the staff on reminders.

use actix_web::web::{Data, Json};
use actix_web::{get, put};
use domain::clients::ClientId;
use domain::events::{Event, Subject};
use domain::invoices::InvoiceId;
use domain::permission::Permission;
use domain::problem::Problem;
use domain::reminders::{ClientReminders, InvoiceReminders, InvoiceRemindersInput, ReminderRules};
use store::{events, organizations, reminders};
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions;
use crate::App;
use crate::http::{Body, Key, Staff};
use crate::problem::Result;

/// Reminders, for staff.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(get_reminder_rules)
        .service(set_reminder_rules)
        .service(get_client_reminders)
        .service(set_client_reminders)
        .service(get_invoice_reminders)
        .service(set_invoice_reminders);
}

/// See the ladder of reminders, in order of days.
#[utoipa::path(tag = "reminders", responses((status = 200, body = ReminderRules), (status = "4XX", body = Problem)))]
#[get("/reminder-rules")]
async fn get_reminder_rules(staff: Staff, app: Data<App>) -> Result<Json<ReminderRules>> {
    let mut tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    Ok(Json(reminders::rules(&mut tx).await?))
}

/// Put another ladder in its place; none sends no reminders.
///
/// Mails leave at 09:00 in the client's zone. A step that is new counts from today: nobody is reminded of the past.
#[utoipa::path(tag = "reminders", request_body = ReminderRules, responses((status = 200, body = ReminderRules), (status = "4XX", body = Problem)))]
#[put("/reminder-rules")]
async fn set_reminder_rules(
    staff: Staff,
    rules: Body<ReminderRules>,
    app: Data<App>,
) -> Result<Json<ReminderRules>> {
    let mut tx = app.store.begin(&staff, Permission::ManageOrganization).await?;
    let today = organizations::today(&mut tx).await?;
    reminders::set_rules(&mut tx, &rules, today).await?;
    let event = Event::OrganizationChanged { fields: vec!["reminder_rules".to_owned()] };
    events::record(&mut tx, Subject::Organization, None, &event).await?;
    let rules = reminders::rules(&mut tx).await?;
    tx.commit().await?;
    Ok(Json(rules))
}

/// See how a client is reminded.
#[utoipa::path(tag = "reminders", responses((status = 200, body = ClientReminders), (status = "4XX", body = Problem)))]
#[get("/clients/{id}/reminders")]
async fn get_client_reminders(
    staff: Staff,
    id: Key<ClientId>,
    app: Data<App>,
) -> Result<Json<ClientReminders>> {
    let mut tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    Ok(Json(reminders::client(&mut tx, *id).await?))
}

/// Say how a client is reminded.
#[utoipa::path(tag = "reminders", request_body = ClientReminders, responses((status = 200, body = ClientReminders), (status = "4XX", body = Problem)))]
#[put("/clients/{id}/reminders")]
async fn set_client_reminders(
    staff: Staff,
    id: Key<ClientId>,
    wanted: Body<ClientReminders>,
    app: Data<App>,
) -> Result<Json<ClientReminders>> {
    let mut tx = app.store.begin(&staff, Permission::SendInvoices).await?;
    actions::remind_client(&mut tx, *id, &wanted).await?;
    tx.commit().await?;
    Ok(Json(wanted.0))
}

/// See the reminders of an invoice: those of the past, and when the next comes.
#[utoipa::path(tag = "reminders", responses((status = 200, body = InvoiceReminders), (status = "4XX", body = Problem)))]
#[get("/invoices/{id}/reminders")]
async fn get_invoice_reminders(
    staff: Staff,
    id: Key<InvoiceId>,
    app: Data<App>,
) -> Result<Json<InvoiceReminders>> {
    let mut tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    let today = organizations::today(&mut tx).await?;
    Ok(Json(reminders::invoice(&mut tx, *id, today).await?))
}

/// Let the reminders of an open invoice rest, until the day the client promised to pay by or until further notice.
#[utoipa::path(tag = "reminders", request_body = InvoiceRemindersInput, responses((status = 200, body = InvoiceReminders), (status = "4XX", body = Problem)))]
#[put("/invoices/{id}/reminders")]
async fn set_invoice_reminders(
    staff: Staff,
    id: Key<InvoiceId>,
    wanted: Body<InvoiceRemindersInput>,
    app: Data<App>,
) -> Result<Json<InvoiceReminders>> {
    let mut tx = app.store.begin(&staff, Permission::SendInvoices).await?;
    let reminders = actions::rest(&mut tx, *id, &wanted).await?;
    tx.commit().await?;
    Ok(Json(reminders))
}
