//! What went wrong, in the reader's language. Codes are matched one by one: a new one makes the compiler ask for its text.

use domain::problem::{Code, FieldError};

use crate::t::problems as texts;

/// What a problem means.
pub fn text(code: Code) -> &'static str {
    match code {
        Code::Unauthenticated => texts::unauthenticated(),
        Code::InvalidCredentials => texts::invalid_credentials(),
        Code::Forbidden => texts::forbidden(),
        Code::ReadOnlyView => texts::read_only_view(),
        Code::CrossOrigin => texts::cross_origin(),
        Code::NotFound => texts::not_found(),
        Code::LinkInvalid => texts::link_invalid(),
        Code::Conflict => texts::conflict(),
        Code::IdempotencyInFlight => texts::idempotency_in_flight(),
        Code::AlreadyExists => texts::already_exists(),
        Code::InvoiceNotDraft => texts::invoice_not_draft(),
        Code::InvoiceNotPayable => texts::invoice_not_payable(),
        Code::InvoiceHasPayments => texts::invoice_has_payments(),
        Code::MoreThanLeft => texts::more_than_left(),
        Code::QuoteState => texts::quote_state(),
        Code::QuoteDecided => texts::quote_decided(),
        Code::QuoteChanged => texts::quote_changed(),
        Code::QuoteExpired => texts::quote_expired(),
        Code::QuoteExceeded => texts::quote_exceeded(),
        Code::AttemptOpen => texts::attempt_open(),
        Code::ImportInUse => texts::import_in_use(),
        Code::VersionMismatch => texts::version_mismatch(),
        Code::PayloadTooLarge => texts::payload_too_large(),
        Code::Validation => texts::validation(),
        Code::AmountNotAllowed => texts::amount_not_allowed(),
        Code::RateLimited => texts::rate_limited(),
        Code::LockedOut => texts::locked_out(),
        Code::ProviderFailed => texts::provider_failed(),
        Code::Unavailable => texts::unavailable(),
        // These say that the application itself is wrong; a person can only try again.
        Code::MethodNotAllowed
        | Code::UnsupportedMediaType
        | Code::MalformedBody
        | Code::MalformedParameter
        | Code::BadSignature
        | Code::IdempotencyKeyReused
        | Code::PreconditionRequired
        | Code::Internal => texts::unreadable(),
    }
}

/// What is to be changed in a field. Rules without a text of their own keep the server's English.
pub fn field(error: &FieldError) -> String {
    match error.code.as_ref() {
        "required" => texts::field::required(),
        "too_long" => texts::field::too_long(),
        "control_characters" => texts::field::control_characters(),
        "invalid_email" => texts::field::invalid_email(),
        "invalid_slug" => texts::field::invalid_slug(),
        "invalid_time_zone" => texts::field::invalid_time_zone(),
        "invalid_color" => texts::field::invalid_color(),
        "invalid_iban" => texts::field::invalid_iban(),
        "password_too_short" => texts::field::password_too_short(),
        "invalid_currency" => texts::field::invalid_currency(),
        "already_exists" => texts::field::already_exists(),
        _ if error.message.is_empty() => texts::field::invalid(),
        _ => return error.message.clone(),
    }
    .to_owned()
}
