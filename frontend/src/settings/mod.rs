//! How the organization and one's own account are set up.

pub mod console;

use domain::identity::{
    ApiToken, ApiTokenId, ChangePassword, ConfirmTotp, CreatedApiToken, DisableTotp, InviteMember, Me,
    MePatch, Member, MemberId, MemberPatch, NewApiToken, RecoveryCodes, Role, RoleId, RoleInput, Session,
    SessionId, TotpEnrolment,
};
use domain::invoices::{NewTaxRate, TaxRate, TaxRateId};
use domain::organizations::{Organization, OrganizationPatch};
use domain::page::Page;
use domain::permission::{DefaultRole, Permission};

use crate::api::{self, Answer, Intent};
use crate::t::settings::permission as texts;
use crate::t::settings::role as role_texts;

async fn organization() -> Answer<Organization> {
    api::get("/organization").await
}

async fn change_organization(body: &OrganizationPatch, version: i64) -> Answer<Organization> {
    api::patch("/organization", body, version).await
}

async fn upload_logo(file: &web_sys::File) -> Answer<Organization> {
    api::put_file("/organization/logo", file).await
}

async fn remove_logo() -> Answer<Organization> {
    api::delete("/organization/logo").await?;
    organization().await
}

async fn add_tax_rate(body: &NewTaxRate, intent: Intent) -> Answer<TaxRate> {
    api::post("/tax-rates", body, intent).await
}

async fn remove_tax_rate(id: TaxRateId) -> Answer<()> {
    api::delete(&format!("/tax-rates/{id}")).await
}

async fn members() -> Answer<Vec<Member>> {
    api::get::<Page<Member>>("/members").await.map(|page| page.items)
}

async fn invite_member(body: &InviteMember, intent: Intent) -> Answer<Member> {
    api::post("/members", body, intent).await
}

async fn invite_member_again(id: MemberId) -> Answer<()> {
    api::act::<serde::de::IgnoredAny>(&format!("/members/{id}/invite"), Intent::new()).await.map(drop)
}

async fn change_member(id: MemberId, body: &MemberPatch, version: i64) -> Answer<Member> {
    api::patch(&format!("/members/{id}"), body, version).await
}

async fn roles() -> Answer<Vec<Role>> {
    api::get::<Page<Role>>("/roles").await.map(|page| page.items)
}

async fn create_role(body: &RoleInput, intent: Intent) -> Answer<Role> {
    api::post("/roles", body, intent).await
}

async fn replace_role(id: RoleId, body: &RoleInput, version: i64) -> Answer<Role> {
    api::put(&format!("/roles/{id}"), body, Some(version)).await
}

async fn delete_role(id: RoleId) -> Answer<()> {
    api::delete(&format!("/roles/{id}")).await
}

async fn api_tokens() -> Answer<Vec<ApiToken>> {
    api::get::<Page<ApiToken>>("/api-tokens").await.map(|page| page.items)
}

async fn create_api_token(body: &NewApiToken, intent: Intent) -> Answer<CreatedApiToken> {
    api::post("/api-tokens", body, intent).await
}

async fn revoke_api_token(id: ApiTokenId) -> Answer<()> {
    api::delete(&format!("/api-tokens/{id}")).await
}

async fn change_me(body: &MePatch) -> Answer<Me> {
    api::patch_own("/me", body).await
}

async fn change_password(body: &ChangePassword) -> Answer<()> {
    api::ask("/account/password", body).await
}

async fn begin_totp() -> Answer<TotpEnrolment> {
    api::act("/account/totp", Intent::new()).await
}

async fn confirm_totp(body: &ConfirmTotp) -> Answer<RecoveryCodes> {
    api::ask("/account/totp/confirm", body).await
}

async fn disable_totp(body: &DisableTotp) -> Answer<()> {
    api::ask("/account/totp/disable", body).await
}

async fn sessions() -> Answer<Vec<Session>> {
    api::get::<Page<Session>>("/account/sessions").await.map(|page| page.items)
}

async fn end_session(id: SessionId) -> Answer<()> {
    api::delete(&format!("/account/sessions/{id}")).await
}

async fn end_other_sessions() -> Answer<()> {
    api::delete("/account/sessions").await
}

/// A role's name: its own, or the usual one of the five an organization starts with.
pub fn role_name(role: &Role) -> String {
    if !role.name.is_empty() {
        return role.name.clone();
    }
    match DefaultRole::ALL.into_iter().find(|known| known.key() == role.key) {
        Some(DefaultRole::Owner) => role_texts::owner(),
        Some(DefaultRole::Manager) => role_texts::manager(),
        Some(DefaultRole::Advisor) => role_texts::advisor(),
        Some(DefaultRole::Parts) => role_texts::parts(),
        Some(DefaultRole::Technician) => role_texts::technician(),
        None => return role.key.clone(),
    }
    .to_owned()
}

/// What a permission allows, in words.
pub fn permission_text(permission: Permission) -> &'static str {
    match permission {
        Permission::Console => texts::console(),
        Permission::ManageOrganization => texts::manage_organization(),
        Permission::ManageMembers => texts::manage_members(),
        Permission::ViewClients => texts::view_clients(),
        Permission::EditClients => texts::edit_clients(),
        Permission::ViewAsContact => texts::view_as_contact(),
        Permission::ViewInvoices => texts::view_invoices(),
        Permission::EditInvoices => texts::edit_invoices(),
        Permission::SendInvoices => texts::send_invoices(),
        Permission::VoidInvoices => texts::void_invoices(),
        Permission::CreditInvoices => texts::credit_invoices(),
        Permission::WriteOffInvoices => texts::write_off_invoices(),
        Permission::ViewQuotes => texts::view_quotes(),
        Permission::EditQuotes => texts::edit_quotes(),
        Permission::ApproveQuotes => texts::approve_quotes(),
        Permission::ViewProjects => texts::view_projects(),
        Permission::ViewPayments => texts::view_payments(),
        Permission::RecordPayments => texts::record_payments(),
        Permission::RefundPayments => texts::refund_payments(),
        Permission::ManagePayments => texts::manage_payments(),
        Permission::ImportData => texts::import_data(),
        Permission::ManageDelivery => texts::manage_delivery(),
        Permission::Portal => texts::portal(),
        Permission::ViewMoney => texts::view_money(),
        Permission::Pay => texts::pay(),
        Permission::Approve => texts::approve(),
        Permission::Sign => texts::sign(),
        Permission::Message => texts::message(),
        Permission::ManageColleagues => texts::manage_colleagues(),
    }
}
