//! Operations of the staff on automatic charges.

use actix_web::web::{Data, Json};
use actix_web::{get, put};
use domain::automatic_charges::{
    AutomaticCharge, ChargeFilter, ChargeSettings, ChargeSettingsInput, RecurringCharge, RecurringChargeInput,
};
use domain::events::{Event, Subject};
use domain::page::Page;
use domain::permission::Permission;
use domain::problem::Problem;
use domain::recurring::RecurringInvoiceId;
use store::{Tx, automatic_charges, events, organizations, recurring, saved_methods};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::App;
use crate::http::{Body, Filter, IfMatch, Key, Staff, Versioned, conflict_whole};
use crate::problem::Result;

/// Automatic charges, for staff.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_automatic_charges)
        .service(get_charge_settings)
        .service(update_charge_settings)
        .service(get_recurring_charge)
        .service(set_recurring_charge);
}

/// List charges of invoices, those of the newest invoices first.
#[utoipa::path(tag = "automatic charges", params(ChargeFilter), responses((status = 200, body = Page<AutomaticCharge>), (status = "4XX", body = Problem)))]
#[get("/automatic-charges")]
async fn list_automatic_charges(
    staff: Staff,
    filter: Filter<ChargeFilter>,
    app: Data<App>,
) -> Result<Json<Page<AutomaticCharge>>> {
    let mut tx = app.store.begin(&staff, Permission::ViewPayments).await?;
    Ok(Json(automatic_charges::list(&mut tx, &filter).await?))
}

/// See after which days a charge that failed is tried again.
#[utoipa::path(tag = "automatic charges", responses((status = 200, body = ChargeSettings), (status = "4XX", body = Problem)))]
#[get("/charge-settings")]
async fn get_charge_settings(staff: Staff, app: Data<App>) -> Result<Versioned<ChargeSettings>> {
    let mut tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    let settings = automatic_charges::settings(&mut tx).await?;
    let version = settings.version;
    Ok(Versioned::ok(settings, version))
}

/// Say after which days a charge that failed is tried again. Days count from the first try.
#[utoipa::path(tag = "automatic charges", request_body = ChargeSettingsInput, responses((status = 200, body = ChargeSettings), (status = "4XX", body = Problem)))]
#[put("/charge-settings")]
async fn update_charge_settings(
    staff: Staff,
    version: IfMatch,
    wanted: Body<ChargeSettingsInput>,
    app: Data<App>,
) -> Result<Versioned<ChargeSettings>> {
    let mut tx = app.store.begin(&staff, Permission::ManageOrganization).await?;
    let present = automatic_charges::settings(&mut tx).await?;
    if present.version != version.0 {
        return Err(conflict_whole(&wanted.0, &present, present.version));
    }
    automatic_charges::update_settings(&mut tx, version.0, &wanted).await?;
    let event = Event::OrganizationChanged { fields: vec!["charge_settings".to_owned()] };
    events::record(&mut tx, Subject::Organization, None, &event).await?;
    let settings = automatic_charges::settings(&mut tx).await?;
    tx.commit().await?;
    let version = settings.version;
    Ok(Versioned::ok(settings, version))
}

async fn show(tx: &mut Tx, id: RecurringInvoiceId) -> Result<RecurringCharge> {
    let client = recurring::find(tx, id).await?.input.client_id;
    let today = organizations::today(tx).await?;
    let methods = saved_methods::list(tx, client, today).await?;
    let (input, version) = automatic_charges::recurring(tx, id).await?;
    Ok(RecurringCharge { input, method: methods.into_iter().find(|method| method.is_default), version })
}

/// See whether, and when, the invoices of a recurring one are charged to the client's saved method.
#[utoipa::path(tag = "automatic charges", responses((status = 200, body = RecurringCharge), (status = "4XX", body = Problem)))]
#[get("/recurring-invoices/{id}/automatic-charge")]
async fn get_recurring_charge(
    staff: Staff,
    id: Key<RecurringInvoiceId>,
    app: Data<App>,
) -> Result<Versioned<RecurringCharge>> {
    let mut tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    let charge = show(&mut tx, *id).await?;
    let version = charge.version;
    Ok(Versioned::ok(charge, version))
}

/// Let the invoices of a recurring one be charged to the client's saved method, or not.
///
/// Each is charged once its day has come: at once when it is issued, so many days later, or when it is due. A charge that
/// fails is tried again after the days of `GET /charge-settings`, and the client is asked for another method.
#[utoipa::path(tag = "automatic charges", request_body = RecurringChargeInput, responses((status = 200, body = RecurringCharge), (status = "4XX", body = Problem)))]
#[put("/recurring-invoices/{id}/automatic-charge")]
async fn set_recurring_charge(
    staff: Staff,
    id: Key<RecurringInvoiceId>,
    version: IfMatch,
    wanted: Body<RecurringChargeInput>,
    app: Data<App>,
) -> Result<Versioned<RecurringCharge>> {
    let mut tx = app.store.begin(&staff, Permission::EditInvoices).await?;
    let recurring = recurring::lock(&mut tx, *id).await?;
    let (present, at) = automatic_charges::recurring(&mut tx, *id).await?;
    if at != version.0 {
        return Err(conflict_whole(&wanted.0, &present, at));
    }
    automatic_charges::set_recurring(&mut tx, *id, version.0, &wanted).await?;
    let event = Event::RecurringChargeChanged {
        recurring_invoice_id: *id,
        name: recurring.input.name.to_string(),
        enabled: wanted.enabled,
    };
    let client = Some(recurring.input.client_id);
    events::record(&mut tx, Subject::RecurringInvoice(*id), client, &event).await?;
    let charge = show(&mut tx, *id).await?;
    tx.commit().await?;
    let version = charge.version;
    Ok(Versioned::ok(charge, version))
}
