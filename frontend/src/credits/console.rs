//! Credit at the console: of a client, and of an invoice.

mod client;
mod issue;
mod list;
mod note;
mod write_off;

pub use client::CreditSection;
pub use list::CreditNotes;
pub use note::Notes;
pub use write_off::{UndoSheet, WriteOffSheet};

/// What of an issued invoice a member may be about to give up.
#[derive(Clone, Copy)]
pub struct GivingUp {
    /// The sheet of a credit note is open.
    pub crediting: leptos::prelude::RwSignal<bool>,
    /// The sheet that writes it off is open.
    pub writing_off: leptos::prelude::RwSignal<bool>,
    /// The sheet that undoes that is open.
    pub undoing: leptos::prelude::RwSignal<bool>,
}

impl GivingUp {
    /// Nothing is open.
    pub fn new() -> Self {
        let closed = || leptos::prelude::RwSignal::new(false);
        Self { crediting: closed(), writing_off: closed(), undoing: closed() }
    }
}
