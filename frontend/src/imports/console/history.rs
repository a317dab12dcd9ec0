//! Imports that were done, and taking one back.

use domain::imports::{ImportReport, ImportSummary};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use ui::{
    Button, ButtonKind, Empty, Icon, IconView, Loaded, Mark, Pager, Pill, Row, Section, Skeleton, Toast,
    Toasts,
};

use super::report::Report;
use crate::imports;
use crate::listing::count;
use crate::paged::Paged;
use crate::shell::console::Work;
use crate::t::imports as texts;
use crate::time::Ago;

/// What was imported, the newest first.
#[component]
pub fn History() -> impl IntoView {
    let list = Paged::new(|cursor| async move { imports::list(cursor).await });
    let empty = || view! { <Empty title=texts::none() sub=texts::none_sub()/> };
    let rows = move || list.items.get().into_iter().map(|done| view! { <Done done/> }).collect_view();
    view! {
        <Section title=texts::history()>
            <Loaded resource=list.first skeleton=Skeleton::Table is_empty=|empty: &bool| *empty empty let:_>
                <div class="gap">
                    <ul class="rows">{rows}</ul>
                    <Pager
                        shown=Signal::derive(move || texts::shown(count(list.items)))
                        more=list.has_more()
                        busy=list.busy
                        on_more=list.on_more()
                    />
                </div>
            </Loaded>
        </Section>
    }
}

#[component]
fn Done(done: ImportSummary) -> impl IntoView {
    let sub =
        texts::summary(done.created, &ui::format::number(done.duplicates), &ui::format::number(done.refused));
    let undone = done.undone_at.map(|_| view! { <Pill label=texts::undone() mark=Mark::Void/> });
    view! {
        <Row
            title=done.files.join(", ")
            sub=format!("{sub} · {}", done.done_by)
            href=format!("/console/imports/{}", done.id)
            lead=|| view! { <IconView icon=Icon::Upload/> }
        >
            <div class="line">{undone} <Ago at=done.done_at/></div>
        </Row>
    }
}

/// `/console/imports/{id}`
#[component]
pub fn ImportPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let report = ui::Fetched::new(move || {
        let id = id.get();
        async move { imports::find(&id).await }
    });
    let actions = move || {
        move || {
            let undoable = report
                .get()
                .and_then(Result::ok)
                .is_some_and(|report: ImportReport| report.undone_at.is_none());
            undoable.then(|| view! { <Undo id=id.get_untracked() on_done=move || report.refetch()/> })
        }
    };
    view! {
        <Work title=texts::one_title() actions>
            <Loaded resource=report skeleton=Skeleton::Table let:report>
                <Told report/>
            </Loaded>
        </Work>
    }
}

#[component]
fn Told(report: ImportReport) -> impl IntoView {
    let by = report.done_by.clone().unwrap_or_default();
    let at = report.done_at.map(|at| view! { <Ago at/> });
    let undone = report.undone_at.map(|_| view! { <Pill label=texts::undone() mark=Mark::Void tint=true/> });
    view! {
        <div class="stack">
            <div class="line muted">{undone} <span>{by}</span> {at}</div>
            <Report report files=None/>
        </div>
    }
}

#[component]
fn Undo(id: String, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let busy = RwSignal::new(false);
    let undo = move || {
        busy.set(true);
        let id = id.clone();
        spawn_local(async move {
            let answer = imports::undo(&id).await;
            busy.try_set(false);
            match answer {
                Ok(_) => {
                    toasts.show(Toast::done(texts::undone_done()));
                    on_done.run(());
                }
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    };
    view! {
        <Button kind=ButtonKind::Danger icon=Icon::Undo busy on_click=undo>
            {texts::undo()}
        </Button>
    }
}
