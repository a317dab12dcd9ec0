//! A contact's own name, language and sessions.

use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, delete, get, patch};
use domain::clients::ContactId;
use domain::events::{Event, Subject};
use domain::identity::{PortalMe, PortalMePatch, Session, SessionId};
use domain::page::Page;
use domain::permission::Permission;
use domain::problem::{Code, Problem};
use store::identity::members;
use store::identity::sessions::{self, Owner};
use store::identity::visitors::{self, Visitor};
use store::{Actor, Credential, Reason, Tx, events, organizations};
use utoipa_actix_web::service_config::ServiceConfig;

use super::portal::public;
use crate::App;
use crate::http::{Body, Key, PortalUser};
use crate::problem::Result;

/// A contact's own things.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(portal_get_me)
        .service(portal_change_me)
        .service(portal_list_sessions)
        .service(portal_end_session)
        .service(portal_end_other_sessions);
}

/// Who is signed in, and their session; nobody behind a guest link.
fn contact_here(user: &PortalUser, tx: &Tx) -> Result<(ContactId, SessionId)> {
    match (tx.actor(), &user.credential) {
        (Actor::Contact(contact), Credential::Session(session, _)) => Ok((contact, *session)),
        _ => Err(Problem::new(Code::Forbidden).detail("Sign in to the portal for this.").into()),
    }
}

/// The same, of somebody who may change what is theirs: not a member who looks over their shoulder.
fn contact_themselves(user: &PortalUser, tx: &Tx) -> Result<(ContactId, SessionId)> {
    if tx.caller().viewed_by.is_some() {
        return Err(Code::ReadOnlyView.into());
    }
    contact_here(user, tx)
}

async fn me(tx: &mut Tx, app: &App) -> Result<PortalMe> {
    let caller = tx.caller().clone();
    let client_id = caller.client_id.ok_or(Code::Forbidden)?;
    let client_name = visitors::client_name(tx, client_id).await?;
    let visitor = match caller.actor {
        Actor::Contact(contact) => Some(visitors::find_by_id(tx, contact).await?),
        Actor::Guest(_) | Actor::Member(_) | Actor::System => None,
    };
    tx.act_for_organization(Reason::OwnAccount).await?;
    let organization = public(tx, app).await?;
    let settings = organizations::find(tx).await?;
    let viewed_by = match caller.viewed_by {
        Some(member) => Some(members::find(tx, member).await?.name),
        None => None,
    };
    let choices = match &visitor {
        // Where else a contact is one is nothing that the organization's members learn.
        Some(visitor) if viewed_by.is_none() => {
            tx.act_for_system(Reason::OwnAccount).await?;
            visitors::choices(tx, &visitor.email).await?
        }
        _ => Vec::new(),
    };
    let contact_id = visitor.as_ref().map(|visitor| visitor.id);
    let language = visitor.as_ref().and_then(|visitor| visitor.language).unwrap_or(organization.language);
    let (name, email) = match visitor {
        Some(Visitor { name, email, .. }) => (name, Some(email)),
        None => (client_name.clone(), None),
    };
    let permissions =
        caller.permissions.iter().copied().filter(|permission| caller.may(*permission)).collect();
    Ok(PortalMe {
        contact_id,
        name,
        email,
        language,
        client_id,
        client_name,
        permissions,
        organization,
        choices,
        viewed_by,
        minimum_partial_minor: settings.partial_payments.then_some(settings.minimum_partial_minor),
    })
}

/// Show who is signed in, for which client, and what they may do.
#[utoipa::path(tag = "portal account", responses((status = 200, body = PortalMe), (status = "4XX", body = Problem)))]
#[get("/portal/me")]
async fn portal_get_me(user: PortalUser, app: Data<App>) -> Result<Json<PortalMe>> {
    let mut tx = app.store.begin(&user, Permission::Portal).await?;
    Ok(Json(me(&mut tx, &app).await?))
}

/// Change your own name or language.
#[utoipa::path(tag = "portal account", request_body = PortalMePatch, responses((status = 200, body = PortalMe), (status = "4XX", body = Problem)))]
#[patch("/portal/me")]
async fn portal_change_me(
    user: PortalUser,
    body: Body<PortalMePatch>,
    app: Data<App>,
) -> Result<Json<PortalMe>> {
    let mut tx = app.store.begin(&user, Permission::Portal).await?;
    let (contact, _) = contact_themselves(&user, &tx)?;
    let before = visitors::find_by_id(&mut tx, contact).await?;
    tx.act_for_organization(Reason::ClientAction).await?;
    let mut fields = Vec::new();
    if body.name.as_ref().is_some_and(|name| *name != before.name) {
        fields.push("name".to_owned());
    }
    if body.language.is_some() && body.language != before.language {
        fields.push("language".to_owned());
    }
    if !fields.is_empty() {
        visitors::change(&mut tx, contact, &body).await?;
        let event = Event::ContactChanged { contact_id: contact, fields };
        events::record(&mut tx, Subject::Contact(contact), Some(before.client_id), &event).await?;
    }
    let me = me(&mut tx, &app).await?;
    tx.commit().await?;
    Ok(Json(me))
}

