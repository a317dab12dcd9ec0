//! A client's page: the whole relationship.

use domain::clients::Client;
use domain::invoices::{InvoiceFilter, InvoiceSummary};
use domain::permission::Permission;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use ui::{
    Avatar, Button, ButtonKind, Empty, FigureItem, FigureSize, Figures, Icon, LinkButton, Loaded, Mark,
    MarkView, Menu, MenuItem, Pill, Section, Skeleton, Table, TextLink, Toast, Toasts, Tone,
};

use super::contacts::{People, look_as};
use super::details::{Details, InternalNote};
use crate::activity::Feed;
use crate::credits::console::CreditSection;
use crate::money::Sums;
use crate::payments::console::methods::{Payable, WaysToPay};
use crate::recurring::console::RecurringOfClient;
use crate::reminders::console::RemindersOfClient;
use crate::saved_methods::console::SavedMethodsSection;
use crate::session::{ConsoleSession, set_page_title};
use crate::t::{activity as activity_texts, clients as texts, statements as statement_texts};
use crate::{clients, invoices};

/// How many invoices the client's page shows.
const INVOICES_SHOWN: u16 = 8;

/// `/console/clients/{id}`
#[component]
pub fn ClientPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let client = ui::Fetched::new(move || {
        let id = id.get();
        async move { clients::find(&id).await }
    });
    view! {
        <main class="work">
            <Loaded resource=client skeleton=Skeleton::Document let:client>
                <Relationship client=RwSignal::new(client)/>
            </Loaded>
        </main>
    }
}

#[component]
fn Relationship(client: RwSignal<Client>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let id = client.with_untracked(|client| client.id);
    Effect::new(move |_| client.with(|client| set_page_title(client.name.as_str())));
    let version = Signal::derive(move || client.with(|client| client.version));
    let toasts = expect_context::<Toasts>();
    let money = session.may(Permission::ViewInvoices);
    view! {
        <Head client/>
        {money.then(|| view! { <Money client/> })}
        <div class="columns two">
            <div class="stack">
                {money.then(|| view! { <Invoices client/> <RecurringOfClient id/> })}
                <Section title=activity_texts::title()>
                    <Feed path=format!("/clients/{id}") version/>
                </Section>
            </div>
            <div class="stack">
                {session
                    .may(Permission::ViewPayments)
                    .then(|| view! { <CreditSection client on_changed=move || refetch(client, toasts)/> })}
                {money.then(|| view! { <WaysToPay payable=Payable::Client(id)/> })}
                {session.may(Permission::ViewPayments).then(|| view! { <SavedMethodsSection client=id/> })}
                <People client/>
                {money.then(|| view! { <RemindersOfClient id/> })}
                <Details client/>
                <InternalNote client/>
            </div>
        </div>
    }
}

#[component]
fn Head(client: RwSignal<Client>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let toasts = expect_context::<Toasts>();
    let name = move || client.with(|client| client.name.to_string());
    let place = move || {
        client.with(|client| {
            [client.address.city.as_str(), client.address.country.as_str()]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(", ")
        })
    };
    let archived = move || client.with(|client| client.archived_at.is_some());
    let may_edit = session.may(Permission::EditClients);
    let viewed = move || {
        client.with(|client| {
            client
                .contacts
                .iter()
                .find(|contact| contact.portal_access)
                .map(|contact| (contact.id, contact.name.to_string()))
        })
    };
    let view_as = move || {
        viewed().filter(|_| session.may(Permission::ViewAsContact)).map(|(id, name)| {
            view! {
                <Button icon=Icon::Eye on_click=move || look_as(id, toasts)>
                    <span class="clip">{texts::view_as(&name)}</span>
                </Button>
            }
        })
    };
    let invoice = move || {
        let href = client.with(|client| format!("/console/invoices/new?client={}", client.id));
        (session.may(Permission::EditInvoices) && !archived()).then(|| {
            view! {
                <LinkButton href kind=ButtonKind::Primary icon=Icon::Plus>
                    {texts::invoice()}
                </LinkButton>
            }
        })
    };
    let statement = session.may(Permission::ViewPayments).then(|| {
        let href = client.with_untracked(|client| format!("/console/clients/{}/statement", client.id));
        view! { <LinkButton href>{statement_texts::title()}</LinkButton> }
    });
    let items = Signal::derive(move || {
        if archived() {
            vec![MenuItem::new(
                Icon::Undo,
                texts::restore(),
                Callback::new(move |()| restore(client, toasts)),
            )]
        } else {
            vec![MenuItem::new(
                Icon::Files,
                texts::archive(),
                Callback::new(move |()| archive(client, toasts)),
            )]
        }
    });
    view! {
        <header class="head">
            {move || view! { <Avatar name=name()/> }}
            <h1>{name}</h1>
            {move || archived().then(|| view! { <Pill label=texts::archived() mark=Mark::Void tint=true/> })}
            <span class="muted desk-only">{place}</span>
            <span class="end">
                {statement} {view_as} {invoice} {may_edit.then(|| view! { <Menu label=texts::more() items/> })}
            </span>
        </header>
    }
}

