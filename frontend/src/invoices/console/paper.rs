//! A document as the client gets it: on paper, always light.

use domain::invoices::InvoiceStatus;
use domain::money::{Currency, Money};
use domain::totals::{PriceMode, Totals as Sums};
use leptos::prelude::*;
use ui::{Amount, Figure, FigureSize, OrganizationMark, Totals};

use crate::money::amount;
use crate::session::ConsoleSession;
use crate::t::invoices as texts;
use crate::t::schedules::console as schedule_texts;
use crate::time;

/// What stands on the paper: of a draft being written, or of an issued document.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Its number; drafts have none.
    pub number: Option<String>,
    /// How far it has come.
    pub status: InvoiceStatus,
    /// Whom it is for.
    pub client: String,
    /// Their address, in lines.
    pub address: Vec<String>,
    /// Its date.
    pub issued_on: Option<chrono::NaiveDate>,
    /// Until when it is to be paid.
    pub due_on: Option<chrono::NaiveDate>,
    /// How many instalments it is paid in; none if it is paid at once.
    pub instalments: usize,
    /// The client's reference.
    pub reference: String,
    /// The lines: text, detail, quantity with its unit, price.
    pub lines: Vec<SheetLine>,
    /// What they come to.
    pub totals: Sums,
    /// What unit prices say.
    pub price_mode: PriceMode,
    /// Words to the client.
    pub note: String,
    /// The foot.
    pub footer: String,
    /// The currency.
    pub currency: Currency,
}

/// A line on the paper.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetLine {
    /// What was done.
    pub description: String,
    /// More about it.
    pub detail: String,
    /// How much of it.
    pub quantity: String,
    /// Price of one, exact.
    pub unit_price: String,
}

/// A quantity with its unit: `12 h`.
pub fn quantity(number: &str, unit: &str) -> String {
    let number = ui::format::decimal(number);
    if unit.is_empty() { number } else { format!("{number} {unit}") }
}

/// Net, discount and taxes, and the sum, as the foot of a bill.
pub fn sums(totals: &Sums) -> (Vec<(String, Amount)>, (String, Amount)) {
    let mut parts = Vec::new();
    if !totals.discount.is_zero() {
        parts.push((texts::subtotal().to_owned(), amount(totals.subtotal)));
        if let Ok(discount) = totals.discount.checked_neg() {
            parts.push((texts::discount().to_owned(), amount(discount)));
        }
    }
    if !totals.taxes.is_empty() {
        parts.push((texts::net().to_owned(), amount(totals.net)));
    }
    parts.extend(totals.taxes.iter().map(|tax| {
        let rate = ui::format::decimal(&tax.rate.to_string());
        (texts::tax_line(&tax.name, &rate), amount(tax.amount))
    }));
    (parts, (texts::to_pay().to_owned(), amount(totals.gross)))
}

/// The paper.
#[component]
pub fn Paper(
    /// What stands on it.
    sheet: Sheet,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let organization = session.me.with_untracked(|me| me.organization.clone());
    let from = crate::address::lines(&organization.address).join(", ");
    let title = sheet.number.as_deref().map_or_else(|| texts::invoice().to_owned(), texts::invoice_numbered);
    let due = match sheet.instalments {
        0 => time::day(sheet.due_on),
        _ => String::new(),
    };
    let by = match i64::try_from(sheet.instalments) {
        Ok(count) if count > 0 => Some(schedule_texts::in_instalments(count)),
        _ => (!due.is_empty()).then(|| texts::until(&due)),
    };
    let currency = sheet.currency;
    let void = sheet.status == InvoiceStatus::Void;
    let lines = sheet
        .lines
        .into_iter()
        .zip(sheet.totals.lines.iter().copied())
        .map(|(line, sum)| view! { <PaperLine line sum currency/> })
        .collect_view();
    let (parts, sum) = sums(&sheet.totals);
    let dated = time::day(sheet.issued_on);
    let inclusive = sheet.price_mode == PriceMode::Inclusive && !sheet.totals.taxes.is_empty();
    view! {
        <article class="paper" aria-label=texts::preview()>
            <header class="line">
                <span class="org">
                    <OrganizationMark name=organization.name.to_string() logo=organization.logo_url.clone()/>
                    {organization.name.to_string()}
                </span>
                <span class="grow"></span>
                <span class="muted">{from}</span>
            </header>
            <div>
                <p class="muted">{title}</p>
                <h2>
                    <Figure amount=amount(sheet.totals.gross) size=FigureSize::Middle void/>
                </h2>
                {by.map(|by| view! { <p class="muted">{by}</p> })}
            </div>
            <dl class="facts">
                <dt>{texts::for_whom()}</dt>
                <dd>
                    {sheet.client}
                    {sheet.address.into_iter().map(|line| view! { <div>{line}</div> }).collect_view()}
                </dd>
                {(!dated.is_empty()).then(|| view! { <dt>{texts::dated()}</dt> <dd>{dated}</dd> })}
                {(!sheet.reference.is_empty())
                    .then(|| view! { <dt>{texts::reference()}</dt> <dd>{sheet.reference}</dd> })}
            </dl>
            <div>
                <table class="table plain keep column">
                    <thead>
                        <tr>
                            <th scope="col">{texts::item()}</th>
                            <th scope="col" class="num">{texts::quantity()}</th>
                            <th scope="col" class="num">{texts::price()}</th>
                            <th scope="col" class="num">{texts::amount()}</th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
                <Totals parts sum/>
                {inclusive.then(|| view! { <p class="muted">{texts::prices_include_tax()}</p> })}
            </div>
            {(!sheet.note.is_empty()).then(|| view! { <p class="muted lines">{sheet.note}</p> })}
            {(!sheet.footer.is_empty()).then(|| view! { <p class="muted lines">{sheet.footer}</p> })}
        </article>
    }
}

#[component]
fn PaperLine(line: SheetLine, sum: Money, currency: Currency) -> impl IntoView {
    view! {
        <tr>
            <td>
                {line.description}
                {(!line.detail.is_empty()).then(|| view! { <div class="muted lines">{line.detail}</div> })}
            </td>
            <td class="num">{line.quantity}</td>
            <td class="num">{price(&line.unit_price, currency)}</td>
            <td class="num">
                <Figure amount=amount(sum)/>
            </td>
        </tr>
    }
}

/// A unit price: as money where the currency's places are enough, else all of its digits.
pub fn price(text: &str, currency: Currency) -> AnyView {
    let exponent = currency.exponent();
    let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    match (places <= exponent as usize).then(|| ui::format::parse_amount(text, exponent)).flatten() {
        Some(minor) => view! { <Figure amount=amount(Money::new(minor, currency))/> }.into_any(),
        None => ui::format::decimal(text).into_any(),
    }
}
