//! Tinybird's `.datasource` files: the name, the columns with their types and JSON paths, the engine's options. The
//! gateway makes no table of them: they describe a project.

use std::collections::BTreeMap;

use super::datafile::Reason;

/// A `.datasource` file, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Datasource {
    /// What its author says of it.
    pub description: String,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// `ENGINE` and what begins with `ENGINE_`, by key.
    pub engine: BTreeMap<String, String>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type, with everything that stands behind it but the path and the default.
    pub type_name: String,
    /// The path in a JSON row that it is read from: `$.user.id`.
    pub json_path: Option<String>,
    /// The expression of its default.
    pub default: Option<String>,
}

/// Reads a file's text.
///
/// # Errors
/// The first [`Reason`] why it is not understood.
pub fn parse(text: &str) -> Result<Datasource, Reason> {
    let mut found = Datasource::default();
    let mut lines = text.lines().enumerate().peekable();
    while let Some((number, line)) = lines.next() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let (key, value) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let mut value = value.trim().to_owned();
        if value == ">" {
            value.clear();
            while let Some((_, line)) =
                lines.next_if(|(_, line)| line.trim().is_empty() || line.starts_with([' ', '\t']))
            {
                value.push_str(line.trim());
                value.push('\n');
            }
        }
        match key.to_ascii_uppercase().as_str() {
            "VERSION" | "TOKEN" | "TAGS" | "SHARED_WITH" | "FORWARD_QUERY" | "INDEXES" => {}
            "DESCRIPTION" => found.description = value.trim().to_owned(),
            "SCHEMA" => found.columns = columns(&value).map_err(|message| Reason::at(number + 1, message))?,
            engine if engine == "ENGINE" || engine.starts_with("ENGINE_") => {
                found.engine.insert(engine.to_owned(), value.trim().trim_matches('"').to_owned());
            }
            key => return Err(Reason::at(number + 1, format!("`{key}` is not supported"))),
        }
    }
    if found.columns.is_empty() { Err(Reason::whole("it has no SCHEMA")) } else { Ok(found) }
}

fn columns(text: &str) -> Result<Vec<Column>, String> {
    split(text, ',').into_iter().map(|item| column(item.trim())).collect()
}

fn column(text: &str) -> Result<Column, String> {
    let words: Vec<&str> = split(text, ' ').into_iter().filter(|word| !word.is_empty()).collect();
    let [name, rest @ ..] = words.as_slice() else { return Err("a column has no name".to_owned()) };
    let mut column = Column { name: name.trim_matches('`').to_owned(), ..Column::default() };
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        if let Some(path) = word.strip_prefix("`json:") {
            column.json_path = Some(path.trim_end_matches('`').to_owned());
        } else if word.eq_ignore_ascii_case("DEFAULT") {
            let expression: Vec<&str> = rest.by_ref().copied().collect();
            column.default = Some(expression.join(" "));
        } else {
            column.type_name.push_str(if column.type_name.is_empty() { "" } else { " " });
            column.type_name.push_str(word);
        }
    }
    if column.type_name.is_empty() { Err(format!("the column `{}` has no type", column.name)) } else { Ok(column) }
}

/// Splits at a character (or any blank) that stands in no bracket and no quotes.
fn split(text: &str, at: char) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut quote) = (Vec::new(), 0, 0_usize, None);
    for (position, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, c) if depth == 0 && (c == at || (at == ' ' && c.is_whitespace())) => {
                parts.push(text.get(start..position).unwrap_or_default());
                start = position + c.len_utf8();
            }
            _ => {}
        }
    }
    let last = text.get(start..).unwrap_or_default();
    if !last.trim().is_empty() {
        parts.push(last);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_types_paths_and_defaults() {
        let text = "DESCRIPTION landing\n\nSCHEMA >\n    `at` DateTime64(3, 'UTC') `json:$.at`,\n    org_id Int32 `json:$.org.id` DEFAULT 0,\n    hits AggregateFunction(uniq, String)\n\nENGINE MergeTree\nENGINE_SORTING_KEY org_id, at\n";
        let found = parse(text).unwrap();
        let column = |name: &str, type_name: &str, path: Option<&str>, default: Option<&str>| Column {
            name: name.into(),
            type_name: type_name.into(),
            json_path: path.map(Into::into),
            default: default.map(Into::into),
        };
        assert_eq!(
            found.columns,
            [
                column("at", "DateTime64(3, 'UTC')", Some("$.at"), None),
                column("org_id", "Int32", Some("$.org.id"), Some("0")),
                column("hits", "AggregateFunction(uniq, String)", None, None),
            ]
        );
        assert_eq!(found.engine["ENGINE_SORTING_KEY"], "org_id, at");
        assert_eq!(parse("SCHEMA >\n    a Int32\n\nKAFKA_TOPIC x\n").unwrap_err().line, Some(4));
        assert!(parse("ENGINE MergeTree\n").is_err());
    }
}
