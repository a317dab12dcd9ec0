//! One quote, as its client reads it and decides.

use domain::permission::Permission;
use domain::quotes::{DecisionKind, QuoteDocument, QuoteId, QuoteState, QuoteTotals, Selection, compute};
use domain::text::PartKey;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::{use_params_map, use_query_map};
use ui::format::{DateStyle, InstantStyle, date, instant};
use ui::{
    Amount, Button, ButtonKind, ButtonSize, Facts, Figure, FigureSize, Icon, IconSize, IconView, LinkButton,
    Loaded, Mark, Notice, Section, Skeleton, Tone, Totals,
};

use super::StatePill;
use super::accept::AcceptSheet;
use super::choose::{Groups, fitting};
use super::lines::Sections;
use super::questions::{AskSheet, Questions};
use super::refuse::RefuseSheet;
use super::versions::Versions;
use crate::activity::portal::{Entries, Place};
use crate::api::ApiError;
use crate::money::amount;
use crate::quiet::quietly;
use crate::saving::PdfButton;
use crate::session::{PortalSession, set_page_title};
use crate::shell::portal::DecisionPage;
use crate::t::portal::invoice as bill_texts;
use crate::t::quotes as texts;

/// A quote on the page and what is chosen of it.
#[derive(Clone, Copy)]
pub struct Proposal {
    /// What is shown.
    pub document: StoredValue<QuoteDocument>,
    /// What of it is chosen.
    pub selection: RwSignal<Selection>,
    /// What that comes to.
    pub totals: Memo<Option<QuoteTotals>>,
    /// Whether this person can decide on it now.
    pub open: bool,
    /// Whether this person can ask about it.
    pub asks: bool,
    /// Loads it anew, keeping the choice.
    pub reload: Callback<()>,
    /// What something is being asked about; none while nothing is.
    pub asking: RwSignal<Option<About>>,
}

/// What a question is about.
#[derive(Debug, Clone, PartialEq)]
pub enum About {
    /// The quote.
    Whole,
    /// One of its lines.
    Line(PartKey),
}

/// `/{organization}/quotes/{id}?no=…`
#[component]
pub fn QuotePage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let id = Memo::new(move |_| params.read().get("id").and_then(|id| id.parse::<QuoteId>().ok()));
    let no = Memo::new(move |_| query.read().get_str("no").and_then(|no| no.parse::<i32>().ok()));
    let quote = ui::Fetched::new(move || {
        let (id, no) = (id.get(), no.get());
        async move { super::find(id.ok_or_else(ApiError::missing)?, no).await }
    });
    // Outlives loading anew, so that nobody chooses twice.
    let selection = RwSignal::new(Selection::default());
    view! {
        <Loaded resource=quote skeleton=Skeleton::Document let:document>
            <Document document selection reload=move || quote.refetch()/>
        </Loaded>
    }
}

