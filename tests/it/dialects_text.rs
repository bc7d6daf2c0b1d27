//! What texts and names mean: to the gateway, to the engine, and to the engine that reads what the gateway wrote.

use std::sync::Arc;

use portcullis::catalog::{Catalog, Column, ColumnKind, Engine, Table, TableName};
use portcullis::sql::filter::Literal;
use portcullis::sql::{self, Dialect, Extensions, Limits, RefusalKind, RowFilter, Visible};

use crate::dialects_world::{Asker, rewrite};

const STRINGS: &[&str] = &[
    r"'a\'",
    r"'\\'",
    r"'it''s'",
    r"'\'''",
    r"'a\nb'",
    r"'\x41'",
    r"'%\_'",
    "'a\nb'",
    "'\u{e9}\u{2028}'",
    "''",
    "''''",
    "'--'",
    "'/*'",
    r"'\' || '\'",
    "'$$'",
    r"'E\'",
    "'{{a}}'",
];

const ESCAPED: &[&str] = &[r"E'a\\'", r"E'it\'s'", r"e'\n\t\r\f\b'", "E'a''b'", r"E'\\\''", "E''", r"E'\\' || '\'"];

/// The engine reads the text as the client wrote it and as the gateway wrote it, and sees the same value.
fn same_values(dialect: Dialect, engine: &str, literals: &[&str], before: &[&str]) {
    let Some(mut asker) = Asker::start(engine) else { return };
    let database = if engine == "postgres" { "postgres" } else { "main" };
    for literal in literals {
        let statement = format!("SELECT {literal} AS x");
        let expected = asker.ask(database, &statement);
        let text = rewrite(&statement, dialect).unwrap_or_else(|refusal| panic!("{statement}\n{refusal}"));
        before.iter().for_each(|setting| asker.run(database, setting));
        assert_eq!(asker.ask(database, &text), expected, "{text}");
        assert!(expected.is_ok(), "{statement}");
        if !before.is_empty() {
            asker.run(database, "RESET ALL");
        }
    }
}

#[test]
fn strings_mean_to_the_engine_what_they_mean_to_the_gateway() {
    let all: Vec<&str> = STRINGS.iter().chain(ESCAPED).copied().collect();
    same_values(Dialect::Postgres, "postgres", &all, &[]);
    same_values(Dialect::DuckDb, "duckdb", &all, &[]);
    same_values(Dialect::DataFusion, "datafusion", STRINGS, &[]);
}

/// Without the standard's strings a backslash escapes in PostgreSQL: what the gateway wrote still means the same.
#[test]
fn postgresqls_own_setting_for_strings_changes_nothing() {
    let settings = &["SET standard_conforming_strings = off", "SET escape_string_warning = off"];
    let all: Vec<&str> = STRINGS.iter().chain(ESCAPED).copied().collect();
    same_values(Dialect::Postgres, "postgres", &all, settings);
}

fn filter(dialect: Dialect, claim: &str) -> Result<RowFilter, sql::Refusal> {
    let bind = |_: &str| Some(Literal::Text(claim.to_owned()));
    RowFilter::compile("user_id = {{ user }}", dialect, &Extensions::default(), &bind)
}

