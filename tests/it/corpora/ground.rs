//! The databases that the statements run over: everything, everything with other hidden rows, the permitted rows, and
//! the permitted rows the other way round.

use std::sync::atomic::AtomicU64;

use super::shape::{Column, Shape, TENANT};
use crate::connection::Connection;
use crate::engines::Engine;

/// What the token sees of each table.
pub(super) const FILTER: &str = "org_id = 1";

/// What a database holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Whole,
    /// The same permitted rows; others that are hidden, more of them, with extreme values.
    Twin,
    Permitted,
    /// The permitted rows in another order: what differs over it depends on no row's value but on their order.
    Reversed,
}

impl Holds {
    pub(super) const ALL: [Self; 4] = [Self::Whole, Self::Twin, Self::Permitted, Self::Reversed];
}

/// How many of the proven statements gave rows: equal nothings prove little.
pub(super) static WITH_ROWS: AtomicU64 = AtomicU64::new(0);

/// Lines, or what the engine says instead.
pub(super) type Said = Result<Vec<String>, String>;

/// Four databases of its own; they go when this does.
pub(super) struct Ground<'e> {
    engine: &'e Engine,
    databases: [String; 4],
    connection: Connection,
    /// Whether the databases are another's.
    lent: bool,
}

impl<'e> Ground<'e> {
    pub(super) fn new(engine: &'e Engine) -> Self {
        let databases = Holds::ALL.map(|_| engine.fresh_database("corpora"));
        let connection = Connection::new(engine.authority().parse().expect("an address"));
        Self { engine, databases, connection, lent: false }
    }

    /// The same databases over a connection of its own.
    pub(super) fn lend(&self) -> Self {
        let connection = Connection::new(self.engine.authority().parse().expect("an address"));
        Self { engine: self.engine, databases: self.databases.clone(), connection, lent: true }
    }

    pub(super) fn url(&self) -> &str {
        &self.engine.url
    }

    pub(super) fn database(&self, holds: Holds) -> &str {
        &self.databases[holds as usize]
    }

    /// Makes the tables with their rows in these databases. What the engine says where it cannot.
    pub(super) fn lay(&mut self, shapes: &[Shape], held: &[Holds]) -> Result<(), String> {
        for &holds in held {
            let database = self.database(holds).to_owned();
            for shape in shapes {
                let table = format!("`{database}`.`{}`", shape.name);
                let columns: Vec<_> = shape.columns.iter().map(|c| format!("`{}` {}", c.name, c.type_name)).collect();
                // The order of rows is the tables' own wherever hidden rows stand among them; here it is turned round.
                let storage = if holds == Holds::Reversed { "MergeTree ORDER BY tuple()" } else { &shape.storage };
                let plain = shape.storage.starts_with("MergeTree ORDER BY") && !shape.storage.contains("SAMPLE");
                let storage = if plain { storage } else { &shape.storage };
                self.order(&format!("DROP TABLE IF EXISTS {table} SYNC"))?;
                self.order(&format!("CREATE TABLE {table} ({}) ENGINE = {storage}", columns.join(", ")))?;
                self.order(&format!("INSERT INTO {table} {}", rows(shape, holds)))?;
            }
        }
        Ok(())
    }

    /// Drops the tables.
    pub(super) fn clear(&mut self, shapes: &[Shape]) {
        for database in self.databases.clone() {
            for shape in shapes {
                let _ = self.order(&format!("DROP TABLE IF EXISTS `{database}`.`{}` SYNC", shape.name));
            }
        }
    }

    fn order(&mut self, statement: &str) -> Result<(), String> {
        self.ask("default", "max_threads=1", statement).map(drop)
    }

    /// Asks for rows; `parameters` is more of the URL's query string. What comes is cut short where it is long.
    pub(super) fn ask(&mut self, database: &str, parameters: &str, statement: &str) -> Said {
        let target = format!(
            "/?database={database}&max_execution_time=10&wait_end_of_query=1&default_format=TSVWithNames&max_result_rows=20000&max_memory_usage=2000000000&{parameters}"
        );
        let answer = self.connection.post(&target, &[], statement);
        match answer.status {
            200 => Ok(answer.body.lines().map(str::to_owned).collect()),
            _ => Err(answer.body),
        }
    }
}

impl Drop for Ground<'_> {
    fn drop(&mut self) {
        for database in self.databases.iter().filter(|_| !self.lent) {
            let _ = self.engine.query("", &format!("DROP DATABASE {database} SYNC"));
        }
    }
}

const PERMITTED: u32 = 40;

/// A query that gives a table's rows. The permitted ones come first, and are the same everywhere.
fn rows(shape: &Shape, holds: Holds) -> String {
    let select = |tenant: u32, count: u32, extreme: bool, order: &str| {
        let columns: Vec<String> = shape
            .columns
            .iter()
            .enumerate()
            .map(|(place, column)| match column.name.as_str() {
                TENANT => format!("{tenant} AS `{TENANT}`"),
                name => {
                    let value = value(column, &column.type_name, place, extreme);
                    // `i` is the row's number; hidden rows go on counting.
                    format!("{value} AS `{name}`")
                }
            })
            .collect();
        let first = if tenant == 1 { 0 } else { tenant * 1_000 };
        format!(
            "SELECT {} FROM (SELECT number + {first} AS __i FROM numbers({count}) ORDER BY number{order})",
            columns.join(", ")
        )
    };
    match holds {
        Holds::Permitted => select(1, PERMITTED, false, ""),
        Holds::Reversed => select(1, PERMITTED, false, " DESC"),
        Holds::Whole => format!("{} UNION ALL {}", select(1, PERMITTED, false, ""), select(2, 23, false, "")),
        Holds::Twin => format!("{} UNION ALL {}", select(1, PERMITTED, false, ""), select(3, 171, true, "")),
    }
}

