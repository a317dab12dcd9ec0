//! Several invoices in one payment: which, how much each of them gets, and then the checkout.

use domain::allocation::{Limits, OpenInvoice, allocate};
use domain::invoices::{InvoiceSummary, minimum_payment};
use domain::money::{Currency, Money};
use domain::payments::{AttemptShare, InvoiceToPay, MAX_INVOICES};
use domain::permission::Permission;
use domain::schedules::to_allocate;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use ui::format::{DateStyle, date};
use ui::{
    Empty, FailureKind, FailureView, Figure, FigureSize, Icon, IconSize, IconView, Loaded, Mark, Skeleton,
    Tab, Tabs, Tone,
};

use super::how::PayHow;
use super::look;
use super::pay::{Bill, PayButton, PayNotices, PayPart, Paying};
use crate::money::amount;
use crate::session::{PortalSession, set_page_title};
use crate::shell::portal::DecisionPage;
use crate::t::portal::{invoice as invoice_texts, money as money_texts, several as texts};

/// The most that can be chosen.
#[expect(clippy::cast_possible_truncation, reason = "it is twenty")]
const MOST: usize = MAX_INVOICES as usize;

/// Where several invoices of a currency are paid; without one, those due first.
pub fn path(session: PortalSession, currency: Option<Currency>) -> String {
    let query = currency.map(|currency| format!("?currency={}", currency.code())).unwrap_or_default();
    session.path(&format!("/invoices/pay{query}"))
}

/// `/{organization}/invoices/pay?currency=…`
#[component]
pub fn PaySeveral() -> impl IntoView {
    set_page_title(texts::title());
    let session = expect_context::<PortalSession>();
    if !session.may(Permission::Pay) {
        return view! { <FailureView kind=FailureKind::Forbidden/> }.into_any();
    }
    let owed = ui::Fetched::new(super::to_pay);
    let empty = || {
        view! {
            <Empty
                title=money_texts::none_open()
                sub=money_texts::none_open_sub()
                mark=Mark::Full
                tone=Tone::Accent
            />
        }
    };
    view! {
        <Loaded
            resource=owed
            skeleton=Skeleton::Table
            is_empty=Vec::is_empty
            empty
            let:invoices
        >
            <Currencies invoices on_reload=move || owed.refetch()/>
        </Loaded>
    }
    .into_any()
}

/// One payment is of one currency: the address says of which.
#[component]
fn Currencies(invoices: Vec<InvoiceSummary>, #[prop(into)] on_reload: Callback<()>) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let query = use_query_map();
    let currencies = currencies(&invoices);
    let first = currencies[0];
    let known = currencies.clone();
    let shown = Memo::new(move |_| {
        let wanted = query.read().get("currency").and_then(|code| code.parse::<Currency>().ok());
        wanted.filter(|wanted| known.contains(wanted)).unwrap_or(first)
    });
    let tabs = (currencies.len() > 1).then(|| {
        let tab = move |currency: Currency| {
            view! {
                <Tab href=path(session, Some(currency)) current=Signal::derive(move || shown.get() == currency)>
                    {currency.code()}
                </Tab>
            }
        };
        view! { <Tabs label=texts::currency()>{currencies.into_iter().map(tab).collect_view()}</Tabs> }
    });
    view! {
        <div class="listing">
        <header class="gap">
            <a class="back line small muted" href=session.path("/invoices")>
                <IconView icon=Icon::Back size=IconSize::Small/>
                {invoice_texts::back()}
            </a>
            <h1>{texts::title()}</h1>
            {tabs}
        </header>
            {move || {
                let currency = shown.get();
                let invoices = in_order(&invoices, currency);
                view! { <Choice invoices currency on_reload/> }
            }}
        </div>
    }
}

