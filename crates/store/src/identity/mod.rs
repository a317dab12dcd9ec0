//! Accounts, members, roles, sessions, tokens.

pub mod accounts;
pub mod members;
pub mod roles;
pub mod sessions;
