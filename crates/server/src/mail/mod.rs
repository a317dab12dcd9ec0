//! Mails: texts from templates, in the reader's language and the organization's name.

pub mod format;
pub mod http;
mod send;
pub mod template;

pub use send::send;
pub use template::Letter;
