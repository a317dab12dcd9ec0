//! The schedule on the staff's page of an invoice, and saying that a milestone is reached.

pub mod editor;

use chrono::NaiveDate;
use domain::invoices::{Invoice, InvoiceId};
use domain::permission::Permission;
use domain::schedules::{Instalment, MarkMilestone, When};
use leptos::prelude::*;
use ui::{Button, ButtonKind, ButtonType, DateField, Figure, Form, MarkView, Section, Sheet, Toast, Toasts};

use super::{look, name, when};
use crate::api::{self, Answer};
use crate::form::{Reading, Sending};
use crate::money::amount;
use crate::session::ConsoleSession;
use crate::t::common as common_texts;
use crate::t::schedules::{self as shared_texts, console as texts};

async fn mark(id: InvoiceId, body: &MarkMilestone, version: i64) -> Answer<Invoice> {
    api::put(&format!("/invoices/{id}/milestones"), body, Some(version)).await
}

/// The instalments of an issued invoice, where there are any.
#[component]
pub fn Schedule(
    /// The invoice.
    invoice: Invoice,
    /// It was changed.
    on_changed: Callback<Invoice>,
) -> impl IntoView {
    let document = invoice.document;
    let session = expect_context::<ConsoleSession>();
    let may_mark = document.status.is_open() && session.may(Permission::SendInvoices);
    let void = document.status == domain::invoices::InvoiceStatus::Void;
    (!document.schedule.is_empty() && !void).then(|| {
        let (id, version) = (document.id, document.version);
        let rows = document
            .schedule
            .into_iter()
            .enumerate()
            .map(|(place, instalment)| {
                view! { <InstalmentRow id version place instalment may_mark on_changed/> }
            })
            .collect_view();
        view! {
            <Section title=shared_texts::title()>
                <ul class="rows proposal">{rows}</ul>
            </Section>
        }
    })
}

#[component]
fn InstalmentRow(
    id: InvoiceId,
    version: i64,
    place: usize,
    instalment: Instalment,
    may_mark: bool,
    on_changed: Callback<Invoice>,
) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let (look_mark, tone, state) = look(instalment.state);
    let when = when(&instalment);
    let left = instalment.left;
    let whole = instalment.amount.unwrap_or(left);
    let stands = if left.is_positive() && left != whole {
        shared_texts::left(&amount(left).text())
    } else {
        state.to_owned()
    };
    let open = RwSignal::new(false);
    let milestone = match &instalment.due {
        When::Milestone(milestone) if may_mark => Some(milestone.name.to_string()),
        When::Milestone(_) | When::On(_) | When::DaysAfterIssue(_) => None,
    };
    let reached = instalment.reached_on.is_some();
    let unmark = {
        let (sending, name) = (Sending::new(), milestone.clone().unwrap_or_default());
        move || {
            let name = name.clone();
            let body = mark_of(place, None);
            sending.run_or(
                async move { mark(id, &body, version).await },
                move |changed| {
                    toasts.show(Toast::done(texts::unmarked(&name)));
                    on_changed.run(changed);
                },
                move |error| toasts.show(Toast::failed(error.text())),
            );
        }
    };
    let sheet = milestone.clone().filter(|_| !reached).map(|name| {
        view! {
            <Sheet open title=texts::mark()>
                <MarkForm id version place name=name.clone() asked=whole open on_changed/>
            </Sheet>
        }
    });
    let button = milestone.map(|_| {
        if reached {
            view! { <Button kind=ButtonKind::Quiet on_click=unmark>{texts::unmark()}</Button> }.into_any()
        } else {
            view! { <Button on_click=move || open.set(true)>{texts::mark()}</Button> }.into_any()
        }
    });
    view! {
        <li class="row">
            <MarkView mark=look_mark tone/>
            <span class="what">
                <span class="title">{name(place, &instalment)}</span>
                <span class="sub">{when}</span>
            </span>
            <span class="end">
                <Figure amount=amount(whole)/>
                <span class="sub">{stands}</span>
                {button}
            </span>
            {sheet}
        </li>
    }
}

fn mark_of(place: usize, reached_on: Option<NaiveDate>) -> MarkMilestone {
    MarkMilestone { instalment: u16::try_from(place).unwrap_or(u16::MAX), reached_on }
}

#[component]
fn MarkForm(
    id: InvoiceId,
    version: i64,
    place: usize,
    name: String,
    asked: domain::money::Money,
    open: RwSignal<bool>,
    on_changed: Callback<Invoice>,
) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let reached_on = RwSignal::new(ui::format::today());
    let sending = Sending::new();
    let done = StoredValue::new(name.clone());
    let submit = move || {
        let mut reading = Reading::default();
        let missing = |_| ("required", String::new());
        let day = reading.take("/reached_on", reached_on.get_untracked().parse().map_err(missing));
        let (true, Some(day)) = (reading.is_done(sending.errors), day) else { return };
        let body = mark_of(place, Some(day));
        sending.run(async move { mark(id, &body, version).await }, move |changed| {
            open.set(false);
            toasts.show(Toast::done(texts::marked(&done.get_value())));
            on_changed.run(changed);
        });
    };
    let asked = amount(asked).text();
    view! {
        <div>
            <h2>{name}</h2>
            <p class="muted">{texts::mark_sub(&asked)}</p>
        </div>
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <DateField label=texts::reached_on() value=reached_on pointer="/reached_on"/>
            <div class="line">
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                    {texts::mark_submit(&asked)}
                </Button>
                <Button kind=ButtonKind::Quiet on_click=move || open.set(false)>
                    {common_texts::cancel()}
                </Button>
            </div>
        </Form>
    }
}
