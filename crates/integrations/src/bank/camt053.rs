//! ISO 20022 `camt.053`, "bank to customer statement": <https://www.iso20022.org/catalogue-messages>.
//!
//! Versions .001.02 to .001.13 differ in few places that matter here, and banks differ in more, so elements
//! are looked up by their local names wherever a version may have put them:
//! - a status is a text, since version 4 a code inside `Cd`;
//! - a party's name stands in the party, since version 8 in a `Pty` inside;
//! - a detail's amount is its `AmtDtls/TxAmt/Amt`, since version 4 (also) an `Amt` of its own.
//!
//! An entry may be a batch: each of its details becomes an entry of its own here, if their amounts add up to
//! it. Document types are refused, so that entities can't blow a file up.

use std::borrow::Cow;
use std::str::FromStr;

use chrono::NaiveDate;
use domain::money::{Currency, Money};
use encoding_rs::Encoding;
use roxmltree::{Document, Node, ParsingOptions};
use rust_decimal::Decimal;

use super::{Entry, Refused, Statement};

/// The most elements, attributes and texts of a file; a batch of ten thousand payments has half a million.
const MAX_NODES: u32 = 4_000_000;
/// The message's element, in every version.
const MESSAGE: &str = "BkToCstmrStmt";

/// Why a file can't be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Not well-formed, or with a document type.
    #[error("is not a proper XML file: {0}")]
    Xml(String),
    /// Another message than a statement.
    #[error("is not a camt.053 statement{0}")]
    NotAStatement(String),
}

/// Whether a file looks like XML rather than a table.
pub fn is_xml(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    text.trim_ascii_start().starts_with(b"<")
        || text.starts_with(b"\xff\xfe<\0")
        || text.starts_with(b"\xfe\xff\0<")
}

/// Reads a file.
pub fn read(bytes: &[u8]) -> Result<Statement, ReadError> {
    let text = decode(bytes)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document =
        Document::parse_with_options(&text, options).map_err(|error| ReadError::Xml(error.to_string()))?;
    let root = document.root_element();
    let message = if root.tag_name().name() == MESSAGE { Some(root) } else { child(root, MESSAGE) };
    let Some(message) = message else {
        let other = elements(root).next().map(|node| format!(", but {}", node.tag_name().name()));
        return Err(ReadError::NotAStatement(other.unwrap_or_default()));
    };
    let mut statement = Statement::default();
    let mut place = 0;
    for account_statement in children(message, "Stmt") {
        let account = account(account_statement);
        for entry in children(account_statement, "Ntry") {
            place += 1;
            if status(entry) != "BOOK" {
                statement.pending += 1;
                continue;
            }
            match read_entry(entry, &account, place) {
                Ok(entries) => statement.entries.extend(entries),
                Err((code, reason)) => statement.refused.push(Refused { place, code, reason }),
            }
        }
    }
    Ok(statement)
}

/// The text, by its mark or by what its first line declares.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return Ok(encoding.decode_without_bom_handling(&bytes[mark..]).0);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Cow::Borrowed(text));
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    let label = head.split_once("encoding=").and_then(|(_, rest)| {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        rest[1..].split(quote).next().map(ToOwned::to_owned)
    });
    let encoding = label.and_then(|label| Encoding::for_label(label.as_bytes()));
    let encoding = encoding.ok_or_else(|| ReadError::Xml("its encoding is not known".to_owned()))?;
    let (text, _, broken) = encoding.decode(bytes);
    if broken { Err(ReadError::Xml(format!("it is not {}", encoding.name()))) } else { Ok(text) }
}

fn elements<'a, 'i>(node: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(Node::is_element)
}

fn children<'a, 'i: 'a>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    elements(node).filter(move |child| child.tag_name().name() == name)
}

fn child<'a, 'i: 'a>(node: Node<'a, 'i>, name: &'static str) -> Option<Node<'a, 'i>> {
    children(node, name).next()
}

fn at<'a, 'i: 'a>(node: Node<'a, 'i>, path: &[&'static str]) -> Option<Node<'a, 'i>> {
    path.iter().try_fold(node, |node, name| child(node, name))
}

