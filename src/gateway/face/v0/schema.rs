//! A data source's schema as Tinybird's API takes it: `` `a` Int64, b Nullable(String) `json:$.b` DEFAULT 'x' ``, and the
//! `engine_…` parameters. Everything becomes a value of ours; no text of the client's reaches an engine.

use super::ttl;
use crate::gateway::Error;
use crate::gateway::parameters::Parameters;
use crate::upstream::change::{Key, NewEngine};
use crate::upstream::intake::{Cell, Default, Field, Given, Kind, NewField, fit, is_plain_name};

/// The most columns of a table that is made here.
const MOST_COLUMNS: usize = 1_000;
/// Functions that a key may use, each of one column.
const KEY_FUNCTIONS: [&str; 14] = [
    "cityHash64",
    "lower",
    "sipHash64",
    "toDate",
    "toMonday",
    "toStartOfDay",
    "toStartOfHour",
    "toStartOfMonth",
    "toStartOfWeek",
    "toStartOfYear",
    "toYYYYMM",
    "toYYYYMMDD",
    "toYear",
    "xxHash64",
];
/// Engines, and how many columns may stand between their brackets.
const ENGINES: [(&str, &[&str]); 6] = [
    ("MergeTree", &[]),
    ("ReplacingMergeTree", &["engine_ver"]),
    ("SummingMergeTree", &["engine_columns"]),
    ("AggregatingMergeTree", &[]),
    ("CollapsingMergeTree", &["engine_sign"]),
    ("VersionedCollapsingMergeTree", &["engine_sign", "engine_version"]),
];

fn wrong(message: impl Into<String>) -> Error {
    Error::Parameter(message.into())
}

/// Reads the columns of `schema=`.
pub(in crate::gateway) fn columns(text: &str) -> Result<Vec<NewField>, Error> {
    let mut fields: Vec<NewField> = Vec::new();
    for part in split(text)? {
        let field = column(part.trim())?;
        if fields.iter().any(|known| known.name.eq_ignore_ascii_case(&field.name)) {
            return Err(wrong(format!("the column `{}` is named twice", field.name)));
        }
        fields.push(field);
    }
    if fields.is_empty() || fields.len() > MOST_COLUMNS {
        return Err(wrong("a schema has 1 to 1000 columns"));
    }
    Ok(fields)
}

/// Cuts at the commas that stand in no bracket and no quotes.
fn split(text: &str) -> Result<Vec<&str>, Error> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_i32);
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            _ if std::mem::take(&mut escaped) => {}
            (Some('\''), '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '`') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    if quote.is_some() || depth != 0 {
        return Err(wrong("the schema has a bracket or a quote without its other half"));
    }
    parts.push(text.get(start..).unwrap_or_default());
    Ok(parts)
}

fn column(text: &str) -> Result<NewField, Error> {
    let (name, rest) = name(text)?;
    let (rest, default) = match find_default(rest) {
        Some(at) => {
            let (head, tail) = rest.split_at_checked(at).unwrap_or_default();
            (head, Some(tail.get("DEFAULT".len()..).unwrap_or_default().trim()))
        }
        None => (rest, None),
    };
    let (type_text, path) = match rest.split_once('`') {
        Some((head, tail)) => (head, Some(tail)),
        None => (rest, None),
    };
    if let Some(path) = path {
        let own = [format!("json:$.{name}`"), format!("json:$.{name}[:]`")];
        if !own.iter().any(|own| own == path.trim()) {
            return Err(wrong(format!("the column `{name}` is read from the member of its own name only")));
        }
    }
    let kind = Kind::parse(type_text.trim()).map_err(wrong)?;
    let default = default.map(|text| default_of(&name, &kind, text)).transpose()?;
    Ok(NewField { name, kind, default })
}

fn name(text: &str) -> Result<(String, &str), Error> {
    let (name, rest) = match text.strip_prefix('`') {
        Some(rest) => rest.split_once('`').ok_or_else(|| wrong("a column has no name"))?,
        None => text.split_once(char::is_whitespace).ok_or_else(|| wrong("a column has no type"))?,
    };
    if !is_plain_name(name) {
        return Err(wrong("a column's name is made of `A-Z a-z 0-9 _`, and does not start with a digit"));
    }
    Ok((name.to_owned(), rest.trim()))
}

/// Where `DEFAULT` stands as a word of its own, outside of quotes.
fn find_default(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '\'' | '`') => quote = Some(c),
            None if c.is_whitespace() => {
                let after = text.get(at + 1..).unwrap_or_default();
                let word = after.get(.."DEFAULT ".len()).unwrap_or_default();
                if word.eq_ignore_ascii_case("DEFAULT ") {
                    return Some(at + 1);
                }
            }
            None => {}
        }
    }
    None
}

