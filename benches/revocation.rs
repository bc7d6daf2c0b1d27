//! How soon a change of a token counts on connections that are open, with others at work: from the moment at which whoever
//! made the change was told, until the first refusal; and how many requests got through in between.
//!
//! A report, not a measurement that is compared: `cargo xtask bench revocation [CHANGES]` prints it.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark"
)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use portcullis::sql::Dialect;
use portcullis::store::{Authority, Compile, Hot, NewToken, Paths, Store};
use portcullis::token::signed::SigningKey;

type Http = Client<HttpConnector, Full<Bytes>>;

/// How many others ask all the time.
const LOAD: usize = 4;

struct World {
    child: Child,
    folder: tempfile::TempDir,
    address: String,
    admin: String,
    loads: String,
    /// One connection of HTTP/1.1 and one of HTTP/2.
    live: [Http; 2],
    control: Http,
}

fn people(rows: &str) -> String {
    format!(
        "version: 1\ntokens:\n  - {{ name: admin, id: admin, scopes: [ADMIN] }}\n  \
         - {{ name: load, id: load, scopes: ['DATASOURCES:READ:events:org_id = 2'] }}\n{rows}...\n"
    )
}

fn client(http2: bool) -> Http {
    Client::builder(TokioExecutor::new()).http2_only(http2).pool_max_idle_per_host(1).build_http()
}

