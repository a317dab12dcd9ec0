//! Who is signed in. The shells load it once and provide it to everything inside them.

use domain::identity::{Me, PortalMe};
use domain::permission::Permission;
use domain::text::Slug;
use leptos::prelude::*;

use crate::api::Answer;
use crate::{browser, i18n, identity};

/// The member at the console. `expect_context::<ConsoleSession>()` in any page.
#[derive(Clone, Copy)]
pub struct ConsoleSession {
    /// As the server last told it; update it after changing one's own account.
    pub me: RwSignal<Me>,
}

impl ConsoleSession {
    /// Whether the role allows something. A courtesy: the server decides.
    pub fn may(self, permission: Permission) -> bool {
        self.me.with_untracked(|me| me.permissions.contains(&permission))
    }

    /// Loads it, and sets language, zone and colours before anything is rendered with them.
    pub async fn load() -> Answer<Me> {
        let me = identity::me().await?;
        i18n::set(me.language);
        ui::format::set_zone(Some(me.organization.time_zone.as_str()));
        browser::set_brand(me.organization.brand_color.as_str());
        Ok(me)
    }
}

/// The contact at the portal. `expect_context::<PortalSession>()` in any page.
#[derive(Clone, Copy)]
pub struct PortalSession {
    /// As the server last told it; update it after changing one's own contact.
    pub me: RwSignal<PortalMe>,
}

impl PortalSession {
    /// Whether the contact's access allows something. A courtesy: the server decides.
    pub fn may(self, permission: Permission) -> bool {
        self.me.with_untracked(|me| me.permissions.contains(&permission))
    }

    /// The address of a page of this portal: `path("/invoices")`. Behind a guest link it takes along what lets them in.
    pub fn path(self, rest: &str) -> String {
        let guest = browser::fragment("guest").map(|token| format!("#guest={token}")).unwrap_or_default();
        self.me.with_untracked(|me| format!("/{}{rest}{guest}", me.organization.slug))
    }

    /// Loads it for the organization in the address, switching to it where the same person has access there too.
    pub async fn load(organization: Option<Slug>) -> Answer<PortalMe> {
        let mut me = identity::portal_me().await?;
        if let Some(wanted) = organization.filter(|wanted| *wanted != me.organization.slug) {
            let Some(choice) = me.choices.iter().find(|choice| choice.organization == wanted) else {
                browser::open(&format!("/{wanted}/sign-in?next={}", browser::escape(&browser::here())));
                return std::future::pending().await;
            };
            identity::switch_contact(choice.contact_id).await?;
            me = identity::portal_me().await?;
        }
        i18n::set(me.language);
        browser::set_brand(me.organization.brand_color.as_str());
        Ok(me)
    }
}

/// Names the page: "Invoices · Studio Ø".
pub fn set_page_title(page: &str) {
    let organization = use_context::<ConsoleSession>()
        .map(|session| session.me.with_untracked(|me| me.organization.name.to_string()))
        .or_else(|| {
            use_context::<PortalSession>()
                .map(|session| session.me.with_untracked(|me| me.organization.name.to_string()))
        });
    match organization {
        Some(organization) => browser::set_title(&crate::t::common::page_title(page, &organization)),
        None => browser::set_title(page),
    }
}
