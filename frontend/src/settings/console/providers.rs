//! Who moves the money when clients pay online.

use domain::payments::{ConnectStripe, PaymentConnection, Provider};
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{
    Button, ButtonKind, ButtonType, Facts, Form, Icon, Loaded, Mark, Notice, Pill, Section, Skeleton, Switch,
    TextField, TextKind, Toast, Toasts, Tone,
};

use super::Settings;
use crate::automatic_charges::ladder::ChargeLadder;
use crate::form::Sending;
use crate::t::{common as common_texts, settings::providers as texts};
use crate::time::Ago;
use crate::{browser, payments};

/// `/console/settings/payments`
#[component]
pub fn ProvidersPage() -> impl IntoView {
    let connections = ui::Fetched::new(payments::connections);
    view! {
        <Settings title=texts::title()>
            <div class="narrow stack">
                <Loaded resource=connections skeleton=Skeleton::Form let:list>
                    <Both list on_changed=move || connections.refetch()/>
                </Loaded>
                <ChargeLadder/>
            </div>
        </Settings>
    }
}

#[component]
fn Both(list: Vec<PaymentConnection>, #[prop(into)] on_changed: Callback<()>) -> impl IntoView {
    let of = |provider: Provider| list.iter().find(|known| known.provider == provider).cloned();
    view! {
        <div class="stack">
            <Stripe known=of(Provider::Stripe) on_changed/>
            <Sandbox known=of(Provider::Sandbox) on_changed/>
        </div>
    }
}

/// Where a connection stands. Without the webhook's secret no payment would ever be noticed: that is an error, not a hint.
fn state(known: Option<&PaymentConnection>) -> (Mark, Tone, &'static str) {
    match known {
        None => (Mark::Draft, Tone::Neutral, texts::not_connected()),
        Some(known) if !known.webhook_secret_set => (Mark::Late, Tone::Critical, texts::no_secret()),
        Some(known) if !known.enabled => (Mark::Empty, Tone::Neutral, texts::off()),
        Some(_) => (Mark::Full, Tone::Accent, texts::on()),
    }
}

#[component]
fn Stripe(known: Option<PaymentConnection>, on_changed: Callback<()>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let secret_key = RwSignal::new(String::new());
    let webhook_secret = RwSignal::new(String::new());
    let second_secret = RwSignal::new(String::new());
    let enabled = RwSignal::new(known.as_ref().is_none_or(|known| known.enabled));
    let sending = Sending::new();
    let version = known.as_ref().map(|known| known.version);
    let submit = move || {
        let typed = |text: RwSignal<String>| {
            Some(text.get_untracked().trim().to_owned()).filter(|text| !text.is_empty())
        };
        let secrets: Vec<String> = [webhook_secret, second_secret].into_iter().filter_map(typed).collect();
        let body = ConnectStripe {
            secret_key: typed(secret_key),
            webhook_secrets: (!secrets.is_empty()).then_some(secrets),
            enabled: enabled.get_untracked(),
        };
        sending.run(async move { payments::connect_stripe(&body, version).await }, move |_| {
            toasts.show(Toast::done(common_texts::saved()));
            on_changed.run(());
        });
    };
    let (mark, tone, label) = state(known.as_ref());
    let missing = known.as_ref().is_some_and(|known| !known.webhook_secret_set).then(|| {
        view! {
            <Notice mark=Mark::Late tone=Tone::Critical>
                <span>{texts::no_secret_why()}</span>
            </Notice>
        }
    });
    let key_hint = known
        .as_ref()
        .and_then(|known| known.key_hint.clone())
        .map_or_else(|| texts::key_hint_new().to_owned(), |hint| texts::key_hint(&hint));
    let secret_hint = if known.as_ref().is_some_and(|known| known.webhook_secret_set) {
        texts::secret_hint_set()
    } else {
        texts::secret_hint()
    };
    let facts = known.map(|known| view! { <ConnectionFacts known/> });
    view! {
        <Section title="Stripe" end=move || view! { <Pill label mark tone/> }>
            <div class="gap">
                {missing} {facts}
                <Form errors=sending.errors busy=sending.busy on_submit=submit>
                    <TextField
                        label=texts::secret_key()
                        value=secret_key
                        kind=TextKind::Password
                        pointer="/secret_key"
                        hint=key_hint
                        autocomplete="off"
                        optional=version.is_some()
                    />
                    <TextField
                        label=texts::webhook_secret()
                        value=webhook_secret
                        kind=TextKind::Password
                        pointer="/webhook_secrets/0"
                        hint=secret_hint
                        autocomplete="off"
                        optional=version.is_some()
                    />
                    <TextField
                        label=texts::second_secret()
                        value=second_secret
                        kind=TextKind::Password
                        pointer="/webhook_secrets/1"
                        hint=texts::second_secret_hint()
                        autocomplete="off"
                        optional=true
                    />
                    <Switch label=texts::clients_may_pay() checked=enabled pointer="/enabled"/>
                    <div class="line">
                        <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                            {if version.is_some() { common_texts::save() } else { texts::connect() }}
                        </Button>
                    </div>
                </Form>
            </div>
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

#[component]
fn Sandbox(known: Option<PaymentConnection>, on_changed: Callback<()>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let before = known.as_ref().is_some_and(|known| known.enabled);
    let version = known.map(|known| known.version);
    let enabled = RwSignal::new(before);
    Effect::new(move |_| {
        let wanted = enabled.get();
        if wanted == before {
            return;
        }
        spawn_local(async move {
            match payments::connect_sandbox(wanted, version).await {
                Ok(_) => on_changed.run(()),
                Err(error) => {
                    enabled.set(before);
                    toasts.show(Toast::failed(error.text()));
                }
            }
        });
    });
    view! {
        <Section title=texts::sandbox()>
            <div class="gap">
                <p class="muted small">{texts::sandbox_lead()}</p>
                <Switch label=texts::sandbox_on() checked=enabled/>
            </div>
        </Section>
    }
}