/// After something about its money was done elsewhere.
fn refetch(client: RwSignal<Client>, toasts: Toasts) {
    let id = client.with_untracked(|client| client.id.to_string());
    spawn_local(async move {
        match clients::find(&id).await {
            Ok(found) => client.set(found),
            Err(error) => toasts.show(Toast::failed(error.text())),
        }
    });
}

fn archive(client: RwSignal<Client>, toasts: Toasts) {
    let id = client.with_untracked(|client| client.id);
    spawn_local(async move {
        match clients::archive(id).await {
            Ok(changed) => {
                let text = texts::archived_done(changed.name.as_str());
                client.set(changed);
                toasts.show(Toast::done(text).undo(Callback::new(move |()| restore(client, toasts))));
            }
            Err(error) => toasts.show(Toast::failed(error.text())),
        }
    });
}

fn restore(client: RwSignal<Client>, toasts: Toasts) {
    let id = client.with_untracked(|client| client.id);
    spawn_local(async move {
        match clients::restore(id).await {
            Ok(changed) => {
                let text = texts::restored_done(changed.name.as_str());
                client.set(changed);
                toasts.show(Toast::done(text));
            }
            Err(error) => toasts.show(Toast::failed(error.text())),
        }
    });
}

#[component]
fn Money(client: RwSignal<Client>) -> impl IntoView {
    move || {
        let (owed, overdue, credit) =
            client.with(|client| (client.owed.clone(), client.overdue.clone(), client.credit.clone()));
        let late = !overdue.is_empty();
        let credit = (!credit.is_empty()).then(|| {
            view! {
                <FigureItem label=texts::credit()>
                    <Sums sums=credit size=FigureSize::Middle/>
                </FigureItem>
            }
        });
        let overdue = late.then(|| {
            view! {
                <FigureItem
                    label=texts::overdue()
                    sub=|| view! { <MarkView mark=Mark::Late tone=Tone::Critical/> {texts::overdue_sub()} }
                >
                    <Sums sums=overdue size=FigureSize::Middle/>
                </FigureItem>
            }
        });
        view! {
            <Figures>
                <FigureItem label=texts::owed()>
                    <Sums sums=owed size=FigureSize::Middle/>
                </FigureItem>
                {overdue}
                {credit}
            </Figures>
        }
    }
}

#[component]
fn Invoices(client: RwSignal<Client>) -> impl IntoView {
    let id = client.with_untracked(|client| client.id);
    let list = ui::Fetched::new(move || {
        let filter =
            InvoiceFilter { client_id: Some(id), limit: Some(INVOICES_SHOWN), ..InvoiceFilter::default() };
        async move { invoices::list(&filter).await.map(|page| (page.next.is_some(), page.items)) }
    });
    let all = format!("/console/invoices?client={id}");
    let end = move || view! { <TextLink href=all>{texts::all_invoices()}</TextLink> };
    let empty = || view! { <Empty title=texts::no_invoices()/> };
    view! {
        <Section title=texts::invoices() end>
            <Loaded
                resource=list
                skeleton=Skeleton::Table
                is_empty=|page: &(bool, Vec<InvoiceSummary>)| page.1.is_empty()
                empty
                let:page
            >
                <Table label=texts::invoices() columns=invoices::console::columns_of_client() rows=page.1/>
            </Loaded>
        </Section>
    }
}
