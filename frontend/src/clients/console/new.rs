//! A new client, with its first contact if there is one.

use domain::clients::{ClientKind, NewClient, NewContact};
use domain::text::{Address, EmailAddress, Line, Name, Note};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use ui::{
    Button, ButtonKind, ButtonType, Checkbox, Form, LinkButton, RadioGroup, SelectOption, TextField, TextKind,
};

use crate::address::{AddressFields, AddressForm};
use crate::api::Intent;
use crate::clients;
use crate::form::{Reading, Sending};
use crate::shell::console::Work;
use crate::t::{clients as texts, common as common_texts};

/// Company or person, as choices.
pub fn kinds() -> Vec<SelectOption> {
    vec![
        SelectOption::new(ClientKind::Company.as_str(), texts::company()),
        SelectOption::new(ClientKind::Person.as_str(), texts::person()),
    ]
}

/// `/console/clients/new`
#[component]
pub fn NewClientPage() -> impl IntoView {
    let name = RwSignal::new(String::new());
    let kind = RwSignal::new(ClientKind::Company.as_str().to_owned());
    let phone = RwSignal::new(String::new());
    let tax_number = RwSignal::new(String::new());
    let address = AddressForm::new(&Address::default());
    let contact_name = RwSignal::new(String::new());
    let contact_email = RwSignal::new(String::new());
    let portal_access = RwSignal::new(true);
    let sending = Sending::new();
    let intent = Intent::new();
    let navigate = use_navigate();
    let submit = Callback::new(move |()| {
        let mut reading = Reading::default();
        let client_name = reading.text::<Name>("/name", name);
        let phone = reading.text::<Line>("/phone", phone);
        let tax_number = reading.text::<Line>("/tax_number", tax_number);
        let address = address.read(&mut reading);
        let with_contact = [contact_name, contact_email]
            .iter()
            .any(|text| text.with_untracked(|text| !text.trim().is_empty()));
        let contact = with_contact.then(|| {
            let name = reading.text::<Name>("/contact/name", contact_name);
            (name, reading.text::<EmailAddress>("/contact/email", contact_email))
        });
        if !reading.is_done(sending.errors) {
            return;
        }
        let (Some(name), Some(phone), Some(tax_number), Some(address)) =
            (client_name, phone, tax_number, address)
        else {
            return;
        };
        let contact = contact.and_then(|(name, email)| {
            Some(NewContact {
                name: name?,
                email: email?,
                phone: Line::default(),
                job_title: Line::default(),
                language: None,
                primary: true,
                portal_access: portal_access.get_untracked(),
                permissions: None,
            })
        });
        let body = NewClient {
            name,
            kind: kind.get_untracked().parse().unwrap_or_default(),
            external_id: Line::default(),
            phone,
            address,
            tax_number,
            internal_note: Note::default(),
            contact,
        };
        let navigate = navigate.clone();
        sending.run(async move { clients::create(&body, intent).await }, move |client| {
            navigate(&format!("/console/clients/{}", client.id), NavigateOptions::default());
        });
    });
    view! {
        <Work title=texts::new_title()>
            <div class="narrow">
                <Form errors=sending.errors busy=sending.busy on_submit=submit>
                    <RadioGroup label=texts::kind() value=kind options=kinds() pointer="/kind"/>
                    <TextField label=common_texts::name() value=name pointer="/name" autofocus=true/>
                    <div class="pair">
                        <TextField
                            label=texts::phone()
                            value=phone
                            kind=TextKind::Phone
                            pointer="/phone"
                            optional=true
                        />
                        <TextField label=texts::tax_number() value=tax_number pointer="/tax_number" optional=true/>
                    </div>
                    <h2>{texts::address_title()}</h2>
                    <AddressFields form=address/>
                    <h2>{texts::first_contact()}</h2>
                    <div class="pair">
                        <TextField
                            label=common_texts::name()
                            value=contact_name
                            pointer="/contact/name"
                            optional=true
                        />
                        <TextField
                            label=common_texts::email()
                            value=contact_email
                            kind=TextKind::Email
                            pointer="/contact/email"
                            optional=true
                        />
                    </div>
                    <Checkbox label=texts::portal_access() checked=portal_access/>
                    <div class="line">
                        <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                            {texts::create()}
                        </Button>
                        <LinkButton href="/console/clients".to_owned() kind=ButtonKind::Quiet>
                            {common_texts::cancel()}
                        </LinkButton>
                    </div>
                </Form>
            </div>
        </Work>
    }
}
