//! What happened, told to the client: what they did is "you", what we did is the organization's.

use domain::events::{Activity, Actor, Event};
use domain::invoices::InvoiceId;
use domain::money::Money;
use leptos::prelude::*;
use ui::{Entry, Figure, Ledger, LedgerKind, Mark, Tone, When};

use crate::money::amount;
use crate::session::PortalSession;
use crate::t::portal::{home as home_texts, invoice as invoice_texts, lately as texts};

/// Where a history stands: on an invoice's own page it doesn't lead there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Among everything.
    Home,
    /// On the page of one invoice.
    Invoice,
}

/// Events as a small ledger.
#[component]
pub fn Entries(
    /// The events, newest first.
    items: Vec<Activity>,
    /// Where they stand.
    place: Place,
) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let now = ui::format::now_ms();
    let label = match place {
        Place::Home => home_texts::lately(),
        Place::Invoice => invoice_texts::history(),
    };
    let entries = items
        .into_iter()
        .filter_map(|activity| {
            let told = told(&activity, place, session)?;
            let when = When::instant(activity.at.timestamp_millis(), now);
            let href = told
                .invoice
                .filter(|_| place == Place::Home)
                .map(|id| session.path(&format!("/invoices/{id}")))
                .unwrap_or_default();
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
    invoice: Option<InvoiceId>,
}

/// A number that doesn't break at its hyphens.
fn whole(number: &str) -> String {
    number.replace('-', "\u{2011}")
}

/// Nothing for events that concern staff only; the server leaves them out, too.
fn told(activity: &Activity, place: Place, session: PortalSession) -> Option<Told> {
    let organization = session.me.with_untracked(|me| me.organization.name.to_string());
    let here = place == Place::Invoice;
    let you = matches!(activity.actor, Actor::Contact { you: true, .. });
    let told = |mark, tone, title: String| Told {
        mark,
        tone,
        title,
        money: None,
        sub: String::new(),
        invoice: None,
    };
    let plain = |title| told(Mark::Empty, Tone::Neutral, title);
    Some(match &activity.event {
        Event::InvoiceSent { invoice_id, number, to, .. } => {
            let to = to.join(", ");
            let title = match (here, to.is_empty()) {
                (false, _) => texts::invoice_sent(&organization, &whole(number)),
                (true, true) => texts::here_sent().to_owned(),
                (true, false) => texts::here_sent_to(&to),
            };
            Told { invoice: Some(*invoice_id), ..plain(title) }
        }
        Event::InvoiceImported { invoice_id, number, .. } => {
            Told { invoice: Some(*invoice_id), ..plain(texts::invoice_imported(&whole(number))) }
        }
        Event::InvoiceViewed { invoice_id, number } => {
            let number = whole(number);
            let title = match (&activity.actor, here) {
                (Actor::Contact { you: true, .. }, false) => texts::you_viewed(&number),
                (Actor::Contact { you: true, .. }, true) => texts::here_you_viewed().to_owned(),
                (Actor::Contact { name, .. }, false) => texts::viewed(name, &number),
                (Actor::Contact { name, .. }, true) => texts::here_viewed(name),
                (Actor::Member { .. } | Actor::Guest | Actor::System, false) => texts::opened(&number),
                (Actor::Member { .. } | Actor::Guest | Actor::System, true) => {
                    texts::here_opened().to_owned()
                }
            };
            Told { invoice: Some(*invoice_id), ..told(Mark::Half, Tone::Info, title) }
        }
        Event::InvoicePaid { invoice_id, number } => {
            let title =
                if here { texts::here_paid().to_owned() } else { texts::invoice_paid(&whole(number)) };
            Told { invoice: Some(*invoice_id), ..told(Mark::Full, Tone::Positive, title) }
        }
        Event::InvoiceVoided { invoice_id, number, reason } => {
            let title = if here {
                texts::here_voided().to_owned()
            } else {
                texts::invoice_voided(&organization, &whole(number))
            };
            let told = told(Mark::Void, Tone::Neutral, title);
            Told { sub: reason.clone(), invoice: Some(*invoice_id), ..told }
        }
        Event::PaymentFailed { invoice_id, reason, .. } => Told {
            sub: reason.clone(),
            invoice: Some(*invoice_id),
            ..told(Mark::Late, Tone::Critical, texts::payment_failed().to_owned())
        },
        Event::PaymentProcessing { invoice_id, amount, .. } => Told {
            money: Some(*amount),
            invoice: Some(*invoice_id),
            ..told(Mark::Half, Tone::Info, texts::payment_processing().to_owned())
        },
        Event::PaymentReceived { invoice_id, amount, method, .. } => Told {
            money: Some(*amount),
            sub: method.clone(),
            invoice: *invoice_id,
            ..told(
                Mark::Full,
                Tone::Positive,
                if you { texts::you_paid().to_owned() } else { texts::paid().to_owned() },
            )
        },
        Event::PaymentRefunded { invoice_id, refunded, .. } => {
            Told { money: Some(*refunded), invoice: *invoice_id, ..plain(texts::refunded().to_owned()) }
        }
        _ => return None,
    })
}
