//! Passwords: argon2id (RFC 9106, with OWASP's least parameters), off the threads that answer requests.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use domain::text::NewPassword;
use tokio::sync::Semaphore;

use crate::problem::{Failure, Result};
use crate::secret_token::SecretToken;

/// Each takes 19 MiB while it lasts, so only so many are worked on at a time.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// What is checked where there is no account: it takes as long, and nothing fits.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| compute(&SecretToken::generate("").text).ok());

fn compute(password: &str) -> argon2::password_hash::Result<String> {
    Ok(Argon2::default().hash_password(password.as_bytes())?.to_string())
}

async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _permit = AT_ONCE.acquire().await.map_err(Failure::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(Failure::internal)
}

/// Hashes a new password.
pub async fn hash(password: &NewPassword) -> Result<String> {
    let password = password.clone();
    apart(move || compute(password.expose())).await?.map_err(|error| Failure::internal(error.to_string()))
}

/// Hashes an access code, which people tell each other and which may be shorter than a password: tries at it
/// are counted.
pub async fn hash_code(code: &domain::text::Line) -> Result<String> {
    let code = code.to_string();
    apart(move || compute(&code)).await?.map_err(|error| Failure::internal(error.to_string()))
}

/// Whether a password is the one that was hashed. Without a hash it is not, after as much work.
pub async fn verify(hash: Option<String>, password: String) -> Result<bool> {
    apart(move || {
        let known = hash.is_some();
        let Some(hash) = hash.or_else(|| NOBODY.clone()) else { return false };
        let fits = PasswordHash::new(&hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        fits && known
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn only_the_password_that_was_hashed_fits() {
        let password: NewPassword = "correct horse battery".to_owned().try_into().unwrap();
        let hashed = hash(&password).await.unwrap();
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hashed}");
        assert!(verify(Some(hashed.clone()), "correct horse battery".to_owned()).await.unwrap());
        assert!(!verify(Some(hashed), "Correct horse battery".to_owned()).await.unwrap());
        assert!(!verify(None, "correct horse battery".to_owned()).await.unwrap());
        assert!(!verify(Some("no password".to_owned()), "no password".to_owned()).await.unwrap());
    }
}
