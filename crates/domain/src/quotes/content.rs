//! What a quote says.

use std::collections::{BTreeMap, HashSet};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::money::{Money, Rate};
use crate::problem::Problem;
use crate::tax::Tax;
use crate::text::{Line, Name, Note, PartKey};
use crate::totals::{Discount, Quantity, UnitPrice};

/// The most lines of a quote.
pub const MAX_LINES: usize = 200;
/// The most sections of a quote.
pub const MAX_SECTIONS: usize = 50;
/// The most groups of packages.
pub const MAX_GROUPS: usize = 5;
/// The most packages of a group.
pub const MAX_PACKAGES: usize = 6;

/// What a version of a quote says, in the words of whoever wrote it. Frozen when it is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuoteContent {
    /// What it is about; the project will be called so.
    pub title: Name,
    /// Words before the prices; plain text or Markdown.
    #[serde(default)]
    pub cover: Note,
    /// Terms after the prices; plain text or Markdown.
    #[serde(default)]
    pub terms: Note,
    /// The last day on which it can be accepted, in the organization's zone. If absent, sending sets it.
    #[serde(default)]
    pub valid_until: Option<NaiveDate>,
    /// Discount on the whole.
    #[serde(default)]
    pub discount: Option<Discount>,
    /// What is to be paid on acceptance.
    #[serde(default)]
    pub deposit: Option<Deposit>,
    /// By how much the bill may exceed the quote without asking again.
    #[serde(default)]
    pub may_exceed_percent: Option<Rate>,
    /// Groups of packages, of each of which the client takes one, at most five.
    #[serde(default)]
    pub groups: Vec<PackageGroup>,
    /// Its lines under their headings, at most 50 sections with 200 lines in all.
    #[serde(default)]
    pub sections: Vec<QuoteSection>,
}

/// What is to be paid on acceptance, of what comes out with the client's choice, taxes included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Deposit {
    /// So many percent.
    Percent(Rate),
    /// So much, but no more than the whole.
    Amount(Money),
}

/// Packages of which the client takes exactly one: good, better, best.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PackageGroup {
    /// Names it in a selection.
    pub key: PartKey,
    /// Its heading.
    pub title: Name,
    /// The packages, at most six, one of them the default.
    pub packages: Vec<Package>,
}

/// A package: the lines that name it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Names it in lines and selections; no other package of the quote has it.
    pub key: PartKey,
    /// Its name.
    pub title: Name,
    /// Words about it.
    #[serde(default)]
    pub text: Note,
    /// Whether it is taken unless the client takes another.
    #[serde(default)]
    pub default: bool,
}

/// Lines under a heading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuoteSection {
    /// Names it within the quote.
    pub key: PartKey,
    /// Its heading; may be empty.
    #[serde(default)]
    pub title: Line,
    /// Words under the heading.
    #[serde(default)]
    pub text: Note,
    /// Its lines.
    #[serde(default)]
    pub lines: Vec<QuoteLine>,
}

/// A line of a quote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuoteLine {
    /// Names it within the quote, and from version to version.
    pub key: PartKey,
    /// What will be done or delivered.
    pub description: Name,
    /// More about it.
    #[serde(default)]
    pub detail: Note,
    /// Who decides whether it is taken.
    #[serde(default)]
    pub take: Take,
    /// How much of it.
    pub quantity: Quantity,
    /// Within which limits the client may choose the quantity; fixed if absent.
    #[serde(default)]
    pub adjustable: Option<Adjustable>,
    /// Unit of the quantity, e.g. `h`; may be empty.
    #[serde(default)]
    pub unit: Line,
    /// Price of one, in the currency's major unit.
    pub unit_price: UnitPrice,
    /// Discount on this line.
    #[serde(default)]
    pub discount_percent: Option<Rate>,
    /// Taxes on it, at most four.
    #[serde(default)]
    pub taxes: Vec<Tax>,
}

/// Who decides whether a line is taken.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Take {
    /// Nobody: it belongs to the quote.
    #[default]
    Included,
    /// The client may take it or leave it.
    Optional {
        /// Whether it is taken unless the client says otherwise.
        default: bool,
    },
    /// Whoever takes the package takes it.
    Package {
        /// The package.
        package: PartKey,
    },
}

/// Limits of a quantity that the client may choose: `min`, `min + step`, … up to `max`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Adjustable {
    /// The least.
    pub min: Quantity,
    /// The most.
    pub max: Quantity,
    /// The distance between two.
    pub step: Quantity,
}

impl Adjustable {
    /// Whether a quantity is one of those that can be chosen.
    pub fn allows(&self, quantity: Quantity) -> bool {
        let (min, max, step) = (self.min.get(), self.max.get(), self.step.get());
        let quantity = quantity.get();
        quantity >= min && quantity <= max && ((quantity - min) % step).is_zero()
    }
}

