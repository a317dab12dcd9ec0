//! Who is at the door.

pub mod tokens;
