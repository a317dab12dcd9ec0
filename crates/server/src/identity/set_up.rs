//! The first run: the organization and its owner.

use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, get, post};
use domain::events::{Event, Subject};
use domain::identity::{AccountId, MemberId};
use domain::organizations::{OrganizationId, SetUp, SetUpState};
use domain::problem::{Code, Problem};
use store::identity::sessions::Holder;
use store::identity::{accounts, members, roles};
use store::{Actor, Reason, Tx, events, organizations};
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions::{CONSOLE_SESSION, begin_session};
use super::passwords;
use crate::App;
use crate::http::{Anyone, Body};
use crate::problem::Result;

/// The first run's page.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_set_up).service(set_up);
}

/// Tell whether an organization has still to be set up.
#[utoipa::path(tag = "set-up", responses((status = 200, body = SetUpState), (status = "4XX", body = Problem)))]
#[get("/auth/set-up")]
async fn get_set_up(who: Anyone, app: Data<App>) -> Result<Json<SetUpState>> {
    let mut tx = app.store.begin_system(Reason::SetUp, who.at).await?;
    Ok(Json(SetUpState { needed: !organizations::any(&mut tx).await? }))
}

/// Set up the organization and its owner, who is signed in. Possible once, while there is none.
#[utoipa::path(tag = "set-up", request_body = SetUp, responses((status = 204), (status = "4XX", body = Problem)))]
#[post("/auth/set-up")]
async fn set_up(who: Anyone, body: Body<SetUp>, app: Data<App>) -> Result<HttpResponse> {
    refuse_a_second(&mut app.store.begin_system(Reason::SetUp, who.at).await?).await?;
    let password_hash = passwords::hash(&body.password).await?;
    let mut tx = app.store.begin_system(Reason::SetUp, who.at).await?;
    organizations::lock_set_up(&mut tx).await?;
    refuse_a_second(&mut tx).await?;
    let account = accounts::insert(&mut tx, &body.owner_email, &password_hash, body.language).await?;
    let (_, member) = found(&mut tx, &body, account, false).await?;
    let holder = Holder::Member { account, member };
    let began = begin_session(&mut tx, &holder, &body.owner_email, CONSOLE_SESSION, &who).await?;
    tx.commit().await?;
    began.answer(&app)
}

async fn refuse_a_second(tx: &mut Tx) -> Result<()> {
    if organizations::any(tx).await? {
        return Err(Problem::new(Code::Conflict).detail("Portico has been set up already.").into());
    }
    Ok(())
}

/// Founds an organization with its roles and owner, in a transaction of the system, which goes on within it.
pub async fn found(
    tx: &mut Tx,
    new: &SetUp,
    account: AccountId,
    demo: bool,
) -> Result<(OrganizationId, MemberId)> {
    let id = store::fresh(tx.now());
    organizations::insert(tx, id, new, demo).await?;
    let [owner_role, ..] = roles::insert_defaults(tx).await?;
    let owner = members::insert(tx, &new.owner_name, &new.owner_email, owner_role, Some(account)).await?;
    tx.introduce(Actor::Member(owner), new.owner_name.as_str());
    events::record(tx, Subject::Organization, None, &Event::OrganizationCreated {}).await?;
    Ok((id, owner))
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use serde_json::{Value, json};

    use crate::testing::{Asker, TestApp, settings};

    fn body(slug: &str) -> Value {
        json!({
            "organization_name": "Holm & Søn Joinery", "slug": slug, "trade": "contractor", "time_zone": "Europe/Copenhagen",
            "currency": "DKK", "language": "en", "owner_name": "Søren Holm", "owner_email": "soren@holm.example",
            "password": "correct horse battery",
        })
    }

    #[actix_web::test]
    async fn of_many_at_once_one_sets_up_and_is_signed_in() {
        let test = TestApp::empty(settings()).await;
        let stranger = Asker::stranger();
        assert_eq!(test.get(&stranger, "/auth/set-up").await.expect(200), json!({ "needed": true }));
        let bodies: Vec<Value> = (0..6).map(|n| body(&format!("holm-{n}"))).collect();
        let answers = join_all(bodies.iter().map(|body| test.post(&stranger, "/auth/set-up", body))).await;
        let (done, refused): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|answer| answer.status.is_success());
        assert_eq!(done.len(), 1);
        for answer in refused {
            assert_eq!(answer.problem(409), "conflict");
        }
        let owner = Asker::stranger().keep_cookies(&done[0]);
        let me = test.get(&owner, "/me").await.expect(200);
        assert_eq!((&me["name"], &me["role"]), (&json!("Søren Holm"), &json!("owner")));
        assert_eq!(me["organization"]["currency"], "DKK");
        assert_eq!(test.get(&owner, "/roles").await.expect(200)["items"].as_array().unwrap().len(), 5);
        assert_eq!(test.get(&stranger, "/auth/set-up").await.expect(200), json!({ "needed": false }));
    }

    #[actix_web::test]
    async fn a_weak_password_and_a_wrong_zone_are_named() {
        let test = TestApp::empty(settings()).await;
        for (field, value, code) in [
            ("password", "short", "invalid"),
            ("time_zone", "Mars/Olympus", "invalid"),
            ("owner_email", "soren", "invalid"),
        ] {
            let mut bad = body("holm");
            bad[field] = json!(value);
            let refusal = test.post(&Asker::stranger(), "/auth/set-up", &bad).await.expect(422);
            assert_eq!(refusal["errors"][0]["pointer"], format!("/{field}"));
            assert_eq!(refusal["errors"][0]["code"], code);
        }
        assert_eq!(test.get(&Asker::stranger(), "/auth/set-up").await.expect(200), json!({ "needed": true }));
    }
}
