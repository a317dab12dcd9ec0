//! Choosing files, trying them, importing them.

use domain::imports::{DateOrder, ImportReport, ImportRequest};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use ui::{
    Button, ButtonKind, Checkbox, FileDrop, Mark, Notice, Section, SelectField, SelectOption, Skeleton,
    SkeletonView, Toast, Toasts, Tone,
};

use super::files::{Chosen, FileList};
use super::history::History;
use super::report::Report;
use crate::api::{ApiError, Intent};
use crate::session::ConsoleSession;
use crate::set_up::currencies;
use crate::shell::console::Work;
use crate::t::imports as texts;
use crate::{imports, problems};

/// The most files of an import.
const FILES: usize = 4;
/// The largest file that is taken.
const LIMIT: f64 = 10.0 * 1024.0 * 1024.0;

/// `/console/imports`
#[component]
pub fn Imports() -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let toasts = expect_context::<Toasts>();
    let files = RwSignal::new(Vec::<Chosen>::new());
    let currency = RwSignal::new(session.me.with_untracked(|me| me.organization.currency.code().to_owned()));
    let date_order = RwSignal::new("guess".to_owned());
    let portal_access = RwSignal::new(false);
    let report = RwSignal::new(None::<Result<ImportReport, ApiError>>);
    let trying = RwSignal::new(false);
    let request = move || {
        let bodies: Vec<_> = files.get().iter().filter_map(Chosen::body).collect();
        ImportRequest {
            files: bodies,
            currency: currency.with(|code| code.parse().ok()),
            date_order: date_order.with(|order| match order.as_str() {
                "day_first" => DateOrder::DayFirst,
                "month_first" => DateOrder::MonthFirst,
                _ => DateOrder::Guess,
            }),
            portal_access: portal_access.get(),
        }
    };
    // Every change is tried at once: the report is the page's answer.
    let round = StoredValue::new(0_u32);
    Effect::new(move |_| {
        let body = request();
        round.update_value(|round| *round += 1);
        let own = round.get_value();
        if body.files.is_empty() {
            report.set(None);
            trying.set(false);
            return;
        }
        trying.set(true);
        spawn_local(async move {
            let answer = imports::preview(&body).await;
            // A later change has its own answer.
            if round.try_get_value() == Some(own) {
                report.set(Some(answer));
                trying.set(false);
            }
        });
    });
    let on_files = move |(list,): (Vec<web_sys::File>,)| {
        spawn_local(async move {
            for file in list {
                let taken: Vec<_> = untrack(|| files.with(|files| files.iter().map(Chosen::kind).collect()));
                if taken.len() >= FILES {
                    toasts.show(Toast::failed(texts::too_many()));
                    return;
                }
                if file.size() > LIMIT {
                    toasts.show(Toast::failed(texts::too_large(&file.name())));
                    continue;
                }
                if let Some(chosen) = Chosen::read(&file, &taken).await {
                    files.update(|files| {
                        files.retain(|known| known.name != chosen.name);
                        files.push(chosen);
                    });
                }
            }
        });
    };
    let orders = vec![
        SelectOption::new("guess", texts::guess()),
        SelectOption::new("day_first", texts::day_first()),
        SelectOption::new("month_first", texts::month_first()),
    ];
    let some = Memo::new(move |_| !files.with(Vec::is_empty));
    let options = move || {
        let orders = orders.clone();
        some.get().then(move || {
            view! {
                <div class="form narrow">
                    <FileList files/>
                    <div class="pair">
                        <SelectField
                            label=texts::currency()
                            value=currency
                            options=currencies()
                            hint=texts::currency_hint()
                        />
                        <SelectField label=texts::dates() value=date_order options=orders/>
                    </div>
                    <Checkbox label=texts::portal_access() checked=portal_access/>
                </div>
            }
        })
    };
    let result = move || match report.get() {
        None => trying.get().then(|| view! { <SkeletonView shape=Skeleton::Table/> }.into_any()),
        Some(Ok(found)) => Some(
            view! { <Tried found files trying request=Callback::new(move |()| untrack(request))/> }
                .into_any(),
        ),
        Some(Err(error)) => Some(view! { <Refused error/> }.into_any()),
    };
    view! {
        <Work title=texts::title()>
            <div class="stack">
                <div class="gap narrow">
                    <p class="muted">{texts::lead()}</p>
                    <FileDrop
                        label=texts::files()
                        hint=texts::files_hint()
                        accept=".csv,text/csv,text/tab-separated-values"
                        multiple=true
                        on_files=Callback::new(on_files)
                    />
                </div>
                {options} {result}
                <History/>
            </div>
        </Work>
    }
}

/// Why the files could not even be tried.
#[component]
fn Refused(error: ApiError) -> impl IntoView {
    let mut lines = vec![error.text().to_owned()];
    if let ApiError::Refused(problem) = &error {
        lines.extend(problem.errors.iter().map(problems::field));
        lines.extend(problem.detail.clone().filter(|_| problem.errors.is_empty()));
    }
    view! {
        <Notice mark=Mark::Late tone=Tone::Critical>
            <ul>{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
        </Notice>
    }
}

/// What it would do, and the button that does it.
#[component]
fn Tried(
    found: ImportReport,
    files: RwSignal<Vec<Chosen>>,
    trying: RwSignal<bool>,
    request: Callback<(), ImportRequest>,
) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let navigate = use_navigate();
    let intent = Intent::new();
    let busy = RwSignal::new(false);
    let created: u64 = found.files.iter().map(|file| file.created).sum();
    let created = i64::try_from(created).unwrap_or(i64::MAX);
    let perform = move || {
        let body = request.run(());
        busy.set(true);
        let navigate = navigate.clone();
        spawn_local(async move {
            let answer = imports::perform(&body, intent).await;
            busy.try_set(false);
            match answer {
                Ok(done) => {
                    toasts.show(Toast::done(texts::done(created)));
                    if let Some(id) = done.id {
                        navigate(&format!("/console/imports/{id}"), NavigateOptions::default());
                    }
                }
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    };
    let button = if created > 0 {
        view! {
            <Button kind=ButtonKind::Primary busy disabled=trying on_click=perform>
                {texts::import(created)}
            </Button>
        }
        .into_any()
    } else {
        view! { <span class="muted">{texts::nothing_new()}</span> }.into_any()
    };
    view! {
        <Section title=texts::what_happens() end=move || button>
            <Report report=found files=Some(files)/>
        </Section>
    }
}
