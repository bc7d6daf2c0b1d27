use super::*;

fn field(type_name: &str) -> Field {
    let kind = Kind::parse(type_name).unwrap();
    let nullable = kind.is_nullable();
    Field {
        name: "c".to_owned(),
        kind,
        type_name: type_name.to_owned(),
        nullable,
        defaulted: false,
        default: None,
        insertable: true,
    }
}

fn json(type_name: &str, text: &str) -> Option<Cell> {
    fit(&field(type_name), Some(&Given::parse(text.as_bytes()).unwrap()), false).ok()
}

#[test]
fn a_value_that_fits_goes_in_as_it_is() {
    let text = |text: &str| Some(Cell::Text(text.to_owned()));
    assert_eq!(json("Int8", "-128"), Some(Cell::Int(-128)));
    assert_eq!(json("UInt64", "18446744073709551615"), Some(Cell::Int(u64::MAX.into())));
    assert_eq!(json("UInt64", "\"12\""), Some(Cell::Int(12)));
    assert_eq!(
        json("UInt128", "\"340282366920938463463374607431768211455\""),
        text("340282366920938463463374607431768211455")
    );
    assert_eq!(json("Float64", "1"), Some(Cell::Float(1.0)));
    assert_eq!(json("Decimal(5, 2)", "\"-123.45\""), text("-123.45"));
    assert_eq!(json("Nullable(Int8)", "null"), Some(Cell::Null));
    assert_eq!(json("String", "{\"a\": [1]}"), text("{\"a\":[1]}"));
    assert_eq!(json("DateTime", "\"2026-01-01T00:00:00Z\""), text("2026-01-01 00:00:00Z"));
    assert_eq!(json("DateTime", "1780272000"), text("2026-06-01 00:00:00Z"));
    assert_eq!(json("DateTime64(3)", "1780272000123"), text("2026-06-01 00:00:00.123Z"));
    assert_eq!(json("Array(Nullable(Int8))", "[1,null]"), Some(Cell::List(vec![Cell::Int(1), Cell::Null])));
    assert_eq!(json("Enum8('a','b')", "\"b\""), text("b"));
    assert_eq!(json("Map(String, UInt8)", "{\"a\":1}"), Some(Cell::Object(vec![("a".to_owned(), Cell::Int(1))])));
}

#[test]
fn a_value_that_would_change_on_its_way_in_does_not_fit() {
    for (kind, value) in [
        ("Int8", "128"),
        ("Int8", "1.5"),
        ("Int8", "\"1 \""),
        ("Int8", "\"+1\""),
        ("Int8", "true"),
        ("Int8", "null"),
        ("UInt8", "-1"),
        ("UInt8", "256"),
        ("UInt64", "18446744073709551616"),
        ("Float32", "1e300"),
        ("Float64", "\"nan\""),
        ("Decimal(5, 2)", "\"1.234\""),
        ("Decimal(5, 2)", "\"1234.5\""),
        ("Decimal(5, 2)", "\"1e2\""),
        ("Bool", "2"),
        ("FixedString(2)", "\"abc\""),
        ("UUID", "\"x\""),
        ("Date", "\"2026-02-30\""),
        ("Date", "\"1969-12-31\""),
        ("DateTime", "\"1969-12-31 23:59:59\""),
        ("DateTime", "\"2026-01-01 00:00:00.5\""),
        ("Enum8('a')", "\"b\""),
        ("Enum8('a')", "1"),
        ("IPv4", "\"1.2.3.4.5\""),
        ("Array(Int8)", "[1,null]"),
        ("Array(Int8)", "1"),
        ("Map(String, UInt8)", "{\"a\":-1}"),
        ("Tuple(a Int8)", "{\"b\":1}"),
        ("String", "\"a\\u0000b\""),
    ] {
        assert_eq!(json(kind, value), None, "{kind}: {value}");
    }
}

#[test]
fn an_empty_field_of_csv_is_null_or_the_default_or_empty_text() {
    let empty = Given::Text(String::new());
    assert_eq!(fit(&field("String"), Some(&empty), true), Ok(Cell::Text(String::new())));
    assert_eq!(fit(&field("Nullable(Int8)"), Some(&empty), true), Ok(Cell::Null));
    assert!(fit(&field("Int8"), Some(&empty), true).is_err());
    let defaulted = Field { defaulted: true, ..field("Int8") };
    assert_eq!(fit(&defaulted, Some(&empty), true), Ok(Cell::Omitted));
    assert_eq!(fit(&defaulted, None, false), Ok(Cell::Omitted));
    assert!(fit(&field("Int8"), None, false).is_err());
}
