//! What lies above the page: dialog, sheet, and the panel beside a list. Dialog and sheet are the browser's own modal dialogs,
//! which keep the focus inside, close on Escape and give the focus back.

use leptos::children::{ViewFn, ViewFnOnce};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::button::IconButton;
use crate::icon::Icon;
use crate::ids;
use crate::words::words;

fn modal(class: &'static str, open: RwSignal<bool>, label: String, content: ViewFn) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let (wanted, Some(dialog)) = (open.get(), node.get()) else { return };
        if wanted {
            // After the content has been rendered, so that its first control gets the focus.
            request_animation_frame(move || {
                if !dialog.open() && dialog.is_connected() {
                    let _ = dialog.show_modal();
                }
            });
        } else if dialog.open() {
            dialog.close();
        }
    });
    let on_click = move |event: web_sys::MouseEvent| {
        // The dialog itself is hit only outside of its content.
        let outside = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .is_some_and(|element| element.tag_name() == "DIALOG");
        if outside {
            open.set(false);
        }
    };
    view! {
        <dialog
            class=class
            node_ref=node
            aria-label=label
            on:close=move |_| open.set(false)
            on:click=on_click
        >
            {move || open.get().then(|| content.run())}
        </dialog>
    }
}

/// For what can't be undone, and nothing else.
#[component]
pub fn Dialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The question: "Void invoice 2026-110?"
    #[prop(into)]
    title: String,
    /// The answers: the safe one first.
    #[prop(into)]
    buttons: ViewFn,
    /// What will happen.
    children: ChildrenFn,
) -> impl IntoView {
    let heading = title.clone();
    let content = move || {
        view! {
            <div class="dialog">
                <div>
                    <h2>{heading.clone()}</h2>
                    <div class="muted">{children()}</div>
                </div>
                <div class="buttons">{buttons.run()}</div>
            </div>
        }
    };
    modal("layer", open, title, content.into())
}

/// A choice or a small form: from below on a phone, in the middle on a desk.
#[component]
pub fn Sheet(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Its name, spoken.
    #[prop(into)]
    title: String,
    /// What it holds.
    children: ChildrenFn,
) -> impl IntoView {
    let content = move || view! { <div class="sheet">{children()}</div> };
    modal("layer low", open, title, content.into())
}

/// A row opened beside its list: over it where there is no room, the page itself on a phone.
#[component]
pub fn Panel(
    /// Its heading: the thing's number or name.
    #[prop(into)]
    title: String,
    /// Beside the heading: its state.
    #[prop(optional, into)]
    state: Option<ViewFnOnce>,
    /// Buttons at the end of the head.
    #[prop(optional, into)]
    tools: Option<ViewFnOnce>,
    /// What to do with it, at the foot.
    #[prop(optional, into)]
    foot: Option<ViewFnOnce>,
    /// Closes it.
    #[prop(into)]
    on_close: Callback<()>,
    /// What it shows.
    children: Children,
) -> impl IntoView {
    let id = ids::fresh("panel");
    let heading = id.clone();
    view! {
        <aside class="panel" aria-labelledby=heading>
            <header class="head">
                <h2 id=id>{title}</h2>
                {state.map(ViewFnOnce::run)}
                <span class="end">
                    {tools.map(ViewFnOnce::run)}
                    <IconButton icon=Icon::Close label=words().close on_click=on_close/>
                </span>
            </header>
            <div class="body">{children()}</div>
            {foot.map(|foot| view! { <footer class="foot">{foot.run()}</footer> })}
        </aside>
    }
}
