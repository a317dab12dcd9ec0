//! What happened, told from the catalogue of events.

pub mod console;
pub mod portal;

use domain::events::{Activity, Actor, Event};
use leptos::prelude::*;
use ui::{Empty, Entry, Ledger, LedgerKind, Loaded, Mark, Pager, Skeleton, Tone, When};

use crate::api::{self, Answer};
use crate::money::amount;
use crate::paged::Paged;
use crate::t::activity as texts;
use domain::events::ActivityFilter;
use domain::page::Page;

/// A part of a feed, the newest first; `path` is the thing's own address, nothing for the organization's.
pub async fn feed(path: &str, cursor: Option<String>, limit: u16) -> Answer<Page<Activity>> {
    api::get_with(&format!("{path}/activity"), &ActivityFilter { limit: Some(limit), cursor }).await
}

/// How many entries a feed shows at first.
const SHOWN: u16 = 12;

/// The history of one thing, or of the organization where `path` is empty. `version` changes with the thing, so that
/// what was just done shows at once.
#[component]
pub fn Feed(
    /// Address of the thing below the API.
    #[prop(into)]
    path: String,
    /// Fetches anew when it changes.
    #[prop(into)]
    version: Signal<i64>,
) -> impl IntoView {
    let named = path.is_empty();
    let list = Paged::new(move |cursor| {
        version.track();
        let path = path.clone();
        async move { feed(&path, cursor, SHOWN).await }
    });
    let empty = || view! { <Empty title=texts::none() sub=texts::none_sub()/> };
    view! {
        <Loaded resource=list.first skeleton=Skeleton::Ledger is_empty=|empty: &bool| *empty empty let:_>
            <div class="gap">
                <Entries items=list.items named/>
                {move || {
                    let more = list.has_more().get();
                    more.then(|| {
                        let shown = move || {
                            texts::shown(i64::try_from(list.items.with(Vec::len)).unwrap_or(i64::MAX))
                        };
                        view! {
                            <Pager
                                shown=Signal::derive(shown)
                                more=list.has_more()
                                busy=list.busy
                                on_more=list.on_more()
                            />
                        }
                    })
                }}
            </div>
        </Loaded>
    }
}

/// Events as a ledger.
#[component]
pub fn Entries(
    /// The events, newest first.
    #[prop(into)]
    items: Signal<Vec<Activity>>,
    /// Says of each which client it is about.
    #[prop(optional)]
    named: bool,
) -> impl IntoView {
    move || {
        let now = ui::format::now_ms();
        let entries = items
            .get()
            .into_iter()
            .map(|activity| {
                let (mark, tone) = look(&activity.event);
                let when = When::instant(activity.at.timestamp_millis(), now);
                let (title, href) = (title(&activity.event), href(&activity));
                let sub = sub(&activity, named);
                view! {
                    <Entry when mark tone href sub=move || sub>
                        {title}
                    </Entry>
                }
            })
            .collect_view();
        view! {
            <Ledger label=texts::title() kind=LedgerKind::History>
                {entries}
            </Ledger>
        }
    }
}

