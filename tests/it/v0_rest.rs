//! What is left of Tinybird's API: paths of features that are not here, ids, descriptions, names, and how long rows stay.

use serde_json::{Value, json};

use crate::gateway::{Gateway, TOKENS};
use crate::http::{self, encode};
use crate::writes::Ground;

#[test]
fn a_known_path_without_a_feature_says_so_to_admin_only() {
    let gateway = Gateway::start("", TOKENS);
    let ask = |method: &str, path: &str, token: &str| {
        let bearer = format!("Bearer {}", gateway.value(token));
        http::request(gateway.address, method, path, &[("Authorization", &bearer)], "")
    };
    for (path, said) in [
        ("/v0/variables", "this gateway has no secrets"),
        ("/v0/variables/key", "this gateway has no secrets"),
        ("/v0/connectors", "no connectors"),
        ("/v0/connectors/a/b/c/d/e/f", "no connectors"),
        ("/v0/environments/", "no environments"),
        ("/v0/tags", "no tags"),
        ("/v0/analyze", "no analysis"),
        ("/v0/templates", "no templates"),
        ("/v0/dependencies?pipes=per_org", "no list of dependencies"),
        ("/v0/organizations/x", "no organizations"),
        ("/v0/sql_copy", "no queries that write"),
        ("/v0/pipes/rows/nodes/n/analysis", "no pipes that write"),
        ("/v0/pipes/rows/nodes/n/population", "no pipes that write"),
        ("/v0/pipes/rows/copy", "no pipes that write"),
        ("/v0/pipes/rows/explain", "portcullis explain --pipe"),
        ("/v0/jobs/1/cancel", "no jobs that can be cancelled"),
        ("/v0/datasources/events/share", "no data sources that are shared"),
        ("/v1/deploy", "no deployments"),
    ] {
        for method in ["GET", "POST", "PUT", "DELETE"] {
            let told = ask(method, path, "admin");
            let error = told.json()["error"].as_str().unwrap_or_default().replace("no a ", "no ");
            assert!(told.status == 404 && error.contains(said), "{method} {path}: {told:?}");
            for token in ["acme", "reader", "nothing"] {
                let denied = ask(method, path, token);
                let error = json!({ "error": "the token does not have the scopes for this" });
                assert_eq!((denied.status, denied.json()), (403, error), "{method} {path} {token}");
            }
            let unknown = http::request(gateway.address, method, path, &[], "");
            assert_eq!(unknown.status, 403, "{method} {path}: {unknown:?}");
        }
    }
    // What is not known is not there, for anyone.
    for path in ["/v0/variable", "/v0/variablesx", "/v0/sql_copy/x", "/v0/pipes/rows/nodes/n/analysisx", "/v2/tags"] {
        let told = ask("GET", path, "admin");
        assert_eq!((told.status, told.body.as_str()), (404, "{\"error\":\"there is nothing here\"}"), "{path}");
    }
}

fn id_of(ground: &Ground, name: &str) -> String {
    let one = ground.send("GET", &format!("/v0/datasources/{name}"), "admin", &[], b"").json();
    one["id"].as_str().unwrap_or_else(|| panic!("{one}")).to_owned()
}

#[test]
fn a_data_source_is_found_by_its_id() {
    for ground in Ground::all("") {
        let id = id_of(&ground, "things");
        let nobodys = format!("t_{}", "0".repeat(32));
        let row = b"{\"org_id\":1,\"n\":1,\"name\":\"x\"}\n";
        assert_eq!(ground.send("POST", &format!("/v0/events?name={id}&wait=true"), "appender", &[], row).status, 200);
        let append = format!("/v0/datasources?mode=append&format=ndjson&name={id}");
        assert_eq!(ground.send("POST", &append, "appender", &[], row).status, 200);
        let append = format!("/v1/datasources/{id}/append?format=ndjson");
        assert_eq!(ground.send("POST", &append, "appender", &[], row).status, 200);
        assert_eq!(ground.rows(), "3");
        for (method, target, body) in [
            ("POST", "/v0/events?name=ID&wait=true", &row[..]),
            ("POST", "/v0/datasources?mode=append&format=ndjson&name=ID", row),
            ("POST", "/v1/datasources/ID/append?format=ndjson", row),
            ("POST", "/v1/datasources/ID/replace?format=ndjson", row),
            ("POST", "/v0/datasources/ID/truncate", b""),
            ("POST", "/v0/datasources/ID/delete?delete_condition=1%3D1&dry_run=true", b""),
            ("PUT", "/v0/datasources/ID?description=x", b""),
            ("DELETE", "/v0/datasources/ID", b""),
            ("GET", "/v0/datasources/ID", b""),
        ] {
            // Whoever may not, learns from an id what could be learnt from a name: nothing, its name included.
            for token in ["other", "nothing"] {
                let answer = |id: &str| {
                    let answer = ground.send(method, &target.replace("ID", id), token, &[], body);
                    (answer.status, answer.body.replace(id, "ID"))
                };
                let (known, unknown) = (answer(&id), answer(&nobodys));
                assert_eq!(known, unknown, "{method} {target} {token}");
                assert!(matches!(known.0, 403 | 404) && !known.1.contains("things"), "{known:?}");
            }
        }
        assert_eq!(ground.rows(), "3");
        let shown = ground.send("GET", &format!("/v0/datasources/{id}"), "tenant", &[], b"").json();
        assert_eq!((shown["name"].clone(), shown["id"].clone()), (json!("things"), json!(id)));
        assert_eq!(ground.send("POST", &format!("/v0/datasources/{id}/truncate"), "creator", &[], b"").status, 205);
        assert_eq!(ground.rows(), "0");
        // An id is no name in SQL.
        let sql = ground.gateway.sql(&ground.gateway.value("admin"), &format!("SELECT 1 FROM {id}"));
        assert_eq!(sql.status, 403, "{sql:?}");
        assert_eq!(ground.send("DELETE", &format!("/v0/datasources/{id}"), "dropper", &[], b"").status, 204);
        assert_eq!(ground.send("GET", &format!("/v0/datasources/{id}"), "admin", &[], b"").status, 404);
    }
}

