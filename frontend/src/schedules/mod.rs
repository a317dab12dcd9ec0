//! Payment schedules: how an instalment is named and how it stands, for both sides.

pub mod console;
pub mod portal;

use domain::schedules::{Instalment, InstalmentState, When};
use ui::format::{DateStyle, date};
use ui::{Mark, Tone};

use crate::t::schedules as texts;

/// What an instalment is called: its own name, or its number.
pub fn name(place: usize, instalment: &Instalment) -> String {
    if instalment.label.as_str().is_empty() { numbered(place) } else { instalment.label.to_string() }
}

/// An instalment by its place.
pub fn numbered(place: usize) -> String {
    texts::instalment(&ui::format::number(i64::try_from(place + 1).unwrap_or(i64::MAX)))
}

/// When it is due, or what it waits for.
pub fn when(instalment: &Instalment) -> String {
    match (instalment.due_on, &instalment.due) {
        (Some(due), _) => texts::due(&date(&due.to_string(), DateStyle::Medium)),
        (None, When::Milestone(milestone)) => match milestone.days {
            0 => texts::when_reached(milestone.name.as_str()),
            days => texts::days_after_reached(days.into(), milestone.name.as_str()),
        },
        (None, When::On(_) | When::DaysAfterIssue(_)) => String::new(),
    }
}

/// How it stands.
pub fn look(state: InstalmentState) -> (Mark, Tone, &'static str) {
    match state {
        InstalmentState::Waiting => (Mark::Draft, Tone::Neutral, texts::state::waiting()),
        InstalmentState::Upcoming => (Mark::Empty, Tone::Neutral, texts::state::upcoming()),
        InstalmentState::Due => (Mark::Quarter, Tone::Caution, texts::state::due()),
        InstalmentState::Overdue => (Mark::Late, Tone::Critical, texts::state::overdue()),
        InstalmentState::Settled => (Mark::Full, Tone::Positive, texts::state::settled()),
    }
}
