use super::text::create;
use super::*;
use crate::upstream::change::{Key, NewEngine, NewTable, Ttl};
use crate::upstream::intake::{Cell, Default, Kind, NewField};

#[test]
fn names_that_hold_a_quote_stay_names() {
    assert_eq!(full(&TableName::new("d`b", "t\\")), "`d\\`b`.`t\\\\`");
}

#[test]
fn a_table_is_written_from_what_was_understood() {
    let field =
        |name: &str, kind: &str, default| NewField { name: name.to_owned(), kind: Kind::parse(kind).unwrap(), default };
    let key = |function, column: &str| Key { function, column: column.to_owned() };
    let table = NewTable {
        name: TableName::new("d", "t"),
        fields: vec![
            field("a", "Int64", Some(Default::Literal(Cell::Int(-1)))),
            field("b", "String", Some(Default::Literal(Cell::Text("it's \\ 'x'".to_owned())))),
            field("c", "DateTime", Some(Default::Now)),
        ],
        engine: NewEngine {
            name: "ReplacingMergeTree",
            arguments: vec!["c".to_owned()],
            sorting_key: vec![key(None, "a"), key(Some("toDate"), "c")],
            partition_key: vec![key(Some("toYYYYMM"), "c")],
            primary_key: vec![key(None, "a")],
            ttl: Some(Ttl { function: Some("toDate"), column: "c".to_owned(), count: 30, unit: "Day" }),
        },
    };
    assert_eq!(
        statements(&Change::Describe(TableName::new("d", "t"), "a'; DROP TABLE t --\\".to_owned())),
        ["ALTER TABLE `d`.`t` MODIFY COMMENT 'a\\'; DROP TABLE t --\\\\'"]
    );
    assert_eq!(
        create(&table),
        "CREATE TABLE `d`.`t` (`a` Int64 DEFAULT -1, `b` String DEFAULT 'it\\'s \\\\ \\'x\\'', `c` DateTime DEFAULT now()) \
         ENGINE = ReplacingMergeTree(`c`) PARTITION BY (toYYYYMM(`c`)) PRIMARY KEY (`a`) ORDER BY (`a`, toDate(`c`)) \
         TTL toDate(`c`) + toIntervalDay(30)"
    );
}
