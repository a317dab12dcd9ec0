use std::sync::LazyLock;

use serde::Deserialize;

use crate::language::Language;

/// The words of one language; `texts/` holds them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    pub invoice: String,
    pub credit_note: String,
    pub receipt: String,
    pub statement: String,
    pub quote: String,
    pub draft: String,
    pub date: String,
    pub due: String,
    pub reference: String,
    pub period: String,
    pub delivered: String,
    pub valid_until: String,
    pub corrects: String,
    pub your_vat_id: String,
    pub vat_id: String,
    pub tax_number: String,
    pub amount_due: String,
    pub by: String,
    pub credited: String,
    pub received: String,
    pub nothing_due: String,
    pub description: String,
    pub quantity: String,
    pub unit_price: String,
    pub tax: String,
    pub amount: String,
    pub no_lines: String,
    pub subtotal: String,
    pub discount: String,
    pub net: String,
    pub total: String,
    pub paid: String,
    pub left: String,
    pub tax_added: String,
    pub tax_contained: String,
    pub schedule: String,
    pub in_instalments: String,
    pub days_after: String,
    pub when_reached: String,
    pub how_to_pay: String,
    pub account_holder: String,
    pub iban: String,
    pub bic: String,
    pub bank: String,
    pub payment_reference: String,
    pub method: String,
    pub received_on: String,
    pub for_invoice: String,
    pub applied: String,
    pub credit: String,
    pub thanks: String,
    pub no_invoices: String,
    pub opening: String,
    pub closing: String,
    pub document: String,
    pub charged: String,
    pub paid_column: String,
    pub balance: String,
    pub no_entries: String,
    pub ageing: String,
    pub not_due: String,
    pub days: String,
    pub older: String,
    pub balance_due: String,
    pub balance_in_favour: String,
    pub movements: Movements,
    pub version: String,
    pub changes_quote: String,
    pub package: String,
    pub optional: String,
    pub chosen: String,
    pub not_chosen: String,
    pub not_included: String,
    pub choice: String,
    pub less: String,
    pub may_exceed: String,
    pub deposit: String,
    pub accept_title: String,
    pub accept_text: String,
    pub sign_place: String,
    pub sign_name: String,
    pub accepted: String,
    pub accepted_on: String,
    pub acceptance: String,
    pub accepted_by: String,
    pub accepted_at: String,
    pub fingerprint: String,
    pub fingerprint_note: String,
    pub signature: String,
    pub page: String,
    pub months: [String; 12],
}

/// What moved a client's balance; `{}` is a number, or how money came.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Movements {
    pub invoice: String,
    pub void: String,
    pub payment: String,
    pub credit_note: String,
    pub refund: String,
    pub dispute: String,
    pub write_off: String,
    pub owed_again: String,
    pub credit_used: String,
    pub became_credit: String,
}

static CATALOGUES: LazyLock<[Words; 3]> = LazyLock::new(|| {
    [include_str!("../texts/en.json"), include_str!("../texts/de.json"), include_str!("../texts/ar.json")]
        .map(|text| serde_json::from_str(text).expect("the catalogues are checked by a test"))
});

impl Words {
    /// The words of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::En => &CATALOGUES[0],
            Language::De => &CATALOGUES[1],
            Language::Ar => &CATALOGUES[2],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_word_and_its_places_for_values() {
        let texts = [
            include_str!("../texts/en.json"),
            include_str!("../texts/de.json"),
            include_str!("../texts/ar.json"),
        ]
        .map(|text| serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text).unwrap());
        for language in Language::ALL {
            assert!(!Words::of(language).page.is_empty());
        }
        let holes = |value: &serde_json::Value| {
            value.as_str().map(|text| (text.matches('{').count(), text.is_empty()))
        };
        for other in &texts[1..] {
            for (key, english) in &texts[0] {
                assert_eq!(holes(&other[key]), holes(english), "{key}");
            }
            for (key, english) in texts[0]["movements"].as_object().unwrap() {
                assert_eq!(holes(&other["movements"][key]), holes(english), "movements.{key}");
            }
        }
    }
}
