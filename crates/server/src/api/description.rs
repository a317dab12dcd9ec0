//! What the handlers' macros can't say about the API: path parameters, credentials.

use utoipa::PartialSchema;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{OpenApi, Ref, RefOr, Required, Schema};

/// Who an operation is for, as its path tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Anybody: doors and webhooks.
    Anyone,
    /// Contacts and holders of guest links.
    Portal,
    /// Members and programs.
    Staff,
}

impl Audience {
    /// The audience of a path such as `/api/v1/portal/invoices`.
    pub fn of(path: &str) -> Self {
        let path = path.strip_prefix("/api/v1").unwrap_or(path);
        if path.starts_with("/auth/") || path.starts_with("/webhooks/") {
            Self::Anyone
        } else if path.starts_with("/portal/") {
            Self::Portal
        } else {
            Self::Staff
        }
    }
}

type SchemaOf = fn() -> RefOr<Schema>;

/// What a path's `{…}` names, by the segment before it.
fn id_schema(segment: &str) -> Option<(&'static str, SchemaOf)> {
    macro_rules! id {
        ($type:ty) => {{
            let name = stringify!($type).rsplit("::").next().unwrap_or_default().trim();
            (name, <$type as PartialSchema>::schema as SchemaOf)
        }};
    }
    Some(match segment {
        "api-tokens" => id!(domain::identity::ApiTokenId),
        "attempts" => id!(domain::payments::AttemptId),
        "bank-transactions" => id!(domain::bank::BankTransactionId),
        "clients" => id!(domain::clients::ClientId),
        "contacts" => id!(domain::clients::ContactId),
        "imports" => id!(domain::imports::ImportId),
        "inbound-events" => id!(domain::payments::InboundEventId),
        "invoices" => id!(domain::invoices::InvoiceId),
        "jobs" => id!(domain::jobs::JobId),
        "mails" => id!(domain::mail::MailId),
        "members" => id!(domain::identity::MemberId),
        "payment-connections" => id!(domain::payments::ConnectionId),
        "payments" => id!(domain::payments::PaymentId),
        "projects" => id!(domain::projects::ProjectId),
        "questions" => id!(domain::quotes::QuestionId),
        "quotes" => id!(domain::quotes::QuoteId),
        "recurring-invoices" => id!(domain::recurring::RecurringInvoiceId),
        "roles" => id!(domain::identity::RoleId),
        "sessions" => id!(domain::identity::SessionId),
        "tax-rates" => id!(domain::invoices::TaxRateId),
        _ => return None,
    })
}

/// Completes a description that was collected from the handlers.
pub fn complete(mut api: OpenApi) -> OpenApi {
    let components = api.components.get_or_insert_default();
    let cookie = |name: &str, says: &str| {
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(name, says)))
    };
    for (name, scheme) in [
        (
            "console",
            cookie(crate::http::cookies::CONSOLE, "A member's session: a JWT that lives five minutes"),
        ),
        (
            "portal",
            cookie(crate::http::cookies::PORTAL, "A contact's session: a JWT that lives five minutes"),
        ),
        (
            "guest",
            SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
                "Portico-Guest",
                "The token of a link to one document",
            ))),
        ),
        (
            "token",
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Bearer)
                    .description(Some("An API token, `ptk_…`"))
                    .build(),
            ),
        ),
    ] {
        components.add_security_scheme(name, scheme);
    }
    for (path, item) in &mut api.paths.paths {
        let parameters = path_parameters(path);
        for operation in operations(item) {
            let schemes: &[&str] = match Audience::of(path) {
                Audience::Anyone => &[],
                Audience::Portal => &["portal", "guest"],
                Audience::Staff => &["console", "token"],
            };
            operation.security = Some(
                schemes
                    .iter()
                    .map(|scheme| SecurityRequirement::new(*scheme, Vec::<String>::new()))
                    .collect(),
            );
            let declared = operation.parameters.get_or_insert_default();
            declared.retain(|parameter| {
                !matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Path)
            });
            declared.splice(..0, parameters.iter().cloned().map(RefOr::T));
        }
    }
    let named: Vec<_> = api.paths.paths.keys().flat_map(|path| named(path)).collect();
    let components = api.components.get_or_insert_default();
    for (_, schema) in named {
        if let Some((name, schema)) = schema {
            components.schemas.entry(name.to_owned()).or_insert_with(schema);
        }
    }
    api
}

/// The operations of a path.
pub fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().filter_map(Option::as_mut)
}

type Named = (String, Option<(&'static str, SchemaOf)>);

/// The parameters in a path and what they name.
fn named(path: &str) -> Vec<Named> {
    let parts: Vec<&str> = path.split('/').collect();
    let before = |at: usize| match (parts.get(at.wrapping_sub(2)), parts[at - 1]) {
        (Some(&"webhooks"), "payments") => "payment-connections",
        (_, segment) => segment,
    };
    (1..parts.len())
        .filter_map(|at| {
            let name = parts[at].strip_prefix('{')?.strip_suffix('}')?;
            Some((name.to_owned(), id_schema(before(at))))
        })
        .collect()
}

fn path_parameters(path: &str) -> Vec<Parameter> {
    named(path)
        .into_iter()
        .map(|(name, schema)| {
            let schema = match schema {
                Some((id, _)) => RefOr::Ref(Ref::from_schema_name(id)),
                None => RefOr::T(Schema::Object(ObjectBuilder::new().schema_type(Type::String).build())),
            };
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(schema))
                .build()
        })
        .collect()
}
