//! What several doors share: beginning sessions, mailing links.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use domain::clients::ContactId;
use domain::events::{Event, Subject};
use domain::identity::{AccountId, MemberId, SessionId};
use domain::organizations::Organization;
use domain::permission::Audience;
use domain::problem::{Code, Problem};
use domain::text::{EmailAddress, Language, Name};
use serde_json::json;
use store::identity::one_time_tokens::{self, Purpose, Target};
use store::identity::sessions::{self, Holder};
use store::identity::visitors::{self, Visitor};
use store::identity::{accounts, members, refresh_tokens};
use store::{Reason, Tx, events};

use super::cookies;
use crate::App;
use crate::http::Anyone;
use crate::mail::Letter;
use crate::problem::Result;
use crate::secret_token::SecretToken;

/// How long a contact stays signed in.
pub const PORTAL_SESSION: TimeDelta = TimeDelta::hours(24);
/// How long a member stays signed in.
pub const CONSOLE_SESSION: TimeDelta = TimeDelta::days(14);
/// How long a member looks at the portal as a contact.
pub const VIEW: TimeDelta = TimeDelta::hours(1);
/// How long a sign-in link works that a contact asked for.
pub const SIGN_IN_LINK: TimeDelta = TimeDelta::minutes(15);
/// How long an invitation works, of a contact or a member: nobody waits in front of the mailbox for it.
pub const INVITATION: TimeDelta = TimeDelta::days(7);
/// How long a link to set a new password works.
pub const RESET_LINK: TimeDelta = TimeDelta::hours(1);

/// A session that has begun or was renewed: what the browser needs to keep it.
pub struct Began {
    /// The session.
    pub session: SessionId,
    /// Which side's.
    pub audience: Audience,
    /// What renews it next.
    pub refresh: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

impl Began {
    /// An empty answer that signs the browser in.
    pub fn answer(&self, app: &App) -> Result<HttpResponse> {
        let mut response = HttpResponse::build(StatusCode::NO_CONTENT);
        cookies::set(app, &mut response, self)?;
        Ok(response.finish())
    }
}

/// Begins a session in the organization of this transaction, which goes on with the system's eyes.
pub async fn begin_session(
    tx: &mut Tx,
    holder: &Holder,
    email: &EmailAddress,
    lifetime: TimeDelta,
    who: &Anyone,
) -> Result<Began> {
    tx.act_for_system(Reason::SignIn).await?;
    let session = sessions::insert(tx, holder, email, lifetime, &who.address, &who.user_agent).await?;
    let refresh = SecretToken::generate("");
    refresh_tokens::insert(tx, session, &refresh.hash).await?;
    let audience = match holder {
        Holder::Member { .. } => Audience::Console,
        Holder::Contact { .. } => Audience::Portal,
    };
    Ok(Began { session, audience, refresh: refresh.text, expires_at: tx.now() + lifetime })
}

/// Makes a link's token in the transaction of an organization, which goes on with its eyes.
pub(super) async fn make_link(
    tx: &mut Tx,
    purpose: Purpose,
    target: &Target,
    lifetime: TimeDelta,
) -> Result<String> {
    let organization = tx.organization_id();
    let token = SecretToken::generate("");
    tx.act_for_system(Reason::SignIn).await?;
    one_time_tokens::insert(tx, purpose, &token.hash, target, lifetime).await?;
    tx.enter(organization).await?;
    Ok(token.text)
}

/// Makes a link that signs a contact in, once: in a transaction of its organization.
pub async fn portal_link(tx: &mut Tx, app: &App, contact: ContactId, lifetime: TimeDelta) -> Result<String> {
    let visitor = visitors::find_by_id(tx, contact).await?;
    link_for(tx, app, &visitor, "", lifetime).await
}

pub(super) async fn link_for(
    tx: &mut Tx,
    app: &App,
    visitor: &Visitor,
    next: &str,
    lifetime: TimeDelta,
) -> Result<String> {
    let target = Target {
        organization: Some(visitor.organization_id),
        contact: Some(visitor.id),
        next: next.to_owned(),
        ..Target::of(visitor.email.clone())
    };
    let token = make_link(tx, Purpose::PortalSignIn, &target, lifetime).await?;
    Ok(app.url(&format!("/{}/sign-in/link?token={token}", visitor.slug)))
}

/// Mails a contact a first link to the portal, and tells the story.
pub async fn invite_contact(tx: &mut Tx, app: &App, contact: ContactId) -> Result<()> {
    let visitor = visitors::find_by_id(tx, contact).await?;
    if visitors::find(tx, &visitor.email, Some(visitor.organization_id), Some(contact)).await?.is_none() {
        return Err(Problem::new(Code::Conflict).detail("This contact has no access to the portal.").into());
    }
    let organization = store::organizations::find(tx).await?;
    let link = link_for(tx, app, &visitor, "", INVITATION).await?;
    let letter = Letter {
        name: "contact_invited",
        organization: &organization,
        to_name: visitor.name.as_str(),
        to: &visitor.email,
        language: visitor.language.unwrap_or(organization.language),
        link: Some(&link),
        values: json!({ "client": visitor.client_name }),
    };
    store::mail::enqueue(tx, &letter.write()?).await?;
    visitors::invited(tx, contact).await?;
    let event = Event::ContactInvited { contact_id: contact, name: visitor.name.to_string() };
    events::record(tx, Subject::Contact(contact), Some(visitor.client_id), &event).await?;
    Ok(())
}

/// Mails a member a link to join. Links mailed to them before stop working.
pub async fn invite_member(
    tx: &mut Tx,
    app: &App,
    organization: &Organization,
    member: MemberId,
    name: &Name,
    email: &EmailAddress,
) -> Result<()> {
    tx.act_for_system(Reason::SignIn).await?;
    one_time_tokens::void_for_member(tx, Purpose::Invitation, member).await?;
    let language = accounts::find_by_email(tx, email).await?.and_then(|account| account.language);
    tx.enter(organization.id).await?;
    let target =
        Target { organization: Some(organization.id), member: Some(member), ..Target::of(email.clone()) };
    let token = make_link(tx, Purpose::Invitation, &target, INVITATION).await?;
    let link = app.url(&format!("/console/invitation/{token}"));
    let letter = Letter {
        name: "invitation",
        organization,
        to_name: name.as_str(),
        to: email,
        language: language.unwrap_or(organization.language),
        link: Some(&link),
        values: json!({ "inviter": tx.actor_name() }),
    };
    store::mail::enqueue(tx, &letter.write()?).await?;
    Ok(())
}

/// Gives a member an account with this password's hash, as if they had accepted their invitation: in a
/// transaction of their organization. For made-up organizations, whose members nobody mails.
pub async fn give_account(
    tx: &mut Tx,
    member: MemberId,
    password_hash: &str,
    language: Language,
) -> Result<AccountId> {
    let organization = tx.organization_id();
    let found = members::find(tx, member).await?;
    tx.act_for_system(Reason::SetUp).await?;
    let account = match accounts::find_by_email(tx, &found.email).await? {
        Some(account) => account.id,
        None => accounts::insert(tx, &found.email, password_hash, language).await?,
    };
    tx.enter(organization).await?;
    members::join(tx, member, account, &found.name).await?;
    Ok(account)
}
