//! A client's own data: read, changed in place, and the note that only staff see.

use std::time::Duration;

use domain::clients::{Client, ClientPatch};
use domain::permission::Permission;
use domain::text::{Line, Name, Note};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{
    Button, ButtonKind, ButtonType, Facts, Form, RadioGroup, Section, TextArea, TextField, TextKind, Toast,
    Toasts,
};

use super::new::kinds;
use crate::address::{self, AddressFields, AddressForm};
use crate::clients;
use crate::conflict::{self, ConflictNotice, Theirs};
use crate::form::{Reading, Sending};
use crate::session::ConsoleSession;
use crate::t::{clients as texts, common as common_texts};

/// The client's data, with a form in its place while it is being changed.
#[component]
pub fn Details(
    /// The client.
    client: RwSignal<Client>,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let editing = RwSignal::new(false);
    let may_edit = session.may(Permission::EditClients);
    let end = move || {
        may_edit.then(|| {
            view! {
                <button
                    class="link"
                    type="button"
                    hidden=move || editing.get()
                    on:click=move |_| editing.set(true)
                >
                    {texts::edit()}
                </button>
            }
        })
    };
    view! {
        <Section title=texts::details() end>
            {move || {
                if editing.get() {
                    view! { <DetailsForm client editing/> }.into_any()
                } else {
                    client.with(shown).into_any()
                }
            }}
        </Section>
    }
}

fn shown(client: &Client) -> impl IntoView + use<> {
    let mut facts = Vec::new();
    let mut add = |label: &str, value: String| {
        if !value.is_empty() {
            facts.push((label.to_owned(), value.into_any()));
        }
    };
    add(texts::phone(), client.phone.to_string());
    add(texts::tax_number(), client.tax_number.to_string());
    add(texts::external_id(), client.external_id.to_string());
    let lines = address::lines(&client.address);
    if !lines.is_empty() {
        let lines = lines.into_iter().map(|line| view! { <div>{line}</div> }).collect_view();
        facts.push((texts::address_title().to_owned(), lines.into_any()));
    }
    if facts.is_empty() {
        view! { <p class="muted">{texts::no_details()}</p> }.into_any()
    } else {
        view! { <Facts facts/> }.into_any()
    }
}

#[component]
fn DetailsForm(client: RwSignal<Client>, editing: RwSignal<bool>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let now = client.get_untracked();
    let text = |line: &Line| RwSignal::new(line.to_string());
    let name = RwSignal::new(now.name.to_string());
    let kind = RwSignal::new(now.kind.as_str().to_owned());
    let (phone, tax_number, external_id) = (text(&now.phone), text(&now.tax_number), text(&now.external_id));
    let address = AddressForm::new(&now.address);
    let sending = Sending::new();
    let theirs = RwSignal::new(None::<Theirs>);
    let save = move |version: i64| {
        let mut reading = Reading::default();
        // Only what was changed travels, so that two people can change different fields.
        let now = client.get_untracked();
        let new_name = reading.text::<Name>("/name", name);
        let new_phone = reading.text::<Line>("/phone", phone);
        let new_tax_number = reading.text::<Line>("/tax_number", tax_number);
        let new_external_id = reading.text::<Line>("/external_id", external_id);
        let new_address = address.read(&mut reading);
        if !reading.is_done(sending.errors) {
            return;
        }
        let patch = ClientPatch {
            name: new_name.filter(|new| *new != now.name),
            kind: kind.get_untracked().parse().ok().filter(|new| *new != now.kind),
            external_id: new_external_id.filter(|new| *new != now.external_id),
            phone: new_phone.filter(|new| *new != now.phone),
            address: new_address.filter(|new| *new != now.address),
            tax_number: new_tax_number.filter(|new| *new != now.tax_number),
            internal_note: None,
        };
        let id = now.id;
        sending.run_or(
            async move { clients::change(id, &patch, version).await },
            move |changed| {
                client.set(changed);
                editing.set(false);
                toasts.show(Toast::done(common_texts::saved()));
            },
            move |error| match conflict::theirs(&error) {
                Some(fields) => theirs.set(Some(fields)),
                None => error.show_in(sending.errors),
            },
        );
    };
    let id = now.id.to_string();
    let fetch = StoredValue::new(id);
    let on_theirs = move |()| {
        spawn_local(async move {
            match clients::find(&fetch.get_value()).await {
                Ok(found) => {
                    client.set(found);
                    editing.set(false);
                }
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    };
    let on_mine = move |()| {
        spawn_local(async move {
            match clients::find(&fetch.get_value()).await {
                Ok(found) => save(found.version),
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    };
    let submit = move || save(client.with_untracked(|client| client.version));
    view! {
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <ConflictNotice theirs label=super::label on_theirs=Callback::new(on_theirs) on_mine=Callback::new(on_mine)/>
            <TextField label=common_texts::name() value=name pointer="/name" autofocus=true/>
            <RadioGroup label=texts::kind() value=kind options=kinds() pointer="/kind"/>
            <TextField label=texts::phone() value=phone kind=TextKind::Phone pointer="/phone" optional=true/>
            <TextField label=texts::tax_number() value=tax_number pointer="/tax_number" optional=true/>
            <TextField label=texts::external_id() value=external_id pointer="/external_id" optional=true/>
            <AddressFields form=address/>
            <div class="line">
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                    {common_texts::save()}
                </Button>
                <Button kind=ButtonKind::Quiet on_click=move || editing.set(false)>
                    {common_texts::cancel()}
                </Button>
            </div>
        </Form>
    }
}

/// How long a pause in typing has to be before the note is kept.
const PAUSE: Duration = Duration::from_millis(900);

/// Words among staff. Kept by itself: no client ever sees them.
#[component]
pub fn InternalNote(
    /// The client.
    client: RwSignal<Client>,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let toasts = expect_context::<Toasts>();
    let may_edit = session.may(Permission::EditClients);
    let text = RwSignal::new(client.with_untracked(|client| client.internal_note.to_string()));
    let state = RwSignal::new("");
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let keep = move || {
        let (id, version, before) =
            client.with_untracked(|client| (client.id, client.version, client.internal_note.to_string()));
        let Ok(note) = text.get_untracked().parse::<Note>() else { return };
        if note.as_str() == before {
            return;
        }
        spawn_local(async move {
            let patch = ClientPatch { internal_note: Some(note), ..ClientPatch::default() };
            match clients::change(id, &patch, version).await {
                Ok(changed) => {
                    client.set(changed);
                    state.set(common_texts::saved());
                }
                Err(error) => {
                    state.set("");
                    toasts.show(Toast::failed(error.text()));
                }
            }
        });
    };
    Effect::new(move |before: Option<()>| {
        text.track();
        if before.is_none() {
            return;
        }
        if let Some(handle) = waiting.get_value() {
            handle.clear();
        }
        waiting.set_value(set_timeout_with_handle(keep, PAUSE).ok());
    });
    view! {
        <div class="gap">
            <TextArea
                label=texts::internal_note()
                value=text
                hint=texts::internal_note_hint()
                disabled=!may_edit
                optional=true
            />
            <span class="small muted" role="status">{move || state.get()}</span>
        </div>
    }
}
