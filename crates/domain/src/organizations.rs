//! The service business, and how it looks and counts.

use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::id;
use crate::money::Currency;
use crate::text::{
    Address, Color, EmailAddress, Iban, Language, Line, Name, NewPassword, Note, Slug, TimeZone,
};
use crate::totals::{PriceMode, Rounding};

id!(
    /// An organization: the tenant.
    OrganizationId,
    "org"
);

/// What the business does: a preset of words. Data never depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum Trade {
    /// Agency or freelancer.
    Agency,
    /// Contractor.
    Contractor,
    /// Repair shop.
    RepairShop,
    /// Law firm.
    LawFirm,
}

impl Trade {
    /// All trades.
    pub const ALL: [Self; 4] = [Self::Agency, Self::Contractor, Self::RepairShop, Self::LawFirm];

    /// The name kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agency => "agency",
            Self::Contractor => "contractor",
            Self::RepairShop => "repair_shop",
            Self::LawFirm => "law_firm",
        }
    }
}

impl std::str::FromStr for Trade {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|trade| trade.as_str() == text).ok_or(())
    }
}

/// The organization as its members see it. `GET /organization`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its name in addresses.
    pub slug: Slug,
    /// Its name.
    pub name: Name,
    /// Its trade.
    pub trade: Trade,
    /// The zone in which its days begin and end.
    pub time_zone: TimeZone,
    /// The currency of its books, and of new invoices unless said otherwise.
    pub currency: Currency,
    /// The language of mails to people who chose none.
    pub language: Language,
    /// The brand's colour.
    pub brand_color: Color,
    /// Path of the logo, which changes with its content; absent without a logo.
    pub logo_url: Option<String>,
    /// Where replies to mails go, and whom clients may write to.
    pub email: Option<EmailAddress>,
    /// Phone number for clients.
    pub phone: Line,
    /// Address on documents.
    pub address: Address,
    /// Its VAT ID, e.g. `DE123456789`, or the number by which the tax office knows it.
    pub tax_number: Line,
    /// The bank account that documents ask clients to pay into; may be empty.
    pub iban: Iban,
    /// That bank's BIC; may be empty.
    pub bic: Line,
    /// What stands at the foot of documents: tax numbers, bank account, terms.
    pub document_footer: Note,
    /// Days until an invoice is due, unless said otherwise.
    pub payment_terms_days: u16,
    /// Where tax is rounded; frozen into each document when it is issued.
    pub rounding: Rounding,
    /// Whether unit prices include tax, unless an invoice says otherwise.
    pub price_mode: PriceMode,
    /// Whether clients may pay a part of an invoice.
    pub partial_payments: bool,
    /// The least that may be paid in part, in the invoice's minor units.
    pub minimum_partial_minor: i64,
    /// Prefix of invoice numbers, e.g. `2026-`.
    pub invoice_prefix: Line,
    /// Version for `If-Match`.
    pub version: i64,
}

/// Changes to the organization; what is absent stays. `PATCH /organization`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct OrganizationPatch {
    /// Its name.
    pub name: Option<Name>,
    /// Its name in addresses. Links that were mailed before stop working.
    pub slug: Option<Slug>,
    /// Its trade.
    pub trade: Option<Trade>,
    /// The zone in which its days begin and end.
    pub time_zone: Option<TimeZone>,
    /// The currency of new invoices.
    pub currency: Option<Currency>,
    /// The language of mails to people who chose none.
    pub language: Option<Language>,
    /// The brand's colour.
    pub brand_color: Option<Color>,
    /// Where replies to mails go.
    pub email: Option<EmailAddress>,
    /// Phone number for clients.
    pub phone: Option<Line>,
    /// Address on documents.
    pub address: Option<Address>,
    /// VAT ID or tax number.
    pub tax_number: Option<Line>,
    /// IBAN; empty for none.
    pub iban: Option<Iban>,
    /// BIC; empty for none.
    pub bic: Option<Line>,
    /// Foot of documents.
    pub document_footer: Option<Note>,
    /// Days until an invoice is due.
    #[validate(range(max = 365))]
    pub payment_terms_days: Option<u16>,
    /// Where tax is rounded on documents issued from now on.
    pub rounding: Option<Rounding>,
    /// Whether unit prices include tax on new invoices.
    pub price_mode: Option<PriceMode>,
    /// Whether clients may pay a part.
    pub partial_payments: Option<bool>,
    /// The least that may be paid in part, in minor units.
    #[validate(range(min = 1, max = 1_000_000_000))]
    pub minimum_partial_minor: Option<i64>,
    /// Prefix of invoice numbers.
    #[validate(custom(function = prefix))]
    pub invoice_prefix: Option<Line>,
}

fn prefix(prefix: &Line) -> Result<(), validator::ValidationError> {
    if prefix.as_str().chars().count() <= 20 {
        return Ok(());
    }
    Err(validator::ValidationError::new("too_long").with_message("must be at most 20 characters long".into()))
}

/// First run: the organization and its owner. `POST /auth/set-up`, possible while the database is empty.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// The organization's name.
    pub organization_name: Name,
    /// Its name in addresses.
    pub slug: Slug,
    /// Its trade.
    pub trade: Trade,
    /// Its zone.
    pub time_zone: TimeZone,
    /// Its currency.
    pub currency: Currency,
    /// Its language.
    pub language: Language,
    /// The owner's name.
    pub owner_name: Name,
    /// The owner's e-mail address, which signs in.
    pub owner_email: EmailAddress,
    /// The owner's password.
    pub password: NewPassword,
}

/// Whether the first-run page should be shown. `GET /auth/set-up`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetUpState {
    /// True while there is no organization.
    pub needed: bool,
}

/// What anybody may know of an organization: how its door looks. `GET /auth/organizations/{slug}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicOrganization {
    /// Its name in addresses.
    pub slug: Slug,
    /// Its name.
    pub name: Name,
    /// Its trade, for words.
    pub trade: Trade,
    /// Its language.
    pub language: Language,
    /// The brand's colour.
    pub brand_color: Color,
    /// Path of the logo.
    pub logo_url: Option<String>,
    /// Whom to write to.
    pub email: Option<EmailAddress>,
    /// Whom to call.
    pub phone: Line,
    /// What isn't real here.
    pub notice: Notice,
}

/// What isn't real in this installation, to be said on every page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notice {
    /// Payments go to the sandbox: no money moves.
    pub sandbox_payments: bool,
    /// Mail stays in the console's mailbox.
    pub mailbox_only: bool,
    /// Made-up data.
    pub demo: bool,
}
