//! Money that pays another invoice than any suggested.

use domain::bank::BankAllocation;
use domain::invoices::{InvoiceFilter, InvoiceSummary, InvoiceView};
use domain::money::Money;
use domain::page::MAX_LIMIT;
use leptos::prelude::*;
use ui::{Button, ButtonKind, ButtonType, Form, MoneyField, SelectField, SelectOption, Sheet};

use super::entry::Deciding;
use crate::api::Answer;
use crate::clients::console::ClientField;
use crate::form::Reading;
use crate::invoices;
use crate::money::amount;
use crate::t::common as common_texts;
use crate::t::ways::bank as texts;

/// Asks for client and invoice, and how much of the money it gets.
#[component]
pub fn AnotherSheet(
    /// How much there is.
    money: Money,
    /// What decides about it.
    deciding: Deciding,
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let title = texts::another_title(&amount(money).text());
    view! {
        <Sheet open title=title.clone()>
            <h2>{title.clone()}</h2>
            <AnotherForm money deciding open/>
        </Sheet>
    }
}

/// A client's invoices that money can pay.
async fn payable(client: String, money: Money) -> Answer<Vec<InvoiceSummary>> {
    let Ok(client_id) = client.parse() else { return Ok(Vec::new()) };
    let filter = InvoiceFilter {
        view: InvoiceView::Open,
        client_id: Some(client_id),
        limit: Some(MAX_LIMIT),
        ..InvoiceFilter::default()
    };
    let page = invoices::list(&filter).await?;
    let fits = |invoice: &InvoiceSummary| {
        invoice.balance.currency() == money.currency() && invoice.balance.is_positive()
    };
    Ok(page.items.into_iter().filter(fits).collect())
}

#[component]
fn AnotherForm(money: Money, deciding: Deciding, open: RwSignal<bool>) -> impl IntoView {
    let currency = money.currency();
    let (client, client_name) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let chosen = RwSignal::new(String::new());
    let part = RwSignal::new(None::<i64>);
    let errors = ui::FormErrors::new();
    let found = ui::Fetched::new(move || payable(client.get(), money));
    let list = Memo::new(move |_| {
        let known = client.with(|client| !client.is_empty());
        found.get().and_then(Result::ok).filter(|_| known).unwrap_or_default()
    });
    let invoice = Memo::new(move |_| {
        let id = chosen.get();
        list.with(|list| list.iter().find(|invoice| invoice.id.to_string() == id).cloned())
    });
    // Another client has other invoices; what was chosen gets all that it asks for, as far as there is enough.
    Effect::new(move |_| {
        let first = list.with(|list| list.first().map(|invoice| invoice.id.to_string()));
        chosen.set(first.unwrap_or_default());
    });
    Effect::new(move |_| {
        part.set(
            invoice
                .with(|invoice| invoice.as_ref().map(|invoice| invoice.balance.minor().min(money.minor()))),
        );
    });
    let options = Signal::derive(move || {
        list.with(|list| {
            list.iter()
                .map(|invoice| {
                    let number = invoice.number.clone().unwrap_or_default();
                    SelectOption::new(
                        invoice.id.to_string(),
                        format!("{number}, {}", amount(invoice.balance).text()),
                    )
                })
                .collect::<Vec<_>>()
        })
    });
    let submit = move || {
        let mut reading = Reading::default();
        let id = invoice.with_untracked(|invoice| invoice.as_ref().map(|invoice| invoice.id));
        let id =
            reading.take("/client_id", id.ok_or_else(|| ("missing", texts::choose_invoice().to_owned())));
        let minor = reading.take("/amount", part.get_untracked().ok_or_else(|| ("required", String::new())));
        let (true, Some(invoice_id), Some(minor)) = (reading.is_done(errors), id, minor) else { return };
        let allocation = BankAllocation { invoice_id, amount: Money::new(minor, currency) };
        deciding.pair(vec![allocation], move || open.set(false));
    };
    let fields = move || {
        let none = client.with(|client| !client.is_empty())
            && found.with(|found| matches!(found, Some(Ok(list)) if list.is_empty()));
        if none {
            return view! { <p class="muted">{texts::no_open(currency.code())}</p> }.into_any();
        }
        invoice
            .get()
            .map(|invoice| {
                let most = invoice.balance.minor().min(money.minor());
                view! {
                    <SelectField label=texts::invoice() value=chosen options pointer="/invoice_id"/>
                    <MoneyField
                        label=texts::gets()
                        value=part
                        currency=currency.code().to_owned()
                        exponent=currency.exponent()
                        pointer="/amount"
                        hint=texts::gets_hint(&amount(Money::new(most, currency)).text())
                    />
                    <p class="small muted">{texts::rest()}</p>
                }
            })
            .into_any()
    };
    view! {
        <Form errors busy=deciding.busy on_submit=submit>
            <ClientField value=client query=client_name/>
            {fields}
            <div class="line">
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=deciding.busy>
                    {texts::confirm(&amount(money).text())}
                </Button>
                <Button kind=ButtonKind::Quiet on_click=move || open.set(false)>
                    {common_texts::cancel()}
                </Button>
            </div>
        </Form>
    }
}
