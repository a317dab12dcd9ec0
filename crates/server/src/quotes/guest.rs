//! The door of guest links that ask for an access code.

use actix_web::post;
use actix_web::web::{Data, Json};
use domain::problem::{Code, Problem};
use domain::quotes::{UnlockGuest, Unlocked};
use store::Reason;
use store::quotes::guest_links::{self, Door, NewLink};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::App;
use crate::http::{Anyone, Body};
use crate::identity::passwords;
use crate::problem::{Failure, Result};
use crate::secret_token::{self, SecretToken};

/// Unlocking.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(unlock_guest);
}

/// Exchange a guest link and its access code for a link that opens the quote for a day.
///
/// After five wrong codes the link is locked for a quarter of an hour.
#[utoipa::path(tag = "sign-in", request_body = UnlockGuest, responses((status = 200, body = Unlocked), (status = "4XX", body = Problem)))]
#[post("/auth/guest/unlock")]
async fn unlock_guest(who: Anyone, body: Body<UnlockGuest>, app: Data<App>) -> Result<Json<Unlocked>> {
    let hash = secret_token::hash(&body.token);
    let mut tx = app.store.begin_system(Reason::SignIn, who.at).await?;
    let door = guest_links::try_code(&mut tx, &hash).await?;
    tx.commit().await?;
    let trial = match door {
        Door::Open(trial) => trial,
        Door::Nowhere => return Err(Code::LinkInvalid.into()),
        Door::Locked(until) => {
            let seconds = u64::try_from((until - who.at).num_seconds()).unwrap_or_default();
            return Err(Failure::from(Code::LockedOut).retry_after(seconds.max(1)));
        }
    };
    if !passwords::verify(Some(trial.code_hash), body.code.trim().to_owned()).await? {
        return Err(Problem::new(Code::InvalidCredentials)
            .detail("This is not the access code of this quote.")
            .field("/code", "wrong", "must be the access code that you were told")
            .into());
    }
    let mut tx = app.store.begin_worker(trial.organization_id, Reason::SignIn, who.at).await?;
    guest_links::succeeded(&mut tx, &hash).await?;
    let token = SecretToken::generate("");
    let new = NewLink {
        hash: &token.hash,
        client_id: trial.client_id,
        quote_id: trial.quote_id,
        contact_id: trial.contact_id,
        unlocked: true,
    };
    let expires_at = guest_links::insert(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(Json(Unlocked { token: token.text, quote_id: trial.quote_id, expires_at }))
}
