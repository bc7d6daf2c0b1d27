//! What values of many rows share in storage, on real ClickHouse through the whole gateway: dictionaries, the types and
//! paths that a column knows, blocks, the number of all rows. The twins differ only in hidden rows: the first has none.

use crate::connection::Connection;
use crate::engines::{self, Engine};
use crate::gateway::Gateway;

const TOKENS: &str = "\
version: 1
tokens:
  - { name: acme, id: acme, scopes: ['DATASOURCES:READ:events:org_id = 1'] }
  - { name: reader, id: reader, scopes: ['PIPES:READ:kept', 'PIPES:READ:made'] }
...
";

const PIPES: &str = "\
pipes:
  - { name: kept, sql: 'SELECT n, word, words, value FROM events WHERE org_id = 1' }
  - { name: made, sql: 'SELECT n, toLowCardinality(text) AS made FROM events WHERE org_id = 1' }
";

const COLUMNS: &str = "org_id Int64, n Int64, text String, word LowCardinality(String), maybe LowCardinality(Nullable(String)), \
    words Array(LowCardinality(String)), pair Tuple(a LowCardinality(String), b Int64), nest Nested(a LowCardinality(String)), \
    value Dynamic, doc JSON, kept LowCardinality(String) MATERIALIZED word, later Int64 ALIAS n + 1, \
    decoded String ALIAS base64Decode(word), twice String ALIAS concat(decoded, '!'), number Int64 ALIAS doc.a::Int64, \
    begins DateTime, ends DateTime";

/// What tenant 1 holds can all be decoded and converted; what others hold can not.
fn database(clickhouse: &Engine, hidden: u32, table_engine: &str) -> String {
    let database = clickhouse.fresh_database("shared");
    clickhouse.run(&format!("CREATE TABLE {database}.events ({COLUMNS}) ENGINE = {table_engine}"));
    let times = "toDateTime('2026-01-01') + number, toDateTime('2026-01-01') + number + 5";
    clickhouse.run(&format!(
        "INSERT INTO {database}.events SELECT 1, number * 10, 'YQ==', 'YQ==', if(number % 2, 'Yg==', NULL), ['YQ=='], ('YQ==', 1), ['YQ=='], \
         number::Dynamic, concat('{{\"a\":', toString(number), '}}')::JSON, {times} FROM numbers(90) \
         UNION ALL SELECT 2, number * 3 - 50, '(boom', '(boom', '(boom', ['(boom'], ('(boom', 2), ['(boom'], \
         multiIf(number % 2 = 0, [1]::Dynamic, map('a', 1)::Dynamic), concat('{{\"a\":[1],\"boom', toString(number % 40), '\":{{\"b\":1}}}}')::JSON, {times} FROM numbers({hidden})"
    ));
    if table_engine.contains("MergeTree") {
        // One part: only then do rows of all tenants share what there is to share.
        clickhouse.run(&format!("OPTIMIZE TABLE {database}.events FINAL"));
    }
    database
}

/// Status, headers, body.
type Told = (u16, Vec<(String, String)>, String);

/// Two gateways, each before a twin.
struct Twins {
    clickhouse: Engine,
    databases: [String; 2],
    gateways: [Gateway; 2],
    /// What acme and the reader of pipes send to each.
    bearers: [[String; 2]; 2],
}

const TREE: &str = "MergeTree ORDER BY n SAMPLE BY n SETTINGS index_granularity = 8";

