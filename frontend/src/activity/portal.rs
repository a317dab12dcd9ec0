//! What happened, told to the client: what they did is "you", what we did is the organization's.

use chrono::{DateTime, Utc};
use domain::invoices::InvoiceId;
use domain::money::Money;
use domain::quotes::QuoteId;
use leptos::prelude::*;
use serde::Deserialize;
use ui::{Entry, Figure, Ledger, LedgerKind, Mark, Tone, When};

use crate::money::amount;
use crate::payments::how;
use crate::session::PortalSession;
use crate::t::portal::{home as home_texts, invoice as invoice_texts, lately as texts};
use crate::t::quotes::lately as quote_texts;
use crate::t::saved_methods::lately as method_texts;
use crate::t::schedules as schedule_texts;

/// An event as the portal reads it. Reading `domain::events::Activity` costs 100 kB of the first load for thirty kinds of events
/// that only staff see; those that clients see share these few fields. A test holds the two together.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Story {
    at: DateTime<Utc>,
    actor: Teller,
    kind: String,
    data: Data,
}

/// `domain::events::Actor`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Teller {
    kind: String,
    name: Option<String>,
    #[serde(default)]
    you: bool,
}

/// What the events that clients see tell.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Data {
    invoice_id: Option<InvoiceId>,
    quote_id: Option<QuoteId>,
    number: Option<String>,
    name: Option<String>,
    total: Option<Money>,
    question: Option<String>,
    answer: Option<String>,
    #[serde(default)]
    to: Vec<String>,
    amount: Option<Money>,
    refunded: Option<Money>,
    method: Option<String>,
    label: Option<String>,
    reason: Option<String>,
    milestone: Option<String>,
}

/// Where a history stands: on an invoice's own page it doesn't lead there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Among everything.
    Home,
    /// On the page of one invoice.
    Invoice,
    /// On the page of one quote.
    Quote,
}

/// Events as a small ledger.
#[component]
pub fn Entries(
    /// The events, newest first.
    items: Vec<Story>,
    /// Where they stand.
    place: Place,
) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let now = ui::format::now_ms();
    let label = match place {
        Place::Home => home_texts::lately(),
        Place::Invoice | Place::Quote => invoice_texts::history(),
    };
    let entries = items
        .into_iter()
        .filter_map(|story| {
            let at = story.at;
            let told = told(story, place, session)?;
            let when = When::instant(at.timestamp_millis(), now);
            let href = told.page.filter(|_| place == Place::Home);
            let href = href.map(|page| session.path(&page)).unwrap_or_default();
            let money = told.money.map(|money| view! { " " <Figure amount=amount(money)/> });
            let sub = (!told.sub.is_empty()).then_some(told.sub);
            Some(match sub {
                Some(sub) => view! {
                    <Entry when mark=told.mark tone=told.tone href sub=move || sub>
                        {told.title} {money}
                    </Entry>
                }
                .into_any(),
                None => view! {
                    <Entry when mark=told.mark tone=told.tone href>
                        {told.title} {money}
                    </Entry>
                }
                .into_any(),
            })
        })
        .collect_view();
    view! {
        <Ledger label kind=LedgerKind::History>
            {entries}
        </Ledger>
    }
}

/// One event in words.
struct Told {
    mark: Mark,
    tone: Tone,
    title: String,
    money: Option<Money>,
    sub: String,
    page: Option<String>,
}

/// A number that doesn't break at its hyphens.
pub fn whole(number: &str) -> String {
    number.replace('-', "\u{2011}")
}