fn default_of(name: &str, kind: &Kind, text: &str) -> Result<Default, Error> {
    let bad = || wrong(format!("the default of `{name}` is a literal of its type, or `now()`"));
    if text.eq_ignore_ascii_case("now()") || text.eq_ignore_ascii_case("now64()") {
        return match kind {
            Kind::DateTime(_) | Kind::DateTime64(..) => Ok(Default::Now),
            _ => Err(bad()),
        };
    }
    let given = match text.strip_prefix('\'') {
        Some(rest) => Given::Text(unquoted(rest).ok_or_else(bad)?),
        None => Given::parse(text.to_ascii_lowercase().as_bytes()).map_err(|_| bad())?,
    };
    match fit(&field(name, kind), Some(&given), false) {
        Ok(cell @ (Cell::Bool(_) | Cell::Int(_) | Cell::Float(_) | Cell::Text(_))) => Ok(Default::Literal(cell)),
        Ok(cell @ Cell::Null) if given == Given::Null => Ok(Default::Literal(cell)),
        _ => Err(bad()),
    }
}

/// What stands before the last quote, with the plain escapes; nothing may follow.
fn unquoted(rest: &str) -> Option<String> {
    let mut text = String::new();
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' => return chars.as_str().trim().is_empty().then_some(text),
            '\\' => match chars.next()? {
                escaped @ ('\'' | '\\') => text.push(escaped),
                _ => return None,
            },
            c if c.is_control() => return None,
            c => text.push(c),
        }
    }
    None
}

fn field(name: &str, kind: &Kind) -> Field {
    Field {
        name: name.to_owned(),
        kind: kind.clone(),
        type_name: kind.to_string(),
        nullable: kind.is_nullable(),
        defaulted: false,
        default: None,
        insertable: true,
    }
}

/// Reads `engine=` and what belongs to it, against the columns of the table.
pub(in crate::gateway) fn engine(parameters: &Parameters, fields: &[NewField]) -> Result<NewEngine, Error> {
    let asked = parameters.one("engine")?.unwrap_or("MergeTree");
    let (name, arguments) = ENGINES
        .iter()
        .find(|(name, _)| *name == asked)
        .ok_or_else(|| wrong(format!("the engine is one of {}", ENGINES.map(|(name, _)| name).join(", "))))?;
    let known =
        ["engine", "engine_sorting_key", "engine_partition_key", "engine_primary_key", "engine_full", "engine_ttl"];
    for (parameter, value) in parameters.iter().filter(|(parameter, _)| parameter.starts_with("engine")) {
        let ours = known.contains(&parameter) || arguments.contains(&parameter);
        if !value.is_empty() && (!ours || parameter == "engine_full") {
            return Err(wrong(format!("the parameter `{parameter}` is not supported")));
        }
    }
    let is_column = |column: &str| fields.iter().any(|field| field.name == column);
    let mut engine = NewEngine { name, ..NewEngine::default() };
    for argument in *arguments {
        for column in parameters.one(argument)?.unwrap_or_default().split(',').map(str::trim).filter(|c| !c.is_empty())
        {
            if !is_column(column) {
                return Err(wrong(format!("`{argument}` names a column")));
            }
            engine.arguments.push(column.to_owned());
        }
    }
    let keys = |parameter: &str| -> Result<Vec<Key>, Error> {
        let text = parameters.one(parameter)?.unwrap_or_default().trim();
        if matches!(text, "" | "tuple()") {
            return Ok(Vec::new());
        }
        let text = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(text);
        text.split(',').map(|part| key(part.trim(), &is_column)).collect()
    };
    engine.sorting_key = keys("engine_sorting_key")?;
    engine.partition_key = keys("engine_partition_key")?;
    engine.primary_key = keys("engine_primary_key")?;
    let ttl = parameters.one("engine_ttl")?.filter(|text| !text.is_empty());
    engine.ttl = ttl.map(|text| ttl::ttl(text, &is_column)).transpose()?.flatten();
    Ok(engine)
}

fn key(text: &str, is_column: &dyn Fn(&str) -> bool) -> Result<Key, Error> {
    let bare = |text: &str| text.trim().trim_matches('`').to_owned();
    let (function, column) = match text.split_once('(') {
        Some((function, rest)) => {
            let function = KEY_FUNCTIONS.iter().find(|known| **known == function.trim()).copied();
            (Some(function), bare(rest.strip_suffix(')').unwrap_or_default()))
        }
        None => (None, bare(text)),
    };
    match function {
        _ if !is_column(&column) => Err(wrong("a key is made of columns, and of listed functions of one column")),
        Some(None) => Err(wrong(format!("a key may use {}", KEY_FUNCTIONS.join(", ")))),
        Some(Some(function)) => Ok(Key::Call(function, column)),
        None => Ok(Key::Column(column)),
    }
}

#[cfg(test)]
mod tests;
