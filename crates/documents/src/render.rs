//! From a sheet to the bytes of a PDF.

use typst::diag::SourceDiagnostic;
use typst::foundations::Smart;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::sheet::Sheet;
use crate::world::Desk;

/// Why a document could not be printed. What people write can't cause it: this is a fault of the program.
#[derive(Debug, thiserror::Error)]
#[error("the document could not be laid out: {0}")]
pub struct RenderError(String);

/// How many rounds of layout the cache remembers. A server prints other documents than before, so hardly
/// anything but the template's own parts is worth keeping.
const REMEMBERED: usize = 2;
/// The largest logo that is worth decoding, in pixels each way; 512 kB of PNG can claim to be far larger.
const LOGO_PIXELS: usize = 6000;

/// Prints a sheet as PDF/A-3b with the look's logo, if it can be read.
///
/// `identity` is hashed into the file's identifier; the same document should say the same.
pub(crate) fn render(sheet: &Sheet, logo: Option<&[u8]>, identity: &str) -> Result<Vec<u8>, RenderError> {
    let logo = logo.and_then(|bytes| Some((logo_name(bytes)?, bytes)));
    let printed = match logo {
        // A logo that looks like one may still be broken further in.
        Some(logo) => print(sheet, Some(logo), identity).or_else(|_| print(sheet, None, identity)),
        None => print(sheet, None, identity),
    };
    typst::comemo::evict(REMEMBERED);
    printed
}

fn print(sheet: &Sheet, logo: Option<(&'static str, &[u8])>, identity: &str) -> Result<Vec<u8>, RenderError> {
    let mut value = serde_json::to_value(sheet).map_err(|error| RenderError(error.to_string()))?;
    value["logo"] = logo.map(|(name, _)| name).into();
    let mut files = vec![("sheet.json", value.to_string().into_bytes())];
    files.extend(logo.map(|(name, bytes)| (name, bytes.to_vec())));
    files.extend(sheet.attachments.iter().map(|file| (file.name, file.bytes.clone())));
    let desk = Desk::new(files);
    let document: PagedDocument = typst::compile(&desk).output.map_err(|errors| refused(&errors))?;
    let export = |standards: PdfStandards| {
        let options = PdfOptions {
            ident: Smart::Custom(identity.to_owned()),
            creator: Smart::Custom(Some("Portico".to_owned())),
            standards,
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&document, &options)
    };
    let archivable = PdfStandards::new(&[PdfStandard::A_3b]).expect("one standard contradicts no other");
    export(archivable)
        // A font may lack a glyph for a combination of characters that it has one by one. Better a box on an
        // ordinary PDF than none.
        .or_else(|_| export(PdfStandards::default()))
        .map_err(|errors| refused(&errors))
}

fn refused(errors: &[SourceDiagnostic]) -> RenderError {
    RenderError(errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("; "))
}

/// What a logo is called among the files, by what its bytes say it is; none if it is no picture that can be
/// printed.
fn logo_name(bytes: &[u8]) -> Option<&'static str> {
    let pixels = |width: usize, height: usize| {
        (1..=LOGO_PIXELS).contains(&width) && (1..=LOGO_PIXELS).contains(&height)
    };
    if let Ok(size) = imagesize::blob_size(bytes) {
        let name = match imagesize::image_type(bytes).ok()? {
            imagesize::ImageType::Png => "logo.png",
            imagesize::ImageType::Jpeg => "logo.jpg",
            imagesize::ImageType::Webp => "logo.webp",
            _ => return None,
        };
        return pixels(size.width, size.height).then_some(name);
    }
    let text = std::str::from_utf8(bytes).ok()?.trim_start_matches('\u{feff}').trim_start();
    (text.starts_with("<svg") || text.starts_with("<?xml") && text.contains("<svg")).then_some("logo.svg")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logos_are_what_their_bytes_say() {
        let png = |width: u32| {
            let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
            bytes.extend(width.to_be_bytes());
            bytes.extend(10_u32.to_be_bytes());
            bytes.extend([8, 2, 0, 0, 0]);
            bytes
        };
        assert_eq!(logo_name(&png(10)), Some("logo.png"));
        assert_eq!(logo_name(&png(60_000)), None);
        assert_eq!(
            logo_name(b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>"),
            Some("logo.svg")
        );
        for none in [&b"GIF89a\x01\0\x01\0"[..], b"", b"<html>", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"] {
            assert_eq!(logo_name(none), None);
        }
    }
}
