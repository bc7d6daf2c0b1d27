use proptest::prelude::*;

use super::*;
use crate::sql::keyword::Keyword;

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
        ("a\tb\r\nc", vec!["a", "b", "c"]),
        ("a --x\r\n b", vec!["a", "b"]),
        ("`a`.5 'a'.5 x'41'.5", vec!["`a`", ".", "5", "'a'", ".", "5", "x'41'", ".", "5"]),
        ("[1].5 {a:T}.5", vec!["[", "1", "]", ".", "5", "{", "a", ":", "T", "}", ".", "5"]),
        ("= .b", vec!["=", ".", "b"]),
        ("a..5", vec!["a", ".", ".", "5"]),
        ("1.a 1._a 1..2", vec!["1", ".", "a", "1", ".", "_a", "1", ".", ".", "2"]),
        ("1. 1.5 1E5 1e+5", vec!["1.", "1.5", "1E5", "1e+5"]),
        ("a->>b a << b a >> b", vec!["a", "->", ">", "b", "a", "<", "<", "b", "a", ">", ">", "b"]),
        ("a <= b a <> b a.^b", vec!["a", "<=", "b", "a", "<>", "b", "a", ".", "^", "b"]),
    ] {
        assert_eq!(cut(text, Dialect::ClickHouse).as_deref(), Ok(lexemes.as_slice()), "{text}");
    }
}

#[test]
fn sqlite_has_lexemes_of_its_own() {
    for (text, lexemes) in [
        ("x'41' X''", vec!["x'41'", "X''"]),
        ("0X1F 0x1f", vec!["0X1F", "0x1f"]),
        ("a | b & ~c", vec!["a", "|", "b", "&", "~", "c"]),
        ("a << b >> c", vec!["a", "<<", "b", ">>", "c"]),
        ("a -> b ->> c", vec!["a", "->", "b", "->>", "c"]),
        ("1E5 1e-5", vec!["1E5", "1e-5"]),
    ] {
        assert_eq!(cut(text, Dialect::Sqlite).as_deref(), Ok(lexemes.as_slice()), "{text}");
    }
}

#[test]
fn a_number_is_no_name() {
    let kinds = |text: &str| {
        let lexed = lex(text, Dialect::ClickHouse, &Limits::default(), Author::Person).unwrap();
        lexed.lexemes.iter().map(|lexeme| lexeme.kind).collect::<Vec<_>>()
    };
    for text in ["1", "0x1F", "0XaF", "0b10", "0B01", "0b1_0", "1_0", "1_000.5", "1e5", ".5"] {
        assert_eq!(kinds(text), [Kind::Number], "{text}");
    }
    for text in ["1x1F", "1b1", "0b12", "1__0", "1_", "1_ ", "0x_1", "1a", "1e", "_1"] {
        assert_eq!(kinds(text), [Kind::Word(Keyword::Name)], "{text}");
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
        "y'41'",
        "'\\xg4'",
        "'\\x4g'",
        "'\\\0'",
        "a -- \0",
    ] {
        assert!(cut(text, Dialect::ClickHouse).is_err(), "{text:?}");
    }
    for text in [
        "[a]", "]", "'a", "x'4'", "x'4g'", "y'41'", "1abc", "a::b[1]", "1_000", "1x1F", "0b1", "1e", "1e+", "a ^ b",
        "1.5e", "1e x", "1e+ 1",
    ] {
        assert!(cut(text, Dialect::Sqlite).is_err(), "{text:?}");
    }
    for text in ["`a`", "x'41'", "a | b"] {
        assert!(cut(text, Dialect::Generic).is_err(), "{text:?}");
    }
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
    assert_eq!(kind(&"a".repeat(100)), None);
    assert_eq!(kind(&"a ".repeat(10)), None);
    for nested in ["[[[[", "{a{a{a{a"] {
        assert_eq!(kind(nested), Some(RefusalKind::TooLarge), "{nested}");
    }
    for beside in ["()()()()()", "[][][][][]", "{}{}{}{}{}"] {
        assert_eq!(kind(beside), None, "{beside}");
    }
}

/// What one engine reads as something of its own and the others do not.
#[test]
fn what_only_some_engines_have_is_cut_for_them_alone() {
    for (text, accepted, refused) in [
        ("/*+ x */ 1", Dialect::Trino, Dialect::Pinot),
        ("\"$a\"", Dialect::Trino, Dialect::Pinot),
        ("a option (b)", Dialect::Trino, Dialect::Pinot),
        ("a option \n\t (b)", Dialect::Trino, Dialect::Pinot),
        ("a OPTION(b)", Dialect::Trino, Dialect::Pinot),
        ("'option (b)'", Dialect::Trino, Dialect::Pinot),
        ("a <=> b", Dialect::Sqlite, Dialect::Postgres),
        ("a$b", Dialect::ClickHouse, Dialect::Sqlite),
        ("a like'b'", Dialect::ClickHouse, Dialect::Postgres),
        ("E'a'", Dialect::Postgres, Dialect::Sqlite),
    ] {
        assert!(cut(text, accepted).is_ok(), "{text} {accepted:?}");
        assert!(cut(text, refused).is_err(), "{text} {refused:?}");
    }
    for text in ["option b", "a.option", "\"a$\""] {
        assert!(cut(text, Dialect::Pinot).is_ok(), "{text}");
    }
}

#[test]
fn an_escape_string_ends_where_every_engine_ends_it() {
    for dialect in [Dialect::Postgres, Dialect::DuckDb] {
        assert_eq!(cut("E'a''b' e'\\n\\''", dialect).unwrap(), ["E'a''b'", "e'\\n\\''"]);
        for text in ["E'a\0'", "E'open", "E'open''", "E'open\\'", "E'\\x'", "E'\\"] {
            assert!(cut(text, dialect).is_err(), "{text:?}");
        }
    }
    assert!(cut("/* \0 */", Dialect::ClickHouse).is_err());
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
