//! The client's first page: one list of what needs them.

use domain::invoices::InvoiceSummary;
use domain::page::Page;
use domain::permission::Permission;
use domain::quotes::QuoteSummary;
use leptos::prelude::*;
use serde::Deserialize;
use ui::format::{DateStyle, date};
use ui::{
    ButtonKind, ButtonSize, Empty, Entry, EntryState, Figure, Icon, Ledger, LinkButton, Loaded, Mark,
    Section, TextLink, Tone, When,
};

use crate::activity::portal::{Entries, Place, Story};
use crate::api::{self, Answer};
use crate::invoices::portal::{look, several};
use crate::money::amount;
use crate::quotes::portal::{look as quotes_look, to_decide};
use crate::session::{PortalSession, set_page_title};
use crate::shell::portal::PortalEntry;
use crate::t::{common as common_texts, portal::home as texts, quotes::home as quote_texts};

/// In the tab bar.
pub const ENTRY: PortalEntry = PortalEntry {
    icon: Icon::Home,
    label: common_texts::home,
    path: "",
    also: None,
    permission: Permission::Portal,
};

/// `domain::events::PortalHome`, with its events as the portal reads them.
#[derive(Debug, Clone, Deserialize)]
struct Waiting {
    invoices: Vec<InvoiceSummary>,
    invoice_count: i64,
    lately: Vec<Story>,
}

async fn waiting() -> Answer<Waiting> {
    api::get("/portal/home").await
}

/// What waits: invoices to pay, and quotes to decide where the contact may see them.
async fn all(sees_quotes: bool) -> Answer<(Waiting, Page<QuoteSummary>)> {
    let home = waiting().await?;
    let quotes = if sees_quotes { to_decide().await? } else { Page { items: Vec::new(), next: None } };
    Ok((home, quotes))
}

/// `/{organization}`
#[component]
pub fn Home() -> impl IntoView {
    set_page_title(texts::title());
    let session = expect_context::<PortalSession>();
    let home = ui::Fetched::new(move || all(session.may(Permission::ViewMoney)));
    view! {
        <Loaded resource=home let:home>
            <div class="split">
                <Needs home=home.0.clone() quotes=home.1.items/>
                <Lately items=home.0.lately/>
            </div>
        </Loaded>
    }
}

/// What happened, below what is to be done.
#[component]
fn Lately(items: Vec<Story>) -> impl IntoView {
    (!items.is_empty()).then(|| {
        view! {
            <Section title=texts::lately()>
                <Entries items place=Place::Home/>
            </Section>
        }
    })
}

#[component]
fn Needs(home: Waiting, quotes: Vec<QuoteSummary>) -> impl IntoView {
    let count = home.invoice_count;
    let things = count + i64::try_from(quotes.len()).unwrap_or(i64::MAX);
    // The page has one open entry: an invoice where there is one, for it is due.
    let quote_first = home.invoices.is_empty();
    let shown = i64::try_from(home.invoices.len()).unwrap_or(i64::MAX);
    let session = expect_context::<PortalSession>();
    let all = (count > shown).then(|| {
        let count = ui::format::number(count);
        view! { <TextLink href=session.path("/invoices")>{texts::all(&count)}</TextLink> }
    });
    let several = (count > 1 && session.may(Permission::Pay))
        .then(|| view! { <TextLink href=several::path(session, None)>{texts::several()}</TextLink> });
    let more = (all.is_some() || several.is_some()).then(|| view! { <p class="line">{all} {several}</p> });
    if home.invoices.is_empty() && quotes.is_empty() {
        return view! {
            <Section title=texts::title() first=true>
                <Empty title=texts::nothing() sub=texts::nothing_sub() mark=Mark::Full tone=Tone::Accent/>
            </Section>
        }
        .into_any();
    }
    let entries = home
        .invoices
        .into_iter()
        .enumerate()
        .map(|(place, invoice)| view! { <Need invoice first=place == 0/> })
        .collect_view();
    let quotes = quotes
        .into_iter()
        .enumerate()
        .map(|(place, quote)| view! { <Decide quote first=quote_first && place == 0/> })
        .collect_view();
    view! {
        <Section title=texts::title() first=true end=move || view! { <span class="muted">{texts::count(things)}</span> }>
            <Ledger label=texts::title()>{entries} {quotes}</Ledger>
            {more}
        </Section>
    }
    .into_any()
}

/// A quote to decide.
#[component]
fn Decide(quote: QuoteSummary, first: bool) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let href = session.path(&format!("/quotes/{}", quote.id));
    let last = quote.valid_until.map(|last| last.to_string()).unwrap_or_default();
    let (mark, tone, _) = quotes_look(quote.state, quote.valid_until);
    let until = quote_texts::until(&date(&last, DateStyle::Medium));
    let total = amount(quote.total);
    let (kind, size) = if first {
        (ButtonKind::Primary, ButtonSize::Tall)
    } else {
        (ButtonKind::Secondary, ButtonSize::Normal)
    };
    let label = if first { quote_texts::decide() } else { quote_texts::look() };
    let link = href.clone();
    let act = move || view! { <LinkButton href=link kind size>{label}</LinkButton> };
    let sub = move || view! { <Figure amount=total/> ", " {until} };
    view! {
        <Entry when=When::date(&last) mark tone open=first href sub act>
            {quote_texts::quote(quote.title.as_str())}
        </Entry>
    }
}

/// An invoice to pay. The first one is open: it carries the page's one filled button.
#[component]
fn Need(invoice: InvoiceSummary, first: bool) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let href = session.path(&format!("/invoices/{}", invoice.id));
    let due = invoice.due_on.map(|due| due.to_string()).unwrap_or_default();
    let today = ui::format::today();
    let (mark, tone, _) = look(invoice.status, invoice.overdue, invoice.due_on);
    let state = if invoice.overdue {
        EntryState::Late
    } else if due == today {
        EntryState::Now
    } else {
        EntryState::Plain
    };
    let when = if due == today { When::date_named(&due, common_texts::today()) } else { When::date(&due) };
    let due_text = texts::due(&ui::format::from_day(&due, &today));
    let balance = amount(invoice.next_payment);
    // The open one has its amount on the button, the others beside their date.
    let waiting = (!first).then(|| view! { <Figure amount=balance.clone()/> ", " }.into_any());
    let sub = view! { {waiting} {due_text} };
    let (kind, size) = if first {
        (ButtonKind::Primary, ButtonSize::Tall)
    } else {
        (ButtonKind::Secondary, ButtonSize::Normal)
    };
    let pay = session.may(Permission::Pay).then(|| {
        let pay = if first {
            view! { {texts::pay()} " " <Figure amount=balance/> }.into_any()
        } else {
            texts::pay().into_any()
        };
        view! { <LinkButton href=href.clone() kind size>{pay}</LinkButton> }
    });
    let number = invoice.number.unwrap_or_default();
    let title = texts::invoice(&number);
    let before = title.strip_suffix(&number).unwrap_or_default().to_owned();
    view! {
        <Entry when mark tone state open=first href sub=move || sub act=move || pay>
            {before} <span class="unbroken">{number}</span>
        </Entry>
    }
}
