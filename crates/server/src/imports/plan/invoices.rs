use std::collections::HashMap;

use chrono::Days;
use domain::imports::{ImportKind, ImportRow};
use domain::invoices::{InvoiceId, InvoiceLineInput, InvoiceStatus};
use domain::money::{Currency, Money};
use domain::text::{Line, Note};
use domain::totals::{self, PriceMode, Quantity, Rounding, Totals, UnitPrice};
use rust_decimal::Decimal;
use store::fresh;
use store::imports::{KnownInvoice, NewInvoiceRow, NewLineRow};

use super::directory::Directory;
use super::{Habits, Plan, Verdict, report};
use crate::imports::rows::{InvoiceRow, LineRow, Refusal, Source};

/// The most lines of an invoice, as everywhere.
const MAX_LINES: usize = 500;

/// A line of a file, and its place there.
struct FileLine {
    index: usize,
    line: u64,
    value: Result<LineRow, Refusal>,
}

/// What is decided about an invoice, for its lines.
enum Fate {
    Created,
    Known(String),
    Refused(String),
}

/// Decides about invoices and lines, which depend on each other.
pub fn draw_up(
    plan: &mut Plan,
    directory: &Directory,
    invoices: Option<Vec<Source<InvoiceRow>>>,
    lines: Option<Vec<(String, Source<LineRow>)>>,
    known: &[KnownInvoice],
    habits: &Habits,
) {
    let register = Register::new(known);
    let given = invoices.is_some();
    let invoices = invoices.unwrap_or_default();
    let by_key = keys(&invoices);
    let lines_given = lines.is_some();
    let lines = lines.unwrap_or_default();
    let mut labels: Vec<(u64, String, Option<Verdict>)> = Vec::with_capacity(lines.len());
    let mut of_invoice: HashMap<usize, Vec<FileLine>> = HashMap::new();
    for (index, (key, source)) in lines.into_iter().enumerate() {
        let verdict = match (by_key.get(&key), register.any(&key), source.value) {
            (Some(&invoice), _, value) => {
                of_invoice.entry(invoice).or_default().push(FileLine { index, line: source.line, value });
                None
            }
            (None, Some(known), _) => Some(Verdict::Duplicate(exists(known))),
            (None, None, Err(refusal)) => Some(Verdict::Refuse(refusal)),
            (None, None, Ok(_)) => {
                let reason = format!("there is no invoice with the number {key:?} in the files");
                Some(Verdict::Refuse(Refusal::new("unknown_invoice", reason)))
            }
        };
        labels.push((source.line, source.label, verdict));
    }

    let mut taken = Taken::default();
    let mut rows = Vec::with_capacity(invoices.len());
    for (index, source) in invoices.into_iter().enumerate() {
        let lines = of_invoice.remove(&index).unwrap_or_default();
        let places: Vec<(usize, Option<Refusal>)> =
            lines.iter().map(|line| (line.index, line.value.as_ref().err().cloned())).collect();
        let mut label = source.label;
        let verdict = match source.value {
            Err(refusal) => Verdict::Refuse(refusal),
            Ok(row) => {
                let lines = lines_given.then_some(lines);
                plan.invoice(directory, &register, &mut taken, row, source.line, lines, habits, &mut label)
            }
        };
        let fate = match &verdict {
            Verdict::Create(_) => Fate::Created,
            Verdict::Duplicate(why) => Fate::Known(why.reason.clone()),
            Verdict::Refuse(_) => Fate::Refused(format!("the invoice on line {} is refused", source.line)),
        };
        for (index, refusal) in places {
            labels[index].2 = Some(match (&fate, refusal) {
                (Fate::Created, _) => Verdict::Create(None),
                (Fate::Known(reason), _) => Verdict::Duplicate(Refusal::new("invoice_exists", reason)),
                (Fate::Refused(_), Some(refusal)) => Verdict::Refuse(refusal),
                (Fate::Refused(reason), None) => Verdict::Refuse(Refusal::new("invoice_refused", reason)),
            });
        }
        rows.push(report(source.line, label, verdict));
    }
    if given {
        plan.rows.push((ImportKind::Invoices, rows));
    }
    if lines_given {
        let row = |(line, label, verdict): (u64, String, Option<Verdict>)| -> ImportRow {
            report(line, label, verdict.expect("each line belongs to an invoice, or was decided on"))
        };
        plan.rows.push((ImportKind::InvoiceLines, labels.into_iter().map(row).collect()));
    }
}

