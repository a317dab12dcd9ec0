//! A client's statement of account at the console.

use domain::money::Currency;
use domain::statements::Movement;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use ui::{Loaded, Skeleton, TextLink};

use super::Account;
use crate::clients;
use crate::session::set_page_title;
use crate::t::statements as texts;

/// `/console/clients/{id}/statement`
#[component]
pub fn StatementPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let client = ui::Fetched::new(move || {
        let id = id.get();
        async move { clients::find(&id).await }
    });
    let href = |(row,): (Movement,)| match (row.invoice_id, row.payment_id) {
        (_, Some(payment)) => format!("/console/payments/{payment}"),
        (Some(invoice), None) => format!("/console/invoices/{invoice}"),
        (None, None) => String::new(),
    };
    view! {
        <main class="work">
            <Loaded resource=client skeleton=Skeleton::Table let:client>
                {
                    set_page_title(&texts::title_of(client.name.as_str()));
                    let mut currencies: Vec<Currency> = Vec::new();
                    for sum in client.owed.iter().chain(&client.credit) {
                        if !currencies.contains(&sum.currency()) {
                            currencies.push(sum.currency());
                        }
                    }
                    let back = format!("/console/clients/{}", client.id);
                    view! {
                        <header class="head">
                            <h1>{texts::title()}</h1>
                            <TextLink href=back>{client.name.to_string()}</TextLink>
                        </header>
                        <Account base=format!("/clients/{}", client.id) currencies=currencies href=Callback::new(href)/>
                    }
                }
            </Loaded>
        </main>
    }
}
