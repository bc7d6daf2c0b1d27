//! Authorisation as it is answered: `tests/data/golden/http-matrix.txt` shows each route and method with each kind of token.
//! `PORTCULLIS_BLESS=1` writes it anew, to be reviewed as a diff.
//!
//! - Every route of `open-routes.txt` must have a request here: a new one without fails the test.
//! - Everything starts from the same state: what a request changed is put back before the next.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use portcullis::token::jwt::SharedKey;
use serde_json::{Value, json};

use crate::gateway::Gateway;
use crate::http::{self, Answer, encode};

/// People's tokens: none has ADMIN, so that the first start makes `admin token` and `user token`.
const TOKENS: &str = "\
version: 1
tokens:
  - { name: expired, id: expired, scopes: [TOKENS, 'DATASOURCES:READ:things'], expires: 1000000000 }
  - { name: nothing, id: nothing, scopes: [] }
  - { name: create, id: create, scopes: ['DATASOURCES:CREATE'] }
  - { name: append, id: append, scopes: ['DATASOURCES:APPEND:things'] }
  - { name: drop, id: drop, scopes: ['DATASOURCES:DROP:things'] }
  - { name: read, id: read, scopes: ['DATASOURCES:READ:things'] }
  - { name: read-rows, id: read-rows, scopes: ['DATASOURCES:READ:things:org_id = 1'] }
  - { name: read-other, id: read-other, scopes: ['DATASOURCES:READ:events', 'PIPES:READ:rest'] }
  - { name: pipes-create, id: pipes-create, scopes: ['PIPES:CREATE', 'DATASOURCES:READ:things'] }
  - { name: pipes-create-blind, id: pipes-create-blind, scopes: ['PIPES:CREATE'] }
  - { name: pipes-read, id: pipes-read, scopes: ['PIPES:READ:top'] }
  - { name: pipes-read-rows, id: pipes-read-rows, scopes: ['PIPES:READ:top:org_id = 1'] }
  - { name: pipes-drop, id: pipes-drop, scopes: ['PIPES:DROP:top'] }
  - { name: tokens, id: tokens, scopes: [TOKENS] }
...
";

const CONFIG: &str = "faces: { generic: [{ path: /api/sql, method: POST, place: body }] }\n";

/// A route of `open-routes.txt` and a request to it: a word on what it does, the target, the type and the body.
struct Probe {
    route: &'static str,
    method: &'static str,
    about: &'static str,
    target: String,
    kind: &'static str,
    body: String,
}

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
const ROW: &str = "{\"org_id\":1,\"n\":9}\n";
const SCHEMA: &str = "org_id Int64, n Int64";
const TOP: &str = "SELECT org_id, n FROM things";

