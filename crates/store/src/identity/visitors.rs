//! Contacts, as the portal's door knows them: by their address, across clients and organizations.

use domain::clients::{ClientId, ContactId};
use domain::identity::{ContactChoice, PortalMePatch};
use domain::ids::Id;
use domain::organizations::OrganizationId;
use domain::text::{EmailAddress, Language, Name, Slug};

use crate::{Error, Result, Tx};

/// A contact with access, and where.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The contact.
    pub id: ContactId,
    /// Its organization.
    pub organization_id: OrganizationId,
    /// The organization's name in addresses.
    pub slug: Slug,
    /// The client.
    pub client_id: ClientId,
    /// The client's name.
    pub client_name: Name,
    /// The contact's name.
    pub name: Name,
    /// Its address.
    pub email: EmailAddress,
    /// Its language.
    pub language: Option<Language>,
}

/// A contact of an address: the one asked for, or the one that was seen last, or the oldest. Without an
/// organization, of all, in a transaction of the system.
pub async fn find(
    tx: &mut Tx,
    email: &EmailAddress,
    organization: Option<OrganizationId>,
    contact: Option<ContactId>,
) -> Result<Option<Visitor>> {
    let visitor = sqlx::query_as!(
        Visitor,
        r#"select c.id as "id: ContactId", c.organization_id as "organization_id: OrganizationId", o.slug as "slug: Slug",
             c.client_id as "client_id: ClientId", k.name as "client_name: Name", c.name as "name: Name",
             c.email as "email: EmailAddress", c.language as "language: Language"
           from contact c
           join client k on k.organization_id = c.organization_id and k.id = c.client_id and k.archived_at is null
           join organization o on o.organization_id = c.organization_id
           where c.email = $1 and c.portal_access
             and ($2::uuid is null or c.organization_id = $2) and ($3::uuid is null or c.id = $3)
           order by c.last_seen_at desc nulls last, c.id limit 1"#,
        email.as_str(),
        organization.map(Id::uuid),
        contact.map(Id::uuid),
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(visitor)
}

/// A contact by its id, with or without access; its client is not archived.
pub async fn find_by_id(tx: &mut Tx, id: ContactId) -> Result<Visitor> {
    sqlx::query_as!(
        Visitor,
        r#"select c.id as "id: ContactId", c.organization_id as "organization_id: OrganizationId", o.slug as "slug: Slug",
             c.client_id as "client_id: ClientId", k.name as "client_name: Name", c.name as "name: Name",
             c.email as "email: EmailAddress", c.language as "language: Language"
           from contact c
           join client k on k.organization_id = c.organization_id and k.id = c.client_id and k.archived_at is null
           join organization o on o.organization_id = c.organization_id
           where c.id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)
}

/// All places where an address has access, in a transaction of the system.
pub async fn choices(tx: &mut Tx, email: &EmailAddress) -> Result<Vec<ContactChoice>> {
    let choices = sqlx::query_as!(
        ContactChoice,
        r#"select c.id as "contact_id: ContactId", k.name as "client_name: Name", o.slug as "organization: Slug",
             o.name as "organization_name: Name"
           from contact c
           join client k on k.organization_id = c.organization_id and k.id = c.client_id and k.archived_at is null
           join organization o on o.organization_id = c.organization_id
           where c.email = $1 and c.portal_access
           order by o.name, k.name, c.id"#,
        email.as_str(),
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(choices)
}

/// Notes that a contact signed in.
pub async fn seen(tx: &mut Tx, id: ContactId) -> Result<()> {
    let now = tx.now();
    sqlx::query!("update contact set last_seen_at = $2 where id = $1", id.uuid(), now)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Notes that a contact was invited.
pub async fn invited(tx: &mut Tx, id: ContactId) -> Result<()> {
    let now = tx.now();
    sqlx::query!("update contact set invited_at = $2 where id = $1", id.uuid(), now)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Changes what a contact may change of itself.
pub async fn change(tx: &mut Tx, id: ContactId, patch: &PortalMePatch) -> Result<()> {
    sqlx::query!(
        "update contact set name = coalesce($2, name), language = coalesce($3, language), version = version + 1 where id = $1",
        id.uuid(),
        patch.name.as_ref().map(Name::as_str),
        patch.language as _,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The name of a client, as its own contacts see it.
pub async fn client_name(tx: &mut Tx, id: ClientId) -> Result<Name> {
    sqlx::query_scalar!(r#"select name as "name: Name" from client where id = $1"#, id.uuid())
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)
}
