use domain::clients::ClientId;
use domain::invoices::InvoiceId;
use domain::money::Currency;
use domain::tax::Tax;
use domain::text::Address;
use sqlx::types::Json;

use crate::{Result, Tx};

/// By what the rows of an import can be here already.
#[derive(Debug, Default)]
pub struct Keys {
    /// Numbers of clients in the other system.
    pub client_external_ids: Vec<String>,
    /// Names of clients, in lower case.
    pub client_names: Vec<String>,
    /// Addresses of contacts.
    pub emails: Vec<String>,
    /// Numbers of invoices in the other system.
    pub invoice_external_ids: Vec<String>,
    /// Numbers of invoices as printed.
    pub invoice_numbers: Vec<String>,
}

/// What is here already.
#[derive(Debug, Default)]
pub struct Known {
    /// Clients with one of the numbers or names, or a contact with one of the addresses.
    pub clients: Vec<KnownClient>,
    /// Contacts with one of the addresses.
    pub contacts: Vec<KnownContact>,
    /// Invoices with one of the numbers.
    pub invoices: Vec<KnownInvoice>,
}

/// A client that is here.
#[derive(Debug)]
pub struct KnownClient {
    /// Its id.
    pub id: ClientId,
    /// Its number in the other system, or nothing.
    pub external_id: String,
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: Json<Address>,
    /// Whether it was archived.
    pub archived: bool,
    /// Whether it has a primary contact.
    pub has_primary: bool,
}

/// A contact who is here.
#[derive(Debug)]
pub struct KnownContact {
    /// Their client.
    pub client_id: ClientId,
    /// Their address.
    pub email: String,
}

/// An invoice that is here.
#[derive(Debug)]
pub struct KnownInvoice {
    /// Its id.
    pub id: InvoiceId,
    /// Its number in the other system, or nothing.
    pub external_id: String,
    /// Its printed number; empty for drafts.
    pub number: String,
    /// Its client.
    pub client_id: ClientId,
    /// The client's name.
    pub client_name: String,
    /// Its currency.
    pub currency: Currency,
    /// What it comes to.
    pub total_minor: i64,
}

/// Looks for what is here already.
pub async fn known(tx: &mut Tx, keys: &Keys) -> Result<Known> {
    let contacts = sqlx::query_as!(
        KnownContact,
        r#"select client_id as "client_id: ClientId", email from contact where email = any ($1)"#,
        &keys.emails,
    )
    .fetch_all(tx.connection())
    .await?;
    let clients = sqlx::query_as!(
        KnownClient,
        r#"select id as "id: ClientId", external_id, name, address as "address: Json<Address>", archived_at is not null as "archived!",
             exists (select from contact c where c.client_id = client.id and c.is_primary) as "has_primary!"
           from client
           where id in (
             select id from client where external_id = any ($1) and external_id <> ''
             union select id from client where lower(name) = any ($2)
             union select client_id from contact where email = any ($3))"#,
        &keys.client_external_ids,
        &keys.client_names,
        &keys.emails,
    )
    .fetch_all(tx.connection())
    .await?;
    let invoices = sqlx::query_as!(
        KnownInvoice,
        r#"select id as "id: InvoiceId", external_id, coalesce(number, '') as "number!", client_id as "client_id: ClientId", client_name,
             currency as "currency: Currency", total_minor
           from invoice
           where id in (
             select id from invoice where external_id = any ($1) and external_id <> ''
             union select id from invoice where number = any ($2))"#,
        &keys.invoice_external_ids,
        &keys.invoice_numbers,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(Known { clients, contacts, invoices })
}

/// The organization's taxes, the usual ones first.
pub async fn taxes(tx: &mut Tx) -> Result<Vec<Tax>> {
    let rows = sqlx::query!("select name, rate from tax_rate order by is_default desc, name, rate")
        .fetch_all(tx.connection())
        .await?;
    // The table holds rates to the limits of the type.
    Ok(rows
        .into_iter()
        .filter_map(|row| Some(Tax { name: row.name, rate: row.rate.try_into().ok()? }))
        .collect())
}
