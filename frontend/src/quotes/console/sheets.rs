//! What asks before something is done with a quote: sending, taking back, giving back, a code for links, an invoice.

use domain::clients::{Contact, ContactId};
use domain::money::Rate;
use domain::permission::Permission;
use domain::quotes::{BillQuote, Quote, ReturnQuote, SendQuote, SetAccessCode, WithdrawQuote};
use domain::text::{Line, Name, Note};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use ui::{
    Button, ButtonKind, ButtonType, Checkbox, Form, Loaded, Sheet, Skeleton, TextArea, TextField, TextKind,
    Toast, Toasts,
};

use super::{calls, name};
use crate::api::Intent;
use crate::clients;
use crate::form::{Reading, Sending};
use crate::invoices::console::draft::number;
use crate::money::amount;
use crate::session::ConsoleSession;
use crate::t::{common as common_texts, invoices as invoice_texts, quotes_console as texts};

/// Which of the sheets is open.
#[derive(Clone, Copy)]
pub struct Sheets {
    /// Sending, or mailing once more.
    pub sending: RwSignal<bool>,
    /// Taking it back.
    pub withdrawing: RwSignal<bool>,
    /// Giving it back instead of approving it.
    pub returning: RwSignal<bool>,
    /// The code that links ask for.
    pub coding: RwSignal<bool>,
    /// Making an invoice.
    pub billing: RwSignal<bool>,
}

impl Sheets {
    /// All closed.
    pub fn new() -> Self {
        let closed = || RwSignal::new(false);
        Self {
            sending: closed(),
            withdrawing: closed(),
            returning: closed(),
            coding: closed(),
            billing: closed(),
        }
    }
}

/// Somebody it may go to.
#[derive(Clone)]
struct Choice {
    id: ContactId,
    text: String,
    chosen: RwSignal<bool>,
}

/// Asks for recipients and words. What is being written is sent; what was sent is mailed once more.
#[component]
pub fn SendSheet(
    /// The quote, as last saved.
    #[prop(into)]
    quote: Signal<Option<Quote>>,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// It was sent.
    #[prop(into)]
    on_sent: Callback<(Quote,)>,
) -> impl IntoView {
    view! {
        <Sheet open title=texts::send()>
            {move || quote.get_untracked().map(|quote| view! { <Recipients quote open on_sent/> })}
        </Sheet>
    }
}

#[component]
fn Recipients(quote: Quote, open: RwSignal<bool>, on_sent: Callback<(Quote,)>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let client = quote.document.client_id.to_string();
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
    let title = match (quote.draft_no, quote.needs_approval) {
        (Some(_), true) => texts::ask_approval(),
        (Some(_), false) => texts::send_this(),
        (None, _) => texts::send_again(),
    };
    let sub = format!("{}, {}", quote.document.client_name, amount(quote.document.totals.gross).text());
    let quote = StoredValue::new(quote);
    view! {
        <div>
            <h2>{title}</h2>
            <p class="sub">{sub}</p>
        </div>
        <Loaded resource=contacts skeleton=Skeleton::Form let:contacts>
            <SendForm quote=quote.get_value() contacts open on_sent/>
        </Loaded>
    }
}

/// The client's contacts, or those the server named where the role may not see them all.
fn choices(contacts: Vec<Contact>, quote: &Quote) -> Vec<Choice> {
    let usual = &quote.recipients;
    let choice = |id, name: &Name, email: &dyn ToString| Choice {
        id,
        text: format!("{name}, {}", email.to_string()),
        chosen: RwSignal::new(usual.iter().any(|recipient| recipient.contact_id == id)),
    };
    if contacts.is_empty() {
        return usual.iter().map(|to| choice(to.contact_id, &to.name, &to.email)).collect();
    }
    contacts.iter().map(|contact| choice(contact.id, &contact.name, &contact.email)).collect()
}