#[component]
fn Choice(invoices: Vec<InvoiceSummary>, currency: Currency, on_reload: Callback<()>) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    DecisionPage::use_here();
    let least = session.me.with_untracked(|me| me.minimum_partial_minor);
    let rows: Vec<(InvoiceSummary, RwSignal<bool>)> = invoices
        .into_iter()
        .enumerate()
        .map(|(place, invoice)| (invoice, RwSignal::new(place < MOST)))
        .collect();
    let choices = StoredValue::new(rows.clone());
    let chosen = Memo::new(move |_| {
        choices.with_value(|rows| {
            let chosen = rows.iter().filter(|(_, chosen)| chosen.get());
            chosen.map(|(invoice, _)| invoice.clone()).collect::<Vec<_>>()
        })
    });
    let full = Memo::new(move |_| chosen.with(Vec::len) >= MOST);
    let bill = Memo::new(move |_| chosen.with(|chosen| bill(chosen, currency, least)));
    let paying = Paying::new(bill.into(), currency);
    let shares = Memo::new(move |_| {
        chosen.with(|chosen| paying.chosen().map(|sum| divide(sum, chosen)).unwrap_or_default())
    });
    let count = rows.len();
    let in_parts = rows.iter().any(|(invoice, _)| !invoice.open_parts.is_empty());
    let all = (count <= MOST).then(|| {
        let every = move || chosen.with(Vec::len) == count;
        let toggle = move |_| {
            let choose = !every();
            choices.with_value(|rows| rows.iter().for_each(|(_, chosen)| chosen.set(choose)));
        };
        view! {
            <button class="link small" type="button" on:click=toggle>
                {move || if every() { texts::choose_none() } else { texts::choose_all() }}
            </button>
        }
    });
    let limit =
        (count > MOST).then(|| view! { <p class="small muted">{texts::limit(&MOST.to_string())}</p> });
    let list = rows
        .into_iter()
        .map(|(invoice, chosen)| view! { <Choosable invoice chosen full shares/> })
        .collect_view();
    let order = ((least.is_some() || in_parts) && count > 1)
        .then(|| view! { <p class="small muted">{texts::oldest_first()}</p> });
    let sum = move || {
        let sum = paying.chosen().unwrap_or_else(|| Money::new(0, currency));
        view! { <Figure amount=amount(sum) size=FigureSize::Big/> }
    };
    let of = move || texts::chosen(i64::try_from(chosen.with(Vec::len)).unwrap_or(i64::MAX));
    view! {
        <PayNotices paying on_reload/>
        <div class="split">
            <section class="section" aria-label=texts::choose()>
                <div class="bar">
                    <p class="muted">{texts::choose()}</p>
                    <span class="end">{all}</span>
                </div>
                {limit}
                <ul class="rows">{list}</ul>
                {order}
            </section>
            <aside class="gap">
                <div role="status">
                    <p>{sum}</p>
                    <p class="sub">{of}</p>
                </div>
                <div class="desk-only">
                    <PayButton paying wide=true/>
                </div>
                <PayPart paying/>
                <PayHow paying receipt=true/>
            </aside>
        </div>
        <div class="actionbar">
            <PayButton paying/>
        </div>
    }
}

/// An invoice to choose, and what it gets of the payment.
#[component]
fn Choosable(
    invoice: InvoiceSummary,
    chosen: RwSignal<bool>,
    full: Memo<bool>,
    shares: Memo<Vec<AttemptShare>>,
) -> impl IntoView {
    let (_, _, state) = look(invoice.status, invoice.overdue, invoice.due_on);
    let due = invoice.due_on.map(|due| date(&due.to_string(), DateStyle::Medium));
    let sub = due.map_or(state.clone(), |due| format!("{due} · {state}"));
    let (id, balance) = (invoice.id, invoice.balance);
    let figures = move || {
        let share = shares
            .with(|shares| shares.iter().find(|share| share.invoice_id == id).map(|share| share.amount));
        if !chosen.get() {
            return view! { <span class="muted"><Figure amount=amount(balance)/></span> }.into_any();
        }
        let share = share.unwrap_or_else(|| Money::new(0, balance.currency()));
        let of = (share != balance)
            .then(|| view! { <span class="sub">{texts::of(&amount(balance).text())}</span> });
        view! { <Figure amount=amount(share)/> {of} }.into_any()
    };
    view! {
        <li>
            <label class="row">
                <input
                    class="tick"
                    type="checkbox"
                    disabled=move || full.get() && !chosen.get()
                    prop:checked=move || chosen.get()
                    on:change=move |event| chosen.set(event_target_checked(&event))
                />
                <span class="what">
                    <span class="title">{invoice_texts::title(&invoice.number.unwrap_or_default())}</span>
                    <span class="sub">{sub}</span>
                </span>
                <span class="end">{figures}</span>
            </label>
        </li>
    }
}

/// The currencies in which something is owed, in the order in which they come; there is one at least.
fn currencies(invoices: &[InvoiceSummary]) -> Vec<Currency> {
    let mut found = Vec::new();
    for invoice in invoices {
        if !found.contains(&invoice.balance.currency()) {
            found.push(invoice.balance.currency());
        }
    }
    found
}

/// The invoices of a currency, in the order in which a payment pays them.
fn in_order(invoices: &[InvoiceSummary], currency: Currency) -> Vec<InvoiceSummary> {
    let mine: Vec<InvoiceSummary> =
        invoices.iter().filter(|invoice| invoice.balance.currency() == currency).cloned().collect();
    let shares = divide(bill(&mine, currency, None).balance, &mine);
    let place = |invoice: &InvoiceSummary| shares.iter().position(|share| share.invoice_id == invoice.id);
    let mut ordered = mine;
    ordered.sort_by_key(place);
    ordered
}

