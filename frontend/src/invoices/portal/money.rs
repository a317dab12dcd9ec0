//! What heads the pages about money: what is owed in each currency, and the tabs.

use domain::invoices::{InvoiceSummary, InvoiceView};
use domain::money::Money;
use domain::permission::Permission;
use leptos::prelude::*;
use ui::{Figure, FigureItem, FigureSize, Figures, Icon, LinkButton, Tab, Tabs};

use crate::credits::portal as credits;
use crate::money::amount;
use crate::quiet::quietly;
use crate::session::PortalSession;
use crate::shell::portal::PortalEntry;
use crate::t::{
    common as common_texts, portal::credit as credit_texts, portal::money as texts,
    saved_methods::portal as method_texts,
};

/// In the tab bar.
pub const ENTRY: PortalEntry = PortalEntry {
    icon: Icon::Money,
    label: common_texts::money,
    path: "/invoices",
    also: Some("/payments"),
    permission: Permission::ViewMoney,
};

/// A page about money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// These invoices.
    Invoices(InvoiceView),
    /// What was paid.
    Payments,
    /// The credit notes.
    Notes,
    /// The statement of account.
    Statement,
    /// Saved payment methods.
    Methods,
}

/// Title, balances and tabs.
#[component]
pub fn MoneyHead(
    /// Which of them is shown.
    #[prop(into)]
    current: Signal<Part>,
) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let owed = quietly(super::to_pay());
    let credit = quietly(credits::own());
    let balances = move || {
        let credit = credit.get().filter(|known| !known.credit.is_empty());
        let owed = owed.get()?;
        if owed.is_empty() && credit.is_none() {
            return None;
        }
        let sums = sums(&owed);
        let one = sums.len() == 1;
        // Behind every balance of more than one invoice there is a way to pay all of it at once.
        let several = sums.iter().filter(|balance| balance.count > 1 && session.may(Permission::Pay));
        let buttons: Vec<_> = several
            .map(|balance| {
                let currency = balance.sum.currency();
                let label =
                    if one { texts::pay_all().to_owned() } else { texts::pay_all_in(currency.code()) };
                view! { <LinkButton href=super::several::path(session, Some(currency))>{label}</LinkButton> }
            })
            .collect();
        let buttons = (!buttons.is_empty()).then(|| view! { <div class="line">{buttons}</div> });
        Some(
            view! { <Figures>{sums.into_iter().map(Balance::show).collect_view()} {credit.map(credits::figures)}</Figures> {buttons} },
        )
    };
    // Whoever got a link to one invoice has nothing saved.
    let guest = session.me.with_untracked(|me| me.contact_id.is_none());
    let tab = move |part: Part, path: &str, label: &'static str| {
        let href = session.path(path);
        view! {
            <Tab href current=Signal::derive(move || current.get() == part)>
                {label}
            </Tab>
        }
    };
    view! {
        <header class="gap">
            <h1>{texts::title()}</h1>
            {balances}
            <Tabs label=texts::parts()>
                {tab(Part::Invoices(InvoiceView::Open), "/invoices", texts::view_open())}
                {tab(Part::Invoices(InvoiceView::Paid), "/invoices?view=paid", texts::view_paid())}
                {tab(Part::Invoices(InvoiceView::All), "/invoices?view=all", texts::view_all())}
                {tab(Part::Payments, "/payments", texts::receipts())}
                {tab(Part::Notes, "/credit-notes", credit_texts::notes())}
                {tab(Part::Statement, "/statement", texts::statement())}
                {(!guest).then(|| tab(Part::Methods, "/saved-methods", method_texts::tab()))}
            </Tabs>
        </header>
    }
}

/// What is owed in one currency.
struct Balance {
    sum: Money,
    count: i64,
    late: i64,
}

impl Balance {
    fn show(self) -> impl IntoView {
        let late = (self.late > 0).then(|| format!(", {}", texts::late_count(self.late)));
        let sub = format!("{}{}", texts::open_count(self.count), late.unwrap_or_default());
        view! {
            <FigureItem label=texts::to_pay() sub=move || sub>
                <Figure amount=amount(self.sum) size=FigureSize::Middle/>
            </FigureItem>
        }
    }
}

/// One balance per currency, in the order in which the currencies come.
fn sums(invoices: &[InvoiceSummary]) -> Vec<Balance> {
    let mut sums: Vec<Balance> = Vec::new();
    for invoice in invoices {
        let late = i64::from(invoice.overdue);
        let same = sums.iter_mut().find(|balance| balance.sum.currency() == invoice.balance.currency());
        match same {
            Some(balance) => {
                balance.sum = balance.sum.checked_add(invoice.balance).unwrap_or(balance.sum);
                balance.count += 1;
                balance.late += late;
            }
            None => sums.push(Balance { sum: invoice.balance, count: 1, late }),
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use domain::ids::Id;
    use domain::money::{Currency, Money};

    use super::sums;
    use domain::clients::ClientId;
    use domain::invoices::{InvoiceId, InvoiceStatus, InvoiceSummary};

    fn invoice(minor: i64, currency: Currency, overdue: bool) -> InvoiceSummary {
        InvoiceSummary {
            id: InvoiceId::from_uuid(uuid::Uuid::nil()),
            number: None,
            status: InvoiceStatus::Sent,
            overdue,
            client_id: ClientId::from_uuid(uuid::Uuid::nil()),
            client_name: "Ana".to_owned().try_into().unwrap(),
            issued_on: None,
            due_on: None,
            total: Money::new(minor, currency),
            balance: Money::new(minor, currency),
            next_payment: Money::new(minor, currency),
            open_parts: Vec::new(),
            version: 1,
        }
    }

    #[test]
    fn currencies_are_never_added_up_together() {
        let owed = sums(&[
            invoice(100, Currency::EUR, true),
            invoice(7, Currency::JPY, false),
            invoice(250, Currency::EUR, false),
        ]);
        let found: Vec<_> = owed.iter().map(|b| (b.sum, b.count, b.late)).collect();
        assert_eq!(found, [(Money::new(350, Currency::EUR), 2, 1), (Money::new(7, Currency::JPY), 1, 0)]);
    }
}
