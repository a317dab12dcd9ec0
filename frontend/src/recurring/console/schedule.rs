//! When invoices come, as it is typed, and what that means before anything is sent.

use chrono::NaiveDate;
use domain::recurring::{BillingTime, Rhythm, RhythmUnit, Schedule};
use leptos::prelude::*;
use ui::{DateField, SelectField, SelectOption, TextField, TextKind};

use crate::form::Reading;
use crate::t::recurring as texts;

/// Rhythms that have a name, with that name in the form.
const NAMED: [(&str, u8, RhythmUnit); 4] = [
    ("weekly", 1, RhythmUnit::Week),
    ("monthly", 1, RhythmUnit::Month),
    ("quarterly", 3, RhythmUnit::Month),
    ("yearly", 1, RhythmUnit::Year),
];
/// Any other.
const CUSTOM: &str = "custom";

/// What is typed.
#[derive(Clone, Copy)]
pub struct ScheduleForm {
    interval: RwSignal<String>,
    every: RwSignal<String>,
    unit: RwSignal<String>,
    starts_on: RwSignal<String>,
    anchor_on: RwSignal<String>,
    ends_on: RwSignal<String>,
    billed: RwSignal<String>,
}

impl ScheduleForm {
    /// As it is kept, or every month from today.
    pub fn new(known: Option<&Schedule>) -> Self {
        let text = |text: String| RwSignal::new(text);
        let day = |day: Option<NaiveDate>| text(day.map(|day| day.to_string()).unwrap_or_default());
        let rhythm = known.map_or(Rhythm { every: 1, unit: RhythmUnit::Month }, |known| known.rhythm);
        let named = NAMED.into_iter().find(|(_, every, unit)| (*every, *unit) == (rhythm.every, rhythm.unit));
        let arrears = known.is_some_and(|known| known.billed == BillingTime::Arrears);
        Self {
            interval: text(named.map_or(CUSTOM, |(name, ..)| name).to_owned()),
            every: text(rhythm.every.to_string()),
            unit: text(rhythm.unit.as_str().to_owned()),
            starts_on: text(known.map_or_else(ui::format::today, |known| known.starts_on.to_string())),
            anchor_on: day(known.and_then(|known| known.anchor_on)),
            ends_on: day(known.and_then(|known| known.ends_on)),
            billed: text(if arrears { "arrears" } else { "advance" }.to_owned()),
        }
    }

    fn rhythm(self) -> Option<Rhythm> {
        let chosen = self.interval.get();
        if let Some((_, every, unit)) = NAMED.into_iter().find(|(name, ..)| *name == chosen) {
            return Some(Rhythm { every, unit });
        }
        let unit = self.unit.with(|unit| RhythmUnit::ALL.into_iter().find(|known| known.as_str() == unit))?;
        Some(Rhythm { every: self.every.with(|every| every.trim().parse().ok())?, unit })
    }

    /// What it says, where that can be.
    pub fn schedule(self) -> Option<Schedule> {
        let optional = |day: RwSignal<String>| day.with(|day| day.parse::<NaiveDate>().ok());
        let schedule = Schedule {
            rhythm: self.rhythm()?,
            starts_on: optional(self.starts_on)?,
            anchor_on: optional(self.anchor_on),
            ends_on: optional(self.ends_on),
            billed: if self.billed.with(|billed| billed == "arrears") {
                BillingTime::Arrears
            } else {
                BillingTime::Advance
            },
        };
        schedule.is_possible().then_some(schedule)
    }

    /// What it says; what can't be is shown at its field.
    pub fn read(self, reading: &mut Reading) -> Option<Schedule> {
        untrack(|| {
            let invalid = || ("invalid", String::new());
            let every = reading.take("/schedule/rhythm/every", self.rhythm().ok_or_else(invalid));
            let starts = self.starts_on.with(|day| day.parse::<NaiveDate>().map_err(|_| invalid()));
            let starts = reading.take("/schedule/starts_on", starts);
            // What days don't go together, the server says in its words.
            every.zip(starts).map(|(rhythm, starts_on)| {
                self.schedule().unwrap_or_else(|| {
                    let optional = |day: RwSignal<String>| day.with(|day| day.parse().ok());
                    let (anchor_on, ends_on) = (optional(self.anchor_on), optional(self.ends_on));
                    Schedule { rhythm, starts_on, anchor_on, ends_on, billed: BillingTime::default() }
                })
            })
        })
    }
}

/// Its fields.
#[component]
pub fn ScheduleFields(
    /// What is typed.
    form: ScheduleForm,
    /// Something was billed: only the end can be moved.
    fixed: bool,
) -> impl IntoView {
    let intervals = vec![
        SelectOption::new("weekly", texts::weekly()),
        SelectOption::new("monthly", texts::monthly()),
        SelectOption::new("quarterly", texts::quarterly()),
        SelectOption::new("yearly", texts::yearly()),
        SelectOption::new(CUSTOM, texts::custom()),
    ];
    let units = || {
        vec![
            SelectOption::new(RhythmUnit::Week.as_str(), texts::weeks()),
            SelectOption::new(RhythmUnit::Month.as_str(), texts::months()),
            SelectOption::new(RhythmUnit::Year.as_str(), texts::years()),
        ]
    };
    let times =
        vec![SelectOption::new("advance", texts::advance()), SelectOption::new("arrears", texts::arrears())];
    let custom = Memo::new(move |_| form.interval.with(|interval| interval == CUSTOM));
    view! {
        <div class="pair">
            <SelectField label=texts::interval() value=form.interval options=intervals disabled=fixed pointer="/schedule"/>
            {move || {
                custom
                    .get()
                    .then(|| {
                        view! {
                            <TextField
                                label=texts::custom_every()
                                value=form.every
                                kind=TextKind::Decimal
                                disabled=fixed
                                pointer="/schedule/rhythm/every"
                            />
                            <SelectField
                                label=texts::unit()
                                value=form.unit
                                options=units()
                                disabled=fixed
                                pointer="/schedule/rhythm/unit"
                            />
                        }
                    })
            }}
            <SelectField label=texts::billed_title() value=form.billed options=times disabled=fixed pointer="/schedule/billed"/>
        </div>
        <div class="pair">
            <DateField
                label=texts::starts_on()
                value=form.starts_on
                disabled=fixed
                pointer="/schedule/starts_on"
                hint=texts::starts_hint()
            />
            <DateField
                label=texts::anchor_on()
                value=form.anchor_on
                disabled=fixed
                optional=true
                pointer="/schedule/anchor_on"
                hint=texts::anchor_hint()
            />
            <DateField
                label=texts::ends_on()
                value=form.ends_on
                optional=true
                pointer="/schedule/ends_on"
                hint=texts::ends_hint()
            />
        </div>
    }
}
