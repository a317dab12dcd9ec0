use domain::payments::{ConnectPaypal, Environment, PaymentConnection};
use leptos::prelude::*;
use ui::{
    Button, ButtonKind, ButtonType, Form, RadioGroup, SelectOption, Switch, TextField, TextKind, Toast,
    Toasts,
};

use super::parts::{Account, Deaf};
use super::typed;
use crate::form::Sending;
use crate::payments;
use crate::t::common as common_texts;
use crate::t::settings::providers as texts;
use crate::t::ways::settings as way_texts;

/// The two worlds of a provider, as choices.
pub fn environments() -> Vec<SelectOption> {
    vec![SelectOption::new("live", way_texts::live()), SelectOption::new("sandbox", way_texts::test())]
}

/// The one that keys are of; live unless the other was chosen.
pub fn environment(known: Option<&PaymentConnection>) -> RwSignal<String> {
    let sandbox = known.is_some_and(|known| known.settings.environment == Some(Environment::Sandbox));
    RwSignal::new(if sandbox { "sandbox" } else { "live" }.to_owned())
}

/// What was chosen of [`environments`].
pub fn chosen(environment: RwSignal<String>) -> Environment {
    if environment.with_untracked(|chosen| chosen == "sandbox") {
        Environment::Sandbox
    } else {
        Environment::Live
    }
}

/// PayPal's account.
#[component]
pub fn Paypal(
    /// What is there already.
    known: Option<PaymentConnection>,
    /// It was connected or changed.
    on_changed: Callback<()>,
) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    // No secrets: they are shown, to be compared with PayPal's page.
    let shown = |text: Option<String>| RwSignal::new(text.unwrap_or_default());
    let settings = known.as_ref().map(|known| known.settings.clone()).unwrap_or_default();
    let (client_id, webhook_id) = (shown(settings.client_id), shown(settings.webhook_id));
    let environment = environment(known.as_ref());
    let client_secret = RwSignal::new(String::new());
    let enabled = RwSignal::new(known.as_ref().is_none_or(|known| known.enabled));
    let sending = Sending::new();
    let version = known.as_ref().map(|known| known.version);
    let submit = move || {
        let body = ConnectPaypal {
            environment: chosen(environment),
            client_id: typed(client_id),
            client_secret: typed(client_secret),
            webhook_id: typed(webhook_id),
            enabled: enabled.get_untracked(),
        };
        sending.run(async move { payments::connect_paypal(&body, version).await }, move |_| {
            toasts.show(Toast::done(common_texts::saved()));
            on_changed.run(());
        });
    };
    let secret_hint = known
        .as_ref()
        .and_then(|known| known.key_hint.clone())
        .map_or_else(|| way_texts::app_hint().to_owned(), |hint| way_texts::in_use(&hint));
    let deaf = Deaf { label: way_texts::no_webhook_id(), why: way_texts::no_webhook_id_why() };
    view! {
        <Account title="PayPal" known deaf on_changed>
            <Form errors=sending.errors busy=sending.busy on_submit=submit>
                <RadioGroup
                    label=way_texts::environment()
                    value=environment
                    options=environments()
                    pointer="/environment"
                />
                <TextField
                    label=way_texts::client_id()
                    value=client_id
                    pointer="/client_id"
                    hint=way_texts::app_hint()
                    autocomplete="off"
                />
                <TextField
                    label=way_texts::client_secret()
                    value=client_secret
                    kind=TextKind::Password
                    pointer="/client_secret"
                    hint=secret_hint
                    autocomplete="off"
                    optional=version.is_some()
                />
                <TextField
                    label=way_texts::webhook_id()
                    value=webhook_id
                    pointer="/webhook_id"
                    hint=way_texts::webhook_id_hint()
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
        </Account>
    }
}
