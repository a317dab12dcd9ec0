//! Who is at the door: contacts with links, members with passwords, programs with tokens.
//!
//! A browser's session has two cookies: an access token that lives minutes and names the session, and a
//! refresh token that renews it, once. What the session may do, the database says at every request.

pub mod account;
pub mod actions;
pub mod api_tokens;
pub mod console;
pub mod cookies;
pub mod invitations;
pub mod jobs;
pub mod links;
pub mod members;
pub mod passwords;
pub mod portal;
pub mod portal_account;
pub mod prove;
pub mod renewal;
pub mod resets;
pub mod roles;
pub mod set_up;
pub mod tokens;
pub mod totp;
pub mod view_as;

use utoipa_actix_web::service_config::ServiceConfig;

/// Everything about people at the doors.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .configure(set_up::routes)
        .configure(console::routes)
        .configure(resets::routes)
        .configure(invitations::routes)
        .configure(account::routes)
        .configure(portal::routes)
        .configure(portal_account::routes)
        .configure(members::routes)
        .configure(roles::routes)
        .configure(api_tokens::routes)
        .configure(view_as::routes);
}
