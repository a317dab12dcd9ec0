//! Instants and dates of the domain, as the kit writes them.

use chrono::{DateTime, NaiveDate, Utc};
use leptos::prelude::*;
use ui::format::{self, DateStyle, InstantStyle};

/// An instant as a person says it, in full on hover.
#[component]
pub fn Ago(
    /// When.
    at: DateTime<Utc>,
) -> impl IntoView {
    let ms = at.timestamp_millis();
    view! {
        <time datetime=at.to_rfc3339() title=format::instant(ms, InstantStyle::Full)>
            {format::relative(ms, format::now_ms())}
        </time>
    }
}

/// A date of business; nothing where there is none.
pub fn day(date: Option<NaiveDate>) -> String {
    date.map(|date| format::date(&date.to_string(), DateStyle::Medium)).unwrap_or_default()
}

/// A date of business for columns: without its year while that is the present one.
pub fn day_short(date: Option<NaiveDate>) -> String {
    let Some(date) = date.map(|date| date.to_string()) else { return String::new() };
    let this_year = date.get(..4) == format::today().get(..4);
    format::date(&date, if this_year { DateStyle::Short } else { DateStyle::Medium })
}
