//! Payments: attempts to pay online, money received, and what providers tell us.

mod connections;
mod methods;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use validator::Validate;

pub use connections::{
    ConnectBankTransfer, ConnectPaypal, ConnectSandbox, ConnectSquare, ConnectStripe, ConnectionCheck,
    ConnectionSettings, Environment, PaymentConnection,
};
pub use methods::{
    BankTransferFilter, ChooseMethods, InvoiceIds, MethodChoice, MethodFee, PaymentMethod,
    PaymentMethodFilter, PaymentTerms,
};

use crate::clients::ClientId;
use crate::id;
use crate::invoices::InvoiceId;
use crate::money::Money;
use crate::refunds::{Dispute, Refund};
use crate::text::{Language, Line, Name};

id!(
    /// Money received.
    PaymentId,
    "pay"
);
id!(
    /// An attempt to pay online.
    AttemptId,
    "att"
);
id!(
    /// An organization's account with a payment provider.
    ConnectionId,
    "pco"
);
id!(
    /// An event a provider sent.
    InboundEventId,
    "inb"
);
id!(
    /// An entry of the ledger.
    LedgerEntryId,
    "led"
);

/// Who moves the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum Provider {
    /// Stripe Checkout.
    Stripe,
    /// PayPal Orders.
    Paypal,
    /// Square payment links.
    Square,
    /// Nobody: the client tells their bank, and the money is found on a statement.
    BankTransfer,
    /// Nobody: test cards for demos.
    Sandbox,
    /// Recorded by staff.
    Manual,
}

impl Provider {
    /// All providers.
    pub const ALL: [Self; 6] =
        [Self::Stripe, Self::Paypal, Self::Square, Self::BankTransfer, Self::Sandbox, Self::Manual];

    /// The name kept in the database and in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stripe => "stripe",
            Self::Paypal => "paypal",
            Self::Square => "square",
            Self::BankTransfer => "bank_transfer",
            Self::Sandbox => "sandbox",
            Self::Manual => "manual",
        }
    }

    /// Whether a client is sent to a page of theirs.
    pub fn is_online(self) -> bool {
        match self {
            Self::Stripe | Self::Paypal | Self::Square | Self::Sandbox => true,
            Self::BankTransfer | Self::Manual => false,
        }
    }
}

impl std::str::FromStr for Provider {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|provider| provider.as_str() == text).ok_or(())
    }
}

/// How far an attempt has come. It only moves forward, except that failure of one card leaves it open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum AttemptState {
    /// The client may still pay at the provider.
    Open,
    /// The provider waits for the money; nothing is paid yet.
    Processing,
    /// The money has come.
    Succeeded,
    /// It won't come.
    Failed,
    /// Time ran out, or the invoice changed.
    Expired,
}

impl AttemptState {
    /// The name kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Processing => "processing",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }

    /// Where it goes when the provider tells of `next`: events come late and out of order, and what is
    /// settled stays settled. Money wins: success is taken even after failure or expiry.
    #[must_use]
    pub fn advance(self, next: Self) -> Self {
        match (self, next) {
            (Self::Succeeded, _) | (_, Self::Succeeded) => Self::Succeeded,
            (Self::Failed | Self::Expired, _) => self,
            (Self::Processing, Self::Open) => Self::Processing,
            (Self::Open | Self::Processing, next) => next,
        }
    }

    /// Whether it keeps others from paying the same.
    pub fn is_live(self) -> bool {
        match self {
            Self::Open | Self::Processing => true,
            Self::Succeeded | Self::Failed | Self::Expired => false,
        }
    }
}

impl std::str::FromStr for AttemptState {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Open, Self::Processing, Self::Succeeded, Self::Failed, Self::Expired]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(())
    }
}

/// Which invoice, as the client saw it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InvoiceToPay {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// Its version on the page; another one is refused.
    pub version: i64,
}

/// The most invoices of one payment.
pub const MAX_INVOICES: u64 = 20;

/// Starts to pay. `POST /portal/payments`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StartPayment {
    /// What to pay, one to twenty invoices of one currency.
    #[validate(length(min = 1, max = MAX_INVOICES))]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 20))]
    pub invoices: Vec<InvoiceToPay>,
    /// How much; everything that is owed on them if absent.
    #[serde(default)]
    pub amount: Option<Money>,
    /// By which of `GET /portal/payment-methods`; the first of these invoices' that is online if absent.
    #[serde(default)]
    pub connection_id: Option<ConnectionId>,
}

