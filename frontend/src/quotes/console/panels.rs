//! What stands beside a quote's paper: decision, approval, margin, questions, versions and what came of it.

use domain::permission::Permission;
use domain::quotes::{
    Answer as AnswerBody, Change, Decision, DecisionKind, Question, Quote, QuoteComparison, Signature,
    VersionSummary,
};
use domain::text::Note;
use leptos::prelude::*;
use ui::{
    Button, ButtonKind, ButtonType, Facts, Figure, Form, Loaded, Mark, Notice, Row, Section, Skeleton,
    TextArea, TextLink, Toast, Toasts, Tone,
};

use super::{calls, look};
use crate::api::Intent;
use crate::form::{Reading, Sending};
use crate::money::amount;
use crate::session::ConsoleSession;
use crate::t::quotes_console as texts;
use crate::{invoices, time};

/// Date and time of an instant.
fn at(instant: chrono::DateTime<chrono::Utc>) -> String {
    ui::format::instant(instant.timestamp_millis(), ui::format::InstantStyle::Full)
}

/// What the client decided, when and who.
#[component]
pub fn DecisionView(
    /// The decision.
    decision: Decision,
) -> impl IntoView {
    let title = match decision.kind {
        DecisionKind::Accepted => texts::state::accepted(),
        DecisionKind::Declined => texts::state::declined(),
        DecisionKind::ChangesRequested => texts::state::changes_requested(),
    };
    let accepted = decision.kind == DecisionKind::Accepted;
    let mut facts = vec![
        (texts::decided_by().to_owned(), decision.name.to_string().into_any()),
        (texts::decided_at().to_owned(), at(decision.at).into_any()),
        (texts::version().to_owned(), ui::format::number(i64::from(decision.no)).into_any()),
    ];
    if accepted {
        facts.push((texts::total().to_owned(), view! { <Figure amount=amount(decision.total)/> }.into_any()));
        facts.push((texts::consent().to_owned(), decision.consent.clone().into_any()));
    }
    let words = decision.words.to_string();
    view! {
        <Section title>
            {(!words.is_empty()).then(|| view! { <p class="lines">{words}</p> })}
            <Facts facts/>
            {decision.signature.map(|signature| view! { <SignatureView signature/> })}
        </Section>
    }
}

/// A signature as it was drawn.
#[component]
fn SignatureView(signature: Signature) -> impl IntoView {
    let strokes = signature
        .strokes
        .iter()
        .map(|stroke| {
            let points: Vec<String> = stroke.iter().map(|(x, y)| format!("{x},{y}")).collect();
            view! { <polyline points=points.join(" ")></polyline> }
        })
        .collect_view();
    view! {
        <svg
            viewBox="0 0 1000 300"
            width="100%"
            role="img"
            aria-label=texts::signature()
            fill="none"
            stroke="currentColor"
            stroke-width="6"
            stroke-linecap="round"
        >
            {strokes}
        </svg>
    }
}

/// What the team has to know before it acts: an approval that waits, or why it was given back.
#[component]
pub fn ApprovalView(
    /// The quote.
    quote: Quote,
) -> impl IntoView {
    quote.approval.map(|approval| {
        let who = |name: Option<domain::text::Name>| name.map(|name| name.to_string()).unwrap_or_default();
        let text = if approval.pending {
            texts::approval_wanted(&who(approval.requested_by), &at(approval.requested_at))
        } else if let Some(note) = approval.return_note {
            texts::was_returned(&note)
        } else if let Some(when) = approval.approved_at {
            texts::was_approved(&who(approval.approved_by), &at(when))
        } else {
            return ().into_any();
        };
        let (mark, tone) = if approval.approved_at.is_some() {
            (Mark::Full, Tone::Positive)
        } else {
            (Mark::Half, Tone::Caution)
        };
        view! { <Notice mark tone><p>{text}</p></Notice> }.into_any()
    })
}

