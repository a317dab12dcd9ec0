use domain::payments::{ConnectStripe, PaymentConnection};
use leptos::prelude::*;
use ui::{Button, ButtonKind, ButtonType, Form, Switch, TextField, TextKind, Toast, Toasts};

use super::parts::{Account, Deaf};
use super::typed;
use crate::form::Sending;
use crate::payments;
use crate::t::common as common_texts;
use crate::t::settings::providers as texts;

/// Stripe's account.
#[component]
pub fn Stripe(
    /// What is there already.
    known: Option<PaymentConnection>,
    /// It was connected or changed.
    on_changed: Callback<()>,
) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let secret_key = RwSignal::new(String::new());
    let webhook_secret = RwSignal::new(String::new());
    let second_secret = RwSignal::new(String::new());
    let enabled = RwSignal::new(known.as_ref().is_none_or(|known| known.enabled));
    let sending = Sending::new();
    let version = known.as_ref().map(|known| known.version);
    let submit = move || {
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
    let key_hint = known
        .as_ref()
        .and_then(|known| known.key_hint.clone())
        .map_or_else(|| texts::key_hint_new().to_owned(), |hint| texts::key_hint(&hint));
    let secret_hint = if known.as_ref().is_some_and(|known| known.webhook_secret_set) {
        texts::secret_hint_set()
    } else {
        texts::secret_hint()
    };
    let deaf = Deaf { label: texts::no_secret(), why: texts::no_secret_why() };
    view! {
        <Account title="Stripe" known deaf on_changed>
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
        </Account>
    }
}
