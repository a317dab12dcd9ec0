//! One invoice that comes again: what it made, what comes next, and stopping it.

use std::future::Future;

use domain::permission::Permission;
use domain::recurring::{
    BilledPeriod, BilledPeriodFilter, BillingTime, Delivery, RecurringInvoice, RecurringState,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use ui::{
    Button, ButtonKind, Column, Dialog, Empty, Facts, Figure, FigureSize, Icon, LinkButton, Loaded, Mark,
    Menu, MenuItem, Notice, Pager, Section, Skeleton, Table, TextLink, Toast, Toasts, Tone, Totals,
};

use crate::activity::Feed;
use crate::api::Answer;
use crate::automatic_charges::console::AutomaticChargePanel;
use crate::invoices::StatePill as InvoicePill;
use crate::invoices::console::paper::sums;
use crate::listing::count;
use crate::money::amount;
use crate::paged::Paged;
use crate::recurring::{self, StatePill};
use crate::session::{ConsoleSession, set_page_title};
use crate::t::{
    activity as activity_texts, automatic_charges as charge_texts, common as common_texts,
    invoices as invoice_texts, recurring as texts,
};
use crate::time;

/// `/console/recurring/{id}`
#[component]
pub fn RecurringPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let recurring = ui::Fetched::new(move || {
        let id = id.get();
        async move { recurring::find(&id).await }
    });
    view! {
        <main class="work">
            <Loaded resource=recurring skeleton=Skeleton::Document let:known>
                <Whole recurring=RwSignal::new(known)/>
            </Loaded>
        </main>
    }
}

#[component]
fn Whole(recurring: RwSignal<RecurringInvoice>) -> impl IntoView {
    let id = recurring.with_untracked(|known| known.id);
    Effect::new(move |_| recurring.with(|known| set_page_title(known.input.name.as_str())));
    let version = Signal::derive(move || recurring.with(|known| known.version));
    view! {
        <Head recurring/>
        {move || {
            recurring
                .with(|known| known.attention.clone().filter(|_| known.state == RecurringState::Paused))
                .map(|why| {
                    view! {
                        <Notice mark=Mark::Late tone=Tone::Critical>
                            <span>{texts::attention(&why)}</span>
                        </Notice>
                    }
                })
        }}
        <div class="columns two">
            <div class="stack">
                <Made recurring/>
                <Section title=activity_texts::history()>
                    <Feed path=format!("/recurring-invoices/{id}") version/>
                </Section>
            </div>
            <div class="stack">
                {move || recurring.with(particulars)}
                <Section title=charge_texts::title()>
                    <AutomaticChargePanel id/>
                </Section>
            </div>
        </div>
    }
}

/// What is said once a step is done.
type Said = fn(&str) -> String;

#[component]
fn Head(recurring: RwSignal<RecurringInvoice>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let toasts = expect_context::<Toasts>();
    let busy = RwSignal::new(false);
    let ending = RwSignal::new(false);
    let id = recurring.with_untracked(|known| known.id);
    let name = move || recurring.with(|known| known.input.name.to_string());
    let state = Memo::new(move |_| recurring.with(|known| known.state));
    let may_edit = session.may(Permission::EditInvoices);
    let step = move || match state.get() {
        RecurringState::Active => {
            let pause = move || {
                take(recurring, busy, toasts, recurring::pause(id), texts::paused_done);
            };
            Some(view! {
                <Button busy on_click=pause>
                    {texts::pause()}
                </Button>
            })
        }
        RecurringState::Paused => {
            let resume = move || {
                take(recurring, busy, toasts, recurring::resume(id), texts::resumed_done);
            };
            Some(view! {
                <Button busy on_click=resume>
                    {texts::resume()}
                </Button>
            })
        }
        RecurringState::Ended => None,
    };
    let tools = move || {
        (may_edit && state.get() != RecurringState::Ended).then(|| {
            let items = vec![
                MenuItem::new(Icon::Close, texts::end(), Callback::new(move |()| ending.set(true))).danger(),
            ];
            view! {
                {step}
                <LinkButton href=format!("/console/recurring/{id}/edit") kind=ButtonKind::Primary>
                    {texts::edit()}
                </LinkButton>
                <Menu label=common_texts::more() items/>
            }
        })
    };
    let end = move || {
        ending.set(false);
        take(recurring, busy, toasts, recurring::end(id), texts::ended_done);
    };
    view! {
        <header class="head">
            <h1>{name}</h1>
            {move || {
                let stopped = recurring.with(|known| known.attention.is_some());
                view! { <StatePill state=state.get() stopped tint=true/> }
            }}
            <span class="end">{tools}</span>
        </header>
        {move || {
            view! {
                <Dialog
                    open=ending
                    title=texts::end_question(&name())
                    buttons=move || {
                        view! {
                            <Button on_click=move || ending.set(false)>{common_texts::cancel()}</Button>
                            <Button kind=ButtonKind::Danger on_click=end>
                                {texts::end()}
                            </Button>
                        }
                    }
                >
                    {texts::end_what_happens()}
                </Dialog>
            }
        }}
    }
}

