use std::sync::Arc;

use crate::catalog::{Catalog, Column, ColumnKind, Engine, NameCase, Table, TableName};
use crate::sql::{Dialect, Extensions, Limits, Refusal, RefusalKind, Rewritten, RowFilter, Visible, resolve};

/// `t` has a dictionary `lc` and the open types `dy` and `j`, beside a plain `n`; `plain` has none of that. `p` is a pipe.
fn rewrite(statement: &str, pipe: Option<&Visible>, inner: bool) -> Result<Rewritten, Refusal> {
    let column = |(name, type_name): (&str, &str)| Column {
        name: name.into(),
        type_name: type_name.into(),
        kind: ColumnKind::Ordinary,
    };
    let mut catalog = Catalog::new("d", NameCase::Sensitive);
    let columns = [("n", "Int64"), ("lc", "LowCardinality(String)"), ("dy", "Dynamic"), ("j", "JSON")];
    let table = |columns: &[(&str, &str)]| Table {
        columns: columns.iter().copied().map(column).collect(),
        engine: Engine::MergeTree,
    };
    catalog.insert(TableName::new("d", "t"), table(&columns));
    catalog.insert(TableName::new("d", "plain"), table(&columns[..1]));
    let words = [columns[0], columns[1], ("nest.word", "Array(LowCardinality(String))")];
    catalog.insert(TableName::new("d", "words"), table(&words));
    let filter = Arc::new(RowFilter::compile("n = 1", Dialect::ClickHouse, &Extensions::default(), &|_| None)?);
    let resolved = resolve(statement, Dialect::ClickHouse, &Limits::default(), &Extensions::default(), &catalog)?;
    let seen = |name: &TableName| match &*name.table {
        "p" => pipe.cloned(),
        _ => Some(Visible::Rows(vec![Arc::clone(&filter)])),
    };
    if inner { resolved.rewrite_inner(&seen) } else { resolved.rewrite(&seen) }
}

fn text(statement: &str) -> String {
    rewrite(statement, None, false).unwrap_or_else(|refusal| panic!("{statement}: {refusal}")).text
}

fn pipe(inner: &str, fenced: bool, filtered: bool) -> Visible {
    let filter = RowFilter::compile("n = 1", Dialect::ClickHouse, &Extensions::default(), &|_| None).unwrap();
    let query = Arc::new(rewrite(inner, None, true).unwrap());
    let filters = if filtered { vec![Arc::new(filter)] } else { Vec::new() };
    Visible::Query { query, filters, fenced, plain: false }
}

const ANEW: &str = "REPLACE ([__pc_t.`lc`][1] AS `lc`)";

#[test]
fn a_dictionary_is_given_anew_where_something_could_fail_on_it() {
    assert!(text("SELECT base64Decode(lc) FROM t").contains(ANEW));
    assert!(text("SELECT n FROM t WHERE match('a', lc)").contains(ANEW));
    assert!(!text("SELECT lc, n FROM t WHERE lc = 'a'").contains(ANEW), "nothing can fail");
    assert!(!text("SELECT base64Decode(toString(n)) FROM t").contains(ANEW), "it is not named");
    assert!(!text("SELECT base64Decode(toString(n)) FROM plain").contains("REPLACE"), "there is none");
    assert!(text("SELECT base64Decode(lc) FROM words").contains(ANEW), "nothing else matters there");
    let nested = "[__pc_t.`nest.word`][1] AS `nest.word`";
    assert!(text("SELECT base64Decode(nest.word[1]) FROM words").contains(nested));
    assert!(text("SELECT base64Decode(`nest.word`[1]) FROM words").contains(nested));
    assert!(!text("SELECT base64Decode(lc) FROM words").contains(nested));
    // What stands around an inner text is not known.
    assert!(rewrite("SELECT n FROM t", None, true).unwrap().text.contains(ANEW));
}

