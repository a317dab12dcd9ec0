//! Roles, and who may give what.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, delete, get, post, put};
use domain::events::{Event, Subject};
use domain::identity::{Role, RoleId, RoleInput};
use domain::page::Page;
use domain::permission::{DefaultRole, Permission};
use domain::problem::{Code, Problem};
use store::identity::roles;
use store::{Tx, events};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::App;
use crate::http::{Body, IfMatch, Key, Once, Staff, Versioned, conflict};
use crate::problem::Result;

/// Roles.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_roles).service(create_role).service(replace_role).service(delete_role);
}

/// Refuses permissions that the caller doesn't have: nobody gives, or takes, what isn't theirs to give.
pub(super) fn refuse_above(tx: &Tx, permissions: &[Permission]) -> Result<()> {
    let caller = tx.caller();
    match permissions.iter().find(|permission| !caller.may(**permission)) {
        None => Ok(()),
        Some(missing) => Err(Problem::new(Code::Forbidden)
            .detail(format!("The permission {} is needed to give or take it.", missing.as_str()))
            .into()),
    }
}

/// List roles, in the order in which they came to be.
#[utoipa::path(tag = "roles", responses((status = 200, body = Page<Role>), (status = "4XX", body = Problem)))]
#[get("/roles")]
async fn list_roles(staff: Staff, app: Data<App>) -> Result<Json<Page<Role>>> {
    let mut tx = app.store.begin(&staff, Permission::ManageMembers).await?;
    Ok(Json(Page { items: roles::list(&mut tx).await?, next: None }))
}

/// The role as it will be kept: everybody who has one may at least see who they are.
fn whole(input: &RoleInput) -> RoleInput {
    let wanted = |permission: &Permission| *permission == Permission::Console || input.permissions.contains(permission);
    RoleInput { name: input.name.clone(), permissions: Permission::ALL.iter().copied().filter(wanted).collect() }
}

async fn record(tx: &mut Tx, role: RoleId) -> Result<()> {
    events::record(tx, Subject::Organization, None, &Event::RoleChanged { role_id: role }).await?;
    Ok(())
}

/// Create a role. It can't allow more than you may.
#[utoipa::path(tag = "roles", request_body = RoleInput, responses((status = 201, body = Role), (status = "4XX", body = Problem)))]
#[post("/roles")]
async fn create_role(staff: Staff, once: Once, body: Body<RoleInput>, app: Data<App>) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::ManageMembers).await?;
    once.run(tx, StatusCode::CREATED, &body.0, async |tx| {
        let input = whole(&body);
        refuse_above(tx, &input.permissions)?;
        let id = roles::insert(tx, &input).await?;
        record(tx, id).await?;
        Ok(roles::find(tx, id).await?)
    })
    .await
}

/// A role that the caller may change: not the owner's, and none that allows more than they may.
async fn changeable(tx: &mut Tx, id: RoleId) -> Result<Role> {
    roles::hold(tx, id).await?;
    let role = roles::find(tx, id).await?;
    if role.key == DefaultRole::Owner.key() {
        return Err(Problem::new(Code::Conflict).detail("The owner's role stays as it is.").into());
    }
    refuse_above(tx, &role.permissions)?;
    Ok(role)
}

/// Replace a role's name and permissions. Who has it may do no more, and no less, from now on.
#[utoipa::path(tag = "roles", request_body = RoleInput, responses((status = 200, body = Role), (status = "4XX", body = Problem)))]
#[put("/roles/{id}")]
async fn replace_role(
    staff: Staff,
    id: Key<RoleId>,
    version: IfMatch,
    body: Body<RoleInput>,
    app: Data<App>,
) -> Result<Versioned<Role>> {
    let mut tx = app.store.begin(&staff, Permission::ManageMembers).await?;
    let before = changeable(&mut tx, *id).await?;
    if before.version != version.0 {
        return Err(conflict(&body.0, &before, before.version));
    }
    let input = whole(&body);
    refuse_above(&tx, &input.permissions)?;
    roles::update(&mut tx, *id, version.0, &input).await?;
    record(&mut tx, *id).await?;
    let after = roles::find(&mut tx, *id).await?;
    tx.commit().await?;
    let version = after.version;
    Ok(Versioned::ok(after, version))
}

/// Delete a role that nobody has or had.
#[utoipa::path(tag = "roles", responses((status = 204), (status = "4XX", body = Problem)))]
#[delete("/roles/{id}")]
async fn delete_role(staff: Staff, id: Key<RoleId>, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&staff, Permission::ManageMembers).await?;
    changeable(&mut tx, *id).await?;
    roles::delete(&mut tx, *id).await?;
    record(&mut tx, *id).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
