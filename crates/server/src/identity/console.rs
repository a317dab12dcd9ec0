//! The console's door: signing in, staying, going, and standing in another organization.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete, post};
use domain::identity::{SignIn, SignInAnswer, SignInStep, SwitchMember};
use domain::permission::{Audience, Permission};
use domain::problem::{Code, Problem};
use store::identity::members;
use store::identity::sessions::{self, Holder};
use store::{Credential, Reason};
use utoipa_actix_web::service_config::ServiceConfig;

use super::account::account_here;
use super::actions::{CONSOLE_SESSION, begin_session};
use super::prove::{Proof, SecondStep, prove};
use super::{cookies, renewal};
use crate::App;
use crate::http::{Anyone, Body, Staff};
use crate::problem::Result;

/// The console's door.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(sign_in).service(refresh_console).service(sign_out_of_console).service(switch_member);
}

/// Sign in with e-mail and password, and a code where a second step is on.
#[utoipa::path(tag = "sign-in", request_body = SignIn, responses((status = 200, body = SignInAnswer), (status = "4XX", body = Problem)))]
#[post("/auth/console/sessions")]
async fn sign_in(who: Anyone, body: Body<SignIn>, app: Data<App>) -> Result<HttpResponse> {
    let second = SecondStep::Code(body.code.as_deref());
    let account = match prove(&app, who.at, &body.email, &body.password, second).await? {
        Proof::Owner(account) => account,
        Proof::CodeNeeded => {
            return Ok(HttpResponse::Ok().json(SignInAnswer { step: SignInStep::CodeNeeded }));
        }
    };
    let mut tx = app.store.begin_system(Reason::SignIn, who.at).await?;
    let memberships = members::memberships(&mut tx, account.id).await?;
    // Who was removed everywhere learns no more than somebody unknown.
    let membership = memberships.first().ok_or(Code::InvalidCredentials)?;
    tx.enter(membership.organization_id).await?;
    let holder = Holder::Member { account: account.id, member: membership.member_id };
    let began = begin_session(&mut tx, &holder, &account.email, CONSOLE_SESSION, &who).await?;
    tx.commit().await?;
    let mut response = HttpResponse::Ok();
    cookies::set(&app, &mut response, &began)?;
    Ok(response.json(SignInAnswer { step: SignInStep::SignedIn }))
}

/// Renew the console's session. The refresh token works once.
#[utoipa::path(tag = "sign-in", responses((status = 204), (status = "4XX", body = Problem)))]
#[post("/auth/console/refresh")]
async fn refresh_console(who: Anyone, request: HttpRequest, app: Data<App>) -> Result<HttpResponse> {
    renewal::renew(&app, &request, &who, Audience::Console).await
}

/// Sign out of the console.
#[utoipa::path(tag = "sign-in", responses((status = 204), (status = "4XX", body = Problem)))]
#[delete("/auth/console/session")]
async fn sign_out_of_console(who: Anyone, request: HttpRequest, app: Data<App>) -> Result<HttpResponse> {
    renewal::sign_out(&app, &request, &who, Audience::Console).await
}

