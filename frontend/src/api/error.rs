//! Why a call of the API gave no answer.

use domain::problem::{Code, FieldError as DomainError};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use ui::{Failure, FailureKind, FieldError, FormErrors};

use super::json;
use crate::problems;
use crate::t::problems as texts;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq)]
pub enum ApiError {
    /// The server was not reached.
    Offline,
    /// What came was not what the API promises: a proxy's page, another version.
    Unreadable,
    /// The server refused.
    Refused(Box<Refusal>),
}

/// `domain::problem::Problem`, as far as pages need it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Refusal {
    /// The stable code.
    pub code: Code,
    /// What is wrong this time, in English.
    #[serde(default)]
    pub detail: Option<String>,
    /// Fields to mend, where there are any.
    #[serde(default)]
    pub errors: Vec<DomainError>,
    /// What is there now, where it helps, as JSON.
    #[serde(skip)]
    current: Option<String>,
}

impl Refusal {
    pub(super) fn read(text: &str) -> Option<Self> {
        let refusal: Self = json::read(text)?;
        Some(Self { current: json::member(text, "current"), ..refusal })
    }

    /// What is there now, where the server told it.
    pub fn current<T: DeserializeOwned>(&self) -> Option<T> {
        json::read(self.current.as_ref()?)
    }
}

impl ApiError {
    /// What an address names that can't be an id: there is nothing there.
    pub fn missing() -> Self {
        Self::Refused(Box::new(Refusal {
            code: Code::NotFound,
            detail: None,
            errors: Vec::new(),
            current: None,
        }))
    }

    /// The stable code, where the server gave one.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Offline | Self::Unreadable => None,
            Self::Refused(problem) => Some(problem.code),
        }
    }

    /// In the reader's language.
    pub fn text(&self) -> &'static str {
        match self {
            Self::Offline => texts::offline(),
            Self::Unreadable => texts::unreadable(),
            Self::Refused(problem) => problems::text(problem.code),
        }
    }

    /// Shows it in a form: at the fields it names, else above them.
    pub fn show_in(&self, form: FormErrors) {
        let fields = match self {
            Self::Refused(problem) if !problem.errors.is_empty() => problem
                .errors
                .iter()
                .map(|error| FieldError { pointer: error.pointer.clone(), message: problems::field(error) })
                .collect(),
            _ => vec![FieldError { pointer: String::new(), message: self.text().to_owned() }],
        };
        form.set(fields);
    }
}

impl Failure for ApiError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Offline => FailureKind::Offline,
            Self::Unreadable => FailureKind::Broken,
            Self::Refused(problem) => match problem.code.status() {
                403 => FailureKind::Forbidden,
                // The address may hold an id of the wrong form: there is nothing there either.
                400 | 404 => FailureKind::Missing,
                _ => FailureKind::Broken,
            },
        }
    }

    fn detail(&self) -> Option<String> {
        match self.code()? {
            // The kit's own lines say these better.
            Code::Forbidden | Code::NotFound | Code::Internal | Code::MalformedParameter => None,
            code => Some(problems::text(code).to_owned()),
        }
    }
}
