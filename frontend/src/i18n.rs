//! The language in force. It is set before anything is rendered; a change loads the page anew, so texts need not be reactive.

use std::cell::Cell;

use domain::text::Language;
use leptos::prelude::{document, window};
use ui::words::Words;

use crate::{browser, t};

thread_local! {
    static LANGUAGE: Cell<Language> = const { Cell::new(Language::En) };
}

/// What a person without a session chose, kept for the next visit.
const CHOSEN: &str = "portico-language";

/// The language in force.
pub fn language() -> Language {
    LANGUAGE.get()
}

/// At start: the language chosen here before, else the first of the browser's that there is.
pub fn start() {
    set(chosen().or_else(|| preferred().iter().find_map(|tag| of_tag(tag))).unwrap_or_default());
}

/// The signed-in person's language.
pub fn set(language: Language) {
    LANGUAGE.set(language);
    ui::format::set_locale(&locale(language));
    ui::words::set(Box::leak(Box::new(kit_words())));
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("lang", language.as_str());
        // Both languages are written from left to right; the styles mirror for those that aren't.
        let _ = root.set_attribute("dir", "ltr");
    }
}

/// Keeps the language for this browser and shows the page in it.
pub fn choose(language: Language) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(CHOSEN, language.as_str());
    }
    browser::reload();
}

/// The language's own name.
pub fn name(language: Language) -> &'static str {
    match language {
        Language::En => "English",
        Language::De => "Deutsch",
    }
}

fn chosen() -> Option<Language> {
    window().local_storage().ok()??.get_item(CHOSEN).ok()??.parse().ok()
}

/// The browser's languages, most wanted first.
fn preferred() -> Vec<String> {
    window().navigator().languages().iter().filter_map(|tag| tag.as_string()).collect()
}

fn of_tag(tag: &str) -> Option<Language> {
    tag.split('-').next()?.to_ascii_lowercase().parse().ok()
}

/// The language with the reader's region where the browser names one: German in Austria has other numbers than in Germany.
fn locale(language: Language) -> String {
    preferred()
        .into_iter()
        .find(|tag| of_tag(tag) == Some(language))
        .unwrap_or_else(|| language.as_str().to_owned())
}

fn kit_words() -> Words {
    Words {
        optional: t::kit::optional(),
        close: t::kit::close(),
        undo: t::kit::undo(),
        try_again: t::kit::try_again(),
        loading: t::kit::loading(),
        failed: t::kit::failed(),
        offline: t::kit::offline(),
        broken: t::kit::broken(),
        forbidden: t::kit::forbidden(),
        forbidden_why: t::kit::forbidden_why(),
        missing: t::kit::missing(),
        missing_why: t::kit::missing_why(),
        no_match: t::kit::no_match(),
        drop_files: t::kit::drop_files(),
        choose: t::kit::choose(),
        load_more: t::kit::load_more(),
        not_an_amount: t::kit::not_an_amount(),
        palette_choose: t::kit::palette_choose(),
        palette_open: t::kit::palette_open(),
        to_correct: |count| t::kit::to_correct(i64::try_from(count).unwrap_or(i64::MAX)),
    }
}
