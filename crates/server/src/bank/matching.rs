//! What money on a statement may pay, and why.
//!
//! A payer who names an invoice and pays what it asks for is believed at once (`high`); everything else is
//! a guess, and called one. Nothing is booked here: a person confirms.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use domain::bank::{
    BankTransaction, BankTransactionState, Confidence, CreditorReference, MatchReason as Why,
    MatchSuggestion, SuggestedAllocation,
};
use domain::clients::ClientId;
use domain::money::{Currency, Money};
use store::Tx;
use store::bank::{self, Candidate};

use crate::imports::mapping::fold;
use crate::problem::Result;

/// How many suggestions are made.
const SUGGESTIONS: usize = 5;
/// The longest run of words that may be one number or reference: a reference has seven groups.
const WORDS: usize = 7;
/// The most letters and digits of a number or reference.
const LONGEST: usize = 40;
/// A shorter number stands in many texts by chance.
const TELLING: usize = 3;
/// How many of a client's invoices are added up in every combination.
const COMBINED: usize = 12;
/// From how much likeness on two names are taken for one.
const ALIKE: f64 = 0.9;

/// Words of legal forms, which payers leave out.
const LEGAL: &[&str] = &[
    "ag", "as", "bv", "co", "company", "corp", "eg", "ek", "ev", "gbr", "gmbh", "inc", "kg", "lda",
    "limited", "llc", "llp", "ltd", "mbh", "nv", "oy", "plc", "sa", "sarl", "sas", "se", "sl", "spa", "srl",
    "the", "ug",
];

/// Adds suggestions to those that are open.
pub async fn suggest(tx: &mut Tx, transactions: &mut [BankTransaction]) -> Result<()> {
    let open = |it: &BankTransaction| it.state == BankTransactionState::Open && it.amount.is_positive();
    let mut currencies: Vec<Currency> =
        transactions.iter().filter(|it| open(it)).map(|it| it.amount.currency()).collect();
    currencies.sort_unstable_by_key(Currency::code);
    currencies.dedup();
    if currencies.is_empty() {
        return Ok(());
    }
    let ibans: Vec<String> = transactions.iter().filter_map(|it| it.counterparty_iban.clone()).collect();
    let matcher =
        Matcher::new(bank::candidates(tx, &currencies).await?, bank::known_payers(tx, &ibans).await?);
    for transaction in transactions.iter_mut().filter(|it| open(it)) {
        transaction.suggestions = matcher.suggest(transaction);
    }
    Ok(())
}

/// Open invoices, found by what a payer may tell of them.
struct Matcher {
    candidates: Vec<Candidate>,
    by_reference: HashMap<String, Vec<usize>>,
    by_number: HashMap<String, Vec<usize>>,
    by_amount: HashMap<Money, Vec<usize>>,
    by_client: HashMap<ClientId, Vec<usize>>,
    by_name: HashMap<String, HashSet<ClientId>>,
    known: HashMap<String, HashSet<ClientId>>,
}

/// Capitals and digits of a number.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// A name as names compare: without case, accents and legal form, whatever comes first.
fn name_key(name: &str) -> String {
    let mut words: Vec<String> = name
        .split(|c: char| !c.is_alphanumeric() && c != '.' && c != '\'')
        .map(fold)
        .filter(|word| !word.is_empty() && !LEGAL.contains(&word.as_str()))
        .collect();
    words.sort_unstable();
    words.join(" ")
}

/// Everything in a text that may be a number: each run of up to seven words, as one.
fn numbers_in(text: &str) -> HashSet<String> {
    let words: Vec<String> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(plain).collect();
    let mut found = HashSet::new();
    for start in 0..words.len() {
        let mut run = String::new();
        for word in words.iter().skip(start).take(WORDS) {
            run.push_str(word);
            if run.chars().count() > LONGEST {
                break;
            }
            found.insert(run.clone());
        }
    }
    found
}

impl Matcher {
    fn new(candidates: Vec<Candidate>, known_payers: Vec<(String, ClientId)>) -> Self {
        let mut matcher = Self {
            candidates: Vec::new(),
            by_reference: HashMap::new(),
            by_number: HashMap::new(),
            by_amount: HashMap::new(),
            by_client: HashMap::new(),
            by_name: HashMap::new(),
            known: HashMap::new(),
        };
        for (index, invoice) in candidates.iter().enumerate() {
            let reference = CreditorReference::of_invoice(&invoice.number, invoice.id);
            matcher.by_reference.entry(reference.as_str().to_owned()).or_default().push(index);
            matcher.by_number.entry(plain(&invoice.number)).or_default().push(index);
            matcher.by_amount.entry(invoice.balance).or_default().push(index);
            matcher.by_client.entry(invoice.client_id).or_default().push(index);
            matcher
                .by_name
                .entry(name_key(invoice.client_name.as_str()))
                .or_default()
                .insert(invoice.client_id);
        }
        for (iban, client) in known_payers {
            matcher.known.entry(iban).or_default().insert(client);
        }
        for indexes in matcher.by_client.values_mut() {
            indexes.sort_by_key(|index| (candidates[*index].due_on, candidates[*index].id));
        }
        matcher.candidates = candidates;
        matcher
    }

