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
                let attachments = match outgoing.mail.document_id {
                    Some(document) => vec![crate::documents::attachment(app, &mut tx, document).await?],
                    None => Vec::new(),
                };
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
                    attachments,
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

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::{Arc, Mutex};

    use async_trait::async_trait;
    use chrono::TimeDelta;
    use domain::text::Language;
    use integrations::mail::{MailError, Mailer, OutgoingMail, SentMail};
    use store::mail::NewMail;

    use crate::testing::{ACME, TestApp};

    /// A mail server that answers as told, then takes everything.
    #[derive(Default)]
    struct Scripted {
        answers: Mutex<VecDeque<MailError>>,
        taken: Mutex<Vec<OutgoingMail>>,
    }

    #[async_trait]
    impl Mailer for Scripted {
        async fn send(&self, mail: &OutgoingMail) -> Result<SentMail, MailError> {
            if let Some(error) = self.answers.lock().unwrap().pop_front() {
                return Err(error);
            }
            self.taken.lock().unwrap().push(mail.clone());
            Ok(SentMail { response: "250 ok".to_owned() })
        }
    }

    async fn with(answers: impl IntoIterator<Item = MailError>) -> (TestApp, Arc<Scripted>) {
        let mut test = TestApp::new().await;
        let server =
            Arc::new(Scripted { answers: Mutex::new(answers.into_iter().collect()), ..Scripted::default() });
        test.app.mailer = Some(server.clone());
        (test, server)
    }

    async fn write(test: &TestApp) {
        let mut tx = test.worker(ACME).await;
        let mail = NewMail {
            to_name: "Zoë".to_owned(),
            to: "zoe@example.com".parse().unwrap(),
            language: Language::En,
            subject: "Hello".to_owned(),
            text: "Open https://example.com/secret now.".to_owned(),
            html: "<p>Open</p>".to_owned(),
            document_id: None,
        };
        store::mail::enqueue(&mut tx, &mail).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn state(test: &TestApp) -> serde_json::Value {
        let owner = test.staff("owner").await;
        test.get(&owner, "/mails").await.expect(200)["items"][0]["state"].clone()
    }

    #[actix_web::test]
    async fn what_is_sent_is_forgotten() {
        let (test, server) = with([]).await;
        write(&test).await;
        test.work().await;
        assert_eq!(state(&test).await, "sent");
        let taken = server.taken.lock().unwrap().clone();
        assert_eq!(taken.len(), 1);
        assert_eq!((taken[0].from_name.as_str(), taken[0].to_address.as_str()), (ACME, "zoe@example.com"));
        assert!(taken[0].message_id.starts_with("mai_"));
        assert_eq!(
            test.database().count("select count(*) from mail where body_text <> '' or body_html <> ''").await,
            0
        );
        assert_eq!(test.database().count("select count(*) from job").await, 0);
    }

    #[actix_web::test]
    async fn a_busy_server_is_tried_again_later() {
        let (test, server) = with([MailError::Transient("421 busy".to_owned())]).await;
        write(&test).await;
        test.work().await;
        assert_eq!(state(&test).await, "queued");
        test.app.clock.advance(TimeDelta::seconds(10));
        test.work().await;
        assert_eq!(server.taken.lock().unwrap().len(), 0, "not before the pause is over");
        test.app.clock.advance(TimeDelta::seconds(6));
        test.work().await;
        assert_eq!(state(&test).await, "sent");
        assert_eq!(server.taken.lock().unwrap().len(), 1);
    }

    #[actix_web::test]
    async fn a_refused_mail_says_why() {
        let (test, _) = with([MailError::Permanent("550 no such mailbox".to_owned())]).await;
        write(&test).await;
        test.work().await;
        let owner = test.staff("owner").await;
        let mail = test.get(&owner, "/mails").await.expect(200)["items"][0].clone();
        assert_eq!(mail["state"], "failed");
        assert!(mail["error"].as_str().unwrap().contains("550 no such mailbox"));
    }

    #[actix_web::test]
    async fn what_fails_too_often_waits_for_staff() {
        let busy = || MailError::Transient("421 busy".to_owned());
        let (test, server) = with((0..store::jobs::MAX_ATTEMPTS).map(|_| busy())).await;
        write(&test).await;
        for _ in 0..store::jobs::MAX_ATTEMPTS {
            test.work().await;
            test.app.clock.advance(TimeDelta::hours(2));
        }
        let owner = test.staff("owner").await;
        let dead = test.get(&owner, "/jobs/dead").await.expect(200)["items"][0].clone();
        assert_eq!((dead["kind"].as_str(), dead["attempts"].as_i64()), (Some("send_mail"), Some(8)));
        assert!(dead["last_error"].as_str().unwrap().contains("421 busy"));
        let path = format!("/jobs/{}/retry", dead["id"].as_str().unwrap());
        test.post(&owner, &path, &()).await.expect(204);
        assert_eq!(test.post(&owner, &path, &()).await.problem(404), "not_found");
        test.work().await;
        assert_eq!(server.taken.lock().unwrap().len(), 1);
    }

    #[actix_web::test]
    async fn two_workers_send_a_mail_once() {
        let (test, server) = with([]).await;
        for _ in 0..20 {
            write(&test).await;
        }
        let work = || async { while crate::worker::work_once(&test.app).await.unwrap() > 0 {} };
        futures_util::future::join_all((0..4).map(|_| work())).await;
        assert_eq!(server.taken.lock().unwrap().len(), 20);
    }
}
