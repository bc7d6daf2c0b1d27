//! Which columns a table gets when nobody says: from the first rows, and cautiously.
//!
//! - Whole numbers are Int64, other numbers Float64, `true` and `false` Bool, `2026-01-31 12:30:59` (or with `T` and `Z`)
//!   DateTime, everything else String. One value that does not fit makes the column a String.
//! - A column that lacks a value in some row is Nullable; a String of CSV is not, an empty field is an empty text.

use super::records::Record;
use crate::gateway::Error;
use crate::upstream::intake::{Field, Given, Kind, NewField, fit, is_plain_name};

/// How many rows are looked at.
pub(super) const LOOKED_AT: usize = 1_000;
const MOST_COLUMNS: usize = 1_000;

struct Column {
    name: String,
    kind: Option<Kind>,
    seen: usize,
}

/// The columns of these records, and whether the first one is a header of CSV.
pub(super) fn columns(records: &[Record], header: Option<bool>) -> Result<(Vec<NewField>, bool), Error> {
    let (columns, rows, is_header) = match records.first() {
        Some(Record::Fields(first)) => {
            let is_header = header.unwrap_or_else(|| could_be_header(first));
            let names = if is_header {
                first.iter().map(|name| name.trim().to_owned()).collect()
            } else {
                (0..first.len()).map(|position| format!("c_{position}")).collect()
            };
            (
                csv(names, records.get(usize::from(is_header)..).unwrap_or_default()),
                records.len() - usize::from(is_header),
                is_header,
            )
        }
        _ => (json(records), records.iter().filter(|record| matches!(record, Record::Members(_))).count(), false),
    };
    let mut names = std::collections::HashSet::new();
    if columns.is_empty() || columns.len() > MOST_COLUMNS {
        return Err(Error::Parameter("there are no rows to make columns from: send a `schema`".to_owned()));
    }
    if !columns.iter().all(|column| is_plain_name(&column.name) && names.insert(column.name.to_ascii_lowercase())) {
        let message = "a column's name is made of `A-Z a-z 0-9 _`, and every one is another: send a `schema`";
        return Err(Error::Parameter(message.to_owned()));
    }
    let field = |column: Column| {
        let kind = column.kind.unwrap_or(Kind::Text);
        let kind = if column.seen < rows { Kind::Nullable(Box::new(kind)) } else { kind };
        NewField { name: column.name, kind, default: None }
    };
    Ok((columns.into_iter().map(field).collect(), is_header))
}

/// Names, each another one, and no value among them.
fn could_be_header(fields: &[String]) -> bool {
    let mut names = std::collections::HashSet::new();
    fields.iter().all(|field| {
        let name = field.trim();
        is_plain_name(name) && !matches!(name, "true" | "false") && names.insert(name)
    })
}

fn csv(names: Vec<String>, rows: &[Record]) -> Vec<Column> {
    let mut columns: Vec<_> = names.into_iter().map(|name| Column { name, kind: None, seen: 0 }).collect();
    for row in rows {
        let Record::Fields(fields) = row else { continue };
        for (column, text) in columns.iter_mut().zip(fields) {
            if !text.is_empty() && text != "\\N" {
                column.look(of_text(text));
            }
        }
    }
    for column in columns.iter_mut().filter(|column| matches!(column.kind, None | Some(Kind::Text))) {
        column.seen = usize::MAX;
    }
    columns
}

fn json(records: &[Record]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for record in records {
        let Record::Members(members) = record else { continue };
        for (name, given) in members {
            let position = columns.iter().position(|column| column.name == *name).unwrap_or_else(|| {
                columns.push(Column { name: name.clone(), kind: None, seen: 0 });
                columns.len() - 1
            });
            let Some(column) = columns.get_mut(position) else { continue };
            match given {
                Given::Null => {}
                Given::Bool(_) => column.look(Kind::Bool),
                Given::Int(number) if i64::try_from(*number).is_ok() => column.look(Kind::Int(64)),
                Given::Int(_) | Given::List(_) | Given::Object(_) => column.look(Kind::Text),
                Given::Float(_) => column.look(Kind::Float(64)),
                Given::Text(text) if fits(&Kind::DateTime(None), text) && text.len() > 10 => {
                    column.look(Kind::DateTime(None));
                }
                Given::Text(_) => column.look(Kind::Text),
            }
        }
    }
    columns
}

impl Column {
    fn look(&mut self, kind: Kind) {
        self.seen = self.seen.saturating_add(1);
        self.kind = Some(match self.kind.take() {
            None => kind,
            Some(known) if known == kind => kind,
            Some(Kind::Int(_) | Kind::Float(_)) if matches!(kind, Kind::Int(_) | Kind::Float(_)) => Kind::Float(64),
            Some(_) => Kind::Text,
        });
    }
}

fn of_text(text: &str) -> Kind {
    match text {
        "true" | "false" => Kind::Bool,
        _ if fits(&Kind::Int(64), text) => Kind::Int(64),
        // `007` is a name that is made of digits.
        _ if fits(&Kind::Float(64), text) && !text.starts_with("00") => Kind::Float(64),
        _ if text.len() > 10 && fits(&Kind::DateTime(None), text) => Kind::DateTime(None),
        _ => Kind::Text,
    }
}

fn fits(kind: &Kind, text: &str) -> bool {
    let field = Field {
        name: String::new(),
        kind: kind.clone(),
        type_name: String::new(),
        nullable: false,
        defaulted: false,
        default: None,
        insertable: true,
    };
    fit(&field, Some(&Given::Text(text.to_owned())), false).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(records: &[Record]) -> (Vec<String>, bool) {
        let (fields, header) = columns(records, None).unwrap();
        (fields.iter().map(|field| format!("{} {}", field.name, field.kind)).collect(), header)
    }

    fn fields(fields: &[&str]) -> Record {
        Record::Fields(fields.iter().map(|field| (*field).to_owned()).collect())
    }

    #[test]
    fn csv_gets_the_narrowest_type_that_every_row_fits() {
        let rows = [
            fields(&["id", "n", "at", "who", "ok", "maybe"]),
            fields(&["1", "1", "2026-01-01 00:00:00", "7", "true", ""]),
            fields(&["2", "1.5", "2026-01-01T00:00:00Z", "x", "false", "3"]),
        ];
        let types = ["id Int64", "n Float64", "at DateTime", "who String", "ok Bool", "maybe Nullable(Int64)"];
        assert_eq!(shown(&rows), (types.map(str::to_owned).to_vec(), true));
        assert_eq!(shown(&rows[1..2]).0.first().unwrap(), "c_0 Int64");
        assert_eq!(shown(&[fields(&["a"]), fields(&["007"])]).0, ["a String"]);
    }

    #[test]
    fn json_tells_its_types_itself() {
        let line = |text: &str| match Given::parse(text.as_bytes()).unwrap() {
            Given::Object(members) => Record::Members(members),
            other => panic!("{other:?}"),
        };
        let rows =
            [line(r#"{"a":1,"b":"x","c":[1],"d":null}"#), line(r#"{"a":2,"b":"2026-01-01 00:00:00","c":[],"e":true}"#)];
        assert_eq!(shown(&rows).0, ["a Int64", "b String", "c String", "d Nullable(String)", "e Nullable(Bool)"]);
        assert!(columns(&[line(r#"{"a b":1}"#)], None).is_err());
        assert!(columns(&[], None).is_err());
    }
}
