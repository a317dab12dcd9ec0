use domain::credits::CreditNoteId;
use domain::ids::Id;
use domain::money::{Currency, Money};
use domain::totals::Totals;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Disagreement, Finder, PAGE, Subject};
use crate::{Result, Tx};

/// Whether issued credit notes add up by themselves, stand in the ledger, and have numbers without gaps.
pub(super) async fn verify(tx: &mut Tx, found: &mut Vec<Disagreement>) -> Result<()> {
    let mut after = Uuid::nil();
    loop {
        let rows = sqlx::query!(
            r#"select n.id as "id: CreditNoteId", n.currency as "currency: Currency", n.total_minor, n.totals as "totals: Json<Totals>",
                 n.status = 'issued' as "issued!", coalesce(l.credited, 0)::bigint as "credited!"
               from (select * from credit_note where id > $1 order by id limit $2) n
               left join lateral (
                 select sum(amount_minor) as credited from ledger_entry e where e.credit_note_id = n.id and e.kind = 'credit_note'
                   and e.invoice_id = n.invoice_id and e.client_id = n.client_id and e.currency = n.currency) l on true
               order by n.id"#,
            after,
            PAGE,
        )
        .fetch_all(tx.connection())
        .await?;
        let Some(last) = rows.last().map(|row| row.id.uuid()) else { break };
        after = last;
        for row in rows {
            let mut finder = Finder { subject: Subject::CreditNote(row.id), found };
            let asked = if row.issued { row.total_minor } else { 0 };
            finder.same("what it takes back", asked, row.credited);
            let totals = row.totals.0;
            finder.same("the total", Money::new(row.total_minor, row.currency), totals.gross);
            let parts = totals.taxes.iter().map(|tax| tax.amount).chain([totals.net]);
            finder.same("net and taxes", Ok(totals.gross), Money::sum(parts, row.currency));
        }
    }
    let series = sqlx::query!(
        r#"select (select count(*) from credit_note where status = 'issued') as "issued!",
             coalesce((select next - 1 from number_series where kind = 'credit_note'), 0) as "numbers!""#
    )
    .fetch_one(tx.connection())
    .await?;
    let mut finder = Finder { subject: Subject::Figures, found };
    finder.same("how many numbers credit notes took", series.numbers, series.issued);
    Ok(())
}
