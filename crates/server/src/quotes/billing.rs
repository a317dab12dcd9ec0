//! Invoices of an accepted quote.

use domain::events::{Event, Subject};
use domain::invoices::{DraftInvoice, Invoice};
use domain::money::Money;
use domain::problem::{Code, Problem};
use domain::quotes::billing::{Billed, BillingWords, accepted_lines, final_lines, share_of};
use domain::quotes::{BillQuote, Counting, QuoteError, QuoteId, QuotePart};
use domain::text::{Language, Line, Note};
use domain::totals::PriceMode;
use store::quotes::{self, BilledInvoice};
use store::{Error, Tx, events, organizations};

use crate::problem::Result;

/// What invoices of quotes say.
pub struct Words {
    /// What the sums need.
    pub billing: BillingWords,
    deposit: &'static str,
    part: &'static str,
    less: [&'static str; 2],
}

impl Words {
    /// The line of a deposit.
    pub fn deposit(&self, number: &str) -> String {
        format!("{} {number}", self.deposit)
    }

    fn part(&self, number: &str, percent: impl std::fmt::Display) -> String {
        format!("{} {number} ({percent} %)", self.part)
    }

    /// The line that takes off what was billed.
    fn less(&self, invoice: &BilledInvoice) -> String {
        let what = self.less[usize::from(invoice.part != QuotePart::Deposit)];
        format!("{what} {}", invoice.number.as_deref().unwrap_or("–"))
    }
}

/// In a language.
pub fn words(language: Language) -> Words {
    match language {
        Language::En => Words {
            billing: BillingWords { discount: "Discount".to_owned(), rounding: "Rounding".to_owned() },
            deposit: "Deposit for quote",
            part: "Part of quote",
            less: ["Less deposit, invoice", "Less part, invoice"],
        },
        Language::De => Words {
            billing: BillingWords { discount: "Rabatt".to_owned(), rounding: "Rundung".to_owned() },
            deposit: "Anzahlung zum Angebot",
            part: "Teil des Angebots",
            less: ["Abzüglich Anzahlung, Rechnung", "Abzüglich Teilrechnung"],
        },
    }
}

/// Drafts an invoice of a part of what was accepted, or of all that is left.
pub async fn bill(tx: &mut Tx, id: QuoteId, request: &BillQuote) -> Result<Invoice> {
    let locked = quotes::lock(tx, id).await?;
    if !locked.head.state.is_accepted() {
        return Err(QuoteError::NotAccepted.into());
    }
    let organization = organizations::find(tx).await?;
    let words = words(organization.language);
    let number = locked.head.number.clone().unwrap_or_default();
    let no = locked.head.current_no;
    let decision = quotes::find_decision(tx, id, no, locked.head.currency).await?.ok_or(Error::NotFound)?;
    let version = quotes::version(tx, id, no).await?;
    let billed = quotes::billed(tx, id).await?;
    let sum = Money::sum(billed.iter().map(|invoice| invoice.gross), decision.total.currency())?;
    let left = decision.total.checked_sub(sum)?;
    let currency = version.counting.currency;
    let accepted = accepted_lines(&version.content, &decision.selection, currency, &words.billing)?;
    let (lines, price_mode, part) = if let Some(percent) = request.percent {
        let amount = decision.total.percent(percent);
        if amount.is_zero() {
            return Err(Problem::invalid("/percent", "out_of_range", "must come to something").into());
        }
        let allowed = version.content.may_exceed_percent.map(|rate| decision.total.percent(rate));
        let limit = decision.total.checked_add(allowed.unwrap_or(Money::zero(currency)))?;
        if sum.checked_add(amount)?.minor() > limit.minor() && !request.exceed {
            let current = serde_json::json!({ "accepted": decision.total, "billed": sum, "left": left });
            return Err(Problem::new(Code::QuoteExceeded)
                .detail("Say that it is meant with `exceed`, or bill less.")
                .current(current)
                .into());
        }
        let lines = share_of(&accepted, version.counting, amount, &words.part(&number, percent))?;
        (lines, PriceMode::Inclusive, QuotePart::Part)
    } else {
        if billed.iter().any(|invoice| invoice.part == QuotePart::Final)
            || left.minor() <= 0 && sum.is_positive()
        {
            return Err(QuoteError::AllBilled.into());
        }
        // The invoice will be rounded as the organization does now.
        let counting = Counting { rounding: organization.rounding, ..version.counting };
        let before: Vec<Billed> = billed
            .into_iter()
            .map(|invoice| Billed {
                description: words.less(&invoice),
                lines: invoice.lines,
                price_mode: invoice.price_mode,
                rounding: invoice.rounding,
                gross: invoice.gross,
            })
            .collect();
        let lines = final_lines(accepted, decision.total, &before, counting, &words.billing)?;
        (lines, counting.price_mode, QuotePart::Final)
    };
    let draft = DraftInvoice {
        client_id: locked.head.client_id,
        currency: Some(currency),
        issued_on: None,
        due_on: None,
        schedule: Vec::new(),
        reference: Line::default(),
        note: Note::default(),
        internal_note: Note::default(),
        price_mode: Some(price_mode),
        discount: None,
        lines,
    };
    let invoice = crate::invoices::actions::create(tx, &draft).await?;
    quotes::link_invoice(tx, invoice.document.id, id, locked.head.project_id, part).await?;
    if part == QuotePart::Final {
        quotes::mark_converted(tx, id).await?;
        let event = Event::QuoteConverted { quote_id: id, number, invoice_id: invoice.document.id };
        events::record(tx, Subject::Quote(id), Some(locked.head.client_id), &event).await?;
    }
    Ok(invoice)
}