fn probes() -> Vec<Probe> {
    let probe = |route, method, about, target: &str, kind, body: &str| Probe {
        route,
        method,
        about,
        target: if target.is_empty() { str::to_owned(route) } else { target.to_owned() },
        kind,
        body: body.to_owned(),
    };
    let get = |route, about, target: &str| probe(route, "GET", about, target, "", "");
    let count = encode("SELECT count(*) AS c FROM things");
    let node = json!({ "name": "more", "sql": "SELECT 1 AS n" }).to_string();
    let pipe =
        |sql: &str| json!({ "name": "made", "nodes": [{ "name": "e", "sql": sql, "type": "endpoint" }] }).to_string();
    vec![
        probe("(any path)", "OPTIONS", "", "/v0/tokens", "", ""),
        get("/health", "", ""),
        get("/metrics", "", ""),
        get("/v0/regions", "", ""),
        get("/ping", "", ""),
        get("/", "without a query string", ""),
        get("/", "a statement", &format!("/?query={count}")),
        probe("/", "POST", "a statement", "", "", "SELECT count(*) AS c FROM things"),
        probe("/api/sql", "POST", "a statement", "", "", "SELECT count(*) AS c FROM things"),
        get("/v0/auth", "", ""),
        get("/v0/workspace", "", ""),
        get("/v1/workspace", "", ""),
        get("/v0/user/workspaces/", "", ""),
        get("/v1/user/workspaces/", "", ""),
        get("/v0/sql", "a statement", &format!("/v0/sql?q={count}")),
        get("/v0/sql", "a pipe as a table", &format!("/v0/sql?q={}", encode("SELECT count(*) AS c FROM top"))),
        get("/v0/sql", "no table", "/v0/sql?q=SELECT+1"),
        get("/v0/sql", "a table that is not there", "/v0/sql?q=SELECT+1+FROM+nowhere"),
        probe("/v0/sql", "POST", "a statement", "", "", "SELECT count(*) AS c FROM things"),
        get("/v0/tokens", "", ""),
        get("/v0/tokens/", "", ""),
        probe("/v0/tokens", "POST", "a reader", "/v0/tokens?name=made&scope=DATASOURCES:READ:things", "", ""),
        probe("/v0/tokens", "POST", "TOKENS", "/v0/tokens?name=made&scope=TOKENS", "", ""),
        probe("/v0/tokens/", "POST", "ADMIN", "/v0/tokens/?name=made&scope=ADMIN", "", ""),
        probe(
            "/v0/tokens",
            "POST",
            "a JSON Web Token",
            "/v0/tokens?expiration_time=4000000000",
            JSON,
            &json!({ "name": "x", "scopes": [{ "type": "PIPES:READ", "resource": "top" }] }).to_string(),
        ),
        get("/v0/tokens/{name}", "a reader", "/v0/tokens/victim"),
        get("/v0/tokens/{name}", "`nothing`, its holder among those who ask", "/v0/tokens/nothing"),
        get("/v0/tokens/{name}", "one with ADMIN", "/v0/tokens/admin%20token"),
        get("/v0/tokens/{name}", "one that is not there", "/v0/tokens/nowhere"),
        probe("/v0/tokens/{name}", "PUT", "a wider scope", "/v0/tokens/victim?scope=DATASOURCES:READ:things", "", ""),
        probe("/v0/tokens/{name}", "PUT", "one of people's", "/v0/tokens/read?scope=DATASOURCES:READ:things", "", ""),
        probe("/v0/tokens/{name}", "DELETE", "a reader", "/v0/tokens/victim", "", ""),
        probe("/v0/tokens/{name}", "DELETE", "one with TOKENS", "/v0/tokens/chief", "", ""),
        probe("/v0/tokens/{name}/refresh", "POST", "a reader", "/v0/tokens/victim/refresh", "", ""),
        probe("/v0/tokens/{name}/refresh", "POST", "with a grace", "/v0/tokens/victim/refresh?grace=9", "", ""),
        probe("/v0/tokens/{name}/refresh", "POST", "one with TOKENS", "/v0/tokens/chief/refresh", "", ""),
        get("/v0/sql_tables", "", &format!("/v0/sql_tables?q={count}")),
        probe("/v0/sql_tables", "POST", "", "", FORM, &format!("q={count}")),
        get("/v0/sql_format", "", &format!("/v0/sql_format?q={count}")),
        probe("/v0/sql_format", "POST", "", "", FORM, &format!("q={count}")),
        get("/v0/datasources", "", ""),
        get("/v0/datasources/", "", ""),
        probe(
            "/v0/datasources",
            "POST",
            "create",
            &format!("/v0/datasources?mode=create&name=made&schema={}", encode(SCHEMA)),
            "",
            "",
        ),
        probe("/v0/datasources", "POST", "append", "/v0/datasources?mode=append&name=things&format=ndjson", "", ROW),
        probe(
            "/v0/datasources/",
            "POST",
            "replace",
            "/v0/datasources/?mode=replace&name=things&format=ndjson",
            "",
            ROW,
        ),
        get("/v0/datasources/{name}", "", "/v0/datasources/things"),
        get("/v0/datasources/{name}", "one that is not there", "/v0/datasources/nowhere"),
        probe("/v0/datasources/{name}", "DELETE", "", "/v0/datasources/things", "", ""),
        probe("/v0/datasources/{name}", "DELETE", "one that is not there", "/v0/datasources/nowhere", "", ""),
        probe("/v0/datasources/{name}/truncate", "POST", "", "/v0/datasources/things/truncate", "", ""),
        probe(
            "/v0/datasources/{name}/delete",
            "POST",
            "",
            "/v0/datasources/things/delete",
            FORM,
            "delete_condition=n=1",
        ),
        probe(
            "/v0/datasources/{name}/alter",
            "POST",
            "",
            "/v0/datasources/things/alter",
            FORM,
            &format!("schema={}", encode(&format!("{SCHEMA}, more Nullable(String)"))),
        ),
        probe("/v1/datasources/{name}/append", "POST", "", "/v1/datasources/things/append?format=ndjson", "", ROW),
        probe("/v1/datasources/{name}/replace", "POST", "", "/v1/datasources/things/replace?format=ndjson", "", ROW),
        probe("/v0/events", "POST", "", "/v0/events?name=things&wait=true", "", ROW),
        probe("/v0/events", "POST", "one that is not there", "/v0/events?name=nowhere&wait=true", "", ROW),
        get("/v0/jobs", "", ""),
        get("/v0/jobs/", "", ""),
        get("/v0/jobs/{id}", "one that is not there", "/v0/jobs/nowhere"),
        get("/v0/pipes", "", ""),
        get("/v0/pipes/", "", ""),
        probe("/v0/pipes", "POST", "over no table", "", JSON, &pipe("SELECT 1 AS n")),
        probe("/v0/pipes/", "POST", "over a table", "", JSON, &pipe(TOP)),
        get("/v0/pipes/{pipe}", "its description", "/v0/pipes/top"),
        get("/v0/pipes/{pipe}", "its rows", "/v0/pipes/top.json"),
        get("/v0/pipes/{pipe}", "the rows of one that is not there", "/v0/pipes/nowhere.json"),
        probe("/v0/pipes/{pipe}", "POST", "its rows", "/v0/pipes/top.json", FORM, "n=1"),
        probe("/v0/pipes/{pipe}", "DELETE", "", "/v0/pipes/top", "", ""),
        probe("/v0/pipes/{pipe}/nodes", "POST", "", "/v0/pipes/top/nodes", JSON, &node),
        probe("/v0/pipes/{pipe}/endpoint", "PUT", "", "/v0/pipes/top/endpoint", FORM, "e"),
        probe("/v0/pipes/{pipe}/nodes/{node}", "PUT", "", "/v0/pipes/top/nodes/e", JSON, "{\"sql\":\"SELECT 2 AS n\"}"),
        probe(
            "/v0/pipes/{pipe}/nodes/{node}",
            "POST",
            "",
            "/v0/pipes/top/nodes/e",
            JSON,
            "{\"sql\":\"SELECT 2 AS n\"}",
        ),
        probe("/v0/pipes/{pipe}/nodes/{node}/endpoint", "POST", "", "/v0/pipes/top/nodes/e/endpoint", "", ""),
        probe("/v0/pipes/{pipe}/nodes/{node}/endpoint", "DELETE", "", "/v0/pipes/top/nodes/e/endpoint", "", ""),
    ]
}

