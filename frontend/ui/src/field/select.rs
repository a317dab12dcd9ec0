//! One of a few.

use leptos::prelude::*;

use super::{Control, FieldFrame};
use crate::icon::{Icon, IconSize, IconView};

/// A choice of a [`SelectField`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectOption {
    /// What is kept.
    pub value: String,
    /// What is shown.
    pub label: String,
}

impl SelectOption {
    /// A choice.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// One of up to a dozen; for more there is the combobox.
#[component]
pub fn SelectField(
    /// The label.
    #[prop(into)]
    label: String,
    /// The chosen value.
    value: RwSignal<String>,
    /// What can be chosen.
    #[prop(into)]
    options: Signal<Vec<SelectOption>>,
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
    let (invalid, described, changed) = (control.clone(), control.clone(), control.clone());
    let list = move || {
        options
            .get()
            .into_iter()
            .map(|option| {
                let own = option.value.clone();
                view! {
                    <option value=option.value prop:selected=move || value.with(|value| *value == own)>
                        {option.label}
                    </option>
                }
            })
            .collect_view()
    };
    view! {
        <FieldFrame control=control.clone() label hint optional>
            <span class="pick">
                <select
                    class="input select"
                    id=control.id()
                    disabled=move || disabled.get()
                    data-pointer=control.pointer()
                    aria-invalid=move || invalid.invalid()
                    aria-describedby=move || described.described_by()
                    on:change=move |event| {
                        value.set(event_target_value(&event));
                        changed.changed();
                    }
                >
                    {list}
                </select>
                <IconView icon=Icon::Down size=IconSize::Small/>
            </span>
        </FieldFrame>
    }
}
