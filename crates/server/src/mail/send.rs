use domain::mail::{MailId, MailState};
use integrations::mail::OutgoingMail;
use serde::Deserialize;
use store::Reason;
use store::jobs::{self, Job};

use crate::App;
use crate::worker::JobError;

#[derive(Deserialize)]
struct Payload {
    mail_id: MailId,
}

/// Sends one mail, or leaves it in the mailbox where no mail server is set up.
///
/// The row stays locked while the mail server is talked to: two workers can't send the same mail, and a
/// crash in between sends it again with the same Message-ID.
pub async fn send(app: &App, job: &Job) -> Result<(), JobError> {
    let Payload { mail_id } =
        serde_json::from_value(job.payload.clone()).map_err(|error| JobError::Hopeless(error.to_string()))?;
    let now = app.clock.now();
    let mut tx = app.store.begin_worker(job.organization_id, Reason::Jobs, now).await?;
    let outgoing = store::mail::take(&mut tx, mail_id).await?;
    if outgoing.state == MailState::Queued {
        let (state, error) = match &app.mailer {
            None => (MailState::Captured, None),
            Some(mailer) => {
                let host =
                    app.settings.mail_from.as_str().rsplit('@').next().unwrap_or("localhost").to_owned();
                let mail = OutgoingMail {
                    from_name: outgoing.from_name,
                    from_address: app.settings.mail_from.to_string(),
                    reply_to: outgoing.reply_to.map(Into::into),
                    to_name: outgoing.mail.to_name,
                    to_address: outgoing.mail.to.into(),
                    subject: outgoing.mail.subject,
                    text: outgoing.mail.text,
                    html: outgoing.mail.html,
                    message_id: format!("{mail_id}@{host}"),
                    language: outgoing.mail.language.as_str().to_owned(),
                    date: now,
                };
                match mailer.send(&mail).await {
                    Ok(_) => (MailState::Sent, None),
                    Err(error) if error.is_transient() => return Err(JobError::Retry(error.to_string())),
                    Err(error) => (MailState::Failed, Some(error.to_string())),
                }
            }
        };
        store::mail::settle(&mut tx, mail_id, state, error.as_deref()).await?;
    }
    jobs::finish(&mut tx, job.id).await?;
    tx.commit().await?;
    Ok(())
}
