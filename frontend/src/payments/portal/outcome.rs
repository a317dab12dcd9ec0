//! How a payment ended, in the place of the button that began it.

use domain::payments::{Attempt, AttemptState, Payment};
use leptos::prelude::*;
use ui::format::{DateStyle, date};
use ui::{
    ButtonKind, Entry, Facts, Figure, FigureSize, Ledger, LedgerKind, LinkButton, Mark, Outcome, TextLink,
    Tone, When,
};

use super::receipt::SaveReceipt;
use crate::activity::portal::whole;
use crate::invoices::portal::several;
use crate::money::amount;
use crate::payments::how;
use crate::quiet::quietly;
use crate::session::PortalSession;
use crate::t::portal::{invoice as invoice_texts, payment as texts};

/// Where an attempt came from: its invoice, or the choice of several.
fn origin(attempt: &Attempt, session: PortalSession) -> (String, &'static str) {
    match attempt.shares.as_slice() {
        [share] => (session.path(&format!("/invoices/{}", share.invoice_id)), texts::to_invoice()),
        [] => (session.path(""), texts::to_home()),
        // What is paid can't be chosen again.
        [..] if attempt.state == AttemptState::Succeeded => {
            (session.path("/invoices?view=paid"), texts::to_invoices())
        }
        [..] => (several::path(session, Some(attempt.amount.currency())), texts::to_invoices()),
    }
}

/// Back to what was to be paid.
#[component]
pub fn ToInvoice(
    /// The payment.
    attempt: Attempt,
    /// How the button stands out.
    #[prop(optional)]
    kind: ButtonKind,
    /// Says something else than where it leads.
    #[prop(optional)]
    label: Option<&'static str>,
) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let (href, origin) = origin(&attempt, session);
    view! { <LinkButton href kind>{label.unwrap_or(origin)}</LinkButton> }
}

/// The money has come.
#[component]
pub fn Paid(
    /// The payment.
    attempt: Attempt,
) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let (guest, name, organization) = session.me.with_untracked(|me| {
        let first = me.name.as_str().split_whitespace().next().unwrap_or_default().to_owned();
        (me.contact_id.is_none(), first, me.organization.name.to_string())
    });
    let title = if guest { texts::paid_guest().to_owned() } else { texts::paid(&name) };
    let sum = amount(attempt.amount);
    let sub = texts::paid_sub(&organization, &sum.text());
    let (first, id) = (attempt.shares.first().map(|share| share.invoice_id), attempt.payment_id);
    // How it was paid stands on the payment; the outcome is complete without.
    let payment = first.map(|first| quietly(super::of_invoice(first)));
    let facts = {
        let attempt = attempt.clone();
        move || {
            let found = payment.and_then(|payment| payment.get());
            let payment =
                found.and_then(|page| page.items.into_iter().find(|payment| Some(payment.id) == id));
            view! { <Facts facts=facts(&attempt, payment, session)/> }
        }
    };
    // One invoice stands above already; of several, each has its part.
    let parts = if attempt.shares.len() > 1 { attempt.shares.as_slice() } else { &[] };
    let now = ui::format::now_ms();
    let next = parts
        .iter()
        .map(|share| {
            let text = texts::invoice_part(&amount(share.amount).text(), &whole(&share.number));
            view! { <Entry when=When::instant(now, now) mark=Mark::Full tone=Tone::Positive>{text}</Entry> }
        })
        .collect_view();
    view! {
        <Outcome title>
            <p class="muted">{sub}</p>
            <p>
                <Figure amount=sum size=FigureSize::Big/>
            </p>
            {facts}
            <Ledger label=texts::next() kind=LedgerKind::History>
                {next}
                <Entry when=When::instant(now, now) mark=Mark::Empty>
                    {texts::receipt_mailed()}
                </Entry>
            </Ledger>
            <div class="line">
                <ToInvoice attempt/>
                {id.map(|id| view! { <SaveReceipt id/> })}
                {(!guest)
                    .then(|| view! { <LinkButton href=session.path("") kind=ButtonKind::Quiet>{texts::to_home()}</LinkButton> })}
            </div>
        </Outcome>
    }
}

fn facts(attempt: &Attempt, payment: Option<Payment>, session: PortalSession) -> Vec<(String, AnyView)> {
    let invoices = attempt
        .shares
        .iter()
        .map(|share| {
            let href = session.path(&format!("/invoices/{}", share.invoice_id));
            let title = invoice_texts::title(&share.number);
            view! { <div><TextLink href>{title}</TextLink></div> }
        })
        .collect_view();
    let mut facts = vec![(texts::invoices().to_owned(), invoices.into_any())];
    if let Some(payment) = payment {
        let received = date(&payment.received_on.to_string(), DateStyle::Medium);
        facts.push((texts::method().to_owned(), how(&payment.method).into_any()));
        facts.push((texts::received().to_owned(), received.into_any()));
        if !payment.reference.is_empty() {
            let reference = view! { <span class="code">{payment.reference}</span> };
            facts.push((texts::reference().to_owned(), reference.into_any()));
        }
    }
    facts
}

/// The provider waits for the money: nothing is paid yet, and nothing says so.
#[component]
pub fn Processing(
    /// The payment.
    attempt: Attempt,
) -> impl IntoView {
    let sum = amount(attempt.amount).text();
    view! {
        <Outcome title=texts::processing() mark=Mark::Half tone=Tone::Info>
            <p class="muted">{texts::processing_sub(&sum)}</p>
            <div>
                <ToInvoice attempt/>
            </div>
        </Outcome>
    }
}

/// It won't come: refused, or out of time.
#[component]
pub fn Ended(
    /// The payment.
    attempt: Attempt,
) -> impl IntoView {
    let failed = attempt.state == AttemptState::Failed;
    let (title, sub, mark, tone) = if failed {
        (texts::failed(), texts::failed_sub(), Mark::Late, Tone::Critical)
    } else {
        (texts::expired(), texts::expired_sub(), Mark::Void, Tone::Neutral)
    };
    // The provider's own words say most; what it says of a page that ran out says nothing new.
    let reason = attempt.failure.clone().filter(|_| failed).map(|reason| view! { <p>{reason}</p> });
    view! {
        <Outcome title mark tone>
            {reason}
            <p class="muted">{sub}</p>
            <div>
                <ToInvoice attempt kind=ButtonKind::Primary label=texts::try_again()/>
            </div>
        </Outcome>
    }
}
