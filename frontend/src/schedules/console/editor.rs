//! Writing a schedule with its invoice: what each instalment comes to is seen while one types.

use domain::money::{Currency, Money};
use domain::schedules::{InstalmentInput, Milestone, Part, ScheduleError, When, split};
use domain::text::Line;
use leptos::prelude::*;
use ui::{
    Button, ButtonKind, DateField, Figure, Icon, IconButton, SelectField, SelectOption, TextField, TextKind,
};

use crate::invoices::console::draft::number;
use crate::money::amount;
use crate::schedules::numbered;
use crate::t::schedules::{self as shared_texts, console as texts};

/// An instalment being typed.
#[derive(Clone, Copy, PartialEq)]
pub struct InstalmentForm {
    /// Tells instalments apart.
    pub key: u32,
    label: RwSignal<String>,
    /// `percent`, `amount` or `rest`.
    part: RwSignal<String>,
    how_much: RwSignal<String>,
    /// `days_after_issue`, `on` or `milestone`.
    due: RwSignal<String>,
    days: RwSignal<String>,
    day: RwSignal<String>,
    milestone: RwSignal<String>,
}

/// All instalments being typed; none while the invoice is paid at once.
#[derive(Clone, Copy)]
pub struct ScheduleForm {
    /// The instalments.
    pub instalments: RwSignal<Vec<InstalmentForm>>,
    last_key: StoredValue<u32>,
}

impl ScheduleForm {
    /// As it was kept.
    pub fn new(kept: &[InstalmentInput]) -> Self {
        let form = Self { instalments: RwSignal::new(Vec::new()), last_key: StoredValue::new(0) };
        form.instalments.set(kept.iter().map(|instalment| form.known(instalment)).collect());
        form
    }

    fn known(self, kept: &InstalmentInput) -> InstalmentForm {
        let key = self.last_key.get_value() + 1;
        self.last_key.set_value(key);
        let (part, how_much) = match kept.part {
            Part::Percent(rate) => ("percent", ui::format::decimal(&rate.to_string())),
            Part::Amount(money) => ("amount", ui::format::decimal(&money.to_decimal().to_string())),
            Part::Rest => ("rest", String::new()),
        };
        let (due, days, day, milestone) = match &kept.due {
            When::On(day) => ("on", 0, day.to_string(), String::new()),
            When::DaysAfterIssue(days) => ("days_after_issue", *days, String::new(), String::new()),
            When::Milestone(milestone) => {
                ("milestone", milestone.days, String::new(), milestone.name.to_string())
            }
        };
        InstalmentForm {
            key,
            label: RwSignal::new(kept.label.to_string()),
            part: RwSignal::new(part.to_owned()),
            how_much: RwSignal::new(how_much),
            due: RwSignal::new(due.to_owned()),
            days: RwSignal::new(days.to_string()),
            day: RwSignal::new(day),
            milestone: RwSignal::new(milestone),
        }
    }

    /// Adds an equal part of what remains, a month after the one before.
    fn add(self) {
        let days =
            self.instalments.with_untracked(|known| u16::try_from(known.len() * 30).unwrap_or(u16::MAX));
        let new = self.known(&InstalmentInput {
            label: Line::default(),
            part: Part::Rest,
            due: When::DaysAfterIssue(days),
        });
        self.instalments.update(|known| known.push(new));
    }

    /// As it is sent; else the place of the first instalment that can't be read.
    pub fn read(self, currency: Currency) -> Result<Vec<InstalmentInput>, usize> {
        let known = self.instalments.get().into_iter().enumerate();
        known.map(|(place, instalment)| instalment.read(currency).ok_or(place)).collect()
    }
}

impl InstalmentForm {
    fn read(self, currency: Currency) -> Option<InstalmentInput> {
        let how_much = || self.how_much.with(|text| number::<domain::money::UnitPrice>(text));
        let part = match self.part.get().as_str() {
            "percent" => Part::Percent(self.how_much.with(|text| number(text))?),
            "amount" => Part::Amount(Money::round_from(how_much()?.get(), currency).ok()?),
            _ => Part::Rest,
        };
        let days = || self.days.with(|text| text.trim().parse::<u16>().ok());
        let due = match self.due.get().as_str() {
            "on" => When::On(self.day.with(|day| day.parse().ok())?),
            "milestone" => When::Milestone(Milestone {
                name: self.milestone.with(|name| name.parse().ok())?,
                days: days()?,
            }),
            _ => When::DaysAfterIssue(days()?),
        };
        Some(InstalmentInput { label: self.label.with(|label| label.parse().ok())?, part, due })
    }
}

