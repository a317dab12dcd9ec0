use domain::quotes::{QuoteSettings, QuoteSettingsInput};
use domain::text::{Line, Note};

use crate::{Error, Result, Tx};

/// How the organization quotes, locked or not; made with its defaults when nobody changed it yet.
pub async fn find_settings(tx: &mut Tx) -> Result<QuoteSettings> {
    let row = sqlx::query!(
        r#"select prefix as "prefix: Line", valid_days, remind_days, approval_above_minor, terms as "terms: Note", version
           from quote_settings"#
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(match row {
        Some(row) => QuoteSettings {
            prefix: row.prefix,
            valid_days: row.valid_days.unsigned_abs(),
            remind_days: row.remind_days.unsigned_abs(),
            approval_above_minor: row.approval_above_minor,
            terms: row.terms,
            version: row.version,
        },
        // What the columns' defaults say; the first change writes the row.
        None => QuoteSettings {
            prefix: "Q-".parse().expect("a short line"),
            valid_days: 30,
            remind_days: 3,
            approval_above_minor: None,
            terms: Note::default(),
            version: 1,
        },
    })
}

/// Changes how the organization quotes, if the version is still this one.
pub async fn update_settings(tx: &mut Tx, version: i64, wanted: &QuoteSettingsInput) -> Result<()> {
    sqlx::query!("insert into quote_settings default values on conflict do nothing")
        .execute(tx.connection())
        .await?;
    let days = |days: u16| i16::try_from(days).unwrap_or(i16::MAX);
    let done = sqlx::query!(
        "update quote_settings set prefix = $2, valid_days = $3, remind_days = $4, approval_above_minor = $5, terms = $6,
           version = version + 1
         where version = $1",
        version,
        wanted.prefix.as_str(),
        days(wanted.valid_days),
        days(wanted.remind_days),
        wanted.approval_above_minor,
        wanted.terms.as_str(),
    )
    .execute(tx.connection())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::VersionMismatch) }
}
