//! The mailbox, and work that failed.

use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, get, post};
use domain::jobs::{DeadJob, JobFilter, JobId};
use domain::mail::{Mail, MailFilter, MailId, MailSummary};
use domain::page::{DEFAULT_LIMIT, Page};
use domain::permission::Permission;
use domain::problem::Problem;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::App;
use crate::http::{Filter, Key, Staff};
use crate::problem::Result;

/// The mailbox and failed jobs.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_mails).service(get_mail).service(list_dead_jobs).service(retry_job);
}

/// List mails, newest first.
#[utoipa::path(tag = "delivery", params(MailFilter), responses((status = 200, body = Page<MailSummary>), (status = "4XX", body = Problem)))]
#[get("/mails")]
async fn list_mails(
    staff: Staff,
    filter: Filter<MailFilter>,
    app: Data<App>,
) -> Result<Json<Page<MailSummary>>> {
    let mut tx = app.store.begin(&staff, Permission::ManageDelivery).await?;
    Ok(Json(store::mail::list(&mut tx, &filter).await?))
}

/// Read a mail that was kept in the mailbox.
#[utoipa::path(tag = "delivery", responses((status = 200, body = Mail), (status = "4XX", body = Problem)))]
#[get("/mails/{id}")]
async fn get_mail(staff: Staff, id: Key<MailId>, app: Data<App>) -> Result<Json<Mail>> {
    let mut tx = app.store.begin(&staff, Permission::ManageDelivery).await?;
    Ok(Json(store::mail::find(&mut tx, *id).await?))
}

/// List jobs that failed for good, newest first.
#[utoipa::path(tag = "delivery", params(JobFilter), responses((status = 200, body = Page<DeadJob>), (status = "4XX", body = Problem)))]
#[get("/jobs/dead")]
async fn list_dead_jobs(
    staff: Staff,
    filter: Filter<JobFilter>,
    app: Data<App>,
) -> Result<Json<Page<DeadJob>>> {
    let mut tx = app.store.begin(&staff, Permission::ManageDelivery).await?;
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    Ok(Json(store::jobs::dead(&mut tx, limit, filter.cursor.as_deref()).await?))
}

/// Run a failed job again.
#[utoipa::path(tag = "delivery", responses((status = 204), (status = "4XX", body = Problem)))]
#[post("/jobs/{id}/retry")]
async fn retry_job(staff: Staff, id: Key<JobId>, app: Data<App>) -> Result<HttpResponse> {
    let mut tx = app.store.begin(&staff, Permission::ManageDelivery).await?;
    store::jobs::retry(&mut tx, *id).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

#[cfg(test)]
mod tests {
    use crate::testing::TestApp;

    #[actix_web::test]
    async fn the_mailbox_is_for_those_who_manage_delivery() {
        let test = TestApp::new().await;
        let owner = test.staff("owner").await;
        let technician = test.staff("technician").await;
        assert_eq!(test.get(&owner, "/mails").await.expect(200)["items"], serde_json::json!([]));
        assert_eq!(test.get(&technician, "/mails").await.problem(403), "forbidden");
        assert_eq!(
            test.get(&crate::testing::Asker::stranger(), "/mails").await.problem(401),
            "unauthenticated"
        );
        assert_eq!(test.get(&owner, "/mails?limit=0").await.problem(400), "malformed_parameter");
        assert_eq!(test.get(&owner, "/mails?cursor=nonsense").await.problem(400), "malformed_parameter");
        assert_eq!(test.get(&owner, "/mails/inv_01h455vb4pex5vsknk084sn02q").await.problem(404), "not_found");
    }
}
