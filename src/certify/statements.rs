//! What is asked: tables in several layouts, and statements that tell hidden rows where a wall has a gap.

use crate::catalog::{Column, ColumnKind, Engine, Table};

/// How the tables keep their rows.
pub(super) struct Layout {
    pub(super) name: &'static str,
    /// Indexes, inside the list of columns.
    indexes: &'static str,
    engine: &'static str,
    /// Whether the tables are read with FINAL.
    is_final: bool,
    /// Whether the engine takes filters beside the text for them.
    pub(super) second_layer: bool,
}

const LAYOUTS: [Layout; 8] = [
    layout("MergeTree ordered by the tenant", "", "MergeTree ORDER BY org_id"),
    layout("MergeTree ordered by what is asked for", "", "MergeTree ORDER BY n SETTINGS index_granularity = 8"),
    layout(
        "MergeTree in small granules, without order",
        "",
        "MergeTree ORDER BY tuple() SETTINGS index_granularity = 8",
    ),
    layout("MergeTree partitioned by what is asked for", "", "MergeTree PARTITION BY intDiv(n, 50) ORDER BY tuple()"),
    layout(
        "MergeTree with skip indexes",
        ", INDEX i n TYPE set(0) GRANULARITY 1, INDEX j n TYPE minmax GRANULARITY 1, INDEX k s TYPE set(0) GRANULARITY 1",
        "MergeTree ORDER BY tuple() SETTINGS index_granularity = 8",
    ),
    layout("ReplacingMergeTree", "", "ReplacingMergeTree ORDER BY (org_id, n)"),
    Layout {
        is_final: true,
        second_layer: false,
        ..layout("ReplacingMergeTree with FINAL", "", "ReplacingMergeTree ORDER BY (org_id, n)")
    },
    layout("Memory", "", "Memory"),
];

const fn layout(name: &'static str, indexes: &'static str, engine: &'static str) -> Layout {
    Layout { name, indexes, engine, is_final: false, second_layer: true }
}

pub(super) fn layouts() -> &'static [Layout] {
    &LAYOUTS
}

impl Layout {
    /// What makes and fills the tables. The permitted rows are the same everywhere. Hidden ones, if there are any, are of
    /// a number and have a text: where it is `boom`, conditions fail on them that do not fail elsewhere.
    pub(super) fn schema(&self, database: &str, hidden: Option<(u32, &str)>) -> Vec<String> {
        let (indexes, engine) = (self.indexes, self.engine);
        let mut statements = vec![
            format!(
                "CREATE TABLE {database}.events (org_id Int64, n Int64, s String, t DateTime64(3), bad Int64 ALIAS intDiv(1, n + 3){indexes}) ENGINE = {engine}"
            ),
            format!(
                "CREATE TABLE {database}.orders (org_id Int64, n Int64, s String) ENGINE = MergeTree ORDER BY tuple()"
            ),
            format!(
                "INSERT INTO {database}.events (org_id, n, s, t) SELECT 1, number, toString(number % 7), toDateTime64('2026-01-01', 3) + number FROM numbers(60)"
            ),
            format!("INSERT INTO {database}.orders SELECT 1, number * 7, toString(number % 9) FROM numbers(15)"),
        ];
        if let Some((number, text)) = hidden {
            let fails = text.parse::<u32>().is_err();
            let (n, zero) = if fails { ("-3", "0") } else { ("1", "5") };
            statements.extend([
                format!(
                    "INSERT INTO {database}.events (org_id, n, s, t) SELECT 2, if(number = 0, {n}, number * 3), '{text}', toDateTime64('2020-01-01', 3) + number FROM numbers({number})"
                ),
                format!("INSERT INTO {database}.orders SELECT 3, if(number = 0, {zero}, 9), '{text}' FROM numbers({number})"),
            ]);
        }
        if self.engine.contains("MergeTree") && !self.is_final {
            // One part: only then do visible and hidden rows share blocks, and conditions could meet both.
            statements.extend(["events", "orders"].map(|table| format!("OPTIMIZE TABLE {database}.{table} FINAL")));
        }
        statements
    }
}

