//! Bad input is refused well, wherever it comes in: every operation gets broken bodies, hostile values in every
//! field and parameter, and paths that name nothing. None may fail on our side, and every refusal is a problem.

use std::collections::BTreeMap;

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{Operation, objects, operations};
use crate::api::description::Audience;
use crate::testing::{ACME, Answer, Asker, TestApp};

/// Values that no field was made for, or only just.
fn hostile() -> Vec<Value> {
    vec![
        Value::Null,
        json!(""),
        json!("   "),
        json!("nul\u{0}byte"),
        json!("\u{202e}desrever \u{1f9fe}\u{feff}"),
        json!("x".repeat(70_000)),
        json!("'; drop table invoice; --"),
        json!("2026-02-30"),
        json!("99999999999999999999999999999.99"),
        json!("1e309"),
        json!("NaN"),
        json!(-1),
        json!(0),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1e308),
        json!(0.1),
        json!(true),
        json!([]),
        json!([null]),
        json!({}),
        json!({ "amount": i64::MAX, "currency": "EUR" }),
        json!({ "amount": -1, "currency": "XXX" }),
    ]
}

/// What a body is broken with as a whole, and the statuses that may answer.
fn broken() -> Vec<(&'static str, Vec<u8>, &'static [u16])> {
    let mut large = br#"{"x":""#.to_vec();
    large.resize(2 * 1024 * 1024, b'x');
    large.extend_from_slice(br#""}"#);
    vec![
        ("nothing", Vec::new(), &[400]),
        ("half an object", b"{\"a\":".to_vec(), &[400, 422]),
        ("two values", b"{} {}".to_vec(), &[400, 422]),
        ("not UTF-8", b"{\"a\":\"\xff\xfe\"}".to_vec(), &[400, 422]),
        ("a lone surrogate", br#"{"a":"\ud800"}"#.to_vec(), &[400, 422]),
        ("2 MB", large, &[413, 422]),
        ("100,000 brackets", vec![b'['; 100_000], &[400, 422]),
        ("a list", b"[]".to_vec(), &[400, 422]),
        ("null", b"null".to_vec(), &[400, 422]),
        ("an unknown field", br#"{"no_such_field":1}"#.to_vec(), &[422]),
    ]
}

/// Who asks, by side; at the doors, a member who is in.
struct Askers {
    staff: Asker,
    contact: Asker,
}

impl Askers {
    fn of(&self, operation: &Operation) -> Asker {
        let asker = match operation.audience() {
            Audience::Portal => self.contact.clone(),
            Audience::Anyone | Audience::Staff => self.staff.clone(),
        };
        asker.header("If-Match", "\"1\"")
    }
}

async fn set_up(test: &TestApp) -> (BTreeMap<&'static str, String>, Askers) {
    let objects = objects::make(test, ACME).await;
    (objects, Askers { staff: test.staff("owner").await, contact: test.contact("one").await })
}

/// What is wrong with an answer that should be a refusal or a success, never a failure.
fn fault(answer: &Answer) -> Option<String> {
    let status = answer.status.as_u16();
    let problem = answer.header("content-type").is_some_and(|value| value == "application/problem+json");
    if status >= 500 || (status >= 400 && !problem) {
        return Some(format!("{status} {}", answer.body));
    }
    None
}

/// The operation's path; what strangers name is a secret that nobody was given.
fn path_of(operation: &Operation, objects: &BTreeMap<&'static str, String>) -> String {
    match operation.filled(objects) {
        Ok(path) => path,
        Err(_) if operation.audience() == Audience::Anyone => {
            let path = operation.path.strip_prefix("/api/v1").unwrap_or(&operation.path).split('/');
            path.map(|part| if part.starts_with('{') { "guess" } else { part }).collect::<Vec<_>>().join("/")
        }
        Err(missing) => panic!("make one in walk::objects: {missing}"),
    }
}

#[actix_web::test]
async fn broken_bodies_are_refused() {
    let test = TestApp::new().await;
    let (objects, askers) = set_up(&test).await;
    let mut wrong = Vec::new();
    for operation in operations().iter().filter(|operation| operation.body.is_some()) {
        // A provider's event is bytes with a signature until that is checked.
        if operation.path.contains("/webhooks/") {
            continue;
        }
        let (asker, path) = (askers.of(operation), path_of(operation, &objects));
        for (what, bytes, statuses) in broken() {
            let answer = test.send_bytes(operation.method.clone(), &asker, &path, Some(bytes)).await;
            let status = answer.status.as_u16();
            if fault(&answer).is_some() || !statuses.contains(&status) {
                wrong.push(format!("{}, {what}: {status} {}", operation.id, answer.body));
            }
        }
        let text = asker.header("Content-Type", "text/plain");
        let answer = test.send(operation.method.clone(), &text, &path, operation.body.as_ref()).await;
        if answer.status.as_u16() != 415 {
            wrong.push(format!("{}, text/plain: {} {}", operation.id, answer.status, answer.body));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Every place in a body, as JSON pointers.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let place = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                found.push(place.clone());
                places(value, &place, found);
            }
        }
        Value::Array(items) => {
            if let Some(first) = items.first() {
                let place = format!("{at}/0");
                found.push(place.clone());
                places(first, &place, found);
            }
        }
        _ => {}
    }
}

#[actix_web::test]
async fn hostile_values_fail_nothing() {
    let test = TestApp::new().await;
    let (objects, askers) = set_up(&test).await;
    let mut wrong = Vec::new();
    for operation in operations() {
        let Some(body) = &operation.full_body else { continue };
        let (asker, path) = (askers.of(&operation), path_of(&operation, &objects));
        let mut found = Vec::new();
        places(body, "", &mut found);
        for place in found {
            for value in hostile() {
                let mut body = body.clone();
                *body.pointer_mut(&place).expect("the place was found") = value.clone();
                let answer = test.send(operation.method.clone(), &asker, &path, Some(&body)).await;
                if let Some(fault) = fault(&answer) {
                    let value: String = value.to_string().chars().take(40).collect();
                    wrong.push(format!("{} {place} = {value}: {fault}", operation.id));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} faults: {wrong:#?}", wrong.len());
}

#[actix_web::test]
async fn hostile_parameters_are_refused() {
    let test = TestApp::new().await;
    let (objects, askers) = set_up(&test).await;
    let mut wrong = Vec::new();
    for operation in operations().iter().filter(|operation| operation.method == Method::GET) {
        let (asker, path) = (askers.of(operation), path_of(operation, &objects));
        for parameter in &operation.query {
            for value in [
                "",
                "0",
                "-1",
                "101",
                "99999999999",
                "abc",
                "%00",
                "%FF%FE",
                "2026-02-30",
                "bm90IGEgY3Vyc29y",
                "eyJhIjoxfQ",
                "%F0%9F%92%A9",
                "a%27%20or%201%3D1--",
            ] {
                let answer = test.get(&asker, &format!("{path}?{parameter}={value}")).await;
                let status = answer.status.as_u16();
                let refused = (400..500).contains(&status);
                let must = matches!(parameter.as_str(), "limit" | "cursor") && !value.is_empty();
                if let Some(fault) = fault(&answer) {
                    wrong.push(format!("{}?{parameter}={value}: {fault}", operation.id));
                } else if must && !refused {
                    wrong.push(format!("{}?{parameter}={value}: {status}", operation.id));
                }
            }
        }
        if !operation.query.is_empty() {
            let status = test.get(&asker, &format!("{path}?no_such_parameter=1")).await.status.as_u16();
            if status != 400 {
                wrong.push(format!("{}, an unknown parameter: {status}", operation.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[actix_web::test]
async fn paths_that_name_nothing_are_not_found() {
    let test = TestApp::new().await;
    let (_, askers) = set_up(&test).await;
    let long = "x".repeat(4000);
    let mut wrong = Vec::new();
    for operation in operations().iter().filter(|operation| operation.names_an_object()) {
        for value in [
            "zzz_01h455vb4pex5vsknk084sn02q", // another kind's
            "inv_01h455vb4pex5vsknk084sn02",  // too short
            "inv_ILLEGALILLEGALILLEGALILLE",
            "0",
            "-1",
            "null",
            "%00",
            "%FF",
            "..%2F..%2Fetc%2Fpasswd",
            "%F0%9F%92%A9",
            &long,
        ] {
            let everywhere = objects::KINDS.iter().map(|(kind, _)| (*kind, value.to_owned())).collect();
            let answer = test
                .send(
                    operation.method.clone(),
                    &askers.of(operation),
                    &path_of(operation, &everywhere),
                    operation.body.as_ref(),
                )
                .await;
            let status = answer.status.as_u16();
            let shown: String = value.chars().take(40).collect();
            if let Some(fault) = fault(&answer) {
                wrong.push(format!("{} {shown}: {fault}", operation.id));
            } else if operation.audience() != Audience::Anyone && status != 404 {
                wrong.push(format!("{} {shown}: {status}", operation.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
