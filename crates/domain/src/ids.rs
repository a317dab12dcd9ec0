//! Typed identifiers: `inv_01jd…`.
//!
//! In public an id is a prefix that names its kind and the base32 form of a `UUIDv7`, as the
//! [TypeID specification](https://github.com/jetify-com/typeid/tree/main/spec) describes; in the
//! database it is a plain `uuid`. An id of the wrong kind does not parse, so it can't reach a query.

use std::fmt;

use uuid::Uuid;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: usize = 26;

/// A text that isn't an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an id such as {prefix}_01jd8zq0v5e1et0m8bw3xk6s7a")]
pub struct IdError {
    /// The prefix that was wanted.
    pub prefix: &'static str,
}

/// What all ids have in common.
pub trait Id: Copy + Eq + fmt::Display + Send + Sync + 'static {
    /// The kind's prefix, without the underscore.
    const PREFIX: &'static str;
    /// Names an existing row. Fresh ids are made by `store`, which has a clock and randomness.
    fn from_uuid(uuid: Uuid) -> Self;
    /// The form kept in the database.
    fn uuid(self) -> Uuid;
}

/// Writes `prefix_` and the 26 base32 digits of the UUID.
pub fn write(f: &mut fmt::Formatter<'_>, prefix: &str, uuid: Uuid) -> fmt::Result {
    let value = uuid.as_u128();
    write!(f, "{prefix}_")?;
    for position in (0..LENGTH).rev() {
        let digit = (value >> (5 * position)) & 31;
        fmt::Write::write_char(f, char::from(ALPHABET[usize::try_from(digit).unwrap_or_default()]))?;
    }
    Ok(())
}

/// Reads what [`write`] wrote; refuses another prefix, capitals, and values over 128 bits.
pub fn read(prefix: &'static str, text: &str) -> Result<Uuid, IdError> {
    let error = IdError { prefix };
    let digits = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).ok_or(error.clone())?;
    if digits.len() != LENGTH || digits.as_bytes()[0] > b'7' {
        return Err(error);
    }
    let mut value = 0_u128;
    for byte in digits.bytes() {
        let digit = ALPHABET.iter().position(|&letter| letter == byte).ok_or(error.clone())?;
        value = (value << 5) | digit as u128;
    }
    Ok(Uuid::from_u128(value))
}

/// Declares an id type with its prefix.
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "sqlx", derive(::sqlx::Type), sqlx(transparent))]
        pub struct $name(::uuid::Uuid);

        impl $crate::ids::Id for $name {
            const PREFIX: &'static str = $prefix;
            fn from_uuid(uuid: ::uuid::Uuid) -> Self {
                Self(uuid)
            }
            fn uuid(self) -> ::uuid::Uuid {
                self.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::ids::write(f, $prefix, self.0)
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(self, f)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::ids::IdError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::ids::read($prefix, text).map(Self)
            }
        }

        impl From<::uuid::Uuid> for $name {
            fn from(uuid: ::uuid::Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for ::uuid::Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <::std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(::serde::de::Error::custom)
            }
        }

        #[cfg(feature = "openapi")]
        impl ::utoipa::PartialSchema for $name {
            fn schema() -> ::utoipa::openapi::RefOr<::utoipa::openapi::schema::Schema> {
                ::utoipa::openapi::ObjectBuilder::new()
                    .schema_type(::utoipa::openapi::schema::Type::String)
                    .pattern(Some(concat!("^", $prefix, "_[0-7][0-9a-hjkmnp-tv-z]{25}$")))
                    .examples([concat!($prefix, "_01jd8zq0v5e1et0m8bw3xk6s7a")])
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl ::utoipa::ToSchema for $name {
            fn name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(stringify!($name))
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    id!(
        /// Only for the tests.
        ThingId,
        "thing"
    );

    #[test]
    fn the_specification_s_example_reads_and_writes() {
        // https://github.com/jetify-com/typeid/blob/main/spec/valid.yml, "uuidv7"
        let uuid = Uuid::parse_str("01890a5d-ac96-774b-bcce-b302099a8057").unwrap();
        let id = ThingId::from_uuid(uuid);
        assert_eq!(id.to_string(), "thing_01h455vb4pex5vsknk084sn02q");
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn refuses_other_kinds_and_spellings() {
        for text in [
            "",
            "thing",
            "thing_",
            "other_01h455vb4pex5vsknk084sn02q",
            "thing_01H455VB4PEX5VSKNK084SN02Q",
            "thing_81h455vb4pex5vsknk084sn02q",
            "thing_01h455vb4pex5vsknk084sn02",
            "thing_01h455vb4pex5vsknk084sn02ü",
            "thing_01h455vb4pex5vsknk084sn0l",
            "01890a5d-ac96-774b-bcce-b302099a8057",
        ] {
            assert!(text.parse::<ThingId>().is_err(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_uuid_survives(value: u128) {
            let id = ThingId::from_uuid(Uuid::from_u128(value));
            proptest::prop_assert_eq!(id.to_string().parse(), Ok(id));
        }
    }
}
