//! A menu of verbs behind a button.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{FocusEvent, HtmlElement, KeyboardEvent};

use crate::icon::{Icon, IconSize, IconView};

/// A verb of a [`Menu`].
#[derive(Debug, Clone)]
pub struct MenuItem {
    label: String,
    icon: Icon,
    danger: bool,
    apart: bool,
    act: Callback<()>,
}

impl MenuItem {
    /// A verb.
    pub fn new(icon: Icon, label: impl Into<String>, act: impl Into<Callback<()>>) -> Self {
        Self { label: label.into(), icon, danger: false, apart: false, act: act.into() }
    }

    /// Takes something away; parted from the others by a line.
    #[must_use]
    pub fn danger(mut self) -> Self {
        self.danger = true;
        self.apart = true;
        self
    }

    /// Parted from those above by a line.
    #[must_use]
    pub fn apart(mut self) -> Self {
        self.apart = true;
        self
    }
}

/// A button that opens a menu. Arrows, Home, End and first letters move in it, Escape closes it.
#[component]
pub fn Menu(
    /// The button's name.
    #[prop(into)]
    label: Signal<String>,
    /// The verbs.
    #[prop(into)]
    items: Signal<Vec<MenuItem>>,
    /// What the button shows instead of three dots; then give `class` too.
    #[prop(optional)]
    children: Option<Children>,
    /// Class of the button.
    #[prop(default = "icon-button")]
    class: &'static str,
    /// Opens upwards, at the foot of the page.
    #[prop(optional)]
    up: bool,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let host = NodeRef::<html::Div>::new();
    let trigger = NodeRef::<html::Button>::new();
    let entries = move || -> Vec<HtmlElement> {
        let Some(host) = host.get_untracked() else { return Vec::new() };
        let Ok(found) = host.query_selector_all("[role=menuitem]") else { return Vec::new() };
        (0..found.length()).filter_map(|at| found.get(at)?.dyn_into().ok()).collect()
    };
    let focus = move |place: usize| {
        request_animation_frame(move || {
            if let Some(entry) = entries().get(place) {
                let _ = entry.focus();
            }
        });
    };
    let close = move || {
        open.set(false);
        if let Some(button) = trigger.get_untracked() {
            let _ = button.focus();
        }
    };
    let on_trigger = move |_| {
        open.update(|open| *open = !*open);
        focus(0);
    };
    let on_keydown = move |event: KeyboardEvent| {
        let key = event.key();
        if !open.get_untracked() {
            if key == "ArrowDown" || key == "ArrowUp" {
                event.prevent_default();
                open.set(true);
                focus(0);
            }
            return;
        }
        let all = entries();
        let here = document().active_element();
        let at = all.iter().position(|entry| here.as_ref() == Some(entry.as_ref())).unwrap_or(0);
        let count = all.len().max(1);
        let to = match key.as_str() {
            "ArrowDown" => (at + 1) % count,
            "ArrowUp" => (at + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            "Escape" => {
                event.stop_propagation();
                return close();
            }
            "Tab" => return open.set(false),
            letter if letter.chars().count() == 1 && letter != " " => {
                let lower = |text: &str| String::from(js_sys::JsString::from(text).to_lower_case());
                let letter = lower(letter);
                let texts: Vec<String> =
                    all.iter().map(|entry| lower(&entry.text_content().unwrap_or_default())).collect();
                match (1..=count).map(|step| (at + step) % count).find(|to| texts[*to].starts_with(&letter)) {
                    Some(to) => to,
                    None => return,
                }
            }
            _ => return,
        };
        event.prevent_default();
        focus(to);
    };
    let on_focusout = move |event: FocusEvent| {
        let into = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        // What the menu did may have taken the menu itself away, which moves the focus as well.
        let inside = host.try_get_untracked().flatten().is_some_and(|host| host.contains(into.as_ref()));
        if !inside {
            open.try_set(false);
        }
    };
    let list = move || {
        items
            .get()
            .into_iter()
            .map(|item| {
                let act = item.act;
                view! {
                    {item.apart.then(|| view! { <hr/> })}
                    <button
                        class:danger=item.danger
                        type="button"
                        role="menuitem"
                        tabindex="-1"
                        on:click=move |_| {
                            close();
                            act.run(());
                        }
                    >
                        <IconView icon=item.icon size=IconSize::Small/>
                        {item.label}
                    </button>
                }
            })
            .collect_view()
    };
    view! {
        <div class="menu-host" class:up=up node_ref=host on:keydown=on_keydown on:focusout=on_focusout>
            <button
                class=class
                type="button"
                node_ref=trigger
                aria-haspopup="menu"
                aria-expanded=move || open.get().to_string()
                aria-label=move || label.get()
                title=move || label.get()
                on:click=on_trigger
            >
                {children.map_or_else(|| view! { <IconView icon=Icon::Dots/> }.into_any(), |children| children())}
            </button>
            {move || open.get().then(|| view! { <div class="menu" role="menu">{list()}</div> })}
        </div>
    }
}