/// An attempt to pay. `POST /portal/payments`, `GET /portal/payments/attempts/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attempt {
    /// Its id.
    pub id: AttemptId,
    /// How far it has come, according to the provider.
    pub state: AttemptState,
    /// Who moves the money.
    pub provider: Provider,
    /// How much.
    pub amount: Money,
    /// What it pays, and how much of each.
    pub shares: Vec<AttemptShare>,
    /// Where to pay, while it is open.
    pub checkout_url: Option<String>,
    /// Why the last try failed, in the provider's words.
    pub failure: Option<String>,
    /// When it was started.
    pub started_at: DateTime<Utc>,
    /// Until when it can be used.
    pub expires_at: DateTime<Utc>,
    /// The payment, when the money has come.
    pub payment_id: Option<PaymentId>,
}

/// A part of an attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttemptShare {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// Its number.
    pub number: String,
    /// How much of the attempt goes to it.
    pub amount: Money,
}

/// Money received. `GET /payments`, `GET /portal/payments`, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// Who paid.
    pub client_id: ClientId,
    /// Their name.
    pub client_name: Name,
    /// Who moved the money.
    pub provider: Provider,
    /// How, e.g. `Visa ···· 4242` or `Bank transfer`.
    pub method: String,
    /// How much.
    pub amount: Money,
    /// What of it was given back.
    pub refunded: Money,
    /// What of it the payer's bank took back, for now or for good.
    pub disputed: Money,
    /// What of it pays no invoice: the client's credit.
    pub unapplied: Money,
    /// What it pays.
    pub shares: Vec<AttemptShare>,
    /// The date of receipt in the organization's zone.
    pub received_on: NaiveDate,
    /// When it was booked.
    pub created_at: DateTime<Utc>,
    /// Reference: the provider's, or what staff wrote.
    pub reference: String,
    /// Everything that was given back of it, or tried to be; the oldest first.
    pub refunds: Vec<Refund>,
    /// The latest dispute of it.
    pub dispute: Option<Dispute>,
}

/// Filters of the list of payments.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct PaymentFilter {
    /// Of one client only.
    pub client_id: Option<ClientId>,
    /// For one invoice only.
    pub invoice_id: Option<InvoiceId>,
    /// Items of a page, 1 to 100; 50 if absent.
    pub limit: Option<u16>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// How money came that staff record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum ManualMethod {
    /// Bank transfer.
    BankTransfer,
    /// Cash.
    Cash,
    /// Cheque.
    Cheque,
    /// Card, on a terminal.
    Card,
    /// Something else.
    Other,
}

impl ManualMethod {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::BankTransfer, Self::Cash, Self::Cheque, Self::Card, Self::Other];

    /// The name kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BankTransfer => "bank_transfer",
            Self::Cash => "cash",
            Self::Cheque => "cheque",
            Self::Card => "card",
            Self::Other => "other",
        }
    }

    /// How a reader of mails knows it. Pages have words of their own.
    pub fn words(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::BankTransfer, Language::En) => "bank transfer",
            (Self::BankTransfer, Language::De) => "Überweisung",
            (Self::Cash, Language::En) => "cash",
            (Self::Cash, Language::De) => "bar",
            (Self::Cheque, Language::En) => "cheque",
            (Self::Cheque, Language::De) => "Scheck",
            (Self::Card, Language::En) => "card",
            (Self::Card, Language::De) => "Karte",
            (Self::Other, Language::En) => "other",
            (Self::Other, Language::De) => "anders",
        }
    }
}

impl std::str::FromStr for ManualMethod {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|method| method.as_str() == text).ok_or(())
    }
}

/// Records money received outside Portico. `POST /payments`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordPayment {
    /// What it pays. What is over becomes the client's credit.
    pub invoice_id: InvoiceId,
    /// How much.
    pub amount: Money,
    /// How it came.
    pub method: ManualMethod,
    /// When; not in the future.
    pub received_on: NaiveDate,
    /// Reference on the statement.
    #[serde(default)]
    pub reference: Line,
    /// Whether the client's primary contact gets a receipt by mail; they do if absent.
    #[serde(default)]
    pub send_receipt: Option<bool>,
}

