//! The clients' application: its routes and its tab bar. Features bring their own pages; this file only lists them.

use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::path;

use crate::api::{self, App};
use crate::identity::portal::{SignIn, UseLink};
use crate::shell::NotFound;
use crate::shell::portal::{PortalEntry, PortalShell};
use crate::{home, i18n};

/// The tab bar: what there is, in the order of a client's week.
const ENTRIES: &[PortalEntry] = &[home::portal::ENTRY];

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
                <ParentRoute path=path!("/:organization") view=|| view! { <PortalShell entries=ENTRIES/> }>
                    <Route path=path!("") view=home::portal::Home/>
                    <Route path=path!("/*any") view=NotFound/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}
