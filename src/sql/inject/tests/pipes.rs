//! Queries in the place of names.

use super::*;

const FENCE: &str = "LIMIT 9223372036854775807";

#[test]
fn a_name_that_stands_for_a_query_becomes_that_query() {
    let inner = "SELECT `n` FROM view(SELECT * FROM `d`.`t` AS __pc_t PREWHERE ((__pc_t.`n` = 1)) LIMIT 9223372036854775807) AS `t`";
    for (fenced, filters, written) in [
        (false, vec![], format!("SELECT `n` FROM view({inner}) AS `x`")),
        (true, vec![], format!("SELECT `n` FROM view(SELECT * FROM view({inner}) AS __pc_t {FENCE}) AS `x`")),
        (
            true,
            filters(),
            format!(
                "SELECT `n` FROM view(SELECT * FROM view({inner}) AS __pc_t WHERE ((__pc_t.`n` = 1)) {FENCE}) AS `x`"
            ),
        ),
    ] {
        let rewritten = over("SELECT n FROM p AS x", &pipe("SELECT n FROM t", fenced, filters)).unwrap();
        assert_eq!(rewritten.text, written);
        assert_eq!((rewritten.tables, rewritten.filtered), (vec![TableName::new("d", "t")], true));
        assert_eq!(rewritten.table_filters, vec![], "what the query reads is its own affair");
    }
}

#[test]
fn a_pipe_is_no_table() {
    let plain = pipe("SELECT n FROM t", true, vec![]);
    for statement in ["SELECT n FROM p FINAL", "SELECT n FROM p SAMPLE 0.1"] {
        assert_eq!(over(statement, &plain).unwrap_err().kind, RefusalKind::NotUnderstood, "{statement}");
    }
    assert_eq!(over("SELECT 1 FROM t WHERE n IN p", &plain).unwrap_err().kind, RefusalKind::NotAllowed);
    let named = pipe("SELECT n FROM t FORMAT JSON", true, vec![]);
    assert_eq!(over("SELECT n FROM p", &named).unwrap_err().kind, RefusalKind::NotUnderstood);
    // PREWHERE belongs to tables; over a pipe it becomes a WHERE.
    let prewhere = over("SELECT n FROM p PREWHERE n = 2", &plain).unwrap();
    assert!(prewhere.text.ends_with(" AS `p` WHERE ( `n` = 2)"), "{}", prewhere.text);
}

/// The statement around a pipe, or a pipe's own text, may fail on a value: its conditions stay out of every table's index
/// analysis.
#[test]
fn beside_a_query_every_wall_has_its_fence() {
    let plain = pipe("SELECT 1", false, vec![]);
    assert!(over("SELECT 1 FROM t, p", &plain).unwrap().text.contains(&format!("((__pc_t.`n` = 1)) {FENCE})")));
    assert!(beside_pipes("SELECT n FROM t", &|_| None, true).unwrap().text.contains(FENCE));
    assert!(!beside_pipes("SELECT n FROM t", &|_| None, false).unwrap().text.contains(FENCE));
}

#[test]
fn filters_are_said_once_more_beside_a_statement_that_names_its_tables_itself() {
    let said = |statement, inner| beside_pipes(statement, &|_| None, inner).unwrap().table_filters;
    assert_eq!(said("SELECT n FROM t", false), vec![(TableName::new("d", "t"), "(`n` = 1)".to_owned())]);
    assert_eq!(said("SELECT n FROM t", true), vec![]);
    assert_eq!(said("SELECT t.n FROM t, v", false), vec![]);
    let over_pipe = over("SELECT t.n FROM t, p", &pipe("SELECT 1", false, vec![])).unwrap();
    assert_eq!(over_pipe.table_filters, vec![]);
}

/// A setting that reaches into filters reaches into what a pipe leaves out.
#[test]
fn settings_are_bound_where_rows_are_hidden() {
    let setting = "SELECT 1 FROM p SETTINGS transform_null_in = 1";
    for (text, fenced, filters, accepted) in [
        ("SELECT 1", false, vec![], true),
        ("SELECT 1", true, vec![], false),
        ("SELECT 1", false, filters(), false),
        ("SELECT n FROM t", false, vec![], false),
    ] {
        let rewritten = over(setting, &pipe(text, fenced, filters));
        assert_eq!(rewritten.is_ok(), accepted, "{text} {fenced} {rewritten:?}");
    }
}

