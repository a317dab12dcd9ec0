//! Writing an invoice that comes again. It is kept when its author says so: it sends invoices by itself.

use domain::permission::Permission;
use domain::problem::Code;
use domain::recurring::{
    BilledPeriodFilter, Delivery, RecurringInvoice, RecurringInvoiceInput, RecurringState,
};
use domain::text::Name;
use domain::totals;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};
use ui::{
    Button, ButtonKind, ButtonType, Empty, Figure, Form, Loaded, Mark, Notice, RadioGroup, Section,
    SelectField, SelectOption, Skeleton, TextArea, TextField, TextKind, Toast, Toasts, Tone,
};

use super::schedule::{ScheduleFields, ScheduleForm};
use crate::api::{ApiError, Intent};
use crate::clients::console::ClientField;
use crate::conflict::{self, ConflictNotice, Theirs};
use crate::form::{Reading, Sending};
use crate::invoices::console::draft::{DraftForm, Trouble};
use crate::invoices::console::items::Items;
use crate::money::amount;
use crate::session::{ConsoleSession, set_page_title};
use crate::set_up::currencies;
use crate::t::{invoices as invoice_texts, recurring as texts};
use crate::{browser, clients, invoices, recurring, time};

/// How many invoices to come are shown while one writes.
const PREVIEWED: usize = 6;

/// `/console/recurring/new`
#[component]
pub fn NewRecurringPage() -> impl IntoView {
    view! { <Editor known=None/> }
}

/// `/console/recurring/{id}/edit`
#[component]
pub fn EditRecurringPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let found = ui::Fetched::new(move || {
        let id = id.get();
        async move {
            let known = recurring::find(&id).await?;
            let billed = recurring::periods(known.id, &BilledPeriodFilter::default()).await?;
            Ok::<_, ApiError>((known, !billed.items.is_empty()))
        }
    });
    move || match found.get() {
        // The editor is a page with a panel of its own, so it can't stand inside of one.
        Some(Ok(known)) => view! { <Editor known=Some(known)/> }.into_any(),
        _ => view! {
            <main class="work">
                <Loaded resource=found skeleton=Skeleton::Document let:_>
                    ""
                </Loaded>
            </main>
        }
        .into_any(),
    }
}

/// What is typed.
#[derive(Clone, Copy)]
struct RecurringForm {
    name: RwSignal<String>,
    draft: DraftForm,
    schedule: ScheduleForm,
    delivery: RwSignal<String>,
    terms: RwSignal<String>,
}

impl RecurringForm {
    fn new(known: Option<&RecurringInvoice>, may_send: bool) -> Self {
        let session = expect_context::<ConsoleSession>();
        let (currency, price_mode) =
            session.me.with_untracked(|me| (me.organization.currency, me.organization.price_mode));
        let input = known.map(|known| &known.input);
        let draft = input.map(|input| domain::invoices::DraftInvoice {
            client_id: input.client_id,
            currency: input.currency,
            issued_on: None,
            due_on: None,
            schedule: Vec::new(),
            reference: input.reference.clone(),
            note: input.note.clone(),
            internal_note: input.internal_note.clone(),
            price_mode: input.price_mode,
            discount: input.discount,
            lines: input.lines.clone(),
        });
        let client_name = known.map(|known| known.client_name.to_string()).unwrap_or_default();
        let sends = input.map_or(may_send, |input| input.delivery == Delivery::Send);
        let terms = input.and_then(|input| input.terms_days).map(|days| days.to_string());
        Self {
            name: RwSignal::new(input.map(|input| input.name.to_string()).unwrap_or_default()),
            draft: DraftForm::written(draft.as_ref(), client_name, currency, price_mode),
            schedule: ScheduleForm::new(input.map(|input| &input.schedule)),
            delivery: RwSignal::new(if sends { "send" } else { "draft" }.to_owned()),
            terms: RwSignal::new(terms.unwrap_or_default()),
        }
    }

