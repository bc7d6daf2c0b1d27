use super::*;

mod older;

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
        ("symbol(x, 'a', enum=['a', 'b c'])", "b c", "`b c`"),
        ("table(x, 'a', enum=['a', 'b'])", "b", "`b`"),
        ("columns(x, 'a', enum=['a', 'b', 'c'])", "c, a", "`c` , `a`"),
        ("columns(x, 'a,b')", "b", "`b`"),
        ("column(x, 'a')", "a", "`a`"),
        ("Date32(x)", "2024-02-29", "'2024-02-29'"),
        ("split_to_array(String(x), separator='|')", "a'|b, c", r"['a\'', 'b, c']"),
        ("date_diff_in_hours(x, '2026-01-31 23:59:59')", "2026-02-01 01:00:00", "1"),
        ("day_diff('2026-02-02', x)", "2026-01-31", "2"),
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
        ("Date(x)", "2026-02-29"),
        ("DateTime(x)", "2026-04-31 00:00:00"),
        ("Date32(x)", "2026-13-01"),
        ("symbol(x, 'a', enum=['a', 'b'])", "a`, (SELECT 1)"),
        ("table(x, 'a', enum=['a', 'b'])", "secrets"),
        ("columns(x, 'a', enum=['a', 'b'])", "a,c"),
        ("columns(x, 'a', enum=['a', 'b'])", ""),
        ("column(x, 'a')", "b"),
        ("Array(x, 'Int8')", "1,[2]"),
        ("Array(x, 'Date')", "2026-01-01,2026-02-30"),
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
fn a_loop_takes_a_turn_for_each_value() {
    let many = |values: &[&str]| Given::Many(values.iter().map(|value| (*value).to_owned()).collect());
    let rendered = |text: &str, given: Given| {
        let template = Template::parse(text, Dialect::ClickHouse).unwrap();
        let values = Values::from([("l".to_owned(), given)]);
        let rendered = template.render(&values, Dialect::ClickHouse, &Limits::default());
        rendered.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).map_err(|refusal| refusal.message)
    };
    let text = "% SELECT {% for last, x in enumerate_with_last(Array(l)) %}{{x}}{% if not last %},{% end %}{% end %}";
    assert_eq!(rendered(text, many(&["a", "b'"])).unwrap(), r"SELECT 'a' , 'b\''");
    assert_eq!(rendered(text, Given::One("a,b".to_owned())).unwrap(), "SELECT 'a' , 'b'");
    let text = "% SELECT 1 {% for x in Array(l, 'Int8') %}{% if x > 1 %} + {{Int32(x)}}{% end %}{% end %}";
    assert_eq!(rendered(text, many(&["1", "2", "3"])).unwrap(), "SELECT 1 + 2 + 3");
    assert!(rendered(text, many(&["1", "128"])).unwrap_err().contains("'l'"));
    // Nothing of the request's stands for the loop's name, in the loop or behind it.
    let text = "% SELECT {% for l in ['a', 'b'] %}{{String(l)}},{% end %} {{String(l)}}";
    assert_eq!(rendered(text, Given::One("z".to_owned())).unwrap(), "SELECT 'a' , 'b' , 'z'");
    let none = "% SELECT 1{% for x in l %}{{x}}{% end %}";
    assert!(rendered(none, Given::One("a".to_owned())).unwrap_err().contains("a loop needs a list"));
    assert!(rendered(none, many(&["a"])).is_err());
    assert!(rendered("% SELECT {{Array(l, 'Int8', '1')}}", Given::Other).unwrap_err().contains("neither a value"));
}

