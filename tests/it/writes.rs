//! Writes, from outside: the same scenes over SQLite in the process and over a real ClickHouse.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::engines::{self, Engine};
use crate::gateway::Gateway;
use crate::http::{self, Answer, encode};

pub(crate) const TOKENS: &str = "\
version: 1
tokens:
  - { name: admin, id: admin, scopes: [ADMIN] }
  - { name: creator, id: creator, scopes: ['DATASOURCES:CREATE'] }
  - { name: appender, id: appender, scopes: ['DATASOURCES:APPEND:things'] }
  - { name: dropper, id: dropper, scopes: ['DATASOURCES:DROP:things'] }
  - { name: reader, id: reader, scopes: ['DATASOURCES:READ:things'] }
  - { name: tenant, id: tenant, scopes: ['DATASOURCES:READ:things:org_id = 1'] }
  - { name: both, id: both, scopes: ['DATASOURCES:CREATE', 'DATASOURCES:READ:things:org_id = 1'] }
  - { name: other, id: other, scopes: ['DATASOURCES:APPEND:others', 'DATASOURCES:READ:others', 'DATASOURCES:DROP:others'] }
  - { name: nothing, id: nothing, scopes: [] }
...
";

pub(crate) const SCHEMA: &str = "org_id Int64, n Int64, name String, at Nullable(DateTime), score Float64 DEFAULT 0.5";

/// A gateway and what stands behind it.
pub(crate) struct Ground {
    pub(crate) gateway: Gateway,
    pub(crate) clickhouse: bool,
    place: Place,
}

/// Where one may look past the gateway.
enum Place {
    File { path: PathBuf, _folder: TempDir },
    Database(Engine, String),
}

