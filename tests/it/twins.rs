//! Twin databases through the whole gateway: two ClickHouse databases that differ only in rows hidden from the token give
//! answers that are the same to the byte: status, headers, body, error text.

use portcullis::sql::{self, Dialect, Limits};

use crate::campaign;
use crate::connection::Connection;
use crate::databases::Clickhouse;
use crate::engines::{self, Engine};
use crate::gateway::Gateway;
use crate::generate;
use crate::generate::wide::{self, Purpose, Tongue};
use crate::http::Answer;

const TOKENS: &str = "\
version: 1
tokens:
  - { name: acme, id: acme, scopes: ['DATASOURCES:READ:events:org_id = 1', 'DATASOURCES:READ:orders:org_id = 1', 'DATASOURCES:READ:versions:org_id = 1', 'DATASOURCES:READ:notes:org_id = 1'] }
...
";

/// Tenant 1 has the same rows in both; the others have other rows, other numbers of them, other extremes. In one of the
/// two they would raise errors (`boom` is no number, -3 divides by zero), in the other they would not: were both to raise
/// them, the twins would be equal in their leak.
fn database(clickhouse: &Engine, hidden: u32, user: &str, (index, table_engine): (&str, &str)) -> String {
    let database = clickhouse.fresh_database("twin");
    for statement in [
        format!(
            "CREATE TABLE {database}.events (org_id Int64, user_id String, n Int64, action String, bad Int64 ALIAS intDiv(1, n + 3){index}) {table_engine}"
        ),
        format!(
            "CREATE TABLE {database}.orders (org_id Int64, id String, total Int64) ENGINE = MergeTree ORDER BY tuple()"
        ),
        format!(
            "INSERT INTO {database}.events SELECT 1, concat('u', toString(number % 7)), number, ['view', 'buy', 'it''s'][number % 3 + 1] FROM numbers(40)"
        ),
        format!(
            "INSERT INTO {database}.orders SELECT 1, concat('u', toString(number % 9)), number * 7 FROM numbers(15)"
        ),
        format!(
            "INSERT INTO {database}.events SELECT 2, '{user}', number * {hidden} + if('{user}' = 'boom', -3, 1), 'hidden' FROM numbers({hidden})"
        ),
        format!("INSERT INTO {database}.orders SELECT 3, '{user}', if('{user}' = 'boom', 0, 7) FROM numbers({hidden})"),
    ] {
        clickhouse.run(&statement);
    }
    if table_engine.contains("MergeTree") {
        // One part: only then do visible and hidden rows share blocks, and conditions could meet both.
        for table in ["events", "orders"] {
            clickhouse.run(&format!("OPTIMIZE TABLE {database}.{table} FINAL"));
        }
    }
    database
}

fn gateway(clickhouse: &Engine, database: &str) -> Gateway {
    let settings = format!("upstream:\n  clickhouse:\n    endpoints: ['{}']\n    database: {database}", clickhouse.url);
    Gateway::start(&settings, TOKENS)
}

/// The same behind a gateway that speaks v0 and knows of no filter.
fn relayed(clickhouse: &Engine, database: &str) -> [Gateway; 2] {
    let settings = format!("upstream:\n  clickhouse:\n    endpoints: ['{}']\n    database: {database}", clickhouse.url);
    let admin = "version: 1\ntokens:\n  - { name: admin, id: admin, scopes: [ADMIN] }\n...\n";
    let behind = Gateway::start(&settings, admin);
    [Gateway::start(&crate::writes::in_front_of(&behind), TOKENS), behind]
}

/// Everything of an answer but what differs between any two: the date and the ids.
type Comparable = (u16, Vec<(String, String)>, String);

fn comparable(answer: &Answer, database: &str) -> Comparable {
    let mut headers = answer.headers.clone();
    headers.retain(|(name, _)| {
        !["date", "x-request-id", "x-clickhouse-query-id"].contains(&name.to_ascii_lowercase().as_str())
    });
    headers.sort();
    // Threads decide the order of rows; the client did not ask for one.
    let mut lines: Vec<&str> = answer.body.lines().collect();
    lines.sort_unstable();
    assert!(!answer.body.contains("boom") && !answer.body.contains("hidden"), "a hidden row: {}", answer.body);
    assert!(!answer.body.contains(database), "the database's name: {}", answer.body);
    (answer.status, headers, lines.join("\n"))
}

