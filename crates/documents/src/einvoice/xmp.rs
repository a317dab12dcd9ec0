//! Says in a PDF's metadata that it holds a Factur-X invoice.
//!
//! Typst writes the metadata but knows no way to add to it. So the metadata is appended once more with what
//! is missing, as PDF allows ("incremental update"): the rest of the file stays as it was, byte for byte.

/// Describes the properties below, as PDF/A asks for of whatever it doesn't know.
const SCHEMA: &str = concat!(
    r#"<rdf:li rdf:parseType="Resource">"#,
    "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>",
    "<pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI>",
    "<pdfaSchema:prefix>fx</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>",
    r#"<rdf:li rdf:parseType="Resource"><pdfaProperty:name>DocumentFileName</pdfaProperty:name>"#,
    "<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>",
    "<pdfaProperty:description>name of the embedded XML invoice file</pdfaProperty:description></rdf:li>",
    r#"<rdf:li rdf:parseType="Resource"><pdfaProperty:name>DocumentType</pdfaProperty:name>"#,
    "<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>",
    "<pdfaProperty:description>INVOICE</pdfaProperty:description></rdf:li>",
    r#"<rdf:li rdf:parseType="Resource"><pdfaProperty:name>Version</pdfaProperty:name>"#,
    "<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>",
    "<pdfaProperty:description>The actual version of the Factur-X XML schema</pdfaProperty:description></rdf:li>",
    r#"<rdf:li rdf:parseType="Resource"><pdfaProperty:name>ConformanceLevel</pdfaProperty:name>"#,
    "<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>",
    "<pdfaProperty:description>The conformance level of the embedded Factur-X data</pdfaProperty:description></rdf:li>",
    "</rdf:Seq></pdfaSchema:property></rdf:li>",
);

const PROPERTIES: &str = concat!(
    r#"<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">"#,
    "<fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>",
    "<fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel></rdf:Description>",
);

/// The same file with the declaration; as it is, if it isn't laid out as Typst does it.
pub(crate) fn declare(mut pdf: Vec<u8>) -> Vec<u8> {
    if let Some(update) = update(&pdf) {
        pdf.extend(update);
    }
    pdf
}

/// What is appended.
fn update(pdf: &[u8]) -> Option<Vec<u8>> {
    let packet = rfind(pdf, b"<?xpacket begin")?;
    let packet_end = packet + find(&pdf[packet..], b"\nendstream")?;
    let object_end = rfind(&pdf[..packet], b" 0 obj")?;
    let object = number_before(pdf, object_end)?;
    let xref = number_after(pdf, rfind(pdf, b"startxref")? + b"startxref".len())?;
    let trailer = &pdf[rfind(pdf, b"trailer")? + b"trailer".len()..];
    let trailer = std::str::from_utf8(&trailer[..find(trailer, b"startxref")?]).ok()?.trim();
    let trailer = trailer.strip_suffix(">>")?;
    let metadata = std::str::from_utf8(&pdf[packet..packet_end]).ok()?;
    let metadata = metadata
        .replacen(
            "</rdf:Bag></pdfaExtension:schemas>",
            &format!("{SCHEMA}</rdf:Bag></pdfaExtension:schemas>"),
            1,
        )
        .replacen("</rdf:RDF>", &format!("{PROPERTIES}</rdf:RDF>"), 1);
    let at = pdf.len() + 1;
    let body = format!(
        "\n{object} 0 obj\n<</Length {}/Type/Metadata/Subtype/XML>>\nstream\n{metadata}\nendstream\nendobj\n",
        metadata.len()
    );
    let table = pdf.len() + body.len();
    let end = format!(
        "xref\n{object} 1\n{at:010} 00000 n \ntrailer\n{trailer}/Prev {xref}>>\nstartxref\n{table}\n%%EOF"
    );
    Some((body + &end).into_bytes())
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn rfind(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).rposition(|window| window == wanted)
}

fn number_before(bytes: &[u8], end: usize) -> Option<usize> {
    let start = bytes[..end].iter().rposition(|byte| !byte.is_ascii_digit())? + 1;
    std::str::from_utf8(&bytes[start..end]).ok()?.parse().ok()
}

fn number_after(bytes: &[u8], start: usize) -> Option<usize> {
    std::str::from_utf8(&bytes[start..]).ok()?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_make_stays_as_it_is() {
        for file in [&b""[..], b"%PDF-1.7", b"<?xpacket begin \nendstream startxref"] {
            assert_eq!(declare(file.to_vec()), file);
        }
    }
}
