//! Milestones of payment schedules: reaching one makes its instalment due, and the client hears of it.

use domain::events::{Event, Subject};
use domain::invoices::{Invoice, InvoiceDocument, InvoiceId};
use domain::money::Money;
use domain::organizations::Organization;
use domain::problem::{Code, Problem};
use domain::schedules::MarkMilestone;
use serde::Serialize;
use store::invoices::{self, guest_links};
use store::{Error, Tx, events, mail, organizations};

use super::send::guest_url;
use crate::App;
use crate::http::conflict;
use crate::mail::{Letter, format};
use crate::problem::Result;

/// Says when a milestone was reached, or that it isn't after all. The same again changes nothing.
pub async fn mark(
    app: &App,
    tx: &mut Tx,
    id: InvoiceId,
    version: i64,
    body: MarkMilestone,
) -> Result<Invoice> {
    let locked = invoices::lock(tx, &[id]).await?.pop().ok_or(Error::NotFound)?;
    let organization = organizations::find(tx).await?;
    if !locked.status.is_open() {
        let detail = "Only milestones of an issued invoice with something left to pay can be marked.";
        return Err(Problem::new(Code::Conflict).detail(detail).into());
    }
    let place = usize::from(body.instalment);
    let mut schedule = locked.schedule.clone();
    let milestone = schedule.get(place).and_then(|entry| entry.milestone()).cloned();
    let Some(milestone) = milestone else {
        let what = "must be an instalment that waits for a milestone";
        return Err(Problem::invalid("/instalment", "unknown", what).into());
    };
    let issued = invoices::find_document(tx, id, &organization).await?;
    if let Some(day) = body.reached_on {
        if day > organization.time_zone.today(tx.now()) {
            return Err(Problem::invalid("/reached_on", "in_future", "must be today or earlier").into());
        }
        if issued.issued_on.is_some_and(|issued| day < issued) {
            let what = "must not be before the date of the invoice";
            return Err(Problem::invalid("/reached_on", "before_issue", what).into());
        }
    }
    if schedule[place].reached_on == body.reached_on {
        return Ok(invoices::find(tx, id, &organization).await?);
    }
    if locked.version != version {
        return Err(conflict(&(), &(), locked.version));
    }
    schedule[place].mark(body.reached_on);
    invoices::mark(tx, id, version, &schedule).await?;
    let (number, milestone) = (locked.number.clone(), milestone.name.to_string());
    let entry = &schedule[place];
    let event = match entry.due_on {
        None => Event::InvoiceMilestoneReopened { invoice_id: id, number, milestone },
        Some(due_on) => {
            let amount = Money::new(entry.amount.unwrap_or_default(), locked.total.currency());
            let invoice = invoices::find_document(tx, id, &organization).await?;
            // What was paid ahead needs no asking.
            let left = invoice.schedule.get(place).map(|instalment| instalment.left);
            if let Some(left) = left.filter(|left| left.is_positive()) {
                let due_on = |language| format::date(language, due_on);
                tell(app, tx, &organization, &invoice, &milestone, left, due_on).await?;
            }
            Event::InvoiceMilestoneReached { invoice_id: id, number, milestone, amount, due_on }
        }
    };
    events::record(tx, Subject::Invoice(id), Some(locked.client_id), &event).await?;
    Ok(invoices::find(tx, id, &organization).await?)
}

#[derive(Serialize)]
struct Words<'a> {
    number: &'a str,
    milestone: &'a str,
    amount: String,
    due_on: String,
}

/// Asks the client for the instalment, with a link to pay it.
async fn tell(
    app: &App,
    tx: &mut Tx,
    organization: &Organization,
    invoice: &InvoiceDocument,
    milestone: &str,
    left: Money,
    due_on: impl Fn(domain::text::Language) -> String,
) -> Result<()> {
    let number = invoice.number.clone().unwrap_or_default();
    for (recipient, language) in invoices::recipients(tx, invoice.client_id, None).await? {
        let language = language.unwrap_or(organization.language);
        let (url, token) = guest_url(app, organization);
        guest_links::insert(tx, &token.hash, invoice.client_id, invoice.id, Some(recipient.contact_id))
            .await?;
        let letter = Letter {
            name: "milestone_reached",
            organization,
            to_name: recipient.name.as_str(),
            to: &recipient.email,
            language,
            link: Some(&url),
            values: Words {
                number: &number,
                milestone,
                amount: format::money(language, left),
                due_on: due_on(language),
            },
        };
        mail::enqueue(tx, &letter.write()?).await?;
    }
    Ok(())
}
