use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::money::{Currency, Money, Quantity, Rate, UnitPrice};
use domain::totals::{PriceMode, Totals};
use serde::{Deserialize, Serialize};

use crate::einvoice::Payee;
use crate::letter::Letter;
use crate::printable::one_line;
use crate::render::{RenderError, render};
use crate::sheet::{Attachment, Boxed, Cell, Column, Fact, Hero, Row, Sheet, Sum, Table, Weight};

/// Whether money is asked for or given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An invoice.
    #[default]
    Invoice,
    /// A credit note; its amounts are positive.
    CreditNote,
}

/// How value added tax treats something, by the codes of UN/EDIFACT 5305 that EN 16931 allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxCategory {
    /// `S`: an ordinary rate above zero.
    Standard,
    /// `Z`: a rate of zero.
    Zero,
    /// `E`: exempt.
    Exempt,
    /// `AE`: the buyer owes the tax.
    ReverseCharge,
    /// `K`: a supply to another country of the EU.
    IntraCommunity,
    /// `G`: an export out of the EU.
    Export,
    /// `O`: not within the tax's scope.
    OutOfScope,
}

/// A tax as it stands on a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineTax {
    /// Its name, as the totals call it.
    pub name: String,
    /// Its percentage.
    pub rate: Rate,
    /// Its category, where that is known.
    pub category: Option<TaxCategory>,
    /// Why nothing is levied; empty where something is.
    pub exemption: String,
}

/// Something added or taken off beside what lines say by quantity and price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjustment {
    /// Whether it is added.
    pub charge: bool,
    /// What for, e.g. `Express delivery`.
    pub reason: String,
    /// How much, above zero, as prices are written: net, or with tax if they include it.
    pub amount: Money,
    /// Its tax, on an adjustment of a whole document; one of a line bears the line's.
    pub tax: Option<LineTax>,
}

/// A line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What was done or delivered.
    pub description: String,
    /// More about it.
    pub detail: String,
    /// How much.
    pub quantity: Quantity,
    /// Its unit, as it is printed; may be empty.
    pub unit: String,
    /// Its unit by UN/ECE recommendation 20, e.g. `HUR`; empty where unknown.
    pub unit_code: String,
    /// Price of one.
    pub unit_price: UnitPrice,
    /// The taxes on it.
    pub taxes: Vec<LineTax>,
    /// What is added to or taken off this line.
    pub adjustments: Vec<Adjustment>,
    /// Quantity × price with the adjustments, rounded.
    pub amount: Money,
}

/// The invoice that a credit note corrects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preceding {
    /// Its number.
    pub number: String,
    /// Its date.
    pub issued_on: NaiveDate,
}

/// An instalment of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instalment {
    /// What it is called, or the milestone it waits for; may be empty.
    pub label: String,
    /// Until when it is to be paid, if that is known.
    pub due_on: Option<NaiveDate>,
    /// Days to pay after the milestone that it waits for.
    pub days: Option<u16>,
    /// How much.
    pub amount: Money,
}

/// An invoice or a credit note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// Seller, buyer, language and look.
    pub letter: Letter,
    /// What it is.
    pub kind: Kind,
    /// Its number; empty on a draft.
    pub number: String,
    /// Its date.
    pub issued_on: NaiveDate,
    /// Until when it is to be paid; the first instalment, if it has a schedule.
    pub due_on: Option<NaiveDate>,
    /// Its instalments; none if it is paid at once. Documents frozen before there were any have none.
    #[serde(default)]
    pub schedule: Vec<Instalment>,
    /// When it was delivered, first and last day.
    pub delivered: Option<(NaiveDate, NaiveDate)>,
    /// The client's own reference, e.g. an order number.
    pub reference: String,
    /// What it corrects.
    pub preceding: Option<Preceding>,
    /// Its currency.
    pub currency: Currency,
    /// Whether prices include tax.
    pub price_mode: PriceMode,
    /// Its lines.
    pub lines: Vec<Line>,
    /// What is added to or taken off the whole, beside the discount that the totals name.
    pub adjustments: Vec<Adjustment>,
    /// What it comes to. The net holds the adjustments, too.
    pub totals: Totals,
    /// What was paid before, e.g. as a deposit.
    pub prepaid: Money,
    /// Words before the lines: why something is credited.
    #[serde(default)]
    pub intro: String,
    /// Words to the client.
    pub note: String,
    /// Where to pay by bank transfer.
    pub payee: Option<Payee>,
}

impl Invoice {
    /// Prints it. A PDF of an invoice that [qualifies](Self::qualifies) holds its data as `factur-x.xml`, and
    /// says so in its metadata.
    pub fn pdf(&self) -> Result<Vec<u8>, RenderError> {
        let mut sheet = self.sheet();
        let electronic = !self.letter.draft && self.qualifies().is_ok();
        if electronic {
            sheet.attachments.push(Attachment {
                name: "factur-x.xml",
                media_type: "text/xml",
                description: "Factur-X",
                bytes: self.cii().into_bytes(),
            });
        }
        let identity = format!("{} {} {}", sheet.meta.author, sheet.meta.title, self.issued_on);
        let pdf = render(&sheet, self.letter.brand.logo.as_deref(), &identity)?;
        if electronic { Ok(crate::einvoice::declare(pdf)) } else { Ok(pdf) }
    }

