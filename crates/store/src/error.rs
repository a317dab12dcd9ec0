use domain::permission::Permission;
use domain::problem::Code;

/// Why the database didn't do it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The session, token or link isn't good.
    #[error("not signed in")]
    Unauthenticated,
    /// The caller lacks the permission.
    #[error("the permission {} is missing", .0.as_str())]
    Forbidden(Permission),
    /// A member who views as a contact tried to change something.
    #[error("viewing as a contact changes nothing")]
    ReadOnlyView,
    /// No such row, or none that the caller may see.
    #[error("no such row for this caller")]
    NotFound,
    /// The row's version is another one.
    #[error("the row has another version")]
    VersionMismatch,
    /// A rule of the database says no: a name is taken, a state doesn't fit.
    #[error("{}", .0.title())]
    Refused(Code),
    /// A cursor that this list didn't give.
    #[error("the cursor is not one of this list")]
    BadCursor,
    /// The role bypasses row policies, so nothing would keep tenants apart.
    #[error("the database role {0} can bypass row policies; connect as an ordinary role")]
    UnsafeRole(String),
    /// The role may not become one of Portico's.
    #[error(
        "the database role {0} is no member of portico_staff, portico_portal and portico_system; run `portico migrate` with --migration-database-url"
    )]
    MissingRoles(String),
    /// A value in the database that the types don't know: a bug of ours.
    #[error("{table}.{column} holds a value that cannot be read: {value}")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// What stands there, or where it stands.
        value: String,
    },
    /// Migrating failed.
    #[error("the schema could not be brought up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// PostgreSQL said so.
    #[error("PostgreSQL: {0}")]
    Database(#[from] sqlx::Error),
}

/// What functions of this crate return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Whether trying again may help: contention, a timeout, a lost connection.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::PoolClosed) => true,
            Self::Database(sqlx::Error::Database(error)) => matches!(
                error.code().as_deref(),
                // Serialization failure, deadlock, lock not available, cancelled, shutting down, too many connections.
                Some("40001" | "40P01" | "55P03" | "57014" | "57P01" | "57P03" | "53300")
            ),
            _ => false,
        }
    }
}

/// Says what breaking a constraint means, where it can happen.
pub(crate) trait OnConstraint<T> {
    /// Turns a violation of the named constraint into a refusal.
    fn on_constraint(self, name: &str, code: Code) -> Result<T>;
}

impl<T> OnConstraint<T> for std::result::Result<T, sqlx::Error> {
    fn on_constraint(self, name: &str, code: Code) -> Result<T> {
        self.map_err(|error| match &error {
            sqlx::Error::Database(inner) if inner.constraint() == Some(name) => Error::Refused(code),
            _ => Error::Database(error),
        })
    }
}

impl<T> OnConstraint<T> for Result<T> {
    fn on_constraint(self, name: &str, code: Code) -> Result<T> {
        self.or_else(|error| match error {
            Error::Database(inner) => Err(inner).on_constraint(name, code),
            other => Err(other),
        })
    }
}
