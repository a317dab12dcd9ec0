//! How to connect to the cluster.

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{Connection, PgConnection};

use super::folder::{Folder, PORT};
use super::passwords::Passwords;
use super::roles::{APP, OWNER, SUPERUSER};

/// Where the server listens and what lets one in.
#[derive(Debug, Clone)]
pub(super) struct Access {
    folder: Folder,
    passwords: Passwords,
}

impl Access {
    pub fn new(folder: Folder, passwords: Passwords) -> Self {
        Self { folder, passwords }
    }

    pub fn superuser(&self, database: &str) -> PgConnectOptions {
        self.options(SUPERUSER, &self.passwords.superuser, database)
    }

    pub fn owner(&self, database: &str) -> PgConnectOptions {
        self.options(OWNER, &self.passwords.owner, database)
    }

    pub fn app(&self, database: &str) -> PgConnectOptions {
        self.options(APP, &self.passwords.app, database)
    }

    /// Creates the roles that are missing.
    pub async fn ensure_roles(&self) -> sqlx::Result<()> {
        let mut superuser = PgConnection::connect_with(&self.superuser("postgres")).await?;
        super::roles::ensure_roles(&mut superuser, &self.passwords.owner, &self.passwords.app).await?;
        superuser.close().await
    }

    fn options(&self, role: &str, password: &SecretString, database: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.folder.socket)
            .port(PORT)
            .ssl_mode(PgSslMode::Disable)
            .username(role)
            .password(password.expose_secret())
            .database(database)
    }
}