/// Who did it, to whom, and what else there is to say.
fn sub(activity: &Activity, named: bool) -> String {
    let actor = match &activity.actor {
        Actor::Member { name } | Actor::Contact { name, .. } => texts::by(name),
        Actor::Guest => texts::guest().to_owned(),
        Actor::System => texts::system().to_owned(),
    };
    let more = match &activity.event {
        // Among everybody’s doings the client suffices.
        Event::InvoiceSent { to, .. } | Event::QuoteSent { to, .. } if !named => sent_to(to),
        Event::QuoteAccepted { name, .. } => name.clone(),
        Event::QuoteQuestioned { question, .. } => question.clone(),
        Event::QuoteAnswered { answer, .. } => answer.clone(),
        Event::InvoiceVoided { reason, .. }
        | Event::InvoiceWrittenOff { reason, .. }
        | Event::RefundStarted { reason, .. }
        | Event::RefundFailed { reason, .. }
        | Event::QuoteDeclined { reason, .. }
        | Event::QuoteChangesRequested { reason, .. }
        | Event::QuoteWithdrawn { reason, .. }
        | Event::QuoteReturned { reason, .. }
        | Event::PaymentFailed { reason, .. }
        | Event::AutomaticChargeFailed { reason, .. }
        | Event::PaymentNeedsAttention { reason, .. } => reason.clone(),
        Event::PaymentReceived { method, .. } => crate::payments::how(method),
        _ => String::new(),
    };
    // Where the title names the client, once is enough.
    let told = matches!(activity.event, Event::ClientCreated { .. });
    let client = activity.client_name.clone().filter(|_| named && !told).unwrap_or_default();
    [client, more, actor].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// The first addressee, and how many there are besides: there may be many, and their addresses are long.
fn sent_to(to: &[String]) -> String {
    match to {
        [] => String::new(),
        [name] => texts::invoice_sent_to(name),
        [name, others @ ..] => {
            texts::invoice_sent_to_others(i64::try_from(others.len()).unwrap_or(i64::MAX), name)
        }
    }
}

/// Where it can be looked at.
fn href(activity: &Activity) -> String {
    match &activity.event {
        Event::InvoiceSent { invoice_id, .. }
        | Event::InvoiceImported { invoice_id, .. }
        | Event::InvoiceViewed { invoice_id, .. }
        | Event::InvoicePaid { invoice_id, .. }
        | Event::InvoiceLinkCreated { invoice_id, .. }
        | Event::InvoiceVoided { invoice_id, .. }
        | Event::InvoiceReminded { invoice_id, .. }
        | Event::InvoiceRemindersChanged { invoice_id, .. }
        | Event::InvoicePaymentMethodsChanged { invoice_id }
        | Event::RecurringInvoiceBilled { invoice_id, .. }
        | Event::InvoiceLateFeeCharged { fee_invoice_id: invoice_id, .. }
        | Event::InvoiceCreated { invoice_id }
        | Event::InvoiceChanged { invoice_id }
        | Event::AutomaticChargeFailed { invoice_id, .. }
        | Event::PaymentStarted { invoice_id, .. }
        | Event::PaymentFailed { invoice_id, .. }
        | Event::PaymentProcessing { invoice_id, .. }
        | Event::PaymentReceived { invoice_id: Some(invoice_id), .. }
        | Event::PaymentRefunded { invoice_id: Some(invoice_id), .. }
        | Event::PaymentTakenOff { invoice_id: Some(invoice_id), .. }
        | Event::CreditNoteCreated { invoice_id, .. }
        | Event::CreditNoteChanged { invoice_id, .. }
        | Event::CreditNoteDeleted { invoice_id, .. }
        | Event::CreditNoteIssued { invoice_id, .. }
        | Event::InvoiceWrittenOff { invoice_id, .. }
        | Event::InvoiceWriteOffUndone { invoice_id, .. }
        | Event::InvoiceMilestoneReached { invoice_id, .. }
        | Event::InvoiceMilestoneReopened { invoice_id, .. }
        | Event::CreditApplied { invoice_id, .. } => {
            format!("/console/invoices/{invoice_id}")
        }
        Event::ImportDone { import_id, .. } | Event::ImportUndone { import_id } => {
            format!("/console/imports/{import_id}")
        }
        Event::RecurringInvoiceCreated { recurring_invoice_id, .. }
        | Event::RecurringInvoiceChanged { recurring_invoice_id, .. }
        | Event::RecurringInvoicePaused { recurring_invoice_id, .. }
        | Event::RecurringInvoiceResumed { recurring_invoice_id, .. }
        | Event::RecurringInvoiceEnded { recurring_invoice_id, .. } => {
            format!("/console/recurring/{recurring_invoice_id}")
        }
        Event::PaymentNeedsAttention { .. } => "/console/payments/events".to_owned(),
        Event::PaymentConnectionChanged { .. } => "/console/settings/payments".to_owned(),
        Event::OrganizationCreated {} | Event::OrganizationChanged { .. } => {
            "/console/settings/organization".to_owned()
        }
        Event::MemberInvited { .. } | Event::MemberJoined { .. } | Event::MemberChanged { .. } => {
            "/console/settings/team".to_owned()
        }
        Event::RoleChanged { .. } => "/console/settings/roles".to_owned(),
        _ => activity.client_id.map(|client| format!("/console/clients/{client}")).unwrap_or_default(),
    }
}

fn look(event: &Event) -> (Mark, Tone) {
    match event {
        Event::InvoiceCreated { .. } | Event::InvoiceChanged { .. } => (Mark::Draft, Tone::Neutral),
        Event::InvoiceViewed { .. } => (Mark::Half, Tone::Info),
        Event::InvoicePaid { .. } | Event::PaymentReceived { .. } => (Mark::Full, Tone::Positive),
        Event::PaymentStarted { .. } | Event::PaymentProcessing { .. } => (Mark::Quarter, Tone::Caution),
        Event::PaymentFailed { .. }
        | Event::AutomaticChargeFailed { .. }
        | Event::PaymentNeedsAttention { .. }
        | Event::PaymentDisputed { .. }
        | Event::RefundFailed { .. } => (Mark::Late, Tone::Critical),
        Event::InvoiceVoided { .. }
        | Event::InvoiceDeleted { .. }
        | Event::ClientArchived {}
        | Event::ContactRemoved { .. }
        | Event::ApiTokenRevoked { .. }
        | Event::ImportUndone { .. } => (Mark::Void, Tone::Neutral),
        _ => (Mark::Empty, Tone::Neutral),
    }
}

/// What happened, in one line.
fn title(event: &Event) -> String {
    match event {
        Event::OrganizationCreated {} => texts::organization_created().to_owned(),
        Event::OrganizationChanged { .. } => texts::organization_changed().to_owned(),
        Event::MemberInvited { name, .. } => texts::member_invited(name),
        Event::MemberJoined { name, .. } => texts::member_joined(name),
        Event::MemberChanged { .. } => texts::member_changed().to_owned(),
        Event::RoleChanged { .. } => texts::role_changed().to_owned(),
        Event::ApiTokenCreated { name, .. } => texts::api_token_created(name),
        Event::ApiTokenRevoked { name, .. } => texts::api_token_revoked(name),
        Event::ClientCreated { name } => texts::client_created(name),
        Event::ClientChanged { .. } => texts::client_changed().to_owned(),
        Event::ClientArchived {} => texts::client_archived().to_owned(),
        Event::ClientRestored {} => texts::client_restored().to_owned(),
        Event::ContactCreated { name, .. } => texts::contact_created(name),
        Event::ContactChanged { .. } => texts::contact_changed().to_owned(),
        Event::ContactRemoved { name, .. } => texts::contact_removed(name),
        Event::ContactInvited { name, .. } => texts::contact_invited(name),
        Event::ContactSignedIn { name, .. } => texts::contact_signed_in(name),
        Event::ContactViewedAs { name, .. } => texts::contact_viewed_as(name),
        Event::InvoiceCreated { .. } => texts::invoice_created().to_owned(),
        Event::InvoiceChanged { .. } => texts::invoice_changed().to_owned(),
        Event::InvoiceDeleted { .. } => texts::invoice_deleted().to_owned(),
        Event::InvoiceSent { number, total, .. } => texts::invoice_sent(number, &amount(*total).text()),
        Event::InvoiceImported { number, total, .. } => {
            texts::invoice_imported(number, &amount(*total).text())
        }
        Event::InvoiceViewed { number, .. } => texts::invoice_viewed(number),
        Event::InvoicePaid { number, .. } => texts::invoice_paid(number),
        Event::InvoiceLinkCreated { number, .. } => texts::invoice_link_created(number),
        Event::InvoiceVoided { number, .. } => texts::invoice_voided(number),
        Event::QuoteCreated { title, .. } => texts::quote_created(title),
        Event::QuoteChanged { .. } => texts::quote_changed().to_owned(),
        Event::QuoteDeleted { .. } => texts::quote_deleted().to_owned(),
        Event::QuoteSent { number, total, .. } => texts::quote_sent(number, &amount(*total).text()),
        Event::QuoteViewed { number, .. } => texts::quote_viewed(number),
        Event::QuoteAccepted { number, total, .. } => texts::quote_accepted(number, &amount(*total).text()),
        Event::QuoteDeclined { number, .. } => texts::quote_declined(number),
        Event::QuoteChangesRequested { number, .. } => texts::quote_changes_requested(number),
        Event::QuoteExpired { number, .. } => texts::quote_expired(number),
        Event::QuoteSuperseded { number, .. } => texts::quote_superseded(number),
        Event::QuoteWithdrawn { number, .. } => texts::quote_withdrawn(number),
        Event::QuoteQuestioned { number, .. } => texts::quote_questioned(number),
        Event::QuoteAnswered { number, .. } => texts::quote_answered(number),
        Event::QuoteApprovalRequested { title, .. } => texts::quote_approval_requested(title),
        Event::QuoteApproved { title, .. } => texts::quote_approved(title),
        Event::QuoteReturned { title, .. } => texts::quote_returned(title),
        Event::QuoteConverted { number, .. } => texts::quote_converted(number),
        Event::ProjectCreated { name, .. } => texts::project_created(name),
        Event::InvoiceReminded { number, .. } => texts::invoice_reminded(number),
        Event::InvoiceRemindersChanged { number, .. } => texts::invoice_reminders_changed(number),
        Event::InvoicePaymentMethodsChanged { .. } => texts::invoice_payment_methods_changed().to_owned(),
        Event::InvoiceLateFeeCharged { number, amount: money, .. } => {
            texts::late_fee_charged(&amount(*money).text(), number)
        }
        Event::RecurringInvoiceCreated { name, .. } => texts::recurring_created(name),
        Event::RecurringInvoiceChanged { name, .. } => texts::recurring_changed(name),
        Event::RecurringInvoicePaused { name, .. } => texts::recurring_paused(name),
        Event::RecurringInvoiceResumed { name, .. } => texts::recurring_resumed(name),
        Event::RecurringInvoiceEnded { name, .. } => texts::recurring_ended(name),
        Event::RecurringInvoiceBilled { name, .. } => texts::recurring_billed(name),
        Event::RecurringChargeChanged { name, enabled: true, .. } => texts::recurring_charge_on(name),
        Event::RecurringChargeChanged { name, enabled: false, .. } => texts::recurring_charge_off(name),
        Event::PaymentMethodSaved { label, .. } => texts::payment_method_saved(label),
        Event::PaymentMethodMadeDefault { label, .. } => texts::payment_method_made_default(label),
        Event::PaymentMethodRemoved { label, .. } => texts::payment_method_removed(label),
        Event::AutomaticChargeFailed { number, amount: money, .. } => {
            texts::charge_failed(number, &amount(*money).text())
        }
        Event::PaymentStarted { amount: money, .. } => texts::payment_started(&amount(*money).text()),
        Event::PaymentFailed { .. } => texts::payment_failed().to_owned(),
        Event::PaymentProcessing { amount: money, .. } => texts::payment_processing(&amount(*money).text()),
        Event::PaymentReceived { amount: money, .. } => texts::payment_received(&amount(*money).text()),
        Event::PaymentRefunded { refunded, .. } => texts::payment_refunded(&amount(*refunded).text()),
        Event::CreditNoteCreated { .. } => texts::credit_note_created().to_owned(),
        Event::CreditNoteChanged { .. } => texts::credit_note_changed().to_owned(),
        Event::CreditNoteDeleted { .. } => texts::credit_note_deleted().to_owned(),
        Event::CreditNoteIssued { number, total, .. } => {
            texts::credit_note_issued(number, &amount(*total).text())
        }
        Event::InvoiceWrittenOff { number, amount: money, .. } => {
            texts::invoice_written_off(number, &amount(*money).text())
        }
        Event::InvoiceWriteOffUndone { number, amount: money, .. } => {
            texts::invoice_write_off_undone(number, &amount(*money).text())
        }
        Event::InvoiceMilestoneReached { number, milestone, amount: money, .. } => {
            texts::milestone_reached(milestone, number, &amount(*money).text())
        }
        Event::InvoiceMilestoneReopened { number, milestone, .. } => {
            texts::milestone_reopened(milestone, number)
        }
        Event::CreditApplied { number, amount: money, .. } => {
            texts::credit_applied(number, &amount(*money).text())
        }
        Event::PaymentTakenOff { amount: money, .. } => texts::payment_taken_off(&amount(*money).text()),
        Event::RefundStarted { amount: money, .. } => texts::refund_started(&amount(*money).text()),
        Event::RefundFailed { amount: money, .. } => texts::refund_failed(&amount(*money).text()),
        Event::PaymentDisputed { amount: money, .. } => texts::payment_disputed(&amount(*money).text()),
        Event::PaymentNeedsAttention { .. } => texts::payment_needs_attention().to_owned(),
        Event::PaymentConnectionChanged { enabled: true, .. } => texts::connection_on().to_owned(),
        Event::PaymentConnectionChanged { enabled: false, .. } => texts::connection_off().to_owned(),
        Event::BankStatementImported { added, .. } => texts::bank_statement_imported(*added),
        Event::BankTransactionMatched { amount: money, .. } => {
            texts::bank_transaction_matched(&amount(*money).text())
        }
        Event::BankTransactionIgnored { amount: money, .. } => {
            texts::bank_transaction_ignored(&amount(*money).text())
        }
        Event::BankTransactionReopened { amount: money, .. } => {
            texts::bank_transaction_reopened(&amount(*money).text())
        }
        Event::ImportDone { created, .. } => texts::import_done(*created),
        Event::ImportUndone { .. } => texts::import_undone().to_owned(),
    }
}
