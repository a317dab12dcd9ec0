//! Joining the staff by a mailed link.

use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, get, post};
use domain::events::{Event, Subject};
use domain::identity::{AcceptInvitation, Invitation, Member};
use domain::organizations::{Organization, OrganizationId};
use domain::problem::{Code, Problem};
use store::identity::one_time_tokens::{self, Purpose, Target};
use store::identity::sessions::Holder;
use store::identity::{accounts, members};
use store::{Actor, Reason, Tx, events, organizations};
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions::{CONSOLE_SESSION, begin_session};
use super::passwords;
use super::prove::{Proof, SecondStep, mailed, prove};
use crate::App;
use crate::http::{Anyone, Body, Key};
use crate::problem::Result;

/// Invitations of members.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_invitation).service(accept_invitation);
}

/// The member that a link invites, if they may still join; the transaction goes on within their organization.
async fn invited(tx: &mut Tx, target: &Target) -> Result<(Organization, Member)> {
    let (Some(organization), Some(member)) = (target.organization, target.member) else {
        return Err(Code::LinkInvalid.into());
    };
    tx.enter(organization).await?;
    let member = members::find(tx, member).await?;
    if member.joined || member.removed_at.is_some() || member.email != target.email {
        return Err(Code::LinkInvalid.into());
    }
    Ok((organizations::find(tx).await?, member))
}

/// Show what an invitation is about. Opening it changes nothing.
#[utoipa::path(tag = "sign-in", responses((status = 200, body = Invitation), (status = "4XX", body = Problem)))]
#[get("/auth/console/invitations/{token}")]
async fn get_invitation(who: Anyone, token: Key<String>, app: Data<App>) -> Result<Json<Invitation>> {
    let mut tx = app.store.begin_system(Reason::SignIn, who.at).await?;
    let target = one_time_tokens::find(&mut tx, Purpose::Invitation, &mailed(&token)).await?;
    let target = target.ok_or(Code::LinkInvalid)?;
    let account_exists = accounts::find_by_email(&mut tx, &target.email).await?.is_some();
    let (organization, member) = invited(&mut tx, &target).await?;
    Ok(Json(Invitation {
        organization_name: organization.name,
        name: member.name,
        email: member.email,
        account_exists,
    }))
}

/// Accept an invitation, with a new password or that of your account, and sign in. Where the account has a
/// second step, joining is all this does: sign in with the code afterwards.
#[utoipa::path(tag = "sign-in", request_body = AcceptInvitation, responses((status = 204), (status = "4XX", body = Problem)))]
#[post("/auth/console/invitations/{token}")]
async fn accept_invitation(
    who: Anyone,
    token: Key<String>,
    body: Body<AcceptInvitation>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let token = mailed(&token);
    let mut tx = app.store.begin_system(Reason::SignIn, who.at).await?;
    let target =
        one_time_tokens::find(&mut tx, Purpose::Invitation, &token).await?.ok_or(Code::LinkInvalid)?;
    let known = accounts::find_by_email(&mut tx, &target.email).await?;
    drop(tx);
    let (known, hash) = match known {
        Some(account) => {
            let password = body.password.expose();
            match prove(&app, who.at, &account.email, password, SecondStep::Waived).await? {
                Proof::Owner(account) => (Some(account), None),
                Proof::CodeNeeded => return Err(Code::InvalidCredentials.into()),
            }
        }
        None => (None, Some(passwords::hash(&body.password).await?)),
    };

    let mut tx = app.store.begin_system(Reason::SignIn, who.at).await?;
    let target =
        one_time_tokens::consume(&mut tx, Purpose::Invitation, &token).await?.ok_or(Code::LinkInvalid)?;
    let (organization, member) = invited(&mut tx, &target).await?;
    tx.act_for_system(Reason::SignIn).await?;
    let second_step = known.as_ref().is_some_and(|account| account.totp_confirmed);
    let account = match (known, hash) {
        (Some(account), _) => account.id,
        (None, Some(hash)) => accounts::insert(&mut tx, &target.email, &hash, organization.language).await?,
        (None, None) => return Err(Code::LinkInvalid.into()),
    };
    join(&mut tx, organization.id, &member, account, &body).await?;
    if second_step {
        tx.commit().await?;
        return Ok(HttpResponse::NoContent().finish());
    }
    let holder = Holder::Member { account, member: member.id };
    let began = begin_session(&mut tx, &holder, &target.email, CONSOLE_SESSION, &who).await?;
    tx.commit().await?;
    began.answer(&app)
}

