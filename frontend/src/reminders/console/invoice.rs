//! The reminders of one invoice, what keeps them still, and the fees for its being late.

use domain::invoices::{Invoice, InvoiceId};
use domain::late_fees::LateFee;
use domain::permission::Permission;
use domain::reminders::{InvoiceReminders, InvoiceRemindersInput};
use leptos::prelude::*;
use ui::{
    Button, ButtonKind, ButtonType, Checkbox, DateField, Figure, Form, Loaded, Mark, MarkView, Row, Section,
    Sheet, Skeleton, Toast, Toasts, Tone,
};

use crate::form::{Reading, Sending};
use crate::money::amount;
use crate::reminders;
use crate::session::ConsoleSession;
use crate::t::{common as common_texts, reminders as texts};
use crate::time::{self, Ago};

/// Reminders of an issued invoice: those that were and will be sent.
#[component]
pub fn RemindersOfInvoice(
    /// The invoice.
    invoice: Invoice,
    /// What keeps them still was changed.
    #[prop(into)]
    on_changed: Callback<()>,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let (id, open) = (invoice.document.id, invoice.document.status.is_open());
    let number = invoice.document.number.unwrap_or_default();
    let known = ui::Fetched::new(move || reminders::of_invoice(id));
    let fees = ui::Fetched::new(move || reminders::fees_of(id));
    let changing = RwSignal::new(false);
    let may_change = open && session.may(Permission::SendInvoices);
    let end = move || {
        may_change.then(|| {
            view! {
                <button class="link" type="button" on:click=move |_| changing.set(true)>
                    {texts::change()}
                </button>
            }
        })
    };
    let changed = Callback::new(move |()| {
        known.refetch();
        on_changed.run(());
    });
    let sheet = move || {
        let now = known.get().and_then(Result::ok).map(|known| known.input).unwrap_or_default();
        let number = number.clone();
        view! { <ChangeForm id number now open=changing on_changed=changed/> }
    };
    let fees = move || {
        let list = fees.get().and_then(Result::ok).filter(|list| !list.is_empty())?;
        let rows = list.into_iter().map(|fee| view! { <FeeRow fee/> }).collect_view();
        Some(view! {
            <Section title=texts::fees::of_invoice()>
                <ul class="rows">{rows}</ul>
            </Section>
        })
    };
    view! {
        <Section title=texts::title() end>
            <Loaded resource=known skeleton=Skeleton::Table let:known>
                <Steps known open/>
            </Loaded>
        </Section>
        {fees}
        <Sheet open=changing title=texts::title()>
            {sheet.clone()}
        </Sheet>
    }
}

#[component]
fn Steps(known: InvoiceReminders, open: bool) -> impl IntoView {
    let InvoiceReminders { input, past, upcoming, .. } = known;
    let rest = open
        .then(|| {
            let promise = input.promised_on.map(|day| texts::promise(&time::day(Some(day))));
            [input.paused.then(|| texts::resting().to_owned()), promise]
        })
        .into_iter()
        .flatten()
        .flatten()
        .map(|title| view! { <Row title lead=|| view! { <MarkView mark=Mark::Half tone=Tone::Caution/> }/> })
        .collect_view();
    let nothing = upcoming.is_empty();
    let past = past
        .into_iter()
        .map(|step| {
            let (mark, sub) = if step.mailed { (Mark::Full, texts::mailed()) } else { (Mark::Void, texts::overtaken()) };
            view! {
                <Row title=reminders::step(step.days) sub lead=move || view! { <MarkView mark tone=Tone::Neutral/> }>
                    <Ago at=step.at/>
                </Row>
            }
        })
        .collect_view();
    let upcoming = upcoming
        .into_iter()
        .map(|step| {
            let sub = format!("{} · {}", texts::to_come(), reminders::tone(step.tone));
            view! {
                <Row title=reminders::step(step.days) sub lead=|| view! { <MarkView mark=Mark::Draft tone=Tone::Neutral/> }>
                    {time::day_short(Some(step.on))}
                </Row>
            }
        })
        .collect_view();
    view! {
        <ul class="rows">{rest} {past} {upcoming}</ul>
        {nothing.then(|| view! { <p class="muted small">{texts::still()}</p> })}
    }
}

#[component]
fn FeeRow(fee: LateFee) -> impl IntoView {
    let LateFee { day, amount: charged, invoice_id, number, .. } = fee;
    let sub = match (charged, invoice_id, number) {
        (None, ..) => texts::fees::not_charged().to_owned(),
        (Some(_), None, _) => texts::fees::thrown_away().to_owned(),
        (Some(_), Some(_), None) => texts::fees::draft_waits().to_owned(),
        (Some(_), Some(_), Some(number)) => crate::t::invoices::invoice_numbered(&number),
    };
    let href = invoice_id.map(|id| format!("/console/invoices/{id}")).unwrap_or_default();
    view! {
        <Row title=texts::fees::for_day(&time::day(Some(day))) sub href>
            {charged.map(|charged| view! { <Figure amount=amount(charged)/> })}
        </Row>
    }
}

#[component]
fn ChangeForm(
    id: InvoiceId,
    number: String,
    now: InvoiceRemindersInput,
    open: RwSignal<bool>,
    on_changed: Callback<()>,
) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let paused = RwSignal::new(now.paused);
    let promised = RwSignal::new(now.promised_on.map(|day| day.to_string()).unwrap_or_default());
    let sending = Sending::new();
    let save = move || {
        let mut reading = Reading::default();
        let day = promised.with_untracked(|day| match day.as_str() {
            "" => Ok(None),
            day => day.parse().map(Some).map_err(|_| ("invalid", String::new())),
        });
        let day = reading.take("/promised_on", day);
        let (true, Some(promised_on)) = (reading.is_done(sending.errors), day) else { return };
        let body = InvoiceRemindersInput { paused: paused.get_untracked(), promised_on };
        let number = number.clone();
        sending.run(async move { reminders::set_of_invoice(id, &body).await }, move |_| {
            open.set(false);
            on_changed.run(());
            toasts.show(Toast::done(texts::changed(&number)));
        });
    };
    view! {
        <h2>{texts::title()}</h2>
        <Form errors=sending.errors busy=sending.busy on_submit=save>
            <DateField
                label=texts::promised_on()
                value=promised
                optional=true
                pointer="/promised_on"
                hint=texts::promise_hint()
            />
            <div>
                <Checkbox label=texts::paused() checked=paused pointer="/paused"/>
                <p class="hint">{texts::pause_hint()}</p>
            </div>
            <div class="line">
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                    {common_texts::save()}
                </Button>
                <Button kind=ButtonKind::Quiet on_click=move || open.set(false)>
                    {common_texts::cancel()}
                </Button>
            </div>
        </Form>
    }
}
