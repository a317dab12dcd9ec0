//! Quotes through the API, on both sides.
