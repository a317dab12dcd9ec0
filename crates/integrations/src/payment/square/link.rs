//! Payment links, their orders and payments: what is asked of Square, and what its answers mean.

use domain::money::{Currency, Money};
use domain::provider_amount::square_amount;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::payment::{Checkout, CheckoutRequest, Method, PaymentError, ProviderPayment, ProviderState};

/// Between a link's id and its order's in a checkout's reference: no id has one.
const BETWEEN: char = '.';

/// See <https://developer.squareup.com/reference/square/checkout-api/create-payment-link>.
#[derive(Deserialize)]
pub(super) struct LinkAnswer {
    payment_link: PaymentLink,
}

#[derive(Deserialize)]
struct PaymentLink {
    id: String,
    order_id: String,
    url: Option<String>,
    long_url: Option<String>,
}

/// See <https://developer.squareup.com/reference/square/orders-api/retrieve-order>.
#[derive(Deserialize)]
pub(super) struct OrderAnswer {
    order: Order,
}

#[derive(Deserialize)]
struct Order {
    reference_id: Option<String>,
    state: String,
    total_money: Option<Amount>,
    #[serde(default)]
    tenders: Vec<Tender>,
}

#[derive(Deserialize)]
struct Tender {
    id: String,
    payment_id: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Amount {
    amount: i64,
    currency: String,
}

/// See <https://developer.squareup.com/reference/square/payments-api/get-payment>.
#[derive(Deserialize)]
pub(super) struct PaymentAnswer {
    pub payment: Payment,
}

#[derive(Deserialize)]
pub(super) struct Payment {
    pub id: String,
    status: String,
    amount_money: Amount,
    #[serde(default)]
    pub refund_ids: Vec<String>,
    source_type: Option<String>,
    card_details: Option<CardDetails>,
}

#[derive(Deserialize)]
struct CardDetails {
    card: Option<Card>,
    #[serde(default)]
    errors: Vec<CardError>,
}

#[derive(Deserialize)]
struct Card {
    card_brand: Option<String>,
    last_4: Option<String>,
}

#[derive(Deserialize)]
struct CardError {
    detail: Option<String>,
}

impl OrderAnswer {
    /// The ids of its payments, the latest last.
    pub(super) fn payments(&self) -> Vec<String> {
        let id = |tender: &Tender| tender.payment_id.clone().unwrap_or_else(|| tender.id.clone());
        self.order.tenders.iter().map(id).filter(|id| safe(id).is_ok()).collect()
    }
}

impl Amount {
    pub(super) fn money(&self) -> Result<Money, PaymentError> {
        let currency: Currency =
            self.currency.parse().map_err(|_| unreadable(&format!("currency `{}`", self.currency)))?;
        Ok(Money::new(self.amount, currency))
    }
}

/// An amount as it is asked for.
pub(super) fn amount(money: Money) -> Result<Value, PaymentError> {
    let amount = square_amount(money).map_err(|error| PaymentError::Amount(error.to_string()))?;
    Ok(json!({ "amount": amount, "currency": money.currency().code() }))
}

/// The least Square charges: 1.00 of each of its currencies, and ¥100.
/// <https://developer.squareup.com/docs/build-basics/common-data-types/working-with-monetary-amounts>
pub(super) fn minimum(currency: Currency) -> Option<Money> {
    let minor = match currency.code() {
        "USD" | "CAD" | "AUD" | "GBP" | "EUR" | "JPY" => 100,
        _ => return None,
    };
    Some(Money::new(minor, currency))
}

/// A reference that is safe in a path. Ours come from Square by way of the database, but also from webhooks.
pub(super) fn safe(reference: &str) -> Result<&str, PaymentError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    if !reference.is_empty() && reference.bytes().all(plain) {
        Ok(reference)
    } else {
        Err(PaymentError::NotFound)
    }
}

/// The ids of a checkout's link and order.
pub(super) fn parts(reference: &str) -> Result<(&str, &str), PaymentError> {
    let (link, order) = reference.split_once(BETWEEN).ok_or(PaymentError::NotFound)?;
    Ok((safe(link)?, safe(order)?))
}

