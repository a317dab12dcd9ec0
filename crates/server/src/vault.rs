//! Secrets at rest: signing keys, second factors, providers' keys.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use rand::RngCore;
use secrecy::{ExposeSecret, SecretSlice};

/// The bytes can't be opened: another key sealed them, for another place, or they were changed.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("a stored secret cannot be opened with the present master key")]
pub struct CannotOpen;

/// Seals with XChaCha20-Poly1305 under the master key. The place (table, column, row) is authenticated
/// with the text, so a sealed value can't be moved elsewhere.
#[derive(Clone)]
pub struct Vault {
    key: std::sync::Arc<SecretSlice<u8>>,
}

const NONCE: usize = 24;

impl Vault {
    /// Takes the 32 bytes of the master key.
    pub fn new(key: [u8; 32]) -> Self {
        Self { key: std::sync::Arc::new(SecretSlice::from(key.to_vec())) }
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        let key = Key::try_from(self.key.expose_secret()).expect("the master key has 32 bytes");
        XChaCha20Poly1305::new(&key)
    }

    /// Seals a text for a place.
    pub fn seal(&self, place: &str, text: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        rand::rng().fill_bytes(&mut nonce);
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), Payload { msg: text, aad: place.as_bytes() })
            .expect("texts are far below the cipher's limit");
        [&nonce[..], &sealed].concat()
    }

    /// Opens what was sealed for the same place.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, CannotOpen> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE).ok_or(CannotOpen)?;
        let nonce = XNonce::try_from(nonce).map_err(|_| CannotOpen)?;
        self.cipher().decrypt(&nonce, Payload { msg: sealed, aad: place.as_bytes() }).map_err(|_| CannotOpen)
    }
}

#[cfg(test)]
mod tests {
    use super::Vault;

    #[test]
    fn opens_only_unchanged_in_its_place_with_its_key() {
        let vault = Vault::new([7; 32]);
        let mut sealed = vault.seal("account.totp_secret acc_1", b"secret");
        assert_eq!(vault.open("account.totp_secret acc_1", &sealed).unwrap(), b"secret");
        assert!(vault.open("account.totp_secret acc_2", &sealed).is_err());
        assert!(Vault::new([8; 32]).open("account.totp_secret acc_1", &sealed).is_err());
        sealed[30] ^= 1;
        assert!(vault.open("account.totp_secret acc_1", &sealed).is_err());
        assert!(vault.open("account.totp_secret acc_1", b"short").is_err());
    }
}
