//! An amount of money, typed as people write it.

use leptos::prelude::*;

use super::{Control, FieldFrame};
use crate::format::{self, AmountPartKind};
use crate::words::words;

/// The amount without its sign of currency, as a person would type it.
fn typed(minor: i64, currency: &str, exponent: u32) -> String {
    format::amount_parts(minor, currency, exponent, false)
        .into_iter()
        .filter(|part| part.kind != AmountPartKind::Currency)
        .map(|part| part.text)
        .collect()
}

/// An amount in one currency. Points and commas are both understood; it is set in the locale's way when left.
#[component]
pub fn MoneyField(
    /// The label.
    #[prop(into)]
    label: String,
    /// The amount in the smallest unit; `None` while it is empty or no amount.
    value: RwSignal<Option<i64>>,
    /// ISO 4217 code.
    #[prop(into)]
    currency: Signal<String>,
    /// Places behind the point.
    #[prop(into)]
    exponent: Signal<u32>,
    /// JSON pointer of the value in the body the form sends.
    #[prop(optional, into)]
    pointer: String,
    /// Help below.
    #[prop(optional, into)]
    hint: String,
    /// May stay empty.
    #[prop(optional)]
    optional: bool,
    /// Not to be changed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let control = Control::new(&label, &pointer, !hint.is_empty());
    let text = RwSignal::new(String::new());
    // Follows the value when something else than this field changed it.
    Effect::new(move |_| {
        let (now, currency, exponent) = (value.get(), currency.get(), exponent.get());
        if now.is_some() && format::parse_amount(&text.get_untracked(), exponent) != now {
            text.set(now.map(|minor| typed(minor, &currency, exponent)).unwrap_or_default());
        }
    });
    let sign = move || {
        currency.with(|currency| {
            let parts = format::amount_parts(0, currency, exponent.get(), false);
            let leads = parts.first().is_some_and(|part| part.kind == AmountPartKind::Currency);
            let sign = parts.into_iter().find(|part| part.kind == AmountPartKind::Currency);
            (leads, sign.map(|part| part.text.trim().to_owned()).unwrap_or_default())
        })
    };
    let (input, left) = (control.clone(), control.clone());
    let on_input = move |event| {
        text.set(event_target_value(&event));
        value.set(format::parse_amount(&text.get_untracked(), exponent.get_untracked()));
        input.changed();
    };
    let on_blur = move |_| match value.get_untracked() {
        Some(minor) => text.set(typed(minor, &currency.get_untracked(), exponent.get_untracked())),
        None if text.with_untracked(|text| !text.trim().is_empty()) => left.refuse(words().not_an_amount),
        None => {}
    };
    let (invalid, described) = (control.clone(), control.clone());
    let outer = control.clone();
    view! {
        <FieldFrame control=control.clone() label hint optional>
            <span class="input affix" class:invalid=move || outer.error().is_some()>
                {move || { let (leads, sign) = sign(); leads.then(|| view! { <span>{sign}</span> }) }}
                <input
                    id=control.id()
                    type="text"
                    inputmode="decimal"
                    autocomplete="off"
                    required=!optional
                    disabled=move || disabled.get()
                    data-pointer=control.pointer()
                    aria-invalid=move || invalid.invalid()
                    aria-describedby=move || described.described_by()
                    prop:value=move || text.get()
                    on:input=on_input
                    on:blur=on_blur
                />
                {move || { let (leads, sign) = sign(); (!leads).then(|| view! { <span>{sign}</span> }) }}
            </span>
        </FieldFrame>
    }
}
