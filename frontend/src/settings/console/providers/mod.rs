//! Who moves the money when clients pay: their accounts, one section each.

mod bank;
mod parts;
mod paypal;
mod square;
mod stripe;

use domain::payments::{PaymentConnection, Provider};
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{Loaded, Skeleton, Switch, Toast, Toasts};

use self::bank::Bank;
use self::parts::Account;
use self::paypal::Paypal;
use self::square::Square;
use self::stripe::Stripe;
use super::Settings;
use crate::automatic_charges::ladder::ChargeLadder;
use crate::payments;
use crate::t::settings::providers as texts;

/// `/console/settings/payments`
#[component]
pub fn ProvidersPage() -> impl IntoView {
    let connections = ui::Fetched::new(payments::connections);
    view! {
        <Settings title=texts::title()>
            <div class="narrow stack">
                <Loaded resource=connections skeleton=Skeleton::Form let:list>
                    <Accounts list on_changed=move || connections.refetch()/>
                </Loaded>
                <ChargeLadder/>
            </div>
        </Settings>
    }
}

#[component]
fn Accounts(list: Vec<PaymentConnection>, #[prop(into)] on_changed: Callback<()>) -> impl IntoView {
    let of = |provider: Provider| list.iter().find(|known| known.provider == provider).cloned();
    view! {
        <div class="stack">
            <Stripe known=of(Provider::Stripe) on_changed/>
            <Paypal known=of(Provider::Paypal) on_changed/>
            <Square known=of(Provider::Square) on_changed/>
            <Bank known=of(Provider::BankTransfer) on_changed/>
            <Sandbox known=of(Provider::Sandbox) on_changed/>
        </div>
    }
}

#[component]
fn Sandbox(known: Option<PaymentConnection>, on_changed: Callback<()>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let before = known.as_ref().is_some_and(|known| known.enabled);
    let version = known.as_ref().map(|known| known.version);
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
        <Account title=texts::sandbox() known on_changed>
            <p class="muted small">{texts::sandbox_lead()}</p>
            <Switch label=texts::sandbox_on() checked=enabled/>
        </Account>
    }
}

/// What was typed, without the blanks around it; nothing where nothing was.
fn typed(text: RwSignal<String>) -> Option<String> {
    Some(text.get_untracked().trim().to_owned()).filter(|text| !text.is_empty())
}
