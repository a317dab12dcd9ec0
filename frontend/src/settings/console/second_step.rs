//! The second step at sign-in: set up with a code to scan, confirmed, switched off.

use domain::identity::{ConfirmTotp, DisableTotp, RecoveryCodes, TotpEnrolment};
use leptos::prelude::*;
use ui::{
    Button, ButtonKind, ButtonType, Form, Mark, Notice, Pill, Section, TextField, TextKind, Toast, Toasts,
    Tone,
};

use crate::form::Sending;
use crate::session::ConsoleSession;
use crate::settings;
use crate::t::{common as common_texts, settings::second_step as texts};

/// Where setting up stands.
#[derive(Clone)]
enum Stage {
    Idle,
    Scanning(TotpEnrolment),
    Codes(RecoveryCodes),
    SwitchingOff,
}

#[component]
pub fn SecondStep() -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let stage = RwSignal::new(Stage::Idle);
    let on = Memo::new(move |_| session.me.with(|me| me.totp_enabled));
    let state = move || {
        if on.get() {
            view! { <Pill label=texts::on() mark=Mark::Full tone=Tone::Accent/> }
        } else {
            view! { <Pill label=texts::off() mark=Mark::Empty/> }
        }
    };
    let content = move || match stage.get() {
        Stage::Idle => view! { <Idle stage on=on.get()/> }.into_any(),
        Stage::Scanning(enrolment) => view! { <Scan enrolment stage/> }.into_any(),
        Stage::Codes(codes) => view! { <Codes codes stage/> }.into_any(),
        Stage::SwitchingOff => view! { <SwitchOff stage/> }.into_any(),
    };
    view! {
        <Section title=texts::title() end=move || state>
            {content}
        </Section>
    }
}

#[component]
fn Idle(stage: RwSignal<Stage>, on: bool) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let sending = Sending::new();
    let begin = move || {
        sending.run_or(
            settings::begin_totp(),
            move |enrolment| stage.set(Stage::Scanning(enrolment)),
            move |error| toasts.show(Toast::failed(error.text())),
        );
    };
    let button = if on {
        view! {
            <Button kind=ButtonKind::Danger on_click=move || stage.set(Stage::SwitchingOff)>
                {texts::switch_off()}
            </Button>
        }
        .into_any()
    } else {
        view! {
            <Button busy=sending.busy on_click=begin>
                {texts::set_up()}
            </Button>
        }
        .into_any()
    };
    view! {
        <div class="gap">
            <p class="muted small">{texts::lead()}</p>
            <div class="line">{button}</div>
        </div>
    }
}

#[component]
fn Scan(enrolment: TotpEnrolment, stage: RwSignal<Stage>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let code = RwSignal::new(String::new());
    let sending = Sending::new();
    let submit = move || {
        let body = ConfirmTotp { code: code.get_untracked().trim().to_owned() };
        sending.run(async move { settings::confirm_totp(&body).await }, move |codes| {
            session.me.update(|me| me.totp_enabled = true);
            stage.set(Stage::Codes(codes));
        });
    };
    view! {
        <div class="gap">
            <p class="small">{texts::scan()}</p>
            // From our own server, drawn there: an SVG of squares.
            <div class="qr" role="img" aria-label=texts::qr() inner_html=enrolment.qr_svg></div>
            <p class="small muted">
                {texts::or_type()} " " <span class="code">{enrolment.secret}</span>
            </p>
            <Form errors=sending.errors busy=sending.busy on_submit=submit>
                <TextField
                    label=texts::code()
                    value=code
                    kind=TextKind::Code
                    pointer="/code"
                    autocomplete="one-time-code"
                    autofocus=true
                />
                <div class="line">
                    <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                        {texts::confirm()}
                    </Button>
                    <Button kind=ButtonKind::Quiet on_click=move || stage.set(Stage::Idle)>
                        {common_texts::cancel()}
                    </Button>
                </div>
            </Form>
        </div>
    }
}

#[component]
fn Codes(codes: RecoveryCodes, stage: RwSignal<Stage>) -> impl IntoView {
    let list = codes.codes.into_iter().map(|code| view! { <li class="code">{code}</li> }).collect_view();
    view! {
        <div class="gap">
            <Notice mark=Mark::Most tone=Tone::Caution>
                <span>{texts::keep_codes()}</span>
            </Notice>
            <ul class="codes">{list}</ul>
            <div class="line">
                <Button kind=ButtonKind::Primary on_click=move || stage.set(Stage::Idle)>
                    {texts::kept()}
                </Button>
            </div>
        </div>
    }
}

#[component]
fn SwitchOff(stage: RwSignal<Stage>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let password = RwSignal::new(String::new());
    let sending = Sending::new();
    let submit = move || {
        let body = DisableTotp { password: password.get_untracked() };
        sending.run(async move { settings::disable_totp(&body).await }, move |()| {
            session.me.update(|me| me.totp_enabled = false);
            stage.set(Stage::Idle);
        });
    };
    view! {
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <TextField
                label=common_texts::password()
                value=password
                kind=TextKind::Password
                pointer="/password"
                autocomplete="current-password"
                autofocus=true
            />
            <div class="line">
                <Button kind=ButtonKind::Danger button_type=ButtonType::Submit busy=sending.busy>
                    {texts::switch_off()}
                </Button>
                <Button kind=ButtonKind::Quiet on_click=move || stage.set(Stage::Idle)>
                    {common_texts::cancel()}
                </Button>
            </div>
        </Form>
    }
}
