//! The crash run, which `portico-bench` and the server's tests share.

pub mod crash;
pub mod sandbox;

/// Any error: it ends the run.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
/// What may end the run.
pub type Result<T, E = Error> = std::result::Result<T, E>;
