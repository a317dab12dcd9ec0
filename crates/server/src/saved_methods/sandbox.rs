//! The sandbox's page on which a method is saved.

use actix_web::web::{Data, Json};
use actix_web::{get, post};
use domain::payments::{ConnectionId, Provider, SandboxCard, SandboxSecondStep};
use domain::permission::Permission;
use domain::problem::{Code, Problem};
use domain::saved_methods::{SandboxSetup, SavedMethodId};
use integrations::payment::sandbox::{
    MethodProgress, SIGNATURE_HEADER, SandboxError, SandboxMethod, SandboxProvider,
};
use store::payments::connections;
use store::{Reason, saved_methods};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::App;
use crate::http::{Body, Key, PortalUser};
use crate::payments::sandbox::{failure, refusal};
use crate::payments::sandbox_state::SandboxBooks;
use crate::payments::{inbox, providers};
use crate::problem::Result;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_sandbox_setup).service(save_sandbox_card).service(confirm_sandbox_card);
}

/// A page of the sandbox that the caller may see.
struct Page {
    provider: SandboxProvider<SandboxBooks>,
    connection: ConnectionId,
}

impl Page {
    async fn find(app: &App, user: &PortalUser, permission: Permission, id: SavedMethodId) -> Result<Self> {
        let mut tx = app.store.begin(user, permission).await?;
        let today = tx.caller().time_zone.today(tx.now());
        let method = saved_methods::find(&mut tx, id, today).await?;
        if method.provider != Provider::Sandbox {
            return Err(Code::NotFound.into());
        }
        tx.act_for_organization(Reason::Sandbox).await?;
        let connection = saved_methods::get(&mut tx, id).await?.connection_id;
        let account = connections::find(&mut tx, connection).await?;
        drop(tx);
        Ok(Self { provider: providers::sandbox(app, &account)?, connection })
    }

    /// Tells the server of a change by the way that real providers take.
    async fn tell(&self, app: &App, method: &SandboxMethod) -> Result<()> {
        let webhook = self.provider.method_webhook(method);
        let header = |name: &str| (name == SIGNATURE_HEADER).then_some(webhook.signature.as_str());
        inbox::receive(app, self.connection, header, &webhook.body).await
    }
}

fn view(id: SavedMethodId, method: SandboxMethod) -> SandboxSetup {
    SandboxSetup {
        id,
        open: matches!(method.progress, MethodProgress::Open | MethodProgress::SecondStep(_)),
        second_step: matches!(method.progress, MethodProgress::SecondStep(_)),
        failure: method.failure,
        return_url: method.return_url,
    }
}

/// Open the sandbox's page for saving a card.
#[utoipa::path(tag = "sandbox", responses((status = 200, body = SandboxSetup), (status = "4XX", body = Problem)))]
#[get("/portal/sandbox-setups/{id}")]
async fn get_sandbox_setup(
    user: PortalUser,
    id: Key<SavedMethodId>,
    app: Data<App>,
) -> Result<Json<SandboxSetup>> {
    let page = Page::find(&app, &user, Permission::ViewMoney, *id).await?;
    Ok(Json(view(*id, page.provider.method(&id.to_string()).await.map_err(failure)?)))
}

/// Save a test card on the sandbox's page.
///
/// A card that is declined is no error: the page stays open and says why.
#[utoipa::path(tag = "sandbox", request_body = SandboxCard, responses((status = 200, body = SandboxSetup), (status = "4XX", body = Problem)))]
#[post("/portal/sandbox-setups/{id}/save")]
async fn save_sandbox_card(
    user: PortalUser,
    id: Key<SavedMethodId>,
    body: Body<SandboxCard>,
    app: Data<App>,
) -> Result<Json<SandboxSetup>> {
    let page = Page::find(&app, &user, Permission::Pay, *id).await?;
    let method = page.provider.save_card(&id.to_string(), &body).await.map_err(refusal)?;
    page.tell(&app, &method).await?;
    Ok(Json(view(*id, method)))
}

/// Confirm or refuse to the sandbox's bank that a card is saved.
#[utoipa::path(tag = "sandbox", request_body = SandboxSecondStep, responses((status = 200, body = SandboxSetup), (status = "4XX", body = Problem)))]
#[post("/portal/sandbox-setups/{id}/second-step")]
async fn confirm_sandbox_card(
    user: PortalUser,
    id: Key<SavedMethodId>,
    body: Body<SandboxSecondStep>,
    app: Data<App>,
) -> Result<Json<SandboxSetup>> {
    let page = Page::find(&app, &user, Permission::Pay, *id).await?;
    let method = page
        .provider
        .confirm_card(&id.to_string(), body.confirm)
        .await
        .map_err(|error: SandboxError| refusal(error))?;
    page.tell(&app, &method).await?;
    Ok(Json(view(*id, method)))
}
