//! A project's folder, served: its tables made, rows of two tenants sent, every endpoint asked by everyone.
//!
//! Three upstreams: one with everything, a copy that holds one tenant's rows only, and a twin that differs in the other
//! tenant's rows only. What a token with a row filter is given must be what an administrator is given by the copy, and the
//! same from the twin.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::engines::Engine;
use crate::gateway::{Gateway, portcullis};
use crate::http::{Answer, encode};
use crate::project_rows::{Column, Vocabulary};

/// How many rows each tenant has in every table that rows are sent to.
const ROWS: u64 = 40;

/// Where a project is served.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    ClickHouse(Engine),
    Embedded,
}

/// What came of a project.
#[derive(Debug, Default)]
pub(crate) struct Examined {
    /// What `portcullis project` said, file by file.
    pub(crate) files: Vec<Value>,
    /// Endpoints that answered.
    pub(crate) answered: BTreeSet<String>,
    /// Endpoints that did not, with what was said.
    pub(crate) failed: BTreeMap<String, String>,
    /// Calls whose answers were compared with the copy's and the twin's.
    pub(crate) compared: usize,
    /// Those of them that give an administrator something else than the copy does: there is something to hide.
    pub(crate) telling: usize,
    /// Endpoints that no filter can narrow, with the table that has no tenant's column.
    pub(crate) open: BTreeMap<String, String>,
    /// What must not be.
    pub(crate) wrong: Vec<String>,
}

struct Table {
    name: String,
    columns: Vec<Column>,
    takes_rows: Vec<Column>,
    is_filled: bool,
}

impl Table {
    fn tenant(&self) -> Option<&Column> {
        self.columns.iter().find(|column| column.is_tenant())
    }
}

/// One upstream with the project on it.
struct Site {
    gateway: Gateway,
    values: BTreeMap<&'static str, String>,
    _folder: tempfile::TempDir,
}

/// Serves a project in a place, and asks it everything.
pub(crate) fn examine(folder: &Path, place: &Place) -> Examined {
    let mut examined = Examined::default();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let (all, document) = site(folder, place);
    let (copy, _) = site(folder, place);
    let (twin, _) = site(folder, place);
    examined.files = document["files"].as_array().expect("files").clone();
    let tables = tables(&examined.files);
    let columns: Vec<Column> = tables.iter().flat_map(|table| table.columns.clone()).collect();
    let now = i64::try_from(now).expect("a moment") - 30;
    let vocabulary = Vocabulary::new(&columns, &sql(folder), now);
    for table in tables.iter().filter(|table| !table.is_filled) {
        let row = |tenant: u64, number: u64| vocabulary.row(&table.takes_rows, tenant, number).to_string();
        let both = |other: u64| (0..ROWS).flat_map(|n| [row(1, n), row(2, n + other)]).collect::<Vec<_>>();
        let one = (0..ROWS).map(|n| row(1, n)).collect::<Vec<_>>();
        for (site, rows) in [(&all, both(0)), (&copy, one), (&twin, both(1_000_000 % 9_973))] {
            send(site, &table.name, &rows, &mut examined);
        }
    }
    let endpoints: Vec<Value> =
        examined.files.iter().filter(|file| file["what"] == "endpoint" && file["found"] == "served").cloned().collect();
    for endpoint in &endpoints {
        let name = endpoint["name"].as_str().expect("a name").to_owned();
        let open = open(endpoint, &tables);
        if let Some(table) = &open {
            examined.open.insert(name.clone(), table.clone());
        }
        for query in calls(endpoint, &vocabulary) {
            let target = format!("/v0/pipes/{name}.json{query}");
            ask(&mut examined, &name, &target, open.is_none(), [&all, &copy, &twin]);
        }
    }
    examined
}

/// Asks one endpoint as everyone.
fn ask(examined: &mut Examined, name: &str, target: &str, narrow: bool, [all, copy, twin]: [&Site; 3]) {
    let mut wrong = Vec::new();
    // What depends on the clock may differ once.
    for _ in 0..3 {
        wrong.clear();
        let everything = get(all, "admin", target);
        if everything.status != 200 {
            examined
                .failed
                .insert(name.to_owned(), format!("{target}: {} {}", everything.status, short(&everything.body)));
            return;
        }
        examined.answered.insert(name.to_owned());
        let reader = get(all, "reader", target);
        if !same(&everything, &reader) {
            wrong.push(format!(
                "{target}: a reader of the pipe is given something else than an administrator: {}",
                short(&reader.body)
            ));
        }
        let nobody = get(all, "nobody", target);
        if !matches!(nobody.status, 403 | 404) {
            wrong.push(format!("{target}: nobody is given {}", nobody.status));
        }
        let (tenant, alone, other) =
            (get(all, "tenant", target), get(copy, "admin", target), get(twin, "tenant", target));
        if narrow && !same(&tenant, &alone) {
            wrong.push(format!(
                "{target}: a tenant is given {}\n  and its own rows alone give {}",
                short(&tenant.body),
                short(&alone.body)
            ));
        }
        if narrow && !same(&tenant, &other) {
            wrong.push(format!(
                "{target}: hidden rows change what a tenant is given: {}\n  or {}",
                short(&tenant.body),
                short(&other.body)
            ));
        }
        if wrong.is_empty() {
            examined.compared += usize::from(narrow);
            examined.telling += usize::from(narrow && !same(&everything, &alone));
            return;
        }
    }
    examined.wrong.extend(wrong);
}

