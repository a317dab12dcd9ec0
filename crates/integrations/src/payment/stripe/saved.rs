//! Between our words and Stripe's: customers, methods that are saved by a Checkout Session in `setup` mode, and
//! payments that are made from them off-session.
//!
//! The requests are written out here: the crate that has them brings fifty thousand lines for fields we never send.
//! The answers are the shared types.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::provider_amount::stripe_amount;
use domain::saved_methods::{CardExpiry, Decline};
use serde::Serialize;
use stripe_checkout::checkout_session::{CreateCheckoutSession, CreateCheckoutSessionSetupIntentData};
use stripe_client_core::{RequestBuilder, StripeMethod};
use stripe_shared::{
    ApiErrors, ApiErrorsCode, CheckoutSession, CheckoutSessionMode, CheckoutSessionStatus, PaymentIntent,
    PaymentMethod, SetupIntentStatus,
};
use stripe_types::Expandable;

use super::checkout::{after_completion, locale, method, money, our_currency, stripe_currency, unreadable};
use crate::payment::saved::{
    CLIENT_KEY, ChargeRequest, CustomerRequest, ProviderMethod, ProviderSetup, SAVED_METHOD_KEY, SaveRequest,
    SetupState,
};
use crate::payment::{ATTEMPT_KEY, Method, ORGANIZATION_KEY, PaymentError, ProviderPayment, ProviderState};

/// How far clocks may be apart, when a charge is looked for by its time.
const APART: TimeDelta = TimeDelta::minutes(10);

#[derive(Serialize)]
struct NewCustomer<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    metadata: HashMap<&'static str, &'a str>,
}

/// The request for a customer.
pub(super) fn customer(customer: &CustomerRequest) -> RequestBuilder {
    let metadata = HashMap::from([
        (CLIENT_KEY, customer.client_id.as_str()),
        (ORGANIZATION_KEY, customer.organization_id.as_str()),
    ]);
    let form = NewCustomer { name: &customer.name, email: customer.email.as_deref(), metadata };
    RequestBuilder::new(StripeMethod::Post, "/customers").form(&form)
}

/// The request for a page on which a method is saved. Stripe chooses the kinds that fit the currency.
pub(super) fn save(save: &SaveRequest) -> CreateCheckoutSession {
    let metadata = HashMap::from([
        (SAVED_METHOD_KEY.to_owned(), save.method_id.clone()),
        (ORGANIZATION_KEY.to_owned(), save.organization_id.clone()),
    ]);
    let setup = CreateCheckoutSessionSetupIntentData {
        // Repeated here because events of setups carry this and not the session's.
        metadata: Some(metadata.clone()),
        ..Default::default()
    };
    CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Setup)
        .currency(stripe_currency(save.currency))
        .customer(save.customer.clone())
        .client_reference_id(save.method_id.clone())
        .metadata(metadata)
        .setup_intent_data(setup)
        .success_url(save.return_url.clone())
        .cancel_url(save.return_url.clone())
        .expires_at(save.expires_at.timestamp())
        .locale(locale(&save.locale))
}

/// What a session says in whose course a method is saved, its setup and the setup's method expanded.
pub(super) fn setup(session: CheckoutSession) -> Result<ProviderSetup, PaymentError> {
    let reference = session.id.to_string();
    let method_id = session.client_reference_id.or_else(|| session.metadata?.remove(SAVED_METHOD_KEY));
    let intent = session.setup_intent.as_ref().and_then(Expandable::as_object);
    let state = match session.status {
        Some(CheckoutSessionStatus::Open) => SetupState::Open,
        Some(CheckoutSessionStatus::Expired) => {
            SetupState::Failed { reason: "The page was closed before anything was saved.".to_owned() }
        }
        Some(CheckoutSessionStatus::Complete) => {
            let intent = intent.ok_or_else(|| unreadable("a complete session without setup"))?;
            match &intent.status {
                SetupIntentStatus::Succeeded => {
                    let method = intent.payment_method.as_ref().and_then(Expandable::as_object);
                    SetupState::Saved(kept(
                        method.ok_or_else(|| unreadable("a setup that succeeded without method"))?,
                    ))
                }
                // A debit whose account is still being checked.
                SetupIntentStatus::Processing
                | SetupIntentStatus::RequiresAction
                | SetupIntentStatus::RequiresConfirmation => SetupState::Open,
                SetupIntentStatus::Canceled | SetupIntentStatus::RequiresPaymentMethod => {
                    let reason = intent.last_setup_error.as_ref().and_then(|error| error.message.clone());
                    SetupState::Failed {
                        reason: reason.unwrap_or_else(|| "It could not be saved.".to_owned()),
                    }
                }
                other => return Err(unreadable(&format!("setup status `{other}`"))),
            }
        }
        Some(other) => return Err(unreadable(&format!("session status `{other}`"))),
        None => return Err(unreadable("a session without status")),
    };
    Ok(ProviderSetup { reference, method_id, state })
}

/// What a method is. Of its number Stripe tells the last four digits.
pub(super) fn kept(method: &PaymentMethod) -> ProviderMethod {
    let card = method.card.as_ref();
    let last4 = card
        .map(|card| card.last4.clone())
        .or_else(|| method.sepa_debit.as_ref()?.last4.clone())
        .or_else(|| method.bacs_debit.as_ref()?.last4.clone())
        .or_else(|| method.us_bank_account.as_ref()?.last4.clone());
    let expires = card.and_then(|card| {
        Some(CardExpiry { year: card.exp_year.try_into().ok()?, month: card.exp_month.try_into().ok()? })
    });
    ProviderMethod {
        reference: method.id.to_string(),
        method: Method { kind: method.type_.to_string(), brand: card.map(|card| card.brand.clone()), last4 },
        expires,
    }
}

