//! What happens to clients and contacts.

use domain::clients::{
    Client, ClientId, ClientPatch, Contact, ContactId, ContactPatch, NewClient, NewContact,
};
use domain::events::{Event, Subject};
use domain::permission::Permission;
use domain::problem::{Code, Problem};
use store::clients::{self, contacts};
use store::{Tx, events, organizations};

use crate::App;
use crate::http::{changed, conflict};
use crate::identity;
use crate::problem::Result;

/// A client; how it stands only for members who may see invoices.
pub async fn show(tx: &mut Tx, id: ClientId) -> Result<Client> {
    let mut client = clients::find(tx, id).await?;
    if tx.caller().may(Permission::ViewInvoices) {
        let today = organizations::today(tx).await?;
        let standing = clients::standing(tx, id, today).await?;
        (client.owed, client.overdue, client.credit) = (standing.owed, standing.overdue, standing.credit);
    }
    Ok(client)
}

/// Creates a client and its first contact, who is the primary one.
pub async fn create(tx: &mut Tx, new: &NewClient) -> Result<Client> {
    let id = clients::insert(tx, new).await?;
    let event = Event::ClientCreated { name: new.name.to_string() };
    events::record(tx, Subject::Client(id), Some(id), &event).await?;
    if let Some(contact) = &new.contact {
        add_contact(tx, id, &NewContact { primary: true, ..contact.clone() }).await?;
    }
    show(tx, id).await
}

/// Changes a client.
pub async fn change(tx: &mut Tx, id: ClientId, version: i64, patch: &ClientPatch) -> Result<Client> {
    let before = clients::find(tx, id).await?;
    match clients::update(tx, id, version, patch).await {
        Err(store::Error::VersionMismatch) => return Err(conflict(patch, &before, before.version)),
        other => other?,
    }
    let fields = changed(patch, &before);
    if !fields.is_empty() {
        events::record(tx, Subject::Client(id), Some(id), &Event::ClientChanged { fields }).await?;
    }
    show(tx, id).await
}

/// Archives a client: it leaves the lists, and its contacts can't sign in. Repeatable.
pub async fn archive(tx: &mut Tx, id: ClientId) -> Result<Client> {
    if clients::archive(tx, id).await? {
        events::record(tx, Subject::Client(id), Some(id), &Event::ClientArchived {}).await?;
    }
    show(tx, id).await
}

/// Brings a client back. Repeatable.
pub async fn restore(tx: &mut Tx, id: ClientId) -> Result<Client> {
    if clients::restore(tx, id).await? {
        events::record(tx, Subject::Client(id), Some(id), &Event::ClientRestored {}).await?;
    }
    show(tx, id).await
}

/// Adds a contact.
pub async fn add_contact(tx: &mut Tx, client: ClientId, new: &NewContact) -> Result<Contact> {
    clients::addressee(tx, client).await?;
    let id = contacts::insert(tx, client, new).await?;
    let event = Event::ContactCreated { contact_id: id, name: new.name.to_string() };
    events::record(tx, Subject::Contact(id), Some(client), &event).await?;
    Ok(contacts::find(tx, id).await?)
}

/// Changes a contact. Who gets another address or loses access is signed out.
pub async fn change_contact(
    tx: &mut Tx,
    id: ContactId,
    version: i64,
    patch: &ContactPatch,
) -> Result<Contact> {
    let before = contacts::find(tx, id).await?;
    match contacts::update(tx, &before, version, patch).await {
        Err(store::Error::VersionMismatch) => return Err(conflict(patch, &before, before.version)),
        other => other?,
    }
    let moved = patch.email.as_ref().is_some_and(|email| *email != before.email);
    if moved || patch.portal_access == Some(false) {
        contacts::end_sessions(tx, id).await?;
    }
    let fields = changed(patch, &before);
    if !fields.is_empty() {
        let event = Event::ContactChanged { contact_id: id, fields };
        events::record(tx, Subject::Contact(id), Some(before.client_id), &event).await?;
    }
    Ok(contacts::find(tx, id).await?)
}

/// Removes a contact.
pub async fn remove_contact(tx: &mut Tx, id: ContactId) -> Result<()> {
    let contact = contacts::find(tx, id).await?;
    contacts::delete(tx, id).await?;
    let event = Event::ContactRemoved { contact_id: id, name: contact.name.to_string() };
    events::record(tx, Subject::Contact(id), Some(contact.client_id), &event).await?;
    Ok(())
}

/// Lets a contact in and tells them by mail, with a link that signs them in once.
pub async fn invite_contact(app: &App, tx: &mut Tx, id: ContactId) -> Result<Contact> {
    let contact = contacts::find(tx, id).await?;
    if clients::addressee(tx, contact.client_id).await?.archived {
        return Err(Problem::new(Code::Conflict).detail("Restore the client first.").into());
    }
    contacts::let_in(tx, id).await?;
    identity::actions::invite_contact(tx, app, id).await?;
    Ok(contacts::find(tx, id).await?)
}
