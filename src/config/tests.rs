use super::*;
use crate::sql;

fn read(text: &str) -> Result<Config, Report> {
    let text = format!("version: 1\n{text}\n...\n");
    parse(Path::new("conf/gateway.yaml"), &text)
}

#[test]
fn an_empty_file_is_the_quickstart() {
    let config = read("").unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert!(matches!(config.upstream, Upstream::Embedded(_)));
    assert_eq!(config.dialect(), Dialect::Sqlite);
    assert_eq!(config.tokens, Path::new("conf/tokens.yaml"));
    assert_eq!(config.signing_key, key::Place::File("conf/state/signing.key".into()));
    assert_eq!(config.hot.limits, sql::Limits::default());
    assert!(config.gateway.v0 && config.gateway.clickhouse);
}

/// What `config/gateway.yaml` tells as defaults are the defaults: with their comment signs taken away, nothing changes.
#[test]
fn the_file_in_the_repository_tells_the_defaults() {
    let text = include_str!("../../config/gateway.yaml");
    let blocks: Vec<&str> = ["#workspace:", "#limits:", "#tokens:", "#signing_key:", "#log:"]
        .map(|key| text.split("\n\n").find_map(|block| block.find(key).and_then(|at| block.get(at..))).unwrap())
        .to_vec();
    let written = blocks.join("\n").lines().map(|line| line.strip_prefix('#').unwrap()).collect::<Vec<_>>().join("\n");
    let config = read(&written).unwrap_or_else(|report| panic!("{report}\n{written}"));
    let quickstart = parse(Path::new("conf/gateway.yaml"), text).unwrap();
    let empty = read("").unwrap();
    assert_eq!(config.cold(), empty.cold());
    assert_eq!(quickstart.cold(), empty.cold());
    assert_eq!(config.hot.limits, sql::Limits::default());
    assert!(written.contains("drain_timeout: 30s"), "{written}");
}

#[test]
fn every_upstream_is_read() {
    let config = read("upstream:\n  clickhouse:\n    endpoints: ['http://127.0.0.1:8123', 'https://h:8443/']\n    execution_timeout: 2m").unwrap();
    let Upstream::ClickHouse(clickhouse) = &config.upstream else { panic!("{config:?}") };
    assert_eq!((clickhouse.endpoints.len(), clickhouse.execution_timeout.as_secs()), (2, 120));
    let text = include_str!("../../config/examples/datasette.yaml");
    let config = parse(Path::new("c/examples/datasette.yaml"), text).unwrap();
    let Upstream::Api(api) = &config.upstream else { panic!("{config:?}") };
    assert_eq!((api.tables.len(), api.dialect, config.gateway.generic.len()), (2, Dialect::Sqlite, 1));
}

#[test]
fn every_dialect_has_a_word() {
    for (word, dialect, table) in [
        ("clickhouse", Dialect::ClickHouse, "main.events"),
        ("sqlite", Dialect::Sqlite, "main.events"),
        ("postgres", Dialect::Postgres, "public.events"),
        ("duckdb", Dialect::DuckDb, "main.events"),
        ("trino\n    database: hive.web", Dialect::Trino, "hive.web.events"),
        ("druid", Dialect::Druid, "druid.events"),
        ("datafusion", Dialect::DataFusion, "public.events"),
        ("pinot", Dialect::Pinot, "default.events"),
        ("generic", Dialect::Generic, "main.events"),
    ] {
        let text = format!(
            "upstream:\n  http:\n    base: http://h\n    path: /sql\n    place: body\n    dialect: {word}\n    tables: {{ events: [n], '{table}2': [n] }}"
        );
        let config = read(&text).unwrap();
        let Upstream::Api(api) = &config.upstream else { panic!("{config:?}") };
        let mut names: Vec<String> = api.tables.iter().map(|(name, _)| name.to_string()).collect();
        names.sort_unstable();
        assert_eq!((api.dialect, names), (dialect, vec![table.to_owned(), format!("{table}2")]), "{word}");
        assert!(api.tables.iter().all(|(name, _)| *name.database == *api.database), "{word}");
    }
}

