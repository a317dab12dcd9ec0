//! Between our words and Stripe's: what a checkout asks for, and what a Checkout Session says.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::money::{Currency, Money};
use domain::provider_amount::{from_stripe_amount, stripe_amount};
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionAdaptivePricing, CreateCheckoutSessionLineItems,
    CreateCheckoutSessionLineItemsPriceData, CreateCheckoutSessionPaymentIntentData, ProductData,
};
use stripe_shared::{
    Charge, CheckoutSession, CheckoutSessionLocale, CheckoutSessionMode, CheckoutSessionPaymentStatus,
    CheckoutSessionStatus, PaymentIntent, PaymentIntentStatus,
};
use stripe_types::Expandable;

use crate::payment::{
    ATTEMPT_KEY, Checkout, CheckoutRequest, Method, ORGANIZATION_KEY, PaymentError, ProviderPayment,
    ProviderState,
};

/// The request for a page on which one amount is paid once.
pub(super) fn create(checkout: &CheckoutRequest) -> Result<CreateCheckoutSession, PaymentError> {
    let amount = stripe_amount(checkout.amount).map_err(|error| PaymentError::Amount(error.to_string()))?;
    let metadata = HashMap::from([
        (ATTEMPT_KEY.to_owned(), checkout.attempt_id.clone()),
        (ORGANIZATION_KEY.to_owned(), checkout.organization_id.clone()),
    ]);
    let price = CreateCheckoutSessionLineItemsPriceData {
        unit_amount: Some(amount),
        product_data: Some(ProductData::new(checkout.description.clone())),
        ..CreateCheckoutSessionLineItemsPriceData::new(stripe_currency(checkout.amount.currency()))
    };
    // One line with the sum: the invoice's lines and taxes are ours, and Stripe would round them its own way.
    let line =
        CreateCheckoutSessionLineItems { price_data: Some(price), quantity: Some(1), ..Default::default() };
    let payment = CreateCheckoutSessionPaymentIntentData {
        description: Some(checkout.description.clone()),
        // Repeated here because events of payments and charges carry this and not the session's.
        metadata: Some(metadata.clone()),
        ..Default::default()
    };
    let mut request = CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Payment)
        .line_items(vec![line])
        .client_reference_id(checkout.attempt_id.clone())
        .metadata(metadata)
        .payment_intent_data(payment)
        .success_url(checkout.return_url.clone())
        .cancel_url(checkout.cancel_url.clone())
        .expires_at(checkout.expires_at.timestamp())
        .locale(locale(&checkout.locale))
        // Otherwise Stripe may charge in the client's own currency, and the invoice would not be paid in its
        // own.
        .adaptive_pricing(CreateCheckoutSessionAdaptivePricing { enabled: Some(false) });
    if let Some(email) = &checkout.customer_email {
        request = request.customer_email(email.clone());
    }
    Ok(request)
}

/// The page a new session has.
pub(super) fn checkout(session: CheckoutSession) -> Result<Checkout, PaymentError> {
    Ok(Checkout {
        reference: session.id.to_string(),
        // Absent once the session is paid or expired: whoever starts it again should fetch it instead.
        url: session.url.ok_or_else(|| PaymentError::Refused {
            code: None,
            field: None,
            message: "this checkout is closed already".to_owned(),
        })?,
        expires_at: instant(session.expires_at)?,
    })
}

/// What a session says, its payment and the payment's latest charge expanded, and whether the charge was ever
/// disputed. Refunds and disputes are left to be asked for.
pub(super) fn payment(session: CheckoutSession) -> Result<(ProviderPayment, bool), PaymentError> {
    let attempt_id = session
        .client_reference_id
        .or_else(|| session.metadata.and_then(|mut metadata| metadata.remove(ATTEMPT_KEY)));
    let intent = session.payment_intent.as_ref();
    let payment_reference = intent.map(|intent| intent.id().to_string());
    let intent = intent.and_then(Expandable::as_object);
    let charge = intent.and_then(|intent| intent.latest_charge.as_ref()).and_then(Expandable::as_object);
    let state = state(session.status.as_ref(), &session.payment_status, intent)?;

    let currency = session.currency.ok_or_else(|| unreadable("a session without currency"))?;
    let currency = our_currency(&currency)?;
    let asked = session.amount_total.ok_or_else(|| unreadable("a session without amount"))?;
    // What arrived counts, not what was asked for: the caller compares them.
    let amount = match (&state, intent) {
        (ProviderState::Succeeded, Some(intent)) => {
            money(intent.amount_received, our_currency(&intent.currency)?)?
        }
        _ => money(asked, currency)?,
    };
    let disputed = charge.is_some_and(|charge| charge.disputed);
    let payment = ProviderPayment {
        reference: session.id.to_string(),
        attempt_id,
        payment_reference,
        state,
        amount,
        method: charge.and_then(method),
        decline: None,
        refunds: Vec::new(),
        disputes: Vec::new(),
    };
    Ok((payment, disputed))
}

