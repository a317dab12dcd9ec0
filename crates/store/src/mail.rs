//! Mails: written with what they tell of, sent by a job.

use domain::documents::DocumentId;
use domain::ids::Id;
use domain::mail::{Mail, MailFilter, MailId, MailState, MailSummary};
use domain::page::{DEFAULT_LIMIT, Page};
use domain::text::{EmailAddress, Language};
use uuid::Uuid;

use crate::{Cursor, Error, Result, Tx, fresh, jobs};

/// The job that sends one mail.
pub const SEND_MAIL: &str = "send_mail";

/// A mail to be sent.
#[derive(Debug, Clone)]
pub struct NewMail {
    /// The addressee's name.
    pub to_name: String,
    /// The addressee.
    pub to: EmailAddress,
    /// Its language.
    pub language: Language,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// The document that goes with it.
    pub document_id: Option<DocumentId>,
}

/// A mail with what sending needs.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Its id, also its Message-ID, so that sending twice can be told.
    pub id: MailId,
    /// How far it has come.
    pub state: MailState,
    /// The mail.
    pub mail: NewMail,
    /// The organization's name: the sender's.
    pub from_name: String,
    /// Where replies go.
    pub reply_to: Option<EmailAddress>,
}

/// Writes a mail and asks for it to be sent.
pub async fn enqueue(tx: &mut Tx, mail: &NewMail) -> Result<MailId> {
    let id: MailId = fresh(tx.now());
    let now = tx.now();
    sqlx::query!(
        "insert into mail (id, to_name, to_address, subject, body_text, body_html, language, created_at, document_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.uuid(),
        mail.to_name,
        mail.to.as_str(),
        mail.subject,
        mail.text,
        mail.html,
        mail.language as _,
        now,
        mail.document_id.map(Id::uuid),
    )
    .execute(tx.connection())
    .await?;
    jobs::enqueue(tx, SEND_MAIL, &serde_json::json!({ "mail_id": id }), now, None).await?;
    Ok(id)
}

/// A mail, locked until the transaction ends, so that two workers don't send it twice.
pub async fn take(tx: &mut Tx, id: MailId) -> Result<Outgoing> {
    let row = sqlx::query!(
        r#"select m.state as "state: MailState", m.to_name, m.to_address as "to: EmailAddress", m.subject, m.body_text, m.body_html,
             m.language as "language: Language", m.document_id as "document_id: DocumentId", o.name, o.email as "reply_to: EmailAddress"
           from mail m join organization o using (organization_id) where m.id = $1 for update of m"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Outgoing {
        id,
        state: row.state,
        mail: NewMail {
            to_name: row.to_name,
            to: row.to,
            language: row.language,
            subject: row.subject,
            text: row.body_text,
            html: row.body_html,
            document_id: row.document_id,
        },
        from_name: row.name,
        reply_to: row.reply_to,
    })
}

/// Notes what became of a mail. One that was sent loses its text: it may hold a link that signs in.
pub async fn settle(tx: &mut Tx, id: MailId, state: MailState, error: Option<&str>) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update mail set state = $2, error = $3, sent_at = case when $2 = 'sent' then $4::timestamptz end,
           body_text = case when $2 = 'sent' then '' else body_text end,
           body_html = case when $2 = 'sent' then '' else body_html end
         where id = $1",
        id.uuid(),
        state as _,
        error,
        now,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// A page of the mailbox, newest first.
pub async fn list(tx: &mut Tx, filter: &MailFilter) -> Result<Page<MailSummary>> {
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    let before: Option<Uuid> = Cursor::decode(filter.cursor.as_deref())?;
    let items = sqlx::query_as!(
        MailSummary,
        r#"select id as "id: MailId", state as "state: MailState", to_name, to_address as "to: EmailAddress", subject,
             created_at, error
           from mail
           where ($1::uuid is null or id < $1)
             and ($2::text is null or position(fold($2) in fold(to_name || ' ' || to_address || ' ' || subject)) > 0)
           order by id desc limit $3"#,
        before,
        filter.q,
        i64::from(limit) + 1,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(Page::from_overfull(items, limit, |last| Cursor::encode(&last.id.uuid())))
}

/// One mail with its text and links.
pub async fn find(tx: &mut Tx, id: MailId) -> Result<Mail> {
    let row = sqlx::query!(
        r#"select id as "id: MailId", state as "state: MailState", to_name, to_address as "to: EmailAddress", subject,
             created_at, error, body_text
           from mail where id = $1"#,
        id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let links = row
        .body_text
        .split_whitespace()
        .filter(|word| word.starts_with("http://") || word.starts_with("https://"))
        .map(ToOwned::to_owned)
        .collect();
    Ok(Mail {
        summary: MailSummary {
            id: row.id,
            state: row.state,
            to_name: row.to_name,
            to: row.to,
            subject: row.subject,
            created_at: row.created_at,
            error: row.error,
        },
        text: row.body_text,
        links,
    })
}
