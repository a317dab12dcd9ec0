//! The four organizations of the demo, one per trade: who they are, whom they serve, what they sell.

mod garage;
mod joinery;
mod law;
mod studio;

use domain::organizations::Trade;
use domain::recurring::{Rhythm, RhythmUnit};
use domain::text::Language;

/// All four.
pub const ALL: [&Business; 4] = [&joinery::JOINERY, &garage::GARAGE, &law::LAW, &studio::STUDIO];

/// Something a business does or delivers.
#[derive(Debug)]
pub struct Item {
    /// What stands on the invoice.
    pub name: &'static str,
    /// More about it.
    pub detail: &'static str,
    /// Unit of the quantity.
    pub unit: &'static str,
    /// Quantities in quarters of a unit, from and to.
    pub quarters: (i64, i64),
    /// Prices of one in cents of the business's currency, from and to.
    pub cents: (i64, i64),
}

/// A place where clients live, and what they are called there.
#[derive(Debug)]
pub struct Region {
    /// Country on addresses.
    pub country: &'static str,
    /// Cities, with the beginning of their post codes.
    pub cities: &'static [(&'static str, &'static str)],
    /// Streets.
    pub streets: &'static [&'static str],
    /// First names.
    pub first_names: &'static [&'static str],
    /// Last names.
    pub last_names: &'static [&'static str],
    /// What companies are called, `{}` being a last name.
    pub companies: &'static [&'static str],
    /// Beginning of phone numbers.
    pub phone: &'static str,
    /// What invoices to there are in.
    pub currency: &'static str,
    /// How many of its units a unit of the business's currency is.
    pub exchange: i64,
    /// The tax on them and its percentage, if any.
    pub tax: Option<(&'static str, &'static str)>,
}

/// What becomes of an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// It goes on.
    Runs,
    /// It was paused some weeks ago.
    Pauses,
    /// It was for so many periods.
    Ends(u32),
}

/// Something that a client is billed again and again.
#[derive(Debug)]
pub struct Retainer {
    /// What staff call it.
    pub name: &'static str,
    /// What is billed: one of it, at the lower price.
    pub item: Item,
    /// Which of the clients it is for.
    pub client: usize,
    /// How often.
    pub rhythm: Rhythm,
    /// How many months ago it began.
    pub months: u32,
    /// On which day of that month, or its last.
    pub day: u32,
    /// What became of it.
    pub course: Course,
}

/// A business of the demo.
#[derive(Debug)]
pub struct Business {
    /// Its name.
    pub name: &'static str,
    /// Its name in addresses.
    pub slug: &'static str,
    /// Its trade.
    pub trade: Trade,
    /// Its zone.
    pub time_zone: &'static str,
    /// Its currency.
    pub currency: &'static str,
    /// Its language.
    pub language: Language,
    /// Its colour.
    pub color: &'static str,
    /// Street, post code, city, country.
    pub address: [&'static str; 4],
    /// Its phone number.
    pub phone: &'static str,
    /// Foot of its documents.
    pub footer: &'static str,
    /// What invoice numbers begin with.
    pub prefix: &'static str,
    /// Days to pay.
    pub terms: u16,
    /// Whether clients may pay a part.
    pub partial: bool,
    /// Owner, manager, advisor, parts, technician.
    pub members: [&'static str; 5],
    /// Where its clients are, with how many of a hundred live there.
    pub regions: &'static [(u32, Region)],
    /// How many of a hundred clients are companies.
    pub companies: u32,
    /// Whether its first client shares a contact with that of another business.
    pub shared_contact: bool,
    /// What it sells.
    pub items: &'static [Item],
    /// What it bills again and again.
    pub retainers: &'static [Retainer],
    /// References that clients give, `{}` being a number.
    pub references: &'static [&'static str],
    /// Words on invoices.
    pub notes: &'static [&'static str],
}

const fn item(
    name: &'static str,
    detail: &'static str,
    unit: &'static str,
    quarters: (i64, i64),
    cents: (i64, i64),
) -> Item {
    Item { name, detail, unit, quarters, cents }
}

/// One thing at one price.
const fn service(name: &'static str, unit: &'static str, cents: i64) -> Item {
    item(name, "", unit, (4, 4), (cents, cents))
}

const fn months(every: u8) -> Rhythm {
    Rhythm { every, unit: RhythmUnit::Month }
}