struct World {
    gateway: Gateway,
    admin: String,
    /// The kinds of token, in the order of the file.
    holders: Vec<(&'static str, Option<String>)>,
}

impl World {
    fn start() -> Self {
        let gateway = Gateway::start(CONFIG, TOKENS);
        let admin = gateway.value("admin token");
        let kept = |name: &'static str| (name, Some(gateway.value(name)));
        let jwt_key = SharedKey::new(std::fs::read(gateway.folder().join("state/jwt.key")).unwrap()).unwrap();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let jwt = |scopes: Value, end: u64| {
            Some(jwt_key.sign(&json!({ "name": "ada", "exp": end, "scopes": scopes })).expose().to_owned())
        };
        let read = |filter: Option<&str>| match filter {
            Some(filter) => json!({ "type": "DATASOURCES:READ", "resource": "things", "filter": filter }),
            None => json!({ "type": "DATASOURCES:READ", "resource": "things" }),
        };
        let later = now + 600;
        let mut holders = vec![("none", None), ("garbage", Some("p.eyJ1IjoiMSJ9.unknown-unknown".to_owned()))];
        holders.extend(["expired", "nothing", "create", "append", "drop", "read", "read-rows", "read-other"].map(kept));
        holders.extend(["pipes-create", "pipes-create-blind", "pipes-read", "pipes-read-rows", "pipes-drop"].map(kept));
        holders.push(("jwt", jwt(json!([read(None), { "type": "PIPES:READ", "resource": "top" }]), later)));
        holders.push(("jwt-rows", jwt(json!([read(Some("org_id = 1"))]), later)));
        holders.push(("jwt-expired", jwt(json!([read(None)]), now - 60)));
        holders.push(("jwt-ADMIN", jwt(json!([{ "type": "ADMIN" }]), later)));
        holders.push(("user token", Some(gateway.value("user token"))));
        holders.push(kept("tokens"));
        holders.push(("ADMIN", Some(admin.clone())));
        let world = Self { gateway, admin, holders };
        world.restore();
        world
    }

