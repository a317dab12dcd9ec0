//! Ways to pay: within which limits each is offered, what it costs, and to whom.
//!
//! What an invoice says wins over what its client's row says, and that over the organization's own choice.

use serde::{Deserialize, Serialize};
use validator::Validate;

use super::{ConnectionId, PaymentError, Provider};
use crate::invoices::InvoiceId;
use crate::money::{Currency, Money, Rate};

/// The most that a limit can be, in the smallest unit.
const MOST: i64 = 1_000_000_000_000_000;

/// What a provider charges the organization for a payment. It is told, and never added to what a client pays.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MethodFee {
    /// A part of the amount.
    pub percent: Rate,
    /// And so much for each payment.
    #[serde(default)]
    pub fixed: Option<Money>,
}

/// How a way to pay is offered. `PUT /payment-connections/{id}/terms`.
///
/// A limit counts for payments in its own currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct PaymentTerms {
    /// Whether it is offered wherever neither the invoice nor its client say otherwise; it is if absent.
    pub offered: bool,
    /// The least that is taken so.
    pub minimum: Option<Money>,
    /// The most that is taken so.
    pub maximum: Option<Money>,
    /// What it costs the organization.
    pub fee: Option<MethodFee>,
}

impl Default for PaymentTerms {
    fn default() -> Self {
        Self { offered: true, minimum: None, maximum: None, fee: None }
    }
}

impl PaymentTerms {
    /// The field that can't be so, and why: code and words.
    pub fn trouble(&self) -> Option<(&'static str, &'static str, &'static str)> {
        let wrong = |limit: Option<Money>| limit.is_some_and(|limit| !(1..=MOST).contains(&limit.minor()));
        let fixed = self.fee.and_then(|fee| fee.fixed);
        if wrong(self.minimum) {
            return Some(("/minimum", "out_of_range", "must be more than nothing"));
        }
        if wrong(self.maximum) {
            return Some(("/maximum", "out_of_range", "must be more than nothing"));
        }
        if fixed.is_some_and(|fixed| !(0..=MOST).contains(&fixed.minor())) {
            return Some(("/fee/fixed", "out_of_range", "must not be less than nothing"));
        }
        match (self.minimum, self.maximum) {
            (Some(least), Some(most)) if least.currency() != most.currency() => {
                Some(("/maximum", "other_currency", "must be in the currency of the minimum"))
            }
            (Some(least), Some(most)) if least.minor() > most.minor() => {
                Some(("/maximum", "below_minimum", "must be as much as the minimum, or more"))
            }
            _ => None,
        }
    }

    /// The least that is taken in a currency.
    pub fn least(&self, currency: Currency) -> Option<Money> {
        self.minimum.filter(|least| least.currency() == currency)
    }

    /// The most that is taken in a currency.
    pub fn most(&self, currency: Currency) -> Option<Money> {
        self.maximum.filter(|most| most.currency() == currency)
    }

    /// Whether an amount is within the limits.
    pub fn check(&self, amount: Money) -> Result<(), PaymentError> {
        let currency = amount.currency();
        match (self.least(currency), self.most(currency)) {
            (Some(least), _) if amount.minor() < least.minor() => {
                Err(PaymentError::BelowMethodMinimum(least))
            }
            (_, Some(most)) if amount.minor() > most.minor() => Err(PaymentError::AboveMethodMaximum(most)),
            _ => Ok(()),
        }
    }
}

/// A way to pay. `GET /portal/payment-methods`, the preferred one first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentMethod {
    /// For `connection_id` of `POST /portal/payments`.
    pub connection_id: ConnectionId,
    /// The provider.
    pub provider: Provider,
    /// Whether paying leads to a page of the provider's. Otherwise `GET /portal/bank-transfer` tells how.
    pub online: bool,
    /// The least that can be paid so, if there is a limit.
    pub minimum: Option<Money>,
    /// The most that can be paid so, if there is a limit.
    pub maximum: Option<Money>,
    /// What it costs the organization, where it wants that to be known. Nothing is added to what is paid.
    pub fee: Option<MethodFee>,
}

/// Invoices in an address, parted by commas; each counts once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InvoiceIds(pub Vec<InvoiceId>);

impl TryFrom<String> for InvoiceIds {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let parts: Vec<&str> = text.split(',').filter(|part| !part.is_empty()).collect();
        if parts.len() > usize::try_from(super::MAX_INVOICES).unwrap_or(usize::MAX) {
            return Err(format!("must be {} invoices at most", super::MAX_INVOICES));
        }
        let mut ids = Vec::new();
        for part in parts {
            let id: InvoiceId =
                part.parse().map_err(|_| "must be ids of invoices, parted by commas".to_owned())?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(Self(ids))
    }
}

