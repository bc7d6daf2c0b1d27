use super::*;
use crate::catalog::Column;
use crate::sql::Extensions;

/// The wall of a table of that name, whose columns are `n`, and outside `*` `extra` and one that cannot be quoted.
fn wall(database: &str, table: &str, filter: &str, case: NameCase) -> Result<String, Refusal> {
    let column = |name: &str, kind| Column { name: name.into(), type_name: "Int64".into(), kind };
    let by_name = |name: &str| name != "other";
    let columns = vec![
        column("n", ColumnKind::Ordinary),
        column("extra", ColumnKind::ByName),
        column("other", ColumnKind::ByName),
        column("a`b", ColumnKind::ByName),
    ];
    let filter = RowFilter::compile(filter, Dialect::Generic, &Extensions::default(), &|_| None)?;
    let filters = [Arc::new(filter.clone()), Arc::new(filter)];
    let known = Table { columns, engine: Engine::Plain };
    let reference = Reference {
        name: &TableName::new(database, table),
        engine: known.engine,
        shape: &Shape::of(&known, case, &by_name, &filters),
        alias: "t",
        is_final: false,
        is_total: false,
        sample: None,
        dialect: Dialect::Generic,
        default_database: "public",
    };
    assert!(reference.walled(&[]).is_err(), "a wall needs a filter");
    reference.walled(&filters)
}

#[test]
fn a_wall_holds_every_filter_and_the_columns_that_are_named() {
    let text = wall("d", "t", "n = 1", NameCase::Sensitive).unwrap();
    let written = r#"(SELECT *, __pc_t."extra" AS "extra" FROM "d"."t" AS __pc_t WHERE ((__pc_t."n" = 1) OR (__pc_t."n" = 1))) AS "t""#;
    assert_eq!(text, written);
    assert!(wall("public", "t", "n = 1", NameCase::Sensitive).unwrap().contains(r#" FROM "t" AS "#));
}

#[test]
fn a_name_that_cannot_be_quoted_is_not_written() {
    for (database, table) in [("d`", "t"), ("d", "t\""), ("d", ""), ("d\\", "t\\")] {
        assert!(wall(database, table, "n = 1", NameCase::Sensitive).is_err(), "{database}.{table}");
    }
}

#[test]
fn a_filter_names_columns_of_its_table() {
    assert!(wall("d", "t", "m = 1", NameCase::Insensitive).is_err());
    assert!(wall("d", "t", "N = 1", NameCase::Sensitive).is_err());
    assert!(wall("d", "t", "N = 1", NameCase::Insensitive).is_ok());
}
