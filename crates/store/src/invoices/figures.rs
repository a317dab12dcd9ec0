use chrono::{NaiveDate, TimeDelta};
use domain::invoices::InvoiceFigures;
use domain::money::{Currency, Money};

use crate::{Result, Tx};

/// What all clients owe on a day, what of it is late, and what came in during the last seven days. A
/// caller who may not see payments gets none of the last.
pub async fn figures(tx: &mut Tx, today: NaiveDate, payments: bool) -> Result<InvoiceFigures> {
    let rows = sqlx::query!(
        r#"select kind as "kind!", currency as "currency!: Currency", sum(count)::bigint as "count!", sum(sum_minor)::bigint as "minor!",
             coalesce(sum(count) filter (where day < $1), 0)::bigint as "overdue_count!",
             coalesce(sum(sum_minor) filter (where day < $1), 0)::bigint as "overdue_minor!"
           from (select kind, day, currency, count, sum_minor from figure where kind in ('open', 'draft')
                 union all select kind, day, currency, count, sum_minor from figure where kind = 'received' and day > $2
                 union all select kind, day, currency, count, sum_minor from figure_change
                   where kind <> 'received' or day > $2) figure
           group by kind, currency having sum(count) <> 0 order by kind, currency"#,
        today,
        today - TimeDelta::days(7),
    )
    .fetch_all(tx.connection())
    .await?;
    let mut figures = InvoiceFigures {
        owed: Vec::new(),
        owed_count: 0,
        overdue: Vec::new(),
        overdue_count: 0,
        paid_week: Vec::new(),
        paid_week_count: 0,
        draft_count: 0,
    };
    for row in rows {
        match row.kind.as_str() {
            "open" => {
                figures.owed_count += row.count;
                figures.owed.push(Money::new(row.minor, row.currency));
                figures.overdue_count += row.overdue_count;
                if row.overdue_count != 0 {
                    figures.overdue.push(Money::new(row.overdue_minor, row.currency));
                }
            }
            "draft" => figures.draft_count += row.count,
            "received" if payments => {
                figures.paid_week_count += row.count;
                figures.paid_week.push(Money::new(row.minor, row.currency));
            }
            _ => {}
        }
    }
    Ok(figures)
}

/// Folds what changed into the figures, in a transaction of the system; the worker does it now and then.
/// Two that do it at once take different rows.
pub async fn fold_figures(tx: &mut Tx) -> Result<()> {
    sqlx::query!(
        "with taken as (
           delete from figure_change where (organization_id, position) in
             (select organization_id, position from figure_change limit 100000 for update skip locked)
           returning organization_id, kind, day, currency, count, sum_minor)
         insert into figure as f (organization_id, kind, day, currency, count, sum_minor)
         select organization_id, kind, day, currency, sum(count), sum(sum_minor) from taken
         group by 1, 2, 3, 4 order by 1, 2, 3, 4
         on conflict (organization_id, kind, day, currency) do update
           set count = f.count + excluded.count, sum_minor = f.sum_minor + excluded.sum_minor"
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!("delete from figure where count = 0 and sum_minor = 0").execute(tx.connection()).await?;
    Ok(())
}
