use std::collections::BTreeSet;

use domain::money::Money;
use domain::totals::PriceMode;

use super::figures::Figures;
use crate::invoice::{Invoice, TaxCategory, signed};
use crate::letter::Party;

/// What an invoice lacks to be one by EN 16931.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Missing {
    /// BR-02.
    #[error("the invoice has no number yet")]
    Number,
    /// BR-06.
    #[error("the seller's name is missing")]
    SellerName,
    /// BR-08.
    #[error("the seller's address needs a city or post code")]
    SellerAddress,
    /// BR-09.
    #[error("the seller's country is missing or not known")]
    SellerCountry,
    /// BR-CO-26 and the rules of each tax category.
    #[error("the seller's VAT ID is missing")]
    SellerVatId,
    /// BR-CO-26, where there can be no VAT ID.
    #[error("the seller's registration number is missing")]
    SellerRegistration,
    /// BR-CO-9.
    #[error("the seller's VAT ID must begin with its country's two letters")]
    SellerVatIdPrefix,
    /// BR-07.
    #[error("the buyer's name is missing")]
    BuyerName,
    /// BR-10.
    #[error("the buyer's address needs a city or post code")]
    BuyerAddress,
    /// BR-11.
    #[error("the buyer's country is missing or not known")]
    BuyerCountry,
    /// BR-AE-2, BR-IC-2.
    #[error("the buyer's VAT ID is missing, and without tax for that reason it is needed")]
    BuyerVatId,
    /// BR-CO-9.
    #[error("the buyer's VAT ID must begin with its country's two letters")]
    BuyerVatIdPrefix,
    /// BR-O-2 to 4.
    #[error("what is outside the tax's scope can't stand on an invoice with VAT IDs")]
    VatIdOutOfScope,
    /// BR-O-11 to 14.
    #[error("what is outside the tax's scope can't stand beside what is not")]
    MixedScope,
    /// BR-IC-11.
    #[error("the date of delivery is missing, and a supply to another EU country needs it")]
    DeliveryDate,
    /// BR-16.
    #[error("there are no lines")]
    Lines,
    /// BR-25.
    #[error("line {0} has no description")]
    Description(usize),
    /// BR-23.
    #[error("line {0} has a unit that no code is known for")]
    UnitCode(usize),
    /// BR-CO-4.
    #[error("line {0} doesn't say how it is taxed")]
    TaxCategory(usize),
    /// A line bears one tax.
    #[error("line {0} bears several taxes; an electronic invoice has one for each line")]
    SeveralTaxes(usize),
    /// The rate and its category contradict each other.
    #[error("line {0} has a rate that its tax category doesn't allow")]
    Rate(usize),
    /// BR-33, BR-38, BR-42, BR-44.
    #[error("a discount or charge has no reason")]
    AdjustmentReason,
    /// BR-32, BR-37.
    #[error("a discount or charge doesn't say how it is taxed")]
    AdjustmentTax,
    /// BR-E-10.
    #[error("the reason for the exemption from tax is missing")]
    ExemptionReason,
    /// The totals can't say which part is of which category.
    #[error("one tax name stands for several categories")]
    AmbiguousTax,
    /// BR-CO-25.
    #[error("the due date is missing")]
    DueDate,
    /// BR-50.
    #[error("the bank account has no IBAN")]
    Iban,
    /// BR-DEC.
    #[error("the currency has more than two decimals")]
    Decimals,
    /// BR-CO-10 to 16.
    #[error("the amounts don't add up to the totals")]
    Sums,
}

