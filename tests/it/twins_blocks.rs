//! Where the engine's blocks end, on real ClickHouse through the whole gateway: of each 65,409 rows that it reads a block has
//! those that the filter leaves. The twins differ only in hidden rows, which lie among the permitted ones: answers must be the
//! same to the byte, with every chunk as long as the other's.

use portcullis::upstream::Format;

use crate::engines::{self, Engine};
use crate::gateway::Gateway;
use crate::http;

const TOKENS: &str = "\
version: 1
tokens:
  - { name: acme, id: acme, scopes: ['DATASOURCES:READ:events:org_id = 1'] }
...
";

const ADMIN: &str = "version: 1\ntokens:\n  - { name: admin, id: admin, scopes: [ADMIN] }\n...\n";

/// One thread: several decide the order of rows, and the statements have none of their own.
const PLAIN: &str = "max_threads=1";

struct Twins {
    clickhouse: Engine,
    databases: [String; 2],
    gateways: [Gateway; 2],
    _behind: Vec<Gateway>,
    bearers: [String; 2],
}

impl Twins {
    fn new(permitted: u32) -> Option<Self> {
        Self::before(permitted, false)
    }

    /// Where it is `relayed`, the token's gateway stands before another, which speaks v0 to it and knows of no filter.
    fn before(permitted: u32, relayed: bool) -> Option<Self> {
        let clickhouse = engines::clickhouse()?;
        let databases = [40_000, 400_000].map(|hidden| database(&clickhouse, permitted, hidden));
        let mut behind = Vec::new();
        let gateways = databases.each_ref().map(|database| {
            let url = &clickhouse.url;
            let direct = format!("upstream:\n  clickhouse:\n    endpoints: ['{url}']\n    database: {database}");
            if !relayed {
                return Gateway::start(&direct, TOKENS);
            }
            let relay = Gateway::start(&direct, ADMIN);
            let gateway = Gateway::start(&crate::writes::in_front_of(&relay), TOKENS);
            behind.push(relay);
            gateway
        });
        let bearers = gateways.each_ref().map(|gateway| format!("Bearer {}", gateway.value("acme")));
        Some(Self { clickhouse, databases, gateways, _behind: behind, bearers })
    }

    /// Everything that comes, chunks and their lengths too, but the headers that differ between any two.
    fn answers(&self, parameters: &str, statement: &str) -> [Vec<u8>; 2] {
        [0, 1].map(|twin| whole(&self.gateways[twin], &self.bearers[twin], parameters, statement))
    }

    /// Whether both answer the same, well, to the end, and with something.
    fn are_same(&self, parameters: &str, statement: &str) -> Result<(), String> {
        let [left, right] = self.answers(parameters, statement);
        if left != right {
            let at = left.iter().zip(&right).take_while(|(left, right)| left == right).count();
            return Err(format!("{statement}: {} and {} bytes, other from {at} on", left.len(), right.len()));
        }
        let few = ["Null", "Prometheus"].iter().any(|name| statement.ends_with(name));
        let well = left.starts_with(b"HTTP/1.1 200") && left.ends_with(b"\r\n0\r\n\r\n");
        if well && (few || left.len() > 60_000) { Ok(()) } else { Err(format!("{statement}: {}", beginning(&left))) }
    }

    fn same(&self, parameters: &str, statement: &str) {
        assert_eq!(self.are_same(parameters, statement), Ok(()));
    }

    /// What the engine says by itself over the permitted rows: where the twins differ, there is something to keep.
    fn differ_by_themselves(&self, parameters: &str, statement: &str) {
        let [left, right] = self.databases.each_ref().map(|database| {
            let wall = format!("view(SELECT * FROM {database}.events AS t PREWHERE t.org_id = 1) AS events");
            let text = statement.replace("FROM events", &format!("FROM {wall}"));
            let head = format!("POST /?{parameters} HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n");
            let request = format!("{head}Content-Length: {}\r\n\r\n{text}", text.len());
            let answer = http::exchange(self.clickhouse.authority().parse().expect("an address"), request.as_bytes());
            body(&answer).to_vec()
        });
        assert!(left != right, "the twins no longer differ in `{statement}`: the rule may be needless");
    }
}

impl Drop for Twins {
    fn drop(&mut self) {
        for database in &self.databases {
            let _ = self.clickhouse.query("", &format!("DROP DATABASE {database}"));
        }
    }
}

/// Rows of tenant 1 in the order of `n`, and hidden ones between them: as many more in the first half as in the second.
fn database(clickhouse: &Engine, permitted: u32, hidden: u32) -> String {
    let database = clickhouse.fresh_database("blocks");
    let columns = "org_id Int64, n Int64, s String, word LowCardinality(String), maybe Nullable(Int32)";
    clickhouse.run(&format!("CREATE TABLE {database}.events ({columns}) ENGINE = MergeTree ORDER BY n"));
    let values = "toString(number % 1000), toString(number % 300), if(number % 3 = 0, NULL, number % 90)";
    clickhouse.run(&format!("INSERT INTO {database}.events SELECT 1, number * 10, {values} FROM numbers({permitted})"));
    clickhouse.run(&format!("INSERT INTO {database}.events SELECT 2, number * 7 + 1, {values} FROM numbers({hidden})"));
    clickhouse.run(&format!("OPTIMIZE TABLE {database}.events FINAL"));
    database
}

