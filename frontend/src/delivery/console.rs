//! The mailbox, and jobs that failed.

use domain::jobs::{DeadJob, JobFilter};
use domain::mail::{Mail, MailFilter, MailState, MailSummary};
use domain::permission::Permission;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{
    Button, Column, Empty, Facts, Icon, Loaded, Mark, Notice, Pager, Panel, Pill, Row, Skeleton, Tab, Table,
    Tabs, Toast, Toasts, Tone,
};

use crate::delivery;
use crate::listing::{FilterSearch, Filters, count};
use crate::paged::Paged;
use crate::shell::console::{ConsoleEntry, Work};
use crate::t::delivery as texts;
use crate::time::Ago;

/// In the rail.
pub const ENTRY: ConsoleEntry = ConsoleEntry {
    icon: Icon::Mail,
    label: texts::title,
    path: "/console/mailbox",
    permission: Permission::ManageDelivery,
};

/// The two lists of this part.
#[component]
fn Parts(jobs: bool) -> impl IntoView {
    view! {
        <Tabs label=texts::title()>
            <Tab href="/console/mailbox" current=!jobs count=None>
                {texts::tab_mails()}
            </Tab>
            <Tab href="/console/mailbox/jobs" current=jobs count=None>
                {texts::tab_jobs()}
            </Tab>
        </Tabs>
    }
}

fn state(state: MailState) -> (Mark, Tone, &'static str) {
    match state {
        MailState::Queued => (Mark::Quarter, Tone::Caution, texts::state::queued()),
        MailState::Sent => (Mark::Full, Tone::Neutral, texts::state::sent()),
        MailState::Captured => (Mark::Half, Tone::Info, texts::state::captured()),
        MailState::Failed => (Mark::Late, Tone::Critical, texts::state::failed()),
    }
}

/// `/console/mailbox`
#[component]
pub fn Mailbox() -> impl IntoView {
    let filters = Filters::here();
    let (q, open) = (filters.get("q"), filters.get("open"));
    let list = Paged::new(move |cursor| {
        let filter = MailFilter { q: Some(q.get()).filter(|q| !q.is_empty()), limit: None, cursor };
        async move { delivery::mails(&filter).await }
    });
    let empty = move || {
        if filters.any(&["q"]) {
            view! { <Empty title=texts::none_found() sub=texts::none_found_sub()/> }
        } else {
            view! { <Empty title=texts::none() sub=texts::none_sub()/> }
        }
    };
    let columns = vec![
        Column::beside(
            texts::subject(),
            |row: &MailSummary| row.subject.clone(),
            move |row| untrack(|| filters.address("open", &row.id.to_string())),
        ),
        Column::meta(texts::to(), |row: &MailSummary| row.to.to_string()),
        Column::state(texts::state_title(), |row: &MailSummary| {
            let (mark, tone, label) = state(row.state);
            view! { <Pill label mark tone/> }
        }),
        Column::amount(
            texts::at(),
            |row: &MailSummary| view! { <span class="muted"><Ago at=row.created_at/></span> },
        ),
    ];
    let columns = StoredValue::new(columns);
    let selected = Callback::new(move |(row,): (MailSummary,)| open.with(|open| *open == row.id.to_string()));
    let panel = move || {
        let id = open.get();
        (!id.is_empty()).then(|| view! { <MailPanel id on_close=move || filters.set("open", "")/> })
    };
    view! {
        <Work title=texts::title()>
            <div class="listing">
                <Parts jobs=false/>
                <div class="filters">
                    <FilterSearch filters label=texts::search()/>
                </div>
                <Loaded resource=list.first skeleton=Skeleton::Table is_empty=|empty: &bool| *empty empty let:_>
                    <div class="listing">
                        <Table label=texts::title() columns=columns.get_value() rows=list.items selected/>
                        <Pager
                            shown=Signal::derive(move || texts::shown(count(list.items)))
                            more=list.has_more()
                            busy=list.busy
                            on_more=list.on_more()
                        />
                    </div>
                </Loaded>
            </div>
        </Work>
        {panel}
    }
}

#[component]
fn MailPanel(id: String, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let mail = ui::Fetched::new(move || {
        let id = id.clone();
        async move { delivery::mail(&id).await }
    });
    let title = Memo::new(move |_| {
        mail.get().and_then(Result::ok).map_or_else(|| texts::title().to_owned(), |mail| mail.summary.subject)
    });
    move || {
        view! {
            <Panel title=title.get() on_close>
                <Loaded resource=mail skeleton=Skeleton::Document let:mail>
                    <MailView mail/>
                </Loaded>
            </Panel>
        }
    }
}

