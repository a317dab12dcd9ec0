//! What events are about, and what it takes to read them.

use super::Event;
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
            Self::Payment => &[Permission::ViewPayments, Permission::ViewMoney],
            Self::PaymentConnection => &[Permission::ManagePayments],
            Self::Bank => &[Permission::ViewPayments],
            Self::Import => &[Permission::ImportData],
        }
    }
}

impl Event {
    /// What it is about.
    pub fn topic(&self) -> Topic {
        match self {
            Self::OrganizationCreated { .. } | Self::OrganizationChanged { .. } => Topic::Organization,
            Self::MemberInvited { .. } | Self::MemberJoined { .. } | Self::MemberChanged { .. } => {
                Topic::Member
            }
            Self::RoleChanged { .. } => Topic::Role,
            Self::ApiTokenCreated { .. } | Self::ApiTokenRevoked { .. } => Topic::ApiToken,
            Self::ClientCreated { .. }
            | Self::ClientChanged { .. }
            | Self::ClientArchived { .. }
            | Self::ClientRestored { .. } => Topic::Client,
            Self::ContactCreated { .. }
            | Self::ContactChanged { .. }
            | Self::ContactRemoved { .. }
            | Self::ContactInvited { .. }
            | Self::ContactSignedIn { .. }
            | Self::ContactViewedAs { .. } => Topic::Contact,
            Self::InvoiceCreated { .. }
            | Self::InvoiceChanged { .. }
            | Self::InvoiceDeleted { .. }
            | Self::InvoiceSent { .. }
            | Self::InvoiceImported { .. }
            | Self::InvoiceViewed { .. }
            | Self::InvoicePaid { .. }
            | Self::InvoiceLinkCreated { .. }
            | Self::InvoiceWrittenOff { .. }
            | Self::InvoiceWriteOffUndone { .. }
            | Self::InvoiceReminded { .. }
            | Self::InvoiceRemindersChanged { .. }
            | Self::InvoiceVoided { .. } => Topic::Invoice,
            Self::CreditNoteCreated { .. }
            | Self::CreditNoteChanged { .. }
            | Self::CreditNoteDeleted { .. }
            | Self::CreditNoteIssued { .. } => Topic::CreditNote,
            Self::RecurringInvoiceCreated { .. }
            | Self::RecurringInvoiceChanged { .. }
            | Self::RecurringInvoicePaused { .. }
            | Self::RecurringInvoiceResumed { .. }
            | Self::RecurringInvoiceEnded { .. }
            | Self::RecurringInvoiceBilled { .. } => Topic::RecurringInvoice,
            Self::PaymentStarted { .. }
            | Self::PaymentFailed { .. }
            | Self::PaymentProcessing { .. }
            | Self::PaymentReceived { .. }
            | Self::PaymentRefunded { .. }
            | Self::CreditApplied { .. }
            | Self::PaymentTakenOff { .. }
            | Self::RefundStarted { .. }
            | Self::RefundFailed { .. }
            | Self::PaymentDisputed { .. }
            | Self::PaymentNeedsAttention { .. } => Topic::Payment,
            Self::QuoteCreated { .. }
            | Self::QuoteChanged { .. }
            | Self::QuoteDeleted { .. }
            | Self::QuoteSent { .. }
            | Self::QuoteViewed { .. }
            | Self::QuoteAccepted { .. }
            | Self::QuoteDeclined { .. }
            | Self::QuoteChangesRequested { .. }
            | Self::QuoteExpired { .. }
            | Self::QuoteSuperseded { .. }
            | Self::QuoteWithdrawn { .. }
            | Self::QuoteQuestioned { .. }
            | Self::QuoteAnswered { .. }
            | Self::QuoteApprovalRequested { .. }
            | Self::QuoteApproved { .. }
            | Self::QuoteReturned { .. }
            | Self::QuoteConverted { .. } => Topic::Quote,
            Self::ProjectCreated { .. } => Topic::Project,
            Self::PaymentConnectionChanged { .. } => Topic::PaymentConnection,
            Self::BankStatementImported { .. }
            | Self::BankTransactionMatched { .. }
            | Self::BankTransactionIgnored { .. } => Topic::Bank,
            Self::ImportDone { .. } | Self::ImportUndone { .. } => Topic::Import,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::ImportId;

    #[test]
    fn kinds_begin_with_their_topic() {
        let import_id = ImportId::from(uuid::Uuid::nil());
        for event in
            [Event::ClientArchived {}, Event::OrganizationCreated {}, Event::ImportUndone { import_id }]
        {
            assert_eq!(event.kind().split('.').next(), Some(event.topic().as_str()));
        }
    }
}
