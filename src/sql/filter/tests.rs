use super::*;

fn compile(text: &str, dialect: Dialect) -> Result<String, Refusal> {
    let bind = |name: &str| match name {
        "org" => Some(Literal::Int(-7)),
        "name" => Some(Literal::Text("o'Brien\\ \" ; -- ".to_owned())),
        "orgs" => Some(Literal::List(vec![Literal::Int(1), Literal::Int(2)])),
        "none" => Some(Literal::List(vec![])),
        "yes" => Some(Literal::Bool(true)),
        _ => None,
    };
    let filter = RowFilter::compile(text, dialect, &Extensions::default(), &bind)?;
    let mut out = String::new();
    filter.write(&mut out, "t", dialect);
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
    ] {
        assert!(compile(text, Dialect::ClickHouse).is_err(), "{text}: {:?}", compile(text, Dialect::ClickHouse));
    }
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
