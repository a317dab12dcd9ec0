use chrono::{NaiveDate, TimeDelta};
use domain::invoices::InvoiceFigures;
use domain::money::{Currency, Money};

use crate::{Result, Tx};

/// What all clients owe on a day, what of it is late, and what came in during the last seven days. A
/// caller who may not see payments gets none of the last.
pub async fn figures(tx: &mut Tx, today: NaiveDate, payments: bool) -> Result<InvoiceFigures> {
    let open = sqlx::query!(
        r#"select currency as "currency!: Currency", sum(invoices)::bigint as "count!", sum(balance_minor)::bigint as "minor!",
             coalesce(sum(invoices) filter (where due_on < $1), 0)::bigint as "overdue_count!",
             coalesce(sum(balance_minor) filter (where due_on < $1), 0)::bigint as "overdue_minor!"
           from (select currency, due_on, invoices, balance_minor from open_figure
                 union all select currency, due_on, invoices, balance_minor from open_figure_change) figure
           group by currency order by currency"#,
        today,
    )
    .fetch_all(tx.connection())
    .await?;
    let drafts = sqlx::query_scalar!(r#"select count(*) as "count!" from invoice where status = 'draft'"#)
        .fetch_one(tx.connection())
        .await?;
    let mut figures = InvoiceFigures {
        owed: Vec::new(),
        owed_count: 0,
        overdue: Vec::new(),
        overdue_count: 0,
        paid_week: Vec::new(),
        paid_week_count: 0,
        draft_count: drafts,
    };
    for row in open {
        figures.owed_count += row.count;
        figures.overdue_count += row.overdue_count;
        if row.count != 0 {
            figures.owed.push(Money::new(row.minor, row.currency));
        }
        if row.overdue_count != 0 {
            figures.overdue.push(Money::new(row.overdue_minor, row.currency));
        }
    }
    if payments {
        let week = sqlx::query!(
            r#"select currency as "currency: Currency", count(*) as "count!", sum(amount_minor)::bigint as "minor!"
               from payment where received_on > $1 group by currency order by currency"#,
            today - TimeDelta::days(7),
        )
        .fetch_all(tx.connection())
        .await?;
        for row in week {
            figures.paid_week_count += row.count;
            figures.paid_week.push(Money::new(row.minor, row.currency));
        }
    }
    Ok(figures)
}

/// Folds what changed into the figures, in a transaction of the system; the worker does it now and then.
/// Two that do it at once take different rows.
pub async fn fold_figures(tx: &mut Tx) -> Result<()> {
    sqlx::query!(
        "with taken as (
           delete from open_figure_change where (organization_id, position) in
             (select organization_id, position from open_figure_change limit 100000 for update skip locked)
           returning organization_id, currency, due_on, invoices, balance_minor)
         insert into open_figure as f (organization_id, currency, due_on, invoices, balance_minor)
         select organization_id, currency, due_on, sum(invoices), sum(balance_minor) from taken
         group by 1, 2, 3 order by 1, 2, 3
         on conflict (organization_id, currency, due_on) do update
           set invoices = f.invoices + excluded.invoices, balance_minor = f.balance_minor + excluded.balance_minor"
    )
    .execute(tx.connection())
    .await?;
    sqlx::query!("delete from open_figure where invoices = 0 and balance_minor = 0")
        .execute(tx.connection())
        .await?;
    Ok(())
}