    fn delivery(self) -> Delivery {
        if self.delivery.with(|delivery| delivery == "send") { Delivery::Send } else { Delivery::Draft }
    }

    /// What is typed, as far as it says what each invoice will be.
    fn previewed(self) -> Option<RecurringInvoiceInput> {
        let draft = self.draft.read().ok()?;
        let name = self.name.with(|name| name.parse()).or_else(|_| "–".parse()).ok()?;
        Some(self.input(name, self.schedule.schedule()?, None, draft))
    }

    fn input(
        self,
        name: Name,
        schedule: domain::recurring::Schedule,
        terms_days: Option<u16>,
        draft: domain::invoices::DraftInvoice,
    ) -> RecurringInvoiceInput {
        RecurringInvoiceInput {
            name,
            client_id: draft.client_id,
            schedule,
            delivery: self.delivery(),
            terms_days,
            currency: draft.currency,
            reference: draft.reference,
            note: draft.note,
            internal_note: draft.internal_note,
            price_mode: draft.price_mode,
            discount: draft.discount,
            lines: draft.lines,
        }
    }

    /// All of it, as it is sent; what can't be read is shown where it stands.
    fn read(self, sending: Sending, toasts: Toasts) -> Option<RecurringInvoiceInput> {
        let mut reading = Reading::default();
        let name = reading.text::<Name>("/name", self.name);
        let schedule = self.schedule.read(&mut reading);
        let terms = self.terms.with_untracked(|terms| match terms.trim() {
            "" => Ok(None),
            days => days.parse::<u16>().map(Some).map_err(|_| ("invalid", String::new())),
        });
        let terms = reading.take("/terms_days", terms);
        let draft = untrack(|| self.draft.read());
        if matches!(draft, Err(Trouble::NoClient)) {
            reading.take::<()>("/client_id", Err(("required", String::new())));
        }
        if !reading.is_done(sending.errors) {
            return None;
        }
        let refuse = |why: &str| toasts.show(Toast::failed(texts::mend(why)));
        match draft {
            Ok(draft) if draft.lines.is_empty() => refuse(texts::needs_lines()),
            Ok(draft) => return Some(self.input(name?, schedule?, terms?, draft)),
            Err(Trouble::Mend(why)) => refuse(&why),
            Err(Trouble::NoClient) => {}
        }
        None
    }
}

#[component]
fn Editor(
    /// What is kept, and whether something was billed; nothing while it is new.
    known: Option<(RecurringInvoice, bool)>,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let may_send = session.may(Permission::SendInvoices);
    let (known, billed) = known.unzip();
    let billed = billed.unwrap_or_default();
    let form = RecurringForm::new(known.as_ref(), may_send);
    if known.is_none() {
        let wanted = use_query_map().read_untracked().get("client").unwrap_or_default();
        if !wanted.is_empty() {
            spawn_local(async move {
                if let Ok(client) = clients::find(&wanted).await {
                    form.draft.client_name.try_set(client.name.to_string());
                    form.draft.client.try_set(wanted);
                }
            });
        }
    }
    let title = known
        .as_ref()
        .map_or_else(|| texts::new_title().to_owned(), |known| texts::edit_title(known.input.name.as_str()));
    set_page_title(&title);
    // What comes next of one that runs; a new one begins at its first day, even in the past.
    let after = known.as_ref().map(|known| {
        let next = known.upcoming.first().copied().filter(|_| known.state == RecurringState::Active);
        next.or_else(|| ui::format::today().parse().ok()).unwrap_or(known.input.schedule.starts_on)
    });
    view! {
        <main class="work">
            <header class="head one-line">
                <h1 title=title.clone()>{title.clone()}</h1>
            </header>
            <Fields form known billed may_send/>
        </main>
        <aside class="panel desk" aria-label=texts::what_comes()>
            <header class="head">
                <h2>{texts::what_comes()}</h2>
            </header>
            <div class="body">
                <Coming form after/>
            </div>
        </aside>
    }
}

