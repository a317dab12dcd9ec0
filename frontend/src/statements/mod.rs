//! Statements of account: what moved between a client and the organization, and what is owed in the end.

pub mod console;
pub mod portal;

use chrono::{Days, NaiveDate};
use domain::money::{Currency, Money};
use domain::page::Page;
use domain::statements::{Movement, MovementKind, Statement, StatementFilter};
use leptos::prelude::*;
use ui::{
    Column, DateField, Empty, Facts, Figure, FigureItem, FigureSize, Figures, Icon, LinkButton, Loaded,
    Pager, Section, SelectField, SelectOption, Skeleton, Table,
};

use crate::api;
use crate::money::amount;
use crate::paged::Paged;
use crate::saving::PdfButton;
use crate::t::statements as texts;
use crate::time;

/// How far back a statement goes at first, as the server has it.
const USUAL: Days = Days::new(90);

/// The statement of one client, of the span and currency that are chosen in it.
#[component]
pub fn Account(
    /// What stands before `/statement` in the API's addresses.
    base: String,
    /// Other currencies to choose from than the organization's own.
    #[prop(into)]
    currencies: Signal<Vec<Currency>>,
    /// Where a movement can be looked at; empty where nowhere.
    #[prop(into)]
    href: Callback<(Movement,), String>,
) -> impl IntoView {
    let today = ui::format::today();
    let usual_start = today.parse::<NaiveDate>().ok().and_then(|day| day.checked_sub_days(USUAL));
    let from = RwSignal::new(usual_start.map(|day| day.to_string()).unwrap_or_default());
    let to = RwSignal::new(today);
    let currency = RwSignal::new(String::new());
    let known = RwSignal::new(None::<Statement>);
    // What the first answer is in, when none was asked for.
    let usual = RwSignal::new(None::<Currency>);
    let usual_unknown = move || usual.with(Option::is_none);
    let filter = move || StatementFilter {
        from: from.get().parse().ok(),
        to: to.get().parse().ok(),
        currency: currency.get().parse().ok(),
        ..StatementFilter::default()
    };
    let path = format!("{base}/statement");
    let list = Paged::new(move |cursor| {
        let filter = StatementFilter { cursor: cursor.clone(), ..filter() };
        let path = path.clone();
        async move {
            let mut found: Statement = api::get_with(&path, &filter).await?;
            let page = Page { items: std::mem::take(&mut found.items), next: found.next.take() };
            if cursor.is_none() {
                if untrack(usual_unknown) {
                    usual.set(Some(found.currency));
                }
                known.set(Some(found));
            }
            Ok(page)
        }
    });
    let choice = move || {
        let usual = usual.get()?;
        let mut options = vec![SelectOption::new("", usual.code())];
        let others = currencies.get().into_iter().filter(|other| *other != usual);
        options.extend(others.map(|other| SelectOption::new(other.code(), other.code())));
        (options.len() > 1).then(|| view! { <SelectField label=texts::currency() value=currency options/> })
    };
    let query = Signal::derive(move || {
        let filter = filter();
        let day = |name: &str, day: Option<NaiveDate>| day.map(|day| format!("{name}={day}"));
        let parts = [
            day("from", filter.from),
            day("to", filter.to),
            filter.currency.map(|currency| format!("currency={}", currency.code())),
        ];
        let query = parts.into_iter().flatten().collect::<Vec<_>>().join("&");
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{mark}{query}")
    });
    let (pdf, csv) = (format!("{base}/statement.pdf"), format!("/api/v1{base}/statement.csv"));
    let pdf = Signal::derive(move || format!("{pdf}{}", query.get()));
    let csv = Signal::derive(move || format!("{csv}{}", query.get()));
    let file = Signal::derive(move || format!("{} {}", texts::title(), to.get()));
    let movements = move || {
        if list.items.with(Vec::is_empty) {
            return view! { <Empty title=texts::none() sub=texts::none_sub()/> }.into_any();
        }
        let shown = move || texts::shown(i64::try_from(list.items.with(Vec::len)).unwrap_or(i64::MAX));
        view! {
            <div class="listing">
                <Table label=texts::movements() columns=columns(href) rows=list.items/>
                <Pager shown=Signal::derive(shown) more=list.has_more() busy=list.busy on_more=list.on_more()/>
            </div>
        }
        .into_any()
    };
    view! {
        <div class="line no-print">
            <DateField label=texts::from() value=from/>
            <DateField label=texts::to() value=to/>
            {choice}
        </div>
        <Loaded resource=list.first skeleton=Skeleton::Table let:_>
            <div class="stack">
                {move || known.get().map(|known| view! { <Sums known/> })}
                {movements}
                {move || known.get().map(|known| view! { <Ages known/> })}
                <div class="line no-print">
                    <PdfButton path=pdf name=file/>
                    <LinkButton href=csv icon=Icon::Download external=true>
                        {texts::csv()}
                    </LinkButton>
                </div>
            </div>
        </Loaded>
    }
}