async fn join(
    tx: &mut Tx,
    organization: OrganizationId,
    member: &Member,
    account: domain::identity::AccountId,
    accepted: &AcceptInvitation,
) -> Result<()> {
    tx.enter(organization).await?;
    if !members::join(tx, member.id, account, &accepted.name).await? {
        return Err(Code::LinkInvalid.into());
    }
    tx.introduce(Actor::Member(member.id), accepted.name.as_str());
    let event = Event::MemberJoined { member_id: member.id, name: accepted.name.to_string() };
    events::record(tx, Subject::Member(member.id), None, &event).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use serde_json::{Value, json};

    use crate::testing::{ACME, Answer, Asker, PASSWORD, TestApp};

    /// Invites somebody as advisor; their member and the link's token.
    async fn invite(test: &TestApp, owner: &Asker, email: &str) -> (Value, String) {
        let roles = test.get(owner, "/roles").await.expect(200);
        let advisor = &roles["items"][2]["id"];
        let body = json!({ "name": "Ada", "email": email, "role_id": advisor });
        let member = test.post(owner, "/members", &body).await.expect(201);
        let link = test.newest_link().await;
        (member, link.strip_prefix("/console/invitation/").unwrap().to_owned())
    }

    async fn accept(test: &TestApp, token: &str, password: &str) -> Answer {
        let body = json!({ "name": "Ada Lovelace", "password": password });
        test.post(&Asker::stranger(), &format!("/auth/console/invitations/{token}"), &body).await
    }

    #[actix_web::test]
    async fn somebody_new_joins_with_a_password() {
        let test = TestApp::new().await;
        let owner = test.staff("owner").await;
        let (member, token) = invite(&test, &owner, "ada@example.com").await;
        assert_eq!(member["joined"], false);
        let path = format!("/auth/console/invitations/{token}");
        let invitation = test.get(&Asker::stranger(), &path).await.expect(200);
        let shown = json!({ "organization_name": "acme", "name": "Ada", "email": "ada@example.com", "account_exists": false });
        assert_eq!(invitation, shown);
        assert_eq!(accept(&test, &token, "short").await.problem(422), "validation");
        let answer = accept(&test, &token, PASSWORD).await;
        let ada = Asker::stranger().keep_cookies(&answer);
        answer.expect(204);
        let me = test.get(&ada, "/me").await.expect(200);
        assert_eq!((&me["name"], &me["role"]), (&json!("Ada Lovelace"), &json!("advisor")));
        assert_eq!(accept(&test, &token, PASSWORD).await.problem(404), "link_invalid");
        assert_eq!(test.get(&Asker::stranger(), &path).await.problem(404), "link_invalid");
        let events =
            test.database().texts("select kind || ' by ' || actor_name from event order by position").await;
        assert_eq!(events, ["member.invited by owner of acme", "member.joined by Ada Lovelace"]);
        let again = format!("/members/{}/invite", member["id"].as_str().unwrap());
        assert_eq!(test.post(&owner, &again, &Value::Null).await.problem(409), "conflict");
    }

    #[actix_web::test]
    async fn old_replaced_and_withdrawn_invitations_are_refused() {
        let test = TestApp::new().await;
        let owner = test.staff("owner").await;
        let (member, first) = invite(&test, &owner, "ada@example.com").await;
        let id = member["id"].as_str().unwrap();
        test.post(&owner, &format!("/members/{id}/invite"), &Value::Null).await.expect(204);
        let second = test.newest_link().await.strip_prefix("/console/invitation/").unwrap().to_owned();
        assert_eq!(accept(&test, &first, PASSWORD).await.problem(404), "link_invalid");
        let remove = json!({ "removed": true });
        test.patch(&owner.clone().header("If-Match", "\"1\""), &format!("/members/{id}"), &remove)
            .await
            .expect(200);
        assert_eq!(accept(&test, &second, PASSWORD).await.problem(404), "link_invalid");

        let (_, late) = invite(&test, &owner, "grace@example.com").await;
        test.app.clock.advance(TimeDelta::days(7));
        assert_eq!(accept(&test, &late, PASSWORD).await.problem(404), "link_invalid");
    }

    #[actix_web::test]
    async fn an_account_that_exists_joins_with_its_password_and_keeps_its_second_step() {
        let test = TestApp::new().await;
        test.join("globex", "owner").await;
        let email = "owner@globex.example";
        let owner = test.staff_of(ACME, "owner").await;
        let (_, token) = invite(&test, &owner, email).await;
        let path = format!("/auth/console/invitations/{token}");
        assert_eq!(test.get(&Asker::stranger(), &path).await.expect(200)["account_exists"], true);
        assert_eq!(accept(&test, &token, "some other password").await.problem(401), "invalid_credentials");
        test.database()
            .execute("update account set totp_confirmed = true where email = 'owner@globex.example'")
            .await;
        let answer = accept(&test, &token, PASSWORD).await;
        assert!(answer.cookies().is_empty(), "joining doesn't get around the second step");
        answer.expect(204);
        let joined =
            "select count(*) from member where email = 'owner@globex.example' and joined_at is not null";
        assert_eq!(test.database().count(joined).await, 2);
    }
}