/// What is owed on invoices of a currency; `least` is the organization's for parts, where it takes them.
fn bill(invoices: &[InvoiceSummary], currency: Currency, least: Option<i64>) -> Bill {
    let owed = Money::sum(invoices.iter().map(|invoice| invoice.balance), currency);
    let balance = owed.unwrap_or_else(|_| Money::new(0, currency));
    let asked = Money::sum(invoices.iter().map(|invoice| invoice.next_payment), currency);
    let next = asked.unwrap_or(balance);
    let seen = |invoice: &InvoiceSummary| InvoiceToPay { invoice_id: invoice.id, version: invoice.version };
    Bill {
        invoices: invoices.iter().map(seen).collect(),
        balance,
        next,
        minimum: minimum_payment(next, least.is_some(), least.unwrap_or_default()),
    }
}

/// What each invoice gets of a payment, by the server's own rule.
fn divide(payment: Money, invoices: &[InvoiceSummary]) -> Vec<AttemptShare> {
    let open: Vec<OpenInvoice> = invoices
        .iter()
        .flat_map(|it| {
            let number = it.number.as_deref().unwrap_or_default();
            to_allocate(it.id, number, it.due_on, it.balance, &it.open_parts)
        })
        .collect();
    let limits = Limits { minimum: None, over_payment: false };
    allocate(payment, &open, limits).map(|allocation| allocation.shares).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use domain::clients::ClientId;
    use domain::ids::Id;
    use domain::invoices::{InvoiceId, InvoiceStatus};
    use domain::schedules::OpenPart;

    use super::*;

    fn invoice(id: u128, due: &str, minor: i64, currency: Currency) -> InvoiceSummary {
        InvoiceSummary {
            id: InvoiceId::from_uuid(uuid::Uuid::from_u128(id)),
            number: Some(format!("H-{id}")),
            status: InvoiceStatus::Sent,
            overdue: false,
            client_id: ClientId::from_uuid(uuid::Uuid::nil()),
            client_name: "Ana".to_owned().try_into().unwrap(),
            issued_on: None,
            due_on: Some(due.parse().unwrap()),
            total: Money::new(minor, currency),
            balance: Money::new(minor, currency),
            next_payment: Money::new(minor, currency),
            open_parts: Vec::new(),
            version: 3,
        }
    }

    #[test]
    fn invoices_stand_in_the_order_in_which_they_are_paid() {
        let owed = [
            invoice(1, "2026-11-20", 500, Currency::EUR),
            invoice(2, "2026-10-02", 700, Currency::JPY),
            invoice(3, "2026-10-01", 300, Currency::EUR),
        ];
        assert_eq!(currencies(&owed), [Currency::EUR, Currency::JPY]);
        let numbers = |invoices: Vec<InvoiceSummary>| -> Vec<_> {
            invoices.into_iter().filter_map(|invoice| invoice.number).collect()
        };
        assert_eq!(numbers(in_order(&owed, Currency::EUR)), ["H-3", "H-1"]);
        assert_eq!(numbers(in_order(&owed, Currency::JPY)), ["H-2"]);
    }

    #[test]
    fn a_part_pays_the_oldest_first() {
        let owed =
            [invoice(1, "2026-11-20", 500, Currency::EUR), invoice(3, "2026-10-01", 300, Currency::EUR)];
        let parts: Vec<_> = divide(Money::new(450, Currency::EUR), &owed)
            .into_iter()
            .map(|share| (share.number, share.amount.minor()))
            .collect();
        assert_eq!(parts, [("H-3".to_owned(), 300), ("H-1".to_owned(), 150)]);
        assert!(divide(Money::new(0, Currency::EUR), &[]).is_empty());
    }

    #[test]
    fn instalments_are_paid_by_their_days() {
        let part = |due: Option<&str>, minor| OpenPart {
            due_on: due.map(|due| due.parse().unwrap()),
            left: Money::new(minor, Currency::EUR),
        };
        let scheduled = InvoiceSummary {
            next_payment: Money::new(200, Currency::EUR),
            open_parts: vec![part(Some("2026-10-01"), 200), part(None, 300)],
            ..invoice(1, "2026-10-01", 500, Currency::EUR)
        };
        let owed = [scheduled, invoice(2, "2026-11-01", 100, Currency::EUR)];
        let bill = bill(&owed, Currency::EUR, None);
        assert_eq!((bill.next.minor(), bill.balance.minor(), bill.minimum.minor()), (300, 600, 300));
        let shares = divide(bill.next, &owed);
        let shares: Vec<_> = shares.iter().map(|share| share.amount.minor()).collect();
        assert_eq!(shares, [200, 100]);
    }

    #[test]
    fn a_part_may_be_as_small_as_the_organization_takes() {
        let owed = [invoice(1, "2026-11-20", 500, Currency::EUR)];
        let minimum = |least| bill(&owed, Currency::EUR, least).minimum.minor();
        assert_eq!((minimum(None), minimum(Some(200)), minimum(Some(900))), (500, 200, 500));
        assert_eq!(bill(&owed, Currency::EUR, None).invoices[0].version, 3);
    }
}
