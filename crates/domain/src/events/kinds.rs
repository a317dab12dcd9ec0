//! What events are called, and who may learn of them.

use super::{Event, Visibility};

impl Event {
    /// Its stable name, as in the serialized form.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::OrganizationCreated { .. } => "organization.created",
            Self::OrganizationChanged { .. } => "organization.changed",
            Self::MemberInvited { .. } => "member.invited",
            Self::MemberJoined { .. } => "member.joined",
            Self::MemberChanged { .. } => "member.changed",
            Self::RoleChanged { .. } => "role.changed",
            Self::ApiTokenCreated { .. } => "api_token.created",
            Self::ApiTokenRevoked { .. } => "api_token.revoked",
            Self::ClientCreated { .. } => "client.created",
            Self::ClientChanged { .. } => "client.changed",
            Self::ClientArchived { .. } => "client.archived",
            Self::ClientRestored { .. } => "client.restored",
            Self::ContactCreated { .. } => "contact.created",
            Self::ContactChanged { .. } => "contact.changed",
            Self::ContactRemoved { .. } => "contact.removed",
            Self::ContactInvited { .. } => "contact.invited",
            Self::ContactSignedIn { .. } => "contact.signed_in",
            Self::ContactViewedAs { .. } => "contact.viewed_as",
            Self::InvoiceCreated { .. } => "invoice.created",
            Self::InvoiceChanged { .. } => "invoice.changed",
            Self::InvoiceDeleted { .. } => "invoice.deleted",
            Self::InvoiceSent { .. } => "invoice.sent",
            Self::InvoiceImported { .. } => "invoice.imported",
            Self::InvoiceViewed { .. } => "invoice.viewed",
            Self::InvoicePaid { .. } => "invoice.paid",
            Self::InvoiceVoided { .. } => "invoice.voided",
            Self::QuoteCreated { .. } => "quote.created",
            Self::QuoteChanged { .. } => "quote.changed",
            Self::QuoteDeleted { .. } => "quote.deleted",
            Self::QuoteSent { .. } => "quote.sent",
            Self::QuoteViewed { .. } => "quote.viewed",
            Self::QuoteAccepted { .. } => "quote.accepted",
            Self::QuoteDeclined { .. } => "quote.declined",
            Self::QuoteChangesRequested { .. } => "quote.changes_requested",
            Self::QuoteExpired { .. } => "quote.expired",
            Self::QuoteSuperseded { .. } => "quote.superseded",
            Self::QuoteWithdrawn { .. } => "quote.withdrawn",
            Self::QuoteQuestioned { .. } => "quote.questioned",
            Self::QuoteAnswered { .. } => "quote.answered",
            Self::QuoteApprovalRequested { .. } => "quote.approval_requested",
            Self::QuoteApproved { .. } => "quote.approved",
            Self::QuoteReturned { .. } => "quote.returned",
            Self::QuoteConverted { .. } => "quote.converted",
            Self::ProjectCreated { .. } => "project.created",
            Self::InvoiceReminded { .. } => "invoice.reminded",
            Self::InvoiceRemindersChanged { .. } => "invoice.reminders_changed",
            Self::InvoicePaymentMethodsChanged { .. } => "invoice.payment_methods_changed",
            Self::InvoiceLateFeeCharged { .. } => "invoice.late_fee_charged",
            Self::RecurringInvoiceCreated { .. } => "recurring_invoice.created",
            Self::RecurringInvoiceChanged { .. } => "recurring_invoice.changed",
            Self::RecurringInvoicePaused { .. } => "recurring_invoice.paused",
            Self::RecurringInvoiceResumed { .. } => "recurring_invoice.resumed",
            Self::RecurringInvoiceEnded { .. } => "recurring_invoice.ended",
            Self::RecurringInvoiceBilled { .. } => "recurring_invoice.billed",
            Self::RecurringChargeChanged { .. } => "recurring_invoice.charge_changed",
            Self::PaymentMethodSaved { .. } => "payment_method.saved",
            Self::PaymentMethodMadeDefault { .. } => "payment_method.made_default",
            Self::PaymentMethodRemoved { .. } => "payment_method.removed",
            Self::PaymentStarted { .. } => "payment.started",
            Self::AutomaticChargeFailed { .. } => "payment.charge_failed",
            Self::PaymentFailed { .. } => "payment.failed",
            Self::PaymentProcessing { .. } => "payment.processing",
            Self::PaymentReceived { .. } => "payment.received",
            Self::PaymentRefunded { .. } => "payment.refunded",
            Self::InvoiceLinkCreated { .. } => "invoice.link_created",
            Self::CreditNoteCreated { .. } => "credit_note.created",
            Self::CreditNoteChanged { .. } => "credit_note.changed",
            Self::CreditNoteDeleted { .. } => "credit_note.deleted",
            Self::CreditNoteIssued { .. } => "credit_note.issued",
            Self::InvoiceWrittenOff { .. } => "invoice.written_off",
            Self::InvoiceWriteOffUndone { .. } => "invoice.write_off_undone",
            Self::InvoiceMilestoneReached { .. } => "invoice.milestone_reached",
            Self::InvoiceMilestoneReopened { .. } => "invoice.milestone_reopened",
            Self::CreditApplied { .. } => "payment.credit_applied",
            Self::PaymentTakenOff { .. } => "payment.taken_off",
            Self::RefundStarted { .. } => "payment.refund_started",
            Self::RefundFailed { .. } => "payment.refund_failed",
            Self::PaymentDisputed { .. } => "payment.disputed",
            Self::PaymentNeedsAttention { .. } => "payment.needs_attention",
            Self::PaymentConnectionChanged { .. } => "payment_connection.changed",
            Self::BankStatementImported { .. } => "bank.statement_imported",
            Self::BankTransactionMatched { .. } => "bank.transaction_matched",
            Self::BankTransactionIgnored { .. } => "bank.transaction_ignored",
            Self::BankTransactionReopened { .. } => "bank.transaction_reopened",
            Self::ImportDone { .. } => "import.done",
            Self::ImportUndone { .. } => "import.undone",
        }
    }

    /// Who may learn of it.
    pub fn visibility(&self) -> Visibility {
        match self {
            Self::InvoiceSent { .. }
            | Self::InvoiceImported { .. }
            | Self::InvoiceViewed { .. }
            | Self::InvoicePaid { .. }
            | Self::InvoiceVoided { .. }
            | Self::PaymentFailed { .. }
            | Self::PaymentProcessing { .. }
            | Self::PaymentReceived { .. }
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
            | Self::ProjectCreated { .. }
            | Self::CreditNoteIssued { .. }
            | Self::InvoiceMilestoneReached { .. }
            | Self::InvoiceMilestoneReopened { .. }
            | Self::CreditApplied { .. }
            | Self::PaymentTakenOff { .. }
            | Self::InvoiceReminded { .. }
            | Self::PaymentMethodSaved { .. }
            | Self::PaymentMethodMadeDefault { .. }
            | Self::PaymentMethodRemoved { .. }
            | Self::PaymentRefunded { .. } => Visibility::Client,
            Self::OrganizationCreated { .. }
            | Self::OrganizationChanged { .. }
            | Self::MemberInvited { .. }
            | Self::MemberJoined { .. }
            | Self::MemberChanged { .. }
            | Self::RoleChanged { .. }
            | Self::ApiTokenCreated { .. }
            | Self::ApiTokenRevoked { .. }
            | Self::ClientCreated { .. }
            | Self::ClientChanged { .. }
            | Self::ClientArchived { .. }
            | Self::ClientRestored { .. }
            | Self::ContactCreated { .. }
            | Self::ContactChanged { .. }
            | Self::ContactRemoved { .. }
            | Self::ContactInvited { .. }
            | Self::ContactSignedIn { .. }
            | Self::ContactViewedAs { .. }
            | Self::InvoiceCreated { .. }
            | Self::InvoiceChanged { .. }
            | Self::InvoiceDeleted { .. }
            | Self::PaymentStarted { .. }
            | Self::PaymentNeedsAttention { .. }
            | Self::PaymentConnectionChanged { .. }
            | Self::ImportDone { .. }
            | Self::QuoteCreated { .. }
            | Self::QuoteChanged { .. }
            | Self::QuoteDeleted { .. }
            | Self::QuoteApprovalRequested { .. }
            | Self::QuoteApproved { .. }
            | Self::QuoteReturned { .. }
            | Self::QuoteConverted { .. }
            | Self::InvoiceLinkCreated { .. }
            | Self::CreditNoteCreated { .. }
            | Self::CreditNoteChanged { .. }
            | Self::CreditNoteDeleted { .. }
            | Self::InvoiceWrittenOff { .. }
            | Self::InvoiceWriteOffUndone { .. }
            | Self::RefundStarted { .. }
            | Self::RefundFailed { .. }
            | Self::PaymentDisputed { .. }
            | Self::InvoiceRemindersChanged { .. }
            | Self::InvoicePaymentMethodsChanged { .. }
            | Self::InvoiceLateFeeCharged { .. }
            | Self::RecurringInvoiceCreated { .. }
            | Self::RecurringInvoiceChanged { .. }
            | Self::RecurringInvoicePaused { .. }
            | Self::RecurringInvoiceResumed { .. }
            | Self::RecurringInvoiceEnded { .. }
            | Self::RecurringInvoiceBilled { .. }
            | Self::RecurringChargeChanged { .. }
            | Self::AutomaticChargeFailed { .. }
            | Self::BankStatementImported { .. }
            | Self::BankTransactionMatched { .. }
            | Self::BankTransactionIgnored { .. }
            | Self::BankTransactionReopened { .. }
            | Self::ImportUndone { .. } => Visibility::Staff,
        }
    }
}
