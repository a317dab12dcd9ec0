use chrono::{DateTime, NaiveTime, TimeDelta, TimeZone as _, Utc};
use domain::clients::{ClientFilter, Contact};
use domain::identity::MemberId;
use domain::organizations::{OrganizationId, Trade};
use domain::payments::{ManualMethod, RecordPayment};
use domain::quotes::{
    AcceptQuote, Answer, Ask, DeclineQuote, DraftQuote, Quote, QuoteId, RequestChanges, Selection, SendQuote,
    WithdrawQuote, compute,
};
use domain::text::TimeZone;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use store::{Actor, Reason, Tx, clients, quotes as stored};

use super::businesses::{Business, Item};
use super::invoices::tax_of;
use super::random::Chance;
use crate::App;
use crate::problem::{Failure, Result};
use crate::quotes::{self, Visitor};

/// What became of a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Still being written.
    Draft,
    /// Out, and not opened yet.
    Sent,
    /// Opened, with a question that nobody answered.
    Asked,
    /// Opened, with a question and its answer.
    Answered,
    /// Accepted: project and deposit are there.
    Accepted,
    /// Accepted, and changed since.
    Changed,
    /// Accepted and billed to the end.
    Converted,
    /// The client wants something else.
    ChangesRequested,
    /// A second version took the place of the first.
    Superseded,
    /// Declined.
    Declined,
    /// Nobody decided in time.
    Expired,
    /// Taken back.
    Withdrawn,
}

/// The quotes of a business, oldest first: days before now, and what became of them.
const STORIES: &[(i64, Fate)] = &[
    (120, Fate::Converted),
    (95, Fate::Changed),
    (80, Fate::Declined),
    (64, Fate::Expired),
    (41, Fate::Accepted),
    (33, Fate::Withdrawn),
    (20, Fate::Accepted),
    (13, Fate::Superseded),
    (9, Fate::ChangesRequested),
    (6, Fate::Answered),
    (4, Fate::Asked),
    (2, Fate::Sent),
    (1, Fate::Draft),
];