#[test]
fn what_loops_write_is_bounded() {
    let render_all = |text: &str, values: usize, limits: &Limits| {
        let template = Template::parse(text, Dialect::ClickHouse).unwrap();
        let given = Given::Many(vec!["1".to_owned(); values]);
        let rendered = template.render(&Values::from([("l".to_owned(), given)]), Dialect::ClickHouse, limits);
        rendered.map_err(|refusal| refusal.message)
    };
    let text = "% SELECT 1 {% for x in Array(l, 'Int8') %} + {{x}}{% end %}";
    let limits = Limits::default();
    assert!(render_all(text, MOST_TURNS, &limits).is_ok());
    assert!(render_all(text, MOST_TURNS + 1, &limits).unwrap_err().contains("too many turns"));
    // Loops in one another share what there is.
    let nested = "% SELECT 1 {% for x in Array(l, 'Int8') %}{% for y in Array(l, 'Int8') %} + {{y}}{% end %}{% end %}";
    assert!(render_all(nested, 31, &limits).is_ok());
    assert!(render_all(nested, 32, &limits).unwrap_err().contains("too many turns"));
    let wide = format!("% SELECT 1 {{% for x in Array(l, 'Int8') %}} /* {} */ {{% end %}}", "a".repeat(1_000));
    let small = Limits { bytes: 5_000, ..Limits::default() };
    assert!(render_all(&wide, 4, &small).is_ok());
    assert!(render_all(&wide, 900, &small).unwrap_err().contains("too long"));
}

/// A body that is no statement by itself, a loop that takes no turn: the finished text is what is judged.
#[test]
fn a_loop_gives_no_value_another_place() {
    for text in [
        "% SELECT '{% for x in Array(l) %}{{x}}{% end %}'",
        "% SELECT 1 /* {% for x in Array(l) %}{{x}}{% end %} */",
        "% SELECT 1 {% for x in Array(l) %}-- {{x}}{% end %}",
        "% SELECT `{% for x in Array(l) %}{{x}}{% end %}`",
    ] {
        assert!(Template::parse(text, Dialect::ClickHouse).unwrap_err().message.contains("inside a string"), "{text}");
    }
    // With one turn every value has its place; with two the second one stands in a comment.
    let template =
        Template::parse("% SELECT 1 {% for x in Array(l) %} + {{x}} -- {% end %}", Dialect::ClickHouse).unwrap();
    let given = |values: &[&str]| {
        let many = Given::Many(values.iter().map(|value| (*value).to_owned()).collect());
        template.render(&Values::from([("l".to_owned(), many)]), Dialect::ClickHouse, &Limits::default())
    };
    assert!(given(&["a"]).is_ok());
    assert!(given(&["a", "\n , (SELECT 1)"]).unwrap_err().message.contains("inside a string"));
}

#[test]
fn names_come_from_the_authors_list_alone() {
    let text = "% {% set c = 'a' %}{% if defined(by) %}{% set c = 'b' %}{% end %} SELECT {{column(c)}}";
    assert_eq!(render(text, &[]).unwrap(), "SELECT `a`");
    assert_eq!(render(text, &[("by", "x"), ("c", "secret")]).unwrap(), "SELECT `b`");
    let text = "% {% if defined(by) %}{% set c = 'b' %}{% end %} SELECT {{column(c)}}";
    assert!(render(text, &[("c", "secret")]).unwrap_err().contains("Error validating"));
    assert_eq!(render(text, &[("c", "b")]).unwrap(), "SELECT `b`");
    for value in ["a`", "a` , `secret", "secret", "a\u{0}", "", "a.b", "A", " a", "{{column(c)}}", "*"] {
        for code in ["column(x, 'a', enum=['a'])", "columns(x, 'a')", "symbol(x, 'a')", "table(x, 'a')"] {
            let rendered = render(&format!("% SELECT {{{{ {code} }}}}"), &[("x", value)]);
            // Blanks around a name of a list are no part of it.
            let blank = value == " a" && code.starts_with("columns");
            assert_eq!(rendered.is_ok(), blank, "{code} {value:?}: {rendered:?}");
        }
    }
}