    /// What is left of the total after what was paid before.
    pub(crate) fn due(&self) -> Money {
        self.totals.gross.checked_sub(self.prepaid).unwrap_or(self.totals.gross)
    }

    fn sheet(&self) -> Sheet {
        let (letter, words) = (&self.letter, self.letter.words());
        let language = letter.language;
        let kind = match self.kind {
            Kind::Invoice => &words.invoice,
            Kind::CreditNote => &words.credit_note,
        };
        let mut sheet = letter.sheet(kind, &self.number, self.issued_on);
        let at_once = self.kind == Kind::Invoice && self.schedule.is_empty();
        let due_on = self.due_on.filter(|_| at_once).map(|due| language.date(due));
        let delivered = self.delivered.map(|(first, last)| {
            if first == last {
                language.date(first)
            } else {
                format!("{} – {}", language.short_date(first), language.short_date(last))
            }
        });
        sheet.facts = [
            letter.fact(&words.date, &language.date(self.issued_on)),
            due_on.as_ref().and_then(|due| letter.fact(&words.due, due)),
            delivered.and_then(|text| letter.fact(&words.delivered, &text)),
            self.preceding.as_ref().and_then(|before| letter.fact(&words.corrects, &before.number)),
            letter.fact(&words.reference, &self.reference),
            letter.fact(&words.your_vat_id, &letter.recipient.vat_id),
        ]
        .into_iter()
        .flatten()
        .collect();
        let due = self.due();
        sheet.hero = Some(match self.kind {
            Kind::CreditNote => self.hero(&words.credited, self.totals.gross, String::new()),
            Kind::Invoice if due.is_positive() => {
                let by = match (due_on, self.schedule.len()) {
                    (Some(due), _) => words.by.replace("{}", &letter.isolated(&due)),
                    (None, 0) => String::new(),
                    (None, count) => words.in_instalments.replace("{}", &count.to_string()),
                };
                self.hero(&words.amount_due, due, by)
            }
            Kind::Invoice => self.hero(&words.nothing_due, Money::zero(self.currency), String::new()),
        });
        sheet.intro = letter.free(&self.intro);
        sheet.tables = vec![self.table()];
        sheet.sums = self.sums();
        sheet.boxes = self.instalments().into_iter().chain(self.how_to_pay(due)).collect();
        let exemptions: BTreeSet<String> = self
            .taxes()
            .filter(|tax| !tax.exemption.is_empty())
            .map(|tax| letter.free(&tax.exemption))
            .collect();
        let mut notes: Vec<String> = exemptions.into_iter().collect();
        if !self.note.trim().is_empty() {
            notes.push(letter.free(&self.note));
        }
        sheet.note = notes.join("\n");
        sheet
    }

    fn hero(&self, label: &str, amount: Money, note: String) -> Hero {
        let value = self.letter.isolated(&self.letter.language.money(amount));
        Hero { label: label.to_owned(), value, note }
    }

    /// The taxes of its lines and adjustments.
    fn taxes(&self) -> impl Iterator<Item = &LineTax> {
        let adjustments = self.adjustments.iter().filter_map(|adjustment| adjustment.tax.as_ref());
        self.lines.iter().flat_map(|line| &line.taxes).chain(adjustments)
    }

    fn table(&self) -> Table {
        let (letter, words) = (&self.letter, self.letter.words());
        let language = letter.language;
        let taxed = self.lines.iter().any(|line| !line.taxes.is_empty());
        let mut columns = vec![
            Column::text(&words.description),
            Column::figures(&words.quantity),
            Column::figures(&words.unit_price),
        ];
        if taxed {
            columns.push(Column::figures(&words.tax));
        }
        columns.push(Column::figures(&words.amount));
        let rows = self.lines.iter().map(|line| {
            let mut detail: Vec<String> = Vec::new();
            if !line.detail.trim().is_empty() {
                detail.push(letter.free(&line.detail));
            }
            for adjustment in &line.adjustments {
                let amount = letter.isolated(&language.money(signed(adjustment)));
                detail.push(format!("{} {amount}", letter.free_line(&adjustment.reason)));
            }
            let quantity = format!("{} {}", language.number(line.quantity.get()), one_line(&line.unit));
            let mut cells = vec![
                Cell {
                    text: letter.free_line(&line.description),
                    tag: String::new(),
                    detail: detail.join("\n"),
                },
                letter.isolated(quantity.trim()).into(),
                letter.isolated(&language.price(line.unit_price.get(), self.currency)).into(),
            ];
            if taxed {
                let rates: Vec<String> = line.taxes.iter().map(|tax| language.percent(tax.rate)).collect();
                cells.push(letter.isolated(&rates.join(" + ")).into());
            }
            cells.push(letter.isolated(&language.money(line.amount)).into());
            Row { weight: Weight::Plain, cells }
        });
        Table {
            title: String::new(),
            text: String::new(),
            columns,
            rows: rows.collect(),
            empty: words.no_lines.clone(),
        }
    }

