//! A forgotten password.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use domain::identity::{RequestPasswordReset, ResetPassword};
use domain::problem::{Code, Problem};
use store::Reason;
use store::identity::one_time_tokens::{self, Purpose};
use store::identity::sessions::{self, Owner};
use store::identity::{accounts, lockout, members};
use utoipa_actix_web::service_config::ServiceConfig;

use super::jobs::{self, Asked};
use super::passwords;
use super::prove::mailed;
use crate::App;
use crate::http::{Anyone, Body};
use crate::problem::Result;

/// Forgotten passwords.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(request_password_reset).service(reset_password);
}

/// Have a link mailed that sets a new password. The answer is the same whether or not the address is known.
#[utoipa::path(tag = "sign-in", request_body = RequestPasswordReset, responses((status = 202), (status = "4XX", body = Problem)))]
#[post("/auth/console/password-resets")]
async fn request_password_reset(
    who: Anyone,
    body: Body<RequestPasswordReset>,
    app: Data<App>,
) -> Result<HttpResponse> {
    app.limits.count_mail(&body.email)?;
    let mut tx = app.store.begin_system(Reason::SignIn, who.at).await?;
    // The mail bears the name of an organization of the account's. For an address that nobody has, any
    // organization's worker finds that out.
    if let Some(organization) = members::mailing_organization(&mut tx, &body.email).await? {
        tx.enter(organization).await?;
        let asked = Asked { email: body.email.clone(), next: String::new() };
        jobs::enqueue(&mut tx, jobs::PASSWORD_RESET, &asked).await?;
        tx.commit().await?;
    }
    Ok(HttpResponse::Accepted().finish())
}

/// Set a new password by a mailed link. All sessions end; the second step, where one is on, stays.
#[utoipa::path(tag = "sign-in", request_body = ResetPassword, responses((status = 204), (status = "4XX", body = Problem)))]
#[post("/auth/console/password")]
async fn reset_password(who: Anyone, body: Body<ResetPassword>, app: Data<App>) -> Result<HttpResponse> {
    let token = mailed(&body.token);
    let mut tx = app.store.begin_system(Reason::SignIn, who.at).await?;
    one_time_tokens::find(&mut tx, Purpose::PasswordReset, &token).await?.ok_or(Code::LinkInvalid)?;
    drop(tx);
    let hash = passwords::hash(&body.password).await?;
    let mut tx = app.store.begin_system(Reason::SignIn, who.at).await?;
    let target =
        one_time_tokens::consume(&mut tx, Purpose::PasswordReset, &token).await?.ok_or(Code::LinkInvalid)?;
    let account = target.account.ok_or(Code::LinkInvalid)?;
    accounts::set_password(&mut tx, account, &hash).await?;
    one_time_tokens::void_for_account(&mut tx, Purpose::PasswordReset, account).await?;
    sessions::end_all(&mut tx, &Owner::Account(account), None).await?;
    lockout::succeeded(&mut tx, &target.email).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
