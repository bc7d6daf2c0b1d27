//! Row filters: one boolean expression over the columns of one table.
//!
//! - Parsed alone, to its end, by our own reader and by `sqlparser`: text that closes a bracket it did not open, adds a
//!   UNION or comments something out is no expression.
//! - No query, no lambda, no alias, no qualified name, only permitted functions.
//! - `{{ parameters }}` are bound as typed literals, written by the gateway. Nothing is spliced into text.
//!
//! `org_id = {{ org_id }} and type == 'web'` is written as `(__pc_t.org_id = 1 and __pc_t.type = 'web')`.

use std::fmt;

use sqlparser::ast::{BinaryOperator, Expr, UnaryOperator, Value};
use sqlparser::parser::Parser;

use super::admit::{self, Extensions};
use super::dialect::Dialect;
use super::emit::write_quoted;
use super::keyword::Keyword;
use super::lex::{Author, lex};
use super::lexeme::{Kind, Symbol};
use super::limits::Limits;
use super::read::{self, Reading, Role};
use super::refusal::{Refusal, RefusalKind};
use super::{second, string};

/// The longest filter, in bytes: a filter is repeated for every reference to its table.
pub const LONGEST_FILTER: usize = 16 * 1024;

/// A value bound into a filter's `{{ parameter }}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// A whole number.
    Int(i128),
    /// Text.
    Text(String),
    /// A truth value.
    Bool(bool),
    /// Several values, for the right side of IN. Never empty.
    List(Vec<Literal>),
}

/// A compiled row filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFilter {
    source: String,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Canonical text.
    Text(String),
    /// A column, to be qualified by the wall's own name for the table.
    Column(String),
}

impl RowFilter {
    /// Parses one boolean expression, alone and to its end, and binds its `{{ parameters }}`.
    ///
    /// # Errors
    /// A [`Refusal`] with its position, also for a query, an unbound parameter or a function that is not permitted.
    pub fn compile(
        text: &str,
        dialect: Dialect,
        extensions: &Extensions,
        bind: &dyn Fn(&str) -> Option<Literal>,
    ) -> Result<Self, Refusal> {
        let limits = Limits { bytes: LONGEST_FILTER, ..Limits::default() };
        let reading = read::filter(lex(text, dialect, &limits, Author::Person)?, &limits)?;
        admit::objections(&reading)?;
        admit::functions(&reading, extensions)?;
        let pieces = canonical(&reading, bind)?;
        let filter = Self { source: text.to_owned(), pieces };
        filter.is_boolean(dialect)?;
        Ok(filter)
    }

    /// The filter as its author wrote it, for the author's eyes: `explain` and the tokens API.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The columns that it reads.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Column(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// The filter as canonical text over quoted columns without a table: for a statement that knows one table only.
    #[must_use]
    pub fn unqualified(&self, dialect: Dialect) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Column(name) => write_quoted(&mut text, name, dialect),
            }
        }
        text
    }

    /// Writes the filter with its columns qualified by `table`, or bare, each as `spelling` gives it.
    pub(super) fn write<'n>(
        &'n self,
        out: &mut String,
        table: Option<&str>,
        dialect: Dialect,
        spelling: &dyn Fn(&'n str) -> &'n str,
    ) {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Column(name) => {
                    if let Some(table) = table {
                        out.push_str(table);
                        out.push('.');
                    }
                    write_quoted(out, spelling(name), dialect);
                }
            }
        }
    }

    /// `sqlparser` reads the canonical text, alone and to its end, as something that can be true or false.
    fn is_boolean(&self, dialect: Dialect) -> Result<(), Refusal> {
        let mut text = String::new();
        self.write(&mut text, Some("t"), dialect, &|name| name);
        let sql_dialect = second::dialect(dialect);
        let parsed = Parser::new(sql_dialect.as_ref()).with_options(second::options()).try_with_sql(&text).and_then(
            |mut parser| {
                let expression = parser.parse_expr()?;
                parser.expect_token(&sqlparser::tokenizer::Token::EOF).map(|_| expression)
            },
        );
        match parsed {
            Ok(expression) if can_be_true(&expression) => Ok(()),
            Ok(_) => Err(Refusal::new(RefusalKind::NotUnderstood, "a row filter is a condition, such as `org_id = 1`")),
            Err(_) => Err(Refusal::new(
                RefusalKind::NotUnderstood,
                "the row filter is not one expression that both readers understand",
            )),
        }
    }
}

