//! The fake's API: headers first, then idempotency, then the request itself.

use std::sync::Mutex;

use actix_web::http::header::HeaderMap;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::stream;

use super::answer::{Answer, Refusal};
use super::form::{self, Form};
use super::world::{Outage, Request, World};
use super::{SECRET_KEY, WEBHOOK_SECRET};

pub fn routes(config: &mut web::ServiceConfig) {
    config.default_service(web::to(handle));
}

async fn handle(request: HttpRequest, body: web::Bytes, world: web::Data<Mutex<World>>) -> HttpResponse {
    let mut world = world.lock().expect("no test panics while it holds the fake");
    let is_post = request.method() == "POST";
    let form = form::decode(if is_post { &body } else { request.query_string().as_bytes() });
    let key = header(request.headers(), "Idempotency-Key").map(str::to_owned);
    let line = format!("{} {}", request.method(), request.path());
    world.requests.push(Request { line: line.clone(), form: form.clone(), idempotency_key: key.clone() });
    let request_id = world.id("req");

    let outage = world.outages.pop_front();
    match outage {
        Some(Outage::Trouble) => {
            let message = "An unknown error occurred";
            return Answer::from(Err(Refusal::new(500, "api_error", "", "", message))).respond(&request_id);
        }
        Some(Outage::TooMany) => {
            let message = "Request rate limit exceeded. Learn more: https://docs.stripe.com/rate-limits";
            let refusal = Refusal::new(429, "invalid_request_error", "rate_limit", "", message);
            return Answer::from(Err(refusal)).respond(&request_id);
        }
        Some(Outage::Gateway) => {
            return HttpResponse::BadGateway().content_type("text/html").body("<h1>502 Bad Gateway</h1>");
        }
        Some(Outage::Garbled) => {
            return HttpResponse::Ok().content_type("text/html").body("<h1>It works!</h1>");
        }
        Some(Outage::AnswerLost) | None => {}
    }

    if let Err(refusal) = check_headers(&request, is_post) {
        return Answer::from(Err(refusal)).respond(&request_id);
    }
    let replayed = key.as_deref().filter(|_| is_post).and_then(|key| world.replay(key, &form));
    let is_replay = replayed.as_ref().is_some_and(|answer| answer.status < 400);
    let answer = replayed.unwrap_or_else(|| {
        let answer = Answer::from(dispatch(&mut world, &line, &form));
        if let Some(key) = key.as_deref().filter(|_| is_post) {
            world.remember(key, &form, &answer);
        }
        answer
    });
    if outage == Some(Outage::AnswerLost) {
        // The head goes out, the body never comes, and the connection breaks.
        let broken =
            stream::once(async { Err::<web::Bytes, _>(std::io::Error::other("cut off by the test")) });
        return HttpResponse::Ok().streaming(broken);
    }
    let mut response = answer.respond(&request_id);
    if is_replay {
        let value = actix_web::http::header::HeaderValue::from_static("true");
        let name = actix_web::http::header::HeaderName::from_static("idempotent-replayed");
        response.headers_mut().insert(name, value);
    }
    response
}

fn dispatch(world: &mut World, line: &str, form: &Form) -> Result<serde_json::Value, Refusal> {
    let (method, path) = line.split_once(' ').expect("a request line has a method and a path");
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match (method, parts.as_slice()) {
        ("POST", ["v1", "checkout", "sessions"]) => world.create(form),
        ("GET", ["v1", "checkout", "sessions"]) => world.list(form),
        ("GET", ["v1", "checkout", "sessions", id]) => world.retrieve(id, form),
        ("POST", ["v1", "checkout", "sessions", id, "expire"]) => {
            world.expire(id)?;
            world.retrieve(id, &Form::new())
        }
        ("POST", ["v1", "customers"]) => world.create_customer(form),
        ("GET", ["v1", "customers", id, "payment_methods"]) => world.list_methods(id, form),
        ("POST", ["v1", "payment_methods", id, "detach"]) => world.detach(id),
        ("POST", ["v1", "payment_intents"]) => world.charge(form),
        ("GET", ["v1", "payment_intents"]) => world.list_intents(form),
        ("GET", ["v1", "payment_intents", id]) => world.retrieve_intent(id, form),
        ("POST", ["v1", "payment_intents", id, "cancel"]) => world.cancel(id),
        ("POST", ["v1", "refunds"]) => world.create_refund(form),
        ("GET", ["v1", "refunds"]) => world.list_refunds(form),
        ("GET", ["v1", "disputes"]) => world.list_disputes(form),
        _ => {
            let message = format!("Unrecognized request URL ({method}: {path}).");
            Err(Refusal::new(404, "invalid_request_error", "", "", &message))
        }
    }
}

/// The headers every request needs: key, version, and a form as body.
fn check_headers(request: &HttpRequest, is_post: bool) -> Result<(), Refusal> {
    let headers = request.headers();
    let key = header(headers, "Authorization").and_then(|value| value.strip_prefix("Bearer "));
    if key != Some(SECRET_KEY) {
        let message = match key {
            Some(WEBHOOK_SECRET) => "Invalid API Key provided: whsec_****. This is a signing secret.",
            Some(_) => "Invalid API Key provided: sk_test_****",
            None => "You did not provide an API key.",
        };
        return Err(Refusal::new(401, "invalid_request_error", "", "", message));
    }
    if header(headers, "Stripe-Version") != Some(crate::payment::stripe::API_VERSION.as_str()) {
        // Stripe would fall back to the account's version, and its answers might not decode any more.
        let message = "This fake wants the version of the API named in every request.";
        return Err(Refusal::invalid("", "Stripe-Version", message));
    }
    let length = header(headers, "Content-Length").unwrap_or("0");
    let is_form = header(headers, "Content-Type") == Some("application/x-www-form-urlencoded");
    if is_post && length != "0" && !is_form {
        let message =
            "Invalid request (check that your POST content type is application/x-www-form-urlencoded).";
        return Err(Refusal::invalid("", "", message));
    }
    Ok(())
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
