//! What the organization charges for being late.

use domain::late_fees::{LateFeeCharge, LateFeeRepeat, LateFeeRule, LateFeeRuleId, LateFeeRules};
use domain::money::{Currency, Money};
use domain::permission::Permission;
use domain::recurring::Delivery;
use leptos::prelude::*;
use ui::{
    Button, ButtonKind, ButtonType, Checkbox, Empty, Form, Icon, IconButton, Loaded, MoneyField, Section,
    SelectField, SelectOption, Skeleton, TextField, TextKind, Toast, Toasts,
};

use crate::form::{Reading, Sending};
use crate::invoices::console::number;
use crate::reminders;
use crate::session::ConsoleSession;
use crate::set_up::currencies;
use crate::t::{common as common_texts, invoices as invoice_texts, reminders::fees as texts};

/// The most rules there can be.
const RULES: usize = 4;

/// The rules, to be changed.
#[component]
pub fn Fees() -> impl IntoView {
    let rules = ui::Fetched::new(reminders::fee_rules);
    view! {
        <Section title=texts::title()>
            <p class="muted">{texts::sub()}</p>
            <Loaded resource=rules skeleton=Skeleton::Form let:known>
                <FeesForm known/>
            </Loaded>
        </Section>
    }
}

/// A rule being typed.
#[derive(Clone, Copy)]
struct RuleForm {
    id: Option<LateFeeRuleId>,
    after_days: RwSignal<String>,
    kind: RwSignal<String>,
    rate: RwSignal<String>,
    amount: RwSignal<Option<i64>>,
    currency: RwSignal<String>,
    repeats: RwSignal<bool>,
    every_days: RwSignal<String>,
    at_most: RwSignal<String>,
    delivery: RwSignal<String>,
}

impl RuleForm {
    /// What waits for somebody to fill it in.
    fn fresh(currency: Currency) -> Self {
        let text = |text: &str| RwSignal::new(text.to_owned());
        Self {
            id: None,
            after_days: text("30"),
            kind: text("percent"),
            rate: text(""),
            amount: RwSignal::new(None),
            currency: text(currency.code()),
            repeats: RwSignal::new(false),
            every_days: text("30"),
            at_most: text("12"),
            delivery: text("draft"),
        }
    }

    fn new(rule: &LateFeeRule, currency: Currency) -> Self {
        let form = Self { id: rule.id, ..Self::fresh(currency) };
        form.after_days.set(rule.after_days.to_string());
        match rule.charge {
            LateFeeCharge::Percent(rate) => form.rate.set(ui::format::decimal(&rate.to_string())),
            LateFeeCharge::Amount(amount) => {
                form.kind.set("amount".to_owned());
                form.amount.set(Some(amount.minor()));
                form.currency.set(amount.currency().code().to_owned());
            }
        }
        if let Some(repeat) = rule.repeat {
            form.repeats.set(true);
            form.every_days.set(repeat.every_days.to_string());
            form.at_most.set(repeat.at_most.to_string());
        }
        if rule.delivery == Delivery::Send {
            form.delivery.set("send".to_owned());
        }
        form
    }

    fn read(self, place: usize, reading: &mut Reading) -> Option<LateFeeRule> {
        let invalid = || ("invalid", String::new());
        let at = |field: &str| format!("/rules/{place}/{field}");
        let whole = |typed: RwSignal<String>| {
            typed.with_untracked(|typed| typed.trim().parse::<u16>()).map_err(|_| invalid())
        };
        let after_days = reading.take(&at("after_days"), whole(self.after_days));
        let charge = if self.kind.with_untracked(|kind| kind == "amount") {
            let currency =
                self.currency.with_untracked(|code| code.parse::<Currency>().map_err(|_| invalid()));
            let money = self
                .amount
                .get_untracked()
                .ok_or_else(invalid)
                .and_then(|minor| Ok(Money::new(minor, currency?)));
            reading.take(&at("charge/amount"), money).map(LateFeeCharge::Amount)
        } else {
            let rate = self.rate.with_untracked(|rate| number(rate)).ok_or_else(invalid);
            reading.take(&at("charge/percent"), rate).map(LateFeeCharge::Percent)
        };
        let repeat = if self.repeats.get_untracked() {
            let every_days = reading.take(&at("repeat/every_days"), whole(self.every_days));
            let at_most = reading.take(&at("repeat/at_most"), whole(self.at_most));
            Some(LateFeeRepeat { every_days: every_days?, at_most: at_most? })
        } else {
            None
        };
        let delivery = if self.delivery.with_untracked(|delivery| delivery == "send") {
            Delivery::Send
        } else {
            Delivery::Draft
        };
        Some(LateFeeRule { id: self.id, after_days: after_days?, charge: charge?, repeat, delivery })
    }
}

