//! One invoice, as its client reads it.

use domain::invoices::{InvoiceDocument, InvoiceId, InvoiceStatus};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use ui::format::{DateStyle, InstantStyle, date, instant};
use ui::{
    Facts, Figure, FigureSize, Icon, IconSize, IconView, Loaded, Row, Section, Skeleton, Toast, Toasts,
};

use super::StatePill;
use super::how::PayHow;
use super::lines::Lines;
use super::pay::{PayButton, PayNotices, PayPart, Paying};
use crate::activity::portal::{Entries, Place};
use crate::api::ApiError;
use crate::browser;
use crate::credits::portal::SpendHere;
use crate::credits::portal::notes::NotesOf;
use crate::money::amount;
use crate::quiet::quietly;
use crate::schedules::portal::Schedule;
use crate::session::{PortalSession, set_page_title};
use crate::shell::portal::DecisionPage;
use crate::t::portal::invoice as texts;
use crate::t::schedules as schedule_texts;

/// `/{organization}/invoices/{id}`
#[component]
pub fn InvoicePage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").and_then(|id| id.parse::<InvoiceId>().ok()));
    let invoice = ui::Fetched::new(move || {
        let id = id.get();
        async move { super::find(id.ok_or_else(ApiError::missing)?).await }
    });
    view! {
        <Loaded resource=invoice skeleton=Skeleton::Document let:document>
            <Document document on_reload=move || invoice.refetch()/>
        </Loaded>
    }
}

#[component]
fn Document(document: InvoiceDocument, #[prop(into)] on_reload: Callback<()>) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let number = document.number.clone().unwrap_or_default();
    set_page_title(&texts::title(&number));
    let id = document.id;
    let (guest, viewed_by) =
        session.me.with_untracked(|me| (me.contact_id.is_none(), me.viewed_by.is_some()));
    if !viewed_by {
        // Shown, so seen; whether the note of it arrives changes nothing here.
        spawn_local(async move { drop(super::viewed(id).await) });
    }
    let paying = Paying::of(&document, session);
    if paying.is_some() {
        DecisionPage::use_here();
    }
    let back = (!guest).then(|| {
        view! {
            <a class="back line small muted" href=session.path("/invoices")>
                <IconView icon=Icon::Back size=IconSize::Small/>
                {texts::back()}
            </a>
        }
    });
    let shown = Sum::of(&document);
    let note = document.note.to_string();
    let footer = document.footer.to_string();
    view! {
        {paying.map(|paying| view! { <PayNotices paying on_reload/> })}
        <div class="split">
            <article class="stack">
                <header class="gap">
                    {back}
                    <div class="line">
                        <h1>{texts::title(&number)}</h1>
                        <StatePill
                            status=document.status
                            overdue=document.overdue
                            due=document.due_on
                            tint=true
                        />
                    </div>
                    <div class="phone-only">
                        <SumView sum=shown.clone()/>
                    </div>
                </header>
                <Facts facts=facts(&document)/>
                {(!note.is_empty()).then(|| view! { <p class="lines">{note}</p> })}
                <Lines document=document.clone()/>
                <Schedule document=document.clone() paying/>
                {(!footer.is_empty()).then(|| view! { <p class="small muted lines">{footer}</p> })}
            </article>
            <aside class="stack no-print">
                <section class="gap" class:desk-only=paying.is_none()>
                    <div class="gap desk-only">
                        <SumView sum=shown/>
                        {paying.map(|paying| view! { <PayButton paying wide=true/> })}
                    </div>
                    {paying.map(|paying| view! { <PayPart paying/> })}
                    {paying.map(|paying| view! { <PayHow paying receipt=!guest/> })}
                </section>
                <SpendHere document=document.clone() on_done=on_reload/>
                <Actions id number/>
                <NotesOf id/>
                <History id/>
            </aside>
        </div>
        {paying
            .map(|paying| {
                view! {
                    <div class="actionbar">
                        <PayButton paying/>
                    </div>
                }
            })}
    }
}

/// The one amount of the page: what is left to pay, or what it came to, and the line below it.
#[derive(Clone)]
struct Sum {
    amount: ui::Amount,
    void: bool,
    sub: String,
}

