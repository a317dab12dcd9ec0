//! From a file's bytes to rows of cells: encoding, separator, quotes.

use std::collections::HashSet;

use csv::{ReaderBuilder, StringRecord};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The most bytes of a file.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// A file's rows, not yet understood.
#[derive(Debug)]
pub struct Table {
    /// Name of the encoding that was found.
    pub encoding: &'static str,
    /// The separator that was found.
    pub separator: char,
    /// The headings, none of them twice: a second `Name` becomes `Name (2)`.
    pub headings: Vec<String>,
    /// The rows that aren't blank.
    pub rows: Vec<Row>,
}

/// A row as it stands in the file. It may have another number of cells than there are headings.
#[derive(Debug)]
pub struct Row {
    /// Line on which it begins, from 1.
    pub line: u64,
    /// Its cells.
    pub cells: StringRecord,
}

/// Why a file can't be read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Beyond the limit.
    #[error("must be at most 10 MB")]
    TooLarge,
    /// Not a text: a spreadsheet, a picture, an archive.
    #[error("is not a text file: save the table as CSV first")]
    Binary,
    /// No heading.
    #[error("is empty: the first line must hold the headings")]
    Empty,
}

impl ReadError {
    /// The stable code of the refusal.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::Binary => "not_a_text",
            Self::Empty => "empty_file",
        }
    }
}

/// Reads a file.
pub fn read(bytes: &[u8]) -> Result<Table, ReadError> {
    if bytes.len() > MAX_BYTES {
        return Err(ReadError::TooLarge);
    }
    let (text, encoding) = decode(bytes)?;
    // Some programs say which separator they used, on a line of its own.
    let (announced, start) = announced(&text);
    let body = &text[start..];
    let separator = announced.unwrap_or_else(|| separator(body));
    let first_line = 1 + lines(&text[..start]);
    let mut reader = ReaderBuilder::new()
        .delimiter(u8::try_from(separator).unwrap_or(b','))
        .flexible(true)
        .has_headers(false)
        .from_reader(body.as_bytes());
    let mut rows = Vec::new();
    let (mut counted_to, mut line) = (0, first_line);
    for record in reader.records() {
        // The text is UTF-8 and rows may have any length: there is nothing left to fail.
        let Ok(cells) = record else { return Err(ReadError::Binary) };
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let position = cells.position().map_or(0, csv::Position::byte);
        let begin = skip_blank(body, usize::try_from(position).unwrap_or(usize::MAX));
        line += lines(&body[counted_to..begin]);
        counted_to = begin;
        rows.push(Row { line, cells });
    }
    if rows.is_empty() {
        return Err(ReadError::Empty);
    }
    let headings = headings(&rows.remove(0).cells);
    Ok(Table { encoding, separator, headings, rows })
}

/// The csv reader counts empty lines to the row behind them.
fn skip_blank(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from.min(text.len()) + rest.find(|c| c != '\r' && c != '\n').unwrap_or(rest.len())
}

fn lines(text: &str) -> u64 {
    text.bytes().filter(|&byte| byte == b'\n').count() as u64
}

fn decode(bytes: &[u8]) -> Result<(String, &'static str), ReadError> {
    let (encoding, mark): (&'static Encoding, usize) = match Encoding::for_bom(bytes) {
        Some(found) => found,
        None if std::str::from_utf8(bytes).is_ok() => (UTF_8, 0),
        None => (WINDOWS_1252, 0),
    };
    let (text, broken) = encoding.decode_without_bom_handling(&bytes[mark..]);
    let name = match encoding {
        e if e == UTF_8 => "UTF-8",
        e if e == UTF_16LE || e == UTF_16BE => "UTF-16",
        _ => "Windows-1252",
    };
    // In Windows-1252 the C1 controls stand for bytes that no text has; in UTF-8 some programs use them.
    let c1 = encoding == WINDOWS_1252;
    let control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r') && (c1 || u32::from(c) < 0x80);
    if broken || text.contains(control) {
        return Err(ReadError::Binary);
    }
    // Lines that end in CR alone come from old Macs.
    let text = if text.contains('\n') { text.into_owned() } else { text.replace('\r', "\n") };
    Ok((text, name))
}

fn announced(text: &str) -> (Option<char>, usize) {
    let line = text.lines().next().unwrap_or_default();
    let mut rest = line.strip_prefix("sep=").unwrap_or_default().chars();
    match (rest.next(), rest.next()) {
        (Some(separator @ (',' | ';' | '\t')), None) => {
            (Some(separator), text.find('\n').map_or(text.len(), |end| end + 1))
        }
        _ => (None, 0),
    }
}

