//! From a `.datasource` file to a table that can be made.
//!
//! Names are plain ones, types are parsed and written anew, every expression goes through the core. What cannot be kept is
//! refused with its line; what is left out is said.

use crate::catalog::TableName;
use crate::pipe::datafile::Reason;
use crate::pipe::datasource::{Column, Datasource, Index, Line};
use crate::sql::{Dialect, Expression};
use crate::upstream::change::{self, Key, NewEngine, NewTable};
use crate::upstream::intake::{Cell, Default, Field, Given, Kind, NewField, fit, is_plain_name};

use super::Ground;

/// Engines, and the keys of the columns between their brackets.
const ENGINES: [(&str, &[&str]); 6] = [
    ("MergeTree", &[]),
    ("ReplacingMergeTree", &["ENGINE_VER", "ENGINE_IS_DELETED"]),
    ("SummingMergeTree", &["ENGINE_COLUMNS"]),
    ("AggregatingMergeTree", &[]),
    ("CollapsingMergeTree", &["ENGINE_SIGN"]),
    ("VersionedCollapsingMergeTree", &["ENGINE_SIGN", "ENGINE_VERSION"]),
];
/// Types of skip indexes.
const INDEXES: [&str; 5] = ["minmax", "set", "bloom_filter", "ngrambf_v1", "tokenbf_v1"];
/// Settings of a table that take a number.
const SETTINGS: [&str; 3] = ["index_granularity", "min_bytes_for_wide_part", "ttl_only_drop_parts"];

/// The table, and what is left out of it.
pub(super) fn new_table(name: &str, file: &Datasource, ground: &Ground<'_>) -> Result<(NewTable, Vec<String>), Reason> {
    let mut notes: Vec<String> = file
        .left_out
        .iter()
        .filter(|left| !left.why.is_empty())
        .map(|left| format!("`{}` on line {}: {}", left.key, left.line, left.why))
        .collect();
    if !is_plain_name(name) {
        return Err(Reason::whole("a data source's name is letters, digits and `_`, and begins with no digit"));
    }
    let fields = file.columns.iter().map(|column| field(column, ground)).collect::<Result<Vec<_>, _>>()?;
    notes.extend(said_of_columns(&file.columns));
    let engine = match ground.dialect {
        Dialect::ClickHouse => engine(file, &fields, ground)?,
        _ => {
            if file.engine.get("ENGINE").is_some_and(|engine| engine.text != "MergeTree") {
                notes.push("the engine's merges are ClickHouse's: here every row stays as it came in".to_owned());
            }
            if file.engine.contains_key("ENGINE_TTL") {
                notes.push("`ENGINE_TTL` is ClickHouse's: here no row goes by itself".to_owned());
            }
            NewEngine::default()
        }
    };
    let name = TableName::new(ground.catalog.default_database(), name);
    Ok((NewTable { name, fields, engine }, notes))
}

/// What is read from elsewhere than the column's own name, and what is packed otherwise.
fn said_of_columns(columns: &[Column]) -> Vec<String> {
    let own = |column: &&Column| {
        let path = column.json_path.as_deref().unwrap_or("$");
        let bare = path.trim_start_matches("$.").trim_end_matches("[:]");
        path != "$" && bare != column.name
    };
    let mut notes = Vec::new();
    let elsewhere: Vec<_> = columns.iter().filter(own).map(|column| format!("`{}`", column.name)).collect();
    if !elsewhere.is_empty() {
        let message = "rows name their columns here, and their JSON paths are not followed";
        notes.push(format!("{message}: {}", elsewhere.join(", ")));
    }
    if columns.iter().any(|column| column.codec.is_some()) {
        notes.push("CODEC is left out: the engine packs as it does by default".to_owned());
    }
    notes
}

