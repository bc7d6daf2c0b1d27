//! The blocks of a `.datasource` file: SCHEMA and INDEXES, cut with the line of each part.

use super::{Column, Index};
use crate::pipe::datafile::Reason;

/// The columns of a SCHEMA block: separated by commas.
pub(super) fn columns(block: &[(usize, &str)]) -> Result<Vec<Column>, Reason> {
    let (text, lines) = joined(block);
    let mut columns: Vec<Column> = Vec::new();
    let mut parts = split(&text, Cut::Comma).map_err(|at| Reason::at(line_of(&lines, at), UNCLOSED))?;
    // One comma may end the block.
    if parts.len() > 1 && parts.last().is_some_and(|(_, part)| part.trim().is_empty()) {
        parts.pop();
    }
    for (start, part) in parts {
        let blank = part.len() - part.trim_start().len();
        let line = line_of(&lines, start + blank);
        let column = column(part.trim(), line)?;
        if columns.iter().any(|known| known.name == column.name) {
            return Err(Reason::at(line, format!("the column `{}` is named twice", column.name)));
        }
        columns.push(column);
    }
    Ok(columns)
}

/// The lines of an INDEXES block: `[INDEX] name expression TYPE type GRANULARITY number`.
pub(super) fn indexes(block: &[(usize, &str)]) -> Result<Vec<Index>, Reason> {
    let mut indexes = Vec::new();
    for (line, text) in block.iter().filter(|(_, text)| !text.trim().is_empty()) {
        let shape = || Reason::at(*line, "an index is `name expression TYPE type GRANULARITY number`");
        let words = words(text.trim().trim_end_matches(',')).map_err(|_| Reason::at(*line, UNCLOSED))?;
        let words = match words.as_slice() {
            [first, rest @ ..] if first.eq_ignore_ascii_case("INDEX") => rest,
            words => words,
        };
        let at = |word: &str| words.iter().position(|known| known.eq_ignore_ascii_case(word));
        let (kind, granularity) = at("TYPE").zip(at("GRANULARITY")).ok_or_else(shape)?;
        let part = |range: std::ops::Range<usize>| words.get(range).map(|words| words.join(" ")).unwrap_or_default();
        let index = Index {
            name: part(0..1).trim_matches('`').to_owned(),
            expression: part(1..kind),
            type_text: part(kind + 1..granularity),
            granularity: part(granularity + 1..words.len()).parse().map_err(|_| shape())?,
            line: *line,
        };
        if index.expression.is_empty() || index.type_text.is_empty() {
            return Err(shape());
        }
        indexes.push(index);
    }
    Ok(indexes)
}

fn column(text: &str, line: usize) -> Result<Column, Reason> {
    let wrong = |message: String| Reason::at(line, message);
    let words = words(text).map_err(|_| wrong(UNCLOSED.to_owned()))?;
    let [name, rest @ ..] = words.as_slice() else { return Err(wrong("a column has no name".to_owned())) };
    let mut column = Column { name: name.trim_matches('`').to_owned(), line, ..Column::default() };
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        if let Some(path) = word.strip_prefix("`json:") {
            column.json_path = Some(path.trim_end_matches('`').to_owned());
        } else if word.eq_ignore_ascii_case("DEFAULT") {
            let mut expression: Vec<&str> = rest.by_ref().copied().collect();
            if let Some(last) = expression.pop_if(|last| is_codec(last)) {
                column.codec = Some(last.to_owned());
            }
            column.default = Some(expression.join(" "));
        } else if is_codec(word) {
            column.codec = Some((*word).to_owned());
        } else {
            column.type_name.push_str(if column.type_name.is_empty() { "" } else { " " });
            column.type_name.push_str(word);
        }
    }
    if column.type_name.is_empty() {
        return Err(wrong(format!("the column `{}` has no type", column.name)));
    }
    Ok(column)
}

fn is_codec(word: &str) -> bool {
    word.get(.."CODEC(".len()).is_some_and(|start| start.eq_ignore_ascii_case("CODEC("))
}

const UNCLOSED: &str = "a bracket or a quote lacks its other half";

/// The lines as one text, and where each of them begins in it.
fn joined(block: &[(usize, &str)]) -> (String, Vec<(usize, usize)>) {
    let (mut text, mut lines) = (String::new(), Vec::new());
    for (number, line) in block {
        lines.push((text.len(), *number));
        text.push_str(line);
        text.push('\n');
    }
    (text, lines)
}

fn line_of(lines: &[(usize, usize)], at: usize) -> usize {
    lines.iter().rev().find(|(start, _)| *start <= at).map_or(1, |(_, number)| *number)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    Comma,
    Blank,
}

fn words(text: &str) -> Result<Vec<&str>, usize> {
    let parts = split(text, Cut::Blank)?;
    Ok(parts.into_iter().map(|(_, word)| word).filter(|word| !word.is_empty()).collect())
}

/// Splits where no bracket and no quotes are open; gives each part with its place, or the place of what stays open.
fn split(text: &str, at: Cut) -> Result<Vec<(usize, &str)>, usize> {
    let (mut parts, mut start, mut open, mut quote) = (Vec::new(), 0, Vec::new(), None);
    let mut escaped = false;
    for (position, c) in text.char_indices() {
        match (quote, c) {
            _ if std::mem::take(&mut escaped) => {}
            (Some(('\'', _)), '\\') => escaped = true,
            (Some((mark, _)), c) if c == mark => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some((c, position)),
            (None, '(' | '[' | '{') => open.push(position),
            (None, ')' | ']' | '}') => {
                open.pop().ok_or(position)?;
            }
            (None, c) if open.is_empty() => {
                let cuts = match at {
                    Cut::Comma => c == ',',
                    Cut::Blank => c.is_whitespace(),
                };
                if cuts {
                    parts.push((start, text.get(start..position).unwrap_or_default()));
                    start = position + c.len_utf8();
                }
            }
            _ => {}
        }
    }
    if let Some(at) = quote.map(|(_, at)| at).or(open.pop()) {
        return Err(at);
    }
    parts.push((start, text.get(start..).unwrap_or_default()));
    Ok(parts)
}
