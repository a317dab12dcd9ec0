//! The first page of each application: what needs doing.

pub mod console;
pub mod portal;
