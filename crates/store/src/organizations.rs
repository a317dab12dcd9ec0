//! The tenant's own row.

use domain::ids::Id;
use domain::money::Currency;
use domain::organizations::{
    Organization, OrganizationId, OrganizationPatch, PublicOrganization, SetUp, Trade,
};
use domain::page::Page;
use domain::problem::Code;
use domain::text::{Address, Color, EmailAddress, Iban, Language, Line, Name, Note, Slug, TimeZone};
use domain::totals::{PriceMode, Rounding};
use sqlx::types::Json;

use crate::error::OnConstraint;
use crate::{Error, Result, Tx};

struct Row {
    id: OrganizationId,
    slug: Slug,
    name: Name,
    trade: Trade,
    time_zone: TimeZone,
    currency: Currency,
    language: Language,
    brand_color: Color,
    logo_hash: Option<String>,
    email: Option<EmailAddress>,
    phone: Line,
    address: Json<Address>,
    tax_number: Line,
    iban: Iban,
    bic: Line,
    document_footer: Note,
    payment_terms_days: i16,
    rounding: Rounding,
    price_mode: PriceMode,
    partial_payments: bool,
    minimum_partial_minor: i64,
    invoice_prefix: Line,
    version: i64,
}

impl From<Row> for Organization {
    fn from(row: Row) -> Self {
        Self {
            logo_url: row.logo_hash.map(|hash| logo_url(&row.slug, &hash)),
            id: row.id,
            slug: row.slug,
            name: row.name,
            trade: row.trade,
            time_zone: row.time_zone,
            currency: row.currency,
            language: row.language,
            brand_color: row.brand_color,
            email: row.email,
            phone: row.phone,
            address: row.address.0,
            tax_number: row.tax_number,
            iban: row.iban,
            bic: row.bic,
            document_footer: row.document_footer,
            payment_terms_days: row.payment_terms_days.unsigned_abs(),
            rounding: row.rounding,
            price_mode: row.price_mode,
            partial_payments: row.partial_payments,
            minimum_partial_minor: row.minimum_partial_minor,
            invoice_prefix: row.invoice_prefix,
            version: row.version,
        }
    }
}

fn logo_url(slug: &Slug, hash: &str) -> String {
    format!("/api/v1/auth/organizations/{slug}/logo?v={hash}")
}

/// Creates an organization, in a transaction of the system, which goes on within it.
pub async fn insert(tx: &mut Tx, id: OrganizationId, new: &SetUp, demo: bool) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "insert into organization (organization_id, slug, name, trade, time_zone, currency, language, brand_color, demo, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, '#2d6a6a', $8, $9)",
        id.uuid(),
        new.slug.as_str(),
        new.organization_name.as_str(),
        new.trade as _,
        new.time_zone.as_str(),
        new.currency as _,
        new.language as _,
        demo,
        now,
    )
    .execute(tx.connection())
    .await
    .on_constraint("organization_slug_key", Code::AlreadyExists)?;
    tx.enter(id).await
}

/// The organization of this transaction.
pub async fn find(tx: &mut Tx) -> Result<Organization> {
    let id = tx.organization_id();
    let row = sqlx::query_as!(
        Row,
        r#"select organization_id as "id: OrganizationId", slug as "slug: Slug", name as "name: Name", trade as "trade: Trade",
             time_zone as "time_zone: TimeZone", currency as "currency: Currency", language as "language: Language",
             brand_color as "brand_color: Color", logo_hash, email as "email: EmailAddress", phone as "phone: Line",
             address as "address: Json<Address>", tax_number as "tax_number: Line", iban as "iban: Iban", bic as "bic: Line", document_footer as "document_footer: Note", payment_terms_days,
             rounding as "rounding: Rounding", price_mode as "price_mode: PriceMode", partial_payments,
             minimum_partial_minor, invoice_prefix as "invoice_prefix: Line", version
           from organization where organization_id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(row.into())
}

/// What day it is for the organization of this transaction.
pub async fn today(tx: &mut Tx) -> Result<chrono::NaiveDate> {
    let (id, now) = (tx.organization_id(), tx.now());
    if let Some(principal) = tx.principal() {
        return Ok(principal.time_zone.today(now));
    }
    let zone = sqlx::query_scalar!(
        r#"select time_zone as "time_zone: TimeZone" from organization where organization_id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(zone.today(now))
}

/// Changes what the patch names, if the version is still this one.
pub async fn update(tx: &mut Tx, version: i64, patch: &OrganizationPatch) -> Result<()> {
    let id = tx.organization_id();
    let done = sqlx::query!(
        "update organization set
           name = coalesce($3, name), slug = coalesce($4, slug), trade = coalesce($5, trade),
           time_zone = coalesce($6, time_zone), currency = coalesce($7, currency), language = coalesce($8, language),
           brand_color = coalesce($9, brand_color), email = coalesce($10, email), phone = coalesce($11, phone),
           address = coalesce($12, address), document_footer = coalesce($13, document_footer),
           payment_terms_days = coalesce($14, payment_terms_days), rounding = coalesce($15, rounding),
           price_mode = coalesce($16, price_mode), partial_payments = coalesce($17, partial_payments),
           minimum_partial_minor = coalesce($18, minimum_partial_minor), invoice_prefix = coalesce($19, invoice_prefix),
           tax_number = coalesce($20, tax_number), iban = coalesce($21, iban), bic = coalesce($22, bic),
           version = version + 1
         where organization_id = $1 and version = $2",
        id.uuid(),
        version,
        patch.name.as_ref().map(Name::as_str),
        patch.slug.as_ref().map(Slug::as_str),
        patch.trade as _,
        patch.time_zone.as_ref().map(TimeZone::as_str),
        patch.currency as _,
        patch.language as _,
        patch.brand_color.as_ref().map(Color::as_str),
        patch.email.as_ref().map(EmailAddress::as_str),
        patch.phone.as_ref().map(Line::as_str),
        patch.address.clone().map(Json) as _,
        patch.document_footer.as_ref().map(Note::as_str),
        patch.payment_terms_days.map(u16::cast_signed),
        patch.rounding as _,
        patch.price_mode as _,
        patch.partial_payments,
        patch.minimum_partial_minor,
        patch.invoice_prefix.as_ref().map(Line::as_str),
        patch.tax_number.as_ref().map(Line::as_str),
        patch.iban.as_ref().map(Iban::as_str),
        patch.bic.as_ref().map(Line::as_str),
    )
    .execute(tx.connection())
    .await
    .on_constraint("organization_slug_key", Code::AlreadyExists)?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::VersionMismatch) }
}

