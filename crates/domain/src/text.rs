//! Texts with rules: parsed once at the border, trusted afterwards.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text was refused; the code is what the applications translate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but blanks.
    #[error("must not be empty")]
    Empty,
    /// More characters than the limit, which is given.
    #[error("must be at most {0} characters long")]
    TooLong(usize),
    /// A character that has no place in such a text.
    #[error("must not contain control characters")]
    Control,
    /// Not an address of the form name@host.
    #[error("must be an e-mail address such as ana@example.com")]
    Email,
    /// Not lower-case letters, digits and single hyphens.
    #[error("must be 3 to 40 lower-case letters, digits or hyphens, and not a reserved word")]
    Slug,
    /// Not a name of the IANA time zone database.
    #[error("must be an IANA time zone such as Europe/Lisbon")]
    TimeZone,
    /// Not `#rrggbb`.
    #[error("must be a colour such as #2d6a6a")]
    Color,
    /// Not a short name of letters, digits, hyphens and underscores.
    #[error("must be 1 to 40 letters a to z, digits, hyphens or underscores")]
    PartKey,
    /// Not an international bank account number.
    #[error("must be an IBAN such as DE89 3704 0044 0532 0130 00")]
    Iban,
    /// Too short or too common to protect anything.
    #[error("must be at least 12 characters long")]
    Password,
}

impl TextError {
    /// The stable code of the refusal.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "required",
            Self::TooLong(_) => "too_long",
            Self::Control => "control_characters",
            Self::Email => "invalid_email",
            Self::Slug => "invalid_slug",
            Self::TimeZone => "invalid_time_zone",
            Self::Color => "invalid_color",
            Self::PartKey => "invalid_key",
            Self::Iban => "invalid_iban",
            Self::Password => "password_too_short",
        }
    }
}

fn checked(text: &str, limit: usize, lines: bool) -> Result<&str, TextError> {
    let text = text.trim();
    if text.chars().count() > limit {
        return Err(TextError::TooLong(limit));
    }
    if text.chars().any(|c| c.is_control() && !(lines && matches!(c, '\n' | '\r' | '\t'))) {
        return Err(TextError::Control);
    }
    Ok(text)
}

/// Whether it may stand in a host's name. All letters of the world, and their capitals, are tables: with them the browser's build
/// would be a fortieth larger, so it lets pass what isn't ASCII. The server has the last word.
fn is_letter(c: char) -> bool {
    if cfg!(target_arch = "wasm32") {
        !c.is_ascii() || c.is_ascii_alphanumeric()
    } else {
        c.is_alphanumeric()
    }
}

/// In lower case; in the browser only as far as it is ASCII, see [`is_letter`].
fn lower_case(text: &str) -> String {
    if cfg!(target_arch = "wasm32") { text.to_ascii_lowercase() } else { text.to_lowercase() }
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, max $max:expr, example $example:literal, $parse:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "Cow<'_, str>")]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = TextError;
            fn from_str(text: &str) -> Result<Self, TextError> {
                let parse: fn(&str) -> Result<String, TextError> = $parse;
                parse(text).map(Self)
            }
        }

        impl TryFrom<Cow<'_, str>> for $name {
            type Error = TextError;
            fn try_from(text: Cow<'_, str>) -> Result<Self, TextError> {
                text.parse()
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;
            fn try_from(text: String) -> Result<Self, TextError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .max_length(Some($max))
                    .examples([$example])
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    };
}

text!(
    /// What names a part of a document within it: a line, a section, a package. Whoever writes the document
    /// chooses it, and keeps it from version to version, so that versions can be compared.
    PartKey, max 40, example "line-1", |text| {
        let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
        let ok = (1..=40).contains(&text.len()) && text.bytes().all(known);
        if ok { Ok(text.to_owned()) } else { Err(TextError::PartKey) }
    }
);
text!(
    /// What a person, client, organization or thing is called: one line, 1 to 200 characters.
    Name, max 200, example "Holm & Søn Joinery", |text| {
        let text = checked(text, 200, false)?;
        if text.is_empty() { Err(TextError::Empty) } else { Ok(text.to_owned()) }
    }
);

text!(
    /// One line that may be empty, up to 200 characters: a phone number, a street, a reference.
    #[derive(Default)]
    Line, max 200, example "Rua das Flores 12", |text| checked(text, 200, false).map(str::to_owned)
);

