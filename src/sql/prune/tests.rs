use super::*;
use crate::catalog::Held;
use crate::catalog::{Column, Engine};
use crate::sql::lex::{Author, lex};
use crate::sql::{Dialect, Limits, read};

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

fn are(cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter(|(condition, expected)| of(condition) != *expected)
        .map(|(condition, _)| format!("{condition}: {}", of(condition)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_comparison_of_a_column_with_one_of_its_values_is_written_as_it_is() {
    are(&[
        ("n = 7", "w.`n` = 7"),
        ("n >= 7 AND n < 9", "w.`n` >= 7 AND w.`n` < 9"),
        ("((n > 7) AND (n <= 9))", "w.`n` > 7 AND w.`n` <= 9"),
        (
            "7 > n AND 7 < n AND 7 >= n AND 7 <= n AND 7 = n",
            "w.`n` < 7 AND w.`n` > 7 AND w.`n` <= 7 AND w.`n` >= 7 AND w.`n` = 7",
        ),
        ("n == -7", "w.`n` = -7"),
        ("n BETWEEN 1 AND 3 AND s = 'x'", "w.`n` >= 1 AND w.`n` <= 3 AND w.`s` = 'x'"),
        ("n IN (1, -2)", "w.`n` IN (1, -2)"),
        (
            "s IN ('a', 'it\\'s', '2026-01-01', '2026-01-01 00:00:00')",
            "w.`s` IN ('a', 'it\\'s', '2026-01-01', '2026-01-01 00:00:00')",
        ),
        ("s > 'a'", "w.`s` > 'a'"),
        ("events.n = 7 AND `n` = (8)", "w.`n` = 7 AND w.`n` = (8)"),
        ("tiny = 255 AND tiny = 0", "w.`tiny` = 255 AND w.`tiny` = 0"),
        ("small >= -32768 AND small <= 32767", "w.`small` >= -32768 AND w.`small` <= 32767"),
        ("wide = 18446744073709551615", ""),
        ("i8 = -128 AND i8 = 127 AND i8 = 128", "w.`i8` = -128 AND w.`i8` = 127"),
        ("i32 = -2147483648 AND i32 = 2147483648", "w.`i32` = -2147483648"),
        ("u16 = 65535 AND u16 = 65536", "w.`u16` = 65535"),
        ("u32 = 4294967295 AND u32 = 4294967296", "w.`u32` = 4294967295"),
        ("fine < now64(9)", "w.`fine` < now64(9)"),
        ("wide = 9223372036854775807", "w.`wide` = 9223372036854775807"),
        ("d >= '2026-01-31'", "w.`d` >= '2026-01-31'"),
        ("d IN ('2026-01-31')", "w.`d` IN ('2026-01-31')"),
        ("d = today() AND d > yesterday()", "w.`d` = today() AND w.`d` > yesterday()"),
        ("t >= '2026-01-31 10:20:30' AND t < '2026-02-28'", "w.`t` >= '2026-01-31 10:20:30' AND w.`t` < '2026-02-28'"),
        ("tz < now()", "w.`tz` < now()"),
        ("ts >= '2026-01-31 10:20:30' AND ts < now64()", "w.`ts` >= '2026-01-31 10:20:30' AND w.`ts` < now64(3)"),
        ("ts > toDateTime64('2026-01-31 10:20:30', 2)", "w.`ts` > toDateTime64('2026-01-31 10:20:30', 2)"),
    ]);
}

#[test]
fn whatever_else_is_not_written() {
    for condition in [
        "n != 7",
        "n <=> 7",
        "NOT n = 7",
        "n NOT IN (1)",
        "n NOT BETWEEN 1 AND 2",
        "n IS NULL",
        "s LIKE 'a%'",
        "s ILIKE 'a%'",
        "n = 1 OR n = 2",
        "(n = 1 AND n = 2) OR n = 3",
        "n = 1 AND n = 2 OR n = 3",
        "n > 1 ? n = 1 : n = 2",
        "(n = 1) AS one",
        "n = 1 = 1",
        "n = 1 AND tiny = 2 ? 1 : 0",
        "CASE WHEN tiny = 1 AND n = 1 AND n > 0 THEN 0 ELSE 1 END",
        "CASE WHEN 1 THEN n = 1 AND n = 1 AND n > 0 ELSE 1 END",
        "f = 1 AND CASE WHEN tiny = 1 AND n = 1 AND n > 0 THEN 0 ELSE 1 END",
        "INTERVAL CASE WHEN 1 AND n = 1 AND n > 0 THEN 1 ELSE 1 END DAY + d > '2025-01-01'",
        "f BETWEEN f BETWEEN 1 AND 2 AND n = 1",
        "tiny + n = 2",
        "1 + n = 2",
        "tiny.n = 2",
        "(SELECT max(n) FROM events WHERE tiny = 2 AND n = 1)",
        "(n = 1 AND n = 2, 3)",
        "not (n = 1 AND n = 2)",
        "n IN (SELECT n FROM events)",
        "n IN (n, 1)",
        "n IN (now())",
        "n IN ((1), ('a'))",
        "n IN ()",
        "n IN [1, 2]",
        "d IN (today())",
        "n = 'a'",
        "n = '1'",
        "n = 1.5",
        "n = 1e3",
        "n = 0x10",
        "n = 1 + 1",
        "n = 5 % 2",
        "n = -(1)",
        "n = 1::Int8",
        "n + 1 = 2",
        "abs(n) = 2",
        "-n = 2",
        "n = m",
        "m = 1",
        "s = 7",
        "s = now()",
        "s = 'a' || 'b'",
        "s = x'41'",
        "toDate(s) = '2026-01-01'",
        "toDate(n) = '2026-01-01'",
        "f = 1",
        "f < 1",
        "maybe = 1",
        "price = 1",
        "computed = 1",
        "odd = now()",
        "a.n = 1",
        "n.a = 1",
        "d.events.n = 1",
        "tiny = 256",
        "tiny = -1",
        "small = 32768",
        "small = -32769",
        "rounded_number = 7",
        "hashed = 7",
        "by_hour > now()",
        "toDate(by_hour) = today()",
        "t = 7",
        "t IN (1)",
        "t IN (now())",
        "ts IN (now64(3))",
        "t < -'2026-01-01'",
        "by_day IN ('2026-01-01')",
        "toDate(t) IN ('2026-01-01')",
        "t = 'x'",
        "t != now()",
        "toDate(t) != today()",
        "toDate(t, 'UTC') = today()",
        "toDate(t) = '2026-01-31 10:20:30'",
        "d = '2026-01-31 10:20:30'",
        "toHour(t) = 7",
        "toStartOfHour(d) = now()",
        "d = '2026-02-29' OR d = today()",
        "t > {from:DateTime}",
        "t > (SELECT now())",
        "t > dictGet('a', 'b', 1)",
        "n = 99999999999999999999",
    ] {
        assert_eq!(of(condition), "", "{condition}");
        assert!(!may_be_seen(&format!("SELECT n FROM events WHERE {condition}")), "{condition}");
    }
}

#[test]
fn one_that_cannot_be_written_leaves_the_others() {
    let found = pruned("SELECT n FROM events PREWHERE n = 1 WHERE f < 2 AND (tiny = 3 AND (s = 'a' OR n = 2))");
    assert_eq!(found, ["w.`n` = 1", "w.`tiny` = 3"]);
    assert_eq!(pruned("SELECT n FROM events"), Vec::<String>::new());
}

#[test]
fn of_different_kinds_two_days_are_left_between() {
    are(&[
        ("t >= today()", "w.`t` >= toDateTime(today()) - toIntervalDay(2)"),
        ("d < now()", "w.`d` <= toDate(now()) + toIntervalDay(2)"),
        (
            "ts = toDateTime64('2026-01-01', 6)",
            "w.`ts` >= toDateTime(toDateTime64('2026-01-01', 6)) - toIntervalDay(2) AND \
             w.`ts` <= toDateTime(toDateTime64('2026-01-01', 6)) + toIntervalDay(2)",
        ),
        ("t < now64(0)", "w.`t` <= toDateTime(now64(0)) + toIntervalDay(2)"),
        ("by_day > '2026-01-01 10:00:00'", "w.`by_day` >= toDateTime('2026-01-01 10:00:00') - toIntervalDay(2)"),
        ("by_month <= '2026-01-01'", "w.`by_month` <= toDateTime('2026-01-01') + toIntervalDay(2)"),
        (
            "by_day BETWEEN '2026-01-01' AND now()",
            "w.`by_day` >= toDateTime('2026-01-01') - toIntervalDay(2) AND w.`by_day` <= toDateTime(now()) + toIntervalDay(2)",
        ),
    ]);
}

#[test]
fn a_rounding_says_something_of_what_it_rounds() {
    let far = |column: &str, kind: &str| {
        format!("OR w.`{column}` < {kind}('1971-01-01') OR w.`{column}` >= {kind}('2100-01-01'))")
    };
    let day = far("ts", "toDateTime");
    for (condition, expected) in [
        ("toDate(ts) >= '2026-01-01'", format!("(w.`ts` >= toDateTime('2026-01-01') - toIntervalDay(2) {day}")),
        ("toDate(ts) < today()", format!("(w.`ts` <= toDateTime(today()) + toIntervalDay(3) {day}")),
        (
            "today() = toDate(ts)",
            format!(
                "(w.`ts` >= toDateTime(today()) - toIntervalDay(2) {day} AND (w.`ts` <= toDateTime(today()) + toIntervalDay(3) {day}"
            ),
        ),
        (
            "toStartOfHour(t) > '2026-01-01 10:00:00'",
            format!("(w.`t` >= toDateTime('2026-01-01 10:00:00') - toIntervalDay(2) {}", far("t", "toDateTime")),
        ),
        (
            "toMonday(d) <= '2026-01-05'",
            format!("(w.`d` <= toDate('2026-01-05') + toIntervalDay(9) {}", far("d", "toDate")),
        ),
        (
            "toStartOfMonth(by_day) <= '2026-01-01'",
            format!("(w.`by_day` <= toDateTime('2026-01-01') + toIntervalDay(33) {}", far("by_day", "toDateTime")),
        ),
        (
            "toStartOfQuarter(t) <= now()",
            format!("(w.`t` <= toDateTime(now()) + toIntervalDay(94) {}", far("t", "toDateTime")),
        ),
        (
            "toStartOfYear(t) <= now()",
            format!("(w.`t` <= toDateTime(now()) + toIntervalDay(368) {}", far("t", "toDateTime")),
        ),
        (
            "toStartOfWeek(t) <= now64(9)",
            format!("(w.`t` <= toDateTime(now64(9)) + toIntervalDay(9) {}", far("t", "toDateTime")),
        ),
    ] {
        assert_eq!(of(condition), expected, "{condition}");
    }
}

#[test]
fn a_constant_is_written_anew() {
    let of_time = |constant: &str| of(&format!("t < {constant}")).strip_prefix("w.`t` < ").unwrap_or("").to_owned();
    for (constant, written) in [
        ("NOW()", "now()"),
        ("now() - INTERVAL 7 DAY", "now() - toIntervalDay(7)"),
        ("now() + interval 1 hours", "now() + toIntervalHour(1)"),
        ("now() - INTERVAL 2 QUARTER", "now() - toIntervalQuarter(2)"),
        ("now() - toIntervalMinute(90)", "now() - toIntervalMinute(90)"),
        ("now() - INTERVAL 1 MONTH - INTERVAL 1 YEAR", "now() - toIntervalMonth(1) - toIntervalYear(1)"),
        ("(now() - INTERVAL 1 WEEK)", "(now() - toIntervalWeek(1))"),
        ("subtractDays(now(), 7)", "subtractDays(now(), 7)"),
        ("addHours(now(), 7)", "addHours(now(), 7)"),
        ("addQuarters(subtractMonths(now(), 1), 2)", "addQuarters(subtractMonths(now(), 1), 2)"),
        ("addSeconds(today(), 7)", "addSeconds(today(), 7)"),
        ("today() + INTERVAL 1 HOUR", "today() + toIntervalHour(1)"),
        ("toDateTime('2026-01-31 10:20:30')", "toDateTime('2026-01-31 10:20:30')"),
        ("toDateTime(today() - 7)", "toDateTime(today() - 7)"),
        ("toStartOfHour(now() - INTERVAL 1 DAY)", "toStartOfHour(now() - toIntervalDay(1))"),
        ("tostartofday(now())", "toStartOfDay(now())"),
        ("now() - INTERVAL 31622400 SECOND", "now() - toIntervalSecond(31622400)"),
        ("'1992-01-01'", "'1992-01-01'"),
        ("'2079-12-31 23:59:59'", "'2079-12-31 23:59:59'"),
        ("'2026-04-30 00:00:00'", "'2026-04-30 00:00:00'"),
        ("'2026-12-31'", "'2026-12-31'"),
        ("now() - INTERVAL 20 YEAR", "now() - toIntervalYear(20)"),
        ("now() - toIntervalDay(7320)", "now() - toIntervalDay(7320)"),
    ] {
        assert_eq!(of_time(constant), written, "{constant}");
    }
    let of_date = |constant: &str| of(&format!("d < {constant}")).strip_prefix("w.`d` < ").unwrap_or("").to_owned();
    for (constant, written) in [
        ("toDate('2026-01-31')", "toDate('2026-01-31')"),
        ("toDate(now())", "toDate(now())"),
        ("toDate(now64(3))", "toDate(now64(3))"),
        ("today() - 7", "today() - 7"),
        ("today() - INTERVAL 7 DAY", "today() - toIntervalDay(7)"),
        ("toMonday(today())", "toMonday(today())"),
        ("toStartOfMonth(today() - INTERVAL 1 MONTH)", "toStartOfMonth(today() - toIntervalMonth(1))"),
        ("subtractDays(today(), 7)", "subtractDays(today(), 7)"),
    ] {
        assert_eq!(of_date(constant), written, "{constant}");
    }
    assert_eq!(of("ts < now64(2) - INTERVAL 1 DAY"), "w.`ts` < now64(2) - toIntervalDay(1)");
}

#[test]
fn a_constant_of_which_anything_is_in_doubt_is_none() {
    for constant in [
        "'2026-02-29'",
        "'2026-04-31'",
        "'2026-13-01'",
        "'2026-00-01'",
        "'2026-01-00'",
        "'2026-01-32'",
        "'1991-12-31'",
        "'2080-01-01'",
        "'2026-1-1'",
        "'2026/01/01'",
        "'2026-01-01 24:00:00'",
        "'2026-01-01 10:60:00'",
        "'2026-01-01 10:00:60'",
        "'2026-01-01T10:00:00'",
        "'2026-01-01 10:00:00.5'",
        "'2026-01-01 10:00'",
        "'2026-01-01 '",
        "now() - 7",
        "now() - INTERVAL '7' DAY",
        "now() - INTERVAL `7` DAY",
        "now() - INTERVAL 7 DAY * 2",
        "now() - toIntervalDay(7 + 1)",
        "'2026-13-01 10:00:00'",
        "now() - INTERVAL '7 day'",
        "now() - INTERVAL 7 MILLISECOND",
        "now() - INTERVAL 1 + 1 DAY",
        "now() - INTERVAL -7 DAY",
        "now() - INTERVAL 7.5 DAY",
        "now() - INTERVAL 21 YEAR",
        "now() - toIntervalDay(7321)",
        "now() - INTERVAL 18446744073709551615 YEAR",
        "now() - INTERVAL 20 YEAR - INTERVAL 1 DAY",
        "toStartOfYear(now() - INTERVAL 20 YEAR)",
        "now() - toIntervalDay(7, 8)",
        "now() - toIntervalDay()",
        "now() - toIntervalDay(n)",
        "now() - toIntervalNanosecond(7)",
        "now() - toYear(7)",
        "now() * 2",
        "- now()",
        "now('UTC')",
        "toDateTime('2026-01-31 10:20:30', 'UTC')",
        "toDateTime(7)",
        "toDateTime('x')",
        "toDate('2026-01-31 10:20:30')",
        "toDate('x')",
        "toDate(7)",
        "toStartOfHour('2026-01-31 10:20:30')",
        "toStartOfHour(now64(3))",
        "toStartOfHour(today())",
        "toStartOfHour(now(), 'UTC')",
        "toMonday('2026-01-31')",
        "subtractDays(now(), n)",
        "subtractDays(now(), -7)",
        "subtractDays(7, 7)",
        "subtractDays('2026-01-31', 7)",
        "subtractYears(now(), 21)",
        "multiplyDays(now(), 7)",
        "addLightyears(now(), 7)",
        "addDays(now(), now())",
        "now64(10)",
        "now64(-1)",
        "now64('UTC')",
        "now64(3, 'UTC')",
        "toDateTime64('2026-01-01', 10)",
        "toDateTime64('x', 3)",
        "toDateTime64('2026-01-01', 3, 'UTC')",
        "plus(now(), 7)",
        "rand()",
        "t",
        "NULL",
        "[now()]",
        "(now(), now())",
    ] {
        assert_eq!(of(&format!("t < {constant}")), "", "{constant}");
    }
    let long = |intervals| of(&format!("t < now(){}", " - INTERVAL 1 DAY".repeat(intervals)));
    assert!(long(11).ends_with(" - toIntervalDay(1)"));
    assert_eq!(long(12), "");
}

/// What a name means is not always what it says.
#[test]
fn a_name_that_something_else_could_mean_is_left_alone() {
    for statement in [
        "SELECT 1 AS n FROM events WHERE n = 1",
        "WITH 1 AS n SELECT 2 FROM events WHERE n = 1",
        "SELECT s FROM events ARRAY JOIN [1] AS n WHERE n = 1",
        "SELECT s FROM events ARRAY JOIN n WHERE n = 1",
        "WITH c (n) AS (SELECT 1) SELECT s FROM events WHERE n = 1",
        "SELECT 1 AS events FROM events WHERE events.n = 1",
        "SELECT * REPLACE (1 AS n) FROM events WHERE n = 1",
        "SELECT e.s FROM events AS e WHERE events.n = 1",
        "SELECT s FROM events WHERE other.n = 1",
        "SELECT a.s FROM events AS a WHERE a.n = 1",
        "SELECT x.s FROM events AS x, orders AS x WHERE x.n = 1",
        "SELECT 1 FROM orders AS o, events AS q WHERE q.n = 1",
        "SELECT 1 FROM orders AS o, events AS nest WHERE nest.n = 1",
        "SELECT 1 FROM (SELECT 1 AS z) AS o, events AS x WHERE x.n = 1",
        "SELECT 1 FROM events AS flat WHERE flat.n = 1",
        "SELECT e.s FROM events AS e, events AS o WHERE n = 1",
        "SELECT e.s FROM events AS e, (SELECT 1 AS z) AS o WHERE n = 1",
        "SELECT s FROM events, numbers(3) WHERE n = 1",
    ] {
        assert_eq!(pruned(statement), Vec::<String>::new(), "{statement}");
    }
    for statement in [
        "SELECT s FROM events WHERE n = 1",
        "SELECT e.s FROM events AS e WHERE e.n = 1",
        "SELECT 1 FROM events AS e, orders AS o WHERE e.n = 1",
        "SELECT 1 FROM orders AS o, events AS x WHERE x.n = 1",
        "SELECT s FROM events WHERE n = 1 AND s NOT LIKE 'a' AND s NOT ILIKE 'b' AND maybe IS NOT NULL AND true AND NOT false",
        "SELECT s FROM events WHERE n = 1 AND f IN (2) AND f BETWEEN 2 AND 3 AND f > INTERVAL 1 day",
        "SELECT e.s FROM events AS e, orders AS o WHERE e.n = 1 AND o.id = 1",
        "SELECT e.s FROM events AS e, orders AS o WHERE n = 1 AND id = 1",
        "SELECT e.s FROM events AS e, events AS o WHERE e.n = 1 AND o.n = 2",
        "SELECT e.s FROM events AS e, (SELECT 1 AS z) AS o WHERE e.n = 1",
        "SELECT x FROM (SELECT s AS x FROM events WHERE n = 1) WHERE n = 2",
        "FROM events SELECT s WHERE n = 1",
        "SELECT s FROM events ARRAY JOIN [1] AS z WHERE n = 1",
    ] {
        assert_eq!(pruned(statement), ["w.`n` = 1"], "{statement}");
    }
}

#[test]
fn a_join_lets_a_condition_through_or_does_not() {
    for (join, expected) in [
        ("events AS e, orders AS o", true),
        ("events AS e JOIN orders AS o ON e.n = o.id", true),
        ("orders AS o INNER JOIN events AS e ON e.n = o.id", true),
        ("orders AS o CROSS JOIN events AS e", true),
        ("events AS e GLOBAL ALL INNER JOIN orders AS o ON e.n = o.id", true),
        ("events AS e LEFT JOIN orders AS o ON e.n = o.id", true),
        ("events AS e LEFT OUTER JOIN orders AS o ON e.n = o.id JOIN orders AS p ON e.n = p.id", true),
        ("orders AS o LEFT JOIN events AS e ON e.n = o.id", false),
        ("orders AS o, events AS e LEFT JOIN orders AS p ON e.n = p.id", false),
        ("events AS e RIGHT JOIN orders AS o ON e.n = o.id", false),
        ("events AS e FULL OUTER JOIN orders AS o ON e.n = o.id", false),
        ("events AS e ANY LEFT JOIN orders AS o ON e.n = o.id", false),
        ("events AS e ANY JOIN orders AS o ON e.n = o.id", false),
        ("events AS e ASOF JOIN orders AS o ON e.n = o.id AND e.n < o.id", false),
        ("events AS e SEMI LEFT JOIN orders AS o ON e.n = o.id", false),
        ("events AS e ANTI LEFT JOIN orders AS o ON e.n = o.id", false),
        ("events AS e PASTE JOIN orders AS o", false),
        ("events AS e JOIN orders AS o USING (id)", false),
        ("events AS e JOIN orders AS o USING id", false),
        ("events AS e JOIN orders AS o ON e.n = o.id LEFT JOIN orders AS p USING (id)", false),
    ] {
        let found = pruned(&format!("SELECT e.s FROM {join} WHERE e.n = 1"));
        assert_eq!(found, if expected { vec!["w.`n` = 1"] } else { vec![] }, "{join}");
    }
    // The condition of a query in a join is its own.
    let inner =
        "SELECT 1 FROM orders AS o LEFT JOIN (SELECT n FROM events WHERE n = 1) AS e ON e.n = o.id WHERE o.id = 2";
    assert_eq!(pruned(inner), ["w.`n` = 1"]);
    let beside =
        "SELECT 1 FROM orders AS a, (SELECT 1 FROM orders AS o LEFT JOIN events AS e ON e.n = o.id WHERE e.n = 1) AS z";
    assert_eq!(pruned(beside), Vec::<String>::new());
    let at_in = "SELECT 1 FROM orders WHERE id IN events AND id = 2";
    assert_eq!(pruned(at_in), Vec::<String>::new());
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

#[test]
fn conditions_may_be_seen_where_all_of_them_may() {
    for statement in [
        "SELECT n FROM events",
        "SELECT n FROM events PREWHERE n = 1 WHERE tiny BETWEEN 2 AND 3 AND s IN ('a')",
        "SELECT n FROM events WHERE n = 1 GROUP BY n ORDER BY f LIMIT 1",
        "WITH e AS (SELECT * FROM events WHERE ts > now()) SELECT max(n) FROM e WHERE n > 1 AND e.s = 'a'",
        "SELECT n FROM (SELECT n FROM events) AS x WHERE x.n = 1",
        "SELECT 1 FROM events, orders WHERE n = 1 AND id = 2",
        "SELECT toDate(ts), n + 1, count() FROM events WHERE ts > now() - INTERVAL 1 DAY ORDER BY ts DESC NULLS LAST, events.n ASC NULLS FIRST",
        "SELECT n, -n FROM events ORDER BY n LIMIT 1 BY n LIMIT 3",
        "SELECT n FROM events ORDER BY n OFFSET 3",
        "SELECT n, max(s) FROM events GROUP BY n WITH TOTALS ORDER BY n SETTINGS max_threads = 1",
        "SELECT n FROM (SELECT n FROM events ORDER BY n)",
        "SELECT DISTINCT n, * FROM events ORDER BY n",
    ] {
        assert!(may_be_seen(statement), "{statement}");
    }
    for statement in [
        "SELECT n FROM events WHERE n = 1 AND f < 2",
        "SELECT n FROM events PREWHERE f = 1 WHERE n = 2",
        "SELECT n FROM events WHERE toDate(t) > today()",
        "SELECT n FROM events WHERE by_day BETWEEN now() AND now()",
        "SELECT n FROM events WHERE t BETWEEN now() AND today()",
        "SELECT n FROM events WHERE t BETWEEN today() AND now()",
        "SELECT n FROM events GROUP BY n HAVING n = 1",
        "SELECT n FROM events QUALIFY n = 1",
        "SELECT n FROM events JOIN orders ON n = id",
        "SELECT n FROM events JOIN orders USING (d)",
        "SELECT n FROM events WHERE n IN (SELECT 1)",
        "SELECT x FROM (SELECT n AS x FROM events) WHERE x = 1",
        "SELECT n FROM (SELECT n FROM events WHERE f = 1) WHERE n = 1",
        "SELECT n FROM (SELECT n FROM events WHERE n = 1) WHERE f = 1",
        "SELECT 1 FROM events, orders WHERE d = today()",
        "SELECT 1 FROM events, orders WHERE a.n = 1",
        "SELECT 1 FROM events, orders WHERE missing = 1",
        "SELECT 1 FROM events WHERE computed = 1",
        "SELECT n FROM events ORDER BY toStartOfDay(ts) DESC",
        "SELECT toStartOfDay(ts) AS x FROM events ORDER BY x",
        "SELECT n FROM events ORDER BY -n",
        "SELECT n FROM events ORDER BY n + 1",
        "SELECT n FROM events ORDER BY n, n * 2",
        "SELECT toDate(ts) FROM events ORDER BY 1",
        "SELECT n FROM events LIMIT 1 BY toDate(ts)",
        "SELECT DISTINCT toStartOfDay(ts) FROM events",
        "SELECT DISTINCT -n FROM events",
        "SELECT DISTINCT n * 2 FROM events",
        "SELECT DISTINCT n / 2 FROM events",
        "SELECT DISTINCT n + 2 FROM events",
        "SELECT 1 FROM events, orders WHERE nest.n = 1",
    ] {
        assert!(!may_be_seen(statement), "{statement}");
    }
}
