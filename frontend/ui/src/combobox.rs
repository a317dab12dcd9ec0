//! One of many, found by typing.

use leptos::html;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::button::IconButton;
use crate::field::{Control, FieldFrame};
use crate::icon::{Icon, IconSize, IconView};
use crate::words::words;

/// A choice of a [`Combobox`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComboboxOption {
    /// What is kept.
    pub value: String,
    /// What is shown.
    pub label: String,
    /// Behind it: a town, an address.
    pub detail: String,
}

/// One of many. The page fills `options` from `query`: from a list it has, or by asking the server.
#[component]
pub fn Combobox(
    /// The label.
    #[prop(into)]
    label: String,
    /// The chosen value; empty for none.
    value: RwSignal<String>,
    /// What has been typed; after choosing, the choice's label.
    query: RwSignal<String>,
    /// What fits `query`.
    #[prop(into)]
    options: Signal<Vec<ComboboxOption>>,
    /// JSON pointer of the value in the body the form sends.
    #[prop(optional, into)]
    pointer: String,
    /// Help below.
    #[prop(optional, into)]
    hint: String,
    /// May stay empty.
    #[prop(optional)]
    optional: bool,
    /// An example.
    #[prop(optional, into)]
    placeholder: String,
    /// Name of a button that empties it; without one, only deleting the text does.
    #[prop(optional, into)]
    clear: String,
) -> impl IntoView {
    // What can be emptied by a button needs no word that it may stay empty.
    let clears = !clear.is_empty();
    let control = Control::new(&label, &pointer, !hint.is_empty());
    let open = RwSignal::new(false);
    let at = RwSignal::new(0_usize);
    let list_id = format!("{}-list", control.id());
    let option_id = {
        let list_id = list_id.clone();
        move |place: usize| format!("{list_id}-{place}")
    };
    let choose = {
        let control = control.clone();
        move |option: ComboboxOption| {
            value.set(option.value);
            query.set(option.label);
            open.set(false);
            control.changed();
        }
    };
    let on_input = {
        let control = control.clone();
        move |event| {
            query.set(event_target_value(&event));
            value.set(String::new());
            at.set(0);
            open.set(true);
            control.changed();
        }
    };
    let by_key = choose.clone();
    let on_keydown = move |event: KeyboardEvent| {
        let count = options.with_untracked(Vec::len);
        match event.key().as_str() {
            "ArrowDown" if !open.get_untracked() => open.set(true),
            "ArrowDown" if count > 0 => at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" if count > 0 => at.update(|at| *at = (*at + count - 1) % count),
            "Enter" if open.get_untracked() => {
                let found = options.with_untracked(|list| list.get(at.get_untracked()).cloned());
                if let Some(option) = found {
                    by_key(option);
                }
            }
            "Escape" if open.get_untracked() => open.set(false),
            _ => return,
        }
        event.prevent_default();
        // Escape closes the list only, not the dialog around it.
        event.stop_propagation();
    };
    let field = NodeRef::<html::Input>::new();
    let end = {
        let control = control.clone();
        move || {
            if clear.is_empty() || value.with(String::is_empty) {
                return view! { <IconView icon=Icon::Down size=IconSize::Small/> }.into_any();
            }
            let control = control.clone();
            let empty = move || {
                value.set(String::new());
                query.set(String::new());
                control.changed();
                // The button goes away with what it empties.
                if let Some(field) = field.get_untracked() {
                    let _ = field.focus();
                }
            };
            view! { <IconButton icon=Icon::Close label=clear.clone() on_click=empty/> }.into_any()
        }
    };
    let list = {
        let (list_id, option_id) = (list_id.clone(), option_id.clone());
        move || {
            open.get().then(|| {
                let entries = options.get();
                let none = entries.is_empty();
                let entries = entries
                    .into_iter()
                    .enumerate()
                    .map(|(place, option)| {
                        let (choose, chosen) = (choose.clone(), option.clone());
                        view! {
                            <li
                                role="option"
                                id=option_id(place)
                                aria-selected=move || (at.get() == place).to_string()
                                // Not click: the field would lose the focus first and close the list.
                                on:pointerdown=move |event| {
                                    event.prevent_default();
                                    choose(chosen.clone());
                                }
                            >
                                <span class="clip">{option.label}</span>
                                <span class="end muted">{option.detail}</span>
                            </li>
                        }
                    })
                    .collect_view();
                view! {
                    <ul class="menu listbox" role="listbox" id=list_id.clone()>
                        {entries}
                        {none.then(|| view! { <li class="muted" role="presentation">{words().no_match}</li> })}
                    </ul>
                }
            })
        }
    };
    let (invalid, described) = (control.clone(), control.clone());
    view! {
        <FieldFrame control=control.clone() label hint optional=optional && !clears>
            <span class="pick">
                <input
                    class="input select"
                    id=control.id()
                    node_ref=field
                    type="text"
                    role="combobox"
                    autocomplete="off"
                    aria-autocomplete="list"
                    aria-controls=list_id
                    aria-expanded=move || open.get().to_string()
                    aria-activedescendant=move || open.get().then(|| option_id(at.get()))
                    placeholder=(!placeholder.is_empty()).then_some(placeholder)
                    required=!optional
                    data-pointer=control.pointer()
                    aria-invalid=move || invalid.invalid()
                    aria-describedby=move || described.described_by()
                    prop:value=move || query.get()
                    on:input=on_input
                    on:keydown=on_keydown
                    on:click=move |_| open.set(true)
                    on:blur=move |_| open.set(false)
                />
                {end}
                {list}
            </span>
        </FieldFrame>
    }
}