/// Facts about a quote that only the team sees.
#[component]
pub fn Particulars(
    /// The quote.
    quote: Quote,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let document = quote.document;
    let client = if session.may(Permission::ViewClients) {
        let href = format!("/console/clients/{}", document.client_id);
        view! { <TextLink href>{document.client_name.to_string()}</TextLink> }.into_any()
    } else {
        document.client_name.to_string().into_any()
    };
    let money = |value| view! { <Figure amount=amount(value)/> }.into_any();
    let mut facts = vec![
        (texts::client().to_owned(), client),
        (texts::total().to_owned(), money(document.totals.gross)),
        (texts::cost().to_owned(), money(quote.margin.cost)),
        (texts::margin().to_owned(), money(quote.margin.margin)),
    ];
    let mut text = |label: &str, value: String| {
        if !value.is_empty() {
            facts.push((label.to_owned(), value.into_any()));
        }
    };
    text(texts::valid_until(), time::day(document.content.valid_until));
    text(texts::sent_on(), document.sent_at.map(at).unwrap_or_default());
    text(texts::seen_on(), document.viewed_at.map(at).unwrap_or_default());
    if quote.access_code {
        text(texts::access_code(), texts::code_on().to_owned());
    }
    text(texts::internal_note(), quote.internal_note.to_string());
    if let Some(contract) = document.contract {
        facts.push((texts::contract().to_owned(), money(contract)));
        facts.push((texts::billed().to_owned(), money(quote.billed)));
    }
    if let Some(changed) = document.changes_quote_id {
        let href = format!("/console/quotes/{changed}");
        facts.push((
            texts::changes().to_owned(),
            view! { <TextLink href>{texts::changed_quote()}</TextLink> }.into_any(),
        ));
    }
    view! { <Facts facts/> }
}

/// Invoices and change orders that came of it.
#[component]
pub fn Outcomes(
    /// The quote.
    quote: Quote,
) -> impl IntoView {
    let document = quote.document;
    let invoices = document
        .invoices
        .into_iter()
        .map(|invoice| {
            let href = format!("/console/invoices/{}", invoice.id);
            let title = invoice
                .number
                .as_deref()
                .map_or_else(|| texts::invoice_draft().to_owned(), crate::t::invoices::invoice_numbered);
            let (.., word) = invoices::look(invoice.status, false, None);
            view! {
                <Row title sub=word href>
                    <Figure amount=amount(invoice.total)/>
                </Row>
            }
        })
        .collect_view();
    let orders = document
        .change_orders
        .into_iter()
        .map(|order| {
            let href = format!("/console/quotes/{}", order.id);
            view! {
                <Row title=order.title.to_string() sub=look(order.state).2 href>
                    <Figure amount=amount(order.total)/>
                </Row>
            }
        })
        .collect_view();
    view! {
        {(!invoices.is_empty())
            .then(|| view! { <Section title=texts::invoices()><ul class="rows">{invoices}</ul></Section> })}
        {(!orders.is_empty())
            .then(|| view! { <Section title=texts::change_orders()><ul class="rows">{orders}</ul></Section> })}
    }
}

/// What the client asked, with a box for each answer that is missing.
#[component]
pub fn Questions(
    /// The quote.
    quote: Quote,
    /// One was answered.
    on_answered: Callback<()>,
) -> impl IntoView {
    let content = quote.document.content.clone();
    let questions = quote.document.questions;
    (!questions.is_empty()).then(|| {
        let list = questions
            .into_iter()
            .map(|question| {
                let line = question.line.as_ref().and_then(|key| content.line(key));
                let about = line.map(|line| line.description.to_string()).unwrap_or_default();
                view! { <QuestionView question about on_answered/> }
            })
            .collect_view();
        view! { <Section title=texts::questions()><div class="stack">{list}</div></Section> }
    })
}

#[component]
fn QuestionView(question: Question, about: String, on_answered: Callback<()>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let mut sub = vec![question.asked_by.to_string(), at(question.asked_at)];
    if !about.is_empty() {
        sub.push(about);
    }
    let answer = match question.answer {
        Some(answer) => {
            let by = question.answered_by.map(|name| name.to_string()).unwrap_or_default();
            let when = question.answered_at.map(at).unwrap_or_default();
            view! {
                <p class="lines">{answer.to_string()}</p>
                <p class="small muted">{by} " · " {when}</p>
            }
            .into_any()
        }
        None if session.may(Permission::EditQuotes) => {
            view! { <AnswerForm id=question.id on_answered/> }.into_any()
        }
        None => view! { <p class="muted">{texts::no_answer()}</p> }.into_any(),
    };
    view! {
        <div class="gap">
            <div>
                <p class="lines"><b>{question.question.to_string()}</b></p>
                <p class="small muted">{sub.join(" · ")}</p>
            </div>
            {answer}
        </div>
    }
}

