//! Writing a quote: it keeps itself while one types, and shows the paper the client will get.

use std::time::Duration;

use domain::permission::Permission;
use domain::quotes::{Counting, DraftQuote, Quote, Selection, compute, margin};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use ui::{Button, ButtonKind, Icon, Mark, Menu, MenuItem, Pill, Toast, Toasts};

use super::calls;
use super::draft::{QuoteForm, SectionForm};
use super::fields::Fields;
use super::panels::ApprovalView;
use super::paper::{QuotePaper, QuoteSheet};
use super::sheets::SendSheet;
use crate::api::{ApiError, Intent};
use crate::conflict::{self, Theirs};
use crate::invoices::console::draft::Trouble;
use crate::invoices::console::line::defaults;
use crate::money::amount;
use crate::session::{ConsoleSession, set_page_title};
use crate::t::{invoices as invoice_texts, quotes_console as texts};
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
pub struct Desk {
    /// What is typed.
    pub form: QuoteForm,
    /// As the server has it; nothing before it was first kept.
    quote: RwSignal<Option<Quote>>,
    body: Memo<Result<DraftQuote, Trouble>>,
    /// What the server was given last.
    kept_body: StoredValue<Option<DraftQuote>>,
    kept: RwSignal<Kept>,
    busy: StoredValue<bool>,
    waiting: StoredValue<Option<TimeoutHandle>>,
    /// What somebody else wrote meanwhile.
    pub theirs: RwSignal<Option<Theirs>>,
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

    /// Whether client and currency are fixed: something was sent, or it changes another quote.
    pub fn is_bound(self) -> bool {
        self.form.changes.with(Option::is_some)
            || self.quote.with(|known| known.as_ref().is_some_and(|known| known.document.current_no > 0))
    }

