//! Cross Industry Invoice (UN/CEFACT D22B), profile EN 16931. The schema wants this order of elements.

use chrono::NaiveDate;
use domain::money::{Money, Rate};

use super::figures::{Figures, beside_line};
use super::xml::{Xml, compact};
use crate::invoice::{Invoice, Kind, LineTax, TaxCategory};
use crate::letter::Party;

const NAMESPACES: &[(&str, &str)] = &[
    ("xmlns:rsm", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"),
    ("xmlns:ram", "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"),
    ("xmlns:qdt", "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"),
    ("xmlns:udt", "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"),
];

pub(super) fn write(invoice: &Invoice, figures: &Figures) -> String {
    let mut xml = Xml::new();
    xml.with("rsm:CrossIndustryInvoice", NAMESPACES, |xml| {
        xml.within("rsm:ExchangedDocumentContext", |xml| {
            xml.within("ram:GuidelineSpecifiedDocumentContextParameter", |xml| {
                xml.text("ram:ID", "urn:cen.eu:en16931:2017");
            });
        });
        xml.within("rsm:ExchangedDocument", |xml| {
            xml.text("ram:ID", &invoice.number);
            xml.text(
                "ram:TypeCode",
                match invoice.kind {
                    Kind::Invoice => "380",
                    Kind::CreditNote => "381",
                },
            );
            date(xml, "ram:IssueDateTime", "udt:DateTimeString", invoice.issued_on);
            if !invoice.note.trim().is_empty() {
                xml.within("ram:IncludedNote", |xml| xml.text("ram:Content", &invoice.note));
            }
        });
        xml.within("rsm:SupplyChainTradeTransaction", |xml| {
            for at in 0..invoice.lines.len() {
                line(xml, invoice, figures, at);
            }
            agreement(xml, invoice);
            delivery(xml, invoice);
            settlement(xml, invoice, figures);
        });
    });
    xml.finish()
}

fn date(xml: &mut Xml, name: &str, inner: &str, date: NaiveDate) {
    xml.within(name, |xml| xml.text_with(inner, &[("format", "102")], &compact(date)));
}

fn amount(xml: &mut Xml, name: &str, amount: Money) {
    xml.text(name, &amount.to_decimal().to_string());
}

fn line(xml: &mut Xml, invoice: &Invoice, figures: &Figures, at: usize) {
    let (line, worked) = (&invoice.lines[at], &figures.lines[at]);
    xml.within("ram:IncludedSupplyChainTradeLineItem", |xml| {
        xml.within("ram:AssociatedDocumentLineDocument", |xml| xml.text("ram:LineID", &(at + 1).to_string()));
        xml.within("ram:SpecifiedTradeProduct", |xml| {
            xml.text("ram:Name", &line.description);
            xml.some("ram:Description", &line.detail);
        });
        xml.within("ram:SpecifiedLineTradeAgreement", |xml| {
            xml.within("ram:NetPriceProductTradePrice", |xml| {
                xml.text("ram:ChargeAmount", &worked.price.to_string());
            });
        });
        xml.within("ram:SpecifiedLineTradeDelivery", |xml| {
            let unit = [("unitCode", line.unit_code.as_str())];
            xml.text_with("ram:BilledQuantity", &unit, &worked.quantity.to_string());
        });
        xml.within("ram:SpecifiedLineTradeSettlement", |xml| {
            let tax = line.taxes.first();
            xml.within("ram:ApplicableTradeTax", |xml| {
                category(xml, tax.and_then(|tax| tax.category), tax.map(|tax: &LineTax| tax.rate));
            });
            for (reason, adjustment) in beside_line(invoice, at, worked) {
                xml.within("ram:SpecifiedTradeAllowanceCharge", |xml| {
                    indicator(xml, adjustment.is_positive());
                    amount(
                        xml,
                        "ram:ActualAmount",
                        Money::new(adjustment.minor().saturating_abs(), invoice.currency),
                    );
                    xml.text("ram:Reason", reason);
                });
            }
            xml.within("ram:SpecifiedTradeSettlementLineMonetarySummation", |xml| {
                amount(xml, "ram:LineTotalAmount", worked.net);
            });
        });
    });
}

fn indicator(xml: &mut Xml, charge: bool) {
    xml.within("ram:ChargeIndicator", |xml| xml.text("udt:Indicator", if charge { "true" } else { "false" }));
}

/// Type, category and rate; outside the tax's scope there is no rate (BR-O-5).
fn category(xml: &mut Xml, category: Option<TaxCategory>, rate: Option<Rate>) {
    xml.text("ram:TypeCode", "VAT");
    xml.text("ram:CategoryCode", category.map_or("", TaxCategory::code));
    if let (Some(rate), true) = (rate, category != Some(TaxCategory::OutOfScope)) {
        xml.text("ram:RateApplicablePercent", &rate.to_string());
    }
}

fn agreement(xml: &mut Xml, invoice: &Invoice) {
    xml.within("ram:ApplicableHeaderTradeAgreement", |xml| {
        xml.some("ram:BuyerReference", &invoice.reference);
        xml.within("ram:SellerTradeParty", |xml| party(xml, &invoice.letter.sender, true));
        xml.within("ram:BuyerTradeParty", |xml| party(xml, &invoice.letter.recipient, false));
    });
}

fn party(xml: &mut Xml, party: &Party, seller: bool) {
    xml.text("ram:Name", &party.name);
    if !party.registration.is_empty() {
        xml.within("ram:SpecifiedLegalOrganization", |xml| xml.text("ram:ID", &party.registration));
    }
    let reachable = seller && !(party.email.is_empty() && party.phone.is_empty());
    if reachable {
        xml.within("ram:DefinedTradeContact", |xml| {
            xml.text("ram:PersonName", &party.name);
            if !party.phone.is_empty() {
                xml.within("ram:TelephoneUniversalCommunication", |xml| {
                    xml.text("ram:CompleteNumber", &party.phone);
                });
            }
            if !party.email.is_empty() {
                xml.within("ram:EmailURIUniversalCommunication", |xml| xml.text("ram:URIID", &party.email));
            }
        });
    }
    xml.within("ram:PostalTradeAddress", |xml| {
        let address = &party.address;
        xml.some("ram:PostcodeCode", address.postal_code.as_str());
        xml.some("ram:LineOne", address.street.as_str());
        xml.some("ram:LineTwo", address.extra.as_str());
        xml.some("ram:CityName", address.city.as_str());
        xml.some("ram:CountryID", &party.country_code);
        xml.some("ram:CountrySubDivisionName", address.region.as_str());
    });
    if !party.email.is_empty() {
        xml.within("ram:URIUniversalCommunication", |xml| {
            xml.text_with("ram:URIID", &[("schemeID", "EM")], &party.email);
        });
    }
    // The tax office's own number is the seller's only (BT-32).
    let numbers =
        [("VA", party.vat_id.as_str()), ("FC", if seller { party.tax_number.as_str() } else { "" })];
    for (scheme, number) in numbers {
        if !number.is_empty() {
            xml.within("ram:SpecifiedTaxRegistration", |xml| {
                xml.text_with("ram:ID", &[("schemeID", scheme)], number);
            });
        }
    }
}

fn delivery(xml: &mut Xml, invoice: &Invoice) {
    xml.within("ram:ApplicableHeaderTradeDelivery", |xml| {
        let Some((_, last)) = invoice.delivered else { return };
        let buyer = &invoice.letter.recipient;
        xml.within("ram:ShipToTradeParty", |xml| {
            xml.within("ram:PostalTradeAddress", |xml| {
                xml.some("ram:PostcodeCode", buyer.address.postal_code.as_str());
                xml.some("ram:LineOne", buyer.address.street.as_str());
                xml.some("ram:CityName", buyer.address.city.as_str());
                xml.some("ram:CountryID", &buyer.country_code);
            });
        });
        xml.within("ram:ActualDeliverySupplyChainEvent", |xml| {
            date(xml, "ram:OccurrenceDateTime", "udt:DateTimeString", last);
        });
    });
}

fn settlement(xml: &mut Xml, invoice: &Invoice, figures: &Figures) {
    xml.within("ram:ApplicableHeaderTradeSettlement", |xml| {
        xml.text("ram:PaymentReference", &invoice.number);
        xml.text("ram:InvoiceCurrencyCode", invoice.currency.code());
        if let (Some(payee), Kind::Invoice) = (&invoice.payee, invoice.kind) {
            xml.within("ram:SpecifiedTradeSettlementPaymentMeans", |xml| {
                // 58: a SEPA credit transfer; 30: any other.
                xml.text("ram:TypeCode", if invoice.currency.code() == "EUR" { "58" } else { "30" });
                xml.within("ram:PayeePartyCreditorFinancialAccount", |xml| {
                    xml.text("ram:IBANID", &payee.plain_iban());
                    xml.some("ram:AccountName", &payee.holder);
                });
                if !payee.bic.is_empty() {
                    xml.within("ram:PayeeSpecifiedCreditorFinancialInstitution", |xml| {
                        xml.text("ram:BICID", &payee.bic);
                    });
                }
            });
        }
        for group in &figures.groups {
            xml.within("ram:ApplicableTradeTax", |xml| {
                amount(xml, "ram:CalculatedAmount", group.tax);
                xml.text("ram:TypeCode", "VAT");
                xml.some("ram:ExemptionReason", &group.exemption);
                amount(xml, "ram:BasisAmount", group.base);
                xml.text("ram:CategoryCode", group.category.map_or("", TaxCategory::code));
                xml.some(
                    "ram:ExemptionReasonCode",
                    group.category.and_then(TaxCategory::exemption_code).unwrap_or_default(),
                );
                if group.category != Some(TaxCategory::OutOfScope) {
                    xml.text("ram:RateApplicablePercent", &group.rate.to_string());
                }
            });
        }
        if let Some((first, last)) = invoice.delivered.filter(|(first, last)| first != last) {
            xml.within("ram:BillingSpecifiedPeriod", |xml| {
                date(xml, "ram:StartDateTime", "udt:DateTimeString", first);
                date(xml, "ram:EndDateTime", "udt:DateTimeString", last);
            });
        }
        for beside in &figures.beside {
            xml.within("ram:SpecifiedTradeAllowanceCharge", |xml| {
                indicator(xml, beside.charge);
                amount(xml, "ram:ActualAmount", beside.amount);
                xml.text("ram:Reason", &beside.reason);
                xml.within("ram:CategoryTradeTax", |xml| category(xml, beside.category, Some(beside.rate)));
            });
        }
        let terms = invoice.payment_terms();
        if invoice.kind == Kind::Invoice && (invoice.due_on.is_some() || !terms.is_empty()) {
            xml.within("ram:SpecifiedTradePaymentTerms", |xml| {
                xml.some("ram:Description", &terms);
                if let Some(due) = invoice.due_on {
                    date(xml, "ram:DueDateDateTime", "udt:DateTimeString", due);
                }
            });
        }
        xml.within("ram:SpecifiedTradeSettlementHeaderMonetarySummation", |xml| {
            amount(xml, "ram:LineTotalAmount", figures.line_total);
            amount(xml, "ram:ChargeTotalAmount", figures.charges);
            amount(xml, "ram:AllowanceTotalAmount", figures.allowances);
            amount(xml, "ram:TaxBasisTotalAmount", figures.net);
            let currency = [("currencyID", invoice.currency.code())];
            xml.text_with("ram:TaxTotalAmount", &currency, &figures.tax.to_decimal().to_string());
            amount(xml, "ram:GrandTotalAmount", figures.gross);
            amount(xml, "ram:TotalPrepaidAmount", figures.prepaid);
            amount(xml, "ram:DuePayableAmount", figures.due);
        });
        if let Some(before) = &invoice.preceding {
            xml.within("ram:InvoiceReferencedDocument", |xml| {
                xml.text("ram:IssuerAssignedID", &before.number);
                date(xml, "ram:FormattedIssueDateTime", "qdt:DateTimeString", before.issued_on);
            });
        }
    });
}
