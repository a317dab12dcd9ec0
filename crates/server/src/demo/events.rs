use chrono::{DateTime, Utc};
use domain::clients::ClientId;
use domain::events::{Event, EventId, Subject, Visibility};
use domain::identity::MemberId;
use domain::ids::Id;
use store::bulk::{Rows, Table};

use super::clients::Contact;
use super::random::Chance;

/// Who did something.
#[derive(Clone, Copy)]
pub enum Who<'a> {
    /// One of the staff.
    Staff,
    /// A client's contact.
    Contact(&'a Contact),
    /// Portico itself.
    System,
}

/// A history in the making.
pub struct Events {
    rows: Rows,
    chance: Chance,
    staff: Vec<(MemberId, String)>,
}

impl Events {
    /// Nothing has happened; `staff` are those who do things.
    pub fn new(chance: Chance, staff: Vec<(MemberId, String)>) -> Self {
        Self { rows: Rows::of(Table::Events), chance, staff }
    }

    /// Somebody of the staff.
    pub fn somebody(&mut self) -> MemberId {
        self.chance.one(&self.staff).0
    }

    /// Tells that something happened.
    pub fn add(
        &mut self,
        at: DateTime<Utc>,
        who: Who<'_>,
        subject: Subject,
        client: ClientId,
        event: &Event,
    ) {
        let (subject_kind, subject_id) = match subject {
            Subject::Client(id) => ("client", id.uuid()),
            Subject::Contact(id) => ("contact", id.uuid()),
            Subject::Invoice(id) => ("invoice", id.uuid()),
            Subject::Payment(id) => ("payment", id.uuid()),
            Subject::Quote(id) => ("quote", id.uuid()),
            Subject::Project(id) => ("project", id.uuid()),
            Subject::RecurringInvoice(id) => ("recurring_invoice", id.uuid()),
            Subject::Member(id) => ("member", id.uuid()),
            Subject::Organization => return,
        };
        let visibility = match event.visibility() {
            Visibility::Staff => "staff",
            Visibility::Client => "client",
        };
        let data = serde_json::to_value(event).map(|mut whole| whole["data"].take()).unwrap_or_default();
        let id = self.chance.id::<EventId>(at);
        self.rows
            .id(id)
            .at(at)
            .text(event.kind())
            .text(visibility)
            .id(client)
            .text(subject_kind)
            .plain(subject_id);
        match who {
            Who::Staff => {
                let (id, name) = self.chance.one(&self.staff);
                self.rows.text("member").id(*id).text(name);
            }
            Who::Contact(contact) => {
                self.rows.text("contact").id(contact.id).text(&contact.name);
            }
            Who::System => {
                self.rows.text("system").null().text("");
            }
        }
        self.rows.json(&data).end();
    }

    /// The rows so far, leaving none.
    pub fn take(&mut self) -> Rows {
        std::mem::replace(&mut self.rows, Rows::of(Table::Events))
    }
}
