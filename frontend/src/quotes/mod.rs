//! Quotes: what is offered to clients.

pub mod console;
pub mod portal;
