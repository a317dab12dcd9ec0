//! How the organization's settings are called.

use actix_web::web::{Data, Payload};
use actix_web::{HttpResponse, delete, get, patch, put};
use domain::events::{Event, Subject};
use domain::organizations::{Organization, OrganizationPatch};
use domain::permission::Permission;
use domain::problem::{Code, Problem};
use sha2::{Digest, Sha256};
use store::organizations::{self, Logo};
use store::{Tx, events};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::App;
use crate::http::{Body, IfMatch, Staff, Versioned, changed, conflict, read};
use crate::problem::Result;

/// The most bytes of a logo.
const LOGO_LIMIT: usize = 512 * 1024;

/// The organization's settings.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_organization).service(change_organization).service(put_logo).service(delete_logo);
}

/// Show the organization's settings.
#[utoipa::path(tag = "organization", responses((status = 200, body = Organization), (status = "4XX", body = Problem)))]
#[get("/organization")]
async fn get_organization(staff: Staff, app: Data<App>) -> Result<Versioned<Organization>> {
    let mut tx = app.store.begin(&staff, Permission::ManageOrganization).await?;
    let organization = organizations::find(&mut tx).await?;
    let version = organization.version;
    Ok(Versioned::ok(organization, version))
}

/// Change the organization's settings.
#[utoipa::path(tag = "organization", request_body = OrganizationPatch, responses((status = 200, body = Organization), (status = "4XX", body = Problem)))]
#[patch("/organization")]
async fn change_organization(
    staff: Staff,
    version: IfMatch,
    body: Body<OrganizationPatch>,
    app: Data<App>,
) -> Result<Versioned<Organization>> {
    let mut tx = app.store.begin(&staff, Permission::ManageOrganization).await?;
    let before = organizations::find(&mut tx).await?;
    if before.version != version.0 {
        return Err(conflict(&body.0, &before, before.version));
    }
    let fields = changed(&body.0, &before);
    if fields.is_empty() {
        return Ok(Versioned::ok(before, version.0));
    }
    match organizations::update(&mut tx, version.0, &body).await {
        Err(store::Error::VersionMismatch) => {
            let present = organizations::find(&mut tx).await?;
            return Err(conflict(&body.0, &present, present.version));
        }
        updated => updated?,
    }
    record(&mut tx, fields).await?;
    let after = organizations::find(&mut tx).await?;
    tx.commit().await?;
    let version = after.version;
    Ok(Versioned::ok(after, version))
}

async fn record(tx: &mut Tx, fields: Vec<String>) -> Result<()> {
    events::record(tx, Subject::Organization, None, &Event::OrganizationChanged { fields }).await?;
    Ok(())
}

/// What bytes are, by how they begin; what they are said to be doesn't count. SVG may hold scripts, so it is
/// none of these.
fn sniff(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// Set the logo: PNG, JPEG or WebP of at most 512 kB, as it is.
#[utoipa::path(
    tag = "organization",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Organization), (status = "4XX", body = Problem))
)]
#[put("/organization/logo")]
async fn put_logo(staff: Staff, payload: Payload, app: Data<App>) -> Result<Versioned<Organization>> {
    // Who may not set it needn't send it.
    drop(app.store.begin(&staff, Permission::ManageOrganization).await?);
    let bytes = read(payload, LOGO_LIMIT).await?.to_vec();
    let media_type = sniff(&bytes).ok_or_else(|| {
        Problem::new(Code::UnsupportedMediaType).detail("A logo is a PNG, JPEG or WebP picture.")
    })?;
    let hash = hex::encode(&Sha256::digest(&bytes)[..8]);
    let mut tx = app.store.begin(&staff, Permission::ManageOrganization).await?;
    organizations::set_logo(&mut tx, Some(&Logo { bytes, media_type: media_type.to_owned(), hash })).await?;
    record(&mut tx, vec!["logo_url".to_owned()]).await?;
    let after = organizations::find(&mut tx).await?;
    tx.commit().await?;
    let version = after.version;
    Ok(Versioned::ok(after, version))
}

/// Remove the logo.
#[utoipa::path(tag = "organization", responses((status = 204), (status = "4XX", body = Problem)))]
#[delete("/organization/logo")]
async fn delete_logo(staff: Staff, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&staff, Permission::ManageOrganization).await?;
    organizations::set_logo(&mut tx, None).await?;
    record(&mut tx, vec!["logo_url".to_owned()]).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

#[cfg(test)]
mod tests {
    use actix_web::http::Method;
    use serde_json::{Value, json};