/// Nothing for events it has no words for: a newer server may tell of more.
fn told(story: Story, place: Place, session: PortalSession) -> Option<Told> {
    let organization = session.me.with_untracked(|me| me.organization.name.to_string());
    let here = place == Place::Invoice;
    if story.kind.starts_with("quote.") {
        return of_quote(story, &organization);
    }
    let Story { actor, kind, data, .. } = story;
    let number = whole(&data.number.unwrap_or_default());
    let text = str::to_owned;
    let (mark, tone, title, money, sub) = match kind.as_str() {
        "invoice.sent" => {
            let to = data.to.join(", ");
            let title = match (here, to.is_empty()) {
                (false, _) => texts::invoice_sent(&organization, &number),
                (true, true) => text(texts::here_sent()),
                (true, false) => texts::here_sent_to(&to),
            };
            (Mark::Empty, Tone::Neutral, title, None, None)
        }
        "invoice.imported" => (Mark::Empty, Tone::Neutral, texts::invoice_imported(&number), None, None),
        "invoice.viewed" => {
            let name = actor.name.filter(|_| actor.kind == "contact");
            let title = match (name, here) {
                (Some(_), false) if actor.you => texts::you_viewed(&number),
                (Some(_), true) if actor.you => text(texts::here_you_viewed()),
                (Some(name), false) => texts::viewed(&name, &number),
                (Some(name), true) => texts::here_viewed(&name),
                (None, false) => texts::opened(&number),
                (None, true) => text(texts::here_opened()),
            };
            (Mark::Half, Tone::Info, title, None, None)
        }
        "invoice.paid" => {
            let title = if here { text(texts::here_paid()) } else { texts::invoice_paid(&number) };
            (Mark::Full, Tone::Positive, title, None, None)
        }
        "invoice.voided" => {
            let title =
                if here { text(texts::here_voided()) } else { texts::invoice_voided(&organization, &number) };
            (Mark::Void, Tone::Neutral, title, None, data.reason)
        }
        "payment.failed" => (Mark::Late, Tone::Critical, text(texts::payment_failed()), None, data.reason),
        "payment.processing" => {
            (Mark::Half, Tone::Info, text(texts::payment_processing()), data.amount, None)
        }
        "payment.received" => {
            let title = if actor.you { texts::you_paid() } else { texts::paid() };
            (Mark::Full, Tone::Positive, text(title), data.amount, data.method.map(|method| how(&method)))
        }
        "payment_method.saved" => {
            let label = data.label.unwrap_or_default();
            let title =
                if actor.you { method_texts::you_saved(&label) } else { method_texts::was_saved(&label) };
            (Mark::Full, Tone::Neutral, title, None, None)
        }
        "payment_method.made_default" => {
            let title = method_texts::charged_now(&data.label.unwrap_or_default());
            (Mark::Empty, Tone::Neutral, title, None, None)
        }
        "payment_method.removed" => {
            let title = method_texts::was_removed(&data.label.unwrap_or_default());
            (Mark::Void, Tone::Neutral, title, None, None)
        }
        "payment.refunded" => (Mark::Empty, Tone::Neutral, text(texts::refunded()), data.refunded, None),
        "payment.taken_off" => (Mark::Empty, Tone::Neutral, text(texts::taken_off()), data.amount, None),
        "payment.credit_applied" => {
            let title = match (actor.you, here) {
                (true, false) => texts::you_used_credit(&number),
                (false, false) => texts::credit_used(&number),
                (true, true) => text(texts::here_you_used_credit()),
                (false, true) => text(texts::here_credit_used()),
            };
            (Mark::Most, Tone::Positive, title, data.amount, None)
        }
        "invoice.milestone_reached" => {
            let name = data.milestone.unwrap_or_default();
            let title = if here {
                schedule_texts::here_reached(&name)
            } else {
                schedule_texts::milestone_reached(&number, &name)
            };
            (Mark::Quarter, Tone::Accent, title, data.amount, None)
        }
        "invoice.milestone_reopened" => {
            let name = data.milestone.unwrap_or_default();
            let title = if here {
                schedule_texts::here_reopened(&name)
            } else {
                schedule_texts::milestone_reopened(&number, &name)
            };
            (Mark::Empty, Tone::Neutral, title, None, None)
        }
        "credit_note.issued" => {
            (Mark::Empty, Tone::Neutral, texts::credit_note_issued(&organization, &number), data.total, None)
        }
        _ => return None,
    };
    let page = match data.invoice_id {
        Some(id) => Some(format!("/invoices/{id}")),
        None => kind.starts_with("payment_method.").then(|| "/saved-methods".to_owned()),
    };
    Some(Told { mark, tone, title, money, sub: sub.unwrap_or_default(), page })
}

