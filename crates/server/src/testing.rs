//! A whole server in the test's own process, with two organizations that must never see each other.

use std::collections::HashMap;

use actix_web::body::BoxBody;
use actix_web::cookie::Cookie;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::test;
use chrono::{DateTime, TimeDelta, Utc};
use clap::Parser;
use domain::clients::{ClientId, ClientKind, ContactId, NewClient, NewContact};
use domain::identity::{MemberId, SessionId};
use domain::organizations::{OrganizationId, SetUp, Trade};
use domain::permission::{Audience, DefaultRole};
use domain::text::{Address, EmailAddress, Language};
use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use serde_json::Value;
use store::identity::sessions::Holder;
use store::{Reason, Store, Tx};
use testkit::database::TestDatabase;
use tokio::sync::OnceCell;

use crate::App;
use crate::clock::Clock;
use crate::config::Settings;
use crate::http::cookies;
use crate::vault::Vault;

/// The organization most tests act in; the other one is `globex`.
pub const ACME: &str = "acme";
/// The organization whose data must not be seen from the first.
pub const GLOBEX: &str = "globex";

/// The password of accounts that tests make.
pub const PASSWORD: &str = "correct horse battery";

/// When every test begins.
pub fn start() -> DateTime<Utc> {
    "2026-03-02T09:00:00Z".parse().expect("an instant")
}

/// An organization of a test and its people.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// Its id.
    pub id: OrganizationId,
    /// Its members by the key of their role: `owner`, `manager`, `advisor`, `parts`, `technician`.
    pub members: HashMap<&'static str, MemberId>,
    /// Its two clients: `one` and `two`.
    pub clients: HashMap<&'static str, ClientId>,
    /// Each client's contact, by the client's name.
    pub contacts: HashMap<&'static str, ContactId>,
}

/// A server with a database of its own and a clock that stands still.
pub struct TestApp {
    /// What handlers and jobs get.
    pub app: App,
    /// Organizations by slug.
    pub tenants: HashMap<&'static str, Tenant>,
    /// What answers requests: built at the first, because building takes longer than answering.
    service: OnceCell<Answering>,
    /// Keeps the database until the test ends.
    database: TestDatabase,
}

type Answered = Result<ServiceResponse<BoxBody>, actix_web::Error>;
type Answering = Box<dyn Fn(actix_http::Request) -> LocalBoxFuture<'static, Answered>>;

async fn build(app: App) -> Answering {
    let service = test::init_service(crate::application!(app)).await;
    Box::new(move |request| {
        let answer = service.call(request);
        Box::pin(async move { answer.await.map(ServiceResponse::map_into_boxed_body) })
    })
}

/// A settings parser with nothing but defaults.
#[derive(Parser)]
struct Defaults {
    #[command(flatten)]
    settings: Settings,
}

/// Settings as they are without any flag, but for tests that ask more often than people do.
pub fn settings() -> Settings {
    Defaults::parse_from(["portico", "--rate-limit=100000", "--auth-rate-limit=100000"]).settings
}

/// Somebody who asks: credentials for requests.
#[derive(Debug, Clone, Default)]
pub struct Asker {
    cookies: Vec<(String, String)>,
    headers: Vec<(String, String)>,
}

impl Asker {
    /// Nobody.
    pub fn stranger() -> Self {
        Self::default()
    }

    /// Adds a header to every request.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Adds a cookie to every request.
    #[must_use]
    pub fn cookie(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.cookies.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }
}

impl Asker {
    /// Takes over the cookies that an answer sets, as a browser does, wherever they are sent.
    #[must_use]
    pub fn keep_cookies(mut self, answer: &Answer) -> Self {
        for (name, value) in answer.cookies() {
            self.cookies.retain(|(kept, _)| *kept != name);
            if !value.is_empty() {
                self.cookies.push((name, value));
            }
        }
        self
    }

