//! The applications' files and the headers that guard every page.

use std::collections::HashMap;
use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::DefaultHeaders;
use actix_web::{HttpRequest, HttpResponse, guard, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::pages;
use domain::problem::Code;
use domain::text::Slug;
use sha2::{Digest, Sha256};
use store::Reason;

use crate::App;
use crate::problem::Result;

/// A file of an application.
pub struct File {
    /// Its path under `frontend/dist`.
    pub name: &'static str,
    /// The beginning of its content's hash.
    pub hash: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
    /// Its bytes, compressed.
    pub brotli: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/files.rs"));

static BY_NAME: LazyLock<HashMap<&'static str, &'static File>> =
    LazyLock::new(|| FILES.iter().map(|file| (file.name, file)).collect());

/// Headers that every answer gets unless its handler says otherwise.
pub fn security_headers(https: bool) -> DefaultHeaders {
    let headers = DefaultHeaders::new()
        .add(("X-Content-Type-Options", "nosniff"))
        .add(("X-Frame-Options", "DENY"))
        .add(("Referrer-Policy", "same-origin"))
        .add(("Cross-Origin-Opener-Policy", "same-origin"))
        .add(("Cross-Origin-Resource-Policy", "same-origin"))
        .add(("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"))
        .add(("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"));
    if https {
        headers.add(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))
    } else {
        headers
    }
}

/// What the applications' pages may do: their own scripts and styles, nothing inline but the loader that
/// the bundler writes, which is named by its hash.
fn policy(html: &str) -> String {
    let hashes: String = inline_scripts(html)
        .map(|script| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(script.as_bytes()))))
        .collect();
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{hashes}; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// The texts of scripts without a source.
fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (text, _) = rest.split_once("</script>")?;
        (!attributes.contains("src=") && !text.is_empty()).then_some(text)
    })
}

/// The page of each application and its policy, found once.
struct Page {
    file: &'static File,
    policy: HeaderValue,
}

static PAGES: LazyLock<HashMap<&'static str, Page>> = LazyLock::new(|| {
    ["portal", "console"]
        .into_iter()
        .filter_map(|application| {
            let file = FILES.iter().find(|file| {
                file.name == format!("{application}/{application}.html")
                    || file.name == format!("{application}/index.html")
            })?;
            let html = std::str::from_utf8(file.bytes).ok()?;
            let policy = HeaderValue::from_str(&policy(html)).ok()?;
            Some((application, Page { file, policy }))
        })
        .collect()
});

/// An application, which says itself when it has nothing at an address; the status says it to everybody else.
fn page(application: &str, is_there: bool, request: &HttpRequest) -> HttpResponse {
    let Some(page) = PAGES.get(application) else {
        return HttpResponse::ServiceUnavailable().content_type("text/plain; charset=utf-8").body(
            "The applications are not part of this build: run `just web`, then build the server again.\n",
        );
    };
    let mut response = serve(page.file, request, "no-cache");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, page.policy.clone());
    if !is_there && response.status().is_success() {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

fn accepts_brotli(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|coding| coding.trim().split(';').next() == Some("br")))
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

fn serve(file: &'static File, request: &HttpRequest, cache: &'static str) -> HttpResponse {
    let tag = format!("\"{}\"", file.hash);
    let known =
        request.headers().get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, cache))
        .insert_header((header::VARY, "accept-encoding"));
    if known {
        return response.finish();
    }
    response.insert_header((header::CONTENT_TYPE, media_type(file.name)));
    if accepts_brotli(request.headers()) {
        response.insert_header((header::CONTENT_ENCODING, "br")).body(file.brotli)
    } else {
        response.insert_header((header::CONTENT_ENCODING, "identity")).body(file.bytes)
    }
}

/// A file by its name, which holds its content's hash: kept for ever.
async fn asset(path: web::Path<String>, request: HttpRequest) -> Result<HttpResponse> {
    let file =
        BY_NAME.get(path.as_str()).filter(|file| !file.name.ends_with(".html")).ok_or(Code::NotFound)?;
    Ok(serve(file, &request, "public, max-age=31536000, immutable"))
}

async fn console(request: HttpRequest) -> HttpResponse {
    page("console", pages::has(pages::CONSOLE, request.match_info().query("rest")), &request)
}

/// The portal of the organization named by the first segment.
async fn portal(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse> {
    let slug: Slug = request.match_info().query("organization").parse().map_err(|_| Code::NotFound)?;
    let mut tx = app.store.begin_system(Reason::PublicDoor, app.clock.now()).await?;
    let known = match store::organizations::by_slug(&mut tx, &slug).await {
        Ok(_) => true,
        Err(store::Error::NotFound) => false,
        Err(error) => return Err(error.into()),
    };
    let is_there = known && pages::has(pages::PORTAL, request.match_info().query("rest"));
    Ok(page("portal", is_there, &request))
}

async fn front_door() -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, "/console")).finish()
}

/// Pages and their files. Registered last: the portal answers for every first segment that is left.
pub fn routes(config: &mut web::ServiceConfig) {
    let page = || web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    config
        .route("/assets/{name:.*}", page().to(asset))
        .route("/", page().to(front_door))
        .route("/console", page().to(console))
        .route("/console/{rest:.*}", page().to(console))
        .route("/{organization}", page().to(portal))
        .route("/{organization}/{rest:.*}", page().to(portal));
}

/// A header of answers that hold somebody's data: no cache keeps them.
pub const PRIVATE: (HeaderName, &str) = (header::CACHE_CONTROL, "no-store");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loader_is_named_by_its_hash_and_nothing_else_is_inline() {
        let html = "<script type=\"module\">a()</script><script src=\"x.js\"></script>";
        assert_eq!(inline_scripts(html).collect::<Vec<_>>(), ["a()"]);
        let policy = policy(html);
        assert!(policy.contains("'sha256-"));
        assert!(!policy.contains("unsafe-inline"));
    }

    #[actix_web::test]
    async fn unknown_organizations_and_files_are_not_found() {
        use crate::testing::{Asker, TestApp};
        let test = TestApp::new().await;
        // Without the applications in the build, pages say so.
        let found = if FILES.is_empty() { 503 } else { 200 };
        let absent = if FILES.is_empty() { 503 } else { 404 };
        for (path, status) in [
            ("//acme", found),
            ("//acme/invoices/inv_x", found),
            ("//acme/invoices/inv_x/lines", absent),
            ("//acme/nothing", absent),
            ("//console", found),
            ("//console/clients", found),
            ("//console/nothing", absent),
            ("//nobody", absent),
            ("//no_slug/x", 404),
            ("//assets/portal/missing.js", 404),
        ] {
            let answer = test.get(&Asker::stranger(), path).await;
            assert_eq!(answer.status.as_u16(), status, "{path}");
            assert!(answer.header("content-security-policy").is_some(), "{path}");
        }
    }
}
