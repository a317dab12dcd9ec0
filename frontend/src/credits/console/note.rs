//! An invoice's credit notes, and writing one.

use domain::credits::{CreditLine, CreditNoteId, CreditNoteStatus, CreditNoteSummary, DraftCreditNote};
use domain::invoices::{Invoice, InvoiceLine};
use domain::money::{Money, Quantity};
use domain::permission::Permission;
use domain::text::{Name, Note};
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{
    Button, ButtonKind, ButtonType, Figure, Form, Icon, IconButton, Loaded, Mark, MarkView, MoneyField,
    RadioGroup, Row, Section, SelectOption, Sheet, Skeleton, TextArea, TextField, TextKind, Toast, Toasts,
    Tone,
};

use super::issue::IssueSheet;
use crate::api::Intent;
use crate::form::{Reading, Sending};
use crate::money::amount;
use crate::session::ConsoleSession;
use crate::t::{common as common_texts, credits as texts, invoices as invoice_texts};
use crate::{credits, invoices, time};

/// An invoice's credit notes, drafts among them, with the sheets that write and issue them.
#[component]
pub fn Notes(
    /// The invoice.
    invoice: Invoice,
    /// Whether a new one is being written.
    crediting: RwSignal<bool>,
    /// One was issued: the invoice asks for less.
    on_changed: Callback<()>,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let id = invoice.document.id;
    let may = session.may(Permission::CreditInvoices);
    let list = ui::Fetched::new(move || async move { credits::notes_of(id).await.map(|page| page.items) });
    let issuing = RwSignal::new(None::<CreditNoteId>);
    let rows = move |notes: Vec<CreditNoteSummary>| {
        notes.into_iter().map(|note| view! { <NoteRow note may issuing list/> }).collect_view()
    };
    let some = move || list.get().and_then(Result::ok).is_some_and(|notes| !notes.is_empty());
    let some = Memo::new(move |_| some());
    let invoice = StoredValue::new(invoice);
    let drafted = Callback::new(move |(note,): (CreditNoteId,)| {
        list.refetch();
        issuing.set(Some(note));
    });
    let issued = Callback::new(move |()| {
        list.refetch();
        on_changed.run(());
    });
    view! {
        {move || {
            some.get()
                .then(|| {
                    view! {
                        <Section title=texts::notes()>
                            <Loaded resource=list skeleton=Skeleton::Table let:notes>
                                <ul class="rows">{rows(notes)}</ul>
                            </Loaded>
                        </Section>
                    }
                })
        }}
        <Sheet open=crediting title=texts::credit()>
            <DraftForm invoice=invoice.get_value() open=crediting on_drafted=drafted/>
        </Sheet>
        <IssueSheet issuing paid=invoice.with_value(|known| known.document.paid) on_issued=issued/>
    }
}