impl Twins {
    fn new(table_engine: &str) -> Option<Self> {
        let clickhouse = engines::clickhouse()?;
        // A sampling key is unsigned; the other engines have none.
        let table_engine =
            table_engine.replace("ORDER BY n SAMPLE BY n", "ORDER BY (cityHash64(n), n) SAMPLE BY cityHash64(n)");
        let databases = [0, 900].map(|hidden| database(&clickhouse, hidden, &table_engine));
        let gateways = databases.each_ref().map(|database| {
            let endpoint =
                format!("upstream:\n  clickhouse:\n    endpoints: ['{}']\n    database: {database}", clickhouse.url);
            Gateway::start(&format!("{PIPES}{endpoint}"), TOKENS)
        });
        let bearers = gateways
            .each_ref()
            .map(|gateway| ["acme", "reader"].map(|token| format!("Bearer {}", gateway.value(token))));
        Some(Self { clickhouse, databases, gateways, bearers })
    }

    /// Status, headers and body of each; lines sorted, since threads decide the order of rows.
    fn answers(&self, token: &str, target: &str, statement: &str) -> [Told; 2] {
        [0, 1].map(|twin| {
            let bearer = &self.bearers[twin][usize::from(token == "reader")];
            let answer =
                Connection::new(self.gateways[twin].address).post(target, &[("Authorization", bearer)], statement);
            let mut headers = answer.headers;
            let varies = ["date", "x-request-id", "x-clickhouse-query-id", "content-length"];
            headers.retain(|(name, _)| !varies.contains(&name.to_ascii_lowercase().as_str()));
            assert!(!answer.body.contains("boom"), "a hidden row: {statement}");
            let mut lines: Vec<&str> = answer.body.lines().collect();
            lines.sort_unstable();
            (answer.status, headers, lines.join("\n"))
        })
    }

    fn same_and_well(&self, token: &str, target: &str, statements: &[&str]) {
        for statement in statements {
            let [left, right] = self.answers(token, target, statement);
            assert_eq!(left, right, "{statement}");
            assert_eq!(left.0, 200, "{statement}: {}", left.2);
        }
    }

    fn refused(&self, token: &str, target: &str, statements: &[&str], said: &str) {
        for statement in statements {
            let [left, right] = self.answers(token, target, statement);
            assert_eq!(left, right, "{statement}");
            assert!(left.0 == 400 && left.2.contains(said), "{statement}: {left:?}");
        }
    }

    /// What the engine says by itself over the permitted rows: where the twins differ, there is something to keep.
    fn differ_by_themselves(&self, parameters: &str, question: &str) {
        let [left, right] = self.databases.each_ref().map(|database| {
            let from = format!(
                "view(SELECT * FROM {database}.events AS t PREWHERE t.org_id = 1 LIMIT 9223372036854775807) AS events"
            );
            let (status, body) = self.clickhouse.query(parameters, &question.replace("events", &from));
            let mut lines: Vec<&str> = body.lines().collect();
            lines.sort_unstable();
            (status, if status == 200 { lines.join("\n") } else { String::new() })
        });
        assert_ne!(left, right, "the twins no longer differ in `{question}`: the rule may be needless");
    }
}

impl Drop for Twins {
    fn drop(&mut self) {
        for database in &self.databases {
            let _ = self.clickhouse.query("", &format!("DROP DATABASE {database}"));
        }
    }
}

/// Functions that fail on what others hold, and what each may be compared with.
const FUNCTIONS: &[(&str, &str)] = &[
    ("base64Decode({})", "'a'"),
    ("match('x', {})", "1"),
    ("replaceRegexpAll('x', {}, '')", "'a'"),
    ("toFixedString({}, 4)", "'YQ=='"),
];

