//! Text in one line, in several, and dates.

use leptos::html;
use leptos::prelude::*;

use super::{Control, FieldFrame};

/// What kind of text a field takes: the keyboard a phone shows, and what a browser may fill in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TextKind {
    /// Any words.
    #[default]
    Text,
    /// An e-mail address.
    Email,
    /// A secret.
    Password,
    /// A phone number.
    Phone,
    /// Digits that are no number: a code from an application or a letter.
    Code,
    /// A decimal number: quantities and rates. It stays text, exact.
    Decimal,
}

impl TextKind {
    fn type_and_mode(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Text => ("text", None),
            // Not `email`: browsers rewrite international addresses typed into it.
            Self::Email => ("text", Some("email")),
            Self::Password => ("password", None),
            Self::Phone => ("tel", None),
            Self::Code => ("text", Some("numeric")),
            Self::Decimal => ("text", Some("decimal")),
        }
    }
}

/// A line of text.
#[component]
pub fn TextField(
    /// The label.
    #[prop(into)]
    label: String,
    /// The text.
    value: RwSignal<String>,
    /// What kind of text.
    #[prop(optional)]
    kind: TextKind,
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
    /// What the browser may fill in (`username`, `current-password`, `one-time-code`, …).
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// An example.
    #[prop(optional, into)]
    placeholder: String,
    /// Takes the focus when the page opens.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let control = Control::new(&label, &pointer, !hint.is_empty());
    let (input_type, mode) = kind.type_and_mode();
    let class = if kind == TextKind::Decimal { "input num" } else { "input" };
    let (invalid, described, changed) = (control.clone(), control.clone(), control.clone());
    // The attribute works only for what is there when the page loads.
    let node = NodeRef::<html::Input>::new();
    if autofocus {
        node.on_load(|input| request_animation_frame(move || drop(input.focus())));
    }
    let plain = matches!(kind, TextKind::Email | TextKind::Code | TextKind::Password);
    view! {
        <FieldFrame control=control.clone() label hint optional>
            <input
                class=class
                id=control.id()
                type=input_type
                inputmode=mode
                autocomplete=autocomplete
                autocapitalize=plain.then_some("none")
                spellcheck=plain.then_some("false")
                placeholder=(!placeholder.is_empty()).then_some(placeholder)
                node_ref=node
                required=!optional
                disabled=move || disabled.get()
                data-pointer=control.pointer()
                aria-invalid=move || invalid.invalid()
                aria-describedby=move || described.described_by()
                prop:value=move || value.get()
                on:input=move |event| {
                    value.set(event_target_value(&event));
                    changed.changed();
                }
            />
        </FieldFrame>
    }
}

/// Several lines of text; grows with them.
#[component]
pub fn TextArea(
    /// The label.
    #[prop(into)]
    label: String,
    /// The text.
    value: RwSignal<String>,
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
    /// An example.
    #[prop(optional, into)]
    placeholder: String,
) -> impl IntoView {
    let control = Control::new(&label, &pointer, !hint.is_empty());
    let (invalid, described, changed) = (control.clone(), control.clone(), control.clone());
    view! {
        <FieldFrame control=control.clone() label hint optional>
            <textarea
                class="input"
                id=control.id()
                placeholder=(!placeholder.is_empty()).then_some(placeholder)
                required=!optional
                disabled=move || disabled.get()
                data-pointer=control.pointer()
                aria-invalid=move || invalid.invalid()
                aria-describedby=move || described.described_by()
                prop:value=move || value.get()
                on:input=move |event| {
                    value.set(event_target_value(&event));
                    changed.changed();
                }
            ></textarea>
        </FieldFrame>
    }
}

/// A date of business. The browser's own picker: it knows the reader's order of day and month, and works on every phone.
#[component]
pub fn DateField(
    /// The label.
    #[prop(into)]
    label: String,
    /// ISO text (`2026-11-24`), empty for none.
    value: RwSignal<String>,
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
    view! {
        <FieldFrame control=control.clone() label hint optional>
            <input
                class="input"
                id=control.id()
                type="date"
                required=!optional
                disabled=move || disabled.get()
                data-pointer=control.pointer()
                aria-invalid=move || invalid.invalid()
                aria-describedby=move || described.described_by()
                prop:value=move || value.get()
                on:input=move |event| {
                    value.set(event_target_value(&event));
                    changed.changed();
                }
            />
        </FieldFrame>
    }
}
