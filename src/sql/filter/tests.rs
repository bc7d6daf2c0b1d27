use super::*;

fn compile(text: &str, dialect: Dialect) -> Result<String, Refusal> {
    let bind = |name: &str| match name {
        "org" => Some(Literal::Int(-7)),
        "name" => Some(Literal::Text("o'Brien\\ \" ; -- ".to_owned())),
        "orgs" => Some(Literal::List(vec![Literal::Int(1), Literal::Int(2)])),
        "none" => Some(Literal::List(vec![])),
        "yes" => Some(Literal::Bool(true)),
        "no" => Some(Literal::Bool(false)),
        "nul" => Some(Literal::Text("a\0".to_owned())),
        _ => None,
    };
    let filter = RowFilter::compile(text, dialect, &Extensions::default(), &bind)?;
    let mut out = String::new();
    filter.write(&mut out, Some("t"), dialect, &|name| name);
    Ok(out)
}

#[test]
fn a_filter_is_written_canonically_with_its_columns_qualified() {
    for (text, written) in [
        ("org_id = 1", "t.`org_id` = 1"),
        ("date > '2018-01-01' and type == 'foo'", "t.`date` > '2018-01-01' and t.`type` = 'foo'"),
        ("org_id IN (1, 2) or not lower(name) like 'a%'", "t.`org_id` IN (1, 2) or not lower( t.`name`) like 'a%'"),
        ("org_id = {{ org }}", "t.`org_id` = -7"),
        ("name = {{name}}", "t.`name` = 'o\\'Brien\\\\ \" ; -- '"),
        ("org_id in {{ orgs }}", "t.`org_id` in (1, 2)"),
        ("org_id in ({{ orgs }})", "t.`org_id` in (1, 2)"),
        ("org_id in {{ org }}", "t.`org_id` in (-7)"),
        ("is_open = {{ yes }}", "t.`is_open` = true"),
        ("ts > toDateTime('2020-01-01 00:00:00')", "t.`ts` > toDateTime('2020-01-01 00:00:00')"),
    ] {
        let squeezed = |text: &str| text.replace(' ', "");
        let compiled = compile(text, Dialect::ClickHouse).unwrap_or_else(|refusal| panic!("{text}: {refusal}"));
        assert_eq!(squeezed(&compiled), squeezed(written), "{text}");
    }
    assert_eq!(compile("name = {{ name }}", Dialect::Sqlite).unwrap().trim(), "t.\"name\" = 'o''Brien\\ \" ; -- '");
}

#[test]
fn what_is_no_single_condition_is_refused() {
    for text in [
        "",
        " ",
        "1",
        "org_id",
        "org_id + 1",
        "'a'",
        "org_id = 1; org_id = 2",
        "1 = 1) OR (1 = 1",
        "org_id = 1) UNION ALL SELECT * FROM (SELECT * FROM secrets WHERE 1=1",
        "org_id = 1 -- ' unbalanced \n ' and",
        "org_id = 'a",
        "org_id in (select 1)",
        "org_id in other",
        "exists(select 1)",
        "t.org_id = 1",
        "default.events.org_id = 1",
        "arrayExists(x -> x = 1, a)",
        "org_id = 1 as x",
        "sleep(1) = 0",
        "dictGet('d', 'a', 1) = 1",
        "org_id = {{ missing }}",
        "org_id in {{ none }}",
        "org_id = {{ orgs }}",
        "org_id = {org:Int64}",
        "org_id = {{ org",
        "* = 1",
        "count() over () = 1",
        "count() > 0",
        "sumIf(a, b) > 0",
        "arrayJoin(x) = 1",
        "org_id = 1 -- and more",
        "org_id /* not */ = 1",
        "__pc_t.a = 1",
        "lower(a) over () = 1",
        "lower(a) filter (where 1) = 1",
        "lower(a) ignore nulls = 1",
        "a -> 1 = 1",
    ] {
        assert!(compile(text, Dialect::ClickHouse).is_err(), "{text}: {:?}", compile(text, Dialect::ClickHouse));
    }
}