#[test]
fn a_new_name_is_admins_to_give() {
    for ground in Ground::all("pipes:\n  - { name: top, sql: 'SELECT 1 AS n' }") {
        // Something in its quarantine, which goes along.
        ground
            .events("appender", "{\"org_id\":1,\"n\":1,\"name\":\"x\"}\n{\"org_id\":\"no\",\"n\":1,\"name\":\"y\"}\n");
        let put = |token: &str, target: &str| ground.send("PUT", target, token, &[], b"");
        let target = "/v0/datasources/things?name=others";
        for token in ["appender", "dropper", "reader", "tenant", "other", "nothing"] {
            assert_eq!(put(token, target).status, 403, "{token}");
        }
        // Whoever creates could otherwise give a table to whom another name is opened.
        for token in ["creator", "both"] {
            let denied = put(token, target);
            assert!(denied.status == 403 && denied.body.contains("does not have the scopes"), "{token}: {denied:?}");
        }
        for (bad, status) in [
            ("top", 409),
            ("things_quarantine", 400),
            ("a%20b", 400),
            ("1a", 400),
            ("a%60%3B--", 400),
            ("__pc_x", 400),
            ("system.tables", 400),
        ] {
            let answer = put("admin", &format!("/v0/datasources/things?name={bad}"));
            assert_eq!(answer.status, status, "{bad}: {answer:?}");
        }
        assert_eq!(ground.rows(), "1");
        let renamed = put("admin", target);
        assert_eq!((renamed.status, renamed.json()["name"].clone()), (200, json!("others")), "{renamed:?}");
        assert_eq!(ground.one("other", "SELECT count(*) FROM others"), "1");
        assert_eq!(ground.one("admin", "SELECT count(*) FROM others_quarantine"), "1");
        for gone in ["things", "things_quarantine"] {
            let answer = ground.gateway.sql(&ground.gateway.value("reader"), &format!("SELECT 1 FROM {gone}"));
            assert_eq!(answer.status, 403, "{gone}: {answer:?}");
        }
        // And what is taken stays taken.
        assert_eq!(ground.make("things", crate::writes::SCHEMA).status, 200);
        assert_eq!(put("admin", target).status, 409);
        let pipe = ground.send("POST", "/v0/datasources?mode=create&name=top&schema=n%20Int64", "creator", &[], b"");
        assert_eq!(pipe.status, 409, "a table of a pipe's name would close the pipe: {pipe:?}");
    }
}

