//! How the organization quotes.

use actix_web::web::Data;
use actix_web::{get, put};
use domain::events::{Event, Subject};
use domain::permission::Permission;
use domain::problem::Problem;
use domain::quotes::{QuoteSettings, QuoteSettingsInput};
use store::{events, quotes};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::App;
use crate::http::{Body, IfMatch, Staff, Versioned, conflict_whole};
use crate::problem::Result;

/// Settings.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_quote_settings).service(update_quote_settings);
}

/// See how the organization quotes.
#[utoipa::path(tag = "quotes", responses((status = 200, body = QuoteSettings), (status = "4XX", body = Problem)))]
#[get("/quote-settings")]
async fn get_quote_settings(staff: Staff, app: Data<App>) -> Result<Versioned<QuoteSettings>> {
    let mut tx = app.store.begin(&staff, Permission::ViewQuotes).await?;
    let settings = quotes::find_settings(&mut tx).await?;
    let version = settings.version;
    Ok(Versioned::ok(settings, version))
}

/// Say how the organization quotes, all of it.
#[utoipa::path(tag = "quotes", request_body = QuoteSettingsInput, responses((status = 200, body = QuoteSettings), (status = "4XX", body = Problem)))]
#[put("/quote-settings")]
async fn update_quote_settings(
    staff: Staff,
    version: IfMatch,
    wanted: Body<QuoteSettingsInput>,
    app: Data<App>,
) -> Result<Versioned<QuoteSettings>> {
    let mut tx = app.store.begin(&staff, Permission::ManageOrganization).await?;
    let present = quotes::find_settings(&mut tx).await?;
    if present.version != version.0 {
        return Err(conflict_whole(&wanted.0, &present, present.version));
    }
    quotes::update_settings(&mut tx, version.0, &wanted).await?;
    let event = Event::OrganizationChanged { fields: vec!["quote_settings".to_owned()] };
    events::record(&mut tx, Subject::Organization, None, &event).await?;
    let settings = quotes::find_settings(&mut tx).await?;
    tx.commit().await?;
    let version = settings.version;
    Ok(Versioned::ok(settings, version))
}
