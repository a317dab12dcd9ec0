//! Looking at the portal as a contact sees it.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use domain::clients::ContactId;
use domain::events::{Event, Subject};
use domain::identity::ViewingAs;
use domain::permission::Permission;
use domain::problem::{Code, Problem};
use store::identity::sessions::Holder;
use store::identity::visitors;
use store::{Actor, events};
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions::{VIEW, begin_session};
use super::cookies;
use crate::App;
use crate::http::{Anyone, Key, Staff};
use crate::problem::Result;

/// Viewing as a contact.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(view_as_contact);
}

/// Look at the portal as a contact, for an hour, without being able to change anything. This is logged.
#[utoipa::path(tag = "contacts", responses((status = 200, body = ViewingAs), (status = "4XX", body = Problem)))]
#[post("/contacts/{id}/view-as")]
async fn view_as_contact(
    staff: Staff,
    who: Anyone,
    id: Key<ContactId>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&staff, Permission::ViewAsContact).await?;
    let Actor::Member(member) = tx.actor() else { return Err(Code::Forbidden.into()) };
    let visitor = visitors::find_by_id(&mut tx, *id).await?;
    let event = Event::ContactViewedAs { contact_id: visitor.id, name: visitor.name.to_string() };
    events::record(&mut tx, Subject::Contact(visitor.id), Some(visitor.client_id), &event).await?;
    let holder = Holder::Contact { contact: visitor.id, viewed_by: Some(member) };
    let began = begin_session(&mut tx, &holder, &visitor.email, VIEW, &who).await?;
    tx.commit().await?;
    let mut response = HttpResponse::Ok();
    cookies::set(&app, &mut response, &began)?;
    Ok(response.json(ViewingAs { path: format!("/{}", visitor.slug) }))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use serde_json::{Value, json};

    use crate::testing::{ACME, Asker, GLOBEX, TestApp};

    #[actix_web::test]
    async fn a_member_sees_what_the_contact_sees_and_changes_nothing() {
        let test = TestApp::new().await;
        let advisor = test.staff("advisor").await;
        // The contact is one elsewhere, too, which is nothing that this organization learns.
        test.database()
            .execute("update contact set email = 'one@acme.example' where email = 'two@globex.example'")
            .await;
        let path = format!("/contacts/{}/view-as", test.acme().contacts["one"]);
        let answer = test.post(&advisor, &path, &json!({})).await;
        let viewer = Asker::stranger().keep_cookies(&answer);
        assert_eq!(answer.expect(200), json!({ "path": "/acme" }));
        let me = test.get(&viewer, "/portal/me").await.expect(200);
        assert_eq!((&me["name"], &me["viewed_by"]), (&json!("Contact one"), &json!("advisor of acme")));
        assert_eq!(me["choices"], json!([]));
        assert_eq!(me["permissions"], json!(["portal", "money.view"]), "nothing that changes anything");
        assert_eq!(
            test.patch(&viewer, "/portal/me", &json!({ "name": "X" })).await.problem(403),
            "read_only_view"
        );
        assert_eq!(test.get(&viewer, "/portal/sessions").await.problem(403), "read_only_view");
        assert_eq!(test.delete(&viewer, "/portal/sessions").await.problem(403), "read_only_view");
        let switch = json!({ "contact_id": test.tenants[GLOBEX].contacts["two"] });
        assert_eq!(test.post(&viewer, "/auth/portal/switch", &switch).await.problem(403), "read_only_view");
        // The contact doesn't find the member among their own sessions.
        let ana = test.contact("one").await;
        assert_eq!(
            test.get(&ana, "/portal/sessions").await.expect(200)["items"].as_array().unwrap().len(),
            1
        );
        let event = test
            .database()
            .texts("select visibility || ' ' || actor_name from event where kind = 'contact.viewed_as'")
            .await
            .concat();
        assert_eq!(event, "staff advisor of acme");
        test.app.clock.advance(TimeDelta::hours(1));
        assert_eq!(
            test.post(&viewer, "/auth/portal/refresh", &Value::Null).await.problem(401),
            "unauthenticated"
        );
    }

    #[actix_web::test]
    async fn it_takes_the_permission_and_a_contact_of_one_s_own() {
        let test = TestApp::new().await;
        let path = |slug: &'static str| format!("/contacts/{}/view-as", test.tenants[slug].contacts["one"]);
        let (advisor, technician) = (test.staff("advisor").await, test.staff("technician").await);
        assert_eq!(test.post(&technician, &path(ACME), &json!({})).await.problem(403), "forbidden");
        assert_eq!(test.post(&advisor, &path(GLOBEX), &json!({})).await.problem(404), "not_found");
        assert_eq!(
            test.post(&advisor, "/contacts/nonsense/view-as", &json!({})).await.problem(404),
            "not_found"
        );
    }
}
