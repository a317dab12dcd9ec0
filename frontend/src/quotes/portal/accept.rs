//! Accepting: exactly what is accepted, the name, the sentence agreed to, and the signature.

use domain::problem::Code;
use domain::quotes::{AcceptQuote, Accepted, DecisionKind};
use domain::text::Name;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use serde::Deserialize;
use ui::format::{InstantStyle, instant};
use ui::{
    Button, ButtonKind, ButtonSize, ButtonType, Checkbox, Figure, Form, Mark, Notice, Sheet, TextField, Tone,
};

use super::page::{Proposal, TotalsOf};
use super::sign::{SignaturePad, drawn};
use crate::api::{ApiError, Intent};
use crate::browser;
use crate::form::{Reading, Sending};
use crate::money::amount;
use crate::session::PortalSession;
use crate::t::quotes::accept as texts;

/// Why a decision came too late.
#[derive(Debug, Clone, PartialEq)]
pub enum Refused {
    /// Somebody decided before.
    Decided(String),
    /// It is not what was shown any more.
    Changed,
    /// Its last day has passed.
    Expired,
}

/// Who decided what and when: `current` of `quote_decided`.
#[derive(Deserialize)]
struct Before {
    kind: DecisionKind,
    name: String,
    at: chrono::DateTime<chrono::Utc>,
}

impl Refused {
    /// Reads it from a refusal.
    pub fn of(error: &ApiError) -> Option<Self> {
        let ApiError::Refused(refusal) = error else { return None };
        match refusal.code {
            Code::QuoteDecided => {
                let text = refusal.current::<Before>().map(|before| {
                    let when = instant(before.at.timestamp_millis(), InstantStyle::Day);
                    match before.kind {
                        DecisionKind::Accepted => texts::was_accepted(&before.name, &when),
                        DecisionKind::Declined => texts::was_declined(&before.name, &when),
                        DecisionKind::ChangesRequested => texts::was_changes(&before.name, &when),
                    }
                });
                Some(Self::Decided(text.unwrap_or_else(|| error.text().to_owned())))
            }
            Code::QuoteChanged | Code::QuoteState => Some(Self::Changed),
            Code::QuoteExpired => Some(Self::Expired),
            _ => None,
        }
    }
}

/// Says so, with a way on.
#[component]
pub fn RefusedNotice(
    /// Why.
    refused: Refused,
    /// Loads the quote anew.
    #[prop(into)]
    on_reload: Callback<()>,
) -> impl IntoView {
    let text = match refused {
        Refused::Decided(text) => text,
        Refused::Changed => texts::changed().to_owned(),
        Refused::Expired => texts::expired().to_owned(),
    };
    view! {
        <Notice mark=Mark::Late tone=Tone::Caution>
            <div class="gap grow">
                <p>{text}</p>
                <div>
                    <Button on_click=on_reload>{texts::reload()}</Button>
                </div>
            </div>
        </Notice>
    }
}

/// The sheet in which a quote is accepted.
#[component]
pub fn AcceptSheet(
    /// The quote.
    proposal: Proposal,
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <Sheet open title=texts::title()>
            <AcceptForm proposal open/>
        </Sheet>
    }
}

#[component]
fn AcceptForm(proposal: Proposal, open: RwSignal<bool>) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let (guest, own_name, organization) = session.me.with_untracked(|me| {
        (me.contact_id.is_none(), me.name.to_string(), me.organization.name.to_string())
    });
    let (id, no, hash, number) = proposal.document.with_value(|document| {
        let number = document.number.clone().unwrap_or_default();
        (document.id, document.no, document.hash.clone().unwrap_or_default(), number)
    });
    let name = RwSignal::new(if guest { String::new() } else { own_name });
    let (agreed, draws, strokes) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(Vec::new()));
    let (sending, intent) = (Sending::new(), Intent::new());
    let (leaving, refused) = (RwSignal::new(false), RwSignal::new(None::<Refused>));
    let Some(totals) = proposal.totals.get_untracked() else { return ().into_any() };
    let gross = totals.gross;
    let consent = texts::consent(&number, &organization, &amount(gross).text());
    let sentence = consent.clone();
    let navigate = use_navigate();
    let done = move |accepted: Accepted| match (accepted.deposit_invoice_url, accepted.deposit_invoice_id) {
        (Some(url), _) => {
            leaving.set(true);
            browser::open(&url);
        }
        (None, Some(invoice)) => {
            open.set(false);
            navigate(&session.path(&format!("/invoices/{invoice}")), NavigateOptions::default());
        }
        (None, None) => {
            open.set(false);
            proposal.reload.run(());
        }
    };
    let submit = move || {
        let mut reading = Reading::default();
        let name = reading.text::<Name>("/name", name);
        let consent = reading.take(
            "/consent",
            agreed.get_untracked().then_some(()).ok_or(("required", texts::consent_missing().to_owned())),
        );
        let signature = draws.get_untracked().then(|| strokes.with_untracked(drawn)).flatten();
        if !reading.is_done(sending.errors) {
            return;
        }
        let (Some(name), Some(()), Ok(consent)) = (name, consent, sentence.parse::<Name>()) else { return };
        let selection = proposal.selection.get_untracked();
        let body = AcceptQuote { no, hash: hash.clone(), selection, total: gross, name, consent, signature };
        let done = done.clone();
        sending.run_or(async move { super::accept(id, &body, intent).await }, done, move |error| {
            match Refused::of(&error) {
                Some(why) => refused.set(Some(why)),
                None => error.show_in(sending.errors),
            }
        });
    };
    let taken = proposal.document.with_value(|document| {
        let lines = totals.lines.iter().filter(|line| line.taken);
        lines
            .filter_map(|total| {
                let line = document.content.line(&total.key)?;
                let quantity = ui::format::decimal(&total.quantity.to_string());
                let what = format!("{} ({quantity} {})", line.description, line.unit);
                Some(view! {
                    <dt>{what.replace(" )", ")")}</dt>
                    <dd>
                        <Figure amount=amount(total.amount)/>
                    </dd>
                })
            })
            .collect_view()
    });
    let toggle = move || {
        if draws.get() { texts::type_instead() } else { texts::draw_instead() }
    };
    view! {
        <Form
            errors=sending.errors
            busy=Signal::derive(move || sending.busy.get() || leaving.get())
            on_submit=submit
        >
            <h2>{texts::title()}</h2>
            {move || {
                refused
                    .get()
                    .map(|refused| {
                        view! {
                            <RefusedNotice refused on_reload=move || {
                                open.set(false);
                                proposal.reload.run(());
                            }/>
                        }
                    })
            }}
            <details open>
                <summary class="small">{texts::what()}</summary>
                <dl class="totals">{taken}</dl>
            </details>
            <TotalsOf totals/>
            <TextField
                label=texts::name()
                value=name
                pointer="/name"
                hint=texts::name_hint()
                autocomplete="name"
            />
            {move || draws.get().then(|| view! { <SignaturePad strokes/> })}
            <div>
                <button class="link small" type="button" on:click=move |_| draws.update(|draws| *draws = !*draws)>
                    {toggle}
                </button>
            </div>
            <Checkbox label=consent checked=agreed pointer="/consent"/>
            <Button
                kind=ButtonKind::Primary
                size=ButtonSize::TallWide
                button_type=ButtonType::Submit
                busy=Signal::derive(move || sending.busy.get() || leaving.get())
            >
                {texts::accept_for()}
                " "
                <Figure amount=amount(gross)/>
            </Button>
        </Form>
    }
    .into_any()
}