#[test]
fn what_is_wrong_is_pointed_at_and_no_secret_is_shown() {
    let http = "upstream:\n  http:\n    base: http://h\n    path: /sql\n    place: body\n    tables: {}\n";
    for (text, said) in [
        ("lisen: 127.0.0.1:80", "did you mean `listen`?"),
        ("listen: localhost", "is no address to listen on"),
        ("upstream: {}", "exactly one of"),
        ("upstream:\n  embedded:", "exactly one of"),
        ("upstream:\n  clickhouse:\n    endpoints: []", "no endpoints"),
        ("upstream:\n  clickhouse:\n    endpoints: [ftp://h]", "http://"),
        ("upstream:\n  clickhouse:\n    endpoints: ['http://u:hunter2@h']", "without a user"),
        ("upstream:\n  clickhouse:\n    endpoints: [http://h/path]", "ends with the host"),
        ("upstream:\n  clickhouse:\n    endpoints: [http://h]\n    password: hunter2", "expected mapping"),
        (
            "upstream:\n  clickhouse:\n    endpoints: [http://h]\n    pasword: { value: hunter2 }",
            "did you mean `password`?",
        ),
        ("upstream:\n  clickhouse:\n    endpoints: [http://h]\n    password: { env: NO_SUCH_VARIABLE }", "no variable"),
        (&format!("{http}    headers: {{ 'a b': {{ value: hunter2 }} }}"), "no name of a header"),
        (&format!("{http}    headers: {{ a: {{ value: hunter2, env: X }} }}"), "exactly one of"),
        (&format!("{http}    method: PUT"), "unknown word `PUT`"),
        (&format!("{http}    dialect: mysql"), "unknown word `mysql`"),
        (&format!("{http}    dialect: trino"), "`database: catalog.schema`"),
        (&http.replace("{}", "{ a.events: [], a.Events: [] }"), "its spellings are one name"),
        ("limits: { request_timeout: 10 }", "a duration is written"),
        ("limits: { body: 1MB }", "a size is written"),
        ("limits: { in_flight: 0 }", "a whole number above zero"),
        ("limits: { in_flight: many }", "a whole number belongs here"),
        ("limits: { rewrites_kept: -1 }", "a whole number"),
        ("functions: { allow: ['a b'] }", "no name of a function"),
        ("signing_key: { value: hunter2 }", "exactly one of"),
        ("faces: { generic: [{ path: sql, place: body }] }", "is no path"),
        ("faces: { generic: [{ path: /health, place: body }] }", "is served already"),
        (
            "faces: { generic: [{ path: /a, place: body }, { path: /a, place: { form_field: q } }] }",
            "is served already",
        ),
        ("faces: { generic: [{ path: /a, method: GET, place: body }] }", "no body to carry"),
        ("faces: { generic: [{ path: /a, place: { json_pointer: q } }] }", "`/q`"),
        ("faces: { v0: yes }", "`true` or `false`"),
        ("log: { level: trace }", "unknown word"),
        ("version: 1", "twice"),
    ] {
        let report = read(text).expect_err(text).to_string();
        assert!(report.contains(said) && !report.contains("hunter2"), "{text}:\n{report}");
    }
}

#[test]
fn what_is_hot_is_read_again() {
    let config = read("").unwrap();
    let hot = (config.read_hot())(
        Path::new("x"),
        "version: 1\nlimits: { sql: { depth: 5 } }\nfunctions: { allow: [f] }\n...\n",
    )
    .unwrap();
    assert_eq!((hot.limits.depth, hot.extensions.functions.len()), (5, 1));
    assert!((config.read_hot())(Path::new("x"), "version: 3\n").is_err());
}
