//! Questions about a quote, and their answers.

use domain::events::{Event, Subject};
use domain::problem::Problem;
use domain::quotes::{Answer, Ask, Question, QuestionId, QuoteError, QuoteId};
use serde::Serialize;
use store::quotes;
use store::{Error, Tx, events, invoices, organizations};

use super::decide::{Visitor, named};
use super::news::{self, Mailing, News};
use crate::App;
use crate::problem::Result;

/// Keeps a client's question and tells whoever is in charge, with the organization's eyes.
pub async fn ask(app: &App, tx: &mut Tx, id: QuoteId, visitor: &Visitor, body: &Ask) -> Result<Question> {
    let locked = quotes::lock(tx, id).await?;
    let organization = organizations::find(tx).await?;
    let version = quotes::version(tx, id, locked.head.current_no).await?;
    if let Some(line) = &body.line
        && version.content.line(line).is_none()
    {
        return Err(Problem::invalid("/line", "unknown", "must be a line of the newest version").into());
    }
    let name = named(body.name.as_ref(), visitor)?;
    let (line, contact) = (body.line.as_ref(), visitor.contact_id);
    let question = quotes::ask(tx, id, version.no, line, &body.question, &name, contact).await?;
    let event = Event::QuoteQuestioned {
        quote_id: id,
        number: locked.head.number.clone().unwrap_or_default(),
        question: body.question.to_string(),
    };
    events::record(tx, Subject::Quote(id), Some(locked.head.client_id), &event).await?;
    let told = (name.as_str(), version.content.title.as_str(), body.question.as_str());
    news::tell_in_charge(app, tx, &organization, &locked, News::Questioned, told).await?;
    let all = quotes::questions_of(tx, id).await?;
    Ok(all.into_iter().find(|known| known.id == question).ok_or(Error::NotFound)?)
}

#[derive(Serialize)]
struct Words<'a> {
    number: &'a str,
    question: &'a str,
    answer: &'a str,
}

/// Answers a question, once, and mails the answer to whoever asked.
pub async fn answer(app: &App, tx: &mut Tx, id: QuestionId, body: &Answer) -> Result<Question> {
    let (question, quote, contact) = quotes::find_question(tx, id).await?;
    if !quotes::answer(tx, id, &body.answer).await? {
        return Err(QuoteError::Answered.into());
    }
    let organization = organizations::find(tx).await?;
    let head = quotes::head(tx, quote).await?;
    let number = head.number.unwrap_or_default();
    let event =
        Event::QuoteAnswered { quote_id: quote, number: number.clone(), answer: body.answer.to_string() };
    events::record(tx, Subject::Quote(quote), Some(head.client_id), &event).await?;
    let asker = contact.map(|contact| vec![contact]);
    let recipients = invoices::recipients(tx, head.client_id, asker.as_deref()).await?;
    let words =
        |_| Words { number: &number, question: question.question.as_str(), answer: body.answer.as_str() };
    let mailing = Mailing { name: "quote_answer", document: None };
    news::mail_clients(app, tx, &organization, quote, mailing, &recipients, words).await?;
    Ok(quotes::find_question(tx, id).await?.0)
}
