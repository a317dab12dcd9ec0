//! Orders: what is asked of PayPal, and what its answers mean.

use chrono::{DateTime, Utc};
use domain::money::{Currency, Money};
use domain::provider_amount::{from_paypal_amount, paypal_amount};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::payment::{
    Checkout, CheckoutRequest, Method, PaymentError, ProviderPayment, ProviderRefund, ProviderRefundState,
    ProviderState,
};

/// The most characters of a description.
const DESCRIPTION: usize = 127;

/// See <https://developer.paypal.com/docs/api/orders/v2/#orders_get>.
#[derive(Deserialize)]
pub(super) struct Order {
    id: String,
    status: String,
    #[serde(default)]
    purchase_units: Vec<Unit>,
    payment_source: Option<Map<String, Value>>,
    #[serde(default)]
    links: Vec<Link>,
}

#[derive(Deserialize)]
struct Unit {
    custom_id: Option<String>,
    amount: Option<Amount>,
    #[serde(default)]
    payments: Payments,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Payments {
    captures: Vec<Capture>,
    refunds: Vec<Refund>,
}

#[derive(Deserialize)]
struct Capture {
    id: String,
    status: String,
    amount: Amount,
    status_details: Option<StatusDetails>,
}

#[derive(Deserialize)]
struct StatusDetails {
    reason: Option<String>,
}

/// Which order a capture belongs to: <https://developer.paypal.com/docs/api/payments/v2/#captures_get>.
#[derive(Deserialize)]
pub(super) struct CaptureOrder {
    supplementary_data: Option<SupplementaryData>,
}

#[derive(Deserialize)]
struct SupplementaryData {
    related_ids: Option<RelatedIds>,
}

#[derive(Deserialize)]
struct RelatedIds {
    order_id: Option<String>,
}

/// Money that goes back: <https://developer.paypal.com/docs/api/payments/v2/#captures_refund>.
#[derive(Deserialize)]
pub(super) struct Refund {
    id: String,
    status: String,
    amount: Amount,
    custom_id: Option<String>,
    create_time: Option<DateTime<Utc>>,
    status_details: Option<StatusDetails>,
}

/// An amount as PayPal writes it.
#[derive(Deserialize)]
pub(super) struct Amount {
    currency_code: String,
    value: String,
}

#[derive(Deserialize)]
struct Link {
    href: String,
    rel: String,
}

impl CaptureOrder {
    pub(super) fn order_id(&self) -> Option<&str> {
        self.supplementary_data.as_ref()?.related_ids.as_ref()?.order_id.as_deref()
    }
}

impl Refund {
    /// What a refund says.
    pub(super) fn said(self) -> Result<ProviderRefund, PaymentError> {
        let why = self.status_details.and_then(|details| details.reason);
        let state = match self.status.as_str() {
            "COMPLETED" => ProviderRefundState::Succeeded,
            "PENDING" => ProviderRefundState::Pending,
            "FAILED" | "CANCELLED" => ProviderRefundState::Failed {
                reason: why.map_or_else(
                    || "PayPal did not give the money back.".to_owned(),
                    |why| format!("PayPal says {why}."),
                ),
            },
            other => return Err(unreadable(&format!("refund status `{other}`"))),
        };
        Ok(ProviderRefund {
            reference: self.id,
            // One that was started at PayPal carries the payment's own, if any.
            refund_id: self.custom_id.filter(|id| id.starts_with("ref_")),
            amount: self.amount.money()?,
            state,
        })
    }
}

impl Amount {
    pub(super) fn money(&self) -> Result<Money, PaymentError> {
        let currency: Currency = self
            .currency_code
            .parse()
            .map_err(|_| unreadable(&format!("currency `{}`", self.currency_code)))?;
        from_paypal_amount(&self.value, currency).map_err(|error| unreadable(&error.to_string()))
    }
}

/// An amount as it is asked for.
pub(super) fn amount(money: Money) -> Result<Value, PaymentError> {
    let value = paypal_amount(money).map_err(|error| PaymentError::Amount(error.to_string()))?;
    Ok(json!({ "currency_code": money.currency().code(), "value": value }))
}

/// The order of a checkout.
pub(super) fn create(checkout: &CheckoutRequest) -> Result<Value, PaymentError> {
    let description: String = checkout.description.chars().take(DESCRIPTION).collect();
    let mut experience = json!({
        "return_url": checkout.return_url,
        "cancel_url": checkout.cancel_url,
        // "Pay now", not "Continue": what is paid does not change any more.
        "user_action": "PAY_NOW",
        "shipping_preference": "NO_SHIPPING",
    });
    if is_locale(&checkout.locale) {
        experience["locale"] = json!(checkout.locale);
    }
    let mut source = json!({ "experience_context": experience });
    if let Some(email) = &checkout.customer_email {
        source["email_address"] = json!(email);
    }
    Ok(json!({
        "intent": "CAPTURE",
        "purchase_units": [{
            // Twice: `custom_id` comes back in events; of an `invoice_id` PayPal takes one payment only.
            "custom_id": checkout.attempt_id,
            "invoice_id": checkout.attempt_id,
            "description": description,
            "amount": amount(checkout.amount)?,
        }],
        "payment_source": { "paypal": source },
    }))
}

/// `de`, `de-AT`: what PayPal takes of BCP 47 without a script.
fn is_locale(tag: &str) -> bool {
    let (language, region) = tag.split_once('-').unwrap_or((tag, ""));
    let is = |text: &str, upper: bool| {
        text.len() == 2
            && text.bytes().all(|b| if upper { b.is_ascii_uppercase() } else { b.is_ascii_lowercase() })
    };
    is(language, false) && (region.is_empty() || is(region, true))
}

/// The page of a new order.
pub(super) fn checkout(order: Order, request: &CheckoutRequest) -> Result<Checkout, PaymentError> {
    // Orders with a payment source call it `payer-action`, others `approve`.
    let link = order.links.into_iter().find(|link| matches!(link.rel.as_str(), "payer-action" | "approve"));
    let link = link.ok_or_else(|| PaymentError::Refused {
        code: None,
        field: None,
        message: "this checkout is closed already".to_owned(),
    })?;
    Ok(Checkout { reference: order.id, url: link.href, expires_at: request.expires_at })
}

/// What an order says.
pub(super) fn payment(order: Order) -> Result<ProviderPayment, PaymentError> {
    let method = method(order.payment_source.as_ref());
    let Order { id, status, purchase_units, .. } = order;
    let [unit] = <[Unit; 1]>::try_from(purchase_units)
        .map_err(|units| unreadable(&format!("an order of {} purchase units", units.len())))?;
    // A declined capture may be followed by one that came.
    let rank = |capture: &Capture| match capture.status.as_str() {
        "COMPLETED" | "PARTIALLY_REFUNDED" | "REFUNDED" => 2,
        "PENDING" => 1,
        _ => 0,
    };
    let Payments { captures, mut refunds } = unit.payments;
    let capture = captures.into_iter().max_by_key(rank);
    let state = match &capture {
        Some(capture) => captured(capture)?,
        None => match status.as_str() {
            "CREATED" | "SAVED" | "PAYER_ACTION_REQUIRED" => ProviderState::Open,
            "APPROVED" => ProviderState::Approved,
            "VOIDED" => ProviderState::Canceled,
            other => return Err(unreadable(&format!("order status `{other}` without a capture"))),
        },
    };
    let amount = match (&capture, &unit.amount) {
        (Some(capture), _) => capture.amount.money()?,
        (None, Some(amount)) => amount.money()?,
        (None, None) => return Err(unreadable("an order without amount")),
    };
    // Stable: those without a time stay where PayPal put them.
    refunds.sort_by_key(|refund| refund.create_time);
    Ok(ProviderPayment {
        reference: id,
        attempt_id: unit.custom_id,
        method: if capture.is_some() { method } else { None },
        payment_reference: capture.map(|capture| capture.id),
        state,
        amount,
        decline: None,
        refunds: refunds.into_iter().map(Refund::said).collect::<Result<_, _>>()?,
        // An order does not tell of them.
        disputes: Vec::new(),
    })
}

fn captured(capture: &Capture) -> Result<ProviderState, PaymentError> {
    let reason = || {
        let details = capture.status_details.as_ref();
        let reason = details.and_then(|details| details.reason.clone());
        reason
            .map_or_else(|| "The payment was declined.".to_owned(), |reason| format!("PayPal says {reason}."))
    };
    match capture.status.as_str() {
        "COMPLETED" | "PARTIALLY_REFUNDED" | "REFUNDED" => Ok(ProviderState::Succeeded),
        "PENDING" => Ok(ProviderState::Processing),
        "DECLINED" | "FAILED" => Ok(ProviderState::Failed { reason: reason() }),
        other => Err(unreadable(&format!("capture status `{other}`"))),
    }
}

/// What was paid with: `paypal`, or a card at PayPal's.
fn method(source: Option<&Map<String, Value>>) -> Option<Method> {
    let (kind, details) = source?.iter().next()?;
    let text = |name: &str| details[name].as_str();
    Some(Method {
        kind: kind.clone(),
        brand: text("brand").map(str::to_ascii_lowercase),
        last4: text("last_digits").map(ToOwned::to_owned),
    })
}

pub(super) fn unreadable(what: &str) -> PaymentError {
    PaymentError::Unreadable(what.to_owned())
}
