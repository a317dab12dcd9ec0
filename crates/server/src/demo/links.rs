use chrono::TimeDelta;
use serde::Serialize;
use store::Reason;
use store::demo as stored;

use super::clients::{SWITCHER, number};
use super::{PASSWORD, businesses};
use crate::App;
use crate::identity::actions::portal_link;
use crate::problem::Result;

/// How long a link of the demo can be used.
const LIFETIME: TimeDelta = TimeDelta::days(7);

/// Ways into the demo.
#[derive(Debug, Serialize)]
pub struct Links {
    /// Where it is.
    pub url: String,
    /// Where members sign in.
    pub console: String,
    /// The password of every member.
    pub password: &'static str,
    /// Who is a contact of clients of two organizations.
    pub switcher: &'static str,
    /// Each organization's.
    pub organizations: Vec<OrganizationLinks>,
}

/// Ways into an organization of the demo.
#[derive(Debug, Serialize)]
pub struct OrganizationLinks {
    /// Its name.
    pub name: String,
    /// Its name in addresses.
    pub slug: String,
    /// A client's contact.
    pub contact: ContactLink,
    /// All members, the owner first.
    pub members: Vec<MemberLink>,
}

/// A client's contact and their link.
#[derive(Debug, Serialize)]
pub struct ContactLink {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their client.
    pub client: String,
    /// Signs them in, once.
    pub link: String,
}

/// A member who signs in by password.
#[derive(Debug, Serialize)]
pub struct MemberLink {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Key of their role.
    pub role: String,
}

/// Makes fresh links.
pub async fn links(app: &App) -> Result<Links> {
    let now = app.clock.now();
    let mut organizations = Vec::new();
    for business in businesses::ALL {
        let mut system = app.store.begin_system(Reason::SetUp, now).await?;
        let slug = business.slug.parse().map_err(crate::problem::Failure::internal)?;
        let organization = store::organizations::by_slug(&mut system, &slug).await?;
        drop(system);
        let mut tx = app.store.begin_worker(organization, Reason::SetUp, now).await?;
        let face = stored::face(&mut tx, &number(0)).await?.ok_or(store::Error::NotFound)?;
        let members = stored::colleagues(&mut tx).await?;
        let link = portal_link(&mut tx, app, face.id, LIFETIME).await?;
        tx.commit().await?;
        organizations.push(OrganizationLinks {
            name: business.name.to_owned(),
            slug: business.slug.to_owned(),
            contact: ContactLink {
                name: face.name.into(),
                email: face.email.into(),
                client: face.client.into(),
                link,
            },
            members: members
                .into_iter()
                .map(|member| MemberLink {
                    name: member.name.into(),
                    email: member.email.into(),
                    role: member.role,
                })
                .collect(),
        });
    }
    Ok(Links {
        url: app.url("/"),
        console: app.url("/console/"),
        password: PASSWORD,
        switcher: SWITCHER.1,
        organizations,
    })
}