/// How far a session has come. `status` tells whether the client is done, the payment whether the money is
/// there.
fn state(
    status: Option<&CheckoutSessionStatus>,
    paid: &CheckoutSessionPaymentStatus,
    intent: Option<&PaymentIntent>,
) -> Result<ProviderState, PaymentError> {
    match paid {
        CheckoutSessionPaymentStatus::Paid => return Ok(ProviderState::Succeeded),
        CheckoutSessionPaymentStatus::Unpaid => {}
        // Free sessions and statuses of the future: nothing we asked for, so a person has to look.
        other => return Err(unreadable(&format!("payment status `{other}`"))),
    }
    match status {
        Some(CheckoutSessionStatus::Open) => Ok(ProviderState::Open),
        Some(CheckoutSessionStatus::Expired) => Ok(ProviderState::Expired),
        Some(CheckoutSessionStatus::Complete) => after_completion(intent),
        Some(other) => Err(unreadable(&format!("session status `{other}`"))),
        None => Err(unreadable("a session without status")),
    }
}

/// How far a payment has come whose session is complete and not paid: methods that take days, vouchers,
/// transfers.
pub(super) fn after_completion(intent: Option<&PaymentIntent>) -> Result<ProviderState, PaymentError> {
    let intent = intent.ok_or_else(|| unreadable("a complete session without payment"))?;
    match &intent.status {
        PaymentIntentStatus::Processing
        | PaymentIntentStatus::RequiresAction
        | PaymentIntentStatus::RequiresCapture
        | PaymentIntentStatus::RequiresConfirmation => Ok(ProviderState::Processing),
        PaymentIntentStatus::Succeeded => Ok(ProviderState::Succeeded),
        PaymentIntentStatus::Canceled => Ok(ProviderState::Canceled),
        PaymentIntentStatus::RequiresPaymentMethod => {
            let error = intent.last_payment_error.as_ref();
            let reason = error.and_then(|error| error.message.clone());
            Ok(ProviderState::Failed { reason: reason.unwrap_or_else(|| "The payment failed.".to_owned()) })
        }
        other => Err(unreadable(&format!("payment status `{other}`"))),
    }
}

/// What a charge was paid with.
pub(super) fn method(charge: &Charge) -> Option<Method> {
    let details = charge.payment_method_details.as_ref()?;
    let card = details.card.as_ref();
    let last4 = card
        .and_then(|card| card.last4.clone())
        .or_else(|| details.sepa_debit.as_ref()?.last4.clone())
        .or_else(|| details.bacs_debit.as_ref()?.last4.clone())
        .or_else(|| details.us_bank_account.as_ref()?.last4.clone());
    Some(Method { kind: details.type_.clone(), brand: card.and_then(|card| card.brand.clone()), last4 })
}

/// A language Stripe has its page in, or the browser's.
pub(super) fn locale(tag: &str) -> CheckoutSessionLocale {
    let known = |tag: &str| match tag.parse() {
        Ok(CheckoutSessionLocale::Unknown(_)) => None,
        Ok(locale) => Some(locale),
    };
    let language = tag.split('-').next().unwrap_or(tag);
    known(tag).or_else(|| known(language)).unwrap_or(CheckoutSessionLocale::Auto)
}

/// The crate's list lacks currencies Stripe takes (KWD and its like), which pass as `Unknown`; what Stripe
/// does not take is refused before by `stripe_amount`, or by Stripe.
pub(super) fn stripe_currency(currency: Currency) -> stripe_types::Currency {
    let Ok(currency) = currency.code().to_ascii_lowercase().parse();
    currency
}

pub(super) fn our_currency(currency: &stripe_types::Currency) -> Result<Currency, PaymentError> {
    let code = currency.to_string().to_ascii_uppercase();
    code.parse().map_err(|_| unreadable(&format!("currency `{code}`")))
}

pub(super) fn money(amount: i64, currency: Currency) -> Result<Money, PaymentError> {
    from_stripe_amount(amount, currency).map_err(|error| unreadable(&error.to_string()))
}

pub(super) fn instant(seconds: i64) -> Result<DateTime<Utc>, PaymentError> {
    DateTime::from_timestamp(seconds, 0).ok_or_else(|| unreadable("a time out of range"))
}

pub(super) fn unreadable(what: &str) -> PaymentError {
    PaymentError::Unreadable(what.to_owned())
}
