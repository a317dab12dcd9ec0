//! Access tokens: short-lived JWTs that name a session, signed with keys that rotate.
//!
//! Nobody but this server verifies them, so the signature is HMAC-SHA256. What the session may do is
//! not in the token: the database says so at every request.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use chrono::{DateTime, TimeDelta, Utc};
use domain::identity::SessionId;
use domain::permission::Audience;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rand::RngCore;
use serde::{Deserialize, Serialize};
use store::{Reason, Store};

use crate::problem::{Failure, Result};
use crate::vault::Vault;

/// How long an access token lives.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(5);
/// How long a key signs. It verifies for another token's lifetime and a margin for clocks.
const ROTATION: TimeDelta = TimeDelta::days(30);
const GRACE: TimeDelta = TimeDelta::hours(1);
/// After how long all processes know a new key.
const SPREAD: TimeDelta = TimeDelta::minutes(3);

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: SessionId,
    aud: String,
    iat: i64,
    exp: i64,
}

struct Key {
    secret: Vec<u8>,
    retire_at: DateTime<Utc>,
}

/// Makes and checks access tokens.
#[derive(Clone, Default)]
pub struct AccessTokens {
    keys: Arc<RwLock<HashMap<String, Key>>>,
}

fn audience_name(audience: Audience) -> &'static str {
    match audience {
        Audience::Console => "console",
        Audience::Portal => "portal",
    }
}

impl AccessTokens {
    /// Loads the keys, making a new one when the youngest is about to retire. Called at start and by the
    /// server every minute, so that all processes know a key before it signs.
    pub async fn refresh(&self, store: &Store, vault: &Vault, now: DateTime<Utc>) -> Result<()> {
        let mut tx = store.begin_system(Reason::SigningKeys, now).await?;
        store::signing_keys::sweep(&mut tx, now - GRACE).await?;
        let mut stored = store::signing_keys::list(&mut tx).await?;
        if !stored.iter().any(|key| key.retire_at > now + ROTATION / 2) {
            let mut secret = vec![0; 32];
            rand::rng().fill_bytes(&mut secret);
            let kid = hex::encode(&crate::secret_token::SecretToken::generate("").hash[..8]);
            let sealed = vault.seal(&place(&kid), &secret);
            let key = store::signing_keys::SigningKey { kid, secret: sealed, retire_at: now + ROTATION };
            store::signing_keys::insert(&mut tx, &key).await?;
            stored.push(key);
        }
        tx.commit().await?;
        let mut keys = HashMap::new();
        for key in stored {
            let secret = vault.open(&place(&key.kid), &key.secret).map_err(Failure::internal)?;
            keys.insert(key.kid, Key { secret, retire_at: key.retire_at });
        }
        *self.keys.write().expect("no code panics while it holds the lock") = keys;
        Ok(())
    }

    /// A token for a session.
    pub fn issue(&self, session: SessionId, audience: Audience, now: DateTime<Utc>) -> Result<String> {
        let keys = self.keys.read().expect("no code panics while it holds the lock");
        let (kid, key) = keys
            .iter()
            .filter(|(_, key)| key.retire_at > now)
            // A key that other processes may not know yet signs only where there is no other.
            .max_by_key(|(_, key)| (key.retire_at - ROTATION + SPREAD <= now, key.retire_at))
            .ok_or_else(|| Failure::internal("there is no key to sign with"))?;
        let claims = Claims {
            sub: session,
            aud: audience_name(audience).to_owned(),
            iat: now.timestamp(),
            exp: (now + LIFETIME).timestamp(),
        };
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(kid.clone());
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(&key.secret))
            .map_err(Failure::internal)
    }

    /// The session of a good token: ours, for this side, not expired. Any other algorithm is refused.
    pub fn verify(&self, token: &str, audience: Audience, now: DateTime<Utc>) -> Option<SessionId> {
        let kid = jsonwebtoken::decode_header(token).ok()?.kid?;
        let keys = self.keys.read().expect("no code panics while it holds the lock");
        let key = keys.get(&kid).filter(|key| key.retire_at + GRACE > now)?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[audience_name(audience)]);
        // The library would read the machine's clock; ours is compared below.
        validation.validate_exp = false;
        let claims =
            jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_secret(&key.secret), &validation)
                .ok()?
                .claims;
        (claims.exp > now.timestamp()).then_some(claims.sub)
    }
}

fn place(kid: &str) -> String {
    format!("signing_key.secret {kid}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(now: DateTime<Utc>) -> AccessTokens {
        let tokens = AccessTokens::default();
        let key = Key { secret: vec![7; 32], retire_at: now + ROTATION };
        tokens.keys.write().unwrap().insert("k1".to_owned(), key);
        tokens
    }

    fn session(now: DateTime<Utc>) -> SessionId {
        store::fresh(now)
    }

    #[test]
    fn good_for_its_side_and_time_only() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let (tokens, session) = (tokens(now), session(now));
        let token = tokens.issue(session, Audience::Console, now).unwrap();
        assert_eq!(tokens.verify(&token, Audience::Console, now), Some(session));
        assert_eq!(tokens.verify(&token, Audience::Portal, now), None);
        assert_eq!(tokens.verify(&token, Audience::Console, now + LIFETIME), None);
        assert_eq!(tokens.verify(&token[..token.len() - 2], Audience::Console, now), None);
    }

    #[test]
    fn a_new_key_signs_when_all_processes_know_it() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let (tokens, session) = (tokens(now - ROTATION / 2), session(now));
        let new = Key { secret: vec![8; 32], retire_at: now + ROTATION };
        tokens.keys.write().unwrap().insert("k2".to_owned(), new);
        let kid = |at| {
            jsonwebtoken::decode_header(tokens.issue(session, Audience::Console, at).unwrap())
                .unwrap()
                .kid
                .unwrap()
        };
        assert_eq!(kid(now), "k1");
        assert_eq!(kid(now + SPREAD), "k2");
        // What the old key signed stays good for its time.
        let old = tokens.issue(session, Audience::Console, now).unwrap();
        assert_eq!(tokens.verify(&old, Audience::Console, now + SPREAD), Some(session));
    }

    #[test]
    fn forged_and_unsigned_tokens_are_refused() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let (tokens, session) = (tokens(now), session(now));
        let claims = Claims { sub: session, aud: "console".into(), iat: 0, exp: i64::MAX };
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some("k1".into());
        let forged = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(b"guess")).unwrap();
        assert_eq!(tokens.verify(&forged, Audience::Console, now), None);
        // {"alg":"none","kid":"k1"} and the same claims, without a signature.
        let body = forged.split('.').nth(1).unwrap();
        let none = format!("eyJhbGciOiJub25lIiwia2lkIjoiazEifQ.{body}.");
        assert_eq!(tokens.verify(&none, Audience::Console, now), None);
        header.kid = Some("k2".into());
        let unknown = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(&[7; 32])).unwrap();
        assert_eq!(tokens.verify(&unknown, Audience::Console, now), None);
    }
}