impl World {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("gateway.yaml"), "version: 1\nlisten: 127.0.0.1:0\nlog: { level: error }\n...\n")
            .unwrap();
        fs::write(folder.path().join("tokens.yaml"), people("")).unwrap();
        let binary = || Command::new(env!("CARGO_BIN_EXE_portcullis"));
        let config = folder.path().join("gateway.yaml");
        let mut child = binary().arg("serve").arg("--config").arg(&config).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.find_map(|line| Some(line.ok()?.split_once("http://")?.1.trim().to_owned())).unwrap();
        std::thread::spawn(move || lines.for_each(drop));
        let value = |name: &str| {
            let said = binary().args(["token", "value", name, "--config"]).arg(&config).output().unwrap();
            String::from_utf8(said.stdout).unwrap().trim().to_owned()
        };
        let (admin, loads) = (value("admin"), value("load"));
        Self { child, folder, address, admin, loads, live: [client(false), client(true)], control: client(false) }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    async fn ask(&self, client: &Http, token: &str, method: Method, target: &str) -> (StatusCode, Bytes) {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://{}{target}", self.address))
            .header("authorization", format!("Bearer {token}"))
            .body(Full::new(Bytes::new()))
            .unwrap();
        let answer = client.request(request).await.unwrap();
        let status = answer.status();
        (status, answer.into_body().collect().await.unwrap().to_bytes())
    }

    async fn read(&self, client: &Http, token: &str) -> StatusCode {
        self.ask(client, token, Method::GET, "/v0/sql?q=SELECT%20count(*)%20AS%20c%20FROM%20events").await.0
    }

    async fn manage(&self, method: Method, target: &str) -> serde_json::Value {
        let (status, body) = self.ask(&self.control, &self.admin, method, target).await;
        assert!(status.is_success(), "{target}: {status} {body:?}");
        serde_json::from_slice(&body).unwrap_or_default()
    }

    async fn create(&self, name: &str, more: &str) -> String {
        let target = format!("/v0/tokens?name={name}&scope=DATASOURCES:READ:events:org_id%20%3D%201{more}");
        self.manage(Method::POST, &target).await["token"].as_str().unwrap().to_owned()
    }

    /// From now until the token is refused on that connection, and how often it was not.
    async fn until_refused(&self, client: &Http, token: &str, start: Instant) -> (Duration, usize) {
        let mut through = 0;
        while self.read(client, token).await != StatusCode::FORBIDDEN {
            through += 1;
            assert!(start.elapsed() < Duration::from_secs(10), "it is never refused");
        }
        (start.elapsed(), through)
    }

    async fn until_accepted(&self, client: &Http, token: &str) {
        let start = Instant::now();
        while self.read(client, token).await != StatusCode::OK {
            assert!(start.elapsed() < Duration::from_secs(10), "it is never accepted");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn tell(what: &str, mut spent: Vec<(Duration, usize)>) {
    spent.sort();
    let through: usize = spent.iter().map(|(_, through)| through).sum();
    let at = |part: usize| spent[(spent.len() * part / 1000).min(spent.len() - 1)].0;
    println!(
        "{what:<44} {:>5} changes  p50 {:>9.2?}  p99 {:>9.2?}  max {:>9.2?}  {through} requests after it got through",
        spent.len(),
        at(500),
        at(990),
        at(1000),
    );
}

/// Puts a file in its place as people should.
fn put(path: &Path, text: &str) {
    let draft = path.with_extension("draft");
    fs::write(&draft, text).unwrap();
    fs::rename(&draft, path).unwrap();
}

async fn report(world: Arc<World>, changes: usize) {
    for kind in ["removed over the API", "refreshed over the API", "narrowed over the API"] {
        let mut spent = Vec::new();
        for number in 0..changes {
            let client = &world.live[number % 2];
            let token = world.create("t", "").await;
            assert_eq!(world.read(client, &token).await, StatusCode::OK);
            match kind {
                "removed over the API" => world.manage(Method::DELETE, "/v0/tokens/t").await,
                "refreshed over the API" => world.manage(Method::POST, "/v0/tokens/t/refresh").await,
                _ => world.manage(Method::PUT, "/v0/tokens/t?scope=PIPES:READ:x").await,
            };
            spent.push(world.until_refused(client, &token, Instant::now()).await);
            if kind != "removed over the API" {
                world.manage(Method::DELETE, "/v0/tokens/t").await;
            }
        }
        tell(kind, spent);
    }

    let mut spent = Vec::new();
    let value = |id: &str| {
        let key = SigningKey::new(fs::read(world.path().join("state/signing.key")).unwrap()).unwrap();
        key.mint(&id.parse().unwrap(), "portcullis", "local").expose().to_owned()
    };
    let tokens = world.path().join("tokens.yaml");
    for number in 0..changes {
        let client = &world.live[number % 2];
        let line = format!("  - {{ name: x, id: x{number}, scopes: ['DATASOURCES:READ:events:org_id = 1'] }}\n");
        put(&tokens, &people(&line));
        let token = value(&format!("x{number}"));
        world.until_accepted(client, &token).await;
        put(&tokens, &people(""));
        spent.push(world.until_refused(client, &token, Instant::now()).await);
    }
    tell("taken out of people's file, renamed into place", spent);

    let mut spent = Vec::new();
    let key = SigningKey::new(fs::read(world.path().join("state/signing.key")).unwrap()).unwrap();
    let hot = Arc::new(|_: &Path, _: &str| Ok(Hot::default()));
    let compile = Compile { dialect: Dialect::Sqlite, key, own: None, hot: Hot::default(), read_hot: hot };
    let managed = Some(world.path().join("state/tokens.managed.yaml"));
    let other = Store::open(Paths { tokens: tokens.clone(), managed, gateway: None }, compile).unwrap();
    for number in 0..changes {
        let client = &world.live[number % 2];
        let scopes = vec!["DATASOURCES:READ:events:org_id = 1".to_owned()];
        let made = other.create(Authority::Admin, &NewToken { name: "c".to_owned(), scopes, ..NewToken::default() });
        let token = value(made.unwrap().after.unwrap().id().unwrap().as_str());
        world.until_accepted(client, &token).await;
        other.remove(Authority::Admin, "c").unwrap();
        spent.push(world.until_refused(client, &token, Instant::now()).await);
    }
    tell("removed by another process, as by the command", spent);

    let mut spent = Vec::new();
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let each = 50;
    for batch in 0..changes.div_ceil(each) {
        let end = now().as_secs() + 3;
        let mut made = Vec::new();
        for number in 0..each {
            made.push(world.create(&format!("e{batch}-{number}"), &format!("&expires={end}")).await);
        }
        let left = Duration::from_secs(end).saturating_sub(now());
        let start = Instant::now() + left;
        let waiting = made.into_iter().enumerate().map(|(number, token)| {
            let world = Arc::clone(&world);
            tokio::spawn(async move {
                tokio::time::sleep_until(start.into()).await;
                world.until_refused(&world.live[number % 2], &token, start).await
            })
        });
        for waiting in waiting.collect::<Vec<_>>() {
            spent.push(waiting.await.unwrap());
        }
    }
    tell("expired, fifty at once", spent);
}

fn main() {
    // `cargo bench` gives flags of its own; a number is how many changes of each kind are made.
    let changes = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(1000);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let world = Arc::new(World::start());
        let (stop, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let loads = (0..LOAD).map(|number| {
            let (world, stop, asked) = (Arc::clone(&world), Arc::clone(&stop), Arc::clone(&asked));
            tokio::spawn(async move {
                let own = client(number % 2 == 1);
                while !stop.load(Ordering::Relaxed) {
                    assert_eq!(world.read(&own, &world.loads).await, StatusCode::OK, "the others go on");
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            })
        });
        let loads: Vec<_> = loads.collect();
        let start = Instant::now();
        report(Arc::clone(&world), changes).await;
        stop.store(true, Ordering::Relaxed);
        for load in loads {
            load.await.unwrap();
        }
        let rate = asked.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64();
        println!("beside {rate:.0} requests a second of {LOAD} others");
    });
}