/// What we pay for one of a line, by the line's key. For staff only.
pub type Costs = BTreeMap<PartKey, UnitPrice>;

impl QuoteContent {
    /// Its lines, in order.
    pub fn lines(&self) -> impl Iterator<Item = &QuoteLine> {
        self.sections.iter().flat_map(|section| &section.lines)
    }

    /// A line by its key.
    pub fn line(&self, key: &PartKey) -> Option<&QuoteLine> {
        self.lines().find(|line| line.key == *key)
    }

    /// Whether it makes sense as a whole; the refusal names every field.
    pub fn check(&self) -> Result<(), Box<Problem>> {
        let mut errors: Vec<(String, &'static str, String)> = Vec::new();
        let mut refuse =
            |pointer: String, code, message: &str| errors.push((pointer, code, message.to_owned()));
        if self.valid_until.is_some_and(|date| !(1970..=2200).contains(&date.year())) {
            refuse("/valid_until".to_owned(), "out_of_range", "must be between 1970 and 2200");
        }
        if matches!(self.deposit, Some(Deposit::Amount(amount)) if !amount.is_positive()) {
            refuse("/deposit".to_owned(), "out_of_range", "must be above zero");
        }
        if self.groups.len() > MAX_GROUPS {
            refuse("/groups".to_owned(), "too_many", "must be at most 5");
        }
        if self.sections.len() > MAX_SECTIONS {
            refuse("/sections".to_owned(), "too_many", "must be at most 50");
        }
        if self.lines().count() > MAX_LINES {
            refuse("/sections".to_owned(), "too_many", "must hold at most 200 lines in all");
        }
        let mut packages = HashSet::new();
        let mut groups = HashSet::new();
        for (at, group) in self.groups.iter().enumerate() {
            let pointer = format!("/groups/{at}");
            if !groups.insert(&group.key) {
                refuse(
                    format!("{pointer}/key"),
                    "duplicate",
                    "must be another than that of the other groups",
                );
            }
            if group.packages.is_empty() || group.packages.len() > MAX_PACKAGES {
                refuse(format!("{pointer}/packages"), "out_of_range", "must be 1 to 6");
            } else if group.packages.iter().filter(|package| package.default).count() != 1 {
                refuse(format!("{pointer}/packages"), "no_default", "must have exactly one default");
            }
            for (at, package) in group.packages.iter().enumerate() {
                if !packages.insert(&package.key) {
                    let pointer = format!("{pointer}/packages/{at}/key");
                    refuse(pointer, "duplicate", "must be another than that of the other packages");
                }
            }
        }
        let (mut sections, mut lines) = (HashSet::new(), HashSet::new());
        for (at, section) in self.sections.iter().enumerate() {
            let pointer = format!("/sections/{at}");
            if !sections.insert(&section.key) {
                refuse(
                    format!("{pointer}/key"),
                    "duplicate",
                    "must be another than that of the other sections",
                );
            }
            for (at, line) in section.lines.iter().enumerate() {
                let pointer = format!("{pointer}/lines/{at}");
                if !lines.insert(&line.key) {
                    refuse(
                        format!("{pointer}/key"),
                        "duplicate",
                        "must be another than that of the other lines",
                    );
                }
                if line.taxes.len() > 4 {
                    refuse(format!("{pointer}/taxes"), "too_many", "must be at most 4");
                }
                if line.taxes.iter().enumerate().any(|(index, tax)| line.taxes[..index].contains(tax)) {
                    refuse(format!("{pointer}/taxes"), "repeated", "must name each tax once");
                }
                if matches!(&line.take, Take::Package { package } if !packages.contains(package)) {
                    refuse(format!("{pointer}/take/package"), "unknown", "must be a package of this quote");
                }
                if let Some(adjustable) = &line.adjustable {
                    if !adjustable.step.get().is_sign_positive() || adjustable.step.get().is_zero() {
                        refuse(format!("{pointer}/adjustable/step"), "out_of_range", "must be above zero");
                    } else if !adjustable.allows(line.quantity) || !adjustable.allows(adjustable.max) {
                        let message = "the quantity and max must be min, min + step, and so on";
                        refuse(format!("{pointer}/adjustable"), "out_of_range", message);
                    }
                }
            }
        }
        if errors.is_empty() {
            return Ok(());
        }
        let problem = Problem::new(crate::problem::Code::Validation);
        Err(Box::new(errors.into_iter().fold(problem, |problem, (pointer, code, message)| {
            problem.field(format!("/content{pointer}"), code, message)
        })))
    }
}
