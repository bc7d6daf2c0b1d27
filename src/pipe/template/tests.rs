use super::*;

fn render(text: &str, values: &[(&str, &str)]) -> Result<String, String> {
    render_as(text, values, Dialect::ClickHouse)
}

fn render_as(text: &str, values: &[(&str, &str)], dialect: Dialect) -> Result<String, String> {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), Given::One((*value).to_owned()))).collect();
    let template = Template::parse(text, dialect).map_err(|malformed| format!("load: {malformed}"))?;
    let rendered = template.render(&values, dialect, &Limits::default()).map_err(|refusal| refusal.message)?;
    Ok(rendered.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn a_text_without_a_percent_sign_is_plain_sql() {
    assert_eq!(render("SELECT '{{x}}', 5 % 2", &[]).unwrap(), "SELECT '{{x}}', 5 % 2");
    assert_eq!(render(" \n%\nSELECT {{Int32(n, 1)}}", &[]).unwrap(), "SELECT 1");
}

#[test]
fn values_become_literals_of_their_type() {
    for (code, value, rendered) in [
        ("String(x)", "a'b", r"'a\'b'"),
        ("String(x)", "", "''"),
        ("Int8(x)", "-128", "(-128)"),
        ("UInt64(x)", "18446744073709551615", "18446744073709551615"),
        ("Int128(x)", "99999999999999999999", "toInt128('99999999999999999999')"),
        ("Float64(x)", "1.5", "1.5"),
        ("Boolean(x)", "true", "1"),
        ("Date(x)", "2026-01-31", "'2026-01-31'"),
        ("DateTime(x)", "2026-01-31 23:59:59", "'2026-01-31 23:59:59'"),
        ("DateTime64(x)", "2026-01-31 23:59:59.123", "'2026-01-31 23:59:59.123'"),
        ("UUID(x)", "123e4567-e89b-12d3-a456-426614174000", "'123e4567-e89b-12d3-a456-426614174000'"),
        ("Array(x, 'Int32')", "1, 2", "[1, 2]"),
        ("Array(x)", "a,b'", r"['a', 'b\'']"),
        ("column(x, 'a', enum=['a', 'b'])", "b", "`b`"),
        ("Int32(x) * Int32(y, 20)", "3", "60"),
        ("'%' + String(x) + '%'", "a", "'%a%'"),
    ] {
        assert_eq!(
            render(&format!("% SELECT {{{{ {code} }}}}"), &[("x", value)]).unwrap(),
            format!("SELECT {rendered}")
        );
    }
}

#[test]
fn what_is_no_value_of_the_type_is_refused_by_name() {
    for (code, value) in [
        ("Int8(x)", "128"),
        ("Int32(x)", "1 OR 1=1"),
        ("Int32(x)", "1e3"),
        ("Int32(x)", ""),
        ("Int32(x)", "１"),
        ("UInt8(x)", "-1"),
        ("Int64(x)", "99999999999999999999999999999999999999999999"),
        ("Float64(x)", "NaN"),
        ("Float64(x)", "inf"),
        ("Float64(x)", "1e999"),
        ("Boolean(x)", "yes"),
        ("Date(x)", "2026-1-1"),
        ("Date(x)", "2026-01-01'"),
        ("DateTime(x)", "2026-01-31"),
        ("DateTime(x)", "2026-01-31 23:59:59.5"),
        ("DateTime64(x)", "2026-01-31 23:59:60"),
        ("UUID(x)", "123e4567-e89b-12d3-a456-42661417400g"),
        ("Array(x, 'Int32')", "1,a"),
        ("Array(x, 'Int32')", ""),
        ("column(x, 'a', enum=['a', 'b'])", "c"),
        ("String(x)", "\0"),
    ] {
        let error = render(&format!("% SELECT {{{{ {code} }}}}"), &[("x", value)]).unwrap_err();
        assert!(error.contains("Error validating") && error.contains("'x'"), "{code} {value}: {error}");
    }
    let missing = render("% SELECT {{Int32(x)}}", &[]).unwrap_err();
    assert!(missing.contains("Required parameter is not defined. Check the parameters x."), "{missing}");
}

/// Whatever a value holds, what is rendered has the author's lexemes and one literal.
#[test]
fn a_value_never_becomes_sql() {
    for value in [
        "' OR 1=1 --",
        "\\",
        "\\'",
        "'",
        "''",
        "{{Int32(y)}}",
        "{% end %}",
        "%",
        "*/",
        "/*",
        "--",
        ";",
        "\n",
        "\r",
        "\u{2019}",
        "é",
        "a\u{0}b",
        "`",
        "\"",
        "$$",
        "{x:Identifier}",
        "x' UNION ALL SELECT * FROM secrets --",
        "\u{202e}",
        "\u{feff}",
    ] {
        for dialect in [Dialect::ClickHouse, Dialect::Sqlite, Dialect::Generic] {
            let text = "% SELECT * FROM t WHERE s = {{String(x)}} AND n = 1";
            let values = Values::from([("x".to_owned(), Given::One(value.to_owned()))]);
            let template = Template::parse(text, dialect).unwrap();
            let Ok(rendered) = template.render(&values, dialect, &Limits::default()) else { continue };
            let literal = rendered.strip_prefix(" SELECT * FROM t WHERE s = ").unwrap();
            let literal = literal.strip_suffix(" AND n = 1").unwrap().trim_matches(' ');
            assert!(literal.starts_with('\'') && literal.ends_with('\'') && literal.len() > 1, "{literal}");
            let outline = crate::sql::outline(&rendered, dialect, &Limits::default()).unwrap();
            assert_eq!(outline.tables, ["t"], "{value}");
        }
    }
}

#[test]
fn a_parameter_has_no_place_inside_a_string_a_name_or_a_comment() {
    for text in [
        "% SELECT '{{String(x)}}'",
        "% SELECT 'a%{{String(x)}}%'",
        "% SELECT `{{String(x)}}` FROM t",
        "% SELECT 1 -- {{String(x)}}",
        "% SELECT 1 /* {{String(x)}} */",
        "% SELECT '{% if defined(x) %}{{String(x)}}{% end %}'",
    ] {
        let error = render(text, &[("x", "a")]).unwrap_err();
        assert!(error.starts_with("load: ") && error.contains("inside a string"), "{text}: {error}");
    }
}

#[test]
fn conditions_choose_branches() {
    let text = "% SELECT 1 {% if defined(a) and a == 'x' %} AND A {% elif Int32(n, 0) > 5 or s in ['u', 'v'] %} AND B {% else %} AND C {% end %}";
    for (values, letter) in [
        (vec![("a", "x")], "A"),
        (vec![("a", "y")], "C"),
        (vec![("n", "6")], "B"),
        (vec![("n", "5")], "C"),
        (vec![("s", "v")], "B"),
        (vec![("a", "")], "C"),
        (vec![], "C"),
    ] {
        assert_eq!(render(text, &values).unwrap(), format!("SELECT 1 AND {letter}"), "{values:?}");
    }
    for (condition, truth) in [
        ("not defined(a)", true),
        ("a", false),
        ("String(a, 'q') != 'q'", false),
        ("not (1 < 2 and 2 <= 2)", false),
        ("'b' not in ('a', 'c')", true),
        ("a == None", true),
        ("Float64(f, 1.5) >= 1.5", true),
        ("True", true),
    ] {
        let text = format!("% SELECT {{% if {condition} %}}1{{% else %}}0{{% end %}}");
        assert_eq!(render(&text, &[]).unwrap(), if truth { "SELECT 1" } else { "SELECT 0" }, "{condition}");
    }
}

#[test]
fn constants_comments_and_errors() {
    let text = "% {# nothing #} {% set _days = 30 %} {% comment or nothing %} SELECT {{Int16(d, _days)}}";
    assert_eq!(render(text, &[]).unwrap(), "SELECT 30");
    let text = "% SELECT 1 {% if not defined(org) %} {{ error('org is needed') }} {% end %}";
    assert_eq!(render(text, &[]).unwrap_err(), "org is needed");
    assert_eq!(render(text, &[("org", "1")]).unwrap(), "SELECT 1");
}

#[test]
fn what_is_not_in_the_subset_is_refused_with_its_place() {
    for (code, said) in [
        ("{{ x }}", "`x` has no type"),
        ("{{ table(x) }}", "`table` is not supported"),
        ("{{ symbol(x) }}", "not supported"),
        ("{{ column(x) }}", "needs the list"),
        ("{{ column(x, 'a') }}", "needs the list"),
        ("{{ column(x, 'z', enum=['a']) }}", "needs the list"),
        ("{{ columns(x, 'a') }}", "not supported"),
        ("{{ sql_and(a=1) }}", "takes a parameter's name first"),
        ("{{ x.y }}", "`.` is not supported"),
        ("{{ __import__('os') }}", "takes a parameter's name first"),
        ("{{ Int32(x) if x else 1 }}", "not understood"),
        ("{{ Int32(x, foo=1) }}", "`foo` is not supported"),
        ("{{ Int32(x }}", "`)` is missing"),
        ("{{ Int32(x)", "`}}` is missing"),
        ("{% for a in b %}{% end %}", "`for` is not supported"),
        ("{% if defined(x) %}", "`{% end %}` is missing"),
        ("{% end %}", "this ends nothing"),
        ("{% if x %}{% else %}{% else %}{% end %}", "nothing but"),
        ("{% if n == 5 %}{% end %}", "`Int32(n)`"),
        ("{% raw %}", "`raw` is not supported"),
    ] {
        let error = Template::parse(&format!("%\nSELECT\n  {code}"), Dialect::ClickHouse).unwrap_err();
        assert!(error.message.contains(said), "{code}: {error}");
        assert!(error.line == 3, "{code}: {error:?}");
    }
    let deep = format!("% {}1{}", "{% if a %}".repeat(100), "{% end %}".repeat(100));
    assert!(Template::parse(&deep, Dialect::ClickHouse).is_err());
    let brackets = format!("% {{{{ {}1{} }}}}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(Template::parse(&brackets, Dialect::ClickHouse).is_err());
    let minus = format!("% {{{{ {}1 }}}}", "-".repeat(100_000));
    assert!(Template::parse(&minus, Dialect::ClickHouse).is_err());
}

#[test]
fn parameters_are_told() {
    let text = "% SELECT {{Int32(limit, 10, description='how many')}} {% if defined(org) %} {{String(org)}} {% end %} {{Date(day)}}";
    let parameters = Template::parse(text, Dialect::ClickHouse).unwrap().parameters();
    let told: Vec<_> = parameters
        .iter()
        .map(|p| (p.name.as_str(), p.type_name.as_str(), p.default.as_deref(), p.description.as_deref(), p.required))
        .collect();
    assert_eq!(
        told,
        [
            ("limit", "Int32", Some("10"), Some("how many"), false),
            ("org", "String", None, None, false),
            ("day", "Date", None, None, true),
        ]
    );
}

#[test]
fn arrays_take_one_name_many_times() {
    let template =
        Template::parse("% SELECT {{Array(x, 'UInt8')}}, {{Array(y, 'Int32', default='1,2')}}", Dialect::Sqlite)
            .unwrap();
    let many = |values: &[&str]| Given::Many(values.iter().map(|value| (*value).to_owned()).collect());
    let rendered =
        |given| template.render(&Values::from([("x".to_owned(), given)]), Dialect::Sqlite, &Limits::default());
    assert_eq!(rendered(many(&["1", "2"])).unwrap().trim(), "SELECT  (1, 2) ,  (1, 2)");
    assert!(rendered(many(&["1", "256"])).is_err());
    let scalar = Template::parse("% SELECT {{Int32(x)}}", Dialect::Sqlite).unwrap();
    let values = Values::from([("x".to_owned(), many(&["1", "2"]))]);
    assert!(scalar.render(&values, Dialect::Sqlite, &Limits::default()).is_err());
}
