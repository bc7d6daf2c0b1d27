//! What is decided for a whole granule, part or block, in which hidden rows stand beside permitted ones, on real ClickHouse
//! through the whole gateway. The twins differ only in hidden rows: one has tame ones, the other has some that are far away.

use crate::connection::Connection;
use crate::engines::{self, Engine};
use crate::gateway::Gateway;

const TOKENS: &str = "\
version: 1
tokens:
  - { name: acme, id: acme, scopes: ['DATASOURCES:READ:events:org_id = 1'] }
...
";

/// A filter over what a SummingMergeTree sums.
const SUMS: &str = "  - { name: sums, id: sums, scopes: ['DATASOURCES:READ:events:n = 30'] }\n...\n";

/// Status, headers, body.
type Told = (u16, Vec<(String, String)>, String);

/// Two gateways, each before a twin.
struct Twins {
    clickhouse: Engine,
    databases: [String; 2],
    gateways: [Gateway; 2],
    bearers: [String; 2],
}

impl Twins {
    /// The same columns and permitted rows in each, and of hidden rows the one or the other.
    fn new(columns: &str, permitted: &str, hidden: [&str; 2]) -> Option<Self> {
        let clickhouse = engines::clickhouse()?;
        let databases = hidden.map(|hidden| {
            let database = clickhouse.fresh_database("pruned");
            clickhouse.run(&format!(
                "CREATE TABLE {database}.events (org_id Int64, i Int64, {columns}) ENGINE = MergeTree ORDER BY i"
            ));
            clickhouse
                .run(&format!("INSERT INTO {database}.events SELECT 1, {permitted} UNION ALL SELECT 2, {hidden}"));
            clickhouse.run(&format!("OPTIMIZE TABLE {database}.events FINAL"));
            database
        });
        let gateways = databases.each_ref().map(|database| {
            let endpoint =
                format!("upstream:\n  clickhouse:\n    endpoints: ['{}']\n    database: {database}", clickhouse.url);
            Gateway::start(&endpoint, TOKENS)
        });
        let bearers = gateways.each_ref().map(|gateway| format!("Bearer {}", gateway.value("acme")));
        Some(Self { clickhouse, databases, gateways, bearers })
    }

    fn ask(&self, twin: usize, target: &str, statement: &str) -> Told {
        let to = self.gateways[twin].address;
        let answer = Connection::new(to).post(target, &[("Authorization", &self.bearers[twin])], statement);
        let mut headers = answer.headers;
        let varies = ["date", "x-request-id", "x-clickhouse-query-id", "content-length"];
        headers.retain(|(name, _)| !varies.contains(&name.to_ascii_lowercase().as_str()));
        (answer.status, headers, answer.body)
    }

    /// The answers are the same, to the byte, and have that status.
    fn same(&self, status: u16, target: &str, statement: &str) {
        let [left, right] = [0, 1].map(|twin| self.ask(twin, target, statement));
        assert!(left == right, "{statement}: {} {} bytes, {} {} bytes", left.0, left.2.len(), right.0, right.2.len());
        assert_eq!(left.0, status, "{statement}: {}", left.2.get(..200).unwrap_or(&left.2));
    }

    /// What the engine says by itself behind a wall without a LIMIT: where the twins differ, there is something to keep.
    fn differ_by_themselves(&self, parameters: &str, statement: &str) {
        let [left, right] = self.databases.each_ref().map(|database| {
            let wall = format!("view(SELECT * FROM {database}.events AS t PREWHERE t.org_id = 1) AS events");
            self.clickhouse.query(parameters, &statement.replace("events", &wall))
        });
        assert_ne!(left, right, "the twins no longer differ in `{statement}`: the rule may be needless");
    }
}

impl Drop for Twins {
    fn drop(&mut self) {
        for database in &self.databases {
            let _ = self.clickhouse.query("", &format!("DROP DATABASE {database}"));
        }
    }
}