impl Missing {
    /// The stable code of what is missing.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::SellerName => "seller_name",
            Self::SellerAddress => "seller_address",
            Self::SellerCountry => "seller_country",
            Self::SellerVatId => "seller_vat_id",
            Self::SellerRegistration => "seller_registration",
            Self::SellerVatIdPrefix => "seller_vat_id_prefix",
            Self::BuyerName => "buyer_name",
            Self::BuyerAddress => "buyer_address",
            Self::BuyerCountry => "buyer_country",
            Self::BuyerVatId => "buyer_vat_id",
            Self::BuyerVatIdPrefix => "buyer_vat_id_prefix",
            Self::VatIdOutOfScope => "vat_id_out_of_scope",
            Self::MixedScope => "mixed_scope",
            Self::DeliveryDate => "delivery_date",
            Self::Lines => "lines",
            Self::Description(_) => "description",
            Self::UnitCode(_) => "unit_code",
            Self::TaxCategory(_) => "tax_category",
            Self::SeveralTaxes(_) => "several_taxes",
            Self::Rate(_) => "rate",
            Self::AdjustmentReason => "adjustment_reason",
            Self::AdjustmentTax => "adjustment_tax",
            Self::ExemptionReason => "exemption_reason",
            Self::AmbiguousTax => "ambiguous_tax",
            Self::DueDate => "due_date",
            Self::Iban => "iban",
            Self::Decimals => "decimals",
            Self::Sums => "sums",
        }
    }
}

impl Invoice {
    /// Whether it has all that EN 16931 asks for; else what it lacks, everything at once.
    pub fn qualifies(&self) -> Result<(), Vec<Missing>> {
        let mut missing = BTreeSet::new();
        self.parties(&mut missing);
        self.contents(&mut missing);
        self.sums_agree(&mut missing);
        if missing.is_empty() { Ok(()) } else { Err(missing.into_iter().collect()) }
    }

    fn categories(&self) -> BTreeSet<TaxCategory> {
        let adjustments = self.adjustments.iter().filter_map(|adjustment| adjustment.tax.as_ref());
        let taxes = self.lines.iter().flat_map(|line| &line.taxes).chain(adjustments);
        taxes.filter_map(|tax| tax.category).collect()
    }

    fn parties(&self, missing: &mut BTreeSet<Missing>) {
        let (seller, buyer) = (&self.letter.sender, &self.letter.recipient);
        let lacks_place = |party: &Party| {
            party.address.city.as_str().trim().is_empty()
                && party.address.postal_code.as_str().trim().is_empty()
        };
        let country = |party: &Party| crate::country_code(&party.country_code).is_some();
        // Greece writes EL where ISO says GR.
        let prefixed = |id: &str| {
            id.is_empty() || id.len() > 2 && id.bytes().take(2).all(|byte| byte.is_ascii_uppercase())
        };
        let categories = self.categories();
        let out_of_scope = categories.contains(&TaxCategory::OutOfScope);
        let wants_buyer = categories.contains(&TaxCategory::ReverseCharge)
            || categories.contains(&TaxCategory::IntraCommunity);
        let wants_vat_id =
            categories.contains(&TaxCategory::IntraCommunity) || categories.contains(&TaxCategory::Export);
        for (lacks, what) in [
            (seller.name.trim().is_empty(), Missing::SellerName),
            (lacks_place(seller), Missing::SellerAddress),
            (!country(seller), Missing::SellerCountry),
            (!prefixed(&seller.vat_id), Missing::SellerVatIdPrefix),
            (buyer.name.trim().is_empty(), Missing::BuyerName),
            (lacks_place(buyer), Missing::BuyerAddress),
            (!country(buyer), Missing::BuyerCountry),
            (!prefixed(&buyer.vat_id), Missing::BuyerVatIdPrefix),
            (wants_buyer && buyer.vat_id.is_empty(), Missing::BuyerVatId),
            (out_of_scope && categories.len() > 1, Missing::MixedScope),
            (
                out_of_scope && !(seller.vat_id.is_empty() && buyer.vat_id.is_empty()),
                Missing::VatIdOutOfScope,
            ),
            (
                categories.contains(&TaxCategory::IntraCommunity) && self.delivered.is_none(),
                Missing::DeliveryDate,
            ),
            // BR-CO-26 wants a VAT ID or a registration; where tax is due, the tax office's number serves beside
            // the latter.
            (
                !out_of_scope
                    && seller.vat_id.is_empty()
                    && (wants_vat_id || seller.registration.is_empty() || seller.tax_number.is_empty()),
                Missing::SellerVatId,
            ),
            (out_of_scope && seller.registration.is_empty(), Missing::SellerRegistration),
        ] {
            if lacks {
                missing.insert(what);
            }
        }
    }

