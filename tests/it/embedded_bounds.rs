//! The embedded engine: no function of its own outruns the clock, and none ends the process.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use portcullis::upstream::embedded::{Embedded, Settings};
use portcullis::upstream::{Upstream, UpstreamError};

use crate::upstream_common::{query, text};

fn sample(execution_timeout: Duration) -> Upstream {
    Upstream::Embedded(
        Embedded::open(Settings { file: None, writable: false, connections: 1, execution_timeout }).unwrap(),
    )
}

/// `count` times the text.
fn many(part: &str, count: usize) -> String {
    format!("replace(printf('%.*c', {count}, 'x'), 'x', '{part}')")
}

/// SQLite asks itself once more for each wildcard; 25,000 are more than a thread's stack holds, and the process ended.
#[tokio::test]
async fn a_pattern_of_very_many_wildcards_is_refused() {
    let upstream = sample(Duration::from_secs(5));
    for (operator, part) in [("LIKE", "%a"), ("GLOB", "*a"), ("NOT LIKE", "%_")] {
        let (value, pattern) = (many("a", 25_000), many(part, 24_990));
        let statement = format!("SELECT {value} {operator} {pattern} || 'b'");
        let outcome = text(&upstream, query(&statement, "TSV", &[])).await;
        let Err(UpstreamError::Rejected { message, .. }) = outcome else { panic!("{operator}: {outcome:?}") };
        assert_eq!(message, "LIKE or GLOB pattern too complex", "{operator}");
    }
    let statement = format!("SELECT 'b' || {} LIKE '%' || {} || '%'", many("a", 999), many("a", 990));
    assert_eq!(text(&upstream, query(&statement, "TSV", &[])).await.unwrap(), "1\n");
}

/// Nothing stops a function amid its work, so what would take it minutes is refused.
#[tokio::test]
async fn no_function_takes_as_long_as_two_lengths_multiplied() {
    let upstream = sample(Duration::from_secs(1));
    let (a, b) = (many("a", 1_000_000), many("b", 1_000_000));
    let ab = format!("{b} || 'a'");
    let patch = |part| format!("'{{' || substr({}, 2) || '}}'", many(part, 200_000));
    for call in [
        format!("instr(CAST({a} AS BLOB), CAST({a} AS BLOB))"),
        format!("trim({a}, {ab})"),
        format!("ltrim({a}, {ab})"),
        format!("rtrim({a}, {ab})"),
        format!("trim(CAST({a} AS BLOB), {ab})"),
        format!("unhex({}, {} || 'z')", many("z", 1_000_000), many("y", 1_000_000)),
        format!("json_patch({}, {})", patch(r#","b":1"#), patch(r#","a":1"#)),
        format!("jsonb_patch({}, {})", patch(r#","b":1"#), patch(r#","a":1"#)),
        format!("replace({a} || char(0), {a} || 'b', '')"),
        format!("replace({a}, 'a', printf('%.*c', 100, 'b'))"),
    ] {
        let outcome = text(&upstream, query(&format!("SELECT length({call})"), "TSV", &[])).await;
        let refused = |message: &str| message.contains("too long") || message.contains("too big");
        let refused = matches!(&outcome, Err(UpstreamError::Rejected { message, .. }) if refused(message));
        assert!(refused, "{call}: {outcome:?}");
    }
    // These took minutes, on any machine.
    let started = Instant::now();
    let half = format!("{} || 'b'", many("a", 500_000));
    let quick = format!("SELECT instr({a}, {half}), length(replace({a}, {half}, ''))");
    assert_eq!(text(&upstream, query(&quick, "TSV", &[])).await.unwrap(), "0\t1000000\n");
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
    let ordinary = format!("SELECT length(trim({a}, 'a')), instr({b} || 'a', 'a'), length(replace({a}, 'a', 'bc'))");
    assert_eq!(text(&upstream, query(&ordinary, "TSV", &[])).await.unwrap(), "0\t1000001\t2000000\n");
}

/// Each step of a loop may be a call of milliseconds: the clock is looked at between few of them. These are a second's work or more
/// in less than 4,000 steps.
#[tokio::test]
async fn a_loop_of_dear_calls_is_stopped_between_two_of_them() {
    let upstream = sample(Duration::from_millis(100));
    let calls = "sum(length(hex(printf('%.*c', 4000000 + id, 'a'))))";
    let statement = format!("SELECT {calls} FROM (SELECT rowid AS id FROM events LIMIT 100)");
    let outcome = text(&upstream, query(&statement, "TSV", &[("main", "events")])).await;
    let over = matches!(&outcome, Err(UpstreamError::Rejected { message, .. }) if message == "time limit exceeded");
    assert!(over, "{outcome:?}");
}
