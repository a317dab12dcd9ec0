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

/// List roles: those that every organization starts with, then your own.
#[utoipa::path(tag = "roles", responses((status = 200, body = Page<Role>), (status = "4XX", body = Problem)))]
#[get("/roles")]
async fn list_roles(staff: Staff, app: Data<App>) -> Result<Json<Page<Role>>> {
    let mut tx = app.store.begin(&staff, Permission::ManageMembers).await?;
    Ok(Json(Page { items: roles::list(&mut tx).await?, next: None }))
}

/// The role as it will be kept: everybody who has one may at least see who they are.
fn whole(input: &RoleInput) -> RoleInput {
    let wanted = |permission: &Permission| {
        *permission == Permission::Console || input.permissions.contains(permission)
    };
    RoleInput {
        name: input.name.clone(),
        permissions: Permission::ALL.iter().copied().filter(wanted).collect(),
    }
}

async fn record(tx: &mut Tx, role: RoleId) -> Result<()> {
    events::record(tx, Subject::Organization, None, &Event::RoleChanged { role_id: role }).await?;
    Ok(())
}

/// Create a role. It can't allow more than you may.
#[utoipa::path(tag = "roles", request_body = RoleInput, responses((status = 201, body = Role), (status = "4XX", body = Problem)))]
#[post("/roles")]
async fn create_role(
    staff: Staff,
    once: Once,
    body: Body<RoleInput>,
    app: Data<App>,
) -> Result<HttpResponse> {
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{Asker, TestApp};

    async fn by_key(test: &TestApp, key: &str) -> Value {
        let roles = test.get(&test.staff("owner").await, "/roles").await.expect(200);
        roles["items"].as_array().unwrap().iter().find(|role| role["key"] == key).unwrap().clone()
    }

    fn at(asker: &Asker, version: i64) -> Asker {
        asker.clone().header("If-Match", format!("\"{version}\""))
    }

    #[actix_web::test]
    async fn a_role_of_one_s_own_is_made_changed_and_removed() {
        let test = TestApp::new().await;
        let owner = test.staff("owner").await;
        let body = json!({ "name": "Bookkeeper", "permissions": ["invoices.view"] });
        let role = test.post(&owner, "/roles", &body).await.expect(201);
        assert_eq!(
            role["permissions"],
            json!(["console", "invoices.view"]),
            "everybody may see who they are"
        );
        let path = format!("/roles/{}", role["id"].as_str().unwrap());
        let wider = json!({ "name": "Bookkeeper", "permissions": ["invoices.view", "payments.view"] });
        assert_eq!(test.put(&owner, &path, &wider).await.problem(428), "precondition_required");
        assert_eq!(test.put(&at(&owner, 1), &path, &wider).await.expect(200)["version"], 2);
        let stale = test.put(&at(&owner, 1), &path, &body).await.expect(412);
        assert_eq!(stale["current"]["permissions"], json!(["console", "invoices.view", "payments.view"]));
        test.delete(&owner, &path).await.expect(204);
        assert_eq!(test.delete(&owner, &path).await.problem(404), "not_found");
        let portal = json!({ "name": "Client", "permissions": ["money.pay"] });
        assert_eq!(test.post(&owner, "/roles", &portal).await.problem(422), "validation");
    }

    #[actix_web::test]
    async fn a_change_holds_from_the_next_request_on() {
        let test = TestApp::new().await;
        let (owner, parts) = (test.staff("owner").await, test.staff("parts").await);
        assert_eq!(test.get(&parts, "/members").await.problem(403), "forbidden");
        let role = by_key(&test, "parts").await;
        let path = format!("/roles/{}", role["id"].as_str().unwrap());
        let body = json!({ "name": "Parts", "permissions": ["members.manage"] });
        test.put(&at(&owner, 1), &path, &body).await.expect(200);
        test.get(&parts, "/members").await.expect(200);
        assert_eq!(test.get(&parts, "/me").await.expect(200)["role"], "Parts");
    }

    #[actix_web::test]
    async fn nobody_gives_a_role_more_than_they_have() {
        let test = TestApp::new().await;
        let (owner, manager) = (test.staff("owner").await, test.staff("manager").await);
        let more = json!({ "name": "Boss", "permissions": ["organization.manage"] });
        assert_eq!(test.post(&manager, "/roles", &more).await.problem(403), "forbidden");
        for key in ["manager", "technician"] {
            let path = format!("/roles/{}", by_key(&test, key).await["id"].as_str().unwrap());
            assert_eq!(test.put(&at(&manager, 1), &path, &more).await.problem(403), "forbidden", "{key}");
        }
        // What is above stays out of reach, too, and the owner's role stays as it is for everybody.
        let boss = test.post(&owner, "/roles", &more).await.expect(201);
        let path = format!("/roles/{}", boss["id"].as_str().unwrap());
        let less = json!({ "name": "Boss", "permissions": [] });
        assert_eq!(test.put(&at(&manager, 1), &path, &less).await.problem(403), "forbidden");
        assert_eq!(test.delete(&manager, &path).await.problem(403), "forbidden");
        let path = format!("/roles/{}", by_key(&test, "owner").await["id"].as_str().unwrap());
        assert_eq!(test.put(&at(&owner, 1), &path, &less).await.problem(409), "conflict");
        assert_eq!(test.delete(&owner, &path).await.problem(409), "conflict");
        let path = format!("/roles/{}", by_key(&test, "advisor").await["id"].as_str().unwrap());
        assert_eq!(test.delete(&owner, &path).await.problem(409), "conflict", "somebody has it");
    }
}
