//! ClickHouse as `upstream.http`: nobody tells the gateway its columns' types but the configuration, and that may be silent, or
//! leave columns out. Twins that differ only in hidden rows (the first has none) give the same answers all the same.

use crate::engines::{self, Engine};
use crate::gateway::Gateway;

const TOKENS: &str = "\
version: 1
tokens:
  - { name: acme, id: acme, scopes: ['DATASOURCES:READ:events:org_id = 1'] }
...
";

const COLUMNS: &str = "org_id Int64, n Int64, text String, word LowCardinality(String), \
    words Array(LowCardinality(String)), value Dynamic, doc JSON";

/// The columns without their types.
const UNTYPED: &str = "org_id, n, text, word, words, value, doc";

fn database(clickhouse: &Engine, hidden: u32) -> String {
    let database = clickhouse.fresh_database("untyped");
    clickhouse.run(&format!(
        "CREATE TABLE {database}.events ({COLUMNS}) ENGINE = MergeTree ORDER BY n SETTINGS index_granularity = 8"
    ));
    clickhouse.run(&format!(
        "INSERT INTO {database}.events SELECT 1, number * 10, 'YQ==', 'YQ==', ['YQ=='], number::Dynamic, '{{\"a\": 1}}'::JSON FROM numbers(90) \
         UNION ALL SELECT 2, number * 10, '(boom', '(boom', ['(boom'], if(number % 2, '(boom'::Dynamic, [1]::Dynamic), '{{\"boom\": [1]}}'::JSON \
         FROM numbers({hidden})"
    ));
    clickhouse.run(&format!("OPTIMIZE TABLE {database}.events FINAL"));
    database
}

/// Two gateways, each before a twin.
struct Twins {
    clickhouse: Engine,
    databases: [String; 2],
    gateways: [Gateway; 2],
}

impl Twins {
    /// `columns` and `parameters` as they stand in the configuration.
    fn new(columns: &str, parameters: &str) -> Option<Self> {
        let clickhouse = engines::clickhouse()?;
        let databases = [0, 900].map(|hidden| database(&clickhouse, hidden));
        let gateways = databases.each_ref().map(|database| {
            let settings = format!(
                "upstream:\n  http:\n    base: {}\n    path: /\n    place: body\n    dialect: clickhouse\n    database: {database}\n    \
                 parameters: {{ {parameters} }}\n    tables:\n      events: [{columns}]\n\
                 faces:\n  generic:\n    - {{ path: /sql, method: POST, place: body }}",
                clickhouse.url
            );
            Gateway::start(&settings, TOKENS)
        });
        Some(Self { clickhouse, databases, gateways })
    }

    /// What both answer: status, and the body but for the time that it took.
    fn answer(&self, statement: &str) -> (u16, String) {
        let [left, right] = self.gateways.each_ref().map(|gateway| {
            let answer = gateway.ask("acme", "/sql", statement);
            let mut headers = answer.headers;
            headers.retain(|(name, _)| !["date", "x-request-id"].contains(&name.to_ascii_lowercase().as_str()));
            assert!(!answer.body.contains("boom"), "a hidden row: {statement}\n{}", answer.body);
            (answer.status, headers, answer.body)
        });
        assert_eq!(left, right, "{statement}");
        (left.0, left.2)
    }

    fn well(&self, statements: &[&str]) {
        for statement in statements {
            let (status, body) = self.answer(statement);
            assert_eq!(status, 200, "{statement}: {body}");
        }
    }

    fn refused(&self, statements: &[&str], said: &str) {
        for statement in statements {
            let (status, body) = self.answer(statement);
            assert!(status == 400 && body.contains(said), "{statement}: {status} {body}");
        }
    }
}

impl Drop for Twins {
    fn drop(&mut self) {
        for database in &self.databases {
            let _ = self.clickhouse.query("", &format!("DROP DATABASE {database}"));
        }
    }
}