    /// What the payer names, and by what.
    fn named(&self, money: &BankTransaction) -> BTreeMap<usize, (Why, bool)> {
        let mut named = BTreeMap::new();
        let texts = numbers_in(&money.remittance);
        let structured = money.creditor_reference.iter().map(|text| plain(text));
        for text in structured.chain(texts.iter().filter(|text| text.starts_with("RF")).cloned()) {
            let Ok(reference) = text.parse::<CreditorReference>() else { continue };
            let found = self.by_reference.get(reference.as_str()).map_or(&[][..], Vec::as_slice);
            for index in found {
                named.insert(*index, (Why::Reference, found.len() == 1));
            }
        }
        for text in &texts {
            let found = self.by_number.get(text).map_or(&[][..], Vec::as_slice);
            let telling = found.len() == 1 && text.chars().count() >= TELLING;
            for index in found {
                named.entry(*index).or_insert((Why::Number, telling));
            }
        }
        named.retain(|index, _| self.candidates[*index].balance.currency() == money.amount.currency());
        named
    }

    /// Why money may be a client's, apart from its amount.
    fn kinship(&self, money: &BankTransaction, client: ClientId, name: &str) -> Option<Why> {
        let account = money.counterparty_iban.as_ref().and_then(|iban| self.known.get(iban));
        if account.is_some_and(|clients| clients.contains(&client)) {
            return Some(Why::KnownAccount);
        }
        let (ours, theirs) = (name_key(name), name_key(&money.counterparty_name));
        (!theirs.is_empty() && strsim::jaro_winkler(&ours, &theirs) >= ALIKE).then_some(Why::Name)
    }

    fn suggest(&self, money: &BankTransaction) -> Vec<MatchSuggestion> {
        let mut all = Vec::new();
        self.of_named(money, &mut all);
        self.of_amount(money, &mut all);
        self.of_relatives(money, &mut all);
        let mut seen = HashSet::new();
        all.retain(|suggestion| {
            let mut ids: Vec<_> = suggestion.allocations.iter().map(|part| part.invoice_id).collect();
            ids.sort_unstable();
            seen.insert(ids)
        });
        all.sort_by_key(|suggestion| (Reverse(suggestion.confidence), Reverse(suggestion.reasons.len())));
        all.truncate(SUGGESTIONS);
        all
    }

    /// The payer named invoices: those of each client together.
    fn of_named(&self, money: &BankTransaction, all: &mut Vec<MatchSuggestion>) {
        let mut clients: BTreeMap<ClientId, Vec<(usize, Why, bool)>> = BTreeMap::new();
        for (index, (why, telling)) in self.named(money) {
            clients.entry(self.candidates[index].client_id).or_default().push((index, why, telling));
        }
        for named in clients.into_values() {
            // One of several may be what is meant, e.g. where `12` is also a house number.
            for (index, why, telling) in &named {
                if named.len() > 1 && self.candidates[*index].balance == money.amount {
                    let sure = if *telling { Confidence::High } else { Confidence::Medium };
                    all.extend(self.allocate(money, &[*index], sure, vec![*why]));
                }
            }
            let indexes: Vec<usize> = named.iter().map(|(index, ..)| *index).collect();
            let telling = named.iter().all(|(.., telling)| *telling);
            let fits = self.sum(&indexes, money.amount.currency()) == Some(money.amount);
            let sure = match (fits, telling) {
                (true, true) => Confidence::High,
                (true, false) | (false, true) => Confidence::Medium,
                (false, false) => Confidence::Low,
            };
            let mut reasons: Vec<Why> = named.iter().map(|(_, why, _)| *why).collect();
            reasons.sort_unstable();
            reasons.dedup();
            all.extend(self.allocate(money, &indexes, sure, reasons));
        }
    }

