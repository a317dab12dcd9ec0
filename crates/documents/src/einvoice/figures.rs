//! The amounts of EN 16931: net of everything, tax by category and rate.

use domain::money::{Currency, Money, Rate};
use domain::totals::PriceMode;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::invoice::{Invoice, LineTax, TaxCategory, signed};

/// How many decimals a price keeps that had to be worked out.
const PRICE_PLACES: u32 = 6;

/// A line's net (BG-25).
pub(crate) struct LineFigures {
    /// Quantity (BT-129): below zero where something is given back, since prices are not (BR-27).
    pub quantity: Decimal,
    /// Net price of one (BT-146).
    pub price: Decimal,
    /// Net amount (BT-131).
    pub net: Money,
    /// Whether the line's adjustments stand beside it; else the price holds them.
    pub adjusted: bool,
}

/// What is taken off or added beside the lines (BG-20, BG-21).
pub(crate) struct Beside {
    pub charge: bool,
    pub reason: String,
    /// Above zero.
    pub amount: Money,
    pub category: Option<TaxCategory>,
    pub rate: Rate,
}

/// What one category and rate come to (BG-23).
pub(crate) struct Group {
    pub category: Option<TaxCategory>,
    pub rate: Rate,
    pub exemption: String,
    /// What tax is levied on (BT-116).
    pub base: Money,
    /// The tax (BT-117).
    pub tax: Money,
}

/// All of them.
pub(crate) struct Figures {
    pub lines: Vec<LineFigures>,
    pub beside: Vec<Beside>,
    pub groups: Vec<Group>,
    /// BT-106.
    pub line_total: Money,
    /// BT-107.
    pub allowances: Money,
    /// BT-108.
    pub charges: Money,
    /// BT-109.
    pub net: Money,
    /// BT-110.
    pub tax: Money,
    /// BT-112.
    pub gross: Money,
    /// BT-113.
    pub prepaid: Money,
    /// BT-115.
    pub due: Money,
}

impl Figures {
    /// Works them out. Sums that don't fit the invoice's totals are found by [`Invoice::qualifies`].
    pub fn of(invoice: &Invoice) -> Self {
        let currency = invoice.currency;
        let sum = |amounts: &mut dyn Iterator<Item = Money>| {
            Money::sum(amounts, currency).unwrap_or(Money::zero(currency))
        };
        let mut groups = groups(invoice);
        let mut lines = lines(invoice);
        let mut beside: Vec<Beside> = Vec::new();
        for adjustment in &invoice.adjustments {
            let tax = adjustment.tax.as_ref();
            let amount = match invoice.price_mode {
                PriceMode::Exclusive => adjustment.amount,
                PriceMode::Inclusive => {
                    tax.map_or(adjustment.amount, |tax| without_tax(adjustment.amount, tax.rate))
                }
            };
            beside.push(Beside {
                charge: adjustment.charge,
                reason: adjustment.reason.clone(),
                amount,
                category: tax.and_then(|tax| tax.category),
                rate: tax.map_or_else(zero_rate, |tax| tax.rate),
            });
        }
        for group in &mut groups {
            let of_lines = sum(&mut invoice
                .lines
                .iter()
                .zip(&lines)
                .filter(|(line, _)| group.has(line.taxes.first()))
                .map(|(_, figures)| figures.net));
            let of_beside = sum(&mut beside
                .iter()
                .filter(|beside| group.is(beside.category, beside.rate))
                .map(Beside::signed));
            let before = plus(of_lines, of_beside);
            let share = minus(before, group.base);
            if share.is_zero() {
                continue;
            }
            if invoice.totals.discount.is_zero() && invoice.price_mode == PriceMode::Inclusive {
                // Cents that rounding moved between net and tax: the largest line takes them.
                let largest = invoice
                    .lines
                    .iter()
                    .zip(&mut lines)
                    .filter(|(line, _)| group.has(line.taxes.first()))
                    .max_by_key(|(_, figures)| figures.net.minor().abs());
                if let Some((_, figures)) = largest {
                    figures.net = minus(figures.net, share);
                    continue;
                }
            }
            beside.push(Beside {
                charge: share.is_negative(),
                reason: "Discount".to_owned(),
                amount: Money::new(share.minor().saturating_abs(), currency),
                category: group.category,
                rate: group.rate,
            });
        }
        let line_total = sum(&mut lines.iter().map(|line| line.net));
        let allowances = sum(&mut beside.iter().filter(|beside| !beside.charge).map(|beside| beside.amount));
        let charges = sum(&mut beside.iter().filter(|beside| beside.charge).map(|beside| beside.amount));
        let net = plus(minus(line_total, allowances), charges);
        let tax = sum(&mut groups.iter().map(|group| group.tax));
        let gross = plus(net, tax);
        let due = minus(gross, invoice.prepaid);
        Self {
            lines,
            beside,
            groups,
            line_total,
            allowances,
            charges,
            net,
            tax,
            gross,
            prepaid: invoice.prepaid,
            due,
        }
    }
}

