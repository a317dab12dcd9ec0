//! Mail on its way out, and what could not be done.

pub mod console;

use domain::jobs::{DeadJob, JobFilter, JobId};
use domain::mail::{Mail, MailFilter, MailSummary};
use domain::page::Page;

use crate::api::{self, Answer, Intent};

async fn mails(filter: &MailFilter) -> Answer<Page<MailSummary>> {
    api::get_with("/mails", filter).await
}

async fn mail(id: &str) -> Answer<Mail> {
    api::get(&format!("/mails/{id}")).await
}

/// Jobs that failed for good, newest first.
pub async fn dead_jobs(filter: &JobFilter) -> Answer<Page<DeadJob>> {
    api::get_with("/jobs/dead", filter).await
}

async fn retry(id: JobId) -> Answer<()> {
    api::act(&format!("/jobs/{id}/retry"), Intent::new()).await
}
