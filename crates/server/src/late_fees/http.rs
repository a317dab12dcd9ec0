//! Operations of the staff on late fees.

use actix_web::web::{Data, Json};
use actix_web::{get, put};
use domain::events::{Event, Subject};
use domain::invoices::InvoiceId;
use domain::late_fees::{LateFee, LateFeeRules};
use domain::permission::Permission;
use domain::problem::Problem;
use domain::recurring::Delivery;
use store::{events, invoices, late_fees, organizations};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::App;
use crate::http::{Body, Key, Staff};
use crate::problem::Result;

/// Late fees, for staff.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_late_fee_rules).service(set_late_fee_rules).service(list_late_fees);
}

/// See what late invoices are charged, in order of days.
#[utoipa::path(tag = "late fees", responses((status = 200, body = LateFeeRules), (status = "4XX", body = Problem)))]
#[get("/late-fee-rules")]
async fn get_late_fee_rules(staff: Staff, app: Data<App>) -> Result<Json<LateFeeRules>> {
    let mut tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    Ok(Json(late_fees::rules(&mut tx).await?))
}

/// Say what late invoices are charged; no rules charge nothing.
///
/// A fee is an invoice of its own, without tax, of the day it is charged. It is charged once for each day that a rule
/// names, from what is open then, and not where reminders are paused, the payment is disputed, or a promised day hasn't
/// passed. A rule that is new or changed counts from today.
#[utoipa::path(tag = "late fees", request_body = LateFeeRules, responses((status = 200, body = LateFeeRules), (status = "4XX", body = Problem)))]
#[put("/late-fee-rules")]
async fn set_late_fee_rules(
    staff: Staff,
    wanted: Body<LateFeeRules>,
    app: Data<App>,
) -> Result<Json<LateFeeRules>> {
    let mut tx = app.store.begin(&staff, Permission::ManageOrganization).await?;
    let known = late_fees::rules(&mut tx).await?.rules;
    for (index, rule) in wanted.rules.iter().enumerate() {
        if rule.id.is_some() && known.iter().all(|known| known.id != rule.id) {
            let pointer = format!("/rules/{index}/id");
            return Err(Problem::invalid(pointer, "unknown", "must be a rule in force").into());
        }
        if rule.delivery == Delivery::Send && !tx.caller().may(Permission::SendInvoices) {
            let pointer = format!("/rules/{index}/delivery");
            let message = "must be `draft`: you may not send invoices";
            return Err(Problem::invalid(pointer, "forbidden", message).into());
        }
    }
    let today = organizations::today(&mut tx).await?;
    late_fees::set_rules(&mut tx, &wanted, today).await?;
    let event = Event::OrganizationChanged { fields: vec!["late_fee_rules".to_owned()] };
    events::record(&mut tx, Subject::Organization, None, &event).await?;
    let rules = late_fees::rules(&mut tx).await?;
    tx.commit().await?;
    Ok(Json(rules))
}

/// List what an invoice was charged for being late, in order of days.
#[utoipa::path(tag = "late fees", responses((status = 200, body = Vec<LateFee>), (status = "4XX", body = Problem)))]
#[get("/invoices/{id}/late-fees")]
async fn list_late_fees(staff: Staff, id: Key<InvoiceId>, app: Data<App>) -> Result<Json<Vec<LateFee>>> {
    let mut tx = app.store.begin(&staff, Permission::ViewInvoices).await?;
    invoices::is_issued(&mut tx, *id).await?;
    Ok(Json(late_fees::of_invoice(&mut tx, *id).await?))
}
