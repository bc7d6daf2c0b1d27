use proptest::prelude::*;

use super::*;

const T: &str = "p.eyJ1IjoiMSJ9.abcdefgh";
const U: &str = "p.eyJ1IjoiMiJ9.abcdefgh";

/// `ok`, `none`, `bad` (one that opens nothing) or `400`, and the token where there is one.
fn outcome(headers: &[(&str, &str)], query: &str, places: Places) -> String {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            http::HeaderValue::from_bytes(value.as_bytes()).unwrap(),
        );
    }
    let parameters = Parameters::parse(query.as_bytes()).unwrap();
    match extract(&map, &parameters, places) {
        Ok(Some(token)) => format!("ok {}", token.expose()),
        Ok(None) => "none".to_owned(),
        Err(Error::TokenInvalid) => "bad".to_owned(),
        Err(Error::TokenAmbiguous(_)) => "400".to_owned(),
        Err(error) => panic!("{error}"),
    }
}

fn bearer_only(headers: &[(&str, &str)], query: &str) -> String {
    outcome(headers, query, Places::Bearer)
}

#[test]
fn a_bearer_header_is_read_byte_for_byte() {
    let ok = format!("ok {T}");
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        assert_eq!(bearer_only(&[("authorization", &format!("{scheme} {T}"))], ""), ok);
    }
    for (value, expected) in [
        (format!("Bearer  {T}"), "400"),
        (format!("Bearer\t{T}"), "400"),
        (format!("Bearer\u{a0}{T}"), "400"),
        (format!("Bearer{T}"), "400"),
        (format!("Bearer {T}, Bearer {U}"), "400"),
        (format!("Bearer {T},{U}"), "400"),
        (format!("Bearer {T} x"), "400"),
        ("Bearer".to_owned(), "bad"),
        (format!("Bearer \"{T}\""), "bad"),
        (format!("Bearer token={T}"), "bad"),
        (format!("Bearer {T};a=b"), "bad"),
        (format!("Bearer {T}%20"), "bad"),
        ("Bearer null".to_owned(), "bad"),
        (format!("Bearer {}", "a".repeat(6145)), "bad"),
        (format!("Token {T}"), "bad"),
        (format!("Digest {T}"), "bad"),
        (T.to_owned(), "bad"),
        (String::new(), "bad"),
        (format!("Basic {}", STANDARD.encode(format!("u:{T}"))), "bad"),
    ] {
        assert_eq!(bearer_only(&[("authorization", &value)], ""), expected, "{value}");
    }
}

#[test]
fn a_query_parameter_is_decoded_once_and_never_again() {
    let ok = format!("ok {T}");
    assert_eq!(bearer_only(&[], &format!("token={T}")), ok);
    assert_eq!(bearer_only(&[], &format!("q=1&to%6ben={}&x=2", T.replace('.', "%2E"))), ok);
    for (query, expected) in [
        (String::new(), "none"),
        (format!("TOKEN={T}"), "none"),
        (format!("token[]={T}"), "none"),
        (format!("q=1;token={T}"), "none"),
        (format!("token%3D{T}"), "none"),
        ("token".to_owned(), "bad"),
        ("token=".to_owned(), "bad"),
        (format!("token={T}%00"), "bad"),
        (format!("token={T}+"), "bad"),
        (format!("token={}", T.replace('.', "%252E")), "bad"),
        (format!("token={T}&token={T}"), "400"),
        (format!("token={T}&token={U}"), "400"),
        (format!("token={T}&tok%65n={T}"), "400"),
    ] {
        assert_eq!(bearer_only(&[], &query), expected, "{query}");
    }
}

