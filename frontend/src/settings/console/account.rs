//! One's own account: name, language, password, second step, sessions.

use domain::identity::{ChangePassword, MePatch};
use domain::text::{Language, Name, NewPassword};
use leptos::prelude::*;
use ui::{Button, ButtonType, Form, Section, SelectField, SelectOption, TextField, TextKind, Toast, Toasts};

use super::Settings;
use super::second_step::SecondStep;
use super::sessions::Sessions;
use crate::form::{Reading, Sending};
use crate::session::ConsoleSession;
use crate::t::{common as common_texts, settings::account as texts};
use crate::{browser, i18n, settings};

/// `/console/settings`
#[component]
pub fn AccountPage() -> impl IntoView {
    view! {
        <Settings title=texts::title()>
            <div class="narrow stack">
                <Person/>
                <Password/>
                <SecondStep/>
                <Sessions/>
            </div>
        </Settings>
    }
}

/// The languages, each by its own name.
pub fn languages() -> Vec<SelectOption> {
    Language::ALL
        .into_iter()
        .map(|language| SelectOption::new(language.as_str(), i18n::name(language)))
        .collect()
}

#[component]
fn Person() -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let toasts = expect_context::<Toasts>();
    let (name, language, email) = session.me.with_untracked(|me| {
        (
            RwSignal::new(me.name.to_string()),
            RwSignal::new(me.language.as_str().to_owned()),
            me.email.to_string(),
        )
    });
    let sending = Sending::new();
    let submit = move || {
        let mut reading = Reading::default();
        let name = reading.text::<Name>("/name", name);
        let (true, Some(name)) = (reading.is_done(sending.errors), name) else { return };
        let body = MePatch { name: Some(name), language: language.get_untracked().parse().ok() };
        let before = session.me.with_untracked(|me| me.language);
        sending.run(async move { settings::change_me(&body).await }, move |me| {
            let changed = me.language != before;
            session.me.set(me);
            if changed {
                // All texts are made for one language.
                browser::reload();
            } else {
                toasts.show(Toast::done(common_texts::saved()));
            }
        });
    };
    view! {
        <Section title=texts::you()>
            <Form errors=sending.errors busy=sending.busy on_submit=submit>
                <TextField
                    label=common_texts::name()
                    value=name
                    pointer="/name"
                    hint=texts::signs_in_with(&email)
                    autocomplete="name"
                />
                <SelectField
                    label=common_texts::language()
                    value=language
                    options=languages()
                    pointer="/language"
                />
                <div class="line">
                    <Button button_type=ButtonType::Submit busy=sending.busy>
                        {common_texts::save()}
                    </Button>
                </div>
            </Form>
        </Section>
    }
}

#[component]
fn Password() -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let current = RwSignal::new(String::new());
    let new = RwSignal::new(String::new());
    let sending = Sending::new();
    let submit = move || {
        let mut reading = Reading::default();
        let new_password = reading.text::<NewPassword>("/new_password", new);
        let (true, Some(new_password)) = (reading.is_done(sending.errors), new_password) else { return };
        let body = ChangePassword { current_password: current.get_untracked(), new_password };
        sending.run(async move { settings::change_password(&body).await }, move |()| {
            current.set(String::new());
            new.set(String::new());
            toasts.show(Toast::done(texts::password_changed()));
        });
    };
    view! {
        <Section title=common_texts::password()>
            <Form errors=sending.errors busy=sending.busy on_submit=submit>
                <TextField
                    label=texts::current_password()
                    value=current
                    kind=TextKind::Password
                    pointer="/current_password"
                    autocomplete="current-password"
                />
                <TextField
                    label=texts::new_password()
                    value=new
                    kind=TextKind::Password
                    pointer="/new_password"
                    hint=texts::new_password_hint()
                    autocomplete="new-password"
                />
                <div class="line">
                    <Button button_type=ButtonType::Submit busy=sending.busy>
                        {texts::change_password()}
                    </Button>
                </div>
            </Form>
        </Section>
    }
}
