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
    let reference = Reference {
        name: &TableName::new(database, table),
        table: &Table { columns, engine: Engine::Plain },
        alias: "t",
        is_final: false,
        is_total: false,
        sample: sample.map(str::to_owned),
        by_name: &by_name,
        parted: &|column| &*column.name == "n" && parted,
        dialect: Dialect::Generic,
        case,
        default_database: "public",
    };
    let filter = RowFilter::compile(filter, Dialect::Generic, &Extensions::default(), &|_| None)?;
    assert!(reference.walled(&[]).is_err(), "a wall needs a filter");
    reference.walled(&[Arc::new(filter.clone()), Arc::new(filter)])
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
fn a_column_is_given_anew_where_it_shares_its_values() {
    let text = wall_of("d", "t", "n = 1", NameCase::Sensitive, true, None).unwrap();
    let written =
        r#"(SELECT * REPLACE ([__pc_t."n"][1] AS "n"), __pc_t."extra" AS "extra" FROM "d"."t" AS __pc_t WHERE"#;
    assert!(text.starts_with(written), "{text}");
}

#[test]
fn a_sample_is_a_share() {
    let sampled = |sample| wall_of("d", "t", "n = 1", NameCase::Sensitive, false, Some(sample)).is_ok();
    for share in ["0.1", "1", "1 / 10", "3 / 3", "0", "1 / 2 OFFSET 1 / 2", "0.5 OFFSET 1"] {
        assert!(sampled(share), "{share}");
    }
    for number in [
        "2",
        "1.01",
        "3 / 2",
        "1 / 0",
        "1e3",
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
    let walled = |kind, named: bool| {
        Reference {
            name: &TableName::new("d", "t"),
            table: &Table { columns: vec![column(kind)], engine: Engine::MergeTree },
            alias: "t",
            is_final: false,
            is_total: false,
            sample: None,
            by_name: &|_| named,
            parted: &|_| false,
            dialect: Dialect::ClickHouse,
            case: NameCase::Sensitive,
            default_database: "d",
        }
        .walled(&[Arc::new(
            RowFilter::compile("c = 1", Dialect::ClickHouse, &Extensions::default(), &|_| None).unwrap(),
        )])
    };
    assert!(walled(ColumnKind::ByName, true).is_ok() && walled(ColumnKind::Computed, false).is_ok());
    assert_eq!(walled(ColumnKind::Computed, true).unwrap_err().kind, RefusalKind::NotAllowed);
}
