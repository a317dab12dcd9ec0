//! Mail on its way out.
//!
//! [`SmtpMailer`] hands one message to one server and reports what that server said. When to try again, and
//! what to do without a server, is the caller's business ([`MailError::is_transient`]).

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use url::Url;

/// How long the server may take over one command.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A message as our templates made it.
#[derive(Debug, Clone)]
pub struct OutgoingMail {
    /// Shown as the sender: the organization's name.
    pub from_name: String,
    /// The sender's address.
    pub from_address: String,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<String>,
    /// Shown as the recipient; may be empty.
    pub to_name: String,
    /// The recipient's address.
    pub to_address: String,
    /// The subject, unencoded.
    pub subject: String,
    /// The plain text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// `local@domain`, without brackets: ours and stable, so that a message sent twice is recognised as one.
    pub message_id: String,
    /// BCP 47 tag of the language it is written in.
    pub language: String,
    /// When it was written.
    pub date: DateTime<Utc>,
    /// Files that go with it.
    pub attachments: Vec<Attachment>,
}

/// A file that goes with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name, as the reader will save it.
    pub file_name: String,
    /// Its media type, e.g. `application/pdf`.
    pub media_type: String,
    /// Its contents.
    pub bytes: Vec<u8>,
}

/// A message the server has taken responsibility for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMail {
    /// What the server said, usually with its own queue id: the thread to pull when a recipient saw nothing.
    pub response: String,
}

/// Why a message was not handed over.
#[derive(Debug, Error)]
pub enum MailError {
    /// The message itself can't be sent: an address that is none, or a line break where a header must not
    /// have one.
    #[error("the message can't be sent: {0}")]
    Invalid(String),
    /// The server refused for good; sending the same again gets the same answer.
    #[error("the mail server refused the message: {0}")]
    Permanent(String),
    /// The server was not reached, or asked to come back later.
    #[error("the mail server did not take the message now: {0}")]
    Transient(String),
}

impl MailError {
    /// Whether the same message may go through later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Transient(_) => true,
            Self::Invalid(_) | Self::Permanent(_) => false,
        }
    }
}

/// Why a mail server's address was not accepted. Never contains the address: it carries the password.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum MailConfigError {
    /// Not of the form `smtp://user:password@host:587?tls=required`.
    #[error("the mail server's address is not of the form smtp://user:password@host:587?tls=required")]
    Malformed,
    /// A user name without password, or the other way round.
    #[error("the mail server's address needs both a user and a password, or neither")]
    HalfCredentials,
    /// The password would cross a network in the clear.
    #[error("a password is sent only over TLS: add ?tls=required, or use smtps://")]
    PasswordInTheClear,
}

/// Sends mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands a message to the next server.
    async fn send(&self, mail: &OutgoingMail) -> Result<SentMail, MailError>;
}

/// A mailer that talks SMTP to one server, keeping a few connections open.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl std::fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpMailer").finish_non_exhaustive()
    }
}

impl SmtpMailer {
    /// A mailer for `smtp://user:password@host:587?tls=required`, `smtps://…` (TLS from the first byte), or
    /// `smtp://localhost:1025` (neither password nor TLS, for a server on this machine).
    ///
    /// `tls=opportunistic` is accepted without a password only: an attacker on the way can switch it off.
    pub fn new(url: &SecretString) -> Result<Self, MailConfigError> {
        let parsed = Url::parse(url.expose_secret()).map_err(|_| MailConfigError::Malformed)?;
        let encrypted = match (parsed.scheme(), parsed.query()) {
            ("smtps", None) | ("smtp", Some("tls=required")) => true,
            ("smtp", None | Some("tls=opportunistic")) => false,
            _ => return Err(MailConfigError::Malformed),
        };
        let host = parsed.host_str().filter(|host| !host.is_empty()).ok_or(MailConfigError::Malformed)?;
        if parsed.username().is_empty() != parsed.password().is_none() {
            return Err(MailConfigError::HalfCredentials);
        }
        let here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        if parsed.password().is_some() && !encrypted && !here {
            return Err(MailConfigError::PasswordInTheClear);
        }
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())
            .map_err(|_| MailConfigError::Malformed)?
            .timeout(Some(TIMEOUT))
            .build();
        Ok(Self { transport })
    }

    /// Greets the server and signs in, without sending anything: the set-up page's "check connection".
    pub async fn check(&self) -> Result<(), MailError> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(MailError::Transient("the server closed the connection".to_owned())),
            Err(error) => Err(from_smtp(&error)),
        }
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &OutgoingMail) -> Result<SentMail, MailError> {
        let message = compose(mail)?;
        let response = self.transport.send(message).await.map_err(|error| from_smtp(&error))?;
        Ok(SentMail { response: response.message().collect::<Vec<_>>().join(" ") })
    }
}

