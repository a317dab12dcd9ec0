//! The console's door: password, second step, invitation.

use domain::identity::{AcceptInvitation, Invitation, SignIn as SignInBody, SignInStep};
use domain::text::{EmailAddress, Name, NewPassword};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};
use ui::{Button, ButtonKind, ButtonSize, ButtonType, Form, Loaded, Skeleton, TextField, TextKind, TextLink};

use crate::form::{Reading, Sending};
use crate::identity;
use crate::shell::door::Door;
use crate::t::{common as common_texts, console as texts};
use crate::{browser, session, set_up};

/// Where a sign-in leads: the page that was wanted, or the first one.
fn wanted() -> String {
    let next = use_query_map().read_untracked().get("next").unwrap_or_default();
    browser::local(&next).filter(|path| path.starts_with("/console")).unwrap_or("/console").to_owned()
}

/// `/console/sign-in`
#[component]
pub fn SignIn() -> impl IntoView {
    session::set_page_title(texts::sign_in::title());
    let email = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let code = RwSignal::new(String::new());
    let code_needed = RwSignal::new(false);
    let sending = Sending::new();
    let next = wanted();
    lead_to_set_up();
    let submit = Callback::new(move |()| {
        let mut reading = Reading::default();
        let address = reading.text::<EmailAddress>("/email", email);
        let (true, Some(address)) = (reading.is_done(sending.errors), address) else { return };
        let typed = code.get_untracked();
        let body = SignInBody {
            email: address,
            password: password.get_untracked(),
            code: code_needed.get_untracked().then(|| typed.trim().to_owned()),
        };
        let next = next.clone();
        sending.run(async move { identity::sign_in(&body).await }, move |answer| match answer.step {
            SignInStep::SignedIn => browser::open(&next),
            SignInStep::CodeNeeded => code_needed.set(true),
        });
    });
    let start_again = move || {
        code.set(String::new());
        password.set(String::new());
        sending.errors.clear();
        code_needed.set(false);
    };
    let content = move || {
        if code_needed.get() {
            view! {
                <Form errors=sending.errors busy=sending.busy on_submit=submit>
                    <div class="gap">
                        <h1>{texts::sign_in::code_title()}</h1>
                        <p class="muted">{texts::sign_in::code_lead()}</p>
                    </div>
                    <TextField
                        label=texts::sign_in::code()
                        value=code
                        kind=TextKind::Code
                        pointer="/code"
                        autocomplete="one-time-code"
                        autofocus=true
                    />
                    <Submit label=texts::sign_in::submit() sending/>
                    <Button kind=ButtonKind::Quiet on_click=start_again>
                        {texts::sign_in::back()}
                    </Button>
                </Form>
            }
            .into_any()
        } else {
            view! {
                <Form errors=sending.errors busy=sending.busy on_submit=submit>
                    <h1>{texts::sign_in::title()}</h1>
                    <TextField
                        label=common_texts::email()
                        value=email
                        kind=TextKind::Email
                        pointer="/email"
                        autocomplete="username"
                        autofocus=true
                    />
                    <TextField
                        label=common_texts::password()
                        value=password
                        kind=TextKind::Password
                        pointer="/password"
                        autocomplete="current-password"
                    />
                    <Submit label=texts::sign_in::submit() sending/>
                    <p class="small">
                        <TextLink href="/console/forgot-password">{texts::sign_in::forgot()}</TextLink>
                    </p>
                </Form>
            }
            .into_any()
        }
    };
    view! { <Door organization=None logo=None>{content}</Door> }
}

/// Nobody can sign in to an empty installation: its first visitor is there to set it up.
fn lead_to_set_up() {
    let navigate = use_navigate();
    spawn_local(async move {
        if set_up::state().await.is_ok_and(|state| state.needed) {
            let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
            navigate("/console/set-up", options);
        }
    });
}

/// The one filled button of a door's form.
#[component]
pub fn Submit(
    /// Its text.
    label: &'static str,
    /// The form it sends.
    sending: Sending,
) -> impl IntoView {
    view! {
        <Button
            kind=ButtonKind::Primary
            size=ButtonSize::TallWide
            button_type=ButtonType::Submit
            busy=sending.busy
        >
            {label}
        </Button>
    }
}

/// `/console/invitation/{token}`
#[component]
pub fn Join() -> impl IntoView {
    let params = use_params_map();
    let token = move || params.read().get("token").unwrap_or_default();
    let invitation = ui::Fetched::new(move || {
        let token = token();
        async move { identity::invitation(&token).await }
    });
    view! {
        <Loaded resource=invitation skeleton=Skeleton::Form let:invitation>
            <JoinDoor invitation token=token()/>
        </Loaded>
    }
}

#[component]
fn JoinDoor(invitation: Invitation, token: String) -> impl IntoView {
    let organization = invitation.organization_name.to_string();
    let title = texts::invitation::title(&organization);
    browser::set_title(&title);
    let name = RwSignal::new(invitation.name.to_string());
    let password = RwSignal::new(String::new());
    let sending = Sending::new();
    let submit = move || {
        let mut reading = Reading::default();
        let name = reading.text::<Name>("/name", name);
        let password = reading.text::<NewPassword>("/password", password);
        let (true, Some(name), Some(password)) = (reading.is_done(sending.errors), name, password) else {
            return;
        };
        let (token, body) = (token.clone(), AcceptInvitation { name, password });
        sending.run(async move { identity::accept_invitation(&token, &body).await }, |()| {
            browser::open("/console");
        });
    };
    let email = invitation.email.as_str();
    let (lead, label, hint, autocomplete) = if invitation.account_exists {
        (texts::invitation::lead_known(email), common_texts::password(), "", "current-password")
    } else {
        let hint = texts::invitation::password_hint();
        (texts::invitation::lead(email), texts::invitation::new_password(), hint, "new-password")
    };
    view! {
        <Door organization=organization logo=None>
            <Form errors=sending.errors busy=sending.busy on_submit=submit>
                <div class="gap">
                    <h1>{title}</h1>
                    <p class="muted">{lead}</p>
                </div>
                <TextField label=common_texts::name() value=name pointer="/name" autocomplete="name"/>
                <TextField
                    label=label
                    value=password
                    kind=TextKind::Password
                    pointer="/password"
                    hint=hint
                    autocomplete=autocomplete
                />
                <Submit label=texts::invitation::submit() sending/>
            </Form>
        </Door>
    }
}
