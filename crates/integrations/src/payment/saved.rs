//! Methods that a client lets us charge without them: saved on a page of the provider's, charged by its id.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::money::{Currency, Money};
use domain::saved_methods::CardExpiry;

use super::{Checkout, Method, PaymentError, ProviderPayment};

/// Key of the metadata under which providers keep a saved method's id.
pub const SAVED_METHOD_KEY: &str = "saved_method";
/// Key of the metadata under which providers keep a client's id.
pub const CLIENT_KEY: &str = "client";

/// A client, as whom a provider keeps methods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerRequest {
    /// The client's id: also the idempotency key.
    pub client_id: String,
    /// The organization's id, for the provider's own lists.
    pub organization_id: String,
    /// The client's name.
    pub name: String,
    /// Where the provider may write to.
    pub email: Option<String>,
}

/// What a client is asked to save.
///
/// One that is asked for again must be equal in every field: its id is the idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaveRequest {
    /// The saved method's id: also the idempotency key, and how the provider's objects are found again.
    pub method_id: String,
    /// The organization's id, for the provider's own lists.
    pub organization_id: String,
    /// The provider's id of the client.
    pub customer: String,
    /// In what the method will be charged, which not every method can be.
    pub currency: Currency,
    /// Where the provider sends the client, whether or not something was saved.
    pub return_url: String,
    /// Until when the page can be used.
    pub expires_at: DateTime<Utc>,
    /// BCP 47 tag of the client's language.
    pub locale: String,
}

/// What a provider says about a page on which a method is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderSetup {
    /// The page's id.
    pub reference: String,
    /// The saved method it was opened for, as the provider kept it.
    pub method_id: Option<String>,
    /// How far it has come.
    pub state: SetupState,
}

/// How far saving has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetupState {
    /// The client can still do it. A card that was refused leaves it here.
    Open,
    /// It is saved.
    Saved(ProviderMethod),
    /// It won't be, by this page.
    Failed {
        /// Why, in the provider's words.
        reason: String,
    },
}

/// A method that a provider keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderMethod {
    /// The provider's id of it (`pm_…`).
    pub reference: String,
    /// What it is.
    pub method: Method,
    /// Until when a card is good.
    pub expires: Option<CardExpiry>,
}

/// What is charged to a saved method.
///
/// A charge that is asked for again must be equal in every field: its id is the idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeRequest {
    /// The attempt's id: also the idempotency key, and how the charge is found again.
    pub attempt_id: String,
    /// The organization's id, for the provider's own lists.
    pub organization_id: String,
    /// How much.
    pub amount: Money,
    /// What for, as the client reads it: `Invoice 2026-0042`.
    pub description: String,
    /// The provider's id of the client.
    pub customer: String,
    /// The provider's id of the method.
    pub method: String,
    /// The provider's kind of method: `card`, `sepa_debit`.
    pub kind: String,
    /// When it was first asked for: how far back to look for it.
    pub since: DateTime<Utc>,
}

/// A provider that keeps methods and charges them without their holder.
///
/// A charge is a payment like one on a page, with a reference of its own: [`super::PaymentProvider::fetch`] tells what has
/// become of it, and [`super::PaymentProvider::expire`] calls it off as far as that goes.
#[async_trait]
pub trait SavesMethods: Send + Sync {
    /// The provider's id of a client. Asked twice for one client, there is one.
    async fn customer(&self, customer: &CustomerRequest) -> Result<String, PaymentError>;

    /// Opens a page to save a method on. Asked twice for one method, there is still one page.
    async fn save(&self, save: &SaveRequest) -> Result<Checkout, PaymentError>;

    /// What has become of such a page.
    async fn saved(&self, reference: &str) -> Result<ProviderSetup, PaymentError>;

    /// Everything that is kept of a client.
    async fn methods(&self, customer: &str) -> Result<Vec<ProviderMethod>, PaymentError>;

    /// Forgets a method. One that is forgotten already stays so.
    async fn detach(&self, method: &str) -> Result<(), PaymentError>;

    /// Charges a method. Asked twice for one attempt, it is charged once. A bank that declines is no error: the payment
    /// has failed then, and says by what kind of [`domain::saved_methods::Decline`].
    async fn charge(&self, charge: &ChargeRequest) -> Result<ProviderPayment, PaymentError>;

    /// A charge that may have been made before, when its answer was lost and its idempotency key may be forgotten.
    async fn find_charge(&self, charge: &ChargeRequest) -> Result<Option<ProviderPayment>, PaymentError>;
}
