//! People at the doors: members with passwords, contacts with links, programs with tokens.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::clients::{ClientId, ContactId};
use crate::id;
use crate::organizations::{Notice, Organization, OrganizationId, PublicOrganization};
use crate::permission::Permission;
use crate::text::{EmailAddress, Language, Name, NewPassword, Slug};

id!(
    /// What a member signs in with; one account may be a member of several organizations.
    AccountId,
    "acc"
);
id!(
    /// A member of the staff.
    MemberId,
    "mem"
);
id!(
    /// A role: a named set of permissions.
    RoleId,
    "rol"
);
id!(
    /// Somebody signed in, somewhere.
    SessionId,
    "ses"
);
id!(
    /// A program's token.
    ApiTokenId,
    "tok"
);

/// Asks for a sign-in link. `POST /auth/portal/links`: 202 whether or not the address is known.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RequestLink {
    /// The organization at whose door one stands.
    pub organization: Slug,
    /// The contact's address.
    pub email: EmailAddress,
    /// Path to open after signing in; within the organization's portal.
    #[serde(default)]
    pub next: Option<String>,
}

/// Signs in by a link. `POST /auth/portal/sessions`. Opening the link changes nothing; this does.
#[derive(Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UseLink {
    /// The token from the link.
    pub token: String,
}

/// Signed in to the portal: where to go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PortalSignedIn {
    /// The organization's portal.
    pub organization: Slug,
    /// The path that was wanted, or the portal's home.
    pub next: String,
}

/// Signs in a member. `POST /auth/console/sessions`.
#[derive(Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The account's address.
    pub email: EmailAddress,
    /// Its password.
    pub password: String,
    /// Six digits of the authenticator, or a recovery code, where a second step is on.
    #[serde(default)]
    pub code: Option<String>,
}

/// Signed in, or what is still missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SignInStep {
    /// The session has begun; cookies are set.
    SignedIn,
    /// The password is right: send the same again with `code`.
    CodeNeeded,
}

/// The answer to [`SignIn`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignInAnswer {
    /// What comes next.
    pub step: SignInStep,
}

/// Asks for a link to set a new password. `POST /auth/console/password-resets`: always 202.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RequestPasswordReset {
    /// The account's address.
    pub email: EmailAddress,
}

/// Sets a new password by a mailed link. `POST /auth/console/password`. Ends all sessions.
#[derive(Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResetPassword {
    /// The token from the link.
    pub token: String,
    /// The new password.
    pub password: NewPassword,
}

/// Changes the password while signed in. `POST /account/password`. Ends all other sessions.
#[derive(Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The present one.
    pub current_password: String,
    /// The new one.
    pub new_password: NewPassword,
}

/// What an invitation is about. `GET /auth/console/invitations/{token}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invitation {
    /// Who invites.
    pub organization_name: Name,
    /// Who is invited.
    pub name: Name,
    /// Their address.
    pub email: EmailAddress,
    /// Whether the address has an account already, whose password is then asked for.
    pub account_exists: bool,
}

/// Accepts an invitation. `POST /auth/console/invitations/{token}`. Signs in.
#[derive(Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitation {
    /// How they want to be called.
    pub name: Name,
    /// A new password, or the present one of an account that exists.
    pub password: NewPassword,
}

/// A second step being set up. `POST /account/totp`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TotpEnrolment {
    /// The secret, in base32, to type in.
    pub secret: String,
    /// The same as `otpauth://` address.
    pub uri: String,
    /// The same as picture: SVG of a QR code.
    pub qr_svg: String,
}

/// Confirms the second step with a first code. `POST /account/totp/confirm`.
#[derive(Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmTotp {
    /// Six digits.
    pub code: String,
}

/// Codes for the day the phone is lost; each works once. Shown only now.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryCodes {
    /// Ten codes.
    pub codes: Vec<String>,
}

/// Switches the second step off. `POST /account/totp/disable`.
#[derive(Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DisableTotp {
    /// The account's password.
    pub password: String,
}

/// Who is signed in to the console. `GET /me`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// The member.
    pub member_id: MemberId,
    /// Their name.
    pub name: Name,
    /// Their address.
    pub email: EmailAddress,
    /// The role's name.
    pub role: String,
    /// Their language.
    pub language: Language,
    /// What they may do; what is missing isn't shown.
    pub permissions: Vec<Permission>,
    /// Whether the second step is on.
    pub totp_enabled: bool,
    /// The organization.
    pub organization: Organization,
    /// Other organizations the account is a member of.
    pub organizations: Vec<OrganizationChoice>,
    /// What isn't real here.
    pub notice: Notice,
}

/// Changes to one's own account. `PATCH /me`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct MePatch {
    /// Their name in this organization.
    pub name: Option<Name>,
    /// Their language.
    pub language: Option<Language>,
}

/// An organization one may switch to. `POST /auth/console/switch`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrganizationChoice {
    /// The membership there.
    pub member_id: MemberId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// Its name.
    pub name: Name,
}

/// Switches the console's session to another membership of the same account.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SwitchMember {
    /// The membership.
    pub member_id: MemberId,
}