#[test]
fn a_pipe_with_a_dictionary_is_read_by_its_names() {
    let over = |statement: &str, seen: &Visible| rewrite(statement, Some(seen), false);
    for (fenced, filtered) in [(true, false), (false, true), (true, true)] {
        let given = over("SELECT base64Decode(lc) FROM p", &pipe("SELECT lc, n FROM t", fenced, filtered)).unwrap();
        assert_eq!(given.text.matches("[1] AS `lc`").count(), 2, "inside, and out of the pipe: {}", given.text);
        assert!(given.dictionaries);
        let harmless = over("SELECT n FROM p", &pipe("SELECT n FROM plain", fenced, filtered)).unwrap();
        assert!(!harmless.text.contains("REPLACE"), "{}", harmless.text);
    }
    let open = over("SELECT base64Decode(lc) FROM p", &pipe("SELECT lc, n FROM t", false, false)).unwrap();
    assert_eq!(open.text.matches("[1] AS `lc`").count(), 1, "a part of the same pipe hides nothing: {}", open.text);
    let beside = over("SELECT base64Decode(lc), p.n FROM t, p", &pipe("SELECT n FROM plain", true, false)).unwrap();
    assert_eq!(beside.text.matches("[1] AS `lc`").count(), 1, "the pipe has none: {}", beside.text);
    assert!(over("SELECT [*] FROM p", &pipe("SELECT lc, n FROM t", false, false)).is_ok(), "nothing is given anew");
    assert!(over("SELECT [*] FROM p", &pipe("SELECT lc, n FROM t", true, false)).is_err());
    let plain = over("SELECT hex(n) FROM p", &pipe("SELECT n FROM plain", true, false)).unwrap();
    assert!(!plain.text.contains("REPLACE") && !plain.dictionaries, "{}", plain.text);
    assert!(rewrite("SELECT toLowCardinality(n) FROM plain", None, false).is_ok_and(|it| it.dictionaries));
}

#[test]
fn what_is_cast_out_of_an_open_type_is_refused_where_one_is_reached() {
    let refused = |statement: &str| match rewrite(statement, None, false) {
        Ok(_) => false,
        Err(refusal) => refusal.kind == RefusalKind::NotAllowed,
    };
    assert!(refused("SELECT dy::Int64 FROM t") && refused("SELECT toInt64(j.a) FROM t"));
    assert!(refused("SELECT x::Int64 FROM (SELECT dy AS x FROM t)"), "by another name");
    assert!(refused("SELECT n::Int32 FROM (SELECT dy AS n FROM t)"), "by a plain column's name");
    assert!(refused("SELECT n::Int32 FROM (SELECT n FROM t UNION ALL SELECT dy FROM t)"), "by its place");
    assert!(!refused("SELECT n::Int32, dy FROM t"), "a plain column beside it");
    assert!(!refused("SELECT (n + 1)::Int32 FROM t"), "none is reached");
    let shown = |statement: &str| rewrite(statement, None, false).unwrap().types_shown;
    assert!(shown("SELECT j FROM t") && shown("SELECT * FROM t") && !shown("SELECT n FROM t"));
    let over = pipe("SELECT dy, n FROM t", true, false);
    assert!(rewrite("SELECT dy FROM p", Some(&over), false).unwrap().types_shown);
    assert!(rewrite("SELECT dy::Int64 FROM p", Some(&over), false).is_err());
    let plain = pipe("SELECT n FROM t", true, false);
    assert!(rewrite("SELECT (n + 1)::Int32 FROM p", Some(&plain), false).is_ok());
}

/// Other engines have no such columns, whatever a text says.
#[test]
fn nothing_is_given_anew_where_there_are_no_dictionaries() {
    let column = Column { name: "n".into(), type_name: "LowCardinality".into(), kind: ColumnKind::Ordinary };
    let mut catalog = Catalog::new("main", NameCase::Insensitive);
    catalog.insert(TableName::new("main", "t"), Table { columns: vec![column], engine: Engine::Plain });
    let read = |text: &'static str| {
        resolve(text, Dialect::Sqlite, &Limits::default(), &Extensions::default(), &catalog).unwrap()
    };
    let inner = read("SELECT n FROM t").rewrite_inner(&|_| Some(Visible::AllRows)).unwrap();
    let seen = Visible::Query { query: Arc::new(inner), filters: Vec::new(), fenced: true, plain: false };
    let text = read("SELECT abs(n) FROM p").rewrite(&|_| Some(seen.clone())).unwrap().text;
    assert!(!text.contains("REPLACE"), "{text}");
}
