//! Bringing in a statement, and saying what its columns are where that isn't clear.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::bank::{BankStatement, StatementColumns, StatementField, UploadBankStatement};
use domain::imports::DateOrder;
use js_sys::Uint8Array;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{
    Button, ButtonKind, ButtonType, FieldError, FileDrop, Form, Icon, IconView, Mark, Notice, SelectField,
    SelectOption, Sheet, TextField, Toast, Toasts, Tone,
};
use wasm_bindgen_futures::JsFuture;

use crate::api::{ApiError, Intent};
use crate::bank;
use crate::form::Sending;
use crate::t::common as common_texts;
use crate::t::ways::{bank as texts, settings as way_texts};

/// The largest file that is taken.
const LIMIT: f64 = 10.0 * 1024.0 * 1024.0;

/// A file that was chosen.
#[derive(Clone, PartialEq)]
struct Chosen {
    name: String,
    /// Its bytes in base64.
    content: Arc<str>,
    /// Whether it is a table, as far as its first character tells.
    table: bool,
}

impl Chosen {
    async fn read(file: &web_sys::File) -> Option<Self> {
        let buffer = JsFuture::from(file.array_buffer()).await.ok()?;
        let bytes = Uint8Array::new(&buffer).to_vec();
        // `btoa` takes each byte as the character of that number.
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        let content = window().btoa(&text).ok()?;
        // A mark of the byte order may come first.
        let first = bytes.iter().find(|byte| byte.is_ascii() && !byte.is_ascii_whitespace());
        Some(Self { name: file.name(), content: content.into(), table: first != Some(&b'<') })
    }
}

/// Asks for a statement, and says what came of it.
#[component]
pub fn ImportSheet(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// A statement was read.
    #[prop(into)]
    on_done: Callback<()>,
) -> impl IntoView {
    view! {
        <Sheet open title=texts::import()>
            <h2>{texts::import()}</h2>
            <Import open on_done/>
        </Sheet>
    }
}

#[component]
fn Import(open: RwSignal<bool>, on_done: Callback<()>) -> impl IntoView {
    let told = RwSignal::new(None::<BankStatement>);
    move || {
        if let Some(statement) = told.get() {
            return view! { <Told statement open/> }.into_any();
        }
        let done = Callback::new(move |(statement,): (BankStatement,)| {
            told.set(Some(statement));
            on_done.run(());
        });
        view! { <ImportForm open done/> }.into_any()
    }
}

#[component]
fn ImportForm(open: RwSignal<bool>, done: Callback<(BankStatement,)>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let file = RwSignal::new(None::<Chosen>);
    let columns = RwSignal::new(None::<StatementColumns>);
    let mapping = RwSignal::new(None::<BTreeMap<String, StatementField>>);
    let date_order = RwSignal::new("guess".to_owned());
    let iban = RwSignal::new(String::new());
    let asks_account = RwSignal::new(false);
    let sending = Sending::new();
    let intent = Intent::new();
    let on_files = move |(list,): (Vec<web_sys::File>,)| {
        let Some(given) = list.into_iter().next() else { return };
        if given.size() > LIMIT {
            toasts.show(Toast::failed(texts::too_large(&given.name())));
            return;
        }
        spawn_local(async move {
            let chosen = Chosen::read(&given).await;
            if file.try_set(chosen).is_none() {
                columns.set(None);
                mapping.set(None);
                sending.errors.clear();
            }
        });
    };
    let refused = move |error: ApiError| {
        if let ApiError::Refused(refusal) = &error {
            asks_account.update(|asks| *asks |= refusal.errors.iter().any(|error| error.pointer == "/iban"));
            if let Some(found) = refusal.current::<StatementColumns>() {
                mapping.set(Some(found.mapping.clone()));
                columns.set(Some(found));
            }
        }
        error.show_in(sending.errors);
    };
    let submit = move || {
        let Some(chosen) = file.get_untracked() else {
            let message = crate::t::problems::field::required().to_owned();
            sending.errors.set(vec![FieldError { pointer: "/content".to_owned(), message }]);
            return;
        };
        let Ok(name) = chosen.name.parse() else { return };
        let account = iban.get_untracked();
        let account = match account.trim() {
            "" => None,
            text => {
                let Ok(iban) = text.parse() else {
                    let message = crate::t::problems::field::invalid_iban().to_owned();
                    sending.errors.set(vec![FieldError { pointer: "/iban".to_owned(), message }]);
                    return;
                };
                Some(iban)
            }
        };
        let body = UploadBankStatement {
            name,
            content: chosen.content.to_string(),
            mapping: mapping.get_untracked(),
            date_order: date_order.with_untracked(|order| match order.as_str() {
                "day_first" => DateOrder::DayFirst,
                "month_first" => DateOrder::MonthFirst,
                _ => DateOrder::Guess,
            }),
            currency: None,
            iban: account,
        };
        sending.run_or(
            async move { bank::upload(&body, intent).await },
            move |statement| done.run((statement,)),
            refused,
        );
    };
    let orders = vec![
        SelectOption::new("guess", texts::guess()),
        SelectOption::new("day_first", texts::day_first()),
        SelectOption::new("month_first", texts::month_first()),
    ];
    let of_table = move || {
        let orders = orders.clone();
        file.with(|file| file.as_ref().is_some_and(|file| file.table)).then(|| {
            view! { <SelectField label=texts::dates() value=date_order options=orders pointer="/date_order"/> }
        })
    };
    let account = move || {
        asks_account.get().then(|| {
            view! {
                <TextField
                    label=way_texts::iban()
                    value=iban
                    pointer="/iban"
                    hint=texts::account_hint()
                    autocomplete="off"
                />
            }
        })
    };
    let meanings = move || columns.get().map(|columns| view! { <Columns columns mapping/> });
    let chosen = move || {
        file.with(|file| {
            file.as_ref().map(|file| {
                view! {
                    <p class="line">
                        <IconView icon=Icon::File/>
                        <span>{file.name.clone()}</span>
                    </p>
                }
            })
        })
    };
    let label = move || match file.with(|file| file.as_ref().map(|file| file.name.clone())) {
        Some(name) => texts::read_it(&name),
        None => texts::import().to_owned(),
    };
    view! {
        <Form errors=sending.errors busy=sending.busy on_submit=submit>
            <p class="muted small">{texts::import_lead()}</p>
            <FileDrop
                label=texts::file()
                hint=texts::file_hint()
                accept=".xml,.csv,.txt,text/csv,text/xml,application/xml"
                pointer="/content"
                on_files=Callback::new(on_files)
            />
            {chosen} {of_table} {account} {meanings}
            <div class="line">
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                    <span class="clip">{label}</span>
                </Button>
                <Button kind=ButtonKind::Quiet on_click=move || open.set(false)>
                    {common_texts::cancel()}
                </Button>
            </div>
        </Form>
    }
}