text!(
    /// Several lines that may be empty, up to 4,000 characters.
    #[derive(Default)]
    Note, max 4000, example "Ring twice.", |text| checked(text, 4000, true).map(str::to_owned)
);

text!(
    /// An address of the form `name@host`, in lower case, at most 254 characters (RFC 5321, 4.5.3.1).
    ///
    /// The check is what keeps typing errors and header injection out; whether the mailbox exists only
    /// a mail can tell. International addresses (RFC 6531) pass.
    EmailAddress, max 254, example "ana@example.com", |text| {
        let text = lower_case(checked(text, 254, false).map_err(|_| TextError::Email)?);
        let (local, host) = text.rsplit_once('@').ok_or(TextError::Email)?;
        let forbidden = |c: char| c.is_whitespace() || "()<>[]:;,\\\"@".contains(c);
        let label = |label: &str| {
            !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-')
                && label.chars().all(|c| is_letter(c) || c == '-')
        };
        let local_ok = !local.is_empty() && local.len() <= 64 && !local.contains(forbidden)
            && !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
        if local_ok && host.contains('.') && host.split('.').all(label) { Ok(text) } else { Err(TextError::Email) }
    }
);

/// First path segments that the server needs for itself.
const RESERVED_SLUGS: [&str; 9] =
    ["api", "assets", "console", "healthz", "readyz", "metrics", "portal", "sandbox", "static"];

text!(
    /// An organization's name in addresses: `holm-joinery`.
    Slug, max 40, example "holm-joinery", |text| {
        let text = text.trim();
        let ok = (3..=40).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-') && !text.ends_with('-') && !text.contains("--")
            && !RESERVED_SLUGS.contains(&text);
        if ok { Ok(text.to_owned()) } else { Err(TextError::Slug) }
    }
);

text!(
    /// A zone of the IANA database. The browser offers its own list and leaves the check to the server.
    TimeZone, max 64, example "Europe/Lisbon", |text| {
        let text = checked(text, 64, false).map_err(|_| TextError::TimeZone)?;
        #[cfg(not(target_arch = "wasm32"))]
        let known = text.parse::<chrono_tz::Tz>().is_ok();
        #[cfg(target_arch = "wasm32")]
        let known = !text.is_empty();
        if known { Ok(text.to_owned()) } else { Err(TextError::TimeZone) }
    }
);

text!(
    /// A brand's colour as `#rrggbb`.
    Color, max 7, example "#2d6a6a", |text| {
        let text = text.trim().to_ascii_lowercase();
        let digits = text.strip_prefix('#').ok_or(TextError::Color)?;
        if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) { Ok(text) } else { Err(TextError::Color) }
    }
);

text!(
    /// An international bank account number (ISO 13616) in upper case without spaces, or nothing.
    #[derive(Default)]
    Iban, max 34, example "DE89370400440532013000", |text| {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
        if text.is_empty() || is_iban(text.as_bytes()) { Ok(text) } else { Err(TextError::Iban) }
    }
);

/// Country, check digits and account, whose number modulo 97 is 1 (ISO 7064).
fn is_iban(text: &[u8]) -> bool {
    let shaped = (15..=34).contains(&text.len())
        && text[..2].iter().all(u8::is_ascii_uppercase)
        && text[2..4].iter().all(u8::is_ascii_digit)
        && text[4..].iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    let turned = || text[4..].iter().chain(&text[..4]);
    shaped
        && turned().fold(0_u32, |rest, &byte| match byte {
            b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
            letter => (rest * 100 + u32::from(letter - b'A') + 10) % 97,
        }) == 1
}

#[cfg(not(target_arch = "wasm32"))]
impl TimeZone {
    /// The zone's rules.
    pub fn rules(&self) -> chrono_tz::Tz {
        self.0.parse().expect("checked when it was parsed")
    }

    /// The date in this zone at an instant: what "today" means to the organization.
    pub fn today(&self, now: chrono::DateTime<chrono::Utc>) -> chrono::NaiveDate {
        now.with_timezone(&self.rules()).date_naive()
    }
}

/// A new password: 12 to 200 characters, any of them (NIST SP 800-63B, 3.1.1.2). Never shown or logged.
#[derive(Clone, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct NewPassword(String);

