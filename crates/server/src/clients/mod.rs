//! Clients and their contacts.

pub mod actions;
pub mod contacts;
pub mod http;