fn field_text(field: StatementField) -> &'static str {
    match field {
        StatementField::BookedOn => texts::field::booked_on(),
        StatementField::Amount => texts::field::amount(),
        StatementField::Credit => texts::field::credit(),
        StatementField::Debit => texts::field::debit(),
        StatementField::Currency => texts::field::currency(),
        StatementField::Name => texts::field::name(),
        StatementField::Iban => texts::field::iban(),
        StatementField::Remittance => texts::field::remittance(),
        StatementField::EntryReference => texts::field::entry_reference(),
    }
}

/// What each column means, as a person says.
#[component]
fn Columns(
    columns: StatementColumns,
    mapping: RwSignal<Option<BTreeMap<String, StatementField>>>,
) -> impl IntoView {
    let mut options = vec![SelectOption::new("", texts::left_out())];
    options.extend(
        StatementField::ALL.iter().map(|field| SelectOption::new(field.as_str(), field_text(*field))),
    );
    let selects = columns
        .headings
        .into_iter()
        .map(|heading| {
            let now = columns.mapping.get(&heading).map(|field| field.as_str()).unwrap_or_default();
            let value = RwSignal::new(now.to_owned());
            let label = heading.clone();
            Effect::new(move |before: Option<()>| {
                let wanted = value.get();
                if before.is_none() {
                    return;
                }
                mapping.update(|mapping| {
                    let mapping = mapping.get_or_insert_default();
                    match StatementField::ALL.iter().find(|field| field.as_str() == wanted) {
                        Some(field) => drop(mapping.insert(heading.clone(), *field)),
                        None => drop(mapping.remove(&heading)),
                    }
                });
            });
            view! { <SelectField label value options=options.clone()/> }
        })
        .collect_view();
    view! {
        <fieldset class="field">
            <legend class="label">{texts::columns()}</legend>
            <p class="hint">{texts::columns_why()}</p>
            <div class="mapping-grid">{selects}</div>
        </fieldset>
    }
}

/// What came of it.
#[component]
fn Told(statement: BankStatement, open: RwSignal<bool>) -> impl IntoView {
    let some = |count: i64, text: fn(i64) -> String| (count > 0).then(|| text(count));
    let rest = [
        some(statement.duplicates, texts::known),
        some(statement.outgoing, texts::outgoing),
        some(statement.pending, texts::pending),
    ];
    let rest = rest.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let (mark, tone, title) = if statement.added > 0 {
        (Mark::Full, Tone::Accent, texts::added(statement.added))
    } else {
        (Mark::Empty, Tone::Neutral, texts::nothing_new().to_owned())
    };
    let refused = (!statement.refused.is_empty()).then(|| {
        let count = i64::try_from(statement.refused.len()).unwrap_or(i64::MAX);
        let lines = statement
            .refused
            .into_iter()
            .map(|entry| {
                let line = ui::format::number(i64::try_from(entry.line).unwrap_or(i64::MAX));
                view! { <li>{texts::refused_line(&line, &entry.reason)}</li> }
            })
            .collect_view();
        view! {
            <Notice mark=Mark::Late tone=Tone::Critical>
                <div class="gap grow">
                    <b>{texts::refused(count)}</b>
                    <ul class="small">{lines}</ul>
                </div>
            </Notice>
        }
    });
    view! {
        <div class="gap">
            <Notice mark tone>
                <div class="grow">
                    <b>{title}</b>
                    {(!rest.is_empty()).then(|| view! { <p class="small">{rest}</p> })}
                </div>
            </Notice>
            {refused}
            <div>
                <Button kind=ButtonKind::Primary on_click=move || open.set(false)>
                    {texts::done()}
                </Button>
            </div>
        </div>
    }
}
