//! Tokens by which programs act for a member.

use domain::identity::{ApiToken, CreatedApiToken, NewApiToken};
use domain::permission::Permission;
use domain::text::Name;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{
    Button, ButtonKind, ButtonType, Checkbox, Empty, Form, Icon, Loaded, Mark, Notice, Row, Section,
    SelectField, SelectOption, Skeleton, TextField, Toast, Toasts, Tone,
};

use super::Settings;
use crate::api::Intent;
use crate::form::{Reading, Sending};
use crate::session::ConsoleSession;
use crate::settings::{self, permission_text};
use crate::t::{common as common_texts, settings::tokens as texts};
use crate::{browser, time};

/// Days after which a token may stop working by itself.
const LIFETIMES: [u16; 4] = [30, 90, 365, 730];

/// `/console/settings/tokens`
#[component]
pub fn TokensPage() -> impl IntoView {
    let tokens = ui::Fetched::new(settings::api_tokens);
    let made = RwSignal::new(None::<CreatedApiToken>);
    let on_changed = Callback::new(move |()| tokens.refetch());
    let empty = || view! { <Empty title=texts::none() sub=texts::none_sub()/> };
    view! {
        <Settings title=texts::title()>
            <div class="narrow stack">
                {move || made.get().map(|created| view! { <Secret created/> })}
                <Loaded
                    resource=tokens
                    skeleton=Skeleton::Table
                    is_empty=Vec::is_empty
                    empty
                    let:list
                >
                    <ul class="rows">
                        {list.into_iter().map(|token| view! { <TokenRow token on_changed/> }).collect_view()}
                    </ul>
                </Loaded>
                <New made on_changed/>
            </div>
        </Settings>
    }
}

/// The secret, this once.
#[component]
fn Secret(created: CreatedApiToken) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let secret = created.secret.clone();
    let copy = move || {
        let secret = secret.clone();
        spawn_local(async move {
            if browser::copy(&secret).await {
                toasts.show(Toast::done(texts::copied()));
            }
        });
    };
    view! {
        <Notice mark=Mark::Most tone=Tone::Caution>
            <div class="gap grow">
                <p>{texts::shown_once(created.token.name.as_str())}</p>
                <div class="line">
                    <span class="code">{created.secret}</span>
                    <Button icon=Icon::Copy on_click=copy>
                        {texts::copy()}
                    </Button>
                </div>
            </div>
        </Notice>
    }
}

#[component]
fn TokenRow(token: ApiToken, on_changed: Callback<()>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let id = token.id;
    let revoke = move || {
        spawn_local(async move {
            match settings::revoke_api_token(id).await {
                Ok(()) => {
                    toasts.show(Toast::done(texts::revoked_done()));
                    on_changed.run(());
                }
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    };
    let mut sub = vec![format!("{}…", token.hint), token.created_by.to_string()];
    if let Some(at) = token.last_used_at {
        sub.push(texts::last_used(&ui::format::relative(at.timestamp_millis(), ui::format::now_ms())));
    }
    if let Some(at) = token.expires_at {
        sub.push(texts::until(&time::day(Some(at.date_naive()))));
    }
    let end = if token.revoked_at.is_some() {
        view! { <span>{texts::revoked()}</span> }.into_any()
    } else {
        view! {
            <Button kind=ButtonKind::Danger on_click=revoke>
                {texts::revoke()}
            </Button>
        }
        .into_any()
    };
    view! { <Row title=token.name.to_string() sub=sub.join(" · ")>{end}</Row> }
}

#[component]
fn New(made: RwSignal<Option<CreatedApiToken>>, on_changed: Callback<()>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let name = RwSignal::new(String::new());
    let lifetime = RwSignal::new("90".to_owned());
    let choices: Vec<(Permission, RwSignal<bool>)> = session
        .me
        .with_untracked(|me| me.permissions.clone())
        .into_iter()
        .filter(|permission| *permission != Permission::Console)
        .map(|permission| (permission, RwSignal::new(false)))
        .collect();
    let boxes = choices
        .iter()
        .map(
            |(permission, checked)| view! { <Checkbox label=permission_text(*permission) checked=*checked/> },
        )
        .collect_view();
    let mut lifetimes: Vec<SelectOption> = LIFETIMES
        .into_iter()
        .map(|days| SelectOption::new(days.to_string(), texts::days(i64::from(days))))
        .collect();
    lifetimes.push(SelectOption::new("", texts::for_ever()));
    let sending = Sending::new();
    let intent = Intent::new();
    let submit = move || {
        let mut reading = Reading::default();
        let new_name = reading.text::<Name>("/name", name);
        let scopes: Vec<Permission> = choices
            .iter()
            .filter(|(_, chosen)| chosen.get_untracked())
            .map(|(permission, _)| *permission)
            .collect();
        reading.take("/scopes", if scopes.is_empty() { Err(("required", String::new())) } else { Ok(()) });
        let (true, Some(new_name)) = (reading.is_done(sending.errors), new_name) else { return };
        let body =
            NewApiToken { name: new_name, scopes, expires_in_days: lifetime.get_untracked().parse().ok() };
        sending.run(async move { settings::create_api_token(&body, intent).await }, move |created| {
            made.set(Some(created));
            name.set(String::new());
            window().scroll_to_with_x_and_y(0.0, 0.0);
            on_changed.run(());
        });
    };
    view! {
        <Section title=texts::add()>
            <Form errors=sending.errors busy=sending.busy on_submit=submit>
                <div class="pair">
                    <TextField label=common_texts::name() value=name pointer="/name" hint=texts::name_hint()/>
                    <SelectField label=texts::lifetime() value=lifetime options=lifetimes pointer="/expires_in_days"/>
                </div>
                <fieldset class="field">
                    <legend class="label">{texts::may()}</legend>
                    <div>{boxes}</div>
                </fieldset>
                <div class="line">
                    <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                        {texts::add()}
                    </Button>
                </div>
            </Form>
        </Section>
    }
}
