use std::sync::Arc;

use super::*;
use crate::catalog::{Catalog, Column, ColumnKind, Engine, Keys, NameCase};
use crate::sql::filter::RowFilter;
use crate::sql::{Dialect, Extensions, Limits, resolve};

/// `t` stands behind a filter, `open` does not. Both have a `DateTime64` named `ts`.
fn rewrite(statement: &str, limits: &Limits) -> Result<Rewritten, Refusal> {
    let column = |name: &str, type_name: &str, kind| Column { name: name.into(), type_name: type_name.into(), kind };
    let ordinary =
        || vec![column("n", "Int64", ColumnKind::Ordinary), column("ts", "DateTime64(3)", ColumnKind::Ordinary)];
    let mut catalog = Catalog::new("d", NameCase::Sensitive);
    let engine = Engine::MergeTree;
    catalog.insert(TableName::new("d", "t"), Table { columns: ordinary(), engine });
    catalog.insert(TableName::new("d", "open"), Table { columns: ordinary(), engine });
    let filter = RowFilter::compile("n = 1", Dialect::ClickHouse, &Extensions::default(), &|_| None)?;
    let filter = Arc::new(filter);
    resolve(statement, Dialect::ClickHouse, limits, &Extensions::default(), &catalog)?.rewrite(&|name| {
        Some(if &*name.table == "t" { Visible::Rows(vec![Arc::clone(&filter)]) } else { Visible::AllRows })
    })
}

#[test]
fn only_a_statement_that_reads_a_filtered_table_is_filtered() {
    let filtered = |statement| rewrite(statement, &Limits::default()).unwrap().filtered;
    assert!(filtered("SELECT n FROM t") && filtered("SELECT 1 FROM open, t"));
    assert!(!filtered("SELECT n FROM open") && !filtered("SELECT 1"));
}

#[test]
fn a_condition_that_is_no_plain_comparison_gets_the_fence() {
    let fenced = |statement| rewrite(statement, &Limits::default()).unwrap().text.contains(" LIMIT ");
    assert!(fenced("SELECT n FROM t WHERE n = ts"));
    assert!(fenced("SELECT n FROM t WHERE n = `ts`"));
    assert!(fenced("SELECT n FROM t WHERE n = 1"), "of the keys nothing is known");
    assert!(!fenced("SELECT n FROM t"));
}

/// What stands between the filter and the LIMIT of the first wall.
fn for_the_index(statement: &str, engine: Engine) -> String {
    let column = |name: &str| Column { name: name.into(), type_name: "Int64".into(), kind: ColumnKind::Ordinary };
    let mut catalog = Catalog::new("d", NameCase::Sensitive);
    for (name, second) in [("t", "x"), ("other", "y")] {
        let place = TableName::new("d", name);
        catalog.insert_keys(&place, Keys::known([]).sorted_by(["n".into()]));
        catalog.insert(place, Table { columns: vec![column("n"), column(second)], engine });
    }
    let filter = RowFilter::compile("n = 1", Dialect::ClickHouse, &Extensions::default(), &|_| None).unwrap();
    let visible = |_: &TableName| Some(Visible::Rows(vec![Arc::new(filter.clone())]));
    let limits = Limits::default();
    let resolved = resolve(statement, Dialect::ClickHouse, &limits, &Extensions::default(), &catalog).unwrap();
    let text = resolved.rewrite(&visible).unwrap().text;
    let (_, behind) = text.split_once("= 1))").unwrap();
    behind.split_once(" LIMIT 922").unwrap().0.to_owned()
}

