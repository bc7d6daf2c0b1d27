//! Tables that are made up for a statement: columns, types and the values that it asks for.

use std::collections::BTreeMap;

use super::pieces::{Kind, Piece, pieces};

/// A table.
#[derive(Clone)]
pub(super) struct Shape {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    /// ENGINE and what follows.
    pub(super) storage: String,
}

/// A column with the values that statements compare it with.
#[derive(Clone)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) type_name: String,
    /// Strings, dates among them.
    pub(super) texts: Vec<String>,
    pub(super) numbers: Vec<String>,
}

/// The tenant's column, in every table.
pub(super) const TENANT: &str = "org_id";

/// How often the types are guessed anew.
pub(super) const GUESSES: usize = 8;

/// What statements do with columns, by the columns' names.
#[derive(Default)]
pub(super) struct Uses(BTreeMap<String, Use>);

#[derive(Default, Clone)]
struct Use {
    texts: Vec<String>,
    numbers: Vec<String>,
    /// The type that a function or a bracket around it wants.
    wanted: Option<&'static str>,
    /// The aggregate whose states it holds: `uniq` of `uniqMerge(c)`.
    merged: Option<String>,
}

impl Uses {
    /// Adds what a statement does.
    pub(super) fn add(&mut self, statement: &str) {
        let pieces = pieces(statement);
        for (at, piece) in pieces.iter().enumerate() {
            if piece.kind == Kind::Word {
                let used = self.0.entry(piece.text.clone()).or_default();
                used.wanted = used.wanted.or_else(|| wanted(&pieces, at));
                used.merged = used.merged.take().or_else(|| merged(&pieces, at));
                for literal in compared(&pieces, at) {
                    let list = if literal.kind == Kind::Text { &mut used.texts } else { &mut used.numbers };
                    if !list.contains(&literal.text) && list.len() < 12 && !literal.text.contains(['\\', '\'']) {
                        list.push(literal.text.clone());
                    }
                }
            }
        }
    }

    /// A column of that name, by the guess of that number.
    pub(super) fn column(&self, name: &str, guess: usize) -> Column {
        let used = self.0.get(name).cloned().unwrap_or_default();
        let type_name = if name == TENANT { "Int64".to_owned() } else { type_of(name, &used, guess) };
        Column { name: name.to_owned(), type_name, texts: used.texts, numbers: used.numbers }
    }
}

/// The literals that a column is compared with: `c = 1`, `c IN ('a', 'b')`, `c BETWEEN 1 AND 2`, `c LIKE 'a%'`.
fn compared(pieces: &[Piece], column: usize) -> impl Iterator<Item = &Piece> {
    let operators = ["=", "!", "<", ">", "(", "like", "ilike", "in", "not", "between"];
    let rest = pieces.get(column + 1..).unwrap_or_default();
    let begins = rest.iter().take_while(|piece| operators.iter().any(|word| piece.is(word))).count();
    let literals = rest[begins..].iter().take_while(move |piece| {
        begins > 0 && (matches!(piece.kind, Kind::Text | Kind::Number) || piece.is(",") || piece.is("and"))
    });
    literals.filter(|piece| matches!(piece.kind, Kind::Text | Kind::Number))
}

/// The aggregate whose states a call around a column merges.
fn merged(pieces: &[Piece], at: usize) -> Option<String> {
    let open = at.checked_sub(1).and_then(|at| pieces.get(at)).filter(|piece| piece.text == "(")?;
    let function = pieces.iter().rev().find(|piece| piece.span.end <= open.span.start)?;
    let name = function.text.strip_suffix("MergeState").or_else(|| function.text.strip_suffix("Merge"))?;
    Some(name.to_owned()).filter(|name| !name.is_empty())
}

