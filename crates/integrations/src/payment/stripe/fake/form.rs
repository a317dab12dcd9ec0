//! The checkout request as Stripe reads it: every field by name, every refusal in Stripe's words.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::answer::Refusal;

/// A form's fields, `line_items[0][quantity]` and the like, decoded.
pub type Form = BTreeMap<String, String>;

/// Fields a checkout of ours may have; Stripe refuses those it does not know.
const FIELDS: [&str; 18] = [
    "adaptive_pricing[enabled]",
    "cancel_url",
    "client_reference_id",
    "customer_email",
    "expires_at",
    "line_items[0][price_data][currency]",
    "line_items[0][price_data][product_data][name]",
    "line_items[0][price_data][unit_amount]",
    "line_items[0][quantity]",
    "locale",
    "metadata[attempt]",
    "metadata[organization]",
    "mode",
    "payment_intent_data[description]",
    "payment_intent_data[metadata][attempt]",
    "payment_intent_data[metadata][organization]",
    "success_url",
    "submit_type",
];

/// Languages of Stripe's page.
const LOCALES: &str = "auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt \
                       nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW";

/// A checkout request that Stripe would take.
pub struct CheckoutForm {
    pub amount: i64,
    pub currency: String,
    pub expires_at: i64,
}

/// Decodes a form body or a query.
pub fn decode(body: &[u8]) -> Form {
    url::form_urlencoded::parse(body).into_owned().collect()
}

/// Checks a checkout request as Stripe does.
pub fn check(form: &Form, now: DateTime<Utc>) -> Result<CheckoutForm, Refusal> {
    if let Some(unknown) = form.keys().find(|key| !FIELDS.contains(&key.as_str())) {
        let message = format!("Received unknown parameter: {unknown}");
        return Err(Refusal::invalid("parameter_unknown", unknown, &message));
    }
    let mode = required(form, "mode")?;
    if mode != "payment" {
        return Err(Refusal::invalid(
            "",
            "mode",
            "Invalid mode: must be one of payment, setup, or subscription",
        ));
    }
    check_common(form)?;
    if let Some(email) = form.get("customer_email")
        && !email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'))
    {
        return Err(Refusal::invalid(
            "email_invalid",
            "customer_email",
            &format!("Invalid email address: {email}"),
        ));
    }
    Ok(CheckoutForm {
        amount: amount(form)?,
        currency: required(form, "line_items[0][price_data][currency]")?.to_owned(),
        expires_at: expiry(form, now)?,
    })
}

/// Fields a page of ours has on which a method is saved.
const SETUP_FIELDS: [&str; 12] = [
    "cancel_url",
    "client_reference_id",
    "currency",
    "customer",
    "expires_at",
    "locale",
    "metadata[organization]",
    "metadata[saved_method]",
    "mode",
    "setup_intent_data[metadata][organization]",
    "setup_intent_data[metadata][saved_method]",
    "success_url",
];

/// Checks a request for a page in `setup` mode as Stripe does; the end of the session.
pub fn check_setup(form: &Form, now: DateTime<Utc>) -> Result<i64, Refusal> {
    if let Some(item) = form.keys().find(|key| key.starts_with("line_items")) {
        let message = "You can not pass `line_items` in `setup` mode.";
        return Err(Refusal::invalid("", item, message));
    }
    if let Some(unknown) = form.keys().find(|key| !SETUP_FIELDS.contains(&key.as_str())) {
        let message = format!("Received unknown parameter: {unknown}");
        return Err(Refusal::invalid("parameter_unknown", unknown, &message));
    }
    check_common(form)?;
    required(form, "customer")?;
    if form.get("currency").is_none_or(|currency| currency.len() != 3) {
        let message = "You must provide `currency` in `setup` mode when using dynamic payment methods.";
        return Err(Refusal::invalid("parameter_missing", "currency", message));
    }
    expiry(form, now)
}

/// The amount of a payment that is made at once.
pub fn charged(form: &Form) -> Result<i64, Refusal> {
    let currency = required(form, "currency")?;
    let amount = integer(form, "amount")?;
    check_amount(amount, currency, "amount")?;
    required(form, "payment_method")?;
    required(form, "customer")?;
    Ok(amount)
}

