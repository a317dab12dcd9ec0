//! The spine: every change is one typed event, written in the change's own transaction.
//!
//! Whatever reacts to changes (feeds, notifications, webhooks, rules) reads this catalogue. To add an
//! event: a variant with what a reader needs to tell the story, its name in [`Event::kind`], who
//! may see it in [`Event::visibility`], and what it is about in [`Event::topic`]. No internal note and no secret belongs into an event.

mod topic;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use topic::Topic;

use crate::clients::{ClientId, ContactId};
use crate::credits::CreditNoteId;
use crate::id;
use crate::identity::{ApiTokenId, MemberId, RoleId};
use crate::imports::ImportId;
use crate::invoices::InvoiceId;
use crate::money::Money;
use crate::payments::{AttemptId, ConnectionId, InboundEventId, PaymentId, Provider};
use crate::refunds::{DisputeId, DisputeState, RefundId};

mod feed;

pub use feed::{Activity, ActivityFilter, Actor, PortalHome};

id!(
    /// An event.
    EventId,
    "evt"
);

/// Who may learn of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum Visibility {
    /// Members only.
    Staff,
    /// Members and the client's contacts.
    Client,
}

/// What an event is about, for feeds of one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The organization itself.
    Organization,
    /// A client.
    Client(ClientId),
    /// A contact.
    Contact(ContactId),
    /// An invoice.
    Invoice(InvoiceId),
    /// A payment.
    Payment(PaymentId),
    /// A member.
    Member(MemberId),
}

