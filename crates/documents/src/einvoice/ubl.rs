//! UBL 2.1: an Invoice or a CreditNote. The schema wants this order of elements.

use domain::money::{Money, Rate};

use super::figures::{Figures, beside_line};
use super::xml::Xml;
use crate::invoice::{Invoice, Kind, TaxCategory};
use crate::letter::Party;

const COMPONENTS: [(&str, &str); 2] = [
    ("xmlns:cac", "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"),
    ("xmlns:cbc", "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"),
];
const EN_16931: &str = "urn:cen.eu:en16931:2017";
const PEPPOL: &str = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0";
const PEPPOL_PROFILE: &str = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0";

pub(super) fn write(invoice: &Invoice, figures: &Figures) -> String {
    let (root, schema) = match invoice.kind {
        Kind::Invoice => ("Invoice", "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"),
        Kind::CreditNote => ("CreditNote", "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"),
    };
    let mut xml = Xml::new();
    xml.with(root, &[("xmlns", schema), COMPONENTS[0], COMPONENTS[1]], |xml| {
        head(xml, invoice);
        for (name, party) in [
            ("cac:AccountingSupplierParty", &invoice.letter.sender),
            ("cac:AccountingCustomerParty", &invoice.letter.recipient),
        ] {
            let seller = name == "cac:AccountingSupplierParty";
            xml.within(name, |xml| xml.within("cac:Party", |xml| write_party(xml, party, seller)));
        }
        payment(xml, invoice);
        let currency = invoice.currency.code();
        for beside in &figures.beside {
            xml.within("cac:AllowanceCharge", |xml| {
                xml.text("cbc:ChargeIndicator", if beside.charge { "true" } else { "false" });
                xml.text("cbc:AllowanceChargeReason", &beside.reason);
                amount(xml, "cbc:Amount", beside.amount);
                xml.within("cac:TaxCategory", |xml| category(xml, beside.category, beside.rate, None));
            });
        }
        xml.within("cac:TaxTotal", |xml| {
            amount(xml, "cbc:TaxAmount", figures.tax);
            for group in &figures.groups {
                xml.within("cac:TaxSubtotal", |xml| {
                    amount(xml, "cbc:TaxableAmount", group.base);
                    amount(xml, "cbc:TaxAmount", group.tax);
                    xml.within("cac:TaxCategory", |xml| {
                        category(xml, group.category, group.rate, Some(&group.exemption));
                    });
                });
            }
        });
        xml.within("cac:LegalMonetaryTotal", |xml| {
            amount(xml, "cbc:LineExtensionAmount", figures.line_total);
            amount(xml, "cbc:TaxExclusiveAmount", figures.net);
            amount(xml, "cbc:TaxInclusiveAmount", figures.gross);
            amount(xml, "cbc:AllowanceTotalAmount", figures.allowances);
            amount(xml, "cbc:ChargeTotalAmount", figures.charges);
            amount(xml, "cbc:PrepaidAmount", figures.prepaid);
            amount(xml, "cbc:PayableAmount", figures.due);
        });
        for at in 0..invoice.lines.len() {
            line(xml, invoice, figures, at, currency);
        }
    });
    xml.finish()
}

fn amount(xml: &mut Xml, name: &str, amount: Money) {
    xml.text_with(name, &[("currencyID", amount.currency().code())], &amount.to_decimal().to_string());
}

/// Peppol's network wants more than the standard: both addresses and something to route by.
fn peppol(invoice: &Invoice) -> bool {
    let letter = &invoice.letter;
    !letter.sender.email.is_empty()
        && !letter.recipient.email.is_empty()
        && !invoice.reference.trim().is_empty()
}

fn head(xml: &mut Xml, invoice: &Invoice) {
    let peppol = peppol(invoice);
    xml.text("cbc:CustomizationID", if peppol { PEPPOL } else { EN_16931 });
    if peppol {
        xml.text("cbc:ProfileID", PEPPOL_PROFILE);
    }
    xml.text("cbc:ID", &invoice.number);
    xml.text("cbc:IssueDate", &invoice.issued_on.to_string());
    match invoice.kind {
        Kind::Invoice => {
            if let Some(due) = invoice.due_on {
                xml.text("cbc:DueDate", &due.to_string());
            }
            xml.text("cbc:InvoiceTypeCode", "380");
        }
        Kind::CreditNote => xml.text("cbc:CreditNoteTypeCode", "381"),
    }
    xml.some("cbc:Note", &invoice.note);
    xml.text("cbc:DocumentCurrencyCode", invoice.currency.code());
    xml.some("cbc:BuyerReference", &invoice.reference);
    if let Some((first, last)) = invoice.delivered.filter(|(first, last)| first != last) {
        xml.within("cac:InvoicePeriod", |xml| {
            xml.text("cbc:StartDate", &first.to_string());
            xml.text("cbc:EndDate", &last.to_string());
        });
    }
    if let Some(before) = &invoice.preceding {
        xml.within("cac:BillingReference", |xml| {
            xml.within("cac:InvoiceDocumentReference", |xml| {
                xml.text("cbc:ID", &before.number);
                xml.text("cbc:IssueDate", &before.issued_on.to_string());
            });
        });
    }
}

