//! A form and its errors: fields know theirs by JSON pointer, the summary above names all of them.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::words::words;

/// One field to correct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer into the body, `/lines/0/quantity`. Empty where the whole form is meant.
    pub pointer: String,
    /// What to change, in the reader's language.
    pub message: String,
}

/// The errors of one form. Make it in the page, hand it to [`Form`], set it from the server's answer.
#[derive(Debug, Clone, Copy)]
pub struct FormErrors {
    errors: RwSignal<Vec<FieldError>>,
    labels: StoredValue<Vec<(String, String)>>,
}

impl Default for FormErrors {
    fn default() -> Self {
        Self::new()
    }
}

impl FormErrors {
    /// No errors yet.
    pub fn new() -> Self {
        Self { errors: RwSignal::new(Vec::new()), labels: StoredValue::new(Vec::new()) }
    }

    /// Shows these, and moves the focus to the first field among them.
    pub fn set(self, errors: Vec<FieldError>) {
        self.errors.set(errors);
    }

    /// Takes all away, before trying again.
    pub fn clear(self) {
        self.errors.update(Vec::clear);
    }

    /// Whether there are any.
    pub fn is_empty(self) -> bool {
        self.errors.with(Vec::is_empty)
    }

    /// What is to be changed in one field.
    pub fn at(self, pointer: &str) -> Option<String> {
        self.errors.with(|errors| {
            errors.iter().find(|error| error.pointer == pointer).map(|error| error.message.clone())
        })
    }

    /// The person changed the field: what was said about it no longer holds.
    pub(crate) fn changed(self, pointer: &str) {
        if self.errors.with_untracked(|errors| errors.iter().any(|error| error.pointer == pointer)) {
            self.errors.update(|errors| errors.retain(|error| error.pointer != pointer));
        }
    }

    /// Remembers a field's label for the summary.
    pub(crate) fn register(self, pointer: &str, label: &str) {
        self.labels.update_value(|labels| {
            labels.retain(|(known, _)| known != pointer);
            labels.push((pointer.to_owned(), label.to_owned()));
        });
    }

    fn label(self, pointer: &str) -> Option<String> {
        self.labels.with_value(|labels| {
            labels.iter().find(|(known, _)| known == pointer).map(|(_, label)| label.clone())
        })
    }
}

/// A form. Errors show in a summary at the top and at their fields.
#[component]
pub fn Form(
    /// Its errors.
    errors: FormErrors,
    /// Sends it. Not called while `busy`.
    #[prop(into)]
    on_submit: Callback<()>,
    /// Being sent.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Its fields and buttons.
    children: Children,
) -> impl IntoView {
    provide_context(errors);
    let node = NodeRef::<html::Form>::new();
    Effect::new(move |_| {
        if !errors.is_empty() {
            request_animation_frame(move || focus(node, r#"[aria-invalid="true"], .errors"#));
        }
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if !busy.get_untracked() {
            on_submit.run(());
        }
    };
    view! {
        <form class="form" novalidate node_ref=node on:submit=submit>
            <Summary errors node/>
            {children()}
        </form>
    }
}

#[component]
fn Summary(errors: FormErrors, node: NodeRef<html::Form>) -> impl IntoView {
    let line = move |error: FieldError| match errors.label(&error.pointer) {
        Some(label) => {
            let pointer = error.pointer;
            let go = move |event: web_sys::MouseEvent| {
                event.prevent_default();
                focus(node, &format!(r#"[data-pointer="{pointer}"]"#));
            };
            view! { <li><a href="#" on:click=go>{label} ": " {error.message}</a></li> }.into_any()
        }
        None => view! { <li>{error.message}</li> }.into_any(),
    };
    move || {
        (!errors.is_empty()).then(|| {
            let list = errors.errors.get();
            // What is wrong with the whole form needs no heading above it.
            let fields = list.iter().filter(|error| !error.pointer.is_empty()).count();
            view! {
                <div class="errors" role="alert" tabindex="-1">
                    {(fields > 0).then(|| view! { <b>{(words().to_correct)(list.len())}</b> })}
                    <ul>{list.into_iter().map(line).collect_view()}</ul>
                </div>
            }
        })
    }
}

fn focus(node: NodeRef<html::Form>, selector: &str) {
    let found = node.get_untracked().and_then(|form| {
        // A field before the summary, whatever their order on the page.
        selector.split(", ").find_map(|one| form.query_selector(one).ok().flatten())
    });
    if let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}
