//! Invoices: written, sent, seen, withdrawn.

pub mod actions;
pub mod http;
mod milestones;
pub mod portal;
pub(crate) mod send;
mod tax_rates;
#[cfg(test)]
mod tests;
