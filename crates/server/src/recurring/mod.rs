//! Invoices that come again: written once, made for each period by the worker.

pub(crate) mod actions;
pub mod bill;
pub mod http;
#[cfg(test)]
mod tests;
