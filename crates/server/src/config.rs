//! How an installation is set up: flags, then environment, then one TOML file.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::Args;
use secrecy::SecretString;
use url::Url;

/// Settings that all commands share.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct Settings {
    /// TOML file with any of these settings, named as the flags without dashes in front, e.g. `public-url = "…"`
    #[arg(long, env = "PORTICO_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Folder for the private PostgreSQL and the master key, where none are given
    #[arg(long, env = "PORTICO_DATA_DIR", value_name = "FOLDER", default_value = ".data")]
    pub data_dir: PathBuf,

    /// PostgreSQL to use instead of a private one, as the application's role
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<SecretString>,

    /// The same database as the role that owns the schema, for migrations; `--database-url` if absent
    #[arg(long, env = "MIGRATION_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub migration_database_url: Option<SecretString>,

    /// Connections to keep to the database
    #[arg(long, env = "PORTICO_DATABASE_CONNECTIONS", default_value_t = 16, value_parser = clap::value_parser!(u32).range(2..=500))]
    pub database_connections: u32,

    /// 32 bytes in hex that protect secrets in the database; without it, a key file in the data folder
    #[arg(long, env = "PORTICO_MASTER_KEY", value_name = "HEX", hide_env_values = true)]
    pub master_key: Option<SecretString>,

    /// Address and port to listen on
    #[arg(long, env = "PORTICO_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// Where people reach this installation; links in mails begin with it
    #[arg(long, env = "PORTICO_PUBLIC_URL", value_name = "URL", default_value = Self::DEFAULT_PUBLIC_URL, value_parser = public_url)]
    pub public_url: Url,

    /// Believe the proxy in front about addresses and schemes (Forwarded, X-Forwarded-For)
    #[arg(long, env = "PORTICO_TRUST_PROXY")]
    pub trust_proxy: bool,

    /// Real clients: needs https, a mail server and a master key; refuses sandbox and mailbox
    #[arg(long, env = "PORTICO_PRODUCTION")]
    pub production: bool,

    /// Mail server, e.g. `smtp://user:password@mail.example.com:587?tls=required`; without it, mail stays in the console's mailbox
    #[arg(long, env = "PORTICO_SMTP_URL", value_name = "URL", hide_env_values = true)]
    pub smtp_url: Option<SecretString>,

    /// Address that mails come from; replies go to the organization
    #[arg(
        long,
        env = "PORTICO_MAIL_FROM",
        value_name = "ADDRESS",
        default_value = "portico@localhost.localdomain"
    )]
    pub mail_from: domain::text::EmailAddress,

    /// Where Stripe's API is; another address than the default is for tests
    #[arg(
        long,
        env = "PORTICO_STRIPE_URL",
        value_name = "URL",
        default_value = "https://api.stripe.com",
        hide = true
    )]
    pub stripe_url: Url,

    /// Where PayPal's API is, for tests; by default each account's own world
    #[arg(long, env = "PORTICO_PAYPAL_URL", value_name = "URL", hide = true)]
    pub paypal_url: Option<Url>,

    /// Where Square's API is, for tests; by default each account's own world
    #[arg(long, env = "PORTICO_SQUARE_URL", value_name = "URL", hide = true)]
    pub square_url: Option<Url>,

    /// Requests a minute that one session, token or address may make
    #[arg(long, env = "PORTICO_RATE_LIMIT", value_name = "REQUESTS", default_value = "600")]
    pub rate_limit: NonZeroU32,

    /// Attempts a minute to sign in, or to have links mailed, that one address may make
    #[arg(long, env = "PORTICO_AUTH_RATE_LIMIT", value_name = "REQUESTS", default_value = "30")]
    pub auth_rate_limit: NonZeroU32,

    /// What to log: `info`, `debug`, or per module such as `server=debug,info`
    #[arg(long, env = "PORTICO_LOG", default_value = "info")]
    pub log: String,

    /// Log JSON lines instead of text
    #[arg(long, env = "PORTICO_LOG_JSON")]
    pub log_json: bool,
}

fn public_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    match (url.scheme(), url.path()) {
        ("http" | "https", "/") if url.query().is_none() && url.fragment().is_none() => Ok(url),
        _ => Err("must be http:// or https:// and a host, without a path".to_owned()),
    }
}