/// List where you are signed in, newest first.
#[utoipa::path(tag = "portal account", responses((status = 200, body = Page<Session>), (status = "4XX", body = Problem)))]
#[get("/portal/sessions")]
async fn portal_list_sessions(user: PortalUser, app: Data<App>) -> Result<Json<Page<Session>>> {
    let mut tx = app.store.begin(&user, Permission::Portal).await?;
    let (owner, session) = owner(&user, &mut tx).await?;
    let items = sessions::list(&mut tx, &owner, session).await?;
    Ok(Json(Page { items, next: None }))
}

/// End one of your sessions.
#[utoipa::path(tag = "portal account", responses((status = 204), (status = "4XX", body = Problem)))]
#[delete("/portal/sessions/{id}")]
async fn portal_end_session(user: PortalUser, id: Key<SessionId>, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&user, Permission::Portal).await?;
    let (owner, _) = owner(&user, &mut tx).await?;
    sessions::end_one(&mut tx, &owner, *id).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// End all your sessions but this one.
#[utoipa::path(tag = "portal account", responses((status = 204), (status = "4XX", body = Problem)))]
#[delete("/portal/sessions")]
async fn portal_end_other_sessions(user: PortalUser, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&user, Permission::Portal).await?;
    let (owner, session) = owner(&user, &mut tx).await?;
    sessions::end_all(&mut tx, &owner, Some(session)).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Whose sessions these are, with the system's eyes: sessions of an address span organizations. Not for a
/// member who views as the contact.
async fn owner(user: &PortalUser, tx: &mut Tx) -> Result<(Owner, SessionId)> {
    let (contact, session) = contact_themselves(user, tx)?;
    let email = visitors::find_by_id(tx, contact).await?.email;
    tx.act_for_system(Reason::OwnAccount).await?;
    Ok((Owner::Address(email), session))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ACME, TestApp};

    #[actix_web::test]
    async fn a_contact_changes_their_own_name_and_language() {
        let test = TestApp::new().await;
        let ana = test.contact("one").await;
        let me =
            test.patch(&ana, "/portal/me", &json!({ "name": "Ana", "language": "de" })).await.expect(200);
        assert_eq!((&me["name"], &me["language"]), (&json!("Ana"), &json!("de")));
        assert_eq!(test.get(&ana, "/portal/me").await.expect(200), me);
        let event = test
            .database()
            .texts("select actor_name || ' ' || data::text from event where kind = 'contact.changed'")
            .await
            .concat();
        assert!(event.starts_with("Contact one") && event.contains(r#"["name", "language"]"#), "{event}");
        let refusal = test.patch(&ana, "/portal/me", &json!({ "name": "" })).await.expect(422);
        assert_eq!(refusal["errors"][0]["pointer"], "/name");
        assert_eq!(
            test.patch(&ana, "/portal/me", &json!({ "permissions": [] })).await.problem(422),
            "validation"
        );
    }

    #[actix_web::test]
    async fn sessions_are_ended_one_by_one_and_all_others() {
        let test = TestApp::new().await;
        let (here, there, elsewhere) =
            (test.contact("one").await, test.contact("one").await, test.contact("one").await);
        let list = test.get(&here, "/portal/sessions").await.expect(200);
        let ids: Vec<&str> =
            list["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), 3);
        let current: Vec<bool> =
            list["items"].as_array().unwrap().iter().map(|item| item["current"] == true).collect();
        assert_eq!(current.iter().filter(|current| **current).count(), 1);
        let other = ids[current.iter().position(|current| !current).unwrap()];
        // Somebody else's session is nobody's.
        let stranger = test.contact("two").await;
        assert_eq!(
            test.delete(&stranger, &format!("/portal/sessions/{other}")).await.problem(404),
            "not_found"
        );
        test.delete(&here, &format!("/portal/sessions/{other}")).await.expect(204);
        assert_eq!(test.delete(&here, &format!("/portal/sessions/{other}")).await.problem(404), "not_found");
        let alive = async |who| u8::from(test.get(who, "/portal/me").await.status.is_success());
        assert_eq!(alive(&there).await + alive(&elsewhere).await, 1);
        test.delete(&here, "/portal/sessions").await.expect(204);
        assert_eq!(alive(&here).await + alive(&there).await + alive(&elsewhere).await, 1);
        assert_eq!(alive(&stranger).await, 1, "another contact of {ACME} is left alone");
    }
}
