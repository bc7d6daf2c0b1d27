use super::*;
use crate::catalog::{Column, Engine, Held};
use crate::sql::lex::{Author, lex};
use crate::sql::{Dialect, Limits, read};

mod comparisons;
mod constants;
mod names;

const COLUMNS: &[(&str, &str)] = &[
    ("n", "Int64"),
    ("tiny", "UInt8"),
    ("small", "Int16"),
    ("wide", "UInt64"),
    ("f", "Float64"),
    ("s", "LowCardinality(String)"),
    ("d", "Date"),
    ("t", "DateTime"),
    ("tz", "DateTime('Europe/Berlin')"),
    ("ts", "DateTime64(3, 'UTC')"),
    ("by_day", "DateTime"),
    ("by_month", "DateTime64(3)"),
    ("by_hour", "DateTime64(3)"),
    ("rounded_number", "Int64"),
    ("hashed", "Int64"),
    ("maybe", "Nullable(Int64)"),
    ("price", "Decimal(18, 4)"),
    ("odd", "DateTime64(10)"),
    ("fine", "DateTime64(9)"),
    ("i8", "Int8"),
    ("i32", "Int32"),
    ("u16", "UInt16"),
    ("u32", "UInt32"),
    ("a", "Tuple(n Int64)"),
    ("flat.n", "Int64"),
];

fn column(name: &str, type_name: &str, kind: ColumnKind) -> Column {
    Column { name: name.into(), type_name: type_name.into(), kind }
}

fn events() -> (Table, Keys) {
    let ordinary = COLUMNS.iter().map(|(name, type_name)| column(name, type_name, ColumnKind::Ordinary));
    let columns = ordinary.chain([column("computed", "Int64", ColumnKind::ByName)]).collect();
    let held = [
        ("by_day", Held::Rounded { comes_round: true }),
        ("by_month", Held::Rounded { comes_round: false }),
        ("by_hour", Held::Rounded { comes_round: true }),
        ("rounded_number", Held::Rounded { comes_round: false }),
        ("hashed", Held::Unknown),
    ];
    let keys = Keys::known(held.map(|(name, held)| (name.into(), held)));
    (Table { columns, engine: Engine::MergeTree }, keys)
}

/// What is written into the wall of the first table of the statement that is `events`; another one is called `orders`.
fn pruned(statement: &str) -> Vec<String> {
    let (table, keys) = events();
    let ordinary = |name, type_name| column(name, type_name, ColumnKind::Ordinary);
    let columns = vec![ordinary("id", "Int64"), ordinary("q", "Tuple(n Int64)"), ordinary("nest.n", "Array(Int64)")];
    let orders = Table { columns, engine: Engine::MergeTree };
    let limits = Limits::default();
    let reading =
        read::statement(lex(statement, Dialect::ClickHouse, &limits, Author::Person).unwrap(), &limits).unwrap();
    let operands = Operands::of(&reading);
    let word = |it: &TableUse| operands.word(it.table);
    let first = reading.tables.iter().find(|it| word(it) == "events").unwrap();
    let same = reading.tables.iter().filter(|it| it.select == first.select);
    let beside: Vec<&Table> = same.map(|it| if word(it) == "events" { &table } else { &orders }).collect();
    let named = Named::of(&operands, std::iter::empty());
    Pruner::new(&operands, &named).of(first, "w", (&table, &keys), &beside)
}

/// The same, of a statement over the one table with that WHERE.
fn of(condition: &str) -> String {
    pruned(&format!("SELECT n FROM events WHERE {condition}")).join(" AND ")
}

fn may_be_seen(statement: &str) -> bool {
    let (events, keys) = events();
    let orders = Table {
        columns: [("id", "Int64"), ("d", "DateTime"), ("nest.x", "Int64")]
            .map(|(name, type_name)| column(name, type_name, ColumnKind::Ordinary))
            .into(),
        engine: Engine::MergeTree,
    };
    let limits = Limits::default();
    let reading =
        read::statement(lex(statement, Dialect::ClickHouse, &limits, Author::Person).unwrap(), &limits).unwrap();
    let other = Keys::known([("n".into(), Held::Unknown)]);
    let tables: &[_] = &[(&events, &keys), (&orders, &other), (&events, &keys)];
    let tables = if statement.contains("orders") { tables } else { &tables[..1] };
    let operands = Operands::of(&reading);
    Pruner::new(&operands, &Named::of(&operands, tables.iter().copied())).may_be_seen()
}
