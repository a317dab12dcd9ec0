//! Statements in tables: what the columns mean, and what the rows say.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::bank::StatementField as F;
use domain::imports::DateOrder;
use domain::money::{Currency, Money};
use integrations::bank::{Entry, Refused, Statement};
use rust_decimal::Decimal;

use crate::imports::mapping::fold;
use crate::imports::parse::{self, DateTrouble, Decimals, NumberTrouble};
use crate::imports::read::{Row, Table};

/// Headings by meaning, as [`fold`] leaves them. An earlier word wins.
const WORDS: &[(F, &str)] = &[
    (
        F::BookedOn,
        "bookedon bookingdate bookeddate postingdate transactiondate completeddate date buchungstag \
         buchungsdatum datum valutadatum valuta datedecomptabilisation dateoperation datecomptable fecha \
         fechaoperacion fechacontable data datacontabile datamovimento boekdatum bokforingsdag bogfort dato \
         valuedate",
    ),
    (F::Credit, "credit creditamount paidin moneyin deposit haben gutschrift entrate abono haber creditos"),
    (F::Debit, "debit debitamount paidout moneyout withdrawal soll lastschrift uscite cargo debe debitos"),
    (
        F::Amount,
        "amount transactionamount betrag umsatz betrageur umsatzineur montant importe importo valor bedrag \
         belob belopp amounteur",
    ),
    (
        F::Currency,
        "currency currencycode accountcurrency wahrung waehrung devise moneda moeda valutacode munt",
    ),
    (
        F::Name,
        "name payer payee counterparty counterpartyname beneficiarypayer auftraggeber \
         beguenstigterzahlungspflichtiger begunstigterzahlungspflichtiger auftraggeberbeguenstigter \
         auftraggeberbegunstigter zahlungspflichtiger zahlungspflichtigerr nomcontrepartie contrepartie \
         ordenante ordinante nomeordenante naamtegenpartij naam partnername",
    ),
    (
        F::Iban,
        "counterpartyiban iban ibanauftraggeber accountnumber kontonummeriban kontonummer \
         ibancontrepartie ibanbbantegenpartij tegenrekening partneriban",
    ),
    (
        F::Remittance,
        "remittance remittanceinformation paymentreference reference description details text memo narrative \
         verwendungszweck buchungstext communication libelle concepto causale descricao descrizione \
         omschrijving mededelingen meddelande tekst",
    ),
    (
        F::EntryReference,
        "entryreference transactionid transactionreference bankreference bankreferenz transaktionsid id \
         transaktionsnummer referencebanque",
    ),
];

/// Guesses what each heading means. A meaning goes to one heading: the one whose word comes first.
pub fn guess(headings: &[String]) -> BTreeMap<String, F> {
    let folded: HashMap<String, &String> =
        headings.iter().rev().map(|heading| (fold(heading), heading)).collect();
    let mut mapping = BTreeMap::new();
    for (field, words) in WORDS {
        let found = words
            .split_whitespace()
            .filter_map(|word| folded.get(word))
            .find(|heading| !mapping.contains_key(**heading));
        if let Some(heading) = found {
            mapping.insert((*heading).clone(), *field);
        }
    }
    mapping
}

/// Says what is wrong with a mapping, be it given or guessed.
pub fn check(headings: &[String], mapping: &BTreeMap<String, F>) -> Result<(), String> {
    let mut seen = HashSet::new();
    for (heading, field) in mapping {
        if !headings.contains(heading) {
            return Err(format!("the file has no column {heading:?}"));
        }
        if !seen.insert(*field) {
            return Err(format!("two columns are said to be {}", field.as_str()));
        }
    }
    if !seen.contains(&F::BookedOn) {
        return Err("say which column is booked_on".to_owned());
    }
    if !(seen.contains(&F::Amount) || seen.contains(&F::Credit)) {
        return Err("say which column is amount, or which are credit and debit".to_owned());
    }
    Ok(())
}

/// What the cells can't say.
pub struct Defaults {
    /// How to read dates.
    pub date_order: DateOrder,
    /// Currency of amounts without one.
    pub currency: Currency,
    /// The account.
    pub account: String,
}