    fn ask(&self, token: Option<&str>, method: &str, target: &str, kind: &str, body: &str) -> Answer {
        let bearer = format!("Bearer {}", token.unwrap_or_default());
        let mut headers = Vec::new();
        headers.extend(token.is_some().then_some(("Authorization", bearer.as_str())));
        headers.extend((!kind.is_empty()).then_some(("Content-Type", kind)));
        http::request(self.gateway.address, method, target, &headers, body)
    }

    fn do_as_admin(&self, method: &str, target: &str, kind: &str, body: &str) -> Answer {
        self.ask(Some(&self.admin), method, target, kind, body)
    }

    /// The state from which every request starts.
    fn restore(&self) {
        for thing in [
            "tokens/made",
            "tokens/victim",
            "tokens/chief",
            "pipes/made",
            "pipes/top",
            "datasources/made",
            "datasources/things",
        ] {
            self.do_as_admin("DELETE", &format!("/v0/{thing}?force=true"), "", "");
        }
        let make = |target: &str, kind: &str, body: &str| {
            let answer = self.do_as_admin("POST", target, kind, body);
            assert_eq!(answer.status, 200, "{target}: {answer:?}");
        };
        make(&format!("/v0/datasources?mode=create&name=things&schema={}", encode(SCHEMA)), "", "");
        make(
            "/v0/events?name=things&wait=true",
            "",
            "{\"org_id\":1,\"n\":1}\n{\"org_id\":2,\"n\":2}\n{\"org_id\":1,\"n\":3}\n",
        );
        let top = json!({ "name": "top", "nodes": [{ "name": "e", "sql": TOP, "type": "endpoint" }] });
        make("/v0/pipes", JSON, &top.to_string());
        make(&format!("/v0/tokens?name=victim&scope={}", encode("DATASOURCES:READ:things:org_id = 1")), "", "");
        make("/v0/tokens?name=chief&scope=TOKENS", "", "");
    }

