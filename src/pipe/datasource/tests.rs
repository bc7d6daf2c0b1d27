use super::*;

#[test]
fn columns_have_types_paths_and_defaults() {
    let text = "DESCRIPTION landing\nTOKEN \"tracker\" APPEND\n\nSCHEMA >\n    `at` DateTime64(3, 'UTC') `json:$.at`,\n    # a remark, with a comma\n    org_id Int32 `json:$.org.id` DEFAULT 0,\n    tags Array(String) `json:$.tags[:]` DEFAULT ['a,', '\\'b'] CODEC(ZSTD(1)),\n    hits AggregateFunction(uniq, String)\n\nENGINE MergeTree\nENGINE_SORTING_KEY \"org_id, at\"\nKAFKA_TOPIC x\n";
    let found = parse(text).unwrap();
    let column = |name: &str, type_name: &str, path: Option<&str>, default: Option<&str>, line| Column {
        name: name.into(),
        type_name: type_name.into(),
        json_path: path.map(Into::into),
        default: default.map(Into::into),
        codec: None,
        line,
    };
    assert_eq!(
        found.columns[..2],
        [
            column("at", "DateTime64(3, 'UTC')", Some("$.at"), None, 5),
            column("org_id", "Int32", Some("$.org.id"), Some("0"), 7),
        ]
    );
    assert_eq!(found.columns[2].default.as_deref(), Some("['a,', '\\'b']"));
    assert_eq!(found.columns[2].codec.as_deref(), Some("CODEC(ZSTD(1))"));
    assert_eq!(found.columns[3], column("hits", "AggregateFunction(uniq, String)", None, None, 9));
    assert_eq!(found.engine["ENGINE_SORTING_KEY"], Line { text: "org_id, at".into(), line: 12 });
    assert_eq!(found.tokens, ["\"tracker\" APPEND"]);
    assert_eq!((found.left_out[0].line, found.left_out[0].key.as_str()), (13, "KAFKA_TOPIC"));
}

#[test]
fn indexes_are_cut_by_their_words() {
    let text = "SCHEMA >\n    a String\n\nINDEXES >\n    by_a lower(a) TYPE ngrambf_v1(3, 256, 2, 0) GRANULARITY 4\n    INDEX b a TYPE minmax GRANULARITY 1\n";
    let indexes = parse(text).unwrap().indexes;
    let told: Vec<_> =
        indexes.iter().map(|i| (&*i.name, &*i.expression, &*i.type_text, i.granularity, i.line)).collect();
    assert_eq!(told, [("by_a", "lower(a)", "ngrambf_v1(3, 256, 2, 0)", 4, 5), ("b", "a", "minmax", 1, 6)]);
}

#[test]
fn what_is_not_understood_is_refused_with_its_line() {
    for (text, line, said) in [
        ("ENGINE MergeTree\n", None, "no SCHEMA"),
        ("SCHEMA >\n    a Int32\n\nFROBNICATE x\n", Some(4), "`FROBNICATE` is no key"),
        ("SCHEMA >\n    a Int32\nSCHEMA >\n    b Int32\n", Some(3), "two schemas"),
        ("SCHEMA >\n    a Int32,\n    a Int64\n", Some(3), "named twice"),
        ("SCHEMA >\n    a Int32,\n    b\n", Some(3), "has no type"),
        ("SCHEMA >\n    a Int32,\n    b Array(String\n", Some(3), "other half"),
        ("SCHEMA >\n    a Int32,,\n    b Int32\n", Some(2), "has no name"),
        ("    a Int32\n", Some(1), "no block"),
        ("SCHEMA >\n    a Int32\nENGINE a\nENGINE b\n", Some(4), "said twice"),
        ("SCHEMA >\n    a Int32\nINDEXES >\n    i a TYPE minmax\n", Some(4), "an index is"),
        ("INCLUDE \"x\"\nSCHEMA >\n    a Int32\n", Some(1), "`INCLUDE` is no key"),
    ] {
        let reason = parse(text).unwrap_err();
        let said = if said == "no block" { "none is open" } else { said };
        assert!(reason.message.contains(said) && reason.line == line, "{reason:?} for {said}");
    }
}
