//! Tax rates to choose from. Lines keep what they were written with.

use domain::ids::Id;
use domain::invoices::{NewTaxRate, TaxRate, TaxRateId};
use domain::problem::Code;
use domain::tax::{Rate, Tax};

use crate::error::OnConstraint;
use crate::{Error, Result, Tx, fresh};

/// All of them, by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<TaxRate>> {
    let rows = sqlx::query!(
        r#"select id as "id: TaxRateId", name, rate as "rate: Rate", is_default from tax_rate order by lower(name), rate, id"#
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| TaxRate {
            id: row.id,
            tax: Tax { name: row.name, rate: row.rate },
            is_default: row.is_default,
        })
        .collect())
}

/// Adds one.
pub async fn insert(tx: &mut Tx, new: &NewTaxRate) -> Result<TaxRate> {
    let id: TaxRateId = fresh(tx.now());
    sqlx::query!(
        "insert into tax_rate (id, name, rate, is_default) values ($1, $2, $3, $4)",
        id.uuid(),
        new.name.as_str(),
        new.rate.get(),
        new.is_default,
    )
    .execute(tx.connection())
    .await
    .on_constraint("tax_rate_organization_id_name_rate_key", Code::AlreadyExists)?;
    Ok(TaxRate { id, tax: Tax { name: new.name.to_string(), rate: new.rate }, is_default: new.is_default })
}

/// Removes one.
pub async fn delete(tx: &mut Tx, id: TaxRateId) -> Result<()> {
    let done = sqlx::query!("delete from tax_rate where id = $1", id.uuid()).execute(tx.connection()).await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::NotFound) }
}
