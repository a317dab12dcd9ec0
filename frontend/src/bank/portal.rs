//! How a client pays by bank transfer: account, amount and reference, to be copied or scanned. Nothing is paid by reading it.

use domain::bank::BankTransferInstructions;
use domain::invoices::InvoiceId;
use domain::money::Money;
use domain::payments::{BankTransferFilter, InvoiceIds};
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{Button, Facts, Figure, Icon, IconButton, Loaded, Sheet, Skeleton, Toast, Toasts};

use crate::api::{self, Answer};
use crate::browser;
use crate::money::amount;
use crate::t::ways::pay as texts;

async fn instructions(invoices: Vec<InvoiceId>, amount: Option<Money>) -> Answer<BankTransferInstructions> {
    let filter = BankTransferFilter { invoices: InvoiceIds(invoices), amount: amount.map(Money::minor) };
    api::get_with("/portal/bank-transfer", &filter).await
}

/// Shows how, over the page.
#[component]
pub fn TransferSheet(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// What is paid, as it was when it was opened.
    #[prop(into)]
    invoices: Signal<Vec<InvoiceId>>,
    /// How much.
    #[prop(into)]
    chosen: Signal<Option<Money>>,
) -> impl IntoView {
    view! {
        <Sheet open title=texts::transfer_title()>
            <Instructions invoices chosen/>
            <div>
                <Button on_click=move || open.set(false)>{texts::close()}</Button>
            </div>
        </Sheet>
    }
}

#[component]
fn Instructions(invoices: Signal<Vec<InvoiceId>>, chosen: Signal<Option<Money>>) -> impl IntoView {
    let told = ui::Fetched::new(move || instructions(invoices.get(), chosen.get()));
    view! {
        <h2>{texts::transfer_title()}</h2>
        <p class="muted">{texts::transfer_lead()}</p>
        <Loaded resource=told skeleton=Skeleton::Form let:told>
            <Told told/>
        </Loaded>
    }
}

/// What is copied, and the button that does.
#[component]
fn Copied(
    /// What it is.
    label: &'static str,
    /// As it is copied.
    plain: String,
    /// As it is shown.
    children: Children,
) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let copy = move || {
        let plain = plain.clone();
        spawn_local(async move {
            // Without https there is no clipboard; then it stays to be copied by hand.
            let toast = if browser::copy(&plain).await {
                Toast::done(texts::copied(label))
            } else {
                Toast::failed(plain)
            };
            toasts.show(toast);
        });
    };
    view! {
        <span class="code">{children()}</span>
        <IconButton icon=Icon::Copy label=texts::copy(label) on_click=copy/>
    }
}

#[component]
fn Told(told: BankTransferInstructions) -> impl IntoView {
    let mut facts: Vec<(String, AnyView)> = Vec::new();
    let mut add = |label: &'static str, plain: String, shown: AnyView| {
        let copied = view! { <Copied label plain>{shown}</Copied> };
        facts.push((label.to_owned(), copied.into_any()));
    };
    let holder = told.holder.to_string();
    add(texts::holder(), holder.clone(), holder.into_any());
    add(texts::iban(), told.iban.as_str().to_owned(), told.iban_printed.into_any());
    if let Some(bic) = told.bic {
        let bic = bic.to_string();
        add(texts::bic(), bic.clone(), bic.into_any());
    }
    let sum = amount(told.amount);
    // As banks' forms take it: with the reader's separator, without a currency.
    let plain = ui::format::decimal(&told.amount.to_decimal().to_string());
    add(texts::amount(), plain, view! { <Figure amount=sum/> }.into_any());
    match (told.reference, told.reference_printed) {
        (Some(reference), Some(printed)) => {
            add(texts::reference(), reference.as_str().to_owned(), printed.into_any());
        }
        _ => add(texts::text(), told.remittance.clone(), told.remittance.into_any()),
    }
    if !told.bank_name.as_str().is_empty() {
        facts.push((texts::bank_name().to_owned(), told.bank_name.to_string().into_any()));
    }
    let note = told.note.to_string();
    let code = told.qr_svg.map(|svg| {
        view! {
            // From our own server, drawn there: an SVG of squares.
            <div class="qr" role="img" aria-label=texts::qr() inner_html=svg></div>
            <p class="small muted">{texts::qr_lead()}</p>
        }
    });
    view! {
        <div class="gap transfer">
            <Facts facts/>
            <p class="small">{texts::reference_why()}</p>
            {(!note.is_empty()).then(|| view! { <p class="lines">{note}</p> })}
            {code}
        </div>
    }
}
