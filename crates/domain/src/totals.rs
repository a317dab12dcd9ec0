//! What a document comes to. The server and the editor's preview call the same [`compute`].
//!
//! Each line's amount is rounded first, as it is printed, so that the lines of a document add up to its
//! subtotal on paper. The discount is then shared out, and tax is rounded, over *units*: the lines
//! themselves, or with [`Rounding::PerDocument`] the sets of lines that bear the same taxes. Prices
//! without tax keep the net and add the taxes; prices with tax keep the gross and take the taxes out of
//! it, so what the client was promised never moves by a cent.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::money::{Currency, Money, MoneyError, Rate, divide, share};
pub use crate::money::{Quantity, UnitPrice};
pub use crate::tax::Tax;

/// Where tax is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum Rounding {
    /// On each line.
    PerLine,
    /// Once for each tax of the document.
    #[default]
    PerDocument,
}

impl Rounding {
    /// Both ways.
    pub const ALL: [Self; 2] = [Self::PerLine, Self::PerDocument];

    /// The name kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PerLine => "per_line",
            Self::PerDocument => "per_document",
        }
    }
}

impl FromStr for Rounding {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|rounding| rounding.as_str() == text).ok_or(())
    }
}

/// What unit prices say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum PriceMode {
    /// Net prices: tax is added.
    #[default]
    Exclusive,
    /// Gross prices: tax is contained.
    Inclusive,
}

impl PriceMode {
    /// Both modes.
    pub const ALL: [Self; 2] = [Self::Exclusive, Self::Inclusive];

    /// The name kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exclusive => "exclusive",
            Self::Inclusive => "inclusive",
        }
    }
}

impl FromStr for PriceMode {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text).ok_or(())
    }
}

/// A discount on a whole document, taken from its prices as they are written: with tax if they
/// include it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Discount {
    /// So many percent.
    Percent(Rate),
    /// So much, no more than the document comes to; negative on a credit note.
    Amount(Money),
}

/// What the totals need of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineInput {
    /// How much of it; negative for what is given back.
    pub quantity: Quantity,
    /// Price of one.
    pub unit_price: UnitPrice,
    /// The taxes on it, none of them twice.
    pub taxes: Vec<Tax>,
}

impl LineInput {
    /// Quantity × price, rounded half away from zero.
    pub fn amount(&self, currency: Currency) -> Result<Money, MoneyError> {
        let exact = self.quantity.scaled() * self.unit_price.scaled() * 10_i128.pow(currency.exponent());
        Money::exact(divide(exact, 10_i128.pow(Quantity::PLACES + UnitPrice::PLACES)), currency)
    }
}

/// What one tax of a document comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaxTotal {
    /// The tax's name.
    #[cfg_attr(feature = "openapi", schema(example = "VAT"))]
    pub name: String,
    /// Its percentage.
    pub rate: Rate,
    /// What it is levied on: the net, after discount, of the lines that bear it.
    pub base: Money,
    /// The tax itself.
    pub amount: Money,
}

/// What a document comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Totals {
    /// Each line's quantity × price, rounded; with tax if prices include it.
    pub lines: Vec<Money>,
    /// Their sum.
    pub subtotal: Money,
    /// The discount taken from it.
    pub discount: Money,
    /// What is left, without tax.
    pub net: Money,
    /// The taxes, in the order in which the lines name them.
    pub taxes: Vec<TaxTotal>,
    /// Net and taxes: what is to be paid.
    pub gross: Money,
}

/// Lines that share one rounding.
struct Unit<'a> {
    taxes: &'a [Tax],
    amount: Money,
}

/// Adds up a document.
pub fn compute(
    lines: &[LineInput],
    discount: Option<Discount>,
    currency: Currency,
    rounding: Rounding,
    price_mode: PriceMode,
) -> Result<Totals, MoneyError> {
    let amounts: Vec<Money> = lines.iter().map(|line| line.amount(currency)).collect::<Result<_, _>>()?;
    let subtotal = Money::sum(amounts.iter().copied(), currency)?;
    let mut units = units(lines, &amounts, rounding)?;
    let discount = match discount {
        Some(discount) => deduct(discount, subtotal, &mut units)?,
        None => Money::zero(currency),
    };
    let taxes = match price_mode {
        PriceMode::Exclusive => added(&units, currency, rounding)?,
        PriceMode::Inclusive => contained(&units, currency)?,
    };
    let after_discount = subtotal.checked_sub(discount)?;
    let tax = Money::sum(taxes.iter().map(|total| total.amount), currency)?;
    let (net, gross) = match price_mode {
        PriceMode::Exclusive => (after_discount, after_discount.checked_add(tax)?),
        PriceMode::Inclusive => (after_discount.checked_sub(tax)?, after_discount),
    };
    Ok(Totals { lines: amounts, subtotal, discount, net, taxes, gross })
}

