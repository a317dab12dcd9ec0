use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::clients::{ClientId, ContactId};
use domain::identity::{AccountId, MemberId, SessionId};
use domain::ids::Id;
use domain::organizations::OrganizationId;
use domain::permission::{Audience, Permission};
use domain::text::TimeZone;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgListener, PgPool, PgPoolOptions};
use sqlx::{Postgres, Row, Transaction};

use crate::{Error, Result};

/// How exactly the last use of a token is known.
const USE_NOTED_EVERY: chrono::TimeDelta = chrono::TimeDelta::minutes(1);

/// What somebody showed at the door. Its genuineness (a signature, a hash) is checked before; whether it
/// is still good, and what it opens, the database says in the statement that begins the transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A session of the console or the portal, named by a signed access token.
    Session(SessionId, Audience),
    /// SHA-256 of an API token.
    ApiToken([u8; 32]),
    /// SHA-256 of a guest link's token.
    GuestLink([u8; 32]),
}

/// Who asks, and when. The transaction's clock stands still at that instant.
#[derive(Debug, Clone)]
pub struct Caller {
    /// What they showed.
    pub credential: Credential,
    /// The instant of the request.
    pub at: DateTime<Utc>,
}

/// Who acts, as events tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A member of the staff, or a program with their token.
    Member(MemberId),
    /// A contact of a client.
    Contact(ContactId),
    /// Whoever holds a link to this document: an invoice or a quote.
    Guest(uuid::Uuid),
    /// Portico itself.
    System,
}

/// Whom the database let in, and what they may do.
#[derive(Debug, Clone)]
pub struct Principal {
    /// The organization whose rows are seen.
    pub organization_id: OrganizationId,
    /// The client whose rows are seen, on the portal's side.
    pub client_id: Option<ClientId>,
    /// Who acts.
    pub actor: Actor,
    /// Their name; empty behind a guest link.
    pub name: String,
    /// The organization's zone.
    pub time_zone: TimeZone,
    /// The member who looks at the portal as this contact.
    pub viewed_by: Option<MemberId>,
    /// The account of a member's session; absent for tokens.
    pub account_id: Option<AccountId>,
    /// What they may do.
    pub permissions: Vec<Permission>,
}

impl Principal {
    /// Whether they may do this, now.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission) && !(self.viewed_by.is_some() && permission.changes())
    }
}

/// Why work is done without a caller. Every variant is an exception that a search for `Reason::` finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Finding out who stands at the door.
    SignIn,
    /// The first organization, and what `portico demo` makes.
    SetUp,
    /// One's own account and sessions, which span organizations.
    OwnAccount,
    /// Keys that sign access tokens.
    SigningKeys,
    /// Claiming and running jobs.
    Jobs,
    /// Keeping what was printed of a document.
    Documents,
    /// An event of a payment provider.
    Webhook,
    /// What the sandbox would keep on its own side, were it a provider of its own.
    Sandbox,
    /// Looking after attempts to pay that nobody told us about.
    Sweep,
    /// A command of the operator: import, verify.
    Operator,
    /// Something an organization shows to everybody: its name, colour and logo.
    PublicDoor,
    /// Seeing a refund through at its provider.
    Refund,
    /// What a client's own action causes on the organization's side, after the portal's policies let the
    /// client see the thing it acts on.
    ClientAction,
}

/// The pool, behind its three doors.
#[derive(Clone)]
pub struct Store {
    pool: PgPool,
}

/// A transaction with an organization, perhaps a client, and permissions. Dropped without [`Tx::commit`],
/// it is rolled back.
pub struct Tx {
    inner: Transaction<'static, Postgres>,
    principal: Option<Principal>,
    introduced: Option<(Actor, String)>,
    organization_id: Option<OrganizationId>,
    now: DateTime<Utc>,
}

