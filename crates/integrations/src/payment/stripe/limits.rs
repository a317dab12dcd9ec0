//! What Stripe takes at most. What it takes at least is in `domain`, since forms show it too.

use domain::money::{Currency, Money};
use domain::provider_amount::{from_stripe_amount, stripe_amount};

/// The most, in Stripe's own unit: eight digits, and twelve for the rupiah.
/// <https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>
const MAXIMUM: i64 = 99_999_999;
const MAXIMUM_IDR: i64 = 999_999_999_999;

/// The most that can be paid in a currency.
pub(super) fn maximum(currency: Currency) -> Option<Money> {
    let digits = if currency.code() == "IDR" { MAXIMUM_IDR } else { MAXIMUM };
    // Where Stripe counts finer than the currency goes, the last digits have to be zero.
    [1, 10, 100]
        .into_iter()
        .filter_map(|step| from_stripe_amount(digits - digits % step, currency).ok())
        .find(|most| stripe_amount(*most).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_is_in_our_units() {
        let most = |code: &str| maximum(code.parse().unwrap()).map(Money::minor);
        assert_eq!(most("EUR"), Some(99_999_999));
        assert_eq!(most("JPY"), Some(99_999_999));
        assert_eq!(most("IDR"), Some(999_999_999_999));
        // Stripe counts the króna in hundredths that must be zero, and wants the dinar's third digit zero.
        assert_eq!(most("ISK"), Some(999_999));
        assert_eq!(most("KWD"), Some(99_999_990));
        // Money ISO counts in hundredths and Stripe in wholes.
        assert_eq!(most("MGA"), Some(9_999_999_900));
        // Dinars Stripe says nothing about.
        assert_eq!(most("IQD"), None);
    }
}
