//! The organization's own settings and logo.

pub mod http;
