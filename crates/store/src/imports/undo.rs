use domain::clients::ClientId;
use domain::ids::Id;
use domain::imports::ImportId;
use domain::invoices::InvoiceId;
use domain::money::{Currency, Money};
use domain::payments::LedgerEntryId;
use domain::problem::Code;

use crate::{Error, Result, Tx, fresh};

/// What an import brought.
#[derive(Debug)]
pub struct Imported {
    /// Its invoices that are not void.
    pub invoices: Vec<ImportedInvoice>,
    /// Its clients.
    pub clients: Vec<ClientId>,
}

/// An invoice that an import brought.
#[derive(Debug)]
pub struct ImportedInvoice {
    /// Its id.
    pub id: InvoiceId,
    /// Its client.
    pub client_id: ClientId,
    /// Its number.
    pub number: String,
    /// What it asks for.
    pub total: Money,
}

struct InvoiceRow {
    id: InvoiceId,
    client_id: ClientId,
    number: String,
    currency: Currency,
    total_minor: i64,
}

/// Locks what an import brought, and says that it is being taken back. Once is enough: [`Code::Conflict`].
pub async fn begin(tx: &mut Tx, id: ImportId) -> Result<Imported> {
    let now = tx.now();
    let undone = sqlx::query!("select undone_at from import where id = $1 for update", id.uuid())
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)?;
    if undone.undone_at.is_some() {
        return Err(Error::Refused(Code::Conflict));
    }
    sqlx::query!("update import set undone_at = $2 where id = $1", id.uuid(), now)
        .execute(tx.connection())
        .await?;
    let invoices = sqlx::query_as!(
        InvoiceRow,
        r#"select id as "id: InvoiceId", client_id as "client_id: ClientId", coalesce(number, '') as "number!",
             currency as "currency: Currency", total_minor
           from invoice where import_id = $1 and status <> 'void' order by id for update"#,
        id.uuid(),
    )
    .fetch_all(tx.connection())
    .await?;
    let clients = sqlx::query_scalar!(
        r#"select id as "id: ClientId" from client where import_id = $1 order by id for update"#,
        id.uuid(),
    )
    .fetch_all(tx.connection())
    .await?;
    let invoice = |row: InvoiceRow| ImportedInvoice {
        id: row.id,
        client_id: row.client_id,
        number: row.number,
        total: Money::new(row.total_minor, row.currency),
    };
    Ok(Imported { invoices: invoices.into_iter().map(invoice).collect(), clients })
}

/// What of it has been used since, in words; the first five.
pub async fn in_use(tx: &mut Tx, id: ImportId) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        r#"select what as "what!" from (
             select 'invoice ' || i.number || ' was paid, changed or sent' as what
             from invoice i
             where i.import_id = $1 and (i.version > 1 or i.paid_minor > 0
               or exists (select from payment_attempt_share s where s.invoice_id = i.id)
               or exists (select from guest_link g where g.invoice_id = i.id))
             union all
             select 'client ' || c.name || ' was changed or has other invoices, contacts or payments'
             from client c
             where c.import_id = $1 and (c.version > 1
               or exists (select from invoice i where i.client_id = c.id and i.import_id is distinct from $1
                 and not exists (select from import m where m.id = i.import_id and m.undone_at is not null))
               or exists (select from contact k where k.client_id = c.id and k.import_id is distinct from $1)
               or exists (select from payment p where p.client_id = c.id))
             union all
             select 'contact ' || k.name || ' was changed, invited or signed in'
             from contact k
             where k.import_id = $1 and (k.version > 1 or k.invited_at is not null or k.last_seen_at is not null
               or exists (select from session s where s.contact_id = k.id)
               or exists (select from guest_link g where g.contact_id = k.id))
           ) used limit 5"#,
        id.uuid(),
    )
    .fetch_all(tx.connection())
    .await?)
}

/// Takes it back. The ledger keeps what it says, so issued invoices stay, void and without their numbers;
/// clients they belong to are archived. Everything else goes. Returns the clients that were archived.
pub async fn remove(tx: &mut Tx, id: ImportId, imported: &Imported) -> Result<Vec<ClientId>> {
    let now = tx.now();
    let undone =
        sqlx::query_scalar!(r#"select count(*) as "count!" from import where undone_at is not null"#)
            .fetch_one(tx.connection())
            .await?;
    let asking: Vec<&ImportedInvoice> =
        imported.invoices.iter().filter(|invoice| invoice.total.is_positive()).collect();
    sqlx::query!(
        "insert into ledger_entry (id, client_id, invoice_id, currency, amount_minor, kind, at)
         select r.*, 'void', $1 from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::bigint[]) r",
        now,
        &asking.iter().map(|_| fresh::<LedgerEntryId>(now).uuid()).collect::<Vec<_>>(),
        &asking.iter().map(|invoice| invoice.client_id.uuid()).collect::<Vec<_>>(),
        &asking.iter().map(|invoice| invoice.id.uuid()).collect::<Vec<_>>(),
        &asking.iter().map(|invoice| invoice.total.currency().code().to_owned()).collect::<Vec<_>>(),
        &asking.iter().map(|invoice| invoice.total.minor()).collect::<Vec<_>>(),
    )
    .execute(tx.connection())
    .await?;
    // The printed number and the other system's are free again: the same file can be imported anew.
    sqlx::query!(
        "update invoice set status = 'void', voided_at = $2, void_reason = 'The import was undone.', paid_at = null,
           number = number || ' (undone ' || $3::bigint || ')', external_id = '', version = version + 1
         where import_id = $1 and status <> 'void'",
        id.uuid(),
        now,
        undone,
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!("delete from contact where import_id = $1", id.uuid()).execute(tx.connection()).await?;
    sqlx::query!(
        "delete from client c where c.import_id = $1 and not exists (select from invoice i where i.client_id = c.id)",
        id.uuid(),
    )
    .execute(tx.connection())
    .await?;
    Ok(sqlx::query_scalar!(
        r#"update client set archived_at = coalesce(archived_at, $2), external_id = '', version = version + 1
           where import_id = $1 returning id as "id: ClientId""#,
        id.uuid(),
        now,
    )
    .fetch_all(tx.connection())
    .await?)
}
