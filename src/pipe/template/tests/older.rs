//! What older public projects write.

use super::render;

/// As older projects write them: a parameter without a type is a text, and required where it is rendered; an array of no
/// known type holds texts; whether something is given is a number.
#[test]
fn what_has_no_type_is_a_text() {
    let text = "% SELECT 1 {% if defined(x) %} AND s = {{ x }} {% end %}";
    assert_eq!(render(text, &[]).unwrap(), "SELECT 1");
    assert_eq!(render(text, &[("x", "5 OR 1=1")]).unwrap(), "SELECT 1 AND s = '5 OR 1=1'");
    assert_eq!(render(text, &[("x", r"a\' --")]).unwrap(), r"SELECT 1 AND s = 'a\\\' --'");
    let missing = render("% SELECT {{ x }}", &[]).unwrap_err();
    assert!(missing.contains("Required parameter is not defined. Check the parameters x."), "{missing}");
    let inside = render("% SELECT '{{ x }}'", &[("x", "a")]).unwrap_err();
    assert!(inside.starts_with("load: ") && inside.contains("inside a string"), "{inside}");
    // What a loop gave is gone behind it: the name is a parameter's again.
    assert_eq!(
        render("% {% for a in Array(b) %}{% end %} SELECT {{ a }}", &[("a", "1"), ("b", "x")]).unwrap(),
        "SELECT '1'"
    );
    assert_eq!(render("% {% set days = 30 %} SELECT {{ days }}", &[("days", "7")]).unwrap(), "SELECT 30");
    assert_eq!(render("% SELECT {{ Array(x, 'link_id') }}", &[("x", "1,b'")]).unwrap(), r"SELECT ['1', 'b\'']");
    let text = "% SELECT {{ defined(x) }}, {{ defined(y) }}";
    assert_eq!(render(text, &[("y", "0")]).unwrap(), "SELECT 0 , 1");
}

/// `len` counts a list's values and a text's signs, as Python does, and has no answer for nothing.
#[test]
fn len_counts() {
    let text = "% SELECT 1 {% if defined(level) and len(level) > 0 %} AND level IN {{ Array(level) }} {% end %}";
    assert_eq!(render(text, &[]).unwrap(), "SELECT 1");
    assert_eq!(render(text, &[("level", "")]).unwrap(), "SELECT 1");
    assert_eq!(render(text, &[("level", "a,b")]).unwrap(), "SELECT 1 AND level IN ['a', 'b']");
    assert_eq!(
        render("% SELECT {{ Int8(n, 1) }} {% if len(Array(x)) == 2 %} + 1 {% end %}", &[("x", "a,b")]).unwrap(),
        "SELECT 1 + 1"
    );
    assert!(render("% SELECT 1 {% if len(x) > 0 %} + 1 {% end %}", &[]).unwrap_err().contains("len() takes"));
}
