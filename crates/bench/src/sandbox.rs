//! The sandbox provider's other side: its events, signed as it signs them.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use serde_json::Value;
use sha2::Sha256;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Result;

/// The header that carries a signature.
pub const SIGNATURE: &str = "portico-sandbox-signature";
/// The bytes before what is sealed.
const NONCE: usize = 24;

/// Who signs the events of an organization's sandbox.
#[derive(Debug)]
pub struct Signer {
    connection: String,
    secret: String,
}

impl Signer {
    /// Reads the secret, which leaves the server for nobody, out of the database with the server's own master key
    /// (64 hexadecimal digits). `connection` is the id of the organization's sandbox.
    pub async fn read(
        database: &mut PgConnection,
        organization: Uuid,
        connection: &str,
        master_key: &str,
    ) -> Result<Self> {
        let sealed: Vec<u8> = sqlx::query_scalar(
            "select secrets from payment_connection where organization_id = $1 and provider = 'sandbox'",
        )
        .bind(organization)
        .fetch_one(database)
        .await?;
        let mut key = [0; 32];
        hex::decode_to_slice(master_key.trim(), &mut key)?;
        let (nonce, sealed) = sealed.split_at_checked(NONCE).ok_or("nothing is sealed")?;
        let place = format!("payment_connection.secrets {connection}");
        let opened = XChaCha20Poly1305::new(&Key::from(key))
            .decrypt(&XNonce::try_from(nonce)?, Payload { msg: sealed, aad: place.as_bytes() })
            .map_err(|_| "the sandbox's secret can't be opened")?;
        let secrets: Value = serde_json::from_slice(&opened)?;
        let secret = secrets["webhook_secrets"][0].as_str().ok_or("the sandbox has no secret")?;
        Ok(Self { connection: connection.to_owned(), secret: secret.to_owned() })
    }

    /// Where events go.
    pub fn path(&self) -> String {
        format!("/api/v1/webhooks/payments/{}", self.connection)
    }

    /// The signature of an event sent now.
    #[expect(clippy::disallowed_methods, reason = "what asks a server from outside has no clock to move")]
    pub fn sign(&self, body: &[u8]) -> String {
        let time = chrono::Utc::now().timestamp().to_string();
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).expect("HMAC takes keys of every length");
        for part in [time.as_bytes(), b".", body] {
            mac.update(part);
        }
        format!("t={time},v1={}", hex::encode(mac.finalize().into_bytes()))
    }
}

/// An event of an attempt: the same id is the same event.
pub fn event(attempt: &str, number: u32, kind: &str) -> Value {
    serde_json::json!({
        "id": format!("evt_sbx_{attempt}_{number}"),
        "type": kind,
        "reference": format!("sbx_{attempt}"),
        "payment_reference": format!("sbxpay_{attempt}"),
        "attempt": attempt,
    })
}
