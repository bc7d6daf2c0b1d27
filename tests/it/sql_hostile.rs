//! Hostile statements: none of any size ends the process, and what is too large is refused as such.
//!
//! Each runs on a thread with the stack of a tokio worker (2 MiB).

use portcullis::catalog::{Catalog, Column, ColumnKind, Engine, Keys, NameCase, Table, TableName};
use portcullis::sql::{self, Dialect, Extensions, Limits, Refusal, RefusalKind, Visible};

fn rewrite(statement: &str, dialect: Dialect, limits: &Limits) -> Result<String, Refusal> {
    let mut catalog = Catalog::new("main", NameCase::Insensitive);
    let column = |name: String, kind| Column { name: name.into(), type_name: "".into(), kind };
    let mut columns = vec![column("a".to_owned(), ColumnKind::Ordinary)];
    columns.extend((0..30).map(|number| column(format!("alias_{number}"), ColumnKind::ByName)));
    let place = TableName::new("main", "t");
    catalog.insert_keys(&place, Keys::known([]));
    catalog.insert(place, Table { columns, engine: Engine::MergeTree });
    let filter = std::sync::Arc::new(sql::RowFilter::compile("a = 1", dialect, &Extensions::default(), &|_| None)?);
    let resolved = sql::resolve(statement, dialect, limits, &Extensions::default(), &catalog)?;
    Ok(resolved.rewrite(&|_| Some(Visible::Rows(vec![filter.clone()])))?.text)
}

/// Runs on a small stack; an overflow would end the test's process.
fn on_a_small_stack(statement: String) -> Vec<Option<RefusalKind>> {
    let run = move || {
        Dialect::ALL
            .map(|dialect| rewrite(&statement, dialect, &Limits::default()).err().map(|refusal| refusal.kind))
            .to_vec()
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap()
}

#[test]
fn chains_up_to_the_limits_are_read_in_loops() {
    let long = |head: &str, link: &str, times: usize| format!("{head}{}", link.repeat(times));
    for statement in [
        long("SELECT 1", " + 1", 16_000),
        long("SELECT 'a'", " || 'a'", 12_000),
        long("SELECT a FROM t WHERE a = 1", " OR a = 1", 7_000),
        long("SELECT 1", ", 1", 16_000),
        long("SELECT ", "- ", 30_000) + "1",
        long("SELECT ", "NOT ", 30_000) + "1",
        long("SELECT a IN (1", ", 1", 16_000) + ") FROM t",
        long("SELECT 1", " UNION ALL SELECT 1", 6_000),
        long("SELECT a FROM t ORDER BY a", ", a", 16_000),
        long("SELECT CASE", " WHEN 1 THEN 1", 8_000) + " END",
        long("WITH c AS (SELECT 1)", ", c1 AS (SELECT 1)", 3_000) + " SELECT 1",
    ] {
        let outcome = on_a_small_stack(statement.clone());
        assert!(
            outcome.iter().all(|kind| matches!(kind, None | Some(RefusalKind::TooLarge))),
            "{outcome:?} {:.60}",
            statement
        );
    }
    // Casts, dots, subscripts: ClickHouse's own.
    for statement in
        [long("SELECT 1", "::Int8", 16_000), long("SELECT a", ".a", 16_000), long("SELECT [1]", "[1]", 10_000)]
    {
        assert!(matches!(on_a_small_stack(statement)[0], None | Some(RefusalKind::TooLarge)));
    }
}

#[test]
fn nesting_beyond_the_limit_is_refused_before_it_recurses() {
    for (open, close) in [
        ("(", ")"),
        ("(SELECT ", ")"),
        ("abs(", ")"),
        ("position(", ", 'a')"),
        ("substring(", ", 1)"),
        ("[", "]"),
        ("CASE WHEN ", " THEN 1 END"),
        ("(SELECT 1 FROM (SELECT ", ") x)"),
        ("CAST(", " AS Int8)"),
        ("INTERVAL INTERVAL ", " DAY DAY"),
    ] {
        for depth in [50, 90, 200, 5_000] {
            let statement = format!("SELECT {}1{}", open.repeat(depth), close.repeat(depth));
            let outcome = on_a_small_stack(statement);
            assert!(depth <= 96 || outcome.iter().all(Option::is_some), "{open} {depth}: {outcome:?}");
        }
    }
}

#[test]
fn many_references_to_a_table_cannot_blow_up_the_text() {
    let limits = Limits { output_bytes: 64 * 1024, ..Limits::default() };
    let statement = format!("SELECT 1 FROM t{}", ", t".repeat(5_000));
    let refusal = rewrite(&statement, Dialect::ClickHouse, &limits).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::TooLarge);
}

#[test]
fn a_long_string_or_comment_is_only_long() {
    for statement in [
        format!("SELECT '{}'", "x".repeat(100_000)),
        format!("SELECT 1 /*{}*/", "x".repeat(100_000)),
        format!("SELECT 1 --{}", "x".repeat(100_000)),
    ] {
        assert_eq!(on_a_small_stack(statement), Dialect::ALL.map(|_| None));
    }
    assert_eq!(on_a_small_stack("x".repeat(10_000_000))[0], Some(RefusalKind::TooLarge));
}

#[test]
fn combinators_behind_a_name_are_counted_in_no_time() {
    let start = std::time::Instant::now();
    for link in ["If", "MergeState", "SimpleState", "OrNull"] {
        let statement = format!("SELECT sum{}(1), x{}(1)", link.repeat(3_000), link.repeat(3_000));
        assert!(on_a_small_stack(statement)[0].is_some());
    }
    assert_eq!(on_a_small_stack("SELECT uniqArrayIfOrNull([1], 1), sumMergeState(1)".to_owned())[0], None);
    assert!(start.elapsed() < std::time::Duration::from_secs(2), "{:?}", start.elapsed());
}