/// Why something can't be paid.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PaymentError {
    /// Less than the least.
    #[error("pay at least {0}")]
    BelowMinimum(Money),
    /// More than is owed.
    #[error("pay at most {0}")]
    AboveBalance(Money),
    /// A part of an instalment, where the organization takes no parts.
    #[error("pay whole instalments: {0} is asked for now")]
    NotWhole(Money),
    /// The provider takes no amount this small.
    #[error("the payment provider takes no less than {0}")]
    BelowProviderMinimum(Money),
    /// Less than the organization takes in this way.
    #[error("pay at least {0} in this way")]
    BelowMethodMinimum(Money),
    /// More than the organization takes in this way.
    #[error("pay at most {0} in this way")]
    AboveMethodMaximum(Money),
    /// Nothing to pay.
    #[error("pay more than nothing")]
    NotPositive,
    /// Different currencies.
    #[error("pay invoices of one currency, in that currency")]
    CurrencyMismatch,
    /// No provider is connected.
    #[error("online payment is not set up")]
    NotConnected,
}

impl PaymentError {
    /// The code it is answered with.
    pub fn code(&self) -> crate::problem::Code {
        match self {
            Self::BelowMinimum(_)
            | Self::AboveBalance(_)
            | Self::NotWhole(_)
            | Self::BelowProviderMinimum(_)
            | Self::BelowMethodMinimum(_)
            | Self::AboveMethodMaximum(_)
            | Self::NotPositive
            | Self::CurrencyMismatch => crate::problem::Code::AmountNotAllowed,
            Self::NotConnected => crate::problem::Code::Conflict,
        }
    }
}

/// Filters of the list of providers' events.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct InboundEventFilter {
    /// Items of a page, 1 to 100; 50 if absent.
    pub limit: Option<u16>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// What became of an event from a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum InboundState {
    /// Waiting for a worker.
    Received,
    /// Done, or nothing to do.
    Processed,
    /// It doesn't fit what we know; somebody has to look.
    Quarantined,
}

/// An event from a provider. `GET /inbound-events`, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InboundEvent {
    /// Its id.
    pub id: InboundEventId,
    /// Who sent it.
    pub provider: Provider,
    /// The provider's id of it.
    pub event_id: String,
    /// The provider's name of what happened.
    pub kind: String,
    /// What became of it.
    pub state: InboundState,
    /// Why it is quarantined, or why the last try failed.
    pub error: Option<String>,
    /// How often it was tried.
    pub attempts: i32,
    /// When it came.
    pub received_at: DateTime<Utc>,
}

/// The sandbox's payment page. `GET /portal/sandbox/{reference}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SandboxCheckout {
    /// The session's reference.
    pub reference: String,
    /// What is paid.
    pub description: String,
    /// How much.
    pub amount: Money,
    /// How far it has come.
    pub state: AttemptState,
    /// Whether the bank's second step is being waited for.
    pub second_step: bool,
    /// Why the last try failed.
    pub failure: Option<String>,
    /// Where to go afterwards.
    pub return_url: String,
    /// Where to go instead.
    pub cancel_url: String,
}

/// A card on the sandbox's page. `POST /portal/sandbox/{reference}/pay`.
#[derive(Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SandboxCard {
    /// A test card's number.
    pub number: String,
    /// `MM/YY`.
    pub expiry: String,
    /// Three or four digits.
    pub cvc: String,
}

impl std::fmt::Debug for SandboxCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SandboxCard(…)")
    }
}

/// The answer to the bank's second step. `POST /portal/sandbox/{reference}/second-step`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SandboxSecondStep {
    /// Whether the holder confirms.
    pub confirm: bool,
}

#[cfg(test)]
mod tests {
    use super::AttemptState::{Expired, Failed, Open, Processing, Succeeded};

    #[test]
    fn what_is_settled_stays_and_money_wins() {
        assert_eq!(Open.advance(Processing), Processing);
        assert_eq!(Processing.advance(Open), Processing);
        assert_eq!(Succeeded.advance(Failed), Succeeded);
        assert_eq!(Failed.advance(Succeeded), Succeeded);
        assert_eq!(Expired.advance(Succeeded), Succeeded);
        assert_eq!(Failed.advance(Processing), Failed);
        assert_eq!(Processing.advance(Expired), Expired);
    }
}
