//! Tables, rows, tabs, figures, progress.

use leptos::prelude::*;
use ui::{
    Avatar, Column, Facts, Figure, FigureItem, FigureSize, Figures, Icon, IconButton, IconView, Mark,
    MarkView, MoneyBar, MoneyPart, Pager, Pill, Progress, Row, Step, StepState, Stepper, Tab, Table, Tabs,
    Tone, Totals,
};

use super::{Specimen, sample};

type Line = (&'static str, &'static str, Mark, Tone, &'static str, i64, &'static str);

const LINES: [Line; 4] = [
    (
        "Gesellschaft für Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbau mbH, Hauptniederlassung Regensburg",
        "2026-117",
        Mark::Empty,
        Tone::Neutral,
        "Sent",
        2_131_500,
        "EUR",
    ),
    ("Meridian Health Partners", "2026-115", Mark::Most, Tone::Caution, "Half paid", 1_482_000, "USD"),
    ("Núñez & Hijas Textiles", "2026-116", Mark::Late, Tone::Critical, "12 d late", 245_000, "EUR"),
    ("Ōtsuka Ceramics", "2026-111", Mark::Full, Tone::Positive, "Paid", 286_000, "JPY"),
];

#[component]
pub fn Content() -> impl IntoView {
    view! {
        <Specimen id="table" title="Table and row">
            <Tabs label="State">
                <Tab href="#table" current=true count=Some("118".into())>
                    "All"
                </Tab>
                <Tab href="#table" current=false count=Some("2".into())>
                    "Draft"
                </Tab>
                <Tab href="#table" current=false count=None>
                    "Zahlungserinnerungen"
                </Tab>
            </Tabs>
            <Invoices/>
            <Pager shown="4 of 118 since 1 Oct".to_owned() more=true on_more=|| {}/>
            <ul class="rows">
                <Row
                    lead=|| view! { <Avatar name="Karl Württemberg"/> }
                    title="Karl-Friedrich von Württemberg-Hohenstaufen zu Sigmaringen"
                    sub="Tax adviser, reads"
                    href="#table"
                >
                    "2 h ago"
                </Row>
                <Row
                    lead=|| view! { <IconView icon=Icon::File/> }
                    title="Engagement letter, signed.pdf"
                    sub="Both signed"
                    href="#table"
                >
                    <IconButton icon=Icon::Download label="Download" on_click=|| {}/>
                </Row>
            </ul>
            <div class="columns even">
                <Facts facts=vec![
                    ("For".into(), "Château de Lusseau-Montbrison, Événementiel et Réceptions SARL".into_any()),
                    ("VIN".into(), view! { <span class="code">"TMBJJ7NE5K0123456"</span> }.into_any()),
                    ("Dated".into(), ui::format::date("2026-11-23", ui::format::DateStyle::Medium).into_any()),
                ]/>
                <Totals
                    parts=vec![
                        ("Net".into(), sample(109_227, "EUR")),
                        ("VAT 20 %".into(), sample(21_845, "EUR")),
                    ]
                    sum=("To pay".into(), sample(131_072, "EUR"))
                />
            </div>
        </Specimen>
        <Specimen id="progress" title="Progress and figures">
            <Steps/>
            <MoneyBar
                label="Half is paid, a fifth is invoiced"
                parts=vec![
                    MoneyPart { label: "Paid".into(), amount: sample(2_400_000, "EUR"), mark: Mark::Full },
                    MoneyPart { label: "Invoiced, due 30 Nov".into(), amount: sample(960_000, "EUR"), mark: Mark::Quarter },
                    MoneyPart { label: "At launch".into(), amount: sample(1_440_000, "EUR"), mark: Mark::Empty },
                ]
            />
            <Figures>
                <FigureItem
                    label="Owed"
                    sub=|| {
                        view! {
                            <MarkView mark=Mark::Late tone=Tone::Critical/>
                            <Figure amount=sample(115_000, "USD")/>
                            "since 9 Nov"
                        }
                    }
                >
                    <Figure amount=sample(431_000, "USD") size=FigureSize::Middle/>
                </FigureItem>
                <FigureItem label="Held in trust" sub=|| "enough for about 6 weeks">
                    <Figure amount=sample(1_000_000, "USD") size=FigureSize::Middle/>
                </FigureItem>
                <FigureItem label="On the lifts" sub=|| "next free 15:30">
                    "3"
                    <span class="min">" of 4"</span>
                </FigureItem>
            </Figures>
            <Progress label="Import" done=280 of=412/>
        </Specimen>
    }
}

#[component]
fn Invoices() -> impl IntoView {
    let columns = vec![
        Column::main("Client", |line: &Line| line.0.to_owned(), |_| "#table".to_owned()),
        Column::meta("Number", |line: &Line| line.1),
        Column::state("State", |line: &Line| view! { <Pill label=line.4 mark=line.2 tone=line.3/> }),
        Column::amount("Amount", |line: &Line| {
            let amount = sample(line.5, line.6);
            view! { <Figure amount/> }
        }),
    ];
    let selected = |line: Line| line.1 == "2026-115";
    view! { <Table label="Invoices" columns rows=LINES.to_vec() selected/> }
}

#[component]
fn Steps() -> impl IntoView {
    let step = |label: &str, note: &str, state| Step { label: label.into(), note: note.into(), state };
    let steps = vec![
        step("Received", "16 Nov", StepState::Done),
        step("Diagnosed", "17 Nov", StepState::Done),
        step("Approved", "18 Nov", StepState::Done),
        step("Repair", "until today 12:00", StepState::Present),
        step("Ready", "12:00", StepState::Ahead),
    ];
    view! { <Stepper label="Repair" steps/> }
}
