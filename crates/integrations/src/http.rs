//! The one way HTTP requests are made.

use std::time::Duration;

/// What requests are made with; shared by all that make them.
pub type Client = reqwest::Client;

/// How long a connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long one request may take, its answer's body included.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A client for vendors' APIs: limited in time, following no redirect, and saying who it is.
///
/// Redirects are refused because the address was configured or is a constant: a vendor that sends us
/// elsewhere would receive our credentials there.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place a client is built; the lint points everyone else here"
)]
pub fn client() -> Result<Client, reqwest::Error> {
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("Portico/", env!("CARGO_PKG_VERSION")))
        .build()
}
