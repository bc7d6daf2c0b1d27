//! Expressions of tables that an operator's own files describe: keys, defaults, moments of expiry, indexes.
//!
//! - One expression over the columns of one table, read alone and to its end by the reader of row filters: no query, no
//!   lambda, no alias, no qualified name, no parameter, no aggregate; only what is on the lists.
//! - `sqlparser` must read the canonical text too.
//! - What is written is that canonical text, never the author's.

use sqlparser::parser::Parser;

use super::admit::{self, Extensions};
use super::dialect::Dialect;
use super::emit::write_quoted;
use super::filter::{LONGEST_FILTER, Piece, canonical};
use super::lex::{Author, lex};
use super::lexeme::{Kind, Symbol};
use super::limits::Limits;
use super::refusal::{Refusal, RefusalKind};
use super::{read, second};

/// One expression, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    text: String,
    columns: Vec<String>,
}

impl Expression {
    /// Reads one expression.
    ///
    /// # Errors
    /// A [`Refusal`] for whatever is not understood or on no list.
    pub fn compile(text: &str, dialect: Dialect, extensions: &Extensions) -> Result<Self, Refusal> {
        let pieces = pieces(text, dialect, extensions).map_err(|refusal| {
            let message = refusal.message.replace("a row filter", "an expression of a table");
            Refusal { message, ..refusal }
        })?;
        let (mut text, mut columns) = (String::new(), Vec::new());
        for piece in pieces {
            match piece {
                Piece::Text(piece) => text.push_str(&piece),
                Piece::Column(name) => {
                    write_quoted(&mut text, &name, dialect);
                    columns.push(name);
                }
            }
        }
        let expression = Self { text: text.trim().to_owned(), columns };
        expression.is_read_twice(dialect)?;
        Ok(expression)
    }

    /// Reads several, as a key has them: `a, toDate(b)`, in brackets or without; `tuple()` is none.
    ///
    /// # Errors
    /// As [`Self::compile`].
    pub fn list(text: &str, dialect: Dialect, extensions: &Extensions) -> Result<Vec<Self>, Refusal> {
        let limits = Limits { bytes: LONGEST_FILTER, ..Limits::default() };
        let lexed = lex(text, dialect, &limits, Author::Person)?;
        let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if bare.is_empty() || bare.eq_ignore_ascii_case("tuple()") {
            return Ok(Vec::new());
        }
        let (mut depth, mut cuts, mut closed) = (0_usize, Vec::new(), 0);
        let last = lexed.lexemes.len().saturating_sub(1);
        for (position, lexeme) in lexed.lexemes.iter().enumerate() {
            match lexeme.kind {
                Kind::Symbol(Symbol::OpenRound | Symbol::OpenSquare | Symbol::OpenBrace) => depth += 1,
                Kind::Symbol(Symbol::CloseRound | Symbol::CloseSquare | Symbol::CloseBrace) => {
                    depth = depth.saturating_sub(1);
                    closed += usize::from(depth == 0 && position < last);
                }
                Kind::Symbol(Symbol::Comma) if depth == 0 => cuts.push(lexeme.span()),
                Kind::Word(_) | Kind::Quoted | Kind::Text | Kind::Blob | Kind::Number | Kind::Symbol(_) => {}
            }
        }
        // The first bracket is closed by the last.
        let inside = text.trim().strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
        if let Some(inside) = inside.filter(|_| closed == 0) {
            return Self::list(inside, dialect, extensions);
        }
        let mut start = 0;
        let mut expressions = Vec::new();
        for cut in cuts.into_iter().chain(std::iter::once(text.len()..text.len())) {
            let part = text.get(start..cut.start).unwrap_or_default();
            expressions.push(Self::compile(part.trim(), dialect, extensions)?);
            start = cut.end;
        }
        Ok(expressions)
    }

