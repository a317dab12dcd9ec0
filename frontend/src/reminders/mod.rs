//! Reminders of open invoices, and fees for late ones: their calls, and how steps are said.

pub mod console;

use domain::clients::ClientId;
use domain::invoices::InvoiceId;
use domain::late_fees::{LateFee, LateFeeRules};
use domain::reminders::{
    ClientReminders, InvoiceReminders, InvoiceRemindersInput, ReminderRules, ReminderTone,
};

use crate::api::{self, Answer};
use crate::t::reminders as texts;

async fn rules() -> Answer<ReminderRules> {
    api::get("/reminder-rules").await
}

async fn set_rules(body: &ReminderRules) -> Answer<ReminderRules> {
    api::put("/reminder-rules", body, None).await
}

async fn of_client(id: ClientId) -> Answer<ClientReminders> {
    api::get(&format!("/clients/{id}/reminders")).await
}

async fn set_of_client(id: ClientId, body: &ClientReminders) -> Answer<ClientReminders> {
    api::put(&format!("/clients/{id}/reminders"), body, None).await
}

async fn of_invoice(id: InvoiceId) -> Answer<InvoiceReminders> {
    api::get(&format!("/invoices/{id}/reminders")).await
}

async fn set_of_invoice(id: InvoiceId, body: &InvoiceRemindersInput) -> Answer<InvoiceReminders> {
    api::put(&format!("/invoices/{id}/reminders"), body, None).await
}

async fn fee_rules() -> Answer<LateFeeRules> {
    api::get("/late-fee-rules").await
}

async fn set_fee_rules(body: &LateFeeRules) -> Answer<LateFeeRules> {
    api::put("/late-fee-rules", body, None).await
}

async fn fees_of(id: InvoiceId) -> Answer<Vec<LateFee>> {
    api::get(&format!("/invoices/{id}/late-fees")).await
}

/// How a step speaks.
fn tone(tone: ReminderTone) -> &'static str {
    match tone {
        ReminderTone::Upcoming => texts::tone::upcoming(),
        ReminderTone::Friendly => texts::tone::friendly(),
        ReminderTone::Firm => texts::tone::firm(),
        ReminderTone::Final => texts::tone::last(),
    }
}

/// When a step is reached: "3 days before it is due".
fn step(days: i16) -> String {
    let count = i64::from(days).abs();
    match days {
        0 => texts::step_on().to_owned(),
        ..0 => texts::step_before(count),
        1.. => texts::step_after(count),
    }
}
