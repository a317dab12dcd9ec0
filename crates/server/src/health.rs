//! Is it alive, can it work, and how much it does: for whoever runs it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{LazyLock, Mutex};
use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, get, web};

use crate::App;

/// Upper bounds of the histogram, in seconds.
const BUCKETS: [f64; 9] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

#[derive(Default)]
struct Series {
    count: u64,
    seconds: f64,
    buckets: [u64; BUCKETS.len()],
}

/// Series by route, method and status.
type Requests = BTreeMap<(String, String, u16), Series>;

static REQUESTS: LazyLock<Mutex<Requests>> = LazyLock::new(Mutex::default);

/// Counts requests by route, method and status.
pub async fn count(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let route = request.match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let method = request.method().to_string();
    let start = Instant::now();
    let outcome = next.call(request).await;
    let status = match &outcome {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    let seconds = start.elapsed().as_secs_f64();
    if let Ok(mut requests) = REQUESTS.lock() {
        let series = requests.entry((route, method, status.as_u16())).or_default();
        series.count += 1;
        series.seconds += seconds;
        for (bucket, bound) in series.buckets.iter_mut().zip(BUCKETS) {
            *bucket += u64::from(seconds <= bound);
        }
    }
    outcome
}

/// Alive: the process answers.
#[get("/healthz")]
pub async fn healthz() -> &'static str {
    "ok"
}

/// Ready: the database answers, too.
#[get("/readyz")]
pub async fn readyz(app: web::Data<App>) -> HttpResponse {
    match app.store.ping().await {
        Ok(()) => HttpResponse::Ok().body("ok"),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            HttpResponse::ServiceUnavailable().body("the database does not answer")
        }
    }
}

/// Numbers in Prometheus' text format.
#[get("/metrics")]
pub async fn metrics(app: web::Data<App>) -> HttpResponse {
    let mut text = String::new();
    let (used, open) = app.store.connections();
    let _ = writeln!(text, "# TYPE portico_database_connections gauge");
    let _ = writeln!(text, "portico_database_connections{{state=\"used\"}} {used}");
    let _ = writeln!(text, "portico_database_connections{{state=\"open\"}} {open}");
    let _ = writeln!(text, "# TYPE portico_http_request_duration_seconds histogram");
    if let Ok(requests) = REQUESTS.lock() {
        for ((route, method, status), series) in requests.iter() {
            let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
            let name = "portico_http_request_duration_seconds";
            for (count, bound) in series.buckets.iter().zip(BUCKETS) {
                let _ = writeln!(text, "{name}_bucket{{{labels},le=\"{bound}\"}} {count}");
            }
            let _ = writeln!(text, "{name}_bucket{{{labels},le=\"+Inf\"}} {}", series.count);
            let _ = writeln!(text, "{name}_sum{{{labels}}} {}", series.seconds);
            let _ = writeln!(text, "{name}_count{{{labels}}} {}", series.count);
        }
    }
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text)
}