#[component]
fn NoteRow(
    note: CreditNoteSummary,
    may: bool,
    issuing: RwSignal<Option<CreditNoteId>>,
    list: ui::Fetched<Result<Vec<CreditNoteSummary>, crate::api::ApiError>>,
) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let id = note.id;
    let draft = note.status == CreditNoteStatus::Draft;
    let (mark, tone) = if draft { (Mark::Draft, Tone::Neutral) } else { (Mark::Full, Tone::Neutral) };
    let title = match &note.number {
        Some(number) => texts::note_numbered(number),
        None => invoice_texts::draft().to_owned(),
    };
    let sub = [time::day(note.issued_on), note.reason.to_string()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ");
    let delete = move || {
        spawn_local(async move {
            match credits::delete(id).await {
                Ok(()) => {
                    toasts.show(Toast::done(invoice_texts::draft_deleted()));
                    list.refetch();
                }
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    };
    let buttons = (draft && may).then(|| {
        view! {
            <Button on_click=move || issuing.set(Some(id))>
                {texts::issue()}
            </Button>
            <Button kind=ButtonKind::Quiet on_click=delete>
                {invoice_texts::delete_draft()}
            </Button>
        }
    });
    let name = title.clone();
    let save = move || {
        let name = format!("{name}.pdf");
        spawn_local(async move {
            if let Err(error) = credits::save_pdf(id, &name).await {
                toasts.show(Toast::failed(error.text()));
            }
        });
    };
    let label = format!("{}: {title}", common_texts::pdf());
    view! {
        <Row title sub lead=move || view! { <MarkView mark tone/> }>
            <div class="line">
                <Figure amount=amount(note.total)/>
                <IconButton icon=Icon::Download label on_click=save/>
                {buttons}
            </div>
        </Row>
    }
}

/// How much of the invoice is taken back.
const WHOLE: &str = "whole";
const PART: &str = "part";
const LINES: &str = "lines";

/// A line of the invoice, and how much of it is taken back.
#[derive(Clone)]
struct Taken {
    line: InvoiceLine,
    quantity: RwSignal<String>,
}

#[component]
fn DraftForm(invoice: Invoice, open: RwSignal<bool>, on_drafted: Callback<(CreditNoteId,)>) -> impl IntoView {
    let document = invoice.document;
    let (id, currency) = (document.id, document.currency);
    let how = RwSignal::new(WHOLE.to_owned());
    let part = RwSignal::new(None::<i64>);
    let (reason, note) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let taken: Vec<Taken> = document
        .lines
        .into_iter()
        .map(|line| Taken { line, quantity: RwSignal::new(String::new()) })
        .collect();
    let fields = taken.clone();
    let sending = Sending::new();
    let intent = Intent::new();
    let submit = move || {
        let mut reading = Reading::default();
        let reason = reading.text::<Name>("/reason", reason);
        let note = reading.text::<Note>("/note", note);
        let chosen = how.get_untracked();
        let missing = || ("required", String::new());
        let wanted = (chosen == PART)
            .then(|| reading.take("/amount", part.get_untracked().ok_or_else(missing)))
            .flatten()
            .map(|minor| Money::new(minor, currency));
        let lines = if chosen == LINES { read_lines(&taken, &mut reading) } else { Vec::new() };
        let (true, Some(reason), Some(note)) = (reading.is_done(sending.errors), reason, note) else {
            return;
        };
        let body = DraftCreditNote { lines, amount: wanted, reason, note };
        sending.run(async move { credits::draft(id, &body, intent).await }, move |drafted| {
            open.set(false);
            on_drafted.run((drafted.id,));
        });
    };
    let options = vec![
        SelectOption::new(WHOLE, texts::whole()),
        SelectOption::new(PART, texts::part()),
        SelectOption::new(LINES, texts::lines()),
    ];
    let more = move || match how.get().as_str() {
        PART => view! {
            <MoneyField
                label=invoice_texts::amount()
                value=part
                currency=currency.code().to_owned()
                exponent=currency.exponent()
                pointer="/amount"
                hint=texts::with_tax()
            />
        }
        .into_any(),
        LINES => {
            fields.iter().enumerate().map(|(place, taken)| line_field(place, taken)).collect_view().into_any()
        }
        _ => ().into_any(),
    };
    view! {
        <div>
            <h2>{texts::credit()}</h2>
            <p class="sub">{invoice_texts::invoice_numbered(document.number.as_deref().unwrap_or_default())}</p>
        </div>
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <RadioGroup label=texts::how_much() value=how options/>
            {more}
            <TextField
                label=invoice_texts::reason()
                value=reason
                pointer="/reason"
                hint=invoice_texts::reason_hint()
            />
            <TextArea label=invoice_texts::note() value=note pointer="/note" optional=true/>
            <div class="line">
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                    {texts::go_on()}
                </Button>
                <Button kind=ButtonKind::Quiet on_click=move || open.set(false)>
                    {common_texts::cancel()}
                </Button>
            </div>
        </Form>
    }
}

fn line_field(place: usize, taken: &Taken) -> AnyView {
    let all = ui::format::decimal(&taken.line.quantity.to_string());
    let hint = texts::of_quantity(&all);
    view! {
        <TextField
            label=taken.line.description.to_string()
            value=taken.quantity
            kind=TextKind::Decimal
            pointer=format!("/lines/{place}/quantity")
            hint
            optional=true
        />
    }
    .into_any()
}

/// Those of which some quantity is named.
fn read_lines(taken: &[Taken], reading: &mut Reading) -> Vec<CreditLine> {
    let mut lines = Vec::new();
    for (place, taken) in taken.iter().enumerate() {
        let typed = taken.quantity.get_untracked();
        if typed.trim().is_empty() {
            continue;
        }
        let quantity = invoices::console::number::<Quantity>(&typed);
        let pointer = format!("/lines/{place}/quantity");
        let read = reading.take(&pointer, quantity.ok_or_else(|| ("not_a_number", String::new())));
        lines.extend(read.map(|quantity| CreditLine { line_id: taken.line.id, quantity: Some(quantity) }));
    }
    if lines.is_empty() {
        reading.take::<()>("/lines/0/quantity", Err(("required", String::new())));
    }
    lines
}