/// What a trade's quotes say.
struct Words {
    titles: [&'static str; 7],
    cover: &'static str,
    terms: &'static str,
    group: &'static str,
    packages: [(&'static str, &'static str); 3],
    question: (&'static str, &'static str),
    changes: &'static str,
    declined: &'static str,
    withdrawn: &'static str,
    more: &'static str,
}

fn words(trade: Trade) -> Words {
    match trade {
        Trade::Agency => Words {
            titles: [
                "Brand refresh",
                "Website relaunch",
                "Spring campaign",
                "Annual report",
                "Product photography",
                "Trade fair stand",
                "Newsletter templates",
            ],
            cover: "Thank you for the good talk.\n\nBelow is what we would do, in the order in which we would do it. Pick the package that fits, add what you like, and tell us if something is missing.",
            terms: "Two rounds of corrections are included. Rights of use pass to you with the last payment. We begin within two weeks of your acceptance.",
            group: "How far shall we go?",
            packages: [
                ("Essential", "The core, done well."),
                ("Complete", "With everything you need to publish it yourselves."),
                ("Signature", "We stay with you for the first three months."),
            ],
            question: (
                "Could we publish this in two languages?",
                "Yes, and the templates are made for that. The second language is an hour's work per page.",
            ),
            changes: "Could we do without the photography, and move the launch to after the summer?",
            declined: "We have decided to do this in-house this year.",
            withdrawn: "Our calendar is full until autumn.",
            more: "Additional landing page",
        },
        Trade::Contractor => Words {
            titles: [
                "Fitted kitchen",
                "Staircase",
                "Sash windows, street side",
                "Attic conversion",
                "Wardrobe under the roof",
                "Oak floor",
                "Shop counter",
            ],
            cover: "Thank you for showing us your house.\n\nThis is what we measured and talked about. Choose the wood, say what else we should do while we are there, and we put you into our calendar.",
            terms: "Prices hold for the measurements of our visit. Wood is a living material: slight differences in colour are its nature. Five years' warranty on all joints.",
            group: "Which wood?",
            packages: [
                ("Pine", "Solid, soaped. Ages to honey."),
                ("Ash", "Hard and light, oiled twice."),
                ("Oak", "From one log, oiled three times."),
            ],
            question: (
                "Can you match the colour of the old doors?",
                "We can: we would mix the oil on a sample first and leave it with you for a week.",
            ),
            changes: "Please in ash instead of oak, and without the disposal. We do that ourselves.",
            declined: "It is more than we wanted to spend this year.",
            withdrawn: "The timber for this is no longer to be had.",
            more: "One more shelf, to measure",
        },
        Trade::RepairShop => Words {
            titles: [
                "Clutch and flywheel",
                "Brakes, front and rear",
                "Timing belt service",
                "Body work, left side",
                "Air conditioning",
                "Inspection with repairs",
                "Exhaust system",
            ],
            cover: "We had your car on the lift.\n\nWhat has to be done for it to be safe is in the first list. What you choose below is up to you; we say frankly what can wait.",
            terms: "Parts we replace you get back on request. Should we find more, we call before we do it.",
            group: "Which parts?",
            packages: [
                ("Budget", "Two years' warranty."),
                ("Brand", "What the works fitted, three years' warranty."),
                ("Performance", "For those who tow or tour."),
            ],
            question: (
                "Can I have it back before the weekend?",
                "If you accept by Wednesday noon, yes: the parts come overnight.",
            ),
            changes: "Please without the air conditioning for now.",
            declined: "I am selling the car.",
            withdrawn: "The part is no longer made; we write to you with another way.",
            more: "Wiper blades and washer pump",
        },
        Trade::LawFirm => Words {
            titles: [
                "Shareholders' agreement",
                "Trade mark in three classes",
                "Employment contracts, review",
                "Lease negotiation",
                "Succession plan",
                "Data protection audit",
                "Terms of business",
            ],
            cover: "We are glad that you consider us.\n\nThis letter says what we would do for you, and what it costs. Choose how closely we shall accompany you; what is not named here we would agree with you first.",
            terms: "Our fee covers the work described. Court fees and expenses are charged as they arise. You may end the engagement at any time.",
            group: "How closely shall we accompany you?",
            packages: [
                ("Document", "We draft, you negotiate."),
                ("Accompanied", "We draft, and answer what the other side asks."),
                ("Represented", "We negotiate for you."),
            ],
            question: (
                "Is the notary's fee included?",
                "No: it follows from the tariff and is charged by the notary. We estimate it at CHF 900.",
            ),
            changes: "Please also cover the subsidiary in Austria.",
            declined: "The partners want to wait until next year.",
            withdrawn: "We found a conflict of interest and may not act.",
            more: "Opinion on the subsidiary",
        },
    }
}

/// Everything about one business while its quotes happen.
struct Stage<'a> {
    app: &'a App,
    organization: OrganizationId,
    business: &'static Business,
    words: Words,
    now: DateTime<Utc>,
    member: (MemberId, String),
}

/// Makes up the quotes of a business and lets them happen as they always do: events, mail, projects, deposits.
pub async fn happen(
    app: &App,
    organization: OrganizationId,
    business: &'static Business,
    now: DateTime<Utc>,
    mut chance: Chance,
) -> Result<()> {
    let mut tx = app.store.begin_worker(organization, Reason::SetUp, now).await?;
    let members = store::identity::members::list(&mut tx, 100, None).await?.items;
    let advisor = members.iter().find(|member| member.name.as_str() == business.members[2]);
    let advisor = advisor.ok_or_else(|| Failure::internal("the demo has its advisor"))?;
    let member = (advisor.id, advisor.name.to_string());
    let filter = ClientFilter { limit: Some(100), ..ClientFilter::default() };
    let all = clients::list(&mut tx, &filter, false).await?.items;
    let mut contacts = Vec::new();
    for client in &all {
        let of_client = clients::contacts::of_client(&mut tx, client.id).await?;
        contacts.extend(of_client.into_iter().find(|contact| contact.primary));
    }
    drop(tx);
    let stage = Stage { app, organization, business, words: words(business.trade), now, member };
    for (index, (days, fate)) in STORIES.iter().enumerate() {
        let contact = &contacts[(chance.index(contacts.len()) + index) % contacts.len()];
        Box::pin(stage.play(index, *days, *fate, contact, &mut chance)).await?;
    }
    Ok(())
}