/// The link of a checkout, with its order of one line: the invoice's lines and taxes are ours.
pub(super) fn create(checkout: &CheckoutRequest, location_id: &str) -> Result<Value, PaymentError> {
    let mut body = json!({
        "idempotency_key": checkout.attempt_id,
        "order": {
            "location_id": location_id,
            "reference_id": checkout.attempt_id,
            "line_items": [{
                "name": checkout.description,
                "quantity": "1",
                "base_price_money": amount(checkout.amount)?,
            }],
        },
        "checkout_options": { "redirect_url": checkout.return_url, "allow_tipping": false },
        "payment_note": checkout.attempt_id,
    });
    if let Some(email) = &checkout.customer_email {
        body["pre_populated_data"] = json!({ "buyer_email": email });
    }
    Ok(body)
}

pub(super) fn checkout(answer: LinkAnswer, request: &CheckoutRequest) -> Result<Checkout, PaymentError> {
    let PaymentLink { id, order_id, url, long_url } = answer.payment_link;
    Ok(Checkout {
        reference: format!("{id}{BETWEEN}{order_id}"),
        url: url.or(long_url).ok_or_else(|| unreadable("a link without address"))?,
        expires_at: request.expires_at,
    })
}

/// What an order and its payments say; what went back and what is contested have to be asked for.
pub(super) fn payment(
    reference: &str,
    answer: OrderAnswer,
    payments: &[Payment],
) -> Result<ProviderPayment, PaymentError> {
    let order = answer.order;
    // A payment that failed may be followed by one that came.
    let rank = |payment: &&Payment| match payment.status.as_str() {
        "COMPLETED" => 2,
        "PENDING" | "APPROVED" => 1,
        _ => 0,
    };
    let payment = payments.iter().max_by_key(rank);
    let state = match (payment.map(|payment| payment.status.as_str()), order.state.as_str()) {
        (Some("COMPLETED"), _) => ProviderState::Succeeded,
        (Some("PENDING" | "APPROVED"), _) => ProviderState::Processing,
        (_, "CANCELED") => ProviderState::Canceled,
        // After a card that failed another can be tried.
        (Some("FAILED" | "CANCELED") | None, "DRAFT" | "OPEN") => ProviderState::Open,
        (Some("FAILED" | "CANCELED"), _) => ProviderState::Failed { reason: reason(payment) },
        (payment, order) => {
            return Err(unreadable(&format!("payment status `{payment:?}` of order state `{order}`")));
        }
    };
    let took = |payment: &&Payment| matches!(payment.status.as_str(), "COMPLETED" | "PENDING" | "APPROVED");
    let payment = payment.filter(took);
    let amount = match (payment, &order.total_money) {
        (Some(payment), _) => payment.amount_money.money()?,
        (None, Some(total)) => total.money()?,
        (None, None) => return Err(unreadable("an order without amount")),
    };
    Ok(ProviderPayment {
        reference: reference.to_owned(),
        attempt_id: order.reference_id,
        payment_reference: payment.map(|payment| payment.id.clone()),
        state,
        amount,
        method: payment.and_then(method),
        decline: None,
        refunds: Vec::new(),
        disputes: Vec::new(),
    })
}

fn reason(payment: Option<&Payment>) -> String {
    let errors = payment.and_then(|payment| payment.card_details.as_ref()).map(|details| &details.errors);
    let detail = errors.and_then(|errors| errors.first()).and_then(|error| error.detail.clone());
    detail.unwrap_or_else(|| "The payment failed.".to_owned())
}

fn method(payment: &Payment) -> Option<Method> {
    let kind = payment.source_type.as_ref()?.to_ascii_lowercase();
    let card = payment.card_details.as_ref().and_then(|details| details.card.as_ref());
    let brand = card.and_then(|card| card.card_brand.as_deref()).map(|brand| match brand {
        "AMERICAN_EXPRESS" => "amex".to_owned(),
        "DISCOVER_DINERS" => "diners".to_owned(),
        other => other.to_ascii_lowercase(),
    });
    Some(Method { kind, brand, last4: card.and_then(|card| card.last_4.clone()) })
}

pub(super) fn unreadable(what: &str) -> PaymentError {
    PaymentError::Unreadable(what.to_owned())
}
