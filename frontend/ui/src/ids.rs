//! Ids of elements, for labels, descriptions and lists to refer to.

use std::cell::Cell;

thread_local! {
    static LAST: Cell<u32> = const { Cell::new(0) };
}

/// An id no other element of this page has.
pub fn fresh(kind: &str) -> String {
    let n = LAST.get() + 1;
    LAST.set(n);
    format!("{kind}-{n}")
}
