use http::{HeaderMap, HeaderValue, header};

use super::*;
use crate::gateway::full;
use crate::gateway::request_id::RequestId;
use crate::gateway::route::Endpoint;

fn read(method: Method, query: &str, media: Option<&'static str>, body: &[u8]) -> Result<Statement, Error> {
    let mut headers = HeaderMap::new();
    if let Some(media) = media {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    }
    let message = Message {
        id: RequestId::fresh(),
        endpoint: Endpoint::V0Sql,
        method,
        parameters: Parameters::parse(query.as_bytes())?,
        headers,
        body: full(""),
    };
    statement(&message, &Bytes::copy_from_slice(body))
}

fn text(method: Method, query: &str, media: Option<&'static str>, body: &str) -> Result<String, String> {
    read(method, query, media, body.as_bytes()).map(|statement| statement.text).map_err(|error| error.to_string())
}

const FORM: Option<&str> = Some("application/x-www-form-urlencoded");
const JSON: Option<&str> = Some("application/json");

#[test]
fn every_form_of_the_contract_is_read() {
    let expected = Ok("SELECT 1 + 1".to_owned());
    assert_eq!(
        text(Method::GET, "q=SELECT+1+%2B+1&from=cli&cli_version=1&release_replacements=true", None, ""),
        expected
    );
    assert_eq!(text(Method::POST, "", Some("text/plain; charset=utf-8"), "SELECT 1 + 1"), expected);
    assert_eq!(text(Method::POST, "", None, "SELECT 1 + 1"), expected);
    assert_eq!(text(Method::POST, "", FORM, "SELECT 1 + 1"), expected);
    assert_eq!(text(Method::POST, "", FORM, "q=SELECT+1+%2B+1&x=2"), expected);
    assert_eq!(text(Method::POST, "", JSON, r#"{"q":"SELECT 1 + 1","x":2}"#), expected);
    assert_eq!(text(Method::POST, "q=SELECT%201%20%2B%201", None, ""), expected);
}

#[test]
fn a_statement_stands_in_one_place() {
    for (method, query, media, body) in [
        (Method::GET, "q=1&q=1", None, ""),
        (Method::POST, "q=1", None, "1"),
        (Method::POST, "q=1", FORM, "q=1"),
        (Method::POST, "", FORM, "q=1&q=1"),
        (Method::POST, "q=1", JSON, r#"{"q":"1"}"#),
        (Method::POST, "", JSON, r#"{"q":"1","q":"1"}"#),
        (Method::POST, "", JSON, r#"{"q":1}"#),
        (Method::POST, "", JSON, r#"["q"]"#),
        (Method::POST, "", JSON, "{}"),
        (Method::GET, "", None, ""),
        (Method::POST, "", None, ""),
        (Method::POST, "", Some("multipart/form-data; boundary=x"), "x"),
        (Method::POST, "", Some("text/plain; charset=utf-7"), "1"),
        (Method::GET, "q=1&pipeline=top&pipeline=top", None, ""),
    ] {
        assert!(text(method.clone(), query, media, body).is_err(), "{method} {query} {media:?} {body}");
    }
    assert!(read(Method::POST, "", None, b"SELECT '\xff'").is_err());
}

#[test]
fn templates_are_refused() {
    for template in ["% SELECT 1", "  %SELECT", "SELECT {{x}}", "{% if x %}"] {
        assert!(text(Method::POST, "", None, template).is_err(), "{template}");
    }
    assert!(text(Method::POST, "", None, "SELECT 7 % 2, '{x}'").is_ok());
}

#[test]
fn settings_and_values_come_beside_it() {
    let query = "q=x&param_a=1&output_format_json_quote_64bit_integers=true&max_threads=9";
    let statement = read(Method::GET, query, None, b"").unwrap();
    assert_eq!(statement.settings, [("output_format_json_quote_64bit_integers".to_owned(), "1".to_owned())]);
    assert_eq!(statement.values, [("a".to_owned(), "1".to_owned())]);
    assert!(read(Method::GET, "q=x&param_a=1&param_a=2", None, b"").is_err());
    assert!(read(Method::GET, "q=x&output_format_json_quote_denormals=2", None, b"").is_err());
}
