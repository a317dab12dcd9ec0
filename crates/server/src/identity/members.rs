//! The staff: inviting, changing, removing.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, get, patch, post};
use domain::events::{Event, Subject};
use domain::identity::{InviteMember, Member, MemberFilter, MemberId, MemberPatch, RoleId};
use domain::page::{DEFAULT_LIMIT, Page};
use domain::permission::{DefaultRole, Permission};
use domain::problem::{Code, Problem};
use store::identity::one_time_tokens::{self, Purpose};
use store::identity::{members, roles, sessions};
use store::{Reason, Tx, events, organizations};
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions::invite_member as mail_invitation;
use super::roles::refuse_above;
use crate::App;
use crate::http::{Body, Filter, IfMatch, Key, Once, Staff, Versioned, changed, conflict};
use crate::problem::Result;

/// The staff.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_members).service(invite_member).service(change_member).service(invite_member_again);
}

/// List the staff, in the order in which they were invited, removed members included.
#[utoipa::path(tag = "members", params(MemberFilter), responses((status = 200, body = Page<Member>), (status = "4XX", body = Problem)))]
#[get("/members")]
async fn list_members(
    staff: Staff,
    filter: Filter<MemberFilter>,
    app: Data<App>,
) -> Result<Json<Page<Member>>> {
    let mut tx = app.store.begin(&staff, Permission::ManageMembers).await?;
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    Ok(Json(members::list(&mut tx, limit, filter.cursor.as_deref()).await?))
}

/// Nobody gives or takes a role that allows more than they may themselves.
async fn refuse_role_above(tx: &mut Tx, role: RoleId) -> Result<()> {
    roles::hold(tx, role).await?;
    let role = roles::find(tx, role).await?;
    refuse_above(tx, &role.permissions)
}

/// Invite a member by mail.
#[utoipa::path(tag = "members", request_body = InviteMember, responses((status = 201, body = Member), (status = "4XX", body = Problem)))]
#[post("/members")]
async fn invite_member(
    staff: Staff,
    once: Once,
    body: Body<InviteMember>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let tx = app.store.begin(&staff, Permission::ManageMembers).await?;
    once.run(tx, StatusCode::CREATED, &body.0, async |tx| {
        match roles::find(tx, body.role_id).await {
            Err(store::Error::NotFound) => {
                return Err(
                    Problem::invalid("/role_id", "unknown", "must be a role of this organization").into()
                );
            }
            found => found?,
        };
        refuse_role_above(tx, body.role_id).await?;
        let id = members::insert(tx, &body.name, &body.email, body.role_id, None).await?;
        let event = Event::MemberInvited { member_id: id, name: body.name.to_string() };
        events::record(tx, Subject::Member(id), None, &event).await?;
        let organization = organizations::find(tx).await?;
        mail_invitation(tx, &app, &organization, id, &body.name, &body.email).await?;
        Ok(members::find(tx, id).await?)
    })
    .await
}

/// Change a member's name or role, remove them or bring them back. Removing ends their sessions.
#[utoipa::path(tag = "members", request_body = MemberPatch, responses((status = 200, body = Member), (status = "4XX", body = Problem)))]
#[patch("/members/{id}")]
async fn change_member(
    staff: Staff,
    id: Key<MemberId>,
    version: IfMatch,
    body: Body<MemberPatch>,
    app: Data<App>,
) -> Result<Versioned<Member>> {
    let mut tx = app.store.begin(&staff, Permission::ManageMembers).await?;
    let before = members::find(&mut tx, *id).await?;
    if before.version != version.0 {
        return Err(conflict(&body.0, &Shown::of(&before), before.version));
    }
    refuse_role_above(&mut tx, before.role_id).await?;
    if let Some(role) = body.role_id {
        match refuse_role_above(&mut tx, role).await {
            Err(failure) if failure.problem().code == Code::NotFound => {
                return Err(
                    Problem::invalid("/role_id", "unknown", "must be a role of this organization").into()
                );
            }
            checked => checked?,
        }
    }
    refuse_to_lose_the_last_owner(&mut tx, &before, &body).await?;
    let fields = changed(&body.0, &Shown::of(&before));
    if !fields.is_empty() {
        match members::update(&mut tx, *id, version.0, &body).await {
            Err(store::Error::VersionMismatch) => {
                let present = members::find(&mut tx, *id).await?;
                return Err(conflict(&body.0, &Shown::of(&present), present.version));
            }
            updated => updated?,
        }
        let event = Event::MemberChanged { member_id: *id, fields };
        events::record(&mut tx, Subject::Member(*id), None, &event).await?;
    }
    let after = members::find(&mut tx, *id).await?;
    if body.removed == Some(true) {
        sessions::end_of_member(&mut tx, *id).await?;
        let organization = tx.organization_id();
        tx.act_for_system(Reason::SignIn).await?;
        one_time_tokens::void_for_member(&mut tx, Purpose::Invitation, *id).await?;
        tx.enter(organization).await?;
    }
    tx.commit().await?;
    let version = after.version;
    Ok(Versioned::ok(after, version))
}