const OVER_DICTIONARIES: &[&str] = &[
    "SELECT base64Decode(word) FROM events ORDER BY n LIMIT 3",
    "SELECT max(match('x', e.word)) FROM events AS e",
    "SELECT base64Decode(arrayJoin(words)) AS x, count() FROM events GROUP BY x",
    "SELECT x FROM (SELECT word AS x, * FROM events) WHERE base64Decode(x) = 'a' ORDER BY n LIMIT 2",
    "SELECT COLUMNS('^word$') APPLY(base64Decode) FROM events ORDER BY n LIMIT 2",
    "SELECT count() FROM events WHERE n IN (SELECT n FROM events WHERE base64Decode(word) = 'a')",
    "SELECT base64Decode(text), n + 1, toString(value), toString(doc) FROM events ORDER BY n LIMIT 2",
];

#[test]
fn a_column_without_a_type_may_share_its_storage_with_hidden_rows() {
    let Some(twins) = Twins::new(UNTYPED, "") else { return };
    twins.well(OVER_DICTIONARIES);
    twins.well(&[
        "SELECT * FROM events ORDER BY n LIMIT 3",
        "SELECT toString(n)::Int32 AS m FROM events ORDER BY m LIMIT 1",
    ]);
    twins.refused(
        &[
            "SELECT max(value::Int64) FROM events",
            "SELECT max(toInt64(doc.a)) FROM events",
            "SELECT max(CAST(value, 'Int64')) FROM events",
            "SELECT n::Int32 FROM events",
        ],
        "cannot be converted beside a row filter",
    );
    twins.refused(&["SELECT n::Int32 FROM events"], "list the columns' types, as in `n Int64`");
}

#[test]
fn a_column_that_is_not_listed_is_not_there() {
    let Some(twins) = Twins::new("org_id Int64, n Int64, text String", "") else { return };
    twins.well(&["SELECT n::Int32 AS m, base64Decode(text) FROM events ORDER BY m LIMIT 3"]);
    assert_eq!(twins.answer("SELECT * FROM events ORDER BY n LIMIT 1"), (200, "1\t0\tYQ==\n".to_owned()));
    let hidden =
        ["SELECT base64Decode(word) FROM events", "SELECT word FROM events", "SELECT toInt64(value) FROM events"];
    for statement in hidden.into_iter().chain(["SELECT COLUMNS('word') APPLY(base64Decode) FROM events"]) {
        assert_eq!(twins.answer(statement).0, 400, "{statement}");
    }
    let Some(twins) = Twins::new("", "") else { return };
    twins.refused(&["SELECT count() FROM events", "SELECT * FROM events"], "its columns are not known");
    twins.refused(&["SELECT base64Decode(word) FROM events"], "lists them with their types");
}

/// An API's format is the configuration's to choose.
#[test]
fn no_answer_counts_what_was_read() {
    let Some(twins) = Twins::new(COLUMNS, "default_format: JSON") else { return };
    twins.well(OVER_DICTIONARIES);
    twins.well(&[
        "SELECT count() FROM events",
        "SELECT n FROM events ORDER BY n LIMIT 1",
        "SELECT n FROM events WHERE n = 10 UNION ALL (SELECT n FROM events WHERE n = 20 INTERSECT SELECT n FROM events)",
        "(SELECT n FROM events WHERE n = 10)",
        "SELECT n FROM events ORDER BY n LIMIT 1 SETTINGS max_threads = 1",
    ]);
    let (_, body) = twins.answer("SELECT count() AS c FROM events");
    assert!(body.contains("90") && !body.contains("statistics"), "{body}");
    for format in ["Native", "ArrowStream", "JSONEachRowWithProgress"] {
        let Some(twins) = Twins::new(COLUMNS, &format!("default_format: {format}")) else { return };
        assert_eq!(twins.answer("SELECT n FROM events ORDER BY n LIMIT 1").0, 502, "{format}");
    }
}
