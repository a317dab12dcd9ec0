//! One's own account: name, password, second step, sessions.

use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, delete, get, patch, post};
use domain::events::{Event, Subject};
use domain::identity::{
    AccountId, ChangePassword, ConfirmTotp, DisableTotp, Me, MePatch, MemberId, OrganizationChoice,
    RecoveryCodes, Session, SessionId, TotpEnrolment,
};
use domain::page::Page;
use domain::permission::Permission;
use domain::problem::{Code, Problem};
use store::identity::one_time_tokens::{self, Purpose};
use store::identity::sessions::{self, Owner};
use store::identity::{accounts, members, roles};
use store::{Actor, Credential, Reason, Tx, events, organizations};
use utoipa_actix_web::service_config::ServiceConfig;

use super::prove::prove_again;
use super::{passwords, totp};
use crate::App;
use crate::http::{Body, Key, Staff};
use crate::problem::Result;

/// One's own account.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(get_me)
        .service(change_me)
        .service(change_password)
        .service(begin_totp)
        .service(confirm_totp)
        .service(disable_totp)
        .service(list_sessions)
        .service(end_session)
        .service(end_other_sessions);
}

/// The account of the member who is signed in. Programs have tokens and no account.
pub(super) fn account_here(tx: &Tx) -> Result<AccountId> {
    tx.caller().account_id.ok_or_else(|| {
        Problem::new(Code::Forbidden).detail("Sign in to the console for this; a token does not do.").into()
    })
}

fn member_here(tx: &Tx) -> Result<MemberId> {
    match tx.actor() {
        Actor::Member(member) => Ok(member),
        Actor::Contact(_) | Actor::Guest(_) | Actor::System => Err(Code::Forbidden.into()),
    }
}

/// The session that asks.
fn session_here(credential: &Credential) -> Result<SessionId> {
    match credential {
        Credential::Session(session, _) => Ok(*session),
        Credential::ApiToken(_) | Credential::GuestLink(_) => Err(Code::Forbidden.into()),
    }
}

async fn me(tx: &mut Tx, app: &App) -> Result<Me> {
    let member = members::find(tx, member_here(tx)?).await?;
    let role = roles::find(tx, member.role_id).await?;
    let organization = organizations::find(tx).await?;
    let (demo, sandbox) = organizations::unreal(tx).await?;
    let account = match tx.caller().account_id {
        Some(account) => Some(account),
        None => members::account_of(tx, member.id).await?,
    };
    let permissions = tx.caller().permissions.clone();
    tx.act_for_system(Reason::OwnAccount).await?;
    let (account, memberships) = match account {
        Some(id) => (Some(accounts::find(tx, id).await?), members::memberships(tx, id).await?),
        None => (None, Vec::new()),
    };
    Ok(Me {
        member_id: member.id,
        name: member.name,
        email: member.email,
        role: if role.name.is_empty() { role.key } else { role.name },
        language: account.as_ref().and_then(|account| account.language).unwrap_or(organization.language),
        permissions,
        totp_enabled: account.is_some_and(|account| account.totp_confirmed),
        organizations: memberships
            .into_iter()
            .filter(|membership| membership.organization_id != organization.id)
            .map(|membership| OrganizationChoice {
                member_id: membership.member_id,
                organization_id: membership.organization_id,
                name: membership.organization_name,
            })
            .collect(),
        organization,
        notice: app.notice(sandbox, demo),
    })
}

/// Show who is signed in, where, and what they may do.
#[utoipa::path(tag = "account", responses((status = 200, body = Me), (status = "4XX", body = Problem)))]
#[get("/me")]
async fn get_me(staff: Staff, app: Data<App>) -> Result<Json<Me>> {
    let mut tx = app.store.begin(&staff, Permission::Console).await?;
    Ok(Json(me(&mut tx, &app).await?))
}

/// Change your own name or language.
#[utoipa::path(tag = "account", request_body = MePatch, responses((status = 200, body = Me), (status = "4XX", body = Problem)))]
#[patch("/me")]
async fn change_me(staff: Staff, body: Body<MePatch>, app: Data<App>) -> Result<Json<Me>> {
    let mut tx = app.store.begin(&staff, Permission::Console).await?;
    let account = account_here(&tx)?;
    let member = member_here(&tx)?;
    if let Some(name) = &body.name {
        members::rename(&mut tx, member, name).await?;
        let event = Event::MemberChanged { member_id: member, fields: vec!["name".to_owned()] };
        events::record(&mut tx, Subject::Member(member), None, &event).await?;
    }
    let organization = tx.organization_id();
    if let Some(language) = body.language {
        tx.act_for_system(Reason::OwnAccount).await?;
        accounts::set_language(&mut tx, account, language).await?;
        tx.enter(organization).await?;
    }
    let me = me(&mut tx, &app).await?;
    tx.commit().await?;
    Ok(Json(me))
}