fn units<'a>(
    lines: &'a [LineInput],
    amounts: &[Money],
    rounding: Rounding,
) -> Result<Vec<Unit<'a>>, MoneyError> {
    let mut units: Vec<Unit<'a>> = Vec::new();
    for (line, &amount) in lines.iter().zip(amounts) {
        if line.taxes.iter().enumerate().any(|(index, tax)| line.taxes[..index].contains(tax)) {
            return Err(MoneyError::RepeatedTax);
        }
        let same = units.iter_mut().find(|unit| {
            unit.taxes.len() == line.taxes.len() && line.taxes.iter().all(|tax| unit.taxes.contains(tax))
        });
        match (rounding, same) {
            (Rounding::PerDocument, Some(unit)) => unit.amount = unit.amount.checked_add(amount)?,
            (Rounding::PerDocument, None) | (Rounding::PerLine, _) => {
                units.push(Unit { taxes: &line.taxes, amount });
            }
        }
    }
    Ok(units)
}

/// Takes the discount off the units, from each in proportion to its amount, and returns it in money.
fn deduct(discount: Discount, subtotal: Money, units: &mut [Unit<'_>]) -> Result<Money, MoneyError> {
    let amounts = units.iter().map(|unit| i128::from(unit.amount.minor()));
    let (total, exact, denominator): (Money, Vec<i128>, i128) = match discount {
        Discount::Percent(rate) => {
            (subtotal.percent(rate), amounts.map(|amount| amount * rate.scaled()).collect(), Rate::FULL)
        }
        Discount::Amount(amount) => {
            if amount.currency() != subtotal.currency() {
                return Err(MoneyError::CurrencyMismatch);
            }
            if amount.is_zero() {
                return Ok(amount);
            }
            if amount.is_negative() != subtotal.is_negative()
                || amount.minor().unsigned_abs() > subtotal.minor().unsigned_abs()
            {
                return Err(MoneyError::DiscountOutOfRange);
            }
            // The subtotal isn't zero here: it is no smaller than the amount.
            let (part, whole) = (i128::from(amount.minor()), i128::from(subtotal.minor()));
            (amount, amounts.map(|amount| amount * part * whole.signum()).collect(), whole.abs())
        }
    };
    let parts = share(total.minor().into(), &exact, denominator);
    for (unit, part) in units.iter_mut().zip(parts) {
        unit.amount = unit.amount.checked_sub(Money::exact(part, total.currency())?)?;
    }
    Ok(total)
}

/// What a discount takes from the lines of each set of taxes, for documents that print it as lines. The
/// parts add up to the discount, and leave the same taxes that [`compute`] levies per document.
pub fn discount_by_taxes(
    lines: &[LineInput],
    discount: Discount,
    currency: Currency,
) -> Result<Vec<(Vec<Tax>, Money)>, MoneyError> {
    let amounts: Vec<Money> = lines.iter().map(|line| line.amount(currency)).collect::<Result<_, _>>()?;
    let subtotal = Money::sum(amounts.iter().copied(), currency)?;
    let mut units = units(lines, &amounts, Rounding::PerDocument)?;
    let before: Vec<Money> = units.iter().map(|unit| unit.amount).collect();
    deduct(discount, subtotal, &mut units)?;
    units
        .iter()
        .zip(before)
        .map(|(unit, before)| Ok((unit.taxes.to_vec(), before.checked_sub(unit.amount)?)))
        .collect()
}

/// The taxes that come on top.
fn added(units: &[Unit<'_>], currency: Currency, rounding: Rounding) -> Result<Vec<TaxTotal>, MoneyError> {
    let mut totals = Vec::new();
    for unit in units {
        for tax in unit.taxes {
            let amount = match rounding {
                Rounding::PerLine => unit.amount.percent(tax.rate),
                Rounding::PerDocument => Money::zero(currency),
            };
            add(&mut totals, tax, unit.amount, amount)?;
        }
    }
    if rounding == Rounding::PerDocument {
        // One tax may stand in several units: it is rounded once, over all of them.
        for total in &mut totals {
            total.amount = total.base.percent(total.rate);
        }
    }
    Ok(totals)
}

/// The taxes that are contained. They are rounded by unit, because only the lines that bear exactly the
/// same taxes have a net in common.
fn contained(units: &[Unit<'_>], currency: Currency) -> Result<Vec<TaxTotal>, MoneyError> {
    let mut totals = Vec::new();
    for unit in units {
        let parts = Tax::contained(unit.taxes, unit.amount);
        let base = i128::from(unit.amount.minor()) - parts.iter().sum::<i128>();
        for (tax, part) in unit.taxes.iter().zip(parts) {
            add(&mut totals, tax, Money::exact(base, currency)?, Money::exact(part, currency)?)?;
        }
    }
    Ok(totals)
}

fn add(totals: &mut Vec<TaxTotal>, tax: &Tax, base: Money, amount: Money) -> Result<(), MoneyError> {
    match totals.iter_mut().find(|total| total.name == tax.name && total.rate == tax.rate) {
        Some(total) => {
            total.base = total.base.checked_add(base)?;
            total.amount = total.amount.checked_add(amount)?;
        }
        None => totals.push(TaxTotal { name: tax.name.clone(), rate: tax.rate, base, amount }),
    }
    Ok(())
}

#[cfg(test)]
mod properties;

#[cfg(test)]
mod tests {
    use super::PriceMode::{Exclusive, Inclusive};
    use super::Rounding::{PerDocument, PerLine};
    use super::*;

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    pub(super) fn line(quantity: &str, price: &str, taxes: &[(&str, &str)]) -> LineInput {
        let tax = |&(name, rate): &(&str, &str)| Tax { name: name.to_owned(), rate: rate.parse().unwrap() };
        LineInput {
            quantity: quantity.parse().unwrap(),
            unit_price: price.parse().unwrap(),
            taxes: taxes.iter().map(tax).collect(),
        }
    }

    pub(super) fn total(
        lines: &[LineInput],
        discount: Option<Discount>,
        rounding: Rounding,
        mode: PriceMode,
    ) -> Totals {
        compute(lines, discount, Currency::EUR, rounding, mode).unwrap()
    }

    /// Net, each tax's amount, gross.
    fn figures(totals: &Totals) -> (i64, Vec<i64>, i64) {
        let taxes = totals.taxes.iter().map(|tax| tax.amount.minor()).collect();
        (totals.net.minor(), taxes, totals.gross.minor())
    }

    #[test]
    fn gst_and_qst_in_quebec() {
        let lines = [line("12", "95.00", &[("GST", "5"), ("QST", "9.975")])];
        for rounding in Rounding::ALL {
            let totals = total(&lines, None, rounding, Exclusive);
            assert_eq!(figures(&totals), (114_000, vec![5700, 11_372], 131_072));
        }
        let lines = [line("1", "1310.72", &[("GST", "5"), ("QST", "9.975")])];
        assert_eq!(figures(&total(&lines, None, PerLine, Inclusive)), (114_000, vec![5700, 11_372], 131_072));
    }

    #[test]
    fn a_final_invoice_less_the_down_payment() {
        let vat = [("VAT", "19")];
        let lines = [line("1", "8500", &vat), line("-1", "7500", &vat)];
        for rounding in Rounding::ALL {
            assert_eq!(figures(&total(&lines, None, rounding, Exclusive)), (100_000, vec![19_000], 119_000));
        }
    }

    #[test]
    fn rounding_per_line_and_per_document_differ() {
        let lines = vec![line("1", "1.03", &[("VAT", "19")]); 3];
        assert_eq!(figures(&total(&lines, None, PerLine, Exclusive)), (309, vec![60], 369));
        assert_eq!(figures(&total(&lines, None, PerDocument, Exclusive)), (309, vec![59], 368));
    }

    #[test]
    fn a_tax_shared_by_unlike_lines_is_rounded_once() {
        // 5 % of 0.10 and of 0.10 more, which bears another tax too: 0.01, and not 0.01 twice.
        let lines = [line("1", "0.10", &[("GST", "5")]), line("1", "0.10", &[("QST", "10"), ("GST", "5")])];
        assert_eq!(figures(&total(&lines, None, PerDocument, Exclusive)), (20, vec![1, 1], 22));
        assert_eq!(figures(&total(&lines, None, PerLine, Exclusive)), (20, vec![2, 1], 23));
    }

    #[test]
    fn prices_with_tax_keep_the_gross() {
        let totals = total(&[line("1", "7.00", &[("VAT", "21")])], None, PerDocument, Inclusive);
        assert_eq!(figures(&totals), (579, vec![121], 700));
        let mixed = [
            line("1", "99.99", &[("GST", "5"), ("QST", "9.975")]),
            line("3", "0.33", &[("GST", "5")]),
            line("1", "10.00", &[]),
        ];
        for rounding in Rounding::ALL {
            let totals = total(&mixed, None, rounding, Inclusive);
            // 99.99 = 86.97 + 4.35 + 8.67; 0.99 = 0.94 + 0.05; 10.00 bears no tax.
            assert_eq!(figures(&totals), (9791, vec![440, 867], 11_098));
        }
    }

    #[test]
    fn a_discount_is_shared_by_the_rates() {
        let lines = [line("1", "100.00", &[("VAT", "19")]), line("1", "50.00", &[("VAT", "7")])];
        let totals = total(&lines, Some(Discount::Amount(eur(1000))), PerDocument, Exclusive);
        assert_eq!(totals.subtotal, eur(15_000));
        assert_eq!(totals.discount, eur(1000));
        assert_eq!(totals.taxes.iter().map(|tax| tax.base.minor()).collect::<Vec<_>>(), [9333, 4667]);
        assert_eq!(figures(&totals), (14_000, vec![1773, 327], 16_100));
        let all = Some(Discount::Percent("100".parse().unwrap()));
        for (rounding, mode) in [(PerLine, Exclusive), (PerDocument, Exclusive), (PerLine, Inclusive)] {
            assert_eq!(figures(&total(&lines, all, rounding, mode)), (0, vec![0, 0], 0));
        }
    }

    #[test]
    fn a_discount_stays_within_the_total() {
        let lines = [line("1", "10.00", &[])];
        let credit = [line("-1", "10.00", &[])];
        let with = |lines: &[LineInput], amount| {
            compute(lines, Some(Discount::Amount(amount)), Currency::EUR, PerLine, Exclusive)
                .map(|totals| totals.gross.minor())
        };
        assert_eq!(with(&lines, eur(1000)), Ok(0));
        assert_eq!(with(&lines, eur(1001)), Err(MoneyError::DiscountOutOfRange));
        assert_eq!(with(&lines, eur(-1)), Err(MoneyError::DiscountOutOfRange));
        assert_eq!(with(&credit, eur(-400)), Ok(-600));
        assert_eq!(with(&credit, eur(400)), Err(MoneyError::DiscountOutOfRange));
        assert_eq!(with(&[], eur(1)), Err(MoneyError::DiscountOutOfRange));
        assert_eq!(with(&[], eur(0)), Ok(0));
        assert_eq!(with(&lines, Money::new(1, Currency::USD)), Err(MoneyError::CurrencyMismatch));
    }

    #[test]
    fn amounts_follow_the_currency() {
        let yen = |quantity, price| line(quantity, price, &[]).amount(Currency::JPY).map(Money::minor);
        assert_eq!(yen("1", "5000"), Ok(5000));
        assert_eq!(yen("3", "0.5"), Ok(2));
        assert_eq!(yen("-3", "0.5"), Ok(-2));
        assert_eq!(line("0.333333", "3.00", &[]).amount(Currency::EUR), Ok(eur(100)));
    }

    #[test]
    fn the_impossible_is_refused() {
        let huge = line("999999999.999999", "999999999999.999999", &[]);
        let refused =
            |lines: &[LineInput]| compute(lines, None, Currency::EUR, PerLine, Exclusive).unwrap_err();
        assert_eq!(refused(&[huge]), MoneyError::Overflow);
        // 90 quadrillion fit, with tax they don't.
        let large = line("90000", "999999999999", &[("VAT", "19")]);
        assert_eq!(refused(std::slice::from_ref(&large)), MoneyError::Overflow);
        assert_eq!(refused(&[large.clone(), large]), MoneyError::Overflow);
        assert_eq!(refused(&[line("1", "1", &[("VAT", "7"), ("VAT", "7.0")])]), MoneyError::RepeatedTax);
    }

    #[test]
    fn names_lead_back() {
        assert!(Rounding::ALL.into_iter().all(|rounding| rounding.as_str().parse() == Ok(rounding)));
        assert!(PriceMode::ALL.into_iter().all(|mode| mode.as_str().parse() == Ok(mode)));
        assert_eq!(serde_json::to_value(PerDocument).unwrap(), PerDocument.as_str());
        assert_eq!(serde_json::to_value(Inclusive).unwrap(), Inclusive.as_str());
        let discount = serde_json::to_string(&Discount::Percent("2.50".parse().unwrap())).unwrap();
        assert_eq!(discount, r#"{"percent":"2.5"}"#);
    }
}
