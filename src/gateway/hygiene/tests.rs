use super::*;
use crate::gateway::full;

fn check(
    build: impl FnOnce(http::request::Builder) -> http::request::Builder,
    body: &'static str,
) -> Result<(), String> {
    let request = build(http::Request::builder()).body(full(body)).map_err(|error| error.to_string())?;
    let arrival = Arrival { id: RequestId::fresh(), request };
    Hygiene::new(Arc::new(Routes::default())).check(arrival).map(|_| ()).map_err(|error| error.to_string())
}

fn get(uri: &str, host: &str) -> Result<(), String> {
    check(|request| request.uri(uri).header("host", host), "")
}

#[test]
fn only_a_plain_host_is_one() {
    for good in ["gw", "gw:80", "127.0.0.1:8123", "[::1]:80", "[::1]", "a-b.c_d.example.", "GW"] {
        assert_eq!(get("/", good), Ok(()), "{good}");
    }
    for bad in ["", ":80", "a@b", "a, b", "a b", "a:b", "a:99999", "a:80:80", "[::1", "[x]", "a/b", "a:+1", "é"] {
        assert!(get("/", bad).is_err(), "{bad}");
    }
    assert!(get("/", &"a".repeat(300)).is_err());
}

#[test]
fn there_is_exactly_one_host() {
    assert!(check(|request| request.uri("/"), "").is_err());
    assert!(check(|request| request.uri("/").header("host", "a").header("host", "a"), "").is_err());
    assert_eq!(get("http://gw/", "gw"), Ok(()));
    assert_eq!(get("http://GW:80/", "gw:80"), Ok(()));
    assert!(get("http://other/", "gw").is_err());
    assert!(get("http://u@gw/", "gw").is_err());
    assert!(check(|request| request.uri("http://gw/"), "").is_err());
    assert_eq!(check(|request| request.uri("http://gw/").version(http::Version::HTTP_2), ""), Ok(()));
}

#[test]
fn a_target_is_a_plain_path_of_bounded_length() {
    for bad in ["*", "/é", "/?q=é"] {
        assert!(get(bad, "gw").is_err(), "{bad}");
    }
    assert_eq!(get(&format!("/{}", "a".repeat(TARGET_BYTES - 1)), "gw"), Ok(()));
    assert_eq!(get(&format!("/{}", "a".repeat(TARGET_BYTES)), "gw"), Err(Error::TargetTooLong.to_string()));
}

#[test]
fn methods_are_four() {
    for (method, error) in [
        ("PATCH", Error::MethodNotAllowed(String::new()).to_string()),
        ("TRACE", Error::MethodNotAllowed(String::new()).to_string()),
        ("CONNECT", Error::MethodNotAllowed(String::new()).to_string()),
        ("get", Error::UnknownMethod.to_string()),
        ("G-T", Error::UnknownMethod.to_string()),
    ] {
        assert_eq!(check(|request| request.method(method).uri("/").header("host", "gw"), ""), Err(error), "{method}");
    }
}

#[test]
fn headers_are_bounded() {
    let many = |count: usize, size: usize| {
        check(
            |mut request| {
                for at in 0..count {
                    request = request.header(format!("x-{at}"), "a".repeat(size));
                }
                request.uri("/").header("host", "gw")
            },
            "",
        )
    };
    assert_eq!(many(63, 10), Ok(()));
    for (count, size) in [(64, 10), (1, 9000), (10, 4000)] {
        assert_eq!(many(count, size), Err(Error::HeadersTooLarge.to_string()), "{count} × {size}");
    }
}

#[test]
fn a_length_is_said_once_and_plainly() {
    let post = |headers: &[(&str, &str)]| {
        check(
            |mut request| {
                for (name, value) in headers {
                    request = request.header(*name, *value);
                }
                request.method("POST").uri("/").header("host", "gw")
            },
            "SELECT",
        )
    };
    assert_eq!(post(&[("content-length", "6")]), Ok(()));
    assert_eq!(post(&[("transfer-encoding", "chunked")]), Ok(()));
    assert_eq!(post(&[("expect", "100-continue"), ("content-encoding", "identity")]), Ok(()));
    for bad in ["06", "+6", "0x6", "", "6, 6", "6 ", "99999999999999999999"] {
        assert!(post(&[("content-length", bad)]).is_err(), "{bad}");
    }
    for bad in ["gzip, chunked", "chunked, chunked", ",chunked", "identity", "cow"] {
        assert!(post(&[("transfer-encoding", bad)]).is_err(), "{bad}");
    }
    assert!(post(&[("content-length", "6"), ("content-length", "6")]).is_err());
    assert!(post(&[("content-length", "6"), ("transfer-encoding", "chunked")]).is_err());
    assert_eq!(post(&[("content-encoding", "gzip")]), Err(Error::ContentCoding.to_string()));
    assert_eq!(post(&[("expect", "nope")]), Err(Error::Expectation.to_string()));
    assert!(check(|request| request.uri("/").header("host", "gw"), "body").is_err());
}