/// A text with its runs of blanks made one, none if there is nothing in it.
fn text(node: Node<'_, '_>) -> Option<String> {
    let words: Vec<&str> = node.text().unwrap_or_default().split_whitespace().collect();
    if words.is_empty() { None } else { Some(words.join(" ")) }
}

fn text_at(node: Node<'_, '_>, path: &[&'static str]) -> Option<String> {
    at(node, path).and_then(text)
}

fn account(statement: Node<'_, '_>) -> String {
    let account = |path: &[&'static str]| text_at(statement, path);
    account(&["Acct", "Id", "IBAN"]).or_else(|| account(&["Acct", "Id", "Othr", "Id"])).unwrap_or_default()
}

fn status(entry: Node<'_, '_>) -> String {
    text_at(entry, &["Sts", "Cd"]).or_else(|| text_at(entry, &["Sts"])).unwrap_or_default()
}

/// Why an entry can't be taken: code and words.
type Trouble = (&'static str, String);

fn read_entry(entry: Node<'_, '_>, account: &str, place: u64) -> Result<Vec<Entry>, Trouble> {
    let whole = child(entry, "Amt").ok_or_else(|| ("no_amount", "it has no amount".to_owned()))?;
    let amount = signed(entry, money(whole)?)?;
    let booked_on = ["BookgDt", "ValDt"]
        .into_iter()
        .find_map(|name| date(child(entry, name)?))
        .ok_or_else(|| ("no_date", "it has no booking date".to_owned()))?;
    let details: Vec<Node<'_, '_>> =
        children(entry, "NtryDtls").flat_map(|details| children(details, "TxDtls")).collect();
    let reversal = text_at(entry, &["RvslInd"]).is_some_and(|text| text == "true" || text == "1");
    let make = |detail: Option<Node<'_, '_>>, amount: Money, reference: Option<String>| Entry {
        place,
        account: account.to_owned(),
        reference,
        booked_on,
        amount,
        // A payment that was sent back says why, and is often not marked as a reversal.
        reversal: reversal || detail.is_some_and(|detail| child(detail, "RtrInf").is_some()),
        counterparty_name: detail.and_then(|detail| party(detail, amount)).unwrap_or_default(),
        counterparty_iban: detail.and_then(|detail| party_account(detail, amount)),
        creditor_reference: detail.and_then(creditor_reference),
        remittance: remittance(entry, detail),
    };
    let own = reference(entry, &["AcctSvcrRef"]);
    if let [] | [_] = details[..] {
        let detail = details.first().copied();
        let reference = own.or_else(|| reference(detail?, &["Refs", "AcctSvcrRef"]));
        return Ok(vec![make(detail, amount, reference)]);
    }
    let amounts: Option<Vec<Money>> = details.iter().map(|detail| detail_amount(entry, *detail)).collect();
    let parts = amounts.filter(|parts| Money::sum(parts.iter().copied(), amount.currency()) == Ok(amount));
    let Some(parts) = parts else {
        // A batch without its amounts is one sum, and every text in it may tell what it is.
        return Ok(vec![Entry { remittance: all_remittance(&details), ..make(None, amount, own) }]);
    };
    let numbered = |index: usize, detail: Node<'_, '_>| {
        let inner = reference(detail, &["Refs", "AcctSvcrRef"]);
        let parts: Vec<String> = own.iter().cloned().chain(inner).collect();
        (!parts.is_empty()).then(|| format!("{}/{}", parts.join("/"), index + 1))
    };
    let entries = details.iter().zip(parts).enumerate();
    Ok(entries.map(|(index, (detail, part))| make(Some(*detail), part, numbered(index, *detail))).collect())
}

/// A reference that refers to something.
fn reference(node: Node<'_, '_>, path: &[&'static str]) -> Option<String> {
    text_at(node, path).filter(|text| !matches!(text.as_str(), "NONREF" | "NOTPROVIDED"))
}

fn money(amount: Node<'_, '_>) -> Result<Money, Trouble> {
    let currency = amount.attribute("Ccy").unwrap_or_default();
    let currency: Currency =
        currency.parse().map_err(|_| ("currency", format!("{currency:?} is not a currency")))?;
    let value = text(amount).unwrap_or_default();
    let wrong = || ("amount", format!("{value:?} is not an amount of {currency}"));
    let exact = Decimal::from_str(&value).map_err(|_| wrong())?;
    let money = Money::round_from(exact, currency).map_err(|_| wrong())?;
    if money.to_decimal() == exact && !money.is_negative() { Ok(money) } else { Err(wrong()) }
}

/// With the sign of its direction.
fn signed(node: Node<'_, '_>, money: Money) -> Result<Money, Trouble> {
    match text_at(node, &["CdtDbtInd"]).as_deref() {
        Some("CRDT") => Ok(money),
        Some("DBIT") => money.checked_neg().map_err(|error| ("amount", error.to_string())),
        other => Err(("direction", format!("{:?} is neither CRDT nor DBIT", other.unwrap_or_default()))),
    }
}

/// A batch's detail, with its own direction or its entry's.
fn detail_amount(entry: Node<'_, '_>, detail: Node<'_, '_>) -> Option<Money> {
    let amount = child(detail, "Amt").or_else(|| at(detail, &["AmtDtls", "TxAmt", "Amt"]))?;
    let directed = if child(detail, "CdtDbtInd").is_some() { detail } else { entry };
    signed(directed, money(amount).ok()?).ok()
}

fn date(node: Node<'_, '_>) -> Option<NaiveDate> {
    let text = text_at(node, &["Dt"]).or_else(|| text_at(node, &["DtTm"]))?;
    text.get(..10)?.parse().ok()
}

/// The other side. An entry that is taken back keeps the parties of what it takes back.
fn party(detail: Node<'_, '_>, amount: Money) -> Option<String> {
    let parties = child(detail, "RltdPties")?;
    let mut order = ["Dbtr", "UltmtDbtr", "Cdtr", "UltmtCdtr"];
    if amount.is_negative() {
        order.rotate_left(2);
    }
    order.into_iter().find_map(|name| {
        let party = child(parties, name)?;
        text_at(party, &["Pty", "Nm"]).or_else(|| text_at(party, &["Nm"]))
    })
}

fn party_account(detail: Node<'_, '_>, amount: Money) -> Option<String> {
    let parties = child(detail, "RltdPties")?;
    let mut order = ["DbtrAcct", "CdtrAcct"];
    if amount.is_negative() {
        order.reverse();
    }
    text_at(parties, &[order[0], "Id", "IBAN"]).or_else(|| text_at(parties, &[order[1], "Id", "IBAN"]))
}

fn creditor_reference(detail: Node<'_, '_>) -> Option<String> {
    let remittance = child(detail, "RmtInf")?;
    children(remittance, "Strd").find_map(|structured| text_at(structured, &["CdtrRefInf", "Ref"]))
}

/// What the payer wrote, with the references of other documents; else what the bank wrote.
fn remittance(entry: Node<'_, '_>, detail: Option<Node<'_, '_>>) -> String {
    let mut parts = detail.map(written).unwrap_or_default();
    if parts.is_empty() {
        parts.extend(
            detail
                .and_then(|detail| text_at(detail, &["AddtlTxInf"]))
                .or_else(|| text_at(entry, &["AddtlNtryInf"])),
        );
    }
    parts.join(" ")
}

fn written(detail: Node<'_, '_>) -> Vec<String> {
    let mut parts = Vec::new();
    for remittance in children(detail, "RmtInf") {
        parts.extend(children(remittance, "Ustrd").filter_map(text));
        for structured in children(remittance, "Strd") {
            parts
                .extend(children(structured, "RfrdDocInf").filter_map(|document| text_at(document, &["Nb"])));
            parts.extend(children(structured, "AddtlRmtInf").filter_map(text));
        }
    }
    parts
}

fn all_remittance(details: &[Node<'_, '_>]) -> String {
    let mut parts = Vec::new();
    for detail in details {
        parts.extend(written(*detail));
        parts.extend(creditor_reference(*detail));
    }
    parts.join(" ")
}
