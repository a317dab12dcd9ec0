//! The organization's ladder of reminders.

use domain::reminders::{ReminderRule, ReminderRules, ReminderTone};
use domain::text::Note;
use leptos::prelude::*;
use ui::{
    Button, ButtonKind, ButtonType, Empty, Form, Icon, IconButton, Loaded, Section, SelectField,
    SelectOption, Skeleton, TextArea, TextField, TextKind, Toast, Toasts,
};

use crate::form::{Reading, Sending};
use crate::reminders;
use crate::t::{common as common_texts, reminders as texts};

/// The most steps there can be.
const STEPS: usize = 8;

/// The ladder, to be changed.
#[component]
pub fn Ladder() -> impl IntoView {
    let rules = ui::Fetched::new(reminders::rules);
    view! {
        <Section title=texts::ladder()>
            <p class="muted">{texts::ladder_sub()}</p>
            <Loaded resource=rules skeleton=Skeleton::Form let:known>
                <LadderForm known/>
            </Loaded>
        </Section>
    }
}

/// A step being typed.
#[derive(Clone, Copy)]
struct StepForm {
    days: RwSignal<String>,
    when: RwSignal<String>,
    tone: RwSignal<String>,
    message: RwSignal<String>,
}

impl StepForm {
    fn new(rule: &ReminderRule) -> Self {
        let when = if rule.days < 0 { "before" } else { "after" };
        Self {
            days: RwSignal::new(rule.days.unsigned_abs().to_string()),
            when: RwSignal::new(when.to_owned()),
            tone: RwSignal::new(rule.tone.as_str().to_owned()),
            message: RwSignal::new(rule.message.to_string()),
        }
    }

    fn read(self, place: usize, reading: &mut Reading) -> Option<ReminderRule> {
        let invalid = || ("invalid", String::new());
        let days = self.days.with_untracked(|days| days.trim().parse::<i16>().map_err(|_| invalid()));
        let days = reading.take(
            &format!("/rules/{place}/days"),
            days.and_then(|days| if days < 0 { Err(invalid()) } else { Ok(days) }),
        );
        let message = reading.text::<Note>(&format!("/rules/{place}/message"), self.message);
        let tone = self
            .tone
            .with_untracked(|tone| ReminderTone::ALL.into_iter().find(|known| known.as_str() == tone))?;
        let before = self.when.with_untracked(|when| when == "before");
        Some(ReminderRule { days: if before { -days? } else { days? }, tone, message: message? })
    }
}

#[component]
fn LadderForm(known: ReminderRules) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let steps = RwSignal::new(known.rules.iter().map(StepForm::new).collect::<Vec<_>>());
    let sending = Sending::new();
    let save = move || {
        let mut reading = Reading::default();
        let rules: Vec<_> = steps
            .get_untracked()
            .into_iter()
            .enumerate()
            .filter_map(|(place, step)| step.read(place, &mut reading))
            .collect();
        if !reading.is_done(sending.errors) {
            return;
        }
        let body = ReminderRules { rules };
        sending.run(async move { reminders::set_rules(&body).await }, move |kept| {
            steps.set(kept.rules.iter().map(StepForm::new).collect());
            toasts.show(Toast::done(texts::saved()));
        });
    };
    let add = move || {
        let fresh = ReminderRule { days: 7, tone: ReminderTone::Friendly, message: Note::default() };
        steps.update(|steps| steps.push(StepForm::new(&fresh)));
    };
    let list = move || {
        let typed = steps.get();
        if typed.is_empty() {
            return view! { <Empty title=texts::none() sub=texts::none_sub()/> }.into_any();
        }
        typed
            .into_iter()
            .enumerate()
            .map(|(place, form)| view! { <Step place form steps/> })
            .collect_view()
            .into_any()
    };
    let full = Memo::new(move |_| steps.with(|steps| steps.len() >= STEPS));
    view! {
        <Form errors=sending.errors busy=sending.busy on_submit=save>
            {list}
            <div class="line">
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                    {common_texts::save()}
                </Button>
                <Button icon=Icon::Plus disabled=full on_click=add>
                    {texts::add()}
                </Button>
            </div>
        </Form>
    }
}

#[component]
fn Step(place: usize, form: StepForm, steps: RwSignal<Vec<StepForm>>) -> impl IntoView {
    let times =
        vec![SelectOption::new("before", texts::before()), SelectOption::new("after", texts::after())];
    let tones: Vec<_> = ReminderTone::ALL
        .into_iter()
        .map(|tone| SelectOption::new(tone.as_str(), reminders::tone(tone)))
        .collect();
    let remove = move || {
        steps.update(|steps| {
            steps.remove(place);
        });
    };
    let title = move || {
        let days = form.days.with(|days| days.trim().parse::<i16>().ok())?;
        Some(reminders::step(if form.when.with(|when| when == "before") { -days } else { days }))
    };
    view! {
        <fieldset class="rung">
            <legend class="line">
                <span>{move || title().unwrap_or_default()}</span>
                <IconButton icon=Icon::Trash label=texts::remove() on_click=remove/>
            </legend>
            <div class="pair">
                <TextField label=texts::days() value=form.days kind=TextKind::Decimal pointer=format!("/rules/{place}/days")/>
                <SelectField label=texts::when() value=form.when options=times/>
                <SelectField label=texts::tone_title() value=form.tone options=tones pointer=format!("/rules/{place}/tone")/>
            </div>
            <TextArea
                label=texts::message()
                value=form.message
                optional=true
                pointer=format!("/rules/{place}/message")
                hint=texts::message_hint()
            />
        </fieldset>
    }
}