impl Ground {
    /// One over SQLite, one over ClickHouse where it runs, each with the table `things`.
    pub(crate) fn all(limits: &str) -> Vec<Self> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("data.sqlite");
        rusqlite::Connection::open(&file).unwrap().execute_batch("CREATE TABLE seed (n INTEGER)").unwrap();
        let settings = format!("upstream:\n  embedded: {{ file: '{}', writable: true }}\n{limits}", file.display());
        let mut all = vec![Self {
            gateway: Gateway::start(&settings, TOKENS),
            clickhouse: false,
            place: Place::File { path: file, _folder: folder },
        }];
        if let Some(engine) = engines::clickhouse() {
            let database = engine.fresh_database("writes");
            let settings = format!(
                "upstream:\n  clickhouse:\n    endpoints: ['{}']\n    database: {database}\n{limits}",
                engine.url
            );
            let gateway = Gateway::start(&settings, TOKENS);
            all.push(Self { gateway, clickhouse: true, place: Place::Database(engine, database) });
        }
        for ground in &all {
            let made = ground.make("things", SCHEMA);
            assert_eq!(made.status, 200, "{made:?}");
        }
        all
    }

    pub(crate) fn make(&self, name: &str, schema: &str) -> Answer {
        let target =
            format!("/v0/datasources?mode=create&name={name}&schema={}&engine_sorting_key=org_id", encode(schema));
        self.send("POST", &target, "creator", &[], b"")
    }

    pub(crate) fn send(
        &self,
        method: &str,
        target: &str,
        token: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        http::raw(self.gateway.address, &self.request(method, target, token, headers, body))
    }

    fn request(&self, method: &str, target: &str, token: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
        let mut head = format!(
            "{method} {target} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\nAuthorization: Bearer {}\r\n",
            self.gateway.value(token)
        );
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if method == "POST" && !head.contains("Transfer-Encoding") {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        [format!("{head}\r\n").as_bytes(), body].concat()
    }

    pub(crate) fn events(&self, token: &str, rows: &str) -> Answer {
        self.send("POST", "/v0/events?name=things&wait=true", token, &[], rows.as_bytes())
    }

    /// The one value that a query gives, as text.
    pub(crate) fn one(&self, token: &str, statement: &str) -> String {
        let answer = self.gateway.sql(&self.gateway.value(token), statement);
        assert_eq!(answer.status, 200, "{statement}: {answer:?}");
        let row = answer.json()["data"][0].clone();
        let value = row.as_object().expect("a row").values().next().expect("a column").clone();
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    }

    /// The gathering tables that there are.
    pub(crate) fn staging(&self) -> Vec<String> {
        match &self.place {
            Place::File { path, .. } => {
                let names = "SELECT name FROM sqlite_master WHERE name LIKE '\\_\\_pc%' ESCAPE '\\' ORDER BY name";
                let connection = rusqlite::Connection::open(path).unwrap();
                let mut statement = connection.prepare(names).unwrap();
                let names = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
                names.map(Result::unwrap).collect()
            }
            Place::Database(engine, database) => {
                let names = "SELECT name FROM system.tables WHERE startsWith(name, '__pc') AND database = ";
                let names = engine.run(&format!("{names}'{database}' ORDER BY name"));
                names.lines().map(str::to_owned).collect()
            }
        }
    }

    /// Makes a table past the gateway.
    pub(crate) fn plant(&self, name: &str) {
        match &self.place {
            Place::File { path, .. } => {
                let connection = rusqlite::Connection::open(path).unwrap();
                connection.busy_timeout(Duration::from_secs(5)).unwrap();
                connection.execute_batch(&format!("CREATE TABLE {name} (n INTEGER)")).unwrap();
            }
            Place::Database(engine, database) => {
                engine.run(&format!("CREATE TABLE {database}.{name} (n Int64) ENGINE = MergeTree ORDER BY n"));
            }
        }
    }

    pub(crate) fn rows(&self) -> String {
        self.one("admin", "SELECT count(*) FROM things")
    }

    pub(crate) fn form(&self, target: &str, token: &str, form: &str) -> Answer {
        let kind = [("Content-Type", "application/x-www-form-urlencoded")];
        self.send("POST", target, token, &kind, form.as_bytes())
    }

    /// Deletes rows and waits for the job.
    fn delete(&self, token: &str, condition: &str) -> Value {
        let form = format!("delete_condition={}", encode(condition));
        let begun = self.form("/v0/datasources/things/delete", token, &form);
        assert_eq!(begun.status, 201, "{begun:?}");
        let id = begun.json()["job_id"].as_str().unwrap().to_owned();
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let job = self.send("GET", &format!("/v0/jobs/{id}"), token, &[], b"");
            assert_eq!(job.status, 200, "{job:?}");
            if job.json()["status"] != "working" || Instant::now() > deadline {
                return job.json();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn multipart(name: &str, file: &str) -> (String, Vec<u8>) {
    let body = format!(
        "--xyz\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nfirst\r\n--xyz\r\nContent-Disposition: form-data; \
         name=\"{name}\"; filename=\"{name}\"\r\n\r\n{file}\r\n--xyz--\r\n"
    );
    ("multipart/form-data; boundary=xyz".to_owned(), body.into_bytes())
}

#[test]
fn rows_go_in_by_every_door_and_come_out_as_they_were() {
    for ground in Ground::all("") {
        let waited = ground.events("appender", "{\"org_id\":1,\"n\":1,\"name\":\"it's \\\"x\\\" \\\\ \\u00e9\\n\"}\n");
        assert_eq!((waited.status, waited.json()), (200, json!({ "successful_rows": 1, "quarantined_rows": 0 })));
        let two = "{\"org_id\":2,\"n\":2,\"name\":\"b\",\"at\":\"2026-01-31T12:00:00Z\",\"more\":[1]}\n\n{\"org_id\":2,\"n\":3,\"name\":\"c\",\"score\":2}";
        let sent = ground.send("POST", "/v0/events?name=things", "creator", &[], two.as_bytes());
        assert_eq!((sent.status, sent.json()["successful_rows"].clone()), (202, json!(2)));
        assert_eq!(ground.rows(), "3", "an acknowledged row is there");
        let array = ground.events("admin", r#" [{"org_id":3,"n":4,"name":"d"},{"org_id":3,"n":5,"name":"e"}]"#);
        assert_eq!(array.json()["successful_rows"], 2, "{array:?}");
        // CSV: with a header, without one, with another delimiter, in a form's part.
        let append = |more: &str, kind: &str, body: &[u8]| {
            let target = format!("/v0/datasources?mode=append&name=things{more}");
            let answer = ground.send("POST", &target, "appender", &[("Content-Type", kind)], body);
            assert_eq!(answer.status, 200, "{answer:?}");
            assert!(answer.json().get("error").is_none(), "{answer:?}");
            answer.json()
        };
        append("&format=csv", "text/csv", b"name,n,org_id\n\"a, \"\"b\"\"\",6,4\n");
        append("", "text/html; charset=utf-8", b"4,7,g,2026-01-31 12:00:00,1.5\r\n4,8,h,,\r\n");
        append("&dialect_delimiter=;&header=false", "text/plain", b"4;9;i;\\N;3");
        let (kind, body) = multipart("csv", "org_id,n,name\n5,10,j\n5,11,k");
        let told = append("&format=csv&debug=blocks_block_log", &kind, &body);
        assert_eq!((told["quarantine_rows"].clone(), told["invalid_lines"].clone()), (json!(0), json!(0)));
        assert_eq!(told["datasource"]["name"], "things");
        let (kind, body) = multipart("ndjson", "{\"org_id\":5,\"n\":12,\"name\":\"l\"}\n");
        append("&format=ndjson", &kind, &body);
        let v1 = ground.send(
            "POST",
            "/v1/datasources/things/append?format=ndjson",
            "appender",
            &[],
            b"{\"org_id\":6,\"n\":13,\"name\":\"m\"}",
        );
        assert_eq!(v1.status, 200, "{v1:?}");
        assert_eq!(ground.rows(), "13");
        let rows = ground.gateway.sql(
            &ground.gateway.value("reader"),
            "SELECT n, name, at, score FROM things WHERE n IN (1, 2, 3, 6, 7, 8, 9) ORDER BY n FORMAT CSV",
        );
        let expected = "1,\"it's \"\"x\"\" \\ é\n\",\\N,0.5\n2,\"b\",\"2026-01-31 12:00:00\",0.5\n3,\"c\",\\N,2\n6,\"a, \"\"b\"\"\",\\N,0.5\n\
                        7,\"g\",\"2026-01-31 12:00:00\",1.5\n8,\"h\",\\N,0.5\n9,\"i\",\\N,3\n";
        assert_eq!(rows.body.replace("2.0\n", "2\n").replace("3.0\n", "3\n"), expected, "{}", ground.clickhouse);
    }
}

#[test]
fn what_does_not_fit_is_kept_apart_and_told() {
    for ground in Ground::all("") {
        let rows = "{\"org_id\":1,\"n\":1,\"name\":\"good\"}\n{\"org_id\":\"one\",\"n\":1.5,\"name\":\"bad\"}\nnot json\n{\"n\":1}\n[1]\n\
                    {\"org_id\":1,\"org_id\":2,\"n\":1,\"name\":\"twice\"}\n";
        let told = ground.events("appender", rows);
        assert_eq!(
            (told.status, told.json()),
            (200, json!({ "successful_rows": 1, "quarantined_rows": 5 })),
            "{told:?}"
        );
        let csv = b"1,2,x,not a time,1\n1,2\n1,3,y,,1\n";
        let told = ground.send("POST", "/v0/datasources?mode=append&name=things", "appender", &[], csv);
        assert_eq!(told.status, 200, "{told:?}");
        let json = told.json();
        assert_eq!((json["quarantine_rows"].clone(), json["invalid_lines"].clone()), (json!(2), json!(1)));
        assert!(json["error"].as_str().unwrap().contains("2 rows in quarantine"), "{json}");
        assert_eq!(ground.rows(), "2");
        assert_eq!(ground.one("reader", "SELECT count(*) FROM things_quarantine"), "7");
        let kept = "SELECT name FROM things_quarantine WHERE org_id = 'one' AND n = '1.5'";
        assert_eq!(ground.one("reader", kept), "bad");
        let why = ground.one("reader", "SELECT c__error_column FROM things_quarantine WHERE org_id = 'one'");
        assert_eq!(why.replace(' ', ""), "[\"org_id\",\"n\"]");
        // Those rows failed the schema: a tenant's column means nothing there.
        for token in ["tenant", "appender", "creator", "both", "other"] {
            let answer = ground.gateway.sql(&ground.gateway.value(token), "SELECT count(*) FROM things_quarantine");
            assert_eq!(answer.status, 403, "{token}: {answer:?}");
        }
        let direct = ground.send("POST", "/v0/events?name=things_quarantine", "admin", &[], b"{}");
        assert_eq!(direct.status, 400, "{direct:?}");
    }
}

#[test]
fn each_endpoint_asks_for_its_scope() {
    for ground in Ground::all("") {
        let row = b"{\"org_id\":1,\"n\":1,\"name\":\"x\"}\n".as_slice();
        let empty = b"".as_slice();
        let tokens = ["admin", "creator", "appender", "dropper", "reader", "tenant", "both", "other", "nothing"];
        let expected: &[(&str, &str, &[u8], [u16; 9])] = &[
            ("GET", "/v0/datasources", empty, [200; 9]),
            ("GET", "/v0/datasources/things", empty, [200, 200, 200, 200, 200, 200, 200, 404, 404]),
            ("POST", "/v0/events?name=things", row, [202, 202, 202, 403, 403, 403, 202, 403, 403]),
            (
                "POST",
                "/v0/datasources?mode=append&format=ndjson&name=things",
                row,
                [200, 200, 200, 403, 403, 403, 200, 403, 403],
            ),
            ("POST", "/v1/datasources/things/append?format=ndjson", row, [200, 200, 200, 403, 403, 403, 200, 403, 403]),
            (
                "POST",
                "/v0/datasources?mode=replace&format=ndjson&name=things",
                row,
                [200, 200, 403, 403, 403, 403, 200, 403, 403],
            ),
            (
                "POST",
                "/v1/datasources/things/replace?format=ndjson",
                row,
                [200, 200, 403, 403, 403, 403, 200, 403, 403],
            ),
            (
                "POST",
                "/v0/datasources?mode=create&name=things&schema=a+Int8",
                empty,
                [409, 409, 403, 403, 403, 403, 409, 403, 403],
            ),
            ("POST", "/v0/datasources/things/truncate", empty, [205, 205, 403, 403, 403, 403, 205, 403, 403]),
            (
                "POST",
                "/v0/datasources/things/alter?dry=true&schema=org_id+Int64",
                empty,
                [400, 400, 403, 403, 403, 403, 400, 403, 403],
            ),
            // Whoever counts must be able to read.
            (
                "POST",
                "/v0/datasources/things/delete?dry_run=true&delete_condition=n=1",
                empty,
                [200, 403, 403, 403, 403, 403, 200, 403, 403],
            ),
            (
                "POST",
                "/v0/datasources/things/delete?delete_condition=n=1",
                empty,
                [201, 201, 403, 403, 403, 403, 201, 403, 403],
            ),
            ("DELETE", "/v0/datasources/things?dry_run=true", empty, [200, 403, 403, 200, 403, 403, 403, 403, 403]),
            ("GET", "/v0/jobs", empty, [200; 9]),
            // One that is not there looks, to those who may not, like one that is.
            ("GET", "/v0/datasources/nowhere", empty, [404; 9]),
            ("POST", "/v0/events?name=nowhere", row, [404, 404, 403, 403, 403, 403, 404, 403, 403]),
            ("POST", "/v0/datasources/nowhere/truncate", empty, [404, 404, 403, 403, 403, 403, 404, 403, 403]),
            ("DELETE", "/v0/datasources/nowhere", empty, [404, 403, 403, 403, 403, 403, 403, 403, 403]),
        ];
        for (method, target, body, statuses) in expected {
            for (token, status) in tokens.iter().zip(statuses) {
                let answer = ground.send(method, target, token, &[], body);
                assert_eq!(answer.status, *status, "{method} {target} as {token}: {answer:?}");
            }
        }
        let names = |token: &str| -> Vec<String> {
            let list = ground.send("GET", "/v0/datasources/", token, &[], b"").json();
            list["datasources"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
        };
        assert!(names("admin").contains(&"things".to_owned()));
        for token in ["appender", "dropper", "reader", "tenant"] {
            assert_eq!(names(token), ["things"], "{token}");
        }
        for token in ["other", "nothing"] {
            assert!(names(token).is_empty(), "{token}");
        }
        // Dropping, last.
        for token in ["creator", "appender", "reader", "tenant", "both", "other", "nothing"] {
            assert_eq!(ground.send("DELETE", "/v0/datasources/things", token, &[], b"").status, 403, "{token}");
        }
        assert_eq!(ground.send("DELETE", "/v0/datasources/things?force=true", "dropper", &[], b"").status, 204);
        assert_eq!(ground.send("GET", "/v0/datasources/things", "admin", &[], b"").status, 404);
        assert_eq!(ground.send("DELETE", "/v0/datasources/things", "dropper", &[], b"").status, 404);
        let gone = ground.gateway.sql(&ground.gateway.value("reader"), "SELECT count(*) FROM things");
        assert_eq!(gone.status, 403, "{gone:?}");
    }
}

#[test]
fn a_data_source_is_shown_as_far_as_it_may_be_known() {
    for ground in Ground::all("") {
        ground.events("appender", "{\"org_id\":1,\"n\":1,\"name\":\"x\"}\n{\"org_id\":2,\"n\":2,\"name\":\"y\"}\n");
        for (token, count) in [
            ("admin", json!(2)),
            ("reader", json!(2)),
            ("tenant", Value::Null),
            ("appender", Value::Null),
            ("creator", Value::Null),
        ] {
            let one = ground.send("GET", "/v0/datasources/things?attrs=", token, &[], b"").json();
            assert_eq!(one["statistics"]["row_count"], count, "{token}: {one}");
            let list = ground.send("GET", "/v0/datasources", token, &[], b"").json();
            let listed = list["datasources"].as_array().unwrap().iter().find(|one| one["name"] == "things").unwrap();
            assert_eq!(listed["statistics"]["row_count"], count, "{token}: {listed}");
            assert!(token == "admin" || token == "reader" || listed["statistics"]["bytes"].is_null());
        }
        let one = ground.send("GET", "/v0/datasources/things", "tenant", &[], b"").json();
        assert_eq!(one["columns"][0]["name"], "org_id");
        assert_eq!(one["columns"][0]["type"], "Int64");
        assert_eq!(one["columns"][3]["nullable"], true);
        assert!(one["id"].as_str().unwrap().starts_with("t_"));
        assert_eq!(one["created_at"].as_str().unwrap().len(), "2025-12-17 13:18:09.799040".len());
        let picked = ground.send("GET", "/v0/datasources?attrs=id,name,description,columns", "tenant", &[], b"").json();
        let keys: Vec<_> = picked["datasources"][0].as_object().unwrap().keys().cloned().collect();
        // The last four are what mcp-tinybird reads of each, though it asks for the others.
        let mut asked = vec!["columns", "description", "id", "name"];
        asked.extend(["engine", "indexes", "new_columns_detected", "quarantine_rows"]);
        asked.sort_unstable();
        assert_eq!(keys, asked);
        let missing = ground.send("GET", "/v0/datasources/nowhere", "tenant", &[], b"");
        assert_eq!(missing.json()["error"], "Data Source \"nowhere\" does not exist");
        let hidden = ground.send("GET", "/v0/datasources/seed", "tenant", &[], b"");
        assert_eq!(
            (hidden.status, hidden.json()["error"].clone()),
            (404, json!("Data Source \"seed\" does not exist"))
        );
    }
}

#[test]
fn a_replacement_is_whole_or_does_not_happen() {
    for ground in Ground::all("limits:\n  batch_rows: 2") {
        ground.events("appender", "{\"org_id\":1,\"n\":1,\"name\":\"old\"}\n");
        let target = "/v0/datasources?mode=replace&format=ndjson&name=things";
        let row = |n: usize| format!("{{\"org_id\":7,\"n\":{n},\"name\":\"new\"}}\n");
        let rows: String = (0..5).map(row).collect();
        // Cut off in the middle: everything is as it was, and nothing is left over.
        let chunk = format!("{:x}\r\n{rows}\r\nnonsense\r\n", rows.len());
        let broken = ground.send("POST", target, "creator", &[("Transfer-Encoding", "chunked")], chunk.as_bytes());
        assert_eq!(broken.status, 400, "{broken:?}");
        assert_eq!(ground.one("admin", "SELECT max(name) FROM things"), "old");
        let told = ground.send("POST", target, "creator", &[], rows.as_bytes());
        assert_eq!((told.status, told.json()["successful_rows"].clone()), (200, json!(5)), "{told:?}");
        assert_eq!(ground.rows(), "5");
        assert_eq!(ground.one("admin", "SELECT max(name) FROM things"), "new");
        // What was gathered and not used is gone, wherever one looks.
        let deadline = Instant::now() + Duration::from_secs(5);
        while !ground.staging().is_empty() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(50));
        }
        assert!(ground.staging().is_empty());
        let condition =
            ground.send("POST", &format!("{target}&replace_condition=n=1"), "creator", &[], rows.as_bytes());
        assert_eq!(condition.status, 400, "what cannot be done is refused: {condition:?}");
    }
}

#[test]
fn rows_are_deleted_by_a_condition_and_counted_as_far_as_they_may_be_seen() {
    for ground in Ground::all("") {
        let rows: String =
            (0..10).map(|n| format!("{{\"org_id\":{},\"n\":{n},\"name\":\"x\"}}\n", n % 2 + 1)).collect();
        assert_eq!(ground.events("appender", &rows).json()["successful_rows"], 10);
        let count = |token: &str, condition: &str| {
            let form = format!("dry_run=true&delete_condition={}", encode(condition));
            let answer = ground.form("/v0/datasources/things/delete", token, &form);
            assert_eq!(answer.status, 200, "{answer:?}");
            answer.json()["rows_to_be_deleted"].clone()
        };
        assert_eq!(count("admin", "n >= 4"), 6);
        // Of the ten, five are the tenant's; another's are not counted, whatever is asked.
        assert_eq!(count("both", "n >= 0 or 1 = 1"), 5);
        assert_eq!(count("both", "org_id = 2"), 0);
        // Nor deleted.
        assert_eq!(ground.delete("both", "n < 4 or 1 = 1")["status"], "done");
        assert_eq!(ground.rows(), "5");
        assert_eq!(ground.one("admin", "SELECT min(org_id) FROM things"), "2");
        assert_eq!(ground.delete("creator", "n in (1, 3) and name == 'x'")["status"], "done");
        assert_eq!(ground.rows(), "3");
        for bad in [
            "",
            "1",
            "n = 1; DROP TABLE things",
            "n = 1) OR (1 = 1",
            "n = 1 -- ",
            "n IN (SELECT n FROM seed)",
            "nosuch = 1",
            "things.n = 1",
            "sleep(1) = 0",
            "load_extension('x') = 1",
            "{{ n }} = 1",
        ] {
            let form = format!("delete_condition={}", encode(bad));
            let answer = ground.form("/v0/datasources/things/delete", "admin", &form);
            assert_eq!(answer.status, 400, "{bad}: {answer:?}");
        }
        assert_eq!(ground.rows(), "3");
        // A job is its owner's.
        let jobs =
            |token: &str| ground.send("GET", "/v0/jobs", token, &[], b"").json()["jobs"].as_array().unwrap().len();
        assert_eq!((jobs("admin"), jobs("both"), jobs("creator"), jobs("other")), (2, 1, 1, 0));
        let id = ground.send("GET", "/v0/jobs", "both", &[], b"").json()["jobs"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(ground.send("GET", &format!("/v0/jobs/{id}"), "other", &[], b"").status, 404);
        assert_eq!(ground.send("GET", &format!("/v0/jobs/{id}"), "admin", &[], b"").status, 200);
    }
}

#[test]
fn an_answer_without_a_body_says_so() {
    for ground in Ground::all("") {
        // On a connection that is kept: without a length the client would wait.
        let kept = |method: &str, target: &str, token: &str| {
            let request = ground.request(method, target, token, &[], b"");
            let request = String::from_utf8(request).unwrap().replace("Connection: close\r\n", "");
            let close = "GET /health HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n";
            String::from_utf8(http::exchange(ground.gateway.address, (request + close).as_bytes())).unwrap()
        };
        let answers = kept("POST", "/v0/datasources/things/truncate", "creator");
        assert_eq!(http::statuses(answers.as_bytes()), [205, 200], "{answers}");
        let head = answers.split("\r\n\r\n").next().unwrap().to_ascii_lowercase();
        assert!(head.contains("content-length: 0"), "{head}");
        let answers = kept("DELETE", "/v0/datasources/things", "dropper");
        assert_eq!(http::statuses(answers.as_bytes()), [204, 200], "{answers}");
    }
}

#[test]
fn columns_are_added_at_the_end_and_nothing_else_is_altered() {
    for ground in Ground::all("") {
        ground.events("appender", "{\"org_id\":1,\"n\":1,\"name\":\"x\"}\n");
        let alter = |schema: &str, more: &str| {
            let form = format!("schema={}{more}", encode(schema));
            ground.form("/v0/datasources/things/alter", "creator", &form)
        };
        let described = ground.send("GET", "/v0/datasources/things", "creator", &[], b"").json();
        let now = described["schema"]["sql_schema"].as_str().unwrap().to_owned();
        let wider = format!("{now}, extra Nullable(String), level Int32 DEFAULT 3, plain Int64");
        let dry = alter(&wider, "&dry=true");
        assert_eq!((dry.status, dry.json()["operations"].as_array().unwrap().len()), (200, 3), "{dry:?}");
        assert_eq!(alter(&wider, "&dry=false").status, 200);
        assert_eq!(ground.one("reader", "SELECT level + plain FROM things"), "3");
        ground.events("appender", "{\"org_id\":1,\"n\":2,\"name\":\"y\",\"extra\":\"e\",\"level\":9,\"plain\":1}\n");
        assert_eq!(ground.one("reader", "SELECT extra FROM things WHERE level = 9"), "e");
        for bad in ["org_id Int64", "org_id String", "name String, org_id Int64"] {
            assert_eq!(alter(bad, "").status, 400, "{bad}");
        }
        assert_eq!(alter(&wider, "&ttl=at").status, 400);
    }
}

#[test]
fn a_table_is_made_from_a_schema_or_from_its_first_rows() {
    for ground in Ground::all("") {
        let csv =
            b"id,price,at,who,ok,maybe\n1,1.5,2026-01-01 00:00:00,007,true,\n2,2,2026-01-02T00:00:00Z,x,false,3\n";
        let made = ground.send("POST", "/v0/datasources?mode=create&name=inferred", "creator", &[], csv);
        assert_eq!((made.status, made.json()["successful_rows"].clone()), (200, json!(2)), "{made:?}");
        let columns = made.json()["datasource"]["columns"].clone();
        let types: Vec<_> = columns.as_array().unwrap().iter().map(|column| column["type"].as_str().unwrap()).collect();
        let moment = if ground.clickhouse { "DateTime" } else { "DateTime64(9)" };
        assert_eq!(types, ["Int64", "Float64", moment, "String", "Bool", "Nullable(Int64)"]);
        assert_eq!(ground.one("admin", "SELECT who FROM inferred WHERE id = 1"), "007");
        let form = format!(
            "name=formed&mode=create&schema={}",
            encode("`a` Int64 `json:$.a`, `b` Array(String) `json:$.b[:]`")
        );
        assert_eq!(ground.form("/v0/datasources", "creator", &form).status, 200);
        let row = br#"{"a":1,"b":["x","y"]}"#;
        assert_eq!(
            ground.send("POST", "/v0/events?name=formed&wait=true", "creator", &[], row).json()["successful_rows"],
            1
        );
        assert_eq!(ground.form("/v0/datasources", "nothing", &form).status, 403);
        for (name, schema) in [
            ("x.y", "a Int8"),
            ("a`b", "a Int8"),
            ("a%22%3B--", "a Int8"),
            ("system.x", "a Int8"),
            ("sqlite_x", "a Int8"),
            ("__pc_x", "a Int8"),
            ("x_quarantine", "a Int8"),
            ("fine", "a Int8) ENGINE = Memory --"),
            ("fine", "a Int8 DEFAULT (SELECT 1)"),
            ("fine", "`a` Int8, `b`) Int8"),
            ("fine", "a Int8 CODEC(NONE)"),
            ("fine", "a Nested(b Int8)"),
        ] {
            let answer = ground.make(&encode(name).replace("%25", "%"), schema);
            assert!(matches!(answer.status, 400 | 403), "{name} {schema}: {answer:?}");
        }
        let key = "/v0/datasources?mode=create&name=keyed&schema=a+Int64,at+DateTime&engine_sorting_key=";
        for bad in ["sleep(a)", "a)+SETTINGS+x=1", "nosuch", "a,+(SELECT+1)"] {
            assert_eq!(ground.send("POST", &format!("{key}{bad}"), "creator", &[], b"").status, 400, "{bad}");
        }
        let good =
            format!("{key}a,toDate(at)&engine_partition_key=toYYYYMM(at)&engine=ReplacingMergeTree&engine_ver=at");
        let made = ground.send("POST", &good, "creator", &[], b"");
        assert_eq!(made.status, 200, "{made:?}");
        if ground.clickhouse {
            let engine = made.json()["datasource"]["engine"].clone();
            assert_eq!(engine["engine"], "ReplacingMergeTree");
            assert_eq!(engine["engine_sorting_key"], "a, toDate(at)");
        }
    }
}

#[test]
fn one_user_reads_and_another_writes() {
    let Some(engine) = engines::clickhouse() else { return };
    let table = engine.fresh_database("two_users");
    let settings = |writer: &str| {
        format!(
            "upstream:\n  clickhouse:\n    endpoints: ['{}']\n    user: gateway\n    password: {{ value: gateway-password }}\n{writer}",
            engine.url
        )
    };
    let tokens = TOKENS.replace("things", &table);
    let send = |gateway: &Gateway, target: &str, body: &str| {
        let bearer = format!("Bearer {}", gateway.value("admin"));
        gateway.post(target, &[("Authorization", &bearer)], body)
    };
    let create = format!("/v0/datasources?mode=create&name={table}&schema=org_id+Int64");
    let reader = Gateway::start(&settings(""), &tokens);
    let refused = send(&reader, &create, "");
    assert!(refused.status >= 400, "{refused:?}");
    let both = Gateway::start(&settings("    write_user: default"), &tokens);
    assert_eq!(send(&both, &create, "").status, 200);
    let told = send(&both, &format!("/v0/events?name={table}&wait=true"), "{\"org_id\":1}\n{}\n{\"org_id\":\"x\"}");
    assert_eq!(told.json(), json!({ "successful_rows": 1, "quarantined_rows": 2 }), "{told:?}");
    let count = both.sql(&both.value("reader"), &format!("SELECT count() AS c FROM {table}"));
    assert_eq!(count.json()["data"][0]["c"], 1, "{count:?}");
    engine.run(&format!("DROP TABLE default.{table}"));
    engine.run(&format!("DROP TABLE default.{table}_quarantine"));
}