impl Sum {
    fn of(document: &InvoiceDocument) -> Self {
        let long = |day: chrono::NaiveDate| date(&day.to_string(), DateStyle::Long);
        let day = |at: chrono::DateTime<chrono::Utc>| instant(at.timestamp_millis(), InstantStyle::Day);
        let open = document.status.is_open();
        let sub = match document.status {
            InvoiceStatus::Paid => document.paid_at.map(|at| texts::paid_on(&day(at))),
            InvoiceStatus::Void => document.voided_at.map(|at| texts::withdrawn_on(&day(at))),
            InvoiceStatus::WrittenOff => None,
            _ if document.overdue => document.due_on.map(|due| texts::was_due(&long(due))),
            _ if document.due_on.is_none() => Some(schedule_texts::waits().to_owned()),
            _ => document.due_on.map(|due| texts::until(&long(due))),
        };
        let more_follows = open && document.next_payment != document.balance;
        let less = document.paid.is_positive() || document.credited.is_positive();
        let before = if more_follows {
            Some(schedule_texts::of_left(&amount(document.balance).text()))
        } else {
            (open && less).then(|| texts::total_before(&amount(document.totals.gross).text()))
        };
        Self {
            amount: amount(if open { document.next_payment } else { document.totals.gross }),
            void: document.status == InvoiceStatus::Void,
            sub: [before, sub].into_iter().flatten().collect::<Vec<_>>().join(", "),
        }
    }
}

#[component]
fn SumView(sum: Sum) -> impl IntoView {
    view! {
        <div>
            <p>
                <Figure amount=sum.amount size=FigureSize::Big void=sum.void/>
            </p>
            <p class="sub">{sum.sub}</p>
        </div>
    }
}

fn facts(document: &InvoiceDocument) -> Vec<(String, AnyView)> {
    let medium = |day: chrono::NaiveDate| date(&day.to_string(), DateStyle::Medium);
    let address = crate::address::lines(&document.client_address).join(", ");
    let name = document.client_name.to_string();
    let whom = view! {
        {name}
        {(!address.is_empty()).then(|| view! { <br/> <span class="muted">{address}</span> })}
    };
    let mut facts = vec![(texts::for_whom().to_owned(), whom.into_any())];
    if !document.reference.as_str().is_empty() {
        let reference = document.reference.to_string();
        facts.push((
            texts::reference().to_owned(),
            view! { <span class="code">{reference}</span> }.into_any(),
        ));
    }
    facts.extend(document.issued_on.map(|day| (texts::dated().to_owned(), medium(day).into_any())));
    facts.extend(document.due_on.map(|day| (texts::due().to_owned(), medium(day).into_any())));
    if let Some(period) = &document.recurring {
        let days = format!("{} – {}", medium(period.from), medium(period.to));
        facts.push((texts::period().to_owned(), days.into_any()));
    }
    if let Some(late) = &document.fee_for {
        let href = expect_context::<PortalSession>().path(&format!("/invoices/{}", late.invoice_id));
        let number = view! { <a href=href>{texts::title(&late.number)}</a> };
        facts.push((texts::fee_for().to_owned(), number.into_any()));
    }
    facts
}

/// What else can be done with it.
#[component]
fn Actions(id: InvoiceId, number: String) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let toasts = expect_context::<Toasts>();
    let ask = session.me.with_untracked(|me| me.organization.email.clone()).map(|email| {
        let href = format!("mailto:{email}?subject={}", browser::escape(&texts::ask_subject(&number)));
        view! { <Row lead=|| view! { <IconView icon=Icon::Messages/> } title=texts::ask() href/> }
    });
    let download = move |_| {
        let number = number.clone();
        spawn_local(async move {
            if let Err(error) = super::save_pdf(id, &number).await {
                toasts.show(Toast::failed(error.text()));
            }
        });
    };
    view! {
        <ul class="rows">
            <li class="row">
                <IconView icon=Icon::Download/>
                <div class="what">
                    <button class="title" type="button" on:click=download>
                        {texts::download()}
                    </button>
                </div>
            </li>
            {ask}
        </ul>
    }
}

/// What happened with it. Where that can't be had, the document is complete without.
#[component]
fn History(id: InvoiceId) -> impl IntoView {
    let history = quietly(super::history(id));
    move || {
        let items = history.get()?.items;
        (!items.is_empty()).then(|| {
            view! {
                <Section title=texts::history()>
                    <Entries items place=Place::Invoice/>
                </Section>
            }
        })
    }
}
