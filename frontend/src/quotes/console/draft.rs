//! A quote in the editor: what is typed, and reading it as the domain's types.

use std::str::FromStr;

use domain::money::{Currency, Money, Rate};
use domain::quotes::{
    Adjustable, Costs, Deposit, DraftQuote, Package, PackageGroup, Quote, QuoteContent, QuoteId, QuoteLine,
    QuoteSection, Take,
};
use domain::tax::Tax;
use domain::text::{Name, PartKey};
use domain::totals::{Discount, PriceMode};
use leptos::prelude::*;

use crate::invoices::console::draft::{LineForm, Trouble, number};
use crate::t::invoices::trouble as line_texts;
use crate::t::quotes_console as texts;

/// What is typed.
#[derive(Clone, Copy)]
pub struct QuoteForm {
    /// The client's id; empty before one is chosen.
    pub client: RwSignal<String>,
    /// What is typed to find the client, then its name.
    pub client_name: RwSignal<String>,
    /// ISO code.
    pub currency: RwSignal<String>,
    /// `exclusive` or `inclusive`.
    pub price_mode: RwSignal<String>,
    /// Words among staff.
    pub internal_note: RwSignal<String>,
    /// The accepted quote that it changes.
    pub changes: RwSignal<Option<QuoteId>>,
    /// What it is about.
    pub title: RwSignal<String>,
    /// Words before the prices.
    pub cover: RwSignal<String>,
    /// Terms after them.
    pub terms: RwSignal<String>,
    /// ISO date.
    pub valid_until: RwSignal<String>,
    /// Empty, `percent` or `amount`.
    pub discount_kind: RwSignal<String>,
    /// How much of it.
    pub discount: RwSignal<String>,
    /// Empty, `percent` or `amount`.
    pub deposit_kind: RwSignal<String>,
    /// How much of it.
    pub deposit: RwSignal<String>,
    /// Percent; empty for none.
    pub may_exceed: RwSignal<String>,
    /// Groups of packages.
    pub groups: RwSignal<Vec<GroupForm>>,
    /// The sections.
    pub sections: RwSignal<Vec<SectionForm>>,
}

/// A group of packages being typed.
#[derive(Clone, Copy)]
pub struct GroupForm {
    /// Its key.
    pub key: StoredValue<PartKey>,
    /// Its heading.
    pub title: RwSignal<String>,
    /// Its packages.
    pub packages: RwSignal<Vec<PackageForm>>,
    /// The key of the one that is taken unless the client takes another.
    pub default: RwSignal<String>,
}

/// A package being typed.
#[derive(Clone, Copy)]
pub struct PackageForm {
    /// Its key.
    pub key: StoredValue<PartKey>,
    /// Its name.
    pub title: RwSignal<String>,
    /// Words about it.
    pub text: RwSignal<String>,
}

/// A section being typed.
#[derive(Clone, Copy)]
pub struct SectionForm {
    /// Its key.
    pub key: StoredValue<PartKey>,
    /// Its heading.
    pub title: RwSignal<String>,
    /// Words under it.
    pub text: RwSignal<String>,
    /// Its lines.
    pub lines: RwSignal<Vec<QuoteLineForm>>,
}

/// A line being typed: as on an invoice, and who decides about it.
#[derive(Clone, Copy)]
pub struct QuoteLineForm {
    /// Its key.
    pub key: StoredValue<PartKey>,
    /// What an invoice's line has.
    pub base: LineForm,
    /// `included`, `optional`, `optional_off`, or a package's key after `package:`.
    pub take: RwSignal<String>,
    /// Percent; empty for none.
    pub discount: RwSignal<String>,
    /// What we pay for one; empty where unknown.
    pub cost: RwSignal<String>,
    /// Whether the client chooses the quantity.
    pub adjustable: RwSignal<bool>,
    /// The least of it.
    pub min: RwSignal<String>,
    /// The most of it.
    pub max: RwSignal<String>,
    /// The distance between two.
    pub step: RwSignal<String>,
    /// Whether all of its fields are shown.
    pub open: RwSignal<bool>,
}

/// A key that no part of any version has: the time, and how many were made since the page began.
fn fresh_key() -> PartKey {
    thread_local!(static MADE: std::cell::Cell<u32> = const { std::cell::Cell::new(0) });
    let made = MADE.with(|made| made.replace(made.get() + 1));
    format!("k{:x}-{made:x}", ui::format::now_ms()).parse().expect("it is hexadecimal digits and a hyphen")
}

/// A number that tells lines apart while they move.
fn fresh_number() -> u32 {
    thread_local!(static MADE: std::cell::Cell<u32> = const { std::cell::Cell::new(0) });
    MADE.with(|made| made.replace(made.get() + 1))
}

