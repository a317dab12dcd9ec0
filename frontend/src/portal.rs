//! The clients' application: its routes and its tab bar. Features bring their own pages; this file only lists them.

use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::path;

use crate::api::{self, App};
use crate::credits::portal::notes::{CreditNotePage, CreditNotes};
use crate::identity::portal::account::Account;
use crate::identity::portal::{SignIn, UseLink};
use crate::invoices::portal::document::InvoicePage;
use crate::invoices::portal::guest::OpenGuestLink;
use crate::invoices::portal::list::Invoices;
use crate::invoices::portal::several::PaySeveral;
use crate::payments::portal::list::Payments;
use crate::payments::portal::returned::Returned;
use crate::payments::portal::sandbox::SandboxPage;
use crate::quotes::portal::list::Quotes;
use crate::quotes::portal::page::QuotePage;
use crate::quotes::portal::unlock::Unlock;
use crate::shell::NotFound;
use crate::shell::portal::{PortalEntry, PortalShell};
use crate::statements::portal::StatementPage;
use crate::{home, i18n, invoices, quotes};

/// The tab bar: what there is, in the order of a client's week.
const ENTRIES: &[PortalEntry] =
    &[home::portal::ENTRY, quotes::portal::list::ENTRY, invoices::portal::money::ENTRY];

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
                <Route path=path!("/:organization/sandbox/:reference") view=SandboxPage/>
                <Route path=path!("/:organization/unlock") view=Unlock/>
                <ParentRoute path=path!("/:organization") view=|| view! { <PortalShell entries=ENTRIES/> }>
                    <Route path=path!("") view=home::portal::Home/>
                    <Route path=path!("/quotes") view=Quotes/>
                    <Route path=path!("/quotes/:id") view=QuotePage/>
                    <Route path=path!("/invoices") view=Invoices/>
                    <Route path=path!("/invoices/pay") view=PaySeveral/>
                    <Route path=path!("/invoices/:id") view=InvoicePage/>
                    <Route path=path!("/payments") view=Payments/>
                    <Route path=path!("/payments/:attempt") view=Returned/>
                    <Route path=path!("/statement") view=StatementPage/>
                    <Route path=path!("/credit-notes") view=CreditNotes/>
                    <Route path=path!("/credit-notes/:id") view=CreditNotePage/>
                    <Route path=path!("/account") view=Account/>
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
