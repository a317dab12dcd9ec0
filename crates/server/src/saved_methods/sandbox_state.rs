//! Between the sandbox's methods and the table that keeps them.

use domain::saved_methods::SavedMethodId;
use integrations::payment::PaymentError;
use integrations::payment::sandbox::{MethodProgress, SandboxMethod, SavedCard, TestCard};
use store::payments::sandbox::Method;

use super::begin::return_url;
use crate::App;

/// A method as the sandbox knows it.
pub fn method(app: &App, kept: Method) -> Result<SandboxMethod, PaymentError> {
    let unknown = || PaymentError::State(format!("{} stands at an unknown step", kept.id));
    let card = || {
        let (number, expires) = kept.card.as_ref().ok_or_else(unknown)?;
        Ok(SavedCard { card: TestCard::of(number).ok_or_else(unknown)?, expires: *expires })
    };
    let progress = match kept.step.as_str() {
        "open" => MethodProgress::Open,
        "second_step" => MethodProgress::SecondStep(card()?),
        "saved" => MethodProgress::Saved(card()?),
        "expired" => MethodProgress::Expired,
        "detached" => MethodProgress::Detached(card()?),
        _ => return Err(unknown()),
    };
    Ok(SandboxMethod {
        method_id: kept.id.to_string(),
        return_url: return_url(app, &kept.slug, kept.id),
        expires_at: kept.ends_at,
        progress,
        failure: kept.declined,
        version: kept.version,
    })
}

/// What changes of a method, as the table has it; the rest is `kept`.
pub fn row(kept: Method, method: &SandboxMethod) -> Method {
    let (step, card) = match method.progress {
        MethodProgress::Open => ("open", None),
        MethodProgress::SecondStep(card) => ("second_step", Some(card)),
        MethodProgress::Saved(card) => ("saved", Some(card)),
        MethodProgress::Expired => ("expired", None),
        MethodProgress::Detached(card) => ("detached", Some(card)),
    };
    Method {
        step: step.to_owned(),
        card: card.map(|card| (card.card.number.to_owned(), card.expires)),
        declined: method.failure.clone(),
        version: method.version,
        ..kept
    }
}

/// The saved method of an id as providers carry it.
pub fn id(text: &str) -> Result<SavedMethodId, PaymentError> {
    text.parse().map_err(|_| PaymentError::NotFound)
}