/// Who is signed in to the portal. `GET /portal/me`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PortalMe {
    /// The contact; absent behind a guest link.
    pub contact_id: Option<ContactId>,
    /// Their name, or the client's behind a guest link.
    pub name: Name,
    /// Their address; absent behind a guest link.
    pub email: Option<EmailAddress>,
    /// Their language.
    pub language: Language,
    /// The client.
    pub client_id: ClientId,
    /// The client's name.
    pub client_name: Name,
    /// What they may do.
    pub permissions: Vec<Permission>,
    /// The organization.
    pub organization: PublicOrganization,
    /// All places where the same address has access, this one included.
    pub choices: Vec<ContactChoice>,
    /// The member who looks at the portal as this contact, if so; nothing can be changed then.
    pub viewed_by: Option<Name>,
    /// The least of what is owed that may be paid at once, in the currency's smallest unit; absent where all of it has to be.
    pub minimum_partial_minor: Option<i64>,
}

/// Changes to one's own contact. `PATCH /portal/me`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct PortalMePatch {
    /// Their name.
    pub name: Option<Name>,
    /// Their language.
    pub language: Option<Language>,
}

/// A place where the address has access. `POST /auth/portal/switch`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactChoice {
    /// The contact there.
    pub contact_id: ContactId,
    /// Its client.
    pub client_name: Name,
    /// Its organization.
    pub organization: Slug,
    /// The organization's name.
    pub organization_name: Name,
}

/// Switches the portal's session to another contact of the same address.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SwitchContact {
    /// The contact.
    pub contact_id: ContactId,
}

/// A session. `GET /account/sessions`, `GET /portal/sessions`; `DELETE …/{id}` ends one, `DELETE` of the list all others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whether it is the one asking.
    pub current: bool,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last renewed.
    pub last_seen_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
    /// From which network address.
    pub address: String,
    /// With which browser, in its own words.
    pub user_agent: String,
}

/// A member. `GET /members`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// Their id.
    pub id: MemberId,
    /// Their name.
    pub name: Name,
    /// Their address.
    pub email: EmailAddress,
    /// Their role.
    pub role_id: RoleId,
    /// Whether the invitation was accepted.
    pub joined: bool,
    /// When they were removed; a removed member can't sign in here.
    pub removed_at: Option<DateTime<Utc>>,
    /// Version for `If-Match`.
    pub version: i64,
}

/// Filters of the list of members.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct MemberFilter {
    /// Items of a page, 1 to 100; 50 if absent.
    pub limit: Option<u16>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// Invites a member. `POST /members`.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InviteMember {
    /// Their name.
    pub name: Name,
    /// Their address.
    pub email: EmailAddress,
    /// Their role.
    pub role_id: RoleId,
}

/// Changes to a member. `PATCH /members/{id}`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct MemberPatch {
    /// Their name.
    pub name: Option<Name>,
    /// Their role. The last owner stays one.
    pub role_id: Option<RoleId>,
    /// Removes or brings back.
    pub removed: Option<bool>,
}

/// A role. `GET /roles`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Role {
    /// Its id.
    pub id: RoleId,
    /// Stable key of the five roles every organization starts with; empty for its own.
    pub key: String,
    /// Its name, where the organization gave one.
    pub name: String,
    /// What it allows.
    pub permissions: Vec<Permission>,
    /// How many members have it.
    pub members: i64,
    /// Version for `If-Match`.
    pub version: i64,
}

/// A new role, or all of a present one. `POST /roles`, `PUT /roles/{id}`.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RoleInput {
    /// Its name.
    pub name: Name,
    /// What it allows; permissions of the console only.
    #[validate(custom(function = console_only))]
    pub permissions: Vec<Permission>,
}

fn console_only(permissions: &[Permission]) -> Result<(), validator::ValidationError> {
    if permissions.iter().all(|permission| permission.audience() == crate::permission::Audience::Console) {
        return Ok(());
    }
    Err(validator::ValidationError::new("not_a_console_permission")
        .with_message("must hold permissions of the console only".into()))
}

/// A token for programs. `GET /api-tokens`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiToken {
    /// Its id.
    pub id: ApiTokenId,
    /// What it is for.
    pub name: Name,
    /// Its first characters, to tell tokens apart.
    pub hint: String,
    /// What it may do; never more than the member who made it.
    pub scopes: Vec<Permission>,
    /// Who made it.
    pub created_by: Name,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it stops working.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Filters of the list of tokens.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct ApiTokenFilter {
    /// Items of a page, 1 to 100; 50 if absent.
    pub limit: Option<u16>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// Makes a token. `POST /api-tokens`.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewApiToken {
    /// What it is for.
    pub name: Name,
    /// What it may do; only permissions that its maker has.
    #[validate(length(min = 1), custom(function = console_only))]
    #[cfg_attr(feature = "openapi", schema(min_items = 1))]
    pub scopes: Vec<Permission>,
    /// Days until it stops working, 1 to 730; never, if absent.
    #[serde(default)]
    #[validate(range(min = 1, max = 730))]
    pub expires_in_days: Option<u16>,
}

/// A token, this once with its secret.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedApiToken {
    /// The token's record.
    pub token: ApiToken,
    /// `ptk_…`: goes into `Authorization: Bearer`. It can't be shown again.
    pub secret: String,
}

/// Looks at the portal as a contact. `POST /contacts/{id}/view-as` answers with the portal's path;
/// the browser's portal session is then the contact's, read-only, for an hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ViewingAs {
    /// Path of the portal.
    pub path: String,
}
