use super::*;

fn column(type_name: &str) -> Value {
    Value::column(type_name).unwrap()
}

#[test]
fn a_type_is_a_kind_or_nothing_is_known_of_it() {
    assert_eq!(column("LowCardinality(Nullable(String))"), Value { nullable: true, ..Value::of(Kind::Text) });
    assert_eq!(column("DateTime64(6, 'Europe/Vienna')").kind, Kind::Time64(6));
    assert_eq!(column("Array(LowCardinality(String))").kind, Kind::Container);
    for exotic in [
        "JSON",
        "Dynamic",
        "Variant(String, UInt8)",
        "Enum8('a' = 1)",
        "FixedString(3)",
        "Date32",
        "Decimal(9, 4)",
        "Decimal(38, 30)",
        "Array(DateTime64(3))",
        "Array(Nullable(Int8))",
        "AggregateFunction(uniq, String)",
        "Nullable(UUID)",
        "IPv4",
        "",
    ] {
        assert_eq!(Value::column(exotic), None, "{exotic}");
    }
}

#[test]
fn what_the_engine_was_seen_to_fail_on_cannot_be_compared() {
    let wrong = |left: &str, right: &str| {
        assert!(!is_comparable(column(left), column(right), false), "{left} {right}");
        assert!(!is_comparable(column(right), column(left), false), "{right} {left}");
    };
    wrong("DateTime64(3)", "Int64");
    wrong("DateTime64(3)", "DateTime64(6)");
    wrong("Decimal(18, 4)", "Int64");
    wrong("Nullable(String)", "Int64");
    wrong("Nullable(Int64)", "String");
    wrong("Nullable(Date)", "String");
    assert!(is_comparable(column("DateTime64(3)"), column("Nullable(DateTime)"), true));
    assert!(is_comparable(column("Nullable(String)"), column("String"), true));
    let literal = |text: &str| Value::text(text.as_bytes());
    assert!(is_comparable(column("Nullable(DateTime64(3))"), literal("2026-01-01 00:00:00"), true));
    assert!(!is_comparable(column("Nullable(DateTime64(3))"), literal("boom"), true));
    assert!(!is_comparable(column("Nullable(Date)"), literal("2026-01-01 00:00:00"), true));
    assert!(!is_comparable(column("DateTime64(3)"), Value::constant(Kind::Time64(6)), false));
    assert!(!is_comparable(column("Int64"), Value::constant(Kind::Time64(3)), false));
    assert!(is_comparable(column("DateTime64(6)"), Value::constant(Kind::Time64(3)), false));
    assert!(!is_comparable(Value::UNKNOWN, column("Int64"), false));
    assert!(is_comparable(Value::UNKNOWN, Value::number("5"), false));
    assert!(!is_comparable(Value::UNKNOWN, Value::number("5"), true));
    assert!(!is_comparable(column("DateTime64(9)"), Value::number("99999999999999"), false));
}