fn text(text: impl ToString) -> RwSignal<String> {
    RwSignal::new(text.to_string())
}

fn decimal(value: &impl ToString) -> String {
    ui::format::decimal(&value.to_string())
}

impl QuoteLineForm {
    /// An empty line.
    pub fn new(taxes: Vec<Tax>) -> Self {
        let empty = || text("");
        let base = LineForm {
            key: fresh_number(),
            description: empty(),
            detail: empty(),
            quantity: text("1"),
            unit: empty(),
            price: empty(),
            taxes: RwSignal::new(taxes),
        };
        Self {
            key: StoredValue::new(fresh_key()),
            base,
            take: text("included"),
            discount: empty(),
            cost: empty(),
            adjustable: RwSignal::new(false),
            min: empty(),
            max: empty(),
            step: text("1"),
            open: RwSignal::new(false),
        }
    }

    fn of(line: &QuoteLine, costs: &Costs) -> Self {
        let form = Self::new(line.taxes.clone());
        form.key.set_value(line.key.clone());
        form.base.description.set(line.description.to_string());
        form.base.detail.set(line.detail.to_string());
        form.base.quantity.set(decimal(&line.quantity));
        form.base.unit.set(line.unit.to_string());
        form.base.price.set(decimal(&line.unit_price));
        form.take.set(match &line.take {
            Take::Included => "included".to_owned(),
            Take::Optional { default: true } => "optional".to_owned(),
            Take::Optional { default: false } => "optional_off".to_owned(),
            Take::Package { package } => format!("package:{package}"),
        });
        if let Some(rate) = &line.discount_percent {
            form.discount.set(decimal(rate));
        }
        if let Some(cost) = costs.get(&line.key) {
            form.cost.set(decimal(cost));
        }
        if let Some(limits) = &line.adjustable {
            form.adjustable.set(true);
            form.min.set(decimal(&limits.min));
            form.max.set(decimal(&limits.max));
            form.step.set(decimal(&limits.step));
        }
        form
    }

    /// As it is sent, with its cost; `None` while it is empty.
    fn read(self) -> Result<Option<(QuoteLine, Costs)>, String> {
        let Some(base) = self.base.read().map_err(|wrong| wrong.text().to_owned())? else { return Ok(None) };
        let key = self.key.get_value();
        let take = self.take.get();
        let take = match take.strip_prefix("package:") {
            Some(package) => Take::Package { package: read(package, texts::take())? },
            None if take == "optional" => Take::Optional { default: true },
            None if take == "optional_off" => Take::Optional { default: false },
            None => Take::Included,
        };
        let adjustable = if self.adjustable.get() {
            let of = |typed: RwSignal<String>| {
                typed.with(|typed| number(typed)).ok_or_else(|| wrong(texts::adjustable()))
            };
            Some(Adjustable { min: of(self.min)?, max: of(self.max)?, step: of(self.step)? })
        } else {
            None
        };
        let mut costs = Costs::new();
        if let Some(cost) = optional(self.cost, texts::cost_of_one())? {
            costs.insert(key.clone(), cost);
        }
        let line = QuoteLine {
            key,
            description: base.description,
            detail: base.detail,
            take,
            quantity: base.quantity,
            adjustable,
            unit: base.unit,
            unit_price: base.unit_price,
            discount_percent: optional(self.discount, texts::line_discount())?,
            taxes: base.taxes,
        };
        Ok(Some((line, costs)))
    }
}

fn wrong(field: &str) -> String {
    texts::trouble_field(field)
}

/// Reads what isn't a number.
fn read<T: FromStr>(typed: &str, field: &str) -> Result<T, String> {
    typed.parse().map_err(|_| wrong(field))
}

/// Reads a number that may be missing.
fn optional<T: FromStr>(typed: RwSignal<String>, field: &str) -> Result<Option<T>, String> {
    let typed = typed.get();
    if typed.trim().is_empty() {
        return Ok(None);
    }
    number(&typed).map(Some).ok_or_else(|| wrong(field))
}

impl PackageForm {
    /// An empty one.
    pub fn new() -> Self {
        Self { key: StoredValue::new(fresh_key()), title: text(""), text: text("") }
    }
}

impl GroupForm {
    /// With two packages to name.
    pub fn new() -> Self {
        let packages = vec![PackageForm::new(), PackageForm::new()];
        let default = text(packages[0].key.get_value());
        Self {
            key: StoredValue::new(fresh_key()),
            title: text(""),
            packages: RwSignal::new(packages),
            default,
        }
    }

