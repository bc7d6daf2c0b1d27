//! What stands between the braces, cut into symbols.

use super::Malformed;

/// One symbol.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Symbol {
    Name(String),
    Text(String),
    Int(i128),
    Float(f64),
    /// `( ) [ ] , = == != < > <= >= + - *`.
    Mark(&'static str),
}

const MARKS: &[&str] = &["==", "!=", "<=", ">=", "(", ")", "[", "]", ",", "=", "<", ">", "+", "-", "*"];

/// The text around a place, for its line and column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'t>(pub(super) &'t str);

impl Place<'_> {
    pub(super) fn wrong(self, at: usize, message: impl Into<String>) -> Malformed {
        let before = self.0.get(..at).unwrap_or(self.0);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Malformed { line, column, message: message.into() }
    }
}

/// Cuts the code that begins at `start` up to `end_mark` (`}}` or `%}`); gives the symbols with their places, and where
/// the code ends. A brace inside a string ends nothing.
pub(super) fn cut(text: &str, start: usize, end_mark: &str) -> Result<(Vec<(Symbol, usize)>, usize), Malformed> {
    let place = Place(text);
    let mut at = start;
    let mut symbols = Vec::new();
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let Some(first) = rest.chars().next() else {
            return Err(place.wrong(start, format!("`{end_mark}` is missing")));
        };
        if rest.starts_with(end_mark) {
            return Ok((symbols, at + end_mark.len()));
        }
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (symbol, length) = match first {
            '\'' | '"' => string(rest, first).map_err(|message| place.wrong(at, message))?,
            'a'..='z' | 'A'..='Z' | '_' => {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                (Symbol::Name(rest.get(..end).unwrap_or_default().to_owned()), end)
            }
            '0'..='9' => number(rest).ok_or_else(|| place.wrong(at, "this is no number"))?,
            _ => {
                let mark = MARKS.iter().find(|mark| rest.starts_with(**mark));
                let mark = mark.ok_or_else(|| place.wrong(at, format!("`{first}` is not supported in a template")))?;
                (Symbol::Mark(mark), mark.len())
            }
        };
        symbols.push((symbol, at));
        at += length;
    }
}

fn string(rest: &str, quote: char) -> Result<(Symbol, usize), &'static str> {
    let mut value = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            c if c == quote => return Ok((Symbol::Text(value), at + 1)),
            '\\' => match chars.next() {
                Some((_, c @ ('\\' | '\'' | '"'))) => value.push(c),
                Some((_, 'n')) => value.push('\n'),
                Some((_, 't')) => value.push('\t'),
                _ => return Err("this escape is not supported in a template"),
            },
            c => value.push(c),
        }
    }
    Err("the string has no end")
}

fn number(rest: &str) -> Option<(Symbol, usize)> {
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_').unwrap_or(rest.len());
    let text = rest.get(..end)?;
    let symbol = match text.parse() {
        Ok(number) => Symbol::Int(number),
        Err(_) => Symbol::Float(text.parse().ok().filter(|number: &f64| number.is_finite())?),
    };
    Some((symbol, end))
}
