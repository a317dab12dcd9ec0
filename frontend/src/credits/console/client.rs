//! A client's credit: where it came from, and spending it on an invoice.

use domain::clients::{Client, ClientId};
use domain::credits::{ApplyCredit, ClientCredit, CreditSource};
use domain::invoices::{InvoiceFilter, InvoiceId, InvoiceSummary, InvoiceView};
use domain::money::Money;
use domain::page::MAX_LIMIT;
use domain::permission::Permission;
use leptos::prelude::*;
use ui::{
    Button, ButtonKind, ButtonType, Empty, Figure, Form, Loaded, MoneyField, Row, Section, SelectField,
    SelectOption, Sheet, Skeleton, Toast, Toasts,
};

use crate::api::Intent;
use crate::form::{Reading, Sending};
use crate::money::amount;
use crate::session::ConsoleSession;
use crate::t::{
    clients as client_texts, common as common_texts, credits as texts, invoices as invoice_texts,
};
use crate::{credits, invoices, time};

/// What is left of a client's credit, by the payment it lies in.
#[component]
pub fn CreditSection(
    /// Whose.
    client: RwSignal<Client>,
    /// Some of it was spent.
    #[prop(into)]
    on_changed: Callback<()>,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let id = client.with_untracked(|client| client.id);
    let some = Memo::new(move |_| client.with(|client| !client.credit.is_empty()));
    let may_apply = session.may(Permission::RecordPayments) && session.may(Permission::ViewInvoices);
    move || {
        some.get().then(|| {
            let open = RwSignal::new(false);
            let credit = ui::Fetched::new(move || {
                client.track();
                credits::of_client(id)
            });
            let apply = move || {
                may_apply
                    .then(|| view! { <Button on_click=move || open.set(true)>{texts::use_credit()}</Button> })
            };
            let sums =
                move || credit.get().and_then(Result::ok).map(|known| known.credit).unwrap_or_default();
            view! {
                <Section title=client_texts::credit() end=apply>
                    <Loaded resource=credit skeleton=Skeleton::Table let:known>
                        <Sources known/>
                    </Loaded>
                </Section>
                <Sheet open title=texts::use_credit()>
                    <Choose id credit=untrack(sums) open on_changed/>
                </Sheet>
            }
        })
    }
}

#[component]
fn Sources(known: ClientCredit) -> impl IntoView {
    let rows = known.sources.into_iter().map(|source| view! { <SourceRow source/> }).collect_view();
    view! { <ul class="rows">{rows}</ul> }
}

#[component]
fn SourceRow(source: CreditSource) -> impl IntoView {
    let CreditSource { payment_id, method, received_on, paid, left, origin, number } = source;
    let of = texts::of_payment(
        &amount(paid).text(),
        &time::day(Some(received_on)),
        &crate::payments::how(&method),
    );
    view! {
        <Row title=credits::origin(origin, number.as_deref()) sub=of href=format!("/console/payments/{payment_id}")>
            <Figure amount=amount(left)/>
        </Row>
    }
}

/// The open invoices that can be paid from it.
#[component]
fn Choose(id: ClientId, credit: Vec<Money>, open: RwSignal<bool>, on_changed: Callback<()>) -> impl IntoView {
    let list = ui::Fetched::new(move || async move {
        let filter = InvoiceFilter {
            view: InvoiceView::Open,
            client_id: Some(id),
            limit: Some(MAX_LIMIT),
            ..InvoiceFilter::default()
        };
        invoices::list(&filter).await.map(|page| page.items)
    });
    let credit = StoredValue::new(credit);
    let empty = || view! { <Empty title=texts::nothing_open() sub=texts::nothing_open_sub()/> };
    view! {
        <h2>{texts::use_credit()}</h2>
        <Loaded
            resource=list
            skeleton=Skeleton::Table
            is_empty=Vec::is_empty
            empty
            let:found
        >
            <ApplyForm id credit=credit.get_value() list=found open on_changed/>
        </Loaded>
    }
}

/// What of a credit an invoice can take.
fn most(invoice: &InvoiceSummary, credit: &[Money]) -> i64 {
    let there = credit.iter().find(|sum| sum.currency() == invoice.balance.currency());
    there.map_or(0, |sum| sum.minor().min(invoice.balance.minor()))
}

#[component]
fn ApplyForm(
    id: ClientId,
    credit: Vec<Money>,
    list: Vec<InvoiceSummary>,
    open: RwSignal<bool>,
    on_changed: Callback<()>,
) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let list: Vec<InvoiceSummary> = list.into_iter().filter(|invoice| most(invoice, &credit) > 0).collect();
    let options: Vec<SelectOption> = list
        .iter()
        .map(|invoice| {
            let number = invoice.number.as_deref().unwrap_or_default();
            let left = amount(invoice.balance).text();
            SelectOption::new(invoice.id.to_string(), texts::invoice_left(number, &left))
        })
        .collect();
    let chosen = RwSignal::new(list.first().map(|invoice| invoice.id.to_string()).unwrap_or_default());
    let list = StoredValue::new(list);
    let invoice = Memo::new(move |_| {
        let id = chosen.get().parse::<InvoiceId>().ok();
        list.with_value(|list| list.iter().find(|invoice| Some(invoice.id) == id).cloned())
    });
    let spent = RwSignal::new(None::<i64>);
    Effect::new(move |_| spent.set(invoice.get().map(|invoice| most(&invoice, &credit))));
    let currency = move || invoice.with(|invoice| invoice.as_ref().map(|invoice| invoice.balance.currency()));
    let sending = Sending::new();
    let intent = Intent::new();
    let submit = move || {
        let mut reading = Reading::default();
        let missing = || ("required", String::new());
        let minor = reading.take("/amount", spent.get_untracked().ok_or_else(missing));
        let invoice = reading.take("/invoice_id", invoice.get_untracked().ok_or_else(missing));
        let (true, Some(minor), Some(invoice)) = (reading.is_done(sending.errors), minor, invoice) else {
            return;
        };
        let body =
            ApplyCredit { invoice_id: invoice.id, amount: Money::new(minor, invoice.balance.currency()) };
        sending.run(async move { credits::apply(id, &body, intent).await }, move |applied| {
            open.set(false);
            let number = invoice.number.unwrap_or_default();
            toasts.show(Toast::done(texts::used(&amount(applied.amount).text(), &number)));
            on_changed.run(());
        });
    };
    if list.with_value(Vec::is_empty) {
        return view! { <Empty title=texts::nothing_open() sub=texts::nothing_open_sub()/> }.into_any();
    }
    let code = move || currency().map(|currency| currency.code().to_owned()).unwrap_or_default();
    let exponent = move || currency().map_or(2, |currency| currency.exponent());
    view! {
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <SelectField label=texts::on_invoice() value=chosen options pointer="/invoice_id"/>
            <MoneyField
                label=invoice_texts::amount()
                value=spent
                currency=Signal::derive(code)
                exponent=Signal::derive(exponent)
                pointer="/amount"
            />
            <div class="line">
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                    {texts::use_credit()}
                </Button>
                <Button kind=ButtonKind::Quiet on_click=move || open.set(false)>
                    {common_texts::cancel()}
                </Button>
            </div>
        </Form>
    }
    .into_any()
}
