//! The spine: every change is one typed event, written in the change's own transaction.
//!
//! Whatever reacts to changes (feeds, notifications, webhooks, rules) reads this catalogue. To add an
//! event: a variant with what a reader needs to tell the story, its name in [`Event::kind`], which
//! begins with its [`Topic`], and who may see it in [`Event::visibility`]. No internal note and no secret belongs into an event.

mod feed;
mod kinds;
mod topic;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

pub use feed::{Activity, ActivityFilter, Actor, PortalHome};
pub use topic::Topic;

use crate::bank::{BankStatementId, BankTransactionId};
use crate::clients::{ClientId, ContactId};
use crate::credits::CreditNoteId;
use crate::id;
use crate::identity::{ApiTokenId, MemberId, RoleId};
use crate::imports::ImportId;
use crate::invoices::InvoiceId;
use crate::money::Money;
use crate::payments::{AttemptId, ConnectionId, InboundEventId, PaymentId, Provider};
use crate::projects::ProjectId;
use crate::quotes::QuoteId;
use crate::recurring::RecurringInvoiceId;
use crate::refunds::{DisputeId, DisputeState, RefundId};
use crate::saved_methods::SavedMethodId;

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
    /// A quote.
    Quote(QuoteId),
    /// A project.
    Project(ProjectId),
    /// An invoice that comes again.
    RecurringInvoice(RecurringInvoiceId),
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
    /// A quote was begun.
    #[serde(rename = "quote.created")]
    QuoteCreated {
        /// The quote.
        quote_id: QuoteId,
        /// What it is called.
        title: String,
    },
    /// A quote that is being written was changed.
    #[serde(rename = "quote.changed")]
    QuoteChanged {
        /// The quote.
        quote_id: QuoteId,
    },
    /// A quote, or a new version of it, was thrown away before it was sent.
    #[serde(rename = "quote.deleted")]
    QuoteDeleted {
        /// The quote.
        quote_id: QuoteId,
    },
    /// A version of a quote goes to the client.
    #[serde(rename = "quote.sent")]
    QuoteSent {
        /// The quote.
        quote_id: QuoteId,
        /// Its number.
        number: String,
        /// The version.
        no: i32,
        /// What it comes to as offered.
        total: Money,
        /// To whom it goes.
        to: Vec<String>,
    },
    /// The client opened a version for the first time.
    #[serde(rename = "quote.viewed")]
    QuoteViewed {
        /// The quote.
        quote_id: QuoteId,
        /// Its number.
        number: String,
    },
    /// The client accepted.
    #[serde(rename = "quote.accepted")]
    QuoteAccepted {
        /// The quote.
        quote_id: QuoteId,
        /// Its number.
        number: String,
        /// What was accepted.
        total: Money,
        /// Who signed.
        name: String,
    },
    /// The client declined.
    #[serde(rename = "quote.declined")]
    QuoteDeclined {
        /// The quote.
        quote_id: QuoteId,
        /// Its number.
        number: String,
        /// Why.
        reason: String,
    },
    /// The client wants something changed.
    #[serde(rename = "quote.changes_requested")]
    QuoteChangesRequested {
        /// The quote.
        quote_id: QuoteId,
        /// Its number.
        number: String,
        /// What.
        reason: String,
    },
    /// Its last day has passed without a decision.
    #[serde(rename = "quote.expired")]
    QuoteExpired {
        /// The quote.
        quote_id: QuoteId,
        /// Its number.
        number: String,
    },
    /// A newer version took the place of one that had been sent.
    #[serde(rename = "quote.superseded")]
    QuoteSuperseded {
        /// The quote.
        quote_id: QuoteId,
        /// Its number.
        number: String,
        /// The version that no longer counts.
        no: i32,
    },
    /// A quote was withdrawn.
    #[serde(rename = "quote.withdrawn")]
    QuoteWithdrawn {
        /// The quote.
        quote_id: QuoteId,
        /// Its number.
        number: String,
        /// Why.
        reason: String,
    },
    /// The client asked something.
    #[serde(rename = "quote.questioned")]
    QuoteQuestioned {
        /// The quote.
        quote_id: QuoteId,
        /// Its number.
        number: String,
        /// What.
        question: String,
    },
    /// A question was answered.
    #[serde(rename = "quote.answered")]
    QuoteAnswered {
        /// The quote.
        quote_id: QuoteId,
        /// Its number.
        number: String,
        /// How.
        answer: String,
    },
    /// A quote above the threshold waits for somebody who may send it.
    #[serde(rename = "quote.approval_requested")]
    QuoteApprovalRequested {
        /// The quote.
        quote_id: QuoteId,
        /// What it is called.
        title: String,
        /// What it comes to.
        total: Money,
    },
    /// It was approved.
    #[serde(rename = "quote.approved")]
    QuoteApproved {
        /// The quote.
        quote_id: QuoteId,
        /// What it is called.
        title: String,
    },
    /// It was given back to whoever wrote it.
    #[serde(rename = "quote.returned")]
    QuoteReturned {
        /// The quote.
        quote_id: QuoteId,
        /// What it is called.
        title: String,
        /// What is to be done.
        reason: String,
    },
    /// What is left of an accepted quote was billed.
    #[serde(rename = "quote.converted")]
    QuoteConverted {
        /// The quote.
        quote_id: QuoteId,
        /// Its number.
        number: String,
        /// The last invoice.
        invoice_id: InvoiceId,
    },
    /// A project began.
    #[serde(rename = "project.created")]
    ProjectCreated {
        /// The project.
        project_id: ProjectId,
        /// Its name.
        name: String,
    },
    /// The client was reminded of an open invoice.
    #[serde(rename = "invoice.reminded")]
    InvoiceReminded {
        /// The invoice.
        invoice_id: InvoiceId,
        /// Its number.
        number: String,
        /// Days since it was due, below zero before.
        days: i16,
        /// To whom it went.
        to: Vec<String>,
    },
    /// Reminders of an invoice are to rest, or to go on.
    #[serde(rename = "invoice.reminders_changed")]
    InvoiceRemindersChanged {
        /// The invoice.
        invoice_id: InvoiceId,
        /// Its number.
        number: String,
    },
    /// Other ways to pay were chosen for an invoice.
    #[serde(rename = "invoice.payment_methods_changed")]
    InvoicePaymentMethodsChanged {
        /// The invoice.
        invoice_id: InvoiceId,
    },
    /// A late invoice was charged a fee.
    #[serde(rename = "invoice.late_fee_charged")]
    InvoiceLateFeeCharged {
        /// The late invoice.
        invoice_id: InvoiceId,
        /// Its number.
        number: String,
        /// The fee's invoice.
        fee_invoice_id: InvoiceId,
        /// How much.
        amount: Money,
    },
    /// Invoices are to come again.
    #[serde(rename = "recurring_invoice.created")]
    RecurringInvoiceCreated {
        /// What comes again.
        recurring_invoice_id: RecurringInvoiceId,
        /// What staff call it.
        name: String,
    },
    /// They are to come otherwise.
    #[serde(rename = "recurring_invoice.changed")]
    RecurringInvoiceChanged {
        /// What comes again.
        recurring_invoice_id: RecurringInvoiceId,
        /// What staff call it.
        name: String,
    },
    /// None comes for now.
    #[serde(rename = "recurring_invoice.paused")]
    RecurringInvoicePaused {
        /// What comes again.
        recurring_invoice_id: RecurringInvoiceId,
        /// What staff call it.
        name: String,
        /// Why, if it stopped by itself.
        reason: Option<String>,
    },
    /// They come again.
    #[serde(rename = "recurring_invoice.resumed")]
    RecurringInvoiceResumed {
        /// What comes again.
        recurring_invoice_id: RecurringInvoiceId,
        /// What staff call it.
        name: String,
    },
    /// None comes any more.
    #[serde(rename = "recurring_invoice.ended")]
    RecurringInvoiceEnded {
        /// What comes again.
        recurring_invoice_id: RecurringInvoiceId,
        /// What staff call it.
        name: String,
    },
    /// One came.
    #[serde(rename = "recurring_invoice.billed")]
    RecurringInvoiceBilled {
        /// What comes again.
        recurring_invoice_id: RecurringInvoiceId,
        /// What staff call it.
        name: String,
        /// The invoice.
        invoice_id: InvoiceId,
    },
    /// Its invoices are to be charged by themselves, or otherwise, or no more.
    #[serde(rename = "recurring_invoice.charge_changed")]
    RecurringChargeChanged {
        /// What comes again.
        recurring_invoice_id: RecurringInvoiceId,
        /// What staff call it.
        name: String,
        /// Whether they are charged.
        enabled: bool,
    },
    /// A client saved a payment method.
    #[serde(rename = "payment_method.saved")]
    PaymentMethodSaved {
        /// The method.
        method_id: SavedMethodId,
        /// As people know it.
        label: String,
    },
    /// A client chose the method that is charged.
    #[serde(rename = "payment_method.made_default")]
    PaymentMethodMadeDefault {
        /// The method.
        method_id: SavedMethodId,
        /// As people know it.
        label: String,
    },
    /// A saved method was taken away.
    #[serde(rename = "payment_method.removed")]
    PaymentMethodRemoved {
        /// The method.
        method_id: SavedMethodId,
        /// As people know it.
        label: String,
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
    /// An invoice could not be charged to the client's saved method.
    #[serde(rename = "payment.charge_failed")]
    AutomaticChargeFailed {
        /// The invoice.
        invoice_id: InvoiceId,
        /// Its number.
        number: String,
        /// How much.
        amount: Money,
        /// Why.
        reason: String,
        /// When it is tried again; absent after the last try.
        next_at: Option<DateTime<Utc>>,
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
    /// A milestone of an invoice's schedule was reached: its instalment is to be paid.
    #[serde(rename = "invoice.milestone_reached")]
    InvoiceMilestoneReached {
        /// The invoice.
        invoice_id: InvoiceId,
        /// Its number.
        number: String,
        /// What was reached.
        milestone: String,
        /// What the instalment comes to.
        amount: Money,
        /// Until when it is to be paid.
        due_on: NaiveDate,
    },
    /// A milestone of an invoice's schedule isn't reached after all.
    #[serde(rename = "invoice.milestone_reopened")]
    InvoiceMilestoneReopened {
        /// The invoice.
        invoice_id: InvoiceId,
        /// Its number.
        number: String,
        /// What isn't reached.
        milestone: String,
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
    /// A bank's statement was read.
    #[serde(rename = "bank.statement_imported")]
    BankStatementImported {
        /// The statement.
        statement_id: BankStatementId,
        /// Transactions that were new.
        added: i64,
    },
    /// Somebody said what money on a statement pays.
    #[serde(rename = "bank.transaction_matched")]
    BankTransactionMatched {
        /// The transaction.
        transaction_id: BankTransactionId,
        /// The payment it became.
        payment_id: PaymentId,
        /// How much.
        amount: Money,
    },
    /// Somebody said that money on a statement pays no invoice.
    #[serde(rename = "bank.transaction_ignored")]
    BankTransactionIgnored {
        /// The transaction.
        transaction_id: BankTransactionId,
        /// How much.
        amount: Money,
    },
    /// Somebody took back that money on a statement pays no invoice.
    #[serde(rename = "bank.transaction_reopened")]
    BankTransactionReopened {
        /// The transaction.
        transaction_id: BankTransactionId,
        /// How much.
        amount: Money,
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
