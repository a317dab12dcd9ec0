//! What differs between two versions of a quote.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::content::{QuoteContent, QuoteLine};
use super::selection::Selection;
use super::totals::{Counting, QuoteTotals, QuoteTotalsError, compute};
use crate::text::{Line, PartKey};

/// Two versions, one against the other. `GET /quotes/{id}/compare`, `GET /portal/quotes/{id}/compare`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuoteComparison {
    /// The older version.
    pub from: i32,
    /// The newer version.
    pub to: i32,
    /// What differs besides lines: `title`, `cover`, `terms`, `valid_until`, `discount`, `deposit`, `groups`, …
    pub fields: Vec<FieldChange>,
    /// Lines that differ, in the order of the newer version; removed ones last.
    pub lines: Vec<LineChange>,
    /// What the older comes to as offered.
    pub totals_from: QuoteTotals,
    /// What the newer comes to as offered.
    pub totals_to: QuoteTotals,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldChange {
    /// Its name.
    pub field: String,
    /// What it was; `null` if nothing.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub from: Value,
    /// What it is; `null` if nothing.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub to: Value,
}

/// A line that differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LineChange {
    /// The line.
    pub key: PartKey,
    /// How it differs.
    pub change: Change,
    /// The heading it stands under, or stood under.
    pub section: Line,
    /// The line as it was.
    pub from: Option<QuoteLine>,
    /// The line as it is.
    pub to: Option<QuoteLine>,
    /// Which of its fields differ; `section` where it moved under another heading.
    pub fields: Vec<FieldChange>,
}

/// How a line differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Only the newer version has it.
    Added,
    /// Only the older version has it.
    Removed,
    /// Both have it, otherwise.
    Changed,
}

/// A version with how it counts.
pub type Side<'a> = (i32, &'a QuoteContent, Counting);

fn object(value: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(fields)) => fields,
        Ok(_) | Err(_) => Map::new(),
    }
}

fn differences(from: &Map<String, Value>, to: &Map<String, Value>) -> Vec<FieldChange> {
    to.iter()
        .filter_map(|(field, to)| {
            let from = from.get(field).cloned().unwrap_or_default();
            (from != *to).then(|| FieldChange { field: field.clone(), from, to: to.clone() })
        })
        .collect()
}

fn placed(content: &QuoteContent) -> Vec<(&Line, &QuoteLine)> {
    content
        .sections
        .iter()
        .flat_map(|section| section.lines.iter().map(move |line| (&section.title, line)))
        .collect()
}

/// Compares two versions, line by line.
pub fn compare(from: Side<'_>, to: Side<'_>) -> Result<QuoteComparison, QuoteTotalsError> {
    let (old, new) = (placed(from.1), placed(to.1));
    let mut lines = Vec::new();
    for (section, line) in &new {
        let before = old.iter().find(|(_, known)| known.key == line.key);
        let (change, fields) = match before {
            None => (Change::Added, Vec::new()),
            Some((before_section, before)) => {
                let mut fields = differences(&object(before), &object(line));
                if before_section != section {
                    let value = |title: &Line| Value::String(title.to_string());
                    fields.push(FieldChange {
                        field: "section".to_owned(),
                        from: value(before_section),
                        to: value(section),
                    });
                }
                if fields.is_empty() {
                    continue;
                }
                (Change::Changed, fields)
            }
        };
        lines.push(LineChange {
            key: line.key.clone(),
            change,
            section: (*section).clone(),
            from: before.map(|(_, line)| (*line).clone()),
            to: Some((*line).clone()),
            fields,
        });
    }
    for (section, line) in old.iter().filter(|(_, line)| new.iter().all(|(_, known)| known.key != line.key)) {
        lines.push(LineChange {
            key: line.key.clone(),
            change: Change::Removed,
            section: (*section).clone(),
            from: Some((*line).clone()),
            to: None,
            fields: Vec::new(),
        });
    }
    let head = |content: &QuoteContent, counting: Counting| {
        let mut fields = object(content);
        fields.remove("sections");
        fields.extend(object(&counting));
        fields
    };
    let offered = |side: Side<'_>| compute(side.1, &Selection::default(), side.2);
    Ok(QuoteComparison {
        from: from.0,
        to: to.0,
        fields: differences(&head(from.1, from.2), &head(to.1, to.2)),
        lines,
        totals_from: offered(from)?,
        totals_to: offered(to)?,
    })
}