#[component]
fn SendForm(
    quote: Quote,
    contacts: Vec<Contact>,
    open: RwSignal<bool>,
    on_sent: Callback<(Quote,)>,
) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let choices = choices(contacts, &quote);
    let message = RwSignal::new(String::new());
    let sending = Sending::new();
    let intent = Intent::new();
    let (id, version) = (quote.document.id, quote.document.version);
    let draft = quote.draft_no.is_some();
    let asks = draft && quote.needs_approval;
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
        let (true, Some(message)) = (reading.is_done(sending.errors), message) else { return };
        let body = SendQuote { contact_ids: Some(chosen), message };
        let call = async move {
            if draft {
                calls::send(id, &body, version, intent).await
            } else {
                calls::resend(id, &body, intent).await
            }
        };
        let to = untrack(count);
        sending.run(call, move |sent| {
            open.set(false);
            let waits = sent.approval.as_ref().is_some_and(|approval| approval.pending);
            let name = name(sent.document.number.as_deref());
            toasts.show(Toast::done(if waits {
                texts::approval_asked().to_owned()
            } else {
                texts::sent_to(to, &name)
            }));
            on_sent.run((sent,));
        });
    };
    let boxes = choices
        .into_iter()
        .map(|choice| view! { <Checkbox label=choice.text checked=choice.chosen/> })
        .collect_view();
    let nobody = all.with_value(Vec::is_empty);
    let what_happens = match (draft, asks) {
        (true, true) => texts::approval_what_happens(),
        (true, false) => texts::send_what_happens(),
        (false, _) => "",
    };
    view! {
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <fieldset class="field">
                <legend class="label">{invoice_texts::to()}</legend>
                <div>{boxes}</div>
                {nobody.then(|| view! { <span class="hint">{texts::no_recipients()}</span> })}
            </fieldset>
            <TextArea label=invoice_texts::message() value=message pointer="/message" hint=texts::message_hint() optional=true/>
            {(!what_happens.is_empty()).then(|| view! { <p class="small muted">{what_happens}</p> })}
            <Buttons open busy=sending.busy>
                {move || if asks { texts::ask_approval().to_owned() } else { invoice_texts::send_to(count()) }}
            </Buttons>
        </Form>
    }
}

/// The foot of a sheet: do it, or not.
#[component]
fn Buttons(
    open: RwSignal<bool>,
    busy: RwSignal<bool>,
    #[prop(optional)] danger: bool,
    children: Children,
) -> impl IntoView {
    let kind = if danger { ButtonKind::Danger } else { ButtonKind::Primary };
    view! {
        <div class="line">
            <Button kind button_type=ButtonType::Submit busy>
                {children()}
            </Button>
            <Button kind=ButtonKind::Quiet on_click=move || open.set(false)>
                {common_texts::cancel()}
            </Button>
        </div>
    }
}

/// The sheets of a quote's page.
#[component]
pub fn QuoteSheets(
    /// The quote.
    quote: RwSignal<Option<Quote>>,
    /// Which are open.
    sheets: Sheets,
) -> impl IntoView {
    let known = move || quote.get_untracked();
    view! {
        <SendSheet quote open=sheets.sending on_sent=move |(sent,): (Quote,)| quote.set(Some(sent))/>
        <Sheet open=sheets.withdrawing title=texts::withdraw()>
            {move || known().map(|known| view! { <WithdrawForm known quote open=sheets.withdrawing/> })}
        </Sheet>
        <Sheet open=sheets.returning title=texts::give_back()>
            {move || known().map(|known| view! { <ReturnForm known quote open=sheets.returning/> })}
        </Sheet>
        <Sheet open=sheets.coding title=texts::access_code()>
            {move || known().map(|known| view! { <CodeForm known quote open=sheets.coding/> })}
        </Sheet>
        <Sheet open=sheets.billing title=texts::make_invoice()>
            {move || known().map(|known| view! { <BillForm known open=sheets.billing/> })}
        </Sheet>
    }
}

#[component]
fn WithdrawForm(known: Quote, quote: RwSignal<Option<Quote>>, open: RwSignal<bool>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let reason = RwSignal::new(String::new());
    let sending = Sending::new();
    let intent = Intent::new();
    let id = known.document.id;
    let submit = move || {
        let mut reading = Reading::default();
        let reason = reading.text::<Name>("/reason", reason);
        let (true, Some(reason)) = (reading.is_done(sending.errors), reason) else { return };
        let call = async move { calls::withdraw(id, &WithdrawQuote { reason }, intent).await };
        sending.run(call, move |changed| {
            open.set(false);
            quote.set(Some(changed));
            toasts.show(Toast::done(texts::withdrawn()));
        });
    };
    view! {
        <div>
            <h2>{texts::withdraw_question(&name(known.document.number.as_deref()))}</h2>
            <p class="muted">{texts::withdraw_what_happens()}</p>
        </div>
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <TextField label=invoice_texts::reason() value=reason pointer="/reason" hint=invoice_texts::reason_hint()/>
            <Buttons open busy=sending.busy danger=true>
                {texts::withdraw()}
            </Buttons>
        </Form>
    }
}

