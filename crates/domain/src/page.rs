//! Lists: keyset pages with an opaque cursor.

use serde::{Deserialize, Serialize};

/// The most items of a page.
pub const MAX_LIMIT: u16 = 100;
/// Items of a page when the caller doesn't say.
pub const DEFAULT_LIMIT: u16 = 50;

/// A part of a list, and how to get the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The items, in the list's documented order.
    pub items: Vec<T>,
    /// Give this as `cursor` to get the next part; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page from one row more than `limit`, which tells whether there is a next part.
    pub fn from_overfull(mut items: Vec<T>, limit: u16, cursor: impl Fn(&T) -> String) -> Self {
        let limit = usize::from(limit);
        let next = (items.len() > limit).then(|| {
            items.truncate(limit);
            cursor(&items[limit - 1])
        });
        Self { items, next }
    }

    /// The same page of other items.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}