/// What all pages' requests have in common.
fn check_common(form: &Form) -> Result<(), Refusal> {
    address(required(form, "success_url")?, "success_url")?;
    address(required(form, "cancel_url")?, "cancel_url")?;
    if let Some(locale) = form.get("locale")
        && !LOCALES.split_whitespace().any(|known| known == locale)
    {
        return Err(Refusal::invalid("", "locale", &format!("Invalid locale: {locale}")));
    }
    for (key, value) in form {
        let limit = if key.contains("metadata") { 500 } else { 5_000 };
        if value.is_empty() || value.chars().count() > limit {
            let message = format!("Invalid string for {key}: must be 1 to {limit} characters");
            return Err(Refusal::invalid("parameter_invalid", key, &message));
        }
    }
    if form.get("client_reference_id").is_some_and(|id| id.chars().count() > 200) {
        let message = "Invalid string: must be at most 200 characters";
        return Err(Refusal::invalid("parameter_invalid", "client_reference_id", message));
    }
    Ok(())
}

/// The sum, checked against Stripe's limits.
fn amount(form: &Form) -> Result<i64, Refusal> {
    const AMOUNT: &str = "line_items[0][price_data][unit_amount]";
    const CURRENCY: &str = "line_items[0][price_data][currency]";
    required(form, "line_items[0][price_data][product_data][name]")?;
    if integer(form, "line_items[0][quantity]")? != 1 {
        return Err(Refusal::invalid("", "line_items[0][quantity]", "This fake sells one of a thing"));
    }
    let currency = required(form, CURRENCY)?;
    if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_lowercase()) {
        return Err(Refusal::invalid("", CURRENCY, &format!("Invalid currency: {currency}")));
    }
    let amount = integer(form, AMOUNT)?;
    check_amount(amount, currency, AMOUNT)?;
    Ok(amount)
}

/// Stripe's limits of an amount, in its own unit.
fn check_amount(amount: i64, currency: &str, field: &str) -> Result<(), Refusal> {
    let finer = match currency {
        "bhd" | "jod" | "kwd" | "omr" | "tnd" => 10,
        "isk" | "ugx" => 100,
        _ => 1,
    };
    if amount % finer != 0 {
        let message = format!("Invalid amount: {currency} amounts must be divisible by {finer}");
        return Err(Refusal::invalid("invalid_amount", field, &message));
    }
    if amount > 99_999_999 && currency != "idr" {
        let message = "Amount must be no more than 99999999";
        return Err(Refusal::invalid("amount_too_large", field, message));
    }
    // The account settles in euro, sterling and dollars; elsewhere Stripe would convert first.
    let minimum = match currency {
        "gbp" => 30,
        "eur" | "usd" => 50,
        _ => 1,
    };
    if amount < minimum {
        let message =
            format!("The Checkout Session's total amount due must add up to at least {minimum} {currency}");
        return Err(Refusal::invalid("amount_too_small", "", &message));
    }
    Ok(())
}

/// The end of the session: half an hour to a day from now.
fn expiry(form: &Form, now: DateTime<Utc>) -> Result<i64, Refusal> {
    let expires_at = integer(form, "expires_at")?;
    let limits = (now + TimeDelta::minutes(30)).timestamp()..=(now + TimeDelta::hours(24)).timestamp();
    if expires_at < *limits.start() {
        let message =
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.";
        return Err(Refusal::invalid("", "expires_at", message));
    }
    if expires_at > *limits.end() {
        let message = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.";
        return Err(Refusal::invalid("", "expires_at", message));
    }
    Ok(expires_at)
}

fn required<'a>(form: &'a Form, field: &str) -> Result<&'a str, Refusal> {
    form.get(field).map(String::as_str).ok_or_else(|| {
        Refusal::invalid("parameter_missing", field, &format!("Missing required param: {field}."))
    })
}

fn integer(form: &Form, field: &str) -> Result<i64, Refusal> {
    let text = required(form, field)?;
    text.parse().map_err(|_| {
        Refusal::invalid("parameter_invalid_integer", field, &format!("Invalid integer: {text}"))
    })
}

fn address(text: &str, field: &str) -> Result<(), Refusal> {
    // Stripe's placeholder has braces no address may have.
    let parsed = url::Url::parse(&text.replace("{CHECKOUT_SESSION_ID}", "cs"));
    if parsed.is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
        return Ok(());
    }
    let message = "Not a valid URL. URLs must begin with http or https.";
    Err(Refusal::invalid("url_invalid", field, message))
}
