use super::*;
use crate::catalog::{Column, ColumnKind, Engine, Keys, Table};
use crate::sql::lex::{Author, lex};
use crate::sql::read::Reading;
use crate::sql::{Dialect, Limits, read};

const COLUMNS: &[(&str, &str)] = &[
    ("n", "Int64"),
    ("m", "Int64"),
    ("f", "Float64"),
    ("s", "LowCardinality(String)"),
    ("d", "Date"),
    ("t", "DateTime"),
    ("ts", "DateTime64(3, 'UTC')"),
    ("fine", "DateTime64(6)"),
    ("price", "Decimal(18, 4)"),
    ("maybe", "Nullable(String)"),
    ("arr", "Array(String)"),
    ("tags", "Map(String, String)"),
    ("exotic", "JSON"),
    ("nest.a", "Array(Nullable(String))"),
];

fn harmless(statement: &str) -> bool {
    let column = |&(name, type_name): &(&str, &str)| Column {
        name: name.into(),
        type_name: type_name.into(),
        kind: ColumnKind::Ordinary,
    };
    let mut columns: Vec<Column> = COLUMNS.iter().map(column).collect();
    columns.push(Column { name: "computed".into(), type_name: "Int64".into(), kind: ColumnKind::ByName });
    let table = Table { columns, engine: Engine::MergeTree };
    let limits = Limits::default();
    let lexed = lex(statement, Dialect::ClickHouse, &limits, Author::Person).unwrap();
    judge(&read::statement(lexed, &limits).unwrap(), &[table])
}

fn judge(reading: &Reading<'_>, tables: &[Table]) -> bool {
    let (operands, keys) = (Operands::of(reading), Keys::default());
    is_harmless(&operands, &Named::of(&operands, tables.iter().map(|table| (table, &keys))))
}

fn statements(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split(";\n").map(str::trim).filter(|statement| !statement.is_empty())
}

