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
    let media_type = sniff(&bytes)
        .ok_or_else(|| Problem::new(Code::UnsupportedMediaType).detail("A logo is a PNG, JPEG or WebP picture."))?;
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
