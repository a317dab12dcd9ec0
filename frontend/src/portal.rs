//! The clients' application: its routes and its tab bar. Features bring their own pages; this file only lists them.

use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::path;

use crate::api::{self, App};
use crate::identity::portal::{SignIn, UseLink};
use crate::invoices::portal::document::InvoicePage;
use crate::invoices::portal::guest::OpenGuestLink;
use crate::invoices::portal::list::Invoices;
use crate::later::chunks;
use crate::payments::portal::returned::Returned;
use crate::shell::NotFound;
use crate::shell::portal::{PortalEntry, PortalShell};
use crate::{credits, home, i18n, identity, invoices, payments, quotes, saved_methods, statements};

/// The tab bar: what there is, in the order of a client's week.
const ENTRIES: &[PortalEntry] =
    &[home::portal::ENTRY, quotes::portal::list::ENTRY, invoices::portal::money::ENTRY];

chunks! {
    "portal";
    quotes:
        quotes = quotes::portal::list::Quotes,
        quote = quotes::portal::page::QuotePage,
        unlock = quotes::portal::unlock::Unlock;
    money:
        pay_several = invoices::portal::several::PaySeveral,
        payments = payments::portal::list::Payments,
        saved_methods = saved_methods::portal::SavedMethodsPage,
        saved_method = saved_methods::portal::saved::SavedMethodPage,
        statement = statements::portal::StatementPage,
        credit_notes = credits::portal::notes::CreditNotes,
        credit_note = credits::portal::notes::CreditNotePage;
    account: account = identity::portal::account::Account;
    sandbox:
        sandbox = payments::portal::sandbox::SandboxPage,
        sandbox_setup = saved_methods::portal::sandbox::SandboxSetupPage;
}

/// Starts the application in the page.
pub fn start() {
    crate::browser::report_panics();
    api::start(App::Portal);
    i18n::start();
    mount_to_body(Portal);
}

#[component]
fn Portal() -> impl IntoView {
    view! {
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/:organization/sign-in") view=SignIn/>
                <Route path=path!("/:organization/sign-in/link") view=UseLink/>
                <Route path=path!("/:organization/i/:token") view=OpenGuestLink/>
                <Route path=path!("/:organization/i/:token/payments/:attempt") view=OpenGuestLink/>
                <Route path=path!("/:organization/sandbox/:reference") view=sandbox/>
                <Route path=path!("/:organization/sandbox/saved/:id") view=sandbox_setup/>
                <Route path=path!("/:organization/unlock") view=unlock/>
                <ParentRoute path=path!("/:organization") view=|| view! { <PortalShell entries=ENTRIES/> }>
                    <Route path=path!("") view=home::portal::Home/>
                    <Route path=path!("/quotes") view=quotes/>
                    <Route path=path!("/quotes/:id") view=quote/>
                    <Route path=path!("/invoices") view=Invoices/>
                    <Route path=path!("/invoices/pay") view=pay_several/>
                    <Route path=path!("/invoices/:id") view=InvoicePage/>
                    <Route path=path!("/payments") view=payments/>
                    <Route path=path!("/payments/:attempt") view=Returned/>
                    <Route path=path!("/statement") view=statement/>
                    <Route path=path!("/credit-notes") view=credit_notes/>
                    <Route path=path!("/credit-notes/:id") view=credit_note/>
                    <Route path=path!("/saved-methods") view=saved_methods/>
                    <Route path=path!("/saved-methods/:id") view=saved_method/>
                    <Route path=path!("/account") view=account/>
                    <Route path=path!("/*any") view=NotFound/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_server_knows_all_pages() {
        crate::shell::assert_same_pages(include_str!("portal.rs"), "/:organization", domain::pages::PORTAL);
    }
}
