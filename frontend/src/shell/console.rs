//! The console's frame: rail, tabs on a phone, and the palette that opens anything.

use domain::clients::ClientFilter;
use domain::identity::Me;
use domain::invoices::InvoiceFilter;
use domain::permission::Permission;
use leptos::children::ViewFnOnce;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::components::Outlet;
use leptos_router::hooks::{use_location, use_navigate};
use ui::{
    Avatar, Icon, IconSize, IconView, Loaded, Menu, MenuItem, OrganizationMark, Palette, PaletteGroup,
    PaletteItem, Skeleton, Toast, ToastHost, Toasts, provide_toasts,
};

use super::{NoticeBanner, is_current};
use crate::api::App;
use crate::listing::paused;
use crate::session::ConsoleSession;
use crate::t::{common as common_texts, console as texts};
use crate::{browser, clients, identity, invoices};

/// An entry of the rail: shown to those whose role includes it.
pub struct ConsoleEntry {
    /// Its picture.
    pub icon: Icon,
    /// Its name.
    pub label: fn() -> &'static str,
    /// Its address.
    pub path: &'static str,
    /// What it takes.
    pub permission: Permission,
}

/// How many entries a phone shows before the rest moves behind "More".
const PHONE_ENTRIES: usize = 4;

/// Everything behind the door: loads who it is, then shows the pages.
#[component]
pub fn ConsoleShell(
    /// The rail.
    entries: &'static [ConsoleEntry],
) -> impl IntoView {
    let me = ui::Fetched::new(ConsoleSession::load);
    view! {
        <Loaded resource=me skeleton=Skeleton::Document let:me>
            <Frame me entries/>
        </Loaded>
    }
}

#[component]
fn Frame(me: Me, entries: &'static [ConsoleEntry]) -> impl IntoView {
    let notice = me.notice;
    let session = ConsoleSession { me: RwSignal::new(me) };
    provide_context(session);
    provide_toasts();
    let allowed: Vec<&'static ConsoleEntry> =
        entries.iter().filter(|entry| session.may(entry.permission)).collect();
    let finding = RwSignal::new(false);
    let listener = window_event_listener(ev::keydown, move |event| {
        if (event.meta_key() || event.ctrl_key()) && event.key().eq_ignore_ascii_case("k") {
            event.prevent_default();
            finding.update(|open| *open = !*open);
        }
    });
    on_cleanup(move || listener.remove());
    view! {
        <div class="console">
            <NoticeBanner notice/>
            <Rail entries=allowed.clone() finding/>
            <PhoneHead finding/>
            <Outlet/>
            <PhoneTabs entries=allowed.clone()/>
            <Finder entries=allowed open=finding/>
            <ToastHost/>
        </div>
    }
}

/// A page's own part: its heading with what can be done, then its content.
#[component]
pub fn Work(
    /// The heading.
    #[prop(into)]
    title: String,
    /// At its end: the page's buttons.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    /// The content.
    children: Children,
) -> impl IntoView {
    crate::session::set_page_title(&title);
    view! {
        <main class="work">
            <header class="head">
                <h1>{title}</h1>
                {actions.map(|actions| view! { <span class="end">{actions.run()}</span> })}
            </header>
            {children()}
        </main>
    }
}

#[component]
fn OrganizationLink() -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    move || {
        session.me.with(|me| {
            let name = me.organization.name.to_string();
            view! {
                <a class="org" href="/console">
                    <OrganizationMark name=name.clone() logo=me.organization.logo_url.clone()/>
                    <span class="clip">{name}</span>
                </a>
            }
        })
    }
}

#[component]
fn Rail(entries: Vec<&'static ConsoleEntry>, finding: RwSignal<bool>) -> impl IntoView {
    let links = entries.into_iter().map(|entry| view! { <EntryLink entry/> }).collect_view();
    view! {
        <nav class="rail" aria-label=common_texts::navigation()>
            <OrganizationLink/>
            <button class="find" type="button" on:click=move |_| finding.set(true)>
                <IconView icon=Icon::Search size=IconSize::Small/>
                {texts::find()}
                <kbd>{if is_apple() { "⌘K" } else { "Ctrl K" }}</kbd>
            </button>
            {links}
            <Account/>
        </nav>
    }
}

#[component]
fn EntryLink(entry: &'static ConsoleEntry) -> impl IntoView {
    let path = use_location().pathname;
    // The first page's address begins every other's.
    let exact = entry.path == "/console";
    let current = move || path.with(|path| is_current(entry.path, path, exact)).then_some("page");
    view! {
        <a href=entry.path aria-current=current>
            <IconView icon=entry.icon/>
            <span>{(entry.label)()}</span>
        </a>
    }
}

#[component]
fn PhoneHead(finding: RwSignal<bool>) -> impl IntoView {
    view! {
        <header class="masthead phone-only">
            <OrganizationLink/>
            <span class="end">
                <ui::IconButton icon=Icon::Search label=texts::find() on_click=move || finding.set(true)/>
            </span>
        </header>
    }
}