#[test]
fn a_row_is_found_whatever_stands_beside_it() {
    let columns = "f Float64, g Float64, ts DateTime64(3, 'UTC'), d Date, INDEX b f TYPE bloom_filter(0.000001) GRANULARITY 1, \
                   INDEX m g TYPE minmax GRANULARITY 1, INDEX t ts TYPE minmax GRANULARITY 1, \
                   INDEX u d TYPE minmax GRANULARITY 1";
    let tame = "toDateTime64('2026-01-01 00:00:00', 3, 'UTC') + number, toDate('2026-01-01') + number";
    let permitted =
        format!("number * 7, if(number = 5, -0.0, number + 1), if(number = 7, nan, 5), {tame} FROM numbers(40)");
    let beside = format!("number, 7, 5, {tame} FROM numbers(200)");
    let far = "number, 0, 6, if(number % 2, toDateTime64('1900-01-01 00:00:00', 3, 'UTC'), toDateTime64('2299-12-31 00:00:00', 3, \
               'UTC')), toDate(if(number % 2, 65535, 0)) FROM numbers(200)";
    let Some(twins) = Twins::new(columns, &permitted, [&beside, far]) else { return };
    let misled = [
        "SELECT count() FROM events WHERE f = 0",
        "SELECT count() FROM events WHERE g != 5",
        "SELECT count() FROM events WHERE NOT g = 5",
        "SELECT count() FROM events WHERE g NOT IN (5)",
        "SELECT count() FROM events WHERE toDate(ts) <= '2026-03-08'",
        "SELECT count() FROM events WHERE ts::Date = '2026-01-01'",
        "SELECT count() FROM events WHERE toStartOfHour(ts) < '2026-03-08 00:00:00'",
        "SELECT count() FROM (SELECT toDate(ts) AS day FROM events) WHERE day <= '2026-03-08'",
        "SELECT count() FROM events WHERE toStartOfDay(d) >= '2026-01-09 00:00:00'",
        "SELECT count() FROM events WHERE toUnixTimestamp(d) > 1767225600",
    ];
    for statement in misled {
        twins.differ_by_themselves("", statement);
        twins.same(200, "/", statement);
    }
    for statement in [
        "SELECT count() FROM events WHERE f > 5 AND g < 6 AND f = 7",
        "SELECT count() FROM events WHERE ts >= '2026-01-01 00:00:10' AND d > '2026-01-05' AND d < now()",
        "SELECT toDate(ts) AS day, countIf(g != 5) FROM events WHERE ts < '2026-03-08 00:00:00' GROUP BY day ORDER BY day",
    ] {
        twins.same(200, "/", statement);
    }
}

#[test]
fn an_answer_that_fails_in_the_middle_does_not_tell_where_blocks_end() {
    let permitted = "number * 10, number, repeat('x', 100) FROM numbers(100000)";
    let hidden = ["0, 0, '' FROM numbers(0)", "number * 3 + 1, 0, '' FROM numbers(300000)"];
    let Some(twins) = Twins::new("n Int64, s String", permitted, hidden) else { return };
    for (target, statement) in [
        ("/?max_threads=1", "SELECT n, s, intDiv(1, n - 90000) FROM events FORMAT CSV"),
        ("/?max_threads=1", "SELECT n, s FROM events WHERE intDiv(1, n - 90000) = 0 FORMAT JSON"),
        ("/?max_threads=1&max_result_rows=60000", "SELECT n, s FROM events FORMAT CSV"),
        ("/?max_threads=1", "SELECT n, s FROM events FORMAT CSV SETTINGS max_result_rows = 60000"),
    ] {
        twins.same(400, target, statement);
    }
    // What cannot fail begins at once, as it did.
    twins.same(200, "/?max_threads=1", "SELECT n, s FROM events ORDER BY i FORMAT CSV");
}

#[test]
fn a_sum_of_floats_does_not_tell_how_many_rows_stand_between() {
    let permitted = "number * 100, 1 / (number + 3) FROM numbers(5000)";
    let hidden = ["0, 0 FROM numbers(0)", "number * 25 + 1, 7 FROM numbers(20000)"];
    let Some(twins) = Twins::new("f Float64", permitted, hidden) else { return };
    let statement = "SELECT sum(f), avg(f), sumKahan(f) FROM events";
    twins.differ_by_themselves("max_threads=1&max_block_size=1000", statement);
    twins.same(200, "/?max_threads=1&max_block_size=1000", statement);
    twins.same(200, "/", &format!("{statement} SETTINGS max_threads = 1, max_block_size = 1000"));
}

