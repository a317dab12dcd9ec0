//! The second step: codes of an authenticator (RFC 6238), and codes for the day it is lost.

use chrono::{DateTime, Utc};
use domain::identity::{AccountId, TotpEnrolment};
use domain::text::EmailAddress;
use rand::RngCore;
use totp_rs::{Builder, Secret, Totp};

use crate::picture;
use crate::problem::{Failure, Result};
use crate::secret_token;
use crate::vault::Vault;

/// How many recovery codes an account gets.
const RECOVERY_CODES: usize = 10;
/// Crockford's base32: no letter looks like a digit.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

fn place(account: AccountId) -> String {
    format!("account.totp_secret {account}")
}

fn totp(secret: Vec<u8>, email: &str) -> Result<Totp> {
    Builder::new()
        .with_secret(Secret::from(secret))
        .with_issuer(Some("Portico"))
        .with_account_name(email)
        .build()
        .map_err(|error| Failure::internal(error.to_string()))
}

/// A fresh secret, sealed for the account, and how its owner gets it into the authenticator.
pub fn enrol(vault: &Vault, account: AccountId, email: &EmailAddress) -> Result<(Vec<u8>, TotpEnrolment)> {
    let mut secret = vec![0; 20];
    rand::rng().fill_bytes(&mut secret);
    let sealed = vault.seal(&place(account), &secret);
    let totp = totp(secret, email.as_str())?;
    let uri = totp.to_url().map_err(|error| Failure::internal(error.to_string()))?;
    let qr_svg = picture::code(&uri)?;
    Ok((sealed, TotpEnrolment { secret: totp.secret().to_base32(), uri, qr_svg }))
}

/// The step whose code this is: the present one or a neighbour. The caller makes sure that it is used once.
pub fn step(
    vault: &Vault,
    account: AccountId,
    sealed: &[u8],
    code: &str,
    now: DateTime<Utc>,
) -> Result<Option<i64>> {
    let secret = vault.open(&place(account), sealed).map_err(Failure::internal)?;
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if code.len() != 6 || !code.bytes().all(|digit| digit.is_ascii_digit()) {
        return Ok(None);
    }
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Ok(totp(secret, "account")?.check(&code, seconds).and_then(|step| i64::try_from(step).ok()))
}

/// Fresh recovery codes of 80 random bits each, and their hashes.
pub fn recovery_codes() -> (Vec<String>, Vec<Vec<u8>>) {
    let codes: Vec<String> = (0..RECOVERY_CODES)
        .map(|_| {
            let mut bytes = [0; 16];
            rand::rng().fill_bytes(&mut bytes);
            let letters: Vec<char> =
                bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
            letters.chunks(4).map(|chunk| chunk.iter().collect::<String>()).collect::<Vec<_>>().join("-")
        })
        .collect();
    let hashes = codes.iter().map(|code| recovery_hash(code).to_vec()).collect();
    (codes, hashes)
}

/// The hash of a recovery code, however it was typed.
pub fn recovery_hash(code: &str) -> [u8; 32] {
    let typed: String = code
        .to_ascii_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| match letter {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .collect();
    secret_token::hash(&typed)
}

#[cfg(test)]
/// Tests, and the authenticator that others' tests use.
pub mod tests {
    use super::*;

    /// The code that an authenticator with this secret shows.
    pub fn code(secret: &str, now: DateTime<Utc>) -> String {
        let secret = Secret::try_from_base32(secret).unwrap();
        let totp = Builder::new().with_secret(secret).with_account_name("account").build().unwrap();
        totp.generate(u64::try_from(now.timestamp()).unwrap()).to_string()
    }

    #[test]
    fn recovery_codes_may_be_typed_carelessly() {
        let (codes, hashes) = recovery_codes();
        assert_eq!((codes.len(), hashes.len()), (10, 10));
        let careless = codes[0].replace('-', " ").to_uppercase().replace('0', "O").replace('1', "l");
        assert_eq!(recovery_hash(&careless).to_vec(), hashes[0]);
        assert_ne!(recovery_hash(&codes[1]).to_vec(), hashes[0]);
    }
}
