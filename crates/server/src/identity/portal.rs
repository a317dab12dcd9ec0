//! The portal's door: links, staying, going, and standing in another contact.

use actix_web::http::header;
use actix_web::web::{Bytes, Data, Json};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use domain::events::{Event, Subject};
use domain::identity::{PortalSignedIn, RequestLink, SwitchContact, UseLink};
use domain::organizations::PublicOrganization;
use domain::permission::Audience;
use domain::problem::{Code, Problem};
use domain::text::Slug;
use store::identity::one_time_tokens::{self, Purpose};
use store::identity::sessions::{self, Holder};
use store::identity::visitors;
use store::{Actor, Reason, Tx, events, organizations};
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions::{PORTAL_SESSION, begin_session};
use super::jobs::{self, Asked};
use super::links::next_path;
use super::prove::mailed;
use super::{cookies, renewal};
use crate::App;
use crate::http::{Anyone, Body, Key};
use crate::problem::Result;

/// The portal's door.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(get_public_organization)
        .service(get_logo)
        .service(request_link)
        .service(use_link)
        .service(refresh_portal)
        .service(sign_out_of_portal)
        .service(switch_contact);
}

/// What anybody may know of the organization of this transaction.
pub(super) async fn public(tx: &mut Tx, app: &App) -> Result<PublicOrganization> {
    let organization = organizations::find(tx).await?;
    let (demo, sandbox) = organizations::unreal(tx).await?;
    Ok(PublicOrganization { notice: app.notice(sandbox, demo), ..organizations::public(&organization) })
}

/// Show how an organization's door looks.
#[utoipa::path(tag = "sign-in", responses((status = 200, body = PublicOrganization), (status = "4XX", body = Problem)))]
#[get("/auth/organizations/{slug}")]
async fn get_public_organization(
    who: Anyone,
    slug: Key<Slug>,
    app: Data<App>,
) -> Result<Json<PublicOrganization>> {
    let mut tx = app.store.begin_system(Reason::PublicDoor, who.at).await?;
    let id = organizations::by_slug(&mut tx, &slug).await?;
    tx.enter(id).await?;
    Ok(Json(public(&mut tx, &app).await?))
}

