//! A quote as the client gets it: on paper, always light.

use domain::quotes::{Counting, QuoteContent, QuoteLine, QuoteTotals, Take};
use domain::totals::PriceMode;
use leptos::prelude::*;
use ui::{Amount, Figure, FigureSize, OrganizationMark, Totals};

use super::name;
use crate::invoices::console::paper::{price, quantity};
use crate::money::amount;
use crate::session::ConsoleSession;
use crate::t::{invoices as invoice_texts, quotes_console as texts};
use crate::time;

/// What stands on the paper: of a draft being written, or of a version that was sent.
#[derive(Clone)]
pub struct QuoteSheet {
    /// Its number; drafts have none.
    pub number: Option<String>,
    /// Whom it is for.
    pub client: String,
    /// Their address, in lines.
    pub address: Vec<String>,
    /// How it counts.
    pub counting: Counting,
    /// What it says.
    pub content: QuoteContent,
    /// What it comes to so.
    pub totals: QuoteTotals,
    /// The foot.
    pub footer: String,
}

/// Net, discount, taxes and deposit, and the sum, as the foot of a quote.
pub fn sums(totals: &QuoteTotals) -> (Vec<(String, Amount)>, (String, Amount)) {
    let mut parts = Vec::new();
    if !totals.discount.is_zero() {
        parts.push((invoice_texts::subtotal().to_owned(), amount(totals.subtotal)));
        if let Ok(discount) = totals.discount.checked_neg() {
            parts.push((invoice_texts::discount().to_owned(), amount(discount)));
        }
    }
    if !totals.taxes.is_empty() {
        parts.push((invoice_texts::net().to_owned(), amount(totals.net)));
    }
    parts.extend(totals.taxes.iter().map(|tax| {
        let rate = ui::format::decimal(&tax.rate.to_string());
        (invoice_texts::tax_line(&tax.name, &rate), amount(tax.amount))
    }));
    (parts, (texts::total().to_owned(), amount(totals.gross)))
}

/// The paper.
#[component]
pub fn QuotePaper(
    /// What stands on it.
    sheet: QuoteSheet,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let organization = session.me.with_untracked(|me| me.organization.clone());
    let from = crate::address::lines(&organization.address).join(", ");
    let content = sheet.content.clone();
    let until = time::day(content.valid_until);
    let inclusive = sheet.counting.price_mode == PriceMode::Inclusive && !sheet.totals.taxes.is_empty();
    let sections = content
        .sections
        .iter()
        .map(|section| {
            let lines = section
                .lines
                .iter()
                .map(|line| view! { <PaperLine line=line.clone() sheet=sheet.clone()/> })
                .collect_view();
            view! {
                <div>
                    {(!section.title.as_str().is_empty()).then(|| view! { <h3>{section.title.to_string()}</h3> })}
                    {(!section.text.as_str().is_empty())
                        .then(|| view! { <p class="muted lines">{section.text.to_string()}</p> })}
                    <table class="table plain keep column">
                        <thead>
                            <tr>
                                <th scope="col">{invoice_texts::item()}</th>
                                <th scope="col" class="num">{invoice_texts::quantity()}</th>
                                <th scope="col" class="num">{invoice_texts::price()}</th>
                                <th scope="col" class="num">{invoice_texts::amount()}</th>
                            </tr>
                        </thead>
                        <tbody>{lines}</tbody>
                    </table>
                </div>
            }
        })
        .collect_view();
    let (parts, sum) = sums(&sheet.totals);
    let deposit = (!sheet.totals.deposit.is_zero()).then(|| {
        let deposit = amount(sheet.totals.deposit).text();
        view! { <p class="muted">{texts::deposit_due(&deposit)}</p> }
    });
    view! {
        <article class="paper" aria-label=invoice_texts::preview()>
            <header class="line">
                <span class="org">
                    <OrganizationMark name=organization.name.to_string() logo=organization.logo_url.clone()/>
                    {organization.name.to_string()}
                </span>
                <span class="grow"></span>
                <span class="muted">{from}</span>
            </header>
            <div>
                <p class="muted">{name(sheet.number.as_deref())}</p>
                <h2>{content.title.to_string()}</h2>
                <p>
                    <Figure amount=amount(sheet.totals.gross) size=FigureSize::Middle/>
                </p>
                {(!until.is_empty()).then(|| view! { <p class="muted">{texts::valid_until_day(&until)}</p> })}
            </div>
            <dl class="facts">
                <dt>{invoice_texts::for_whom()}</dt>
                <dd>
                    {sheet.client.clone()}
                    {sheet.address.iter().map(|line| view! { <div>{line.clone()}</div> }).collect_view()}
                </dd>
            </dl>
            {(!content.cover.as_str().is_empty()).then(|| view! { <p class="lines">{content.cover.to_string()}</p> })}
            {sections}
            <div>
                <Totals parts sum/>
                {deposit}
                {inclusive.then(|| view! { <p class="muted">{invoice_texts::prices_include_tax()}</p> })}
            </div>
            {(!content.terms.as_str().is_empty())
                .then(|| {
                    view! {
                        <div>
                            <h3>{texts::terms()}</h3>
                            <p class="muted lines">{content.terms.to_string()}</p>
                        </div>
                    }
                })}
            {(!sheet.footer.is_empty()).then(|| view! { <p class="muted lines">{sheet.footer.clone()}</p> })}
        </article>
    }
}

/// Who decides about a line, and what stands for it now.
fn choice(line: &QuoteLine, content: &QuoteContent, taken: bool) -> Option<String> {
    let taken = if taken { texts::taken() } else { texts::not_taken() };
    match &line.take {
        Take::Included => None,
        Take::Optional { .. } => Some(format!("{}, {taken}", texts::optional())),
        Take::Package { package } => content
            .groups
            .iter()
            .flat_map(|group| &group.packages)
            .find(|known| known.key == *package)
            .map(|known| format!("{}, {taken}", known.title)),
    }
}

#[component]
fn PaperLine(line: QuoteLine, sheet: QuoteSheet) -> impl IntoView {
    let total = sheet.totals.lines.iter().find(|total| total.key == line.key).cloned();
    let taken = total.as_ref().is_some_and(|total| total.taken);
    let number = total.as_ref().map_or(line.quantity, |total| total.quantity);
    let mut notes: Vec<String> = choice(&line, &sheet.content, taken).into_iter().collect();
    if let Some(limits) = &line.adjustable {
        let of = |number: &dyn ToString| ui::format::decimal(&number.to_string());
        notes.push(texts::between(&of(&limits.min), &of(&limits.max)));
    }
    if let Some(rate) = line.discount_percent {
        notes.push(texts::less_percent(&ui::format::decimal(&rate.to_string())));
    }
    view! {
        <tr class:muted=!taken>
            <td>
                {line.description.to_string()}
                {(!line.detail.as_str().is_empty())
                    .then(|| view! { <div class="muted lines">{line.detail.to_string()}</div> })}
                {(!notes.is_empty()).then(|| view! { <div class="muted">{notes.join(" · ")}</div> })}
            </td>
            <td class="num">{quantity(&number.to_string(), line.unit.as_str())}</td>
            <td class="num">{price(&line.unit_price.to_string(), sheet.counting.currency)}</td>
            <td class="num">
                {total.map(|total| view! { <Figure amount=amount(total.amount) void=!taken/> })}
            </td>
        </tr>
    }
}