/// Statements whose conditions would raise an error on a hidden row, if they were evaluated on one.
const TRAPS: &[&str] = &[
    "SELECT n FROM events WHERE intDiv(1, n + 3) = 0 OR n >= 0",
    "SELECT n FROM events WHERE toInt64(substring(user_id, 2)) >= 0",
    "SELECT toInt64(substring(user_id, 2)) AS x, count() FROM events GROUP BY x",
    "SELECT n FROM events PREWHERE toInt64(substring(user_id, 2)) = 1 WHERE n > 3",
    "SELECT e.n FROM events AS e JOIN orders AS o ON toInt64(substring(e.user_id, 2)) = toInt64(substring(o.id, 2))",
    "SELECT n FROM events ORDER BY toInt64(substring(user_id, 2)), n LIMIT 5",
    "SELECT n FROM events WHERE n IN (SELECT intDiv(700, total) FROM orders WHERE total != 0)",
    "SELECT count() FROM events WHERE NOT ignore(toInt64(substring(user_id, 2)))",
    "SELECT max(n), min(n), any(user_id), uniq(user_id), count() FROM events",
    "SELECT count() FROM events WHERE intDiv(1, n + 3) = 7",
    "SELECT count() FROM events WHERE accurateCast(n, 'Int8') > 100",
    "SELECT count() FROM events WHERE toUInt8(user_id) < 15",
    "SELECT count() FROM events WHERE 10 % (n + 3) = 1 AND n < 30",
    "SELECT count() FROM events WHERE bad = 7",
    "SELECT count() FROM events WHERE n = 5",
    "SELECT count() FROM events WHERE user_id = 'boom' OR action LIKE 'hid%'",
    "SELECT nosuch FROM events",
    "SELECT sum(user_id) FROM events",
    "SELECT toInt32(action) FROM events",
    "SELECT n FROM events LIMIT 3 FORMAT JSON",
    "SELECT n FROM events LIMIT 3 SETTINGS max_block_size = 7 FORMAT JSONCompact",
    "SELECT n FROM events WHERE intDiv(n, 2) >= 0 LIMIT 3 FORMAT JSON",
    "SELECT action, count() FROM events GROUP BY action WITH TOTALS FORMAT JSON",
    "SELECT n FROM events ORDER BY n LIMIT 1 FORMAT JSONCompact",
    "SELECT DISTINCT action FROM events FORMAT JSON",
];

fn compare(index: &str, table_engine: &str, seeds: std::ops::Range<u64>) {
    let table_engine = (index, table_engine);
    let Some(clickhouse) = engines::clickhouse() else { return };
    let databases = [database(&clickhouse, 23, "boom", table_engine), database(&clickhouse, 171, "u1", table_engine)];
    let first = campaign::seeds(0).start;
    let generated = seeds.map(|seed| first + seed).map(|seed| (seed, generate::query(seed)));
    let traps = TRAPS.iter().map(|&trap| (0, trap.to_owned()));
    same_answers(&clickhouse, databases.each_ref().map(String::as_str), traps.chain(generated));
    for database in &databases {
        clickhouse.run(&format!("DROP DATABASE {database}"));
    }
}

/// Asks two gateways, one in front of each database, and compares what they answer.
fn same_answers(clickhouse: &Engine, databases: [&str; 2], statements: impl Iterator<Item = (u64, String)>) {
    same_answers_of(&databases.map(|database| gateway(clickhouse, database)), databases, statements);
}

fn same_answers_of(gateways: &[Gateway; 2], databases: [&str; 2], statements: impl Iterator<Item = (u64, String)>) {
    let tokens = gateways.each_ref().map(|gateway| format!("Bearer {}", gateway.value("acme")));
    let mut connections = gateways.each_ref().map(|gateway| Connection::new(gateway.address));
    let (mut well, mut compared, mut raced) = (0, 0, 0);
    for (seed, statement) in statements {
        let mut ask = |twin: usize| {
            let answer = connections[twin].post("/", &[("Authorization", &tokens[twin])], &statement);
            comparable(&answer, databases[twin])
        };
        let [left, right] = [ask(0), ask(1)];
        if left != right {
            assert!(is_race([&left, &right], &mut ask), "seed {seed}: {statement}\n{left:?}\n{right:?}");
            raced += 1;
            continue;
        }
        well += usize::from(left.0 == 200);
        compared += 1;
    }
    eprintln!("PROOF twins: {compared} proven, {raced} not run, {well} of them without an error");
    assert!(well * 2 > compared, "only {well} of {compared} ran");
    assert!(raced * 200 <= compared + 199, "{raced} of {compared} are answered in two ways");
}

