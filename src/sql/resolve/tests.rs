use super::*;
use crate::catalog::{Column, ColumnKind, Engine, NameCase};

fn resolved(statement: &str, dialect: Dialect) -> Resolved<'_> {
    let column = Column { name: "n".into(), type_name: "Int64".into(), kind: ColumnKind::Ordinary };
    let mut catalog = Catalog::new("d", NameCase::Sensitive);
    catalog.insert(TableName::new("d", "t"), Table { columns: vec![column], engine: Engine::MergeTree });
    resolve(statement, dialect, &Limits::default(), &Extensions::default(), &catalog).unwrap()
}

#[test]
fn what_cannot_fail_is_known_of_known_tables_on_clickhouse_alone() {
    let cannot_fail = |statement, dialect| resolved(statement, dialect).cannot_fail();
    assert!(cannot_fail("SELECT n FROM t WHERE n = 1", Dialect::ClickHouse));
    assert!(!cannot_fail("SELECT n FROM t WHERE intDiv(1, n) = 1", Dialect::ClickHouse));
    assert!(!cannot_fail("SELECT n FROM t, missing WHERE n = 1", Dialect::ClickHouse), "of one table nothing is known");
    for dialect in [Dialect::Sqlite, Dialect::Tinybird] {
        assert!(!cannot_fail("SELECT n FROM t WHERE n = 1", dialect), "{dialect:?}");
    }
}
