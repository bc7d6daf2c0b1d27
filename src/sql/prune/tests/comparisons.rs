//! Columns beside constants: what is written of a comparison.

use super::*;

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
