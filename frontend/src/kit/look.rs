//! Colour, type, money, marks.

use leptos::prelude::*;
use ui::{Column, Count, Figure, FigureSize, Mark, MarkSize, MarkView, Pill, Table, Tone};

use super::{Specimen, sample};

const COLOURS: [&str; 37] = [
    "accent",
    "accent-hover",
    "accent-text",
    "accent-line",
    "accent-subtle",
    "g1",
    "g2",
    "g3",
    "g4",
    "g5",
    "g6",
    "g7",
    "g8",
    "g9",
    "g10",
    "g11",
    "g12",
    "positive",
    "positive-mark",
    "positive-line",
    "positive-subtle",
    "caution",
    "caution-mark",
    "caution-line",
    "caution-subtle",
    "critical",
    "critical-mark",
    "critical-line",
    "critical-subtle",
    "info",
    "info-mark",
    "info-line",
    "info-subtle",
    "ring",
    "control",
    "inverse",
    "on-inverse",
];

pub(super) const MARKS: [(Mark, Tone, &str); 9] = [
    (Mark::Draft, Tone::Neutral, "Draft"),
    (Mark::Empty, Tone::Neutral, "Sent"),
    (Mark::Half, Tone::Info, "Seen"),
    (Mark::Quarter, Tone::Caution, "Due in 6 days"),
    (Mark::Most, Tone::Caution, "Half paid"),
    (Mark::Full, Tone::Positive, "Paid"),
    (Mark::Full, Tone::Accent, "Finished"),
    (Mark::Late, Tone::Critical, "12 d late"),
    (Mark::Void, Tone::Neutral, "Void"),
];

#[component]
pub fn Look() -> impl IntoView {
    let colours = COLOURS
        .into_iter()
        .map(|name| {
            view! {
                <li>
                    <svg aria-hidden="true">
                        <rect width="100%" height="100%" fill=format!("var(--{name})")></rect>
                    </svg>
                    {name}
                </li>
            }
        })
        .collect_view();
    let marks =
        |size: MarkSize| MARKS.map(|(mark, tone, _)| view! { <MarkView mark tone size/> }).collect_view();
    let pills =
        |tint: bool| MARKS.map(|(mark, tone, label)| view! { <Pill label mark tone tint/> }).collect_view();
    view! {
        <Specimen id="colour" title="Colour">
            <p class="muted">"All of it from one --brand; ?brand=2d6a6a in the address shows another organization’s."</p>
            <ul class="swatches">{colours}</ul>
        </Specimen>
        <Specimen id="type" title="Type">
            <div class="gap">
                <p class="money big">"32 Aa 0123456789"</p>
                <h1>"24 Title of a page, ÄÖÜ ß Łódź"</h1>
                <p>
                    <b>"16 / 600"</b>
                    " Section. "
                    <span class="muted">"16 / 400 body of the portal."</span>
                </p>
                <p class="small">"14 Body of the console. " <span class="muted">"Second line."</span></p>
            </div>
        </Specimen>
        <Specimen id="money" title="Money">
            <div class="columns even">
                <div class="gap">
                    <p>
                        <Figure amount=sample(131_072, "EUR") size=FigureSize::Big/>
                    </p>
                    <p>
                        <Figure amount=sample(1_584_000, "JPY") size=FigureSize::Middle/>
                    </p>
                    <p>
                        <Figure amount=sample(48_000, "EUR") signed=true/>
                        " and "
                        <Figure amount=sample(-48_000, "EUR") signed=true/>
                        " as a change of a price"
                    </p>
                </div>
                <Amounts/>
            </div>
        </Specimen>
        <Specimen id="mark" title="Mark and pill">
            <p class="muted">"A ring that fills as the thing goes its way; the filling and the word say it without the colour."</p>
            <div class="line wide-gap">{marks(MarkSize::Large)}</div>
            <div class="line wide-gap">{marks(MarkSize::Medium)}</div>
            <div class="line wide-gap">{pills(false)}</div>
            <div class="line">{pills(true)} <Count count=2_usize label="2 new"/> <Count count=12_usize label="12" soft=true/></div>
            <super::Icons/>
        </Specimen>
    }
}

#[component]
fn Amounts() -> impl IntoView {
    type Line = (&'static str, i64, &'static str, bool);
    let rows: Vec<Line> = vec![
        ("Euro", 2_131_500, "EUR", false),
        ("Yen keep the cents’ room", 1_584_000, "JPY", false),
        ("Credit", -48_000, "EUR", false),
        ("Void", 330_000, "USD", true),
    ];
    let columns = vec![
        Column::main("In a column", |row: &Line| row.0.to_owned(), |_| "#money".to_owned()),
        Column::amount("Amount", |row: &Line| {
            let (amount, void) = (sample(row.1, row.2), row.3);
            view! { <Figure amount void/> }
        }),
    ];
    view! { <Table label="Amounts" columns rows plain=true/> }
}