#[test]
fn every_kind_of_condition_is_one() {
    for text in [
        "a = 1",
        "a != 1",
        "a < 1",
        "a <= 1",
        "a > 1",
        "a >= 1",
        "a and b",
        "a or b",
        "not a = 1",
        "a <=> 1",
        "a in (1, 2)",
        "a not in (1, 2)",
        "a between 1 and 2",
        "a like 'x'",
        "a ilike 'x'",
        "a regexp 'x'",
        "a rlike 'x'",
        "a is null",
        "a is not null",
        "a is true",
        "a is not true",
        "a is false",
        "a is not false",
        "a is distinct from 1",
        "a is not distinct from 1",
        "empty(a)",
        "true",
        "(a = 1)",
        "((a = 1 or true))",
    ] {
        let compiled = compile(text, Dialect::ClickHouse);
        assert!(compiled.is_ok(), "{text}: {compiled:?}");
    }
    for text in ["(a)", "(1)", "'true'", "a || 'b'", "(a + 1)", "-a", "null"] {
        assert!(compile(text, Dialect::ClickHouse).is_err(), "{text}");
    }
}

#[test]
fn a_filter_is_written_with_no_more_room_than_it_needs() {
    for (text, written) in [
        ("a in (1, 2) and (b[1] = 2 or f = 'x')", "t.`a` in (1, 2) and (t.`b` [1] = 2 or t.`f` = 'x')"),
        ("org_id in ({{ orgs }})", "t.`org_id` in (1, 2)"),
        ("a = {{ yes }} or a = {{ no }} or {{ org }} = a", "t.`a` = true or t.`a` = false or -7 = t.`a`"),
        ("a::Tuple(`x` Int8, y Array(Int8)) = b", "t.`a` :: Tuple(`x` Int8, y Array(Int8)) = t.`b`"),
        ("a::Tuple(y Int8, `x` Int8) = b", "t.`a` :: Tuple(y Int8, `x` Int8) = t.`b`"),
        ("coalesce(a, b) = [1, c][1]", "coalesce (t.`a`, t.`b`) = [1, t.`c`] [1]"),
    ] {
        assert_eq!(compile(text, Dialect::ClickHouse).unwrap(), written, "{text}");
    }
}

#[test]
fn a_list_stands_behind_in_and_nowhere_else() {
    for text in [
        "a = ({{ orgs }})",
        "a in [{{ orgs }}]",
        "coalesce({{ orgs }}) = 1",
        "coalesce({{ orgs }})",
        "a in ((({{ orgs }})))",
    ] {
        assert!(compile(text, Dialect::ClickHouse).is_err(), "{text}");
    }
    let refusal = compile("a in {{ none }}", Dialect::ClickHouse).unwrap_err();
    assert!(refusal.message.contains("is empty"), "{refusal}");
}

#[test]
fn a_text_with_a_nul_is_not_bound() {
    for text in ["a = {{ nul }}", "a in {{ nul }}"] {
        assert!(compile(text, Dialect::ClickHouse).is_err(), "{text}");
    }
}

#[test]
fn a_filter_holds_no_query() {
    for text in ["a = (SELECT 1)", "(SELECT 1) = a", "a = (WITH 1 AS x SELECT x)", "exists (SELECT 1)"] {
        assert_eq!(compile(text, Dialect::ClickHouse).unwrap_err().kind, RefusalKind::NotAllowed, "{text}");
    }
}

/// What the second reader would read over and over is no filter.
#[test]
fn a_filter_is_read_twice_in_a_time_that_its_length_bounds() {
    let nested = |deep: usize| format!("{}a{} = 1", "position(".repeat(deep), ", 'b')".repeat(deep));
    assert!(compile(&nested(3), Dialect::ClickHouse).is_ok());
    assert_eq!(compile(&nested(60), Dialect::ClickHouse).unwrap_err().kind, RefusalKind::TooLarge);
}

/// Where nobody says what a backslash means, a value with one has no literal.
#[test]
fn a_text_with_a_backslash_is_bound_where_it_has_one_meaning() {
    let bound = |text: &str, dialect| {
        let bind = |_: &str| Some(Literal::Text(text.to_owned()));
        RowFilter::compile("a = {{ p }}", dialect, &Extensions::default(), &bind).map(|filter| filter.to_string())
    };
    assert_eq!(bound("x", Dialect::Generic).unwrap(), "a = 'x'");
    assert!(bound("x\\y", Dialect::Generic).is_err());
    assert_eq!(bound("x\\y", Dialect::Sqlite).unwrap(), "a = 'x\\y'");
    assert_eq!(bound("x\\y", Dialect::ClickHouse).unwrap(), "a = 'x\\\\y'");
}

