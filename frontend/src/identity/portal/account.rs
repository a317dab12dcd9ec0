//! The contact's own account: name and language, where they are signed in, and their other places.

use domain::identity::{ContactChoice, PortalMe, PortalMePatch, Session, SessionId};
use domain::page::Page;
use domain::text::{Language, Name};
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{
    Button, ButtonKind, ButtonType, Form, Loaded, Row, Section, SelectField, SelectOption, Skeleton,
    TextField, Toast, Toasts,
};

use crate::api::{self, Answer, App};
use crate::form::{Reading, Sending};
use crate::session::{PortalSession, set_page_title};
use crate::t::{common as common_texts, portal::me as texts};
use crate::{browser, i18n, identity};

async fn change(body: &PortalMePatch) -> Answer<PortalMe> {
    api::patch_own("/portal/me", body).await
}

async fn sessions() -> Answer<Page<Session>> {
    api::get("/portal/sessions").await
}

async fn end(id: SessionId) -> Answer<()> {
    api::delete(&format!("/portal/sessions/{id}")).await
}

async fn end_others() -> Answer<()> {
    api::delete("/portal/sessions").await
}

/// `/{organization}/account`
#[component]
pub fn Account() -> impl IntoView {
    let session = expect_context::<PortalSession>();
    set_page_title(texts::title());
    let me = session.me.get_untracked();
    let own = me.contact_id;
    let others: Vec<ContactChoice> =
        me.choices.iter().filter(|choice| Some(choice.contact_id) != own).cloned().collect();
    // A member who looks at this as the contact changes nothing here, and sees none of their devices.
    let own_eyes = me.viewed_by.is_none();
    let person = own_eyes.then(|| view! { <Person me=me.clone()/> });
    let devices = own_eyes.then(|| view! { <Devices/> });
    view! {
        <div class="stack narrow">
            <div class="gap">
                <h1>{texts::title()}</h1>
                {person}
            </div>
            {devices}
            {(!others.is_empty()).then(|| view! { <Places others/> })}
            <Leave/>
        </div>
    }
}

#[component]
fn Person(me: PortalMe) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let toasts = expect_context::<Toasts>();
    let sending = Sending::new();
    let name = RwSignal::new(me.name.to_string());
    let language = RwSignal::new(me.language.as_str().to_owned());
    let languages: Vec<SelectOption> = Language::ALL
        .into_iter()
        .map(|language| SelectOption::new(language.as_str(), i18n::name(language)))
        .collect();
    let submit = move || {
        let mut reading = Reading::default();
        let read = reading.text::<Name>("/name", name);
        let (true, Some(name)) = (reading.is_done(sending.errors), read) else { return };
        let chosen = language.get_untracked().parse::<Language>().ok();
        let body = PortalMePatch { name: Some(name), language: chosen };
        sending.run(async move { change(&body).await }, move |me| {
            if me.language == i18n::language() {
                session.me.set(me);
                toasts.show(Toast::done(common_texts::saved()));
            } else {
                // Texts are set once: the page comes anew in the other language.
                browser::reload();
            }
        });
    };
    let email = me.email.map(|email| email.to_string()).unwrap_or_default();
    view! {
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <TextField label=texts::name() value=name pointer="/name" autocomplete="name"/>
            <SelectField label=texts::language() value=language options=languages pointer="/language"/>
            <p class="small muted">{texts::email()} ": " {email}</p>
            <div>
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                    {common_texts::save()}
                </Button>
            </div>
        </Form>
    }
}

#[component]
fn Devices() -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let list = ui::Fetched::new(sessions);
    let ended = move |answer: Answer<()>, text: &'static str| match answer {
        Ok(()) => {
            toasts.show(Toast::done(text));
            list.refetch();
        }
        Err(error) => toasts.show(Toast::failed(error.text())),
    };
    let end_one = move |id| spawn_local(async move { ended(end(id).await, texts::signed_out_there()) });
    let end_all = move || spawn_local(async move { ended(end_others().await, texts::signed_out_others()) });
    view! {
        <Section title=texts::devices()>
            <Loaded resource=list skeleton=Skeleton::Table let:list>
                <div class="gap">
                    <DeviceList sessions=list.items.clone() on_end=end_one/>
                    {(list.items.len() > 1)
                        .then(|| {
                            view! {
                                <div>
                                    <Button on_click=end_all>{texts::sign_out_others()}</Button>
                                </div>
                            }
                        })}
                </div>
            </Loaded>
        </Section>
    }
}

#[component]
fn DeviceList(sessions: Vec<Session>, #[prop(into)] on_end: Callback<(SessionId,)>) -> impl IntoView {
    let now = ui::format::now_ms();
    let rows = sessions
        .into_iter()
        .map(|session| {
            let seen = texts::seen(&ui::format::relative(session.last_seen_at.timestamp_millis(), now));
            let end = if session.current {
                view! { <span>{texts::here()}</span> }.into_any()
            } else {
                let id = session.id;
                view! { <Button on_click=move || on_end.run((id,))>{texts::sign_out_there()}</Button> }
                    .into_any()
            };
            view! {
                <Row title=device(&session.user_agent) sub=format!("{seen} · {}", session.address)>
                    {end}
                </Row>
            }
        })
        .collect_view();
    view! { <ul class="rows">{rows}</ul> }
}

#[component]
fn Places(others: Vec<ContactChoice>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let rows = others
        .into_iter()
        .map(|choice| {
            let (contact, home) = (choice.contact_id, format!("/{}", choice.organization));
            let switch = move || {
                let home = home.clone();
                spawn_local(async move {
                    match identity::switch_contact(contact).await {
                        Ok(()) => browser::open(&home),
                        Err(error) => toasts.show(Toast::failed(error.text())),
                    }
                });
            };
            view! {
                <Row title=choice.organization_name.to_string() sub=choice.client_name.to_string()>
                    <Button on_click=switch>{texts::switch()}</Button>
                </Row>
            }
        })
        .collect_view();
    view! {
        <Section title=texts::places()>
            <ul class="rows">{rows}</ul>
        </Section>
    }
}

#[component]
fn Leave() -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let toasts = expect_context::<Toasts>();
    let leave = move || {
        let door = session.path("/sign-in");
        spawn_local(async move {
            match identity::sign_out(App::Portal).await {
                Ok(()) => browser::open(&door),
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    };
    view! {
        <div>
            <Button icon=ui::Icon::SignOut on_click=leave>
                {texts::leave()}
            </Button>
        </div>
    }
}

/// The browser and system of a session, as far as its own words tell: "Firefox on Android".
fn device(user_agent: &str) -> String {
    const BROWSERS: [(&str, &str); 5] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let known = |list: &[(&str, &'static str)]| {
        list.iter().find(|(part, _)| user_agent.contains(part)).map(|(_, name)| *name)
    };
    match (known(&BROWSERS), known(&SYSTEMS)) {
        (Some(browser), Some(system)) => texts::device(browser, system),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => texts::unknown_device().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn devices_are_named_by_what_they_say() {
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1";
        let desk = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0";
        assert_eq!(device(phone), "Safari on iPhone");
        assert_eq!(device(desk), "Edge on Windows");
        assert_eq!(device("curl/8.0"), "Unknown device");
    }
}
