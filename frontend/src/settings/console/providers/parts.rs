//! What every account shows: where it stands, where its events go, whether its keys work, and how it is offered.

use std::str::FromStr;

use domain::money::{Currency, Money};
use domain::payments::{ConnectionCheck, ConnectionId, MethodFee, PaymentConnection, PaymentTerms, Provider};
use domain::tax::Rate;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{
    Button, ButtonType, Facts, Form, Icon, Mark, MoneyField, Notice, Pill, Section, Switch, TextField,
    TextKind, Toast, Toasts, Tone,
};

use crate::api::ApiError;
use crate::form::{Reading, Sending};
use crate::invoices::console::number;
use crate::money::amount;
use crate::session::ConsoleSession;
use crate::t::common as common_texts;
use crate::t::settings::providers as texts;
use crate::t::ways::settings as way_texts;
use crate::time::Ago;
use crate::{browser, payments};

/// What to do about events that can't be checked, per provider: the word and why.
#[derive(Clone, Copy)]
pub struct Deaf {
    /// The word.
    pub label: &'static str,
    /// What follows, and how to mend it.
    pub why: &'static str,
}

/// Where an account stands. Without a way to check events no payment would ever be noticed: that is an error, not a hint.
fn state(known: Option<&PaymentConnection>, deaf: Option<Deaf>) -> (Mark, Tone, &'static str) {
    match (known, deaf) {
        (None, _) => (Mark::Draft, Tone::Neutral, texts::not_connected()),
        (Some(known), Some(deaf)) if !known.webhook_secret_set => (Mark::Late, Tone::Critical, deaf.label),
        (Some(known), _) if !known.enabled => (Mark::Empty, Tone::Neutral, texts::off()),
        (Some(_), _) => (Mark::Full, Tone::Accent, texts::on()),
    }
}

/// An account's section, around the form of its keys.
#[component]
pub fn Account(
    /// Its name.
    title: &'static str,
    /// What is there already.
    known: Option<PaymentConnection>,
    /// What it lacks while events can't be checked; nothing where none come.
    #[prop(optional)]
    deaf: Option<Deaf>,
    /// Its terms were changed.
    on_changed: Callback<()>,
    /// The form.
    children: Children,
) -> impl IntoView {
    let (mark, tone, label) = state(known.as_ref(), deaf);
    let missing =
        deaf.filter(|_| known.as_ref().is_some_and(|known| !known.webhook_secret_set)).map(|deaf| {
            view! {
                <Notice mark=Mark::Late tone=Tone::Critical>
                    <span>{deaf.why}</span>
                </Notice>
            }
        });
    let facts = known.clone().filter(|_| deaf.is_some()).map(|known| view! { <ConnectionFacts known/> });
    let check = known
        .as_ref()
        .filter(|known| known.provider != Provider::BankTransfer)
        .map(|known| view! { <Check id=known.id/> });
    let form = if known.is_some() {
        children().into_any()
    } else {
        // Few firms use them all: what nobody has connected is one line.
        view! {
            <details class="mapping">
                <summary>{texts::set_up()}</summary>
                <div class="gap">{children()}</div>
            </details>
        }
        .into_any()
    };
    let terms = known.map(|known| view! { <Terms known on_changed/> });
    view! {
        <Section title=title end=move || view! { <Pill label mark tone/> }>
            <div class="gap">{missing} {facts} {form} {check} {terms}</div>
        </Section>
    }
}

#[component]
fn ConnectionFacts(known: PaymentConnection) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let url = known.webhook_url.clone();
    let copy = move || {
        let url = url.clone();
        spawn_local(async move {
            let toast =
                if browser::copy(&url).await { Toast::done(texts::copied()) } else { Toast::failed(url) };
            toasts.show(toast);
        });
    };
    let address = view! {
        <span class="code">{known.webhook_url}</span>
        " "
        <ui::IconButton icon=Icon::Copy label=texts::copy() on_click=copy/>
    };
    let last = match known.last_event_at {
        Some(at) => view! { <Ago at/> }.into_any(),
        None => view! { <span class="muted">{texts::no_event_yet()}</span> }.into_any(),
    };
    let facts =
        vec![(texts::webhook_url().to_owned(), address.into_any()), (texts::last_event().to_owned(), last)];
    view! { <Facts facts/> }
}

