//! From the domain's money to the kit's amounts.

use domain::money::Money;
use leptos::prelude::*;
use ui::{Amount, Figure, FigureSize};

/// An amount as the kit shows it.
pub fn amount(money: Money) -> Amount {
    let currency = money.currency();
    Amount { minor: money.minor(), currency: currency.code().to_owned(), exponent: currency.exponent() }
}

/// A sum in each of its currencies, one below the other.
#[component]
pub fn Sums(
    /// One amount per currency; none is nothing.
    sums: Vec<Money>,
    /// How large.
    #[prop(optional)]
    size: FigureSize,
) -> impl IntoView {
    if sums.is_empty() {
        return view! { <span class="muted">"–"</span> }.into_any();
    }
    sums.into_iter()
        .map(|sum| view! { <div><Figure amount=amount(sum) size/></div> })
        .collect_view()
        .into_any()
}