/// Builds the message with a text and an HTML part, and its files.
fn compose(mail: &OutgoingMail) -> Result<Message, MailError> {
    let message_id = message_id(&mail.message_id)?;
    let mut builder = Message::builder()
        .from(mailbox("from", &mail.from_name, &mail.from_address)?)
        .to(mailbox("to", &mail.to_name, &mail.to_address)?)
        .subject(one_line("subject", &mail.subject)?)
        .message_id(Some(message_id))
        .date(mail.date.into())
        .header(ContentLanguage(one_line("language", &mail.language)?.to_owned()))
        // RFC 3834: out-of-office replies to a receipt help nobody.
        .header(AutoSubmitted);
    if let Some(reply_to) = &mail.reply_to {
        builder = builder.reply_to(mailbox("reply-to", "", reply_to)?);
    }
    let parts = MultiPart::alternative()
        .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(mail.text.clone()))
        .singlepart(SinglePart::builder().header(ContentType::TEXT_HTML).body(mail.html.clone()));
    let mut whole = parts;
    if !mail.attachments.is_empty() {
        whole = MultiPart::mixed().multipart(whole);
        for file in &mail.attachments {
            let media_type = ContentType::parse(&file.media_type)
                .map_err(|_| MailError::Invalid("`media_type` is not a media type".to_owned()))?;
            let name = one_line("file_name", &file.file_name)?.to_owned();
            whole =
                whole.singlepart(lettre::message::Attachment::new(name).body(file.bytes.clone(), media_type));
        }
    }
    builder.multipart(whole).map_err(|error| MailError::Invalid(error.to_string()))
}

/// A name and an address, refused rather than repaired when they could open a header of their own.
fn mailbox(field: &str, name: &str, address: &str) -> Result<Mailbox, MailError> {
    let name = one_line(field, name)?;
    let address: Address = one_line(field, address)?
        .parse()
        .map_err(|_| MailError::Invalid(format!("`{field}` is not an e-mail address")))?;
    Ok(Mailbox::new((!name.is_empty()).then(|| name.to_owned()), address))
}

/// The value unless it holds a control character: a line break in a header starts the next header.
fn one_line<'a>(field: &str, value: &'a str) -> Result<&'a str, MailError> {
    if value.chars().any(char::is_control) {
        return Err(MailError::Invalid(format!(
            "`{field}` has a line break or another control character in it"
        )));
    }
    Ok(value)
}

/// The id in the brackets a header wants.
fn message_id(id: &str) -> Result<String, MailError> {
    let well_formed = id.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.is_empty()
            && id.bytes().all(|b| b.is_ascii_graphic() && !b"<>".contains(&b))
    });
    if !well_formed {
        return Err(MailError::Invalid("`message_id` is not of the form local@domain".to_owned()));
    }
    Ok(format!("<{id}>"))
}

/// What the server's answer means for a second try.
fn from_smtp(error: &lettre::transport::smtp::Error) -> MailError {
    let chain = std::iter::successors(std::error::Error::source(error), |source| source.source());
    let text = chain.fold(error.to_string(), |text, source| format!("{text}: {source}"));
    // Whatever is not a server's 5xx (no connection, time-out, TLS, 4xx) may be mended without us.
    if error.is_permanent() { MailError::Permanent(text) } else { MailError::Transient(text) }
}

/// RFC 3282's `Content-Language`, which screen readers and translation tools go by.
#[derive(Debug, Clone)]
struct ContentLanguage(String);

impl Header for ContentLanguage {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(value: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(value.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// RFC 3834's mark of a message no person typed.
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
