//! Writing an invoice: it keeps itself while one types, and shows the paper the client will get.

use std::time::Duration;

use domain::clients::Client;
use domain::invoices::{DraftInvoice, Invoice, InvoiceStatus};
use domain::permission::Permission;
use domain::totals::{PriceMode, Rounding};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use ui::{
    Button, ButtonKind, DateField, Form, Icon, Mark, Menu, MenuItem, Pill, SelectField, TextArea, TextField,
    Toast, Toasts,
};

use super::draft::{DraftForm, Trouble};
use super::items::Items;
use super::paper::{Paper, Sheet, SheetLine, quantity};
use super::send::SendSheet;
use crate::api::{ApiError, Intent};
use crate::clients::console::ClientField;
use crate::conflict::{self, ConflictNotice, Theirs};
use crate::payments::console::methods::{Payable, WaysToPay};
use crate::schedules::console::editor::ScheduleFields;
use crate::session::{ConsoleSession, set_page_title};
use crate::set_up::currencies;
use crate::t::invoices as texts;
use crate::t::schedules::console as schedule_texts;
use crate::{browser, clients, invoices};

/// How long a pause in typing has to be before the draft is kept.
const PAUSE: Duration = Duration::from_millis(900);

/// Whether what is seen is what is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kept {
    /// Nothing was changed yet.
    Untouched,
    /// On its way.
    Saving,
    /// At this instant.
    At(i64),
    /// Not yet, and why.
    Not(String),
}

/// The draft and how it is kept.
#[derive(Clone, Copy)]
struct Desk {
    form: DraftForm,
    /// As the server has it; nothing before it was first kept.
    invoice: RwSignal<Option<Invoice>>,
    body: Memo<Result<DraftInvoice, Trouble>>,
    /// What the server was given last.
    kept_body: StoredValue<Option<DraftInvoice>>,
    kept: RwSignal<Kept>,
    busy: StoredValue<bool>,
    waiting: StoredValue<Option<TimeoutHandle>>,
    theirs: RwSignal<Option<Theirs>>,
    intent: Intent,
    /// The send sheet, and whether it opens as soon as all is kept.
    sending: RwSignal<bool>,
    send_next: StoredValue<bool>,
}

impl Desk {
    fn is_kept(self) -> bool {
        self.body.with_untracked(|body| {
            body.as_ref().is_ok_and(|body| self.kept_body.with_value(|kept| kept.as_ref() == Some(body)))
        })
    }

    /// Keeps it after a pause.
    fn schedule(self) {
        self.stop_waiting();
        self.waiting.set_value(set_timeout_with_handle(move || self.save(), PAUSE).ok());
    }

    fn stop_waiting(self) -> bool {
        let handle = self.waiting.try_update_value(Option::take).flatten();
        let waited = handle.is_some();
        if let Some(handle) = handle {
            handle.clear();
        }
        waited
    }

    fn save(self) {
        self.stop_waiting();
        if self.busy.get_value() || self.theirs.with_untracked(Option::is_some) {
            return;
        }
        let body = match self.body.get_untracked() {
            Ok(body) => body,
            Err(Trouble::NoClient) => return self.kept.set(Kept::Not(texts::needs_client().to_owned())),
            Err(Trouble::Mend(text)) => return self.kept.set(Kept::Not(text)),
        };
        self.busy.set_value(true);
        self.kept.set(Kept::Saving);
        let known = self
            .invoice
            .with_untracked(|known| known.as_ref().map(|known| (known.document.id, known.document.version)));
        spawn_local(async move {
            let answer = match known {
                Some((id, version)) => invoices::replace(id, &body, version).await,
                None => invoices::create(&body, self.intent).await,
            };
            // The page may have been left meanwhile.
            if self.busy.try_update_value(|busy| *busy = false).is_none() {
                return;
            }
            match answer {
                Ok(invoice) => self.saved(body, invoice),
                Err(error) => self.refused(&error),
            }
        });
    }

