use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::clients::ClientId;
use domain::ids::Id;
use domain::money::{Currency, Money};
use domain::page::{DEFAULT_LIMIT, Page};
use domain::quotes::{QuoteFigures, QuoteFilter, QuoteId, QuoteState, QuoteSummary, QuoteView};
use domain::text::Name;
use sqlx::{FromRow, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::{Cursor, Result, Tx};

#[derive(FromRow)]
struct Row {
    id: QuoteId,
    number: Option<String>,
    title: Name,
    state: QuoteState,
    client_id: ClientId,
    client_name: Name,
    currency: Currency,
    total_minor: i64,
    current_no: i32,
    valid_until: Option<NaiveDate>,
    sent_at: Option<DateTime<Utc>>,
    decided_at: Option<DateTime<Utc>>,
    listed_on: NaiveDate,
    questions: i64,
    open_questions: i64,
    approval_pending: bool,
    changes_quote_id: Option<QuoteId>,
    version: i64,
}

macro_rules! select {
    ($approval:literal) => {
        concat!(
            "select id, number, title, state, client_id, client_name, currency, total_minor, current_no, valid_until, sent_at,
               decided_at, listed_on, changes_quote_id, version, ",
            $approval,
            " as approval_pending,
               (select count(*) from quote_question x where x.organization_id = q.organization_id and x.quote_id = q.id) as questions,
               (select count(*) from quote_question x where x.organization_id = q.organization_id and x.quote_id = q.id
                  and x.answered_at is null) as open_questions
             from quote q where true"
        )
    };
}

const FOR_STAFF: &str = select!("approval_pending");
/// What the organization settles among its own is nothing to its clients.
const FOR_CLIENTS: &str = select!("false");

/// A page of quotes, newest first.
pub async fn list(tx: &mut Tx, filter: &QuoteFilter, today: NaiveDate) -> Result<Page<QuoteSummary>> {
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    let after: Option<(NaiveDate, Uuid)> = Cursor::decode(filter.cursor.as_deref())?;
    let client = tx.principal().is_some_and(|principal| principal.client_id.is_some());
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new(if client { FOR_CLIENTS } else { FOR_STAFF });
    match filter.view {
        QuoteView::All => {}
        QuoteView::Draft => drop(query.push(" and state = 'draft'")),
        QuoteView::AwaitingApproval if client => drop(query.push(" and false")),
        QuoteView::AwaitingApproval => drop(query.push(" and approval_pending")),
        QuoteView::Open => {
            query.push(" and state in ('sent', 'viewed') and valid_until >= ").push_bind(today);
        }
        QuoteView::NeedsUs => drop(query.push(
            " and (state = 'changes_requested' or exists (select from quote_question x
               where x.organization_id = q.organization_id and x.quote_id = q.id and x.answered_at is null))",
        )),
        QuoteView::Accepted => drop(query.push(" and state in ('accepted', 'converted')")),
        QuoteView::Declined => drop(query.push(" and state = 'declined'")),
        QuoteView::Expired => {
            query.push(" and state in ('sent', 'viewed') and valid_until < ").push_bind(today);
        }
        QuoteView::Withdrawn => drop(query.push(" and state = 'withdrawn'")),
    }
    if let Some(client) = filter.client_id {
        query.push(" and client_id = ").push_bind(client.uuid());
    }
    if let Some(text) = filter.q.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        query.push(" and strpos(search, fold(").push_bind(text).push(")) > 0");
    }
    if let Some((date, id)) = after {
        query.push(" and (listed_on, id) < (").push_bind(date).push(", ").push_bind(id).push(")");
    }
    query.push(" order by listed_on desc, id desc limit ").push_bind(i64::from(limit) + 1);
    let rows: Vec<Row> = query.build_query_as().fetch_all(tx.connection()).await?;
    let page = Page::from_overfull(rows, limit, |last| Cursor::encode(&(last.listed_on, last.id.uuid())));
    Ok(page.map(|row| QuoteSummary {
        id: row.id,
        number: row.number,
        title: row.title,
        state: row.state.on(today, row.valid_until),
        client_id: row.client_id,
        client_name: row.client_name,
        total: Money::new(row.total_minor, row.currency),
        current_no: row.current_no,
        valid_until: row.valid_until,
        sent_at: row.sent_at,
        decided_at: row.decided_at,
        questions: row.questions,
        open_questions: row.open_questions,
        approval_pending: row.approval_pending,
        changes_quote_id: row.changes_quote_id,
        version: row.version,
    }))
}

/// What waits on a day, with the organization's eyes.
pub async fn figures(tx: &mut Tx, today: NaiveDate) -> Result<QuoteFigures> {
    let now = tx.now();
    let sums = sqlx::query!(
        r#"select currency as "currency: Currency",
             count(*) filter (where state in ('sent', 'viewed')) as "open_count!",
             coalesce(sum(total_minor) filter (where state in ('sent', 'viewed')), 0)::bigint as "open_minor!",
             count(*) filter (where state in ('accepted', 'converted')) as "accepted_count!",
             coalesce(sum(total_minor) filter (where state in ('accepted', 'converted')), 0)::bigint as "accepted_minor!"
           from quote
           where (state in ('sent', 'viewed') and valid_until >= $1) or (state in ('accepted', 'converted') and decided_at > $2)
           group by currency order by currency"#,
        today,
        now - TimeDelta::days(30),
    )
    .fetch_all(tx.connection())
    .await?;
    let counts = sqlx::query!(
        r#"select count(*) filter (where state = 'draft') as "draft!", count(*) filter (where approval_pending) as "approval!",
             count(*) filter (where state = 'changes_requested') as "changes!", count(*) filter (where state = 'accepted') as "bill!",
             (select count(*) from quote_question where answered_at is null) as "questions!"
           from quote where state in ('draft', 'changes_requested', 'accepted') or approval_pending"#
    )
    .fetch_one(tx.connection())
    .await?;
    let mut figures = QuoteFigures {
        open: Vec::new(),
        open_count: 0,
        accepted_month: Vec::new(),
        accepted_month_count: 0,
        draft_count: counts.draft,
        awaiting_approval_count: counts.approval,
        changes_requested_count: counts.changes,
        open_question_count: counts.questions,
        to_bill_count: counts.bill,
    };
    for row in sums {
        figures.open_count += row.open_count;
        figures.accepted_month_count += row.accepted_count;
        if row.open_count > 0 {
            figures.open.push(Money::new(row.open_minor, row.currency));
        }
        if row.accepted_count > 0 {
            figures.accepted_month.push(Money::new(row.accepted_minor, row.currency));
        }
    }
    Ok(figures)
}
