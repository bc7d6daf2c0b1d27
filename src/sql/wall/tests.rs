use super::*;
use crate::catalog::Column;
use crate::sql::Extensions;

/// The wall of a table of that name, whose columns are `n`, and outside `*` `extra` and one that cannot be quoted.
fn wall(database: &str, table: &str, filter: &str, case: NameCase) -> Result<String, Refusal> {
    wall_of(database, table, filter, case, false, None)
}

fn wall_of(
    database: &str,
    table: &str,
    filter: &str,
    case: NameCase,
    parted: bool,
    sample: Option<&str>,
) -> Result<String, Refusal> {
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
    let shape = Shape::of(&known, case, &by_name, &|column| &*column.name == "n" && parted, &filters);
    let name = TableName::new(database, table);
    let plain = reference(&name, known.engine, &shape, Dialect::Generic);
    let reference = Reference { sample: sample.map(str::to_owned), ..plain };
    assert!(reference.walled(&[]).is_err(), "a wall needs a filter");
    reference.walled(&filters)
}

/// A plain reference to that table, which is called `t`.
fn reference<'a>(name: &'a TableName, engine: Engine, shape: &'a Shape<'a>, dialect: Dialect) -> Reference<'a> {
    Reference {
        name,
        engine,
        shape,
        alias: "t",
        is_final: false,
        is_open: false,
        pruning: &[],
        sample: None,
        dialect,
        default_database: "public",
    }
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

#[test]
fn of_a_table_without_columns_every_name_may_be_one() {
    let filter = RowFilter::compile("n = 1", Dialect::Generic, &Extensions::default(), &|_| None).unwrap();
    let filters = [Arc::new(filter)];
    let table = Table { columns: vec![], engine: Engine::Plain };
    let shape = Shape::of(&table, NameCase::Sensitive, &|_| true, &|_| false, &filters);
    let name = TableName::new("d.e", "t");
    let reference = reference(&name, table.engine, &shape, Dialect::Generic);
    // A dot in a database's name divides nothing where there are no catalogs.
    let written = r#"(SELECT * FROM "d.e"."t" AS __pc_t WHERE ((__pc_t."n" = 1))) AS "t""#;
    assert_eq!(reference.walled(&filters).unwrap(), written);
}

/// Where the configuration alone tells the columns, they are written one by one.
#[test]
fn columns_that_are_stated_are_listed() {
    let filter = RowFilter::compile("n = 1", Dialect::ClickHouse, &Extensions::default(), &|_| None).unwrap();
    let filters = [Arc::new(filter)];
    let walled = |columns: &[(&str, ColumnKind)]| {
        let column =
            |(name, kind): &(&str, ColumnKind)| Column { name: (*name).into(), type_name: "Int64".into(), kind: *kind };
        let table = Table { columns: columns.iter().map(column).collect(), engine: Engine::Plain };
        let shape = Shape::of(&table, NameCase::Sensitive, &|_| false, &|column| &*column.name == "s", &filters);
        let (name, shape) = (TableName::new("d", "t"), shape.listing(&table));
        reference(&name, table.engine, &shape, Dialect::ClickHouse).walled(&filters)
    };
    use ColumnKind::{ByName, Ordinary};
    let text = walled(&[("n", Ordinary), ("s", Ordinary), ("outside", ByName)]).unwrap();
    let written = "view(SELECT __pc_t.`n` AS `n`, [__pc_t.`s`][1] AS `s` FROM `d`.`t` AS __pc_t WHERE ";
    assert!(text.starts_with(written), "{text}");
    assert!(walled(&[("n", ByName)]).unwrap_err().message.contains("its columns are not known"));
    assert!(walled(&[("n", Ordinary), ("a`b", Ordinary)]).unwrap_err().message.contains("cannot be written safely"));
}

#[test]
fn a_querys_wall_holds_every_filter() {
    let filter = |text| Arc::new(RowFilter::compile(text, Dialect::Sqlite, &Extensions::default(), &|_| None).unwrap());
    let wall = |filters: &[_], fenced, alias| around_query("SELECT 1", filters, fenced, &[], alias, Dialect::Sqlite);
    let both = wall(&[filter("n = 1"), filter("n = 2")], false, "p").unwrap();
    let written = r#"(SELECT * FROM (SELECT 1) AS __pc_t WHERE ((__pc_t."n" = 1) OR(__pc_t."n" = 2)) LIMIT -1) AS "p""#;
    assert_eq!(both, written);
    assert!(wall(&[], false, "p`").is_err(), "its name would end early");
    assert!(subquery("SELECT 1", "p`", Dialect::Sqlite).is_err());
    let named = ["a".to_owned(), "\u{e9}".to_owned()];
    let given = around_query("SELECT a", &[], true, &named, "p", Dialect::ClickHouse).unwrap();
    assert!(given.starts_with("view(SELECT * REPLACE ([__pc_t.`a`][1] AS `a`) FROM view(SELECT a)"), "{given}");
}

#[test]
fn a_column_is_given_anew_where_it_shares_its_values() {
    let text = wall_of("d", "t", "n = 1", NameCase::Sensitive, true, None).unwrap();
    let written =
        r#"(SELECT * REPLACE ([__pc_t."n"][1] AS "n"), __pc_t."extra" AS "extra" FROM "d"."t" AS __pc_t WHERE"#;
    assert!(text.starts_with(written), "{text}");
    let unquotable = [String::from("n`")];
    assert!(replaced(&mut String::new(), &unquotable, "__pc_t", Dialect::ClickHouse).is_err());
}

#[test]
fn a_sample_is_a_share() {
    let sampled = |sample| wall_of("d", "t", "n = 1", NameCase::Sensitive, false, Some(sample)).is_ok();
    for share in ["0.1", "1", "1 / 10", "3 / 3", "0", "1 / 2 OFFSET 1 / 2", "0.5 OFFSET 1", "0.1234567890123"] {
        assert!(sampled(share), "{share}");
    }
    for number in [
        "2",
        "1.01",
        "3 / 2",
        "1 / 0",
        "1e3",
        "1e-1",
        "1 / inf",
        "0x1",
        "1 OFFSET 2",
        "1 / 2 OFFSET 3 / 2",
        "1000000000000001 / 1000000000000001",
    ] {
        assert!(!sampled(number), "{number}");
    }
}

#[test]
fn what_the_engine_computes_from_shared_values_is_not_read() {
    let column = |kind| Column { name: "c".into(), type_name: "Int64".into(), kind };
    let filter = RowFilter::compile("c = 1", Dialect::ClickHouse, &Extensions::default(), &|_| None).unwrap();
    let filters = [Arc::new(filter)];
    let walled = |kind, named: bool| {
        let table = Table { columns: vec![column(kind)], engine: Engine::MergeTree };
        let shape = Shape::of(&table, NameCase::Sensitive, &|_| named, &|_| false, &filters);
        reference(&TableName::new("d", "t"), table.engine, &shape, Dialect::ClickHouse).walled(&filters)
    };
    assert!(walled(ColumnKind::ByName, true).is_ok() && walled(ColumnKind::Computed, false).is_ok());
    assert_eq!(walled(ColumnKind::Computed, true).unwrap_err().kind, RefusalKind::NotAllowed);
}
