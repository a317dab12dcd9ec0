use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, ORIGIN};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use domain::problem::Code;

use crate::App;
use crate::problem::Failure;

/// Refuses changes that a browser was led to from another site. Cookies are `SameSite=Lax`; this holds
/// where a browser or a sibling subdomain gets around that. Programs that send a bearer token carry no
/// cookie and need no origin.
pub async fn same_origin(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let bearer = request.headers().contains_key(AUTHORIZATION);
    if !safe && !bearer && !same(&request) {
        return Err(Failure::from(Code::CrossOrigin).into());
    }
    next.call(request).await
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
    let host = request.connection_info().host().to_owned();
    let authority = origin.host_str().map(|name| match origin.port() {
        Some(port) => format!("{name}:{port}"),
        None => name.to_owned(),
    });
    authority.is_some_and(|authority| authority == host)
}