    fn of(group: &PackageGroup) -> Self {
        let default = group.packages.iter().find(|package| package.default);
        let packages = group.packages.iter().map(|package| PackageForm {
            key: StoredValue::new(package.key.clone()),
            title: text(&package.title),
            text: text(&package.text),
        });
        Self {
            key: StoredValue::new(group.key.clone()),
            title: text(&group.title),
            packages: RwSignal::new(packages.collect()),
            default: text(default.map(|package| package.key.to_string()).unwrap_or_default()),
        }
    }

    fn read(self) -> Result<PackageGroup, String> {
        let default = self.default.get();
        let packages = self.packages.get().into_iter().map(|package| {
            let key = package.key.get_value();
            Ok(Package {
                default: key.as_str() == default,
                key,
                title: read(&package.title.get(), texts::package_name())?,
                text: read(&package.text.get(), texts::package_text())?,
            })
        });
        Ok(PackageGroup {
            key: self.key.get_value(),
            title: read(&self.title.get(), texts::group_title())?,
            packages: packages.collect::<Result<_, String>>()?,
        })
    }
}

impl SectionForm {
    /// With one empty line.
    pub fn new(taxes: Vec<Tax>) -> Self {
        Self {
            key: StoredValue::new(fresh_key()),
            title: text(""),
            text: text(""),
            lines: RwSignal::new(vec![QuoteLineForm::new(taxes)]),
        }
    }

    fn of(section: &QuoteSection, costs: &Costs) -> Self {
        let lines = section.lines.iter().map(|line| QuoteLineForm::of(line, costs)).collect();
        Self {
            key: StoredValue::new(section.key.clone()),
            title: text(&section.title),
            text: text(&section.text),
            lines: RwSignal::new(lines),
        }
    }
}

impl QuoteForm {
    /// As it was saved, or new with the organization's habits.
    pub fn new(quote: Option<&Quote>, currency: Currency, price_mode: PriceMode) -> Self {
        let document = quote.map(|quote| &quote.document);
        let content = document.map(|document| &document.content);
        let counting = document.map(|document| document.counting);
        let money = |money: Money| decimal(&money.to_decimal());
        let (discount_kind, discount) = match content.and_then(|content| content.discount) {
            None => ("", String::new()),
            Some(Discount::Percent(rate)) => ("percent", decimal(&rate)),
            Some(Discount::Amount(amount)) => ("amount", money(amount)),
        };
        let (deposit_kind, deposit) = match content.and_then(|content| content.deposit) {
            None => ("", String::new()),
            Some(Deposit::Percent(rate)) => ("percent", decimal(&rate)),
            Some(Deposit::Amount(amount)) => ("amount", money(amount)),
        };
        let said = |of: fn(&QuoteContent) -> String| text(content.map(of).unwrap_or_default());
        let groups = content.map(|content| content.groups.iter().map(GroupForm::of).collect());
        let sections = quote.map(|quote| {
            let sections = quote.document.content.sections.iter();
            sections.map(|section| SectionForm::of(section, &quote.costs)).collect()
        });
        Self {
            client: text(document.map(|document| document.client_id.to_string()).unwrap_or_default()),
            client_name: text(document.map(|document| document.client_name.to_string()).unwrap_or_default()),
            currency: text(counting.map_or(currency, |counting| counting.currency).code()),
            price_mode: text(counting.map_or(price_mode, |counting| counting.price_mode).as_str()),
            internal_note: text(quote.map(|quote| quote.internal_note.to_string()).unwrap_or_default()),
            changes: RwSignal::new(document.and_then(|document| document.changes_quote_id)),
            title: said(|content| content.title.to_string()),
            cover: said(|content| content.cover.to_string()),
            terms: said(|content| content.terms.to_string()),
            valid_until: said(|content| content.valid_until.map(|day| day.to_string()).unwrap_or_default()),
            discount_kind: text(discount_kind),
            discount: text(discount),
            deposit_kind: text(deposit_kind),
            deposit: text(deposit),
            may_exceed: said(|content| {
                content.may_exceed_percent.map(|rate| decimal(&rate)).unwrap_or_default()
            }),
            groups: RwSignal::new(groups.unwrap_or_default()),
            sections: RwSignal::new(sections.unwrap_or_default()),
        }
    }

    /// The currency chosen.
    pub fn currency(self) -> Currency {
        self.currency.with(|code| code.parse().unwrap_or(Currency::EUR))
    }

    /// What unit prices say.
    pub fn price_mode(self) -> PriceMode {
        self.price_mode.with(|mode| mode.parse().unwrap_or_default())
    }

    fn money(self, typed: RwSignal<String>, field: &str) -> Result<Money, String> {
        let currency = self.currency();
        typed
            .with(|typed| ui::format::parse_amount(typed, currency.exponent()))
            .map(|minor| Money::new(minor, currency))
            .ok_or_else(|| wrong(field))
    }