    /// The value of a cookie.
    pub fn cookie_value(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(kept, _)| kept == name).map(|(_, value)| value.as_str())
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: actix_web::http::header::HeaderMap,
    /// Its body; null if it has none or isn't JSON.
    pub body: Value,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body, after checking the status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.body);
        self.body
    }

    /// The problem's code, after checking the status.
    #[track_caller]
    pub fn problem(self, status: u16) -> String {
        assert_eq!(
            self.headers.get("content-type").and_then(|v| v.to_str().ok()),
            Some("application/problem+json")
        );
        self.expect(status)["code"].as_str().expect("problems have codes").to_owned()
    }

    /// Cookies that it sets, by name.
    pub fn cookies(&self) -> Vec<(String, String)> {
        self.headers
            .get_all("set-cookie")
            .filter_map(|value| Cookie::parse(value.to_str().ok()?.to_owned()).ok())
            .map(|cookie| (cookie.name().to_owned(), cookie.value().to_owned()))
            .collect()
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned)
    }
}

impl TestApp {
    /// A server on which nobody has set up anything.
    pub async fn empty(settings: Settings) -> Self {
        let database = TestDatabase::create().await;
        let store =
            Store::connect(database.app_options(), 10).await.expect("the application's role connects");
        let clock = Clock::standing_at(start());
        let app = App::new(store, clock, settings, Vault::new([7; 32])).await.expect("the parts fit");
        Self { app, tenants: HashMap::new(), service: OnceCell::new(), database }
    }

    /// A server with both organizations.
    pub async fn new() -> Self {
        Self::with(settings()).await
    }

    /// A server that is set up in a particular way.
    pub async fn with(settings: Settings) -> Self {
        let mut test = Self::empty(settings).await;
        for slug in [ACME, GLOBEX] {
            test.tenants.insert(slug, seed(&test.app, slug).await);
        }
        test
    }

    /// The database's owner, for looking where nobody else may.
    pub fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// The first organization.
    pub fn acme(&self) -> &Tenant {
        &self.tenants[ACME]
    }

    /// A member of the first organization by role.
    pub async fn staff(&self, role: &'static str) -> Asker {
        self.staff_of(ACME, role).await
    }

    /// A member of an organization by role.
    pub async fn staff_of(&self, slug: &'static str, role: &'static str) -> Asker {
        let tenant = &self.tenants[slug];
        let mut tx = self.worker(slug).await;
        // Sessions need an account only for what spans organizations; identity's own tests sign in properly.
        let account = {
            let mut system =
                self.app.store.begin_system(Reason::SignIn, self.now()).await.expect("a transaction");
            let email = unique_email(role);
            let id = store::identity::accounts::insert(&mut system, &email, "no password", Language::En)
                .await
                .expect("an account");
            system.commit().await.expect("a commit");
            id
        };
        let holder = Holder::Member { account, member: tenant.members[role] };
        let session = self.session(&mut tx, &holder, &email_of(slug, role)).await;
        tx.commit().await.expect("a commit");
        self.signed_in(session, Audience::Console)
    }

    /// The contact of a client of the first organization.
    pub async fn contact(&self, client: &'static str) -> Asker {
        self.contact_of(ACME, client).await
    }

    /// The contact of a client of an organization.
    pub async fn contact_of(&self, slug: &'static str, client: &'static str) -> Asker {
        let mut tx = self.worker(slug).await;
        let holder = Holder::Contact { contact: self.tenants[slug].contacts[client], viewed_by: None };
        let session = self.session(&mut tx, &holder, &email_of(slug, client)).await;
        tx.commit().await.expect("a commit");
        self.signed_in(session, Audience::Portal)
    }

    /// Gives a member an account, as if they had accepted their invitation; the password is [`PASSWORD`].
    pub async fn join(&self, slug: &'static str, role: &'static str) {
        let password = PASSWORD.to_owned().try_into().expect("a password");
        let hash = crate::identity::passwords::hash(&password).await.expect("a hash");
        let mut tx = self.worker(slug).await;
        let member = self.tenants[slug].members[role];
        crate::identity::actions::give_account(&mut tx, member, &hash, Language::En)
            .await
            .expect("an account");
        tx.commit().await.expect("a commit");
    }

