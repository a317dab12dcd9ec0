use domain::payments::{ConnectSquare, PaymentConnection};
use leptos::prelude::*;
use ui::{Button, ButtonKind, ButtonType, Form, RadioGroup, Switch, TextField, TextKind, Toast, Toasts};

use super::parts::{Account, Deaf};
use super::paypal::{chosen, environment, environments};
use super::typed;
use crate::form::Sending;
use crate::payments;
use crate::t::common as common_texts;
use crate::t::settings::providers as texts;
use crate::t::ways::settings as way_texts;

/// Square's account.
#[component]
pub fn Square(
    /// What is there already.
    known: Option<PaymentConnection>,
    /// It was connected or changed.
    on_changed: Callback<()>,
) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let location = known.as_ref().and_then(|known| known.settings.location_id.clone());
    let location_id = RwSignal::new(location.unwrap_or_default());
    let environment = environment(known.as_ref());
    let access_token = RwSignal::new(String::new());
    let signature_key = RwSignal::new(String::new());
    let second_key = RwSignal::new(String::new());
    let enabled = RwSignal::new(known.as_ref().is_none_or(|known| known.enabled));
    let sending = Sending::new();
    let version = known.as_ref().map(|known| known.version);
    let submit = move || {
        let keys: Vec<String> = [signature_key, second_key].into_iter().filter_map(typed).collect();
        let body = ConnectSquare {
            environment: chosen(environment),
            access_token: typed(access_token),
            location_id: typed(location_id),
            signature_keys: (!keys.is_empty()).then_some(keys),
            enabled: enabled.get_untracked(),
        };
        sending.run(async move { payments::connect_square(&body, version).await }, move |_| {
            toasts.show(Toast::done(common_texts::saved()));
            on_changed.run(());
        });
    };
    let token_hint = known
        .as_ref()
        .and_then(|known| known.key_hint.clone())
        .map_or_else(|| way_texts::access_token_hint().to_owned(), |hint| way_texts::in_use(&hint));
    let key_hint = if known.as_ref().is_some_and(|known| known.webhook_secret_set) {
        way_texts::signature_key_set()
    } else {
        way_texts::signature_key_hint()
    };
    let deaf = Deaf { label: way_texts::no_signature_key(), why: way_texts::no_signature_key_why() };
    view! {
        <Account title="Square" known deaf on_changed>
            <Form errors=sending.errors busy=sending.busy on_submit=submit>
                <RadioGroup
                    label=way_texts::environment()
                    value=environment
                    options=environments()
                    pointer="/environment"
                />
                <TextField
                    label=way_texts::access_token()
                    value=access_token
                    kind=TextKind::Password
                    pointer="/access_token"
                    hint=token_hint
                    autocomplete="off"
                    optional=version.is_some()
                />
                <TextField
                    label=way_texts::location_id()
                    value=location_id
                    pointer="/location_id"
                    hint=way_texts::location_hint()
                    autocomplete="off"
                />
                <TextField
                    label=way_texts::signature_key()
                    value=signature_key
                    kind=TextKind::Password
                    pointer="/signature_keys/0"
                    hint=key_hint
                    autocomplete="off"
                    optional=true
                />
                <TextField
                    label=way_texts::second_signature_key()
                    value=second_key
                    kind=TextKind::Password
                    pointer="/signature_keys/1"
                    hint=way_texts::second_signature_key_hint()
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
