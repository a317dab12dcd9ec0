//! `portico demo`: four made-up organizations with a year behind them.
//!
//! Everything comes from a seed and ends just before now, so two fillings with one seed on one day are the same
//! business. It is told at believable instants and adds up: the ledger's checker finds nothing. Rows are
//! made up in order of their numbers, batch by batch, and loaded by `COPY` while the next batch is made up.
//! A business comes in one transaction, whole or not at all: what was interrupted goes on with the next one.

mod after;
mod bank;
mod businesses;
mod clients;
mod events;
mod invoices;
mod lately;
mod links;
mod quotes;
mod random;
mod retainers;
mod saved;

use chrono::{DateTime, Days, TimeDelta, Utc};
use domain::identity::{AccountId, MemberId};
use domain::invoices::TaxRateId;
use domain::organizations::{OrganizationId, OrganizationPatch, SetUp};
use domain::permission::DefaultRole;
use domain::reminders::{ReminderRule, ReminderRules, ReminderTone};
use domain::text::{Address, EmailAddress, Name, NewPassword, Note, Slug};
use futures_util::{StreamExt, TryStreamExt, stream};
use store::bulk::{self, Rows, Table};
use store::demo::{self as stored, Contents};
use store::identity::{accounts, members, roles};
use store::{Reason, Store, Tx};
use store::{organizations, reminders};
use tokio::sync::mpsc;

pub use links::{Links, links};

use self::businesses::Business;
use self::clients::Clients;
use self::events::Events;
use self::invoices::{Batch, FIRST_NUMBER, Invoices, tax_of};
use self::random::Chance;
use crate::App;
use crate::identity::{passwords, set_up};
use crate::imports::mapping::fold;
use crate::payments::connections::switch_sandbox;
use crate::problem::{Failure, Result};

/// The password of all members of the demo.
pub const PASSWORD: &str = "portico demo 2026";
/// Clients of a business at scale 1.
const CLIENTS: usize = 20;
/// Invoices of a business at scale 1, besides drafts.
const INVOICES: u64 = 250;
/// Drafts of a business at scale 1.
const DRAFTS: u64 = 5;
/// Invoices that are loaded at once: enough to be quick, and no statement takes long enough to be warned of.
const BATCH: u64 = 1_000;
/// Businesses that are filled at the same time.
const AT_ONCE: usize = 2;

/// How to fill.
#[derive(Debug, Clone, Copy)]
pub struct Filling {
    /// Where chance begins.
    pub seed: u64,
    /// How many times as much as usual.
    pub scale: u32,
    /// When the year ends.
    pub now: DateTime<Utc>,
}

impl Filling {
    /// How many invoices it comes to.
    pub fn invoices(&self) -> u64 {
        self.invoices_each() * businesses::ALL.len() as u64
    }

    /// How many of them are one business's.
    fn invoices_each(&self) -> u64 {
        (INVOICES + DRAFTS) * u64::from(self.scale)
    }
}

/// The businesses that a database holds, which holds nothing else.
async fn present(store: &Store, now: DateTime<Utc>) -> Result<Vec<Slug>> {
    let mut tx = store.begin_system(Reason::SetUp, now).await?;
    match stored::contents(&mut tx).await? {
        Contents::Demo(slugs) => Ok(slugs),
        Contents::Other => Err(Failure::internal(
            "the database holds something that isn't the demo: give it a database or data folder of its own",
        )),
    }
}

/// Whether the database holds the whole demo. Refuses one that holds anything else.
pub async fn is_filled(store: &Store, now: DateTime<Utc>) -> Result<bool> {
    // However they are called now.
    Ok(present(store, now).await?.len() >= businesses::ALL.len())
}

/// Fills a database with the businesses that it doesn't hold yet; tells `progress` how many invoices more are there.
/// A business that was interrupted after its invoices lacks what follows them: some quotes, refunds and credit.
pub async fn fill(app: &App, filling: Filling, progress: impl Fn(u64) + Sync) -> Result<()> {
    let present = present(&app.store, filling.now).await?;
    let password: NewPassword = PASSWORD.to_owned().try_into().map_err(Failure::internal)?;
    let hash = passwords::hash(&password).await?;
    let jobs = businesses::ALL.iter().zip(1..).map(async |(business, part)| {
        if present.iter().any(|slug| slug.as_str() == business.slug) {
            progress(filling.invoices_each());
            return Ok(());
        }
        let chance = move |detail: u64| Chance::new(filling.seed, part * 16 + detail);
        let organization = fill_business(app, business, filling, &password, &hash, chance, &progress).await?;
        // Providers are asked between transactions, so these can't be part of the one before.
        Box::pin(quotes::happen(app, organization, business, filling.now, chance(4))).await?;
        let mut tx = app.store.begin_worker(organization, Reason::SetUp, filling.now).await?;
        lately::happen(app, &mut tx).await?;
        tx.commit().await?;
        after::happen(app, organization).await?;
        saved::happen(app, organization).await?;
        bank::happen(app, organization).await
    });
    stream::iter(jobs).buffer_unordered(AT_ONCE).try_collect().await
}