/// The invoices of the files by what lines can call them: by number in the other system, then as printed.
fn keys(invoices: &[Source<InvoiceRow>]) -> HashMap<String, usize> {
    let mut keys = HashMap::new();
    let rows = || invoices.iter().enumerate();
    for (index, source) in rows() {
        match &source.value {
            Ok(row) if !row.external_id.as_str().is_empty() => {
                keys.entry(row.external_id.to_string()).or_insert(index);
            }
            _ => {}
        }
    }
    for (index, source) in rows() {
        // A refused row's label is its number: its lines belong to it all the same.
        let number =
            source.value.as_ref().map_or_else(|_| source.label.clone(), |row| row.number.to_string());
        keys.entry(number).or_insert(index);
    }
    keys
}

/// Invoices that are here.
struct Register<'a> {
    by_external_id: HashMap<&'a str, &'a KnownInvoice>,
    by_number: HashMap<&'a str, &'a KnownInvoice>,
}

impl<'a> Register<'a> {
    fn new(known: &'a [KnownInvoice]) -> Self {
        let by = |key: fn(&KnownInvoice) -> &str| {
            known.iter().map(|invoice| (key(invoice), invoice)).filter(|(key, _)| !key.is_empty()).collect()
        };
        Self { by_external_id: by(|invoice| &invoice.external_id), by_number: by(|invoice| &invoice.number) }
    }

    fn any(&self, key: &str) -> Option<&'a KnownInvoice> {
        self.by_external_id.get(key).or_else(|| self.by_number.get(key)).copied()
    }
}

/// Numbers that earlier rows took, with their lines.
#[derive(Default)]
struct Taken {
    external_ids: HashMap<String, u64>,
    numbers: HashMap<String, u64>,
}

fn exists(known: &KnownInvoice) -> Refusal {
    let number = if known.number.is_empty() { &known.external_id } else { &known.number };
    Refusal::new("invoice_exists", format!("invoice {number} of {} is here already", known.client_name))
}

impl Plan {
    #[expect(clippy::too_many_arguments, reason = "everything that an invoice depends on")]
    fn invoice(
        &mut self,
        directory: &Directory,
        register: &Register<'_>,
        taken: &mut Taken,
        row: InvoiceRow,
        line: u64,
        lines: Option<Vec<FileLine>>,
        habits: &Habits,
        label: &mut String,
    ) -> Verdict {
        let (external_id, number) = (row.external_id.as_str(), row.number.as_str());
        if let Some(known) = register.by_external_id.get(external_id) {
            return Verdict::Duplicate(exists(known));
        }
        let repeated = taken.external_ids.get(external_id).filter(|_| !external_id.is_empty());
        if let Some(first) = repeated.or_else(|| taken.numbers.get(number)) {
            let reason = format!("the same invoice as on line {first}");
            return Verdict::Duplicate(Refusal::new("repeated_in_file", reason));
        }
        let drawn = draw(directory, &row, lines, habits);
        let (client, inputs, settled) = match drawn {
            Ok(drawn) => drawn,
            Err(refusal) => return Verdict::Refuse(refusal),
        };
        let client = directory.get(client);
        let Settled { totals, rounding, price_mode } = settled;
        *label = format!("{number} · {} · {}", client.name, text(totals.gross));
        if let Some(known) = register.by_number.get(number) {
            let same = known.client_id == client.id
                && Money::new(known.total_minor, known.currency) == totals.gross
                && (known.external_id.is_empty() || external_id.is_empty());
            if same {
                return Verdict::Duplicate(exists(known));
            }
            let total = text(Money::new(known.total_minor, known.currency));
            let reason = format!("another invoice has the number {number}: {}, {total}", known.client_name);
            return Verdict::Refuse(Refusal::new("number_taken", reason));
        }
        let status = match InvoiceStatus::Draft.send(totals.gross) {
            Ok(status) => status,
            Err(error) => return Verdict::Refuse(Refusal::new("negative_total", error.to_string())),
        };
        let id: InvoiceId = fresh(habits.now);
        let due_on =
            row.due_on.or_else(|| row.issued_on.checked_add_days(Days::new(habits.terms_days.into())));
        taken.numbers.insert(number.to_owned(), line);
        if !external_id.is_empty() {
            taken.external_ids.insert(external_id.to_owned(), line);
        }
        for ((position, input), amount) in (1..).zip(inputs).zip(&totals.lines) {
            self.lines.push(NewLineRow { invoice_id: id, position, input, amount_minor: amount.minor() });
        }
        self.invoices.push(NewInvoiceRow {
            id,
            client_id: client.id,
            client_name: client.name.clone(),
            client_address: client.address.clone(),
            number: row.number.into(),
            external_id: row.external_id.into(),
            status,
            issued_on: row.issued_on,
            due_on: due_on.unwrap_or(row.issued_on),
            reference: row.reference.into(),
            note: row.note.into(),
            rounding,
            price_mode,
            totals,
        });
        Verdict::Create(None)
    }
}