/// What the instalments come to, or why they don't fit.
fn amounts(form: ScheduleForm, total: Money) -> Result<Vec<Money>, String> {
    let read = form.read(total.currency());
    let written = read.map_err(|place| texts::trouble(&numbered(place)))?;
    let parts: Vec<Part> = written.iter().map(|instalment| instalment.part).collect();
    split(total, &parts).map_err(|error| match error {
        ScheduleError::TooMuch => texts::too_much().to_owned(),
        ScheduleError::TooLittle => texts::too_little().to_owned(),
        ScheduleError::Percent(at)
        | ScheduleError::Currency(at)
        | ScheduleError::Nothing(at)
        | ScheduleError::Days(at)
        | ScheduleError::BeforeIssue(at) => texts::misfit(&numbered(at)),
    })
}

/// Whether it is paid at once or in instalments, and those.
#[component]
pub fn ScheduleFields(
    /// The instalments.
    form: ScheduleForm,
    /// What the invoice comes to.
    #[prop(into)]
    total: Signal<Money>,
) -> impl IntoView {
    let way = RwSignal::new(
        if form.instalments.with_untracked(Vec::is_empty) { "at_once" } else { "by_instalments" }.to_owned(),
    );
    Effect::new(move |before: Option<String>| {
        let now = way.get();
        if before.is_some_and(|before| before != now) {
            form.instalments.set(Vec::new());
            if now == "by_instalments" {
                form.add();
                form.add();
            }
        }
        now
    });
    let ways = vec![
        SelectOption::new("at_once", texts::at_once()),
        SelectOption::new("by_instalments", texts::by_instalments()),
    ];
    let sums = Memo::new(move |_| amounts(form, total.get()));
    let trouble = move || {
        let trouble = sums.with(|sums| sums.as_ref().err().cloned());
        trouble.map(|text| view! { <p class="small critical" role="status">{text}</p> })
    };
    let list = move || {
        (!form.instalments.with(Vec::is_empty)).then(|| {
            view! {
                <section class="section" aria-label=shared_texts::title()>
                    <For each=move || form.instalments.get() key=|instalment| instalment.key let:instalment>
                        <Fields form instalment sums/>
                    </For>
                    {trouble}
                    <div class="line">
                        <Button kind=ButtonKind::Quiet icon=Icon::Plus on_click=move || form.add()>
                            {texts::add()}
                        </Button>
                    </div>
                </section>
            }
        })
    };
    view! {
        <div class="pair">
            <SelectField label=texts::how() value=way options=ways/>
        </div>
        {list}
    }
}

#[component]
fn Fields(
    form: ScheduleForm,
    instalment: InstalmentForm,
    sums: Memo<Result<Vec<Money>, String>>,
) -> impl IntoView {
    let key = instalment.key;
    let place = Memo::new(move |_| {
        form.instalments.with(|known| known.iter().position(|other| other.key == key).unwrap_or_default())
    });
    let sum = move || {
        let sum = sums.with(|sums| sums.as_ref().ok().and_then(|sums| sums.get(place.get()).copied()));
        sum.map(|sum| view! { <Figure amount=amount(sum)/> })
    };
    let parts = vec![
        SelectOption::new("rest", texts::rest()),
        SelectOption::new("percent", texts::percent()),
        SelectOption::new("amount", texts::amount()),
    ];
    let dues = vec![
        SelectOption::new("days_after_issue", texts::days_after_issue()),
        SelectOption::new("on", texts::on()),
        SelectOption::new("milestone", texts::milestone()),
    ];
    let how_much = move || {
        instalment.part.with(|part| part != "rest").then(|| {
            view! { <TextField label=texts::how_much() value=instalment.how_much kind=TextKind::Decimal/> }
        })
    };
    let due = move || match instalment.due.get().as_str() {
        "on" => view! { <DateField label=texts::day() value=instalment.day/> }.into_any(),
        "milestone" => view! {
            <TextField label=texts::milestone_name() value=instalment.milestone/>
            <TextField label=texts::days_after() value=instalment.days kind=TextKind::Code/>
        }
        .into_any(),
        _ => view! { <TextField label=texts::days() value=instalment.days kind=TextKind::Code/> }.into_any(),
    };
    let remove = Callback::new(move |()| {
        form.instalments.update(|known| known.retain(|other| other.key != key));
    });
    let spoken = move || {
        let number = ui::format::number(i64::try_from(place.get() + 1).unwrap_or(i64::MAX));
        view! { <IconButton icon=Icon::Trash label=texts::remove(&number) on_click=remove/> }
    };
    view! {
        <div class="gap">
            <div class="bar">
                <h3>{move || numbered(place.get())}</h3>
                <span class="end line">{sum} {spoken}</span>
            </div>
            <div class="pair">
                <TextField label=texts::label() value=instalment.label optional=true/>
                <SelectField label=texts::part() value=instalment.part options=parts/>
                {how_much}
            </div>
            <div class="pair">
                <SelectField label=texts::due() value=instalment.due options=dues/>
                {due}
            </div>
        </div>
    }
}