#[component]
fn ReturnForm(known: Quote, quote: RwSignal<Option<Quote>>, open: RwSignal<bool>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let note = RwSignal::new(String::new());
    let sending = Sending::new();
    let intent = Intent::new();
    let id = known.document.id;
    let submit = move || {
        let mut reading = Reading::default();
        let note = reading.text::<Name>("/note", note);
        let (true, Some(note)) = (reading.is_done(sending.errors), note) else { return };
        let call = async move { calls::give_back(id, &ReturnQuote { note }, intent).await };
        sending.run(call, move |changed| {
            open.set(false);
            quote.set(Some(changed));
            toasts.show(Toast::done(texts::given_back()));
        });
    };
    view! {
        <h2>{texts::give_back()}</h2>
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <TextField label=texts::return_note() value=note pointer="/note"/>
            <Buttons open busy=sending.busy>
                {texts::give_back()}
            </Buttons>
        </Form>
    }
}

#[component]
fn CodeForm(known: Quote, quote: RwSignal<Option<Quote>>, open: RwSignal<bool>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let code = RwSignal::new(String::new());
    let sending = Sending::new();
    let (id, version) = (known.document.id, known.document.version);
    let set = move |code: Option<Line>| {
        let set = code.is_some();
        let call = async move { calls::set_access_code(id, &SetAccessCode { code }, version).await };
        sending.run(call, move |changed| {
            open.set(false);
            quote.set(Some(changed));
            toasts.show(Toast::done(if set { texts::code_set() } else { texts::code_lifted() }));
        });
    };
    let submit = move || {
        let mut reading = Reading::default();
        let code = reading.text::<Line>("/code", code);
        if let (true, Some(code)) = (reading.is_done(sending.errors), code) {
            set(Some(code));
        }
    };
    let lift = known.access_code.then(|| {
        view! {
            <Button kind=ButtonKind::Quiet on_click=move || set(None)>
                {texts::lift_code()}
            </Button>
        }
    });
    view! {
        <div>
            <h2>{texts::access_code()}</h2>
            <p class="muted">{if known.access_code { texts::code_is_set() } else { texts::code_what_for() }}</p>
        </div>
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <TextField label=texts::code() value=code pointer="/code" hint=texts::code_hint()/>
            <Buttons open busy=sending.busy>
                {texts::set_code()}
            </Buttons>
            {lift}
        </Form>
    }
}

#[component]
fn BillForm(known: Quote, open: RwSignal<bool>) -> impl IntoView {
    let percent = RwSignal::new(String::new());
    let exceed = RwSignal::new(false);
    let sending = Sending::new();
    let intent = Intent::new();
    let navigate = use_navigate();
    let id = known.document.id;
    let submit = move || {
        let mut reading = Reading::default();
        let typed = percent.get_untracked();
        let rate = if typed.trim().is_empty() {
            Some(None)
        } else {
            let read = number::<Rate>(&typed).ok_or(("invalid", String::new()));
            reading.take("/percent", read).map(Some)
        };
        let (true, Some(percent)) = (reading.is_done(sending.errors), rate) else { return };
        let body = BillQuote { percent, exceed: exceed.get_untracked() };
        let navigate = navigate.clone();
        sending.run(async move { calls::bill(id, &body, intent).await }, move |invoice| {
            open.set(false);
            navigate(&format!("/console/invoices/{}", invoice.document.id), NavigateOptions::default());
        });
    };
    let total = known.document.contract.unwrap_or(known.document.totals.gross);
    let sub = texts::billed_of(&amount(known.billed).text(), &amount(total).text());
    view! {
        <div>
            <h2>{texts::make_invoice()}</h2>
            <p class="sub">{sub}</p>
        </div>
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <TextField
                label=texts::percent_of_quote()
                value=percent
                kind=TextKind::Decimal
                pointer="/percent"
                hint=texts::percent_hint()
                optional=true
            />
            <Checkbox label=texts::may_exceed() checked=exceed pointer="/exceed"/>
            <Buttons open busy=sending.busy>
                {texts::make_draft()}
            </Buttons>
        </Form>
    }
}
