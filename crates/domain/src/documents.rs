//! Documents as they were issued: what of them the database names.

use crate::id;

id!(
    /// A document as it was issued.
    DocumentId,
    "doc"
);