impl Store {
    /// Connects as the application's role and refuses one that could bypass row policies.
    pub async fn connect(options: PgConnectOptions, connections: u32) -> Result<Self> {
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(5))
            .test_before_acquire(false)
            .connect_with(options)
            .await?;
        let role = sqlx::query!(
            r#"select rolname::text as "name!", (rolsuper or rolbypassrls) as "bypasses!",
                 (pg_has_role(current_user, 'portico_staff', 'member') and pg_has_role(current_user, 'portico_portal', 'member')
                  and pg_has_role(current_user, 'portico_system', 'member')) as "member!"
               from pg_roles where rolname = current_user"#
        )
        .fetch_one(&pool)
        .await?;
        if role.bypasses {
            return Err(Error::UnsafeRole(role.name));
        }
        if !role.member {
            return Err(Error::MissingRoles(role.name));
        }
        Ok(Self { pool })
    }

    /// Opens a transaction for a caller who must hold the permission.
    ///
    /// [`Error::Unauthenticated`] when the credential is no good (any more), [`Error::Forbidden`] and
    /// [`Error::ReadOnlyView`] when it is but doesn't suffice.
    pub async fn begin(&self, caller: &Caller, permission: Permission) -> Result<Tx> {
        let mut inner = self.begin_bare().await?;
        // One round trip: resolve the credential and put what it opens into the transaction.
        macro_rules! enter {
            ($function:literal) => {
                sqlx::query(concat!(
                    "select p.*, set_config('role', p.db_role, true),
                       set_config('portico.organization', p.organization_id::text, true),
                       set_config('portico.client', coalesce(p.client_id::text, ''), true),
                       set_config('portico.document', coalesce(p.document_id::text, ''), true)
                     from ",
                    $function,
                    " p"
                ))
            };
        }
        let query = match &caller.credential {
            Credential::Session(id, audience) => enter!("resolve_session($1, $2, $3)")
                .bind(id.uuid())
                .bind(match audience {
                    Audience::Console => "console",
                    Audience::Portal => "portal",
                })
                .bind(caller.at),
            Credential::ApiToken(hash) => enter!("resolve_api_token($1, $2)").bind(&hash[..]).bind(caller.at),
            Credential::GuestLink(hash) => {
                enter!("resolve_guest_link($1, $2)").bind(&hash[..]).bind(caller.at)
            }
        };
        let row = query.fetch_optional(&mut *inner).await?.ok_or(Error::Unauthenticated)?;
        let id = |column: &str| row.try_get::<Option<uuid::Uuid>, _>(column);
        let actor = match (id("member_id")?, id("contact_id")?, id("document_id")?) {
            (Some(member), _, _) => Actor::Member(member.into()),
            (None, Some(contact), _) => Actor::Contact(contact.into()),
            (None, None, Some(document)) => Actor::Guest(document),
            (None, None, None) => return Err(Error::Unauthenticated),
        };
        let principal = Principal {
            organization_id: row.try_get::<uuid::Uuid, _>("organization_id")?.into(),
            client_id: id("client_id")?.map(Into::into),
            actor,
            name: row.try_get("actor_name")?,
            time_zone: row.try_get("time_zone")?,
            viewed_by: id("viewed_by")?.map(Into::into),
            account_id: id("account_id")?.map(Into::into),
            permissions: row
                .try_get::<Vec<String>, _>("permissions")?
                .iter()
                // A permission that an older version knew opens nothing.
                .filter_map(|name| Permission::from_str(name).ok())
                .collect(),
        };
        if !principal.permissions.contains(&permission) {
            return Err(Error::Forbidden(permission));
        }
        if !principal.may(permission) {
            return Err(Error::ReadOnlyView);
        }
        let organization_id = Some(principal.organization_id);
        if let Credential::ApiToken(hash) = caller.credential {
            let last: Option<DateTime<Utc>> = row.try_get("last_used_at")?;
            if last.is_none_or(|last| caller.at - last >= USE_NOTED_EVERY) {
                self.note_use(hash, caller.at);
            }
        }
        Ok(Tx { inner, principal: Some(principal), introduced: None, organization_id, now: caller.at })
    }

    /// Opens a transaction on one organization's behalf, without a caller.
    pub async fn begin_worker(
        &self,
        organization: OrganizationId,
        reason: Reason,
        now: DateTime<Utc>,
    ) -> Result<Tx> {
        tracing::trace!(?reason, %organization, "begin for an organization");
        let mut inner = self.begin_bare().await?;
        sqlx::query(
            "select set_config('role', 'portico_staff', true), set_config('portico.organization', $1, true),
               set_config('portico.client', '', true), set_config('portico.document', '', true)",
        )
        .bind(organization.uuid().to_string())
        .execute(&mut *inner)
        .await?;
        Ok(Tx { inner, principal: None, introduced: None, organization_id: Some(organization), now })
    }

    /// Opens a transaction that sees all organizations.
    pub async fn begin_system(&self, reason: Reason, now: DateTime<Utc>) -> Result<Tx> {
        tracing::trace!(?reason, "begin for the system");
        let mut inner = self.begin_bare().await?;
        sqlx::query("select set_config('role', 'portico_system', true)").execute(&mut *inner).await?;
        Ok(Tx { inner, principal: None, introduced: None, organization_id: None, now })
    }

    /// Notes that a token was used. Beside the request's transaction, which may only read and roll back.
    fn note_use(&self, hash: [u8; 32], at: DateTime<Utc>) {
        let store = self.clone();
        tokio::spawn(async move {
            let noted = async {
                let mut tx = store.begin_system(Reason::SignIn, at).await?;
                crate::identity::api_tokens::note_use(&mut tx, &hash, USE_NOTED_EVERY).await?;
                tx.commit().await
            };
            if let Err(error) = noted.await {
                tracing::warn!(%error, "the last use of a token could not be noted");
            }
        });
    }

    #[expect(clippy::disallowed_methods, reason = "the place the three doors share")]
    async fn begin_bare(&self) -> Result<Transaction<'static, Postgres>> {
        Ok(self.pool.begin().await?)
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        sqlx::query("select 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Wakes when jobs are enqueued, in this process or another.
    pub async fn listen_for_jobs(&self) -> Result<PgListener> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.listen("portico_jobs").await?;
        Ok(listener)
    }

    /// Connections in use and open, for metrics.
    pub fn connections(&self) -> (usize, u32) {
        let open = self.pool.size();
        ((open as usize).saturating_sub(self.pool.num_idle()), open)
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl Tx {
    /// The instant at which everything in this transaction happens.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Whom the database let in; nobody in workers' transactions.
    pub fn principal(&self) -> Option<&Principal> {
        self.principal.as_ref()
    }

    /// The caller, in transactions that were opened for one.
    pub fn caller(&self) -> &Principal {
        self.principal.as_ref().expect("only workers' transactions have no caller, and they don't ask")
    }

    /// The organization, except in transactions that see all.
    pub fn organization_id(&self) -> OrganizationId {
        self.organization_id.expect("only the system's transactions have no organization, and they don't ask")
    }

    /// Who acts, as events tell it.
    pub fn actor(&self) -> Actor {
        let introduced = self.introduced.as_ref().map(|(actor, _)| *actor);
        introduced.or(self.principal.as_ref().map(|principal| principal.actor)).unwrap_or(Actor::System)
    }

    /// The actor's name; empty for guests and the system.
    pub fn actor_name(&self) -> &str {
        let introduced = self.introduced.as_ref().map(|(_, name)| name.as_str());
        introduced.or(self.principal.as_ref().map(|principal| principal.name.as_str())).unwrap_or_default()
    }

    /// Says who acts from here on: somebody who has just been let in, or Portico itself where what a caller did
    /// has consequences of their own. It opens nothing.
    pub fn introduce(&mut self, actor: Actor, name: impl Into<String>) {
        self.introduced = Some((actor, name.into()));
    }

    /// Goes on at another instant: for a made-up history, all of which is told in one transaction.
    pub fn go_on_at(&mut self, now: DateTime<Utc>) {
        self.now = now;
    }

    /// Goes on with the organization's eyes: for what a client's action causes on the other side, after
    /// the portal's policies have let the client see the thing it acts on. The actor stays who it was.
    pub async fn act_for_organization(&mut self, reason: Reason) -> Result<()> {
        tracing::trace!(?reason, "go on for the organization");
        sqlx::query(
            "select set_config('role', 'portico_staff', true), set_config('portico.client', '', true),
               set_config('portico.document', '', true)",
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Goes on with the system's eyes: for one's account, sessions and links, which belong to no organization.
    /// New rows still go to the organization of this transaction; what is read and changed must be named by its id.
    pub async fn act_for_system(&mut self, reason: Reason) -> Result<()> {
        tracing::trace!(?reason, "go on for the system");
        sqlx::query("select set_config('role', 'portico_system', true)").execute(self.connection()).await?;
        Ok(())
    }

    /// Goes on within one organization, in a transaction that saw all: after sign-in found out which.
    pub async fn enter(&mut self, organization: OrganizationId) -> Result<()> {
        sqlx::query(
            "select set_config('role', 'portico_staff', true), set_config('portico.organization', $1, true)",
        )
        .bind(organization.uuid().to_string())
        .execute(self.connection())
        .await?;
        self.organization_id = Some(organization);
        Ok(())
    }

    /// Makes it so.
    pub async fn commit(self) -> Result<()> {
        Ok(self.inner.commit().await?)
    }

    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        &mut self.inner
    }
}