#[derive(Serialize)]
struct Page<'a> {
    limit: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    starting_after: Option<&'a str>,
}

/// The request for a customer's methods, those after one.
pub(super) fn methods(customer: &str, after: Option<&str>) -> RequestBuilder {
    RequestBuilder::new(StripeMethod::Get, format!("/customers/{customer}/payment_methods"))
        .query(&Page { limit: 100, starting_after: after })
}

/// The request to forget a method.
pub(super) fn detach(method: &str) -> RequestBuilder {
    RequestBuilder::new(StripeMethod::Post, format!("/payment_methods/{method}/detach"))
}

#[derive(Serialize)]
struct NewPayment<'a> {
    amount: i64,
    currency: String,
    customer: &'a str,
    payment_method: &'a str,
    payment_method_types: [&'a str; 1],
    off_session: bool,
    confirm: bool,
    description: &'a str,
    metadata: HashMap<&'static str, &'a str>,
    expand: [&'static str; 1],
}

/// The request to charge a method. Its kind is named, because Stripe would else prepare for methods that lead to other
/// pages, and there is nobody to go there.
pub(super) fn charge(charge: &ChargeRequest) -> Result<RequestBuilder, PaymentError> {
    let amount = stripe_amount(charge.amount).map_err(|error| PaymentError::Amount(error.to_string()))?;
    let form = NewPayment {
        amount,
        currency: charge.amount.currency().code().to_ascii_lowercase(),
        customer: &charge.customer,
        payment_method: &charge.method,
        payment_method_types: [&charge.kind],
        off_session: true,
        confirm: true,
        description: &charge.description,
        metadata: HashMap::from([
            (ATTEMPT_KEY, charge.attempt_id.as_str()),
            (ORGANIZATION_KEY, charge.organization_id.as_str()),
        ]),
        expand: ["latest_charge"],
    };
    Ok(RequestBuilder::new(StripeMethod::Post, "/payment_intents").form(&form))
}

#[derive(Serialize)]
struct Expanded {
    expand: [&'static str; 1],
}

/// The request for a payment with its latest charge.
pub(super) fn retrieve(intent: &str) -> RequestBuilder {
    RequestBuilder::new(StripeMethod::Get, format!("/payment_intents/{intent}"))
        .query(&Expanded { expand: ["latest_charge"] })
}

/// The request to call a payment off.
pub(super) fn cancel(intent: &str) -> RequestBuilder {
    RequestBuilder::new(StripeMethod::Post, format!("/payment_intents/{intent}/cancel"))
}

#[derive(Serialize)]
struct Since {
    gte: i64,
}

#[derive(Serialize)]
struct Search<'a> {
    customer: &'a str,
    created: Since,
    limit: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    starting_after: Option<&'a str>,
}

/// The request for a customer's payments since an instant, the newest first, those after one.
pub(super) fn payments(customer: &str, since: DateTime<Utc>, after: Option<&str>) -> RequestBuilder {
    let created = Since { gte: (since - APART).timestamp() };
    RequestBuilder::new(StripeMethod::Get, "/payment_intents").query(&Search {
        customer,
        created,
        limit: 100,
        starting_after: after,
    })
}

/// What a payment says that was made from a saved method, its latest charge expanded, and whether that was ever disputed.
/// It is its own reference: there is no page.
pub(super) fn payment(mut intent: PaymentIntent) -> Result<(ProviderPayment, bool), PaymentError> {
    let reference = intent.id.to_string();
    let charge = intent.latest_charge.as_ref().and_then(Expandable::as_object);
    let (paid_by, disputed) = (charge.and_then(method), charge.is_some_and(|charge| charge.disputed));
    let state = after_completion(Some(&intent))?;
    let minor = if state == ProviderState::Succeeded { intent.amount_received } else { intent.amount };
    let failed = matches!(state, ProviderState::Failed { .. });
    let decline = intent.last_payment_error.as_deref().filter(|_| failed).map(decline);
    let payment = ProviderPayment {
        attempt_id: intent.metadata.remove(ATTEMPT_KEY),
        payment_reference: Some(reference.clone()),
        reference,
        state,
        amount: money(minor, our_currency(&intent.currency)?)?,
        method: paid_by,
        decline,
        refunds: Vec::new(),
        disputes: Vec::new(),
    };
    Ok((payment, disputed))
}

/// The kind of a bank's no. See <https://docs.stripe.com/declines/codes>.
fn decline(error: &ApiErrors) -> Decline {
    match (&error.code, error.decline_code.as_deref()) {
        (Some(ApiErrorsCode::AuthenticationRequired), _) | (_, Some("authentication_required")) => {
            Decline::AuthenticationRequired
        }
        (Some(ApiErrorsCode::InsufficientFunds), _) | (_, Some("insufficient_funds")) => {
            Decline::InsufficientFunds
        }
        (Some(ApiErrorsCode::ExpiredCard), _) | (_, Some("expired_card")) => Decline::Expired,
        _ => Decline::Refused,
    }
}
