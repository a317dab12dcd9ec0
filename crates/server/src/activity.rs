//! What happened in the whole organization.

use actix_web::get;
use actix_web::web::{Data, Json};
use domain::events::{Activity, ActivityFilter};
use domain::page::{DEFAULT_LIMIT, Page};
use domain::permission::Permission;
use domain::problem::Problem;
use store::events::{self, Feed};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::App;
use crate::http::{Filter, Staff};
use crate::problem::Result;

/// The organization's feed.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_activity);
}

/// See what happened in the organization, newest first.
///
/// Members see what is about things they may see: no money without permission to see invoices or payments, no
/// changes of the team without permission to manage it.
#[utoipa::path(tag = "organization", params(ActivityFilter), responses((status = 200, body = Page<Activity>), (status = "4XX", body = Problem)))]
#[get("/activity")]
async fn list_activity(
    staff: Staff,
    filter: Filter<ActivityFilter>,
    app: Data<App>,
) -> Result<Json<Page<Activity>>> {
    let mut tx = app.store.begin(&staff, Permission::Console).await?;
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    Ok(Json(events::list(&mut tx, Feed::Organization, limit, filter.cursor.as_deref()).await?))
}

#[cfg(test)]
mod tests {
    use domain::events::Topic;
    use serde_json::{Value, json};

    use crate::testing::{Asker, GLOBEX, TestApp};

    async fn kinds(test: &TestApp, asker: &Asker) -> Vec<String> {
        let feed = test.get(asker, "/activity").await.expect(200);
        let kind = |item: &Value| item["kind"].as_str().unwrap().to_owned();
        feed["items"].as_array().unwrap().iter().map(kind).collect()
    }

    /// A changed client, a draft and an invited member, in this order.
    async fn busy() -> (TestApp, Asker) {
        let test = TestApp::new().await;
        let owner = test.staff("owner").await;
        let client = test.acme().clients["one"];
        let edit = owner.clone().header("If-Match", "1");
        test.patch(&edit, &format!("/clients/{client}"), &json!({ "phone": "5" })).await.expect(200);
        test.post(&owner, "/invoices", &json!({ "client_id": client })).await.expect(201);
        let roles = test.get(&owner, "/roles").await.expect(200);
        let new =
            json!({ "name": "Nia New", "email": "nia@acme.example", "role_id": roles["items"][0]["id"] });
        test.post(&owner, "/members", &new).await.expect(201);
        (test, owner)
    }

    #[actix_web::test]
    async fn the_feed_tells_who_did_what_to_whom() {
        let (test, owner) = busy().await;
        let feed = test.get(&owner, "/activity").await.expect(200);
        let items = feed["items"].as_array().unwrap();
        let told: Vec<_> =
            items.iter().map(|item| (item["kind"].as_str(), item["client_name"].as_str())).collect();
        assert_eq!(
            told,
            [
                (Some("member.invited"), None),
                (Some("invoice.created"), Some("Client one of acme")),
                (Some("client.changed"), Some("Client one of acme")),
            ]
        );
        assert_eq!(items[0]["actor"], json!({ "kind": "member", "name": "owner of acme" }));
    }

    /// An event of no topic would be in nobody's feed.
    #[test]
    fn every_event_has_a_topic() {
        let api = serde_json::to_value(crate::serve::description()).unwrap();
        let variants = api["components"]["schemas"]["Event"]["oneOf"].as_array().unwrap();
        assert!(variants.len() > 60, "{}", variants.len());
        for variant in variants {
            let kind = variant["properties"]["kind"]["enum"][0].as_str().unwrap();
            let topic = kind.split('.').next().unwrap();
            assert!(Topic::ALL.iter().any(|known| known.as_str() == topic), "{kind}");
        }
    }

    #[actix_web::test]
    async fn it_is_read_in_parts_across_topics() {
        let (test, owner) = busy().await;
        let (mut all, mut path) = (Vec::new(), "/activity?limit=1".to_owned());
        loop {
            let page = test.get(&owner, &path).await.expect(200);
            all.push(page["items"][0]["kind"].as_str().unwrap().to_owned());
            assert_eq!(page["items"].as_array().unwrap().len(), 1);
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/activity?limit=1&cursor={next}");
        }
        assert_eq!(all, kinds(&test, &owner).await);
        assert_eq!(test.get(&owner, "/activity?cursor=x").await.problem(400), "malformed_parameter");
    }

    #[actix_web::test]
    async fn members_see_what_their_role_lets_them() {
        let (test, _) = busy().await;
        assert_eq!(kinds(&test, &test.staff("technician").await).await, ["client.changed"]);
        assert_eq!(kinds(&test, &test.staff("advisor").await).await, ["invoice.created", "client.changed"]);
        assert_eq!(kinds(&test, &test.staff_of(GLOBEX, "owner").await).await, Vec::<String>::new());
    }
}