fn field(column: &Column, ground: &Ground<'_>) -> Result<NewField, Reason> {
    let wrong = |message: String| Reason::at(column.line, format!("the column `{}`: {message}", column.name));
    if !is_plain_name(&column.name) {
        return Err(wrong("its name is letters, digits and `_`, and begins with no digit".to_owned()));
    }
    let functions = ground.dialect.functions();
    let kind = match ground.dialect {
        Dialect::ClickHouse => Kind::parse_described(&column.type_name, &|name| functions.is_aggregate(name)),
        _ => Kind::parse(&column.type_name),
    };
    let kind = kind.map_err(wrong)?;
    if ground.dialect != Dialect::ClickHouse && kind.to_sqlite().is_none() {
        return Err(wrong(format!("`{kind}` cannot be kept by SQLite")));
    }
    let default = column.default.as_deref().map(|text| default(&column.name, &kind, text, ground));
    Ok(NewField { name: column.name.clone(), default: default.transpose().map_err(wrong)?, kind })
}

/// A literal of the column's type, the time, or on ClickHouse an expression.
fn default(name: &str, kind: &Kind, text: &str, ground: &Ground<'_>) -> Result<Default, String> {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if matches!(bare.to_ascii_lowercase().as_str(), "now()" | "now64()" | "now64(3)")
        && matches!(kind, Kind::DateTime(_) | Kind::DateTime64(..))
    {
        return Ok(Default::Now);
    }
    if let Some(cell) = literal(name, kind, text) {
        return Ok(Default::Literal(cell));
    }
    if ground.dialect != Dialect::ClickHouse {
        return Err(format!("its default `{text}` is no literal of its type"));
    }
    let read = Expression::compile(text, ground.dialect, ground.extensions());
    let read = read.map_err(|refusal| format!("its default `{text}` is not understood: {}", refusal.message))?;
    Ok(Default::Expression(read.text().to_owned()))
}

fn literal(name: &str, kind: &Kind, text: &str) -> Option<Cell> {
    let given = match text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        Some(inner) if !inner.contains(['\'', '\\']) => Given::Text(inner.to_owned()),
        Some(_) => return None,
        None => Given::parse(text.to_ascii_lowercase().as_bytes()).ok()?,
    };
    let field = Field {
        name: name.to_owned(),
        kind: kind.clone(),
        type_name: kind.to_string(),
        nullable: kind.is_nullable(),
        defaulted: false,
        default: None,
        insertable: true,
    };
    match fit(&field, Some(&given), false) {
        Ok(cell @ (Cell::Bool(_) | Cell::Int(_) | Cell::Float(_) | Cell::Text(_) | Cell::List(_))) => Some(cell),
        Ok(cell @ Cell::Null) if given == Given::Null => Some(cell),
        _ => None,
    }
}

/// `ENGINE` and what begins with it.
fn engine(file: &Datasource, fields: &[NewField], ground: &Ground<'_>) -> Result<NewEngine, Reason> {
    let asked = file.engine.get("ENGINE").map_or("MergeTree", |line| line.text.as_str());
    let (name, arguments) = ENGINES.iter().find(|(name, _)| *name == asked).ok_or_else(|| {
        let message = format!("the engine `{asked}` is none of {}", ENGINES.map(|(name, _)| name).join(", "));
        file.engine.get("ENGINE").map_or_else(|| Reason::whole(&message), |line| Reason::at(line.line, &message))
    })?;
    let mut engine = NewEngine { name, ..NewEngine::default() };
    let is_column = |column: &str| fields.iter().any(|field| field.name == column);
    for argument in *arguments {
        let Some(line) = file.engine.get(*argument) else { continue };
        for column in line.text.split(',').map(|column| column.trim().trim_matches('`')).filter(|it| !it.is_empty()) {
            if !is_column(column) {
                return Err(Reason::at(line.line, format!("`{argument}` names `{column}`, which is no column")));
            }
            engine.arguments.push(column.to_owned());
        }
    }
    for (key, line) in &file.engine {
        match key.as_str() {
            "ENGINE" => {}
            "ENGINE_SORTING_KEY" => engine.sorting_key = keys(line, fields, ground, &mut engine.nullable_key)?,
            "ENGINE_PARTITION_KEY" => engine.partition_key = keys(line, fields, ground, &mut engine.nullable_key)?,
            "ENGINE_PRIMARY_KEY" => engine.primary_key = keys(line, fields, ground, &mut engine.nullable_key)?,
            "ENGINE_TTL" if line.text.is_empty() => {}
            "ENGINE_TTL" => engine.expiry = Some(expression(&line.text, line.line, fields, ground)?.text().to_owned()),
            "ENGINE_SETTINGS" => engine.settings = settings(line)?,
            key if arguments.contains(&key) => {}
            key => return Err(Reason::at(line.line, format!("`{key}` has no place in the engine `{name}`"))),
        }
    }
    engine.indexes = file.indexes.iter().map(|it| index(it, fields, ground)).collect::<Result<_, _>>()?;
    Ok(engine)
}