#[component]
fn PhoneTabs(entries: Vec<&'static ConsoleEntry>) -> impl IntoView {
    let navigate = use_navigate();
    let shown =
        entries.iter().take(PHONE_ENTRIES).map(|entry| view! { <EntryLink entry=*entry/> }).collect_view();
    let mut rest: Vec<MenuItem> = entries
        .into_iter()
        .skip(PHONE_ENTRIES)
        .map(|entry| {
            let navigate = navigate.clone();
            let open = Callback::new(move |()| navigate(entry.path, NavigateOptions::default()));
            MenuItem::new(entry.icon, (entry.label)(), open)
        })
        .collect();
    rest.extend(account_items());
    view! {
        <nav class="tabbar" aria-label=common_texts::navigation()>
            {shown} <Menu label=common_texts::more() items=rest class="tab" up=true>
                <IconView icon=Icon::Dots/>
                <span>{common_texts::more()}</span>
            </Menu>
        </nav>
    }
}

/// Switching to another organization, and the way out.
fn account_items() -> Vec<MenuItem> {
    let session = expect_context::<ConsoleSession>();
    let toasts = expect_context::<Toasts>();
    let mut items: Vec<MenuItem> = session.me.with_untracked(|me| {
        me.organizations
            .iter()
            .map(|choice| {
                let member = choice.member_id;
                let switch = Callback::new(move |()| {
                    spawn_local(async move {
                        match identity::switch_member(member).await {
                            Ok(()) => browser::open("/console"),
                            Err(error) => toasts.show(Toast::failed(error.text())),
                        }
                    });
                });
                MenuItem::new(Icon::Open, choice.name.to_string(), switch)
            })
            .collect()
    });
    let sign_out = Callback::new(move |()| {
        spawn_local(async move {
            match identity::sign_out(App::Console).await {
                Ok(()) => browser::open("/console/sign-in"),
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    });
    items.push(MenuItem::new(Icon::SignOut, common_texts::sign_out(), sign_out).apart());
    items
}

#[component]
fn Account() -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let items = account_items();
    let name = move || session.me.with(|me| me.name.to_string());
    view! {
        <div class="foot">
            <Menu label=texts::account() items class="person" up=true>
                {move || view! { <Avatar name=name() small=true/> }}
                <span class="clip grow">{name}</span>
            </Menu>
        </div>
    }
}

/// How many of each kind the palette offers.
const FOUND: u16 = 6;

/// The palette: pages by name, clients and invoices by name or number.
#[component]
fn Finder(entries: Vec<&'static ConsoleEntry>, open: RwSignal<bool>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let query = RwSignal::new(String::new());
    let asked = paused(query);
    let navigate = use_navigate();
    let clients = ui::Fetched::new(move || {
        let q = asked.get().trim().to_owned();
        let wanted = !q.is_empty() && session.may(Permission::ViewClients);
        async move {
            if !wanted {
                return Vec::new();
            }
            let filter = ClientFilter { q: Some(q), limit: Some(FOUND), ..ClientFilter::default() };
            clients::list(&filter).await.map(|page| page.items).unwrap_or_default()
        }
    });
    let invoices = ui::Fetched::new(move || {
        let q = asked.get().trim().to_owned();
        let wanted = !q.is_empty() && session.may(Permission::ViewInvoices);
        async move {
            if !wanted {
                return Vec::new();
            }
            let filter = InvoiceFilter { q: Some(q), limit: Some(FOUND), ..InvoiceFilter::default() };
            invoices::list(&filter).await.map(|page| page.items).unwrap_or_default()
        }
    });
    let groups = Signal::derive(move || {
        let typed = query.get().trim().to_lowercase();
        let pages: Vec<PaletteItem> = entries
            .iter()
            .filter(|entry| (entry.label)().to_lowercase().contains(&typed))
            .map(|entry| PaletteItem {
                id: entry.path.to_owned(),
                icon: entry.icon,
                text: (entry.label)().to_owned(),
                detail: String::new(),
            })
            .collect();
        let clients = clients.get().unwrap_or_default().into_iter().map(|client| PaletteItem {
            id: format!("/console/clients/{}", client.id),
            icon: Icon::Clients,
            text: client.name.to_string(),
            detail: client.city.to_string(),
        });
        let invoices = invoices.get().unwrap_or_default().into_iter().map(|invoice| PaletteItem {
            id: format!("/console/invoices/{}", invoice.id),
            icon: Icon::File,
            text: format!("{} {}", invoice.number.as_deref().unwrap_or_default(), invoice.client_name)
                .trim()
                .to_owned(),
            detail: invoices::look(invoice.status, invoice.overdue, invoice.due_on).2,
        });
        [
            (texts::palette::go(), pages),
            (texts::palette::clients(), clients.collect()),
            (texts::palette::invoices(), invoices.collect()),
        ]
        .into_iter()
        .filter(|(_, items)| !items.is_empty())
        .map(|(title, items)| PaletteGroup { title: title.to_owned(), items })
        .collect::<Vec<_>>()
    });
    let choose = move |item: PaletteItem| navigate(&item.id, NavigateOptions::default());
    view! { <Palette open label=texts::find_placeholder() query groups on_choose=choose/> }
}

fn is_apple() -> bool {
    window().navigator().user_agent().is_ok_and(|agent| agent.contains("Mac") || agent.contains("iPhone"))
}