    /// Its id, once it was kept.
    fn id(self) -> Option<domain::quotes::QuoteId> {
        self.quote.with_untracked(|known| known.as_ref().map(|known| known.document.id))
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

    /// Keeps it now.
    pub fn save(self) {
        self.stop_waiting();
        if self.busy.get_value() || self.theirs.with_untracked(Option::is_some) {
            return;
        }
        let body = match self.body.get_untracked() {
            Ok(body) => body,
            Err(Trouble::NoClient) => {
                return self.kept.set(Kept::Not(invoice_texts::needs_client().to_owned()));
            }
            Err(Trouble::Mend(text)) => return self.kept.set(Kept::Not(text)),
        };
        self.busy.set_value(true);
        self.kept.set(Kept::Saving);
        let known = self
            .quote
            .with_untracked(|known| known.as_ref().map(|known| (known.document.id, known.document.version)));
        spawn_local(async move {
            let answer = match known {
                Some((id, version)) => calls::replace(id, &body, version).await,
                None => calls::create(&body, self.intent).await,
            };
            // The page may have been left meanwhile.
            if self.busy.try_update_value(|busy| *busy = false).is_none() {
                return;
            }
            match answer {
                Ok(quote) => self.saved(body, quote),
                Err(error) => self.refused(&error),
            }
        });
    }

    fn saved(self, body: DraftQuote, quote: Quote) {
        if self.quote.with_untracked(Option::is_none) {
            // From here on a reload shows this draft.
            browser::rename_page(&format!("/console/quotes/{}", quote.document.id));
        }
        self.kept_body.set_value(Some(body));
        self.quote.set(Some(quote));
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
        if let Some(fields) = conflict::theirs(error) {
            self.theirs.set(Some(fields));
        }
    }

    /// Opens the send sheet, after keeping what isn't kept yet.
    fn send(self) {
        if self.is_kept() && self.quote.with_untracked(Option::is_some) {
            self.sending.set(true);
        } else {
            self.send_next.set_value(true);
            self.save();
        }
    }

    /// Shows what is there now in place of what was typed.
    pub fn take_theirs(self) {
        if let Some(id) = self.id() {
            browser::open(&format!("/console/quotes/{id}"));
        }
    }

    /// Saves what was typed over what is there now.
    pub fn overwrite(self, toasts: Toasts) {
        let Some(id) = self.id() else { return };
        spawn_local(async move {
            match calls::find(&id.to_string(), None).await {
                Ok(found) => {
                    self.quote.set(Some(found));
                    self.save();
                }
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    }

    /// How it counts.
    fn counting(self) -> Counting {
        let session = expect_context::<ConsoleSession>();
        Counting {
            currency: self.form.currency(),
            rounding: session.me.with_untracked(|me| me.organization.rounding),
            price_mode: self.form.price_mode(),
        }
    }
}

/// The editor with its paper.
#[component]
pub fn Editor(
    /// The draft; nothing while it is new.
    quote: RwSignal<Option<Quote>>,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let organization = session.me.with_untracked(|me| me.organization.clone());
    let known = quote.get_untracked();
    let form = QuoteForm::new(known.as_ref(), organization.currency, organization.price_mode);
    let body = Memo::new(move |_| form.read());
    let kept_body = known.as_ref().and_then(|_| body.get_untracked().ok());
    let desk = Desk {
        form,
        quote,
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
        begin(&form);
    }
    let rates = ui::Fetched::new(invoices::tax_rates);
    let rates = Signal::derive(move || rates.get().and_then(Result::ok).unwrap_or_default());
    if form.sections.with_untracked(Vec::is_empty) {
        form.sections.set(vec![SectionForm::new(Vec::new())]);
    }
    // The habits come after the first line: it takes them on while nothing is typed into it.
    Effect::new(move |_| {
        let taxes = defaults(&rates.get());
        let lines =
            form.sections.get_untracked().into_iter().flat_map(|section| section.lines.get_untracked());
        for line in lines {
            if untrack(|| line.base.is_empty() && line.base.taxes.with(Vec::is_empty)) {
                line.base.taxes.set(taxes.clone());
            }
        }
    });
    let approval = move || quote.get().map(|quote| view! { <ApprovalView quote/> });
    view! {
        <main class="work">
            <Head desk/>
            {approval}
            <Fields desk rates/>
        </main>
        <aside class="panel desk" aria-label=invoice_texts::what_client_gets()>
            <header class="head">
                <h2>{invoice_texts::preview()}</h2>
            </header>
            <div class="body">
                <Preview desk/>
            </div>
        </aside>
        <SendSheet
            quote
            open=desk.sending
            on_sent=move |(sent,): (Quote,)| {
                desk.stop_waiting();
                quote.set(Some(sent));
            }
        />
    }
}

/// What a new quote begins with: the client in the address, what it changes, and the usual terms.
fn begin(form: &QuoteForm) {
    let form = *form;
    let query = use_query_map().read_untracked().clone();
    let (client, changed) = (query.get("client"), query.get("changes"));
    spawn_local(async move {
        if let Ok(settings) = calls::settings().await {
            form.terms.try_update(|terms| {
                if terms.is_empty() {
                    *terms = settings.terms.to_string();
                }
            });
        }
        // A change order stays with the client and the currency of what it changes.
        if let Some(changed) = changed
            && let Ok(found) = calls::find(&changed, None).await
        {
            form.currency.try_set(found.document.counting.currency.code().to_owned());
            form.client_name.try_set(found.document.client_name.to_string());
            form.client.try_set(found.document.client_id.to_string());
            form.changes.try_set(Some(found.document.id));
        } else if let Some(wanted) = client
            && let Ok(found) = clients::find(&wanted).await
        {
            form.client_name.try_set(found.name.to_string());
            form.client.try_set(wanted);
        }
    });
}

#[component]
fn Head(desk: Desk) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let toasts = expect_context::<Toasts>();
    let navigate = use_navigate();
    let title = Memo::new(move |_| {
        let title = desk.form.title.get();
        if title.trim().is_empty() { texts::new_title().to_owned() } else { title }
    });
    Effect::new(move |_| title.with(|title| set_page_title(title)));
    let kept = move || match desk.kept.get() {
        Kept::Untouched => String::new(),
        Kept::Saving => invoice_texts::saving().to_owned(),
        Kept::At(ms) => invoice_texts::saved_at(&ui::format::instant(ms, ui::format::InstantStyle::Time)),
        Kept::Not(why) => invoice_texts::not_saved(&why),
    };
    let back = navigate.clone();
    let delete = Callback::new(move |()| {
        let Some(id) = desk.id() else { return };
        desk.stop_waiting();
        let navigate = navigate.clone();
        spawn_local(async move {
            match calls::delete(id).await {
                Ok(()) => {
                    toasts.show(Toast::done(invoice_texts::draft_deleted()));
                    navigate("/console/quotes", NavigateOptions::default());
                }
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    });
    let sent = Callback::new(move |()| {
        let known = desk.quote.with_untracked(|known| {
            known.as_ref().map(|known| (known.document.id, known.document.current_no))
        });
        if let Some((id, no)) = known {
            back(&format!("/console/quotes/{id}?no={no}"), NavigateOptions::default());
        }
    });
    let menu = move || {
        desk.quote.with(|known| {
            let known = known.as_ref()?;
            let mut items = Vec::new();
            if known.document.current_no > 0 {
                items.push(MenuItem::new(Icon::File, texts::show_sent(), sent));
            }
            items.push(MenuItem::new(Icon::Trash, invoice_texts::delete_draft(), delete).danger());
            Some(view! { <Menu label=invoice_texts::more() items/> })
        })
    };
    let ready = Memo::new(move |_| {
        desk.body.with(|body| body.as_ref().is_ok_and(|body| body.content.lines().next().is_some()))
    });
    let asks = move || desk.quote.with(|known| known.as_ref().is_some_and(|known| known.needs_approval));
    let send = session.may(Permission::EditQuotes).then(|| {
        view! {
            <Button
                kind=ButtonKind::Primary
                disabled=Signal::derive(move || !ready.get())
                on_click=move || desk.send()
            >
                {move || if asks() { texts::ask_approval() } else { texts::send() }}
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

#[component]
fn Preview(desk: Desk) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let footer = session.me.with_untracked(|me| me.organization.document_footer.to_string());
    let counting = Memo::new(move |_| desk.counting());
    let client = ui::Fetched::new(move || {
        let id = desk.form.client.get();
        async move { if id.is_empty() { None } else { clients::find(&id).await.ok() } }
    });
    move || {
        let counting = counting.get();
        let shown = desk.form.preview().and_then(|(content, costs)| {
            let selection = Selection::default();
            let totals = compute(&content, &selection, counting).ok()?;
            Some((margin(&content, &costs, &selection, counting).ok()?, content, totals))
        });
        let Some((margin, content, totals)) = shown else {
            return view! { <p class="muted">{texts::no_preview()}</p> }.into_any();
        };
        let client = client.get().flatten();
        let sheet = QuoteSheet {
            number: desk.quote.with(|known| known.as_ref().and_then(|known| known.document.number.clone())),
            client: client.as_ref().map(|client| client.name.to_string()).unwrap_or_default(),
            address: client.as_ref().map(|client| crate::address::lines(&client.address)).unwrap_or_default(),
            counting,
            content,
            totals,
            footer: footer.clone(),
        };
        let kept = texts::margin_line(&amount(margin.margin).text(), &amount(margin.cost).text());
        view! {
            <div class="gap">
                <p class="small muted">{kept}</p>
                <QuotePaper sheet/>
            </div>
        }
        .into_any()
    }
}
