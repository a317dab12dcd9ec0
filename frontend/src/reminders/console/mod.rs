//! Reminders and late fees at the console: how they are set up, and those of a client and of an invoice.

mod client;
mod fees;
mod invoice;
mod ladder;

use leptos::prelude::*;

use crate::settings::console::Settings;
use crate::t::reminders as texts;

pub use client::RemindersOfClient;
pub use invoice::RemindersOfInvoice;

/// `/console/settings/reminders`
#[component]
pub fn ReminderSettingsPage() -> impl IntoView {
    view! {
        <Settings title=texts::title()>
            <div class="narrow stack">
                <ladder::Ladder/>
                <fees::Fees/>
            </div>
        </Settings>
    }
}