/// Stand in another organization that you are a member of.
#[utoipa::path(tag = "sign-in", request_body = SwitchMember, responses((status = 204), (status = "4XX", body = Problem)))]
#[post("/auth/console/switch")]
async fn switch_member(staff: Staff, body: Body<SwitchMember>, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&staff, Permission::Console).await?;
    let account = account_here(&tx)?;
    let Credential::Session(session, _) = staff.credential else { return Err(Code::Forbidden.into()) };
    tx.act_for_system(Reason::OwnAccount).await?;
    let memberships = members::memberships(&mut tx, account).await?;
    let wanted =
        memberships.iter().find(|membership| membership.member_id == body.member_id).ok_or(Code::NotFound)?;
    sessions::stand_in_member(&mut tx, session, wanted.organization_id, wanted.member_id).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use futures_util::future::join_all;
    use serde_json::{Value, json};

    use crate::testing::{ACME, Answer, Asker, GLOBEX, PASSWORD, TestApp};

    const OWNER: &str = "owner@acme.example";

    async fn sign_in(test: &TestApp, email: &str, password: &str, code: Option<&str>) -> Answer {
        let body = json!({ "email": email, "password": password, "code": code });
        test.post(&Asker::stranger(), "/auth/console/sessions", &body).await
    }

    #[actix_web::test]
    async fn a_wrong_password_and_an_unknown_address_are_answered_alike() {
        let test = TestApp::new().await;
        test.join(ACME, "owner").await;
        let wrong = sign_in(&test, OWNER, "wrong", None).await;
        let unknown = sign_in(&test, "nobody@acme.example", "wrong", None).await;
        // Invited, but without an account yet.
        let invited = sign_in(&test, "advisor@acme.example", "wrong", None).await;
        assert_eq!((&wrong.bytes, wrong.status), (&unknown.bytes, unknown.status));
        assert_eq!(wrong.bytes, invited.bytes);
        assert_eq!(wrong.problem(401), "invalid_credentials");
        let answer = sign_in(&test, "OWNER@acme.example", PASSWORD, None).await;
        let owner = Asker::stranger().keep_cookies(&answer);
        assert_eq!(answer.expect(200)["step"], "signed_in");
        let me = test.get(&owner, "/me").await.expect(200);
        assert_eq!(
            (&me["email"], &me["role"], &me["totp_enabled"]),
            (&json!(OWNER), &json!("owner"), &json!(false))
        );
        assert_eq!(
            me["permissions"].as_array().unwrap().len(),
            domain::permission::DefaultRole::Owner.permissions().len()
        );
    }

    #[actix_web::test]
    async fn failures_lock_known_and_unknown_addresses_for_longer_and_longer() {
        let test = TestApp::new().await;
        test.join(ACME, "owner").await;
        for email in [OWNER, "nobody@acme.example"] {
            for _ in 0..5 {
                assert_eq!(sign_in(&test, email, "wrong", None).await.problem(401), "invalid_credentials");
            }
            let locked = sign_in(&test, email, PASSWORD, None).await;
            assert_eq!(locked.header("retry-after").as_deref(), Some("30"));
            assert_eq!(locked.problem(429), "locked_out");
        }
        test.app.clock.advance(TimeDelta::seconds(30));
        assert_eq!(sign_in(&test, OWNER, "wrong", None).await.problem(401), "invalid_credentials");
        let locked = sign_in(&test, OWNER, PASSWORD, None).await;
        assert_eq!(locked.header("retry-after").as_deref(), Some("60"));
        test.app.clock.advance(TimeDelta::seconds(60));
        sign_in(&test, OWNER, PASSWORD, None).await.expect(200);
        // Whoever got in starts anew.
        for _ in 0..4 {
            assert_eq!(sign_in(&test, OWNER, "wrong", None).await.problem(401), "invalid_credentials");
        }
        sign_in(&test, OWNER, PASSWORD, None).await.expect(200);
    }

    #[actix_web::test]
    async fn guessing_in_parallel_gives_no_more_tries() {
        let test = TestApp::new().await;
        test.join(ACME, "owner").await;
        let answers = join_all((0..12).map(|_| sign_in(&test, OWNER, "wrong", None))).await;
        let judged = answers.iter().filter(|answer| answer.status == 401).count();
        assert_eq!((judged, answers.len() - judged), (5, 7));
    }

    #[actix_web::test]
    async fn the_second_step_takes_a_fresh_code_or_a_recovery_code_once() {
        use crate::identity::totp::tests::code;
        let test = TestApp::new().await;
        test.join(ACME, "owner").await;
        let owner = Asker::stranger().keep_cookies(&sign_in(&test, OWNER, PASSWORD, None).await);
        let enrolment = test.post(&owner, "/account/totp", &Value::Null).await.expect(200);
        let secret = enrolment["secret"].as_str().unwrap();
        assert!(enrolment["uri"].as_str().unwrap().starts_with("otpauth://totp/Portico:owner"));
        assert!(enrolment["qr_svg"].as_str().unwrap().starts_with("<svg "));
        // Until it is confirmed, it is off.
        assert_eq!(sign_in(&test, OWNER, PASSWORD, None).await.expect(200)["step"], "signed_in");
        let wrong = test.post(&owner, "/account/totp/confirm", &json!({ "code": "12345" })).await.expect(422);
        assert_eq!(wrong["errors"][0]["pointer"], "/code");
        let first = json!({ "code": code(secret, test.now()) });
        let codes = test.post(&owner, "/account/totp/confirm", &first).await.expect(200)["codes"].clone();
        assert_eq!(codes.as_array().unwrap().len(), 10);
        assert_eq!(test.post(&owner, "/account/totp", &Value::Null).await.problem(409), "conflict");
        assert_eq!(test.get(&owner, "/me").await.expect(200)["totp_enabled"], true);

        let needed = sign_in(&test, OWNER, PASSWORD, None).await;
        assert!(needed.cookies().is_empty());
        assert_eq!(needed.expect(200)["step"], "code_needed");
        // Without the right password, nobody learns that there is a second step.
        assert_eq!(sign_in(&test, OWNER, "wrong", None).await.problem(401), "invalid_credentials");
        let used = code(secret, test.now());
        let replay = sign_in(&test, OWNER, PASSWORD, Some(&used)).await;
        assert_eq!(replay.problem(401), "invalid_credentials", "the code that confirmed it was used");
        test.app.clock.advance(TimeDelta::seconds(30));
        let fresh = code(secret, test.now());
        let answers = join_all((0..3).map(|_| sign_in(&test, OWNER, PASSWORD, Some(&fresh)))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "a code works once");

        let recovery = codes[3].as_str().unwrap();
        assert_eq!(sign_in(&test, OWNER, PASSWORD, Some(recovery)).await.expect(200)["step"], "signed_in");
        assert_eq!(sign_in(&test, OWNER, PASSWORD, Some(recovery)).await.problem(401), "invalid_credentials");

        assert_eq!(
            test.post(&owner, "/account/totp/disable", &json!({ "password": "wrong" })).await.problem(401),
            "invalid_credentials"
        );
        test.post(&owner, "/account/totp/disable", &json!({ "password": PASSWORD })).await.expect(204);
        assert_eq!(sign_in(&test, OWNER, PASSWORD, None).await.expect(200)["step"], "signed_in");
    }

    #[actix_web::test]
    async fn asking_for_the_code_again_and_again_doesn_t_reset_failures() {
        use crate::identity::totp::tests::code;
        let test = TestApp::new().await;
        test.join(ACME, "owner").await;
        let owner = Asker::stranger().keep_cookies(&sign_in(&test, OWNER, PASSWORD, None).await);
        let enrolment = test.post(&owner, "/account/totp", &Value::Null).await.expect(200);
        let first = json!({ "code": code(enrolment["secret"].as_str().unwrap(), test.now()) });
        test.post(&owner, "/account/totp/confirm", &first).await.expect(200);
        for _ in 0..5 {
            sign_in(&test, OWNER, PASSWORD, None).await.expect(200);
            assert_eq!(
                sign_in(&test, OWNER, PASSWORD, Some("000000")).await.problem(401),
                "invalid_credentials"
            );
        }
        assert_eq!(sign_in(&test, OWNER, PASSWORD, None).await.problem(429), "locked_out");
    }

    #[actix_web::test]
    async fn one_account_stands_in_any_of_its_organizations() {
        let test = TestApp::new().await;
        test.join(ACME, "owner").await;
        test.database()
            .execute(
                "update member set account_id = (select id from account where email = 'owner@acme.example'), joined_at = now()
                 where email = 'advisor@globex.example'",
            )
            .await;
        let owner = Asker::stranger().keep_cookies(&sign_in(&test, OWNER, PASSWORD, None).await);
        let me = test.get(&owner, "/me").await.expect(200);
        let there = &me["organizations"][0];
        let (here, elsewhere) = (&me["organization"]["slug"], &there["name"]);
        assert_eq!(
            [here, elsewhere]
                .map(|name| name.as_str().unwrap())
                .into_iter()
                .collect::<std::collections::BTreeSet<_>>(),
            [ACME, GLOBEX].into()
        );
        test.post(&owner, "/auth/console/switch", &json!({ "member_id": there["member_id"] }))
            .await
            .expect(204);
        assert_eq!(test.get(&owner, "/me").await.expect(200)["organization"]["slug"], *elsewhere);
        let others = json!({ "member_id": test.tenants[GLOBEX].members["owner"] });
        assert_eq!(test.post(&owner, "/auth/console/switch", &others).await.problem(404), "not_found");
    }
}
