//! What staff see of a client's saved methods: brand and last four digits, no more.

use domain::clients::ClientId;
use domain::saved_methods::SavedMethod;
use leptos::prelude::*;
use ui::{Empty, Loaded, Row, Section, Skeleton};

use super::{MethodPills, until};
use crate::api::{self, Answer};
use crate::t::saved_methods::console as texts;
use crate::time;

async fn of_client(id: ClientId) -> Answer<Vec<SavedMethod>> {
    api::get(&format!("/clients/{id}/saved-methods")).await
}

/// The methods a client saved.
#[component]
pub fn SavedMethodsSection(
    /// Whose.
    client: ClientId,
) -> impl IntoView {
    let list = ui::Fetched::new(move || of_client(client));
    let empty = || view! { <Empty title=texts::none() sub=texts::none_sub()/> };
    view! {
        <Section title=texts::title()>
            <Loaded resource=list skeleton=Skeleton::Table is_empty=Vec::is_empty empty let:list>
                <ul class="rows">
                    {list.into_iter().map(|method| view! { <MethodRow method/> }).collect_view()}
                </ul>
            </Loaded>
        </Section>
    }
}

#[component]
fn MethodRow(method: SavedMethod) -> impl IntoView {
    let agreed =
        texts::agreed(method.accepted_by.as_str(), &time::day(Some(method.accepted_at.date_naive())));
    let sub = [until(&method), Some(agreed)].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! {
        <Row title=method.label.clone().unwrap_or_default() sub>
            <MethodPills method/>
        </Row>
    }
}
