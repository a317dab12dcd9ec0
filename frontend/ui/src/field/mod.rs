//! Fields: label above, help or error below, both tied to the control for screen readers.

mod choice;
mod file;
mod money;
mod select;
mod text;

use leptos::prelude::*;

use crate::form::FormErrors;
use crate::ids;
use crate::mark::{Mark, MarkView, Tone};
use crate::words::words;

pub use choice::{Checkbox, ChoiceGroup, ChoiceOption, RadioGroup, Switch};
pub use file::FileDrop;
pub use money::MoneyField;
pub use select::{SelectField, SelectOption};
pub use text::{DateField, TextArea, TextField, TextKind};

/// What ties a control to its label, hint and error.
#[derive(Debug, Clone)]
pub struct Control {
    id: String,
    pointer: String,
    form: Option<FormErrors>,
    own_error: RwSignal<Option<String>>,
    has_hint: bool,
}

impl Control {
    /// Ties a control of this label to the form around it.
    pub fn new(label: &str, pointer: &str, has_hint: bool) -> Self {
        let form = use_context::<FormErrors>().filter(|_| !pointer.is_empty());
        if let Some(form) = form {
            form.register(pointer, label);
        }
        Self {
            id: ids::fresh("field"),
            pointer: pointer.to_owned(),
            form,
            own_error: RwSignal::new(None),
            has_hint,
        }
    }

    /// The control's id.
    pub fn id(&self) -> String {
        self.id.clone()
    }

    /// For `data-pointer`, by which the summary finds it.
    pub fn pointer(&self) -> Option<String> {
        (!self.pointer.is_empty()).then(|| self.pointer.clone())
    }

    /// What is wrong: what the control itself found, else what the form was told.
    pub fn error(&self) -> Option<String> {
        self.own_error.get().or_else(|| self.form.and_then(|form| form.at(&self.pointer)))
    }

    /// For `aria-invalid`.
    pub fn invalid(&self) -> Option<&'static str> {
        self.error().is_some().then_some("true")
    }

    /// For `aria-describedby`.
    pub fn described_by(&self) -> Option<String> {
        let hint = self.has_hint.then(|| format!("{}-hint", self.id));
        let error = self.error().map(|_| format!("{}-error", self.id));
        match (error, hint) {
            (Some(error), Some(hint)) => Some(format!("{error} {hint}")),
            (error, hint) => error.or(hint),
        }
    }

    /// The person changed the value.
    pub fn changed(&self) {
        self.own_error.set(None);
        if let Some(form) = self.form {
            form.changed(&self.pointer);
        }
    }

    fn refuse(&self, message: &str) {
        self.own_error.set(Some(message.to_owned()));
    }
}

/// The frame of a field around any control: use it for a control the kit doesn't have.
#[component]
pub fn FieldFrame(
    /// What ties the parts together.
    control: Control,
    /// The label.
    #[prop(into)]
    label: String,
    /// Help below.
    #[prop(optional, into)]
    hint: String,
    /// May stay empty.
    #[prop(optional)]
    optional: bool,
    /// The control itself.
    children: Children,
) -> impl IntoView {
    let id = control.id();
    view! {
        <div class="field">
            <label class="label" for=id.clone()>
                {label}
                {optional.then(|| view! { " " <span class="opt">{words().optional}</span> })}
            </label>
            {children()}
            <ErrorText control/>
            {(!hint.is_empty()).then(|| view! { <span class="hint" id=format!("{id}-hint")>{hint}</span> })}
        </div>
    }
}

/// The error of a field, where there is one.
#[component]
fn ErrorText(control: Control) -> impl IntoView {
    move || {
        control.error().map(|message| {
            view! {
                <span class="error" id=format!("{}-error", control.id)>
                    <MarkView mark=Mark::Late tone=Tone::Critical/>
                    <span>{message}</span>
                </span>
            }
        })
    }
}
