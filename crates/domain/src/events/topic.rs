//! What events are about, and what it takes to read them.

use crate::permission::Permission;

/// The first part of an event's kind: what feeds are filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// The organization's settings.
    Organization,
    /// Members.
    Member,
    /// Roles.
    Role,
    /// Tokens for programs.
    ApiToken,
    /// Clients.
    Client,
    /// Contacts.
    Contact,
    /// Invoices.
    Invoice,
    /// Credit notes.
    CreditNote,
    /// Quotes.
    Quote,
    /// Projects.
    Project,
    /// Invoices that come again.
    RecurringInvoice,
    /// Payments.
    Payment,
    /// Saved payment methods.
    PaymentMethod,
    /// Connections to payment providers.
    PaymentConnection,
    /// Statements of banks.
    Bank,
    /// Imports.
    Import,
}

impl Topic {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Organization,
        Self::Member,
        Self::Role,
        Self::ApiToken,
        Self::Client,
        Self::Contact,
        Self::Invoice,
        Self::CreditNote,
        Self::Quote,
        Self::Project,
        Self::RecurringInvoice,
        Self::Payment,
        Self::PaymentMethod,
        Self::PaymentConnection,
        Self::Bank,
        Self::Import,
    ];

    /// As in the kinds of its events, before the point.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Member => "member",
            Self::Role => "role",
            Self::ApiToken => "api_token",
            Self::Client => "client",
            Self::Contact => "contact",
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
            Self::Quote => "quote",
            Self::Project => "project",
            Self::RecurringInvoice => "recurring_invoice",
            Self::Payment => "payment",
            Self::PaymentMethod => "payment_method",
            Self::PaymentConnection => "payment_connection",
            Self::Bank => "bank",
            Self::Import => "import",
        }
    }

    /// Any of these lets somebody read its events, as far as row policies let them.
    pub fn readers(self) -> &'static [Permission] {
        match self {
            Self::Organization => &[Permission::ManageOrganization],
            Self::Member | Self::Role | Self::ApiToken => &[Permission::ManageMembers],
            Self::Client | Self::Contact => &[Permission::ViewClients],
            Self::Invoice | Self::CreditNote => &[Permission::ViewInvoices, Permission::ViewMoney],
            Self::Quote => &[Permission::ViewQuotes, Permission::ViewMoney],
            Self::Project => &[Permission::ViewProjects, Permission::ViewMoney],
            Self::RecurringInvoice => &[Permission::ViewInvoices],
            Self::Payment | Self::PaymentMethod => &[Permission::ViewPayments, Permission::ViewMoney],
            Self::PaymentConnection => &[Permission::ManagePayments],
            Self::Bank => &[Permission::ViewPayments],
            Self::Import => &[Permission::ImportData],
        }
    }
}
