use domain::clients::{ClientId, ClientKind, ContactId};
use domain::imports::ImportRow;
use store::fresh;
use store::imports::{NewClientRow, NewContactRow};

use super::directory::Directory;
use super::{Habits, Plan, Verdict, report};
use crate::imports::rows::{ClientRow, ContactRow, Refusal, Source};

/// How a row's client was found to be here.
enum Match {
    /// The same number, or the same person: nothing about the row is new.
    Whole(usize, &'static str),
    /// A company of the same name, where the row's person is new.
    Company(usize),
}

impl Plan {
    pub(super) fn client(
        &mut self,
        directory: &mut Directory,
        source: Source<ClientRow>,
        habits: &Habits,
    ) -> ImportRow {
        let verdict = match source.value {
            Err(refusal) => Verdict::Refuse(refusal),
            Ok(row) => match same_client(directory, &row) {
                Some(Match::Whole(index, how)) => {
                    directory.also_called(index, row.external_id.as_str());
                    let reason = format!("{} is here already: {how}", directory.get(index).origin());
                    Verdict::Duplicate(Refusal::new("client_exists", reason))
                }
                Some(Match::Company(index)) => {
                    directory.also_called(index, row.external_id.as_str());
                    let reason =
                        format!("{} is here already; its contact is new", directory.get(index).origin());
                    self.first_contact(directory, index, row, habits);
                    Verdict::Create(Some(Refusal::new("contact_added", reason)))
                }
                None => {
                    let why = row.unreachable.then(|| {
                        Refusal::new(
                            "contact_left_out",
                            "without an e-mail address, the person can't be a contact",
                        )
                    });
                    self.create_client(directory, row, source.line, habits);
                    Verdict::Create(why)
                }
            },
        };
        report(source.line, source.label, verdict)
    }

    fn create_client(&mut self, directory: &mut Directory, row: ClientRow, line: u64, habits: &Habits) {
        let id: ClientId = fresh(habits.now);
        let index = directory.add(id, row.name.as_str(), row.external_id.as_str(), &row.address, line);
        self.clients.push(NewClientRow {
            id,
            name: row.name.to_string(),
            kind: row.kind,
            external_id: row.external_id.to_string(),
            phone: row.phone.to_string(),
            address: row.address.clone(),
            tax_number: row.tax_number.to_string(),
            internal_note: row.internal_note.to_string(),
        });
        self.first_contact(directory, index, row, habits);
    }

    fn first_contact(&mut self, directory: &mut Directory, index: usize, row: ClientRow, habits: &Habits) {
        let Some((name, email)) = row.contact else { return };
        let primary = directory.add_email(index, email.as_str());
        self.contacts.push(NewContactRow {
            id: fresh::<ContactId>(habits.now),
            client_id: directory.get(index).id,
            name: name.into(),
            email: email.into(),
            phone: row.phone.into(),
            job_title: String::new(),
            primary,
        });
    }

    pub(super) fn contact(
        &mut self,
        directory: &mut Directory,
        source: Source<ContactRow>,
        habits: &Habits,
    ) -> ImportRow {
        let verdict = match source.value.and_then(|row| Ok((directory.find(&row.client)?, row))) {
            Err(refusal) => Verdict::Refuse(refusal),
            Ok((index, row)) if directory.get(index).has_email(row.email.as_str()) => {
                let reason =
                    format!("{} has a contact with the address {}", directory.get(index).name, row.email);
                Verdict::Duplicate(Refusal::new("contact_exists", reason))
            }
            Ok((index, row)) => {
                let primary = directory.add_email(index, row.email.as_str());
                self.contacts.push(NewContactRow {
                    id: fresh::<ContactId>(habits.now),
                    client_id: directory.get(index).id,
                    name: row.name.into(),
                    email: row.email.into(),
                    phone: row.phone.into(),
                    job_title: row.job_title.into(),
                    primary,
                });
                Verdict::Create(None)
            }
        };
        report(source.line, source.label, verdict)
    }
}

fn same_client(directory: &Directory, row: &ClientRow) -> Option<Match> {
    let number = row.external_id.as_str();
    if !number.is_empty()
        && let Some(index) = directory.with_external_id(number)
    {
        return Some(Match::Whole(index, "the same number"));
    }
    // Two numbers of the other system are two clients there, whatever else they share.
    let candidate = |index: &&usize| number.is_empty() || directory.get(**index).external_id.is_empty();
    let email = row.contact.as_ref().map(|(_, email)| email.as_str());
    if let Some(&index) = email.and_then(|email| directory.with_email(email).iter().find(candidate)) {
        return Some(Match::Whole(index, "the same e-mail address"));
    }
    let &index = directory.with_name(row.name.as_str()).iter().find(candidate)?;
    match (email, row.kind) {
        (None, _) => Some(Match::Whole(index, "the same name")),
        (Some(_), ClientKind::Company) => Some(Match::Company(index)),
        // People share names; it is the same one only if nothing speaks against it.
        (Some(_), ClientKind::Person) => {
            directory.get(index).is_unreachable().then_some(Match::Whole(index, "the same name"))
        }
    }
}