#[test]
fn a_function_over_a_dictionary_meets_no_hidden_value() {
    let operands = [
        "word",
        "e.word",
        "toLowCardinality(text)",
        "identity(word)",
        "assumeNotNull(maybe)",
        "arrayJoin(words)",
        "words[1]",
        "pair.a",
        "pair.1",
        "arrayJoin(nest.a)",
        "kept",
        "coalesce(maybe, 'YQ==')",
        "lower(upper(word))",
        "CAST(word AS LowCardinality(String))",
    ];
    let others = [
        "SELECT n FROM events WHERE match('a', word)",
        "SELECT x FROM (SELECT word AS x FROM events) WHERE NOT match('a', x)",
        "WITH c (x) AS (SELECT word FROM events) SELECT base64URLDecode(x) FROM c",
        "SELECT COLUMNS('^word$') APPLY(hex), COLUMNS('^word$') APPLY(base64Decode) FROM events",
        "SELECT base64Decode(x) FROM (SELECT 'YQ==' AS x UNION ALL SELECT word FROM events)",
        "SELECT base64Decode(a.word) FROM events AS a JOIN events AS b ON a.n = b.n",
        "SELECT base64Decode(word) FROM events ORDER BY n LIMIT 1 BY n",
        "SELECT toFixedString(word, 4), count() FROM events GROUP BY word",
        "SELECT base64Decode(max(word)) FROM events GROUP BY n",
        "SELECT n FROM events WHERE n IN (SELECT n FROM events WHERE base64Decode(word) = 'a')",
    ];
    for table_engine in [TREE, "Memory", "ReplacingMergeTree ORDER BY (org_id, n)"] {
        let Some(twins) = Twins::new(table_engine) else { return };
        for operand in operands {
            for (function, is) in FUNCTIONS {
                let value = function.replace("{}", operand);
                let shown = format!("SELECT {value} FROM events AS e");
                let asked = format!("SELECT n FROM events AS e WHERE {value} = {is} OR n > 7");
                twins.same_and_well("acme", "/", &[&shown, &asked]);
            }
        }
        twins.same_and_well("acme", "/", &others);
        if table_engine == TREE {
            twins.differ_by_themselves("", "SELECT base64Decode(word) FROM events");
        }
    }
}

#[test]
fn a_dictionary_that_a_pipe_gives_holds_only_what_the_pipe_gives() {
    let Some(twins) = Twins::new(TREE) else { return };
    twins.same_and_well(
        "reader",
        "/",
        &[
            "SELECT * FROM kept",
            "SELECT base64Decode(word) FROM kept",
            "SELECT base64Decode(kept.word) FROM kept WHERE n > 5",
            "SELECT base64Decode(x) FROM (SELECT word AS x FROM kept)",
            "SELECT base64Decode(word), k.* FROM kept AS k",
            "SELECT base64Decode(arrayJoin(words)) FROM (SELECT * FROM kept)",
            "SELECT base64Decode(made) FROM made",
            "SELECT word, count() FROM kept GROUP BY word",
        ],
    );
    twins.refused(
        "reader",
        "/",
        &[
            "SELECT * APPLY(base64Decode) FROM made",
            "SELECT COLUMNS('made') APPLY(x -> base64Decode(x)) FROM made",
            "SELECT toString(tuple(*)) FROM made",
            "WITH c (x) AS (SELECT made FROM made) SELECT base64Decode(x) FROM c",
            "SELECT base64Decode(made) FROM (SELECT 'YQ==' AS made, 1 AS n UNION ALL SELECT made.* FROM made)",
        ],
        "columns without names",
    );
}

#[test]
fn an_alias_over_what_rows_share_is_not_read_beside_a_filter() {
    let Some(twins) = Twins::new(TREE) else { return };
    let refused =
        ["SELECT decoded FROM events", "SELECT n FROM events WHERE twice = 'a!'", "SELECT number FROM events"];
    twins.refused("acme", "/", &refused, "is computed from what hidden rows have a share in");
    twins.same_and_well("acme", "/", &["SELECT later, kept, base64Decode(kept) FROM events"]);
}

