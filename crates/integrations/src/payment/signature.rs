//! Signatures of webhooks, in the scheme Stripe publishes: `t=<unix seconds>,v1=<hex of HMAC-SHA256(secret,
//! "t.body")>`.
//!
//! The sandbox signs the same way, so that a demo takes the very path a real payment takes.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use super::WebhookError;

/// How far a signature's time may be from ours, either way.
const TOLERANCE_SECONDS: u64 = 300;

/// Checks that a body was signed by the holder of one of the secrets, and lately.
///
/// A header may carry several `v1`, and we may hold several secrets: both happen while a secret is being
/// rotated.
pub fn verify(
    secrets: &[SecretString],
    header: Option<&str>,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<(), WebhookError> {
    // An empty secret is one everybody knows.
    let secrets: Vec<_> = secrets.iter().filter(|secret| !secret.expose_secret().is_empty()).collect();
    if secrets.is_empty() {
        return Err(WebhookError::NotConfigured);
    }
    let header = header.ok_or(WebhookError::Unsigned)?;
    let mut time = None;
    let mut signatures = Vec::new();
    for (key, value) in header.split(',').filter_map(|part| part.trim().split_once('=')) {
        match key {
            "t" => time = Some(value),
            "v1" => signatures.extend(hex::decode(value)),
            // Stripe also sends `v0` for test events, and asks that unknown schemes be ignored.
            _ => {}
        }
    }
    let time = time.ok_or(WebhookError::Unsigned)?;
    let signed_at: i64 = time.parse().map_err(|_| WebhookError::Unsigned)?;
    if signatures.is_empty() {
        return Err(WebhookError::Unsigned);
    }
    // Every pair is compared, and each in constant time, so that nothing can be learnt from how long a
    // refusal takes.
    let mut authentic = false;
    for secret in secrets {
        let mac = mac(secret, time, body);
        for signature in &signatures {
            authentic |= mac.clone().verify_slice(signature).is_ok();
        }
    }
    if !authentic {
        return Err(WebhookError::Forged);
    }
    // Last, so that "stale" is said to the genuine sender only.
    if now.timestamp().abs_diff(signed_at) > TOLERANCE_SECONDS {
        return Err(WebhookError::Stale);
    }
    Ok(())
}

/// The header for a body signed now, with one `v1` for each secret.
pub fn sign(secrets: &[SecretString], body: &[u8], now: DateTime<Utc>) -> String {
    let time = now.timestamp().to_string();
    let signatures = secrets
        .iter()
        .map(|secret| format!(",v1={}", hex::encode(mac(secret, &time, body).finalize().into_bytes())));
    format!("t={time}{}", signatures.collect::<String>())
}

/// The MAC over time and body; the time as it is written in the header, since that is what was signed.
fn mac(secret: &SecretString, time: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .expect("HMAC takes keys of every length");
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    const BODY: &[u8] = br#"{"id": "evt_1"}"#;
    const NOW: i64 = 1_700_000_000;

    #[test]
    fn the_signature_is_the_published_one() {
        // printf '1700000000.{"id": "evt_1"}' | openssl dgst -sha256 -hmac whsec_test
        let expected = "t=1700000000,v1=a0c091828640f0b68061abc7c03981ad1100ff7160c5dba6b656239494a2b537";
        assert_eq!(sign(&[secret("whsec_test")], BODY, at(NOW)), expected);
        assert_eq!(verify(&[secret("whsec_test")], Some(expected), BODY, at(NOW)), Ok(()));
    }

    #[test]
    fn five_minutes_either_way() {
        let keys = [secret("whsec_test")];
        let header = sign(&keys, BODY, at(NOW));
        for (offset, expected) in [
            (-301, Err(WebhookError::Stale)),
            (-300, Ok(())),
            (0, Ok(())),
            (300, Ok(())),
            (301, Err(WebhookError::Stale)),
        ] {
            assert_eq!(verify(&keys, Some(&header), BODY, at(NOW + offset)), expected, "{offset} s");
        }
        let absurd = sign(&keys, BODY, DateTime::<Utc>::MIN_UTC);
        assert_eq!(verify(&keys, Some(&absurd), BODY, at(NOW)), Err(WebhookError::Stale));
    }

    #[test]
    fn forged_is_refused() {
        let keys = [secret("whsec_test")];
        let header = sign(&keys, BODY, at(NOW));
        let check = |header: &str, body| verify(&keys, Some(header), body, at(NOW));
        assert_eq!(check(&sign(&[secret("whsec_other")], BODY, at(NOW)), BODY), Err(WebhookError::Forged));
        assert_eq!(check(&header, br#"{"id": "evt_2"}"#), Err(WebhookError::Forged));
        assert_eq!(check(&header, br#"{"id":"evt_1"}"#), Err(WebhookError::Forged), "re-serialised");
        // The time is signed too.
        assert_eq!(check(&header.replace("t=1700000000", "t=1700000001"), BODY), Err(WebhookError::Forged));
        // A prefix of the right signature is not the right signature.
        assert_eq!(check(&header[..header.len() - 2], BODY), Err(WebhookError::Forged));
    }

    #[test]
    fn unsigned_is_refused() {
        let keys = [secret("whsec_test")];
        let good = sign(&keys, BODY, at(NOW));
        let v0_only = good.replace("v1=", "v0=");
        let no_time = good.split_once(',').unwrap().1;
        for header in
            ["", "nonsense", "t=1700000000", "t=1700000000,v1=zz", "t=soon,v1=00", &v0_only, no_time]
        {
            assert_eq!(verify(&keys, Some(header), BODY, at(NOW)), Err(WebhookError::Unsigned), "{header}");
        }
        assert_eq!(verify(&keys, None, BODY, at(NOW)), Err(WebhookError::Unsigned));
        assert_eq!(verify(&[], Some(&good), BODY, at(NOW)), Err(WebhookError::NotConfigured));
        let blank = [secret("")];
        let by_anybody = sign(&blank, BODY, at(NOW));
        assert_eq!(verify(&blank, Some(&by_anybody), BODY, at(NOW)), Err(WebhookError::NotConfigured));
    }

    #[test]
    fn either_side_can_rotate_its_secret() {
        let (old, new) = (secret("whsec_old"), secret("whsec_new"));
        let both = [old.clone(), new.clone()];
        let (old, new) = (&[old][..], &[new][..]);
        for (ours, theirs) in [(&both[..], old), (&both, new), (new, &both), (old, &both)] {
            assert_eq!(verify(ours, Some(&sign(theirs, BODY, at(NOW))), BODY, at(NOW)), Ok(()));
        }
        assert_eq!(verify(old, Some(&sign(new, BODY, at(NOW))), BODY, at(NOW)), Err(WebhookError::Forged));
    }
}
