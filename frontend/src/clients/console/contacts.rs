//! The people at a client: who they are, what they may do, and looking at the portal as one of them.

use domain::clients::{Client, Contact, ContactPatch, NewContact};
use domain::permission::{Audience, Permission};
use domain::text::{EmailAddress, Line, Name};
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{
    Avatar, Button, ButtonKind, ButtonType, Checkbox, Dialog, Form, Icon, Menu, MenuItem, Row, Section,
    Sheet, Switch, TextField, TextKind, Toast, Toasts,
};

use crate::api::Intent;
use crate::form::{Reading, Sending};
use crate::session::ConsoleSession;
use crate::settings::permission_text;
use crate::t::{clients as texts, common as common_texts};
use crate::{browser, clients};

/// Whom the sheet is about.
#[derive(Clone, PartialEq)]
enum Subject {
    New,
    Known(Box<Contact>),
}

/// The contacts of a client.
#[component]
pub fn People(
    /// The client.
    client: RwSignal<Client>,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let may_edit = session.may(Permission::EditClients);
    let open = RwSignal::new(false);
    let subject = RwSignal::new(Subject::New);
    let end = move || {
        may_edit.then(|| {
            let add = move |_| {
                subject.set(Subject::New);
                open.set(true);
            };
            view! {
                <button class="link" type="button" on:click=add>
                    {texts::add_contact()}
                </button>
            }
        })
    };
    let rows = move || {
        let contacts = client.with(|client| client.contacts.clone());
        if contacts.is_empty() {
            return view! { <p class="muted">{texts::no_contacts()}</p> }.into_any();
        }
        let rows = contacts
            .into_iter()
            .map(|contact| {
                let edit = Callback::new({
                    let contact = contact.clone();
                    move |()| {
                        subject.set(Subject::Known(Box::new(contact.clone())));
                        open.set(true);
                    }
                });
                view! { <Person contact client edit/> }
            })
            .collect_view();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    view! {
        <Section title=texts::people() end>
            {rows}
        </Section>
        <Sheet open title=texts::contact()>
            <ContactForm client subject=subject.get() open/>
        </Sheet>
    }
}

#[component]
fn Person(contact: Contact, client: RwSignal<Client>, edit: Callback<()>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let toasts = expect_context::<Toasts>();
    let id = contact.id;
    let removing = RwSignal::new(false);
    let mut items = Vec::new();
    if session.may(Permission::EditClients) {
        items.push(MenuItem::new(Icon::Edit, texts::edit(), edit));
        if contact.portal_access {
            let label = if contact.invited_at.is_some() { texts::invite_again() } else { texts::invite() };
            let name = contact.name.to_string();
            let invite = move |()| {
                let name = name.clone();
                spawn_local(async move {
                    match clients::invite_contact(id).await {
                        Ok(changed) => {
                            replace(client, changed);
                            toasts.show(Toast::done(texts::invited(&name)));
                        }
                        Err(error) => toasts.show(Toast::failed(error.text())),
                    }
                });
            };
            items.push(MenuItem::new(Icon::Mail, label, Callback::new(invite)));
        }
    }
    if session.may(Permission::ViewAsContact) && contact.portal_access {
        items.push(MenuItem::new(
            Icon::Eye,
            texts::view_as(contact.name.as_str()),
            Callback::new(move |()| look_as(id, toasts)),
        ));
    }
    if session.may(Permission::EditClients) {
        items.push(
            MenuItem::new(Icon::Trash, texts::remove(), Callback::new(move |()| removing.set(true))).danger(),
        );
    }
    let name = contact.name.to_string();
    let mut sub = vec![contact.email.to_string()];
    if !contact.job_title.as_str().is_empty() {
        sub.insert(0, contact.job_title.to_string());
    }
    let state = match (contact.primary, contact.portal_access) {
        (true, _) => texts::primary(),
        (false, true) => "",
        (false, false) => texts::no_access(),
    };
    let face = contact.name.to_string();
    let has_menu = !items.is_empty();
    let label = texts::actions_for(contact.name.as_str());
    view! {
        <Row title=name sub=sub.join(" · ") lead=move || view! { <Avatar name=face/> }>
            <div class="line">
                <span>{state}</span>
                {has_menu.then(|| view! { <Menu label items/> })}
            </div>
            <Removal contact client open=removing/>
        </Row>
    }
}

/// Asks before a contact goes: their sessions and links end, and that can't be undone.
#[component]
fn Removal(contact: Contact, client: RwSignal<Client>, open: RwSignal<bool>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let busy = RwSignal::new(false);
    let (id, name) = (contact.id, contact.name.to_string());
    let title = texts::remove_question(&name);
    let remove = Callback::new(move |()| {
        let name = name.clone();
        busy.set(true);
        spawn_local(async move {
            let answer = clients::remove_contact(id).await;
            busy.try_set(false);
            open.try_set(false);
            match answer {
                Ok(()) => {
                    client.update(|client| client.contacts.retain(|contact| contact.id != id));
                    toasts.show(Toast::done(texts::removed(&name)));
                }
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    });
    let buttons = move || {
        view! {
            <Button on_click=move || open.set(false)>{common_texts::cancel()}</Button>
            <Button kind=ButtonKind::Danger busy on_click=remove>
                {texts::remove()}
            </Button>
        }
    };
    view! {
        <Dialog open title buttons>
            {texts::remove_what_happens()}
        </Dialog>
    }
}

/// Opens the portal as a contact sees it, in a tab of its own.
pub fn look_as(id: domain::clients::ContactId, toasts: Toasts) {
    // The tab opens with the click; opened after the answer, browsers would block it.
    let tab = browser::blank_tab();
    spawn_local(async move {
        match clients::view_as(id).await {
            Ok(viewing) => browser::open_in(tab, &viewing.path),
            Err(error) => {
                browser::close_tab(tab);
                toasts.show(Toast::failed(error.text()));
            }
        }
    });
}

/// Puts a changed contact in its place; another primary one is primary no longer.
fn replace(client: RwSignal<Client>, changed: Contact) {
    client.update(|client| {
        if changed.primary {
            client.contacts.iter_mut().for_each(|contact| contact.primary = false);
        }
        match client.contacts.iter_mut().find(|contact| contact.id == changed.id) {
            Some(contact) => *contact = changed,
            None => client.contacts.push(changed),
        }
        client.contacts.sort_by_key(|contact| !contact.primary);
    });
}

#[component]
fn ContactForm(client: RwSignal<Client>, subject: Subject, open: RwSignal<bool>) -> impl IntoView {
    let known = match subject {
        Subject::New => None,
        Subject::Known(contact) => Some(*contact),
    };
    let text = |read: fn(&Contact) -> String| RwSignal::new(known.as_ref().map(read).unwrap_or_default());
    let name = text(|contact| contact.name.to_string());
    let email = text(|contact| contact.email.to_string());
    let phone = text(|contact| contact.phone.to_string());
    let job_title = text(|contact| contact.job_title.to_string());
    let primary = RwSignal::new(known.as_ref().map_or_else(
        || client.with_untracked(|client| client.contacts.is_empty()),
        |contact| contact.primary,
    ));
    let portal_access = RwSignal::new(known.as_ref().is_none_or(|contact| contact.portal_access));
    let granted = known
        .as_ref()
        .map_or_else(|| Permission::CONTACT_DEFAULT.to_vec(), |contact| contact.permissions.clone());
    let choices: Vec<(Permission, RwSignal<bool>)> = Permission::of(Audience::Portal)
        .filter(|permission| *permission != Permission::Portal)
        .map(|permission| (permission, RwSignal::new(granted.contains(&permission))))
        .collect();
    let sending = Sending::new();
    let intent = Intent::new();
    let title = if known.is_some() { texts::edit_contact() } else { texts::add_contact() };
    let boxes = choices.clone();
    let submit = Callback::new(move |()| {
        let mut reading = Reading::default();
        let new_name = reading.text::<Name>("/name", name);
        let new_email = reading.text::<EmailAddress>("/email", email);
        let new_phone = reading.text::<Line>("/phone", phone);
        let new_job_title = reading.text::<Line>("/job_title", job_title);
        let (true, Some(name), Some(email), Some(phone), Some(job_title)) =
            (reading.is_done(sending.errors), new_name, new_email, new_phone, new_job_title)
        else {
            return;
        };
        let mut permissions = vec![Permission::Portal];
        permissions.extend(
            choices.iter().filter(|(_, chosen)| chosen.get_untracked()).map(|(permission, _)| *permission),
        );
        let (primary, portal_access) = (primary.get_untracked(), portal_access.get_untracked());
        let done = move |changed: Contact| {
            replace(client, changed);
            open.set(false);
        };
        if let Some(contact) = known.clone() {
            let body = ContactPatch {
                name: Some(name).filter(|new| *new != contact.name),
                email: Some(email).filter(|new| *new != contact.email),
                phone: Some(phone).filter(|new| *new != contact.phone),
                job_title: Some(job_title).filter(|new| *new != contact.job_title),
                language: None,
                primary: Some(primary).filter(|new| *new != contact.primary),
                portal_access: Some(portal_access).filter(|new| *new != contact.portal_access),
                permissions: Some(permissions),
            };
            let (id, version) = (contact.id, contact.version);
            sending.run(async move { clients::change_contact(id, &body, version).await }, done);
        } else {
            let body = NewContact {
                name,
                email,
                phone,
                job_title,
                language: None,
                primary,
                portal_access,
                permissions: Some(permissions),
            };
            let id = client.with_untracked(|client| client.id);
            sending.run(async move { clients::create_contact(id, &body, intent).await }, done);
        }
    });
    let boxes = StoredValue::new(boxes);
    view! {
        <h2>{title}</h2>
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <TextField label=common_texts::name() value=name pointer="/name"/>
            <TextField label=common_texts::email() value=email kind=TextKind::Email pointer="/email"/>
            <div class="pair">
                <TextField label=texts::job_title() value=job_title pointer="/job_title" optional=true/>
                <TextField label=texts::phone() value=phone kind=TextKind::Phone pointer="/phone" optional=true/>
            </div>
            <Checkbox label=texts::is_primary() checked=primary pointer="/primary"/>
            <Switch label=texts::portal_access() checked=portal_access pointer="/portal_access"/>
            {move || {
                portal_access.get().then(|| {
                    let list = boxes.with_value(|boxes| {
                        boxes
                            .iter()
                            .map(|(permission, checked)| {
                                view! { <Checkbox label=permission_text(*permission) checked=*checked/> }
                            })
                            .collect_view()
                    });
                    view! {
                        <fieldset class="field">
                            <legend class="label">{texts::may()}</legend>
                            <div>{list}</div>
                        </fieldset>
                    }
                })
            }}
            <div class="line">
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                    {common_texts::save()}
                </Button>
                <Button kind=ButtonKind::Quiet on_click=move || open.set(false)>
                    {common_texts::cancel()}
                </Button>
            </div>
        </Form>
    }
}
