//! The portal's frame: the organization leads, tabs below on a phone, a slim rail on a desk.

use domain::identity::PortalMe;
use domain::permission::Permission;
use domain::text::Slug;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::Outlet;
use leptos_router::hooks::{use_location, use_navigate, use_params_map};
use ui::{
    Avatar, Banner, Icon, IconView, Loaded, Menu, MenuItem, OrganizationMark, Skeleton, Toast, ToastHost,
    Toasts, provide_toasts,
};

use super::{NoticeBanner, is_current};
use crate::api::App;
use crate::invoices::portal::guest::{GuestLinkEnded, is_ended};
use crate::session::PortalSession;
use crate::t::{common as common_texts, portal as texts};
use crate::{browser, identity};

/// An entry of the tab bar: shown to those whose access includes it.
pub struct PortalEntry {
    /// Its picture.
    pub icon: Icon,
    /// Its name.
    pub label: fn() -> &'static str,
    /// Below the organization's address; empty for home.
    pub path: &'static str,
    /// Other pages that belong to it.
    pub also: Option<&'static str>,
    /// What it takes.
    pub permission: Permission,
}

/// A page that has one decision to make trades the tab bar on a phone for its action bar: it sets this while it is shown.
#[derive(Debug, Clone, Copy)]
pub struct DecisionPage(RwSignal<bool>);

impl DecisionPage {
    /// Call it in the page's component.
    pub fn use_here() {
        if let Some(Self(decision)) = use_context() {
            decision.set(true);
            on_cleanup(move || decision.set(false));
        }
    }
}

/// Everything behind the door: loads who it is, then shows the pages.
#[component]
pub fn PortalShell(
    /// The tab bar.
    entries: &'static [PortalEntry],
) -> impl IntoView {
    let params = use_params_map();
    // Only another organization loads it anew, not each page of this one.
    let organization =
        Memo::new(move |_| params.read().get("organization").and_then(|slug| slug.parse::<Slug>().ok()));
    let me = ui::Fetched::new(move || PortalSession::load(organization.get()));
    // Behind a guest link there is no door to be led to: the link is all they had.
    let ended = Memo::new(move |_| {
        browser::fragment("guest").is_some()
            && me.with(|me| matches!(me, Some(Err(error)) if is_ended(error)))
    });
    move || {
        if ended.get() {
            return view! { <GuestLinkEnded/> }.into_any();
        }
        view! {
            <Loaded resource=me skeleton=Skeleton::Document let:me>
                <Frame me entries/>
            </Loaded>
        }
        .into_any()
    }
}

#[component]
fn Frame(me: PortalMe, entries: &'static [PortalEntry]) -> impl IntoView {
    let organization = me.organization.clone();
    let guest = me.contact_id.is_none();
    let viewed_by = me.viewed_by.clone().map(|member| {
        let text = texts::viewed_by(me.name.as_str(), member.as_str());
        let client = me.client_id;
        let stop = move |_| {
            spawn_local(async move {
                // Back to where they came from, even if the server couldn't be told: the view ends within the hour.
                drop(identity::sign_out(App::Portal).await);
                browser::open(&format!("/console/clients/{client}"));
            });
        };
        view! {
            <Banner>
                {text} " "
                <button class="link" type="button" on:click=stop>
                    {texts::stop_viewing()}
                </button>
            </Banner>
        }
    });
    let notice = viewed_by.is_none().then(|| view! { <NoticeBanner notice=organization.notice/> });
    let account = (!guest).then(|| view! { <Account me=me.clone()/> });
    let session = PortalSession { me: RwSignal::new(me) };
    let decision = RwSignal::new(false);
    provide_context(session);
    provide_context(DecisionPage(decision));
    provide_toasts();
    let home = session.path("");
    // Behind a guest link there is one document and nowhere else to go.
    let tabs = (!guest).then(|| view! { <TabBar entries/> });
    view! {
        <div class="portal" class:decision=move || decision.get()>
            {viewed_by} {notice} <div class="view">
                <header class="masthead">
                    <a class="org" href=home>
                        <OrganizationMark name=organization.name.to_string() logo=organization.logo_url.clone()/>
                        <span class="clip">{organization.name.to_string()}</span>
                    </a>
                    {account}
                </header>
                <main>
                    <Outlet/>
                </main>
            </div>
            {tabs} <ToastHost/>
        </div>
    }
}

#[component]
fn TabBar(entries: &'static [PortalEntry]) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let path = use_location().pathname;
    let (name, logo) =
        session.me.with_untracked(|me| (me.organization.name.to_string(), me.organization.logo_url.clone()));
    let home = session.path("");
    let tabs = entries
        .iter()
        .filter(|entry| session.may(entry.permission))
        .map(|entry| {
            let href = session.path(entry.path);
            let own = href.clone();
            let exact = entry.path.is_empty();
            let also = entry.also.map(|path| session.path(path));
            let current = move || {
                path.with(|path| {
                    let of = |entry: &str| is_current(entry, path, exact);
                    of(&own) || also.as_deref().is_some_and(of)
                })
                .then_some("page")
            };
            view! {
                <a href=href aria-current=current>
                    <IconView icon=entry.icon/>
                    <span>{(entry.label)()}</span>
                </a>
            }
        })
        .collect_view();
    let label = name.clone();
    view! {
        <nav class="tabbar" aria-label=common_texts::navigation()>
            <a class="org-row" href=home aria-label=label>
                <OrganizationMark name logo/>
            </a>
            {tabs}
        </nav>
    }
}

/// The person's own menu: other places where they have access, and the way out.
#[component]
fn Account(me: PortalMe) -> impl IntoView {
    let toasts = StoredValue::new(None::<Toasts>);
    Effect::new(move |_| toasts.set_value(use_context::<Toasts>()));
    let own = me.contact_id;
    let slug = me.organization.slug.clone();
    let failed = move |text: &'static str| {
        if let Some(toasts) = toasts.get_value() {
            toasts.show(Toast::failed(text));
        }
    };
    let mut items: Vec<MenuItem> = me
        .choices
        .iter()
        .filter(|choice| Some(choice.contact_id) != own)
        .map(|choice| {
            let (contact, home) = (choice.contact_id, format!("/{}", choice.organization));
            let label = format!("{}, {}", choice.organization_name, choice.client_name);
            let switch = move || {
                let home = home.clone();
                spawn_local(async move {
                    match identity::switch_contact(contact).await {
                        Ok(()) => browser::open(&home),
                        Err(error) => failed(error.text()),
                    }
                });
            };
            MenuItem::new(Icon::Open, label, Callback::new(move |()| switch()))
        })
        .collect();
    let sign_out = move || {
        let door = format!("/{slug}/sign-in");
        spawn_local(async move {
            match identity::sign_out(App::Portal).await {
                Ok(()) => browser::open(&door),
                Err(error) => failed(error.text()),
            }
        });
    };
    let own_page = format!("/{}/account", me.organization.slug);
    let navigate = use_navigate();
    let open_account = move || navigate(&own_page, leptos_router::NavigateOptions::default());
    items.insert(
        0,
        MenuItem::new(Icon::Settings, texts::me::title(), Callback::new(move |()| open_account())),
    );
    items.push(
        MenuItem::new(Icon::SignOut, common_texts::sign_out(), Callback::new(move |()| sign_out())).apart(),
    );
    let name = me.name.to_string();
    view! {
        <div class="end">
            <Menu label=texts::account(&name) items class="face">
                <Avatar name/>
            </Menu>
        </div>
    }
}