    /// The newest mail of the first organization, after doing what is due.
    pub async fn newest_mail(&self) -> Value {
        self.work().await;
        let owner = self.staff("owner").await;
        let mails = self.get(&owner, "/mails").await.expect(200);
        let id = mails["items"][0]["id"].as_str().expect("there is a mail");
        self.get(&owner, &format!("/mails/{id}")).await.expect(200)
    }

    /// The link in the newest mail, from its path on.
    pub async fn newest_link(&self) -> String {
        let mail = self.newest_mail().await;
        let link = mail["links"][0].as_str().expect("the mail has a link");
        link.strip_prefix("http://localhost:8080").expect("links lead here").to_owned()
    }

    async fn session(&self, tx: &mut Tx, holder: &Holder, email: &EmailAddress) -> SessionId {
        store::identity::sessions::insert(tx, holder, email, TimeDelta::days(30), "127.0.0.1", "test")
            .await
            .expect("a session")
    }

    /// Credentials for a session.
    pub fn signed_in(&self, session: SessionId, audience: Audience) -> Asker {
        let token = self.app.tokens.issue(session, audience, self.now()).expect("a key");
        let name = match audience {
            Audience::Console => cookies::CONSOLE,
            Audience::Portal => cookies::PORTAL,
        };
        Asker::stranger().cookie(name, token)
    }

    /// The present instant of the test.
    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    /// Lets time pass, and makes keys for it as a running server does.
    pub async fn advance(&self, by: TimeDelta) {
        self.app.clock.advance(by);
        self.app.tokens.refresh(&self.app.store, &self.app.vault, self.now()).await.expect("keys");
    }

    /// A transaction on an organization's behalf.
    pub async fn worker(&self, slug: &'static str) -> Tx {
        self.app
            .store
            .begin_worker(self.tenants[slug].id, Reason::Operator, self.now())
            .await
            .expect("a transaction")
    }

    /// Does all jobs that are due, and those they cause.
    pub async fn work(&self) {
        while crate::worker::work_once(&self.app).await.expect("jobs can be claimed") > 0 {}
    }

    /// Fails if anything that is kept disagrees with the ledger, in either organization.
    #[track_caller]
    pub fn expect_the_ledger_to_agree(&self) -> impl Future<Output = ()> {
        let at = std::panic::Location::caller();
        async move {
            for slug in [ACME, GLOBEX] {
                let mut tx = self.worker(slug).await;
                let found =
                    store::ledger::verify(&mut tx, &mut |_| {}).await.expect("the ledger can be read");
                assert!(found.is_empty(), "{at}, {slug}: {found:#?}");
            }
        }
    }

    /// Asks.
    pub async fn get(&self, asker: &Asker, path: &str) -> Answer {
        self.send(Method::GET, asker, path, None::<&Value>).await
    }

    /// Posts a body.
    pub async fn post(&self, asker: &Asker, path: &str, body: &impl Serialize) -> Answer {
        self.send(Method::POST, asker, path, Some(body)).await
    }

    /// Puts a body.
    pub async fn put(&self, asker: &Asker, path: &str, body: &impl Serialize) -> Answer {
        self.send(Method::PUT, asker, path, Some(body)).await
    }

    /// Patches.
    pub async fn patch(&self, asker: &Asker, path: &str, body: &impl Serialize) -> Answer {
        self.send(Method::PATCH, asker, path, Some(body)).await
    }

    /// Deletes.
    pub async fn delete(&self, asker: &Asker, path: &str) -> Answer {
        self.send(Method::DELETE, asker, path, None::<&Value>).await
    }

