//! What an import does, file by file and row by row.

use domain::imports::{ImportField, ImportFileReport, ImportReport, ImportRow, RowOutcome};
use leptos::prelude::*;
use ui::{Column, Mark, Pill, SelectField, SelectOption, Table, Tone};

use super::files::Chosen;
use crate::imports::{field_text, kind_text};
use crate::money::Sums;
use crate::t::imports as texts;

/// The report of a trial, whose columns can still be told what they mean, or of an import.
#[component]
pub fn Report(
    /// What it says.
    report: ImportReport,
    /// The files, while they are being tried.
    #[prop(optional_no_strip)]
    files: Option<RwSignal<Vec<Chosen>>>,
) -> impl IntoView {
    let invoiced = (!report.invoiced.is_empty()).then(|| {
        view! {
            <div class="line">
                <span class="muted">{texts::invoiced()}</span>
                <b><Sums sums=report.invoiced/></b>
            </div>
        }
    });
    let list = report
        .files
        .into_iter()
        .map(|file| {
            let chosen = files.and_then(|files| {
                files.with_untracked(|files| {
                    files.iter().find(|chosen| chosen.name == file.name.as_str()).cloned()
                })
            });
            view! { <FileReport file chosen/> }
        })
        .collect_view();
    view! {
        <div class="stack">
            {invoiced} {list}
        </div>
    }
}

fn whole(count: u64) -> String {
    ui::format::number(i64::try_from(count).unwrap_or(i64::MAX))
}

#[component]
fn FileReport(file: ImportFileReport, chosen: Option<Chosen>) -> impl IntoView {
    let shown = RwSignal::new(None::<RowOutcome>);
    let counts = [
        (None, texts::all(), file.rows),
        (Some(RowOutcome::Refuse), texts::refused(), file.refused),
        (Some(RowOutcome::Duplicate), texts::duplicates(), file.duplicates),
        (Some(RowOutcome::Create), texts::created(), file.created),
    ];
    let chips = counts
        .into_iter()
        .map(|(outcome, label, count)| {
            let on = move || shown.get() == outcome;
            view! {
                <button
                    class="chip"
                    class:set=on
                    type="button"
                    aria-pressed=move || on().to_string()
                    on:click=move |_| shown.set(outcome)
                >
                    {label} <b>{whole(count)}</b>
                </button>
            }
        })
        .collect_view();
    let details = StoredValue::new(file.details.clone());
    let rows = Signal::derive(move || {
        let wanted = shown.get();
        details.with_value(|rows| {
            rows.iter()
                .filter(|row| wanted.is_none_or(|wanted| row.outcome == wanted))
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    let read_as = texts::read_as(&file.encoding, &separator(&file.separator));
    let mapping = chosen.map(|chosen| view! { <Mapping file=file.clone() chosen/> });
    view! {
        <section class="listing">
            <div>
                <h3>{file.name.to_string()} ": " {kind_text(file.kind)}</h3>
                <p class="small muted">{read_as}</p>
            </div>
            {mapping}
            <div class="filters">{chips}</div>
            <Table label=file.name.to_string() columns=columns() rows plain=true/>
        </section>
    }
}

fn separator(found: &str) -> String {
    match found {
        "," => texts::comma().to_owned(),
        ";" => texts::semicolon().to_owned(),
        "\t" => texts::tab().to_owned(),
        other => other.to_owned(),
    }
}

fn columns() -> Vec<Column<ImportRow>> {
    vec![
        Column::meta(texts::line(), |row: &ImportRow| whole(row.line)),
        Column::state(texts::outcome(), |row: &ImportRow| {
            let (mark, tone, label) = match row.outcome {
                RowOutcome::Create => (Mark::Full, Tone::Accent, texts::create()),
                RowOutcome::Duplicate => (Mark::Empty, Tone::Neutral, texts::duplicate()),
                RowOutcome::Refuse => (Mark::Late, Tone::Critical, texts::refuse()),
            };
            view! { <Pill label mark tone/> }
        }),
        Column::text(texts::row(), |row: &ImportRow| {
            let reason = row.reason.clone();
            view! {
                {row.label.clone()}
                {reason.map(|reason| view! { <div class="muted">{reason}</div> })}
            }
        }),
    ]
}

/// What each column means; changing one tries the file anew.
#[component]
fn Mapping(file: ImportFileReport, chosen: Chosen) -> impl IntoView {
    let fields = file.kind.fields();
    let mut options = vec![SelectOption::new("", texts::left_out())];
    options.extend(fields.iter().map(|field| SelectOption::new(field.as_str(), field_text(*field))));
    let present = file.mapping.clone();
    let selects = file
        .headings
        .iter()
        .map(|heading| {
            let now = present.get(heading).map(|field| field.as_str()).unwrap_or_default();
            let value = RwSignal::new(now.to_owned());
            let (heading, present, chosen) = (heading.clone(), present.clone(), chosen.clone());
            let label = heading.clone();
            Effect::new(move |before: Option<()>| {
                let wanted = value.get();
                if before.is_none() {
                    return;
                }
                let mut mapping = chosen.mapping.get_untracked().unwrap_or_else(|| present.clone());
                match ImportField::ALL.iter().find(|field| field.as_str() == wanted) {
                    Some(field) => {
                        // A meaning stands in one column only.
                        mapping.retain(|_, known| known != field);
                        mapping.insert(heading.clone(), *field);
                    }
                    None => drop(mapping.remove(&heading)),
                }
                chosen.mapping.set(Some(mapping));
            });
            view! { <SelectField label value options=options.clone()/> }
        })
        .collect_view();
    let mapped = whole(u64::try_from(file.mapping.len()).unwrap_or(0));
    let all = whole(u64::try_from(file.headings.len()).unwrap_or(0));
    let summary = if file.mapping_remembered { texts::remembered() } else { texts::columns() };
    view! {
        <details class="mapping">
            <summary>{summary} " " <span class="muted">{texts::columns_of(&mapped, &all)}</span></summary>
            <div class="mapping-grid">{selects}</div>
        </details>
    }
}