fn whole(gateway: &Gateway, bearer: &str, parameters: &str, statement: &str) -> Vec<u8> {
    let head =
        format!("POST /?{parameters} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\nAuthorization: {bearer}\r\n");
    let request = format!("{head}Content-Length: {}\r\n\r\n{statement}", statement.len());
    let answer = http::exchange(gateway.address, request.as_bytes());
    let (head, body) = answer.split_at(answer.len() - body(&answer).len());
    let varies = ["date", "x-request-id", "x-clickhouse-query-id"];
    let head = String::from_utf8_lossy(head).into_owned();
    let kept = head.lines().filter(|line| !varies.iter().any(|name| line.to_ascii_lowercase().starts_with(name)));
    let mut out: Vec<u8> = kept.flat_map(|line| format!("{line}\r\n").into_bytes()).collect();
    out.extend_from_slice(body);
    out
}

fn body(answer: &[u8]) -> &[u8] {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("the end of the head");
    &answer[end + 4..]
}

fn beginning(answer: &[u8]) -> String {
    String::from_utf8_lossy(answer.get(..900).unwrap_or(answer)).into_owned()
}

/// Every format that there is.
#[test]
fn no_format_shows_where_a_block_ends() {
    let Some(twins) = Twins::new(140_000) else { return };
    let (mut shown, mut refused) = (Vec::new(), Vec::new());
    for format in Format::all() {
        let statement = match format.name() {
            "Prometheus" => "SELECT 'a' AS name, count() AS value FROM events FORMAT Prometheus".to_owned(),
            name if name.starts_with("JSON") || name.starts_with("Pretty") => {
                format!("SELECT n, word FROM events FORMAT {name}")
            }
            name => format!("SELECT n, s, word, maybe FROM events FORMAT {name}"),
        };
        if ["Arrow", "ArrowStream"].contains(&format.name()) {
            let [left, right] = twins.answers(PLAIN, &statement);
            if left == right && beginning(&left).contains("shows how the rows that a filter leaves lie") {
                refused.push(format.name());
                continue;
            }
        }
        shown.extend(twins.are_same(PLAIN, &statement).err());
    }
    assert!(shown.is_empty(), "{shown:#?}");
    assert_eq!(refused, ["Arrow", "ArrowStream"]);
    for format in ["Native", "ArrowStream", "TSV", "JSONEachRow"] {
        twins.differ_by_themselves(PLAIN, &format!("SELECT n, s FROM events FORMAT {format}"));
    }
    // What comes sorted comes in the blocks that were sorted.
    for format in ["Native", "TSV", "PrettyCompact"] {
        twins.same(PLAIN, &format!("SELECT n, s FROM events ORDER BY n FORMAT {format}"));
    }
}

/// A group of rows is a million, and what the last block has beyond.
#[test]
fn no_group_of_parquet_does() {
    let Some(twins) = Twins::new(1_300_000) else { return };
    let statement = "SELECT n, s, word FROM events FORMAT Parquet";
    twins.same(PLAIN, statement);
    twins.same(PLAIN, "SELECT n, s, word FROM events ORDER BY n FORMAT Parquet");
    twins.differ_by_themselves(PLAIN, statement);
}

/// How many rows come before an error is how many came in whole blocks: behind a filter, none do.
#[test]
fn no_answer_that_breaks_off_does() {
    let Some(twins) = Twins::new(200_000) else { return };
    for (parameters, statement) in [
        (PLAIN, "SELECT n, s FROM events WHERE intDiv(1, n - 1700000) > -5"),
        (PLAIN, "SELECT toUInt8(s || if(n = 1700000, 'x', '')) FROM events FORMAT Native"),
        ("max_threads=1&max_result_rows=150000", "SELECT n, s FROM events"),
        (PLAIN, "SELECT n, s FROM events SETTINGS max_result_rows = 150000"),
    ] {
        let [left, right] = twins.answers(parameters, statement);
        assert!(left == right, "{statement}: {} and {} bytes", left.len(), right.len());
        assert!(!left.starts_with(b"HTTP/1.1 200"), "{statement}: it began");
    }
    twins.differ_by_themselves(PLAIN, "SELECT n, s FROM events WHERE intDiv(1, n - 1700000) > -5");
    twins.differ_by_themselves("max_threads=1&max_result_rows=150000", "SELECT n, s FROM events");
}

/// What an upstream that speaks v0 writes to an administrator shows its blocks. It cannot be asked for one group of rows, so
/// Parquet is not to be had there; how an answer breaks off is its own.
#[test]
fn through_a_gateway_that_speaks_v0_no_format_does() {
    let Some(twins) = Twins::before(140_000, true) else { return };
    for format in ["Native", "TSV", "JSONCompact", "RowBinary", "PrettyCompact", "PrettySpace"] {
        twins.same(PLAIN, &format!("SELECT n, word FROM events FORMAT {format}"));
    }
    for format in ["Parquet", "Arrow", "ArrowStream"] {
        let [left, right] = twins.answers(PLAIN, &format!("SELECT n, word FROM events FORMAT {format}"));
        assert!(left == right, "{format}");
        assert!(beginning(&left).contains("shows how the rows that a filter leaves lie"), "{}", beginning(&left));
    }
}
