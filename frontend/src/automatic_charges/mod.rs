//! Automatic charges, for staff: whether a recurring invoice is charged, and what to do when that fails.

pub mod console;
pub mod ladder;

use domain::automatic_charges::{
    AutomaticCharge, ChargeFilter, ChargeSettings, ChargeSettingsInput, ChargeView, RecurringCharge,
    RecurringChargeInput,
};
use domain::page::Page;
use domain::recurring::RecurringInvoiceId;

use crate::api::{self, Answer};
use crate::t::automatic_charges as texts;
use crate::time;

async fn find(id: RecurringInvoiceId) -> Answer<RecurringCharge> {
    api::get(&format!("/recurring-invoices/{id}/automatic-charge")).await
}

async fn set(id: RecurringInvoiceId, body: &RecurringChargeInput, version: i64) -> Answer<RecurringCharge> {
    api::put(&format!("/recurring-invoices/{id}/automatic-charge"), body, Some(version)).await
}

async fn settings() -> Answer<ChargeSettings> {
    api::get("/charge-settings").await
}

async fn change_settings(body: &ChargeSettingsInput, version: i64) -> Answer<ChargeSettings> {
    api::put("/charge-settings", body, Some(version)).await
}

/// Charges whose last try failed, while there is something to pay.
pub async fn in_trouble(limit: u16) -> Answer<Page<AutomaticCharge>> {
    let filter = ChargeFilter { view: ChargeView::Trouble, limit: Some(limit), ..ChargeFilter::default() };
    api::get_with("/automatic-charges", &filter).await
}

/// Why a charge failed, and when it is tried again.
pub fn why(charge: &AutomaticCharge) -> String {
    let reason = charge.failure.as_deref().unwrap_or_default();
    match charge.next_at {
        Some(at) => texts::next(reason, &time::day_short(Some(at.date_naive()))),
        None => texts::given_up(reason),
    }
}
