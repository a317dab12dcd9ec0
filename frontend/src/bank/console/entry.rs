//! Money on a statement, what it may pay, and the button that says so.

use domain::bank::{
    BankAllocation, BankTransaction, BankTransactionId, BankTransactionState, Confidence,
    MatchBankTransaction, MatchReason, MatchSuggestion,
};
use domain::money::Money;
use domain::problem::Code;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::{Button, ButtonKind, Figure, Mark, Pill, TextLink, Toast, Toasts, Tone};

use super::another::AnotherSheet;
use crate::api::{ApiError, Intent};
use crate::bank;
use crate::money::amount;
use crate::paged::Paged;
use crate::t::ways::bank as texts;
use crate::time;

/// What can be done with an entry of a list.
#[derive(Clone, Copy)]
pub struct Deciding {
    id: BankTransactionId,
    list: Paged<BankTransaction>,
    toasts: Toasts,
    intent: Intent,
    /// Being decided.
    pub busy: RwSignal<bool>,
}

impl Deciding {
    fn new(id: BankTransactionId, list: Paged<BankTransaction>) -> Self {
        Self { id, list, toasts: expect_context(), intent: Intent::new(), busy: RwSignal::new(false) }
    }

    /// The decided entry takes the place of what is shown, so that nothing moves under the hand.
    fn put(self, decided: BankTransaction) {
        self.list.items.update(|items| {
            if let Some(shown) = items.iter_mut().find(|shown| shown.id == decided.id) {
                *shown = decided;
            }
        });
    }

    fn refused(self, error: ApiError) {
        let text = match error.code() {
            Some(Code::Conflict) => texts::decided(),
            Some(Code::AmountNotAllowed | Code::InvoiceNotPayable) => texts::changed(),
            _ => error.text(),
        };
        self.toasts.show(Toast::failed(text));
        if error.code().is_some() {
            self.list.refetch();
        }
    }

    /// Books it as a payment of these.
    pub fn pair(self, allocations: Vec<BankAllocation>, done: impl FnOnce() + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        let id = self.id;
        let body = MatchBankTransaction { allocations, send_receipt: None };
        spawn_local(async move {
            let answer = bank::pair(id, &body, self.intent).await;
            self.busy.try_set(false);
            match answer {
                Ok(matched) => {
                    self.toasts.show(Toast::done(texts::matched_done(&amount(matched.amount).text())));
                    done();
                    self.put(matched);
                }
                Err(error) => self.refused(error),
            }
        });
    }

    fn ignore(self) {
        let id = self.id;
        self.busy.set(true);
        spawn_local(async move {
            let answer = bank::ignore(id).await;
            self.busy.try_set(false);
            match answer {
                Ok(ignored) => {
                    let undo = Callback::new(move |()| self.reopen());
                    self.toasts.show(Toast::done(texts::ignored_done()).undo(undo));
                    self.put(ignored);
                }
                Err(error) => self.refused(error),
            }
        });
    }

    fn reopen(self) {
        // What is undone has another row by then, or none where the page was left: it is done all the same.
        let id = self.id;
        self.busy.try_set(true);
        spawn_local(async move {
            let answer = bank::reopen(id).await;
            self.busy.try_set(false);
            match answer {
                Ok(open) => {
                    self.toasts.show(Toast::done(texts::reopened()));
                    if self.list.items.try_with_untracked(|_| ()).is_some() {
                        self.put(open);
                    }
                }
                Err(error) => self.toasts.show(Toast::failed(error.text())),
            }
        });
    }
}

/// An entry of a statement.
#[component]
pub fn EntryRow(
    /// The money.
    money: BankTransaction,
    /// The list it stands in.
    list: Paged<BankTransaction>,
    /// Whether this member may decide.
    may: bool,
) -> impl IntoView {
    let deciding = Deciding::new(money.id, list);
    let name = if money.counterparty_name.is_empty() {
        texts::from_nobody().to_owned()
    } else {
        money.counterparty_name.clone()
    };
    let said = money.creditor_reference.clone().filter(|reference| !money.remittance.contains(reference));
    let said: Vec<String> = [said, Some(money.remittance.clone())].into_iter().flatten().collect();
    let day = time::day_short(Some(money.booked_on));
    let sub =
        [day, said.join(" ")].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    let label = format!("{name}, {}", amount(money.amount).text());
    let decision = match money.state {
        BankTransactionState::Open if money.reversal => view! { <Reversal deciding may/> }.into_any(),
        BankTransactionState::Open => view! { <Suggestions money=money.clone() deciding may/> }.into_any(),
        BankTransactionState::Matched => {
            let link = money.payment_id.map(|id| {
                view! { <TextLink href=format!("/console/payments/{id}")>{texts::to_payment()}</TextLink> }
            });
            view! {
                <div class="line">
                    <Pill label=texts::matched() mark=Mark::Full tone=Tone::Positive/>
                    {link}
                </div>
            }
            .into_any()
        }
        BankTransactionState::Ignored => {
            let again = may.then(|| {
                view! {
                    <Button kind=ButtonKind::Quiet busy=deciding.busy on_click=move || deciding.reopen()>
                        {texts::reopen()}
                    </Button>
                }
            });
            view! {
                <div class="line">
                    <Pill label=texts::ignored() mark=Mark::Void/>
                    {again}
                </div>
            }
            .into_any()
        }
    };
    view! {
        <li class="bank-entry" aria-label=label>
            <div class="bank-money">
                <div class="what">
                    <b>{name}</b>
                    <p class="sub">{sub}</p>
                </div>
                <Figure amount=amount(money.amount)/>
            </div>
            {decision}
        </li>
    }
}