    /// Until no deletion is at work any more.
    fn settle(&self) {
        let start = Instant::now();
        loop {
            let jobs = self.do_as_admin("GET", "/v0/jobs", "", "").json();
            let busy = |job: &Value| ["waiting", "working"].contains(&job["status"].as_str().unwrap_or_default());
            if !jobs["jobs"].as_array().is_some_and(|jobs| jobs.iter().any(busy)) {
                return;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "{jobs}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// What an answer says, as far as it is the same every time: how many rows there are, or why not.
fn said(answer: &Answer) -> String {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let counted = body["data"][0]["c"].as_i64().or_else(|| answer.body.trim().parse().ok());
    let rows = body["rows"].as_u64().filter(|_| body["data"][0].get("n").is_some());
    let listed = ["tokens", "datasources", "pipes"].iter().find_map(|list| {
        let list = body[*list].as_array()?;
        Some(list.iter().map(|one| one["name"].as_str().unwrap_or("?")).collect::<Vec<_>>().join(" "))
    });
    let value = body["token"].is_string().then(|| "with its value".to_owned());
    let wrong = body["error"].as_str().map(str::to_owned);
    // ClickHouse's clients read plain text.
    let plain = (answer.status >= 400).then(|| answer.body.lines().next().unwrap_or_default().to_owned());
    let said = wrong.or(plain).or(counted.map(|count| format!("counts {count}")));
    let said = said.or(rows.map(|rows| format!("{rows} rows"))).or(value).or(listed).unwrap_or_default();
    format!("{} {}", answer.status, said.chars().take(110).collect::<String>()).trim().to_owned()
}

/// The routes and methods of `open-routes.txt`.
fn routes() -> Vec<(String, String)> {
    let text = include_str!("../data/golden/open-routes.txt");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut routes = Vec::new();
    for line in lines {
        let start = line.find(['/', '(']).unwrap();
        let route = if line.contains("without a query") { "/" } else { &line[start..] };
        routes.extend(line[..start].trim().split(", ").map(|method| (method.to_owned(), route.to_owned())));
    }
    routes
}

#[test]
fn every_route_answers_every_kind_of_token_as_was_reviewed() {
    let probes = probes();
    for (method, route) in routes() {
        let method = if method == "HEAD" { "GET".to_owned() } else { method };
        let known = probes.iter().any(|probe| (probe.route, probe.method) == (route.as_str(), method.as_str()));
        assert!(known, "{method} {route} has no request in this matrix");
    }
    let world = World::start();
    let mut matrix = String::from(
        "# Route, method and kind of token: the status, and what is said. See `tests/it/http_matrix.rs`.\n",
    );
    for probe in &probes {
        let mut outcomes: Vec<(String, Vec<&str>)> = Vec::new();
        let mut statuses = BTreeMap::new();
        for (holder, token) in &world.holders {
            let answer = world.ask(token.as_deref(), probe.method, &probe.target, probe.kind, &probe.body);
            statuses.insert(*holder, answer.status);
            let said = said(&answer);
            match outcomes.iter_mut().find(|(known, _)| *known == said) {
                Some((_, holders)) => holders.push(holder),
                None => outcomes.push((said, vec![holder])),
            }
            if probe.method == "GET" {
                let head = world.ask(token.as_deref(), "HEAD", &probe.target, probe.kind, &probe.body);
                assert_eq!((head.status, head.body.as_str()), (answer.status, ""), "HEAD {} as {holder}", probe.target);
            } else if answer.status < 300 && probe.method != "OPTIONS" {
                world.settle();
                world.restore();
            }
        }
        // Whatever the route: a token that is none is no better than none, and one that is over no better than garbage.
        for over in ["expired", "jwt-expired", "jwt-ADMIN"] {
            assert_eq!(statuses[over], statuses["garbage"], "{over} at {}", probe.target);
        }
        let about = if probe.about.is_empty() { String::new() } else { format!(" ({})", probe.about) };
        writeln!(matrix, "\n{} {}{about}", probe.method, probe.route).unwrap();
        for (said, holders) in outcomes {
            writeln!(matrix, "  {said}\n      {}", holders.join(", ")).unwrap();
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/golden/http-matrix.txt");
    if std::env::var_os("PORTCULLIS_BLESS").is_some() {
        std::fs::write(path, &matrix).unwrap();
    }
    let reviewed = std::fs::read_to_string(path).unwrap_or_default();
    let differs = matrix.lines().zip(reviewed.lines()).find(|(now, before)| now != before);
    assert!(matrix == reviewed, "PORTCULLIS_BLESS=1 writes {path} anew; the first difference: {differs:?}");
}
