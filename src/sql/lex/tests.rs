use proptest::prelude::*;

use super::*;

fn cut(text: &str, dialect: Dialect) -> Result<Vec<&str>, String> {
    let lexed = lex(text, dialect, &Limits::default(), Author::Person).map_err(|refusal| refusal.message)?;
    Ok(lexed.lexemes.iter().map(|lexeme| lexed.source(*lexeme)).collect())
}

#[test]
fn lexemes_are_cut_where_the_engine_cuts_them() {
    for (text, lexemes) in [
        ("select a.b", vec!["select", "a", ".", "b"]),
        ("t.1.2", vec!["t", ".", "1", ".", "2"]),
        ("t . 1.5", vec!["t", ".", "1", ".", "5"]),
        ("(1,2).1", vec!["(", "1", ",", "2", ")", ".", "1"]),
        ("= .5 + 1.5e-3", vec!["=", ".5", "+", "1.5e-3"]),
        ("0x1F 0b11 1_000", vec!["0x1F", "0b11", "1_000"]),
        ("1day 2e", vec!["1day", "2e"]),
        ("a--b\n-c", vec!["a", "-", "c"]),
        ("a/* ' */-/**/- b", vec!["a", "-", "-", "b"]),
        ("'a''b' 'c\\'d' \"e f\" `g`", vec!["'a''b'", "'c\\'d'", "\"e f\"", "`g`"]),
        ("a->b a<=>b a::T a||b", vec!["a", "->", "b", "a", "<=>", "b", "a", "::", "T", "a", "||", "b"]),
        ("-- é\u{2028}\n1", vec!["1"]),
    ] {
        assert_eq!(cut(text, Dialect::ClickHouse).as_deref(), Ok(lexemes.as_slice()), "{text}");
    }
}

#[test]
fn what_two_lexers_could_read_differently_is_refused() {
    for text in [
        "select\u{a0}1",
        "select\u{b}1",
        "select\u{85}1",
        "select\u{200b}1",
        "\u{feff}select 1",
        "1 \u{2212} 1",
        "\u{201c}a\u{201d}",
        "\u{2018}a\u{2019}",
        "é",
        "1 # c",
        "1 // c",
        "a -- b\rc",
        "/* /* */ */",
        "/* open",
        "'open",
        "\"open",
        "`open",
        "\"\"",
        "``",
        "`a``b`",
        "\"a\"\"b\"",
        "`a\\`b`",
        "\"a\\\"",
        "`é`",
        "\"a`b\"",
        "'\\N'",
        "'\\x4'",
        "'\\é'",
        "'a\0'",
        "a\0b",
        "x'4'",
        "N'a'",
        "E'a'",
        "b'1'",
        "1.5a",
        "$a$b$a$",
        "a $ b",
        "@a",
        "a & b",
        "a | b",
        "~a",
        "!a",
        "{%a",
        "\\",
        "__pc_t",
        "`__PC_t`",
        "a \r b",
    ] {
        assert!(cut(text, Dialect::ClickHouse).is_err(), "{text:?}");
    }
    for text in ["[a]", "'a", "x'4'", "x'4g'", "1abc", "a::b[1]", "1_000"] {
        assert!(cut(text, Dialect::Sqlite).is_err(), "{text:?}");
    }
    assert!(cut("`a`", Dialect::Generic).is_err());
}

#[test]
fn limits_hold_before_anything_recurses() {
    let limits = Limits { bytes: 100, lexemes: 10, depth: 3, ..Limits::default() };
    let kind =
        |text: &str| lex(text, Dialect::ClickHouse, &limits, Author::Person).map_err(|refusal| refusal.kind).err();
    assert_eq!(kind(&"a".repeat(101)), Some(RefusalKind::TooLarge));
    assert_eq!(kind(&"a ".repeat(11)), Some(RefusalKind::TooLarge));
    assert_eq!(kind("(((("), Some(RefusalKind::TooLarge));
    assert_eq!(kind("(((a)))"), None);
}

proptest! {
    #[test]
    fn no_text_makes_the_lexer_panic_and_its_lexemes_cover_the_text(text in "\\PC{0,40}|[a-z0-9'\"`\\\\ ./*\\-(){}\\[\\]=<>|:,\\n\\r]{0,40}") {
        for dialect in Dialect::ALL {
            let Ok(lexed) = lex(&text, dialect, &Limits::default(), Author::Person) else { continue };
            let mut end = 0;
            for lexeme in &lexed.lexemes {
                prop_assert!(end <= lexeme.span().start && lexeme.span().start < lexeme.span().end);
                let between = &text[end..lexeme.span().start];
                prop_assert!(between.trim().is_empty() || between.contains("--") || between.contains("/*"), "{between:?}");
                end = lexeme.span().end;
            }
        }
    }
}