/// The planner takes that side of a join first of which it expects fewer rows.
#[test]
fn a_join_is_done_as_it_is_written() {
    let Some(twins) = Twins::new("n Int64", "number, number FROM numbers(9)", ["0, 0 FROM numbers(0)"; 2]) else {
        return;
    };
    let statement = "SELECT a.n, b.n FROM (SELECT n FROM events WHERE n < 2) AS a CROSS JOIN events AS b LIMIT 3";
    let wall = |database: &String| {
        format!("view(SELECT * FROM {database}.events AS t PREWHERE t.org_id = 1 LIMIT 9223372036854775807) AS")
    };
    let by_itself =
        statement.replace("events WHERE", "events AS events WHERE").replace("events AS", &wall(&twins.databases[0]));
    let (_, swapped) = twins.clickhouse.query("max_threads=1", &by_itself);
    assert_eq!(swapped, "0\t0\n1\t0\n0\t1\n", "the planner changes the sides no more: the settings may be needless");
    assert_eq!(twins.ask(0, "/?max_threads=1", statement).2, "0\t0\n0\t1\n0\t2\n");
}

/// ClickHouse compiles an expression the third time that anyone uses it, and then it fails no more.
#[test]
fn how_often_others_asked_does_not_change_an_answer() {
    let rows = "number, if(number = 5, nan, number) FROM numbers(40)";
    let Some(twins) = Twins::new("f Float64", rows, [rows, rows]) else { return };
    let constant = std::process::id();
    let statement = format!("SELECT count() FROM events WHERE toInt8(f) > {constant}");
    let told: Vec<u16> = (0..6).map(|_| twins.ask(0, "/", &statement).0).collect();
    assert_eq!(told, [400; 6]);
}

/// FINAL makes values that no part has. An index knows those of the parts, hidden rows' among them.
#[test]
fn an_index_does_not_decide_over_rows_that_final_makes() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let columns = "org_id Int64, i Int64, n Int64, m UInt16, INDEX n n TYPE minmax GRANULARITY 1, INDEX m m TYPE set(9) GRANULARITY 1";
    let databases = ["WHERE 0", ""].map(|hidden| {
        let database = clickhouse.fresh_database("merged");
        let table = format!("{database}.events");
        clickhouse.run(&format!(
            "CREATE TABLE {table} ({columns}) ENGINE = SummingMergeTree ORDER BY (org_id, i) SETTINGS index_granularity = 4"
        ));
        clickhouse.run(&format!("SYSTEM STOP MERGES {table}"));
        for n in [10, 20] {
            clickhouse.run(&format!(
                "INSERT INTO {table} SELECT 1, number, {n}, {n} + 0 FROM numbers(20) UNION ALL SELECT 2 * (number % 2), number, 3000, 30 \
                 FROM numbers(18) {hidden}"
            ));
        }
        database
    });
    let gateways = databases.each_ref().map(|database| {
        let endpoint =
            format!("upstream:\n  clickhouse:\n    endpoints: ['{}']\n    database: {database}", clickhouse.url);
        Gateway::start(&endpoint, &TOKENS.replace("...\n", SUMS))
    });
    let bearers_of = |name| gateways.each_ref().map(|gateway| format!("Bearer {}", gateway.value(name)));
    let (bearers, sums) = (bearers_of("acme"), bearers_of("sums"));
    let mut twins = Twins { clickhouse, databases, gateways, bearers };
    for (condition, count) in [("n = 30", 20), ("m = 30", 20), ("n > 25 AND i >= 5", 15), ("m IN (30) AND i < 3", 3)] {
        let statement = format!("SELECT count() FROM events FINAL WHERE {condition}");
        twins.same(200, "/", &statement);
        assert_eq!(twins.ask(0, "/", &statement).2, format!("{count}\n"), "{condition}");
    } // What the filter itself names is made by FINAL, too.
    twins.bearers = sums;
    for (statement, count) in
        [("SELECT count() FROM events FINAL", 20), ("SELECT max(i) FROM events FINAL WHERE i < 9", 8)]
    {
        twins.same(200, "/", statement);
        assert_eq!(twins.ask(0, "/", statement).2, format!("{count}\n"), "{statement}");
    }
}