#[test]
fn a_value_that_carries_its_own_type_is_converted_by_its_text() {
    let Some(twins) = Twins::new(TREE) else { return };
    twins.refused(
        "acme",
        "/",
        &[
            "SELECT value::Int64 FROM events",
            "SELECT (value)::Int64 FROM events",
            "SELECT [value][1]::Int64 FROM events",
            "SELECT CAST(value AS Int64) FROM events",
            "SELECT CAST(value, 'Int64') FROM events",
            "SELECT accurateCast(value, 'Int64') FROM events",
            "SELECT toInt64(value), toInt64(1) FROM events",
            "SELECT toDecimal64(doc.a, 2) FROM events",
            "SELECT doc.a::Int64 FROM events",
            "SELECT sum(events.doc.a::Int64) FROM events",
            "SELECT x::Date FROM (SELECT value AS x FROM events)",
            "SELECT n::Int8 FROM (SELECT n FROM events UNION ALL SELECT value FROM events)",
            "SELECT n::Int8 FROM (SELECT value AS n FROM events)",
            "SELECT arrayMap(x -> x::Int64, [value]) FROM events",
            "SELECT toUnixTimestamp(if(n > 1, value, 1)) FROM events",
            "SELECT toInt64(*) FROM (SELECT value FROM events)",
            "SELECT toInt64((SELECT any(value) FROM events))",
        ],
        "cannot be converted beside a row filter",
    );
    twins.refused("reader", "/", &["SELECT value::Int64 FROM kept"], "cannot be converted beside a row filter");
    twins.same_and_well(
        "acme",
        "/",
        &[
            "SELECT toString(value)::Int64, value::String, CAST(doc.a AS String), CAST(value, 'String') FROM events",
            "SELECT toDate(begins), n::Int8, events.n::Int16, toFloat64(n + 1), pair.b::String, value FROM events",
            "SELECT value.Int64, doc.a.:Int64, value + 1, dynamicType(value), toTypeName(value) FROM events",
            "SELECT 1::Int8, '1'::Int64, (1 + 2)::Int8, toInt8('7'), doc FROM events",
        ],
    );
    twins.differ_by_themselves("", "SELECT value::Int64 FROM events");
    twins.differ_by_themselves("", "SELECT toInt64(doc.a) FROM events");
}

#[test]
fn no_format_carries_types_or_dictionaries_of_hidden_rows() {
    let Some(twins) = Twins::new(TREE) else { return };
    let native = [
        "SELECT doc FROM events",
        "SELECT value FROM events LIMIT 3",
        "SELECT * FROM events",
        "SELECT max(doc) FROM events",
    ];
    twins.refused("acme", "/?default_format=Native", &native, "tells of types and paths that a row filter hides");
    twins.refused(
        "reader",
        "/",
        &["SELECT value FROM kept FORMAT Native"],
        "tells of types and paths that a row filter hides",
    );
    for format in ["RowBinaryWithNamesAndTypes", "JSONCompactEachRowWithNamesAndTypes", "Parquet", "TSV"] {
        let target = format!("/?default_format={format}");
        twins.same_and_well(
            "acme",
            &target,
            &["SELECT doc FROM events ORDER BY n", "SELECT word, maybe, words FROM events ORDER BY n"],
        );
    }
    let statement = |format| format!("SELECT n, word, maybe, words, pair FROM events ORDER BY n FORMAT {format}");
    let arrow = "/?output_format_arrow_low_cardinality_as_dictionary=";
    twins.same_and_well("acme", "/", &[&statement("Native")]);
    twins.same_and_well("acme", &format!("{arrow}0"), &[&statement("Native")]);
    for format in ["Arrow", "ArrowStream"] {
        twins.refused("acme", "/", &[&statement(format)], "how the rows that a filter leaves lie");
        twins.refused("acme", &format!("{arrow}1"), &[&statement(format)], "restricted setting");
    }
    twins.differ_by_themselves("", "SELECT doc FROM events ORDER BY n FORMAT Native");
    let dictionaries = "output_format_arrow_low_cardinality_as_dictionary=1";
    twins.differ_by_themselves(dictionaries, "SELECT word FROM events ORDER BY n FORMAT ArrowStream");
}

