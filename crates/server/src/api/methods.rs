//! The answer for a path that nobody serves with this method: 404 or 405 with what is allowed.

use actix_web::dev::ResourceDef;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use domain::problem::{Code, Problem};
use utoipa::openapi::OpenApi;

use crate::problem::Failure;

/// Paths of the API and their methods.
pub struct Methods(Vec<(ResourceDef, String)>);

impl Methods {
    /// Reads them from the description.
    pub fn of(api: &OpenApi) -> Self {
        let methods = api.paths.paths.iter().map(|(path, item)| {
            let present = [
                ("GET, HEAD", item.get.is_some()),
                ("POST", item.post.is_some()),
                ("PUT", item.put.is_some()),
                ("PATCH", item.patch.is_some()),
                ("DELETE", item.delete.is_some()),
            ];
            let allowed: Vec<&str> =
                present.into_iter().filter(|(_, present)| *present).map(|(method, _)| method).collect();
            (ResourceDef::new(path.as_str()), allowed.join(", "))
        });
        Self(methods.collect())
    }
}

/// Answers what no route took.
pub async fn refuse(request: HttpRequest, methods: web::Data<Methods>) -> HttpResponse {
    let path = request.path();
    match methods.0.iter().find(|(pattern, _)| pattern.is_match(path)) {
        None => {
            let detail = format!("There is no {path} here.");
            Failure::from(Problem::new(Code::NotFound).detail(detail)).error_response()
        }
        Some((_, allowed)) => {
            let detail = format!("{path} answers {allowed}.");
            let mut response =
                Failure::from(Problem::new(Code::MethodNotAllowed).detail(detail)).error_response();
            if let Ok(allowed) = HeaderValue::from_str(allowed) {
                response.headers_mut().insert(ALLOW, allowed);
            }
            response
        }
    }
}