/// What happened with a quote.
fn of_quote(story: Story, organization: &str) -> Option<Told> {
    let Story { actor, kind, data, .. } = story;
    let number = whole(&data.number.unwrap_or_default());
    let you = actor.you;
    let (mark, tone, title, money, sub) = match kind.as_str() {
        "quote.sent" => {
            (Mark::Quarter, Tone::Accent, quote_texts::sent(organization, &number), data.total, None)
        }
        "quote.viewed" => {
            let title = if you { quote_texts::you_viewed(&number) } else { quote_texts::viewed(&number) };
            (Mark::Half, Tone::Info, title, None, None)
        }
        "quote.accepted" => {
            let name = data.name.unwrap_or_default();
            let title =
                if you { quote_texts::you_accepted(&number) } else { quote_texts::accepted(&name, &number) };
            (Mark::Full, Tone::Positive, title, data.total, None)
        }
        "quote.declined" => {
            let title = if you { quote_texts::you_declined(&number) } else { quote_texts::declined(&number) };
            (Mark::Void, Tone::Neutral, title, None, data.reason)
        }
        "quote.changes_requested" => {
            let title = if you { quote_texts::you_changes(&number) } else { quote_texts::changes(&number) };
            (Mark::Half, Tone::Info, title, None, data.reason)
        }
        "quote.expired" => (Mark::Late, Tone::Neutral, quote_texts::expired(&number), None, None),
        "quote.superseded" => (Mark::Empty, Tone::Neutral, quote_texts::superseded(&number), None, None),
        "quote.withdrawn" => {
            (Mark::Void, Tone::Neutral, quote_texts::withdrawn(organization, &number), None, data.reason)
        }
        "quote.questioned" => {
            (Mark::Empty, Tone::Neutral, quote_texts::questioned(&number), None, data.question)
        }
        "quote.answered" => {
            (Mark::Full, Tone::Accent, quote_texts::answered(organization, &number), None, data.answer)
        }
        _ => return None,
    };
    let page = data.quote_id.map(|id| format!("/quotes/{id}"));
    Some(Told { mark, tone, title, money, sub: sub.unwrap_or_default(), page })
}

#[cfg(test)]
mod tests {
    use domain::events::{Activity, Actor, Event, EventId};
    use domain::ids::Id;
    use domain::invoices::InvoiceId;
    use domain::money::{Currency, Money};

    use super::Story;

    fn read(actor: Actor, event: Event) -> Story {
        let id = EventId::from_uuid(uuid::Uuid::nil());
        let activity = Activity {
            id,
            at: chrono::DateTime::UNIX_EPOCH,
            actor,
            client_id: None,
            client_name: None,
            event,
        };
        serde_json::from_str(&serde_json::to_string(&activity).unwrap()).unwrap()
    }

    #[test]
    fn events_are_read_as_they_are_written() {
        let invoice_id = InvoiceId::from_uuid(uuid::Uuid::nil());
        let total = Money::new(131_072, Currency::EUR);
        let to = vec!["Ana".to_owned()];
        let member = Actor::Member { name: "Holm".to_owned() };
        let sent =
            read(member, Event::InvoiceSent { invoice_id, number: "7".to_owned(), total, to: to.clone() });
        assert_eq!(
            (sent.kind.as_str(), sent.data.invoice_id, sent.data.to),
            ("invoice.sent", Some(invoice_id), to)
        );
        assert_eq!((sent.data.number.as_deref(), sent.actor.you), (Some("7"), false));

        let you = Actor::Contact { name: "Ana".to_owned(), you: true };
        let received = Event::PaymentReceived {
            payment_id: domain::payments::PaymentId::from_uuid(uuid::Uuid::nil()),
            invoice_id: Some(invoice_id),
            amount: total,
            method: "Visa".to_owned(),
        };
        let paid = read(you, received);
        assert_eq!(
            (paid.kind.as_str(), paid.data.amount, paid.actor.you),
            ("payment.received", Some(total), true)
        );
        assert_eq!(paid.data.method.as_deref(), Some("Visa"));

        let number = "7".to_owned();
        let voided =
            read(Actor::System, Event::InvoiceVoided { invoice_id, number, reason: "twice".to_owned() });
        assert_eq!((voided.kind.as_str(), voided.data.reason.as_deref()), ("invoice.voided", Some("twice")));
        assert_eq!(read(Actor::Guest, Event::ClientArchived {}).actor.kind, "guest");
    }
}
