//! The first page of each application: what needs doing.

pub mod console;
pub mod portal;

use domain::events::PortalHome;

use crate::api::{self, Answer};

async fn needs() -> Answer<PortalHome> {
    api::get("/portal/home").await
}