#[component]
fn Document(
    document: QuoteDocument,
    selection: RwSignal<Selection>,
    #[prop(into)] reload: Callback<()>,
) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let (guest, viewed_by) =
        session.me.with_untracked(|me| (me.contact_id.is_none(), me.viewed_by.is_some()));
    set_page_title(document.content.title.as_str());
    let (id, state) = (document.id, document.state);
    if !viewed_by {
        // Shown, so seen; whether the note of it arrives changes nothing here.
        spawn_local(async move { drop(super::viewed(id).await) });
    }
    let decides = session.may(Permission::Approve) && !viewed_by;
    let open = decides && state.is_open() && !document.superseded && document.decision.is_none();
    let chosen = if open {
        selection.with_untracked(|chosen| fitting(chosen, &document.content))
    } else {
        document.selection.clone()
    };
    selection.set(chosen);
    if open {
        DecisionPage::use_here();
    }
    let (content, counting) = (document.content.clone(), document.counting);
    let totals = Memo::new(move |_| selection.with(|chosen| compute(&content, chosen, counting).ok()));
    let proposal = Proposal {
        document: StoredValue::new(document.clone()),
        selection,
        totals,
        open,
        asks: decides,
        reload,
        asking: RwSignal::new(None),
    };
    let (accepting, refusing) = (RwSignal::new(false), RwSignal::new(None));
    let number = document.number.clone().unwrap_or_default();
    let pdf = format!("/portal/quotes/{id}/pdf?no={}", document.no);
    let file = number.clone();
    let cover = document.content.cover.to_string();
    let terms = document.content.terms.to_string();
    let footer = document.footer.to_string();
    let back = (!guest).then(|| {
        view! {
            <a class="back line small muted" href=session.path("/quotes")>
                <IconView icon=Icon::Back size=IconSize::Small/>
                {texts::title()}
            </a>
        }
    });
    view! {
        <div class="split">
            <article class="stack">
                <header class="gap">
                    {back} <div class="line">
                        <h1>{document.content.title.to_string()}</h1>
                        <StatePill state valid_until=document.content.valid_until tint=true/>
                    </div>
                    <p class="muted">{texts::page::for_whom(&number, document.client_name.as_str())}</p>
                </header>
                <Standing document=document.clone()/>
                {(!cover.is_empty()).then(|| view! { <p class="lines">{cover}</p> })}
                <Groups proposal/>
                <Sections proposal/>
                {(!terms.is_empty())
                    .then(|| {
                        view! {
                            <Section title=texts::page::terms()>
                                <p class="small lines">{terms}</p>
                            </Section>
                        }
                    })}
                <Questions proposal/>
                {(!footer.is_empty()).then(|| view! { <p class="small muted lines">{footer}</p> })}
            </article>
            <aside class="stack">
                <Choice proposal/>
                <Facts facts=facts(&document)/>
                {open
                    .then(|| {
                        view! {
                            <div class="gap no-print">
                                <div class="desk-only">
                                    <AcceptButton proposal accepting wide=true/>
                                </div>
                                <div class="line">
                                    <Button on_click=move || {
                                        refusing.set(Some(DecisionKind::ChangesRequested));
                                    }>{texts::refuse::changes()}</Button>
                                    <Button
                                        kind=ButtonKind::Quiet
                                        on_click=move || refusing.set(Some(DecisionKind::Declined))
                                    >
                                        {texts::refuse::decline()}
                                    </Button>
                                </div>
                            </div>
                        }
                    })}
                <div class="stack no-print">
                    <div class="line">
                        <PdfButton path=pdf name=file/>
                    </div>
                    <Versions id shown=document.no current=document.current_no/>
                    <History id/>
                </div>
            </aside>
        </div>
        {open
            .then(|| {
                view! {
                    <div class="actionbar">
                        <AcceptButton proposal accepting/>
                    </div>
                    <AcceptSheet proposal open=accepting/>
                    <RefuseSheet proposal kind=refusing/>
                }
            })}
        {decides.then(|| view! { <AskSheet proposal/> })}
    }
}

/// The page's one filled button: it follows the choice.
#[component]
fn AcceptButton(
    proposal: Proposal,
    accepting: RwSignal<bool>,
    #[prop(optional)] wide: bool,
) -> impl IntoView {
    let sum = move || proposal.totals.get().map(|totals| view! { <Figure amount=amount(totals.gross)/> });
    view! {
        <Button
            kind=ButtonKind::Primary
            size=if wide { ButtonSize::TallWide } else { ButtonSize::Tall }
            disabled=Signal::derive(move || proposal.totals.with(Option::is_none))
            on_click=move || accepting.set(true)
        >
            {texts::accept::accept_for()}
            " "
            {sum}
        </Button>
    }
}

/// What the choice comes to.
#[component]
fn Choice(proposal: Proposal) -> impl IntoView {
    let sums = move || {
        let totals = proposal.totals.get()?;
        Some(view! {
            <p role="status">
                <Figure amount=amount(totals.gross) size=FigureSize::Big/>
            </p>
            <TotalsOf totals/>
        })
    };
    let title = if proposal.open { texts::page::your_choice() } else { texts::page::total() };
    view! {
        <Section title>
            <div class="gap">{sums}</div>
        </Section>
    }
}

