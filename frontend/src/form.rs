//! What every form that sends something needs: errors, being busy, and reading typed text as the domain's types.

use std::future::Future;

use domain::problem::FieldError as DomainError;
use domain::text::TextError;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{FieldError, FormErrors};

use crate::api::{Answer, ApiError};
use crate::problems;

/// A form being filled in and sent. Give `errors` and `busy` to `Form` and the button.
#[derive(Debug, Clone, Copy)]
pub struct Sending {
    /// What is to be corrected.
    pub errors: FormErrors,
    /// On its way.
    pub busy: RwSignal<bool>,
}

impl Default for Sending {
    fn default() -> Self {
        Self::new()
    }
}

impl Sending {
    /// Nothing sent yet.
    pub fn new() -> Self {
        Self { errors: FormErrors::new(), busy: RwSignal::new(false) }
    }

    /// Awaits a call; shows its refusal in the form, or goes on with its answer.
    pub fn run<T: 'static>(
        self,
        call: impl Future<Output = Answer<T>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        self.run_or(call, done, move |error| error.show_in(self.errors));
    }

    /// The same, with something else to do about a refusal.
    pub fn run_or<T: 'static>(
        self,
        call: impl Future<Output = Answer<T>> + 'static,
        done: impl FnOnce(T) + 'static,
        refused: impl FnOnce(ApiError) + 'static,
    ) {
        self.errors.clear();
        self.busy.set(true);
        spawn_local(async move {
            let answer = call.await;
            // The page may have been left meanwhile.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(value) => done(value),
                Err(error) => refused(error),
            }
        });
    }
}

/// Reads typed text into the domain's types and collects what doesn't fit, so that all of it is shown at once.
#[derive(Default)]
pub struct Reading {
    errors: Vec<FieldError>,
}

impl Reading {
    /// A text with rules of its own: name, address, slug, password.
    pub fn text<T: TryFrom<String, Error = TextError>>(
        &mut self,
        pointer: &str,
        text: RwSignal<String>,
    ) -> Option<T> {
        let read = T::try_from(text.get_untracked());
        self.take(pointer, read.map_err(|error| (error.code(), error.to_string())))
    }

    /// Anything else; a refusal is its code and its English text.
    pub fn take<T>(&mut self, pointer: &str, read: Result<T, (&'static str, String)>) -> Option<T> {
        read.map_err(|(code, message)| {
            let error = DomainError { pointer: pointer.to_owned(), code: code.into(), message };
            self.errors.push(FieldError { message: problems::field(&error), pointer: error.pointer });
        })
        .ok()
    }

    /// Whether all of it could be read; else the form shows what couldn't.
    pub fn is_done(self, form: FormErrors) -> bool {
        let done = self.errors.is_empty();
        if !done {
            form.set(self.errors);
        }
        done
    }
}
