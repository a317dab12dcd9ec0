//! How often one may ask: by address at the doors, by session or token elsewhere.

use std::num::NonZeroU32;
use std::time::Duration;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, ResponseError, web};
use domain::permission::Audience;
use domain::problem::Code;
use domain::text::EmailAddress;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use super::callers::{bearer, client_address, cookies};
use crate::App;
use crate::problem::{Failure, Result};
use crate::secret_token;

type Keyed = RateLimiter<String, DashMapStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// Keys kept before those that are as good as new are forgotten.
const KEPT: usize = 10_000;
/// Mails that anybody may have sent to one address in [`MAIL_PERIOD`].
const MAILS: u32 = 5;
const MAIL_PERIOD: Duration = Duration::from_mins(15);

/// The limits of this process.
pub struct Limits {
    api: Keyed,
    doors: Keyed,
    mails: Keyed,
}

/// What is left of a limit.
struct Left {
    limit: u32,
    remaining: u32,
    reset: u64,
}

fn keyed(quota: Quota) -> Keyed {
    RateLimiter::dashmap(quota).with_middleware()
}

/// So many seconds, begun ones included.
fn seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

impl Limits {
    /// So many requests a minute by session or token, and so many attempts by address.
    pub fn new(api: NonZeroU32, doors: NonZeroU32) -> Self {
        // Whoever raises the limit at the doors, for tests, gets more mails, too.
        let mails = NonZeroU32::new((doors.get() / 6).max(MAILS)).unwrap_or(NonZeroU32::MIN);
        let mail_quota = Quota::with_period(MAIL_PERIOD / mails.get())
            .expect("a quarter of an hour divided by a u32 is more than nothing")
            .allow_burst(mails);
        Self {
            api: keyed(Quota::per_minute(api)),
            doors: keyed(Quota::per_minute(doors)),
            mails: keyed(mail_quota),
        }
    }

    fn take(limiter: &Keyed, key: &String) -> Result<Left, Left> {
        if limiter.len() > KEPT {
            limiter.retain_recent();
        }
        match limiter.check_key(key) {
            Ok(state) => {
                let quota = state.quota();
                let (limit, remaining) = (quota.burst_size().get(), state.remaining_burst_capacity());
                let reset = seconds(quota.replenish_interval() * limit.saturating_sub(remaining));
                Ok(Left { limit, remaining, reset })
            }
            Err(refusal) => {
                let limit = refusal.quota().burst_size().get();
                let reset = seconds(refusal.wait_time_from(DefaultClock::default().now())).max(1);
                Err(Left { limit, remaining: 0, reset })
            }
        }
    }

    /// Counts a mail that somebody at the door asks for, whether or not it will be sent.
    pub fn count_mail(&self, to: &EmailAddress) -> Result<()> {
        Self::take(&self.mails, &to.to_string())
            .map(drop)
            .map_err(|left| Failure::from(Code::RateLimited).retry_after(left.reset))
    }
}

/// Attempts to get in count strictly; what a page does by itself doesn't.
fn at_the_door(request: &ServiceRequest) -> bool {
    let path = request.path();
    request.method() == Method::POST
        && path.starts_with("/api/v1/auth/")
        && !path.ends_with("/refresh")
        && !path.ends_with("/switch")
}

/// Who asks: a session or token where one is shown, else the address.
fn key(app: &App, request: &HttpRequest) -> String {
    let now = app.clock.now();
    let shown = |token: &str| hex::encode(&secret_token::hash(token)[..16]);
    if let Some(token) = bearer(request) {
        return format!("token {}", shown(token));
    }
    if let Some(token) = request.headers().get("Portico-Guest").and_then(|value| value.to_str().ok()) {
        return format!("guest {}", shown(token));
    }
    for (cookie, audience) in [(cookies::PORTAL, Audience::Portal), (cookies::CONSOLE, Audience::Console)] {
        if let Some(cookie) = request.cookie(cookie)
            && let Some(session) = app.tokens.verify(cookie.value(), audience, now)
        {
            return session.to_string();
        }
    }
    format!("address {}", client_address(request, app.settings.trust_proxy))
}

fn tell(headers: &mut HeaderMap, left: &Left) {
    let numbers = [
        ("ratelimit-limit", left.limit.into()),
        ("ratelimit-remaining", left.remaining.into()),
        ("ratelimit-reset", left.reset),
    ];
    for (name, number) in numbers {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(number));
    }
}

/// Refuses who asks too often, and tells everybody how much is left.
pub async fn limit<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let app = request.app_data::<web::Data<App>>().expect("every server is built with its App").clone();
    let taken = if at_the_door(&request) {
        Limits::take(&app.limits.doors, &client_address(request.request(), app.settings.trust_proxy))
    } else {
        Limits::take(&app.limits.api, &key(&app, request.request()))
    };
    match taken {
        Ok(left) => {
            let mut response = next.call(request).await?.map_into_left_body();
            tell(response.headers_mut(), &left);
            Ok(response)
        }
        Err(left) => {
            let refusal = Failure::from(Code::RateLimited).retry_after(left.reset).error_response();
            let mut response = request.into_response(refusal).map_into_right_body();
            tell(response.headers_mut(), &left);
            Ok(response)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Asker, TestApp, settings};
    use serde_json::json;

    #[actix_web::test]
    async fn the_doors_close_before_the_api_does() {
        let mut settings = settings();
        (settings.rate_limit, settings.auth_rate_limit) = (4.try_into().unwrap(), 2.try_into().unwrap());
        let test = TestApp::with(settings).await;
        let stranger = Asker::stranger();
        let body = json!({ "email": "nobody@example.com", "password": "wrong" });
        for remaining in ["1", "0"] {
            let answer = test.post(&stranger, "/auth/console/sessions", &body).await;
            assert_eq!(answer.header("ratelimit-limit").as_deref(), Some("2"));
            assert_eq!(answer.header("ratelimit-remaining").as_deref(), Some(remaining));
            assert_eq!(answer.problem(401), "invalid_credentials");
        }
        let refused = test.post(&stranger, "/auth/console/sessions", &body).await;
        let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=30).contains(&wait), "{wait}");
        assert_eq!(
            refused.header("x-frame-options").as_deref(),
            Some("DENY"),
            "refusals are guarded like other answers"
        );
        assert_eq!(refused.problem(429), "rate_limited");

        // Each session has the whole of its own limit; what a stranger used up is the address's.
        let (owner, advisor) = (test.staff("owner").await, test.staff("advisor").await);
        for remaining in ["3", "2", "1", "0"] {
            let answer = test.get(&owner, "/me").await;
            assert_eq!(answer.header("ratelimit-remaining").as_deref(), Some(remaining));
        }
        assert_eq!(test.get(&owner, "/me").await.problem(429), "rate_limited");
        test.get(&advisor, "/me").await.expect(200);
        let other = Asker::stranger().header("authorization", "Bearer ptk_unknown");
        assert_eq!(test.get(&other, "/me").await.problem(401), "unauthenticated");
    }
}