#[test]
fn a_data_source_is_described_and_keeps_its_rows_for_a_time() {
    for ground in Ground::all("") {
        let put = |token: &str, said: &str| {
            let target = format!("/v0/datasources/things?{said}");
            ground.send("PUT", &target, token, &[], b"")
        };
        for token in ["appender", "dropper", "reader", "tenant", "other", "nothing"] {
            assert_eq!(put(token, "description=x").status, 403, "{token}");
        }
        for bad in [
            "",
            "descriptions=x",
            "shared_with=x",
            "ttl=now()",
            "ttl=at",
            &format!("ttl={}", encode("at + toIntervalDay(1) WHERE 1")),
        ] {
            assert_eq!(put("creator", bad).status, 400, "{bad}");
        }
        let hostile = "what it's for: `\\'; DROP TABLE things -- \u{e9}";
        let told = put("creator", &format!("description={}", encode(hostile)));
        let ttl = format!("ttl={}", encode("toDate(at) + toIntervalDay(36500)"));
        if !ground.clickhouse {
            assert_eq!((told.status, put("creator", &ttl).status), (501, 501), "{told:?}");
            let made =
                "/v0/datasources?mode=create&name=kept&schema=at%20DateTime&engine_ttl=at%20%2B%20toIntervalDay(1)";
            assert_eq!(ground.send("POST", made, "creator", &[], b"").status, 400);
            continue;
        }
        assert_eq!((told.status, told.json()["description"].clone()), (200, json!(hostile)), "{told:?}");
        // The column is nullable here, which the engine does not take; what it says goes to whom reads every row.
        assert_eq!(put("creator", &ttl).status, 400);
        let made = format!(
            "/v0/datasources?mode=create&name=kept&schema=at%20DateTime,n%20Int64&engine_ttl={}",
            encode("at + toIntervalDay(36500)")
        );
        let made = ground.send("POST", &made, "creator", &[], b"");
        assert_eq!(made.json()["datasource"]["engine"]["ttl"], "at + toIntervalDay(36500)", "{made:?}");
        let form = format!("ttl={}&description=two", encode("toDate(at) + INTERVAL 1200 MONTH"));
        let dry = ground.form("/v0/datasources/kept/alter", "creator", &format!("{form}&dry=true"));
        assert_eq!(dry.json()["operations"], json!(["MODIFY COMMENT", "MODIFY TTL"]), "{dry:?}");
        assert_eq!(dry.json()["datasource"]["engine"]["ttl"], "at + toIntervalDay(36500)");
        let altered = ground.form("/v0/datasources/kept/alter", "creator", &form).json();
        assert_eq!(altered["datasource"]["engine"]["ttl"], "toDate(at) + toIntervalMonth(1200)", "{altered}");
        assert_eq!(altered["datasource"]["description"], "two");
        let kept = ground.send("PUT", "/v0/datasources/kept?ttl=false", "creator", &[], b"").json();
        assert_eq!(kept["engine"]["ttl"], Value::Null, "{kept}");
    }
}

#[test]
fn only_the_members_that_were_asked_for_are_told() {
    let project = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/project");
    let gateway = Gateway::start(&format!("pipes_dir: {project}"), TOKENS);
    let bearer = format!("Bearer {}", gateway.value("admin"));
    let get = |target: &str| gateway.get(target, &[("Authorization", &bearer)]).json();
    let keys = |value: &Value| value.as_object().map(|members| members.keys().cloned().collect::<Vec<_>>()).unwrap();
    // mcp-tinybird makes an object of exactly these.
    let pipes = get("/v0/pipes?attrs=id,name,description,type,endpoint");
    assert_eq!(keys(&pipes["pipes"][0]), ["description", "endpoint", "id", "name", "type", "url"]);
    let pipes = get("/v0/pipes?attrs=name,nodes&node_attrs=name,%20sql");
    assert_eq!(keys(&pipes["pipes"][0]), ["name", "nodes", "url"]);
    assert_eq!(keys(&pipes["pipes"][0]["nodes"][0]), ["name", "sql"]);
    // `tb pipe ls` asks so, and counts the nodes.
    let pipes = get("/v0/pipes?attrs=name,updated_at&node_attrs=name&dependencies=false");
    assert_eq!(keys(&pipes["pipes"][0]), ["name", "nodes", "updated_at", "url"]);
    let pipe = get("/v0/pipes/per_org?attrs=nodes&node_attrs=params");
    assert_eq!(keys(&pipe), ["nodes", "url"]);
    assert!(get("/v0/pipes/per_org?attrs=&node_attrs=")["nodes"][0]["sql"].is_string());
    let one = get("/v0/datasources/events?attrs=columns,name");
    assert_eq!(keys(&one), ["columns", "name"]);
    let all = get("/v0/datasources?attrs=id,name,description,columns");
    assert_eq!(
        keys(&all["datasources"][0]),
        ["columns", "description", "engine", "id", "indexes", "name", "new_columns_detected", "quarantine_rows"]
    );
    assert_eq!(
        keys(&all["datasources"][0]["columns"][0]),
        ["codec", "default_value", "jsonpath", "name", "normalized_name", "nullable", "type"]
    );
    assert_eq!(
        keys(&all["datasources"][0]["engine"]),
        ["engine", "engine_partition_key", "engine_primary_key", "engine_sorting_key"]
    );
    let twice = gateway.get("/v0/pipes?attrs=name&attrs=id", &[("Authorization", &bearer)]);
    assert_eq!(twice.status, 400, "{twice:?}");
}
