//! Those the business serves, and the people there.

pub mod console;

use domain::clients::{
    Client, ClientFilter, ClientId, ClientPatch, ClientSummary, Contact, ContactId, ContactPatch, NewClient,
    NewContact,
};
use domain::identity::ViewingAs;
use domain::page::Page;

use crate::api::{self, Answer, Intent};

/// Clients by name.
pub async fn list(filter: &ClientFilter) -> Answer<Page<ClientSummary>> {
    api::get_with("/clients", filter).await
}

/// One client; `id` as it stands in the address.
pub async fn find(id: &str) -> Answer<Client> {
    api::get(&format!("/clients/{id}")).await
}

async fn create(body: &NewClient, intent: Intent) -> Answer<Client> {
    api::post("/clients", body, intent).await
}

async fn change(id: ClientId, body: &ClientPatch, version: i64) -> Answer<Client> {
    api::patch(&format!("/clients/{id}"), body, version).await
}

async fn archive(id: ClientId) -> Answer<Client> {
    api::act(&format!("/clients/{id}/archive"), Intent::new()).await
}

async fn restore(id: ClientId) -> Answer<Client> {
    api::act(&format!("/clients/{id}/restore"), Intent::new()).await
}

async fn create_contact(client: ClientId, body: &NewContact, intent: Intent) -> Answer<Contact> {
    api::post(&format!("/clients/{client}/contacts"), body, intent).await
}

async fn change_contact(id: ContactId, body: &ContactPatch, version: i64) -> Answer<Contact> {
    api::patch(&format!("/contacts/{id}"), body, version).await
}

async fn remove_contact(id: ContactId) -> Answer<()> {
    api::delete(&format!("/contacts/{id}")).await
}

async fn invite_contact(id: ContactId) -> Answer<Contact> {
    api::act(&format!("/contacts/{id}/invite"), Intent::new()).await
}

async fn view_as(id: ContactId) -> Answer<ViewingAs> {
    api::act(&format!("/contacts/{id}/view-as"), Intent::new()).await
}