#[component]
fn MailView(mail: Mail) -> impl IntoView {
    let summary = mail.summary;
    let (mark, tone, label) = state(summary.state);
    let to = if summary.to_name.is_empty() {
        summary.to.to_string()
    } else {
        format!("{}, {}", summary.to_name, summary.to)
    };
    let facts = vec![
        (texts::to().to_owned(), to.into_any()),
        (texts::at().to_owned(), view! { <Ago at=summary.created_at/> }.into_any()),
        (texts::state_title().to_owned(), view! { <Pill label mark tone/> }.into_any()),
    ];
    let refused = summary.error.map(|error| {
        view! {
            <Notice mark=Mark::Late tone=Tone::Critical>
                <span>{texts::why_refused()} ": " {error}</span>
            </Notice>
        }
    });
    let text = if mail.text.is_empty() {
        view! { <p class="muted">{texts::no_text()}</p> }.into_any()
    } else {
        view! { <p class="lines wrap-anywhere">{linked(&mail.text, &mail.links)}</p> }.into_any()
    };
    view! {
        {refused}
        <Facts facts/>
        {text}
    }
}

/// A text with its links to follow. They open in a tab of their own: most lead into the portal.
fn linked(text: &str, links: &[String]) -> Vec<AnyView> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((at, link)) = links
        .iter()
        .filter_map(|link| Some((rest.find(link.as_str())?, link)))
        .min_by_key(|(at, link)| (*at, usize::MAX - link.len()))
    {
        parts.push(rest[..at].to_owned().into_any());
        let href = link.clone();
        parts.push(
            view! {
                <a class="link" href=href.clone() target="_blank" rel="external noopener">
                    {href.clone()}
                </a>
            }
            .into_any(),
        );
        rest = &rest[at + link.len()..];
    }
    parts.push(rest.to_owned().into_any());
    parts
}

/// `/console/mailbox/jobs`
#[component]
pub fn FailedJobs() -> impl IntoView {
    let list = Paged::new(move |cursor| {
        let filter = JobFilter { limit: None, cursor };
        async move { delivery::dead_jobs(&filter).await }
    });
    let empty = || view! { <Empty title=texts::jobs_none() sub=texts::jobs_none_sub() mark=Mark::Full tone=Tone::Accent/> };
    let rows = move || list.items.get().into_iter().map(|job| view! { <JobRow job list/> }).collect_view();
    view! {
        <Work title=texts::jobs_title()>
            <div class="listing">
                <Parts jobs=true/>
                <Loaded resource=list.first skeleton=Skeleton::Table is_empty=|empty: &bool| *empty empty let:_>
                    <div class="listing">
                        <ul class="rows">{rows}</ul>
                        <Pager
                            shown=Signal::derive(move || texts::jobs_shown(count(list.items)))
                            more=list.has_more()
                            busy=list.busy
                            on_more=list.on_more()
                        />
                    </div>
                </Loaded>
            </div>
        </Work>
    }
}

/// What a job does, by its kind.
fn kind(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "send_mail" => texts::kind::send_mail(),
        "portal_link" => texts::kind::portal_link(),
        "password_reset" => texts::kind::password_reset(),
        "inbound_event" => texts::kind::inbound_event(),
        "check_attempt" => texts::kind::check_attempt(),
        "expire_attempts" => texts::kind::expire_attempts(),
        _ => return None,
    })
}

#[component]
fn JobRow(job: DeadJob, list: Paged<DeadJob>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let busy = RwSignal::new(false);
    let id = job.id;
    let retry = move || {
        busy.set(true);
        spawn_local(async move {
            let answer = delivery::retry(id).await;
            busy.try_set(false);
            match answer {
                Ok(()) => {
                    toasts.show(Toast::done(texts::retried()));
                    list.refetch_soon();
                }
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    };
    let title = kind(&job.kind).map_or_else(|| job.kind.clone(), ToOwned::to_owned);
    let sub = format!("{} · {}", texts::tried(i64::from(job.attempts)), job.last_error);
    view! {
        <Row title sub>
            <div class="line">
                <Ago at=job.failed_at/>
                <Button busy on_click=retry>
                    {texts::retry()}
                </Button>
            </div>
        </Row>
    }
}