/// The project on an upstream of its own, with its tables made, and what was said of it.
fn site(project: &Path, place: &Place) -> (Site, Value) {
    let folder = tempfile::tempdir().expect("a folder");
    let upstream = match place {
        Place::ClickHouse(engine) => format!(
            "upstream:\n  clickhouse:\n    endpoints: ['{}']\n    database: {}\n",
            engine.url,
            engine.fresh_database("project")
        ),
        Place::Embedded => {
            let file = folder.path().join("rows.sqlite");
            std::fs::write(&file, "").expect("a file is made");
            format!("upstream:\n  embedded:\n    file: {}\n    writable: true\n", file.display())
        }
    };
    let settings = format!("pipes_dir: {}\nuntyped_pipes: endpoint\n{upstream}", project.display());
    let config = folder.path().join("gateway.yaml");
    std::fs::write(&config, format!("version: 1\n{settings}...\n")).expect("a file is written");
    std::fs::write(folder.path().join("tokens.yaml"), "version: 1\ntokens: []\n...\n").expect("a file is written");
    let run = |more: &[&str]| {
        let output = portcullis().arg("project").arg(project).args(more).arg("--config").arg(&config).output();
        let output = output.expect("the binary runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(matches!(output.status.code(), Some(0 | 3)), "{text}{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_str::<Value>(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    };
    let made = run(&["--apply", "--json"]);
    let again = run(&["--json"]);
    for file in again["files"].as_array().expect("files") {
        let name = &file["file"];
        let found = file["found"].as_str().expect("a word");
        assert!(
            !matches!(found, "to be made" | "differs"),
            "what was made is not there: {name} {found} {}",
            file["why"]
        );
    }
    let gateway = Gateway::start(&settings, &tokens(&made));
    let names = ["admin", "reader", "tenant", "sender", "nobody"];
    let values = names.into_iter().map(|name| (name, format!("Bearer {}", gateway.value(name)))).collect();
    (Site { gateway, values, _folder: folder }, made)
}

/// An administrator, a reader of every pipe, the same with one tenant's rows, one that may send rows, nobody.
fn tokens(document: &Value) -> String {
    let files = document["files"].as_array().expect("files");
    let read = files
        .iter()
        .filter(|file| file["what"] == "endpoint")
        .map(|file| format!("PIPES:READ:{}", file["name"].as_str().unwrap()));
    let read: Vec<String> =
        read.filter(|scope| !scope.contains(['-', ' '])).map(|scope| format!("\"{scope}\"")).collect();
    let tables = tables(files);
    let rows = tables.iter().filter_map(|table| {
        let column = table.tenant()?;
        Some(format!("\"DATASOURCES:READ:{}:{} = {}\"", table.name, column.name, column.tenant(1)))
    });
    let narrowed: Vec<String> = read.iter().cloned().chain(rows).collect();
    let append: Vec<String> = tables.iter().map(|table| format!("\"DATASOURCES:APPEND:{}\"", table.name)).collect();
    let token = |name: &str, scopes: &[String]| {
        format!("  - {{ name: {name}, id: {name}, scopes: [{}] }}\n", scopes.join(", "))
    };
    format!(
        "version: 1\ntokens:\n{}{}{}{}{}...\n",
        token("admin", &["ADMIN".to_owned()]),
        token("reader", &read),
        token("tenant", &narrowed),
        token("sender", &append),
        token("nobody", &[])
    )
}

/// The data sources that are there.
fn tables(files: &[Value]) -> Vec<Table> {
    let filled: BTreeSet<&str> =
        files.iter().filter(|file| file["found"] != "refused").filter_map(|file| file["fills"].as_str()).collect();
    let there = files
        .iter()
        .filter(|file| file["what"] == "data source" && matches!(file["found"].as_str(), Some("made" | "there")));
    let table = |file: &Value| {
        let name = file["name"].as_str().expect("a name").to_owned();
        let text = |column: &Value, key: &str| column[key].as_str().expect("a text").to_owned();
        let all = file["columns"].as_array().expect("columns");
        let columns = |wanted: &dyn Fn(&&Value) -> bool| {
            let column = |it: &Value| Column { name: text(it, "name"), type_name: text(it, "type") };
            all.iter().filter(wanted).map(column).collect::<Vec<_>>()
        };
        let is_filled = filled.contains(name.as_str());
        Table { columns: columns(&|_| true), takes_rows: columns(&|it| it["takes_rows"] == true), is_filled, name }
    };
    there.map(table).collect()
}

/// A table that an endpoint reads and that no filter can narrow.
fn open(endpoint: &Value, tables: &[Table]) -> Option<String> {
    let read: Vec<&str> = endpoint["reads"]["tables"].as_array()?.iter().filter_map(Value::as_str).collect();
    let name = |full: &str| full.split('.').next_back().unwrap_or_default().to_owned();
    let open = read
        .into_iter()
        .map(name)
        .find(|read| tables.iter().find(|table| table.name == *read).is_none_or(|table| table.tenant().is_none()));
    open.filter(|table| !matches!(table.as_str(), "one"))
}

/// The queries that an endpoint is asked with: what it needs, everything it takes, and everything about the other tenant.
fn calls(endpoint: &Value, vocabulary: &Vocabulary) -> Vec<String> {
    let all = endpoint["parameters"].as_array().expect("parameters");
    let query = |tenant: u64, wanted: &dyn Fn(&&Value) -> bool| {
        let pair = |parameter: &Value| {
            let name = parameter["name"].as_str().expect("a name");
            let kind = parameter["type"].as_str().expect("a type");
            format!("{name}={}", encode(&vocabulary.parameter(name, kind, parameter["default"].as_str(), tenant)))
        };
        let pairs: Vec<String> = all.iter().filter(wanted).map(pair).collect();
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    };
    let mut calls =
        vec![query(1, &|parameter| parameter["required"] == true), query(1, &|_| true), query(2, &|_| true)];
    calls.dedup();
    calls
}

fn send(site: &Site, table: &str, rows: &[String], examined: &mut Examined) {
    let headers = [("Authorization", site.values["sender"].as_str()), ("Content-Type", "application/x-ndjson")];
    let answer = site.gateway.post(&format!("/v0/events?name={table}&wait=true"), &headers, &rows.join("\n"));
    let good = answer.status == 200
        && answer.json()["successful_rows"] == rows.len()
        && answer.json()["quarantined_rows"] == 0;
    if !good {
        examined.wrong.push(format!("rows for `{table}`: {} {}", answer.status, short(&answer.body)));
    }
}

fn get(site: &Site, token: &str, target: &str) -> Answer {
    site.gateway.get(target, &[("Authorization", &site.values[token])])
}

/// Whether two answers hold the same rows: in the same order, or in another where the pipe asks for none.
fn same(left: &Answer, right: &Answer) -> bool {
    if left.status != 200 || right.status != 200 {
        return left.status == right.status;
    }
    let rows = |answer: &Answer| answer.json()["data"].as_array().expect("rows").clone();
    let (mut left, mut right) = (rows(left), rows(right));
    if left.len() != right.len() {
        return false;
    }
    if left.iter().zip(&right).all(|(left, right)| close(left, right)) {
        return true;
    }
    left.sort_by_key(Value::to_string);
    right.sort_by_key(Value::to_string);
    left.iter().zip(&right).all(|(left, right)| close(left, right))
}

/// Equal, but for the last digits of a float: sums depend on the order of rows.
fn close(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            let (left, right) = (left.as_f64().unwrap_or(f64::NAN), right.as_f64().unwrap_or(f64::NAN));
            left == right || (left - right).abs() <= 1e-6 * left.abs().max(right.abs())
        }
        (Value::Array(left), Value::Array(right)) => {
            // What `groupArray` and its kin give has no order.
            let sorted = |values: &[Value]| {
                let mut values: Vec<String> = values.iter().map(Value::to_string).collect();
                values.sort();
                values
            };
            left.len() == right.len()
                && (left.iter().zip(right).all(|(l, r)| close(l, r)) || sorted(left) == sorted(right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| close(value, other)))
        }
        (left, right) => left == right,
    }
}

/// All SQL of a folder.
fn sql(folder: &Path) -> String {
    let mut text = String::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "pipe") {
                text.push_str(&std::fs::read_to_string(path).unwrap_or_default());
            }
        }
    }
    text
}

fn short(text: &str) -> String {
    text.chars().take(600).collect()
}