impl Beside {
    fn signed(&self) -> Money {
        if self.charge { self.amount } else { self.amount.checked_neg().unwrap_or(self.amount) }
    }
}

impl Group {
    fn is(&self, category: Option<TaxCategory>, rate: Rate) -> bool {
        self.category == category && self.rate == rate
    }

    fn has(&self, tax: Option<&LineTax>) -> bool {
        tax.map_or_else(|| self.is(None, zero_rate()), |tax| self.is(tax.category, tax.rate))
    }
}

fn zero_rate() -> Rate {
    Rate::try_from(Decimal::ZERO).expect("zero is a percentage")
}

fn plus(one: Money, other: Money) -> Money {
    one.checked_add(other).unwrap_or(one)
}

fn minus(one: Money, other: Money) -> Money {
    one.checked_sub(other).unwrap_or(one)
}

/// What is left of an amount without the tax it contains, rounded.
fn without_tax(gross: Money, rate: Rate) -> Money {
    let net = gross.to_decimal() * Decimal::ONE_HUNDRED / (Decimal::ONE_HUNDRED + rate.get());
    Money::round_from(net, gross.currency()).unwrap_or(gross)
}

/// The groups in the order in which lines name them, with what the totals say of them.
fn groups(invoice: &Invoice) -> Vec<Group> {
    let zero = Money::zero(invoice.currency);
    let mut groups: Vec<Group> = Vec::new();
    let mut names: Vec<(usize, &str, Rate)> = Vec::new();
    let taxes = invoice.lines.iter().map(|line| line.taxes.first());
    for tax in taxes.chain(invoice.adjustments.iter().map(|adjustment| adjustment.tax.as_ref())) {
        let at = groups.iter().position(|group| group.has(tax)).unwrap_or_else(|| {
            let (category, rate) = tax.map_or_else(|| (None, zero_rate()), |tax| (tax.category, tax.rate));
            groups.push(Group { category, rate, exemption: String::new(), base: zero, tax: zero });
            groups.len() - 1
        });
        if let Some(tax) = tax {
            if groups[at].exemption.is_empty() {
                groups[at].exemption.clone_from(&tax.exemption);
            }
            if !names.iter().any(|(_, name, rate)| *name == tax.name && *rate == tax.rate) {
                names.push((at, &tax.name, tax.rate));
            }
        }
    }
    for (at, name, rate) in names {
        for total in invoice.totals.taxes.iter().filter(|total| total.name == name && total.rate == rate) {
            groups[at].base = plus(groups[at].base, total.base);
            groups[at].tax = plus(groups[at].tax, total.amount);
        }
    }
    groups
}

fn lines(invoice: &Invoice) -> Vec<LineFigures> {
    // By group, so that rounding is carried from line to line and the nets add up.
    let mut carried: Vec<(Rate, Money, Money)> = Vec::new();
    invoice
        .lines
        .iter()
        .map(|line| {
            let (mut quantity, price) = (line.quantity.get(), line.unit_price.get());
            match invoice.price_mode {
                PriceMode::Exclusive => {
                    if price.is_sign_negative() {
                        quantity = -quantity;
                    }
                    LineFigures { quantity, price: price.abs(), net: line.amount, adjusted: true }
                }
                PriceMode::Inclusive => {
                    let rate = line.taxes.first().map_or_else(zero_rate, |tax| tax.rate);
                    let net = carry(&mut carried, rate, line.amount, invoice.currency);
                    let price = if quantity.is_zero() { Decimal::ZERO } else { net.to_decimal() / quantity };
                    if price.is_sign_negative() {
                        quantity = -quantity;
                    }
                    let price = price
                        .abs()
                        .round_dp_with_strategy(PRICE_PLACES, RoundingStrategy::MidpointAwayFromZero);
                    LineFigures { quantity, price: price.normalize(), net, adjusted: false }
                }
            }
        })
        .collect()
}

/// A gross line's net: what its group's net grows by.
fn carry(carried: &mut Vec<(Rate, Money, Money)>, rate: Rate, gross: Money, currency: Currency) -> Money {
    let zero = Money::zero(currency);
    let at = carried.iter().position(|(known, ..)| *known == rate).unwrap_or_else(|| {
        carried.push((rate, zero, zero));
        carried.len() - 1
    });
    let (_, gross_before, net_before) = carried[at];
    let gross_now = plus(gross_before, gross);
    let net_now = without_tax(gross_now, rate);
    carried[at] = (rate, gross_now, net_now);
    minus(net_now, net_before)
}

/// The adjustments of a line that stand beside its price.
pub(crate) fn beside_line<'a>(
    invoice: &'a Invoice,
    at: usize,
    figures: &LineFigures,
) -> impl Iterator<Item = (&'a str, Money)> {
    let adjustments = if figures.adjusted { &invoice.lines[at].adjustments[..] } else { &[] };
    adjustments.iter().map(|adjustment| (adjustment.reason.as_str(), signed(adjustment)))
}
