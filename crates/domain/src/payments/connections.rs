//! Accounts with providers: what is set for them, and what is shown of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use validator::Validate;

use super::{ConnectionId, PaymentTerms, Provider};
use crate::bank::{BankAccount, Bic, Iban};
use crate::text::{Line, Name, Note};

/// An account with a provider. `GET /payment-connections`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentConnection {
    /// Its id.
    pub id: ConnectionId,
    /// The provider.
    pub provider: Provider,
    /// Whether clients can pay by it.
    pub enabled: bool,
    /// What is set beside the keys.
    pub settings: ConnectionSettings,
    /// How it is offered.
    pub terms: PaymentTerms,
    /// The end of the secret key, to tell keys apart.
    pub key_hint: Option<String>,
    /// Whether the provider's events can be checked: a webhook secret is set, or PayPal's webhook id. Without, they are refused.
    pub webhook_secret_set: bool,
    /// Where the provider must send its events. Nothing comes there for bank transfers.
    pub webhook_url: String,
    /// When the last genuine event came.
    pub last_event_at: Option<DateTime<Utc>>,
    /// Version for `If-Match`.
    pub version: i64,
}

/// Which of a provider's two worlds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// No money moves.
    Sandbox,
    /// Money moves.
    Live,
}

/// What is set for an account beside its keys, as far as its provider has such a thing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ConnectionSettings {
    /// PayPal, Square: which world.
    pub environment: Option<Environment>,
    /// PayPal: the app's client id.
    pub client_id: Option<String>,
    /// PayPal: the webhook's id, which its events are checked with.
    pub webhook_id: Option<String>,
    /// Square: the location that sells.
    pub location_id: Option<String>,
    /// Bank transfer: the account that is paid to.
    pub bank_account: Option<BankAccount>,
}

/// What a provider said when asked whether the keys work. `POST /payment-connections/{id}/check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectionCheck {
    /// Whether money moves; false for test keys and the sandbox.
    pub livemode: bool,
    /// Whether the provider's events can be checked.
    pub webhook_secret_set: bool,
}

/// Connects Stripe or changes its keys. `PUT /payment-connections/stripe`.
#[derive(Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConnectStripe {
    /// Secret or restricted key (`sk_…`, `rk_…`); the present one stays if absent. Kept encrypted, never shown.
    #[serde(default)]
    #[validate(length(min = 12, max = 200))]
    pub secret_key: Option<String>,
    /// Signing secrets of the webhook (`whsec_…`), two while one is being rotated; the present ones stay if absent.
    #[serde(default)]
    #[validate(length(max = 2))]
    pub webhook_secrets: Option<Vec<String>>,
    /// Whether clients can pay by it.
    pub enabled: bool,
}

impl std::fmt::Debug for ConnectStripe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectStripe").field("enabled", &self.enabled).finish_non_exhaustive()
    }
}

/// Connects PayPal or changes its keys. `PUT /payment-connections/paypal`.
#[derive(Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConnectPaypal {
    /// Which world the keys are of.
    pub environment: Environment,
    /// The app's client id; the present one stays if absent.
    #[serde(default)]
    #[validate(length(min = 12, max = 200))]
    pub client_id: Option<String>,
    /// The app's secret; the present one stays if absent. Kept encrypted, never shown.
    #[serde(default)]
    #[validate(length(min = 12, max = 200))]
    pub client_secret: Option<String>,
    /// The id PayPal gives to a webhook with the `webhook_url` of the answer; the present one stays if absent.
    #[serde(default)]
    #[validate(length(min = 1, max = 50))]
    pub webhook_id: Option<String>,
    /// Whether clients can pay by it.
    pub enabled: bool,
}

impl std::fmt::Debug for ConnectPaypal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectPaypal").field("enabled", &self.enabled).finish_non_exhaustive()
    }
}

/// Connects Square or changes its keys. `PUT /payment-connections/square`.
#[derive(Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConnectSquare {
    /// Which world the keys are of.
    pub environment: Environment,
    /// Access token; the present one stays if absent. Kept encrypted, never shown.
    #[serde(default)]
    #[validate(length(min = 12, max = 200))]
    pub access_token: Option<String>,
    /// The location that sells; the present one stays if absent.
    #[serde(default)]
    #[validate(length(min = 1, max = 50))]
    pub location_id: Option<String>,
    /// Signature keys of the webhook, two while one is being rotated; the present ones stay if absent.
    #[serde(default)]
    #[validate(length(max = 2))]
    pub signature_keys: Option<Vec<String>>,
    /// Whether clients can pay by it.
    pub enabled: bool,
}

impl std::fmt::Debug for ConnectSquare {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectSquare").field("enabled", &self.enabled).finish_non_exhaustive()
    }
}

/// Sets the account for bank transfers. `PUT /payment-connections/bank-transfer`.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConnectBankTransfer {
    /// Whose account it is, as the bank knows them.
    pub holder: Name,
    /// Its number.
    pub iban: Iban,
    /// The bank's code; payers outside of the European Economic Area need it.
    #[serde(default)]
    pub bic: Option<Bic>,
    /// The bank's name.
    #[serde(default)]
    pub bank_name: Line,
    /// Words to the payer.
    #[serde(default)]
    pub note: Note,
    /// Whether clients can pay by it.
    pub enabled: bool,
}

/// Switches the sandbox on or off. `PUT /payment-connections/sandbox`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConnectSandbox {
    /// Whether clients can pay by it.
    pub enabled: bool,
}