#[test]
fn a_filter_is_written_for_one_table_without_its_name() {
    let written = |dialect| {
        RowFilter::compile("a = 1 and b", dialect, &Extensions::default(), &|_| None).unwrap().unqualified(dialect)
    };
    assert_eq!(written(Dialect::ClickHouse), "`a` = 1 and `b`");
    assert_eq!(written(Dialect::Sqlite), "\"a\" = 1 and \"b\"");
}

#[test]
fn a_filter_keeps_what_its_author_wrote() {
    let filter = RowFilter::compile("a  =  1", Dialect::ClickHouse, &Extensions::default(), &|_| None).unwrap();
    assert_eq!(filter.source(), "a  =  1");
    assert_eq!(filter.columns().collect::<Vec<_>>(), ["a"]);
}

#[test]
fn an_alias_is_refused_where_it_stands() {
    for text in ["(a = 1 as x)", "coalesce(a as b, 1) = 1", "a = [1 as b][1]", "* = 1"] {
        assert!(compile(text, Dialect::ClickHouse).unwrap_err().at.is_some(), "{text}");
    }
}

#[test]
fn sqlite_has_conditions_of_its_own() {
    for text in ["a regexp 'x'", "a -> 'x' = 1", "a ->> 'x' = 1"] {
        let compiled = compile(text, Dialect::Sqlite);
        assert!(compiled.is_ok(), "{text}: {compiled:?}");
    }
}

/// A number that is bound there would run into the other; a fuzzed filter did.
#[test]
fn no_dot_stands_behind_a_parameter() {
    for text in ["a = {{ org }} .5", "a = {{org}}.5 or b = 1", "a in {{ orgs }}.1", "a = {{ name }}.b"] {
        for dialect in Dialect::ALL {
            assert!(compile(text, dialect).is_err(), "{text} {dialect:?}");
        }
    }
    assert!(compile("a = {{ org }} or b = .5", Dialect::ClickHouse).is_ok());
}

#[test]
fn a_sign_is_written_at_its_number() {
    // ClickHouse casts the text `-1`; `- 1` is no number to it.
    for text in ["n = - 1 :: Int8", "n = -1::Int8"] {
        let written = compile(text, Dialect::ClickHouse).unwrap();
        assert!(written.contains("= -1 ::"), "{written}");
    }
    assert!(compile("n IN (- 1, -2)", Dialect::Sqlite).unwrap().contains("(-1, -2)"));
}

#[test]
fn a_filter_is_one_expression_for_both_readers() {
    let refusal = compile("a glob 'x'", Dialect::ClickHouse).unwrap_err();
    assert_eq!(refusal.message, "the row filter is not one expression that both readers understand");
}

/// Pinot cuts `OPTION (` out of a text too, and more with it.
#[test]
fn a_text_that_an_engine_would_cut_is_not_bound() {
    let bound = |text: &str, dialect| {
        let bind = |_: &str| Some(Literal::Text(text.to_owned()));
        RowFilter::compile("a = {{ p }}", dialect, &Extensions::default(), &bind).map(|filter| filter.to_string())
    };
    assert!(bound("x option (y", Dialect::Pinot).is_err());
    assert_eq!(bound("x option y", Dialect::Pinot).unwrap(), "a = 'x option y'");
    assert_eq!(bound("x option (y", Dialect::Trino).unwrap(), "a = 'x option (y'");
}

#[test]
fn a_list_holds_no_list() {
    let bind = |_: &str| Some(Literal::List(vec![Literal::List(vec![Literal::Int(1)])]));
    let refusal = RowFilter::compile("a in {{ p }}", Dialect::ClickHouse, &Extensions::default(), &bind).unwrap_err();
    assert_eq!(refusal.message, "a list cannot stand in a list");
}

/// SQLite reads the table `secret` in `a IN 'secret'`.
#[test]
fn a_filter_has_a_list_at_the_right_of_in() {
    for text in ["a in 'secret'", "a in true", "a in nan", "a in 1", "a in (b)", "a in b", "a in lower('secret')"] {
        assert!(compile(text, Dialect::Sqlite).is_err(), "{text}");
    }
    for text in ["a = date '2020-01-01'", "a > interval '1' day"] {
        assert!(compile(text, Dialect::Sqlite).is_err(), "{text}");
        assert!(compile(text, Dialect::ClickHouse).is_ok(), "{text}");
    }
    for text in ["a in ('secret')", "a in (b, 1)", "a in {{ orgs }}"] {
        assert!(compile(text, Dialect::Sqlite).is_ok(), "{text}");
    }
}