fn write_address(xml: &mut Xml, party: &Party) {
    let address = &party.address;
    xml.some("cbc:StreetName", address.street.as_str());
    xml.some("cbc:AdditionalStreetName", address.extra.as_str());
    xml.some("cbc:CityName", address.city.as_str());
    xml.some("cbc:PostalZone", address.postal_code.as_str());
    xml.some("cbc:CountrySubentity", address.region.as_str());
    xml.within("cac:Country", |xml| xml.text("cbc:IdentificationCode", &party.country_code));
}

fn write_party(xml: &mut Xml, party: &Party, seller: bool) {
    if !party.email.is_empty() {
        xml.text_with("cbc:EndpointID", &[("schemeID", "EM")], &party.email);
    }
    xml.within("cac:PostalAddress", |xml| write_address(xml, party));
    // The tax office's own number is the seller's only (BT-32).
    let numbers =
        [("VAT", party.vat_id.as_str()), ("TAX", if seller { party.tax_number.as_str() } else { "" })];
    for (scheme, number) in numbers {
        if !number.is_empty() {
            xml.within("cac:PartyTaxScheme", |xml| {
                xml.text("cbc:CompanyID", number);
                xml.within("cac:TaxScheme", |xml| xml.text("cbc:ID", scheme));
            });
        }
    }
    xml.within("cac:PartyLegalEntity", |xml| {
        xml.text("cbc:RegistrationName", &party.name);
        xml.some("cbc:CompanyID", &party.registration);
    });
    if seller && !(party.email.is_empty() && party.phone.is_empty()) {
        xml.within("cac:Contact", |xml| {
            xml.text("cbc:Name", &party.name);
            xml.some("cbc:Telephone", &party.phone);
            xml.some("cbc:ElectronicMail", &party.email);
        });
    }
}

fn payment(xml: &mut Xml, invoice: &Invoice) {
    if let Some((_, last)) = invoice.delivered {
        xml.within("cac:Delivery", |xml| {
            xml.text("cbc:ActualDeliveryDate", &last.to_string());
            xml.within("cac:DeliveryLocation", |xml| {
                xml.within("cac:Address", |xml| write_address(xml, &invoice.letter.recipient));
            });
        });
    }
    if let (Some(payee), Kind::Invoice) = (&invoice.payee, invoice.kind) {
        xml.within("cac:PaymentMeans", |xml| {
            xml.text("cbc:PaymentMeansCode", if invoice.currency.code() == "EUR" { "58" } else { "30" });
            xml.text("cbc:PaymentID", &invoice.number);
            xml.within("cac:PayeeFinancialAccount", |xml| {
                xml.text("cbc:ID", &payee.plain_iban());
                xml.some("cbc:Name", &payee.holder);
                if !payee.bic.is_empty() {
                    xml.within("cac:FinancialInstitutionBranch", |xml| xml.text("cbc:ID", &payee.bic));
                }
            });
        });
    }
    let terms = invoice.payment_terms();
    if !terms.is_empty() {
        xml.within("cac:PaymentTerms", |xml| xml.text("cbc:Note", &terms));
    }
}

/// A category and its rate; with it, where tax is summed up, why nothing is levied.
fn category(xml: &mut Xml, category: Option<TaxCategory>, rate: Rate, exemption: Option<&str>) {
    xml.text("cbc:ID", category.map_or("", TaxCategory::code));
    // Outside the tax's scope there is no rate (BR-O-5).
    if category != Some(TaxCategory::OutOfScope) {
        xml.text("cbc:Percent", &rate.to_string());
    }
    if let Some(exemption) = exemption {
        let code = category.and_then(TaxCategory::exemption_code).unwrap_or_default();
        xml.some("cbc:TaxExemptionReasonCode", code);
        xml.some("cbc:TaxExemptionReason", exemption);
    }
    xml.within("cac:TaxScheme", |xml| xml.text("cbc:ID", "VAT"));
}

fn line(xml: &mut Xml, invoice: &Invoice, figures: &Figures, at: usize, currency: &str) {
    let (line, worked) = (&invoice.lines[at], &figures.lines[at]);
    let (element, quantity) = match invoice.kind {
        Kind::Invoice => ("cac:InvoiceLine", "cbc:InvoicedQuantity"),
        Kind::CreditNote => ("cac:CreditNoteLine", "cbc:CreditedQuantity"),
    };
    xml.within(element, |xml| {
        xml.text("cbc:ID", &(at + 1).to_string());
        xml.text_with(quantity, &[("unitCode", &line.unit_code)], &worked.quantity.to_string());
        amount(xml, "cbc:LineExtensionAmount", worked.net);
        for (reason, adjustment) in beside_line(invoice, at, worked) {
            xml.within("cac:AllowanceCharge", |xml| {
                xml.text("cbc:ChargeIndicator", if adjustment.is_positive() { "true" } else { "false" });
                xml.text("cbc:AllowanceChargeReason", reason);
                amount(xml, "cbc:Amount", Money::new(adjustment.minor().saturating_abs(), invoice.currency));
            });
        }
        xml.within("cac:Item", |xml| {
            xml.some("cbc:Description", &line.detail);
            xml.text("cbc:Name", &line.description);
            if let Some(tax) = line.taxes.first() {
                xml.within("cac:ClassifiedTaxCategory", |xml| category(xml, tax.category, tax.rate, None));
            }
        });
        xml.within("cac:Price", |xml| {
            xml.text_with("cbc:PriceAmount", &[("currencyID", currency)], &worked.price.to_string());
        });
    });
}