    fn sums(&self) -> Vec<Sum> {
        let (letter, words) = (&self.letter, self.letter.words());
        let language = letter.language;
        let mut sums = Vec::new();
        let mut add = |label: String, amount: Money, weight: Weight| {
            sums.push(Sum { label, value: letter.isolated(&language.money(amount)), weight });
        };
        let totals = &self.totals;
        let changed = !totals.discount.is_zero() || !self.adjustments.is_empty();
        if changed || !totals.taxes.is_empty() {
            add(words.subtotal.clone(), totals.subtotal, Weight::Plain);
        }
        if !totals.discount.is_zero() {
            let discount = totals.discount.checked_neg().unwrap_or(totals.discount);
            add(words.discount.clone(), discount, Weight::Plain);
        }
        for adjustment in &self.adjustments {
            add(letter.free_line(&adjustment.reason), signed(adjustment), Weight::Plain);
        }
        let tax_line = |template: &str, tax: &domain::totals::TaxTotal| {
            let base = letter.isolated(&language.money(tax.base));
            // The name last: what people wrote must not be searched for places.
            template
                .replace("{rate}", &letter.isolated(&language.percent(tax.rate)))
                .replace("{base}", &base)
                .replace("{name}", &letter.free_line(&tax.name))
        };
        match self.price_mode {
            PriceMode::Exclusive => {
                if changed && !totals.taxes.is_empty() {
                    add(words.net.clone(), totals.net, Weight::Plain);
                }
                for tax in &totals.taxes {
                    add(tax_line(&words.tax_added, tax), tax.amount, Weight::Plain);
                }
                add(words.total.clone(), totals.gross, Weight::Total);
            }
            PriceMode::Inclusive => {
                add(words.total.clone(), totals.gross, Weight::Total);
                for tax in &totals.taxes {
                    add(tax_line(&words.tax_contained, tax), tax.amount, Weight::Plain);
                }
            }
        }
        if !self.prepaid.is_zero() {
            add(words.paid.clone(), self.prepaid.checked_neg().unwrap_or(self.prepaid), Weight::Plain);
            add(words.left.clone(), self.due(), Weight::Total);
        }
        sums
    }

    /// What each instalment is for, and until when it is to be paid.
    fn terms(&self) -> Vec<(String, Money)> {
        let (letter, words) = (&self.letter, self.letter.words());
        let instalments = self.schedule.iter().map(|instalment| {
            let when = match (instalment.due_on, instalment.days) {
                (Some(due), _) => letter.isolated(&letter.language.date(due)),
                (None, Some(days)) if days > 0 => words.days_after.replace("{}", &days.to_string()),
                (None, _) => words.when_reached.clone(),
            };
            let label = letter.free_line(&instalment.label);
            let parts = [label, when].into_iter().filter(|part| !part.is_empty());
            (parts.collect::<Vec<_>>().join(", "), instalment.amount)
        });
        instalments.collect()
    }

    /// The schedule in one line (BT-20); empty if it is paid at once.
    pub(crate) fn payment_terms(&self) -> String {
        let line =
            |(label, amount): (String, Money)| format!("{label}: {}", self.letter.language.money(amount));
        self.terms().into_iter().map(line).collect::<Vec<_>>().join("; ")
    }

    fn instalments(&self) -> Option<Boxed> {
        let money = |amount| self.letter.isolated(&self.letter.language.money(amount));
        let facts: Vec<Fact> =
            self.terms().into_iter().map(|(label, amount)| Fact { label, value: money(amount) }).collect();
        let title = self.letter.words().schedule.clone();
        (!facts.is_empty()).then(|| Boxed { title, text: String::new(), facts })
    }

    fn how_to_pay(&self, due: Money) -> Option<Boxed> {
        if self.kind == Kind::CreditNote || !due.is_positive() {
            return None;
        }
        let (letter, words) = (&self.letter, self.letter.words());
        let mut facts: Vec<Fact> = Vec::new();
        if let Some(payee) = &self.payee {
            let holder = if payee.holder.is_empty() { &letter.sender.name } else { &payee.holder };
            facts.extend(letter.fact(&words.account_holder, holder));
            facts.extend(letter.fact(&words.iban, &grouped(&payee.iban)));
            facts.extend(letter.fact(&words.bic, &payee.bic));
            facts.extend(letter.fact(&words.bank, &payee.bank));
            facts.extend(letter.fact(&words.payment_reference, &self.number));
        }
        (!facts.is_empty()).then(|| Boxed { title: words.how_to_pay.clone(), text: String::new(), facts })
    }
}

/// What an adjustment does to a sum.
pub(crate) fn signed(adjustment: &Adjustment) -> Money {
    if adjustment.charge {
        adjustment.amount
    } else {
        adjustment.amount.checked_neg().unwrap_or(adjustment.amount)
    }
}

/// An IBAN in groups of four, as on paper.
fn grouped(iban: &str) -> String {
    let characters: Vec<char> = iban.chars().filter(|c| !c.is_whitespace()).collect();
    characters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