struct Columns<'a> {
    at: HashMap<F, usize>,
    decimals: HashMap<F, Decimals>,
    file: Decimals,
    order: DateOrder,
    defaults: &'a Defaults,
}

/// Reads a table whose mapping was checked.
pub fn read(table: &Table, mapping: &BTreeMap<String, F>, defaults: &Defaults) -> Statement {
    let at: HashMap<F, usize> = mapping
        .iter()
        .filter_map(|(heading, field)| {
            Some((*field, table.headings.iter().position(|known| known == heading)?))
        })
        .collect();
    let cells = |field: F| {
        let column = at.get(&field).copied();
        table.rows.iter().filter_map(move |row| row.cells.get(column?))
    };
    let decimals: HashMap<F, Decimals> =
        [F::Amount, F::Credit, F::Debit].map(|field| (field, Decimals::of(cells(field)))).into();
    let columns = Columns {
        file: decimals.values().fold(Decimals::Unknown, |all, column| all.and(*column)),
        order: parse::date_order(defaults.date_order, cells(F::BookedOn)),
        decimals,
        at: at.clone(),
        defaults,
    };
    let mut statement = Statement::default();
    for row in &table.rows {
        match columns.entry(row) {
            Ok(entry) => statement.entries.push(entry),
            Err((code, reason)) => statement.refused.push(Refused { place: row.line, code, reason }),
        }
    }
    statement
}

