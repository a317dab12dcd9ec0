//! How far an invoice has come, and what settles it.

use serde::{Deserialize, Serialize};

use crate::money::Money;
use crate::problem::Code;

/// How far an invoice has come. Overdue is not a state: it follows from the date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum InvoiceStatus {
    /// Being written; the client doesn't see it.
    Draft,
    /// Issued and mailed.
    Sent,
    /// The client has opened it.
    Viewed,
    /// Some of it is paid.
    PartiallyPaid,
    /// Nothing is left to pay.
    Paid,
    /// What was left to pay is given up.
    WrittenOff,
    /// Withdrawn; it keeps its number.
    Void,
}

/// Why an invoice can't do what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvoiceError {
    /// Only drafts can be changed or sent.
    #[error("only a draft can be changed, sent or deleted")]
    NotDraft,
    /// Draft, void or paid.
    #[error("only an issued invoice with something left to pay can be paid")]
    NotPayable,
    /// Money was received for it.
    #[error("money was received for it, or some of it was credited: issue a credit note instead")]
    HasPayments,
    /// Withdrawn already, or never issued.
    #[error("only an issued invoice can be voided")]
    NotIssued,
    /// Nothing on it.
    #[error("add at least one line before sending")]
    NoLines,
    /// A total below zero can't be asked for.
    #[error("the total is below zero: write a credit note instead")]
    NegativeTotal,
}

impl InvoiceError {
    /// The code it is answered with.
    pub fn code(self) -> Code {
        match self {
            Self::NotDraft => Code::InvoiceNotDraft,
            Self::NotPayable => Code::InvoiceNotPayable,
            Self::HasPayments => Code::InvoiceHasPayments,
            Self::NotIssued => Code::Conflict,
            Self::NoLines | Self::NegativeTotal => Code::Validation,
        }
    }
}

/// What takes away from what an invoice asks for. All of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement {
    /// Money that pays it.
    pub paid: Money,
    /// What credit notes take back.
    pub credited: Money,
    /// What was given up.
    pub written_off: Money,
}

impl Settlement {
    /// Paid, and nothing else.
    pub fn paid(paid: Money) -> Self {
        let zero = Money::zero(paid.currency());
        Self { paid, credited: zero, written_off: zero }
    }

    /// Whether nothing takes away from it.
    pub fn is_nothing(&self) -> bool {
        self.paid.is_zero() && self.credited.is_zero() && self.written_off.is_zero()
    }

    /// What is left of a total, in the smallest unit; below nothing for a credit that was imported.
    pub fn rest(&self, total: Money) -> i64 {
        let taken = [self.paid, self.credited, self.written_off];
        taken.iter().fold(total.minor(), |rest, part| rest.saturating_sub(part.minor()))
    }
}

impl InvoiceStatus {
    /// All states.
    pub const ALL: [Self; 7] = [
        Self::Draft,
        Self::Sent,
        Self::Viewed,
        Self::PartiallyPaid,
        Self::Paid,
        Self::WrittenOff,
        Self::Void,
    ];

    /// The name kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Sent => "sent",
            Self::Viewed => "viewed",
            Self::PartiallyPaid => "partially_paid",
            Self::Paid => "paid",
            Self::WrittenOff => "written_off",
            Self::Void => "void",
        }
    }

    /// Issues a draft. An invoice of zero is paid at once.
    pub fn send(self, total: Money) -> Result<Self, InvoiceError> {
        match self {
            Self::Draft if total.is_negative() => Err(InvoiceError::NegativeTotal),
            Self::Draft if total.is_zero() => Ok(Self::Paid),
            Self::Draft => Ok(Self::Sent),
            Self::Sent | Self::Viewed | Self::PartiallyPaid | Self::Paid | Self::WrittenOff | Self::Void => {
                Err(InvoiceError::NotDraft)
            }
        }
    }

    /// Notes that the client has seen it; repeatable.
    #[must_use]
    pub fn view(self) -> Self {
        match self {
            Self::Sent => Self::Viewed,
            Self::Draft | Self::Viewed | Self::PartiallyPaid | Self::Paid | Self::WrittenOff | Self::Void => {
                self
            }
        }
    }

    /// What it is when this much of it is settled. Less than before is possible: a refund reopens it.
    pub fn settle(self, total: Money, settled: &Settlement, viewed: bool) -> Result<Self, InvoiceError> {
        match self {
            Self::Draft | Self::Void => Err(InvoiceError::NotPayable),
            Self::Sent | Self::Viewed | Self::PartiallyPaid | Self::Paid | Self::WrittenOff => {
                Ok(if settled.rest(total) <= 0 {
                    if settled.written_off.is_positive() { Self::WrittenOff } else { Self::Paid }
                } else if settled.paid.is_positive() {
                    Self::PartiallyPaid
                } else if viewed {
                    Self::Viewed
                } else {
                    Self::Sent
                })
            }
        }
    }

    /// Withdraws an issued invoice of which nothing was settled.
    pub fn void(self, settled: &Settlement) -> Result<Self, InvoiceError> {
        match self {
            Self::Draft | Self::Void => Err(InvoiceError::NotIssued),
            Self::Sent | Self::Viewed | Self::Paid if settled.is_nothing() => Ok(Self::Void),
            Self::Sent | Self::Viewed | Self::PartiallyPaid | Self::Paid | Self::WrittenOff => {
                Err(InvoiceError::HasPayments)
            }
        }
    }

    /// Whether something may be left to pay.
    pub fn is_open(self) -> bool {
        match self {
            Self::Sent | Self::Viewed | Self::PartiallyPaid => true,
            Self::Draft | Self::Paid | Self::WrittenOff | Self::Void => false,
        }
    }
}