/// The separator that the heading has most of, outside of quotes.
fn separator(text: &str) -> char {
    let mut quoted = false;
    let mut counts = [('\t', 0), (';', 0), (',', 0)];
    for c in text.trim_start_matches(['\r', '\n']).chars() {
        match c {
            '"' => quoted = !quoted,
            '\n' if !quoted => break,
            _ if quoted => {}
            _ => {
                for (separator, count) in &mut counts {
                    *count += i32::from(*separator == c);
                }
            }
        }
    }
    // The first of equals, since commas stand in headings as words, too. A single column has none.
    let most = counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .reduce(|best, next| if next.1 > best.1 { next } else { best });
    most.map_or(',', |(separator, _)| separator)
}

fn headings(cells: &StringRecord) -> Vec<String> {
    let mut seen = HashSet::new();
    cells
        .iter()
        .enumerate()
        .map(|(index, cell)| {
            let heading = cell.split_whitespace().collect::<Vec<_>>().join(" ");
            let heading = if heading.is_empty() { format!("Column {}", index + 1) } else { heading };
            let mut unique = heading.clone();
            let mut count = 1;
            while !seen.insert(unique.clone()) {
                count += 1;
                unique = format!("{heading} ({count})");
            }
            unique
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(table: &Table) -> Vec<(u64, Vec<&str>)> {
        table.rows.iter().map(|row| (row.line, row.cells.iter().collect())).collect()
    }

    #[test]
    fn encodings() {
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain("Name;Ort\nKöhler;Łódź\n".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        for (bytes, encoding) in [
            ("Name;Ort\nKöhler;Łódź\n".as_bytes().to_vec(), "UTF-8"),
            ("\u{feff}Name;Ort\nKöhler;Łódź\n".as_bytes().to_vec(), "UTF-8"),
            (utf16, "UTF-16"),
        ] {
            let table = read(&bytes).unwrap();
            assert_eq!((table.encoding, table.separator), (encoding, ';'));
            assert_eq!(table.headings, ["Name", "Ort"]);
            assert_eq!(cells(&table), [(2, vec!["Köhler", "Łódź"])]);
        }
        let table = read(b"Name,Ort\nK\xf6hler,\x80 5\n").unwrap();
        assert_eq!((table.encoding, cells(&table)), ("Windows-1252", vec![(2, vec!["Köhler", "€ 5"])]));
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let zip = b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00";
        for bytes in [&zip[..], b"Name,Ort\nA\0B,C\n", b"\x89PNG\r\n\x1a\n\xff\xd8", b"\xff\xfeN\x00\x00\xd8"]
        {
            assert_eq!(read(bytes).unwrap_err(), ReadError::Binary, "{bytes:?}");
        }
        for bytes in [&b""[..], b"\n\n", b"\xef\xbb\xbf", b" ; ;\n"] {
            assert_eq!(read(bytes).unwrap_err(), ReadError::Empty, "{bytes:?}");
        }
        assert_eq!(read(&vec![b'a'; MAX_BYTES + 1]).unwrap_err(), ReadError::TooLarge);
    }

    #[test]
    fn quotes_blank_lines_and_line_numbers() {
        let text =
            "\r\n\"Name; long\",Ort\r\n\r\n\"A \"\"B\"\"\r\nC\",x\r\n\r\n\r\n,\r\nD,y,z\r\nE\r\n\"F\",w";
        let table = read(text.as_bytes()).unwrap();
        assert_eq!(table.headings, ["Name; long", "Ort"]);
        assert_eq!(
            cells(&table),
            [(4, vec!["A \"B\"\r\nC", "x"]), (9, vec!["D", "y", "z"]), (10, vec!["E"]), (11, vec!["F", "w"]),]
        );
    }

    #[test]
    fn separators_and_headings() {
        let table = read(b"sep=;\nA;A;;\"x,y,z,w\"\n1;2;3;4\n").unwrap();
        assert_eq!(table.headings, ["A", "A (2)", "Column 3", "x,y,z,w"]);
        assert_eq!(cells(&table), [(3, vec!["1", "2", "3", "4"])]);
        assert_eq!(read(b"A\tB, or C\n1\t2\n").unwrap().separator, '\t');
        assert_eq!(read(b"Name\nAnn\n").unwrap().separator, ',');
        assert_eq!(cells(&read(b"A,B\r1,2\r3,4").unwrap()), [(2, vec!["1", "2"]), (3, vec!["3", "4"])]);
    }
}
