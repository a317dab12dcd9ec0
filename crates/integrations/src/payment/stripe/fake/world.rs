//! What the fake remembers.

use std::collections::{BTreeMap, HashMap, VecDeque};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::answer::{Answer, Refusal};
use super::form::{self, Form};
use super::objects;
use super::saved::Saves;

/// How a request goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outage {
    /// The request is carried out, and the connection breaks before the answer is through.
    AnswerLost,
    /// Stripe has trouble and does nothing.
    Trouble,
    /// Too many requests.
    TooMany,
    /// Something between us and Stripe answers with a page of its own.
    Gateway,
    /// An answer that is no JSON, with status 200.
    Garbled,
}

/// What becomes of a refund when it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundFate {
    /// It takes its time: a bank debit's.
    Pending,
    /// It can't be done, and that is known at once.
    Fails,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// `POST /v1/checkout/sessions`.
    pub line: String,
    /// Fields of the body, or of the query.
    pub form: Form,
    /// The `Idempotency-Key` header.
    pub idempotency_key: Option<String>,
}

/// Everything the fake remembers.
pub struct World {
    pub now: DateTime<Utc>,
    pub requests: Vec<Request>,
    pub outages: VecDeque<Outage>,
    /// By id; ids grow, so this is their order of creation.
    pub sessions: BTreeMap<String, Value>,
    pub intents: BTreeMap<String, Value>,
    pub charges: HashMap<String, Value>,
    /// By id, so in their order of creation.
    pub refunds: BTreeMap<String, Value>,
    pub disputes: BTreeMap<String, Value>,
    pub customers: HashMap<String, Value>,
    pub setups: HashMap<String, Value>,
    /// By id, so in their order of creation.
    pub methods: BTreeMap<String, Value>,
    /// What becomes of a method when it is charged.
    pub behaviours: HashMap<String, Saves>,
    /// What becomes of the next refunds, one each; those after succeed at once.
    pub refund_fates: VecDeque<RefundFate>,
    /// The payment each session will have once somebody tries to pay.
    planned: HashMap<String, Value>,
    answers: HashMap<String, (Form, Answer)>,
    counter: u32,
}

