use crate::language::Paper;

/// Countries by their code and the names that stand on envelopes: English first, then their own.
const COUNTRIES: &[(&str, &[&str])] = &[
    ("AD", &["Andorra"]),
    ("AE", &["United Arab Emirates", "UAE", "الإمارات"]),
    ("AR", &["Argentina"]),
    ("AT", &["Austria", "Österreich"]),
    ("AU", &["Australia", "Australien"]),
    ("BE", &["Belgium", "België", "Belgique", "Belgien"]),
    ("BG", &["Bulgaria", "България", "Bulgarien"]),
    ("BR", &["Brazil", "Brasil", "Brasilien"]),
    ("CA", &["Canada", "Kanada"]),
    ("CH", &["Switzerland", "Schweiz", "Suisse", "Svizzera"]),
    ("CL", &["Chile"]),
    ("CN", &["China", "中国"]),
    ("CO", &["Colombia", "Kolumbien"]),
    ("CY", &["Cyprus", "Κύπρος", "Zypern"]),
    ("CZ", &["Czech Republic", "Czechia", "Česko", "Česká republika", "Tschechien"]),
    ("DE", &["Germany", "Deutschland"]),
    ("DK", &["Denmark", "Danmark", "Dänemark"]),
    ("EE", &["Estonia", "Eesti", "Estland"]),
    ("EG", &["Egypt", "مصر", "Ägypten"]),
    ("ES", &["Spain", "España", "Spanien"]),
    ("FI", &["Finland", "Suomi", "Finnland"]),
    ("FR", &["France", "Frankreich"]),
    (
        "GB",
        &["United Kingdom", "UK", "Great Britain", "England", "Scotland", "Wales", "Vereinigtes Königreich"],
    ),
    ("GR", &["Greece", "Ελλάδα", "Griechenland"]),
    ("HR", &["Croatia", "Hrvatska", "Kroatien"]),
    ("HU", &["Hungary", "Magyarország", "Ungarn"]),
    ("IE", &["Ireland", "Éire", "Irland"]),
    ("IL", &["Israel", "ישראל"]),
    ("IN", &["India", "भारत", "Indien"]),
    ("IS", &["Iceland", "Ísland", "Island"]),
    ("IT", &["Italy", "Italia", "Italien"]),
    ("JP", &["Japan", "日本"]),
    ("KR", &["South Korea", "Korea", "대한민국", "Südkorea"]),
    ("LI", &["Liechtenstein"]),
    ("LT", &["Lithuania", "Lietuva", "Litauen"]),
    ("LU", &["Luxembourg", "Lëtzebuerg", "Luxemburg"]),
    ("LV", &["Latvia", "Latvija", "Lettland"]),
    ("MC", &["Monaco"]),
    ("MT", &["Malta"]),
    ("MX", &["Mexico", "México", "Mexiko"]),
    ("NL", &["Netherlands", "The Netherlands", "Nederland", "Niederlande"]),
    ("NO", &["Norway", "Norge", "Norwegen"]),
    ("NZ", &["New Zealand", "Neuseeland"]),
    ("PH", &["Philippines", "Pilipinas", "Philippinen"]),
    ("PL", &["Poland", "Polska", "Polen"]),
    ("PR", &["Puerto Rico"]),
    ("PT", &["Portugal"]),
    ("RO", &["Romania", "România", "Rumänien"]),
    ("RS", &["Serbia", "Србија", "Srbija", "Serbien"]),
    ("SA", &["Saudi Arabia", "السعودية", "Saudi-Arabien"]),
    ("SE", &["Sweden", "Sverige", "Schweden"]),
    ("SG", &["Singapore", "Singapur"]),
    ("SI", &["Slovenia", "Slovenija", "Slowenien"]),
    ("SK", &["Slovakia", "Slovensko", "Slowakei"]),
    ("TR", &["Turkey", "Türkiye", "Türkei"]),
    ("UA", &["Ukraine", "Україна"]),
    ("US", &["United States", "United States of America", "USA", "U.S.A.", "U.S.", "Vereinigte Staaten"]),
    ("VE", &["Venezuela"]),
    ("ZA", &["South Africa", "Südafrika"]),
];

/// The code (ISO 3166-1, two letters) of a country as it stands on an envelope: by name in English, German
/// or its own language, or the code itself. None for what is not known.
pub fn country_code(name: &str) -> Option<&'static str> {
    let name = name.trim().to_lowercase();
    COUNTRIES
        .iter()
        .find(|(code, names)| {
            code.to_lowercase() == name || names.iter().any(|known| known.to_lowercase() == name)
        })
        .map(|(code, _)| *code)
}

/// The sheets that a country writes on.
pub fn paper_of(country: &str) -> Paper {
    match country_code(country) {
        Some("CA" | "CL" | "CO" | "MX" | "PH" | "PR" | "US" | "VE") => Paper::UsLetter,
        Some(_) | None => Paper::A4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_known_by_name_and_code() {
        for (name, code) in
            [("Germany", "DE"), (" deutschland ", "DE"), ("ÖSTERREICH", "AT"), ("us", "US"), ("日本", "JP")]
        {
            assert_eq!(country_code(name), Some(code), "{name}");
        }
        assert_eq!((country_code(""), country_code("Atlantis")), (None, None));
        assert_eq!(
            (paper_of("USA"), paper_of("Germany"), paper_of("")),
            (Paper::UsLetter, Paper::A4, Paper::A4)
        );
        assert!(COUNTRIES.is_sorted(), "so that one is found by eye");
    }
}
