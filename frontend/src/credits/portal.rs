//! The client's credit: what there is of it, spending it, and the credit notes.

pub mod notes;

use domain::credits::{
    ApplyCredit, ClientCredit, CreditApplied, CreditNote, CreditNoteFilter, CreditNoteId, CreditNoteSummary,
};
use domain::invoices::{InvoiceDocument, InvoiceId};
use domain::money::Money;
use domain::page::{MAX_LIMIT, Page};
use domain::permission::Permission;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{Button, Figure, FigureItem, FigureSize, Toast, Toasts};

use crate::api::{self, Answer, Intent};
use crate::money::amount;
use crate::quiet::quietly;
use crate::session::PortalSession;
use crate::t::portal::credit as texts;

/// What is left of the credit, and where it came from.
pub async fn own() -> Answer<ClientCredit> {
    api::get("/portal/credit").await
}

async fn spend(body: &ApplyCredit, intent: Intent) -> Answer<CreditApplied> {
    api::post("/portal/credit/applications", body, intent).await
}

async fn note(id: CreditNoteId) -> Answer<CreditNote> {
    api::get(&format!("/portal/credit-notes/{id}")).await
}

async fn notes(cursor: Option<String>) -> Answer<Page<CreditNoteSummary>> {
    api::get_with("/portal/credit-notes", &CreditNoteFilter { cursor, ..CreditNoteFilter::default() }).await
}

async fn notes_of(invoice_id: InvoiceId) -> Answer<Page<CreditNoteSummary>> {
    let filter = CreditNoteFilter {
        invoice_id: Some(invoice_id),
        limit: Some(MAX_LIMIT),
        ..CreditNoteFilter::default()
    };
    api::get_with("/portal/credit-notes", &filter).await
}

/// Among the figures that head the money pages: the credit in each currency, with where it came from.
pub fn figures(known: ClientCredit) -> impl IntoView {
    let ClientCredit { credit, sources } = known;
    credit
        .into_iter()
        .map(|sum| {
            let from = sources
                .iter()
                .filter(|source| source.left.currency() == sum.currency())
                .map(|source| super::origin(source.origin, source.number.as_deref()))
                .collect::<Vec<_>>();
            let sub = match from.as_slice() {
                [only] => only.clone(),
                _ => String::new(),
            };
            view! {
                <FigureItem label=texts::title() sub=move || sub>
                    <Figure amount=amount(sum) size=FigureSize::Middle/>
                </FigureItem>
            }
        })
        .collect_view()
}

/// Beside an open invoice: how much of the credit can pay it, and the button that does.
#[component]
pub fn SpendHere(
    /// The invoice.
    document: InvoiceDocument,
    /// Some of it was paid that way.
    on_done: Callback<()>,
) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let guest = session.me.with_untracked(|me| me.contact_id.is_none());
    let wanted =
        document.status.is_open() && document.balance.is_positive() && !guest && session.may(Permission::Pay);
    wanted.then(|| {
        let (id, balance) = (document.id, document.balance);
        let known = quietly(own());
        move || {
            let there = known.get()?.credit.into_iter().find(|sum| sum.currency() == balance.currency())?;
            let spent = Money::new(there.minor().min(balance.minor()), balance.currency());
            spent.is_positive().then(|| view! { <Spend id there spent on_done/> })
        }
    })
}

#[component]
fn Spend(id: InvoiceId, there: Money, spent: Money, on_done: Callback<()>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let busy = RwSignal::new(false);
    let intent = Intent::new();
    let spend_it = move || {
        busy.set(true);
        spawn_local(async move {
            let answer = spend(&ApplyCredit { invoice_id: id, amount: spent }, intent).await;
            busy.try_set(false);
            match answer {
                Ok(applied) => {
                    toasts.show(Toast::done(texts::used(&amount(applied.amount).text())));
                    on_done.run(());
                }
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    };
    view! {
        <section class="gap no-print" aria-label=texts::title()>
            <p>
                {texts::title()} " " <Figure amount=amount(there)/>
            </p>
            <div class="line">
                <Button busy on_click=spend_it>
                    {format!("{}: {}", texts::use_it(), amount(spent).text())}
                </Button>
            </div>
        </section>
    }
}