    /// Invoices that ask for just this amount.
    fn of_amount(&self, money: &BankTransaction, all: &mut Vec<MatchSuggestion>) {
        let found = self.by_amount.get(&money.amount).map_or(&[][..], Vec::as_slice);
        // Many ask for the same: those of the likely payer first, then the oldest.
        let mut rated: Vec<_> = found
            .iter()
            .map(|index| {
                let invoice = &self.candidates[*index];
                let kin = self.kinship(money, invoice.client_id, invoice.client_name.as_str());
                (kin.is_none(), invoice.due_on, invoice.id, *index, kin)
            })
            .collect();
        rated.sort_unstable_by_key(|(stranger, due_on, id, ..)| (*stranger, *due_on, *id));
        for (.., index, kin) in rated.into_iter().take(SUGGESTIONS) {
            let sure = if kin.is_some() { Confidence::Medium } else { Confidence::Low };
            all.extend(self.allocate(money, &[index], sure, kin.into_iter().collect()));
        }
    }

    /// Clients who seem to be the payer: some of their invoices together, or the oldest first.
    fn of_relatives(&self, money: &BankTransaction, all: &mut Vec<MatchSuggestion>) {
        let by_account = money.counterparty_iban.as_ref().and_then(|iban| self.known.get(iban));
        let by_name = self.by_name.get(&name_key(&money.counterparty_name));
        let mut clients: Vec<(ClientId, Why)> = Vec::new();
        clients.extend(by_account.into_iter().flatten().map(|client| (*client, Why::KnownAccount)));
        clients.extend(by_name.into_iter().flatten().map(|client| (*client, Why::Name)));
        clients.sort_unstable();
        for (client, why) in clients {
            let own: Vec<usize> = self
                .by_client
                .get(&client)
                .into_iter()
                .flatten()
                .copied()
                .filter(|index| self.candidates[*index].balance.currency() == money.amount.currency())
                .collect();
            if own.is_empty() {
                continue;
            }
            if let Some(together) = self.combination(&own, money.amount) {
                all.extend(self.allocate(money, &together, Confidence::Medium, vec![why]));
            }
            let first: Vec<usize> = own.into_iter().take(COMBINED).collect();
            all.extend(self.allocate(money, &first, Confidence::Low, vec![why]));
        }
    }

    /// The fewest of the oldest invoices that ask for an amount together; all of them, if that is it.
    fn combination(&self, own: &[usize], amount: Money) -> Option<Vec<usize>> {
        if self.sum(own, amount.currency()) == Some(amount) {
            return Some(own.to_vec());
        }
        let oldest = &own[..own.len().min(COMBINED)];
        (1_u32..1 << oldest.len())
            .filter(|chosen| chosen.count_ones() > 1)
            .map(|chosen| -> Vec<usize> {
                let members = oldest.iter().enumerate().filter(|(bit, _)| chosen & (1 << bit) != 0);
                members.map(|(_, index)| *index).collect()
            })
            .filter(|members| self.sum(members, amount.currency()) == Some(amount))
            .min_by_key(Vec::len)
    }

    fn sum(&self, indexes: &[usize], currency: Currency) -> Option<Money> {
        Money::sum(indexes.iter().map(|index| self.candidates[*index].balance), currency).ok()
    }

    /// Money over invoices of one client, the oldest due first.
    fn allocate(
        &self,
        money: &BankTransaction,
        indexes: &[usize],
        confidence: Confidence,
        mut reasons: Vec<Why>,
    ) -> Option<MatchSuggestion> {
        let currency = money.amount.currency();
        let mut order: Vec<&Candidate> = indexes.iter().map(|index| &self.candidates[*index]).collect();
        order.sort_by_key(|invoice| (invoice.due_on, invoice.id));
        let first = *order.first()?;
        let mut left = money.amount.minor();
        let mut allocations = Vec::new();
        let mut whole = true;
        for invoice in &order {
            let part = left.min(invoice.balance.minor());
            whole &= part == invoice.balance.minor();
            if part == 0 {
                break;
            }
            left -= part;
            allocations.push(SuggestedAllocation {
                invoice_id: invoice.id,
                number: invoice.number.clone(),
                balance: invoice.balance,
                amount: Money::new(part, currency),
            });
        }
        reasons.push(match (whole, left, allocations.len()) {
            (false, ..) => Why::Partial,
            (true, 0, 1) => Why::Amount,
            (true, 0, _) => Why::Sum,
            (true, ..) => Why::OverPayment,
        });
        if let Some(kin) = self.kinship(money, first.client_id, first.client_name.as_str()) {
            reasons.push(kin);
        }
        reasons.sort_unstable();
        reasons.dedup();
        Some(MatchSuggestion {
            client_id: first.client_id,
            client_name: first.client_name.clone(),
            allocations,
            credit: Money::new(left, currency),
            confidence,
            reasons,
        })
    }
}

#[cfg(test)]
#[path = "tests/matching.rs"]
mod tests;
