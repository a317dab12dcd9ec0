//! The fake's operations.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use actix_web::web::{Bytes, Data, Path, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::world::{Answer, Outage, Request, World, error};
use super::{ACCESS_TOKEN, LOCATION_ID};
use crate::payment::square::API_VERSION;

pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/v2/online-checkout/payment-links", web::post().to(create_link))
        .route("/v2/online-checkout/payment-links/{id}", web::delete().to(delete_link))
        .route("/v2/orders/{id}", web::get().to(get_order))
        .route("/v2/payments/{id}", web::get().to(get_payment))
        .route("/v2/refunds", web::post().to(refund))
        .route("/v2/refunds/{id}", web::get().to(get_refund))
        .route("/v2/disputes", web::get().to(list_disputes))
        .route("/v2/locations/{id}", web::get().to(get_location));
}

/// What every operation checks first; then it goes on, or goes wrong as the test wants.
fn operate(
    request: &HttpRequest,
    body: &Bytes,
    world: &Mutex<World>,
    act: impl FnOnce(&mut World, &Value) -> Answer,
) -> HttpResponse {
    let answer = |(status, body): Answer| {
        let status =
            actix_web::http::StatusCode::from_u16(status).expect("the fake answers with real statuses");
        HttpResponse::build(status).json(body)
    };
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let mut world = world.lock().expect("no test panics while it holds the fake");
    let line = format!("{} {}", request.method(), request.path());
    world.requests.push(Request { line, body: String::from_utf8_lossy(body).into_owned() });
    let outage = world.outages.pop_front();
    match outage {
        Some(Outage::Trouble) => {
            return answer(error(503, "API_ERROR", "SERVICE_UNAVAILABLE", "", "Try again."));
        }
        Some(Outage::Garbled) => return HttpResponse::Ok().body("<html>"),
        Some(Outage::AnswerLost) | None => {}
    }
    if header("Authorization") != Some(&format!("Bearer {ACCESS_TOKEN}")) {
        return answer(error(
            401,
            "AUTHENTICATION_ERROR",
            "UNAUTHORIZED",
            "",
            "This request could not be authorized.",
        ));
    }
    if header("Square-Version") != Some(API_VERSION) {
        return answer(error(
            400,
            "INVALID_REQUEST_ERROR",
            "INVALID_SQUARE_VERSION_FORMAT",
            "",
            "Name a version.",
        ));
    }
    let mut value = Value::Null;
    let posts = request.method() == actix_web::http::Method::POST;
    if posts {
        if header("Content-Type") != Some("application/json") {
            return answer(error(415, "INVALID_REQUEST_ERROR", "UNSUPPORTED_MEDIA_TYPE", "", "Send JSON."));
        }
        match serde_json::from_slice(body) {
            Ok(parsed) => value = parsed,
            Err(_) => {
                return answer(error(400, "INVALID_REQUEST_ERROR", "EXPECTED_JSON_BODY", "", "Send JSON."));
            }
        }
    }
    let said = if posts {
        world.once(request.path(), &value, |world| act(world, &value))
    } else {
        act(&mut world, &value)
    };
    if outage == Some(Outage::AnswerLost) {
        return answer(error(502, "API_ERROR", "BAD_GATEWAY", "", "The answer was lost."));
    }
    answer(said)
}

fn found(name: &str, all: &BTreeMap<String, Value>, id: &str) -> Answer {
    match all.get(id) {
        Some(object) => (200, json!({ name: object })),
        None => error(404, "INVALID_REQUEST_ERROR", "NOT_FOUND", "id", "There is no such thing."),
    }
}

async fn create_link(request: HttpRequest, body: Bytes, world: Data<Mutex<World>>) -> HttpResponse {
    operate(&request, &body, &world, World::create)
}

async fn delete_link(
    request: HttpRequest,
    id: Path<String>,
    body: Bytes,
    world: Data<Mutex<World>>,
) -> HttpResponse {
    operate(&request, &body, &world, |world, _| world.delete(&id))
}

async fn get_order(
    request: HttpRequest,
    id: Path<String>,
    body: Bytes,
    world: Data<Mutex<World>>,
) -> HttpResponse {
    operate(&request, &body, &world, |world, _| found("order", &world.orders, &id))
}

async fn get_payment(
    request: HttpRequest,
    id: Path<String>,
    body: Bytes,
    world: Data<Mutex<World>>,
) -> HttpResponse {
    operate(&request, &body, &world, |world, _| found("payment", &world.payments, &id))
}

async fn refund(request: HttpRequest, body: Bytes, world: Data<Mutex<World>>) -> HttpResponse {
    operate(&request, &body, &world, World::refund)
}

async fn get_refund(
    request: HttpRequest,
    id: Path<String>,
    body: Bytes,
    world: Data<Mutex<World>>,
) -> HttpResponse {
    operate(&request, &body, &world, |world, _| found("refund", &world.refunds, &id))
}

async fn list_disputes(
    request: HttpRequest,
    query: Query<HashMap<String, String>>,
    body: Bytes,
    world: Data<Mutex<World>>,
) -> HttpResponse {
    operate(&request, &body, &world, |world, _| world.list_disputes(&query))
}

async fn get_location(
    request: HttpRequest,
    id: Path<String>,
    body: Bytes,
    world: Data<Mutex<World>>,
) -> HttpResponse {
    operate(&request, &body, &world, |_, _| {
        if *id == LOCATION_ID {
            (200, json!({ "location": { "id": LOCATION_ID, "status": "ACTIVE" } }))
        } else {
            error(404, "INVALID_REQUEST_ERROR", "NOT_FOUND", "location_id", "No such location.")
        }
    })
}
