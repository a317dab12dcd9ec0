//! Bodies of requests.

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

use super::{Costs, Counting, QuoteContent, QuoteId, Selection};
use crate::clients::{ClientId, ContactId};
use crate::money::{Currency, Money, Rate};
use crate::text::{Line, Name, Note, PartKey};
use crate::totals::PriceMode;

/// A quote as it is written. `POST /quotes`, and whole again by `PUT /quotes/{id}` with `If-Match`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DraftQuote {
    /// Whom it is for. Fixed once a version was sent.
    pub client_id: ClientId,
    /// The organization's currency if absent. Fixed once a version was sent.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// Whether the unit prices include tax; the organization's habit if absent.
    #[serde(default)]
    pub price_mode: Option<PriceMode>,
    /// For staff only; never shown to the client.
    #[serde(default)]
    pub internal_note: Note,
    /// The accepted quote that this one changes: a change order. Fixed from the beginning.
    #[serde(default)]
    pub changes_quote_id: Option<QuoteId>,
    /// What it says.
    pub content: QuoteContent,
    /// What we pay for one of a line, by the line's key; for staff only.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, String>))]
    pub costs: Costs,
}

/// Asks what a quote would come to. `POST /quotes/preview`; editor and portal compute the same by themselves.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PreviewQuote {
    /// How it counts.
    pub counting: Counting,
    /// What it says.
    pub content: QuoteContent,
    /// The choice; as offered if absent.
    #[serde(default)]
    pub selection: Selection,
}

/// Asks what the present version comes to with a choice. `POST /portal/quotes/{id}/preview`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct PreviewSelection {
    /// The choice; as offered if absent.
    pub selection: Selection,
}

/// Sends what is being written. `POST /quotes/{id}/send` with `If-Match`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct SendQuote {
    /// To these contacts of the client instead of the usual ones.
    pub contact_ids: Option<Vec<ContactId>>,
    /// Words in the mail.
    pub message: Note,
}

/// Gives a quote back to whoever wrote it. `POST /quotes/{id}/return`.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReturnQuote {
    /// What is to be done.
    pub note: Name,
}

/// Takes a quote back. `POST /quotes/{id}/withdraw`.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WithdrawQuote {
    /// Why; the client sees it.
    pub reason: Name,
}

/// Sets or lifts the code that guest links of a quote ask for. `PUT /quotes/{id}/access-code`.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetAccessCode {
    /// The code, 6 to 40 characters, told to the client by another way; `null` lifts it.
    #[validate(custom(function = access_code))]
    pub code: Option<Line>,
}

fn access_code(code: &Line) -> Result<(), ValidationError> {
    if (6..=40).contains(&code.as_str().chars().count()) {
        return Ok(());
    }
    Err(ValidationError::new("out_of_range").with_message("must be 6 to 40 characters long".into()))
}

/// Exchanges a guest link and its access code for a link that opens the quote. `POST /auth/guest/unlock`.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UnlockGuest {
    /// The link's token.
    pub token: String,
    /// The code.
    pub code: String,
}

/// Accepts the version that was shown. `POST /portal/quotes/{id}/accept`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AcceptQuote {
    /// The version that was shown: `no` of the document.
    pub no: i32,
    /// Its `hash`.
    pub hash: String,
    /// The choice.
    #[serde(default)]
    pub selection: Selection,
    /// The total that was shown for this choice.
    pub total: Money,
    /// Full name of whoever accepts.
    pub name: Name,
    /// The sentence they agreed to, as it was shown.
    pub consent: Name,
    /// Their signature; the typed name alone if absent.
    #[serde(default)]
    #[validate(custom(function = drawn))]
    pub signature: Option<Signature>,
}

/// A drawn signature: strokes of points on an area of 1000 by 300, each `[x, y]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// At most 100 strokes with 4000 points in all.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Vec<Vec<u16>>>))]
    pub strokes: Vec<Vec<(u16, u16)>>,
}

