//! A statement's words, strings, numbers and symbols, for guesses about it. Nothing is proven here.

use std::ops::Range;

/// What a piece is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// A word, quoted or not.
    Word,
    /// A string.
    Text,
    Number,
    Symbol,
}

/// One piece.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) kind: Kind,
    /// Without quotes.
    pub(super) text: String,
    pub(super) span: Range<usize>,
}

impl Piece {
    pub(super) fn is(&self, text: &str) -> bool {
        self.text.eq_ignore_ascii_case(text) && self.kind != Kind::Text
    }
}

/// Cuts a statement, and leaves out its comments.
pub(super) fn pieces(statement: &str) -> Vec<Piece> {
    let bytes = statement.as_bytes();
    let (mut at, mut pieces) = (0, Vec::new());
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        let until =
            |at: usize, end: &str| statement[at..].find(end).map_or(bytes.len(), |found| at + found + end.len());
        let kind = match byte {
            b'-' if bytes.get(at + 1) == Some(&b'-') => {
                at = until(at, "\n");
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at = until(at, "*/");
                continue;
            }
            b'\'' | b'"' | b'`' => {
                at += 1;
                while bytes.get(at).is_some_and(|&other| other != byte) {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at = (at + 1).min(bytes.len());
                if byte == b'\'' { Kind::Text } else { Kind::Word }
            }
            b'0'..=b'9' => {
                at += take(&bytes[at..], |b| b.is_ascii_alphanumeric() || b == b'.' || b == b'_');
                Kind::Number
            }
            _ if byte.is_ascii_alphabetic() || byte == b'_' => {
                at += take(&bytes[at..], |b| b.is_ascii_alphanumeric() || b == b'_' || b == b'$');
                Kind::Word
            }
            _ => {
                at += statement[at..].chars().next().map_or(1, char::len_utf8);
                Kind::Symbol
            }
        };
        if byte.is_ascii_whitespace() {
            continue;
        }
        let source = statement.get(start..at).unwrap_or_default();
        let quoted = matches!(byte, b'\'' | b'"' | b'`') && source.len() >= 2;
        let text = if quoted { &source[1..source.len() - 1] } else { source };
        pieces.push(Piece { kind, text: text.to_owned(), span: start..at });
    }
    pieces
}

fn take(bytes: &[u8], is: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|&&byte| is(byte)).count()
}

/// The statement with every `database.` before one of these tables left out, and its FORMAT too.
pub(super) fn plain(statement: &str, tables: &[String], format: Option<&str>) -> String {
    let pieces = pieces(statement);
    let mut gone: Vec<Range<usize>> = Vec::new();
    for trio in pieces.windows(3) {
        let [database, dot, table] = trio else { continue };
        if dot.text == "." && tables.contains(&format!("{}.{}", database.text, table.text)) {
            gone.push(database.span.start..dot.span.end);
        }
    }
    let format = format.and_then(|format| pieces.windows(2).rev().find(|two| two[0].is("format") && two[1].is(format)));
    gone.extend(format.map(|two| two[0].span.start..two[1].span.end));
    gone.sort_by_key(|range| range.start);
    let (mut out, mut at) = (String::new(), 0);
    for range in gone {
        out.push_str(&statement[at..range.start]);
        at = range.end;
    }
    out.push_str(&statement[at..]);
    out.trim_end().trim_end_matches(';').trim_end().to_owned()
}

#[test]
fn databases_and_formats_are_left_out() {
    let text = "SELECT 'd.t FORMAT CSV', d.t.x FROM d.t -- d.t\n, other.t FORMAT CSV;";
    let plain = plain(text, &["d.t".to_owned()], Some("CSV"));
    assert_eq!(plain, "SELECT 'd.t FORMAT CSV', t.x FROM t -- d.t\n, other.t");
}
