//! Documents on paper: invoices, credit notes, receipts, statements and quotes as PDF, and invoices as the XML
//! that other software reads.
//!
//! What goes in is plain data, one type for each document, with every text chosen; what comes out depends on
//! nothing else. There is no clock, no file and no network here, and the fonts are embedded, so the same input
//! gives the same bytes on every machine. Typst lays the pages out; what people wrote reaches it as values in a
//! JSON file and can't become markup.
//!
//! - [`Invoice`] (credit notes too), [`Receipt`], [`Statement`], [`Quote`]: what to print, each with `pdf()`.
//! - [`Invoice::qualifies`]: what an invoice lacks to be one by EN 16931; [`Invoice::cii`] and [`Invoice::ubl`]
//!   write it. A PDF of an invoice that qualifies holds the first (Factur-X).
//!
//! To add a document, add its type in a file of its own that turns it into a `Sheet`, and its words to
//! `texts/`. The look is in `templates/sheet.typ`.

mod country;
pub mod einvoice;
mod format;
mod invoice;
mod language;
mod letter;
mod printable;
mod quote;
mod receipt;
mod render;
mod sheet;
mod statement;
mod unit;
mod words;
mod world;

pub use country::{country_code, paper_of};
pub use einvoice::{Missing, Payee};
pub use invoice::{Adjustment, Instalment, Invoice, Kind, Line, LineTax, Preceding, TaxCategory};
pub use language::{Language, Paper};
pub use letter::{Brand, Letter, Party};
pub use quote::{Acceptance, Quote, QuoteGroup, QuoteLine, QuotePackage, QuoteSection, QuoteSums, Take};
pub use receipt::{Receipt, ReceiptShare};
pub use render::RenderError;
pub use statement::{Entry, Statement};
pub use unit::unit_code;
