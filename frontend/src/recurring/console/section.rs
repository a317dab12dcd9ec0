//! What recurs for a client, on the client's page.

use domain::clients::ClientId;
use domain::permission::Permission;
use domain::recurring::RecurringInvoiceFilter;
use leptos::prelude::*;
use ui::{Empty, Loaded, Section, Skeleton, Table, TextLink};

use super::list::columns_of_client;
use crate::recurring;
use crate::session::ConsoleSession;
use crate::t::recurring as texts;

/// How many the client's page shows.
const SHOWN: u16 = 5;

/// The client's recurring invoices, and the way to the rest and to a new one.
#[component]
pub fn RecurringOfClient(
    /// Whose.
    id: ClientId,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let list = ui::Fetched::new(move || {
        let filter = RecurringInvoiceFilter {
            client_id: Some(id),
            limit: Some(SHOWN),
            ..RecurringInvoiceFilter::default()
        };
        async move { recurring::list(&filter).await.map(|page| page.items) }
    });
    let may_edit = session.may(Permission::EditInvoices);
    let end = move || {
        let new = may_edit.then(|| {
            view! { <TextLink href=format!("/console/recurring/new?client={id}")>{texts::new()}</TextLink> " · " }
        });
        view! {
            {new}
            <TextLink href=format!("/console/recurring?client={id}")>{texts::all_of_client()}</TextLink>
        }
    };
    let empty = || view! { <Empty title=texts::of_client_none()/> };
    view! {
        <Section title=texts::of_client() end>
            <Loaded
                resource=list
                skeleton=Skeleton::Table
                is_empty=Vec::is_empty
                empty
                let:list
            >
                <Table label=texts::of_client() columns=columns_of_client() rows=list/>
            </Loaded>
        </Section>
    }
}
