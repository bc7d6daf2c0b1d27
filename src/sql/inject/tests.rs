use std::sync::Arc;

use super::*;
use crate::catalog::{Catalog, Column, ColumnKind, Engine, Keys, NameCase};
use crate::sql::filter::RowFilter;
use crate::sql::{Dialect, Extensions, Limits, resolve};

mod names;
mod pipes;
mod types;

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
