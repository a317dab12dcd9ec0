//! Saved payment methods: cards and accounts that a client lets us charge without them.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::id;
use crate::payments::{ConnectionId, Provider};
use crate::text::{Language, Name};

id!(
    /// A saved payment method.
    SavedMethodId,
    "spm"
);

/// How far a saved method has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum SavedMethodState {
    /// The client is, or was, on the provider's page; nothing is saved yet.
    Pending,
    /// It can be charged.
    Active,
    /// It was not saved: the page was left or refused.
    Failed,
    /// The client took it away, or the provider lost it.
    Removed,
}

impl SavedMethodState {
    /// Where it goes when the provider tells of `next`. News come late and out of order: what was removed stays so, and
    /// a page that was given up may have saved after all.
    #[must_use]
    pub fn advance(self, next: Self) -> Self {
        match (self, next) {
            (Self::Removed, _) | (_, Self::Removed) => Self::Removed,
            (Self::Active, _) | (_, Self::Active) => Self::Active,
            (Self::Failed, _) => Self::Failed,
            (Self::Pending, next) => next,
        }
    }
}

/// A month, until whose end a card is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CardExpiry {
    /// Four digits.
    pub year: i16,
    /// 1 to 12.
    pub month: i16,
}

/// How near a card's end is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// Good for a while, or without an end.
    Good,
    /// Its last month is this one or the next.
    Expiring,
    /// Its last month is over.
    Expired,
}

impl CardExpiry {
    /// How near it is on a day.
    pub fn freshness(self, today: NaiveDate) -> Freshness {
        let months = |year: i32, month: i32| year * 12 + month;
        let left = months(self.year.into(), self.month.into())
            - months(today.year(), i32::try_from(today.month()).unwrap_or_default());
        match left {
            ..0 => Freshness::Expired,
            0..=1 => Freshness::Expiring,
            2.. => Freshness::Good,
        }
    }
}

/// A saved method. `GET /portal/saved-methods`, `GET /clients/{id}/saved-methods`; the default first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavedMethod {
    /// Its id.
    pub id: SavedMethodId,
    /// Who keeps it.
    pub provider: Provider,
    /// How far it has come.
    pub state: SavedMethodState,
    /// Whether it is the one that is charged.
    pub is_default: bool,
    /// As people know it: `Visa ···· 4242`. Absent until it is saved.
    pub label: Option<String>,
    /// Until when a card is good.
    pub expires: Option<CardExpiry>,
    /// How near that is.
    pub freshness: Freshness,
    /// What the client agreed to, word for word.
    pub mandate: String,
    /// When they did.
    pub accepted_at: DateTime<Utc>,
    /// Who did.
    pub accepted_by: Name,
    /// Why it was not saved.
    pub failure: Option<String>,
}

/// The client's saved methods, and what saving one means. `GET /portal/saved-methods`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavedMethods {
    /// Those that can be charged.
    pub methods: Vec<SavedMethod>,
    /// What whoever saves one agrees to; `mandate` of `POST /portal/saved-methods`. Absent where no provider saves.
    pub mandate: Option<String>,
}

/// Begins to save a method. `POST /portal/saved-methods`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SaveMethod {
    /// What is agreed to, as it was shown; another text is refused.
    #[validate(length(min = 1, max = 2000))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 2000))]
    pub mandate: String,
    /// By which of `GET /portal/payment-methods`; the first that saves methods if absent.
    #[serde(default)]
    pub connection_id: Option<ConnectionId>,
}

/// The provider's page on which a method is saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavingMethod {
    /// The method to be.
    pub id: SavedMethodId,
    /// Where to go.
    pub setup_url: String,
    /// Until when the page can be used.
    pub ends_at: DateTime<Utc>,
}

/// What a client agrees to by saving a method. Kept with it, so that a change of words concerns new ones only.
pub fn mandate(language: Language, organization: &str) -> String {
    match language {
        Language::En => format!(
            "I allow {organization} to charge this payment method, now and in future, for invoices that are due under my \
             agreements with {organization}, without asking me each time. I get a receipt for every charge. I can remove \
             the payment method here at any time, which ends this permission."
        ),
        Language::De => format!(
            "Ich erlaube {organization}, dieses Zahlungsmittel jetzt und in Zukunft für fällige Rechnungen aus meinen \
             Vereinbarungen mit {organization} zu belasten, ohne jedes Mal zu fragen. Für jede Belastung bekomme ich eine \
             Quittung. Ich kann das Zahlungsmittel hier jederzeit entfernen; damit endet diese Erlaubnis."
        ),
    }
}

