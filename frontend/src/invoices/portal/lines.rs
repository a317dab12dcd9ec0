//! What an invoice lists and what it comes to.

use domain::invoices::{InvoiceDocument, InvoiceLine};
use domain::money::{Currency, Money};
use domain::totals::{PriceMode, UnitPrice};
use leptos::prelude::*;
use ui::{Amount, Figure, Totals};

use crate::money::amount;
use crate::t::portal::invoice as texts;

/// The lines in a table that becomes cards on a phone, and the sums below it.
#[component]
pub fn Lines(
    /// The invoice.
    document: InvoiceDocument,
) -> impl IntoView {
    let currency = document.currency;
    let (parts, sum) = sums(&document);
    let lines = document.lines.into_iter().map(|line| view! { <LineRow line currency/> }).collect_view();
    view! {
        <div>
            <table class="table plain column">
                <thead>
                    <tr>
                        <th scope="col">{texts::what()}</th>
                        <th scope="col" class="num">{texts::quantity()}</th>
                        <th scope="col" class="num">{texts::price()}</th>
                        <th scope="col" class="num">{texts::amount()}</th>
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
            <Totals parts sum half=true/>
        </div>
    }
}

#[component]
fn LineRow(line: InvoiceLine, currency: Currency) -> impl IntoView {
    let number = ui::format::decimal(&line.quantity.to_string());
    let quantity = if line.unit.as_str().is_empty() { number } else { format!("{number} {}", line.unit) };
    let detail = line.detail.to_string();
    view! {
        <tr>
            <td class="main">
                <span class="what">
                    {line.description.to_string()}
                    {(!detail.is_empty()).then(|| view! { <span class="sub lines">{detail}</span> })}
                </span>
            </td>
            <td class="meta num">
                {quantity} <span class="card-only">" × " {price(line.unit_price, currency)}</span>
            </td>
            <td class="num">{price(line.unit_price, currency)}</td>
            <td class="num amount">
                <Figure amount=amount(line.amount)/>
            </td>
        </tr>
    }
}

/// A unit price: as money where the currency's places are enough, else all of its digits.
fn price(price: UnitPrice, currency: Currency) -> AnyView {
    let text = price.to_string();
    let exponent = currency.exponent();
    let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    match (places <= exponent as usize).then(|| ui::format::parse_amount(&text, exponent)).flatten() {
        Some(minor) => view! { <Figure amount=amount(Money::new(minor, currency))/> }.into_any(),
        None => view! {
            <span class="money"><span class="cur">{format!("{} ", currency.code())}</span> {ui::format::decimal(&text)}</span>
        }
        .into_any(),
    }
}

type Part = (String, Amount);

/// Subtotal, discount, net and each tax; then the total, and what is left of it once something was paid.
fn sums(document: &InvoiceDocument) -> (Vec<Part>, Part) {
    let totals = &document.totals;
    let mut parts: Vec<Part> = Vec::new();
    let mut part = |label: String, money: Money| parts.push((label, amount(money)));
    if !totals.discount.is_zero() {
        part(texts::subtotal().to_owned(), totals.subtotal);
        if let Ok(discount) = totals.discount.checked_neg() {
            part(texts::discount().to_owned(), discount);
        }
    }
    let included = document.price_mode == PriceMode::Inclusive;
    if !totals.taxes.is_empty() && !included {
        part(texts::net().to_owned(), totals.net);
    }
    for tax in &totals.taxes {
        let rate = ui::format::decimal(&tax.rate.to_string());
        let label =
            if included { texts::tax_included(&tax.name, &rate) } else { texts::tax(&tax.name, &rate) };
        part(label, tax.amount);
    }
    let less = [(texts::credited(), document.credited), (texts::paid(), document.paid)];
    if document.status.is_open() && less.iter().any(|(_, sum)| sum.is_positive()) {
        part(texts::total().to_owned(), totals.gross);
        for (label, sum) in less.into_iter().filter(|(_, sum)| sum.is_positive()) {
            if let Ok(sum) = sum.checked_neg() {
                part(label.to_owned(), sum);
            }
        }
    }
    let sum = if document.status.is_open() {
        (texts::to_pay().to_owned(), amount(document.balance))
    } else {
        (texts::total().to_owned(), amount(totals.gross))
    };
    (parts, sum)
}