/// `'abc\'` is not closed for an engine with backslash escapes, and nobody said whether this one has them.
#[test]
fn no_backslash_reaches_an_engine_of_unknown_strings() {
    for statement in [r"SELECT 'a\'", r"SELECT 'a\\'", r"SELECT n FROM events WHERE user_id LIKE 'a\_%'"] {
        let refused = rewrite(statement, Dialect::Generic).map_err(|refusal| refusal.kind);
        assert_eq!(refused, Err(RefusalKind::NotUnderstood));
    }
    assert!(filter(Dialect::Generic, r"abc\").is_err());
    assert!(filter(Dialect::Generic, "abc").is_ok());
    for dialect in [Dialect::Postgres, Dialect::DuckDb, Dialect::DataFusion, Dialect::Sqlite, Dialect::ClickHouse] {
        assert!(filter(dialect, r"abc\").is_ok());
    }
}

/// Pinot cuts `OPTION (…)` out of a text before it parses it, and with it whatever stands up to the next bracket.
#[test]
fn nothing_that_pinot_would_cut_out_reaches_it() {
    for inner in ["option(", "an Option (a", "OPTION\n\t(", "option\u{b}(x)", "a=option(b=c)"] {
        let statement = format!("SELECT n FROM events WHERE user_id = '{inner}'");
        let refused = rewrite(&statement, Dialect::Pinot).map_err(|refusal| refusal.kind);
        assert_eq!(refused, Err(RefusalKind::NotUnderstood), "{inner}");
        assert!(filter(Dialect::Pinot, inner).is_err(), "{inner}");
        assert!(filter(Dialect::Druid, inner).is_ok(), "{inner}");
    }
    for inner in ["option", "options (", "option ) (", "opt ion("] {
        assert!(filter(Dialect::Pinot, inner).is_ok(), "{inner}");
    }
    // A function that an operator permits is no exception.
    let extensions = Extensions { functions: [Arc::from("my_option")].into_iter().collect() };
    let mut catalog = Catalog::new("default", Dialect::Pinot.name_case());
    catalog.insert(TableName::new("default", "t"), Table { columns: Vec::new(), engine: Engine::Plain });
    for statement in ["SELECT my_option(1) FROM t", "SELECT my_option /* c */ (1) FROM t"] {
        let resolved = sql::resolve(statement, Dialect::Pinot, &Limits::default(), &extensions, &catalog);
        assert!(resolved.and_then(|resolved| resolved.rewrite(&|_| Some(Visible::AllRows))).is_err(), "{statement}");
    }
}

#[test]
fn a_claim_with_a_backslash_is_a_value_in_postgresql_whatever_its_setting() {
    let Some(mut asker) = Asker::start("postgres") else { return };
    let claim = r"\' OR 1 = 1 --";
    let text = filter(Dialect::Postgres, claim).unwrap().to_string();
    let (_, literal) = text.split_once("= ").expect("a comparison");
    for setting in ["on", "off"] {
        asker.run("postgres", &format!("SET standard_conforming_strings = {setting}"));
        let read = asker.ask("postgres", &format!("SELECT {literal} AS x")).expect("a value");
        assert_eq!(read, [serde_json::json!([claim]).to_string()]);
    }
}

/// What is written where `events` has a filter and `Events` all its rows.
fn table_of(dialect: Dialect, statement: &str) -> Result<String, RefusalKind> {
    let database = dialect.usual_database().unwrap_or("hive.web");
    let mut catalog = Catalog::new(database, dialect.name_case());
    for name in ["events", "Events"] {
        catalog.insert(TableName::new(database, name), Table { columns: Vec::new(), engine: Engine::Plain });
    }
    let extensions = Extensions::default();
    let filter = Arc::new(RowFilter::compile("Org_ID = 1", dialect, &extensions, &|_| None).unwrap());
    let rewritten = sql::resolve(statement, dialect, &Limits::default(), &extensions, &catalog).and_then(|resolved| {
        resolved.rewrite(&|name| match &*name.table {
            "events" => Some(Visible::Rows(vec![Arc::clone(&filter)])),
            _ => Some(Visible::AllRows),
        })
    });
    rewritten.map(|rewritten| rewritten.text).map_err(|refusal| refusal.kind)
}

/// PostgreSQL and DataFusion fold bare names to lower case, and no quoted one; Druid folds none.
#[test]
fn a_name_is_the_table_that_the_engine_takes_it_for() {
    for dialect in [Dialect::Postgres, Dialect::DataFusion] {
        for bare in ["events", "Events", "EVENTS", "\"events\""] {
            let text = table_of(dialect, &format!("SELECT 1 FROM {bare}")).unwrap();
            assert!(text.contains("\"public\".\"events\" AS __pc_t WHERE ((__pc_t.\"org_id\" = 1))"), "{text}");
        }
        let open = table_of(dialect, "SELECT 1 FROM \"Events\" AS E").unwrap();
        assert_eq!(open, "SELECT 1 FROM \"public\".\"Events\" AS \"e\"");
        assert_eq!(table_of(dialect, "SELECT 1 FROM \"EVENTS\""), Err(RefusalKind::UnknownTable));
    }
    let open = table_of(Dialect::Druid, "SELECT 1 FROM Events").unwrap();
    assert_eq!(open, "SELECT 1 FROM \"druid\".\"Events\" AS \"Events\"");
    assert_eq!(table_of(Dialect::Druid, "SELECT 1 FROM EVENTS"), Err(RefusalKind::UnknownTable));
}

/// A filter's column is written as the catalog spells it.
#[test]
fn a_filters_column_takes_the_catalogs_spelling() {
    for dialect in [Dialect::Generic, Dialect::Trino, Dialect::DuckDb, Dialect::Postgres, Dialect::DataFusion] {
        let extensions = Extensions::default();
        let filter = Arc::new(RowFilter::compile("ORG_id = 1", dialect, &extensions, &|_| None).unwrap());
        let mut catalog = Catalog::new("d", dialect.name_case());
        let column = Column { name: "org_id".into(), type_name: "".into(), kind: ColumnKind::Ordinary };
        catalog.insert(TableName::new("d", "t"), Table { columns: vec![column], engine: Engine::Plain });
        let resolved = sql::resolve("SELECT 1 FROM t", dialect, &Limits::default(), &extensions, &catalog).unwrap();
        let text = resolved.rewrite(&|_| Some(Visible::Rows(vec![Arc::clone(&filter)]))).unwrap().text;
        assert!(text.contains("__pc_t.\"org_id\" = 1"), "{text}");
    }
}
