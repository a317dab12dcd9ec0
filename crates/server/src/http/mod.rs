//! How requests come in and answers go out, the same for every feature.

mod body;
mod callers;
mod conditional;
mod filter;
mod limits;
mod once;
mod origin;
mod path;

pub use body::{Body, read};
pub use callers::{Anyone, PortalUser, Staff, cookies};
pub use conditional::{IfMatch, Versioned, changed, conflict, conflict_whole};
pub use filter::Filter;
pub use limits::{Limits, limit};
pub use once::Once;
pub use origin::same_origin;
pub use path::Key;