fn expression(text: &str, line: usize, fields: &[NewField], ground: &Ground<'_>) -> Result<Expression, Reason> {
    let read = Expression::compile(text, ground.dialect, ground.extensions());
    let read = read.map_err(|refusal| Reason::at(line, refusal.message))?;
    known(&read, line, fields)?;
    Ok(read)
}

fn known(read: &Expression, line: usize, fields: &[NewField]) -> Result<(), Reason> {
    match read.columns().find(|column| !fields.iter().any(|field| field.name == *column)) {
        Some(stranger) => Err(Reason::at(line, format!("`{stranger}` is no column of it"))),
        None => Ok(()),
    }
}

fn keys(line: &Line, fields: &[NewField], ground: &Ground<'_>, nullable: &mut bool) -> Result<Vec<Key>, Reason> {
    let read = Expression::list(&line.text, ground.dialect, ground.extensions());
    let read = read.map_err(|refusal| Reason::at(line.line, refusal.message))?;
    let mut keys = Vec::new();
    for part in read {
        known(&part, line.line, fields)?;
        let may_be_null = |column: &str| fields.iter().any(|field| field.name == column && field.kind.is_nullable());
        *nullable |= part.columns().any(may_be_null);
        keys.push(Key::Expression(part.text().to_owned()));
    }
    Ok(keys)
}

fn settings(line: &Line) -> Result<Vec<(&'static str, u64)>, Reason> {
    let mut settings = Vec::new();
    for part in line.text.split(',') {
        let pair = part.split_once('=').map(|(name, value)| (name.trim(), value.trim().parse::<u64>()));
        let found = pair.and_then(|(name, value)| Some((*SETTINGS.iter().find(|known| **known == name)?, value.ok()?)));
        let message = || format!("`{}` is no setting of a table that is kept: {}", part.trim(), SETTINGS.join(", "));
        settings.push(found.ok_or_else(|| Reason::at(line.line, message()))?);
    }
    Ok(settings)
}

fn index(index: &Index, fields: &[NewField], ground: &Ground<'_>) -> Result<change::Index, Reason> {
    let wrong = |message: String| Reason::at(index.line, format!("the index `{}`: {message}", index.name));
    if !is_plain_name(&index.name) {
        return Err(wrong("its name is letters, digits and `_`".to_owned()));
    }
    let (kind, numbers) = index.type_text.split_once('(').unwrap_or((&index.type_text, ")"));
    let kind = INDEXES.iter().find(|known| **known == kind.trim());
    let kind = kind.ok_or_else(|| wrong(format!("its type is one of {}", INDEXES.join(", "))))?;
    let numbers = numbers.trim().strip_suffix(')').ok_or_else(|| wrong("a bracket lacks its other half".to_owned()))?;
    let numbers: Vec<&str> = numbers.split(',').map(str::trim).filter(|number| !number.is_empty()).collect();
    let plain = |number: &&str| number.len() <= 20 && number.parse().is_ok_and(f64::is_finite);
    if !numbers.iter().all(plain) {
        return Err(wrong("its type takes numbers only".to_owned()));
    }
    let brackets = if numbers.is_empty() { String::new() } else { format!("({})", numbers.join(", ")) };
    Ok(change::Index {
        name: index.name.clone(),
        expression: expression(&index.expression, index.line, fields, ground)?.text().to_owned(),
        type_text: format!("{kind}{brackets}"),
        granularity: index.granularity,
    })
}
