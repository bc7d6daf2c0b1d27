//! Which constants are known, and how they are written.

use super::*;

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
