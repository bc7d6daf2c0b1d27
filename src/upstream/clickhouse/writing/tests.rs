use super::text::create;
use super::*;
use crate::upstream::change::{Index, Key, NewEngine, NewTable, Ttl};
use crate::upstream::intake::{Cell, Default, Kind, NewField};

#[test]
fn names_that_hold_a_quote_stay_names() {
    assert_eq!(full(&TableName::new("d`b", "t\\")), "`d\\`b`.`t\\\\`");
}

#[test]
fn a_table_is_written_from_what_was_understood() {
    let field =
        |name: &str, kind: &str, default| NewField { name: name.to_owned(), kind: Kind::parse(kind).unwrap(), default };
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
            sorting_key: vec![Key::Column("a".to_owned()), Key::Call("toDate", "c".to_owned())],
            partition_key: vec![Key::Call("toYYYYMM", "c".to_owned())],
            primary_key: vec![Key::Column("a".to_owned())],
            ttl: Some(Ttl { function: Some("toDate"), column: "c".to_owned(), count: 30, unit: "Day" }),
            ..NewEngine::default()
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

#[test]
fn a_described_table_keeps_its_indexes_expiry_and_settings() {
    let kind = Kind::parse_described("AggregateFunction(uniq, String)", &|name| name == "uniq").unwrap();
    let list = Cell::List(vec![Cell::Int(1), Cell::Text("a'".to_owned())]);
    let table = NewTable {
        name: TableName::new("d", "t"),
        fields: vec![
            NewField { name: "s".to_owned(), kind, default: None },
            NewField {
                name: "l".to_owned(),
                kind: Kind::parse("Array(String)").unwrap(),
                default: Some(Default::Literal(list)),
            },
            NewField {
                name: "e".to_owned(),
                kind: Kind::Date,
                default: Some(Default::Expression("toDate(`at`)".to_owned())),
            },
        ],
        engine: NewEngine {
            sorting_key: vec![Key::Expression("cityHash64(`l`)".to_owned())],
            expiry: Some("`e` + toIntervalDay(7)".to_owned()),
            indexes: vec![Index {
                name: "i".to_owned(),
                expression: "lower(`l`)".to_owned(),
                type_text: "bloom_filter(0.01)".to_owned(),
                granularity: 4,
            }],
            nullable_key: true,
            settings: vec![("index_granularity", 256)],
            ..NewEngine::default()
        },
    };
    assert_eq!(
        create(&table),
        "CREATE TABLE `d`.`t` (`s` AggregateFunction(uniq, String), `l` Array(String) DEFAULT [1, 'a\\''], \
         `e` Date DEFAULT toDate(`at`), INDEX `i` (lower(`l`)) TYPE bloom_filter(0.01) GRANULARITY 4) \
         ENGINE = MergeTree() ORDER BY (cityHash64(`l`)) TTL `e` + toIntervalDay(7) \
         SETTINGS index_granularity = 256, allow_nullable_key = 1"
    );
}