#[test]
fn many_references_to_a_table_with_columns_outside_its_star_are_quick() {
    let mut catalog = Catalog::new("default", NameCase::Sensitive);
    let column = |at: usize| Column { name: format!("c{at}").into(), type_name: "".into(), kind: ColumnKind::ByName };
    let table = Table { columns: (0..200).map(column).collect(), engine: Engine::MergeTree };
    let place = TableName::new("default", "t");
    catalog.insert_keys(&place, Keys::known([]));
    catalog.insert(place, table);
    let (dialect, extensions) = (Dialect::ClickHouse, Extensions::default());
    let filter = std::sync::Arc::new(sql::RowFilter::compile("c1 = 1", dialect, &extensions, &|_| None).unwrap());
    let statement = format!("SELECT 1 FROM t{}", ", t".repeat(3_000));
    let rewrite = || {
        let resolved = sql::resolve(&statement, dialect, &Limits::default(), &extensions, &catalog)?;
        resolved.rewrite(&|_| Some(Visible::Rows(vec![filter.clone()])))
    };
    // It took minutes when each reference looked through the whole statement for each column; the nextest limit is four.
    assert!(rewrite().is_ok());
}

/// Each query of WITH reads the one before it, and the last SELECT the first of them, over and over.
fn chain_of_ctes() -> String {
    let link = |number: usize| format!("c{number} AS (SELECT 1 FROM c{})", number.saturating_sub(1));
    let links: Vec<String> = (1..2_000).map(link).collect();
    format!("WITH c0 AS (SELECT 1), {} SELECT 1 FROM c0{}", links.join(", "), ", c0".repeat(2_000))
}

#[test]
fn many_references_are_walled_in_no_time() {
    let start = std::time::Instant::now();
    let names: Vec<String> = (0..2_000).map(|number| format!("c{number} AS (SELECT 1)")).collect();
    for statement in [
        format!("SELECT 1 FROM t{}", " LEFT JOIN t ON 1".repeat(2_000)),
        format!("SELECT a FROM t PREWHERE a = 1{}", " UNION ALL SELECT a FROM t PREWHERE a = 1".repeat(2_000)),
        format!("WITH {} SELECT 1 FROM t{}", names.join(", "), ", t".repeat(2_000)),
        chain_of_ctes(),
    ] {
        on_a_small_stack(statement);
    }
    // Without optimisation; a step that looks at every reference for every other takes minutes, in each dialect.
    let patience = std::time::Duration::from_millis(3_300) * u32::try_from(Dialect::ALL.len()).unwrap();
    assert!(start.elapsed() < patience, "{:?}", start.elapsed());
}

/// What decides about the LIMIT looks at both sides of each operator; no chain may make it look at everything each time.
#[test]
fn chains_of_values_of_many_kinds_are_judged_in_no_time() {
    let mut catalog = Catalog::new("default", NameCase::Sensitive);
    let column = |name: &str, type_name: &str| Column {
        name: name.into(),
        type_name: type_name.into(),
        kind: ColumnKind::Ordinary,
    };
    let columns = vec![column("a", "Int64"), column("d", "Date"), column("ts", "DateTime64(3)")];
    let place = TableName::new("default", "t");
    catalog.insert_keys(&place, Keys::known([]));
    catalog.insert(place, Table { columns, engine: Engine::MergeTree });
    let (dialect, extensions) = (Dialect::ClickHouse, Extensions::default());
    let filter = std::sync::Arc::new(sql::RowFilter::compile("a = 1", dialect, &extensions, &|_| None).unwrap());
    let start = std::time::Instant::now();
    for statement in [
        format!("SELECT d FROM t WHERE ts > a{}", " + 1".repeat(12_000)),
        format!("SELECT d FROM t WHERE a{} > ts", " + 1".repeat(12_000)),
        format!("SELECT d FROM t WHERE ts = '2026-01-01'{}", " OR ts = '2026-01-01'".repeat(5_000)),
        format!("SELECT d FROM t WHERE a = 1{}", " = 1".repeat(14_000)),
        format!("SELECT d{} FROM t WHERE ts = '2026-01-01'", ", a AS a1".repeat(7_000)),
        format!("SELECT d FROM t WHERE ts = '2026-01-01'{}", " AND a::Int64 = 1".repeat(4_000)),
        format!("SELECT d FROM t WHERE {}a{} = 1 AND ts > now()", "if(a = 1, ".repeat(90), ", 1)".repeat(90)),
        format!("SELECT d FROM t WHERE {}a{} = 1 AND ts > now()", "(".repeat(90), " + 1)".repeat(90)),
        format!(
            "WITH {}a AS x1500 SELECT d FROM t WHERE x0 = 1 AND ts > now()",
            (1..=1_500).map(|number| format!("x{number} + x{number} AS x{}, ", number - 1)).collect::<String>()
        ),
    ] {
        let (catalog, filter) = (catalog.clone(), filter.clone());
        let run = move || {
            let resolved = sql::resolve(&statement, dialect, &Limits::default(), &Extensions::default(), &catalog);
            let rewritten =
                resolved.and_then(|resolved| resolved.rewrite(&|_| Some(Visible::Rows(vec![filter.clone()]))));
            assert!(rewritten.is_ok(), "{:?} {statement:.80}", rewritten.err());
        };
        std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
    }
    // Without optimisation.
    assert!(start.elapsed() < std::time::Duration::from_secs(10), "{:?}", start.elapsed());
}
