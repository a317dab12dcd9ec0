//! The only door to the outside: whatever leaves this machine, or comes in signed by a vendor, passes here.
//!
//! One module per *kind* of party ([`payment`], [`mail`], [`bank`]); in it one trait shaped by our domain rather than
//! by a vendor, at least one real client, and a fake that speaks the vendor's protocol for tests.
//!
//! # What it must never do
//! - Touch the database, or decide what an answer means for an invoice: it reports, the server acts.
//! - Let a vendor's type out: callers see [`domain`]'s types and those declared here.
//! - Show a secret: keys are [`secrecy::SecretString`]s, and nothing here logs a body or a header.
//! - Follow redirects, or wait without a limit: every request is made by [`http::client`].
//! - Read the clock: time is a parameter, or (where a trait leaves no room) a clock handed in at the start.
//!
//! # Adding a kind
//! 1. A module with a trait in our words, an error enum that says whether trying again can help, and the real
//!    client.
//! 2. A fake behind the `fake` feature that refuses what the vendor refuses, or a loopback peer in `tests/`.
//! 3. If it has webhooks: check the signature over the raw body before reading a byte of it.
//!
//! A further vendor of a kind that exists is one more file beside the first, implementing the same trait.

// The fake spells out Stripe's objects by `json!`, which recurses once per field.
#![cfg_attr(feature = "fake", recursion_limit = "256")]

pub mod bank;
pub mod http;
pub mod mail;
pub mod payment;