/// Takes a step, and says so.
fn take(
    recurring: RwSignal<RecurringInvoice>,
    busy: RwSignal<bool>,
    toasts: Toasts,
    step: impl Future<Output = Answer<RecurringInvoice>> + 'static,
    said: Said,
) {
    busy.set(true);
    spawn_local(async move {
        let answer = step.await;
        // The page may have been left meanwhile.
        if busy.try_set(false).is_some() {
            return;
        }
        match answer {
            Ok(changed) => {
                toasts.show(Toast::done(said(changed.input.name.as_str())));
                recurring.set(changed);
            }
            Err(error) => toasts.show(Toast::failed(error.text())),
        }
    });
}

/// The invoices it made, each with its days.
#[component]
fn Made(recurring: RwSignal<RecurringInvoice>) -> impl IntoView {
    let id = recurring.with_untracked(|known| known.id);
    let list = Paged::new(move |cursor| {
        recurring.track();
        let filter = BilledPeriodFilter { cursor, ..BilledPeriodFilter::default() };
        async move { recurring::periods(id, &filter).await }
    });
    let empty = move || {
        let first = recurring.with(|known| known.upcoming.first().copied());
        let sub = first.map(|day| texts::no_invoices_sub(&time::day(Some(day)))).unwrap_or_default();
        view! { <Empty title=texts::no_invoices() sub/> }
    };
    view! {
        <Section title=texts::invoices()>
            <Loaded
                resource=list.first
                skeleton=Skeleton::Table
                is_empty=|empty: &bool| *empty
                empty
                let:_
            >
                <Table label=texts::invoices() columns=columns() rows=list.items/>
                <Pager
                    shown=Signal::derive(move || invoice_texts::shown(count(list.items)))
                    more=list.has_more()
                    busy=list.busy
                    on_more=list.on_more()
                />
            </Loaded>
        </Section>
    }
}

fn columns() -> Vec<Column<BilledPeriod>> {
    vec![
        Column::text(texts::period(), |row: &BilledPeriod| {
            let days = texts::span(&time::day(Some(row.from)), &time::day(Some(row.to)));
            match row.invoice_id {
                Some(id) => view! { <a href=format!("/console/invoices/{id}")>{days}</a> }.into_any(),
                None => days.into_any(),
            }
        }),
        Column::meta(invoice_texts::number(), |row: &BilledPeriod| row.number.clone().unwrap_or_default()),
        Column::state(invoice_texts::state_title(), |row: &BilledPeriod| match row.status {
            Some(status) => view! { <InvoicePill status overdue=row.overdue due_on=row.due_on/> }.into_any(),
            None => view! { <span class="muted">{texts::thrown_away()}</span> }.into_any(),
        }),
        Column::amount(invoice_texts::amount(), |row: &BilledPeriod| {
            row.total.map(|total| view! { <Figure amount=amount(total)/> })
        }),
    ]
}

fn particulars(known: &RecurringInvoice) -> impl IntoView + use<> {
    let session = expect_context::<ConsoleSession>();
    let input = &known.input;
    let schedule = input.schedule;
    let name = known.client_name.to_string();
    let client = if session.may(Permission::ViewClients) {
        view! { <TextLink href=format!("/console/clients/{}", input.client_id)>{name}</TextLink> }.into_any()
    } else {
        name.into_any()
    };
    let mut facts = vec![(texts::client().to_owned(), client)];
    let mut add = |label: &str, value: String| {
        if !value.is_empty() {
            facts.push((label.to_owned(), value.into_any()));
        }
    };
    add(texts::starts_on(), time::day(Some(schedule.starts_on)));
    add(texts::anchor_on(), time::day(schedule.anchor_on));
    add(texts::ends_on(), time::day(schedule.ends_on));
    let billed = match schedule.billed {
        BillingTime::Advance => texts::advance(),
        BillingTime::Arrears => texts::arrears(),
    };
    add(texts::billed_title(), billed.to_owned());
    let delivery = match input.delivery {
        Delivery::Send => texts::send(),
        Delivery::Draft => texts::draft(),
    };
    add(texts::delivery(), delivery.to_owned());
    add(texts::terms_days(), input.terms_days.map(|days| days.to_string()).unwrap_or_default());
    add(invoice_texts::reference(), input.reference.to_string());
    add(invoice_texts::note(), input.note.to_string());
    add(invoice_texts::internal_note(), input.internal_note.to_string());
    let lines = input
        .lines
        .iter()
        .zip(&known.totals.lines)
        .map(|(line, sum)| {
            view! {
                <tr>
                    <td>{line.description.to_string()}</td>
                    <td class="num">
                        <Figure amount=amount(*sum)/>
                    </td>
                </tr>
            }
        })
        .collect_view();
    let (parts, sum) = sums(&known.totals);
    let upcoming =
        known.upcoming.iter().map(|day| view! { <ui::Row title=time::day(Some(*day))/> }).collect_view();
    let upcoming = (!known.upcoming.is_empty()).then(|| {
        view! {
            <Section title=texts::upcoming()>
                <ul class="rows">{upcoming}</ul>
            </Section>
        }
    });
    view! {
        <div class="gap">
            <div>
                <p>
                    <Figure amount=amount(known.totals.gross) size=FigureSize::Big/>
                </p>
                <p class="sub">{recurring::rhythm(schedule.rhythm)}</p>
            </div>
            <Facts facts/>
        </div>
        <div>
            <table class="table plain keep column">
                <tbody>{lines}</tbody>
            </table>
            <Totals parts sum/>
        </div>
        {upcoming}
    }
}
