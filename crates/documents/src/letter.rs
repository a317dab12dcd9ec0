use domain::text::Address;
use serde::{Deserialize, Serialize};

use crate::language::{Language, Paper};
use crate::printable::{one_line, printable};
use crate::sheet::{Fact, Sender, Sheet};
use crate::words::Words;

/// How an organization looks on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    /// Its colour, `#rrggbb`. Anything else is printed in dark grey.
    pub color: String,
    /// Its logo: the bytes of a PNG, JPEG, WebP or SVG. One that can't be read is left out, and the name
    /// stands in its place.
    #[serde(skip)]
    pub logo: Option<Vec<u8>>,
}

/// A business or a person on either side of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Party {
    /// The legal name.
    pub name: String,
    /// The postal address, as it stands on an envelope.
    pub address: Address,
    /// The address's country by ISO 3166-1, two letters; empty where unknown.
    pub country_code: String,
    /// Identification for value added tax, with its country's prefix, e.g. `DE123456789`.
    pub vat_id: String,
    /// Another number by which the tax office knows it.
    pub tax_number: String,
    /// The number under which it is registered as a business, e.g. in the commercial register.
    pub registration: String,
    /// E-mail.
    pub email: String,
    /// Telephone.
    pub phone: String,
}

impl Party {
    /// The address in the lines of an envelope, without the name.
    fn envelope(&self) -> Vec<String> {
        let address = &self.address;
        let city = [address.postal_code.as_str(), address.city.as_str()].map(one_line).join(" ");
        [
            one_line(address.street.as_str()),
            one_line(address.extra.as_str()),
            city.trim().to_owned(),
            one_line(address.region.as_str()),
            one_line(address.country.as_str()),
        ]
        .into_iter()
        .filter(|line| !line.is_empty())
        .collect()
    }
}

/// More than this of a foot would take the page's place: it goes to the end of the document.
const FOOT_LINES: usize = 6;
const FOOT_CHARACTERS: usize = 600;

/// What every document has: who writes to whom, in which language and look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The language of its words.
    pub language: Language,
    /// The size of its sheets.
    pub paper: Paper,
    /// The look.
    pub brand: Brand,
    /// The organization.
    pub sender: Party,
    /// The client.
    pub recipient: Party,
    /// The foot of each page; may have several lines.
    pub footer: String,
    /// Whether it is marked as a draft.
    pub draft: bool,
}

impl Letter {
    pub(crate) fn words(&self) -> &'static Words {
        Words::of(self.language)
    }

    /// An empty sheet with this letterhead.
    pub(crate) fn sheet(&self, kind: &str, number: &str, dated: chrono::NaiveDate) -> Sheet {
        let words = self.words();
        let number = one_line(number);
        let name = one_line(&self.sender.name);
        let envelope = self.sender.envelope();
        let mut line = vec![name.clone()];
        line.extend(envelope.iter().take(2).cloned());
        let mut details: Vec<String> = match &envelope[..] {
            [] => Vec::new(),
            [street, rest @ ..] => vec![self.isolated(street), self.isolated(&rest.join(", "))],
        };
        for text in [&self.sender.email, &self.sender.phone] {
            details.push(self.isolated(&one_line(text)));
        }
        for (label, text) in
            [(&words.vat_id, &self.sender.vat_id), (&words.tax_number, &self.sender.tax_number)]
        {
            if !text.is_empty() {
                details.push(format!("{label} {}", self.isolated(&one_line(text))));
            }
        }
        details.retain(|detail| !detail.is_empty());
        let mut recipient = vec![one_line(&self.recipient.name)];
        recipient.extend(self.recipient.envelope());
        recipient.retain(|line| !line.is_empty());
        let line = if recipient.is_empty() { String::new() } else { self.isolated(&line.join(" · ")) };
        let recipient = recipient.iter().map(|line| self.isolated(line)).collect();
        let footer = printable(&self.footer);
        let long = footer.lines().count() > FOOT_LINES || footer.chars().count() > FOOT_CHARACTERS;
        let (footer, closing) = if long { (String::new(), footer) } else { (footer, String::new()) };
        Sheet {
            lang: self.language.as_str(),
            rtl: self.language.is_right_to_left(),
            paper: self.paper,
            color: color(&self.brand.color),
            logo: None,
            mark: self.draft.then(|| words.draft.clone()),
            badge: self.draft.then(|| words.draft.clone()),
            meta: crate::sheet::Meta::new(format!("{kind} {number}").trim().to_owned(), name.clone(), dated),
            sender: Sender { name: self.isolated(&name), line, details },
            recipient,
            kind: kind.to_owned(),
            number: self.isolated(&number),
            page: words.page.split("{}").map(ToOwned::to_owned).collect(),
            footer: self.free(&footer),
            closing: self.free(&closing),
            ..Sheet::default()
        }
    }

    /// A fact, unless it has no value.
    pub(crate) fn fact(&self, label: &str, value: &str) -> Option<Fact> {
        let value = one_line(value);
        (!value.is_empty()).then(|| Fact { label: label.to_owned(), value: self.isolated(&value) })
    }

    /// A text as somebody wrote it, each line in the direction of its own letters.
    pub(crate) fn free(&self, text: &str) -> String {
        printable(text).lines().map(|line| self.isolated(line)).collect::<Vec<_>>().join("\n")
    }

    /// A line of it.
    pub(crate) fn free_line(&self, text: &str) -> String {
        self.isolated(&one_line(text))
    }

    /// Keeps figures and codes in one piece between words that run the other way (Unicode's FSI and PDI).
    pub(crate) fn isolated(&self, text: &str) -> String {
        if self.language.is_right_to_left() && !text.is_empty() {
            format!("\u{2068}{text}\u{2069}")
        } else {
            text.to_owned()
        }
    }
}

/// The colour where it is one.
fn color(text: &str) -> String {
    let digits = text.strip_prefix('#').unwrap_or_default();
    let sound = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if sound { text.to_owned() } else { "#3c4a48".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_colour_is_grey() {
        for (given, printed) in [
            ("#2d6a6a", "#2d6a6a"),
            ("red", "#3c4a48"),
            ("", "#3c4a48"),
            ("#12345", "#3c4a48"),
            ("#1234é", "#3c4a48"),
        ] {
            assert_eq!(color(given), printed);
        }
    }
}
