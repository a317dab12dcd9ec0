//! The page of a quote that isn't being written, or that the role may only read.

use domain::permission::Permission;
use domain::quotes::{Quote, QuoteState};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use ui::{Button, ButtonKind, Icon, Mark, Menu, MenuItem, Notice, Section, TextLink, Toast, Toasts, Tone};

use super::panels::{ApprovalView, DecisionView, Outcomes, Particulars, Questions, Versions};
use super::paper::{QuotePaper, QuoteSheet};
use super::sheets::{QuoteSheets, Sheets};
use super::{StatePill, calls, name};
use crate::activity::Feed;
use crate::api::Intent;
use crate::browser;
use crate::session::{ConsoleSession, set_page_title};
use crate::t::{
    activity as activity_texts, common as common_texts, invoices as invoice_texts, quotes_console as texts,
};

/// What stands on a quote's paper.
fn sheet(quote: &Quote) -> QuoteSheet {
    let document = &quote.document;
    QuoteSheet {
        number: document.number.clone(),
        client: document.client_name.to_string(),
        address: crate::address::lines(&document.client_address),
        counting: document.counting,
        content: document.content.clone(),
        totals: document.totals.clone(),
        footer: document.footer.to_string(),
    }
}

/// A quote to read and to act on.
#[component]
pub fn Document(
    /// The quote; always there while this is shown.
    quote: RwSignal<Option<Quote>>,
) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let sheets = Sheets::new();
    let refetch = Callback::new(move |()| {
        let Some((id, no)) =
            quote.with_untracked(|known| known.as_ref().map(|known| (known.document.id, known.document.no)))
        else {
            return;
        };
        spawn_local(async move {
            match calls::find(&id.to_string(), Some(no)).await {
                Ok(found) => drop(quote.try_set(Some(found))),
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    });
    let version =
        Signal::derive(move || quote.with(|known| known.as_ref().map_or(0, |known| known.document.version)));
    let body = move || {
        quote.get().map(|known| {
            let document = known.document.clone();
            set_page_title(&document.content.title.to_string());
            let old = document.superseded.then(|| {
                view! {
                    <Notice mark=Mark::Void tone=Tone::Neutral>
                        <p class="grow">{texts::is_old()}</p>
                        <TextLink href=format!("/console/quotes/{}", document.id)>{texts::to_newest()}</TextLink>
                    </Notice>
                }
            });
            view! {
                <Head known=known.clone() quote sheets/>
                {old}
                <ApprovalView quote=known.clone()/>
                <div class="columns two">
                    <div class="stack">
                        <QuotePaper sheet=sheet(&known)/>
                    </div>
                    <div class="stack">
                        <Particulars quote=known.clone()/>
                        {document.decision.map(|decision| view! { <DecisionView decision/> })}
                        <Questions quote=known.clone() on_answered=refetch/>
                        <Outcomes quote=known.clone()/>
                        <Versions quote=known/>
                        <Section title=activity_texts::history()>
                            <Feed path=format!("/quotes/{}", document.id) version/>
                        </Section>
                    </div>
                </div>
            }
        })
    };
    view! {
        <main class="work">{body}</main>
        <QuoteSheets quote sheets/>
    }
}

#[component]
fn Head(known: Quote, quote: RwSignal<Option<Quote>>, sheets: Sheets) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let toasts = expect_context::<Toasts>();
    let document = &known.document;
    let id = document.id;
    let waits = known.approval.as_ref().is_some_and(|approval| approval.pending);
    let (may_edit, may_approve) =
        (session.may(Permission::EditQuotes), session.may(Permission::ApproveQuotes));
    let sent = document.current_no > 0 && !document.superseded;
    let open = matches!(document.state, QuoteState::Sent | QuoteState::Viewed);
    let (intent, navigate) = (Intent::new(), use_navigate());
    let begin = Callback::new(move |()| {
        spawn_local(async move {
            match calls::begin_version(id, intent).await {
                Ok(begun) => drop(quote.try_set(Some(begun))),
                Err(error) => toasts.show(Toast::failed(error.text())),
            }
        });
    });
    let copy = Callback::new(move |()| {
        spawn_local(async move {
            toasts.show(match calls::copy_link(id).await {
                Ok(link) if browser::copy(&link.url).await => Toast::done(invoice_texts::link_copied()),
                // Without https there is no clipboard; then it stays to be copied by hand.
                Ok(link) => Toast::failed(link.url),
                Err(error) => Toast::failed(error.text()),
            });
        });
    });
    let opens = |signal: RwSignal<bool>| Callback::new(move |()| signal.set(true));
    let (no, file) = (document.no, format!("{}.pdf", name(document.number.as_deref())));
    let save = Callback::new(move |()| {
        let file = file.clone();
        spawn_local(async move {
            if let Err(error) = calls::save_pdf(id, no, &file).await {
                toasts.show(Toast::failed(error.text()));
            }
        });
    });
    let mut items = vec![MenuItem::new(Icon::Download, common_texts::pdf(), save)];
    if may_edit && sent && known.draft_no.is_none() {
        if open {
            items.push(MenuItem::new(Icon::Copy, invoice_texts::copy_link(), copy));
            items.push(MenuItem::new(Icon::Mail, texts::send_again(), opens(sheets.sending)));
        }
        if document.state.takes_new_version() {
            items.push(MenuItem::new(Icon::Edit, texts::new_version(), begin));
        }
    }
    if may_edit {
        items.push(MenuItem::new(Icon::Settings, texts::access_code(), opens(sheets.coding)));
    }
    if may_edit && document.state.is_accepted() && document.changes_quote_id.is_none() {
        let order = Callback::new(move |()| {
            navigate(&format!("/console/quotes/new?changes={id}"), NavigateOptions::default());
        });
        items.push(MenuItem::new(Icon::Plus, texts::change_order(), order));
    }
    if may_edit && sent && document.state.takes_new_version() && document.state != QuoteState::Declined {
        items.push(MenuItem::new(Icon::Trash, texts::withdraw(), opens(sheets.withdrawing)).danger());
    }
    let primary = if waits && may_approve {
        view! {
            <Button on_click=move || sheets.returning.set(true)>{texts::give_back()}</Button>
            <Button kind=ButtonKind::Primary on_click=move || sheets.sending.set(true)>
                {texts::approve_and_send()}
            </Button>
        }
        .into_any()
    } else if document.state == QuoteState::Accepted && session.may(Permission::EditInvoices) {
        view! {
            <Button kind=ButtonKind::Primary on_click=move || sheets.billing.set(true)>
                {texts::make_invoice()}
            </Button>
        }
        .into_any()
    } else if document.state == QuoteState::ChangesRequested && may_edit && known.draft_no.is_none() {
        view! {
            <Button kind=ButtonKind::Primary on_click=move || begin.run(())>
                {texts::new_version()}
            </Button>
        }
        .into_any()
    } else {
        ().into_any()
    };
    let menu = (!items.is_empty()).then(|| view! { <Menu label=invoice_texts::more() items/> });
    view! {
        <header class="head">
            <h1>{document.content.title.to_string()}</h1>
            <span class="muted">{name(document.number.as_deref())}</span>
            <StatePill state=document.state waits tint=true/>
            <span class="end">{primary} {menu}</span>
        </header>
    }
}
