//! The figure: amounts are strong, sign and cents step back.

use leptos::prelude::*;

use crate::format::{self, AmountPartKind};
use crate::mark::classes;

/// An amount in the smallest unit of its currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// Cents, yen.
    pub minor: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// Places behind the point: 2 for euro, 0 for yen.
    pub exponent: u32,
}

impl Amount {
    /// As plain text in the reader's locale.
    pub fn text(&self) -> String {
        format::amount_text(self.minor, &self.currency, self.exponent)
    }
}

/// Size of a figure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FigureSize {
    /// As the text around it.
    #[default]
    Text,
    /// 24 px: a line of figures.
    Middle,
    /// 32 px: the one amount of a page.
    Big,
}

/// An amount of money.
#[component]
pub fn Figure(
    /// How much.
    amount: Amount,
    /// How large.
    #[prop(optional)]
    size: FigureSize,
    /// Shows a plus as well: changes of a price.
    #[prop(optional)]
    signed: bool,
    /// Struck: the document is void.
    #[prop(optional)]
    void: bool,
) -> impl IntoView {
    let size = match size {
        FigureSize::Text => "",
        FigureSize::Middle => "mid",
        FigureSize::Big => "big",
    };
    let mut parts: Vec<AnyView> =
        format::amount_parts(amount.minor, &amount.currency, amount.exponent, signed)
            .into_iter()
            .map(|part| match part.kind {
                AmountPartKind::Main => part.text.into_any(),
                AmountPartKind::Currency => view! { <span class="cur">{part.text}</span> }.into_any(),
                AmountPartKind::Minor => view! { <span class="min">{part.text}</span> }.into_any(),
            })
            .collect();
    if amount.exponent == 0 {
        // Keeps the cents' room in a column, so that digits meet at the point.
        parts.push(view! { <span class="min"></span> }.into_any());
    }
    view! { <span class=classes(&["money", size, if void { "void" } else { "" }])>{parts}</span> }
}