#[component]
fn Reversal(deciding: Deciding, may: bool) -> impl IntoView {
    let ignore = may.then(|| {
        view! {
            <Button busy=deciding.busy on_click=move || deciding.ignore()>
                {texts::ignore()}
            </Button>
        }
    });
    view! {
        <div class="gap">
            <Pill label=texts::reversal() mark=Mark::Late tone=Tone::Critical/>
            <p class="small muted">{texts::reversal_why()}</p>
            <div>{ignore}</div>
        </div>
    }
}

/// What it may pay: the likeliest in sight, others behind it.
#[component]
fn Suggestions(money: BankTransaction, deciding: Deciding, may: bool) -> impl IntoView {
    let choosing = RwSignal::new(false);
    let sum = money.amount;
    let mut list = money.suggestions.into_iter();
    let first = match list.next() {
        Some(first) => view! { <Suggestion suggestion=first sum deciding may leading=true/> }.into_any(),
        None => view! { <p class="muted">{texts::no_suggestion()}</p> }.into_any(),
    };
    let others: Vec<MatchSuggestion> = list.collect();
    let others = (!others.is_empty()).then(|| {
        let count = i64::try_from(others.len()).unwrap_or(i64::MAX);
        let list = others
            .into_iter()
            .map(|suggestion| view! { <Suggestion suggestion sum deciding may leading=false/> })
            .collect_view();
        view! {
            <details>
                <summary class="small">{texts::others(count)}</summary>
                <div class="gap">{list}</div>
            </details>
        }
    });
    let tools = may.then(|| {
        view! {
            <div class="line">
                <Button kind=ButtonKind::Quiet on_click=move || choosing.set(true)>
                    {texts::another()}
                </Button>
                <Button kind=ButtonKind::Quiet busy=deciding.busy on_click=move || deciding.ignore()>
                    {texts::ignore()}
                </Button>
            </div>
        }
    });
    view! {
        <div class="gap">{first} {others} {tools}</div>
        <AnotherSheet money=sum deciding open=choosing/>
    }
}

fn why(reason: MatchReason) -> &'static str {
    match reason {
        MatchReason::Reference => texts::why::reference(),
        MatchReason::Number => texts::why::number(),
        MatchReason::Amount => texts::why::amount(),
        MatchReason::Sum => texts::why::sum(),
        MatchReason::Partial => texts::why::partial(),
        MatchReason::OverPayment => texts::why::over_payment(),
        MatchReason::Name => texts::why::name(),
        MatchReason::KnownAccount => texts::why::known_account(),
    }
}

#[component]
fn Suggestion(
    suggestion: MatchSuggestion,
    /// What came in.
    sum: Money,
    deciding: Deciding,
    may: bool,
    leading: bool,
) -> impl IntoView {
    let MatchSuggestion { client_name, allocations, credit, confidence, reasons, .. } = suggestion;
    let (mark, tone, label) = match confidence {
        Confidence::High => (Mark::Full, Tone::Accent, texts::high()),
        Confidence::Medium => (Mark::Half, Tone::Info, texts::medium()),
        Confidence::Low => (Mark::Quarter, Tone::Neutral, texts::low()),
    };
    let numbers = allocations.iter().map(|part| part.number.as_str()).collect::<Vec<_>>().join(", ");
    let mut details: Vec<String> = allocations
        .iter()
        .filter(|part| part.amount != part.balance)
        .map(|part| texts::part(&amount(part.amount).text(), &amount(part.balance).text()))
        .collect();
    details.extend(credit.is_positive().then(|| texts::credit(&amount(credit).text())));
    details.extend(reasons.into_iter().map(|reason| why(reason).to_owned()));
    let parts: Vec<BankAllocation> = allocations
        .iter()
        .map(|part| BankAllocation { invoice_id: part.invoice_id, amount: part.amount })
        .collect();
    let links = allocations
        .iter()
        .map(|part| format!("/console/invoices/{}", part.invoice_id))
        .next()
        .unwrap_or_default();
    let kind =
        if leading && confidence == Confidence::High { ButtonKind::Primary } else { ButtonKind::Secondary };
    let confirm = may.then(|| {
        let confirm = move || deciding.pair(parts.clone(), || ());
        view! {
            <Button kind busy=deciding.busy on_click=confirm>
                {texts::confirm(&amount(sum).text())}
            </Button>
        }
    });
    view! {
        <div class="bank-match">
            <div class="what">
                <div class="line">
                    <TextLink href=links>{texts::invoices(&numbers)}</TextLink>
                    <span>{client_name.to_string()}</span>
                    <Pill label mark tone/>
                </div>
                <p class="sub">{details.join(" · ")}</p>
            </div>
            {confirm}
        </div>
    }
}