/// The least that may be paid: what is asked for, or a part of it where the organization takes parts.
pub fn minimum_payment(next_payment: Money, partial_payments: bool, minimum_partial_minor: i64) -> Money {
    if partial_payments {
        Money::new(minimum_partial_minor.min(next_payment.minor()), next_payment.currency())
    } else {
        next_payment
    }
}

impl std::str::FromStr for InvoiceStatus {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eur(minor: i64) -> Money {
        Money::new(minor, "EUR".parse().unwrap())
    }

    #[test]
    fn forty_cents_left_is_not_paid() {
        let settled = InvoiceStatus::Viewed.settle(eur(10_000), &Settlement::paid(eur(9_960)), true);
        assert_eq!(settled, Ok(InvoiceStatus::PartiallyPaid));
    }

    #[test]
    fn what_is_credited_or_given_up_is_not_paid() {
        let settle = |paid, credited, written_off| {
            let settled =
                Settlement { paid: eur(paid), credited: eur(credited), written_off: eur(written_off) };
            InvoiceStatus::Sent.settle(eur(100), &settled, false).unwrap()
        };
        assert_eq!(settle(0, 40, 0), InvoiceStatus::Sent);
        assert_eq!(settle(1, 40, 0), InvoiceStatus::PartiallyPaid);
        assert_eq!(settle(60, 40, 0), InvoiceStatus::Paid);
        assert_eq!(settle(0, 40, 60), InvoiceStatus::WrittenOff);
        assert_eq!(settle(0, 40, 59), InvoiceStatus::Sent);
    }

    #[test]
    fn a_refund_reopens() {
        assert_eq!(
            InvoiceStatus::Paid.settle(eur(100), &Settlement::paid(eur(0)), true),
            Ok(InvoiceStatus::Viewed)
        );
        assert_eq!(
            InvoiceStatus::Paid.settle(eur(100), &Settlement::paid(eur(0)), false),
            Ok(InvoiceStatus::Sent)
        );
    }

    #[test]
    fn parts_are_taken_where_the_organization_takes_them() {
        assert_eq!(minimum_payment(eur(10_000), false, 2_000), eur(10_000));
        assert_eq!(minimum_payment(eur(10_000), true, 2_000), eur(2_000));
        assert_eq!(minimum_payment(eur(40), true, 2_000), eur(40));
    }

    #[test]
    fn only_drafts_are_sent_and_only_unpaid_invoices_voided() {
        assert_eq!(InvoiceStatus::Draft.send(eur(100)), Ok(InvoiceStatus::Sent));
        assert_eq!(InvoiceStatus::Draft.send(eur(0)), Ok(InvoiceStatus::Paid));
        assert_eq!(InvoiceStatus::Draft.send(eur(-1)), Err(InvoiceError::NegativeTotal));
        assert_eq!(InvoiceStatus::Void.send(eur(100)), Err(InvoiceError::NotDraft));
        assert_eq!(InvoiceStatus::Sent.void(&Settlement::paid(eur(0))), Ok(InvoiceStatus::Void));
        assert_eq!(
            InvoiceStatus::PartiallyPaid.void(&Settlement::paid(eur(1))),
            Err(InvoiceError::HasPayments)
        );
        assert_eq!(InvoiceStatus::Draft.void(&Settlement::paid(eur(0))), Err(InvoiceError::NotIssued));
        assert_eq!(
            InvoiceStatus::Void.settle(eur(100), &Settlement::paid(eur(100)), true),
            Err(InvoiceError::NotPayable)
        );
    }
}
