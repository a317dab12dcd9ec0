//! The kit's own words. The application sets them once, in its language, before it renders.

use std::cell::Cell;

/// Every text a piece of the kit shows or speaks by itself.
pub struct Words {
    /// Behind the label of a field that may stay empty.
    pub optional: &'static str,
    /// On the button that closes a dialog, sheet, panel or toast.
    pub close: &'static str,
    /// On a toast's button.
    pub undo: &'static str,
    /// On the button of a page that failed to load.
    pub try_again: &'static str,
    /// Spoken while something loads.
    pub loading: &'static str,
    /// Title when a page failed to load.
    pub failed: &'static str,
    /// Second line when the connection broke.
    pub offline: &'static str,
    /// Second line when the server failed.
    pub broken: &'static str,
    /// Title when the caller may not see the page.
    pub forbidden: &'static str,
    /// Second line of it.
    pub forbidden_why: &'static str,
    /// Title when there is nothing at this address.
    pub missing: &'static str,
    /// Second line of it.
    pub missing_why: &'static str,
    /// In a list of choices without a match.
    pub no_match: &'static str,
    /// Before [`Words::choose`] in the area that takes files.
    pub drop_files: &'static str,
    /// The link in the area that takes files.
    pub choose: &'static str,
    /// On the button below a list.
    pub load_more: &'static str,
    /// Under a money field that holds no amount.
    pub not_an_amount: &'static str,
    /// In the palette's foot: arrows.
    pub palette_choose: &'static str,
    /// In the palette's foot: enter.
    pub palette_open: &'static str,
    /// Title of a form's summary, by the number of errors.
    pub to_correct: fn(usize) -> String,
}

/// English, and what applies until the application has set its own.
pub static ENGLISH: Words = Words {
    optional: "optional",
    close: "Close",
    undo: "Undo",
    try_again: "Try again",
    loading: "Loading",
    failed: "This didn’t load",
    offline: "The connection broke off. Nothing is lost.",
    broken: "Something went wrong on our side. Nothing is lost.",
    forbidden: "Not yours to see",
    forbidden_why: "Your role doesn’t include this.",
    missing: "There is nothing here",
    missing_why: "The link may be old, or it was never yours.",
    no_match: "Nothing fits",
    drop_files: "Drop files here or",
    choose: "choose",
    load_more: "Load more",
    not_an_amount: "This is not an amount",
    palette_choose: "choose",
    palette_open: "open",
    to_correct: |n| if n == 1 { "One thing to correct".into() } else { format!("{n} things to correct") },
};

thread_local! {
    static WORDS: Cell<&'static Words> = const { Cell::new(&ENGLISH) };
}

/// Sets the words; call it before the first piece is rendered.
pub fn set(words: &'static Words) {
    WORDS.set(words);
}

/// The words in force.
pub fn words() -> &'static Words {
    WORDS.get()
}