impl World {
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            requests: Vec::new(),
            outages: VecDeque::new(),
            sessions: BTreeMap::new(),
            intents: BTreeMap::new(),
            charges: HashMap::new(),
            refunds: BTreeMap::new(),
            disputes: BTreeMap::new(),
            customers: HashMap::new(),
            setups: HashMap::new(),
            methods: BTreeMap::new(),
            behaviours: HashMap::new(),
            refund_fates: VecDeque::new(),
            planned: HashMap::new(),
            answers: HashMap::new(),
            counter: 0,
        }
    }

    /// An id nothing else has.
    pub fn id(&mut self, prefix: &str) -> String {
        self.counter += 1;
        format!("{prefix}_{:08}Fake", self.counter)
    }

    pub fn created(&self) -> i64 {
        self.now.timestamp()
    }

    /// An event about an object as it is now.
    pub fn event(&mut self, kind: &str, object: &Value) -> Value {
        let id = self.id("evt");
        objects::event(&id, kind, object, self.created())
    }

    pub fn set_now(&mut self, now: DateTime<Utc>) -> Vec<Value> {
        self.now = now;
        let over = |session: &Value| {
            session["status"] == "open"
                && session["expires_at"].as_i64().is_some_and(|end| end <= now.timestamp())
        };
        let ended: Vec<String> =
            self.sessions.iter().filter(|(_, session)| over(session)).map(|(id, _)| id.clone()).collect();
        ended.iter().flat_map(|id| self.expire(id).unwrap_or_default()).collect()
    }

    pub fn object(&self, id: &str) -> &Value {
        let maps = [&self.sessions, &self.intents, &self.methods, &self.refunds, &self.disputes];
        let found = maps.into_iter().find_map(|map| map.get(id));
        let more = [&self.charges, &self.setups, &self.customers];
        let found = found.or_else(|| more.into_iter().find_map(|map| map.get(id)));
        found.unwrap_or_else(|| panic!("the fake has no {id}"))
    }

    pub fn object_mut(&mut self, id: &str) -> &mut Value {
        let maps =
            [&mut self.sessions, &mut self.intents, &mut self.methods, &mut self.refunds, &mut self.disputes];
        let found = maps.into_iter().find_map(|map| map.get_mut(id));
        let more = [&mut self.charges, &mut self.setups, &mut self.customers];
        let found = found.or_else(|| more.into_iter().find_map(|map| map.get_mut(id)));
        found.unwrap_or_else(|| panic!("the fake has no {id}"))
    }

    /// The session's payment, which Stripe makes when somebody first tries to pay.
    pub fn intent_of(&mut self, session: &str) -> String {
        if let Some(id) = self.object(session)["payment_intent"].as_str() {
            return id.to_owned();
        }
        let intent = self.planned.remove(session).expect("every session plans its payment");
        let id = intent["id"].as_str().expect("objects have ids").to_owned();
        self.intents.insert(id.clone(), intent);
        self.object_mut(session)["payment_intent"] = id.clone().into();
        id
    }

    /// `POST /v1/checkout/sessions`.
    pub fn create(&mut self, form: &Form) -> Result<Value, Refusal> {
        if form.get("mode").is_some_and(|mode| mode == "setup") {
            return self.create_setup(form);
        }
        let checkout = form::check(form, self.now)?;
        let (id, intent_id) = (self.id("cs_test"), self.id("pi"));
        let session = objects::session(&id, form, &checkout, self.created());
        let intent = objects::payment_intent(&intent_id, form, &checkout, self.created());
        self.planned.insert(id.clone(), intent);
        self.sessions.insert(id, session.clone());
        Ok(session)
    }

    /// The answer to a POST with a key that was seen before, if there is one.
    pub fn replay(&self, key: &str, form: &Form) -> Option<Answer> {
        let (first, answer) = self.answers.get(key)?;
        if first == form {
            return Some(answer.clone());
        }
        let message = format!(
            "Keys for idempotent requests can only be used with the same parameters they were first used \
             with. Try using a key other than '{key}' if you meant to execute a different request."
        );
        Some(Answer::from(Err(Refusal::new(400, "idempotency_error", "", "", &message))))
    }

    /// Keeps the answer to a key, as Stripe does once the parameters were found to be right: a bank's no, too.
    pub fn remember(&mut self, key: &str, form: &Form, answer: &Answer) {
        if answer.status < 400 || answer.status == 402 {
            self.answers.insert(key.to_owned(), (form.clone(), answer.clone()));
        }
    }

    /// Forgets all keys, as Stripe does after a day.
    pub fn forget_keys(&mut self) {
        self.answers.clear();
    }

    /// `GET /v1/checkout/sessions/{id}`.
    pub fn retrieve(&self, id: &str, query: &Form) -> Result<Value, Refusal> {
        let mut session = self.find(id)?.clone();
        for (key, path) in query {
            if !key.starts_with("expand[") {
                let message = format!("Received unknown parameter: {key}");
                return Err(Refusal::invalid("parameter_unknown", key, &message));
            }
            self.expand(&mut session, path)?;
        }
        Ok(session)
    }

    /// `GET /v1/checkout/sessions`.
    pub fn list(&self, query: &Form) -> Result<Value, Refusal> {
        let limit =
            query.get("limit").map_or(Ok(10), |text| text.parse().map_err(|_| text)).map_err(|text| {
                Refusal::invalid("parameter_invalid_integer", "limit", &format!("Invalid integer: {text}"))
            })?;
        let data: Vec<_> = self.sessions.values().rev().take(limit).collect();
        let has_more = self.sessions.len() > data.len();
        Ok(json!({ "object": "list", "url": "/v1/checkout/sessions", "has_more": has_more, "data": data }))
    }

    pub fn find(&self, id: &str) -> Result<&Value, Refusal> {
        self.sessions.get(id).ok_or_else(|| {
            let message = format!("No such checkout.session: {id}");
            Refusal::new(404, "invalid_request_error", "resource_missing", "session", &message)
        })
    }

    /// Replaces ids by their objects along a path; what is null stays null.
    pub fn expand(&self, session: &mut Value, path: &str) -> Result<(), Refusal> {
        let mut place = session;
        for field in path.split('.') {
            if place.is_null() {
                return Ok(());
            }
            let Some(value) = place.get_mut(field) else {
                let message = format!("This property cannot be expanded ({field}).");
                return Err(Refusal::invalid("", "expand", &message));
            };
            if let Some(id) = value.as_str() {
                *value = self.object(id).clone();
            }
            place = value;
        }
        Ok(())
    }
}