    /// Sends a request. Paths begin at the API: `/clients`; those beginning with `//` are taken as they are.
    pub async fn send(
        &self,
        method: Method,
        asker: &Asker,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Answer {
        let bytes = body.map(|body| serde_json::to_vec(body).expect("bodies are JSON"));
        self.send_bytes(method, asker, path, bytes).await
    }

    /// Sends bytes that say they are JSON.
    pub async fn send_bytes(
        &self,
        method: Method,
        asker: &Asker,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Answer {
        let service = self.service.get_or_init(|| build(self.app.clone())).await;
        let uri = path
            .strip_prefix('/')
            .filter(|rest| rest.starts_with('/'))
            .map_or_else(|| format!("/api/v1{path}"), ToOwned::to_owned);
        let mut request =
            test::TestRequest::default().method(method).uri(&uri).peer_addr(([127, 0, 0, 1], 4000).into());
        for (name, value) in &asker.cookies {
            request = request.cookie(Cookie::new(name.clone(), value.clone()));
        }
        for (name, value) in &asker.headers {
            request = request.insert_header((name.as_str(), value.as_str()));
        }
        if let Some(body) = body {
            request = request.set_payload(body);
            if !asker.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
                request = request.insert_header(("content-type", "application/json"));
            }
        }
        let response = match service(request.to_request()).await {
            Ok(response) => response,
            Err(error) => {
                // Middleware refuses by error; a real server answers with its response, too.
                let response = error.error_response();
                let (status, headers) = (response.status(), response.headers().clone());
                let bytes =
                    actix_web::body::to_bytes(response.into_body()).await.unwrap_or_default().to_vec();
                return Answer {
                    status,
                    headers,
                    body: serde_json::from_slice(&bytes).unwrap_or_default(),
                    bytes,
                };
            }
        };
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = test::read_body(response).await.to_vec();
        Answer { status, headers, body: serde_json::from_slice(&bytes).unwrap_or_default(), bytes }
    }
}

fn email_of(slug: &str, who: &str) -> EmailAddress {
    format!("{who}@{slug}.example").parse().expect("an address")
}

fn unique_email(who: &str) -> EmailAddress {
    let token = crate::secret_token::SecretToken::generate("");
    format!("{who}-{}@accounts.example", hex::encode(&token.hash[..6])).parse().expect("an address")
}

/// An organization with a member of every role and two clients with a contact each.
async fn seed(app: &App, slug: &'static str) -> Tenant {
    let now = app.clock.now();
    let id: OrganizationId = store::fresh(now);
    let mut tx = app.store.begin_system(Reason::SetUp, now).await.expect("a transaction");
    let new = SetUp {
        organization_name: slug.parse().expect("a name"),
        slug: slug.parse().expect("a slug"),
        trade: Trade::Agency,
        time_zone: "Europe/Berlin".parse().expect("a zone"),
        currency: "EUR".parse().expect("a currency"),
        language: Language::En,
        owner_name: "Olga Owner".parse().expect("a name"),
        owner_email: email_of(slug, "owner"),
        password: "correct horse battery".to_owned().try_into().expect("a password"),
    };
    store::organizations::insert(&mut tx, id, &new, false).await.expect("an organization");
    let roles = store::identity::roles::insert_defaults(&mut tx).await.expect("roles");
    let mut members = HashMap::new();
    for (role, role_id) in DefaultRole::ALL.into_iter().zip(roles) {
        let name = format!("{} of {slug}", role.key()).parse().expect("a name");
        let member =
            store::identity::members::insert(&mut tx, &name, &email_of(slug, role.key()), role_id, None)
                .await;
        members.insert(role.key(), member.expect("a member"));
    }
    let (mut clients, mut contacts) = (HashMap::new(), HashMap::new());
    for name in ["one", "two"] {
        let client = NewClient {
            name: format!("Client {name} of {slug}").parse().expect("a name"),
            kind: ClientKind::Company,
            external_id: String::new().try_into().expect("a line"),
            phone: String::new().try_into().expect("a line"),
            address: Address::default(),
            tax_number: String::new().try_into().expect("a line"),
            internal_note: "for staff only".to_owned().try_into().expect("a note"),
            contact: None,
        };
        let client = store::clients::insert(&mut tx, &client).await.expect("a client");
        let contact = NewContact {
            name: format!("Contact {name}").parse().expect("a name"),
            email: email_of(slug, name),
            phone: String::new().try_into().expect("a line"),
            job_title: String::new().try_into().expect("a line"),
            language: None,
            primary: true,
            portal_access: true,
            permissions: None,
        };
        let contact = store::clients::contacts::insert(&mut tx, client, &contact).await.expect("a contact");
        clients.insert(name, client);
        contacts.insert(name, contact);
    }
    tx.commit().await.expect("a commit");
    Tenant { id, members, clients, contacts }
}
