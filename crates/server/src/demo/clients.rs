use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::clients::{ClientId, ContactId};
use domain::events::{Event, Subject};
use domain::permission::Permission;
use domain::text::Address;
use store::bulk::{Rows, Table};

use super::businesses::{Business, Region};
use super::events::{Events, Who};
use super::random::Chance;
use crate::imports::mapping::fold;

/// Somebody who is a contact of clients of two businesses.
pub const SWITCHER: (&str, &str) = ("Robin Lindqvist", "robin@lindqvist.example");

/// How a client pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// Within days.
    Prompt,
    /// Around the due date.
    Usual,
    /// Weeks late.
    Slow,
    /// Sometimes not at all.
    Doubtful,
}

/// A client of a business.
pub struct Client {
    /// Its id.
    pub id: ClientId,
    /// Its name.
    pub name: String,
    /// Whether it is a company.
    pub company: bool,
    /// Its address.
    pub address: Address,
    /// Where it is.
    pub region: &'static Region,
    /// How it pays.
    pub habit: Habit,
    /// Its people, the primary one first.
    pub contacts: Vec<Contact>,
}

/// A person at a client.
pub struct Contact {
    /// Their id.
    pub id: ContactId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
}

/// The number of the nth client, from 0.
pub fn number(index: usize) -> String {
    format!("C-{:04}", index + 1)
}

/// What a business has of clients.
pub struct Clients {
    /// All of them.
    pub all: Vec<Client>,
    /// Their rows, and those of their contacts.
    pub rows: [Rows; 2],
}

/// Makes up clients who came in the two years before `until`.
pub fn make_up(
    business: &Business,
    count: usize,
    until: DateTime<Utc>,
    chance: &mut Chance,
    events: &mut Events,
) -> Clients {
    let mut all = Vec::with_capacity(count);
    let (mut rows, mut contact_rows) = (Rows::of(Table::Clients), Rows::of(Table::Contacts));
    let mut taken = HashSet::new();
    for index in 0..count {
        // Each came after the one before.
        let back = 700 * 1440 * (count - index) / count;
        let since = until - TimeDelta::minutes(i64::try_from(back).unwrap_or_default());
        let mut client = make_up_one(business, index == 0, since, chance, &mut taken);
        if index == 0 && business.shared_contact {
            let (name, email) = (SWITCHER.0.to_owned(), SWITCHER.1.to_owned());
            client.contacts.push(Contact { id: chance.id(since), name, email });
        }
        let created = Event::ClientCreated { name: client.name.clone() };
        events.add(since, Who::Staff, Subject::Client(client.id), client.id, &created);
        let kind = if client.company { "company" } else { "person" };
        rows.id(client.id).text(&client.name).text(kind).text(&number(index));
        rows.text(&phone(client.region, chance)).json(&client.address).text("").text("").at(since).end();
        write_contacts(&client, since, until, chance, events, &mut contact_rows);
        all.push(client);
    }
    Clients { all, rows: [rows, contact_rows] }
}

fn make_up_one(
    business: &Business,
    first: bool,
    since: DateTime<Utc>,
    chance: &mut Chance,
    taken: &mut HashSet<String>,
) -> Client {
    let region = region(business, first, chance);
    let (city, code) = *chance.one(region.cities);
    let company = first || chance.percent(business.companies);
    let mut person = (*chance.one(region.first_names), *chance.one(region.last_names));
    let called = |person: (&str, &str), chance: &mut Chance| {
        if company {
            chance.one(region.companies).replace("{}", person.1)
        } else {
            format!("{} {}", person.0, person.1)
        }
    };
    let mut name = called(person, chance);
    for _ in 0..20 {
        if !taken.contains(&name) {
            break;
        }
        person = (*chance.one(region.first_names), *chance.one(region.last_names));
        name = called(person, chance);
    }
    if taken.contains(&name) {
        // There are more clients than names.
        name = format!("{name} {}", taken.len());
    }
    taken.insert(name.clone());
    let domain = if company { format!("{}.example", fold(&name)) } else { "post.example".to_owned() };
    let mut contacts = Vec::new();
    for index in 0..chance.between((1, 3)) {
        let (first_name, last_name) = match index {
            0 => person,
            _ if company => (*chance.one(region.first_names), *chance.one(region.last_names)),
            _ => (*chance.one(region.first_names), person.1),
        };
        let local = format!("{}.{}", fold(first_name), fold(last_name));
        let mut email = format!("{local}@{domain}");
        while !taken.insert(email.clone()) {
            email = format!("{local}{}@{domain}", taken.len() % 10_000 + chance.index(100));
        }
        let name = format!("{first_name} {last_name}");
        contacts.push(Contact { id: chance.id(since), name, email });
    }
    let line = |text: String| text.parse().expect("made-up texts are short and have one line");
    let address = Address {
        street: line(format!("{} {}", chance.one(region.streets), chance.between((1, 120)))),
        postal_code: line(format!("{code}{}", chance.between((10, 99)))),
        city: line(city.to_owned()),
        country: line(region.country.to_owned()),
        ..Address::default()
    };
    let habit = match chance.between((0, 99)) {
        0..45 => Habit::Prompt,
        45..80 => Habit::Usual,
        80..95 => Habit::Slow,
        _ => Habit::Doubtful,
    };
    Client { id: chance.id(since), name, company, address, region, habit, contacts }
}

/// The first client is at home, where the business is.
fn region(business: &Business, first: bool, chance: &mut Chance) -> &'static Region {
    let mut draw = if first { 0 } else { chance.between((0, 99)) };
    for (share, region) in business.regions {
        draw -= i64::from(*share);
        if draw < 0 {
            return region;
        }
    }
    &business.regions[0].1
}

fn phone(region: &Region, chance: &mut Chance) -> String {
    format!("{} {} {}", region.phone, chance.between((100, 999)), chance.between((1000, 9999)))
}

fn write_contacts(
    client: &Client,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    chance: &mut Chance,
    events: &mut Events,
    rows: &mut Rows,
) {
    let permissions: Vec<&str> =
        Permission::CONTACT_DEFAULT.iter().map(|permission| permission.as_str()).collect();
    let permissions = format!("{{{}}}", permissions.join(","));
    for (index, contact) in client.contacts.iter().enumerate() {
        let (contact_id, name) = (contact.id, contact.name.clone());
        let subject = Subject::Contact(contact.id);
        let invited = chance.later(since, (2, 90));
        let seen = chance.percent(70).then(|| chance.days_later(invited, (0, 3)).min(until));
        events.add(
            since,
            Who::Staff,
            subject,
            client.id,
            &Event::ContactCreated { contact_id, name: name.clone() },
        );
        events.add(
            invited,
            Who::Staff,
            subject,
            client.id,
            &Event::ContactInvited { contact_id, name: name.clone() },
        );
        if let Some(seen) = seen {
            events.add(
                seen,
                Who::Contact(contact),
                subject,
                client.id,
                &Event::ContactSignedIn { contact_id, name },
            );
        }
        rows.id(contact.id)
            .id(client.id)
            .text(&contact.name)
            .text(&contact.email)
            .text(&phone(client.region, chance));
        rows.text(if index == 0 { "" } else { "Accounts" }).plain(index == 0).plain(true).text(&permissions);
        rows.at(invited).maybe(seen, Rows::at).at(since).end();
    }
}
