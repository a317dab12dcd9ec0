//! A payment's page: what it paid, what was given back, and whether the payer disputes it.

use domain::payments::Payment;
use domain::permission::Permission;
use domain::refunds::{Dispute, DisputeState, Refund, RefundState, RefundTo};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use ui::{
    Button, Facts, Figure, FigureSize, Loaded, Mark, MarkView, Notice, Row, Section, Skeleton, TextLink, Tone,
};

use super::refund::RefundSheet;
use crate::money::amount;
use crate::payments::{self, how};
use crate::session::{ConsoleSession, set_page_title};
use crate::t::{invoices as invoice_texts, payments as texts};
use crate::time;

/// `/console/payments/{id}`
#[component]
pub fn PaymentPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let payment = ui::Fetched::new(move || {
        let id = id.get();
        async move { payments::find(&id).await }
    });
    view! {
        <main class="work">
            <Loaded resource=payment skeleton=Skeleton::Document let:payment_now>
                <Body payment=payment_now on_changed=move || payment.refetch()/>
            </Loaded>
        </main>
    }
}

/// What of a payment is neither given back, nor on its way, nor held by the payer's bank.
pub fn left(payment: &Payment) -> i64 {
    let pending: i64 = payment
        .refunds
        .iter()
        .filter(|refund| refund.state == RefundState::Pending)
        .map(|refund| refund.amount.minor())
        .sum();
    payment.amount.minor() - payment.refunded.minor() - payment.disputed.minor() - pending
}

#[component]
fn Body(payment: Payment, #[prop(into)] on_changed: Callback<()>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let open = RwSignal::new(false);
    let title = texts::payment_of(payment.client_name.as_str());
    set_page_title(&title);
    let refund = (left(&payment) > 0 && session.may(Permission::RefundPayments)).then(|| {
        view! { <Button on_click=move || open.set(true)>{texts::refund()}</Button> }
    });
    let refunds = (!payment.refunds.is_empty()).then(|| {
        let rows =
            payment.refunds.clone().into_iter().map(|refund| view! { <RefundRow refund/> }).collect_view();
        view! {
            <Section title=texts::refunds()>
                <ul class="rows">{rows}</ul>
            </Section>
        }
    });
    let dispute = payment.dispute.clone().map(|dispute| view! { <DisputeNotice dispute/> });
    let facts = facts(&payment, session);
    view! {
        <header class="head">
            <h1>{title}</h1>
            <span class="end">{refund}</span>
        </header>
        {dispute}
        <div class="columns two">
            <div class="stack">
                <Shares payment=payment.clone()/>
                {refunds}
            </div>
            <div class="stack">
                <div class="gap">
                    <p>
                        <Figure amount=amount(payment.amount) size=FigureSize::Big/>
                    </p>
                    <Facts facts/>
                </div>
            </div>
        </div>
        <RefundSheet payment open on_done=on_changed/>
    }
}

fn facts(payment: &Payment, session: ConsoleSession) -> Vec<(String, AnyView)> {
    let name = payment.client_name.to_string();
    let client = if session.may(Permission::ViewClients) {
        view! { <TextLink href=format!("/console/clients/{}", payment.client_id)>{name}</TextLink> }
            .into_any()
    } else {
        name.into_any()
    };
    let mut facts = vec![
        (texts::client().to_owned(), client),
        (texts::received().to_owned(), time::day(Some(payment.received_on)).into_any()),
        (texts::how().to_owned(), how(&payment.method).into_any()),
    ];
    if !payment.reference.is_empty() {
        let reference = payment.reference.clone();
        facts.push((
            invoice_texts::reference().to_owned(),
            view! { <span class="code">{reference}</span> }.into_any(),
        ));
    }
    if payment.refunded.is_positive() {
        let back = amount(payment.refunded);
        facts.push((texts::given_back().to_owned(), view! { <Figure amount=back/> }.into_any()));
    }
    facts
}

/// What the money pays, and what of it pays nothing yet.
#[component]
fn Shares(payment: Payment) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let some = !payment.shares.is_empty() || payment.unapplied.is_positive();
    let may_look = session.may(Permission::ViewInvoices);
    let shares = payment
        .shares
        .into_iter()
        .map(|share| {
            let href =
                if may_look { format!("/console/invoices/{}", share.invoice_id) } else { String::new() };
            view! {
                <Row
                    title=invoice_texts::invoice_numbered(&share.number)
                    href
                    lead=|| view! { <MarkView mark=Mark::Full tone=Tone::Positive/> }
                >
                    <Figure amount=amount(share.amount)/>
                </Row>
            }
        })
        .collect_view();
    let credit = payment.unapplied.is_positive().then(|| {
        view! {
            <Row
                title=texts::left_as_credit()
                href=format!("/console/clients/{}", payment.client_id)
                lead=|| view! { <MarkView mark=Mark::Most tone=Tone::Caution/> }
            >
                <Figure amount=amount(payment.unapplied)/>
            </Row>
        }
    });
    // Nothing is left of what went back altogether.
    some.then(|| {
        view! {
            <Section title=texts::pays()>
                <ul class="rows">{shares} {credit}</ul>
            </Section>
        }
    })
}

#[component]
fn RefundRow(refund: Refund) -> impl IntoView {
    let (mark, tone, state) = match refund.state {
        RefundState::Pending => (Mark::Quarter, Tone::Caution, texts::refund_state::pending()),
        RefundState::Succeeded => (Mark::Full, Tone::Positive, texts::refund_state::succeeded()),
        RefundState::Failed => (Mark::Late, Tone::Critical, texts::refund_state::failed()),
    };
    let to = match refund.to {
        RefundTo::Source => texts::to_source(),
        RefundTo::Credit => texts::to_credit(),
    };
    let day = ui::format::instant(refund.created_at.timestamp_millis(), ui::format::InstantStyle::Day);
    let parts = [Some(state.to_owned()), refund.failure, Some(refund.reason), Some(day)];
    let sub = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    view! {
        <Row title=to sub lead=move || view! { <MarkView mark tone/> }>
            <Figure amount=amount(refund.amount)/>
        </Row>
    }
}

/// What the payer's bank says, and until when it can be answered.
#[component]
fn DisputeNotice(dispute: Dispute) -> impl IntoView {
    let money = amount(dispute.amount).text();
    let until = dispute
        .due_by
        .map(|at| ui::format::instant(at.timestamp_millis(), ui::format::InstantStyle::Full))
        .unwrap_or_default();
    let (mark, tone, text) = match dispute.state {
        DisputeState::NeedsResponse if until.is_empty() => {
            (Mark::Late, Tone::Critical, texts::dispute_open(&money))
        }
        DisputeState::NeedsResponse => (Mark::Late, Tone::Critical, texts::dispute_due(&money, &until)),
        DisputeState::UnderReview => (Mark::Half, Tone::Info, texts::dispute_review(&money)),
        DisputeState::Won => (Mark::Full, Tone::Positive, texts::dispute_won(&money)),
        DisputeState::Lost => (Mark::Void, Tone::Neutral, texts::dispute_lost(&money)),
    };
    let withdrawn = dispute.withdrawn.then(texts::dispute_withdrawn).unwrap_or_default();
    view! {
        <Notice mark tone>
            <span>{text} " " {withdrawn} " " <span class="muted">{texts::dispute_reason(&dispute.reason)}</span></span>
        </Notice>
    }
}
