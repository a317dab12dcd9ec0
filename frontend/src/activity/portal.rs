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
            let told = told(&activity, session)?;
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

/// Nothing for events that concern staff only; the server leaves them out, too.
fn told(activity: &Activity, session: PortalSession) -> Option<Told> {
    let organization = session.me.with_untracked(|me| me.organization.name.to_string());
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
        Event::InvoiceSent { invoice_id, number, to, .. } => Told {
            sub: if to.is_empty() { String::new() } else { texts::invoice_sent_to(&to.join(", ")) },
            invoice: Some(*invoice_id),
            ..plain(texts::invoice_sent(&organization, number))
        },
        Event::InvoiceImported { invoice_id, number, .. } => {
            Told { invoice: Some(*invoice_id), ..plain(texts::invoice_imported(number)) }
        }
        Event::InvoiceViewed { invoice_id, number } => {
            let title = match &activity.actor {
                Actor::Contact { you: true, .. } => texts::you_viewed(number),
                Actor::Contact { name, .. } => texts::viewed(name, number),
                Actor::Member { .. } | Actor::Guest | Actor::System => texts::opened(number),
            };
            Told { invoice: Some(*invoice_id), ..told(Mark::Half, Tone::Info, title) }
        }
        Event::InvoicePaid { invoice_id, number } => Told {
            invoice: Some(*invoice_id),
            ..told(Mark::Full, Tone::Positive, texts::invoice_paid(number))
        },
        Event::InvoiceVoided { invoice_id, number, reason } => Told {
            sub: reason.clone(),
            invoice: Some(*invoice_id),
            ..told(Mark::Void, Tone::Neutral, texts::invoice_voided(&organization, number))
        },
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