/// Change your password. All other sessions end.
#[utoipa::path(tag = "account", request_body = ChangePassword, responses((status = 204), (status = "4XX", body = Problem)))]
#[post("/account/password")]
async fn change_password(staff: Staff, body: Body<ChangePassword>, app: Data<App>) -> Result<HttpResponse> {
    let account = own_account(&app, &staff).await?;
    prove_again(&app, staff.at, &account.email, &body.current_password).await?;
    let hash = passwords::hash(&body.new_password).await?;
    let mut tx = app.store.begin(&staff, Permission::Console).await?;
    tx.act_for_system(Reason::OwnAccount).await?;
    accounts::set_password(&mut tx, account.id, &hash).await?;
    one_time_tokens::void_for_account(&mut tx, Purpose::PasswordReset, account.id).await?;
    sessions::end_all(&mut tx, &Owner::Account(account.id), Some(session_here(&staff.credential)?)).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn own_account(app: &App, staff: &Staff) -> Result<accounts::Account> {
    let mut tx = app.store.begin(staff, Permission::Console).await?;
    let account = account_here(&tx)?;
    tx.act_for_system(Reason::OwnAccount).await?;
    Ok(accounts::find(&mut tx, account).await?)
}

/// Begin to set up a second step. It is on once a first code confirms it.
#[utoipa::path(tag = "account", responses((status = 200, body = TotpEnrolment), (status = "4XX", body = Problem)))]
#[post("/account/totp")]
async fn begin_totp(staff: Staff, app: Data<App>) -> Result<Json<TotpEnrolment>> {
    let mut tx = app.store.begin(&staff, Permission::Console).await?;
    let account = account_here(&tx)?;
    tx.act_for_system(Reason::OwnAccount).await?;
    let account = accounts::find(&mut tx, account).await?;
    let (sealed, enrolment) = totp::enrol(&app.vault, account.id, &account.email)?;
    accounts::begin_totp(&mut tx, account.id, &sealed).await?;
    tx.commit().await?;
    Ok(Json(enrolment))
}

/// Switch the second step on with a first code. Answers with recovery codes, this once.
#[utoipa::path(tag = "account", request_body = ConfirmTotp, responses((status = 200, body = RecoveryCodes), (status = "4XX", body = Problem)))]
#[post("/account/totp/confirm")]
async fn confirm_totp(staff: Staff, body: Body<ConfirmTotp>, app: Data<App>) -> Result<Json<RecoveryCodes>> {
    let mut tx = app.store.begin(&staff, Permission::Console).await?;
    let account = account_here(&tx)?;
    tx.act_for_system(Reason::OwnAccount).await?;
    let account = accounts::find(&mut tx, account).await?;
    let sealed = account.totp_secret.filter(|_| !account.totp_confirmed).ok_or(Code::Conflict)?;
    let step = totp::step(&app.vault, account.id, &sealed, &body.code, staff.at)?.ok_or_else(|| {
        Problem::invalid("/code", "wrong_code", "is not the code that the authenticator shows now")
    })?;
    let (codes, hashes) = totp::recovery_codes();
    accounts::confirm_totp(&mut tx, account.id, step, &hashes).await?;
    tx.commit().await?;
    Ok(Json(RecoveryCodes { codes }))
}

/// Switch the second step off.
#[utoipa::path(tag = "account", request_body = DisableTotp, responses((status = 204), (status = "4XX", body = Problem)))]
#[post("/account/totp/disable")]
async fn disable_totp(staff: Staff, body: Body<DisableTotp>, app: Data<App>) -> Result<HttpResponse> {
    let account = own_account(&app, &staff).await?;
    prove_again(&app, staff.at, &account.email, &body.password).await?;
    let mut tx = app.store.begin(&staff, Permission::Console).await?;
    tx.act_for_system(Reason::OwnAccount).await?;
    accounts::disable_totp(&mut tx, account.id).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// List where you are signed in, newest first.
#[utoipa::path(tag = "account", responses((status = 200, body = Page<Session>), (status = "4XX", body = Problem)))]
#[get("/account/sessions")]
async fn list_sessions(staff: Staff, app: Data<App>) -> Result<Json<Page<Session>>> {
    let mut tx = app.store.begin(&staff, Permission::Console).await?;
    let (account, session) = (account_here(&tx)?, session_here(&staff.credential)?);
    tx.act_for_system(Reason::OwnAccount).await?;
    let items = sessions::list(&mut tx, &Owner::Account(account), session).await?;
    Ok(Json(Page { items, next: None }))
}

/// End one of your sessions.
#[utoipa::path(tag = "account", responses((status = 204), (status = "4XX", body = Problem)))]
#[delete("/account/sessions/{id}")]
async fn end_session(staff: Staff, id: Key<SessionId>, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&staff, Permission::Console).await?;
    let account = account_here(&tx)?;
    tx.act_for_system(Reason::OwnAccount).await?;
    sessions::end_one(&mut tx, &Owner::Account(account), *id).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// End all your sessions but this one.
#[utoipa::path(tag = "account", responses((status = 204), (status = "4XX", body = Problem)))]
#[delete("/account/sessions")]
async fn end_other_sessions(staff: Staff, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&staff, Permission::Console).await?;
    let (account, session) = (account_here(&tx)?, session_here(&staff.credential)?);
    tx.act_for_system(Reason::OwnAccount).await?;
    sessions::end_all(&mut tx, &Owner::Account(account), Some(session)).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ACME, Asker, PASSWORD, TestApp};

    async fn sign_in(test: &TestApp, password: &str) -> crate::testing::Answer {
        let body = json!({ "email": "owner@acme.example", "password": password });
        test.post(&Asker::stranger(), "/auth/console/sessions", &body).await
    }

    #[actix_web::test]
    async fn a_new_password_ends_all_other_sessions() {
        let test = TestApp::new().await;
        test.join(ACME, "owner").await;
        let here = Asker::stranger().keep_cookies(&sign_in(&test, PASSWORD).await);
        let there = Asker::stranger().keep_cookies(&sign_in(&test, PASSWORD).await);
        let sessions = test.get(&here, "/account/sessions").await.expect(200);
        assert_eq!(sessions["items"].as_array().unwrap().len(), 2);
        let change = |current: &str, new: &str| json!({ "current_password": current, "new_password": new });
        let wrong = change("wrong", "another good password");
        assert_eq!(test.post(&here, "/account/password", &wrong).await.problem(401), "invalid_credentials");
        let weak = test.post(&here, "/account/password", &change(PASSWORD, "short")).await.expect(422);
        assert_eq!(weak["errors"][0]["pointer"], "/new_password");
        test.post(&here, "/account/password", &change(PASSWORD, "another good password")).await.expect(204);
        test.get(&here, "/me").await.expect(200);
        assert_eq!(test.get(&there, "/me").await.problem(401), "unauthenticated");
        assert_eq!(sign_in(&test, PASSWORD).await.problem(401), "invalid_credentials");
        sign_in(&test, "another good password").await.expect(200);
    }

    #[actix_web::test]
    async fn a_forgotten_password_is_set_by_a_link_once() {
        let test = TestApp::new().await;
        test.join(ACME, "owner").await;
        let signed_in = Asker::stranger().keep_cookies(&sign_in(&test, PASSWORD).await);
        let ask = async |email: &str| {
            test.post(&Asker::stranger(), "/auth/console/password-resets", &json!({ "email": email })).await
        };
        let (unknown, known) = (ask("nobody@acme.example").await, ask("owner@acme.example").await);
        assert_eq!((known.status.as_u16(), &known.bytes), (202, &unknown.bytes));
        assert_eq!(unknown.status, known.status);
        let link = test.newest_link().await;
        assert_eq!(test.database().count("select count(*) from mail").await, 1);
        let token = link.strip_prefix("/console/reset-password?token=").unwrap();
        ask("owner@acme.example").await.expect(202);
        let second = test.newest_link().await;
        let set = async |token: &str, password: &str| {
            let body = json!({ "token": token, "password": password });
            test.post(&Asker::stranger(), "/auth/console/password", &body).await
        };
        assert_eq!(set(token, "short").await.problem(422), "validation");
        set(token, "another good password").await.expect(204);
        assert_eq!(set(token, "another good password").await.problem(404), "link_invalid");
        let second = second.strip_prefix("/console/reset-password?token=").unwrap();
        assert_eq!(
            set(second, "a third good password").await.problem(404),
            "link_invalid",
            "nor do other links"
        );
        assert_eq!(test.get(&signed_in, "/me").await.problem(401), "unauthenticated");
        sign_in(&test, "another good password").await.expect(200);

        ask("owner@acme.example").await.expect(202);
        let late = test.newest_link().await;
        test.app.clock.advance(chrono::TimeDelta::hours(1));
        let late = late.strip_prefix("/console/reset-password?token=").unwrap();
        assert_eq!(set(late, "a third good password").await.problem(404), "link_invalid");
    }

    #[actix_web::test]
    async fn sessions_are_one_s_own() {
        let test = TestApp::new().await;
        test.join(ACME, "owner").await;
        let owner = Asker::stranger().keep_cookies(&sign_in(&test, PASSWORD).await);
        let other = Asker::stranger().keep_cookies(&sign_in(&test, PASSWORD).await);
        let sessions = test.get(&owner, "/account/sessions").await.expect(200);
        let of = |current: bool| {
            let items = sessions["items"].as_array().unwrap();
            items.iter().find(|item| item["current"] == current).unwrap()["id"].as_str().unwrap().to_owned()
        };
        let advisor = test.staff("advisor").await;
        let path = format!("/account/sessions/{}", of(false));
        assert_eq!(test.delete(&advisor, &path).await.problem(404), "not_found");
        test.delete(&owner, &path).await.expect(204);
        assert_eq!(test.get(&other, "/me").await.problem(401), "unauthenticated");
        let third = Asker::stranger().keep_cookies(&sign_in(&test, PASSWORD).await);
        test.delete(&owner, "/account/sessions").await.expect(204);
        assert_eq!(test.get(&third, "/me").await.problem(401), "unauthenticated");
        test.get(&owner, "/me").await.expect(200);
    }
}
