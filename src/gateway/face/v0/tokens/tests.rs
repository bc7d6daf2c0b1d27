use super::*;

fn scopes(body: &str) -> Result<Vec<String>, Error> {
    let body = Json::parse(body.as_bytes())?;
    listed(body.at("/scopes").unwrap())
}

#[test]
fn a_scope_in_json_is_the_text_it_stands_for() {
    let body = r#"{"scopes":["ADMIN",{"type":"DATASOURCES:READ","resource":"e","filter":"a = 'x:y'"},
        {"type":"PIPES:READ","resource":"p","filter":null,"fixed_params":{}},{"type":"TOKENS"}]}"#;
    assert_eq!(scopes(body).unwrap(), ["ADMIN", "DATASOURCES:READ:e:a = 'x:y'", "PIPES:READ:p", "TOKENS"]);
}

#[test]
fn what_would_be_left_out_of_a_scope_is_refused() {
    for bad in [
        r#"{"scopes":[{"resource":"e"}]}"#,
        r#"{"scopes":[{"type":"DATASOURCES:READ","filter":"a = 1"}]}"#,
        r#"{"scopes":[{"type":"DATASOURCES:READ:e","resource":"f"}]}"#,
        r#"{"scopes":[{"type":"DATASOURCES:READ","resource":"e:a = 1"}]}"#,
        r#"{"scopes":[{"type":"DATASOURCES:READ","resource":"e","rows":"a = 1"}]}"#,
        r#"{"scopes":[{"type":"PIPES:READ","resource":"p","fixed_params":{"a":1}}]}"#,
        r#"{"scopes":[{"type":"DATASOURCES:READ","resource":"e","filter":1}]}"#,
        r#"{"scopes":[1]}"#,
        r#"{"scopes":{"type":"ADMIN"}}"#,
    ] {
        assert!(scopes(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_jwt_is_read_with_its_parameters_as_they_are() {
    let body = r#"{"scopes":[{"type":"PIPES:READ","resource":"p","fixed_params":{"org":1,"t":"x"}},
        {"type":"DATASOURCES:READ","resource":"e","filter":"a = 1"}],"limits":{"rps":10}}"#;
    let (scopes, rate) = jwt(&Bytes::from(body)).unwrap();
    assert_eq!((scopes.len(), rate), (2, NonZeroU32::new(10)));
    assert_eq!(scopes[0].fixed_params["org"], 1);
    assert_eq!(scopes[1].filter.as_deref(), Some("a = 1"));
    for (rps, limit) in [("0", None), ("-1", None), ("3", NonZeroU32::new(3))] {
        assert_eq!(jwt(&Bytes::from(format!(r#"{{"limits":{{"rps":{rps}}}}}"#))).unwrap().1, limit);
    }
    for bad in
        [r#"{"limits":{"rps":"x"}}"#, r#"{"scopes":[{"type":"PIPES:READ","fixed":1}]}"#, r#"{"scopes":["ADMIN"]}"#]
    {
        assert!(jwt(&Bytes::from(bad)).is_err(), "{bad}");
    }
}