/// When a business's quotes were accepted and their deposits billed, oldest first.
pub fn deposits(business: &Business, now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let accepted = |fate| matches!(fate, Fate::Accepted | Fate::Changed | Fate::Converted);
    STORIES
        .iter()
        .filter(|(_, fate)| accepted(*fate))
        .map(|(days, _)| decided_at(business, now, *days))
        .collect()
}

/// When the client decided on a quote that was sent some days ago.
fn decided_at(business: &Business, now: DateTime<Utc>, days: i64) -> DateTime<Utc> {
    moment(business, now, days - 1, 8)
}

fn zone(business: &Business) -> TimeZone {
    business.time_zone.parse().expect("the businesses' zones exist")
}

/// A quarter of an hour of a working day, some days ago, never in the future.
fn moment(business: &Business, now: DateTime<Utc>, days: i64, quarter: i64) -> DateTime<Utc> {
    let zone = zone(business);
    let wall = zone.today(now - TimeDelta::days(days)).and_time(NaiveTime::MIN)
        + TimeDelta::minutes(8 * 60 + quarter * 15);
    let at = zone.rules().from_local_datetime(&wall).earliest();
    at.map_or_else(|| wall.and_utc(), |at| at.with_timezone(&Utc))
        .min(now - TimeDelta::minutes(40 - quarter.min(39)))
}

