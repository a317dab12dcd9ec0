//! People at the doors: signing in and out, and who it is.

pub mod console;
pub mod password;
pub mod portal;

use domain::clients::ContactId;
use domain::identity::{
    AcceptInvitation, Invitation, Me, MemberId, PortalMe, PortalSignedIn, RequestLink, RequestPasswordReset,
    ResetPassword, SignIn, SignInAnswer, SwitchContact, SwitchMember, UseLink,
};
use domain::organizations::PublicOrganization;

use crate::api::{self, Answer, App};
use crate::browser;

/// The member signed in to the console.
pub async fn me() -> Answer<Me> {
    api::get("/me").await
}

/// The contact signed in to the portal.
pub async fn portal_me() -> Answer<PortalMe> {
    api::get("/portal/me").await
}

/// How an organization's door looks.
pub async fn organization_at(slug: &str) -> Answer<PublicOrganization> {
    api::get(&format!("/auth/organizations/{}", browser::escape(slug))).await
}

async fn request_link(body: &RequestLink) -> Answer<()> {
    api::ask("/auth/portal/links", body).await
}

async fn use_link(body: &UseLink) -> Answer<PortalSignedIn> {
    api::ask("/auth/portal/sessions", body).await
}

async fn sign_in(body: &SignIn) -> Answer<SignInAnswer> {
    api::ask("/auth/console/sessions", body).await
}

async fn request_password_reset(body: &RequestPasswordReset) -> Answer<()> {
    api::ask("/auth/console/password-resets", body).await
}

async fn reset_password(body: &ResetPassword) -> Answer<()> {
    api::ask("/auth/console/password", body).await
}

async fn invitation(token: &str) -> Answer<Invitation> {
    api::get(&format!("/auth/console/invitations/{}", browser::escape(token))).await
}

async fn accept_invitation(token: &str, body: &AcceptInvitation) -> Answer<()> {
    api::ask(&format!("/auth/console/invitations/{}", browser::escape(token)), body).await
}

/// Makes the portal's session that of another contact of the same person.
pub async fn switch_contact(contact_id: ContactId) -> Answer<()> {
    api::ask("/auth/portal/switch", &SwitchContact { contact_id }).await
}

/// Makes the console's session that of another membership of the same person.
pub async fn switch_member(member_id: MemberId) -> Answer<()> {
    api::ask("/auth/console/switch", &SwitchMember { member_id }).await
}

/// Ends the session of this browser.
pub async fn sign_out(app: App) -> Answer<()> {
    api::delete(&format!("/auth/{}/session", app.name())).await
}