/// The filter as it is applied: canonical, with its parameters bound.
impl fmt::Display for RowFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Text(text) | Piece::Column(text) => f.write_str(text),
        })
    }
}

/// The canonical pieces of an expression of one row, without a comment.
pub(super) fn canonical(reading: &Reading<'_>, bind: &dyn Fn(&str) -> Option<Literal>) -> Result<Vec<Piece>, Refusal> {
    row_by_row(reading)?;
    no_comment(reading)?;
    if !second::is_quick(reading) {
        return Err(Refusal::new(RefusalKind::TooLarge, "a row filter has too many POSITIONs inside one another"));
    }
    pieces(reading, bind)
}

/// A filter judges one row: an aggregate has no place in it, and `arrayJoin` makes several rows of one.
fn row_by_row(reading: &Reading<'_>) -> Result<(), Refusal> {
    let lexed = &reading.lexed;
    for lexeme in reading.functions.iter().filter_map(|&position| lexed.get(position)) {
        let name = lexed.source(lexeme);
        if lexed.dialect.functions().is_aggregate(name) || name.eq_ignore_ascii_case("arrayJoin") {
            let message = format!("`{name}` does not judge one row by itself");
            return Err(Refusal::new(RefusalKind::NotUnderstood, message).at(lexeme.span()));
        }
    }
    Ok(())
}

/// A comment could hide what its author took for a part of the filter.
fn no_comment(reading: &Reading<'_>) -> Result<(), Refusal> {
    let text = reading.lexed.text;
    let mut end = 0;
    let end_of_text = std::iter::once(text.len()..text.len());
    let starts = reading.lexed.lexemes.iter().map(|lexeme| lexeme.span()).chain(end_of_text);
    for span in starts {
        if text.get(end..span.start).is_some_and(|gap| !gap.trim().is_empty()) {
            return Err(Refusal::new(RefusalKind::NotUnderstood, "a row filter holds a comment").at(end..span.start));
        }
        end = span.end;
    }
    Ok(())
}

/// Whether an expression's root can be a truth value.
fn can_be_true(expression: &Expr) -> bool {
    match expression {
        Expr::BinaryOp { op, .. } => matches!(
            op,
            BinaryOperator::And
                | BinaryOperator::Or
                | BinaryOperator::Eq
                | BinaryOperator::NotEq
                | BinaryOperator::Lt
                | BinaryOperator::LtEq
                | BinaryOperator::Gt
                | BinaryOperator::GtEq
                | BinaryOperator::Spaceship
                | BinaryOperator::Regexp
        ),
        Expr::UnaryOp { op: UnaryOperator::Not, .. }
        | Expr::InList { .. }
        | Expr::Between { .. }
        | Expr::Like { .. }
        | Expr::ILike { .. }
        | Expr::RLike { .. }
        | Expr::IsNull(_)
        | Expr::IsNotNull(_)
        | Expr::IsTrue(_)
        | Expr::IsNotTrue(_)
        | Expr::IsFalse(_)
        | Expr::IsNotFalse(_)
        | Expr::IsDistinctFrom(..)
        | Expr::IsNotDistinctFrom(..)
        | Expr::Function(_) => true,
        Expr::Value(value) => matches!(value.value, Value::Boolean(_)),
        Expr::Nested(inner) => can_be_true(inner),
        // Everything else is a value: a number, a text, a sum. A bare column is refused too: what is left of
        // `org_id = 3` when a line is torn would accept every tenant but 0.
        _ => false,
    }
}

/// The filter's text in canonical pieces, with its literals bound.
fn pieces(reading: &Reading<'_>, bind: &dyn Fn(&str) -> Option<Literal>) -> Result<Vec<Piece>, Refusal> {
    let lexed = &reading.lexed;
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut position = 0;
    while let Some(lexeme) = lexed.get(position) {
        let placeholder = reading.placeholders.iter().copied().find(|name| *name == position + 2);
        if let Some(name) = placeholder {
            bound(reading, name, bind, &mut text)?;
            position += 5;
            continue;
        }
        if reading.columns.contains(&position) {
            space(&mut text, &pieces);
            pieces.push(Piece::Text(std::mem::take(&mut text)));
            pieces.push(Piece::Column(lexed.meaning(lexeme).into_owned()));
            position += 1;
            continue;
        }
        let role = reading.roles.get(position).copied().unwrap_or(Role::Unread);
        match lexeme.kind {
            Kind::Text => {
                space(&mut text, &pieces);
                string::write(&mut text, &lexed.value(lexeme), lexed.dialect);
            }
            Kind::Symbol(symbol) => {
                if !matches!(symbol, Symbol::Comma | Symbol::CloseRound | Symbol::CloseSquare) && role != Role::Type {
                    space(&mut text, &pieces);
                }
                text.push_str(symbol.text());
            }
            Kind::Quoted => {
                space(&mut text, &pieces);
                write_quoted(&mut text, lexed.name(lexeme), lexed.dialect);
            }
            // ClickHouse casts the text of `-1::Int8`, and `- 1` is no number.
            Kind::Number if signed(reading, position) => text.push_str(lexed.source(lexeme)),
            Kind::Word(_) | Kind::Blob | Kind::Number => {
                space(&mut text, &pieces);
                text.push_str(lexed.source(lexeme));
            }
        }
        position += 1;
    }
    pieces.push(Piece::Text(text));
    Ok(pieces)
}

