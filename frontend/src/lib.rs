//! The two applications in the browser: the portal for clients, the console for staff. See `README.md` beside this crate for how
//! to add a page.
//!
//! A feature is a folder of its name with `portal.rs` and `console.rs` (its route components) and `mod.rs` (what both share, and
//! its calls of the API). [`portal`] and [`console`] list the routes; each binary links only what its routes reach. Nothing here
//! may write a `style` attribute, keep a credential, or format money and dates but through `ui::format`.

// Components take their properties by value: that is the framework's calling convention.
#![allow(clippy::needless_pass_by_value)]

mod activity;
mod address;
pub mod api;
mod automatic_charges;
mod bank;
mod browser;
mod clients;
mod conflict;
pub mod console;
mod credits;
mod delivery;
pub mod form;
mod home;
mod i18n;
mod identity;
mod imports;
mod invoices;
#[cfg(debug_assertions)]
mod kit;
mod later;
mod listing;
mod money;
pub mod paged;
mod payments;
pub mod portal;
mod problems;
mod quiet;
mod quotes;
mod recurring;
mod reminders;
mod saved_methods;
mod saving;
mod schedules;
pub mod session;
mod set_up;
mod settings;
pub mod shell;
mod statements;
mod time;

/// All texts of the applications, generated from `locales/` by `build.rs`.
mod t {
    #![allow(dead_code, reason = "each binary uses its own part")]
    #![allow(clippy::match_same_arms, reason = "some words are the same in both languages")]
    include!(concat!(env!("OUT_DIR"), "/texts.rs"));
}
