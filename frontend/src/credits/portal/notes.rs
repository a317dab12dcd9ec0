//! The client's credit notes.

use domain::credits::{CreditNote, CreditNoteId, CreditNoteSummary};
use domain::invoices::InvoiceId;
use domain::totals::PriceMode;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use ui::format::{DateStyle, date};
use ui::{
    Column, Empty, Facts, Figure, FigureSize, Icon, IconSize, IconView, Loaded, Pager, Row, Section,
    Skeleton, Table, TextLink, Totals,
};

use crate::api::ApiError;
use crate::invoices::portal::money::{MoneyHead, Part};
use crate::money::amount;
use crate::paged::Paged;
use crate::quiet::quietly;
use crate::saving::PdfButton;
use crate::session::{PortalSession, set_page_title};
use crate::t::portal::{credit as texts, invoice as invoice_texts};

fn day(date_of: Option<chrono::NaiveDate>) -> String {
    date_of.map(|day| date(&day.to_string(), DateStyle::Medium)).unwrap_or_default()
}

/// `/{organization}/credit-notes`
#[component]
pub fn CreditNotes() -> impl IntoView {
    let session = expect_context::<PortalSession>();
    set_page_title(texts::notes());
    let list = Paged::new(super::notes);
    let empty = || view! { <Empty title=texts::none() sub=texts::none_sub()/> };
    let columns = move || {
        vec![
            Column::main(
                texts::note(),
                |row: &CreditNoteSummary| texts::note_numbered(row.number.as_deref().unwrap_or_default()),
                move |row| session.path(&format!("/credit-notes/{}", row.id)),
            ),
            Column::meta(invoice_texts::dated(), |row: &CreditNoteSummary| day(row.issued_on)),
            Column::wide(texts::of_invoice(), |row: &CreditNoteSummary| row.invoice_number.clone()),
            Column::amount(invoice_texts::amount(), |row: &CreditNoteSummary| {
                view! { <Figure amount=amount(row.total)/> }
            }),
        ]
    };
    let shown = move || texts::shown(i64::try_from(list.items.with(Vec::len)).unwrap_or(i64::MAX));
    view! {
        <div class="listing">
            <MoneyHead current=Signal::stored(Part::Notes)/>
            <Loaded resource=list.first skeleton=Skeleton::Table is_empty=|empty: &bool| *empty empty let:_>
                <div class="listing">
                    <Table label=texts::notes() columns=columns() rows=list.items/>
                    <Pager shown=Signal::derive(shown) more=list.has_more() busy=list.busy on_more=list.on_more()/>
                </div>
            </Loaded>
        </div>
    }
}

/// `/{organization}/credit-notes/{id}`
#[component]
pub fn CreditNotePage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").and_then(|id| id.parse::<CreditNoteId>().ok()));
    let note = ui::Fetched::new(move || {
        let id = id.get();
        async move { super::note(id.ok_or_else(ApiError::missing)?).await }
    });
    view! {
        <Loaded resource=note skeleton=Skeleton::Document let:note>
            <Document note/>
        </Loaded>
    }
}

#[component]
fn Document(note: CreditNote) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let id = note.id;
    let title = texts::note_numbered(note.number.as_deref().unwrap_or_default());
    set_page_title(&title);
    let invoice = session.path(&format!("/invoices/{}", note.invoice_id));
    let facts = vec![
        (
            texts::of_invoice().to_owned(),
            view! { <TextLink href=invoice>{note.invoice_number.clone()}</TextLink> }.into_any(),
        ),
        (invoice_texts::dated().to_owned(), day(note.issued_on).into_any()),
        (texts::reason().to_owned(), note.reason.to_string().into_any()),
    ];
    let lines = note
        .lines
        .iter()
        .map(|line| {
            view! {
                <tr>
                    <td>{line.description.to_string()}</td>
                    <td class="num">
                        <Figure amount=amount(line.amount)/>
                    </td>
                </tr>
            }
        })
        .collect_view();
    let included = note.price_mode == PriceMode::Inclusive;
    let mut parts = Vec::new();
    if !note.totals.taxes.is_empty() && !included {
        parts.push((invoice_texts::net().to_owned(), amount(note.totals.net)));
    }
    for tax in &note.totals.taxes {
        let rate = ui::format::decimal(&tax.rate.to_string());
        let label = if included {
            invoice_texts::tax_included(&tax.name, &rate)
        } else {
            invoice_texts::tax(&tax.name, &rate)
        };
        parts.push((label, amount(tax.amount)));
    }
    let sum = amount(note.totals.gross);
    let words = note.note.to_string();
    view! {
        <article class="stack">
            <header class="gap">
                <a class="back line small muted" href=session.path("/credit-notes")>
                    <IconView icon=Icon::Back size=IconSize::Small/>
                    {texts::notes()}
                </a>
                <h1>{title.clone()}</h1>
                <p>
                    <Figure amount=sum.clone() size=FigureSize::Big/>
                </p>
            </header>
            <div class="line no-print">
                <PdfButton path=format!("/portal/credit-notes/{id}/pdf") name=title/>
            </div>
            <Facts facts/>
            {(!words.is_empty()).then(|| view! { <p class="lines">{words}</p> })}
            <div>
                <table class="table plain keep column">
                    <tbody>{lines}</tbody>
                </table>
                <Totals parts sum=(invoice_texts::total().to_owned(), sum)/>
            </div>
        </article>
    }
}

/// The credit notes of one invoice; nothing where there is none.
#[component]
pub fn NotesOf(
    /// The invoice.
    id: InvoiceId,
) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let known = quietly(super::notes_of(id));
    move || {
        let notes = known.get()?.items;
        (!notes.is_empty()).then(|| {
            let rows = notes
                .into_iter()
                .map(|note| {
                    let href = session.path(&format!("/credit-notes/{}", note.id));
                    let title = texts::note_numbered(note.number.as_deref().unwrap_or_default());
                    view! {
                        <Row title sub=note.reason.to_string() href>
                            <Figure amount=amount(note.total)/>
                        </Row>
                    }
                })
                .collect_view();
            view! {
                <Section title=texts::notes()>
                    <ul class="rows">{rows}</ul>
                </Section>
            }
        })
    }
}
