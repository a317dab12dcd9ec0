use chrono::{Days, NaiveDate};
use clap::ValueEnum;
use serde_json::Value;

use crate::http::Target;
use crate::links::{Browser, Links, staff};
use crate::load::Load;
use crate::{Error, Result};

/// Months of the demo's year from which invoices are asked for.
const MONTHS: u64 = 12;

/// What the program that asks may do.
const SCOPES: [&str; 4] = ["console", "clients.view", "invoices.view", "payments.view"];

/// Something that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Asked {
    /// A page of the staff's list.
    List,
    /// One invoice, each time another of those of all months.
    Invoice,
    /// The portal's home, with what the client has to pay.
    Home,
    /// What all clients owe: the figures of the staff's day.
    Figures,
    /// The newest that happened: the rest of the staff's day.
    Activity,
    /// One client with its balance, each time another.
    Client,
}

impl Asked {
    /// Whether the bare handler answers it, too.
    pub fn has_bare(self) -> bool {
        matches!(self, Self::List | Self::Invoice | Self::Home)
    }
    /// As the table calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "list of 50 invoices",
            Self::Invoice => "one invoice",
            Self::Home => "portal home",
            Self::Figures => "figures of the day",
            Self::Activity => "latest activity",
            Self::Client => "client with balance",
        }
    }
}

/// The callers of an installation, and what they know of it.
pub struct Callers {
    program: Target,
    browser: Browser,
    invoices: Vec<String>,
    clients: Vec<String>,
}

impl Callers {
    /// Signs in and looks around.
    pub async fn enter(server: &Target, links: &Links) -> Result<Self> {
        let program = staff(links, server, &SCOPES).await?;
        let browser = Browser::sign_in(links, server).await?;
        let invoices = invoices(&program).await?;
        let clients = program.get("/api/v1/clients?limit=100").await?;
        let clients = ids(&clients, |_| true).map(|id| format!("/api/v1/clients/{id}")).collect();
        Ok(Self { program, browser, invoices, clients })
    }

    /// Who asks for what.
    pub async fn load(&mut self, asked: Asked) -> Result<Load> {
        let one = |path: &str| vec![path.to_owned()];
        let paths = match asked {
            Asked::List => one("/api/v1/invoices"),
            Asked::Invoice => self.invoices.clone(),
            Asked::Home => one("/api/v1/portal/home"),
            Asked::Figures => one("/api/v1/invoices/figures"),
            Asked::Activity => one("/api/v1/activity?limit=20"),
            Asked::Client => self.clients.clone(),
        };
        let target = if asked == Asked::Home { self.browser.renew().await? } else { self.program.clone() };
        Ok(Load { target, paths: paths.into() })
    }

    /// The same callers of the same installation, served by another process.
    pub fn move_to(mut self, server: &Target) -> Self {
        self.program = self.program.at(server);
        self.browser = self.browser.move_to(server);
        self
    }

    /// What the bare handler has to be told of the callers.
    pub async fn introduce(&mut self) -> Result<Vec<String>> {
        let organization = self.program.get("/api/v1/me").await?;
        let contact = self.browser.renew().await?.get("/api/v1/portal/me").await?;
        let text = |value: &Value| value.as_str().map(ToOwned::to_owned).ok_or("an id is missing");
        Ok(vec![
            "--organization".to_owned(),
            text(&organization["organization"]["id"])?,
            "--client".to_owned(),
            text(&contact["client_id"])?,
            "--contact".to_owned(),
            text(&contact["contact_id"])?,
        ])
    }
}

/// The ids on a page whose items are wanted.
fn ids(page: &Value, wanted: impl Fn(&Value) -> bool) -> impl Iterator<Item = &str> {
    let items = page["items"].as_array().into_iter().flatten();
    items.filter(move |item| wanted(item)).filter_map(|item| item["id"].as_str())
}

/// Paths of issued invoices of all months.
async fn invoices(program: &Target) -> Result<Vec<String>> {
    let newest = program.get("/api/v1/invoices?view=paid&limit=1").await?;
    let newest = newest["items"][0]["issued_on"].as_str().ok_or("no invoice was paid")?;
    let newest: NaiveDate = newest.parse()?;
    let mut paths = Vec::new();
    for month in 0..MONTHS {
        let until = newest - Days::new(30 * month);
        let page = program.get(&format!("/api/v1/invoices?to={until}&limit=10")).await?;
        paths.extend(ids(&page, |item| item["status"] != "draft").map(|id| format!("/api/v1/invoices/{id}")));
    }
    Ok(paths)
}

/// Whether two servers give the same answer to everything that is asked: else their speed can't be compared.
pub async fn same(one: &Load, other: &Load) -> Result<()> {
    for path in &*one.paths {
        let (first, second) = (one.target.get(path).await?, other.target.get(path).await?);
        if first != second {
            return Err(Error::from(format!("{path} is answered differently:\n{first}\n{second}")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_of_what_is_wanted_are_found_on_a_page() {
        let page = json!({ "items": [{ "id": "a", "status": "draft" }, { "id": "b", "status": "paid" }] });
        let found: Vec<&str> = ids(&page, |item| item["status"] != "draft").collect();
        assert_eq!(found, ["b"]);
        assert_eq!(ids(&json!({}), |_| true).count(), 0);
    }
}
