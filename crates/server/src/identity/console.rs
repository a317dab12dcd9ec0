//! The console's door: signing in, staying, going, and standing in another organization.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete, post};
use domain::identity::{SignIn, SignInAnswer, SignInStep, SwitchMember};
use domain::permission::{Audience, Permission};
use domain::problem::{Code, Problem};
use store::identity::sessions::{self, Holder};
use store::identity::members;
use store::{Credential, Reason};
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions::{CONSOLE_SESSION, begin_session};
use super::account::account_here;
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
        Proof::CodeNeeded => return Ok(HttpResponse::Ok().json(SignInAnswer { step: SignInStep::CodeNeeded })),
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
