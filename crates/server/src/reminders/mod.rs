//! Reminding clients of open invoices.

pub mod http;
pub mod remind;
#[cfg(test)]
mod tests;
