//! Typed literals between an author's SQL: how a parameter's value gets into a text.
//!
//! - A value is written as a literal by the dialect's own rules, never as text.
//! - The finished text is lexed, and each literal must be exactly the lexemes that were written for it: inside a string, a
//!   quoted name or a comment of the author's, or grown together with what stands beside it, it is refused.

use std::fmt::Write as _;
use std::ops::Range;

use super::dialect::Dialect;
use super::emit::{is_quotable, write_quoted};
use super::lex::{Author, lex};
use super::limits::Limits;
use super::refusal::{Refusal, RefusalKind};
use super::string;

/// A value with a type.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A whole number.
    Int(i128),
    /// A finite number.
    Float(f64),
    /// Text.
    Text(String),
    /// Several values: an array, or where a dialect has none the right side of IN.
    List(Vec<Value>),
    /// A column's name. It comes from a list of the author's, never from a request.
    Name(String),
}

/// A text in the making.
#[derive(Debug)]
pub struct Splice {
    text: String,
    literals: Vec<(Range<usize>, usize)>,
    dialect: Dialect,
}

impl Splice {
    /// An empty text.
    #[must_use]
    pub fn new(dialect: Dialect) -> Self {
        Self { text: String::new(), literals: Vec::new(), dialect }
    }

    /// How long the text is by now, in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether there is no text yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Adds the author's own text.
    pub fn sql(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a value as a literal. A space before and behind it keeps it apart from its neighbours.
    ///
    /// # Errors
    /// A sentence about a value that the dialect has no literal for.
    pub fn value(&mut self, value: &Value) -> Result<(), String> {
        self.text.push(' ');
        let start = self.text.len();
        let lexemes = write(&mut self.text, value, self.dialect)?;
        self.literals.push((start..self.text.len(), lexemes));
        self.text.push(' ');
        Ok(())
    }

    /// The text, once every literal in it is known to be one.
    ///
    /// # Errors
    /// A [`Refusal`] for a text that does not lex, and for a value in a place where no literal can stand.
    pub fn finish(self, limits: &Limits) -> Result<String, Refusal> {
        let lexed = lex(&self.text, self.dialect, limits, Author::Person)?;
        let lexemes = &lexed.lexemes;
        for (range, count) in &self.literals {
            let first = lexemes.partition_point(|lexeme| (lexeme.start as usize) < range.start);
            let inside = lexemes.get(first..first + count).unwrap_or_default();
            let stands = inside.first().zip(inside.last()).map(|(first, last)| first.start as usize..last.end as usize);
            if stands.as_ref() != Some(range) {
                let message = "a parameter stands inside a string, a name or a comment";
                return Err(Refusal::new(RefusalKind::NotUnderstood, message).at(range.clone()));
            }
        }
        Ok(self.text)
    }
}

/// Writes a value and says how many lexemes it is.
fn write(out: &mut String, value: &Value, dialect: Dialect) -> Result<usize, String> {
    match value {
        Value::Int(number) => int(out, *number, dialect),
        Value::Float(number) if !number.is_finite() => Err("a number that is not finite has no literal".to_owned()),
        Value::Float(number) => Ok(signed(out, &format!("{:?}", number.abs()), number.is_sign_negative())),
        Value::Text(text) if text.contains('\0') => Err("a text with a NUL has no literal".to_owned()),
        Value::Text(text) => {
            string::write(out, text.as_bytes(), dialect);
            Ok(1)
        }
        Value::List(values) => list(out, values, dialect),
        Value::Name(name) if is_quotable(name) => {
            write_quoted(out, name, dialect);
            Ok(1)
        }
        Value::Name(_) => Err("the column's name cannot be written safely".to_owned()),
    }
}

/// Beyond 64 bits ClickHouse reads a float and the others refuse or round: there it is a cast from text, or nothing.
fn int(out: &mut String, number: i128, dialect: Dialect) -> Result<usize, String> {
    let plain = match dialect {
        Dialect::ClickHouse | Dialect::Tinybird => i128::from(i64::MIN)..=i128::from(u64::MAX),
        _ => i128::from(i64::MIN)..=i128::from(i64::MAX),
    };
    if plain.contains(&number) {
        return Ok(signed(out, &number.unsigned_abs().to_string(), number < 0));
    }
    if !dialect.is_clickhouse() {
        return Err(format!("the number {number} is too large for this upstream"));
    }
    let _ = write!(out, "toInt128('{number}')");
    Ok(4)
}

/// A negative number stands in brackets: behind a minus it would begin a comment.
fn signed(out: &mut String, digits: &str, negative: bool) -> usize {
    if negative {
        let _ = write!(out, "(-{digits})");
        4
    } else {
        out.push_str(digits);
        1
    }
}

fn list(out: &mut String, values: &[Value], dialect: Dialect) -> Result<usize, String> {
    let (open, close) = if dialect.has_arrays() { ('[', ']') } else { ('(', ')') };
    if values.is_empty() && !dialect.has_arrays() {
        return Err("an empty list has no literal for this upstream".to_owned());
    }
    let mut lexemes = 2;
    out.push(open);
    for (position, value) in values.iter().enumerate() {
        if position > 0 {
            out.push_str(", ");
            lexemes += 1;
        }
        lexemes += write(out, value, dialect)?;
    }
    out.push(close);
    Ok(lexemes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spliced(before: &str, value: Value, behind: &str, dialect: Dialect) -> Result<String, String> {
        let mut splice = Splice::new(dialect);
        splice.sql(before);
        splice.value(&value)?;
        splice.sql(behind);
        splice.finish(&Limits::default()).map_err(|refusal| refusal.message)
    }

    fn text(inner: &str) -> Value {
        Value::Text(inner.to_owned())
    }

    #[test]
    fn a_value_is_a_literal_whatever_it_holds() {
        for (value, clickhouse, sqlite) in [
            (text("a' OR 1=1 --"), r"'a\' OR 1=1 --'", "'a'' OR 1=1 --'"),
            (text(r"\"), r"'\\'", r"'\'"),
            (text("\n{{x}}"), r"'\n{{x}}'", "'\n{{x}}'"),
            (text("é\u{2019}"), "'é\u{2019}'", "'é\u{2019}'"),
            (Value::Int(-5), "(-5)", "(-5)"),
            (Value::Int(0), "0", "0"),
            (Value::Float(-0.5), "(-0.5)", "(-0.5)"),
            (Value::Float(1e300), "1e300", "1e300"),
            (Value::List(vec![Value::Int(1), text("'")]), r"[1, '\'']", "(1, '''')"),
            (Value::Name("a b".into()), "`a b`", "\"a b\""),
        ] {
            let written = |dialect| spliced("SELECT 1 -", value.clone(), "- 2", dialect).unwrap();
            assert_eq!(written(Dialect::ClickHouse), format!("SELECT 1 - {clickhouse} - 2"));
            assert_eq!(written(Dialect::Sqlite), format!("SELECT 1 - {sqlite} - 2"));
        }
        let huge = Value::Int(i128::MAX);
        assert!(spliced("SELECT", huge.clone(), "", Dialect::ClickHouse).unwrap().contains("toInt128('170141"));
        assert!(spliced("SELECT", huge, "", Dialect::Sqlite).is_err());
        // What has no literal is told at once, and not left to the lexer.
        assert!(Splice::new(Dialect::ClickHouse).value(&Value::Name("a`".into())).is_err());
        let beyond = Value::Int(i128::from(u64::MAX));
        let tinybird = spliced("SELECT", beyond.clone(), "", Dialect::Tinybird).unwrap();
        assert_eq!(tinybird, "SELECT 18446744073709551615 ");
        assert_eq!(spliced("SELECT", beyond.clone(), "", Dialect::ClickHouse).unwrap(), "SELECT 18446744073709551615 ");
        assert!(spliced("SELECT", beyond, "", Dialect::Sqlite).is_err());
        assert_eq!(spliced("SELECT", Value::List(vec![]), "", Dialect::ClickHouse).unwrap(), "SELECT [] ");
        assert!(spliced("SELECT", Value::List(vec![]), "", Dialect::Sqlite).is_err());
        for none in [Value::Float(f64::NAN), Value::Float(f64::INFINITY), text("\0"), Value::Name("a`".into())] {
            assert!(spliced("SELECT", none, "", Dialect::ClickHouse).is_err());
        }
    }

    #[test]
    fn its_length_is_known_while_it_grows() {
        let mut splice = Splice::new(Dialect::ClickHouse);
        assert!(splice.is_empty());
        splice.sql("SELECT");
        splice.value(&Value::Int(1)).unwrap();
        assert_eq!((splice.is_empty(), splice.len()), (false, "SELECT 1 ".len()));
    }

    #[test]
    fn a_value_stands_nowhere_but_in_the_place_of_a_literal() {
        for (before, behind) in [
            ("SELECT 'a", "b'"),
            ("SELECT \"a", "b\""),
            ("SELECT 1 -- ", ""),
            ("SELECT 1 /* ", " */"),
            ("SELECT 'a' /* ", " */ 'b'"),
        ] {
            for dialect in [Dialect::ClickHouse, Dialect::Sqlite, Dialect::Generic] {
                assert!(spliced(before, text("x\n; y"), behind, dialect).is_err(), "{before}");
                assert!(spliced(before, Value::Int(1), behind, dialect).is_err(), "{before}");
            }
        }
        assert_eq!(spliced("SELECT 'a'", text("x"), "'b'", Dialect::Sqlite).unwrap(), "SELECT 'a' 'x' 'b'");
    }
}