    fn discount(self) -> Result<Option<Discount>, String> {
        let percent = self.discount_kind.with(|kind| kind == "percent");
        if self.discount_kind.with(String::is_empty) || self.discount.with(|typed| typed.trim().is_empty()) {
            return Ok(None);
        }
        if percent {
            return Ok(optional::<Rate>(self.discount, texts::discount())?.map(Discount::Percent));
        }
        self.money(self.discount, texts::discount()).map(|amount| Some(Discount::Amount(amount)))
    }

    fn deposit(self) -> Result<Option<Deposit>, String> {
        let percent = self.deposit_kind.with(|kind| kind == "percent");
        if self.deposit_kind.with(String::is_empty) || self.deposit.with(|typed| typed.trim().is_empty()) {
            return Ok(None);
        }
        if percent {
            return Ok(optional::<Rate>(self.deposit, texts::deposit())?.map(Deposit::Percent));
        }
        self.money(self.deposit, texts::deposit()).map(|amount| Some(Deposit::Amount(amount)))
    }

    /// The lines, and their costs. Those that can't be read are left out of a preview.
    fn sections(self, preview: bool) -> Result<(Vec<QuoteSection>, Costs), String> {
        let (mut sections, mut all) = (Vec::new(), Costs::new());
        let mut place = 0;
        for form in self.sections.get() {
            let mut lines = Vec::new();
            for line in form.lines.get() {
                place += 1;
                match line.read() {
                    Ok(Some((line, costs))) => {
                        lines.push(line);
                        all.extend(costs);
                    }
                    Ok(None) => {}
                    Err(_) if preview => {}
                    Err(what) => return Err(line_texts::line(&ui::format::number(place), &what)),
                }
            }
            sections.push(QuoteSection {
                key: form.key.get_value(),
                title: read(&form.title.get(), texts::section())?,
                text: read(&form.text.get(), texts::section())?,
                lines,
            });
        }
        Ok((sections, all))
    }

    fn content(self, preview: bool) -> Result<(QuoteContent, Costs), String> {
        let title = self.title.get();
        let title: Name = match title.parse() {
            Ok(title) => title,
            Err(_) if preview => read(texts::new_title(), texts::quote_title())?,
            Err(_) => return Err(texts::needs_title().to_owned()),
        };
        let (sections, costs) = self.sections(preview)?;
        let groups: Result<Vec<PackageGroup>, String> =
            self.groups.get().into_iter().map(GroupForm::read).collect();
        let content = QuoteContent {
            title,
            cover: read(&self.cover.get(), texts::cover())?,
            terms: read(&self.terms.get(), texts::terms())?,
            valid_until: self.valid_until.with(|day| day.parse().ok()),
            discount: self.discount()?,
            deposit: self.deposit()?,
            may_exceed_percent: optional(self.may_exceed, texts::may_exceed_percent())?,
            groups: groups?,
            sections,
        };
        Ok((content, costs))
    }

    /// What can be shown of it while it is being typed; nothing where that makes no sense yet.
    pub fn preview(self) -> Option<(QuoteContent, Costs)> {
        self.content(true).ok()
    }

    /// All of it, as it is sent to the server.
    pub fn read(self) -> Result<DraftQuote, Trouble> {
        let client_id = self.client.with(|id| id.parse()).map_err(|_| Trouble::NoClient)?;
        let (content, costs) = self.content(false).map_err(Trouble::Mend)?;
        if let Err(problem) = content.check() {
            let pointer = problem.errors.first().map(|error| error.pointer.as_str()).unwrap_or_default();
            return Err(Trouble::Mend(wrong(field_at(pointer))));
        }
        let internal_note = read(&self.internal_note.get(), texts::internal_note()).map_err(Trouble::Mend)?;
        Ok(DraftQuote {
            client_id,
            currency: Some(self.currency()),
            price_mode: Some(self.price_mode()),
            internal_note,
            changes_quote_id: self.changes.get(),
            content,
            costs,
        })
    }
}

/// The label of the field that a refusal points at.
fn field_at(pointer: &str) -> &'static str {
    let known: [(&str, &'static str); 6] = [
        ("/adjustable", texts::adjustable()),
        ("/take", texts::take()),
        ("/groups", texts::packages()),
        ("/deposit", texts::deposit()),
        ("/valid_until", texts::valid_until()),
        ("/taxes", crate::t::invoices::tax()),
    ];
    known.into_iter().find(|(part, _)| pointer.contains(part)).map_or(texts::sections(), |(_, label)| label)
}
