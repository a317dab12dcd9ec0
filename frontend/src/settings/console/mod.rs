//! Settings at the console.

mod account;
mod brand;
mod members;
mod organization;
mod providers;
mod roles;
mod second_step;
mod sessions;
mod taxes;
mod tokens;

use domain::permission::Permission;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use ui::{Icon, Tab, Tabs};

use crate::session::ConsoleSession;
use crate::shell::console::{ConsoleEntry, Work};
use crate::t::{quotes_console as quote_texts, reminders as reminder_texts, settings as texts};

pub use account::AccountPage;
pub use members::MembersPage;
pub use organization::OrganizationPage;
pub use providers::ProvidersPage;
pub use roles::RolesPage;
pub use taxes::TaxesPage;
pub use tokens::TokensPage;

/// In the rail.
pub const ENTRY: ConsoleEntry = ConsoleEntry {
    icon: Icon::Settings,
    label: texts::title,
    path: "/console/settings",
    permission: Permission::Console,
};

type Part = (&'static str, fn() -> &'static str, Permission);

const PARTS: [Part; 9] = [
    ("/console/settings", texts::account::title, Permission::Console),
    ("/console/settings/organization", texts::organization::title, Permission::ManageOrganization),
    ("/console/settings/taxes", texts::taxes::title, Permission::ManageOrganization),
    ("/console/settings/quotes", quote_texts::title, Permission::ManageOrganization),
    ("/console/settings/reminders", reminder_texts::title, Permission::ManageOrganization),
    ("/console/settings/payments", texts::providers::title, Permission::ManagePayments),
    ("/console/settings/team", texts::members::title, Permission::ManageMembers),
    ("/console/settings/roles", texts::roles::title, Permission::ManageMembers),
    ("/console/settings/tokens", texts::tokens::title, Permission::Console),
];

/// The frame of a part: its name, and the way to the others.
#[component]
pub fn Settings(
    /// The part's name.
    title: &'static str,
    /// The part.
    children: Children,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let path = use_location().pathname;
    let tabs = PARTS
        .into_iter()
        .filter(|(_, _, permission)| session.may(*permission))
        .map(|(href, label, _)| {
            let current = Signal::derive(move || path.with(|path| path.trim_end_matches('/') == href));
            view! {
                <Tab href current count=None>
                    {label()}
                </Tab>
            }
        })
        .collect_view();
    view! {
        <Work title>
            <div class="listing">
                <Tabs label=texts::title()>{tabs}</Tabs>
            </div>
            {children()}
        </Work>
    }
}