/// Fetch an organization's logo.
#[utoipa::path(tag = "sign-in", responses((status = 200, body = Vec<u8>, content_type = "image/*"), (status = "4XX", body = Problem)))]
#[get("/auth/organizations/{slug}/logo")]
async fn get_logo(
    who: Anyone,
    slug: Key<Slug>,
    request: HttpRequest,
    app: Data<App>,
) -> Result<HttpResponse> {
    let mut tx = app.store.begin_system(Reason::PublicDoor, who.at).await?;
    let id = organizations::by_slug(&mut tx, &slug).await?;
    tx.enter(id).await?;
    let logo = organizations::logo(&mut tx).await?;
    let tag = format!("\"{}\"", logo.hash);
    let known =
        request.headers().get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    // Its address changes with its content, but somebody may ask without the version.
    let versioned = request.query_string() == format!("v={}", logo.hash);
    let keep = if versioned { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.insert_header((header::ETAG, tag)).insert_header((header::CACHE_CONTROL, keep));
    if known {
        return Ok(response.finish());
    }
    Ok(response
        .insert_header((header::CONTENT_TYPE, logo.media_type))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(Bytes::from(logo.bytes)))
}

/// Have a link mailed that signs in. The answer is the same whether or not the address is known. A `next`
/// outside the organization's portal is left aside.
#[utoipa::path(tag = "sign-in", request_body = RequestLink, responses((status = 202), (status = "4XX", body = Problem)))]
#[post("/auth/portal/links")]
async fn request_link(who: Anyone, body: Body<RequestLink>, app: Data<App>) -> Result<HttpResponse> {
    app.limits.count_mail(&body.email)?;
    let mut tx = app.store.begin_system(Reason::SignIn, who.at).await?;
    let organization = organizations::by_slug(&mut tx, &body.organization).await?;
    tx.enter(organization).await?;
    let next = body.next.as_deref().map(|next| next_path(&body.organization, next)).unwrap_or_default();
    jobs::enqueue(&mut tx, jobs::PORTAL_LINK, &Asked { email: body.email.clone(), next }).await?;
    tx.commit().await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Sign in by a mailed link, which works once. Opening the link's page does nothing; this does.
#[utoipa::path(tag = "sign-in", request_body = UseLink, responses((status = 200, body = PortalSignedIn), (status = "4XX", body = Problem)))]
#[post("/auth/portal/sessions")]
async fn use_link(who: Anyone, body: Body<UseLink>, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin_system(Reason::SignIn, who.at).await?;
    let target = one_time_tokens::consume(&mut tx, Purpose::PortalSignIn, &mailed(&body.token)).await?;
    let target = target.ok_or(Code::LinkInvalid)?;
    // Whoever lost access since the link was mailed stays outside.
    let visitor = visitors::find(&mut tx, &target.email, target.organization, target.contact).await?;
    let visitor = visitor.ok_or(Code::LinkInvalid)?;
    tx.enter(visitor.organization_id).await?;
    tx.introduce(Actor::Contact(visitor.id), visitor.name.as_str());
    visitors::seen(&mut tx, visitor.id).await?;
    let event = Event::ContactSignedIn { contact_id: visitor.id, name: visitor.name.to_string() };
    events::record(&mut tx, Subject::Contact(visitor.id), Some(visitor.client_id), &event).await?;
    let holder = Holder::Contact { contact: visitor.id, viewed_by: None };
    let began = begin_session(&mut tx, &holder, &visitor.email, PORTAL_SESSION, &who).await?;
    tx.commit().await?;
    let mut response = HttpResponse::Ok();
    cookies::set(&app, &mut response, &began)?;
    let next = next_path(&visitor.slug, &target.next);
    Ok(response.json(PortalSignedIn { organization: visitor.slug, next }))
}

/// Renew the portal's session. The refresh token works once.
#[utoipa::path(tag = "sign-in", responses((status = 204), (status = "4XX", body = Problem)))]
#[post("/auth/portal/refresh")]
async fn refresh_portal(who: Anyone, request: HttpRequest, app: Data<App>) -> Result<HttpResponse> {
    renewal::renew(&app, &request, &who, Audience::Portal).await
}

/// Sign out of the portal.
#[utoipa::path(tag = "sign-in", responses((status = 204), (status = "4XX", body = Problem)))]
#[delete("/auth/portal/session")]
async fn sign_out_of_portal(who: Anyone, request: HttpRequest, app: Data<App>) -> Result<HttpResponse> {
    renewal::sign_out(&app, &request, &who, Audience::Portal).await
}

/// Stand in another contact of your address: of another client, or at another organization.
#[utoipa::path(tag = "sign-in", request_body = SwitchContact, responses((status = 204), (status = "4XX", body = Problem)))]
#[post("/auth/portal/switch")]
async fn switch_contact(
    who: Anyone,
    request: HttpRequest,
    body: Body<SwitchContact>,
    app: Data<App>,
) -> Result<HttpResponse> {
    let mut tx = app.store.begin_system(Reason::OwnAccount, who.at).await?;
    let session = renewal::session_here(&mut tx, &request, Audience::Portal).await?;
    if session.viewed_by.is_some() {
        return Err(Code::ReadOnlyView.into());
    }
    let visitor = visitors::find(&mut tx, &session.email, None, Some(body.contact_id)).await?;
    let visitor = visitor.ok_or(Code::NotFound)?;
    sessions::stand_in_contact(&mut tx, session.id, visitor.organization_id, visitor.id).await?;
    visitors::seen(&mut tx, visitor.id).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use futures_util::future::join_all;
    use serde_json::{Value, json};

    use crate::testing::{ACME, Answer, Asker, GLOBEX, TestApp};

    async fn ask_for_link(test: &TestApp, email: &str, next: Option<&str>) -> Answer {
        let body = json!({ "organization": ACME, "email": email, "next": next });
        test.post(&Asker::stranger(), "/auth/portal/links", &body).await
    }

    /// The token of the newest mail's link.
    async fn token(test: &TestApp) -> String {
        let link = test.newest_link().await;
        link.strip_prefix("/acme/sign-in/link?token=").expect("a sign-in link").to_owned()
    }

    async fn open(test: &TestApp, token: &str) -> Answer {
        test.post(&Asker::stranger(), "/auth/portal/sessions", &json!({ "token": token })).await
    }

    async fn mails(test: &TestApp) -> usize {
        test.work().await;
        let owner = test.staff("owner").await;
        test.get(&owner, "/mails").await.expect(200)["items"].as_array().unwrap().len()
    }

    #[actix_web::test]
    async fn a_link_signs_in_once() {
        let test = TestApp::new().await;
        assert_eq!(
            ask_for_link(&test, "one@acme.example", Some("/acme/invoices")).await.expect(202),
            Value::Null
        );
        let token = token(&test).await;
        // Opening the page, as scanners of mail do, uses nothing up.
        for _ in 0..2 {
            let page = test.get(&Asker::stranger(), &format!("//acme/sign-in/link?token={token}")).await;
            assert!(page.cookies().is_empty());
        }
        let answer = open(&test, &token).await;
        let cookies: Vec<String> =
            answer.headers.get_all("set-cookie").map(|value| value.to_str().unwrap().to_owned()).collect();
        let cookie = |name: &str| {
            cookies.iter().find(|cookie| cookie.starts_with(name)).expect("the cookie is set").clone()
        };
        assert!(
            cookie("portico_portal=").ends_with("; HttpOnly; SameSite=Lax; Path=/api/v1/portal; Max-Age=300")
        );
        assert!(
            cookie("portico_portal_refresh=")
                .ends_with("; HttpOnly; SameSite=Strict; Path=/api/v1/auth; Max-Age=86400")
        );
        let ana = Asker::stranger().keep_cookies(&answer);
        assert_eq!(answer.expect(200), json!({ "organization": "acme", "next": "/acme/invoices" }));
        let me = test.get(&ana, "/portal/me").await.expect(200);
        assert_eq!((&me["name"], &me["client_name"]), (&json!("Contact one"), &json!("Client one of acme")));
        assert_eq!(me["organization"]["notice"]["mailbox_only"], true);
        assert_eq!(me["viewed_by"], Value::Null);

        assert_eq!(open(&test, &token).await.problem(404), "link_invalid");
        assert_eq!(open(&test, "guess").await.problem(404), "link_invalid");
        let kinds = test.database().texts("select string_agg(actor_kind || ' ' || actor_name || ' ' || kind, ',') from event where kind = 'contact.signed_in'").await.concat();
        assert_eq!(kinds, "contact Contact one contact.signed_in");
        // The session ends after a day, whatever it shows.
        test.app.clock.advance(TimeDelta::hours(24));
        assert_eq!(test.get(&ana, "/portal/me").await.problem(401), "unauthenticated");
        assert_eq!(test.post(&ana, "/auth/portal/refresh", &json!({})).await.problem(401), "unauthenticated");
    }

    #[actix_web::test]
    async fn whether_an_address_is_known_stays_unknown() {
        let test = TestApp::new().await;
        let known = ask_for_link(&test, "one@acme.example", None).await;
        let unknown = ask_for_link(&test, "nobody@acme.example", None).await;
        // A contact of another organization is nobody here.
        let elsewhere = ask_for_link(&test, "one@globex.example", None).await;
        for answer in [&known, &unknown, &elsewhere] {
            assert_eq!((answer.status.as_u16(), answer.bytes.len()), (202, 0));
            assert!(answer.cookies().is_empty());
        }
        assert_eq!(mails(&test).await, 1);
        let body = json!({ "organization": "nowhere", "email": "one@acme.example" });
        assert_eq!(
            test.post(&Asker::stranger(), "/auth/portal/links", &body).await.problem(404),
            "not_found"
        );
        let body = json!({ "organization": ACME, "email": "not an address" });
        let refusal = test.post(&Asker::stranger(), "/auth/portal/links", &body).await.expect(422);
        assert_eq!(refusal["errors"][0]["pointer"], "/email");
    }

    #[actix_web::test]
    async fn an_address_gets_only_so_many_mails() {
        let mut settings = crate::testing::settings();
        settings.auth_rate_limit = 30.try_into().unwrap();
        let test = TestApp::with(settings).await;
        for _ in 0..5 {
            ask_for_link(&test, "nobody@acme.example", None).await.expect(202);
        }
        let refused = ask_for_link(&test, "nobody@acme.example", None).await;
        assert!(refused.header("retry-after").is_some());
        assert_eq!(refused.problem(429), "rate_limited");
        ask_for_link(&test, "one@acme.example", None).await.expect(202);
    }

    #[actix_web::test]
    async fn an_old_link_and_one_of_many_at_once() {
        let test = TestApp::new().await;
        ask_for_link(&test, "one@acme.example", None).await.expect(202);
        let old = token(&test).await;
        test.app.clock.advance(TimeDelta::minutes(15));
        assert_eq!(open(&test, &old).await.problem(404), "link_invalid");

        ask_for_link(&test, "one@acme.example", Some("//evil.example/acme")).await.expect(202);
        let fresh = token(&test).await;
        let answers = join_all((0..6).map(|_| open(&test, &fresh))).await;
        let (signed_in, refused): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|answer| answer.status.is_success());
        assert_eq!((signed_in.len(), refused.len()), (1, 5));
        for answer in signed_in {
            assert_eq!(answer.expect(200)["next"], "/acme", "nobody is led elsewhere");
        }
    }

    #[actix_web::test]
    async fn whoever_lost_access_since_stays_outside() {
        let test = TestApp::new().await;
        ask_for_link(&test, "one@acme.example", None).await.expect(202);
        let token = token(&test).await;
        let ana = test.contact("one").await;
        test.get(&ana, "/portal/me").await.expect(200);
        test.database()
            .execute("update contact set portal_access = false where email = 'one@acme.example'")
            .await;
        assert_eq!(open(&test, &token).await.problem(404), "link_invalid");
        assert_eq!(test.get(&ana, "/portal/me").await.problem(401), "unauthenticated");
    }

    #[actix_web::test]
    async fn one_address_stands_in_any_of_its_contacts() {
        let test = TestApp::new().await;
        // The same person at a client of each organization.
        test.database()
            .execute("update contact set email = 'one@acme.example' where email = 'two@globex.example'")
            .await;
        ask_for_link(&test, "one@acme.example", None).await.expect(202);
        let ana = Asker::stranger().keep_cookies(&open(&test, &token(&test).await).await);
        let me = test.get(&ana, "/portal/me").await.expect(200);
        let places: Vec<_> =
            me["choices"].as_array().unwrap().iter().map(|choice| choice["client_name"].clone()).collect();
        assert_eq!(places, [json!("Client one of acme"), json!("Client two of globex")]);
        let there = &me["choices"][1]["contact_id"];
        test.post(&ana, "/auth/portal/switch", &json!({ "contact_id": there })).await.expect(204);
        let me = test.get(&ana, "/portal/me").await.expect(200);
        assert_eq!(
            (&me["client_name"], &me["organization"]["slug"]),
            (&json!("Client two of globex"), &json!(GLOBEX))
        );
        let others = test.tenants[ACME].contacts["two"];
        assert_eq!(
            test.post(&ana, "/auth/portal/switch", &json!({ "contact_id": others })).await.problem(404),
            "not_found"
        );
        let nobody =
            test.post(&Asker::stranger(), "/auth/portal/switch", &json!({ "contact_id": there })).await;
        assert_eq!(nobody.problem(401), "unauthenticated");
    }

    #[actix_web::test]
    async fn the_door_shows_what_anybody_may_know() {
        let test = TestApp::new().await;
        let door = test.get(&Asker::stranger(), "/auth/organizations/acme").await.expect(200);
        insta::assert_json_snapshot!(door, @r##"
        {
          "brand_color": "#2d6a6a",
          "email": null,
          "language": "en",
          "logo_url": null,
          "name": "acme",
          "notice": {
            "demo": false,
            "mailbox_only": true,
            "sandbox_payments": false
          },
          "phone": "",
          "slug": "acme",
          "trade": "agency"
        }
        "##);
        for path in
            ["/auth/organizations/nowhere", "/auth/organizations/No%20Slug", "/auth/organizations/acme/logo"]
        {
            assert_eq!(test.get(&Asker::stranger(), path).await.problem(404), "not_found", "{path}");
        }
    }
}
