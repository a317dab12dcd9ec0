/// Units by their code in UN/ECE recommendation 20, and how people write them.
const UNITS: &[(&str, &[&str])] = &[
    ("C62", &["", "x", "one", "unit", "units", "×"]),
    ("H87", &["pc", "pcs", "piece", "pieces", "item", "items", "ea", "each", "stk", "stück", "st", "st."]),
    ("HUR", &["h", "hr", "hrs", "hour", "hours", "std", "std.", "stunde", "stunden"]),
    ("MIN", &["min", "min.", "minute", "minutes", "minuten"]),
    ("DAY", &["d", "day", "days", "tag", "tage"]),
    ("WEE", &["wk", "week", "weeks", "woche", "wochen"]),
    ("MON", &["mo", "month", "months", "monat", "monate"]),
    ("ANN", &["yr", "year", "years", "jahr", "jahre"]),
    ("LS", &["flat", "lump sum", "fixed", "pauschal", "pauschale", "psch", "psch."]),
    ("KMT", &["km"]),
    ("MTR", &["m", "lm", "lfm", "metre", "metres", "meter"]),
    ("CMT", &["cm"]),
    ("MMT", &["mm"]),
    ("MTK", &["m²", "m2", "sqm", "qm"]),
    ("MTQ", &["m³", "m3", "cbm"]),
    ("FOT", &["ft", "foot", "feet"]),
    ("FTK", &["sq ft", "sqft", "ft²"]),
    ("INH", &["in", "inch"]),
    ("KGM", &["kg"]),
    ("GRM", &["g"]),
    ("TNE", &["t", "tonne", "tonnes", "tonnen"]),
    ("LBR", &["lb", "lbs"]),
    ("LTR", &["l", "litre", "litres", "liter"]),
    ("KWH", &["kwh"]),
    ("SET", &["set", "sets", "satz"]),
    ("PR", &["pair", "pairs", "paar"]),
];

/// The code of a unit as people write it, in English or German; an empty one counts pieces. None for what
/// is not known.
pub fn unit_code(unit: &str) -> Option<&'static str> {
    let unit = unit.trim().to_lowercase();
    UNITS.iter().find(|(_, written)| written.contains(&unit.as_str())).map(|(code, _)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_known_as_people_write_them() {
        for (unit, code) in [("h", "HUR"), ("Stk", "H87"), (" m² ", "MTK"), ("", "C62"), ("Pauschal", "LS")]
        {
            assert_eq!(unit_code(unit), Some(code), "{unit}");
        }
        assert_eq!(unit_code("barrels of fun"), None);
        let mut all: Vec<_> = UNITS.iter().flat_map(|(_, written)| *written).collect();
        all.sort_unstable();
        assert!(all.windows(2).all(|two| two[0] != two[1]), "no way of writing stands for two units");
    }
}
