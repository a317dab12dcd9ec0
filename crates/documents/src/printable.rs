//! Texts as the fonts can print them.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::world;

/// From so many characters without a break on, a word may be broken anywhere: else it would run off the page.
const LONG_WORD: usize = 26;
/// How many characters of a long word stay together.
const PIECE: usize = 13;
const ZERO_WIDTH_SPACE: char = '\u{200b}';
/// What stands for a character that no font has.
const UNKNOWN: char = '\u{25a1}';

static COVERED: LazyLock<HashSet<u32>> =
    LazyLock::new(|| world::fonts().iter().flat_map(|font| font.info().coverage.iter()).collect());

/// A text of several lines, with nothing in it that can't be printed.
///
/// Control characters go, and so do the ones that would turn the direction of all that follows; characters that
/// no font has become boxes, because an archivable PDF may not hold glyphs that don't exist.
pub(crate) fn printable(text: &str) -> String {
    let mut printed = String::with_capacity(text.len());
    let mut run = 0;
    let mut before = ' ';
    for character in text.trim().chars() {
        let Some(character) = keep(character) else { continue };
        let breaks = character.is_whitespace() || character == ZERO_WIDTH_SPACE;
        run = if breaks { 0 } else { run + 1 };
        if run > LONG_WORD && may_part(before, character) {
            // The piece before has been long enough; the ones after are kept short.
            printed.push(ZERO_WIDTH_SPACE);
            run = LONG_WORD - PIECE;
        }
        printed.push(character);
        before = character;
    }
    printed
}

/// The same in one line.
pub(crate) fn one_line(text: &str) -> String {
    printable(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn keep(character: char) -> Option<char> {
    match character {
        '\n' | '\u{2028}' | '\u{2029}' | '\u{85}' => Some('\n'),
        '\t' => Some(' '),
        // Joiners and marks of direction shape the letters around them and can't reach further.
        '\u{200c}'..='\u{200f}' | '\u{61c}' | ZERO_WIDTH_SPACE => Some(character),
        // Soft hyphens, embeddings, overrides, isolates, variation selectors, tags, private use.
        '\u{ad}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{e0000}'..='\u{e0fff}' => None,
        _ if character.is_control() => None,
        _ if character.is_whitespace() => Some(if character == '\u{a0}' { character } else { ' ' }),
        _ if COVERED.contains(&u32::from(character)) => Some(character),
        _ => Some(UNKNOWN),
    }
}

/// Whether a break between two characters tears nothing apart: marks stay with their letters, and scripts
/// that join letters or have their own rules are left alone.
fn may_part(before: char, after: char) -> bool {
    let simple = |c: char| {
        u32::from(c) < 0x590 && !('\u{300}'..='\u{36f}').contains(&c) && !('\u{483}'..='\u{489}').contains(&c)
    };
    simple(before) && simple(after) || before == UNKNOWN && after == UNKNOWN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_texts_stay() {
        for text in [
            "Søren Holm",
            "Ελένη Ξ",
            "Щербина",
            "شركة النور",
            "חברה",
            "株式会社山田 한국",
            "ไทย",
            "भारत",
            "Nguyễn Văn Á",
        ] {
            assert_eq!(printable(text), text);
        }
        assert_eq!(printable("a\r\nb\tc\n"), "a\nb c");
        assert_eq!(one_line(" a\n b "), "a b");
    }

    #[test]
    fn what_can_not_be_printed_is_shown_as_such() {
        assert_eq!(printable("a\u{0}\u{7}b\u{202e}c\u{2066}d"), "abcd");
        assert_eq!(printable("party \u{1f389}\u{fe0f}"), "party \u{25a1}");
        assert_eq!(printable("\u{10ffff}\u{f8ff}"), "\u{25a1}\u{25a1}");
    }

    #[test]
    fn long_words_may_break() {
        let long = "x".repeat(500);
        let printed = printable(&long);
        assert!(printed.split(ZERO_WIDTH_SPACE).all(|piece| piece.len() <= LONG_WORD));
        assert_eq!(printed.replace(ZERO_WIDTH_SPACE, ""), long);
        let words = "Donaudampfschiff und Kapitän".repeat(3);
        assert_eq!(printable(&words), words);
        let marked = "e\u{301}".repeat(60);
        assert!(!printable(&marked).contains("\u{200b}\u{301}"));
    }
}
