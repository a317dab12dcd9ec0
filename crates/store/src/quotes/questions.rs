use chrono::{DateTime, Utc};
use domain::clients::ContactId;
use domain::ids::Id;
use domain::quotes::{Question, QuestionId, QuoteId};
use domain::text::{Name, Note, PartKey};

use crate::{Error, Result, Tx, fresh};

struct Row {
    id: QuestionId,
    no: i32,
    line: Option<PartKey>,
    question: Note,
    asked_by: Name,
    asked_at: DateTime<Utc>,
    answer: Option<Note>,
    answered_by: Option<Name>,
    answered_at: Option<DateTime<Utc>>,
}

impl From<Row> for Question {
    fn from(row: Row) -> Self {
        let Row { id, no, line, question, asked_by, asked_at, answer, answered_by, answered_at } = row;
        Self { id, no, line, question, asked_by, asked_at, answer, answered_by, answered_at }
    }
}

/// All questions about a quote, oldest first.
pub async fn questions_of(tx: &mut Tx, quote: QuoteId) -> Result<Vec<Question>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id as "id: QuestionId", no, line as "line: PartKey", question as "question: Note", asked_by as "asked_by: Name",
             asked_at, answer as "answer: Note", answered_by as "answered_by: Name", answered_at
           from quote_question where quote_id = $1 order by id"#,
        quote.uuid(),
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(Question::from).collect())
}

/// A question with the quote it is about and the contact who asked, locked, with the organization's eyes.
pub async fn find_question(tx: &mut Tx, id: QuestionId) -> Result<(Question, QuoteId, Option<ContactId>)> {
    let of = sqlx::query!(
        r#"select quote_id as "quote_id: QuoteId", contact_id as "contact_id: ContactId" from quote_question where id = $1 for update"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let question = questions_of(tx, of.quote_id).await?.into_iter().find(|question| question.id == id);
    Ok((question.ok_or(Error::NotFound)?, of.quote_id, of.contact_id))
}

/// Keeps a client's question, with the organization's eyes.
pub async fn ask(
    tx: &mut Tx,
    quote: QuoteId,
    no: i32,
    line: Option<&PartKey>,
    question: &Note,
    asked_by: &Name,
    contact: Option<ContactId>,
) -> Result<QuestionId> {
    let now = tx.now();
    let id: QuestionId = fresh(now);
    sqlx::query!(
        "insert into quote_question (id, quote_id, no, line, question, asked_by, asked_at, contact_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.uuid(),
        quote.uuid(),
        no,
        line.map(PartKey::as_str),
        question.as_str(),
        asked_by.as_str(),
        now,
        contact.map(Id::uuid),
    )
    .execute(tx.connection())
    .await?;
    Ok(id)
}

/// Keeps the answer to a question that has none; whether it did.
pub async fn answer(tx: &mut Tx, id: QuestionId, answer: &Note) -> Result<bool> {
    let (now, name) = (tx.now(), tx.actor_name().to_owned());
    let done = sqlx::query!(
        "update quote_question set answer = $2, answered_by = $3, answered_at = $4 where id = $1 and answered_at is null",
        id.uuid(),
        answer.as_str(),
        name,
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(done.rows_affected() == 1)
}