    fn contents(&self, missing: &mut BTreeSet<Missing>) {
        for (lacks, what) in [
            (self.number.trim().is_empty(), Missing::Number),
            (self.lines.is_empty(), Missing::Lines),
            (self.due_on.is_none() && self.schedule.is_empty() && self.due().is_positive(), Missing::DueDate),
            (self.payee.as_ref().is_some_and(|payee| payee.plain_iban().is_empty()), Missing::Iban),
            (self.currency.exponent() > 2, Missing::Decimals),
        ] {
            if lacks {
                missing.insert(what);
            }
        }
        for (at, line) in self.lines.iter().enumerate() {
            let number = at + 1;
            if line.description.trim().is_empty() {
                missing.insert(Missing::Description(number));
            }
            if line.unit_code.is_empty() {
                missing.insert(Missing::UnitCode(number));
            }
            match &line.taxes[..] {
                [] => {
                    missing.insert(Missing::TaxCategory(number));
                }
                [tax] => {
                    let levied = !tax.rate.get().is_zero();
                    match tax.category {
                        None => {
                            missing.insert(Missing::TaxCategory(number));
                        }
                        Some(category) if (category == TaxCategory::Standard) != levied => {
                            missing.insert(Missing::Rate(number));
                        }
                        Some(_) => {}
                    }
                }
                [_, _, ..] => {
                    missing.insert(Missing::SeveralTaxes(number));
                }
            }
            if line.adjustments.iter().any(|adjustment| adjustment.reason.trim().is_empty()) {
                missing.insert(Missing::AdjustmentReason);
            }
        }
        for adjustment in &self.adjustments {
            if adjustment.reason.trim().is_empty() {
                missing.insert(Missing::AdjustmentReason);
            }
            if adjustment.tax.as_ref().is_none_or(|tax| tax.category.is_none()) {
                missing.insert(Missing::AdjustmentTax);
            }
        }
    }

    fn sums_agree(&self, missing: &mut BTreeSet<Missing>) {
        let figures = Figures::of(self);
        let unexplained = figures
            .groups
            .iter()
            .any(|group| group.category == Some(TaxCategory::Exempt) && group.exemption.trim().is_empty());
        if unexplained {
            missing.insert(Missing::ExemptionReason);
        }
        let taxes: Vec<_> = self.lines.iter().flat_map(|line| &line.taxes).collect();
        if taxes.iter().any(|one| {
            taxes.iter().any(|other| {
                one.name == other.name && one.rate == other.rate && one.category != other.category
            })
        }) {
            missing.insert(Missing::AmbiguousTax);
        }
        let rate_of = |base: Money, rate| base.percent(rate).minor();
        // BR-CO-17 leaves room for tax that was rounded line by line.
        let room = i64::try_from(self.lines.len()).unwrap_or(i64::MAX);
        let far = |group: &super::figures::Group| {
            (rate_of(group.base, group.rate) - group.tax.minor()).abs() > room
        };
        let bases = Money::sum(figures.groups.iter().map(|group| group.base), self.currency);
        // As prices are written: net, or with tax if they include it.
        let written = self
            .lines
            .iter()
            .map(|line| line.amount)
            .chain(self.adjustments.iter().map(signed))
            .chain(self.totals.discount.checked_neg());
        let whole = match self.price_mode {
            PriceMode::Exclusive => self.totals.net,
            PriceMode::Inclusive => self.totals.gross,
        };
        let fits = Money::sum(written, self.currency) == Ok(whole)
            && figures.net == self.totals.net
            && figures.gross == self.totals.gross
            && bases == Ok(figures.net)
            && !figures.groups.iter().any(far);
        if !fits {
            missing.insert(Missing::Sums);
        }
    }
}
