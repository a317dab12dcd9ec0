//! Operations on tax rates.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, delete, get, post};
use domain::events::{Event, Subject};
use domain::invoices::{NewTaxRate, TaxRate, TaxRateId};
use domain::permission::Permission;
use domain::problem::Problem;
use store::{Tx, events, invoices::tax_rates};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::App;
use crate::http::{Body, Key, Once, Staff};
use crate::problem::Result;

/// Tax rates.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_tax_rates).service(create_tax_rate).service(delete_tax_rate);
}

/// List the tax rates to choose from, by name.
#[utoipa::path(tag = "invoices", responses((status = 200, body = Vec<TaxRate>), (status = "4XX", body = Problem)))]
#[get("/tax-rates")]
async fn list_tax_rates(staff: Staff, app: Data<App>) -> Result<Json<Vec<TaxRate>>> {
    let mut tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    Ok(Json(tax_rates::list(&mut tx).await?))
}

/// Add a tax rate.
#[utoipa::path(tag = "invoices", request_body = NewTaxRate, responses((status = 201, body = TaxRate), (status = "4XX", body = Problem)))]
#[post("/tax-rates")]
async fn create_tax_rate(
    staff: Staff,
    once: Once,
    new: Body<NewTaxRate>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::ManageOrganization).await?;
    let work = async |tx: &mut Tx| {
        let rate = tax_rates::insert(tx, &new).await?;
        changed(tx).await?;
        Ok(rate)
    };
    once.run(tx, StatusCode::CREATED, &new.0, work).await
}

/// Remove a tax rate. Invoices keep what they were written with.
#[utoipa::path(tag = "invoices", responses((status = 204), (status = "4XX", body = Problem)))]
#[delete("/tax-rates/{id}")]
async fn delete_tax_rate(staff: Staff, id: Key<TaxRateId>, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&staff, Permission::ManageOrganization).await?;
    tax_rates::delete(&mut tx, *id).await?;
    changed(&mut tx).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn changed(tx: &mut Tx) -> Result<()> {
    let event = Event::OrganizationChanged { fields: vec!["tax_rates".to_owned()] };
    events::record(tx, Subject::Organization, None, &event).await?;
    Ok(())
}
