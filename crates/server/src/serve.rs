//! Answers requests until told to stop.

use std::time::Duration;

use actix_web::middleware::Compress;
use actix_web::{App as ActixApp, HttpServer};
use tokio::sync::watch;
use tracing_actix_web::TracingLogger;
use utoipa::OpenApi;
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::SwaggerUi;

use crate::App;
use crate::api;
use crate::logging::RequestSpan;

/// How often to look for new keys.
const KEY_ROUND: Duration = Duration::from_mins(1);

/// The whole application for one worker thread, and the description of its API.
#[macro_export]
macro_rules! application {
    ($app:expr) => {{
        let app: $crate::App = $app;
        let https = app.settings.public_url.scheme() == "https";
        let (built, description) = utoipa_actix_web::AppExt::into_utoipa_app(
            actix_web::App::new().app_data(actix_web::web::Data::new(app)),
        )
        .openapi(<$crate::api::Description as utoipa::OpenApi>::openapi())
        .service(
            utoipa_actix_web::scope::scope("/api/v1")
                .wrap(actix_web::middleware::DefaultHeaders::new().add($crate::pages::PRIVATE))
                .wrap(actix_web::middleware::from_fn($crate::http::same_origin))
                .wrap(actix_web::middleware::from_fn($crate::http::limit))
                .configure($crate::api::routes),
        )
        .split_for_parts();
        let built = built
            .service($crate::health::healthz)
            .service($crate::health::readyz)
            .service($crate::health::metrics)
            .app_data(actix_web::web::Data::new($crate::api::methods::Methods::of(&description)))
            .service($crate::serve::swagger($crate::api::description::complete(description)))
            .configure($crate::pages::routes)
            .default_service(actix_web::web::to($crate::api::methods::refuse))
            .wrap(actix_web::middleware::from_fn($crate::health::count))
            .wrap($crate::pages::security_headers(https));
        built
    }};
}

/// The API's description, as `openapi/openapi.json` keeps it.
pub fn description() -> utoipa::openapi::OpenApi {
    let (_, description) = ActixApp::new()
        .into_utoipa_app()
        .openapi(api::Description::openapi())
        .service(utoipa_actix_web::scope::scope("/api/v1").configure(api::routes))
        .split_for_parts();
    api::description::complete(description)
}

/// The pages at `/api/docs`, all of whose files are in the binary.
pub fn swagger(description: utoipa::openapi::OpenApi) -> SwaggerUi {
    SwaggerUi::new("/api/docs/{_:.*}").url("/api/openapi.json", description)
}

/// Listens and answers. When `stop` turns true, no new connection is taken and running requests are finished.
pub async fn serve(app: App, mut stop: watch::Receiver<bool>) -> std::io::Result<()> {
    let (listen, served) = (app.settings.listen, app.clone());
    let server = HttpServer::new(move || {
        application!(served.clone()).wrap(Compress::default()).wrap(TracingLogger::<RequestSpan>::new())
    })
    .bind(listen)?
    .shutdown_timeout(20)
    .keep_alive(Duration::from_secs(75))
    .disable_signals()
    .run();
    let handle = server.handle();
    let keys = tokio::spawn(watch_keys(app, stop.clone()));
    let running = tokio::spawn(server);
    let _ = stop.wait_for(|stop| *stop).await;
    handle.stop(true).await;
    keys.abort();
    running.await.map_err(std::io::Error::other)?
}

/// Learns of keys that other processes make, and makes the next one in time: whoever answers requests checks
/// and signs, with or without a worker beside it.
async fn watch_keys(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(KEY_ROUND) => {}
            _ = stop.changed() => return,
        }
        if let Err(error) = app.tokens.refresh(&app.store, &app.vault, app.clock.now()).await {
            tracing::error!(%error, "the keys could not be refreshed");
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_description_is_the_present_one() {
        let present = super::description().to_pretty_json().unwrap();
        let committed = include_str!("../../../openapi/openapi.json");
        assert!(present.trim() == committed.trim(), "openapi/openapi.json is out of date: run `just gen`");
    }
}
