//! The API's table of contents.

pub mod description;
pub mod methods;

use utoipa::OpenApi;
use utoipa_actix_web::service_config::ServiceConfig;

/// What stands at the head of the description.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Portico",
        description = "One API for the portal, the console and your own programs.\n\n\
            Errors are [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) problem details: match on `code`. \
            Lists are keyset-paged: follow `next` until it is absent. Changes of existing things need `If-Match` with the \
            `version` you edited. Give `POST` an `Idempotency-Key` and repeat it as often as the network makes you. \
            Amounts are integers in the currency's smallest unit; rates, quantities and unit prices are decimals in strings.",
        license(name = "AGPL-3.0-or-later")
    ),
    components(schemas(domain::problem::Problem, domain::problem::Code))
)]
pub struct Description;

/// Everything under `/api/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .configure(crate::activity::routes)
        .configure(crate::exports::routes)
        .configure(crate::statements::routes)
        .configure(crate::automatic_charges::routes)
        .configure(crate::bank::routes)
        .configure(crate::clients::http::routes)
        .configure(crate::credits::routes)
        .configure(crate::documents::http::routes)
        .configure(crate::identity::routes)
        .configure(crate::imports::http::routes)
        .configure(crate::invoices::http::routes)
        .configure(crate::invoices::portal::routes)
        .configure(crate::late_fees::http::routes)
        .configure(crate::mail::http::routes)
        .configure(crate::organizations::http::routes)
        .configure(crate::payments::routes)
        .configure(crate::projects::routes)
        .configure(crate::quotes::routes)
        .configure(crate::recurring::http::routes)
        .configure(crate::reminders::http::routes)
        .configure(crate::saved_methods::routes);
}
