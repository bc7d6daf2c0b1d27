use std::sync::Arc;

use super::*;
use crate::catalog::{Catalog, ColumnKind, Engine, NameCase};
use crate::sql::filter::RowFilter;
use crate::sql::{Extensions, Limits, resolve};

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
fn a_comparison_that_scales_a_column_gets_the_fence() {
    let fenced = |statement| rewrite(statement, &Limits::default()).unwrap().text.contains(" LIMIT ");
    assert!(fenced("SELECT n FROM t WHERE n = ts"));
    assert!(fenced("SELECT n FROM t WHERE n = `ts`"));
    assert!(!fenced("SELECT n FROM t WHERE n = 1"));
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
