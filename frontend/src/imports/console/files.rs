//! The files of an import before it is done.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::imports::{ImportField, ImportFile, ImportKind};
use js_sys::Uint8Array;
use leptos::prelude::*;
use ui::{Icon, IconButton, IconView, SelectField, SelectOption};
use wasm_bindgen_futures::JsFuture;

use crate::imports::{guess_kind, kind_text};
use crate::t::imports as texts;

/// A file that was chosen.
#[derive(Clone)]
pub struct Chosen {
    /// Its name.
    pub name: String,
    /// What it holds, as it stands in the select.
    pub kind: RwSignal<String>,
    /// Its bytes in base64.
    pub content: Arc<str>,
    /// What its columns mean, where it was set by hand.
    pub mapping: RwSignal<Option<BTreeMap<String, ImportField>>>,
}

impl Chosen {
    /// Reads a file; its kind is guessed from the name and from those that are taken already.
    pub async fn read(file: &web_sys::File, taken: &[ImportKind]) -> Option<Self> {
        let buffer = JsFuture::from(file.array_buffer()).await.ok()?;
        let bytes = Uint8Array::new(&buffer).to_vec();
        // `btoa` takes each byte as the character of that number.
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        let content = window().btoa(&text).ok()?;
        let guess = guess_kind(&file.name());
        let kind = if taken.contains(&guess) {
            ImportKind::ALL.into_iter().find(|kind| !taken.contains(kind)).unwrap_or(guess)
        } else {
            guess
        };
        Some(Self {
            name: file.name(),
            kind: RwSignal::new(kind.as_str().to_owned()),
            content: content.into(),
            mapping: RwSignal::new(None),
        })
    }

    /// What it holds.
    pub fn kind(&self) -> ImportKind {
        let kind = self.kind.get();
        ImportKind::ALL.into_iter().find(|known| known.as_str() == kind).unwrap_or(ImportKind::Clients)
    }

    /// As it is sent.
    pub fn body(&self) -> Option<ImportFile> {
        Some(ImportFile {
            kind: self.kind(),
            name: self.name.parse().ok()?,
            content: self.content.to_string(),
            mapping: self.mapping.get(),
        })
    }
}

/// The chosen files, with what each holds.
#[component]
pub fn FileList(
    /// The files.
    files: RwSignal<Vec<Chosen>>,
) -> impl IntoView {
    let kinds: Vec<SelectOption> =
        ImportKind::ALL.into_iter().map(|kind| SelectOption::new(kind.as_str(), kind_text(kind))).collect();
    move || {
        let rows = files
            .get()
            .into_iter()
            .map(|file| {
                let name = file.name.clone();
                let remove = {
                    let name = name.clone();
                    move || files.update(|files| files.retain(|file| file.name != name))
                };
                // Another kind has other columns.
                Effect::new(move |before: Option<()>| {
                    file.kind.track();
                    if before.is_some() {
                        file.mapping.set(None);
                    }
                });
                view! {
                    <li class="row">
                        <IconView icon=Icon::File/>
                        <div class="what">
                            <span class="title">{name.clone()}</span>
                        </div>
                        <div class="line bare-field">
                            <SelectField label=texts::holds(&name) value=file.kind options=kinds.clone()/>
                            <IconButton icon=Icon::Close label=texts::take_away(&name) on_click=remove/>
                        </div>
                    </li>
                }
            })
            .collect_view();
        view! { <ul class="rows">{rows}</ul> }
    }
}