/// A method as people know it: `Visa ···· 4242`. Kind and brand are the provider's: `card`, `sepa_debit`; `visa`.
pub fn label(kind: &str, brand: Option<&str>, last4: Option<&str>) -> String {
    let mut label = match brand.unwrap_or(kind) {
        "amex" => "American Express".to_owned(),
        "bacs_debit" => "Bacs Direct Debit".to_owned(),
        "diners" => "Diners Club".to_owned(),
        "eps" => "EPS".to_owned(),
        "ideal" => "iDEAL".to_owned(),
        "jcb" => "JCB".to_owned(),
        "paypal" => "PayPal".to_owned(),
        "sepa_debit" => "SEPA Direct Debit".to_owned(),
        "unionpay" => "UnionPay".to_owned(),
        "us_bank_account" => "ACH Direct Debit".to_owned(),
        // A kind Stripe adds later reads well enough: `mb_way` becomes `Mb way`.
        other => {
            let mut words = other.replace('_', " ");
            if let Some(first) = words.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            words
        }
    };
    if let Some(last4) = last4 {
        label.push_str(" ···· ");
        label.push_str(last4);
    }
    label
}

/// Why a bank did not let a saved method be charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum Decline {
    /// Its holder has to confirm in person.
    AuthenticationRequired,
    /// Too little is on the account.
    InsufficientFunds,
    /// The card is past its end.
    Expired,
    /// Any other reason.
    Refused,
}

impl Decline {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::AuthenticationRequired, Self::InsufficientFunds, Self::Expired, Self::Refused];

    /// The name kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AuthenticationRequired => "authentication_required",
            Self::InsufficientFunds => "insufficient_funds",
            Self::Expired => "expired",
            Self::Refused => "refused",
        }
    }
}

impl std::str::FromStr for Decline {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|decline| decline.as_str() == text).ok_or(())
    }
}

/// The sandbox's page on which a method is saved. `GET /portal/sandbox-setups/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SandboxSetup {
    /// The method to be.
    pub id: SavedMethodId,
    /// Whether it still waits for a card.
    pub open: bool,
    /// Whether the bank's second step is being waited for.
    pub second_step: bool,
    /// Why the last card was not taken.
    pub failure: Option<String>,
    /// Where to go afterwards, or instead.
    pub return_url: String,
}

#[cfg(test)]
mod tests {
    use super::SavedMethodState::{Active, Failed, Pending, Removed};
    use super::*;

    #[test]
    fn news_out_of_order_end_at_the_truth() {
        assert_eq!(Pending.advance(Active), Active);
        assert_eq!(Active.advance(Pending), Active);
        assert_eq!(Failed.advance(Pending), Failed);
        assert_eq!(Failed.advance(Active), Active);
        assert_eq!(Removed.advance(Active), Removed);
        assert_eq!(Active.advance(Failed), Active);
    }

    #[test]
    fn a_card_is_good_until_its_month_ends() {
        let on = |day: &str| CardExpiry { year: 2027, month: 1 }.freshness(day.parse().unwrap());
        assert_eq!(on("2026-11-30"), Freshness::Good);
        assert_eq!(on("2026-12-01"), Freshness::Expiring);
        assert_eq!(on("2027-01-31"), Freshness::Expiring);
        assert_eq!(on("2027-02-01"), Freshness::Expired);
    }

    #[test]
    fn methods_read_as_people_know_them() {
        assert_eq!(label("card", Some("visa"), Some("4242")), "Visa ···· 4242");
        assert_eq!(label("card", Some("amex"), Some("0005")), "American Express ···· 0005");
        assert_eq!(label("sepa_debit", None, Some("3000")), "SEPA Direct Debit ···· 3000");
        assert_eq!(label("ideal", None, None), "iDEAL");
        assert_eq!(label("paypal", None, None), "PayPal");
        assert_eq!(label("mb_way", None, None), "Mb way");
    }

    #[test]
    fn a_mandate_names_who_may_charge() {
        for language in [Language::En, Language::De] {
            let text = mandate(language, "Holm Joinery");
            assert!(text.contains("Holm Joinery") && text.len() <= 2000, "{text}");
        }
    }
}