/// A picture by which an organization is known.
#[derive(Debug, Clone)]
pub struct Logo {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What they are, as they were sniffed.
    pub media_type: String,
    /// The beginning of their hash: names the version in addresses.
    pub hash: String,
}

/// The logo of the organization of this transaction.
pub async fn logo(tx: &mut Tx) -> Result<Logo> {
    let id = tx.organization_id();
    sqlx::query_as!(
        Logo,
        r#"select logo as "bytes!", logo_type as "media_type!", logo_hash as "hash!" from organization
           where organization_id = $1 and logo is not null and logo_type is not null and logo_hash is not null"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)
}

/// Sets or removes the logo. It is replaced whole, so it takes no part in the row's version.
pub async fn set_logo(tx: &mut Tx, logo: Option<&Logo>) -> Result<()> {
    let id = tx.organization_id();
    sqlx::query!(
        "update organization set logo = $2, logo_type = $3, logo_hash = $4 where organization_id = $1",
        id.uuid(),
        logo.map(|logo| &logo.bytes[..]),
        logo.map(|logo| &logo.media_type[..]),
        logo.map(|logo| &logo.hash[..]),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Keeps others from setting up at the same time, until the transaction ends.
pub async fn lock_set_up(tx: &mut Tx) -> Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('set_up', 0))")
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Whether there is any organization, in a transaction of the system.
pub async fn any(tx: &mut Tx) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select exists (select from organization) as "any!""#)
        .fetch_one(tx.connection())
        .await?)
}

/// An organization by its name in addresses, in a transaction of the system: its id, and whether it is made up.
pub async fn by_slug(tx: &mut Tx, slug: &Slug) -> Result<OrganizationId> {
    sqlx::query_scalar!(
        r#"select organization_id as "id: OrganizationId" from organization where slug = $1"#,
        slug.as_str(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)
}

/// All organizations, in a transaction of the system.
pub async fn list(tx: &mut Tx) -> Result<Page<(OrganizationId, Slug)>> {
    let rows = sqlx::query!(
        r#"select organization_id as "id: OrganizationId", slug as "slug: Slug" from organization order by organization_id"#
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(Page { items: rows.into_iter().map(|row| (row.id, row.slug)).collect(), next: None })
}

/// Whether the organization of this transaction is made up, and whether its clients pay in the sandbox.
pub async fn unreal(tx: &mut Tx) -> Result<(bool, bool)> {
    let id = tx.organization_id();
    let row = sqlx::query!("select demo from organization where organization_id = $1", id.uuid())
        .fetch_one(tx.connection())
        .await?;
    let sandbox = sqlx::query_scalar!(
        r#"select exists (select from payment_connection where provider = 'sandbox' and enabled) as "sandbox!""#
    )
    .fetch_one(tx.connection())
    .await?;
    Ok((row.demo, sandbox))
}

/// What anybody may know of an organization. The notice is filled in by the caller.
pub fn public(organization: &Organization) -> PublicOrganization {
    PublicOrganization {
        slug: organization.slug.clone(),
        name: organization.name.clone(),
        trade: organization.trade,
        language: organization.language,
        brand_color: organization.brand_color.clone(),
        logo_url: organization.logo_url.clone(),
        email: organization.email.clone(),
        phone: organization.phone.clone(),
        notice: domain::organizations::Notice::default(),
    }
}
