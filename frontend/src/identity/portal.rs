//! The portal's door: a link by mail, and the page the link opens.

pub mod account;

use domain::identity::{RequestLink, UseLink as UseLinkBody};
use domain::organizations::PublicOrganization;
use domain::problem::Code;
use domain::text::{EmailAddress, Slug};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use ui::{
    Button, ButtonKind, ButtonSize, ButtonType, Form, Loaded, Mark, Outcome, Skeleton, TextField, TextKind,
    TextLink, Tone,
};

use crate::form::{Reading, Sending};
use crate::shell::door::{Door, LinkInvalid};
use crate::t::{common as common_texts, portal as texts};
use crate::{browser, identity};

/// The organization whose door the address names, and its look.
pub fn organization_here() -> ui::Fetched<crate::api::Answer<PublicOrganization>> {
    let params = use_params_map();
    ui::Fetched::new(move || {
        let slug = params.read().get("organization").unwrap_or_default();
        async move {
            let organization = identity::organization_at(&slug).await?;
            browser::set_brand(organization.brand_color.as_str());
            Ok(organization)
        }
    })
}

/// `/{organization}/sign-in`
#[component]
pub fn SignIn() -> impl IntoView {
    let organization = organization_here();
    view! {
        <Loaded resource=organization skeleton=Skeleton::Form let:organization>
            <SignInDoor organization/>
        </Loaded>
    }
}

#[component]
fn SignInDoor(organization: PublicOrganization) -> impl IntoView {
    browser::set_title(&common_texts::page_title(texts::sign_in::title(), organization.name.as_str()));
    let sent = RwSignal::new(None::<EmailAddress>);
    let slug = organization.slug.clone();
    let content = move || match sent.get() {
        None => view! { <AskForLink slug=slug.clone() sent/> }.into_any(),
        Some(email) => view! {
            <Outcome title=texts::sign_in::sent_title() mark=Mark::Half tone=Tone::Info>
                <p class="muted">{texts::sign_in::sent(email.as_str())}</p>
                <div>
                    <Button on_click=move || sent.set(None)>{texts::sign_in::other_address()}</Button>
                </div>
            </Outcome>
        }
        .into_any(),
    };
    let name = organization.name.to_string();
    let logo = organization.logo_url.clone();
    view! {
        <Door organization=name logo notice=organization.notice>
            {content} <NoAccess organization=organization.clone()/>
        </Door>
    }
}

#[component]
fn AskForLink(slug: Slug, sent: RwSignal<Option<EmailAddress>>) -> impl IntoView {
    let email = RwSignal::new(String::new());
    let sending = Sending::new();
    let next = use_query_map().read_untracked().get("next");
    let submit = move || {
        let mut reading = Reading::default();
        let address = reading.text::<EmailAddress>("/email", email);
        let (true, Some(address)) = (reading.is_done(sending.errors), address) else { return };
        let body = RequestLink { organization: slug.clone(), email: address.clone(), next: next.clone() };
        sending.run(async move { identity::request_link(&body).await }, move |()| sent.set(Some(address)));
    };
    view! {
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <div class="gap">
                <h1>{texts::sign_in::title()}</h1>
                <p class="muted">{texts::sign_in::lead()}</p>
            </div>
            <TextField
                label=common_texts::email()
                value=email
                kind=TextKind::Email
                pointer="/email"
                autocomplete="email"
                autofocus=true
            />
            <Button
                kind=ButtonKind::Primary
                size=ButtonSize::TallWide
                button_type=ButtonType::Submit
                busy=sending.busy
            >
                {texts::sign_in::submit()}
            </Button>
        </Form>
    }
}

/// How somebody without access gets it.
#[component]
fn NoAccess(organization: PublicOrganization) -> impl IntoView {
    let phone = organization.phone.to_string();
    let way = if phone.is_empty() {
        organization.email.map(|email| {
            let href = format!("mailto:{email}");
            view! { " " {texts::sign_in::or_write()} " " <TextLink href external=true>{email.to_string()}</TextLink> }
                .into_any()
        })
    } else {
        let href = format!("tel:{}", phone.replace(char::is_whitespace, ""));
        let link =
            view! { " " {texts::sign_in::or_call()} " " <TextLink href external=true>{phone}</TextLink> };
        Some(link.into_any())
    };
    let end = way.is_none().then_some(".");
    view! { <p class="small muted">{texts::sign_in::no_access()} {way} {end}</p> }
}

/// `/{organization}/sign-in/link?token=…`: what the mailed link opens. Opening changes nothing, because scanners of mail open
/// links too; the button signs in.
#[component]
pub fn UseLink() -> impl IntoView {
    let organization = organization_here();
    view! {
        <Loaded resource=organization skeleton=Skeleton::Form let:organization>
            <LinkDoor organization/>
        </Loaded>
    }
}

#[component]
fn LinkDoor(organization: PublicOrganization) -> impl IntoView {
    browser::set_title(&common_texts::page_title(texts::link::title(), organization.name.as_str()));
    let token = use_query_map().read_untracked().get("token").unwrap_or_default();
    let sending = Sending::new();
    let refused = RwSignal::new(false);
    let submit = move || {
        let body = UseLinkBody { token: token.clone() };
        sending.run_or(
            async move { identity::use_link(&body).await },
            |signed_in| {
                let home = format!("/{}", signed_in.organization);
                browser::open(browser::local(&signed_in.next).unwrap_or(&home));
            },
            move |error| match error.code() {
                Some(Code::LinkInvalid | Code::NotFound) => refused.set(true),
                // The connection, too many attempts: the link still works.
                _ => error.show_in(sending.errors),
            },
        );
    };
    let again = format!("/{}/sign-in", organization.slug);
    let content = move || {
        if refused.get() {
            view! { <LinkInvalid href=again.clone() label=texts::link::again()/> }.into_any()
        } else {
            view! {
                <Form errors=sending.errors busy=sending.busy on_submit=submit.clone()>
                    <div class="gap">
                        <h1>{texts::link::title()}</h1>
                        <p class="muted">{texts::link::lead()}</p>
                    </div>
                    <Button
                        kind=ButtonKind::Primary
                        size=ButtonSize::TallWide
                        button_type=ButtonType::Submit
                        busy=sending.busy
                    >
                        {texts::link::submit()}
                    </Button>
                </Form>
            }
            .into_any()
        }
    };
    let name = organization.name.to_string();
    let logo = organization.logo_url.clone();
    view! { <Door organization=name logo notice=organization.notice>{content}</Door> }
}
