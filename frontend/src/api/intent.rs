//! What a person wants to happen once, however often the button or the network repeats it.

use leptos::prelude::{GetValue, SetValue, StoredValue};

use crate::browser::random_uuid;

/// One intention of one form: make it in the page, give it to `post`. A repetition carries the same `Idempotency-Key`, so the
/// server does it once; what was changed in the form, or is done a second time on purpose, gets a new one.
#[derive(Debug, Clone, Copy)]
pub struct Intent(StoredValue<Option<(String, String)>>);

impl Default for Intent {
    fn default() -> Self {
        Self::new()
    }
}

impl Intent {
    /// Nothing sent yet.
    pub fn new() -> Self {
        Self(StoredValue::new(None))
    }

    /// The key for sending `body` to `path`.
    pub(super) fn key(self, path: &str, body: &str) -> String {
        let sent = format!("{path} {body}");
        if let Some((key, before)) = self.0.get_value()
            && before == sent
        {
            return key;
        }
        let key = random_uuid();
        self.0.set_value(Some((key.clone(), sent)));
        key
    }

    /// It has happened; the next time is another intention.
    pub(super) fn done(self) {
        self.0.set_value(None);
    }
}