/// The type that the call, the bracket or the clause around a column wants.
fn wanted(pieces: &[Piece], at: usize) -> Option<&'static str> {
    let next = pieces.get(at + 1);
    if next.is_some_and(|next| next.text == "[" && next.kind == Kind::Symbol) {
        let text = pieces.get(at + 2).is_some_and(|key| key.kind == Kind::Text);
        return Some(if text { "Map(String, String)" } else { "Array(Int64)" });
    }
    let before = |steps: usize| at.checked_sub(steps).and_then(|at| pieces.get(at));
    if before(1).is_some_and(|piece| piece.is("join")) && before(2).is_some_and(|piece| piece.is("array")) {
        return Some("Array(Int64)");
    }
    if before(1).is_none_or(|piece| piece.text != "(") {
        return None;
    }
    let function = before(2)?.text.to_ascii_lowercase();
    let is = |words: &[&str]| words.iter().any(|word| function.starts_with(word));
    if is(&["has", "array", "indexof", "countequal", "empty", "notempty"]) {
        Some("Array(String)")
    } else if is(&["map"]) {
        Some("Map(String, String)")
    } else if is(&["toyear", "tomonth", "today", "tohour", "tominute", "tosecond", "tostartof", "tounix", "formatdate"])
        || is(&["toyyyy", "tomonday", "totime", "tounixtimestamp", "date_trunc", "datetrunc", "toweek", "toquarter"])
    {
        Some("DateTime")
    } else if is(&["lower", "upper", "json", "position", "match", "extract", "domain", "split", "substr", "startswith"])
        || is(&["simplejson", "visitparam", "replace", "cutto", "trim", "like", "parse", "todate", "path", "decodeurl"])
    {
        Some("String")
    } else if is(&["avg", "quantile", "median", "stddev", "var", "round", "floor", "exp", "log", "sqrt"]) {
        Some("Float64")
    } else {
        None
    }
}

fn type_of(name: &str, used: &Use, guess: usize) -> String {
    if let Some(aggregate) = used.merged.as_ref().filter(|_| guess < 2) {
        return match aggregate.as_str() {
            "count" => "AggregateFunction(count)".to_owned(),
            _ if guess == 0 && !aggregate.starts_with("uniq") => format!("AggregateFunction({aggregate}, Int64)"),
            _ => format!("AggregateFunction({aggregate}, String)"),
        };
    }
    let lower = name.to_ascii_lowercase();
    let is_date = |text: &String| text.len() == 10 && text.as_bytes()[4] == b'-' && text.starts_with(['1', '2']);
    let is_time = |text: &String| text.len() > 10 && text.as_bytes()[4] == b'-' && text.contains(':');
    let by_literals = || {
        if !used.texts.is_empty() && used.texts.iter().all(is_date) {
            Some("Date")
        } else if !used.texts.is_empty() && used.texts.iter().any(is_time) {
            Some("DateTime")
        } else if !used.texts.is_empty() {
            Some("String")
        } else if used.numbers.iter().any(|number| number.contains('.')) {
            Some("Float64")
        } else if !used.numbers.is_empty() {
            Some("Int64")
        } else {
            None
        }
    };
    let by_name = || match lower.as_str() {
        "date" | "day" | "eventdate" | "d" => Some("Date"),
        lower if lower.contains("time") || lower.ends_with("_at") || lower == "ts" || lower.ends_with("_date") => {
            Some("DateTime")
        }
        lower if lower.starts_with("arr") || lower == "tags" => Some("Array(Int64)"),
        lower
            if [
                "name", "url", "str", "s", "text", "message", "type", "status", "country", "email", "payload", "data",
            ]
            .iter()
            .any(|word| lower == *word || (word.len() > 2 && lower.contains(word))) =>
        {
            Some("String")
        }
        lower if guess == 1 && lower.ends_with("id") => Some("String"),
        _ => None,
    };
    match guess {
        0 => used.wanted.or_else(by_literals).or_else(by_name).unwrap_or("Int64"),
        1 => by_literals().or_else(by_name).or(used.wanted).unwrap_or("String"),
        2 => "Int64",
        3 => "String",
        4 => by_literals().unwrap_or("DateTime"),
        5 => by_literals().unwrap_or("Array(Int64)"),
        6 => by_literals().unwrap_or("Nullable(Int64)"),
        _ => by_literals().unwrap_or("Map(String, String)"),
    }
    .to_owned()
}

impl Shape {
    /// The tables of a schema: `table column:Type column:Type …` a line, where a type stands for the columns behind it
    /// until the next one. The tables are ordered by tenant and first column.
    pub(super) fn of_schema<'t>(schema: &str, statements: impl Iterator<Item = &'t str>) -> Vec<Self> {
        let mut uses = Uses::default();
        statements.for_each(|statement| uses.add(statement));
        let table = |line: &str| {
            let mut words = line.split_whitespace();
            let name = words.next().unwrap_or_default().to_owned();
            let (mut columns, mut type_name) = (vec![uses.column(TENANT, 0)], String::new());
            for word in words {
                match word.strip_suffix(':') {
                    Some(next) => type_name = next.to_owned(),
                    None => columns.push(Column { type_name: type_name.clone(), ..uses.column(word, 0) }),
                }
            }
            let storage =
                format!("MergeTree ORDER BY ({TENANT}, `{}`) SETTINGS index_granularity = 8", columns[1].name);
            Self { name, columns, storage }
        };
        schema.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(table).collect()
    }
}