/// The judgement of all, and those of which it was another.
fn are(expected: bool, all: impl Iterator<Item = &'static str>) {
    let wrong: Vec<&str> = all.filter(|statement| harmless(statement) != expected).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_cannot_fail_is_known() {
    are(true, statements(include_str!("../../../tests/data/harmless/harmless.sql")));
    are(true, statements(include_str!("../../../tests/data/harmless/misled.sql")));
}

#[test]
fn what_might_fail_is_not_taken_for_harmless() {
    are(false, statements(include_str!("../../../tests/data/harmless/failing.sql")));
}

/// Generated statements and what is known of them: of those that count as harmless, none failed on the extremes of every
/// type where it did not fail on an empty table (ClickHouse 26.7). Of the others some are harmless in truth; who learns
/// why moves them.
#[test]
fn generated_statements_are_judged_as_they_were() {
    are(true, statements(include_str!("../../../tests/data/harmless/judged_harmless.sql")));
    are(false, statements(include_str!("../../../tests/data/harmless/judged_doubtful.sql")));
}

#[test]
fn each_construct_is_harmless_alone_or_is_not() {
    are(
        true,
        [
            "SELECT DISTINCT n, s AS x FROM events PREWHERE n = 1 WHERE m = 2 GROUP BY n, s WITH TOTALS HAVING count() > 2",
            "SELECT toYear(ts), countIf(n > 1), uniq(d) FROM events GROUP BY toYear(ts) WITH ROLLUP HAVING uniq(d) >= 2",
            "SELECT n FROM events ORDER BY n ASC NULLS FIRST, m DESC NULLS LAST LIMIT 1 OFFSET 2",
            "SELECT a.n FROM events AS a GLOBAL ALL INNER JOIN events AS b ON a.n = b.n",
            "SELECT a.n FROM events AS a ANY LEFT OUTER JOIN events AS b ON a.n = b.n",
            "SELECT a.n FROM events AS a SEMI LEFT JOIN events AS b USING (n, m)",
            "SELECT a.n FROM events AS a FULL JOIN events AS b USING n",
            "SELECT a.n FROM events AS a ANTI RIGHT JOIN events AS b ON (a.n = b.n)",
            "SELECT a.n FROM events AS a CROSS JOIN events AS b",
            "WITH x AS (SELECT n FROM events) SELECT n FROM x",
            "SELECT n FROM (SELECT n FROM events)",
            "SELECT n FROM events JOIN (SELECT m FROM events) AS b ON n = m",
            "SELECT n FROM events WHERE n IN (SELECT m FROM events)",
            "SELECT n FROM events WHERE n IN (1, -2, 3) AND ts IN ('2026-01-01')",
            "SELECT n FROM events WHERE maybe IS NULL OR maybe IS NOT NULL AND NOT true",
            "SELECT n FROM events WHERE maybe LIKE 'a%' AND (s ILIKE 'b')",
            "SELECT n FROM events WHERE s LIKE 'a%';",
            "SELECT n FROM events WHERE n <= m OR n > m OR false",
            "SELECT n FROM events WHERE toDate(ts) > now64(9) AND (fine > now64(6))",
            "SELECT n FROM events WHERE ts BETWEEN now64(3) AND now64(1)",
            "SELECT s LIKE 'a%', s LIKE 'b%' FROM events",
            "SELECT n FROM events SETTINGS max_threads = 1",
            "SELECT n + m, n - 1, n * f, n / m, -n FROM events",
            "SELECT -1, ts, * FROM events",
            "SELECT length(arr), empty(tags), lower(s), toString(ts), round(f) FROM events",
            "SELECT left(s, 3), substring(s, 1, 100), has(arr, 'x') FROM events",
            "SELECT now(), today(), toMonday(ts), toStartOfWeek(d) FROM events",
            "SELECT quantile(0.9)(f) FROM events",
            "SELECT groupArray(arr) FROM events",
            "SELECT n FROM events WHERE ts > now()",
            "SELECT n FROM events WHERE ts > now() - INTERVAL 1 DAY AND n > 1 AND 1 < n AND s = 'a'",
            "SELECT e.ts FROM events AS e WHERE e.ts > now()",
            "SELECT n FROM events WHERE toDate(ts) = '2026-01-01' AND d BETWEEN today() - 7 AND today()",
            "SELECT n FROM events WHERE d < now() AND t > today() AND t < now64(9)",
            "(SELECT n FROM events)",
            "SELECT n FROM events LIMIT 1 BY n",
            "FROM events SELECT n",
            "SELECT 1 FROM events FINAL",
        ]
        .into_iter(),
    );
    are(
        false,
        [
            "SELECT n FROM events UNION ALL SELECT n FROM events",
            "SELECT n FROM events WHERE n > (SELECT max(m) FROM events)",
            "SELECT (SELECT 1) FROM events",
            "SELECT n, (WITH 1 AS x SELECT x) FROM events",
            "SELECT n FROM events WHERE n IN (SELECT * FROM events)",
            "SELECT n FROM events WHERE n IN (WITH 1 AS x SELECT x)",
            "SELECT n FROM events WHERE n IN (n, 1)",
            "SELECT n FROM events WHERE n IN 1",
            "SELECT n FROM events WHERE d IN (SELECT n FROM events)",
            "SELECT n FROM events WHERE (n, m) = (1, 2)",
            "SELECT (n, m) FROM events",
            "SELECT [n, m] FROM events",
            "SELECT arr[1] FROM events",
            "SELECT n::String FROM events",
            "SELECT CAST(n AS String) FROM events",
            "SELECT CASE WHEN n = 1 THEN 1 ELSE 2 END FROM events",
            "SELECT n = 1 ? 1 : 2 FROM events",
            "SELECT if(n = 1, 1, 2) FROM events",
            "SELECT NULL FROM events",
            "SELECT n FROM events WHERE n = NULL",
            "SELECT n FROM events WHERE s LIKE concat('a', s)",
            "SELECT n FROM events WHERE s LIKE 'a' || s",
            "SELECT n FROM events WHERE s LIKE 'a\\\\'",
            "SELECT n FROM events WHERE s LIKE 'a\\\\%'",
            "SELECT n FROM events WHERE s LIKE s",
            "SELECT n FROM events WHERE s REGEXP '('",
            "SELECT n || m FROM events",
            "SELECT n % 2 FROM events",
            "SELECT n FROM events WHERE n <=> 1",
            "SELECT n FROM events WHERE n IS DISTINCT FROM 1",
            "SELECT n FROM events WHERE n IS NOT DISTINCT FROM 1",
            "SELECT sum(n) OVER (ORDER BY n) FROM events",
            "SELECT n FROM events ORDER BY n WITH FILL",
            "SELECT n FROM events ARRAY JOIN arr",
            "SELECT n FROM events AS a ASOF JOIN events AS b ON a.n = b.n AND a.m < b.m",
            "SELECT x -> x FROM events",
            "SELECT arrayMap(x -> x, arr) FROM events",
            "SELECT COLUMNS('n') FROM events",
            "SELECT n + ts FROM events",
            "SELECT -ts FROM events",
            "SELECT n * f FROM events WHERE ts > now()",
            "SELECT n / f, d FROM events",
            "SELECT n - 1, d FROM events",
            "SELECT n FROM events WHERE ts = fine",
            "SELECT n FROM events WHERE ts != now()",
            "SELECT n FROM events WHERE ts > now64(6)",
            "SELECT n FROM events WHERE ts BETWEEN now64(3) AND now64(6)",
            "SELECT n FROM events WHERE ts BETWEEN now64(6) AND now64(3)",
            "SELECT n FROM events WHERE n > (FROM events SELECT max(m))",
            "SELECT substring(s, 1 + n) FROM events",
            "SELECT nest FROM events",
            "SELECT `nest.a` FROM events",
            "SELECT n FROM events WHERE ts = now() OR ts = 'x'",
            "SELECT n FROM events WHERE d = 'x'",
            "SELECT n FROM events WHERE n = m AND d = today()",
            "SELECT n FROM events WHERE d = toDate(n)",
            "SELECT n FROM events AS a JOIN events AS b USING (d)",
            "SELECT a.n FROM events AS a JOIN events AS b ON a.ts = b.ts",
            "SELECT n FROM events WHERE n BETWEEN f AND m AND ts > now()",
            "SELECT n FROM events WHERE toDate(ts, 'Nowhere') = '2026-01-01'",
            "SELECT toStartOfDay(ts, 'Nowhere') FROM events",
            "SELECT toString(ts, 'Nowhere') FROM events",
            "SELECT round(f, 300) FROM events",
            "SELECT substring(s, 0), left(s, -1) FROM events",
            "SELECT substring(s, 0) FROM events",
            "SELECT substring(s, 1000) FROM events",
            "SELECT substring(s, n) FROM events",
            "SELECT left(s) FROM events",
            "SELECT left(s, -1) FROM events",
            "SELECT has(arr, 'a' || s) FROM events",
            "SELECT someFunction(n) FROM events",
            "SELECT toInt64(s) FROM events",
            "SELECT computed FROM events",
            "SELECT exotic FROM events",
            "SELECT exotic.a FROM events",
            "SELECT min(d) AS x FROM events HAVING x > 5",
            "SELECT max(d) FROM events HAVING max(d) > 5",
            "SELECT count(d) FROM events HAVING count(d) > 'a'",
            "SELECT count(d) FROM events HAVING count(d) IN 5",
            "SELECT 1 AS ts FROM events WHERE ts > now()",
            "SELECT n FROM events WHERE {p:UInt64} = n",
            "SELECT n FROM events SAMPLE 1/10 OFFSET 1/2 WHERE d > today() AND n = m",
        ]
        .into_iter(),
    );
}

#[test]
fn a_column_of_two_types_is_of_none() {
    let table = |name: &str, type_name: &str| Table {
        columns: vec![Column { name: name.into(), type_name: type_name.into(), kind: ColumnKind::Ordinary }],
        engine: Engine::MergeTree,
    };
    let judged = |statement: &str, tables: &[Table]| {
        let limits = Limits::default();
        let lexed = lex(statement, Dialect::ClickHouse, &limits, Author::Person).unwrap();
        judge(&read::statement(lexed, &limits).unwrap(), tables)
    };
    let statement = "SELECT 1 FROM a, b WHERE x > today()";
    assert!(judged(statement, &[table("x", "Date"), table("x", "Date")]));
    assert!(!judged(statement, &[table("x", "Date"), table("x", "DateTime")]));
    assert!(judged("SELECT 1 FROM a, b WHERE a.x > today()", &[table("x", "Date"), table("y", "Date")]));
    assert!(!judged("SELECT 1 FROM a, b WHERE a.x > today()", &[table("x", "Date"), table("a", "Array(String)")]));
    assert!(
        !judged("SELECT 1 FROM a", &[Table { columns: vec![], engine: Engine::MergeTree }]),
        "nothing is known of it"
    );
}

#[test]
fn of_a_type_something_is_known_or_nothing() {
    for (type_name, expected) in [
        ("String", Some(true)),
        ("LowCardinality(String)", Some(true)),
        ("Bool", Some(true)),
        ("Int8", Some(true)),
        ("Int16", Some(true)),
        ("Int32", Some(true)),
        ("Int128", Some(true)),
        ("Int256", Some(true)),
        ("UInt8", Some(true)),
        ("UInt16", Some(true)),
        ("UInt32", Some(true)),
        ("UInt64", Some(true)),
        ("UInt128", Some(true)),
        ("UInt256", Some(true)),
        ("Float32", Some(true)),
        ("Date", Some(false)),
        ("DateTime('UTC')", Some(false)),
        ("DateTime64(3)", Some(false)),
        ("Decimal(18, 4)", Some(false)),
        ("UUID", Some(false)),
        ("Nullable(String)", Some(false)),
        ("LowCardinality(Nullable(String))", Some(false)),
        ("Nullable(UUID)", None),
        ("Nullable(Enum8('a' = 1))", None),
        ("Array(String)", Some(false)),
        ("Array(Date)", Some(false)),
        ("Array(DateTime)", None),
        ("Array(Nullable(String))", None),
        ("Map(String, String)", Some(false)),
        ("Map(LowCardinality(String), String)", Some(false)),
        ("Map(String, UInt8)", None),
        ("FixedString(3)", None),
        ("Tuple(String)", None),
        ("Dynamic", None),
        ("", None),
    ] {
        assert_eq!(is_basic(type_name), expected, "{type_name}");
    }
}

/// A symbol or a function stands before a type and is judged first; by itself it is not allowed either.
#[test]
fn a_type_is_not_allowed_by_itself() {
    let limits = Limits::default();
    let lexed = lex("SELECT n::Int8 FROM t", Dialect::ClickHouse, &limits, Author::Person).unwrap();
    let reading = read::statement(lexed, &limits).unwrap();
    let operands = Operands::of(&reading);
    let judge = Judge { operands: &operands, basic: true, plain: vec![false; reading.lexed.lexemes.len()] };
    let refused: Vec<&str> =
        (0..reading.lexed.lexemes.len()).filter(|&at| !judge.allows(at)).map(|at| operands.word(at)).collect();
    assert_eq!(refused, ["::", "Int8"]);
}
