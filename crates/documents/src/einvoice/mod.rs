//! Invoices that other software reads: the semantic model of EN 16931 in its two syntaxes.
//!
//! [`figures`] works out the amounts once, by the standard's own rules of calculation; [`cii`] and [`ubl`] only
//! write them down. The names of rules (BR-…) and terms (BT-…) are the standard's.

mod cii;
mod figures;
mod qualify;
mod ubl;
mod xml;
mod xmp;

pub use qualify::Missing;
pub(crate) use xmp::declare;

use serde::{Deserialize, Serialize};

use crate::invoice::{Invoice, TaxCategory};

/// A bank account to pay into.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Payee {
    /// Whose account it is; the sender's name where empty.
    pub holder: String,
    /// Its IBAN.
    pub iban: String,
    /// The bank's BIC; may be empty.
    pub bic: String,
    /// The bank's name; may be empty.
    pub bank: String,
}

impl Payee {
    /// The IBAN without spaces.
    fn plain_iban(&self) -> String {
        self.iban.chars().filter(|c| !c.is_whitespace()).collect()
    }
}

impl TaxCategory {
    /// The category's code (BT-118, BT-151).
    pub fn code(self) -> &'static str {
        match self {
            Self::Standard => "S",
            Self::Zero => "Z",
            Self::Exempt => "E",
            Self::ReverseCharge => "AE",
            Self::IntraCommunity => "K",
            Self::Export => "G",
            Self::OutOfScope => "O",
        }
    }

    /// The reason for not levying tax that the category itself names (BT-121, code list VATEX).
    fn exemption_code(self) -> Option<&'static str> {
        match self {
            Self::Standard | Self::Zero | Self::Exempt => None,
            Self::ReverseCharge => Some("VATEX-EU-AE"),
            Self::IntraCommunity => Some("VATEX-EU-IC"),
            Self::Export => Some("VATEX-EU-G"),
            Self::OutOfScope => Some("VATEX-EU-O"),
        }
    }
}

impl Invoice {
    /// The invoice as a Cross Industry Invoice of UN/CEFACT, in the profile EN 16931 of Factur-X.
    ///
    /// Meant for invoices that [qualify](Self::qualifies); of others it holds what there is.
    pub fn cii(&self) -> String {
        cii::write(self, &figures::Figures::of(self))
    }

    /// The invoice in UBL 2.1, as Peppol BIS Billing 3.0 writes it.
    ///
    /// Meant for invoices that [qualify](Self::qualifies); of others it holds what there is.
    pub fn ubl(&self) -> String {
        ubl::write(self, &figures::Figures::of(self))
    }
}