/// An expression over the row's number `__i`. The first column behind the tenant's counts: it may be a key.
fn value(column: &Column, type_name: &str, place: usize, extreme: bool) -> String {
    let inner = |wrapper: &str| {
        type_name
            .strip_prefix(wrapper)
            .and_then(|rest| rest.strip_suffix(')'))
            .filter(|_| type_name.starts_with(wrapper))
    };
    if let Some(of) = inner("AggregateFunction(") {
        return match of.split_once(", ") {
            Some((name, of)) => format!("initializeAggregation('{name}State', {})", value(column, of, place, extreme)),
            None => format!("initializeAggregation('{of}State')"),
        };
    }
    if let Some(of) = inner("Nullable(") {
        return format!("if((__i + {place}) % 5 = 0, NULL, {})", value(column, of, place, extreme));
    }
    if let Some(of) = inner("LowCardinality(") {
        return value(column, of, place, extreme);
    }
    if let Some(of) = inner("Array(") {
        let element = value(column, of, place, extreme).replace("__i", "(__i + x)");
        return format!("arrayMap(x -> {element}, range((__i + {place}) % 4))");
    }
    if type_name.starts_with("Map(") {
        let keys = if column.texts.is_empty() { "['a', 'b']".to_owned() } else { list(&column.texts) };
        return format!("mapFromArrays({keys}, arrayMap(x -> toString((__i + {place}) % 7), {keys}))");
    }
    let choose = |values: &[String]| format!("[{}][(__i * 7 + {place}) % {} + 1]", values.join(", "), values.len());
    let own = |value: &String| format!("'{value}'");
    match type_name {
        _ if type_name.contains("Int") => {
            let wide = type_name.ends_with("Int64");
            if place == 1 && !extreme && wide {
                return "toInt64(__i % 50 + 1)".to_owned();
            }
            let mut values: Vec<String> = column.numbers.iter().filter(|n| n.len() < 10).cloned().collect();
            values.retain(|number| number.parse::<i64>().is_ok());
            values.extend(["0", "1", "2", "3", "5", "8", "13"].map(str::to_owned));
            let extremes = ["-9223372036854775808", "9223372036854775807", "-1", "0"].map(str::to_owned);
            let chosen = if extreme && wide { choose(&extremes) } else { choose(&values) };
            format!("to{type_name}({chosen})")
        }
        _ if type_name.starts_with("Float") || type_name.starts_with("Decimal") => {
            let mut values: Vec<String> = column.numbers.iter().filter(|n| n.len() < 10).cloned().collect();
            values.retain(|number| number.parse::<f64>().is_ok());
            values.extend(["0.", "1.5", "2.25", "10.", "100."].map(str::to_owned));
            let extremes = ["-1.", "0.", if type_name.starts_with('F') { "nan" } else { "9999." }, "5.5"];
            format!(
                "CAST({}, '{type_name}')",
                choose(&if extreme { extremes.map(str::to_owned).to_vec() } else { values })
            )
        }
        _ if type_name.starts_with("Date") => {
            let mut values: Vec<String> = column.texts.iter().filter(|text| is_moment(text)).map(own).collect();
            values.extend(["'2024-01-31'", "'2024-02-01'", "'2000-02-01'"].map(str::to_owned));
            let extremes = ["'1970-01-02'", "'2100-12-31'", "'2024-01-31'"].map(str::to_owned);
            let chosen = choose(if extreme { &extremes } else { &values });
            let parsed = format!("parseDateTimeBestEffort({chosen})");
            if type_name.starts_with("DateTime") {
                format!("CAST({parsed} + (__i * 3607) % 86400, '{type_name}')")
            } else {
                format!("CAST(toDate({parsed}) + __i % 5, '{type_name}')")
            }
        }
        _ => {
            let mut values: Vec<String> =
                column.texts.iter().map(|text| format!("'{}'", text.replace('%', "x"))).collect();
            values.extend(["'a'", "'b'", "''", "'7'", "'{\"a\":1}'"].map(str::to_owned));
            let extremes = ["'boom'", "''", "'hidden'", "'\\0'"].map(str::to_owned);
            choose(if extreme { &extremes } else { &values })
        }
    }
}

fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| format!("'{text}'")).collect();
    format!("[{}]", texts.join(", "))
}

fn is_moment(text: &str) -> bool {
    let digits =
        |range: std::ops::Range<usize>| text.get(range).is_some_and(|part| part.bytes().all(|b| b.is_ascii_digit()));
    (text.len() == 10 || text.len() == 19)
        && digits(0..4)
        && digits(5..7)
        && digits(8..10)
        && text[4..].starts_with('-')
}