impl Stage<'_> {
    fn moment(&self, days: i64, quarter: i64) -> DateTime<Utc> {
        moment(self.business, self.now, days, quarter)
    }

    async fn staff(&self, at: DateTime<Utc>) -> Result<Tx> {
        let mut tx = self.app.store.begin_worker(self.organization, Reason::SetUp, at).await?;
        tx.introduce(Actor::Member(self.member.0), self.member.1.as_str());
        Ok(tx)
    }

    async fn client(&self, at: DateTime<Utc>, contact: &Contact) -> Result<(Tx, Visitor)> {
        let mut tx = self.app.store.begin_worker(self.organization, Reason::SetUp, at).await?;
        tx.introduce(Actor::Contact(contact.id), contact.name.as_str());
        let visitor = Visitor {
            contact_id: Some(contact.id),
            name: Some(contact.name.clone()),
            address: "192.0.2.44".to_owned(),
            user_agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X)".to_owned(),
            ..Visitor::default()
        };
        Ok((tx, visitor))
    }

    fn line(&self, key: &str, item: &Item, chance: &mut Chance, percent: i64) -> Value {
        let cents = chance.between(item.cents) * percent / 100 / 50 * 50;
        let quantity = (chance.between(item.quarters) / 4).max(1);
        let taxes: Vec<_> = self.business.regions[0].1.tax.iter().map(|tax| tax_of(*tax)).collect();
        json!({
            "key": key, "description": item.name, "detail": item.detail, "quantity": quantity.to_string(), "unit": item.unit,
            "unit_price": Decimal::new(cents, 2).to_string(), "taxes": taxes,
        })
    }

    /// Work that is included with an hour or two to choose, an option, and three packages.
    fn content(&self, title: &str, chance: &mut Chance) -> (Value, Value) {
        let items = self.business.items;
        let first = chance.index(items.len());
        let item = |step: usize| &items[(first + step * 3) % items.len()];
        let mut work = self.line("work", item(0), chance, 100);
        let quantity: i64 = work["quantity"].as_str().and_then(|text| text.parse().ok()).unwrap_or(1);
        work["adjustable"] = json!({ "min": "1", "max": (quantity + 8).to_string(), "step": "1" });
        let mut material = self.line("material", item(1), chance, 100);
        if chance.percent(40) {
            material["discount_percent"] = "5".into();
        }
        let mut option = self.line("option", item(2), chance, 100);
        option["take"] = json!({ "kind": "optional", "default": chance.percent(50) });
        let mut packages = Vec::new();
        for (key, percent) in [("good", 80), ("better", 100), ("best", 145)] {
            let mut line = self.line(&format!("{key}-line"), item(3), chance, percent);
            line["quantity"] = "1".into();
            line["take"] = json!({ "kind": "package", "package": key });
            packages.push(line);
        }
        let costs = json!({
            "work": half(&work), "material": half(&material), "option": half(&option), "better-line": half(&packages[1]),
        });
        let offered: Vec<Value> = ["good", "better", "best"]
            .iter()
            .zip(self.words.packages)
            .map(|(key, (title, text))| json!({ "key": key, "title": title, "text": text, "default": *key == "better" }))
            .collect();
        let content = json!({
            "title": title, "cover": self.words.cover, "terms": self.words.terms, "deposit": { "percent": "30" },
            "may_exceed_percent": (self.business.trade == Trade::RepairShop).then_some("10"),
            "groups": [{ "key": "choice", "title": self.words.group, "packages": offered }],
            "sections": [
                { "key": "base", "title": "", "lines": [work, material] },
                { "key": "choice", "title": self.words.group, "lines": packages },
                { "key": "extras", "title": "", "lines": [option] },
            ],
        });
        (content, costs)
    }

    async fn send(&self, at: DateTime<Utc>, quote: &Quote) -> Result<Quote> {
        let mut tx = self.staff(at).await?;
        let request = SendQuote::default();
        let document = &quote.document;
        let sent = quotes::send::send(self.app, &mut tx, document.id, document.version, &request).await?;
        tx.commit().await?;
        Ok(sent)
    }

    async fn view(&self, at: DateTime<Utc>, id: QuoteId, contact: &Contact) -> Result<()> {
        let (mut tx, _) = self.client(at, contact).await?;
        stored::record_view(&mut tx, id).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn accept(&self, at: DateTime<Utc>, quote: &Quote, contact: &Contact, package: &str) -> Result<()> {
        let document = &quote.document;
        let choice = if document.content.groups.is_empty() {
            json!({})
        } else {
            json!({ "packages": { "choice": package } })
        };
        let selection: Selection = serde_json::from_value(choice).map_err(Failure::internal)?;
        let total = compute(&document.content, &selection, document.counting)?.gross;
        let body = AcceptQuote {
            no: document.no,
            hash: document.hash.clone().unwrap_or_default(),
            selection,
            total,
            name: contact.name.clone(),
            consent: "I accept this quote and its terms.".parse().map_err(Failure::internal)?,
            signature: None,
        };
        let (mut tx, visitor) = self.client(at, contact).await?;
        let outcome = quotes::accept(self.app, &mut tx, document.id, &visitor, &body).await?;
        tx.commit().await?;
        // The deposit comes by bank within days.
        let paid_at = (at + TimeDelta::days(3)).min(self.now - TimeDelta::minutes(20));
        if let Some(invoice_id) = outcome.deposit_invoice_id {
            let mut tx = self.staff(paid_at).await?;
            let payment = RecordPayment {
                invoice_id,
                amount: outcome.decision.deposit,
                method: ManualMethod::BankTransfer,
                received_on: zone(self.business).today(paid_at),
                reference: document
                    .number
                    .as_deref()
                    .unwrap_or_default()
                    .parse()
                    .map_err(Failure::internal)?,
                send_receipt: Some(false),
            };
            crate::payments::record(self.app, &mut tx, &payment).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn play(
        &self,
        index: usize,
        days: i64,
        fate: Fate,
        contact: &Contact,
        chance: &mut Chance,
    ) -> Result<()> {
        let title = self.words.titles[index % self.words.titles.len()];
        let (content, costs) = self.content(title, chance);
        let draft = json!({ "client_id": contact.client_id, "content": content, "costs": costs });
        let draft: DraftQuote = serde_json::from_value(draft).map_err(Failure::internal)?;
        let mut tx = self.staff(self.moment(days, 4)).await?;
        let quote = quotes::create(&mut tx, &draft).await?;
        tx.commit().await?;
        if fate == Fate::Draft {
            return Ok(());
        }
        let quote = self.send(self.moment(days, 9), &quote).await?;
        if fate == Fate::Sent {
            return Ok(());
        }
        let id = quote.document.id;
        self.view(self.moment(days, 20), id, contact).await?;
        let next = decided_at(self.business, self.now, days);
        match fate {
            Fate::Draft | Fate::Sent | Fate::Expired => {}
            Fate::Asked | Fate::Answered => self.ask(next, id, contact, fate == Fate::Answered).await?,
            Fate::Accepted | Fate::Changed | Fate::Converted => {
                let package = chance.one(&["good", "better", "best"]);
                self.accept(next, &quote, contact, package).await?;
                self.follow(days, fate, id, contact, chance).await?;
            }
            Fate::ChangesRequested => {
                let (mut tx, visitor) = self.client(next, contact).await?;
                let words = self.words.changes.parse().map_err(Failure::internal)?;
                let body = RequestChanges { no: 1, name: None, words };
                quotes::request_changes(self.app, &mut tx, id, &visitor, &body).await?;
                tx.commit().await?;
            }
            Fate::Superseded => {
                let mut tx = self.staff(self.moment(days - 2, 5)).await?;
                let draft = quotes::begin_version(&mut tx, id).await?;
                let mut again: DraftQuote = as_draft(&draft);
                again.content.discount =
                    Some(domain::totals::Discount::Percent("3".parse().map_err(Failure::internal)?));
                let draft = quotes::change(&mut tx, id, draft.document.version, &again).await?;
                tx.commit().await?;
                self.send(self.moment(days - 2, 11), &draft).await?;
                self.view(self.moment(days - 3, 12), id, contact).await?;
            }
            Fate::Declined => {
                let (mut tx, visitor) = self.client(next, contact).await?;
                let reason = self.words.declined.parse().map_err(Failure::internal)?;
                let body = DeclineQuote { no: 1, name: None, reason };
                quotes::decline(self.app, &mut tx, id, &visitor, &body).await?;
                tx.commit().await?;
            }
            Fate::Withdrawn => {
                let mut tx = self.staff(self.moment(days - 3, 7)).await?;
                let reason = self.words.withdrawn.parse().map_err(Failure::internal)?;
                quotes::withdraw(&mut tx, id, &WithdrawQuote { reason }).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    async fn ask(&self, at: DateTime<Utc>, id: QuoteId, contact: &Contact, answered: bool) -> Result<()> {
        let (mut tx, visitor) = self.client(at, contact).await?;
        let question = self.words.question.0.parse().map_err(Failure::internal)?;
        let line = Some("material".parse().map_err(Failure::internal)?);
        let asked = quotes::ask(self.app, &mut tx, id, &visitor, &Ask { line, question, name: None }).await?;
        tx.commit().await?;
        if answered {
            let mut tx = self.staff(at + TimeDelta::hours(3)).await?;
            let answer = self.words.question.1.parse().map_err(Failure::internal)?;
            quotes::answer(self.app, &mut tx, asked.id, &Answer { answer }).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// What came after the acceptance: a change order, or the last invoice.
    async fn follow(
        &self,
        days: i64,
        fate: Fate,
        id: QuoteId,
        contact: &Contact,
        chance: &mut Chance,
    ) -> Result<()> {
        if fate == Fate::Changed {
            let mut line = self.line("more", chance.one(self.business.items), chance, 60);
            line["description"] = self.words.more.into();
            let draft = json!({ "client_id": contact.client_id, "changes_quote_id": id, "content": {
                "title": self.words.more, "sections": [{ "key": "more", "lines": [line] }] } });
            let draft: DraftQuote = serde_json::from_value(draft).map_err(Failure::internal)?;
            let mut tx = self.staff(self.moment(days - 20, 6)).await?;
            let quote = quotes::create(&mut tx, &draft).await?;
            tx.commit().await?;
            let quote = self.send(self.moment(days - 20, 8), &quote).await?;
            self.view(self.moment(days - 21, 5), quote.document.id, contact).await?;
            self.accept(self.moment(days - 21, 6), &quote, contact, "").await?;
        }
        if fate == Fate::Converted {
            let mut tx = self.staff(self.moment(days - 30, 10)).await?;
            quotes::bill(&mut tx, id, &domain::quotes::BillQuote::default()).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// About half of a line's price, as we would pay it.
fn half(line: &Value) -> Value {
    let price: Decimal = line["unit_price"].as_str().and_then(|text| text.parse().ok()).unwrap_or_default();
    Value::String((price * Decimal::new(55, 2)).round_dp(2).to_string())
}

/// A quote as its author would write it again.
fn as_draft(quote: &Quote) -> DraftQuote {
    let document = &quote.document;
    DraftQuote {
        client_id: document.client_id,
        currency: Some(document.counting.currency),
        price_mode: Some(document.counting.price_mode),
        internal_note: quote.internal_note.clone(),
        changes_quote_id: document.changes_quote_id,
        content: document.content.clone(),
        costs: quote.costs.clone(),
    }
}