async fn fill_business(
    app: &App,
    business: &'static Business,
    filling: Filling,
    password: &NewPassword,
    hash: &str,
    chance: impl Fn(u64) -> Chance,
    progress: &(impl Fn(u64) + Sync),
) -> Result<OrganizationId> {
    let founded = filling.now - TimeDelta::days(1200);
    let mut tx = app.store.begin_system(Reason::SetUp, founded).await?;
    let staff = found(app, &mut tx, business, password, hash, &mut chance(0)).await?;
    tx.go_on_at(filling.now);

    let scale = u64::from(filling.scale);
    let year_ago = filling.now - Days::new(367);
    let mut events = Events::new(chance(1), staff);
    let count = CLIENTS * filling.scale as usize;
    let Clients { all, rows } = clients::make_up(business, count, year_ago, &mut chance(2), &mut events);
    for rows in rows.into_iter().chain([events.take()]) {
        bulk::load(&mut tx, rows).await?;
    }
    let issued = INVOICES * scale;
    reminders::set_rules(&mut tx, &ladder(), year_ago.date_naive()).await?;
    // The invoices leave numbers free for the deposits of quotes, which take them in order.
    stored::continue_numbers_at(&mut tx, i64::try_from(FIRST_NUMBER).unwrap_or(i64::MAX)).await?;

    // One batch is made up while the one before is loaded.
    let (sender, mut batches) = mpsc::channel::<Batch>(1);
    let chance = chance(3);
    let maker = tokio::task::spawn_blocking(move || {
        let mut invoices = Invoices::new(business, &all, filling.now, filling.scale, issued, chance, events);
        let mut from = 0;
        while from < issued {
            let to = issued.min(from + BATCH);
            // Nobody takes more when loading failed.
            if sender.blocking_send(invoices.batch(from..to)).is_err() {
                return;
            }
            from = to;
        }
        let _ = sender.blocking_send(invoices.drafts(DRAFTS * scale));
    });
    while let Some(batch) = batches.recv().await {
        for rows in batch.rows {
            bulk::load(&mut tx, rows).await?;
        }
        progress(batch.invoices);
    }
    maker.await.map_err(Failure::internal)?;
    let organization = tx.organization_id();
    tx.commit().await?;
    Ok(organization)
}

/// The steps of reminders, in days after the due date.
pub(super) const LADDER: [(i16, ReminderTone); 3] =
    [(5, ReminderTone::Friendly), (14, ReminderTone::Firm), (30, ReminderTone::Final)];

fn ladder() -> ReminderRules {
    let rule = |(days, tone)| ReminderRule { days, tone, message: Note::default() };
    ReminderRules { rules: LADDER.into_iter().map(rule).collect() }
}

/// The organization with its members, taxes and the sandbox, in which the transaction goes on; who of the
/// members deals with clients.
async fn found(
    app: &App,
    tx: &mut Tx,
    business: &Business,
    password: &NewPassword,
    hash: &str,
    chance: &mut Chance,
) -> Result<Vec<(MemberId, String)>> {
    let email = |name: &str| -> Result<EmailAddress> {
        let first = name.split(' ').next().unwrap_or(name);
        format!("{}@{}.example", fold(first), business.slug).parse().map_err(Failure::internal)
    };
    let now = tx.now();
    // Accounts belong to no organization: they are made before the transaction enters one.
    let mut people: Vec<(Name, EmailAddress, AccountId)> = Vec::new();
    for name in business.members {
        let address = email(name)?;
        let account = accounts::insert(tx, &address, hash, business.language).await?;
        people.push((name.parse().map_err(Failure::internal)?, address, account));
    }
    let (owner_name, owner_email, owner_account) = people[0].clone();
    let new = SetUp {
        organization_name: business.name.parse().map_err(Failure::internal)?,
        slug: business.slug.parse().map_err(Failure::internal)?,
        trade: business.trade,
        time_zone: business.time_zone.parse().map_err(Failure::internal)?,
        currency: business.currency.parse().map_err(Failure::internal)?,
        language: business.language,
        owner_name: owner_name.clone(),
        owner_email,
        password: password.clone(),
    };
    let (_, owner) = set_up::found(tx, &new, owner_account, true).await?;
    let mut staff = vec![(owner, owner_name.into())];
    let known = roles::list(tx).await?;
    for (role, (name, address, account)) in DefaultRole::ALL.into_iter().zip(people).skip(1) {
        let role_id = known.iter().find(|known| known.key == role.key()).map(|known| known.id);
        let role_id = role_id.ok_or_else(|| Failure::internal(format!("no role {}", role.key())))?;
        let member = members::insert(tx, &name, &address, role_id, Some(account)).await?;
        if matches!(role, DefaultRole::Manager | DefaultRole::Advisor) {
            staff.push((member, name.into()));
        }
    }
    organizations::update(tx, 1, &settings(business, &new.owner_email)?).await?;

    let mut taxes = Rows::of(Table::TaxRates);
    for (index, (_, region)) in business.regions.iter().enumerate() {
        if let Some(tax) = region.tax.map(tax_of) {
            taxes.id(chance.id::<TaxRateId>(now)).text(&tax.name).plain(tax.rate).plain(index == 0).end();
        }
    }
    bulk::load(tx, taxes).await?;
    switch_sandbox(app, tx, None, true).await?;
    Ok(staff)
}

/// What the owner set up.
fn settings(business: &Business, email: &EmailAddress) -> Result<OrganizationPatch> {
    let [street, postal_code, city, country] = business.address;
    let line = |text: &str| text.parse().map_err(Failure::internal);
    Ok(OrganizationPatch {
        brand_color: Some(business.color.parse().map_err(Failure::internal)?),
        email: Some(email.clone()),
        phone: Some(line(business.phone)?),
        address: Some(Address {
            street: line(street)?,
            postal_code: line(postal_code)?,
            city: line(city)?,
            country: line(country)?,
            ..Address::default()
        }),
        document_footer: Some(business.footer.parse().map_err(Failure::internal)?),
        payment_terms_days: Some(business.terms),
        partial_payments: Some(business.partial),
        invoice_prefix: Some(line(business.prefix)?),
        ..OrganizationPatch::default()
    })
}

#[cfg(test)]
mod tests;