/// What was owed before, and what is owed now.
#[component]
fn Sums(known: Statement) -> impl IntoView {
    let item = |label: String, money: Money| {
        view! {
            <FigureItem label>
                <Figure amount=amount(money) size=FigureSize::Middle/>
            </FigureItem>
        }
    };
    view! {
        <Figures>
            {item(texts::opening(&time::day(Some(known.from))), known.opening)}
            {item(texts::closing(&time::day(Some(known.to))), known.closing)}
            {known.credit.is_positive().then(|| item(texts::credit().to_owned(), known.credit))}
        </Figures>
    }
}

/// What is owed, by how late it is.
#[component]
fn Ages(known: Statement) -> impl IntoView {
    known.owed.is_positive().then(|| {
        let ages = [
            (texts::age::current(), known.ageing.current),
            (texts::age::days_1_30(), known.ageing.days_1_30),
            (texts::age::days_31_60(), known.ageing.days_31_60),
            (texts::age::days_61_90(), known.ageing.days_61_90),
            (texts::age::days_over_90(), known.ageing.days_over_90),
        ];
        let facts = ages
            .into_iter()
            .map(|(label, money)| (label.to_owned(), view! { <Figure amount=amount(money)/> }.into_any()))
            .collect();
        view! {
            <Section title=texts::ageing(&time::day(Some(known.to)))>
                <Facts facts/>
            </Section>
        }
    })
}

fn columns(href: Callback<(Movement,), String>) -> Vec<Column<Movement>> {
    vec![
        Column::meta(texts::on(), |row: &Movement| time::day(Some(row.on))),
        Column::text(texts::what(), move |row: &Movement| {
            let (text, href) = (what(row), href.run((row.clone(),)));
            if href.is_empty() { text.into_any() } else { view! { <a href=href>{text}</a> }.into_any() }
        }),
        Column::amount(texts::change(), |row: &Movement| {
            view! { <Figure amount=amount(row.change) signed=true/> }
        }),
        Column::sum(texts::balance(), |row: &Movement| view! { <Figure amount=amount(row.balance)/> }),
    ]
}

/// A movement in words.
fn what(row: &Movement) -> String {
    let reference = row.reference.as_str();
    let text = match row.kind {
        MovementKind::Invoice => texts::kind::invoice(),
        MovementKind::Void => texts::kind::void(),
        MovementKind::Payment => texts::kind::payment(),
        MovementKind::CreditNote => texts::kind::credit_note(),
        MovementKind::Refund => texts::kind::refund(),
        MovementKind::Dispute => texts::kind::dispute(),
        MovementKind::WriteOff if row.change.is_positive() => texts::kind::owed_again(),
        MovementKind::WriteOff => texts::kind::write_off(),
        MovementKind::CreditApplied => {
            // Nothing more or less is owed, so its amount has no place among the changes.
            let taken = row.amount.checked_neg().ok().filter(|taken| taken.is_positive());
            let used = match taken {
                Some(taken) => texts::became_credit(&amount(taken).text()),
                None => texts::credit_used(&amount(row.amount).text()),
            };
            return if reference.is_empty() { used } else { format!("{used}, {reference}") };
        }
    };
    match (row.kind, reference) {
        (_, "") => text.to_owned(),
        (MovementKind::Payment | MovementKind::Refund | MovementKind::Dispute, how) => {
            format!("{text}, {}", crate::payments::how(how))
        }
        (_, number) => format!("{text} {number}"),
    }
}