#[test]
fn a_wall_holds_what_an_index_may_use() {
    let tree = Engine::MergeTree;
    let text = for_the_index("SELECT x FROM t WHERE n > 5 AND x <= 7 AND intDiv(1, n) = 0", tree);
    assert_eq!(text, " WHERE __pc_t.`n` > 5 AND __pc_t.`x` <= 7");
    // What FINAL makes of rows is in no index, but what it knows them by is.
    let text = for_the_index("SELECT x FROM t FINAL WHERE n > 5 AND x <= 7", tree);
    assert_eq!(text, " AND __pc_t.`n` > 5");
    let text =
        for_the_index("SELECT x FROM t SAMPLE 1/2 WHERE n > 5 AND f(n)".replace("f(n)", "intDiv(1, n)").as_str(), tree);
    assert_eq!(text, " WHERE __pc_s1d2.`n` > 5".replace("1d2", "1_d_2"));
    // There is no index in it.
    assert_eq!(for_the_index("SELECT x FROM t WHERE n > 5 AND intDiv(1, n) = 0", Engine::Plain), "");
    // Which tables stand beside it.
    assert_eq!(for_the_index("SELECT x FROM t WHERE n > 5 UNION ALL SELECT x FROM t", tree), " WHERE __pc_t.`n` > 5");
    assert_eq!(for_the_index("SELECT x FROM t WHERE n > 5 AND n IN other", tree), " WHERE __pc_t.`n` > 5");
    assert_eq!(
        for_the_index("SELECT x FROM t, other WHERE n > 5 AND x = 7 AND intDiv(1, y) = 0", tree),
        " WHERE __pc_t.`x` = 7"
    );
}

#[test]
fn the_text_is_bounded_whatever_makes_it_long() {
    let limits = Limits { output_bytes: 60, ..Limits::default() };
    for statement in ["SELECT n FROM t", "SELECT 1 FROM open, open, open, open", "SELECT a,a,a,a,a,a,a,a,a,a,a,a,a,a,a"]
    {
        let refusal = rewrite(statement, &limits).unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::TooLarge, "{statement}");
    }
    assert!(rewrite("SELECT n FROM open", &limits).is_ok());
}

/// A catalog in which `t` stands behind a filter, `dy` too (and its values carry their types), `v` is a view, and `p`, `q`
/// are names of pipes.
fn beside_pipes(statement: &str, seen: &dyn Fn(&str) -> Option<Visible>, inner: bool) -> Result<Rewritten, Refusal> {
    let column = |name: &str, type_name: &str| Column {
        name: name.into(),
        type_name: type_name.into(),
        kind: ColumnKind::Ordinary,
    };
    let mut catalog = Catalog::new("d", NameCase::Sensitive);
    let mut add = |name: &str, columns, engine| catalog.insert(TableName::new("d", name), Table { columns, engine });
    add("t", vec![column("n", "Int64"), column("day", "Date")], Engine::MergeTree);
    add("v", vec![column("n", "Int64")], Engine::View);
    add("d", vec![column("k", "Int64")], Engine::MergeTree);
    add("unknown", vec![], Engine::MergeTree);
    add("dy", vec![column("n", "Int64"), column("j", "Array(Dynamic)")], Engine::MergeTree);
    catalog.insert(TableName::new("e", "t"), Table { columns: vec![column("k", "Int64")], engine: Engine::MergeTree });
    let resolved = resolve(statement, Dialect::ClickHouse, &Limits::default(), &Extensions::default(), &catalog)?;
    let visible = |name: &TableName| {
        let open = matches!(&*name.table, "d" | "unknown") || *name.database == *"e";
        let own = if open { Visible::AllRows } else { Visible::Rows(filters()) };
        seen(&name.table).or_else(|| catalog.get(name).map(|_| own))
    };
    if inner { resolved.rewrite_inner(&visible) } else { resolved.rewrite(&visible) }
}

fn filters() -> Vec<Arc<RowFilter>> {
    let filter = RowFilter::compile("n = 1", Dialect::ClickHouse, &Extensions::default(), &|_| None).unwrap();
    vec![Arc::new(filter)]
}

/// A pipe of that text, as the statement around it sees it.
fn pipe(text: &str, fenced: bool, filters: Vec<Arc<RowFilter>>) -> Visible {
    let query = Arc::new(beside_pipes(text, &|_| None, true).unwrap());
    Visible::Query { query, filters, fenced, plain: false }
}

fn over(statement: &str, pipe: &Visible) -> Result<Rewritten, Refusal> {
    beside_pipes(statement, &|name| (name == "p").then(|| pipe.clone()), false)
}

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

