//! The staff's application: its routes and its rail. Features bring their own pages; this file only lists them.

use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::path;

use crate::activity::console::ActivityPage;
use crate::api::{self, App};
use crate::clients::console::{ClientPage, Clients, NewClientPage};
use crate::delivery::console::{FailedJobs, Mailbox};
use crate::identity::console::{Join, SignIn};
use crate::identity::password::{ForgotPassword, SetPassword};
use crate::imports::console::{ImportPage, Imports};
use crate::invoices::console::{InvoicePage, Invoices};
use crate::payments::console::{InboundEvents, PaymentPage, Payments};
use crate::quotes::console::{QuotePage, QuoteSettingsPage, Quotes};
use crate::set_up::SetUp;
use crate::settings::console::{
    AccountPage, MembersPage, OrganizationPage, ProvidersPage, RolesPage, TaxesPage, TokensPage,
};
use crate::shell::NotFound;
use crate::shell::console::{ConsoleEntry, ConsoleShell};
use crate::statements::console::StatementPage;
use crate::{clients, delivery, home, i18n, imports, invoices, payments, quotes, settings};

/// The rail, by how the day goes.
const ENTRIES: &[ConsoleEntry] = &[
    home::console::ENTRY,
    clients::console::ENTRY,
    quotes::console::ENTRY,
    invoices::console::ENTRY,
    payments::console::ENTRY,
    imports::console::ENTRY,
    delivery::console::ENTRY,
    settings::console::ENTRY,
];

/// Starts the application in the page.
pub fn start() {
    crate::browser::report_panics();
    api::start(App::Console);
    i18n::start();
    mount_to_body(Console);
}

#[component]
fn Console() -> impl IntoView {
    view! {
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/console/sign-in") view=SignIn/>
                <Route path=path!("/console/forgot-password") view=ForgotPassword/>
                <Route path=path!("/console/reset-password") view=SetPassword/>
                <Route path=path!("/console/invitation/:token") view=Join/>
                <Route path=path!("/console/set-up") view=SetUp/>
                <Route path=path!("/console/kit") view=kit_page/>
                <ParentRoute path=path!("/console") view=|| view! { <ConsoleShell entries=ENTRIES/> }>
                    <Route path=path!("") view=home::console::Today/>
                    <Route path=path!("/activity") view=ActivityPage/>
                    <Route path=path!("/clients") view=Clients/>
                    <Route path=path!("/clients/new") view=NewClientPage/>
                    <Route path=path!("/clients/:id") view=ClientPage/>
                    <Route path=path!("/quotes") view=Quotes/>
                    <Route path=path!("/quotes/:id") view=QuotePage/>
                    <Route path=path!("/clients/:id/statement") view=StatementPage/>
                    <Route path=path!("/invoices") view=Invoices/>
                    <Route path=path!("/invoices/:id") view=InvoicePage/>
                    <Route path=path!("/payments") view=Payments/>
                    <Route path=path!("/payments/events") view=InboundEvents/>
                    <Route path=path!("/payments/:id") view=PaymentPage/>
                    <Route path=path!("/mailbox") view=Mailbox/>
                    <Route path=path!("/mailbox/jobs") view=FailedJobs/>
                    <Route path=path!("/imports") view=Imports/>
                    <Route path=path!("/imports/:id") view=ImportPage/>
                    <Route path=path!("/settings") view=AccountPage/>
                    <Route path=path!("/settings/organization") view=OrganizationPage/>
                    <Route path=path!("/settings/taxes") view=TaxesPage/>
                    <Route path=path!("/settings/quotes") view=QuoteSettingsPage/>
                    <Route path=path!("/settings/payments") view=ProvidersPage/>
                    <Route path=path!("/settings/team") view=MembersPage/>
                    <Route path=path!("/settings/roles") view=RolesPage/>
                    <Route path=path!("/settings/tokens") view=TokensPage/>
                    <Route path=path!("/*any") view=NotFound/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// The kit's pieces in all their states, in development only.
#[cfg(debug_assertions)]
fn kit_page() -> impl IntoView {
    crate::kit::Kit()
}

#[cfg(not(debug_assertions))]
fn kit_page() -> impl IntoView {
    NotFound()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_server_knows_all_pages() {
        crate::shell::assert_same_pages(include_str!("console.rs"), "/console", domain::pages::CONSOLE);
    }
}
