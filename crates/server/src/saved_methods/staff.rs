//! Saved methods as staff see them: brand and last four digits, no more.

use actix_web::get;
use actix_web::web::{Data, Json};
use domain::clients::ClientId;
use domain::permission::Permission;
use domain::problem::Problem;
use domain::saved_methods::SavedMethod;
use store::{clients, organizations, saved_methods};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::App;
use crate::http::{Key, Staff};
use crate::problem::Result;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_saved_methods);
}

/// List the payment methods that a client saved, the one that is charged first.
#[utoipa::path(tag = "saved methods", responses((status = 200, body = Vec<SavedMethod>), (status = "4XX", body = Problem)))]
#[get("/clients/{id}/saved-methods")]
async fn list_saved_methods(
    staff: Staff,
    id: Key<ClientId>,
    app: Data<App>,
) -> Result<Json<Vec<SavedMethod>>> {
    let mut tx = app.store.begin(&staff, Permission::ViewPayments).await?;
    clients::addressee(&mut tx, *id).await?;
    let today = organizations::today(&mut tx).await?;
    Ok(Json(saved_methods::list(&mut tx, *id, today).await?))
}
