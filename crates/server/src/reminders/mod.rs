//! Reminding clients of open invoices.

pub(crate) mod actions;
pub mod http;
pub mod remind;
#[cfg(test)]
mod tests;
