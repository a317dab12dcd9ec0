//! The fake's operations.

use std::collections::HashMap;
use std::sync::Mutex;

use actix_web::web::{Bytes, Data, Path, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::world::{ALGORITHM, Answer, CERTIFICATE, Outage, Request, World, error, invalid, signature};
use super::{CLIENT_ID, CLIENT_SECRET, WEBHOOK_ID};

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/v1/oauth2/token", web::post().to(token))
        .route("/v2/checkout/orders", web::post().to(create_order))
        .route("/v2/checkout/orders/{id}", web::get().to(get_order))
        .route("/v2/checkout/orders/{id}/capture", web::post().to(capture_order))
        .route("/v2/payments/captures/{id}", web::get().to(get_capture))
        .route("/v2/payments/captures/{id}/refund", web::post().to(refund_capture))
        .route("/v1/customer/disputes", web::get().to(list_disputes))
        .route("/v1/customer/disputes/{id}", web::get().to(get_dispute))
        .route("/v1/notifications/webhooks/{id}", web::get().to(get_webhook))
        .route("/v1/notifications/verify-webhook-signature", web::post().to(verify));
}

fn answer((status, body): Answer) -> HttpResponse {
    let status = actix_web::http::StatusCode::from_u16(status).expect("the fake answers with real statuses");
    HttpResponse::build(status).json(body)
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

async fn token(request: HttpRequest, body: Bytes, world: Data<Mutex<World>>) -> HttpResponse {
    use actix_web::http::header::AUTHORIZATION;
    let mut world = world.lock().expect("no test panics while it holds the fake");
    world.requests.push(Request {
        line: "POST /v1/oauth2/token".to_owned(),
        id: None,
        body: String::from_utf8_lossy(&body).into_owned(),
    });
    let expected = format!("Basic {}", base64(&format!("{CLIENT_ID}:{CLIENT_SECRET}")));
    if request.headers().get(AUTHORIZATION).is_none_or(|value| value.as_bytes() != expected.as_bytes()) {
        return answer((
            401,
            json!({ "error": "invalid_client", "error_description": "Client Authentication failed" }),
        ));
    }
    if header(&request, "Content-Type") != Some("application/x-www-form-urlencoded")
        || &body[..] != b"grant_type=client_credentials"
    {
        return answer((
            400,
            json!({ "error": "unsupported_grant_type", "error_description": "Grant Type is NULL" }),
        ));
    }
    let token = world.token();
    answer((200, token))
}

/// Base 64 by RFC 4648, for the one header that needs it.
fn base64(text: &str) -> String {
    use ::base64::Engine;
    ::base64::engine::general_purpose::STANDARD.encode(text)
}

/// What every operation checks first; then it goes on, or goes wrong as the test wants.
fn operate(
    request: &HttpRequest,
    body: &Bytes,
    world: &Mutex<World>,
    act: impl FnOnce(&mut World, &str, &Value) -> Answer,
) -> HttpResponse {
    let mut world = world.lock().expect("no test panics while it holds the fake");
    let text = String::from_utf8_lossy(body).into_owned();
    let id = header(request, "PayPal-Request-Id").map(ToOwned::to_owned);
    let line = format!("{} {}", request.method(), request.path());
    world.requests.push(Request { line, id: id.clone(), body: text.clone() });
    let outage = world.outages.pop_front();
    match outage {
        Some(Outage::Trouble) => {
            return answer(error(503, "SERVICE_UNAVAILABLE", "SERVICE_UNAVAILABLE", "", "Try again."));
        }
        Some(Outage::TooMany) => {
            return answer(error(429, "RATE_LIMIT_REACHED", "RATE_LIMIT_REACHED", "", "Too many requests."));
        }
        Some(Outage::Garbled) => return HttpResponse::Ok().body("<html>"),
        Some(Outage::AnswerLost) | None => {}
    }
    let bearer = header(request, "Authorization").and_then(|value| value.strip_prefix("Bearer "));
    if !bearer.is_some_and(|token| world.knows_token(token)) {
        return answer((
            401,
            json!({ "error": "invalid_token", "error_description": "Token signature verification failed" }),
        ));
    }
    let mut value = Value::Null;
    if request.method() == actix_web::http::Method::POST {
        if header(request, "Content-Type") != Some("application/json") {
            return answer(error(415, "UNSUPPORTED_MEDIA_TYPE", "UNSUPPORTED_MEDIA_TYPE", "", "Send JSON."));
        }
        match serde_json::from_slice(body) {
            Ok(parsed) => value = parsed,
            Err(_) => return answer(invalid("", "MALFORMED_REQUEST_JSON")),
        }
    }
    let said = world.once(request.path(), id.as_deref(), &text, |world| act(world, &text, &value));
    if outage == Some(Outage::AnswerLost) {
        return answer(error(502, "BAD_GATEWAY", "BAD_GATEWAY", "", "The answer was lost."));
    }
    answer(said)
}

async fn create_order(request: HttpRequest, body: Bytes, world: Data<Mutex<World>>) -> HttpResponse {
    operate(&request, &body, &world, |world, _, order| world.create(order))
}

async fn get_order(
    request: HttpRequest,
    id: Path<String>,
    body: Bytes,
    world: Data<Mutex<World>>,
) -> HttpResponse {
    operate(&request, &body, &world, |world, _, _| world.get(&id))
}

async fn capture_order(
    request: HttpRequest,
    id: Path<String>,
    body: Bytes,
    world: Data<Mutex<World>>,
) -> HttpResponse {
    operate(&request, &body, &world, |world, _, order| world.capture(&id, order))
}

async fn get_capture(
    request: HttpRequest,
    id: Path<String>,
    body: Bytes,
    world: Data<Mutex<World>>,
) -> HttpResponse {
    operate(&request, &body, &world, |world, _, _| world.capture_by_id(&id))
}

async fn refund_capture(
    request: HttpRequest,
    id: Path<String>,
    body: Bytes,
    world: Data<Mutex<World>>,
) -> HttpResponse {
    operate(&request, &body, &world, |world, _, refund| world.refund(&id, refund))
}

async fn list_disputes(
    request: HttpRequest,
    query: Query<HashMap<String, String>>,
    body: Bytes,
    world: Data<Mutex<World>>,
) -> HttpResponse {
    operate(&request, &body, &world, |world, _, _| world.list_disputes(&query))
}

async fn get_dispute(
    request: HttpRequest,
    id: Path<String>,
    body: Bytes,
    world: Data<Mutex<World>>,
) -> HttpResponse {
    operate(&request, &body, &world, |world, _, _| world.get_dispute(&id))
}

async fn get_webhook(
    request: HttpRequest,
    id: Path<String>,
    body: Bytes,
    world: Data<Mutex<World>>,
) -> HttpResponse {
    operate(&request, &body, &world, |_, _, _| {
        if *id == WEBHOOK_ID {
            (200, json!({ "id": WEBHOOK_ID, "url": "https://portal.example/", "event_types": [] }))
        } else {
            error(404, "INVALID_RESOURCE_ID", "INVALID_RESOURCE_ID", "", "Invalid webhook ID")
        }
    })
}

async fn verify(request: HttpRequest, body: Bytes, world: Data<Mutex<World>>) -> HttpResponse {
    operate(&request, &body, &world, |_, text, question| {
        let fields = [
            "auth_algo",
            "cert_url",
            "transmission_id",
            "transmission_sig",
            "transmission_time",
            "webhook_id",
        ];
        for field in fields {
            if question[field].as_str().is_none_or(str::is_empty) {
                return error(
                    400,
                    "VALIDATION_ERROR",
                    "MISSING_REQUIRED_PARAMETER",
                    field,
                    "A field is missing.",
                );
            }
        }
        let known = question.as_object().is_some_and(|all| all.len() == fields.len() + 1);
        // The event's own bytes: written anew it has another signature.
        let Some((_, event)) = text.split_once("\"webhook_event\":").filter(|_| known) else {
            return error(
                400,
                "VALIDATION_ERROR",
                "MISSING_REQUIRED_PARAMETER",
                "webhook_event",
                "A field is missing.",
            );
        };
        let event = &event[..event.len() - 1];
        let text_of = |field: &str| question[field].as_str().unwrap_or_default();
        let right =
            signature(text_of("transmission_id"), text_of("transmission_time"), WEBHOOK_ID, event.as_bytes());
        let genuine = text_of("transmission_sig") == right
            && text_of("cert_url") == CERTIFICATE
            && text_of("auth_algo") == ALGORITHM
            && text_of("webhook_id") == WEBHOOK_ID;
        (200, json!({ "verification_status": if genuine { "SUCCESS" } else { "FAILURE" } }))
    })
}