#[test]
fn no_bound_tells_where_blocks_end() {
    let Some(twins) = Twins::new(TREE) else { return };
    let grouped = "SELECT n, count() FROM events GROUP BY n SETTINGS max_block_size = 32, max_threads = 1";
    let joined =
        "SELECT count() FROM events AS a JOIN events AS b ON a.n = b.n SETTINGS max_block_size = 32, max_threads = 1";
    let bounds = [
        (grouped, "max_rows_to_group_by = 5, group_by_overflow_mode = 'break'"),
        (grouped, "max_rows_to_group_by = 5, group_by_overflow_mode = 'any'"),
        (joined, "max_rows_in_join = 5, join_overflow_mode = 'break'"),
        ("SELECT n FROM events SETTINGS max_block_size = 16", "result_overflow_mode = 'break', max_result_rows = 1"),
        ("SELECT doc FROM events SETTINGS max_threads = 1", "max_result_bytes = 4000"),
    ];
    for (statement, bound) in bounds {
        let statement = format!("{statement}, {bound}");
        twins.refused("acme", "/", &[&statement], "would tell of rows that a row filter hides");
        if !statement.contains(" AS b") {
            twins.differ_by_themselves("", &statement);
        }
    }
    for target in ["/?result_overflow_mode=break&max_result_rows=1", "/?max_result_bytes=4000"] {
        twins.refused("acme", target, &["SELECT n FROM events"], "restricted setting");
    }
    for format in ["Arrow", "ArrowStream"] {
        let statement = format!("SELECT n FROM events SETTINGS max_block_size = 16 FORMAT {format}");
        twins.refused("acme", "/", &[&statement], "shows how the rows that a filter leaves lie");
    }
    // The setting is not sent, and the format's blocks are the gateway's.
    for format in ["Native", "PrettyCompact"] {
        let statement = format!("SELECT n FROM events SETTINGS max_block_size = 16 FORMAT {format}");
        twins.same_and_well("acme", "/", &[&statement]);
    }
    twins.differ_by_themselves("", "SELECT n FROM events SETTINGS max_block_size = 16 FORMAT Native");
    twins.same_and_well(
        "acme",
        "/?result_overflow_mode=throw&max_result_rows=1000",
        &[
            "SELECT n FROM events SETTINGS max_block_size = 16",
            "SELECT n FROM events SETTINGS group_by_overflow_mode = 'throw', join_overflow_mode = throw",
        ],
    );
    // What they count begins anew with each block. 26.7 refuses the second by itself, older releases do not.
    let counts = ["runningConcurrency(begins, ends)", "runningAccumulate(initializeAggregation('countState', n))"];
    for count in counts {
        twins.refused("acme", "/", &[&format!("SELECT {count} FROM events")], "is not permitted");
    }
    twins.differ_by_themselves("max_block_size=16", "SELECT runningConcurrency(begins, ends) FROM events");
}

#[test]
fn a_sample_beside_a_filter_is_a_share_and_no_number_of_rows() {
    let Some(twins) = Twins::new(TREE) else { return };
    for sample in [
        "50",
        "1.5",
        "3 / 2",
        "1e3",
        "2 / 1",
        "0x10",
        "1 OFFSET 2",
        "1 / 2 OFFSET 30",
        "10000000000000001 / 10000000000000000",
    ] {
        twins.refused(
            "acme",
            "/",
            &[&format!("SELECT count() FROM events SAMPLE {sample}")],
            "SAMPLE with a number of rows",
        );
    }
    for sample in ["0.5", "1 / 3", "1", "1 / 4 OFFSET 1 / 2", "0.25 OFFSET 0.5"] {
        twins.same_and_well("acme", "/", &[&format!("SELECT count() FROM events SAMPLE {sample}")]);
    }
    let counts = twins.databases.each_ref().map(|database| {
        twins.clickhouse.run(&format!("SELECT count() FROM {database}.events SAMPLE 50 WHERE org_id = 1"))
    });
    assert_ne!(counts[0], counts[1], "the twins no longer differ");
}
