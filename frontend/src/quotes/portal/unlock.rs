//! The door of a guest link that asks for an access code.

use domain::organizations::PublicOrganization;
use domain::problem::Code;
use domain::quotes::UnlockGuest;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use ui::{Button, ButtonKind, ButtonSize, ButtonType, Form, Loaded, Skeleton, TextField};

use crate::browser;
use crate::form::Sending;
use crate::identity::portal::organization_here;
use crate::invoices::portal::guest::GuestLinkEnded;
use crate::shell::door::Door;
use crate::t::common as common_texts;
use crate::t::quotes::unlock as texts;

/// `/{organization}/unlock#guest={token}`
#[component]
pub fn Unlock() -> impl IntoView {
    let organization = organization_here();
    let ended = RwSignal::new(browser::fragment("guest").is_none());
    move || {
        if ended.get() {
            return view! { <GuestLinkEnded/> }.into_any();
        }
        view! {
            <Loaded resource=organization skeleton=Skeleton::Form let:organization>
                <CodeDoor organization ended/>
            </Loaded>
        }
        .into_any()
    }
}

#[component]
fn CodeDoor(organization: PublicOrganization, ended: RwSignal<bool>) -> impl IntoView {
    browser::set_title(&common_texts::page_title(texts::title(), organization.name.as_str()));
    let code = RwSignal::new(String::new());
    let sending = Sending::new();
    let slug = organization.slug.clone();
    let navigate = use_navigate();
    let submit = move || {
        let token = browser::fragment("guest").unwrap_or_default();
        let body = UnlockGuest { token, code: code.get_untracked() };
        let (slug, navigate) = (slug.clone(), navigate.clone());
        sending.run_or(
            async move { super::unlock(&body).await },
            move |opened| {
                let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
                navigate(&format!("/{slug}/quotes/{}#guest={}", opened.quote_id, opened.token), options);
            },
            move |error| match error.code() {
                Some(Code::LinkInvalid | Code::NotFound) => ended.set(true),
                _ => error.show_in(sending.errors),
            },
        );
    };
    let name = organization.name.to_string();
    let lead = StoredValue::new(texts::lead(&name));
    let content = move || {
        view! {
            <Form errors=sending.errors busy=sending.busy on_submit=submit.clone()>
                <div class="gap">
                    <h1>{texts::title()}</h1>
                    <p class="muted">{lead.get_value()}</p>
                </div>
                <TextField label=texts::code() value=code pointer="/code" autocomplete="off" autofocus=true/>
                <Button
                    kind=ButtonKind::Primary
                    size=ButtonSize::TallWide
                    button_type=ButtonType::Submit
                    busy=sending.busy
                >
                    {texts::open()}
                </Button>
            </Form>
        }
    };
    view! { <Door organization=name logo=organization.logo_url notice=organization.notice>{content}</Door> }
}