fn drawn(signature: &Signature) -> Result<(), ValidationError> {
    let points = signature.strokes.iter().map(Vec::len).sum::<usize>();
    let inside = |&(x, y): &(u16, u16)| x <= 1000 && y <= 300;
    if signature.strokes.len() <= 100
        && (2..=4000).contains(&points)
        && signature.strokes.iter().flatten().all(inside)
    {
        return Ok(());
    }
    let message = "must be 1 to 100 strokes with 2 to 4000 points in all, within 1000 by 300";
    Err(ValidationError::new("out_of_range").with_message(message.into()))
}

/// Declines the version that was shown. `POST /portal/quotes/{id}/decline`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeclineQuote {
    /// The version that was shown.
    pub no: i32,
    /// Full name of whoever declines; the contact's if absent.
    #[serde(default)]
    pub name: Option<Name>,
    /// Why; may be empty.
    #[serde(default)]
    pub reason: Note,
}

/// Asks for changes of the version that was shown. `POST /portal/quotes/{id}/request-changes`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RequestChanges {
    /// The version that was shown.
    pub no: i32,
    /// Full name of whoever asks; the contact's if absent.
    #[serde(default)]
    pub name: Option<Name>,
    /// What is to be otherwise.
    #[validate(custom(function = some_words))]
    pub words: Note,
}

fn some_words(words: &Note) -> Result<(), ValidationError> {
    if words.as_str().is_empty() {
        return Err(ValidationError::new("required").with_message("must not be empty".into()));
    }
    Ok(())
}

/// Asks about a quote. `POST /portal/quotes/{id}/questions`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// The line it is about, by key; the whole if absent.
    #[serde(default)]
    pub line: Option<PartKey>,
    /// The question.
    #[validate(custom(function = some_words))]
    pub question: Note,
    /// Name of whoever asks; the contact's if absent.
    #[serde(default)]
    pub name: Option<Name>,
}

/// Answers a question. `POST /questions/{id}/answer`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The answer.
    #[validate(custom(function = some_words))]
    pub answer: Note,
}

/// Drafts an invoice of an accepted quote. `POST /quotes/{id}/invoices`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct BillQuote {
    /// So many percent of what was accepted; if absent, the last invoice: all that is left, line by line.
    pub percent: Option<Rate>,
    /// Says that billing more than was accepted is meant.
    pub exceed: bool,
}

/// How the organization quotes. `GET /quote-settings`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuoteSettings {
    /// Prefix of quote numbers.
    pub prefix: Line,
    /// Days that a quote is valid unless it says otherwise.
    pub valid_days: u16,
    /// Days before its last day on which the client is reminded; 0: never.
    pub remind_days: u16,
    /// Totals above this, in minor units of any currency, need somebody with `quotes.approve`; never if absent.
    pub approval_above_minor: Option<i64>,
    /// Terms that a new quote begins with.
    pub terms: Note,
    /// Version for `If-Match`.
    pub version: i64,
}

/// How the organization shall quote. `PUT /quote-settings` with `If-Match`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuoteSettingsInput {
    /// Prefix of quote numbers, at most 20 characters.
    #[validate(custom(function = short))]
    pub prefix: Line,
    /// Days that a quote is valid unless it says otherwise.
    #[validate(range(min = 1, max = 365))]
    pub valid_days: u16,
    /// Days before its last day on which the client is reminded; 0: never.
    #[validate(range(max = 60))]
    pub remind_days: u16,
    /// Totals above this need somebody with `quotes.approve`; never if absent.
    #[serde(default)]
    #[validate(range(min = 0))]
    pub approval_above_minor: Option<i64>,
    /// Terms that a new quote begins with.
    #[serde(default)]
    pub terms: Note,
}

fn short(prefix: &Line) -> Result<(), ValidationError> {
    if prefix.as_str().chars().count() <= 20 {
        return Ok(());
    }
    Err(ValidationError::new("too_long").with_message("must be at most 20 characters long".into()))
}