    fn saved(self, body: DraftInvoice, invoice: Invoice) {
        if self.invoice.with_untracked(Option::is_none) {
            // From here on a reload shows this draft.
            browser::rename_page(&format!("/console/invoices/{}", invoice.document.id));
        }
        self.kept_body.set_value(Some(body));
        self.invoice.set(Some(invoice));
        self.kept.set(Kept::At(ui::format::now_ms()));
        if !self.is_kept() {
            self.schedule();
        } else if self.send_next.get_value() {
            self.send_next.set_value(false);
            self.sending.set(true);
        }
    }

    fn refused(self, error: &ApiError) {
        self.send_next.set_value(false);
        self.kept.set(Kept::Not(error.text().to_owned()));
        let Some(mut fields) = conflict::theirs(error) else { return };
        spawn_local(async move {
            for (name, value) in &mut fields {
                match name.as_str() {
                    "client_id" => {
                        if let Ok(client) = clients::find(value).await {
                            *value = client.name.to_string();
                        }
                    }
                    "price_mode" => {
                        let inclusive = *value == PriceMode::Inclusive.as_str();
                        let said = if inclusive { texts::inclusive() } else { texts::exclusive() };
                        said.clone_into(value);
                    }
                    _ => {}
                }
            }
            self.theirs.try_set(Some(fields));
        });
    }

    /// Opens the send sheet, after keeping what isn't kept yet.
    fn send(self) {
        if self.is_kept() && self.invoice.with_untracked(Option::is_some) {
            self.sending.set(true);
        } else {
            self.send_next.set_value(true);
            self.save();
        }
    }
}

/// The editor with its paper.
#[component]
pub fn Editor(
    /// The draft; nothing while it is new.
    invoice: RwSignal<Option<Invoice>>,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let organization = session.me.with_untracked(|me| me.organization.clone());
    let known = invoice.get_untracked();
    let form = DraftForm::new(known.as_ref(), organization.currency, organization.price_mode);
    let body = Memo::new(move |_| form.read());
    let kept_body = known.as_ref().and_then(|_| body.get_untracked().ok());
    let desk = Desk {
        form,
        invoice,
        body,
        kept_body: StoredValue::new(kept_body),
        kept: RwSignal::new(Kept::Untouched),
        busy: StoredValue::new(false),
        waiting: StoredValue::new(None),
        theirs: RwSignal::new(None),
        intent: Intent::new(),
        sending: RwSignal::new(false),
        send_next: StoredValue::new(false),
    };
    Effect::new(move |before: Option<()>| {
        body.track();
        if before.is_some() && !desk.is_kept() {
            desk.schedule();
        }
    });
    on_cleanup(move || {
        if desk.stop_waiting() {
            desk.save();
        }
    });
    if known.is_none() {
        let wanted = use_query_map().read_untracked().get("client").unwrap_or_default();
        if !wanted.is_empty() {
            spawn_local(async move {
                if let Ok(client) = clients::find(&wanted).await {
                    form.client_name.try_set(client.name.to_string());
                    form.client.try_set(wanted);
                }
            });
        }
    }
    let rates = ui::Fetched::new(invoices::tax_rates);
    let rates = Signal::derive(move || rates.get().and_then(Result::ok).unwrap_or_default());
    form.begin(rates);
    let client = ui::Fetched::new(move || {
        let id = form.client.get();
        async move { if id.is_empty() { None } else { clients::find(&id).await.ok() } }
    });
    let client = Signal::derive_local(move || client.get().flatten());
    // What is inherited follows the client.
    let draft = Memo::new(move |_| {
        invoice.with(|known| known.as_ref().map(|known| (known.document.id, known.document.client_id)))
    });
    view! {
        <main class="work">
            <Head desk/>
            <Fields desk rates terms=organization.payment_terms_days/>
            {move || draft.get().map(|(id, _)| view! { <WaysToPay payable=Payable::Invoice(id)/> })}
        </main>
        <aside class="panel desk" aria-label=texts::what_client_gets()>
            <header class="head">
                <h2>{texts::preview()}</h2>
            </header>
            <div class="body">
                <Preview desk client/>
            </div>
        </aside>
        <SendSheet
            invoice
            open=desk.sending
            on_sent=move |(sent,): (Invoice,)| {
                desk.stop_waiting();
                invoice.set(Some(sent));
            }
        />
    }
}

