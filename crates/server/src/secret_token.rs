//! Random tokens for links and programs: shown once, kept as their hash.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore;
use sha2::{Digest, Sha256};

/// A token of 256 random bits and its hash. The bits are enough that a plain hash needs no salt.
pub struct SecretToken {
    /// What the holder gets: prefix and 43 characters of base64url.
    pub text: String,
    /// What the database gets.
    pub hash: [u8; 32],
}

impl SecretToken {
    /// A fresh token.
    pub fn generate(prefix: &str) -> Self {
        let mut bytes = [0; 32];
        rand::rng().fill_bytes(&mut bytes);
        let text = format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes));
        let hash = hash(&text);
        Self { text, hash }
    }
}

/// The hash by which a token is found.
pub fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
