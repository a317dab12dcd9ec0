//! Errors as they travel: RFC 9457 problem details with a stable code.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use validator::{ValidationErrors, ValidationErrorsKind};

/// Declares [`Code`] with its status and title, so that nothing can be left out.
macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $status:literal, $title:literal;)*) => {
        /// Every problem this API answers with. The applications translate the code; the title is English.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum Code {
            $($(#[$doc])* $variant,)*
        }

        impl Code {
            /// All codes, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code as it stands in `code` and at the end of `type`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The HTTP status it is answered with.
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// What it means in general.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

codes! {
    /// No valid session, token or link came with the request.
    Unauthenticated = "unauthenticated", 401, "Sign in first";
    /// E-mail, password or code don't match.
    InvalidCredentials = "invalid_credentials", 401, "E-mail, password or code is wrong";
    /// Signed in, but the role or the contact lacks the permission.
    Forbidden = "forbidden", 403, "Your role does not allow this";
    /// A member looks at the portal as a contact and may change nothing.
    ReadOnlyView = "read_only_view", 403, "You are viewing as a contact and cannot change anything";
    /// The request came from another site.
    CrossOrigin = "cross_origin", 403, "The request came from another origin";
    /// It does not exist, or isn't the caller's to see.
    NotFound = "not_found", 404, "There is nothing here";
    /// The link was used, has expired or never existed.
    LinkInvalid = "link_invalid", 404, "This link no longer works";
    /// The path exists, the method doesn't.
    MethodNotAllowed = "method_not_allowed", 405, "This method is not allowed here";
    /// The state has changed or forbids it.
    Conflict = "conflict", 409, "The present state does not allow this";
    /// Another request with the same idempotency key is being worked on.
    IdempotencyInFlight = "idempotency_in_flight", 409, "The same request is still being worked on";
    /// Something with this name, number or address exists.
    AlreadyExists = "already_exists", 409, "This exists already";
    /// Only drafts can be changed or sent.
    InvoiceNotDraft = "invoice_not_draft", 409, "The invoice is no longer a draft";
    /// Drafts, void and paid invoices can't be paid.
    InvoiceNotPayable = "invoice_not_payable", 409, "The invoice cannot be paid";
    /// Money has been received for it.
    InvoiceHasPayments = "invoice_has_payments", 409, "The invoice has payments";
    /// Less is left of it: others were faster, or it was given back before.
    MoreThanLeft = "more_than_left", 409, "Less is left than that";
    /// Another state than the operation needs.
    QuoteState = "quote_state", 409, "The quote is in another state";
    /// Somebody has decided already; `current` says who, what and when.
    QuoteDecided = "quote_decided", 409, "This quote has been decided already";
    /// What was shown is not what there is now; `current` says what there is.
    QuoteChanged = "quote_changed", 409, "The quote has changed since it was shown";
    /// Its last day has passed.
    QuoteExpired = "quote_expired", 409, "The quote is no longer valid";
    /// More would be billed than was accepted.
    QuoteExceeded = "quote_exceeded", 409, "This bills more than was accepted";
    /// A payment of these invoices is under way.
    AttemptOpen = "attempt_open", 409, "A payment of this is already under way";
    /// What was imported has since been used.
    ImportInUse = "import_in_use", 409, "What was imported has been used since";
    /// The editor's version is not the present one.
    VersionMismatch = "version_mismatch", 412, "It was changed meanwhile";
    /// The body is larger than allowed.
    PayloadTooLarge = "payload_too_large", 413, "The request is too large";
    /// Not `application/json`.
    UnsupportedMediaType = "unsupported_media_type", 415, "Send application/json";
    /// Not JSON, or not the shape described.
    MalformedBody = "malformed_body", 400, "The body could not be read";
    /// A query parameter or path segment of the wrong form.
    MalformedParameter = "malformed_parameter", 400, "A parameter could not be read";
    /// A webhook without a good signature.
    BadSignature = "bad_signature", 400, "The signature is missing, wrong or too old";
    /// Fields that need mending; see `errors`.
    Validation = "validation", 422, "Some fields need your attention";
    /// The amount can't be paid this way.
    AmountNotAllowed = "amount_not_allowed", 422, "This amount is not possible";
    /// The key was used with another body.
    IdempotencyKeyReused = "idempotency_key_reused", 422, "This idempotency key was used for another request";
    /// PATCH needs to say which version it changes.
    PreconditionRequired = "precondition_required", 428, "Send If-Match with the version you edited";
    /// Too many requests; see `Retry-After`.
    RateLimited = "rate_limited", 429, "Too many requests";
    /// Too many failed sign-ins.
    LockedOut = "locked_out", 429, "Too many failed attempts";
    /// A fault of ours, with the request's id in the log.
    Internal = "internal", 500, "Something went wrong on our side";
    /// The payment provider did not answer or refused.
    ProviderFailed = "provider_failed", 502, "The payment provider did not accept the request";
    /// Overloaded or starting; try again.
    Unavailable = "unavailable", 503, "Temporarily unavailable";
}

/// One field to mend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// JSON pointer (RFC 6901) into the request's body, or the parameter's name.
    #[cfg_attr(feature = "openapi", schema(example = "/lines/0/quantity"))]
    pub pointer: String,
    /// Stable code of the rule.
    #[cfg_attr(feature = "openapi", schema(example = "too_long"))]
    pub code: Cow<'static, str>,
    /// What to change, in English.
    #[cfg_attr(feature = "openapi", schema(example = "must be at most 200 characters long"))]
    pub message: String,
}

/// A refusal (RFC 9457), sent as `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[error("{title}{}", detail.as_deref().map(|d| format!(": {d}")).unwrap_or_default())]
pub struct Problem {
    /// `/problems/` and the code.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schema(example = "/problems/validation"))]
    pub kind: String,
    /// What the code means in general.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: Code,
    /// What is wrong this time and how to mend it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Fields to mend, where there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// What is there now, where it helps: the conflicting fields after a 412, the open attempt after a 409.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub current: Option<serde_json::Value>,
}

impl Problem {
    /// A problem of this code, with nothing more to say.
    pub fn new(code: Code) -> Self {
        Self {
            kind: format!("/problems/{}", code.as_str()),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            detail: None,
            errors: Vec::new(),
            current: None,
        }
    }

    /// Says what is wrong this time.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds a field to mend.
    #[must_use]
    pub fn field(
        mut self,
        pointer: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        self.errors.push(FieldError { pointer: pointer.into(), code: code.into(), message: message.into() });
        self
    }

    /// Adds what is there now.
    #[must_use]
    pub fn current(mut self, current: serde_json::Value) -> Self {
        self.current = Some(current);
        self
    }

    /// A validation problem with one field.
    pub fn invalid(
        pointer: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        Self::new(Code::Validation).field(pointer, code, message)
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl From<&ValidationErrors> for Problem {
    fn from(errors: &ValidationErrors) -> Self {
        let mut problem = Self::new(Code::Validation);
        collect("", errors, &mut problem.errors);
        problem.errors.sort_by(|a, b| a.pointer.cmp(&b.pointer));
        problem
    }
}

fn collect(path: &str, errors: &ValidationErrors, into: &mut Vec<FieldError>) {
    for (name, kind) in errors.errors() {
        // A rule about the whole body has no field of its own.
        let pointer = if name == "__all__" { path.to_owned() } else { format!("{path}/{name}") };
        match kind {
            ValidationErrorsKind::Field(rules) => into.extend(rules.iter().map(|rule| FieldError {
                pointer: pointer.clone(),
                code: rule.code.clone(),
                message: rule.message.as_ref().map_or_else(|| describe(rule), ToString::to_string),
            })),
            ValidationErrorsKind::Struct(inner) => collect(&pointer, inner, into),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    collect(&format!("{pointer}/{index}"), inner, into);
                }
            }
        }
    }
}

/// Says `length` and `range` in words; rules of our own bring a message.
fn describe(rule: &validator::ValidationError) -> String {
    let bound = |name: &str| rule.params.get(name).map(ToString::to_string);
    match (bound("min"), bound("max")) {
        (Some(min), Some(max)) => format!("must be between {min} and {max}"),
        (Some(min), None) => format!("must be at least {min}"),
        (None, Some(max)) => format!("must be at most {max}"),
        (None, None) => "is not valid".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_serialized_as_written() {
        let mut seen = std::collections::HashSet::new();
        for code in Code::ALL {
            assert!(seen.insert(code.as_str()));
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert!((400..600).contains(&code.status()));
        }
    }

    #[test]
    fn a_problem_is_compact() {
        insta::assert_json_snapshot!(Problem::invalid("/email", "invalid_email", "must be an e-mail address"), @r#"
        {
          "type": "/problems/validation",
          "title": "Some fields need your attention",
          "status": 422,
          "code": "validation",
          "errors": [
            {
              "pointer": "/email",
              "code": "invalid_email",
              "message": "must be an e-mail address"
            }
          ]
        }
        "#);
    }
}