#[test]
fn a_pipe_over_such_a_column_is_bound_as_the_column_is() {
    let cast = "SELECT j::Array(Dynamic) FROM p";
    let open = |fenced, filters| {
        let text = beside_pipes("SELECT j FROM dy", &|_| Some(Visible::AllRows), true).unwrap();
        Visible::Query { query: Arc::new(text), filters, fenced, plain: false }
    };
    assert!(over(cast, &open(false, vec![])).unwrap().self_describing);
    assert!(over(cast, &open(true, vec![])).is_err(), "fenced");
    assert!(over(cast, &open(false, filters())).is_err(), "filtered");
    assert!(over(cast, &pipe("SELECT j FROM dy", false, vec![])).is_err(), "it has filters of its own");
    assert!(over(cast, &pipe("SELECT n FROM t", true, vec![])).is_ok(), "it has no such column");
}

#[test]
fn what_the_queries_inside_use_the_whole_uses() {
    let text = "SELECT n FROM t WHERE n = {x:Int64} SETTINGS max_threads = 1, max_block_size = 2";
    let statement = "SELECT n FROM p WHERE n = {y:Int64} SETTINGS max_threads = 3";
    let rewritten = over(statement, &pipe(text, true, vec![])).unwrap();
    assert_eq!(rewritten.parameters, ["x", "y"]);
    let setting = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(rewritten.settings, [setting("max_threads", "3"), setting("max_block_size", "2")]);
}

#[test]
fn tables_are_told_once_and_in_order() {
    let rewritten = over("SELECT 1 FROM v, p, t, v", &pipe("SELECT n FROM t", true, vec![])).unwrap();
    assert_eq!(rewritten.tables, [TableName::new("d", "t"), TableName::new("d", "v")]);
    let catalog = Catalog::new("d", NameCase::Sensitive);
    let (limits, extensions) = (Limits::default(), Extensions::default());
    let resolved = resolve("SELECT 1 FROM b, a, b", Dialect::ClickHouse, &limits, &extensions, &catalog).unwrap();
    assert_eq!(resolved.tables(), [TableName::new("d", "a"), TableName::new("d", "b")]);
}

/// A query in the place of a name stands without a wall in a view of the operator's own, and there only while nothing in it
/// is hidden.
#[test]
fn a_plain_query_is_never_filtered() {
    let limits = Limits::default();
    let filter = RowFilter::compile("n = 1", Dialect::ClickHouse, &Extensions::default(), &|_| None).unwrap();
    let over = |inner: &str, filters: Vec<Arc<RowFilter>>, fenced: bool| {
        let query = Arc::new(rewrite(inner, &limits)?);
        let catalog = Catalog::new("d", NameCase::Sensitive);
        let resolved = resolve("SELECT n FROM p", Dialect::ClickHouse, &limits, &Extensions::default(), &catalog)?;
        let seen = Visible::Query { query, filters, fenced, plain: true };
        resolved.rewrite(&|_| Some(seen.clone())).map(|rewritten| rewritten.text)
    };
    let open = "SELECT n FROM open";
    assert_eq!(over(open, Vec::new(), false).unwrap(), "SELECT `n` FROM (SELECT `n` FROM `d`.`open` AS `open`) AS `p`");
    for refused in [
        over("SELECT n FROM t", Vec::new(), false),
        over(open, vec![Arc::new(filter)], false),
        over(open, Vec::new(), true),
    ] {
        assert_eq!(refused.unwrap_err().kind, RefusalKind::Unverified);
    }
}

/// Where a query in a name's place has no wall for names, what WITH calls something may not be a name inside of it.
#[test]
fn a_name_of_with_does_not_reach_into_a_pipe() {
    let over = |statement: &str, dialect: Dialect| {
        let column = |name: &str| Column { name: name.into(), type_name: "Int64".into(), kind: ColumnKind::Ordinary };
        let table = Table { columns: vec![column("n"), column("k")], engine: Engine::MergeTree };
        let mut catalog = Catalog::new("d", NameCase::Sensitive);
        catalog.insert(TableName::new("d", "t"), table);
        let read = |text: &'static str| resolve(text, dialect, &Limits::default(), &Extensions::default(), &catalog);
        let query = Arc::new(read("SELECT k FROM t WHERE n = 1")?.rewrite_inner(&|_| Some(Visible::AllRows))?);
        let seen = Visible::Query { query, filters: Vec::new(), fenced: true, plain: false };
        let resolved = resolve(statement, dialect, &Limits::default(), &Extensions::default(), &catalog)?;
        resolved.rewrite(&|_| Some(seen.clone()))
    };
    let reaching = "WITH 1 AS n SELECT k, n FROM p";
    assert!(over(reaching, Dialect::Tinybird).is_err() && over(reaching, Dialect::ClickHouse).is_ok());
    assert!(over("WITH 1 AS z SELECT k, z FROM p", Dialect::Tinybird).is_ok());
    assert!(over("SELECT k, 1 AS n FROM p", Dialect::Tinybird).is_ok(), "WITH's reach alone");
}
