use super::*;

#[test]
fn a_schema_is_read_as_the_command_line_writes_it() {
    let text = "`id` Int64 `json:$.id`, `tags` Array(String) `json:$.tags[:]`, at DateTime64(3, 'UTC') DEFAULT now(), \
                `kind` LowCardinality(String) DEFAULT 'it\\'s, (a)', n Nullable(Float64)";
    let fields = columns(text).unwrap();
    let shown: Vec<_> =
        fields.iter().map(|field| format!("{} {} {:?}", field.name, field.kind, field.default)).collect();
    assert_eq!(
        shown,
        [
            "id Int64 None",
            "tags Array(String) None",
            "at DateTime64(3, 'UTC') Some(Now)",
            "kind LowCardinality(String) Some(Literal(Text(\"it's, (a)\")))",
            "n Nullable(Float64) None",
        ]
    );
}

#[test]
fn whatever_else_is_refused() {
    for text in [
        "",
        "a",
        "a Int8, A Int8",
        "1a Int8",
        "`a b` Int8",
        "`a` b` Int8",
        "__pc_a Int8",
        "a Int8 DEFAULT sleep(3)",
        "a Int8 DEFAULT 1) ENGINE = Memory --",
        "a String DEFAULT 'x' || 'y'",
        "a Int8 DEFAULT 'x'",
        "a Int8 CODEC(ZSTD)",
        "a Int8 MATERIALIZED 1",
        "a Int8 ALIAS 1",
        "a Int8 TTL now()",
        "a Int8 `json:$.b`",
        "a Int8) ENGINE = URL('http://x'",
        "a Int8, INDEX i a TYPE minmax",
        "a Enum8('x",
    ] {
        assert!(columns(text).is_err(), "{text}");
    }
}

#[test]
fn keys_are_columns_and_listed_functions_of_them() {
    let fields = columns("a Int64, at DateTime").unwrap();
    let read = |pairs: &[(&str, &str)]| {
        let pairs: Parameters = pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        engine(&pairs, &fields)
    };
    let good = read(&[("engine_sorting_key", "a, toDate(at)"), ("engine_partition_key", "toYYYYMM(at)")]).unwrap();
    assert_eq!(good.sorting_key.len(), 2);
    for bad in [
        ("engine", "URL"),
        ("engine", "MergeTree()"),
        ("engine_sorting_key", "b"),
        ("engine_sorting_key", "a) SETTINGS x = 1 --"),
        ("engine_partition_key", "sleep(a)"),
        ("engine_partition_key", "toYYYYMM(at) TTL at"),
        ("engine_partition_key", "toYYYYMM(toDate(at))"),
        ("engine_ttl", "at + 1"),
        ("engine_full", "Memory"),
        ("engine_ver", "at"),
    ] {
        assert!(read(&[bad]).is_err(), "{bad:?}");
    }
}
