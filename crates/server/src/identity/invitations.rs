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
    let target = one_time_tokens::find(&mut tx, Purpose::Invitation, &token).await?.ok_or(Code::LinkInvalid)?;
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
    let target = one_time_tokens::consume(&mut tx, Purpose::Invitation, &token).await?.ok_or(Code::LinkInvalid)?;
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