#[component]
fn FeesForm(known: LateFeeRules) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let session = expect_context::<ConsoleSession>();
    let currency = session.me.with_untracked(|me| me.organization.currency);
    let forms = move |rules: &LateFeeRules| -> Vec<RuleForm> {
        rules.rules.iter().map(|rule| RuleForm::new(rule, currency)).collect()
    };
    let rules = RwSignal::new(forms(&known));
    let sending = Sending::new();
    let save = move || {
        let mut reading = Reading::default();
        let read: Vec<_> = rules
            .get_untracked()
            .into_iter()
            .enumerate()
            .filter_map(|(place, rule)| rule.read(place, &mut reading))
            .collect();
        if !reading.is_done(sending.errors) {
            return;
        }
        let body = LateFeeRules { rules: read };
        sending.run(async move { reminders::set_fee_rules(&body).await }, move |kept| {
            rules.set(forms(&kept));
            toasts.show(Toast::done(texts::saved()));
        });
    };
    let add = move || rules.update(|rules| rules.push(RuleForm::fresh(currency)));
    let list = move || {
        let known = rules.get();
        if known.is_empty() {
            return view! { <Empty title=texts::none() sub=texts::none_sub()/> }.into_any();
        }
        known
            .into_iter()
            .enumerate()
            .map(|(place, form)| view! { <Rule place form rules/> })
            .collect_view()
            .into_any()
    };
    let full = Memo::new(move |_| rules.with(|rules| rules.len() >= RULES));
    view! {
        <Form errors=sending.errors busy=sending.busy on_submit=save>
            {list}
            <div class="line">
                <Button kind=ButtonKind::Primary button_type=ButtonType::Submit busy=sending.busy>
                    {common_texts::save()}
                </Button>
                <Button icon=Icon::Plus disabled=full on_click=add>
                    {texts::add()}
                </Button>
            </div>
        </Form>
    }
}

#[component]
fn Rule(place: usize, form: RuleForm, rules: RwSignal<Vec<RuleForm>>) -> impl IntoView {
    let session = expect_context::<ConsoleSession>();
    let kinds =
        vec![SelectOption::new("percent", texts::percent()), SelectOption::new("amount", texts::amount())];
    let mut deliveries = vec![SelectOption::new("draft", texts::draft())];
    if session.may(Permission::SendInvoices) || form.delivery.with_untracked(|delivery| delivery == "send") {
        deliveries.push(SelectOption::new("send", texts::send()));
    }
    let remove = move || {
        rules.update(|rules| {
            rules.remove(place);
        });
    };
    let at = move |field: &str| format!("/rules/{place}/{field}");
    let fixed = Memo::new(move |_| form.kind.with(|kind| kind == "amount"));
    let exponent = Signal::derive(move || {
        form.currency.with(|code| code.parse::<Currency>().map_or(2, |currency| currency.exponent()))
    });
    let how_much = move || {
        if fixed.get() {
            view! {
                <MoneyField
                    label=texts::sum()
                    value=form.amount
                    currency=form.currency
                    exponent
                    pointer=at("charge/amount")
                    hint=texts::sum_hint()
                />
                <SelectField label=invoice_texts::currency() value=form.currency options=currencies()/>
            }
            .into_any()
        } else {
            view! { <TextField label=texts::rate() value=form.rate kind=TextKind::Decimal pointer=at("charge/percent")/> }
                .into_any()
        }
    };
    let repeat = move || {
        form.repeats.get().then(|| {
            view! {
                <div class="pair">
                    <TextField
                        label=texts::every_days()
                        value=form.every_days
                        kind=TextKind::Decimal
                        pointer=at("repeat/every_days")
                    />
                    <TextField
                        label=texts::at_most()
                        value=form.at_most
                        kind=TextKind::Decimal
                        pointer=at("repeat/at_most")
                    />
                </div>
            }
        })
    };
    view! {
        <fieldset class="rung">
            <legend class="line">
                <span>{texts::add()}</span>
                <IconButton icon=Icon::Trash label=texts::remove() on_click=remove/>
            </legend>
            <div class="pair">
                <TextField
                    label=texts::after_days()
                    value=form.after_days
                    kind=TextKind::Decimal
                    pointer=at("after_days")
                />
                <SelectField label=texts::kind() value=form.kind options=kinds pointer=at("charge")/>
                {how_much}
            </div>
            <Checkbox label=texts::repeats() checked=form.repeats pointer=at("repeat")/>
            {repeat}
            <SelectField label=texts::delivery() value=form.delivery options=deliveries pointer=at("delivery")/>
        </fieldset>
    }
}
