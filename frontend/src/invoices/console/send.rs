//! Sending an invoice: to whom, and with which words.

use domain::clients::{Contact, ContactId};
use domain::invoices::{Invoice, InvoiceId, InvoiceStatus, Recipient, SendInvoice};
use domain::permission::Permission;
use domain::text::Note;
use leptos::prelude::*;
use ui::{Button, ButtonKind, ButtonType, Checkbox, Form, Loaded, Sheet, Skeleton, TextArea, Toast, Toasts};

use crate::api::Intent;
use crate::form::{Reading, Sending};
use crate::money::amount;
use crate::session::ConsoleSession;
use crate::t::{common as common_texts, invoices as texts};
use crate::{clients, invoices};

/// Somebody it may go to.
#[derive(Clone)]
struct Choice {
    id: ContactId,
    text: String,
    chosen: RwSignal<bool>,
}

/// Asks for recipients and words. Of a draft it issues the invoice; of an issued one it mails it once more.
#[component]
pub fn SendSheet(
    /// The invoice, as last saved.
    #[prop(into)]
    invoice: Signal<Option<Invoice>>,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// It was sent.
    #[prop(into)]
    on_sent: Callback<(Invoice,)>,
) -> impl IntoView {
    view! {
        <Sheet open title=texts::send()>
            {move || invoice.get_untracked().map(|invoice| view! { <Recipients invoice open on_sent/> })}
        </Sheet>
    }
}

#[component]
fn Recipients(invoice: Invoice, open: RwSignal<bool>, on_sent: Callback<(Invoice,)>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let client = invoice.document.client_id.to_string();
    let may_see_clients = session.may(Permission::ViewClients);
    let contacts = ui::Fetched::new(move || {
        let client = client.clone();
        async move {
            if may_see_clients {
                clients::find(&client).await.map(|client| client.contacts)
            } else {
                Ok(Vec::new())
            }
        }
    });
    let number = invoice.document.number.clone();
    let title = number.as_deref().map_or_else(|| texts::send_draft().to_owned(), texts::send_again_numbered);
    let sub = format!("{}, {}", invoice.document.client_name, amount(invoice.document.totals.gross).text());
    let invoice = StoredValue::new(invoice);
    view! {
        <div>
            <h2>{title}</h2>
            <p class="sub">{sub}</p>
        </div>
        <Loaded resource=contacts skeleton=Skeleton::Form let:contacts>
            <SendForm invoice=invoice.get_value() contacts open on_sent/>
        </Loaded>
    }
}

/// The client's contacts, or those the server named where the role may not see them all.
fn choices(contacts: Vec<Contact>, usual: &[Recipient]) -> Vec<Choice> {
    let is_usual = |id: ContactId| usual.iter().any(|recipient| recipient.contact_id == id);
    if contacts.is_empty() {
        let choice = |to: &Recipient| Choice {
            id: to.contact_id,
            text: format!("{}, {}", to.name, to.email),
            chosen: RwSignal::new(true),
        };
        return usual.iter().map(choice).collect();
    }
    contacts
        .into_iter()
        .map(|contact| Choice {
            id: contact.id,
            text: format!("{}, {}", contact.name, contact.email),
            chosen: RwSignal::new(is_usual(contact.id)),
        })
        .collect()
}

#[component]
fn SendForm(
    invoice: Invoice,
    contacts: Vec<Contact>,
    open: RwSignal<bool>,
    on_sent: Callback<(Invoice,)>,
) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let choices = choices(contacts, &invoice.recipients);
    let message = RwSignal::new(String::new());
    let sending = Sending::new();
    let intent = Intent::new();
    let (id, version): (InvoiceId, i64) = (invoice.document.id, invoice.document.version);
    let draft = invoice.document.status == InvoiceStatus::Draft;
    let all = StoredValue::new(choices.clone());
    let count = move || {
        let count = all.with_value(|all| all.iter().filter(|choice| choice.chosen.get()).count());
        i64::try_from(count).unwrap_or(i64::MAX)
    };
    let submit = move || {
        let mut reading = Reading::default();
        let message = reading.text::<Note>("/message", message);
        let chosen: Vec<ContactId> = all.with_value(|all| {
            all.iter().filter(|choice| choice.chosen.get_untracked()).map(|choice| choice.id).collect()
        });
        if !draft {
            reading.take(
                "/contact_ids",
                if chosen.is_empty() { Err(("required", String::new())) } else { Ok(()) },
            );
        }
        let (true, Some(message)) = (reading.is_done(sending.errors), message) else { return };
        let body = SendInvoice { contact_ids: Some(chosen), message };
        let call = async move {
            if draft {
                invoices::send(id, &body, version, intent).await
            } else {
                invoices::resend(id, &body, intent).await
            }
        };
        let to = untrack(count);
        sending.run(call, move |sent| {
            open.set(false);
            let number = sent.document.number.clone().unwrap_or_default();
            toasts.show(Toast::done(texts::sent(to, &number)));
            on_sent.run((sent,));
        });
    };
    let boxes = choices
        .into_iter()
        .map(|choice| view! { <Checkbox label=choice.text checked=choice.chosen/> })
        .collect_view();
    let nobody = all.with_value(Vec::is_empty);
    view! {
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <fieldset class="field">
                <legend class="label">{texts::to()}</legend>
                <div>{boxes}</div>
                {nobody.then(|| view! { <span class="hint">{texts::no_recipients()}</span> })}
            </fieldset>
            <TextArea label=texts::message() value=message pointer="/message" hint=texts::message_hint() optional=true/>
            {draft.then(|| view! { <p class="small muted">{texts::send_what_happens()}</p> })}
            <div class="line">
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                    {move || texts::send_to(count())}
                </Button>
                <Button kind=ButtonKind::Quiet on_click=move || open.set(false)>
                    {common_texts::cancel()}
                </Button>
            </div>
        </Form>
    }
}
