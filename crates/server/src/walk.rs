//! Nobody sees what isn't theirs: walks every operation of the API as those who must be refused.
//!
//! The walk reads the API's own description, so a new operation is covered the moment it exists; one
//! whose path names a kind of object that [`objects`] doesn't make fails until it does. The lists of
//! exceptions may only shrink.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::api::description::Audience;
use crate::testing::{ACME, Asker, GLOBEX, TestApp};

mod bad_input;
mod objects;
mod sample;

/// One operation of the description.
struct Operation {
    id: String,
    method: Method,
    path: String,
    /// Names of query parameters.
    query: Vec<String>,
    /// A body with what is required.
    body: Option<Value>,
    /// A body with every field that there is.
    full_body: Option<Value>,
}

fn operations() -> Vec<Operation> {
    let api = serde_json::to_value(crate::serve::description()).unwrap();
    let mut all = Vec::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let body = |extent| (!schema.is_null()).then(|| sample::of(&api, schema, extent));
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            all.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method,
                path: path.clone(),
                query: parameters
                    .filter(|parameter| parameter["in"] == "query")
                    .filter_map(|parameter| Some(parameter["name"].as_str()?.to_owned()))
                    .collect(),
                body: body(sample::Extent::Required),
                full_body: body(sample::Extent::Everything),
            });
        }
    }
    all
}

impl Operation {
    fn audience(&self) -> Audience {
        Audience::of(&self.path)
    }

    /// The path with its parameters filled in, or the parameter that nothing is known for.
    fn filled(&self, objects: &BTreeMap<&'static str, String>) -> Result<String, String> {
        let path = self.path.strip_prefix("/api/v1").unwrap_or(&self.path);
        let parts: Vec<&str> = path.split('/').collect();
        let mut filled = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            if part.starts_with('{') {
                let kind = parts[at - 1];
                filled.push(objects.get(kind).ok_or(format!("{}: {kind}", self.path))?.as_str());
            } else {
                filled.push(part);
            }
        }
        Ok(filled.join("/"))
    }

    fn names_an_object(&self) -> bool {
        self.path.contains('{')
    }

    async fn ask(&self, test: &TestApp, asker: &Asker, path: &str) -> (u16, String) {
        let asker = asker.clone().header("If-Match", "\"1\"");
        let answer = test.send(self.method.clone(), &asker, path, self.body.as_ref()).await;
        (answer.status.as_u16(), answer.body["code"].as_str().unwrap_or_default().to_owned())
    }
}

/// A value nobody's object has, for operations that a stranger asks for.
fn anything() -> BTreeMap<&'static str, String> {
    objects::KINDS
        .iter()
        .map(|(kind, prefix)| (*kind, format!("{prefix}01h455vb4pex5vsknk084sn02q")))
        .collect()
}

