//! The client's own statement of account.

use domain::money::Currency;
use domain::statements::Movement;
use leptos::prelude::*;

use super::Account;
use crate::invoices::portal::money::{MoneyHead, Part};
use crate::session::{PortalSession, set_page_title};
use crate::t::statements as texts;

/// `/{organization}/statement`
#[component]
pub fn StatementPage() -> impl IntoView {
    let session = expect_context::<PortalSession>();
    set_page_title(texts::title());
    let currencies = crate::quiet::quietly(crate::invoices::portal::currencies());
    let href = move |(row,): (Movement,)| match (row.credit_note_id, row.invoice_id) {
        (Some(note), _) => session.path(&format!("/credit-notes/{note}")),
        (None, Some(invoice)) => session.path(&format!("/invoices/{invoice}")),
        (None, None) => String::new(),
    };
    let choice = Signal::derive(move || currencies.get().unwrap_or_else(Vec::<Currency>::new));
    view! {
        <div class="listing">
            <MoneyHead current=Signal::stored(Part::Statement)/>
            <Account base="/portal".to_owned() currencies=choice href=Callback::new(href)/>
        </div>
    }
}
