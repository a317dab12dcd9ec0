//! Projects, as yet to be looked at: accepting a quote begins them.

use actix_web::get;
use actix_web::web::{Data, Json};
use domain::page::Page;
use domain::permission::Permission;
use domain::problem::Problem;
use domain::projects::{Project, ProjectFilter, ProjectId};
use store::projects;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::App;
use crate::http::{Filter, Key, PortalUser, Staff, Versioned};
use crate::problem::Result;

/// Projects, for both sides.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_projects)
        .service(get_project)
        .service(portal_list_projects)
        .service(portal_get_project);
}

/// List projects, newest first.
#[utoipa::path(tag = "projects", params(ProjectFilter), responses((status = 200, body = Page<Project>), (status = "4XX", body = Problem)))]
#[get("/projects")]
async fn list_projects(
    staff: Staff,
    filter: Filter<ProjectFilter>,
    app: Data<App>,
) -> Result<Json<Page<Project>>> {
    let mut tx = app.store.begin(&staff, Permission::ViewProjects).await?;
    Ok(Json(projects::list(&mut tx, &filter).await?))
}

/// See a project.
#[utoipa::path(tag = "projects", responses((status = 200, body = Project), (status = "4XX", body = Problem)))]
#[get("/projects/{id}")]
async fn get_project(staff: Staff, id: Key<ProjectId>, app: Data<App>) -> Result<Versioned<Project>> {
    let mut tx = app.store.begin(&staff, Permission::ViewProjects).await?;
    let project = projects::find(&mut tx, *id).await?;
    let version = project.version;
    Ok(Versioned::ok(project, version))
}

/// List your projects, newest first.
#[utoipa::path(tag = "portal", params(ProjectFilter), responses((status = 200, body = Page<Project>), (status = "4XX", body = Problem)))]
#[get("/portal/projects")]
async fn portal_list_projects(
    user: PortalUser,
    filter: Filter<ProjectFilter>,
    app: Data<App>,
) -> Result<Json<Page<Project>>> {
    // A project shows its budget.
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    Ok(Json(projects::list(&mut tx, &filter).await?))
}

/// See a project.
#[utoipa::path(tag = "portal", responses((status = 200, body = Project), (status = "4XX", body = Problem)))]
#[get("/portal/projects/{id}")]
async fn portal_get_project(
    user: PortalUser,
    id: Key<ProjectId>,
    app: Data<App>,
) -> Result<Versioned<Project>> {
    let mut tx = app.store.begin(&user, Permission::ViewMoney).await?;
    let project = projects::find(&mut tx, *id).await?;
    let version = project.version;
    Ok(Versioned::ok(project, version))
}
