//! Paying invoices: the button, a part instead of all, and what can stand in the way.

use domain::invoices::{InvoiceDocument, InvoiceId};
use domain::money::{Currency, Money};
use domain::payments::{Attempt, InvoiceToPay, PaymentMethod, StartPayment};
use domain::permission::Permission;
use domain::problem::Code;
use leptos::prelude::*;
use ui::{Button, ButtonKind, ButtonSize, Figure, Form, Mark, MoneyField, Notice, Tone};

use super::attempt::OpenAttempt;
use crate::api::{Answer, ApiError, Intent};
use crate::form::Sending;
use crate::money::amount;
use crate::payments::portal as payments;
use crate::session::PortalSession;
use crate::t::portal::invoice as texts;
use crate::t::schedules as schedule_texts;
use crate::t::ways::pay as way_texts;

/// Invoices of one currency as they are shown, and what may be paid of them.
#[derive(Clone, PartialEq)]
pub struct Bill {
    /// The invoices; none while none is chosen.
    pub invoices: Vec<InvoiceToPay>,
    /// What is owed on them.
    pub balance: Money,
    /// What is asked for now: less than the balance where later instalments follow.
    pub next: Money,
    /// The least of it that may be paid.
    pub minimum: Money,
}

/// How much of a bill is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// What is asked for now.
    Next,
    /// All that remains.
    All,
    /// What is typed.
    Part,
}

/// A bill about to be paid. The page has two buttons for it, on a desk and on a phone, and one of these.
#[derive(Clone, Copy)]
pub struct Paying {
    bill: Signal<Bill>,
    currency: Currency,
    intent: Intent,
    sending: Sending,
    way: RwSignal<Way>,
    /// The part that is typed.
    part: RwSignal<Option<i64>>,
    methods: ui::Fetched<Answer<Vec<PaymentMethod>>>,
    /// The account chosen to pay by, by its id; empty for the first.
    pub method: RwSignal<String>,
    /// The instructions for a transfer are shown.
    pub transferring: RwSignal<bool>,
    leaving: RwSignal<bool>,
    /// A payment that has to be finished or cancelled first.
    open: RwSignal<Option<Attempt>>,
    /// An invoice isn't what the page shows any more.
    changed: RwSignal<bool>,
}

impl Paying {
    /// For an invoice as it is shown; none where it can't be paid, or not by this person.
    pub fn of(document: &InvoiceDocument, session: PortalSession) -> Option<Self> {
        let payable = document.status.is_open() && document.balance.is_positive();
        (payable && session.may(Permission::Pay)).then(|| {
            let bill = Bill {
                invoices: vec![InvoiceToPay { invoice_id: document.id, version: document.version }],
                balance: document.balance,
                next: document.next_payment,
                minimum: document.minimum_payment,
            };
            Self::new(Signal::stored(bill), document.balance.currency())
        })
    }

    /// For invoices that are still being chosen.
    pub fn new(bill: Signal<Bill>, currency: Currency) -> Self {
        let invoices = Memo::new(move |_| ids(bill));
        let method = RwSignal::new(String::new());
        let methods = ui::Fetched::new(move || {
            let invoices = invoices.get();
            async move {
                let found = payments::methods(currency, invoices).await?;
                let known = |id: &String| found.iter().any(|found| found.connection_id.to_string() == *id);
                if !method.try_with_untracked(known).unwrap_or(true) {
                    let first = found.iter().find(|found| found.online).or(found.first());
                    method.try_set(first.map(|first| first.connection_id.to_string()).unwrap_or_default());
                }
                Ok(found)
            }
        });
        Self {
            methods,
            method,
            transferring: RwSignal::new(false),
            bill,
            currency,
            intent: Intent::new(),
            sending: Sending::new(),
            way: RwSignal::new(Way::Next),
            part: RwSignal::new(None),
            leaving: RwSignal::new(false),
            open: RwSignal::new(None),
            changed: RwSignal::new(false),
        }
    }