/// A setting that doesn't go with the others.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("--config: {0}: {1}")]
    File(PathBuf, String),
    /// Something is missing or too weak for production.
    #[error("--production: {0}")]
    Production(&'static str),
    /// Not 64 hexadecimal digits.
    #[error("--master-key: must be 64 hexadecimal digits (32 bytes), e.g. from `openssl rand -hex 32`")]
    MasterKey,
    /// The key file can't be read or written.
    #[error("--data-dir: {0}: {1}")]
    KeyFile(PathBuf, std::io::Error),
}

impl Settings {
    /// Where people reach an installation that nobody set up otherwise.
    pub const DEFAULT_PUBLIC_URL: &str = "http://localhost:8080/";

    /// Refuses combinations that would hurt real clients.
    pub fn check(&self) -> Result<(), ConfigError> {
        if !self.production {
            return Ok(());
        }
        let missing = [
            (self.public_url.scheme() != "https", "needs --public-url with https"),
            (self.smtp_url.is_none(), "needs --smtp-url: mail must not stay in the mailbox"),
            (self.master_key.is_none(), "needs --master-key: a key beside the data protects nothing"),
            (self.mail_from.as_str().ends_with("localdomain"), "needs --mail-from with an address of yours"),
        ];
        missing
            .into_iter()
            .find(|(missing, _)| *missing)
            .map_or(Ok(()), |(_, text)| Err(ConfigError::Production(text)))
    }

    /// The master key: as given, or from a file that is made at the first start.
    pub fn vault(&self) -> Result<crate::vault::Vault, ConfigError> {
        use secrecy::ExposeSecret;
        let text = match &self.master_key {
            Some(key) => key.expose_secret().to_owned(),
            None => self
                .key_file()
                .map_err(|error| ConfigError::KeyFile(self.data_dir.join("master.key"), error))?,
        };
        let mut key = [0; 32];
        hex::decode_to_slice(text.trim(), &mut key).map_err(|_| ConfigError::MasterKey)?;
        Ok(crate::vault::Vault::new(key))
    }

    fn key_file(&self) -> std::io::Result<String> {
        use std::io::Write;
        use std::os::unix::fs::OpenOptionsExt;
        std::fs::create_dir_all(&self.data_dir)?;
        let path = self.data_dir.join("master.key");
        if let Ok(text) = std::fs::read_to_string(&path) {
            return Ok(text);
        }
        let text = hex::encode(crate::secret_token::SecretToken::generate("").hash);
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        Ok(text)
    }
}

/// Puts what the file named by `--config` says behind the command's name, unless the environment says
/// otherwise; flags come later and win. So clap checks and names all three alike.
pub fn with_file(arguments: Vec<String>) -> Result<Vec<String>, ConfigError> {
    let from_flag = arguments
        .iter()
        .position(|argument| argument == "--config")
        .and_then(|at| arguments.get(at + 1).cloned())
        .or_else(|| {
            arguments.iter().find_map(|argument| argument.strip_prefix("--config=").map(ToOwned::to_owned))
        });
    let Some(path) = from_flag.or_else(|| std::env::var("PORTICO_CONFIG").ok()).map(PathBuf::from) else {
        return Ok(arguments);
    };
    let text =
        std::fs::read_to_string(&path).map_err(|error| ConfigError::File(path.clone(), error.to_string()))?;
    let table: toml::Table =
        text.parse().map_err(|error: toml::de::Error| ConfigError::File(path.clone(), error.to_string()))?;
    let mut from_file = Vec::new();
    for (name, value) in table {
        let variable = match name.as_str() {
            "database-url" => "DATABASE_URL".to_owned(),
            "migration-database-url" => "MIGRATION_DATABASE_URL".to_owned(),
            _ => format!("PORTICO_{}", name.replace('-', "_").to_uppercase()),
        };
        if std::env::var_os(variable).is_some() {
            continue;
        }
        match value {
            toml::Value::Boolean(true) => from_file.push(format!("--{name}")),
            toml::Value::Boolean(false) => {}
            toml::Value::String(text) => from_file.push(format!("--{name}={text}")),
            toml::Value::Integer(number) => from_file.push(format!("--{name}={number}")),
            other => {
                let problem =
                    format!("{name} must be a text, a number or a boolean, not {}", other.type_str());
                return Err(ConfigError::File(path, problem));
            }
        }
    }
    let mut all = arguments;
    let after_command = all.len().min(2);
    all.splice(after_command..after_command, from_file);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::public_url;

    #[test]
    fn the_public_url_is_an_origin() {
        assert!(public_url("https://portal.example.com").is_ok());
        for bad in
            ["portal.example.com", "ftp://example.com", "https://example.com/portal", "https://example.com?x"]
        {
            assert!(public_url(bad).is_err(), "{bad}");
        }
    }
}