#[test]
fn two_places_must_say_the_same() {
    let header = format!("Bearer {T}");
    assert_eq!(bearer_only(&[("authorization", &header)], &format!("token={T}")), format!("ok {T}"));
    for query in [format!("token={U}"), "token=".to_owned(), "token=short".to_owned()] {
        assert_eq!(bearer_only(&[("authorization", &header)], &query), "400", "{query}");
    }
    assert_eq!(bearer_only(&[("authorization", &header), ("authorization", &header)], ""), "400");
    assert_eq!(bearer_only(&[("authorization", "Basic eDp5"), ("authorization", &header)], ""), "400");
    assert_eq!(bearer_only(&[("authorization", "Digest x")], &format!("token={T}")), "400");
}

#[test]
fn other_places_are_no_places() {
    let bearer = format!("Bearer {T}");
    for name in ["proxy-authorization", "x-authorization", "cookie", "authorization_", "x-clickhouse-key"] {
        assert_eq!(bearer_only(&[(name, &bearer)], &format!("password={T}")), "none", "{name}");
    }
}

#[test]
fn clickhouse_drivers_send_it_as_a_password() {
    let clickhouse = |headers: &[(&str, &str)], query: &str| outcome(headers, query, Places::ClickHouse);
    let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
    let ok = format!("ok {T}");
    assert_eq!(clickhouse(&[("x-clickhouse-user", "default"), ("x-clickhouse-key", T)], ""), ok);
    assert_eq!(clickhouse(&[("authorization", &basic(&format!("anyone:{T}")))], ""), ok);
    assert_eq!(clickhouse(&[], &format!("user=x&password={T}")), ok);
    assert_eq!(clickhouse(&[("authorization", &basic("default:")), ("x-clickhouse-key", T)], "password="), ok);
    assert_eq!(clickhouse(&[("authorization", &basic(&format!(":{T}"))), ("x-clickhouse-key", T)], ""), ok);
    assert_eq!(clickhouse(&[("authorization", &basic("default:"))], ""), "none");
    assert_eq!(clickhouse(&[("x-clickhouse-key", T)], &format!("password={U}")), "400");
    assert_eq!(clickhouse(&[("x-clickhouse-key", T), ("x-clickhouse-key", T)], ""), "400");
    assert_eq!(clickhouse(&[("authorization", &basic(&format!("a:{T}"))), ("x-clickhouse-key", U)], ""), "400");
    for malformed in ["Basic", "Basic !!!", "Basic  eDp5", &basic("no colon"), "Basic /w=="] {
        assert_eq!(clickhouse(&[("authorization", malformed)], ""), "400", "{malformed}");
    }
    assert_eq!(clickhouse(&[("authorization", &basic(&format!("a:b:{T}")))], ""), "bad");
}

proptest! {
    /// Whatever stands where: a token comes out only if it is the one text at every place that counts.
    #[test]
    fn a_token_comes_out_only_if_every_place_agrees(
        header in prop::option::of(prop::sample::select(vec![T, U, "x"])),
        query in prop::collection::vec(prop::sample::select(vec![T, U, "x", ""]), 0..3),
        key in prop::option::of(prop::sample::select(vec![T, U, "x", ""])),
    ) {
        let authorization = header.map(|token| format!("Bearer {token}"));
        let mut headers = vec![];
        headers.extend(authorization.as_deref().map(|value| ("authorization", value)));
        headers.extend(key.map(|value| ("x-clickhouse-key", value)));
        let text: Vec<String> = query.iter().map(|token| format!("token={token}")).collect();
        let places: Vec<&str> =
            header.into_iter().chain(query.iter().copied()).chain(key.filter(|key| !key.is_empty())).collect();
        let expected = match places.as_slice() {
            [] => "none".to_owned(),
            _ if query.len() > 1 => "400".to_owned(),
            [first, rest @ ..] if rest.iter().any(|other| other != first) => "400".to_owned(),
            [first, ..] if BearerToken::parse(first).is_err() => "bad".to_owned(),
            [first, ..] => format!("ok {first}"),
        };
        prop_assert_eq!(outcome(&headers, &text.join("&"), Places::ClickHouse), expected);
    }
}
