//! What a client takes of a quote.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::content::{QuoteContent, QuoteLine, Take};
use crate::problem::Problem;
use crate::text::PartKey;
use crate::totals::Quantity;

/// A client's choice. What it doesn't name is as the quote offers it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Selection {
    /// Optional lines, by key: taken or not.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, bool>))]
    pub options: BTreeMap<PartKey, bool>,
    /// The package taken of each group, by the group's key.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, String>))]
    pub packages: BTreeMap<PartKey, PartKey>,
    /// Quantities of adjustable lines, by key.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, String>))]
    pub quantities: BTreeMap<PartKey, Quantity>,
}

/// Why a selection doesn't fit a quote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// Not an optional line of this quote.
    #[error("must name an optional line of this quote")]
    NotOptional(PartKey),
    /// Not a group of this quote.
    #[error("must name a group of packages of this quote")]
    UnknownGroup(PartKey),
    /// Not a package of that group.
    #[error("must be a package of this group")]
    UnknownPackage(PartKey),
    /// Not an adjustable line of this quote.
    #[error("must name a line whose quantity can be chosen")]
    NotAdjustable(PartKey),
    /// Beyond the limits, or between two steps.
    #[error("must be within the limits of this line, in its steps")]
    Quantity(PartKey),
}

impl From<SelectionError> for Problem {
    fn from(error: SelectionError) -> Self {
        let (pointer, code) = match &error {
            SelectionError::NotOptional(key) => (format!("/selection/options/{key}"), "not_optional"),
            SelectionError::UnknownGroup(key) => (format!("/selection/packages/{key}"), "unknown"),
            SelectionError::UnknownPackage(key) => (format!("/selection/packages/{key}"), "unknown_package"),
            SelectionError::NotAdjustable(key) => (format!("/selection/quantities/{key}"), "not_adjustable"),
            SelectionError::Quantity(key) => (format!("/selection/quantities/{key}"), "out_of_range"),
        };
        Self::invalid(pointer, code, error.to_string())
    }
}

/// A line with what a selection makes of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chosen<'a> {
    /// The line.
    pub line: &'a QuoteLine,
    /// Whether it is taken.
    pub taken: bool,
    /// How much of it.
    pub quantity: Quantity,
}

impl Selection {
    /// The choice said in full, so that it means the same whatever the defaults: every option, every group,
    /// every adjustable line. Refuses what the quote doesn't offer.
    pub fn complete(&self, content: &QuoteContent) -> Result<Self, SelectionError> {
        let optional =
            |key: &PartKey| content.line(key).is_some_and(|line| matches!(line.take, Take::Optional { .. }));
        if let Some(key) = self.options.keys().find(|key| !optional(key)) {
            return Err(SelectionError::NotOptional(key.clone()));
        }
        for (key, package) in &self.packages {
            let group = content.groups.iter().find(|group| group.key == *key);
            let group = group.ok_or_else(|| SelectionError::UnknownGroup(key.clone()))?;
            if group.packages.iter().all(|known| known.key != *package) {
                return Err(SelectionError::UnknownPackage(key.clone()));
            }
        }
        for (key, quantity) in &self.quantities {
            let limits = content.line(key).and_then(|line| line.adjustable.as_ref());
            let limits = limits.ok_or_else(|| SelectionError::NotAdjustable(key.clone()))?;
            if !limits.allows(*quantity) {
                return Err(SelectionError::Quantity(key.clone()));
            }
        }
        let mut whole = self.clone();
        for group in &content.groups {
            if let Some(default) = group.packages.iter().find(|package| package.default) {
                whole.packages.entry(group.key.clone()).or_insert_with(|| default.key.clone());
            }
        }
        for line in content.lines() {
            if let Take::Optional { default } = line.take {
                whole.options.entry(line.key.clone()).or_insert(default);
            }
            if line.adjustable.is_some() {
                whole.quantities.entry(line.key.clone()).or_insert(line.quantity);
            }
        }
        Ok(whole)
    }

    /// All lines of the quote, with what this choice makes of them.
    pub fn apply<'a>(&self, content: &'a QuoteContent) -> Result<Vec<Chosen<'a>>, SelectionError> {
        let whole = self.complete(content)?;
        let chosen = content.lines().map(|line| {
            let taken = match &line.take {
                Take::Included => true,
                Take::Optional { default } => whole.options.get(&line.key).copied().unwrap_or(*default),
                Take::Package { package } => whole.packages.values().any(|taken| taken == package),
            };
            let quantity = whole.quantities.get(&line.key).copied().unwrap_or(line.quantity);
            Chosen { line, taken, quantity }
        });
        Ok(chosen.collect())
    }
}