    use crate::testing::{Answer, Asker, TestApp};

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    #[actix_web::test]
    async fn settings_change_with_their_version_and_tell_what_changed() {
        let test = TestApp::new().await;
        let owner = test.staff("owner").await;
        let at = |version: i64| owner.clone().header("If-Match", format!("\"{version}\""));
        let shown = test.get(&owner, "/organization").await;
        assert_eq!(shown.header("etag").as_deref(), Some("\"1\""));
        shown.expect(200);
        let patch = json!({ "name": "Acme & Co", "brand_color": "#AA3300", "currency": "EUR" });
        assert_eq!(test.patch(&owner, "/organization", &patch).await.problem(428), "precondition_required");
        let changed = test.patch(&at(1), "/organization", &patch).await.expect(200);
        assert_eq!((&changed["name"], &changed["brand_color"]), (&json!("Acme & Co"), &json!("#aa3300")));
        let event =
            test.database().texts("select data::text from event where kind = 'organization.changed'").await;
        assert_eq!(event, [r#"{"fields": ["brand_color", "name"]}"#]);
        // What the other editor changed, too; what only this one changes is no conflict.
        let stale = test
            .patch(&at(1), "/organization", &json!({ "name": "Acme", "phone": "", "slug": "acme-2" }))
            .await;
        assert_eq!(
            stale.expect(412)["current"],
            json!({ "name": "Acme & Co", "slug": "acme", "version": 2 })
        );
        assert_eq!(
            test.patch(&at(2), "/organization", &patch).await.expect(200)["version"],
            2,
            "nothing changes"
        );
    }

    #[actix_web::test]
    async fn bad_settings_are_refused_by_name() {
        let test = TestApp::new().await;
        let owner = test.staff("owner").await.header("If-Match", "\"1\"");
        for (field, value) in [
            ("slug", json!("console")),
            ("time_zone", json!("Mars/Olympus")),
            ("currency", json!("XXQ")),
            ("brand_color", json!("red")),
            ("payment_terms_days", json!(366)),
            ("minimum_partial_minor", json!(0)),
            ("name", json!("  ")),
        ] {
            let refusal = test.patch(&owner, "/organization", &json!({ field: value })).await.expect(422);
            assert_eq!(refusal["errors"][0]["pointer"], format!("/{field}"));
        }
        assert_eq!(
            test.patch(&owner, "/organization", &json!({ "id": "x" })).await.problem(422),
            "validation"
        );
        assert_eq!(
            test.patch(&owner, "/organization", &json!({ "slug": "globex" })).await.problem(409),
            "already_exists"
        );
        let manager = test.staff("manager").await.header("If-Match", "\"1\"");
        assert_eq!(
            test.patch(&manager, "/organization", &json!({ "name": "M" })).await.problem(403),
            "forbidden"
        );
    }

    async fn put(test: &TestApp, asker: &Asker, bytes: &[u8]) -> Answer {
        // What the sender says it is doesn't count.
        let asker = asker.clone().header("content-type", "image/png");
        test.send_bytes(Method::PUT, &asker, "/organization/logo", Some(bytes.to_vec())).await
    }

    #[actix_web::test]
    async fn a_logo_is_a_picture_and_served_as_nothing_else() {
        let test = TestApp::new().await;
        let owner = test.staff("owner").await;
        let organization = put(&test, &owner, PNG).await.expect(200);
        let url = organization["logo_url"].as_str().unwrap();
        assert_eq!(organization["version"], 1, "an open form of settings can still be saved");
        let stranger = Asker::stranger();
        assert_eq!(test.get(&stranger, "/auth/organizations/acme").await.expect(200)["logo_url"], url);
        let logo = test.get(&stranger, &format!("/{url}")).await;
        assert_eq!(logo.bytes, PNG);
        assert_eq!(logo.header("content-type").as_deref(), Some("image/png"));
        assert_eq!(logo.header("x-content-type-options").as_deref(), Some("nosniff"));
        assert_eq!(logo.header("cache-control").as_deref(), Some("public, max-age=31536000, immutable"));
        let tag = logo.header("etag").unwrap();
        let again =
            test.get(&stranger.clone().header("If-None-Match", tag), "/auth/organizations/acme/logo").await;
        assert_eq!((again.status.as_u16(), again.bytes.len()), (304, 0));
        assert_eq!(again.header("cache-control").as_deref(), Some("no-cache"));
        test.delete(&owner, "/organization/logo").await.expect(204);
        assert_eq!(test.get(&stranger, "/auth/organizations/acme/logo").await.problem(404), "not_found");
        assert_eq!(test.get(&owner, "/organization").await.expect(200)["logo_url"], Value::Null);
    }

    #[actix_web::test]
    async fn what_is_no_picture_or_too_large_is_refused() {
        let test = TestApp::new().await;
        let owner = test.staff("owner").await;
        for bytes in
            [&b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"[..], b"<html>", b"", b"GIF89a", b"RIFF1234WAVE"]
        {
            assert_eq!(put(&test, &owner, bytes).await.problem(415), "unsupported_media_type");
        }
        let mut large = PNG.to_vec();
        large.resize(super::LOGO_LIMIT, 0);
        put(&test, &owner, &large).await.expect(200);
        large.push(0);
        assert_eq!(put(&test, &owner, &large).await.problem(413), "payload_too_large");
        assert_eq!(put(&test, &test.staff("manager").await, PNG).await.problem(403), "forbidden");
        assert_eq!(put(&test, &Asker::stranger(), PNG).await.problem(401), "unauthenticated");
    }
}
