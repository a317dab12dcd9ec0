//! What a member's role or a contact's access allows. Roles are data; the permissions are these.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! permissions {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $audience:ident, $effect:ident;)*) => {
        /// One thing that may be allowed. Every transaction is opened for one of these.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Permission {
            $($(#[$doc])* #[serde(rename = $text)] $variant,)*
        }

        // The derive doesn't see names that come out of a macro.
        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for Permission {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some("One thing that may be allowed."))
                    .enum_values(Some([$($text,)*]))
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for Permission {}

        impl Permission {
            /// All permissions, in the order in which settings show them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name kept in roles and tokens.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Whose permission it is.
            pub fn audience(self) -> Audience {
                match self { $(Self::$variant => Audience::$audience,)* }
            }

            /// Whether it lets something be changed. A member who views as a contact holds none of these.
            pub fn changes(self) -> bool {
                match self { $(Self::$variant => Effect::$effect == Effect::Write,)* }
            }
        }
    };
}

#[derive(PartialEq)]
enum Effect {
    Read,
    Write,
}

/// The two sides of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// Members of the organization.
    Console,
    /// Contacts of its clients.
    Portal,
}

permissions! {
    /// Every member: their own account, sessions and tokens.
    Console = "console", Console, Read;
    /// Change the organization's name, brand, zone, numbering and taxes.
    ManageOrganization = "organization.manage", Console, Write;
    /// Invite, change and remove members, edit roles.
    ManageMembers = "members.manage", Console, Write;
    /// See clients and their contacts.
    ViewClients = "clients.view", Console, Read;
    /// Create, change and archive clients and contacts, invite to the portal.
    EditClients = "clients.edit", Console, Write;
    /// Look at the portal as a contact sees it.
    ViewAsContact = "clients.view_as", Console, Write;
    /// See invoices.
    ViewInvoices = "invoices.view", Console, Read;
    /// Write and change drafts.
    EditInvoices = "invoices.edit", Console, Write;
    /// Send invoices to clients.
    SendInvoices = "invoices.send", Console, Write;
    /// Void issued invoices.
    VoidInvoices = "invoices.void", Console, Write;
    /// Write and issue credit notes.
    CreditInvoices = "invoices.credit", Console, Write;
    /// Give up what invoices still ask for.
    WriteOffInvoices = "invoices.write_off", Console, Write;
    /// See quotes, with their margin.
    ViewQuotes = "quotes.view", Console, Read;
    /// Write quotes and send them, up to the organization's threshold.
    EditQuotes = "quotes.edit", Console, Write;
    /// Send quotes of any amount, and approve those of others.
    ApproveQuotes = "quotes.approve", Console, Write;
    /// See projects and their budgets.
    ViewProjects = "projects.view", Console, Read;
    /// See payments and the ledger.
    ViewPayments = "payments.view", Console, Read;
    /// Record money received outside Portico, and spend clients' credit on their invoices.
    RecordPayments = "payments.record", Console, Write;
    /// Give money back.
    RefundPayments = "payments.refund", Console, Write;
    /// Connect payment providers, see and replay their events.
    ManagePayments = "payments.manage", Console, Write;
    /// Import files and undo imports.
    ImportData = "import", Console, Write;
    /// See the mailbox and failed jobs, run them again.
    ManageDelivery = "delivery.manage", Console, Write;

    /// Every contact with access: the portal, their own sessions.
    Portal = "portal", Portal, Read;
    /// See invoices, payments and balances.
    ViewMoney = "money.view", Portal, Read;
    /// Pay invoices.
    Pay = "money.pay", Portal, Write;
    /// Approve work and quotes.
    Approve = "work.approve", Portal, Write;
    /// Sign documents.
    Sign = "documents.sign", Portal, Write;
    /// Write to the team.
    Message = "messages.write", Portal, Write;
    /// Invite and change colleagues.
    ManageColleagues = "colleagues.manage", Portal, Write;
}

/// A name that isn't a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a permission")]
pub struct UnknownPermission;

impl FromStr for Permission {
    type Err = UnknownPermission;
    fn from_str(text: &str) -> Result<Self, UnknownPermission> {
        Self::ALL.iter().copied().find(|permission| permission.as_str() == text).ok_or(UnknownPermission)
    }
}

impl Permission {
    /// All permissions of one side.
    pub fn of(audience: Audience) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |permission| permission.audience() == audience)
    }

    /// What a contact gets unless staff choose otherwise.
    pub const CONTACT_DEFAULT: &'static [Self] =
        &[Self::Portal, Self::ViewMoney, Self::Pay, Self::Approve, Self::Sign, Self::Message];
}

/// The five roles an organization starts with. Afterwards they are rows that can be edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultRole {
    /// Everything; the only role that can't be edited or left without a member.
    Owner,
    /// Everything but the organization's settings.
    Manager,
    /// Service writer, account manager, attorney: the clients' person.
    Advisor,
    /// Orders and bills parts.
    Parts,
    /// Does the work.
    Technician,
}

impl DefaultRole {
    /// All five, most powerful first.
    pub const ALL: [Self; 5] = [Self::Owner, Self::Manager, Self::Advisor, Self::Parts, Self::Technician];

    /// The stable key of the row.
    pub fn key(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::Advisor => "advisor",
            Self::Parts => "parts",
            Self::Technician => "technician",
        }
    }

    /// What it may do at first.
    pub fn permissions(self) -> Vec<Permission> {
        use Permission as P;
        match self {
            Self::Owner => Permission::of(Audience::Console).collect(),
            Self::Manager => Permission::of(Audience::Console)
                .filter(|permission| *permission != P::ManageOrganization)
                .collect(),
            Self::Advisor => vec![
                P::Console,
                P::ViewClients,
                P::EditClients,
                P::ViewAsContact,
                P::ViewInvoices,
                P::EditInvoices,
                P::SendInvoices,
                P::ViewQuotes,
                P::EditQuotes,
                P::ViewProjects,
                P::ViewPayments,
                P::RecordPayments,
            ],
            Self::Parts => vec![
                P::Console,
                P::ViewClients,
                P::ViewInvoices,
                P::EditInvoices,
                P::ViewQuotes,
                P::ViewProjects,
            ],
            Self::Technician => vec![P::Console, P::ViewClients, P::ViewProjects],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_both_ways() {
        for permission in Permission::ALL {
            assert_eq!(permission.as_str().parse(), Ok(*permission));
            assert_eq!(serde_json::to_value(permission).unwrap(), permission.as_str());
        }
    }

    #[test]
    fn default_roles_hold_console_permissions_only() {
        for role in DefaultRole::ALL {
            assert!(role.permissions().iter().all(|permission| permission.audience() == Audience::Console));
            assert!(role.permissions().contains(&Permission::Console));
        }
    }
}