/// A member's present state, by the names that the patch has.
#[derive(serde::Serialize)]
struct Shown {
    name: domain::text::Name,
    role_id: RoleId,
    removed: bool,
}

impl Shown {
    fn of(member: &Member) -> Self {
        Self { name: member.name.clone(), role_id: member.role_id, removed: member.removed_at.is_some() }
    }
}

async fn refuse_to_lose_the_last_owner(tx: &mut Tx, before: &Member, patch: &MemberPatch) -> Result<()> {
    let leaves = patch.removed == Some(true) || patch.role_id.is_some_and(|role| role != before.role_id);
    let role = roles::find(tx, before.role_id).await?;
    if !leaves || role.key != DefaultRole::Owner.key() || !before.joined {
        return Ok(());
    }
    if members::has_other_owner(tx, before.id).await? {
        return Ok(());
    }
    Err(Problem::new(Code::Conflict)
        .detail("The last owner stays one: make somebody else an owner first.")
        .into())
}

/// Mail an invitation again. The link mailed before stops working.
#[utoipa::path(tag = "members", responses((status = 204), (status = "4XX", body = Problem)))]
#[post("/members/{id}/invite")]
async fn invite_member_again(staff: Staff, id: Key<MemberId>, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&staff, Permission::ManageMembers).await?;
    let member = members::find(&mut tx, *id).await?;
    refuse_role_above(&mut tx, member.role_id).await?;
    if member.joined || member.removed_at.is_some() {
        let detail = if member.joined { "They have joined already." } else { "They were removed." };
        return Err(Problem::new(Code::Conflict).detail(detail).into());
    }
    let organization = organizations::find(&mut tx).await?;
    mail_invitation(&mut tx, &app, &organization, member.id, &member.name, &member.email).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

#[cfg(test)]
mod tests {
    use futures_util::future::join;
    use serde_json::{Value, json};

    use crate::testing::{ACME, Answer, Asker, TestApp};

    async fn role(test: &TestApp, key: &str) -> Value {
        let roles = test.get(&test.staff("owner").await, "/roles").await.expect(200);
        let roles = roles["items"].as_array().unwrap();
        roles.iter().find(|role| role["key"] == key).unwrap()["id"].clone()
    }

    async fn change(test: &TestApp, asker: &Asker, who: &str, version: i64, patch: Value) -> Answer {
        let asker = asker.clone().header("If-Match", format!("\"{version}\""));
        test.patch(&asker, &format!("/members/{}", test.acme().members[who]), &patch).await
    }

    #[actix_web::test]
    async fn the_staff_is_listed_page_by_page() {
        let test = TestApp::new().await;
        let owner = test.staff("owner").await;
        let first = test.get(&owner, "/members?limit=3").await.expect(200);
        let next = first["next"].as_str().unwrap();
        let second = test.get(&owner, &format!("/members?limit=3&cursor={next}")).await.expect(200);
        let mut emails: Vec<&str> = [&first, &second]
            .into_iter()
            .flat_map(|page| page["items"].as_array().unwrap())
            .map(|member| member["email"].as_str().unwrap())
            .collect();
        emails.sort_unstable();
        assert_eq!(
            emails,
            ["advisor", "manager", "owner", "parts", "technician"].map(|role| format!("{role}@acme.example"))
        );
        assert_eq!(second.get("next"), None);
    }

    #[actix_web::test]
    async fn nobody_raises_somebody_above_themselves() {
        let test = TestApp::new().await;
        let manager = test.staff("manager").await;
        let owner_role = role(&test, "owner").await;
        let invite = |role: &Value| json!({ "name": "Ada", "email": "ada@example.com", "role_id": role });
        assert_eq!(test.post(&manager, "/members", &invite(&owner_role)).await.problem(403), "forbidden");
        let raise = json!({ "role_id": owner_role });
        assert_eq!(change(&test, &manager, "manager", 1, raise.clone()).await.problem(403), "forbidden");
        assert_eq!(change(&test, &manager, "technician", 1, raise).await.problem(403), "forbidden");
        // Nor does one take from those above.
        assert_eq!(
            change(&test, &manager, "owner", 1, json!({ "removed": true })).await.problem(403),
            "forbidden"
        );
        let advisor = json!({ "role_id": role(&test, "advisor").await });
        assert_eq!(change(&test, &manager, "technician", 1, advisor).await.expect(200)["version"], 2);
        // A role of another organization is none.
        let elsewhere = test.get(&test.staff_of("globex", "owner").await, "/roles").await.expect(200);
        let refusal =
            test.post(&manager, "/members", &invite(&elsewhere["items"][4]["id"])).await.expect(422);
        assert_eq!(refusal["errors"][0]["pointer"], "/role_id");
    }