/// Everything that can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", content = "data")]
pub enum Event {
    /// The organization came to be.
    #[serde(rename = "organization.created")]
    OrganizationCreated {},
    /// Settings changed.
    #[serde(rename = "organization.changed")]
    OrganizationChanged {
        /// Names of the settings.
        fields: Vec<String>,
    },
    /// A member was invited.
    #[serde(rename = "member.invited")]
    MemberInvited {
        /// The member.
        member_id: MemberId,
        /// Their name.
        name: String,
    },
    /// A member accepted.
    #[serde(rename = "member.joined")]
    MemberJoined {
        /// The member.
        member_id: MemberId,
        /// Their name.
        name: String,
    },
    /// A member's role or name changed, or they were removed or brought back.
    #[serde(rename = "member.changed")]
    MemberChanged {
        /// The member.
        member_id: MemberId,
        /// What changed.
        fields: Vec<String>,
    },
    /// A role was created or changed.
    #[serde(rename = "role.changed")]
    RoleChanged {
        /// The role.
        role_id: RoleId,
    },
    /// A token was made.
    #[serde(rename = "api_token.created")]
    ApiTokenCreated {
        /// The token.
        token_id: ApiTokenId,
        /// What it is for.
        name: String,
    },
    /// A token was revoked.
    #[serde(rename = "api_token.revoked")]
    ApiTokenRevoked {
        /// The token.
        token_id: ApiTokenId,
        /// What it was for.
        name: String,
    },
    /// A client was created.
    #[serde(rename = "client.created")]
    ClientCreated {
        /// Its name.
        name: String,
    },
    /// A client's data changed.
    #[serde(rename = "client.changed")]
    ClientChanged {
        /// Names of the fields.
        fields: Vec<String>,
    },
    /// A client was archived.
    #[serde(rename = "client.archived")]
    ClientArchived {},
    /// A client was brought back.
    #[serde(rename = "client.restored")]
    ClientRestored {},
    /// A contact was created.
    #[serde(rename = "contact.created")]
    ContactCreated {
        /// The contact.
        contact_id: ContactId,
        /// Their name.
        name: String,
    },
    /// A contact's data or access changed.
    #[serde(rename = "contact.changed")]
    ContactChanged {
        /// The contact.
        contact_id: ContactId,
        /// Names of the fields.
        fields: Vec<String>,
    },
    /// A contact was removed.
    #[serde(rename = "contact.removed")]
    ContactRemoved {
        /// The contact.
        contact_id: ContactId,
        /// Their name.
        name: String,
    },
    /// A contact was invited to the portal.
    #[serde(rename = "contact.invited")]
    ContactInvited {
        /// The contact.
        contact_id: ContactId,
        /// Their name.
        name: String,
    },
    /// A contact signed in.
    #[serde(rename = "contact.signed_in")]
    ContactSignedIn {
        /// The contact.
        contact_id: ContactId,
        /// Their name.
        name: String,
    },
    /// A member looked at the portal as a contact.
    #[serde(rename = "contact.viewed_as")]
    ContactViewedAs {
        /// The contact.
        contact_id: ContactId,
        /// Their name.
        name: String,
    },
    /// A draft was begun.
    #[serde(rename = "invoice.created")]
    InvoiceCreated {
        /// The invoice.
        invoice_id: InvoiceId,
    },
    /// A draft was changed.
    #[serde(rename = "invoice.changed")]
    InvoiceChanged {
        /// The invoice.
        invoice_id: InvoiceId,
    },
    /// A draft was thrown away.
    #[serde(rename = "invoice.deleted")]
    InvoiceDeleted {
        /// The invoice.
        invoice_id: InvoiceId,
    },
    /// An invoice was issued and goes to the client.
    #[serde(rename = "invoice.sent")]
    InvoiceSent {
        /// The invoice.
        invoice_id: InvoiceId,
        /// Its number.
        number: String,
        /// What it comes to.
        total: Money,
        /// To whom it goes.
        to: Vec<String>,
    },
    /// An invoice came with an import.
    #[serde(rename = "invoice.imported")]
    InvoiceImported {
        /// The invoice.
        invoice_id: InvoiceId,
        /// Its number.
        number: String,
        /// What it comes to.
        total: Money,
    },
    /// A member took a link to hand on.
    #[serde(rename = "invoice.link_created")]
    InvoiceLinkCreated {
        /// The invoice.
        invoice_id: InvoiceId,
        /// Its number.
        number: String,
    },
    /// The client opened an invoice for the first time.
    #[serde(rename = "invoice.viewed")]
    InvoiceViewed {
        /// The invoice.
        invoice_id: InvoiceId,
        /// Its number.
        number: String,
    },
    /// Nothing is left to pay.
    #[serde(rename = "invoice.paid")]
    InvoicePaid {
        /// The invoice.
        invoice_id: InvoiceId,
        /// Its number.
        number: String,
    },
    /// An invoice was withdrawn.
    #[serde(rename = "invoice.voided")]
    InvoiceVoided {
        /// The invoice.
        invoice_id: InvoiceId,
        /// Its number.
        number: String,
        /// Why.
        reason: String,
    },
    /// Somebody began to pay.
    #[serde(rename = "payment.started")]
    PaymentStarted {
        /// The attempt.
        attempt_id: AttemptId,
        /// What for; the first invoice.
        invoice_id: InvoiceId,
        /// How much.
        amount: Money,
    },
    /// An attempt failed or ran out.
    #[serde(rename = "payment.failed")]
    PaymentFailed {
        /// The attempt.
        attempt_id: AttemptId,
        /// What for; the first invoice.
        invoice_id: InvoiceId,
        /// Why.
        reason: String,
    },
    /// The provider waits for the money.
    #[serde(rename = "payment.processing")]
    PaymentProcessing {
        /// The attempt.
        attempt_id: AttemptId,
        /// What for; the first invoice.
        invoice_id: InvoiceId,
        /// How much.
        amount: Money,
    },
    /// Money came.
    #[serde(rename = "payment.received")]
    PaymentReceived {
        /// The payment.
        payment_id: PaymentId,
        /// What it pays; the first invoice, if any.
        invoice_id: Option<InvoiceId>,
        /// How much.
        amount: Money,
        /// How it came.
        method: String,
    },
    /// Money was given back.
    #[serde(rename = "payment.refunded")]
    PaymentRefunded {
        /// The payment.
        payment_id: PaymentId,
        /// What it had paid; the first invoice, if any.
        invoice_id: Option<InvoiceId>,
        /// How much of it in all.
        refunded: Money,
    },
    /// A credit note was begun.
    #[serde(rename = "credit_note.created")]
    CreditNoteCreated {
        /// The credit note.
        credit_note_id: CreditNoteId,
        /// The invoice it takes back from.
        invoice_id: InvoiceId,
    },
    /// A draft of a credit note was changed.
    #[serde(rename = "credit_note.changed")]
    CreditNoteChanged {
        /// The credit note.
        credit_note_id: CreditNoteId,
        /// The invoice it takes back from.
        invoice_id: InvoiceId,
    },
    /// A draft of a credit note was thrown away.
    #[serde(rename = "credit_note.deleted")]
    CreditNoteDeleted {
        /// The credit note.
        credit_note_id: CreditNoteId,
        /// The invoice it would have taken back from.
        invoice_id: InvoiceId,
    },
    /// A credit note was issued: its invoice asks for less.
    #[serde(rename = "credit_note.issued")]
    CreditNoteIssued {
        /// The credit note.
        credit_note_id: CreditNoteId,
        /// The invoice it takes back from.
        invoice_id: InvoiceId,
        /// Its number.
        number: String,
        /// What it takes back.
        total: Money,
    },
    /// What an invoice still asked for was given up.
    #[serde(rename = "invoice.written_off")]
    InvoiceWrittenOff {
        /// The invoice.
        invoice_id: InvoiceId,
        /// Its number.
        number: String,
        /// How much.
        amount: Money,
        /// Why.
        reason: String,
    },
    /// What was given up is owed again, or was paid after all.
    #[serde(rename = "invoice.write_off_undone")]
    InvoiceWriteOffUndone {
        /// The invoice.
        invoice_id: InvoiceId,
        /// Its number.
        number: String,
        /// How much.
        amount: Money,
    },
    /// A client's credit was spent on an invoice.
    #[serde(rename = "payment.credit_applied")]
    CreditApplied {
        /// The invoice.
        invoice_id: InvoiceId,
        /// Its number.
        number: String,
        /// How much.
        amount: Money,
    },
    /// Money was taken off an invoice and is the client's credit.
    #[serde(rename = "payment.taken_off")]
    PaymentTakenOff {
        /// The payment.
        payment_id: PaymentId,
        /// What it had paid; the first invoice, if any.
        invoice_id: Option<InvoiceId>,
        /// How much.
        amount: Money,
    },
    /// Staff began to give money back.
    #[serde(rename = "payment.refund_started")]
    RefundStarted {
        /// The refund.
        refund_id: RefundId,
        /// The payment.
        payment_id: PaymentId,
        /// How much.
        amount: Money,
        /// Why.
        reason: String,
    },
    /// Money could not be given back, or came back from the bank.
    #[serde(rename = "payment.refund_failed")]
    RefundFailed {
        /// The refund.
        refund_id: RefundId,
        /// The payment.
        payment_id: PaymentId,
        /// How much.
        amount: Money,
        /// Why.
        reason: String,
    },
    /// A payer contests a payment with their bank, or the dispute moved on.
    #[serde(rename = "payment.disputed")]
    PaymentDisputed {
        /// The dispute.
        dispute_id: DisputeId,
        /// The payment.
        payment_id: PaymentId,
        /// How much.
        amount: Money,
        /// How far it has come.
        state: DisputeState,
        /// The bank's kind of reason.
        reason: String,
        /// Until when evidence can be handed in.
        due_by: Option<DateTime<Utc>>,
    },
    /// Something about a payment doesn't fit and somebody has to look.
    #[serde(rename = "payment.needs_attention")]
    PaymentNeedsAttention {
        /// The provider's event.
        inbound_event_id: Option<InboundEventId>,
        /// The payment, where one was booked.
        payment_id: Option<PaymentId>,
        /// What doesn't fit.
        reason: String,
    },
    /// A provider was connected or its keys changed.
    #[serde(rename = "payment_connection.changed")]
    PaymentConnectionChanged {
        /// The connection.
        connection_id: ConnectionId,
        /// The provider.
        provider: Provider,
        /// Whether clients can pay by it.
        enabled: bool,
    },
    /// Files were imported.
    #[serde(rename = "import.done")]
    ImportDone {
        /// The import.
        import_id: ImportId,
        /// Rows that became something new.
        created: i64,
    },
    /// An import was taken back.
    #[serde(rename = "import.undone")]
    ImportUndone {
        /// The import.
        import_id: ImportId,
    },
}

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
            Self::InvoiceLinkCreated { .. } => "invoice.link_created",
            Self::InvoiceViewed { .. } => "invoice.viewed",
            Self::InvoicePaid { .. } => "invoice.paid",
            Self::InvoiceVoided { .. } => "invoice.voided",
            Self::PaymentStarted { .. } => "payment.started",
            Self::PaymentFailed { .. } => "payment.failed",
            Self::PaymentProcessing { .. } => "payment.processing",
            Self::PaymentReceived { .. } => "payment.received",
            Self::PaymentRefunded { .. } => "payment.refunded",
            Self::CreditNoteCreated { .. } => "credit_note.created",
            Self::CreditNoteChanged { .. } => "credit_note.changed",
            Self::CreditNoteDeleted { .. } => "credit_note.deleted",
            Self::CreditNoteIssued { .. } => "credit_note.issued",
            Self::InvoiceWrittenOff { .. } => "invoice.written_off",
            Self::InvoiceWriteOffUndone { .. } => "invoice.write_off_undone",
            Self::CreditApplied { .. } => "payment.credit_applied",
            Self::PaymentTakenOff { .. } => "payment.taken_off",
            Self::RefundStarted { .. } => "payment.refund_started",
            Self::RefundFailed { .. } => "payment.refund_failed",
            Self::PaymentDisputed { .. } => "payment.disputed",
            Self::PaymentNeedsAttention { .. } => "payment.needs_attention",
            Self::PaymentConnectionChanged { .. } => "payment_connection.changed",
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
            | Self::PaymentRefunded { .. }
            | Self::CreditNoteIssued { .. }
            | Self::CreditApplied { .. }
            | Self::PaymentTakenOff { .. } => Visibility::Client,
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
            | Self::InvoiceLinkCreated { .. }
            | Self::PaymentStarted { .. }
            | Self::CreditNoteCreated { .. }
            | Self::CreditNoteChanged { .. }
            | Self::CreditNoteDeleted { .. }
            | Self::InvoiceWrittenOff { .. }
            | Self::InvoiceWriteOffUndone { .. }
            | Self::RefundStarted { .. }
            | Self::RefundFailed { .. }
            | Self::PaymentDisputed { .. }
            | Self::PaymentNeedsAttention { .. }
            | Self::PaymentConnectionChanged { .. }
            | Self::ImportDone { .. }
            | Self::ImportUndone { .. } => Visibility::Staff,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_is_the_serialized_name() {
        let event = Event::ClientArchived {};
        assert_eq!(serde_json::to_value(&event).unwrap()["kind"], event.kind());
        let event = Event::ImportDone { import_id: ImportId::from(uuid::Uuid::nil()), created: 3 };
        let json = serde_json::to_value(&event).unwrap();
        assert_eq!(json["kind"], event.kind());
        assert_eq!(serde_json::from_value::<Event>(json).unwrap(), event);
    }
}
