//! Bringing what a business has in tables: files are read, mapped, planned row by row, and taken in one
//! transaction that can be undone. Trying one and doing it run the same plan.

pub mod actions;
pub mod http;
pub(crate) mod mapping;
pub(crate) mod parse;
mod plan;
pub(crate) mod read;
mod rows;
#[cfg(test)]
mod tests;