#[component]
fn Fields(
    form: RecurringForm,
    known: Option<RecurringInvoice>,
    billed: bool,
    may_send: bool,
) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let toasts = expect_context::<Toasts>();
    let navigate = use_navigate();
    let (rounding, terms) =
        session.me.with_untracked(|me| (me.organization.rounding, me.organization.payment_terms_days));
    let rates = ui::Fetched::new(invoices::tax_rates);
    let rates = Signal::derive(move || rates.get().and_then(Result::ok).unwrap_or_default());
    form.draft.begin(rates);
    let id = known.as_ref().map(|known| known.id);
    let version = RwSignal::new(known.as_ref().map_or(0, |known| known.version));
    let sending = Sending::new();
    let theirs = RwSignal::new(None::<Theirs>);
    let intent = Intent::new();
    let saved = Callback::new(move |(saved,): (RecurringInvoice,)| {
        let name = saved.input.name.to_string();
        toasts.show(Toast::done(if id.is_some() { texts::saved(&name) } else { texts::begun(&name) }));
        navigate(&format!("/console/recurring/{}", saved.id), NavigateOptions::default());
    });
    let save = move || {
        let Some(body) = form.read(sending, toasts) else { return };
        let at = version.get_untracked();
        sending.run_or(
            async move {
                match id {
                    Some(id) => recurring::replace(id, &body, at).await,
                    None => recurring::create(&body, intent).await,
                }
            },
            move |recurring| saved.run((recurring,)),
            move |error| match conflict::theirs(&error) {
                Some(fields) => theirs.set(Some(fields)),
                None => refused(&error, sending, toasts),
            },
        );
    };
    let reload = move |()| {
        if let Some(id) = id {
            browser::open(&format!("/console/recurring/{id}/edit"));
        }
    };
    let overwrite = move |()| {
        let Some(id) = id else { return };
        spawn_local(async move {
            match recurring::find(&id.to_string()).await {
                Ok(found) => {
                    version.set(found.version);
                    save();
                }
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    };
    let client_name = known.as_ref().map(|known| known.client_name.to_string()).unwrap_or_default();
    let client = move || {
        if billed {
            view! { <TextField label=texts::client() value=RwSignal::new(client_name.clone()) disabled=true/> }
                .into_any()
        } else {
            view! { <ClientField value=form.draft.client query=form.draft.client_name/> }.into_any()
        }
    };
    let deliveries =
        vec![SelectOption::new("send", texts::send()), SelectOption::new("draft", texts::draft())];
    view! {
        <Form errors=sending.errors busy=sending.busy on_submit=save>
            <ConflictNotice theirs label on_theirs=Callback::new(reload) on_mine=Callback::new(overwrite)/>
            {billed
                .then(|| {
                    view! {
                        <Notice mark=Mark::Half tone=Tone::Neutral>
                            <span>{texts::fixed()}</span>
                        </Notice>
                    }
                })}
            <div class="pair">
                <TextField label=texts::name() value=form.name pointer="/name" hint=texts::name_hint()/>
                {client}
            </div>
            <ScheduleFields form=form.schedule fixed=billed/>
            {if may_send {
                view! { <RadioGroup label=texts::delivery() value=form.delivery options=deliveries pointer="/delivery"/> }
                    .into_any()
            } else {
                view! { <p class="muted">{texts::draft_only()}</p> }.into_any()
            }}
            <div class="pair">
                <TextField
                    label=texts::terms_days()
                    value=form.terms
                    kind=TextKind::Decimal
                    optional=true
                    pointer="/terms_days"
                    hint=invoice_texts::terms(i64::from(terms))
                />
                <TextField label=invoice_texts::reference() value=form.draft.reference optional=true pointer="/reference"/>
                <SelectField label=invoice_texts::currency() value=form.draft.currency options=currencies() pointer="/currency"/>
            </div>
            <Items form=form.draft rates rounding=Signal::stored(rounding)/>
            <TextArea
                label=invoice_texts::note()
                value=form.draft.note
                optional=true
                pointer="/note"
                hint=texts::period_hint("{period}")
            />
            <TextArea
                label=invoice_texts::internal_note()
                value=form.draft.internal_note
                optional=true
                pointer="/internal_note"
                hint=invoice_texts::internal_note_hint()
            />
            <div class="line">
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                    {if id.is_some() { texts::save() } else { texts::begin() }}
                </Button>
            </div>
        </Form>
    }
}

/// Says what the server refused. Lines have no pointers in the form: what is wrong with them is said aloud.
fn refused(error: &ApiError, sending: Sending, toasts: Toasts) {
    if let ApiError::Refused(problem) = error
        && problem.code == Code::Validation
        && let Some(wrong) = problem.errors.iter().find(|wrong| wrong.pointer.starts_with("/lines"))
    {
        toasts.show(Toast::failed(texts::mend(&crate::problems::field(wrong))));
        return;
    }
    error.show_in(sending.errors);
}

/// The label of a field that somebody else changed.
fn label(field: &str) -> Option<&'static str> {
    match field {
        "name" => Some(texts::name()),
        "schedule" => Some(texts::interval()),
        "delivery" => Some(texts::delivery()),
        "terms_days" => Some(texts::terms_days()),
        "currency" => Some(invoice_texts::currency()),
        "reference" => Some(invoice_texts::reference()),
        "note" => Some(invoice_texts::note()),
        "internal_note" => Some(invoice_texts::internal_note()),
        "price_mode" => Some(invoice_texts::price_mode()),
        "discount" => Some(invoice_texts::discount()),
        "lines" => Some(invoice_texts::items()),
        _ => None,
    }
}

/// The invoices to come, each with its days and, as soon as that is known, what it comes to.
#[component]
fn Coming(form: RecurringForm, after: Option<chrono::NaiveDate>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let rounding = session.me.with_untracked(|me| me.organization.rounding);
    move || {
        let Some(schedule) = form.schedule.schedule() else {
            return view! { <Empty title=texts::no_dates()/> }.into_any();
        };
        let input = form.previewed();
        let periods: Vec<_> = (0..)
            .map_while(|index| schedule.period(index))
            .skip_while(|period| after.is_some_and(|after| schedule.billed_on(period) < after))
            .take(PREVIEWED)
            .collect();
        if periods.is_empty() {
            return view! { <Empty title=texts::no_dates()/> }.into_any();
        }
        let rows = periods
            .into_iter()
            .map(|period| {
                let day = time::day(Some(schedule.billed_on(&period)));
                let days = texts::span(&time::day(Some(period.from)), &time::day(Some(period.last())));
                let part = period
                    .part_of
                    .map(|whole| texts::part(&ui::format::number(period.days()), &ui::format::number(whole)));
                let sub = [Some(days), part].into_iter().flatten().collect::<Vec<_>>().join(" · ");
                let sum = input.as_ref().and_then(|input| {
                    let draft = input.draft(&period, "", None);
                    let lines: Vec<_> =
                        draft.lines.iter().map(domain::invoices::InvoiceLineInput::input).collect();
                    let (currency, mode) = (draft.currency?, draft.price_mode?);
                    let sums = totals::compute(&lines, draft.discount, currency, rounding, mode).ok()?;
                    Some(view! { <Figure amount=amount(sums.gross)/> })
                });
                view! {
                    <ui::Row title=day sub>
                        {sum}
                    </ui::Row>
                }
            })
            .collect_view();
        view! {
            <Section title=texts::upcoming()>
                <ul class="rows">{rows}</ul>
            </Section>
        }
        .into_any()
    }
}
