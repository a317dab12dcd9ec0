//! The sandbox's payment page.

use actix_web::web::{Data, Json};
use actix_web::{get, post};
use domain::payments::{
    AttemptState, ConnectionId, Provider, SandboxCard, SandboxCheckout, SandboxSecondStep,
};
use domain::permission::Permission;
use domain::problem::{Code, Problem};
use integrations::payment::sandbox::{
    Progress, SIGNATURE_HEADER, SandboxError, SandboxProvider, SandboxSession,
};
use integrations::payment::{PaymentError, PaymentProvider};
use store::payments::{attempts, connections};
use utoipa_actix_web::service_config::ServiceConfig;

use super::sandbox_state::SandboxBooks;
use super::{inbox, providers};
use crate::App;
use crate::http::{Body, Key, PortalUser};
use crate::problem::{Failure, Result};

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(get_sandbox_checkout)
        .service(pay_sandbox_checkout)
        .service(answer_sandbox_second_step)
        .service(cancel_sandbox_checkout);
}

/// A page of the sandbox that the caller may see.
struct Page {
    provider: SandboxProvider<SandboxBooks>,
    connection: ConnectionId,
}

impl Page {
    async fn find(app: &App, user: &PortalUser, permission: Permission, reference: &str) -> Result<Self> {
        let mut tx = app.store.begin(user, permission).await?;
        let (_, connection) = attempts::by_reference(&mut tx, Provider::Sandbox, reference).await?;
        tx.act_for_organization(store::Reason::Sandbox).await?;
        let account = connections::find(&mut tx, connection).await?;
        drop(tx);
        Ok(Self { provider: providers::sandbox(app, &account)?, connection })
    }

    /// Tells the server of a change by the way that real providers take.
    async fn tell(&self, app: &App, session: &SandboxSession) -> Result<()> {
        let webhook = self.provider.webhook(session);
        let header = |name: &str| (name == SIGNATURE_HEADER).then_some(webhook.signature.as_str());
        inbox::receive(app, self.connection, header, &webhook.body).await
    }
}

fn view(session: SandboxSession) -> SandboxCheckout {
    let second_step = session.progress == Progress::SecondStep;
    let (state, failure) = match session.progress {
        Progress::Open | Progress::SecondStep => (AttemptState::Open, session.failure),
        Progress::Processing { .. } => (AttemptState::Processing, None),
        Progress::Succeeded => (AttemptState::Succeeded, None),
        Progress::Failed { reason, .. } => (AttemptState::Failed, Some(reason)),
        Progress::Expired => (AttemptState::Expired, session.failure),
    };
    SandboxCheckout {
        second_step,
        reference: session.reference,
        description: session.description,
        amount: session.amount,
        state,
        failure,
        return_url: session.return_url,
        cancel_url: session.cancel_url,
    }
}

/// What somebody learns whose card was not taken as typed.
pub(crate) fn refusal(error: SandboxError) -> Failure {
    match error {
        SandboxError::Card(error) => {
            Problem::invalid(error.pointer(), "invalid_card", error.to_string()).into()
        }
        SandboxError::NotWaiting(error) => Problem::new(Code::Conflict).detail(error.to_string()).into(),
        SandboxError::Payment(error) => failure(error),
    }
}

/// The sandbox keeps its own books: what it doesn't know isn't there, and nobody else is to blame.
pub(crate) fn failure(error: PaymentError) -> Failure {
    match error {
        PaymentError::NotFound => Code::NotFound.into(),
        error => providers::failure(error),
    }
}

/// Open the sandbox's payment page.
#[utoipa::path(tag = "sandbox", responses((status = 200, body = SandboxCheckout), (status = "4XX", body = Problem)))]
#[get("/portal/sandbox/{reference}")]
async fn get_sandbox_checkout(
    user: PortalUser,
    reference: Key<String>,
    app: Data<App>,
) -> Result<Json<SandboxCheckout>> {
    let page = Page::find(&app, &user, Permission::ViewMoney, &reference).await?;
    Ok(Json(view(page.provider.session(&reference).await.map_err(failure)?)))
}

/// Pay on the sandbox's page with a test card.
///
/// A card that is declined is no error: the page stays open and says why.
#[utoipa::path(tag = "sandbox", request_body = SandboxCard, responses((status = 200, body = SandboxCheckout), (status = "4XX", body = Problem)))]
#[post("/portal/sandbox/{reference}/pay")]
async fn pay_sandbox_checkout(
    user: PortalUser,
    reference: Key<String>,
    body: Body<SandboxCard>,
    app: Data<App>,
) -> Result<Json<SandboxCheckout>> {
    let page = Page::find(&app, &user, Permission::Pay, &reference).await?;
    let session = page.provider.pay(&reference, &body).await.map_err(refusal)?;
    page.tell(&app, &session).await?;
    Ok(Json(view(session)))
}

/// Confirm or refuse the payment to the sandbox's bank.
#[utoipa::path(tag = "sandbox", request_body = SandboxSecondStep, responses((status = 200, body = SandboxCheckout), (status = "4XX", body = Problem)))]
#[post("/portal/sandbox/{reference}/second-step")]
async fn answer_sandbox_second_step(
    user: PortalUser,
    reference: Key<String>,
    body: Body<SandboxSecondStep>,
    app: Data<App>,
) -> Result<Json<SandboxCheckout>> {
    let page = Page::find(&app, &user, Permission::Pay, &reference).await?;
    let session = page.provider.second_step(&reference, body.confirm).await.map_err(refusal)?;
    page.tell(&app, &session).await?;
    Ok(Json(view(session)))
}

/// Turn back from the sandbox's payment page, and close it.
#[utoipa::path(tag = "sandbox", responses((status = 200, body = SandboxCheckout), (status = "4XX", body = Problem)))]
#[post("/portal/sandbox/{reference}/cancel")]
async fn cancel_sandbox_checkout(
    user: PortalUser,
    reference: Key<String>,
    app: Data<App>,
) -> Result<Json<SandboxCheckout>> {
    let page = Page::find(&app, &user, Permission::Pay, &reference).await?;
    page.provider.expire(&reference).await.map_err(failure)?;
    let session = page.provider.session(&reference).await.map_err(failure)?;
    page.tell(&app, &session).await?;
    Ok(Json(view(session)))
}
