//! A forgotten password: the link, and the page it opens.

use domain::identity::{RequestPasswordReset, ResetPassword};
use domain::problem::Code;
use domain::text::{EmailAddress, NewPassword};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use ui::{ButtonKind, Form, LinkButton, Mark, Outcome, TextField, TextKind, TextLink, Tone};

use super::console::Submit;
use crate::form::{Reading, Sending};
use crate::shell::door::{Door, LinkInvalid};
use crate::t::{common as common_texts, console as texts};
use crate::{identity, session};

const SIGN_IN: &str = "/console/sign-in";

/// `/console/forgot-password`
#[component]
pub fn ForgotPassword() -> impl IntoView {
    session::set_page_title(texts::forgot::title());
    let email = RwSignal::new(String::new());
    let sent = RwSignal::new(None::<EmailAddress>);
    let sending = Sending::new();
    let submit = Callback::new(move |()| {
        let mut reading = Reading::default();
        let address = reading.text::<EmailAddress>("/email", email);
        let (true, Some(address)) = (reading.is_done(sending.errors), address) else { return };
        let body = RequestPasswordReset { email: address.clone() };
        sending.run(async move { identity::request_password_reset(&body).await }, move |()| {
            sent.set(Some(address));
        });
    });
    let content = move || match sent.get() {
        None => view! {
            <Form errors=sending.errors busy=sending.busy on_submit=submit>
                <div class="gap">
                    <h1>{texts::forgot::title()}</h1>
                    <p class="muted">{texts::forgot::lead()}</p>
                </div>
                <TextField
                    label=common_texts::email()
                    value=email
                    kind=TextKind::Email
                    pointer="/email"
                    autocomplete="username"
                    autofocus=true
                />
                <Submit label=texts::forgot::submit() sending/>
            </Form>
        }
        .into_any(),
        Some(email) => view! {
            <Outcome title=texts::forgot::sent_title() mark=Mark::Half tone=Tone::Info>
                <p class="muted">{texts::forgot::sent(email.as_str())}</p>
            </Outcome>
        }
        .into_any(),
    };
    view! {
        <Door organization=None logo=None>
            {content} <p class="small">
                <TextLink href=SIGN_IN>{texts::forgot::back()}</TextLink>
            </p>
        </Door>
    }
}

/// How far setting a new password has come.
#[derive(Clone)]
enum Progress {
    Asking,
    Done,
    LinkInvalid,
}

/// `/console/reset-password?token=…`
#[component]
pub fn SetPassword() -> impl IntoView {
    session::set_page_title(texts::reset::title());
    let token = use_query_map().read_untracked().get("token").unwrap_or_default();
    let password = RwSignal::new(String::new());
    let progress = RwSignal::new(Progress::Asking);
    let sending = Sending::new();
    let submit = Callback::new(move |()| {
        let mut reading = Reading::default();
        let password = reading.text::<NewPassword>("/password", password);
        let (true, Some(password)) = (reading.is_done(sending.errors), password) else { return };
        let body = ResetPassword { token: token.clone(), password };
        sending.run_or(
            async move { identity::reset_password(&body).await },
            move |()| progress.set(Progress::Done),
            move |error| match error.code() {
                Some(Code::LinkInvalid) => progress.set(Progress::LinkInvalid),
                _ => error.show_in(sending.errors),
            },
        );
    });
    let content = move || match progress.get() {
        Progress::Asking => view! {
            <Form errors=sending.errors busy=sending.busy on_submit=submit>
                <h1>{texts::reset::title()}</h1>
                <TextField
                    label=texts::reset::password()
                    value=password
                    kind=TextKind::Password
                    pointer="/password"
                    hint=texts::reset::password_hint()
                    autocomplete="new-password"
                    autofocus=true
                />
                <Submit label=texts::reset::submit() sending/>
            </Form>
        }
        .into_any(),
        Progress::Done => view! {
            <Outcome title=texts::reset::done() tone=Tone::Accent>
                <p class="muted">{texts::reset::done_lead()}</p>
                <div>
                    <LinkButton href=SIGN_IN.to_owned() kind=ButtonKind::Primary>
                        {texts::sign_in::title()}
                    </LinkButton>
                </div>
            </Outcome>
        }
        .into_any(),
        Progress::LinkInvalid => {
            view! { <LinkInvalid href="/console/forgot-password" label=texts::reset::again()/> }.into_any()
        }
    };
    view! { <Door organization=None logo=None>{content}</Door> }
}