/// Subtotal, discount, taxes, total, and what is to be paid at once.
#[component]
pub fn TotalsOf(
    /// What a choice comes to.
    totals: QuoteTotals,
) -> impl IntoView {
    let mut parts: Vec<(String, Amount)> = Vec::new();
    if !totals.discount.is_zero() {
        parts.push((bill_texts::subtotal().to_owned(), amount(totals.subtotal)));
        if let Ok(discount) = totals.discount.checked_neg() {
            parts.push((bill_texts::discount().to_owned(), amount(discount)));
        }
    }
    if !totals.taxes.is_empty() {
        parts.push((bill_texts::net().to_owned(), amount(totals.net)));
    }
    for tax in &totals.taxes {
        let rate = ui::format::decimal(&tax.rate.to_string());
        parts.push((bill_texts::tax(&tax.name, &rate), amount(tax.amount)));
    }
    let deposit = totals.deposit.is_positive().then(|| {
        view! { <p class="small muted">{texts::page::deposit(&amount(totals.deposit).text())}</p> }
    });
    view! {
        <Totals parts sum=(bill_texts::total().to_owned(), amount(totals.gross))/>
        {deposit}
    }
}

/// What keeps it from being decided, said plainly, or what was decided.
#[component]
fn Standing(document: QuoteDocument) -> impl IntoView {
    let session = expect_context::<PortalSession>();
    let day = |at: chrono::DateTime<chrono::Utc>| instant(at.timestamp_millis(), InstantStyle::Day);
    let decided = document.decision.as_ref().map(|decision| {
        let (name, on) = (decision.name.as_str(), day(decision.at));
        let (mark, tone, text) = match decision.kind {
            DecisionKind::Accepted => (Mark::Full, Tone::Positive, texts::page::was_accepted(name, &on)),
            DecisionKind::Declined => (Mark::Void, Tone::Neutral, texts::page::was_declined(name, &on)),
            DecisionKind::ChangesRequested => {
                (Mark::Half, Tone::Info, texts::page::changes_wanted(name, &on))
            }
        };
        (mark, tone, text, decision.words.to_string())
    });
    let newest = session.path(&format!("/quotes/{}", document.id));
    let (mark, tone, text, words) = if document.superseded {
        (Mark::Void, Tone::Caution, texts::page::superseded(&document.no.to_string()), String::new())
    } else if let Some(decided) = decided {
        decided
    } else {
        let text = match document.state {
            QuoteState::Expired => texts::page::expired(),
            QuoteState::Withdrawn => texts::page::withdrawn(),
            _ => return ().into_any(),
        };
        (Mark::Late, Tone::Caution, text.to_owned(), String::new())
    };
    let to_pay = document.invoices.iter().find(|invoice| invoice.balance.is_positive()).map(|invoice| {
        let href = session.path(&format!("/invoices/{}", invoice.id));
        let sum = amount(invoice.balance);
        // A guest's link opens the quote alone.
        let guest = session.me.with_untracked(|me| me.contact_id.is_none());
        (!guest).then(|| {
            view! {
                <div>
                    <LinkButton href kind=ButtonKind::Primary>
                        {texts::page::pay()}
                        " "
                        <Figure amount=sum/>
                    </LinkButton>
                </div>
            }
        })
    });
    let superseded = document.superseded;
    view! {
        <Notice mark tone>
            <div class="gap grow">
                <p>{text}</p>
                {(!words.is_empty()).then(|| view! { <p class="small lines">{words}</p> })}
                {superseded
                    .then(|| view! { <p><a class="link" href=newest>{texts::page::see_newest()}</a></p> })}
                {to_pay}
            </div>
        </Notice>
    }
    .into_any()
}

fn facts(document: &QuoteDocument) -> Vec<(String, AnyView)> {
    let mut facts = Vec::new();
    if let Some(last) = document.content.valid_until {
        let text = date(&last.to_string(), DateStyle::Medium);
        facts.push((texts::page::valid_until().to_owned(), text.into_any()));
    }
    if let Some(rate) = document.content.may_exceed_percent {
        let text = texts::page::may_exceed_by(&ui::format::decimal(&rate.to_string()));
        facts.push((texts::page::may_exceed().to_owned(), text.into_any()));
    }
    if let Some(contract) = document.contract.filter(|_| !document.change_orders.is_empty()) {
        let sum = view! { <Figure amount=amount(contract)/> };
        facts.push((texts::page::contract().to_owned(), sum.into_any()));
    }
    facts
}

/// What happened with it. Where that can't be had, the quote is complete without.
#[component]
fn History(id: QuoteId) -> impl IntoView {
    let history = quietly(super::history(id));
    move || {
        let items = history.get()?.items;
        (!items.is_empty()).then(|| {
            view! {
                <Section title=bill_texts::history()>
                    <Entries items place=Place::Quote/>
                </Section>
            }
        })
    }
}