/// How such a column is stored tells of hidden rows, to whoever casts it.
#[test]
fn nothing_is_cast_to_a_type_that_tells_of_hidden_rows() {
    for statement in [
        "SELECT j::Array(Dynamic) FROM dy",
        "SELECT CAST(j, 'Array(Variant(Int64, String))') FROM dy",
        "SELECT CAST(j AS JSON) FROM dy, t",
        "SELECT JSONExtract('{}', x'44796e616d6963') FROM dy",
    ] {
        assert_eq!(beside_pipes(statement, &|_| None, false).unwrap_err().kind, RefusalKind::NotAllowed, "{statement}");
        let open = |name: &str| (name == "dy").then_some(Visible::AllRows);
        let seen = beside_pipes(statement, &open, false).unwrap_or_else(|refusal| panic!("{statement} {refusal:?}"));
        assert!(seen.self_describing, "whoever reads it as a pipe must know");
    }
    assert!(beside_pipes("SELECT n::Int8, 'JSON1' AS `JSON` FROM t", &|_| None, false).is_ok());
    assert!(!beside_pipes("SELECT n FROM t", &|_| None, false).unwrap().self_describing);
    assert!(beside_pipes("SELECT n::String, DATE '2020-01-01' FROM dy", &|_| None, false).is_ok());
    // Out of such a column nothing is cast either: a hidden value's type could have no way to the new one.
    assert!(beside_pipes("SELECT j::Array(Int64) FROM dy", &|_| None, false).is_err());
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

#[test]
fn a_name_at_in_is_a_table_where_it_can_be_nothing_else() {
    let plain = |statement: &str| beside_pipes(statement, &|_| None, false);
    for accepted in [
        "SELECT 1 FROM v WHERE n IN d",
        "SELECT 1 FROM v WHERE n IN e.t",
        // The other name at IN is no table of FROM, and what FROM has may have aliases of its own name.
        "SELECT 1 FROM v WHERE n IN d.t AND n IN d",
        "SELECT 1 FROM v, t AS t WHERE v.n IN d",
        // PREWHERE stays what it is where only the name at IN has a wall.
        "SELECT k FROM d PREWHERE k = 1 WHERE k IN t",
    ] {
        let rewritten = plain(accepted).unwrap_or_else(|refusal| panic!("{accepted}: {refusal}"));
        assert_eq!(rewritten.text.contains(" PREWHERE `k`"), accepted.contains("PREWHERE"), "{}", rewritten.text);
    }
    for refused in [
        "SELECT 1 FROM v WHERE n IN unknown",
        "SELECT 1 FROM d WHERE k IN d.t",
        "SELECT 1 FROM v AS d WHERE n IN d",
        "SELECT 1 AS d FROM v WHERE n IN d",
        "SELECT arrayMap(x -> 1, [1]) FROM v WHERE n IN d",
        "SELECT 1 FROM v WHERE n IN k",
    ] {
        assert!(plain(refused).is_err(), "{refused}");
    }
    // A name at IN is no table that a name of three parts could mean.
    let text = plain("SELECT d.t.n FROM v WHERE n IN t").unwrap().text;
    assert!(text.starts_with("SELECT `d`.`t`.`n` "), "{text}");
    assert!(plain("SELECT d.t.n FROM t").unwrap().text.starts_with("SELECT `t`.`n` "));
}

/// The walls of a statement that is too long are not all written before it is refused.
#[test]
fn what_is_too_long_is_left_off_early() {
    let mut catalog = Catalog::new("d", NameCase::Sensitive);
    let columns = vec![Column { name: "n".into(), type_name: "Int64".into(), kind: ColumnKind::Ordinary }];
    catalog.insert(TableName::new("d", "t"), Table { columns, engine: Engine::MergeTree });
    let limits = Limits { output_bytes: 1_000, ..Limits::default() };
    let query = pipe("SELECT n FROM t", true, vec![]);
    let seen = |name: &TableName| Some(if *name.table == *"t" { Visible::Rows(filters()) } else { query.clone() });
    for name in ["t", "p"] {
        let statement = format!("SELECT 1 FROM t{}", format!(", {name}").repeat(2_000));
        let resolved = resolve(&statement, Dialect::ClickHouse, &limits, &Extensions::default(), &catalog).unwrap();
        let (steps, refused) = crate::sql::steps::of(|| resolved.rewrite_inner(&seen));
        assert_eq!(refused.unwrap_err().kind, RefusalKind::TooLarge);
        // Each name is looked at twice (does it make a dictionary, is it a column?), and no wall is written for most.
        assert!(steps < 5_000, "{steps} steps for {name}");
    }
}

/// Types of that name are harmless where they are not ClickHouse's.
#[test]
fn a_cast_to_json_is_plain_elsewhere() {
    let column = |name: &str| Column { name: name.into(), type_name: "JSON".into(), kind: ColumnKind::Ordinary };
    let mut catalog = Catalog::new("main", NameCase::Insensitive);
    catalog.insert(TableName::new("main", "t"), Table { columns: vec![column("n")], engine: Engine::Plain });
    let (dialect, limits, extensions) = (Dialect::Sqlite, Limits::default(), Extensions::default());
    let filter = Arc::new(RowFilter::compile("n = 1", dialect, &extensions, &|_| None).unwrap());
    let resolved = resolve("SELECT CAST(n AS JSON) FROM t", dialect, &limits, &extensions, &catalog).unwrap();
    assert!(resolved.rewrite(&|_| Some(Visible::Rows(vec![Arc::clone(&filter)]))).is_ok());
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

/// Behind a wall a table with an alias has the alias only.
#[test]
fn a_table_with_an_alias_is_not_called_by_its_own_name() {
    let plain = |statement: &str| beside_pipes(statement, &|_| None, false);
    assert_eq!(plain("SELECT t.n FROM t AS x").unwrap_err().kind, RefusalKind::NotAllowed);
    assert!(plain("SELECT t.n FROM t AS x, e.t AS t").is_ok(), "another table has that name");
    assert!(plain("SELECT t FROM t AS x").is_ok(), "it stands before no dot");
    assert!(plain("SELECT t.n FROM t AS x, unknown").is_ok(), "it could be a column of a table that is not known");
    let sqlite = |statement: &str| other_dialect(statement).map(|rewritten| rewritten.text);
    assert!(sqlite("SELECT t.n FROM t AS x").is_ok(), "other engines refuse it themselves");
}

/// The same `t` behind its filter, in SQLite.
fn other_dialect(statement: &str) -> Result<Rewritten, Refusal> {
    let column = Column { name: "n".into(), type_name: "Int64".into(), kind: ColumnKind::Ordinary };
    let mut catalog = Catalog::new("main", NameCase::Insensitive);
    catalog.insert(TableName::new("main", "t"), Table { columns: vec![column], engine: Engine::Plain });
    let (dialect, extensions) = (Dialect::Sqlite, Extensions::default());
    let filter = Arc::new(RowFilter::compile("n = 1", dialect, &extensions, &|_| None)?);
    let resolved = resolve(statement, dialect, &Limits::default(), &extensions, &catalog)?;
    resolved.rewrite(&|_| Some(Visible::Rows(vec![Arc::clone(&filter)])))
}

#[test]
fn a_name_that_an_expression_has_is_no_walls() {
    let text = |statement: &str| beside_pipes(statement, &|_| None, false).unwrap().text;
    assert!(text("SELECT count() AS t FROM t").ends_with(" AS `__pc_a7`"));
    assert!(text("SELECT count() AS \"t\" FROM t").ends_with(" AS `__pc_a7`"));
    assert!(text("SELECT count() AS t, t.n FROM t").ends_with(" AS `t`"), "before a dot it is the table's");
    // A query of WITH keeps the alias that it is given.
    let with = text("WITH q AS (SELECT 1 AS n) SELECT count() AS q FROM q AS x");
    assert!(with.ends_with("FROM __pc_0 AS `x`"), "{with}");
    let with = text("WITH q AS (SELECT 1 AS n) SELECT count() AS q FROM q");
    assert!(with.ends_with("FROM __pc_0"), "{with}");
    // Elsewhere an alias of an expression and a table are two things.
    let sqlite = other_dialect("SELECT count(*) AS t FROM t").unwrap().text;
    assert!(sqlite.ends_with(" AS \"t\""), "{sqlite}");
}

#[test]
fn columns_that_clickhouse_makes_up_are_refused_on_clickhouse_alone() {
    let refused = |statement: &str| beside_pipes(statement, &|_| None, false).is_err();
    assert!(refused("SELECT _part FROM t") && refused("SELECT t._table FROM t"));
    assert!(!refused("SELECT 1 AS _part, _part FROM t"), "the statement has one of its own");
    assert!(other_dialect("SELECT _part FROM t").is_ok());
}

/// Where an answer that breaks off would tell of hidden rows, it is waited for.
#[test]
fn what_reads_behind_a_filter_or_out_of_a_pipe_may_break_off_where_something_can_fail() {
    let fallible = |statement| rewrite(statement, &Limits::default()).unwrap().fallible;
    assert!(fallible("SELECT intDiv(1, n) FROM t") && fallible("SELECT n FROM t WHERE intDiv(1, n) = 1"));
    assert!(!fallible("SELECT n FROM t WHERE n > 1"), "nothing can fail");
    assert!(!fallible("SELECT intDiv(1, n) FROM open"), "nothing is hidden");
    let over = |fenced| over("SELECT n FROM p", &pipe("SELECT k AS n FROM d", fenced, vec![])).unwrap();
    assert!(over(true).fallible && !over(true).filtered, "the pipe leaves something out");
    assert!(!over(false).fallible, "a part of the same pipe");
}

/// What a filtered statement reads where the configuration tells the columns.
fn stated(statement: &'static str, dialect: Dialect) -> Result<Rewritten, Refusal> {
    let column = |(name, type_name): (&str, &str)| Column {
        name: name.into(),
        type_name: type_name.into(),
        kind: ColumnKind::Ordinary,
    };
    let mut catalog = Catalog::new("d", NameCase::Sensitive).stated();
    let columns = [("n", "Int64"), ("u", "")].map(column).to_vec();
    catalog.insert(TableName::new("d", "t"), Table { columns, engine: Engine::Plain });
    let filter = Arc::new(RowFilter::compile("n = 1", dialect, &Extensions::default(), &|_| None)?);
    resolve(statement, dialect, &Limits::default(), &Extensions::default(), &catalog)?
        .rewrite(&|_| Some(Visible::Rows(vec![Arc::clone(&filter)])))
}

#[test]
fn behind_http_clickhouse_shows_the_columns_that_are_listed_and_others_show_the_star() {
    let text = stated("SELECT * FROM t", Dialect::ClickHouse).unwrap().text;
    assert!(text.contains("__pc_t.`n` AS `n`") && !text.contains("SELECT * FROM `d`"), "{text}");
    let sqlite = stated("SELECT * FROM t", Dialect::Sqlite).unwrap();
    assert!(!sqlite.text.contains(" AS \"n\""), "{}", sqlite.text);
    assert!(sqlite.fallible, "of other engines nothing is known");
}

#[test]
fn a_column_without_a_type_may_share_a_dictionary() {
    let text = stated("SELECT base64Decode(u) FROM t", Dialect::ClickHouse).unwrap().text;
    assert!(text.contains("[__pc_t.`u`][1] AS `u`"), "{text}");
}

#[test]
fn a_column_without_a_type_is_not_cast_and_the_hint_says_what_would_help() {
    let refusal = stated("SELECT u::Int64 FROM t", Dialect::ClickHouse).unwrap_err();
    assert!(refusal.hint.as_deref().is_some_and(|hint| hint.contains("list the columns' types")), "{refusal:?}");
    assert!(stated("SELECT CAST(n, 'Dynamic') FROM t", Dialect::ClickHouse).is_err(), "it may be of the open types");
    let known = beside_pipes("SELECT j[1]::Int64 FROM dy", &|_| None, false).unwrap_err();
    assert!(!known.hint.unwrap_or_default().contains("list the columns' types"), "its types are known");
}
