//! Files, dropped or chosen.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, File, FileList, HtmlInputElement};

use super::{Control, ErrorText};
use crate::icon::{Icon, IconView};
use crate::words::words;

fn files(list: Option<FileList>) -> Vec<File> {
    list.map(|list| (0..list.length()).filter_map(|at| list.get(at)).collect()).unwrap_or_default()
}

/// An area that takes files by drop, click, tap or keyboard.
#[component]
pub fn FileDrop(
    /// What the files are, spoken.
    #[prop(into)]
    label: String,
    /// What is allowed: "CSV, up to 20 MB".
    #[prop(optional, into)]
    hint: String,
    /// File types for the browser's dialog (`.csv,text/csv`).
    #[prop(optional, into)]
    accept: String,
    /// Several at once.
    #[prop(optional)]
    multiple: bool,
    /// JSON pointer of the value in the body the form sends.
    #[prop(optional, into)]
    pointer: String,
    /// Receives them.
    #[prop(into)]
    on_files: Callback<(Vec<File>,)>,
) -> impl IntoView {
    let control = Control::new(&label, &pointer, !hint.is_empty());
    let over = RwSignal::new(false);
    let (invalid, described, chosen, dropped) =
        (control.clone(), control.clone(), control.clone(), control.clone());
    let take = move |list: Vec<File>| {
        let list: Vec<File> = if multiple { list } else { list.into_iter().take(1).collect() };
        if !list.is_empty() {
            on_files.run((list,));
        }
    };
    let on_change = move |event: web_sys::Event| {
        chosen.changed();
        if let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) {
            take(files(input.files()));
            // So that the same file, mended, can be chosen again.
            input.set_value("");
        }
    };
    let on_drop = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        dropped.changed();
        take(files(event.data_transfer().and_then(|transfer| transfer.files())));
    };
    view! {
        <div class="field">
            <label
                class="drop"
                class:over=move || over.get()
                on:dragover=move |event: DragEvent| {
                    event.prevent_default();
                    over.set(true);
                }
                on:dragleave=move |_| over.set(false)
                on:drop=on_drop
            >
                <input
                    class="vh"
                    type="file"
                    id=control.id()
                    aria-label=label
                    accept=(!accept.is_empty()).then_some(accept)
                    multiple=multiple
                    data-pointer=control.pointer()
                    aria-invalid=move || invalid.invalid()
                    aria-describedby=move || described.described_by()
                    on:change=on_change
                />
                <IconView icon=Icon::Upload/>
                <span>{words().drop_files} " " <span class="link">{words().choose}</span></span>
                {(!hint.is_empty())
                    .then(|| view! { <span class="small" id=format!("{}-hint", control.id())>{hint}</span> })}
            </label>
            <ErrorText control=control.clone()/>
        </div>
    }
}