#[component]
fn Head(desk: Desk) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let toasts = expect_context::<Toasts>();
    let navigate = use_navigate();
    let title = Memo::new(move |_| {
        let name = desk.form.client_name.get();
        if name.trim().is_empty() || desk.form.client.with(String::is_empty) {
            texts::new_title().to_owned()
        } else {
            name
        }
    });
    Effect::new(move |_| {
        let new = desk.form.client.with(String::is_empty);
        title
            .with(|title| if new { set_page_title(title) } else { set_page_title(&texts::draft_for(title)) });
    });
    let kept = move || match desk.kept.get() {
        Kept::Untouched => String::new(),
        Kept::Saving => texts::saving().to_owned(),
        Kept::At(ms) => texts::saved_at(&ui::format::instant(ms, ui::format::InstantStyle::Time)),
        Kept::Not(why) => texts::not_saved(&why),
    };
    let delete = Callback::new(move |()| {
        let Some(id) = desk.invoice.with_untracked(|known| known.as_ref().map(|known| known.document.id))
        else {
            return;
        };
        desk.stop_waiting();
        let navigate = navigate.clone();
        spawn_local(async move {
            match invoices::delete(id).await {
                Ok(()) => {
                    let toast = Toast::done(texts::draft_deleted());
                    toasts.show(match desk.body.get_untracked() {
                        Ok(body) => {
                            let back = navigate.clone();
                            toast.undo(Callback::new(move |()| {
                                write_again(body.clone(), back.clone(), toasts);
                            }))
                        }
                        Err(_) => toast,
                    });
                    navigate("/console/invoices?view=draft", NavigateOptions::default());
                }
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    });
    let menu = move || {
        desk.invoice.with(Option::is_some).then(|| {
            let items = vec![MenuItem::new(Icon::Trash, texts::delete_draft(), delete).danger()];
            view! { <Menu label=texts::more() items/> }
        })
    };
    let ready =
        Memo::new(move |_| desk.body.with(|body| body.as_ref().is_ok_and(|body| !body.lines.is_empty())));
    let send = session.may(Permission::SendInvoices).then(|| {
        view! {
            <Button
                kind=ButtonKind::Primary
                disabled=Signal::derive(move || !ready.get())
                on_click=move || desk.send()
            >
                {move || {
                    let count = desk.invoice.with(|known| known.as_ref().map_or(0, |known| known.recipients.len()));
                    if count == 0 {
                        texts::send().to_owned()
                    } else {
                        texts::send_to(i64::try_from(count).unwrap_or(i64::MAX))
                    }
                }}
            </Button>
        }
    });
    view! {
        <header class="head one-line">
            <h1 title=move || title.get()>{move || title.get()}</h1>
            <Pill label=texts::state::draft() mark=Mark::Draft tint=true/>
            <span class="muted small" role="status">{kept}</span>
            <span class="end">{send} {menu}</span>
        </header>
    }
}

/// Brings a deleted draft back, as it was last typed.
fn write_again<N>(body: DraftInvoice, navigate: N, toasts: Toasts)
where
    N: Fn(&str, NavigateOptions) + 'static,
{
    spawn_local(async move {
        match invoices::create(&body, Intent::new()).await {
            Ok(invoice) => {
                navigate(&format!("/console/invoices/{}", invoice.document.id), NavigateOptions::default());
            }
            Err(error) => toasts.show(Toast::failed(error.text())),
        }
    });
}

#[component]
fn Fields(desk: Desk, rates: Signal<Vec<domain::invoices::TaxRate>>, terms: u16) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let form = desk.form;
    let reload = move |()| {
        let Some(id) =
            desk.invoice.with_untracked(|known| known.as_ref().map(|known| known.document.id.to_string()))
        else {
            return;
        };
        browser::open(&format!("/console/invoices/{id}"));
    };
    let overwrite = move |()| {
        let Some(id) =
            desk.invoice.with_untracked(|known| known.as_ref().map(|known| known.document.id.to_string()))
        else {
            return;
        };
        spawn_local(async move {
            match invoices::find(&id).await {
                Ok(found) => {
                    desk.invoice.set(Some(found));
                    desk.save();
                }
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    };
    let errors = ui::FormErrors::new();
    let due = move || {
        form.schedule.instalments.with(Vec::is_empty).then(|| {
            let hint = texts::terms(i64::from(terms));
            view! { <DateField label=texts::due() value=form.due_on optional=true hint/> }
        })
    };
    let total = Memo::new(move |_| form.totals(rounding(&desk)).gross);
    view! {
        <Form errors on_submit=move || desk.save()>
            <ConflictNotice theirs=desk.theirs label=label on_theirs=Callback::new(reload) on_mine=Callback::new(overwrite)/>
            <div class="pair">
                <ClientField value=form.client query=form.client_name/>
                <TextField label=texts::reference() value=form.reference optional=true/>
            </div>
            <div class="pair">
                <DateField label=texts::dated() value=form.issued_on optional=true hint=texts::day_of_sending()/>
                {due}
                <SelectField label=texts::currency() value=form.currency options=currencies()/>
            </div>
            <Items form rates rounding=Signal::derive(move || rounding(&desk))/>
            <ScheduleFields form=form.schedule total/>
            <TextArea label=texts::note() value=form.note hint=texts::note_hint() optional=true/>
            <TextArea label=texts::internal_note() value=form.internal_note hint=texts::internal_note_hint() optional=true/>
        </Form>
    }
}

/// The label of a draft's field.
fn label(field: &str) -> Option<&'static str> {
    match field {
        "client_id" => Some(texts::client()),
        "currency" => Some(texts::currency()),
        "issued_on" => Some(texts::dated()),
        "due_on" => Some(texts::due()),
        "schedule" => Some(schedule_texts::schedule()),
        "reference" => Some(texts::reference()),
        "note" => Some(texts::note()),
        "internal_note" => Some(texts::internal_note()),
        "price_mode" => Some(texts::price_mode()),
        "discount" => Some(texts::discount()),
        "lines" => Some(texts::items()),
        _ => None,
    }
}

/// Where tax is rounded.
fn rounding(desk: &Desk) -> Rounding {
    let session = expect_context::<ConsoleSession>();
    desk.invoice
        .with(|known| known.as_ref().map(|known| known.document.rounding))
        .unwrap_or_else(|| session.me.with_untracked(|me| me.organization.rounding))
}

#[component]
fn Preview(desk: Desk, client: Signal<Option<Client>, LocalStorage>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let footer = session.me.with_untracked(|me| me.organization.document_footer.to_string());
    let form = desk.form;
    move || {
        let client = client.get();
        let lines = form
            .readable()
            .into_iter()
            .map(|line| SheetLine {
                description: line.description.to_string(),
                detail: line.detail.to_string(),
                quantity: quantity(&line.quantity.to_string(), line.unit.as_str()),
                unit_price: line.unit_price.to_string(),
            })
            .collect();
        let sheet = Sheet {
            number: None,
            status: InvoiceStatus::Draft,
            client: client.as_ref().map(|client| client.name.to_string()).unwrap_or_default(),
            address: client.as_ref().map(|client| crate::address::lines(&client.address)).unwrap_or_default(),
            issued_on: form.issued_on.with(|date| date.parse().ok()),
            due_on: form.due_on.with(|date| date.parse().ok()),
            instalments: form.schedule.instalments.with(Vec::len),
            reference: form.reference.get(),
            lines,
            totals: form.totals(rounding(&desk)),
            price_mode: form.price_mode(),
            note: form.note.get(),
            footer: footer.clone(),
            currency: form.currency(),
        };
        view! { <Paper sheet/> }
    }
}