/// Asks the provider whether the keys work, and says what it said.
#[component]
fn Check(id: ConnectionId) -> impl IntoView {
    let busy = RwSignal::new(false);
    let said = RwSignal::new(None::<Result<ConnectionCheck, ApiError>>);
    let check = move || {
        busy.set(true);
        said.set(None);
        spawn_local(async move {
            let answer = payments::check_connection(id).await;
            if busy.try_set(false).is_none() {
                said.set(Some(answer));
            }
        });
    };
    let verdict = move || {
        said.get().map(|said| match said {
            Ok(ConnectionCheck { webhook_secret_set: false, .. }) => {
                view! { <Pill label=way_texts::works_unheard() mark=Mark::Most tone=Tone::Caution/> }
                    .into_any()
            }
            Ok(ConnectionCheck { livemode: true, .. }) => {
                view! { <Pill label=way_texts::works_live() mark=Mark::Full tone=Tone::Accent/> }.into_any()
            }
            Ok(_) => {
                view! { <Pill label=way_texts::works_test() mark=Mark::Full tone=Tone::Accent/> }.into_any()
            }
            // The provider's own words say what is wrong with the keys.
            Err(ApiError::Refused(problem)) if problem.detail.is_some() => {
                let detail = problem.detail.unwrap_or_default();
                view! { <Pill label=detail mark=Mark::Late tone=Tone::Critical/> }.into_any()
            }
            Err(error) => view! { <Pill label=error.text() mark=Mark::Late tone=Tone::Critical/> }.into_any(),
        })
    };
    view! {
        <div class="line">
            <Button busy on_click=check>
                {way_texts::check()}
            </Button>
            <span role="status">{verdict}</span>
        </div>
    }
}

/// The terms in a line.
fn summary(terms: &PaymentTerms) -> String {
    let whom = if terms.offered { way_texts::summary_all() } else { way_texts::summary_some() };
    let mut parts = vec![whom.to_owned()];
    parts.extend(terms.minimum.map(|least| way_texts::summary_from(&amount(least).text())));
    parts.extend(terms.maximum.map(|most| way_texts::summary_to(&amount(most).text())));
    parts.join(" · ")
}

/// How an account is offered: to whom, between which limits, and what it costs.
#[component]
fn Terms(known: PaymentConnection, on_changed: Callback<()>) -> impl IntoView {
    let line = summary(&known.terms);
    view! {
        <details class="mapping">
            <summary>{way_texts::terms()} " " <span class="muted">{line}</span></summary>
            <TermsForm known on_changed/>
        </details>
    }
}

#[component]
fn TermsForm(known: PaymentConnection, on_changed: Callback<()>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let toasts = expect_context::<Toasts>();
    let PaymentConnection { id, version, terms, .. } = known;
    let own: Currency = session.me.with_untracked(|me| me.organization.currency);
    // What was set in another currency is shown in it.
    let limits = terms.minimum.or(terms.maximum).map_or(own, Money::currency);
    let fixed_in = terms.fee.and_then(|fee| fee.fixed).map_or(own, Money::currency);
    let offered = RwSignal::new(terms.offered);
    let minimum = RwSignal::new(terms.minimum.map(Money::minor));
    let maximum = RwSignal::new(terms.maximum.map(Money::minor));
    let percent =
        RwSignal::new(terms.fee.map(|fee| ui::format::decimal(&fee.percent.to_string())).unwrap_or_default());
    let fixed = RwSignal::new(terms.fee.and_then(|fee| fee.fixed).map(Money::minor));
    let sending = Sending::new();
    let submit = move || {
        let mut reading = Reading::default();
        let typed = percent.get_untracked();
        let fixed = fixed.get_untracked().map(|minor| Money::new(minor, fixed_in));
        let rate: Option<Rate> = match typed.trim() {
            "" => Rate::from_str("0").ok(),
            text => reading.take(
                "/fee/percent",
                number(text).ok_or_else(|| ("not_a_rate", way_texts::not_a_rate().to_owned())),
            ),
        };
        let (true, Some(percent)) = (reading.is_done(sending.errors), rate) else { return };
        let none = typed.trim().is_empty() && fixed.is_none();
        let money =
            |minor: RwSignal<Option<i64>>| minor.get_untracked().map(|minor| Money::new(minor, limits));
        let body = PaymentTerms {
            offered: offered.get_untracked(),
            minimum: money(minimum),
            maximum: money(maximum),
            fee: (!none).then_some(MethodFee { percent, fixed }),
        };
        sending.run(async move { payments::set_terms(id, &body, version).await }, move |_| {
            toasts.show(Toast::done(common_texts::saved()));
            on_changed.run(());
        });
    };
    view! {
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <Switch label=way_texts::offered() checked=offered pointer="/offered"/>
            <div class="pair">
                <MoneyField
                    label=way_texts::minimum()
                    value=minimum
                    currency=limits.code().to_owned()
                    exponent=limits.exponent()
                    pointer="/minimum"
                    optional=true
                />
                <MoneyField
                    label=way_texts::maximum()
                    value=maximum
                    currency=limits.code().to_owned()
                    exponent=limits.exponent()
                    pointer="/maximum"
                    hint=way_texts::limit_hint()
                    optional=true
                />
            </div>
            <div class="pair">
                <TextField
                    label=way_texts::fee_percent()
                    value=percent
                    kind=TextKind::Decimal
                    pointer="/fee/percent"
                    optional=true
                />
                <MoneyField
                    label=way_texts::fee_fixed()
                    value=fixed
                    currency=fixed_in.code().to_owned()
                    exponent=fixed_in.exponent()
                    pointer="/fee/fixed"
                    optional=true
                />
            </div>
            <p class="hint">{way_texts::fee_hint()}</p>
            <div class="line">
                <Button button_type=ButtonType::Submit busy=sending.busy>
                    {way_texts::save_terms()}
                </Button>
            </div>
        </Form>
    }
}