/// The statements, as they are asked of this layout.
pub(super) fn statements(layout: &Layout) -> impl Iterator<Item = String> {
    let prewhere = layout.engine.contains("MergeTree") && !layout.is_final;
    let fits = move |statement: &&&str| prewhere || !statement.contains("PREWHERE");
    STATEMENTS.iter().filter(fits).map(move |statement| {
        if !layout.is_final {
            return statement.replace("{e}", "events");
        }
        // FINAL stands behind the alias.
        let aliased = ["a", "e"].iter().fold((*statement).to_owned(), |text, alias| {
            text.replace(&format!("{{e}} AS {alias} "), &format!("events AS {alias} FINAL "))
                .replace(&format!("{{e}} AS {alias},"), &format!("events AS {alias} FINAL,"))
        });
        aliased.replace("{e}", "events FINAL")
    })
}

/// The table of [`REFUSED`].
pub(super) fn events() -> Table {
    let column = |name: &str| Column { name: name.into(), type_name: "Int64".into(), kind: ColumnKind::Ordinary };
    Table { columns: ["org_id", "n", "s"].map(column).into(), engine: Engine::MergeTree }
}

const STATEMENTS: &[&str] = &[
    // Values and numbers of rows.
    "SELECT * FROM {e}",
    "SELECT count(), min(n), max(n), uniq(s), any(s), sum(n), avg(n) FROM {e}",
    "SELECT s, count() FROM {e} GROUP BY s",
    "SELECT s, count() FROM {e} GROUP BY s WITH TOTALS",
    "SELECT s, n, count() FROM {e} GROUP BY s, n WITH ROLLUP",
    "SELECT s, n, count() FROM {e} GROUP BY GROUPING SETS ((s), (n))",
    "SELECT DISTINCT s FROM {e}",
    "SELECT n FROM {e} ORDER BY n LIMIT 3",
    "SELECT n FROM {e} WHERE n >= 20 AND t < '2026-01-01 00:00:40' ORDER BY n LIMIT 3",
    "SELECT count() FROM {e} WHERE t >= '2026-01-01 00:00:10' AND intDiv(1, n + 3) = 0",
    "SELECT count() FROM {e} WHERE toDate(t) = '2026-01-01' AND n IN (3, 7, 1000)",
    "SELECT n FROM {e} ORDER BY n DESC LIMIT 3",
    "SELECT n, s FROM {e} ORDER BY n LIMIT 1 BY s",
    "SELECT n FROM {e} ORDER BY n LIMIT 2 WITH TIES",
    "SELECT n, row_number() OVER (PARTITION BY s ORDER BY n) FROM {e}",
    "SELECT n, lag(n) OVER (ORDER BY n ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING) FROM {e}",
    "SELECT quantile(0.9)(n), topK(3)(s), groupUniqArray(s) FROM {e}",
    "SELECT e.n FROM {e} AS e JOIN orders AS o ON e.n = o.n",
    "SELECT e.n, o.s FROM {e} AS e LEFT JOIN orders AS o ON e.n = o.n",
    "SELECT e.n, o.s FROM {e} AS e FULL JOIN orders AS o USING (n)",
    "SELECT e.n FROM {e} AS e ANTI JOIN orders AS o ON e.n = o.n",
    "SELECT e.n, o.n FROM {e} AS e ASOF JOIN orders AS o ON e.s = o.s AND e.n >= o.n",
    "SELECT count() FROM {e} AS a, orders AS b WHERE a.n = b.n",
    "SELECT n FROM {e} WHERE n IN (SELECT n FROM orders)",
    "SELECT n FROM {e} WHERE n NOT IN (SELECT n FROM orders)",
    "SELECT n FROM {e} WHERE n > (SELECT max(n) FROM orders) OR n = 0",
    "SELECT (SELECT count() FROM {e}), (SELECT max(s) FROM orders)",
    "SELECT n FROM {e} UNION ALL SELECT n FROM orders",
    "SELECT n FROM {e} EXCEPT SELECT n FROM orders",
    "SELECT n FROM {e} INTERSECT SELECT n FROM orders",
    "WITH x AS (SELECT n FROM {e}) SELECT count() FROM x AS a JOIN x AS b USING (n)",
    "SELECT x FROM (SELECT n AS x FROM {e}) WHERE x > 5",
    "SELECT n, arrayJoin([s, 'z']) FROM {e}",
    // Names and lambdas that would catch what a filter says.
    "WITH 1 AS org_id SELECT count() FROM {e}",
    "SELECT n AS org_id, count() FROM {e} GROUP BY org_id",
    "SELECT 1 AS org_id, n FROM {e} WHERE org_id = 1",
    "SELECT arrayMap(org_id -> org_id + 1, [n]) FROM {e}",
    "SELECT count() FROM {e} WHERE org_id != 1 OR 1 = 1",
    "SELECT count() FROM {e} HAVING org_id = 2 OR count() >= 0",
    // Conditions that would fail on a hidden row, if they were evaluated on one.
    "SELECT n FROM {e} WHERE intDiv(1, n + 3) = 0 OR n >= 0",
    "SELECT count() FROM {e} WHERE intDiv(1, n + 3) = 7",
    "SELECT count() FROM {e} WHERE toInt64(s) >= 0",
    "SELECT toInt64(s) AS x, count() FROM {e} GROUP BY x",
    "SELECT n FROM {e} PREWHERE toInt64(s) = 1 WHERE n > 3",
    "SELECT n FROM {e} PREWHERE intDiv(10, n + 3) = 1",
    "SELECT e.n FROM {e} AS e JOIN orders AS o ON toInt64(e.s) = toInt64(o.s)",
    "SELECT n FROM {e} ORDER BY toInt64(s), n LIMIT 5",
    "SELECT n FROM {e} ORDER BY intDiv(100, n + 3), n LIMIT 5",
    "SELECT n FROM {e} WHERE n IN (SELECT intDiv(700, n) FROM orders WHERE n != 0)",
    "SELECT count() FROM orders WHERE intDiv(7, n + 9) >= 0 AND n > 0",
    "SELECT count() FROM {e} WHERE accurateCast(n, 'Int8') > 100",
    "SELECT count() FROM {e} WHERE CAST(s, 'UInt8') < 15",
    "SELECT count() FROM {e} WHERE s::UInt8 < 15",
    "SELECT count() FROM {e} WHERE 10 % (n + 3) = 1 AND n < 30",
    "SELECT count() FROM {e} WHERE modulo(10, n + 3) = 1 AND n < 30",
    "SELECT count() FROM {e} WHERE if(n < 0, toInt64(s), 1) = 1",
    "SELECT count() FROM {e} WHERE multiIf(n < 0, toInt64(s), n > 5, 1, 2) = 1",
    "SELECT count() FROM {e} WHERE toDate(s) = today()",
    "SELECT sum(toInt64(s)) FROM {e}",
    "SELECT max(intDiv(1, n + 3)) FROM {e}",
    "SELECT count() FROM {e} WHERE bad = 7",
    "SELECT bad FROM {e} WHERE n = 1",
    "SELECT count() FROM {e} WHERE NOT ignore(toInt64(s))",
    "SELECT count() FROM {e} WHERE match(s, '[0-9]+') AND toInt64(s) > 0",
    "SELECT count() FROM {e} GROUP BY toInt64(s) HAVING count() > 0",
    "SELECT n, sum(toInt64(s)) OVER (ORDER BY n) FROM {e}",
    "SELECT n FROM {e} QUALIFY row_number() OVER (ORDER BY toInt64(s), n) = 1",
    "SELECT x FROM (SELECT toInt64(s) AS x FROM {e}) WHERE x = 3",
    "SELECT count() FROM (SELECT n FROM {e} UNION ALL SELECT n FROM orders) WHERE intDiv(1, n + 3) = 7",
    "WITH x AS (SELECT n, s FROM {e}) SELECT count() FROM x WHERE toInt64(s) = 1",
    // Conditions that the index analysis runs.
    "SELECT count() FROM {e} WHERE n = 5",
    "SELECT count() FROM {e} WHERE n < 0",
    "SELECT count() FROM {e} WHERE n BETWEEN 100 AND 600",
    "SELECT count() FROM {e} WHERE s = 'boom'",
    "SELECT count() FROM {e} WHERE s LIKE 'bo%' OR s LIKE '17%'",
    "SELECT count() FROM {e} WHERE t < '2021-01-01 00:00:00'",
    "SELECT count() FROM {e} WHERE toYear(t) = 2020",
    "SELECT min(t), max(t) FROM {e}",
    // What tells by counters.
    "SELECT n FROM {e} LIMIT 3 FORMAT JSON",
    "SELECT n FROM {e} ORDER BY n LIMIT 1 FORMAT JSONCompact",
    "SELECT n FROM {e} WHERE intDiv(n, 2) >= 0 LIMIT 3 FORMAT JSON",
    "SELECT s, count() FROM {e} GROUP BY s WITH TOTALS FORMAT JSON",
    "SELECT DISTINCT s FROM {e} FORMAT JSON",
    "SELECT n FROM {e} ORDER BY n LIMIT 3 FORMAT CSVWithNames",
    // What is wrong whatever the rows are.
    "SELECT nosuch FROM {e}",
    "SELECT sum(s) FROM {e}",
    "SELECT toInt32('x') FROM {e}",
];