    /// What the button pays: what is asked for now, all that remains, or the part that is typed.
    pub fn chosen(self) -> Option<Money> {
        let bill = self.bill.get();
        let known = match self.way.get() {
            Way::Next => Some(bill.next),
            Way::All => Some(bill.balance),
            Way::Part => None,
        };
        if let Some(known) = known {
            return known.is_positive().then_some(known);
        }
        let part = Money::new(self.part.get()?, self.currency);
        (bill.minimum.minor()..=bill.balance.minor()).contains(&part.minor()).then_some(part)
    }

    /// The invoices that are paid.
    pub fn invoices(self) -> Signal<Vec<InvoiceId>> {
        Signal::derive(move || ids(self.bill))
    }

    /// The ways to pay them, once they are known.
    pub fn methods(self) -> Option<Vec<PaymentMethod>> {
        self.methods.get().and_then(Result::ok)
    }

    /// The one that was chosen; where none is known, the server takes the first.
    pub fn chosen_method(self) -> Option<PaymentMethod> {
        let id = self.method.get();
        self.methods()?.into_iter().find(|method| method.connection_id.to_string() == id)
    }

    fn is_nothing(self) -> Signal<bool> {
        Signal::derive(move || {
            self.bill.with(|bill| bill.invoices.is_empty())
                || self.methods().is_some_and(|methods| methods.is_empty())
        })
    }

    /// Why the chosen way takes no such amount.
    fn beyond(method: &PaymentMethod, chosen: Money) -> Option<String> {
        let little = method.minimum.filter(|least| chosen.minor() < least.minor());
        let much = method.maximum.filter(|most| chosen.minor() > most.minor());
        let little = little.map(|least| way_texts::too_little(&amount(least).text()));
        little.or_else(|| much.map(|most| way_texts::too_much(&amount(most).text())))
    }

    fn busy(self) -> Signal<bool> {
        Signal::derive(move || self.sending.busy.get() || self.leaving.get())
    }

    /// Goes on to pay, in the chosen way.
    pub fn start(self) {
        let Some(chosen) = untrack(|| self.chosen()) else {
            self.sending.errors.set(vec![ui::FieldError {
                pointer: "/amount".to_owned(),
                message: untrack(|| self.limits()),
            }]);
            return;
        };
        if self.busy().get_untracked() || self.is_nothing().get_untracked() {
            return;
        }
        let method = untrack(|| self.chosen_method());
        if let Some(message) = method.as_ref().and_then(|method| Self::beyond(method, chosen)) {
            self.sending.errors.set(vec![ui::FieldError { pointer: "/amount".to_owned(), message }]);
            return;
        }
        self.sending.errors.clear();
        if method.as_ref().is_some_and(|method| !method.online) {
            self.transferring.set(true);
            return;
        }
        self.open.set(None);
        // The amount is said even where it is all: what is charged is what the button said.
        let body = StartPayment {
            invoices: self.bill.get_untracked().invoices,
            amount: Some(chosen),
            connection_id: method.map(|method| method.connection_id),
        };
        self.sending.run_or(
            async move { payments::start(&body, self.intent).await },
            move |attempt| {
                self.leaving.set(true);
                payments::go_to_checkout(&attempt);
            },
            move |error| self.refused(error),
        );
    }

    fn refused(self, error: ApiError) {
        match error.code() {
            Some(Code::Conflict | Code::InvoiceNotPayable) => self.changed.set(true),
            Some(Code::AttemptOpen) => match payments::open_attempt(&error) {
                Some(attempt) => self.open.set(Some(attempt)),
                None => error.show_in(self.sending.errors),
            },
            _ => error.show_in(self.sending.errors),
        }
    }

    fn limits(self) -> String {
        self.bill.with(|bill| texts::part_hint(&amount(bill.minimum).text(), &amount(bill.balance).text()))
    }
}

fn ids(bill: Signal<Bill>) -> Vec<InvoiceId> {
    bill.with(|bill| bill.invoices.iter().map(|invoice| invoice.invoice_id).collect())
}