    #[actix_web::test]
    async fn the_last_owner_stays_even_when_two_leave_at_once() {
        let test = TestApp::new().await;
        test.join(ACME, "owner").await;
        let owner = test.staff("owner").await;
        assert_eq!(
            change(&test, &owner, "owner", 2, json!({ "removed": true })).await.problem(409),
            "conflict"
        );
        let advisor = role(&test, "advisor").await;
        assert_eq!(
            change(&test, &owner, "owner", 2, json!({ "role_id": advisor })).await.problem(409),
            "conflict"
        );
        // An owner who hasn't joined yet is no second one.
        let owner_role = role(&test, "owner").await;
        change(&test, &owner, "manager", 1, json!({ "role_id": owner_role })).await.expect(200);
        assert_eq!(
            change(&test, &owner, "owner", 2, json!({ "removed": true })).await.problem(409),
            "conflict"
        );
        test.join(ACME, "manager").await;
        let manager = test.staff("manager").await;
        let (one, two) = join(
            change(&test, &owner, "manager", 3, json!({ "removed": true })),
            change(&test, &manager, "owner", 2, json!({ "role_id": advisor })),
        )
        .await;
        let left = "select count(*) from member m join role r on r.organization_id = m.organization_id and r.id = m.role_id
                    where r.key = 'owner' and m.removed_at is null and m.joined_at is not null";
        assert_eq!(test.database().count(left).await, 1, "{:?} {:?}", one.status, two.status);
        assert!(one.status.is_success() != two.status.is_success());
    }

    #[actix_web::test]
    async fn a_stale_edit_is_told_what_is_there() {
        let test = TestApp::new().await;
        let owner = test.staff("owner").await;
        let path = format!("/members/{}", test.acme().members["parts"]);
        assert_eq!(
            test.patch(&owner, &path, &json!({ "name": "Pia" })).await.problem(428),
            "precondition_required"
        );
        change(&test, &owner, "parts", 1, json!({ "name": "Pia" })).await.expect(200);
        let stale =
            change(&test, &owner, "parts", 1, json!({ "name": "Paul", "removed": false })).await.expect(412);
        assert_eq!(stale["current"], json!({ "name": "Pia", "version": 2 }));
        // The same name again changes nothing and tells nothing.
        assert_eq!(
            change(&test, &owner, "parts", 2, json!({ "name": "Pia" })).await.expect(200)["version"],
            2
        );
        assert_eq!(
            test.database().count("select count(*) from event where kind = 'member.changed'").await,
            1
        );
    }

    #[actix_web::test]
    async fn whoever_is_removed_is_signed_out_and_can_be_brought_back() {
        let test = TestApp::new().await;
        let (owner, advisor) = (test.staff("owner").await, test.staff("advisor").await);
        let path = format!("/contacts/{}/view-as", test.acme().contacts["one"]);
        let viewer = Asker::stranger().keep_cookies(&test.post(&advisor, &path, &Value::Null).await);
        test.get(&viewer, "/portal/me").await.expect(200);
        let removed = change(&test, &owner, "advisor", 1, json!({ "removed": true })).await.expect(200);
        assert!(removed["removed_at"].is_string());
        assert_eq!(test.get(&advisor, "/me").await.problem(401), "unauthenticated");
        assert_eq!(test.get(&viewer, "/portal/me").await.problem(401), "unauthenticated");
        let back = change(&test, &owner, "advisor", 2, json!({ "removed": false })).await.expect(200);
        assert_eq!(back["removed_at"], Value::Null);
        assert_eq!(
            test.get(&advisor, "/me").await.problem(401),
            "unauthenticated",
            "ended sessions stay ended"
        );
        test.get(&test.staff("advisor").await, "/me").await.expect(200);
    }

    #[actix_web::test]
    async fn an_invitation_sent_twice_is_one() {
        let test = TestApp::new().await;
        let owner = test.staff("owner").await.header("Idempotency-Key", "invite-ada");
        let body =
            json!({ "name": "Ada", "email": "ada@example.com", "role_id": role(&test, "parts").await });
        let first = test.post(&owner, "/members", &body).await.expect(201);
        assert_eq!(test.post(&owner, "/members", &body).await.expect(201), first);
        test.work().await;
        assert_eq!(test.database().count("select count(*) from mail").await, 1);
        let owner = test.staff("owner").await;
        assert_eq!(test.post(&owner, "/members", &body).await.problem(409), "already_exists");
    }
}