/// Statements that must never reach an engine beside a row filter.
pub(super) const REFUSED: &[&str] = &[
    "SELECT * FROM merge('d', 'events')",
    "SELECT * FROM remote('127.0.0.1', d.events)",
    "SELECT * FROM cluster('default', d.events)",
    "SELECT * FROM view(SELECT * FROM d.events)",
    "SELECT * FROM viewIfPermitted(SELECT * FROM d.events ELSE null('n Int64'))",
    "SELECT * FROM loop(d.events)",
    "SELECT * FROM mergeTreeIndex(d, events)",
    "SELECT * FROM file('x.csv')",
    "SELECT * FROM url('http://127.0.0.1/')",
    "SELECT * FROM input('n Int64')",
    "SELECT * FROM dictionary('x')",
    "SELECT dictGet('x', 'n', 1) FROM events",
    "SELECT joinGet('d.j', 'n', 1) FROM events",
    "SELECT * FROM {t:Identifier}",
    "SELECT * FROM events SETTINGS additional_table_filters = {'d.events': '1'}",
    "SELECT * FROM events SETTINGS transform_null_in = 1",
    "SELECT * FROM (SELECT * FROM events SETTINGS additional_table_filters = {})",
    "SELECT * FROM system.parts",
    "SELECT * FROM system.query_log",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM other.events",
    "SELECT n FROM events INTO OUTFILE 'x'",
    "INSERT INTO events SELECT * FROM events",
    "DROP TABLE events",
    "ALTER TABLE events DELETE WHERE 1",
    "SELECT 1; SELECT * FROM events",
    "EXPLAIN SELECT * FROM events",
    "DESCRIBE TABLE events",
    "SHOW TABLES",
    "SELECT throwIf(n < 0) FROM events",
    "SELECT sleep(1) FROM events",
    "SELECT getSetting('additional_table_filters') FROM events",
    "SELECT hostName(), currentUser() FROM events",
    "WITH (x, y) -> 1 AS equals SELECT count() FROM events",
    "SELECT n FROM events /* unended",
    "SELECT n FROM events WHERE s = 'open",
];