#[actix_web::test]
async fn strangers_are_sent_to_the_door() {
    let test = TestApp::new().await;
    let mut wrong = Vec::new();
    for operation in operations() {
        if operation.audience() == Audience::Anyone {
            continue;
        }
        let path = operation.filled(&anything()).unwrap();
        for (who, asker) in [
            ("nobody", Asker::stranger()),
            ("a made-up token", Asker::stranger().header("Authorization", "Bearer ptk_guess")),
            ("a made-up guest", Asker::stranger().header("Portico-Guest", "guess")),
            (
                "a forged cookie",
                Asker::stranger().cookie("portico_console", "a.b.c").cookie("portico_portal", "a.b.c"),
            ),
        ] {
            let (status, code) = operation.ask(&test, &asker, &path).await;
            if (status, code.as_str()) != (401, "unauthenticated") {
                wrong.push(format!("{} as {who}: {status} {code}", operation.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[actix_web::test]
async fn each_side_has_its_own_door() {
    let test = TestApp::new().await;
    let (staff, contact) = (test.staff("owner").await, test.contact("one").await);
    let mut wrong = Vec::new();
    for operation in operations() {
        let asker = match operation.audience() {
            Audience::Anyone => continue,
            Audience::Portal => &staff,
            Audience::Staff => &contact,
        };
        let path = operation.filled(&anything()).unwrap();
        let (status, code) = operation.ask(&test, asker, &path).await;
        if (status, code.as_str()) != (401, "unauthenticated") {
            wrong.push(format!("{}: {status} {code}", operation.id));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[actix_web::test]
async fn another_organization_s_objects_do_not_exist() {
    let test = TestApp::new().await;
    let objects = objects::make(&test, ACME).await;
    let (staff, contact) = (test.staff_of(GLOBEX, "owner").await, test.contact_of(GLOBEX, "one").await);
    let mut wrong = Vec::new();
    for operation in operations().into_iter().filter(Operation::names_an_object) {
        let asker = match operation.audience() {
            Audience::Anyone => continue,
            Audience::Portal => &contact,
            Audience::Staff => &staff,
        };
        let path = operation
            .filled(&objects)
            .unwrap_or_else(|missing| panic!("make one in walk::objects: {missing}"));
        let (status, code) = operation.ask(&test, asker, &path).await;
        if status != 404 {
            wrong.push(format!("{}: {status} {code}", operation.id));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[actix_web::test]
async fn another_client_s_objects_do_not_exist() {
    let test = TestApp::new().await;
    // Everything is made for the client `one`; `two` asks.
    let objects = objects::make(&test, ACME).await;
    let contact = test.contact("two").await;
    let mut wrong = Vec::new();
    for operation in operations().into_iter().filter(Operation::names_an_object) {
        if operation.audience() != Audience::Portal {
            continue;
        }
        let path = operation.filled(&objects).unwrap();
        let (status, code) = operation.ask(&test, &contact, &path).await;
        if status != 404 {
            wrong.push(format!("{}: {status} {code}", operation.id));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What every member or contact may do: their own account and tokens, the portal's home, and the feeds,
/// which leave out what they may not see.
const OWN_ACCOUNT: &[&str] = &[
    "/me",
    "/account/",
    "/api-tokens",
    "/activity",
    "/portal/me",
    "/portal/sessions",
    "/portal/home",
    "/portal/activity",
];

#[actix_web::test]
async fn without_the_permission_it_is_forbidden() {
    let test = TestApp::new().await;
    let objects = objects::make(&test, ACME).await;
    objects::take_all_permissions(&test, ACME).await;
    let (staff, contact) = (test.staff("technician").await, test.contact("one").await);
    let mut wrong = BTreeSet::new();
    for operation in operations() {
        let asker = match operation.audience() {
            Audience::Anyone => continue,
            Audience::Portal => &contact,
            Audience::Staff => &staff,
        };
        let path = operation.filled(&objects).unwrap();
        if OWN_ACCOUNT.iter().any(|own| path == *own || path.starts_with(own)) {
            continue;
        }
        let (status, code) = operation.ask(&test, asker, &path).await;
        if (status, code.as_str()) != (403, "forbidden") {
            wrong.insert(format!("{}: {status} {code}", operation.id));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[actix_web::test]
async fn a_member_who_views_as_a_contact_changes_nothing() {
    let test = TestApp::new().await;
    let objects = objects::make(&test, ACME).await;
    let viewer = objects::viewer(&test, ACME).await;
    let mut wrong = BTreeSet::new();
    for operation in operations() {
        // Looking is a POST that writes nothing for viewers; it answers without effect.
        if operation.audience() != Audience::Portal
            || operation.method == Method::GET
            || operation.id.ends_with("viewed")
        {
            continue;
        }
        let (status, code) = operation.ask(&test, &viewer, &operation.filled(&objects).unwrap()).await;
        if (status, code.as_str()) != (403, "read_only_view") {
            wrong.insert(format!("{}: {status} {code}", operation.id));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_operation_is_documented() {
    let api = serde_json::to_value(crate::serve::description()).unwrap();
    let mut ids = BTreeSet::new();
    let mut wrong = Vec::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values().filter(|value| value.is_object()) {
            let id = operation["operationId"].as_str().unwrap_or_default();
            if !ids.insert(id.to_owned()) {
                wrong.push(format!("{path}: the operation id {id} is taken"));
            }
            if operation["summary"].as_str().is_none_or(str::is_empty) || operation["tags"] == json!([]) {
                wrong.push(format!("{path}: {id} needs a summary and a tag"));
            }
            if operation["responses"]["4XX"].is_null() && Audience::of(path) != Audience::Anyone {
                wrong.push(format!("{path}: {id} doesn't say how it refuses"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
