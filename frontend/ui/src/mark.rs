//! The mark: one ring whose filling tells how far a thing has come; the pill is a mark and a word.

use leptos::prelude::*;

/// How far a thing has come. The shape carries the meaning, the tone repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Not sent yet: dashed.
    Draft,
    /// Sent, planned, waiting: empty.
    Empty,
    /// Due, started.
    Quarter,
    /// Seen, under way.
    Half,
    /// Part-paid, nearly there.
    Most,
    /// Done: full, with a tick.
    Full,
    /// Late or failed: full, with a bar.
    Late,
    /// Taken back: struck.
    Void,
}

impl Mark {
    fn class(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Empty => "",
            Self::Quarter => "quarter",
            Self::Half => "half",
            Self::Most => "most",
            Self::Full => "full",
            Self::Late => "late",
            Self::Void => "void",
        }
    }
}

/// What colour means. Progress of work is the brand's colour; green is for money received and signatures only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    /// No meaning.
    #[default]
    Neutral,
    /// Progress of work: the brand's colour.
    Accent,
    /// Paid, signed.
    Positive,
    /// Due soon, waiting.
    Caution,
    /// Overdue, failed.
    Critical,
    /// New, seen.
    Info,
}

impl Tone {
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Neutral => "",
            Self::Accent => "accent",
            Self::Positive => "positive",
            Self::Caution => "caution",
            Self::Critical => "critical",
            Self::Info => "info",
        }
    }
}

/// Size of a mark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MarkSize {
    /// 12 px, in text.
    #[default]
    Small,
    /// 16 px.
    Medium,
    /// 20 px, where it heads an empty page.
    Large,
}

/// A mark. Always beside the word that says the same.
#[component]
pub fn MarkView(
    /// Its shape.
    mark: Mark,
    /// Its colour.
    #[prop(optional)]
    tone: Tone,
    /// Its size.
    #[prop(optional)]
    size: MarkSize,
) -> impl IntoView {
    let size = match size {
        MarkSize::Small => "",
        MarkSize::Medium => "m",
        MarkSize::Large => "l",
    };
    view! { <span class=classes(&["mark", mark.class(), tone.class(), size]) aria-hidden="true"></span> }
}

/// A state: mark and word, without a box; tinted only beside a page's title.
#[component]
pub fn Pill(
    /// The word.
    #[prop(into)]
    label: String,
    /// The shape.
    mark: Mark,
    /// The colour.
    #[prop(optional)]
    tone: Tone,
    /// On a tinted ground, where it heads a page.
    #[prop(optional)]
    tint: bool,
) -> impl IntoView {
    let alert = if tone == Tone::Critical && !tint { "alert" } else { "" };
    let tint = if tint { "tint" } else { "" };
    view! {
        <span class=classes(&["pill", alert, tint])>
            <MarkView mark tone/>
            {label}
        </span>
    }
}

/// A number of new things; nothing at zero.
#[component]
pub fn Count(
    /// How many.
    #[prop(into)]
    count: Signal<usize>,
    /// What they are, spoken: "2 new".
    #[prop(into)]
    label: Signal<String>,
    /// Without colour.
    #[prop(optional)]
    soft: bool,
) -> impl IntoView {
    let class = if soft { "count soft" } else { "count" };
    move || {
        (count.get() > 0)
            .then(|| view! { <span class=class role="img" aria-label=move || label.get()>{move || count.get()}</span> })
    }
}

/// Joins class names, leaving out the empty ones.
pub(crate) fn classes(parts: &[&str]) -> String {
    let mut all = String::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        if !all.is_empty() {
            all.push(' ');
        }
        all.push_str(part);
    }
    all
}
