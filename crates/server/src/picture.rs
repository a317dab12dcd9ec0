//! QR codes as pictures.

use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};

use crate::problem::{Failure, Result};

/// The highest version that EPC069-12 allows.
const TRANSFER_VERSION: u8 = 13;

/// A text as a QR code.
pub fn code(text: &str) -> Result<String> {
    let code =
        QrCode::encode_text(text, QrCodeEcc::Medium).map_err(|error| Failure::internal(error.to_string()))?;
    Ok(svg(&code))
}

/// A credit transfer's data as EPC069-12 wants them: bytes, error correction level M, version 13 at most.
pub fn transfer_code(text: &str) -> Result<String> {
    let segments = [QrSegment::make_bytes(text.as_bytes())];
    let code = QrCode::encode_segments_advanced(
        &segments,
        QrCodeEcc::Medium,
        Version::MIN,
        Version::new(TRANSFER_VERSION),
        None,
        false,
    )
    .map_err(|error| Failure::internal(error.to_string()))?;
    Ok(svg(&code))
}

/// Dark squares as one path, on white with the margin that readers need.
fn svg(code: &QrCode) -> String {
    const MARGIN: i32 = 4;
    let side = code.size() + 2 * MARGIN;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            path.push_str(&format!("M{},{}h1v1h-1z", x + MARGIN, y + MARGIN));
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0,0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_is_a_path_and_nothing_else() {
        let svg = code("otpauth://totp/Portico:ana@example.com").unwrap();
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>") && !svg.contains("otpauth"));
    }

    #[test]
    fn the_longest_transfer_fits_its_version() {
        // 331 bytes, the guidelines' limit, take just version 13: 69 squares and the margin.
        assert!(transfer_code(&"x".repeat(331)).unwrap().contains("viewBox=\"0 0 77 77\""));
        assert!(transfer_code(&"x".repeat(332)).is_err());
    }
}
