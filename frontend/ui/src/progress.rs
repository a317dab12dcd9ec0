//! How far something has come: a bar, a sum with parts, steps. Widths are attributes of an SVG, which the policy allows.

use leptos::prelude::*;

use crate::amount::{Amount, Figure};
use crate::mark::{Mark, MarkView, Tone, classes};

/// A thousandth part as the text of a percentage: `49.7`.
fn percent(part: i64, whole: i64) -> String {
    if whole <= 0 {
        return "0".into();
    }
    let thousandths = (i128::from(part.max(0)) * 1000 / i128::from(whole)).min(1000);
    format!("{}.{}", thousandths / 10, thousandths % 10)
}

/// A bar for something that runs: an upload, an import.
#[component]
pub fn Progress(
    /// What runs.
    #[prop(into)]
    label: String,
    /// How much is done.
    #[prop(into)]
    done: Signal<i64>,
    /// Of how much.
    #[prop(into)]
    of: Signal<i64>,
) -> impl IntoView {
    let share = move || percent(done.get(), of.get());
    view! {
        <div
            class="moneybar"
            role="progressbar"
            aria-label=label
            aria-valuemin="0"
            aria-valuemax=move || of.get()
            aria-valuenow=move || done.get()
        >
            <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                <rect class="work" width=share height="8"></rect>
            </svg>
        </div>
    }
}

/// A part of a sum.
#[derive(Debug, Clone)]
pub struct MoneyPart {
    /// What it is: "Paid", "Invoiced, due 30 Nov".
    pub label: String,
    /// How much.
    pub amount: Amount,
    /// Its mark: full for paid, quarter for due, empty for the rest.
    pub mark: Mark,
}

/// A sum and its parts, all of one currency.
#[component]
pub fn MoneyBar(
    /// The bar in words, spoken: "Half is paid".
    #[prop(into)]
    label: String,
    /// The parts, paid first.
    parts: Vec<MoneyPart>,
    /// Without the list below.
    #[prop(optional)]
    bare: bool,
) -> impl IntoView {
    let whole: i64 = parts.iter().map(|part| part.amount.minor.max(0)).sum();
    let mut before = 0;
    let bars = parts
        .iter()
        .filter_map(|part| {
            let from = before;
            before += part.amount.minor.max(0);
            let class = match part.mark {
                Mark::Full => "paid",
                Mark::Quarter | Mark::Half | Mark::Most => "due",
                Mark::Late => "late",
                Mark::Draft | Mark::Empty | Mark::Void => return None,
            };
            let (x, width) = (percent(from, whole), percent(part.amount.minor, whole));
            Some(view! { <rect class=class x=x width=width height="8"></rect> })
        })
        .collect_view();
    let list = (!bare).then(|| {
        let lines = parts
            .into_iter()
            .map(|part| {
                let tone = match part.mark {
                    Mark::Full => Tone::Positive,
                    Mark::Quarter | Mark::Half | Mark::Most => Tone::Caution,
                    Mark::Late => Tone::Critical,
                    Mark::Draft | Mark::Empty | Mark::Void => Tone::Neutral,
                };
                view! {
                    <div>
                        <MarkView mark=part.mark tone/>
                        <dt>{part.label}</dt>
                        <dd>
                            <Figure amount=part.amount/>
                        </dd>
                    </div>
                }
            })
            .collect_view();
        view! { <dl>{lines}</dl> }
    });
    view! {
        <div class="moneybar">
            <svg viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label=label>
                {bars}
            </svg>
            {list}
        </div>
    }
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Behind us.
    Done,
    /// Where we are.
    Present,
    /// To come.
    Ahead,
}

/// A step of a [`Stepper`].
#[derive(Debug, Clone)]
pub struct Step {
    /// Its name.
    pub label: String,
    /// Below it: a date, an hour.
    pub note: String,
    /// Where it stands.
    pub state: StepState,
}

/// At most six steps on one line; a phone names only the present one.
#[component]
pub fn Stepper(
    /// What goes its way, spoken.
    #[prop(into)]
    label: String,
    /// The steps.
    steps: Vec<Step>,
) -> impl IntoView {
    let list = steps
        .into_iter()
        .map(|step| {
            let (class, mark, tone, current) = match step.state {
                StepState::Done => ("done", Mark::Full, Tone::Accent, None),
                StepState::Present => ("", Mark::Half, Tone::Accent, Some("step")),
                StepState::Ahead => ("", Mark::Empty, Tone::Neutral, None),
            };
            view! {
                <li class=classes(&[class]) aria-current=current>
                    <MarkView mark tone/>
                    <span>
                        {step.label}
                        {(!step.note.is_empty()).then(|| view! { <small>{step.note}</small> })}
                    </span>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="stepper" aria-label=label>{list}</ol> }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn shares_are_exact_and_stay_within_the_bar() {
        assert_eq!(percent(24_000, 48_000), "50.0");
        assert_eq!(percent(1, 3), "33.3");
        assert_eq!(percent(i64::MAX, i64::MAX), "100.0");
        assert_eq!(percent(5, 0), "0");
        assert_eq!(percent(-5, 10), "0.0");
        assert_eq!(percent(20, 10), "100.0");
    }
}
