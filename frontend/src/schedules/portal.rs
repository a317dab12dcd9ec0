//! The schedule on the client's page of an invoice: what remains, and what the payment about to be made pays of it.

use domain::invoices::{InvoiceDocument, InvoiceStatus};
use domain::money::Money;
use domain::schedules::{Instalment, spread};
use leptos::prelude::*;
use ui::{Figure, MarkView, Section};

use super::{look, name, when};
use crate::invoices::portal::pay::Paying;
use crate::money::amount;
use crate::t::schedules as texts;

/// The instalments, where there are any.
#[component]
pub fn Schedule(
    /// The invoice.
    document: InvoiceDocument,
    /// The payment about to be made, where one can be.
    paying: Option<Paying>,
) -> impl IntoView {
    let shown = !document.schedule.is_empty() && document.status != InvoiceStatus::Void;
    shown.then(|| {
        let instalments = document.schedule;
        let known = instalments.clone();
        let shares = Memo::new(move |_| {
            let payment = paying.and_then(Paying::chosen);
            payment.map(|payment| spread(payment, &known)).unwrap_or_default()
        });
        let rows = instalments
            .into_iter()
            .enumerate()
            .map(|(place, instalment)| view! { <InstalmentRow place instalment shares/> })
            .collect_view();
        view! {
            <Section title=texts::title()>
                <ul class="rows proposal">{rows}</ul>
            </Section>
        }
    })
}

#[component]
fn InstalmentRow(place: usize, instalment: Instalment, shares: Memo<Vec<Money>>) -> impl IntoView {
    let (mark, tone, state) = look(instalment.state);
    let when = when(&instalment);
    let left = instalment.left;
    let whole = instalment.amount.unwrap_or(left);
    // What the payment gives it is worth more words than how it stands now.
    let stands = move || {
        let share = shares.with(|shares| shares.get(place).copied()).filter(|share| share.is_positive());
        match share {
            Some(share) => texts::now(&amount(share).text()),
            None if left.is_positive() && left != whole => texts::left(&amount(left).text()),
            None => state.to_owned(),
        }
    };
    view! {
        <li class="row">
            <MarkView mark tone/>
            <span class="what">
                <span class="title">{name(place, &instalment)}</span>
                <span class="sub">{when}</span>
            </span>
            <span class="end">
                <Figure amount=amount(whole)/>
                <span class="sub">{stands}</span>
            </span>
        </li>
    }
}