/// The page's one filled button.
#[component]
pub fn PayButton(
    /// What it pays.
    paying: Paying,
    /// As wide as its column.
    #[prop(optional)]
    wide: bool,
) -> impl IntoView {
    let label = move || {
        if paying.leaving.get() {
            return texts::leaving().into_any();
        }
        let chosen = paying.chosen();
        if let Some(chosen) = chosen.filter(|_| paying.chosen_method().is_some_and(|method| !method.online)) {
            return way_texts::transfer(&amount(chosen).text()).into_any();
        }
        let sum = chosen.map(|chosen| view! { " " <Figure amount=amount(chosen)/> });
        view! { {texts::pay()} {sum} }.into_any()
    };
    view! {
        <Button
            kind=ButtonKind::Primary
            size=if wide { ButtonSize::TallWide } else { ButtonSize::Tall }
            busy=paying.busy()
            disabled=paying.is_nothing()
            on_click=move || paying.start()
        >
            {label}
        </Button>
    }
}

/// What stands in the way of paying, where something does: above the document, where it is seen.
#[component]
pub fn PayNotices(
    /// What is paid.
    paying: Paying,
    /// Loads the invoice anew.
    #[prop(into)]
    on_reload: Callback<()>,
) -> impl IntoView {
    view! {
        {move || {
            paying
                .changed
                .get()
                .then(|| {
                    view! {
                        <Notice mark=Mark::Late tone=Tone::Caution>
                            <div class="gap grow">
                                <p>{texts::changed()}</p>
                                <div>
                                    <Button on_click=on_reload>{texts::reload()}</Button>
                                </div>
                            </div>
                        </Notice>
                    }
                })
        }}
        {move || {
            paying.open.get().map(|attempt| view! { <OpenAttempt attempt on_cancelled=move || paying.open.set(None)/> })
        }}
    }
}

/// Errors of paying, and the field for a part where the organization takes parts.
#[component]
pub fn PayPart(
    /// What is paid.
    paying: Paying,
) -> impl IntoView {
    let takes_parts = Memo::new(move |_| paying.bill.with(|bill| bill.minimum.minor() < bill.next.minor()));
    let more_follows = Memo::new(move |_| paying.bill.with(|bill| bill.next.minor() < bill.balance.minor()));
    let currency = paying.currency;
    let go = move |way: Way| {
        paying.sending.errors.clear();
        paying.part.set(None);
        paying.way.set(way);
    };
    let rest = move || {
        let owed = paying.bill.with(|bill| bill.balance);
        let part = paying.chosen().filter(|part| part.minor() < owed.minor())?;
        let rest = owed.checked_sub(part).ok()?;
        Some(texts::part_left(&amount(part).text(), &amount(rest).text()))
    };
    let field = move || {
        (paying.way.get() == Way::Part).then(|| {
            view! {
                <MoneyField
                    label=texts::part_label()
                    value=paying.part
                    currency=currency.code().to_owned()
                    exponent=currency.exponent()
                    pointer="/amount"
                    hint=paying.limits()
                />
                <p class="small muted" role="status">
                    {rest}
                </p>
            }
        })
    };
    let switches = move || {
        let (way, more) = (paying.way.get(), more_follows.get());
        let all = if more { schedule_texts::pay_rest() } else { texts::pay_all() };
        [
            (Way::Next, schedule_texts::pay_next(), more),
            (Way::All, all, more || way == Way::Part),
            (Way::Part, texts::pay_part(), takes_parts.get()),
        ]
        .into_iter()
        .filter(|(other, _, offered)| *offered && *other != way)
        .map(|(other, label, _)| {
            view! {
                <div>
                    <button class="link small" type="button" on:click=move |_| go(other)>
                        {label}
                    </button>
                </div>
            }
        })
        .collect_view()
    };
    view! {
        <Form errors=paying.sending.errors busy=paying.busy() on_submit=move || paying.start()>
            {field} {switches}
        </Form>
    }
}