impl NewPassword {
    /// The password, for hashing.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(…)")
    }
}

impl TryFrom<String> for NewPassword {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        match text.chars().count() {
            0..=11 => Err(TextError::Password),
            12..=200 => Ok(Self(text)),
            _ => Err(TextError::TooLong(200)),
        }
    }
}

impl From<NewPassword> for String {
    fn from(password: NewPassword) -> Self {
        password.0
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for NewPassword {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .min_length(Some(12))
            .max_length(Some(200))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for NewPassword {}

/// A language in which Portico has its texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "lowercase"))]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
}

impl Language {
    /// All languages.
    pub const ALL: [Self; 2] = [Self::En, Self::De];

    /// The language's BCP 47 tag.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }
}

impl FromStr for Language {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|language| language.as_str() == text).ok_or(())
    }
}

/// A postal address, as free as the world's addresses are; any part may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Address {
    /// Street and house number.
    pub street: Line,
    /// What else is needed to find it.
    pub extra: Line,
    /// Post code, in the country's own form.
    pub postal_code: Line,
    /// City or town.
    pub city: Line,
    /// State, province or canton.
    pub region: Line,
    /// Country, as it should stand on an envelope.
    pub country: Line,
}

impl Default for Address {
    fn default() -> Self {
        let empty = Line::default;
        Self {
            street: empty(),
            extra: empty(),
            postal_code: empty(),
            city: empty(),
            region: empty(),
            country: empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bank_accounts() {
        for good in
            ["DE89 3704 0044 0532 0130 00", "gb82west12345698765432", "MT84MALT011000012345MTLCAST001S", ""]
        {
            assert!(good.parse::<Iban>().is_ok(), "{good}");
        }
        assert_eq!("de89 3704 0044 0532 0130 00".parse::<Iban>().unwrap().as_str(), "DE89370400440532013000");
        for bad in
            ["DE89370400440532013001", "DE", "8937", "ÄÖ89370400440532013000", "DE89-3704-0044-0532-0130-00"]
        {
            assert_eq!(bad.parse::<Iban>(), Err(TextError::Iban), "{bad}");
        }
    }

    #[test]
    fn e_mail_addresses() {
        for good in ["ana@example.com", "Ana.Núñez+x@Königsbrunner-Textil.de", "luisg@embraer.com.br"] {
            assert!(good.parse::<EmailAddress>().is_ok(), "{good}");
        }
        assert_eq!("ANA@Example.com".parse::<EmailAddress>().unwrap().as_str(), "ana@example.com");
        for bad in [
            "",
            "ana",
            "ana@",
            "@example.com",
            "ana@example",
            "a b@example.com",
            "ana@example..com",
            "ana@-example.com",
            ".ana@example.com",
            "ana@example.com\r\nBcc: all@example.com",
            "ana@@example.com",
            "<ana@example.com>",
        ] {
            assert_eq!(bad.parse::<EmailAddress>(), Err(TextError::Email), "{bad}");
        }
        assert!(format!("{}@example.com", "a".repeat(65)).parse::<EmailAddress>().is_err());
    }

    #[test]
    fn slugs_leave_the_server_its_paths() {
        assert!("holm-joinery".parse::<Slug>().is_ok());
        for bad in ["ab", "Holm", "holm_joinery", "-holm", "holm-", "ho--lm", "api", "console", "ñandú"] {
            assert!(bad.parse::<Slug>().is_err(), "{bad}");
        }
    }

    #[test]
    fn zones_are_those_of_the_database() {
        let zone: TimeZone = "Europe/Lisbon".parse().unwrap();
        let instant = "2026-07-01T23:30:00Z".parse().unwrap();
        assert_eq!(zone.today(instant).to_string(), "2026-07-02");
        assert!("Europe/Atlantis".parse::<TimeZone>().is_err());
    }

    #[test]
    fn names_are_trimmed_and_single_lines() {
        assert_eq!("  Bjørn ".parse::<Name>().unwrap().as_str(), "Bjørn");
        assert_eq!("   ".parse::<Name>(), Err(TextError::Empty));
        assert_eq!("a\nb".parse::<Name>(), Err(TextError::Control));
        assert_eq!("x".repeat(201).parse::<Name>(), Err(TextError::TooLong(200)));
        assert!("a\nb".parse::<Note>().is_ok());
    }
}
