//! A version of a quote: as it is offered, or as it was accepted.

use ::documents::{Acceptance, Quote, QuoteGroup, QuoteLine, QuotePackage, QuoteSection, QuoteSums, Take};
use domain::money::Money;
use domain::organizations::Organization;
use domain::quotes::{self as domain_quotes, DecisionKind, QuoteDocument, Selection};
use domain::text::PartKey;
use store::{Tx, quotes};

use super::letter;
use crate::problem::Result;

/// A version of a quote with the choice that it shows.
pub async fn quote(tx: &mut Tx, organization: &Organization, quote: &QuoteDocument) -> Result<Quote> {
    let mut letter =
        letter(tx, organization, quote.client_id, quote.client_name.as_str(), &quote.client_address).await?;
    letter.footer = quote.footer.to_string();
    letter.draft = quote.sent_at.is_none();
    let changes = match quote.changes_quote_id {
        Some(base) => quotes::head(tx, base).await?.number.unwrap_or_default(),
        None => String::new(),
    };
    let content = &quote.content;
    let zone = organization.time_zone.rules();
    let accepted = quote.decision.as_ref().filter(|decision| decision.kind == DecisionKind::Accepted);
    let totals = &quote.totals;
    Ok(Quote {
        letter,
        number: quote.number.clone().unwrap_or_default(),
        version: quote.no.unsigned_abs(),
        title: content.title.to_string(),
        issued_on: organization.time_zone.today(quote.sent_at.unwrap_or(tx.now())),
        valid_until: content.valid_until,
        changes,
        intro: content.cover.to_string(),
        currency: quote.counting.currency,
        price_mode: quote.counting.price_mode,
        groups: groups(quote)?,
        sections: content
            .sections
            .iter()
            .map(|section| of_section(quote, section, accepted.is_none()))
            .collect(),
        sums: QuoteSums {
            subtotal: totals.subtotal,
            discount: totals.discount,
            net: totals.net,
            taxes: totals.taxes.clone(),
            gross: totals.gross,
            deposit: totals.deposit,
        },
        may_exceed: content.may_exceed_percent,
        terms: content.terms.to_string(),
        acceptance: accepted.map(|decision| Acceptance {
            name: decision.name.to_string(),
            at: decision.at.with_timezone(&zone).fixed_offset(),
            consent: decision.consent.clone(),
            hash: decision.hash.clone(),
            strokes: decision.signature.as_ref().map(|drawn| drawn.strokes.clone()).unwrap_or_default(),
        }),
    })
}

/// The packages, each with what its lines come to.
fn groups(quote: &QuoteDocument) -> Result<Vec<QuoteGroup>> {
    let (content, selection) = (&quote.content, &quote.selection);
    let mut groups = Vec::new();
    for group in &content.groups {
        let mut packages = Vec::new();
        for package in &group.packages {
            let lines = content.lines().filter(|line| package_of(line) == Some(&package.key));
            let amounts = lines.filter_map(|line| Some(total_of(quote, &line.key)?.amount));
            packages.push(QuotePackage {
                title: package.title.to_string(),
                text: package.text.to_string(),
                amount: Money::sum(amounts, quote.counting.currency)?,
                taken: taken_of(selection, &group.key) == Some(&package.key),
            });
        }
        groups.push(QuoteGroup { title: group.title.to_string(), packages });
    }
    Ok(groups)
}

fn taken_of<'a>(selection: &'a Selection, group: &PartKey) -> Option<&'a PartKey> {
    selection.packages.get(group)
}

fn package_of(line: &domain_quotes::QuoteLine) -> Option<&PartKey> {
    match &line.take {
        domain_quotes::Take::Package { package } => Some(package),
        domain_quotes::Take::Included | domain_quotes::Take::Optional { .. } => None,
    }
}

fn total_of<'a>(quote: &'a QuoteDocument, key: &PartKey) -> Option<&'a domain_quotes::QuoteLineTotal> {
    quote.totals.lines.iter().find(|line| line.key == *key)
}

fn of_section(quote: &QuoteDocument, section: &domain_quotes::QuoteSection, open: bool) -> QuoteSection {
    let name = |key: &PartKey| {
        let packages = quote.content.groups.iter().flat_map(|group| &group.packages);
        packages.clone().find(|package| package.key == *key).map(|package| package.title.to_string())
    };
    let line = |line: &domain_quotes::QuoteLine| {
        let total = total_of(quote, &line.key)?;
        Some(QuoteLine {
            description: line.description.to_string(),
            detail: line.detail.to_string(),
            quantity: total.quantity,
            unit: line.unit.to_string(),
            unit_price: line.unit_price,
            discount: line.discount_percent,
            taxes: line.taxes.iter().map(|tax| tax.rate).collect(),
            choice: line.adjustable.as_ref().filter(|_| open).map(|limits| (limits.min, limits.max)),
            amount: total.amount,
            take: match &line.take {
                domain_quotes::Take::Included => Take::Included,
                domain_quotes::Take::Optional { .. } => Take::Optional,
                domain_quotes::Take::Package { package } => Take::Package(name(package).unwrap_or_default()),
            },
            taken: total.taken,
        })
    };
    QuoteSection {
        title: section.title.to_string(),
        text: section.text.to_string(),
        lines: section.lines.iter().filter_map(line).collect(),
    }
}
