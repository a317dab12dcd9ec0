//! Mails about quotes: to clients with a link, to staff when it is their turn.

use domain::clients::ContactId;
use domain::documents::DocumentId;
use domain::invoices::Recipient;
use domain::organizations::Organization;
use domain::quotes::{QuoteId, QuoteLink};
use domain::text::Language;
use serde::Serialize;
use store::mail::NewMail;
use store::quotes::guest_links::{self, NewLink};
use store::quotes::{self, Colleague, Head, Locked};
use store::{Tx, mail};

use crate::App;
use crate::mail::{Letter, format};
use crate::problem::Result;
use crate::secret_token::SecretToken;

/// What staff are told.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// The client accepted.
    Accepted,
    /// The client declined.
    Declined,
    /// The client wants something changed.
    ChangesRequested,
    /// The client asked something.
    Questioned,
    /// Somebody asks for approval.
    Approval,
    /// An approver gave it back.
    Returned,
}

#[derive(Serialize)]
struct Values<'a> {
    kind: News,
    who: &'a str,
    number: &'a str,
    title: &'a str,
    client: &'a str,
    total: String,
    words: &'a str,
}

/// Tells members something about a quote: what happened, by whom, and in which words.
pub async fn tell(
    app: &App,
    tx: &mut Tx,
    organization: &Organization,
    to: &[Colleague],
    kind: News,
    head: &Head,
    (who, title, words): (&str, &str, &str),
) -> Result<()> {
    let link = app.url(&format!("/console/quotes/{}", head.id));
    for colleague in to {
        let letter = Letter {
            name: "quote_news",
            organization,
            to_name: colleague.name.as_str(),
            to: &colleague.email,
            language: organization.language,
            link: Some(&link),
            values: Values {
                kind,
                who,
                number: head.number.as_deref().unwrap_or_default(),
                title,
                client: head.client_name.as_str(),
                total: format::money(organization.language, head.total),
                words,
            },
        };
        mail::enqueue(tx, &letter.write()?).await?;
    }
    Ok(())
}

/// Tells whoever is in charge what a client did.
pub async fn tell_in_charge(
    app: &App,
    tx: &mut Tx,
    organization: &Organization,
    quote: &Locked,
    kind: News,
    (who, title, words): (&str, &str, &str),
) -> Result<()> {
    let to = quotes::in_charge(tx, quote.created_by).await?;
    // As it stands after what the client did.
    let head = quotes::head(tx, quote.head.id).await?;
    tell(app, tx, organization, &to, kind, &head, (who, title, words)).await
}

/// A fresh guest link to a quote.
pub async fn guest_link(
    app: &App,
    tx: &mut Tx,
    organization: &Organization,
    head: &Head,
    contact: Option<ContactId>,
) -> Result<QuoteLink> {
    let token = SecretToken::generate("");
    let new = NewLink {
        hash: &token.hash,
        client_id: head.client_id,
        quote_id: head.id,
        contact_id: contact,
        unlocked: false,
    };
    let expires_at = guest_links::insert(tx, &new).await?;
    Ok(QuoteLink { url: app.url(&format!("/{}/i/{}", organization.slug, token.text)), expires_at })
}

/// A kind of mail to clients.
#[derive(Debug, Clone, Copy)]
pub struct Mailing {
    /// Its name in the catalogues.
    pub name: &'static str,
    /// The document that goes with it.
    pub document: Option<DocumentId>,
}

/// Writes one mail with one link for each recipient.
pub async fn mail_clients<V: Serialize>(
    app: &App,
    tx: &mut Tx,
    organization: &Organization,
    id: QuoteId,
    Mailing { name, document }: Mailing,
    recipients: &[(Recipient, Option<Language>)],
    values: impl Fn(Language) -> V,
) -> Result<Vec<String>> {
    let head = quotes::head(tx, id).await?;
    let mut to = Vec::new();
    for (recipient, language) in recipients {
        let language = language.unwrap_or(organization.language);
        let link = guest_link(app, tx, organization, &head, Some(recipient.contact_id)).await?;
        let letter = Letter {
            name,
            organization,
            to_name: recipient.name.as_str(),
            to: &recipient.email,
            language,
            link: Some(&link.url),
            values: values(language),
        };
        mail::enqueue(tx, &NewMail { document_id: document, ..letter.write()? }).await?;
        to.push(recipient.email.to_string());
    }
    Ok(to)
}
