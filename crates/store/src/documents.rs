//! Documents as they were issued: what to print, frozen; and what was printed of it, kept.

use domain::credits::CreditNoteId;
use domain::documents::DocumentId;
use domain::ids::Id;
use domain::invoices::InvoiceId;
use domain::payments::PaymentId;
use domain::quotes::{DecisionId, QuoteId};
use sqlx::types::Json;
use uuid::Uuid;

use crate::organizations::Logo;
use crate::{Error, Result, Tx, fresh};

/// What a document is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// An issued invoice.
    Invoice(InvoiceId),
    /// The receipt of a payment.
    Payment(PaymentId),
    /// An issued credit note.
    CreditNote(CreditNoteId),
    /// A version of a quote, as it was sent.
    Quote(QuoteId, i32),
    /// A version of a quote, as it was accepted.
    Acceptance(DecisionId),
}

/// The same as columns, of which one has a value (a quote's, two).
#[derive(Debug, Default)]
struct Columns {
    invoice: Option<Uuid>,
    payment: Option<Uuid>,
    credit_note: Option<Uuid>,
    quote: Option<Uuid>,
    quote_no: Option<i32>,
    decision: Option<Uuid>,
}

impl From<Of> for Columns {
    fn from(of: Of) -> Self {
        let none = Self::default();
        match of {
            Of::Invoice(id) => Self { invoice: Some(id.uuid()), ..none },
            Of::Payment(id) => Self { payment: Some(id.uuid()), ..none },
            Of::CreditNote(id) => Self { credit_note: Some(id.uuid()), ..none },
            Of::Quote(id, no) => Self { quote: Some(id.uuid()), quote_no: Some(no), ..none },
            Of::Acceptance(id) => Self { decision: Some(id.uuid()), ..none },
        }
    }
}

/// A document with all that printing it takes.
#[derive(Debug, Clone)]
pub struct Frozen {
    /// Its id.
    pub id: DocumentId,
    /// What it is of.
    pub of: Of,
    /// What its file is called.
    pub file_name: String,
    /// What to print, as the crate `documents` takes it.
    pub input: serde_json::Value,
    /// The logo, where it has one and still has to be printed.
    pub logo: Option<Vec<u8>>,
    /// What was printed.
    pub pdf: Option<Vec<u8>>,
}

struct Row {
    id: DocumentId,
    invoice_id: Option<InvoiceId>,
    payment_id: Option<PaymentId>,
    credit_note_id: Option<CreditNoteId>,
    quote_id: Option<QuoteId>,
    quote_no: Option<i32>,
    decision_id: Option<DecisionId>,
    file_name: String,
    input: Json<serde_json::Value>,
    logo: Option<Vec<u8>>,
    pdf: Option<Vec<u8>>,
}

impl Row {
    fn frozen(self) -> Result<Frozen> {
        let of = (self.invoice_id.map(Of::Invoice))
            .or(self.payment_id.map(Of::Payment))
            .or(self.credit_note_id.map(Of::CreditNote))
            .or(self.quote_id.zip(self.quote_no).map(|(id, no)| Of::Quote(id, no)))
            .or(self.decision_id.map(Of::Acceptance))
            .ok_or(Error::NotFound)?;
        let Self { id, file_name, input, logo, pdf, .. } = self;
        Ok(Frozen { id, of, file_name, input: input.0, logo, pdf })
    }
}

/// Freezes a document, unless it was frozen before.
pub async fn freeze(
    tx: &mut Tx,
    of: Of,
    file_name: &str,
    input: &serde_json::Value,
    logo: Option<&Logo>,
) -> Result<()> {
    let (id, now): (DocumentId, _) = (fresh(tx.now()), tx.now());
    if let Some(logo) = logo {
        sqlx::query!(
            "insert into document_logo (digest, bytes) values ($1, $2) on conflict do nothing",
            logo.hash,
            logo.bytes,
        )
        .execute(tx.connection())
        .await?;
    }
    let columns = Columns::from(of);
    sqlx::query!(
        "insert into document (id, invoice_id, payment_id, credit_note_id, quote_id, quote_no, decision_id, file_name, input,
           logo_digest, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing",
        id.uuid(),
        columns.invoice,
        columns.payment,
        columns.credit_note,
        columns.quote,
        columns.quote_no,
        columns.decision,
        file_name,
        Json(input) as _,
        logo.map(|logo| &logo.hash[..]),
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The document of something, if it was frozen.
pub async fn of(tx: &mut Tx, of: Of) -> Result<Option<Frozen>> {
    let columns = Columns::from(of);
    sqlx::query_as!(
        Row,
        r#"select d.id as "id: DocumentId", d.invoice_id as "invoice_id: InvoiceId", d.payment_id as "payment_id: PaymentId",
             d.credit_note_id as "credit_note_id: CreditNoteId", d.quote_id as "quote_id: QuoteId", d.quote_no,
             d.decision_id as "decision_id: DecisionId",
             d.file_name, d.input as "input: Json<serde_json::Value>", l.bytes as "logo?", d.pdf
           from document d left join document_logo l
             on l.organization_id = d.organization_id and l.digest = d.logo_digest and d.pdf is null
           where d.invoice_id = $1 or d.payment_id = $2 or d.credit_note_id = $3 or (d.quote_id = $4 and d.quote_no = $5)
             or d.decision_id = $6"#,
        columns.invoice,
        columns.payment,
        columns.credit_note,
        columns.quote,
        columns.quote_no,
        columns.decision,
    )
    .fetch_optional(tx.connection())
    .await?
    .map(Row::frozen)
    .transpose()
}

/// A document by its id.
pub async fn find(tx: &mut Tx, id: DocumentId) -> Result<Frozen> {
    sqlx::query_as!(
        Row,
        r#"select d.id as "id: DocumentId", d.invoice_id as "invoice_id: InvoiceId", d.payment_id as "payment_id: PaymentId",
             d.credit_note_id as "credit_note_id: CreditNoteId", d.quote_id as "quote_id: QuoteId", d.quote_no,
             d.decision_id as "decision_id: DecisionId",
             d.file_name, d.input as "input: Json<serde_json::Value>", l.bytes as "logo?", d.pdf
           from document d left join document_logo l
             on l.organization_id = d.organization_id and l.digest = d.logo_digest and d.pdf is null
           where d.id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?
    .frozen()
}

/// Keeps what was printed, and returns what is kept: what somebody else printed first, if so.
pub async fn keep(tx: &mut Tx, id: DocumentId, pdf: &[u8]) -> Result<Vec<u8>> {
    let now = tx.now();
    sqlx::query!(
        "update document set pdf = $2, printed_at = $3 where id = $1 and pdf is null",
        id.uuid(),
        pdf,
        now,
    )
    .execute(tx.connection())
    .await?;
    sqlx::query_scalar!(r#"select pdf as "pdf!" from document where id = $1"#, id.uuid())
        .fetch_optional(tx.connection())
        .await?
        .ok_or(Error::NotFound)
}
