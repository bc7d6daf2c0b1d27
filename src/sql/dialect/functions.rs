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
    LazyLock::new(|| Functions::parse(include_str!("clickhouse/functions.txt"), COMBINATORS));
static SQLITE: LazyLock<Functions> = LazyLock::new(|| Functions::parse(include_str!("sqlite/functions.txt"), &[]));
static POSTGRES: LazyLock<Functions> = LazyLock::new(|| Functions::parse(include_str!("postgres/functions.txt"), &[]));
static DUCKDB: LazyLock<Functions> = LazyLock::new(|| Functions::parse(include_str!("duckdb/functions.txt"), &[]));
static TRINO: LazyLock<Functions> = LazyLock::new(|| Functions::parse(include_str!("trino/functions.txt"), &[]));
static DRUID: LazyLock<Functions> = LazyLock::new(|| Functions::parse(include_str!("druid/functions.txt"), &[]));
static DATAFUSION: LazyLock<Functions> =
    LazyLock::new(|| Functions::parse(include_str!("datafusion/functions.txt"), &[]));
static PINOT: LazyLock<Functions> = LazyLock::new(|| Functions::parse(include_str!("pinot/functions.txt"), &[]));
static GENERIC: LazyLock<Functions> = LazyLock::new(|| Functions::parse(include_str!("generic/functions.txt"), &[]));

/// The list of a dialect.
#[must_use]
pub fn of(dialect: Dialect) -> &'static Functions {
    match dialect {
        Dialect::ClickHouse | Dialect::Tinybird => &CLICKHOUSE,
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
    fn parse(text: &'static str, combinators: &'static [&'static str]) -> Self {
        let mut by_name = HashMap::new();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (spelling, flags) = line.split_once('\t').unwrap_or((line, ""));
            let entry = Entry { spelling, any_case: flags.contains('i'), aggregate: flags.contains('a') };
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

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# none\n\nsum\tai\nmax\ta\ntoLower\ttwo words\ntoTimeZone\ntotimezone\n";

    #[test]
    fn a_line_is_a_name_and_its_flags() {
        let functions = Functions::parse(TEXT, &["If", "OrNull"]);
        assert_eq!(functions.by_name.len(), 5);
        assert!(
            ["SUM", "sum", "max", "toLower", "toTimeZone", "totimezone"].iter().all(|name| functions.contains(name))
        );
        assert!(!["", "#", "# none", "Max", "tolower", "TOTIMEZONE"].iter().any(|name| functions.contains(name)));
        assert!(functions.is_aggregate("Sum") && !functions.is_aggregate("toTimeZone"));
    }

    #[test]
    fn combinators_stand_behind_aggregates_alone() {
        let functions = Functions::parse(TEXT, COMBINATORS);
        for name in ["sumIf", "maxOrNull", "sumIfOrNull", "SUMArrayIfOrDefault", "maxMergeState"] {
            assert!(functions.contains(name) && functions.is_aggregate(name), "{name}");
        }
        for name in ["toTimeZoneIf", "If", "sumif", "sumIfx", "IfOrNull", "", "toTimeZoneIfOrNull"] {
            assert!(!functions.contains(name) && !functions.is_aggregate(name), "{name}");
        }
        let (eight, nine) = ("sum".to_owned() + &"If".repeat(8), "sum".to_owned() + &"If".repeat(9));
        assert!(functions.contains(&eight) && !functions.contains(&nine));
        assert!(!Functions::parse(TEXT, &[]).contains("sumIf"));
    }
}