/// Why a row can't be taken: code and words.
type Trouble = (&'static str, String);

impl Columns<'_> {
    fn cell<'r>(&self, row: &'r Row, field: F) -> &'r str {
        self.at.get(&field).and_then(|column| row.cells.get(*column)).unwrap_or_default().trim()
    }

    fn words(&self, row: &Row, field: F) -> Option<String> {
        let words: Vec<&str> = self.cell(row, field).split_whitespace().collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    fn number(&self, row: &Row, field: F) -> Result<Option<(Decimal, Option<Currency>)>, Trouble> {
        let cell = self.cell(row, field);
        if cell.is_empty() {
            return Ok(None);
        }
        let column = self.decimals.get(&field).copied().unwrap_or_default();
        match column.read(self.file, cell) {
            Ok(number) => Ok(Some((number.value, number.currency))),
            Err(NumberTrouble::Invalid) => Err(("amount", format!("{cell:?} is not an amount"))),
            Err(NumberTrouble::Ambiguous) => {
                Err(("ambiguous_amount", format!("{cell:?} can be read in two ways")))
            }
        }
    }

    fn amount(&self, row: &Row) -> Result<Money, Trouble> {
        let found = match self.number(row, F::Amount)? {
            Some(found) => Some(found),
            None => match (self.number(row, F::Credit)?, self.number(row, F::Debit)?) {
                (Some((credit, currency)), None) => Some((credit, currency)),
                (None, Some((debit, currency))) => Some((-debit.abs(), currency)),
                // Some banks fill both columns, one of them with nothing.
                (Some((credit, currency)), Some((debit, _))) => Some((credit - debit.abs(), currency)),
                (None, None) => None,
            },
        };
        let (value, beside) = found.ok_or_else(|| ("no_amount", "it has no amount".to_owned()))?;
        let currency = match self.cell(row, F::Currency) {
            "" => beside.unwrap_or(self.defaults.currency),
            code => code.parse().map_err(|_| ("currency", format!("{code:?} is not a currency")))?,
        };
        let wrong = || ("amount", format!("{value} is not an amount of {currency}"));
        let money = Money::round_from(value, currency).map_err(|_| wrong())?;
        if money.is_zero() {
            return Err(("no_amount", "it moves nothing".to_owned()));
        }
        if money.to_decimal() == value { Ok(money) } else { Err(wrong()) }
    }

    fn entry(&self, row: &Row) -> Result<Entry, Trouble> {
        let date = self.cell(row, F::BookedOn);
        let booked_on = parse::date(self.order, date).map_err(|trouble| match trouble {
            DateTrouble::Invalid => ("date", format!("{date:?} is not a date")),
            DateTrouble::Ambiguous => {
                ("ambiguous_date", format!("{date:?} can be read in two ways: say which comes first"))
            }
        })?;
        Ok(Entry {
            place: row.line,
            account: self.defaults.account.clone(),
            reference: self.words(row, F::EntryReference),
            booked_on,
            amount: self.amount(row)?,
            reversal: false,
            counterparty_name: self.words(row, F::Name).unwrap_or_default(),
            counterparty_iban: self.words(row, F::Iban).map(|iban| iban.replace(' ', "")),
            creditor_reference: None,
            remittance: self.words(row, F::Remittance).unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::read;

    fn statement(text: &str) -> Statement {
        let table = read::read(text.as_bytes()).unwrap();
        let mapping = guess(&table.headings);
        check(&table.headings, &mapping).unwrap();
        let defaults = Defaults {
            date_order: DateOrder::Guess,
            currency: Currency::EUR,
            account: "DE89370400440532013000".to_owned(),
        };
        read(&table, &mapping, &defaults)
    }

    fn told(statement: &Statement) -> Vec<String> {
        let line = |entry: &Entry| {
            format!("{} {} {} | {}", entry.booked_on, entry.amount, entry.counterparty_name, entry.remittance)
        };
        statement.entries.iter().map(line).collect()
    }

    #[test]
    fn a_german_bank_s_table() {
        let text = "Buchungstag;Valutadatum;Beguenstigter/Zahlungspflichtiger;Verwendungszweck;Kontonummer/IBAN;Betrag;Währung\n\
                    01.03.26;01.03.26;Köhler & Söhne;Rechnung  2026-0042;DE71 1102 2033 0123 4567 89;1.190,00;EUR\n\
                    02.03.26;02.03.26;Vermieter;Miete;;-800,00;EUR\n";
        let statement = statement(text);
        assert_eq!(
            told(&statement),
            [
                "2026-03-01 1190.00 EUR Köhler & Söhne | Rechnung 2026-0042",
                "2026-03-02 -800.00 EUR Vermieter | Miete"
            ]
        );
        assert_eq!(statement.entries[0].counterparty_iban.as_deref(), Some("DE71110220330123456789"));
    }

    #[test]
    fn credit_and_debit_in_columns_of_their_own() {
        let text = "Date,Description,Paid in,Paid out\n2026-03-01,Ana R-1,\"1,190.00\",\n2026-03-02,Rent,0.00,800.50\n";
        assert_eq!(
            told(&statement(text)),
            ["2026-03-01 1190.00 EUR  | Ana R-1", "2026-03-02 -800.50 EUR  | Rent"]
        );
    }

    #[test]
    fn what_can_t_be_read_is_told_with_its_line() {
        let text = "Date,Amount,Text\n03/04/2026,1.00,a\n2026-03-01,x,b\n2026-03-01,,c\n2026-03-01,1.005,d\n2026-03-01,0,e\n2026-03-01,1.00 JPY,f\n";
        let statement = statement(text);
        let codes: Vec<_> = statement.refused.iter().map(|refused| (refused.place, refused.code)).collect();
        assert_eq!(
            codes,
            [(2, "ambiguous_date"), (3, "amount"), (4, "no_amount"), (5, "amount"), (6, "no_amount")]
        );
        assert_eq!(told(&statement), ["2026-03-01 1 JPY  | f"]);
    }

    #[test]
    fn mappings_are_checked() {
        let headings = ["A".to_owned(), "B".to_owned()];
        let check = |pairs: &[(&str, F)]| {
            check(&headings, &pairs.iter().map(|(heading, field)| ((*heading).to_owned(), *field)).collect())
        };
        assert_eq!(check(&[("A", F::BookedOn), ("B", F::Amount)]), Ok(()));
        assert!(check(&[("C", F::BookedOn)]).unwrap_err().contains("no column"));
        assert!(check(&[("A", F::Amount)]).unwrap_err().contains("booked_on"));
        assert!(check(&[("A", F::BookedOn)]).unwrap_err().contains("amount"));
        assert!(check(&[("A", F::BookedOn), ("B", F::BookedOn)]).unwrap_err().contains("two columns"));
    }
}
