//! Fees for what is paid late: an invoice of its own for each, by the organization's rules.

pub mod charge;
pub mod http;
#[cfg(test)]
mod tests;