#[component]
fn AnswerForm(id: domain::quotes::QuestionId, on_answered: Callback<()>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let answer = RwSignal::new(String::new());
    let sending = Sending::new();
    let intent = Intent::new();
    let submit = move || {
        let mut reading = Reading::default();
        let answer = reading.text::<Note>("/answer", answer);
        let (true, Some(answer)) = (reading.is_done(sending.errors), answer) else { return };
        sending.run(async move { calls::answer(id, &AnswerBody { answer }, intent).await }, move |_| {
            toasts.show(Toast::done(texts::answered()));
            on_answered.run(());
        });
    };
    view! {
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <TextArea label=texts::answer() value=answer pointer="/answer"/>
            <div class="line">
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                    {texts::send_answer()}
                </Button>
            </div>
        </Form>
    }
}

/// The versions, each to be looked at, and what changed from one to the next.
#[component]
pub fn Versions(
    /// The quote.
    quote: Quote,
) -> impl IntoView {
    let (id, shown) = (quote.document.id, quote.document.no);
    let many = quote.document.current_no + i32::from(quote.draft_no.is_some()) > 1;
    many.then(|| {
        let list = ui::Fetched::new(move || calls::versions(id));
        let compared = RwSignal::new(None::<(i32, i32)>);
        let row = move |version: VersionSummary| {
            let title = texts::version_numbered(&ui::format::number(i64::from(version.no)));
            let when =
                version.sent_at.map_or_else(|| look(domain::quotes::QuoteState::Draft).2.to_owned(), at);
            let no = version.no;
            let differ = (no > 1).then(|| {
                view! {
                    <Button kind=ButtonKind::Quiet on_click=move || {
                        compared.update(|pair| *pair = (*pair != Some((no - 1, no))).then_some((no - 1, no)));
                    }>{texts::what_changed()}</Button>
                }
            });
            let href = if no == shown { String::new() } else { format!("/console/quotes/{id}?no={no}") };
            view! {
                <Row title sub=when href>
                    <Figure amount=amount(version.total)/>
                </Row>
                {differ.map(|differ| view! { <li>{differ}</li> })}
            }
        };
        let comparison = move || {
            compared.get().map(|(from, to)| {
                let found = ui::Fetched::new(move || calls::compare(id, from, to));
                view! {
                    <Loaded resource=found skeleton=Skeleton::Table let:found>
                        <Comparison comparison=found/>
                    </Loaded>
                }
            })
        };
        view! {
            <Section title=texts::versions()>
                <Loaded resource=list skeleton=Skeleton::Table let:list>
                    <ul class="rows">{list.into_iter().map(row).collect_view()}</ul>
                </Loaded>
                {comparison}
            </Section>
        }
    })
}

/// The word of a field that can differ.
fn field(name: &str) -> Option<&'static str> {
    Some(match name {
        "title" => texts::quote_title(),
        "cover" => texts::cover(),
        "terms" => texts::terms(),
        "valid_until" => texts::valid_until(),
        "discount" => texts::discount(),
        "deposit" => texts::deposit(),
        "groups" => texts::packages(),
        "sections" => texts::sections(),
        "description" => crate::t::invoices::item(),
        "detail" => crate::t::invoices::detail(),
        "quantity" => crate::t::invoices::quantity(),
        "unit" => crate::t::invoices::unit(),
        "unit_price" => crate::t::invoices::price(),
        "taxes" => crate::t::invoices::tax(),
        "discount_percent" => texts::line_discount(),
        "take" => texts::take(),
        "adjustable" => texts::adjustable(),
        "section" => texts::section(),
        _ => return None,
    })
}

#[component]
fn Comparison(comparison: QuoteComparison) -> impl IntoView {
    let fields = comparison.fields.iter().filter_map(|change| field(&change.field)).map(|label| {
        view! { <li><b>{label}</b></li> }
    });
    let lines = comparison.lines.iter().map(|line| {
        let shown = line.to.as_ref().or(line.from.as_ref());
        let name = shown.map(|line| line.description.to_string()).unwrap_or_default();
        let what = match line.change {
            Change::Added => texts::added().to_owned(),
            Change::Removed => texts::removed().to_owned(),
            Change::Changed => {
                line.fields.iter().filter_map(|change| field(&change.field)).collect::<Vec<_>>().join(", ")
            }
        };
        view! { <li><b>{name}</b> ": " {what}</li> }
    });
    let totals = texts::total_changed(
        &amount(comparison.totals_from.gross).text(),
        &amount(comparison.totals_to.gross).text(),
    );
    view! {
        <div class="gap">
            <h3>{texts::compared(
                &ui::format::number(i64::from(comparison.from)),
                &ui::format::number(i64::from(comparison.to)),
            )}</h3>
            <ul>{fields.collect_view()} {lines.collect_view()}</ul>
            <p class="muted">{totals}</p>
        </div>
    }
}
