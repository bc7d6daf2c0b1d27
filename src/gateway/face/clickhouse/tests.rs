use http::HeaderValue;

use super::*;
use crate::gateway::full;
use crate::gateway::parameters::Parameters;
use crate::gateway::request_id::RequestId;
use crate::gateway::route::Endpoint;

fn read(method: Method, query: &str, headers: &[(HeaderName, &'static str)], body: &str) -> Result<Statement, Error> {
    let message = Message {
        id: RequestId::fresh(),
        endpoint: Endpoint::ClickHouseSql,
        method,
        parameters: Parameters::parse(query.as_bytes())?,
        headers: headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect(),
        body: full(""),
    };
    statement(&message, &Bytes::copy_from_slice(body.as_bytes()), "default")
}

#[test]
fn a_statement_stands_in_one_place() {
    for (method, query, body) in [
        (Method::GET, "query=SELECT+1", ""),
        (Method::POST, "query=SELECT+1", " \n"),
        (Method::POST, "query=", "SELECT 1"),
    ] {
        assert_eq!(read(method, query, &[], body).unwrap().text, "SELECT 1");
    }
    assert!(read(Method::POST, "query=SELECT", &[], " 1").is_err());
    assert!(read(Method::GET, "query=a&query=a", &[], "").is_err());
    assert!(read(Method::GET, "default_format=CSV", &[], "").is_err());
    let multipart = [(http::header::CONTENT_TYPE, "multipart/form-data; boundary=x")];
    assert!(matches!(read(Method::POST, "", &multipart, "x"), Err(Error::MediaType(_))));
}

#[test]
fn a_format_is_asked_for_in_the_engines_own_order() {
    let format = |query, headers: &[_]| read(Method::GET, query, headers, "").unwrap().format;
    assert_eq!(format("query=x", &[]), "TabSeparated");
    assert_eq!(format("query=x&default_format=CSV", &[]), "CSV");
    assert_eq!(format("query=x&default_format=CSV", &[(FORMAT, "JSON")]), "JSON");
}

#[test]
fn only_the_default_database_can_be_named() {
    assert!(read(Method::GET, "query=x&database=default", &[(DATABASE, "default")], "").is_ok());
    assert!(matches!(read(Method::GET, "query=x&database=system", &[], ""), Err(Error::Database(_))));
    assert!(matches!(read(Method::GET, "query=x", &[(DATABASE, "system")], ""), Err(Error::Database(_))));
}
