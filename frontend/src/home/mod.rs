//! The first page of each application: what needs doing.

pub mod console;
pub mod portal;

use domain::events::PortalHome;
use domain::invoices::InvoiceFigures;

use crate::api::{self, Answer};

async fn needs() -> Answer<PortalHome> {
    api::get("/portal/home").await
}

async fn figures() -> Answer<InvoiceFigures> {
    api::get("/invoices/figures").await
}