    /// Canonical text over quoted columns.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The columns that it reads, in the order of the text.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(String::as_str)
    }

    fn is_read_twice(&self, dialect: Dialect) -> Result<(), Refusal> {
        let sql_dialect = second::dialect(dialect);
        let parsed = Parser::new(sql_dialect.as_ref()).with_options(second::options()).try_with_sql(&self.text);
        let whole = parsed.and_then(|mut parser| {
            parser.parse_expr()?;
            parser.expect_token(&sqlparser::tokenizer::Token::EOF).map(drop)
        });
        whole.map_err(|_| {
            let message = "this is not one expression that both readers understand";
            Refusal::new(RefusalKind::NotUnderstood, message)
        })
    }
}

/// Read as a row filter is, but for what it comes to.
fn pieces(text: &str, dialect: Dialect, extensions: &Extensions) -> Result<Vec<Piece>, Refusal> {
    let limits = Limits { bytes: LONGEST_FILTER, ..Limits::default() };
    let reading = read::filter(lex(text, dialect, &limits, Author::Person)?, &limits)?;
    admit::admit(&reading, extensions)?;
    canonical(&reading, &|_| None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Result<String, String> {
        let read = Expression::compile(text, Dialect::ClickHouse, &Extensions::default());
        read.map(|it| it.text().to_owned()).map_err(|refusal| refusal.message)
    }

    #[test]
    fn an_expression_knows_its_columns() {
        let read = Expression::compile("a + `b` * lower(a)", Dialect::ClickHouse, &Extensions::default()).unwrap();
        assert_eq!(read.columns().collect::<Vec<_>>(), ["a", "b", "a"]);
    }

    #[test]
    fn an_expression_is_one_for_both_readers() {
        let message = "this is not one expression that both readers understand";
        assert_eq!(one("a GLOB b").unwrap_err(), message);
    }

    #[test]
    fn an_expression_is_written_anew() {
        for (text, written) in [
            ("toYYYYMM(timestamp)", "toYYYYMM (`timestamp`)"),
            ("toDateTime(timestamp) + INTERVAL 180 DAY", "toDateTime (`timestamp`) + INTERVAL 180 DAY"),
            ("minute + toIntervalDay(7)", "`minute` + toIntervalDay (7)"),
            ("`from`", "`from`"),
            ("now()", "now ()"),
            ("'it\\'s'", "'it\\'s'"),
        ] {
            assert_eq!(one(text).as_deref(), Ok(written), "{text}");
        }
    }

    #[test]
    fn what_is_no_expression_of_a_row_is_refused() {
        for text in [
            "",
            "a) ENGINE = Memory --",
            "a, b",
            "(SELECT 1)",
            "a IN (SELECT n FROM secret)",
            "sum(a)",
            "arrayJoin(a)",
            "url('http://x')",
            "dictGet('d', 'x', 1)",
            "{x:Identifier}",
            "{{ x }}",
            "t.a.b.c d",
            "a -- b",
            "a /* b */",
            "a; DROP TABLE t",
            "x -> x",
        ] {
            assert!(one(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_key_is_a_list() {
        let list = |text: &str| {
            let read = Expression::list(text, Dialect::ClickHouse, &Extensions::default());
            read.map(|found| found.into_iter().map(|it| it.text).collect::<Vec<_>>()).map_err(|it| it.message)
        };
        assert_eq!(list("tuple()").unwrap(), Vec::<String>::new());
        assert_eq!(list(" ").unwrap(), Vec::<String>::new());
        assert_eq!(list("a, toDate(b)").unwrap(), ["`a`", "toDate (`b`)"]);
        assert_eq!(list("(a, cityHash64(b, c))").unwrap(), ["`a`", "cityHash64 (`b`, `c`)"]);
        assert_eq!(list("(a)").unwrap(), ["`a`"]);
        assert_eq!(list("[a, b], c").unwrap(), ["[`a`, `b`]", "`c`"]);
        assert_eq!(list("{'a': b, 'c': d}, ([e])").unwrap().len(), 2);
        assert_eq!(list("(a + 1) * (b + 1)").unwrap(), ["(`a` + 1) * (`b` + 1)"]);
        for bad in ["a,,b", "a)", "(a", "a, (SELECT 1)", "a,"] {
            assert!(list(bad).is_err(), "{bad}");
        }
    }
}
