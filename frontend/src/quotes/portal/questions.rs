//! Questions about a quote or one of its lines, and their answers.

use domain::quotes::{Ask, Question};
use domain::text::{Name, Note, PartKey};
use leptos::prelude::*;
use ui::format::{InstantStyle, instant};
use ui::{Button, ButtonKind, ButtonType, Form, Section, Sheet, TextArea, TextField};

use super::page::{About, Proposal};
use crate::api::Intent;
use crate::form::{Reading, Sending};
use crate::session::PortalSession;
use crate::t::quotes as texts;

fn about(proposal: Proposal, line: Option<&PartKey>) -> Vec<Question> {
    proposal.document.with_value(|document| {
        document.questions.iter().filter(|question| question.line.as_ref() == line).cloned().collect()
    })
}

/// What was asked about one line, and a way to ask.
#[component]
pub fn Asked(
    /// The quote.
    proposal: Proposal,
    /// The line.
    line: PartKey,
) -> impl IntoView {
    let questions = about(proposal, Some(&line)).into_iter().map(show).collect_view();
    let ask = proposal.asks.then(|| {
        view! {
            <button
                class="link small no-print"
                type="button"
                on:click=move |_| proposal.asking.set(Some(About::Line(line.clone())))
            >
                {texts::ask::about_line()}
            </button>
        }
    });
    view! { {questions} {ask} }
}

/// What was asked about the whole.
#[component]
pub fn Questions(
    /// The quote.
    proposal: Proposal,
) -> impl IntoView {
    let questions = about(proposal, None);
    if questions.is_empty() && !proposal.asks {
        return ().into_any();
    }
    let list = questions.into_iter().map(show).collect_view();
    let ask = proposal.asks.then(|| {
        view! {
            <div class="no-print">
                <Button on_click=move || proposal.asking.set(Some(About::Whole))>{texts::ask::ask()}</Button>
            </div>
        }
    });
    view! {
        <Section title=texts::ask::title()>
            <div class="gap">{list} {ask}</div>
        </Section>
    }
    .into_any()
}

fn show(question: Question) -> impl IntoView {
    let day = |at: chrono::DateTime<chrono::Utc>| instant(at.timestamp_millis(), InstantStyle::Day);
    let asked = texts::ask::asked(question.asked_by.as_str(), &day(question.asked_at));
    let answer = question.answer.map_or_else(
        || view! { <p class="small muted">{texts::ask::no_answer()}</p> }.into_any(),
        |answer| {
            let name = question.answered_by.map(|name| name.to_string()).unwrap_or_default();
            let line = texts::ask::answered(&name, &question.answered_at.map(day).unwrap_or_default());
            view! {
                <p class="lines">{answer.to_string()}</p>
                <p class="small muted">{line}</p>
            }
            .into_any()
        },
    );
    view! {
        <div class="card flat">
            <p class="lines">{question.question.to_string()}</p>
            <p class="small muted">{asked}</p>
            {answer}
        </div>
    }
}

/// Asking something.
#[component]
pub fn AskSheet(
    /// The quote.
    proposal: Proposal,
) -> impl IntoView {
    let open = RwSignal::new(false);
    // One signal says what about, the other whether: closing the sheet forgets both.
    Effect::new(move |_| open.set(proposal.asking.with(Option::is_some)));
    Effect::new(move |before: Option<bool>| {
        let now = open.get();
        if before == Some(true) && !now {
            proposal.asking.set(None);
        }
        now
    });
    view! {
        <Sheet open title=texts::ask::ask()>
            <AskForm proposal/>
        </Sheet>
    }
}

#[component]
fn AskForm(proposal: Proposal) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let guest = session.me.with_untracked(|me| me.contact_id.is_none());
    let line = match proposal.asking.get_untracked() {
        Some(About::Line(line)) => Some(line),
        Some(About::Whole) | None => None,
    };
    let about = proposal.document.with_value(|document| {
        line.as_ref().and_then(|key| document.content.line(key)).map(|line| line.description.to_string())
    });
    let id = proposal.document.with_value(|document| document.id);
    let (question, name) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (sending, intent) = (Sending::new(), Intent::new());
    let submit = move || {
        let mut reading = Reading::default();
        let question = reading.text::<Note>("/question", question);
        let name = if guest { reading.text::<Name>("/name", name) } else { None };
        if !reading.is_done(sending.errors) {
            return;
        }
        let Some(question) = question else { return };
        let body = Ask { line: line.clone(), question, name };
        sending.run(async move { super::ask(id, &body, intent).await }, move |_| {
            proposal.asking.set(None);
            proposal.reload.run(());
        });
    };
    view! {
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <h2>{texts::ask::ask()}</h2>
            {about.map(|about| view! { <p class="muted">{about}</p> })}
            <TextArea label=texts::ask::question() value=question pointer="/question"/>
            {guest
                .then(|| {
                    view! { <TextField label=texts::accept::name() value=name pointer="/name" autocomplete="name"/> }
                })}
            <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                {texts::ask::send()}
            </Button>
        </Form>
    }
}