#[test]
fn moments_are_compared_by_how_far_they_are_apart() {
    let text = "% SELECT {% if defined(a) and date_diff_in_hours(a, b) > 24 * 2 %}1{% else %}0{% end %}";
    for (a, b, rendered) in [
        ("2026-01-01 00:00:00", "2026-01-03 00:59:59", "SELECT 0"),
        ("2026-01-03 01:00:00", "2026-01-01 00:00:00", "SELECT 1"),
        ("2026-01-01", "2026-01-31T00:00:00.123Z", "SELECT 1"),
    ] {
        assert_eq!(render(text, &[("a", a), ("b", b)]).unwrap(), rendered, "{a} {b}");
    }
    assert_eq!(render(text, &[("a", "2026-01-01")]).unwrap(), "SELECT 0");
    assert_eq!(render(text, &[]).unwrap(), "SELECT 0");
    let wrong = render(text, &[("a", "yesterday"), ("b", "2026-01-01")]).unwrap_err();
    assert!(wrong.contains("no moment") && !wrong.contains("yesterday"), "{wrong}");
    let lenient = "% SELECT {% if date_diff_in_days(a, '2026-01-01', none_if_error=True) == None %}1{% end %}";
    assert_eq!(render(lenient, &[("a", "yesterday")]).unwrap(), "SELECT 1");
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
        ("{{ not x }}", "no value that can be written"),
        ("{{ table(x) }}", "needs the list"),
        ("{{ symbol(x) }}", "needs the list"),
        ("{{ column(x) }}", "needs the list"),
        ("{{ columns(x) }}", "needs the list"),
        ("{{ column(x, 'z', enum=['a']) }}", "needs the list"),
        ("{{ columns(x, 'a,z', enum=['a', 'b']) }}", "needs the list"),
        ("{{ columns(x, 'a', 'sum') }}", "too many arguments"),
        ("{{ columns(x, 'a', fn='sum') }}", "`fn` is not supported"),
        ("{{ column(x, String(y)) }}", "is a string"),
        ("{% set c = String(q) %}{{ column(c) }}", "needs the list"),
        ("{% set c = 'a' %}{% set c = String(q) %}{{ column(c) }}", "needs the list"),
        ("{{ tb_secret('x') }}", "takes a parameter's name first"),
        ("{{ split_to_array(x, separator='') }}", "`separator` is not supported"),
        ("{{ day_diff(x) }}", "takes two moments"),
        ("{{ date_diff_in_hours(x, y, '%c') }}", "format of a moment"),
        ("{% for a in b %}", "`{% end %}` is missing"),
        ("{% for a in b %}{% else %}{% end %}", "a loop has one body"),
        ("{% for a, c in b %}{% end %}", "`enumerate_with_last"),
        ("{% for a in enumerate_with_last(b) %}{% end %}", "one takes a list"),
        ("{% for a.b in c %}{% end %}", "`.` is not supported"),
        ("{% while x %}{% end %}", "`while` is not supported"),
        ("{{ sql_and(a=1) }}", "takes a parameter's name first"),
        ("{{ x.y }}", "`.` is not supported"),
        ("{{ __import__('os') }}", "takes a parameter's name first"),
        ("{{ Int32(x) if x else 1 }}", "not understood"),
        ("{{ Int32(x, foo=1) }}", "`foo` is not supported"),
        ("{{ Int32(x }}", "`)` is missing"),
        ("{{ Int32(x)", "`}}` is missing"),
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

/// A loop that looks a value up in a long list took a minute, and one that doubles a text took all memory.
#[test]
fn what_a_loop_reads_is_bounded() {
    let list = vec!["b"; 200_000].join(",");
    let turns = vec!["9"; 999].join(",");
    let member = "%{% for x in split_to_array(String(z)) %}{% if x in Array(l) %}{{ x }}{% end %}{% end %}";
    let kept = "%{% set l = split_to_array(String(l)) %}{% for x in split_to_array(String(z)) %}{% if x in l %}1{% end %}{% end %}";
    let doubled = "%{% set s = 'ab' %}{% for x in split_to_array(String(z)) %}{% set s = s + s %}{% end %}SELECT 1";
    let nested = "%{% set s = [1] %}{% for x in split_to_array(String(z)) %}{% set s = [s, s] %}{% end %}SELECT 1";
    let short = vec!["b"; 2500].join(",");
    assert!(render(member, &[("z", &turns), ("l", &short)]).unwrap_err().contains("too often"));
    for text in [member, kept, doubled, nested] {
        let outcome = render(text, &[("z", &turns), ("l", &list)]);
        assert!(outcome.clone().is_err_and(|message| message.contains("too often")), "{text}: {outcome:?}");
    }
    assert_eq!(render(member, &[("z", "b,9"), ("l", "b,c")]).unwrap(), "'b'");
}
