//! The staff's application: its routes and its rail. Features bring their own pages; this file only lists them.

use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::path;

use crate::activity::console::ActivityPage;
use crate::api::{self, App};
use crate::identity::console::{Join, SignIn};
use crate::identity::password::{ForgotPassword, SetPassword};
use crate::later::chunks;
use crate::shell::NotFound;
use crate::shell::console::{ConsoleEntry, ConsoleShell};
use crate::{
    bank, clients, credits, delivery, home, i18n, imports, invoices, payments, quotes, recurring, reminders,
    set_up, settings, statements,
};

/// The rail, by how the day goes.
const ENTRIES: &[ConsoleEntry] = &[
    home::console::ENTRY,
    clients::console::ENTRY,
    quotes::console::ENTRY,
    invoices::console::ENTRY,
    recurring::console::ENTRY,
    payments::console::ENTRY,
    imports::console::ENTRY,
    delivery::console::ENTRY,
    settings::console::ENTRY,
];

chunks! {
    "console";
    clients:
        clients = clients::console::Clients,
        new_client = clients::console::NewClientPage,
        client = clients::console::ClientPage,
        statement = statements::console::StatementPage;
    quotes:
        quotes = quotes::console::Quotes,
        quote = quotes::console::QuotePage;
    invoices:
        invoices = invoices::console::Invoices,
        invoice = invoices::console::InvoicePage,
        recurring_invoices = recurring::console::RecurringInvoices,
        new_recurring = recurring::console::NewRecurringPage,
        recurring_invoice = recurring::console::RecurringPage,
        edit_recurring = recurring::console::EditRecurringPage,
        credit_notes = credits::console::CreditNotes;
    payments:
        payments = payments::console::Payments,
        bank = bank::console::Bank,
        inbound_events = payments::console::InboundEvents,
        payment = payments::console::PaymentPage;
    delivery:
        mailbox = delivery::console::Mailbox,
        failed_jobs = delivery::console::FailedJobs;
    imports:
        imports = imports::console::Imports,
        import = imports::console::ImportPage;
    settings:
        account = settings::console::AccountPage,
        organization = settings::console::OrganizationPage,
        taxes = settings::console::TaxesPage,
        quote_settings = quotes::console::QuoteSettingsPage,
        reminder_settings = reminders::console::ReminderSettingsPage,
        providers = settings::console::ProvidersPage,
        members = settings::console::MembersPage,
        roles = settings::console::RolesPage,
        tokens = settings::console::TokensPage;
    set_up: set_up = set_up::SetUp;
}

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
                <Route path=path!("/console/set-up") view=set_up/>
                <Route path=path!("/console/kit") view=kit_page/>
                <ParentRoute path=path!("/console") view=|| view! { <ConsoleShell entries=ENTRIES/> }>
                    <Route path=path!("") view=home::console::Today/>
                    <Route path=path!("/activity") view=ActivityPage/>
                    <Route path=path!("/clients") view=clients/>
                    <Route path=path!("/clients/new") view=new_client/>
                    <Route path=path!("/clients/:id") view=client/>
                    <Route path=path!("/quotes") view=quotes/>
                    <Route path=path!("/quotes/:id") view=quote/>
                    <Route path=path!("/clients/:id/statement") view=statement/>
                    <Route path=path!("/invoices") view=invoices/>
                    <Route path=path!("/invoices/:id") view=invoice/>
                    <Route path=path!("/recurring") view=recurring_invoices/>
                    <Route path=path!("/recurring/new") view=new_recurring/>
                    <Route path=path!("/recurring/:id") view=recurring_invoice/>
                    <Route path=path!("/recurring/:id/edit") view=edit_recurring/>
                    <Route path=path!("/credit-notes") view=credit_notes/>
                    <Route path=path!("/payments") view=payments/>
                    <Route path=path!("/payments/bank") view=bank/>
                    <Route path=path!("/payments/events") view=inbound_events/>
                    <Route path=path!("/payments/:id") view=payment/>
                    <Route path=path!("/mailbox") view=mailbox/>
                    <Route path=path!("/mailbox/jobs") view=failed_jobs/>
                    <Route path=path!("/imports") view=imports/>
                    <Route path=path!("/imports/:id") view=import/>
                    <Route path=path!("/settings") view=account/>
                    <Route path=path!("/settings/organization") view=organization/>
                    <Route path=path!("/settings/taxes") view=taxes/>
                    <Route path=path!("/settings/quotes") view=quote_settings/>
                    <Route path=path!("/settings/reminders") view=reminder_settings/>
                    <Route path=path!("/settings/payments") view=providers/>
                    <Route path=path!("/settings/team") view=members/>
                    <Route path=path!("/settings/roles") view=roles/>
                    <Route path=path!("/settings/tokens") view=tokens/>
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
