//! String literals: what they stand for, and how the gateway writes them.

use std::borrow::Cow;

use super::dialect::Dialect;

/// The value of a literal's inside. The lexer has already refused every escape that is not read here.
///
/// ClickHouse's rules (26.7, `parseComplexEscapeSequence`): `\xHH` is a byte, the letters below are control characters,
/// an escaped quote, backslash, slash, equals sign or control character stands for itself, and for any other character the
/// backslash is kept, so that `'50\%'` reaches LIKE as it was meant.
pub(super) fn decode(inner: &str, dialect: Dialect) -> Cow<'_, [u8]> {
    if !dialect.has_backslash_escapes() {
        return Cow::Owned(inner.replace("''", "'").into_bytes());
    }
    let bytes = inner.as_bytes();
    if !bytes.iter().any(|b| matches!(b, b'\'' | b'\\')) {
        return Cow::Borrowed(bytes);
    }
    let mut value = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        rest = match rest {
            [] => return Cow::Owned(value),
            [b'\'', b'\'', tail @ ..] => push(&mut value, b'\'', tail),
            [b'\\', b'x', high, low, tail @ ..] => push(&mut value, hex(*high) << 4 | hex(*low), tail),
            [b'\\', escaped, tail @ ..] => {
                match control(*escaped) {
                    Some(byte) => value.push(byte),
                    None if stands_for_itself(*escaped) => value.push(*escaped),
                    None => value.extend([b'\\', *escaped]),
                }
                tail
            }
            [byte, tail @ ..] => push(&mut value, *byte, tail),
        };
    }
}

/// Whether `option` and an opening bracket stand behind each other in it, in any case and with any white space between.
pub(super) fn holds_option(text: &[u8]) -> bool {
    const WORD: &[u8] = b"option";
    text.windows(WORD.len()).enumerate().filter(|(_, word)| word.eq_ignore_ascii_case(WORD)).any(|(at, _)| {
        let behind = text.iter().skip(at + WORD.len());
        behind.copied().find(|byte| !(byte.is_ascii_whitespace() || byte.is_ascii_control())) == Some(b'(')
    })
}

/// Whether a word stands anywhere in it.
pub(super) fn holds(text: &[u8], word: &str) -> bool {
    text.windows(word.len()).any(|part| part == word.as_bytes())
}

/// The value of the inside of `E'…'`.
pub(super) fn decode_escapes(inner: &str) -> Vec<u8> {
    let mut value = Vec::with_capacity(inner.len());
    let mut rest = inner.as_bytes();
    loop {
        rest = match rest {
            [] => return value,
            [b'\'', b'\'', tail @ ..] => push(&mut value, b'\'', tail),
            // The lexer lets no other escape through.
            [b'\\', letter, tail @ ..] => push(&mut value, escaped(*letter).unwrap_or(*letter), tail),
            [byte, tail @ ..] => push(&mut value, *byte, tail),
        };
    }
}

/// The byte that `\letter` stands for in `E'…'`, where PostgreSQL and DuckDB agree.
pub(super) fn escaped(letter: u8) -> Option<u8> {
    Some(match letter {
        b'\\' | b'\'' => letter,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        _ => return None,
    })
}

fn push<'b>(value: &mut Vec<u8>, byte: u8, tail: &'b [u8]) -> &'b [u8] {
    value.push(byte);
    tail
}

/// The byte that `\letter` stands for in ClickHouse.
pub(super) fn control(letter: u8) -> Option<u8> {
    Some(match letter {
        b'a' => 0x07,
        b'b' => 0x08,
        b't' => b'\t',
        b'n' => b'\n',
        b'v' => 0x0b,
        b'f' => 0x0c,
        b'r' => b'\r',
        b'e' => 0x1b,
        b'0' => 0,
        _ => return None,
    })
}

/// Whether ClickHouse drops the backslash before that byte.
fn stands_for_itself(byte: u8) -> bool {
    byte < b' ' || matches!(byte, b'\\' | b'\'' | b'"' | b'`' | b'/' | b'=')
}

/// The bytes that pairs of hex digits stand for.
pub(super) fn unhex(digits: &str) -> Vec<u8> {
    let pair = |pair: &[u8]| pair.iter().fold(0, |value, digit| value << 4 | hex(*digit));
    digits.as_bytes().chunks(2).map(pair).collect()
}

/// A hex digit's value; the lexer lets no other byte come here.
fn hex(digit: u8) -> u8 {
    char::from(digit).to_digit(16).and_then(|d| u8::try_from(d).ok()).unwrap_or_default()
}

/// Writes a literal of that value.
///
/// PostgreSQL: a literal with a backslash is written as `E'…'`. ClickHouse: backslash, quote, control characters and bytes that are no UTF-8 are escaped. Elsewhere only the quote is
/// doubled, which is all that standard SQL has; the lexer of those dialects accepts no NUL and no broken UTF-8.
pub(super) fn write(out: &mut String, value: &[u8], dialect: Dialect) {
    let escapes = dialect.writes_escape_strings() && value.contains(&b'\\');
    out.reserve(value.len() + 2);
    out.push_str(if escapes { "E'" } else { "'" });
    let (plain, rest) = value.split_at(value.iter().position(|byte| !is_plain(*byte)).unwrap_or(value.len()));
    out.push_str(std::str::from_utf8(plain).unwrap_or_default());
    for chunk in rest.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\'' if dialect.has_backslash_escapes() => out.push_str("\\'"),
                '\'' => out.push_str("''"),
                '\\' if escapes || dialect.has_backslash_escapes() => out.push_str("\\\\"),
                '\n' if dialect.has_backslash_escapes() => out.push_str("\\n"),
                '\t' if dialect.has_backslash_escapes() => out.push_str("\\t"),
                c if c.is_ascii_control() && dialect.has_backslash_escapes() => write_byte(out, c as u8),
                c => out.push(c),
            }
        }
        chunk.invalid().iter().for_each(|&byte| write_byte(out, byte));
    }
    out.push('\'');
}

