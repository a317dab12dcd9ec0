//! By which way to pay: the choice where there is more than one, and what each of them takes.

use domain::payments::{MethodFee, PaymentMethod, Provider};
use leptos::prelude::*;
use ui::{ChoiceGroup, ChoiceOption, Form};

use super::pay::Paying;
use crate::bank::portal::TransferSheet;
use crate::money::amount;
use crate::t::portal::invoice as invoice_texts;
use crate::t::ways::pay as texts;

/// A way to pay, in the client's words.
fn title(provider: Provider) -> &'static str {
    match provider {
        Provider::Stripe => texts::card(),
        Provider::Paypal => texts::paypal(),
        Provider::Square => texts::square(),
        Provider::Sandbox => texts::sandbox(),
        Provider::BankTransfer | Provider::Manual => texts::bank(),
    }
}

fn fee(fee: MethodFee) -> Option<String> {
    let percent = ui::format::decimal(&fee.percent.to_string());
    let free = fee.percent.to_string() == "0";
    let fixed = fee.fixed.filter(|fixed| fixed.is_positive()).map(|fixed| amount(fixed).text());
    let text = match (free, fixed) {
        (true, None) => return None,
        (true, Some(fixed)) => fixed,
        (false, None) => texts::fee_percent(&percent),
        (false, Some(fixed)) => texts::fee_both(&percent, &fixed),
    };
    Some(texts::fee(&text))
}

/// Its limits, and what it costs.
fn sub(method: &PaymentMethod) -> String {
    let limits = [
        method.minimum.map(|least| texts::from(&amount(least).text())),
        method.maximum.map(|most| texts::up_to(&amount(most).text())),
    ];
    let limits = limits.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let parts = [Some(limits).filter(|limits| !limits.is_empty()), method.fee.and_then(fee)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The choice of a way to pay, and the instructions of the one that has no page.
#[component]
pub fn PayHow(
    /// What is paid.
    paying: Paying,
    /// Says that a receipt comes at once.
    #[prop(optional)]
    receipt: bool,
) -> impl IntoView {
    let choice = move || {
        let methods = paying.methods()?;
        Some(match methods.len() {
            0 => view! { <p class="muted" role="status">{texts::none()}</p> }.into_any(),
            1 => methods.first().map(sub).map(|sub| view! { <p class="small muted">{sub}</p> }).into_any(),
            _ => {
                let options = methods
                    .iter()
                    .map(|method| ChoiceOption {
                        value: method.connection_id.to_string(),
                        title: title(method.provider).to_owned(),
                        sub: sub(method),
                        amount: None,
                    })
                    .collect::<Vec<_>>();
                view! {
                    <Form errors=ui::FormErrors::new() on_submit=move || paying.start()>
                        <ChoiceGroup label=texts::how() value=paying.method options/>
                    </Form>
                }
                .into_any()
            }
        })
    };
    let at_once = move || {
        let online = paying.chosen_method().is_none_or(|method| method.online);
        (receipt && online).then(|| view! { <p class="small muted">{invoice_texts::how_paid()}</p> })
    };
    view! {
        {choice} {at_once}
        <TransferSheet open=paying.transferring invoices=paying.invoices() chosen=Signal::derive(move || paying.chosen())/>
    }
}
