//! `Native` behind a row filter is made by the gateway: to the byte what ClickHouse itself writes of the same rows in one
//! block, type by type. (Of the values under a NULL the engine may write what was there before; here there was nothing.)

use std::time::Duration;

use portcullis::upstream::Upstream;
use portcullis::upstream::clickhouse::version::Unproven;
use portcullis::upstream::clickhouse::{ClickHouse, Settings};

use crate::engines::{self, Engine};
use crate::upstream_common::{filtered, query, read};

const SETTINGS: &str = "allow_suspicious_low_cardinality_types=1&allow_experimental_variant_type=1&flatten_nested=0\
    &allow_experimental_bfloat16_type=1&enable_time_time64_type=1&allow_suspicious_variant_types=1";

/// A column's type and an expression of `number` that fills it.
const COLUMNS: &[(&str, &str)] = &[
    ("Int8", "number - 20"),
    ("UInt16", "number * 900"),
    ("Int128", "number * -1"),
    ("UInt256", "number"),
    ("Float32", "number / 7"),
    ("Float64", "if(number = 3, nan, number / 7)"),
    ("BFloat16", "number / 7"),
    ("Bool", "number % 2"),
    ("Decimal(9, 2)", "number / 4"),
    ("Decimal(18, 3)", "number / 4"),
    ("Decimal(38, 4)", "number / 4"),
    ("Decimal(76, 5)", "number / 4"),
    ("Date", "number"),
    ("Date32", "number"),
    ("DateTime", "number"),
    ("DateTime('Asia/Tokyo')", "number"),
    ("DateTime64(6, 'UTC')", "number"),
    ("Time", "number"),
    ("Time64(3)", "number"),
    ("UUID", "toUUID(concat('61f0c404-5cb3-11e7-907b-a6006ad3db', leftPad(toString(number), 2, '0')))"),
    ("IPv4", "toIPv4(number)"),
    ("IPv6", "toIPv6(concat('2001:db8::', toString(number)))"),
    ("Enum8('a' = -3, 'b, (c' = 2)", "if(number % 2, 'a', 'b, (c')"),
    ("Enum16('x' = 999, 'it\\'s' = 2)", "if(number % 2, 'x', 'it\\'s')"),
    ("FixedString(5)", "toString(number)"),
    ("String", "repeat(toString(number), number * 5)"),
    ("IntervalDay", "toIntervalDay(number)"),
    ("Nullable(String)", "[NULL, toString(number)][number % 2 + 1]"),
    ("Nullable(FixedString(3))", "[NULL, 'abc'::FixedString(3)][number % 2 + 1]"),
    ("LowCardinality(String)", "toString(number % 5)"),
    ("LowCardinality(Nullable(String))", "[NULL, '', 'c', 'd'][number % 4 + 1]"),
    ("LowCardinality(FixedString(2))", "toString(number % 5)"),
    ("LowCardinality(Nullable(DateTime))", "if(number % 3, NULL, number)"),
    ("LowCardinality(UInt64)", "number % 7"),
    ("Array(Int32)", "range(number % 4)"),
    ("Array(Array(String))", "[[toString(number)], [], ['a', 'b']]"),
    ("Array(LowCardinality(String))", "arrayMap(x -> toString(x % 3), range(number % 4))"),
    ("Array(Nullable(Int8))", "[NULL, number]"),
    ("Tuple(Int8, String)", "(number, toString(number))"),
    (
        "Tuple(a LowCardinality(String), `b c` Array(LowCardinality(Nullable(String))), d Nullable(Date))",
        "(toString(number % 2), [NULL, 'x'], NULL)",
    ),
    ("Map(String, Int64)", "map('a', number, toString(number), 2)"),
    ("Map(LowCardinality(String), Array(String))", "map('a', [toString(number)])"),
    ("Nested(a Int8, b String)", "[(1, toString(number))]"),
    ("Point", "(number, 2)"),
    ("Polygon", "[[(number, 1), (2, number)], []]"),
    ("MultiLineString", "[[(number, 1)], [(2, 3)]]"),
    (
        "Variant(Array(LowCardinality(String)), Int64, String)",
        "multiIf(number % 3 = 0, 'x'::Variant(Array(LowCardinality(String)), Int64, String), number % 3 = 1, number::Int64::Variant(Array(LowCardinality(String)), Int64, String), NULL)",
    ),
    ("SimpleAggregateFunction(max, Int64)", "number"),
];

