//! The functions that a query may call, per dialect: data in `functions.txt`, one name a line.
//!
//! A line is `name`, or `name<TAB>flags` with `i` (any case) and `a` (aggregate: ClickHouse's combinators may follow it,
//! as in `sumIf`). Lines that start with `#` are comments.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Dialect;

/// A dialect's list.
#[derive(Debug)]
pub struct Functions {
    /// By lower-case name where any case will do, else by the spelling: `toTimeZone` and `toTimezone` are two. The
    /// spelling, and whether any case will do, and whether it is an aggregate.
    by_name: HashMap<String, Entry>,
    combinators: &'static [&'static str],
}

#[derive(Debug)]
struct Entry {
    spelling: &'static str,
    any_case: bool,
    aggregate: bool,
}

/// ClickHouse 26.7, `AggregateFunctionCombinatorFactory`: what may stand behind an aggregate's name.
const COMBINATORS: &[&str] = &[
    "ArgMax",
    "ArgMin",
    "Array",
    "Distinct",
    "ForEach",
    "If",
    "Map",
    "Merge",
    "MergeState",
    "Null",
    "OrDefault",
    "OrNull",
    "Resample",
    "SimpleState",
    "State",
];

/// How many combinators may stand behind each other.
const MOST_COMBINATORS: usize = 8;

static CLICKHOUSE: LazyLock<Functions> =
    LazyLock::new(|| Functions::parse(include_str!("clickhouse/functions.txt"), false, COMBINATORS));
static SQLITE: LazyLock<Functions> =
    LazyLock::new(|| Functions::parse(include_str!("sqlite/functions.txt"), true, &[]));
static POSTGRES: LazyLock<Functions> =
    LazyLock::new(|| Functions::parse(include_str!("postgres/functions.txt"), true, &[]));
static DUCKDB: LazyLock<Functions> =
    LazyLock::new(|| Functions::parse(include_str!("duckdb/functions.txt"), true, &[]));
static TRINO: LazyLock<Functions> = LazyLock::new(|| Functions::parse(include_str!("trino/functions.txt"), true, &[]));
static DRUID: LazyLock<Functions> = LazyLock::new(|| Functions::parse(include_str!("druid/functions.txt"), true, &[]));
static DATAFUSION: LazyLock<Functions> =
    LazyLock::new(|| Functions::parse(include_str!("datafusion/functions.txt"), true, &[]));
static PINOT: LazyLock<Functions> = LazyLock::new(|| Functions::parse(include_str!("pinot/functions.txt"), true, &[]));
static GENERIC: LazyLock<Functions> =
    LazyLock::new(|| Functions::parse(include_str!("generic/functions.txt"), true, &[]));

/// The list of a dialect.
#[must_use]
pub fn of(dialect: Dialect) -> &'static Functions {
    match dialect {
        Dialect::ClickHouse => &CLICKHOUSE,
        Dialect::Sqlite => &SQLITE,
        Dialect::Postgres => &POSTGRES,
        Dialect::DuckDb => &DUCKDB,
        Dialect::Trino => &TRINO,
        Dialect::Druid => &DRUID,
        Dialect::DataFusion => &DATAFUSION,
        Dialect::Pinot => &PINOT,
        Dialect::Generic => &GENERIC,
    }
}

impl Functions {
    fn parse(text: &'static str, any_case: bool, combinators: &'static [&'static str]) -> Self {
        let mut by_name = HashMap::new();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (spelling, flags) = line.split_once('\t').unwrap_or((line, ""));
            let entry = Entry { spelling, any_case: any_case || flags.contains('i'), aggregate: flags.contains('a') };
            if entry.any_case {
                by_name.insert(spelling.to_ascii_lowercase(), entry);
            } else {
                by_name.entry(spelling.to_owned()).or_insert(entry);
            }
        }
        Self { by_name, combinators }
    }

    /// Whether a query may call `name`.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.find(name).is_some() || self.is_combined(name)
    }

    /// Whether `name` is an aggregate or a window function, with combinators or without.
    #[must_use]
    pub fn is_aggregate(&self, name: &str) -> bool {
        self.find(name).map_or_else(|| self.is_combined(name), |entry| entry.aggregate)
    }

    /// How many there are, combinators aside.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// Whether the list is empty, which no dialect's is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    fn find(&self, name: &str) -> Option<&Entry> {
        let entry = match self.by_name.get(name) {
            Some(entry) => entry,
            None => self.by_name.get(&name.to_ascii_lowercase())?,
        };
        (entry.any_case || entry.spelling == name).then_some(entry)
    }

    /// Whether `name` is an aggregate with combinators behind it: `sumIf`, `uniqArrayIfOrNull`. Only the longest
    /// combinator is taken off at each step: `xMergeStateMergeState…` can be cut in exponentially many ways.
    fn is_combined(&self, name: &str) -> bool {
        let mut rest = name;
        for _ in 0..MOST_COMBINATORS {
            let longest = self.combinators.iter().filter(|combinator| rest.ends_with(**combinator));
            let Some(base) = longest.max_by_key(|combinator| combinator.len()).and_then(|c| rest.strip_suffix(*c))
            else {
                return false;
            };
            if self.find(base).is_some_and(|entry| entry.aggregate) {
                return true;
            }
            rest = base;
        }
        false
    }
}
