use std::fmt::Write as _;
use std::time::Duration;

use super::*;
use crate::gateway::GenericRoute;

fn settings() -> Settings {
    Settings {
        v0: true,
        clickhouse: true,
        generic: vec![GenericRoute { path: "/api/sql".into(), method: Method::POST, place: SqlPlace::Body }],
        workspace: "acme".into(),
        max_in_flight: 8,
        request_timeout: Duration::from_secs(5),
        body_bytes: 1024,
        body_idle_timeout: Duration::from_secs(1),
        rewrites_kept: 8,
        writes: crate::gateway::WriteLimits::default(),
        tokens: crate::gateway::TokensApi::default(),
    }
}

/// Which routes ask for no token is reviewed as a diff. `PORTCULLIS_BLESS=1` writes the file anew.
#[test]
fn the_routes_without_a_token_are_these() {
    let mut text = String::from("# Routes that ask for no token. Every other one does.\nOPTIONS (any path)\n");
    let mut closed = String::from("\n# Routes that do.\n");
    let mut absent = String::from("\n# Routes that do, where nothing is: 404 with a sentence for ADMIN, else 403.\n");
    for row in &Routes::new(&settings()).0 {
        let into = match &row.leads {
            _ if row.access == Access::Open => &mut text,
            Leads::To(Endpoint::Absent(_)) => &mut absent,
            _ => &mut closed,
        };
        writeln!(into, "{} {}", row.methods.allow().replace(", OPTIONS", ""), row.path).unwrap();
        if matches!(&row.leads, Leads::To(Endpoint::ClickHouseSql)) {
            writeln!(text, "GET, HEAD {} (without a query string)", row.path).unwrap();
        }
    }
    let text = text + &closed + &absent;
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/golden/open-routes.txt");
    if std::env::var_os("PORTCULLIS_BLESS").is_some() {
        std::fs::write(file, &text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(file).unwrap(), "PORTCULLIS_BLESS=1 writes {file} anew");
}

#[test]
fn a_path_is_matched_raw_and_whole() {
    let routes = Routes::new(&settings());
    assert_eq!(routes.matched("/v0/sql"), Some("/v0/sql"));
    for other in [
        "/v0//sql",
        "//v0/sql",
        "/./v0/sql",
        "/v0/x/../sql",
        "/v0/sql/..;/admin",
        "/v0/%73ql",
        "/v0%2fsql",
        "/v0/sql;v=1",
        "/V0/SQL",
        "/v0/sql/",
        "/v0/sql.",
        "/v0/sql%20",
        "/v0/sql%00",
        "/v0/sql.json",
        "/v0/%2573ql",
        "/v0\\sql",
        "",
    ] {
        assert_eq!(routes.matched(other), None, "{other}");
    }
}

#[test]
fn a_face_that_is_off_has_no_routes() {
    let routes = Routes::new(&Settings { v0: false, clickhouse: false, ..settings() });
    for path in ["/v0/sql", "/v0/auth", "/", "/ping"] {
        assert_eq!(routes.matched(path), None, "{path}");
    }
    assert_eq!(routes.matched("/health"), Some("/health"));
}
