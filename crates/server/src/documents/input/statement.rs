//! A statement of account: all of its movements.

use ::documents::{Entry, Statement};
use domain::organizations::Organization;
use domain::problem::Problem;
use domain::statements::{Movement, MovementKind};
use domain::text::Language;
use store::statements::{self, Ends, Span};
use store::{Actor, Tx, clients};

use super::letter_in;
use crate::payments::receipt::how;
use crate::problem::Result;

/// Movements that are read at a time.
const PAGE: u16 = 500;
/// The most that are printed: some sixty pages. More is no reading for anybody, and CSV has no end.
pub const MOST: usize = 2000;

/// What a statement says: read with the caller's eyes.
pub struct Account {
    span: Span,
    ends: Ends,
    ageing: domain::statements::Ageing,
    movements: Vec<Movement>,
}

impl Account {
    /// Reads it.
    pub async fn read(tx: &mut Tx, span: Span) -> Result<Self> {
        let ends = statements::ends(tx, span).await?;
        let (mut movements, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let (part, next) = statements::movements(tx, span, ends.opening, PAGE, cursor.as_deref()).await?;
            movements.extend(part);
            if movements.len() > MOST {
                let message = format!("must leave at most {MOST} movements: take a shorter time, or CSV");
                return Err(Problem::invalid("from", "too_many", message).into());
            }
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        Ok(Self { span, ends, ageing: statements::ageing(tx, span).await?, movements })
    }

    /// The same to be printed, in the language of the contact who asks, else in that of the client's primary one.
    /// With the organization's eyes.
    pub async fn statement(self, tx: &mut Tx, organization: &Organization) -> Result<Statement> {
        let Self { span, ends, ageing, movements } = self;
        let asking = match tx.actor() {
            Actor::Contact(id) => clients::contacts::find(tx, id).await?.language,
            _ => None,
        };
        let addressee = clients::addressee(tx, span.client).await?;
        let (letter, language) =
            letter_in(tx, organization, span.client, addressee.name.as_str(), &addressee.address, asking)
                .await?;
        Ok(Statement {
            letter,
            from: span.from,
            to: span.to,
            opening: ends.opening,
            closing: ends.owed.checked_sub(ends.credit)?,
            credit: ends.credit,
            ageing: ends.owed.is_positive().then_some(ageing),
            entries: movements.into_iter().map(|movement| entry(movement, language)).collect(),
        })
    }
}

fn entry(movement: Movement, language: Language) -> Entry {
    let reference = match movement.kind {
        MovementKind::Payment | MovementKind::Refund | MovementKind::Dispute => {
            how(language, &movement.reference)
        }
        MovementKind::Invoice
        | MovementKind::Void
        | MovementKind::CreditNote
        | MovementKind::WriteOff
        | MovementKind::CreditApplied => movement.reference,
    };
    Entry {
        on: movement.on,
        kind: movement.kind,
        reference,
        amount: movement.amount,
        change: movement.change,
        balance: movement.balance,
    }
}