impl From<InvoiceIds> for String {
    fn from(ids: InvoiceIds) -> Self {
        ids.0.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    }
}

/// Which ways to pay.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct PaymentMethodFilter {
    /// The currency to pay in, which not every provider takes; the organization's if absent.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "EUR"))]
    pub currency: Option<Currency>,
    /// Only those by which all of these invoices can be paid: their ids, parted by commas, twenty at most.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub invoices: Option<InvoiceIds>,
}

/// Which invoices to transfer money for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct BankTransferFilter {
    /// Their ids, parted by commas, one to twenty; of one currency.
    #[cfg_attr(feature = "openapi", param(value_type = String))]
    pub invoices: InvoiceIds,
    /// How much, in the currency's smallest unit; everything that is owed on them if absent.
    pub amount: Option<i64>,
}

/// Chooses the ways to pay of a client or an invoice. `PUT /clients/{id}/payment-methods`, `PUT /invoices/{id}/payment-methods`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ChooseMethods {
    /// Providers that are connected; none of them means that nothing is offered. Absent or null: what is inherited.
    #[validate(length(max = 6))]
    pub methods: Option<Vec<Provider>>,
}

/// The ways to pay of a client or an invoice. `GET /clients/{id}/payment-methods`, `GET /invoices/{id}/payment-methods`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MethodChoice {
    /// What was chosen for it; absent where nothing was.
    pub own: Option<Vec<Provider>>,
    /// What holds where nothing is chosen: the client's choice, else the organization's.
    pub inherited: Vec<Provider>,
    /// What can be chosen: what the organization has switched on.
    pub available: Vec<Provider>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn euros(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    #[test]
    fn limits_count_in_their_own_currency() {
        let terms = PaymentTerms {
            minimum: Some(euros(500)),
            maximum: Some(euros(10_000)),
            ..PaymentTerms::default()
        };
        assert_eq!(terms.check(euros(499)), Err(PaymentError::BelowMethodMinimum(euros(500))));
        assert_eq!(terms.check(euros(500)), Ok(()));
        assert_eq!(terms.check(euros(10_000)), Ok(()));
        assert_eq!(terms.check(euros(10_001)), Err(PaymentError::AboveMethodMaximum(euros(10_000))));
        assert_eq!(terms.check(Money::new(1, Currency::JPY)), Ok(()));
    }

    #[test]
    fn terms_must_make_sense() {
        let of = |minimum, maximum| PaymentTerms { minimum, maximum, ..PaymentTerms::default() }.trouble();
        let pointer = |found: Option<(&'static str, _, _)>| found.map(|found| found.0);
        assert_eq!(of(Some(euros(1)), Some(euros(1))), None);
        assert_eq!(pointer(of(Some(euros(0)), None)), Some("/minimum"));
        assert_eq!(pointer(of(None, Some(euros(-1)))), Some("/maximum"));
        assert_eq!(pointer(of(Some(euros(2)), Some(euros(1)))), Some("/maximum"));
        assert_eq!(pointer(of(Some(euros(2)), Some(Money::new(9, Currency::USD)))), Some("/maximum"));
        let fee = MethodFee { percent: "2.49".parse().unwrap(), fixed: Some(euros(-1)) };
        assert_eq!(
            pointer(PaymentTerms { fee: Some(fee), ..PaymentTerms::default() }.trouble()),
            Some("/fee/fixed")
        );
    }

    #[test]
    fn what_was_kept_before_there_were_terms_is_offered() {
        assert_eq!(serde_json::from_str::<PaymentTerms>("{}").unwrap(), PaymentTerms::default());
        assert!(PaymentTerms::default().offered);
    }

    #[test]
    fn ids_in_an_address() {
        let id = "inv_01h455vb4pex5vsknk084sn02q";
        let other = "inv_01h455vb4pex5vsknk084sn02r";
        let ids = InvoiceIds::try_from(format!("{id},{other},{id}")).unwrap();
        assert_eq!((ids.0.len(), String::from(ids)), (2, format!("{id},{other}")));
        assert_eq!(InvoiceIds::try_from(String::new()).unwrap().0, []);
        assert!(InvoiceIds::try_from("cli_1".to_owned()).is_err());
        assert!(InvoiceIds::try_from(vec![id; 21].join(",")).is_err());
    }
}
