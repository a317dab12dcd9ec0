//! Invoices: written, sent, seen, withdrawn.

pub mod actions;
pub mod http;
pub(crate) mod milestones;
pub mod portal;
pub(crate) mod send;
mod tax_rates;
#[cfg(test)]
mod tests;