/// Whether it stands for itself in every dialect's literals.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'\'' | b'\\')
}

fn write_byte(out: &mut String, byte: u8) {
    use std::fmt::Write as _;
    // Writing to a String cannot fail.
    let _ = write!(out, "\\x{byte:02X}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(inner: &str, dialect: Dialect) -> (Vec<u8>, String) {
        let value = decode(inner, dialect).into_owned();
        let mut text = String::new();
        write(&mut text, &value, dialect);
        (value, text)
    }

    #[test]
    fn clickhouse_escapes_are_read_and_written_back() {
        let cases: [(&str, &[u8], &str); 8] = [
            ("a", b"a", "'a'"),
            ("it''s", b"it's", r"'it\'s'"),
            (r"it\'s", b"it's", r"'it\'s'"),
            (r"\\", b"\\", r"'\\'"),
            (r"50\%", b"50\\%", r"'50\\%'"),
            (r"\x41\xff", b"A\xff", r"'A\xFF'"),
            (r"\n\0", b"\n\0", r"'\n\x00'"),
            ("é", "é".as_bytes(), "'é'"),
        ];
        for (inner, value, text) in cases {
            assert_eq!(round(inner, Dialect::ClickHouse), (value.to_vec(), text.to_owned()), "{inner}");
        }
    }

    #[test]
    fn every_letter_behind_a_backslash_is_known() {
        let (value, text) = round(r#"\a\b\t\n\v\f\r\e\0\"\`\/\q"#, Dialect::ClickHouse);
        assert_eq!(value, b"\x07\x08\t\n\x0b\x0c\r\x1b\0\"`/\\q");
        assert_eq!(text, r#"'\x07\x08\t\n\x0B\x0C\x0D\x1B\x00"`/\\q'"#);
        // Before these the backslash is dropped, so `'a\=b'` is `a=b`.
        for byte in (1..b' ').chain(*b"=") {
            let inner = format!("\\{}", char::from(byte));
            assert_eq!(decode(&inner, Dialect::ClickHouse).as_ref(), [byte], "{byte}");
        }
        for byte in [b' ', b'%', b'_', b'.', b'~', 0x7f] {
            let inner = format!("\\{}", char::from(byte));
            assert_eq!(decode(&inner, Dialect::ClickHouse).as_ref(), [b'\\', byte], "{byte}");
        }
        assert_eq!(decode("''\\x4a\\x4A", Dialect::ClickHouse).as_ref(), b"'JJ");
        assert_eq!(unhex("414a4A"), b"AJJ");
    }

    /// `E'…'`, where PostgreSQL and DuckDB read the escapes alike.
    #[test]
    fn every_letter_that_two_engines_read_alike_is_known() {
        assert_eq!(decode_escapes(r"\\\'\b\f\n\r\t'' a"), b"\\'\x08\x0c\n\r\t' a");
        for letter in b"aeuvx0123\"/N" {
            assert_eq!(escaped(*letter), None, "{letter}");
        }
        // What has no backslash needs no `E`; DuckDB's plain strings keep one as it is.
        assert_eq!(round("a\\b''\n", Dialect::Postgres).1, "E'a\\\\b''\n'");
        assert_eq!(round("a''\n", Dialect::Postgres).1, "'a''\n'");
        assert_eq!(round("a\\b''\n", Dialect::DuckDb).1, "'a\\b''\n'");
    }

    #[test]
    fn a_word_is_found_wherever_it_stands() {
        for text in [b"word".as_slice(), b"a word", b"\xffword\xff", b"wword"] {
            assert!(holds(text, "word"), "{text:?}");
        }
        for text in [b"".as_slice(), b"wor", b"wo\xffrd", b"Word"] {
            assert!(!holds(text, "word"), "{text:?}");
        }
    }

    #[test]
    fn what_stands_behind_plain_bytes_is_written_as_before_them() {
        for (value, text) in [("a'b", r"'a\'b'"), ("a\u{e9}'", "'a\u{e9}\\''"), ("~ \u{7f}a", "'~ \\x7Fa'"), ("", "''")]
        {
            let mut written = String::new();
            write(&mut written, value.as_bytes(), Dialect::ClickHouse);
            assert_eq!(written, text);
        }
    }

    #[test]
    fn a_bracket_far_behind_option_is_seen() {
        for text in ["option(", "a Option (", "OPTION \t\n (b", "option\x0b(", "option\x01(", "optionoption("] {
            assert!(holds_option(text.as_bytes()), "{text:?}");
        }
        for text in ["option", "option a (", "(option", "optio n(", "option)", "option."] {
            assert!(!holds_option(text.as_bytes()), "{text:?}");
        }
    }

    #[test]
    fn elsewhere_a_control_character_stays_as_it_is() {
        assert_eq!(round("a\tb\nc\r\x07", Dialect::Sqlite).1, "'a\tb\nc\r\x07'");
        assert_eq!(round("\\x41\\n", Dialect::Generic).0, b"\\x41\\n");
    }

    #[test]
    fn elsewhere_a_backslash_is_a_backslash() {
        assert_eq!(round(r"a\", Dialect::Sqlite).1, r"'a\'");
        assert_eq!(round(r"a\'' b", Dialect::Postgres), (r"a\' b".into(), r"E'a\\'' b'".to_owned()));
        assert_eq!(round("it''s\\", Dialect::Sqlite), (b"it's\\".to_vec(), "'it''s\\'".to_owned()));
    }
}
