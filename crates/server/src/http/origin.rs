use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HOST, ORIGIN};
use actix_web::middleware::Next;
use actix_web::{Error, ResponseError, web};
use domain::problem::Code;

use super::callers::bearer;
use crate::App;
use crate::problem::Failure;

/// Refuses changes that a browser was led to from another site. Cookies are `SameSite=Lax`; this holds
/// where a browser or a sibling subdomain gets around that. Programs that send a bearer token carry no
/// cookie and need no origin; other kinds of `Authorization` a browser may add by itself.
pub async fn same_origin<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || bearer(request.request()).is_some() || same(&request) {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    // Answered here rather than failed: the headers that guard every page are added on the way out.
    Ok(request.into_response(Failure::from(Code::CrossOrigin).error_response()).map_into_right_body())
}

fn same(request: &ServiceRequest) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    // Browsers say themselves whether the page that asks is ours.
    if let Some(site) = header("sec-fetch-site")
        && !matches!(site, "same-origin" | "none")
    {
        return false;
    }
    let Some(origin) = header(ORIGIN.as_str()) else { return true };
    let Ok(origin) = url::Url::parse(origin) else { return false };
    let ours = request.app_data::<web::Data<App>>().map(|app| &app.settings.public_url);
    if ours.is_some_and(|ours| ours.origin() == origin.origin()) {
        return true;
    }
    // Reached under another name, e.g. 127.0.0.1 instead of localhost: the host asked for is the page's.
    let host = header(HOST.as_str())
        .or_else(|| request.uri().authority().map(actix_web::http::uri::Authority::as_str));
    let authority = origin.host_str().map(|name| match origin.port() {
        Some(port) => format!("{name}:{port}"),
        None => name.to_owned(),
    });
    authority.as_deref().is_some_and(|authority| Some(authority) == host)
}

#[cfg(test)]
mod tests {
    use crate::testing::{Asker, TestApp};
    use serde_json::json;

    #[actix_web::test]
    async fn changes_come_from_our_own_pages_or_from_programs() {
        let test = TestApp::new().await;
        let owner = test.staff("owner").await;
        let body = json!({ "name": "Olga" });
        let change = async |asker: Asker| test.patch(&asker, "/me", &body).await;
        let refused = [
            owner.clone().header("origin", "https://evil.example"),
            owner.clone().header("origin", "null"),
            owner.clone().header("origin", "http://localhost:8080.evil.example"),
            owner.clone().header("sec-fetch-site", "cross-site"),
            owner.clone().header("sec-fetch-site", "same-site"),
            // A browser that knows a password for the host adds this to any site's request.
            owner
                .clone()
                .header("origin", "https://evil.example")
                .header("authorization", "Basic b2xnYTpvbGdh"),
            // What a proxy didn't say doesn't make a host ours.
            owner.clone().header("origin", "https://evil.example").header("x-forwarded-host", "evil.example"),
        ];
        for asker in refused {
            let answer = change(asker.clone()).await;
            assert_eq!(answer.header("x-content-type-options").as_deref(), Some("nosniff"));
            assert_eq!(answer.problem(403), "cross_origin", "{asker:?}");
        }
        change(
            owner.clone().header("origin", "http://localhost:8080").header("sec-fetch-site", "same-origin"),
        )
        .await
        .expect(200);
        change(owner.clone().header("origin", "http://127.0.0.1:8080").header("host", "127.0.0.1:8080"))
            .await
            .expect(200);
        change(owner.clone()).await.expect(200);
        // Reading changes nothing.
        test.get(&owner.header("sec-fetch-site", "cross-site"), "/me").await.expect(200);
    }
}
