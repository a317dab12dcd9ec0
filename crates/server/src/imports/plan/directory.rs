use std::collections::{HashMap, HashSet};

use domain::clients::ClientId;
use domain::text::Address;
use store::imports::{KnownClient, KnownContact};

use crate::imports::rows::Refusal;

/// A client that is here, or will be.
#[derive(Debug)]
pub struct Entry {
    /// Its id.
    pub id: ClientId,
    /// Its name.
    pub name: String,
    /// Its number in the other system, or nothing.
    pub external_id: String,
    /// Its address.
    pub address: Address,
    /// Whether it has a primary contact.
    pub has_primary: bool,
    /// The line that brings it; `None` if it is here already.
    pub line: Option<u64>,
    emails: HashSet<String>,
}

impl Entry {
    /// Whether somebody there has this address.
    pub fn has_email(&self, email: &str) -> bool {
        self.emails.contains(email)
    }

    /// Whether nobody there has an address.
    pub fn is_unreachable(&self) -> bool {
        self.emails.is_empty()
    }

    /// Where it comes from, for reasons.
    pub fn origin(&self) -> String {
        match self.line {
            Some(line) => format!("{} of line {line}", self.name),
            None => self.name.clone(),
        }
    }
}

/// Clients by everything that rows can call them.
#[derive(Debug, Default)]
pub struct Directory {
    entries: Vec<Entry>,
    by_external_id: HashMap<String, usize>,
    by_name: HashMap<String, Vec<usize>>,
    by_email: HashMap<String, Vec<usize>>,
}

/// A name as it is compared: case and repeated spaces don't count.
pub fn name_key(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

impl Directory {
    /// What is here already. Archived clients are found by number only: a name or an address that comes
    /// again is somebody new.
    pub fn new(clients: Vec<KnownClient>, contacts: &[KnownContact]) -> Self {
        let mut directory = Self::default();
        let mut archived = HashSet::new();
        for client in clients {
            if client.archived {
                archived.insert(client.id);
            }
            directory.insert(
                Entry {
                    id: client.id,
                    name: client.name,
                    external_id: client.external_id,
                    address: client.address.0,
                    has_primary: client.has_primary,
                    line: None,
                    emails: HashSet::new(),
                },
                !client.archived,
            );
        }
        let by_id: HashMap<ClientId, usize> =
            directory.entries.iter().enumerate().map(|(index, entry)| (entry.id, index)).collect();
        for contact in contacts {
            if let Some(&index) = by_id.get(&contact.client_id) {
                directory.entries[index].emails.insert(contact.email.clone());
                if !archived.contains(&contact.client_id) {
                    directory.by_email.entry(contact.email.clone()).or_default().push(index);
                }
            }
        }
        directory
    }

    fn insert(&mut self, entry: Entry, by_name: bool) -> usize {
        let index = self.entries.len();
        if !entry.external_id.is_empty() {
            self.by_external_id.insert(entry.external_id.clone(), index);
        }
        if by_name {
            self.by_name.entry(name_key(&entry.name)).or_default().push(index);
        }
        self.entries.push(entry);
        index
    }

    /// Adds a client that will be created.
    pub fn add(
        &mut self,
        id: ClientId,
        name: &str,
        external_id: &str,
        address: &Address,
        line: u64,
    ) -> usize {
        let entry = Entry {
            id,
            name: name.to_owned(),
            external_id: external_id.to_owned(),
            address: address.clone(),
            has_primary: false,
            line: Some(line),
            emails: HashSet::new(),
        };
        self.insert(entry, true)
    }

    /// Adds somebody's address to a client; says whether they are its first.
    pub fn add_email(&mut self, index: usize, email: &str) -> bool {
        self.by_email.entry(email.to_owned()).or_default().push(index);
        let entry = &mut self.entries[index];
        entry.emails.insert(email.to_owned());
        !std::mem::replace(&mut entry.has_primary, true)
    }

    /// Lets a client be found by one more number for the rest of this import.
    pub fn also_called(&mut self, index: usize, external_id: &str) {
        if !external_id.is_empty() {
            self.by_external_id.entry(external_id.to_owned()).or_insert(index);
        }
    }

    /// The client at an index.
    pub fn get(&self, index: usize) -> &Entry {
        &self.entries[index]
    }

    /// The client with this number in the other system.
    pub fn with_external_id(&self, external_id: &str) -> Option<usize> {
        self.by_external_id.get(external_id).copied()
    }

    /// Clients where somebody has this address.
    pub fn with_email(&self, email: &str) -> &[usize] {
        self.by_email.get(email).map(Vec::as_slice).unwrap_or_default()
    }

    /// Clients of this name.
    pub fn with_name(&self, name: &str) -> &[usize] {
        self.by_name.get(&name_key(name)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The client that a row of another file names, by number or name.
    pub fn find(&self, key: &str) -> Result<usize, Refusal> {
        if let Some(index) = self.with_external_id(key) {
            return Ok(index);
        }
        match self.with_name(key) {
            [] => Err(Refusal::new(
                "unknown_client",
                format!("there is no client with the number or name {key:?}"),
            )),
            [index] => Ok(*index),
            several => {
                let reason = format!("{} clients are called {key:?}: name it by its number", several.len());
                Err(Refusal::new("ambiguous_client", reason))
            }
        }
    }
}