/// Through the upstream alone: a wall may give a column anew, and then its type is another.
async fn upstream(engine: &Engine, database: &str) -> Upstream {
    let clickhouse = ClickHouse::new(Settings {
        endpoints: vec![engine.url.parse().expect("an address")],
        database: database.to_owned(),
        user: "default".to_owned(),
        password: None,
        writer: None,
        ca_file: None,
        connect_timeout: Duration::from_secs(5),
        answer_timeout: Duration::from_secs(20),
        idle_timeout: Duration::from_secs(20),
        execution_timeout: Duration::from_secs(20),
        health_interval: Duration::from_secs(60),
        catalog_interval: Duration::from_secs(60),
        certified: vec![],
        unproven: Unproven::Warn,
    });
    let clickhouse = clickhouse.expect("it can be made");
    clickhouse.refresh().await.expect("the catalog is read");
    Upstream::ClickHouse(clickhouse)
}

#[tokio::test]
async fn what_is_written_is_what_the_engine_writes() {
    let Some(engine) = engines::clickhouse() else { return };
    let database = engine.fresh_database("native");
    let run = |statement: &str| {
        let (status, body) = engine.query(SETTINGS, statement);
        assert_eq!(status, 200, "{statement}\n{body}");
    };
    let columns = COLUMNS.iter().enumerate().map(|(at, (kind, _))| format!(", c{at} {kind}")).collect::<String>();
    let values = COLUMNS.iter().map(|(_, value)| format!(", {value}")).collect::<String>();
    let state = "initializeAggregation('sumState', toInt64(number))";
    run(&format!(
        "CREATE TABLE {database}.kinds (n Int64{columns}, f AggregateFunction(sum, Int64)) ENGINE = MergeTree ORDER BY n"
    ));
    run(&format!("INSERT INTO {database}.kinds SELECT number{values}, {state} FROM numbers(90)"));
    let upstream = upstream(&engine, &database).await;
    let names: Vec<String> = (0..COLUMNS.len()).map(|at| format!("c{at}")).collect();
    let mut other = Vec::new();
    for shown in names.iter().cloned().chain([names.join(", "), "NULL, [], n".to_owned()]) {
        for condition in ["", " WHERE n > 1000", " WHERE n % 3 = 1"] {
            let ask = query(&format!("SELECT {shown} FROM kinds{condition} ORDER BY n"), "Native", &[]);
            let (whole, _) = read(upstream.query(ask.clone()).await.expect("rows")).await;
            let answer = upstream.query(filtered(ask)).await.expect("rows");
            assert_eq!(answer.headers["x-clickhouse-format"], "Native");
            let (made, end) = read(answer).await;
            assert_eq!((condition == " WHERE n > 1000", end), (whole.is_empty(), Ok(())), "{shown}");
            if made != whole {
                let kind = names.iter().position(|name| *name == shown).map_or("all", |at| COLUMNS[at].0);
                let at = made.iter().zip(&whole).take_while(|(made, whole)| made == whole).count();
                other.push(format!("{kind}{condition}: {} bytes for {}, other from {at} on", made.len(), whole.len()));
            }
        }
    }
    // A state of an aggregate function has no length of its own.
    let refused = upstream.query(filtered(query("SELECT n, f FROM kinds", "Native", &[]))).await.map(drop);
    run(&format!("DROP DATABASE {database}"));
    assert!(other.is_empty(), "{other:#?}");
    let told = "is not written for the type `AggregateFunction(sum, Int64)` beside a row filter: ask for another one";
    assert!(refused.as_ref().is_err_and(|error| error.to_string().contains(told)), "{refused:?}");
}