/// How often each is asked again.
const AGAIN: usize = 400;

/// Whether the engine answers in two ways, whatever is hidden: each of the two gives both answers, when asked often. So it
/// is where a LIMIT ends a statement while another thread comes upon a permitted row that fails.
fn is_race(answers: [&Comparable; 2], ask: &mut impl FnMut(usize) -> Comparable) -> bool {
    [0, 1].into_iter().all(|twin| (0..AGAIN).any(|_| ask(twin) == *answers[1 - twin]))
}

#[test]
fn merge_trees_ordered_by_the_tenant() {
    compare("", "ENGINE = MergeTree ORDER BY org_id", 0..400);
}

#[test]
fn merge_trees_with_small_granules_and_no_order() {
    compare("", "ENGINE = MergeTree ORDER BY tuple() SETTINGS index_granularity = 8", 400..700);
}

#[test]
fn tables_in_memory() {
    compare("", "ENGINE = Memory", 700..1000);
}

/// The index analysis runs conditions on what indexes hold, hidden rows' values among it.
#[test]
fn merge_trees_with_indexes_on_what_is_asked_for() {
    let indexes = ", INDEX s n TYPE set(100) GRANULARITY 1, INDEX m n TYPE minmax GRANULARITY 1, INDEX u user_id TYPE set(100) GRANULARITY 1";
    compare(indexes, "ENGINE = MergeTree ORDER BY tuple() SETTINGS index_granularity = 8", 1000..1150);
}

#[test]
fn merge_trees_ordered_by_what_is_asked_for() {
    compare("", "ENGINE = MergeTree ORDER BY n SETTINGS index_granularity = 8", 1150..1220);
    compare("", "ENGINE = MergeTree ORDER BY (org_id, n) SETTINGS index_granularity = 8", 1220..1290);
    compare("", "ENGINE = MergeTree ORDER BY tuple() PARTITION BY intDiv(n, 1000)", 1290..1340);
}

/// What an upstream that speaks v0 answers to an administrator tells of every row; the walls are plain subqueries there.
#[test]
fn through_a_gateway_that_speaks_v0() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let index = ", INDEX s n TYPE set(100) GRANULARITY 1, INDEX u user_id TYPE set(100) GRANULARITY 1";
    for (layout, seeds) in [
        ((index, "ENGINE = MergeTree ORDER BY tuple() SETTINGS index_granularity = 8"), 2_000..2_120),
        (("", "ENGINE = MergeTree ORDER BY n SETTINGS index_granularity = 8"), 2_120..2_200),
        (("", "ENGINE = MergeTree ORDER BY org_id"), 2_200..2_260),
    ] {
        let databases = [database(&clickhouse, 23, "boom", layout), database(&clickhouse, 171, "u1", layout)];
        let names = databases.each_ref().map(String::as_str);
        let [[left, _behind_left], [right, _behind_right]] = names.map(|name| relayed(&clickhouse, name));
        let generated = seeds.map(|seed| (seed, generate::query(seed)));
        let traps = TRAPS.iter().map(|&trap| (0, trap.to_owned()));
        same_answers_of(&[left, right], names, traps.chain(generated));
        for database in &databases {
            clickhouse.run(&format!("DROP DATABASE {database}"));
        }
    }
}

/// All of the grammar. A statement that reads no table has no filter before it, and tells the time that it took.
#[test]
fn statements_of_every_kind() {
    let Some(databases) = Clickhouse::new("twins_wide") else { return };
    let statement = |seed| (seed, wide::statement(seed, Tongue::ClickHouse, Purpose::Run).text);
    let reads_a_table = |(_, text): &(u64, String)| {
        sql::outline(text, Dialect::ClickHouse, &Limits::default()).is_ok_and(|outline| !outline.tables.is_empty())
    };
    let names = [databases.whole.as_str(), databases.twin.as_str()];
    same_answers(&databases.engine, names, campaign::seeds(1_200).map(statement).filter(reads_a_table));
}