/// The client, the lines and what they come to.
fn draw(
    directory: &Directory,
    row: &InvoiceRow,
    lines: Option<Vec<FileLine>>,
    habits: &Habits,
) -> Result<(usize, Vec<InvoiceLineInput>, Settled), Refusal> {
    let client = directory.find(&row.client)?;
    let currency = row.currency.unwrap_or(habits.currency);
    let total = row.total.map(|total| exact(total, currency)).transpose()?;
    let inputs = match lines {
        Some(lines) => inputs(lines, currency, habits)?,
        None => vec![single(row, total)?],
    };
    let settled = settle(&inputs, total, currency, habits)?;
    Ok((client, inputs, settled))
}

/// An amount that the currency can express.
fn exact(total: Decimal, currency: Currency) -> Result<Money, Refusal> {
    let money = Money::round_from(total, currency)
        .map_err(|error| Refusal::new("out_of_range", error.to_string()))?;
    if money.to_decimal() == total {
        return Ok(money);
    }
    let reason = format!("the total {total} has more decimals than {currency} has");
    Err(Refusal::new("too_many_decimals", reason))
}

/// The one line of an invoice that comes without any.
fn single(row: &InvoiceRow, total: Option<Money>) -> Result<InvoiceLineInput, Refusal> {
    let Some(total) = total else {
        return Err(Refusal::new("required", "without a file of lines, the invoice needs a total"));
    };
    let unit_price = UnitPrice::try_from(total.to_decimal());
    let description: String = format!("Invoice {}", row.number).chars().take(200).collect();
    Ok(InvoiceLineInput {
        description: description.parse().expect("it begins with a word and is short enough"),
        detail: Note::default(),
        quantity: Quantity::try_from(Decimal::ONE).expect("one is a quantity"),
        unit: Line::default(),
        unit_price: unit_price.map_err(|error| Refusal::new(error.code(), format!("the total {error}")))?,
        taxes: Vec::new(),
    })
}

fn inputs(
    lines: Vec<FileLine>,
    currency: Currency,
    habits: &Habits,
) -> Result<Vec<InvoiceLineInput>, Refusal> {
    if lines.is_empty() {
        return Err(Refusal::new("no_lines", "the file of lines has none for this invoice"));
    }
    if lines.len() > MAX_LINES {
        return Err(Refusal::new("too_many_lines", format!("it has {} lines; {MAX_LINES} fit", lines.len())));
    }
    let mut inputs = Vec::with_capacity(lines.len());
    for line in lines {
        let Ok(mut row) = line.value else {
            return Err(Refusal::new(
                "line_refused",
                format!("its line on line {} can't be taken", line.line),
            ));
        };
        if let Some(other) = row.currency.filter(|other| *other != currency) {
            let reason =
                format!("its line on line {} is priced in {other}, the invoice in {currency}", line.line);
            return Err(Refusal::new("currency_mismatch", reason));
        }
        for tax in row.input.taxes.iter_mut().filter(|tax| tax.name.is_empty()) {
            let known = habits.taxes.iter().find(|known| known.rate == tax.rate);
            tax.name = known.map_or_else(|| "Tax".to_owned(), |known| known.name.clone());
        }
        inputs.push(row.input);
    }
    Ok(inputs)
}

/// Totals and how they came about.
struct Settled {
    totals: Totals,
    rounding: Rounding,
    price_mode: PriceMode,
}

/// Adds up the lines: by the organization's habits, or if that misses the stated total, as the other
/// program may have done it.
fn settle(
    inputs: &[InvoiceLineInput],
    total: Option<Money>,
    currency: Currency,
    habits: &Habits,
) -> Result<Settled, Refusal> {
    let lines: Vec<_> = inputs.iter().map(InvoiceLineInput::input).collect();
    let add_up = |rounding, price_mode| {
        totals::compute(&lines, None, currency, rounding, price_mode)
            .map(|totals| Settled { totals, rounding, price_mode })
            .map_err(|error| Refusal::new("out_of_range", error.to_string()))
    };
    let usual = add_up(habits.rounding, habits.price_mode)?;
    let Some(total) = total.filter(|total| *total != usual.totals.gross) else { return Ok(usual) };
    if inputs.iter().any(|input| !input.taxes.is_empty()) {
        for price_mode in PriceMode::ALL {
            for rounding in Rounding::ALL {
                let other = add_up(rounding, price_mode)?;
                if other.totals.gross == total {
                    return Ok(other);
                }
            }
        }
    }
    let reason = format!("the total is {}, but the lines come to {}", text(total), text(usual.totals.gross));
    Err(Refusal::new("total_differs", reason))
}

fn text(amount: Money) -> String {
    format!("{} {}", amount.to_decimal(), amount.currency())
}
