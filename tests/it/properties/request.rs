//! Whole requests through the whole onion: two gateways, whose rows differ only where a filter hides them, answer alike.
//!
//! A request is a text: the first line is the method and the target, then header lines, an empty line, the body. `$T` stands
//! for the credential of a tenant, `$B` for it as a `Basic` one.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt as _, Full};
use portcullis::gateway::{Gateway, GenericRoute, Settings, TokensApi, WriteLimits};
use portcullis::sql::{Dialect, Extensions, Limits};
use portcullis::store::{Compile, Hot, Paths, Store};
use portcullis::telemetry::Metrics;
use portcullis::token::signed::SigningKey;
use portcullis::upstream::api::SqlPlace;
use portcullis::upstream::{Upstream, embedded};
use tower::ServiceExt as _;

/// What the tenant may do.
const TOKENS: &str = "\
version: 1
tokens:
  - name: tenant
    id: tenant
    scopes:
      - 'DATASOURCES:READ:events:org_id = 1'
      - 'DATASOURCES:READ:orders:org_id = 1'
      - 'DATASOURCES:READ:versions:org_id = 1'
      - 'DATASOURCES:READ:notes:org_id = 1'
      - DATASOURCES:READ:plans
  - { name: admin, id: admin, scopes: [ADMIN] }
...
";

/// The rows that both have.
const SEEN: &str = "\
CREATE TABLE events (org_id INTEGER, user_id TEXT, n INTEGER, action TEXT, m INTEGER);
CREATE TABLE orders (org_id INTEGER, id TEXT, total INTEGER);
CREATE TABLE versions (org_id INTEGER, k INTEGER, v INTEGER);
CREATE TABLE notes (org_id INTEGER, n INTEGER, body TEXT);
CREATE TABLE plans (plan TEXT, price REAL);
CREATE TABLE secrets (word TEXT);
INSERT INTO plans VALUES ('free', 0.0), ('pro', 9.5);
INSERT INTO events VALUES (1, 'u1', 1, 'view', 3), (1, 'u2', 2, 'buy', NULL), (1, 'u1', 9, 'it''s', 0);
INSERT INTO orders VALUES (1, 'u1', 7), (1, 'u3', 14);
INSERT INTO versions VALUES (1, 1, 1), (1, 2, 5);
INSERT INTO notes VALUES (1, 1, 'view'), (1, 2, '{\"k\": 1}'), (1, 3, NULL);
";

/// The rows of one and of the other that no answer may tell apart.
const HIDDEN: [&str; 2] = [
    "INSERT INTO events VALUES (2, 'h', 0, 'no json', 5), (2, 'u1', -9223372036854775808, 'x%', NULL), (NULL, 'u2', 5, '', 1);
     INSERT INTO orders VALUES (2, 'u1', 9223372036854775807), (2, 'u2', 1);
     INSERT INTO notes VALUES (2, 4, 'no json'), (2, 1, '[');
     INSERT INTO secrets VALUES ('one');",
    "INSERT INTO events VALUES (3, 'zebra', 7, '[1, 2]', 0);
     INSERT INTO versions VALUES (3, 1, 9), (3, 0, 0);
     INSERT INTO secrets VALUES ('other'), ('more');",
];

/// How long a statement may run. What runs for nearly as long says nothing: the clock may have ended it.
const EXECUTION: Duration = Duration::from_millis(400);

/// Two gateways over SQLite, alike but for their hidden rows.
pub(crate) struct Doors {
    runtime: tokio::runtime::Runtime,
    doors: [Gateway; 2],
    bearer: String,
    basic: String,
}

/// All of an answer but its id and the times at which the two were opened.
#[derive(Debug, PartialEq)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    /// `None`: it broke off.
    body: Option<String>,
}

