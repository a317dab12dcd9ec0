//! Yes or no, one of two or three, and one of a few that deserve a card each.

use leptos::prelude::*;

use super::{Control, ErrorText, SelectOption};
use crate::amount::{Amount, Figure};
use crate::ids;

/// Yes or no, sent with the form.
#[component]
pub fn Checkbox(
    /// What is agreed to.
    #[prop(into)]
    label: String,
    /// Whether it is.
    checked: RwSignal<bool>,
    /// JSON pointer of the value in the body the form sends.
    #[prop(optional, into)]
    pointer: String,
    /// Not to be changed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    option(label, checked, pointer, disabled, false)
}

/// On or off, in force at once.
#[component]
pub fn Switch(
    /// What is switched.
    #[prop(into)]
    label: String,
    /// Whether it is on.
    checked: RwSignal<bool>,
    /// JSON pointer of the value in the body the form sends.
    #[prop(optional, into)]
    pointer: String,
    /// Not to be changed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    option(label, checked, pointer, disabled, true)
}

fn option(
    label: String,
    checked: RwSignal<bool>,
    pointer: String,
    disabled: Signal<bool>,
    switch: bool,
) -> impl IntoView {
    let control = Control::new(&label, &pointer, false);
    let (invalid, described, changed) = (control.clone(), control.clone(), control.clone());
    view! {
        <div class="field">
            <label class="option">
                <input
                    class=if switch { "switch" } else { "tick" }
                    type="checkbox"
                    role=switch.then_some("switch")
                    id=control.id()
                    disabled=move || disabled.get()
                    data-pointer=control.pointer()
                    aria-invalid=move || invalid.invalid()
                    aria-describedby=move || described.described_by()
                    prop:checked=move || checked.get()
                    on:change=move |event| {
                        checked.set(event_target_checked(&event));
                        changed.changed();
                    }
                />
                <span>{label}</span>
            </label>
            <ErrorText control/>
        </div>
    }
}

/// One of two or three, all in sight.
#[component]
pub fn RadioGroup(
    /// The question.
    #[prop(into)]
    label: String,
    /// The chosen value.
    value: RwSignal<String>,
    /// The answers.
    options: Vec<SelectOption>,
    /// JSON pointer of the value in the body the form sends.
    #[prop(optional, into)]
    pointer: String,
) -> impl IntoView {
    let control = Control::new(&label, &pointer, false);
    let name = ids::fresh("radio");
    let list = options
        .into_iter()
        .enumerate()
        .map(|(place, option)| {
            let (own, chosen, changed) = (option.value.clone(), option.value, control.clone());
            // The summary leads to the first answer.
            let pointer = (place == 0).then(|| control.pointer()).flatten();
            view! {
                <label class="option">
                    <input
                        class="tick"
                        type="radio"
                        name=name.clone()
                        data-pointer=pointer
                        prop:checked=move || value.with(|value| *value == own)
                        on:change=move |_| {
                            value.set(chosen.clone());
                            changed.changed();
                        }
                    />
                    <span>{option.label}</span>
                </label>
            }
        })
        .collect_view();
    let described = control.clone();
    view! {
        <fieldset class="field" aria-describedby=move || described.described_by()>
            <legend class="label">{label}</legend>
            <div>{list}</div>
            <ErrorText control=control.clone()/>
        </fieldset>
    }
}

/// A card of a [`ChoiceGroup`].
#[derive(Debug, Clone)]
pub struct ChoiceOption {
    /// What is kept.
    pub value: String,
    /// What is chosen.
    pub title: String,
    /// What that means.
    pub sub: String,
    /// What it costs.
    pub amount: Option<Amount>,
}

/// One of a few, each as large as what it decides.
#[component]
pub fn ChoiceGroup(
    /// The question.
    #[prop(into)]
    label: String,
    /// The chosen value; empty before one is.
    value: RwSignal<String>,
    /// The answers.
    options: Vec<ChoiceOption>,
    /// JSON pointer of the value in the body the form sends.
    #[prop(optional, into)]
    pointer: String,
) -> impl IntoView {
    let control = Control::new(&label, &pointer, false);
    let name = ids::fresh("choice");
    let list = options
        .into_iter()
        .enumerate()
        .map(|(place, option)| {
            let (own, chosen, changed) = (option.value.clone(), option.value, control.clone());
            let pointer = (place == 0).then(|| control.pointer()).flatten();
            view! {
                <label class="choice">
                    <input
                        class="tick"
                        type="radio"
                        name=name.clone()
                        data-pointer=pointer
                        prop:checked=move || value.with(|value| *value == own)
                        on:change=move |_| {
                            value.set(chosen.clone());
                            changed.changed();
                        }
                    />
                    <span class="title">{option.title}</span>
                    {option.amount.map(|amount| view! { <Figure amount/> })}
                    {(!option.sub.is_empty()).then(|| view! { <span class="sub">{option.sub}</span> })}
                </label>
            }
        })
        .collect_view();
    let described = control.clone();
    view! {
        <fieldset class="field" aria-describedby=move || described.described_by()>
            <legend class="label">{label}</legend>
            <div class="choices">{list}</div>
            <ErrorText control=control.clone()/>
        </fieldset>
    }
}
