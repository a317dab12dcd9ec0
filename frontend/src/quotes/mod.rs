//! Quotes: what is offered to clients.

pub mod console;
