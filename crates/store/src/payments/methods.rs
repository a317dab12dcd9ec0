//! Which ways to pay clients and invoices are offered.

use domain::clients::ClientId;
use domain::ids::Id;
use domain::invoices::InvoiceId;
use domain::payments::Provider;
use uuid::Uuid;

use crate::{Error, Result, Tx};

/// What was chosen; nothing where nothing was.
pub type Choice = Option<Vec<Provider>>;

fn choice(names: Option<Vec<String>>) -> Choice {
    // The table's check keeps every other name out.
    names.map(|names| names.iter().filter_map(|name| name.parse().ok()).collect())
}

fn names(methods: &[Provider]) -> Vec<&'static str> {
    methods.iter().map(|method| method.as_str()).collect()
}

/// What was chosen for a client; [`Error::NotFound`] for one that isn't there.
pub async fn of_client(tx: &mut Tx, id: ClientId) -> Result<Choice> {
    let found = sqlx::query_scalar!(
        r#"select m.providers as "providers?" from client c
             left join client_payment_methods m on m.organization_id = c.organization_id and m.client_id = c.id
           where c.id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(choice(found))
}

/// What was chosen for an invoice, and for its client; [`Error::NotFound`] for one that isn't there.
pub async fn of_invoice(tx: &mut Tx, id: InvoiceId) -> Result<(Choice, Choice)> {
    let row = sqlx::query!(
        r#"select m.providers as "own?", c.providers as "client?" from invoice i
             left join invoice_payment_methods m on m.organization_id = i.organization_id and m.invoice_id = i.id
             left join client_payment_methods c on c.organization_id = i.organization_id and c.client_id = i.client_id
           where i.id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok((choice(row.own), choice(row.client)))
}

/// What holds for each of some invoices: its own choice, else its client's, else none.
pub async fn of_invoices(tx: &mut Tx, ids: &[InvoiceId]) -> Result<Vec<Choice>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query_scalar!(
        r#"select coalesce(m.providers, c.providers) as "providers?" from invoice i
             left join invoice_payment_methods m on m.organization_id = i.organization_id and m.invoice_id = i.id
             left join client_payment_methods c on c.organization_id = i.organization_id and c.client_id = i.client_id
           where i.id = any ($1)"#,
        &ids,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(choice).collect())
}

/// Chooses for a client that is there, or leaves it to the organization.
pub async fn choose_for_client(tx: &mut Tx, id: ClientId, methods: Option<&[Provider]>) -> Result<()> {
    match methods {
        Some(methods) => {
            sqlx::query!(
                "insert into client_payment_methods (client_id, providers) values ($1, $2)
                 on conflict (organization_id, client_id) do update set providers = excluded.providers",
                id.uuid(),
                &names(methods) as &[&str],
            )
            .execute(tx.connection())
            .await?;
        }
        None => {
            sqlx::query!("delete from client_payment_methods where client_id = $1", id.uuid())
                .execute(tx.connection())
                .await?;
        }
    }
    Ok(())
}

/// Chooses for an invoice that is there, or leaves it to its client.
pub async fn choose_for_invoice(tx: &mut Tx, id: InvoiceId, methods: Option<&[Provider]>) -> Result<()> {
    match methods {
        Some(methods) => {
            sqlx::query!(
                "insert into invoice_payment_methods (invoice_id, providers) values ($1, $2)
                 on conflict (organization_id, invoice_id) do update set providers = excluded.providers",
                id.uuid(),
                &names(methods) as &[&str],
            )
            .execute(tx.connection())
            .await?;
        }
        None => {
            sqlx::query!("delete from invoice_payment_methods where invoice_id = $1", id.uuid())
                .execute(tx.connection())
                .await?;
        }
    }
    Ok(())
}