impl Doors {
    /// Over two files in `folder`.
    pub(crate) fn open(folder: &Path) -> Self {
        let bearer = key().mint(&"tenant".parse().unwrap(), "acme", "local").expose().to_owned();
        let basic = base64::engine::general_purpose::STANDARD.encode(format!("default:{bearer}"));
        let doors = HIDDEN.map(|hidden| {
            let folder = folder.join(if hidden == HIDDEN[0] { "one" } else { "other" });
            std::fs::create_dir_all(&folder).unwrap();
            door(&folder, hidden)
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { runtime, doors, bearer, basic }
    }

    /// Asks both. `Ok(true)`: both answered 200.
    pub(crate) fn answer_alike(&self, text: &str) -> Result<bool, String> {
        let start = Instant::now();
        let [one, other] = [self.ask(0, text), self.ask(1, text)];
        let (Some(one), Some(other)) = (one, other) else { return Ok(false) };
        for answer in [&one, &other] {
            if answer.status == 500 {
                return Err(format!("a fault of the gateway's: {answer:?}"));
            }
        }
        if one != other && start.elapsed() < EXECUTION / 2 {
            return Err(format!("the answers differ:\n{one:?}\n{other:?}"));
        }
        Ok(one.status == 200)
    }

    /// `None` where the text is no request.
    fn ask(&self, door: usize, text: &str) -> Option<Answer> {
        let request = request(&text.replace("$T", &self.bearer).replace("$B", &self.basic))?;
        let gateway = self.doors[door].clone();
        self.runtime.block_on(async {
            let answer = gateway.oneshot(request).await.unwrap_or_else(|never| match never {});
            let (head, body) = answer.into_parts();
            let mut headers = head.headers;
            headers.remove("x-request-id").expect("every answer has an id");
            let body = body.collect().await.ok().map(|body| without_times(&body.to_bytes()));
            Some(Answer { status: head.status.as_u16(), headers, body })
        })
    }
}

fn key() -> SigningKey {
    SigningKey::new(vec![7; 32]).unwrap()
}

fn door(folder: &Path, hidden: &str) -> Gateway {
    let (tokens, file) = (folder.join("tokens.yaml"), folder.join("rows.db"));
    std::fs::write(&tokens, TOKENS).unwrap();
    let _ = std::fs::remove_file(&file);
    rusqlite::Connection::open(&file).unwrap().execute_batch(&format!("{SEEN}{hidden}")).unwrap();
    let compile = Compile {
        dialect: Dialect::Sqlite,
        key: key(),
        own: None,
        hot: Hot { limits: Limits::default(), extensions: Extensions::default(), ..Hot::default() },
        read_hot: Arc::new(|_, _| Ok(Hot::default())),
    };
    let store = Store::open(Paths { tokens, managed: None, gateway: None }, compile).unwrap();
    let file = Some(file);
    let rows = embedded::Settings { file, writable: false, connections: 1, execution_timeout: EXECUTION };
    let upstream = Upstream::Embedded(embedded::Embedded::open(rows).unwrap());
    Gateway::new(settings(), Arc::new(store), Arc::new(upstream), Metrics::new())
}

/// Every face is open.
pub(crate) fn settings() -> Settings {
    let route = |path: &str, method, place| GenericRoute { path: path.to_owned(), method, place };
    Settings {
        v0: true,
        clickhouse: true,
        generic: vec![
            route("/api/sql", Method::POST, SqlPlace::Body),
            route("/api/query", Method::GET, SqlPlace::QueryParameter("sql".to_owned())),
            route("/api/form", Method::POST, SqlPlace::FormField("statement".to_owned())),
            route("/api/json", Method::POST, SqlPlace::JsonPointer("/query/text".to_owned())),
        ],
        workspace: "acme".to_owned(),
        max_in_flight: 8,
        request_timeout: Duration::from_secs(5),
        body_bytes: 64 * 1024,
        body_idle_timeout: Duration::from_secs(1),
        rewrites_kept: 64,
        tokens: TokensApi::default(),
        writes: WriteLimits::default(),
    }
}

/// Without the values of `"created_at":"2026-01-02 03:04:05.000000"` and `"elapsed": 0.0001`, and their like: what reads no
/// table tells the time that it took.
fn without_times(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let text = without(&text, "ed_at\":", &['}', ',']);
    without(&text, "\"elapsed\":", &['}', ',', '\n'])
}

/// Without what stands between the words and the first of the ends.
fn without(text: &str, words: &str, ends: &[char]) -> String {
    let mut parts = text.split(words);
    let mut rest = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        rest.push_str(words);
        rest.push_str(&part[part.find(ends).unwrap_or(part.len())..]);
    }
    rest
}

/// A blank in the target is written as `%20`, so that statements can stand there as they are.
fn request(text: &str) -> Option<Request<Full<Bytes>>> {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.split('\n');
    let (method, target) = lines.next()?.split_once(' ')?;
    let mut request = Request::builder().method(method).uri(target.replace(' ', "%20"));
    for line in lines {
        let (name, value) = line.split_once(": ")?;
        request = request.header(name, value);
    }
    // A server has read them; a body's framing is its own.
    if !body.is_empty() {
        request = request.header("content-length", body.len());
    }
    request.header("host", "localhost").body(Full::new(Bytes::copy_from_slice(body.as_bytes()))).ok()
}