/// Whether a sign stands before that lexeme.
fn signed(reading: &Reading<'_>, position: usize) -> bool {
    position.checked_sub(1).and_then(|before| reading.roles.get(before)) == Some(&Role::Sign)
}

fn space(text: &mut String, pieces: &[Piece]) {
    let after_piece = text.is_empty() && !pieces.is_empty();
    if after_piece || !(text.is_empty() || text.ends_with(['(', '[', ' '])) {
        text.push(' ');
    }
}

/// Writes the literal of a placeholder. A list stands at the right of IN, with or without brackets around it.
fn bound(
    reading: &Reading<'_>,
    name: usize,
    bind: &dyn Fn(&str) -> Option<Literal>,
    text: &mut String,
) -> Result<(), Refusal> {
    let lexed = &reading.lexed;
    let refuse = |message: String| {
        let at = lexed.get(name).map_or(0..0, |lexeme| lexeme.span());
        Refusal::new(RefusalKind::NotUnderstood, message).at(at)
    };
    let parameter = lexed.get(name).map_or("", |lexeme| lexed.name(lexeme));
    let literal = bind(parameter).ok_or_else(|| refuse(format!("the parameter `{parameter}` has no value")))?;
    let before =
        |back: usize| name.checked_sub(2 + back).and_then(|position| lexed.get(position)).map(|lexeme| lexeme.kind);
    let behind_in = before(1) == Some(Kind::Word(Keyword::In));
    let bracketed = before(1) == Some(Kind::Symbol(Symbol::OpenRound)) && before(2) == Some(Kind::Word(Keyword::In));
    text.push_str(if bracketed { "" } else { " " });
    match &literal {
        Literal::List(values) if behind_in || bracketed => {
            text.push_str(if behind_in { "(" } else { "" });
            for (position, value) in values.iter().enumerate() {
                text.push_str(if position == 0 { "" } else { ", " });
                scalar(text, value, lexed.dialect).map_err(refuse)?;
            }
            text.push_str(if behind_in { ")" } else { "" });
            if values.is_empty() { Err(refuse(format!("the list `{parameter}` is empty"))) } else { Ok(()) }
        }
        Literal::List(_) => Err(refuse(format!("the list `{parameter}` belongs behind IN"))),
        value if behind_in => {
            text.push('(');
            scalar(text, value, lexed.dialect).map_err(refuse)?;
            text.push(')');
            Ok(())
        }
        value => scalar(text, value, lexed.dialect).map_err(refuse),
    }
}

fn scalar(text: &mut String, value: &Literal, dialect: Dialect) -> Result<(), String> {
    match value {
        Literal::Int(number) => text.push_str(&number.to_string()),
        Literal::Bool(truth) => text.push_str(if *truth { "true" } else { "false" }),
        Literal::Text(inner) if inner.contains('\0') => return Err("a text with a NUL cannot be bound".to_owned()),
        Literal::Text(inner) if inner.contains('\\') && dialect.refuses_backslashes() => {
            return Err("a text with a backslash cannot be bound: `dialect` does not say what it means".to_owned());
        }
        Literal::Text(inner) if dialect.cuts_options() && string::holds_option(inner.as_bytes()) => {
            return Err("a text with `OPTION (` cannot be bound: the engine would cut it out".to_owned());
        }
        Literal::Text(inner) => string::write(text, inner.as_bytes(), dialect),
        Literal::List(_) => return Err("a list cannot stand in a list".to_owned()),
    }
    Ok(())
}

#[cfg(test)]
mod tests;
