//! From the domain's money to the kit's amounts.

use domain::money::Money;
use ui::Amount;

/// An amount as the kit shows it.
pub fn amount(money: Money) -> Amount {
    let currency = money.currency();
    Amount { minor: money.minor(), currency: currency.code().to_owned(), exponent: currency.exponent() }
}
