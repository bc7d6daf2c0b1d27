//! An upstream that fails in the middle of a write: whatever it does, what is told of the rows is true.
//!
//! A proxy that fails in one way at the n-th write stands before a real ClickHouse, and between two gateways.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::Duration;

use crate::engines::{self, Engine};
use crate::gateway::Gateway;
use crate::http::{Answer, encode};
use crate::writes::TOKENS;

/// What happens to the write.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    /// The connection closes; nothing goes on.
    CutBefore,
    /// Half of it goes on, then both connections close.
    CutAmid,
    /// All of it goes on, and the answer is lost.
    LoseAnswer,
    /// It goes on, and the answer breaks off after its first bytes.
    CutAnswer,
    /// Nothing goes on; this is the answer.
    Say(&'static str),
    /// Nothing goes on, and no answer comes.
    Hang,
    /// The connection closes, and from now on nobody listens to any other.
    Die,
}

struct Proxy {
    address: SocketAddr,
    /// Writes until the fault; at one the next is it.
    left: Arc<AtomicI32>,
    dead: Arc<AtomicBool>,
}

/// What a write begins with, as the gateway sends it.
fn is_write(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    text.starts_with("POST /v0/events") || text.starts_with("POST /v0/datasources?") || text.contains("INSERT INTO")
}

impl Proxy {
    fn new(to: SocketAddr, fault: Fault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (left, dead) = (Arc::new(AtomicI32::new(-1)), Arc::new(AtomicBool::new(false)));
        let (count, is_dead) = (Arc::clone(&left), Arc::clone(&dead));
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if is_dead.load(Ordering::SeqCst) {
                    continue;
                }
                let (count, is_dead) = (Arc::clone(&count), Arc::clone(&is_dead));
                std::thread::spawn(move || one(client, to, fault, &count, &is_dead));
            }
        });
        Self { address, left, dead }
    }
}

fn one(mut client: TcpStream, to: SocketAddr, fault: Fault, left: &AtomicI32, dead: &AtomicBool) {
    let mut piece = vec![0; 1 << 16];
    let mut server = TcpStream::connect(to).unwrap();
    let (mut back, mut answers) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    // How much of an answer may still pass.
    let quota = Arc::new(AtomicI32::new(i32::MAX));
    let passes = Arc::clone(&quota);
    std::thread::spawn(move || {
        let mut piece = vec![0; 1 << 16];
        while let Ok(count @ 1..) = answers.read(&mut piece) {
            let most = usize::try_from(passes.load(Ordering::SeqCst)).unwrap_or(0);
            if back.write_all(&piece[..count.min(most)]).is_err() || count > most {
                let _ = back.shutdown(Shutdown::Both);
                return;
            }
        }
        let _ = back.shutdown(Shutdown::Both);
    });
    while let Ok(count @ 1..) = client.read(&mut piece) {
        if dead.load(Ordering::SeqCst) {
            return drop(client.shutdown(Shutdown::Both));
        }
        let mut request = piece[..count].to_vec();
        if !is_write(&request) || left.fetch_sub(1, Ordering::SeqCst) != 1 {
            // A head and its body may come in two pieces: the second is no write of its own.
            if server.write_all(&request).is_err() {
                return;
            }
            continue;
        }
        // The rest of the request, which is short here.
        client.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        while let Ok(count @ 1..) = client.read(&mut piece) {
            request.extend_from_slice(&piece[..count]);
        }
        let half = request.len() - request.len() / 8;
        match fault {
            Fault::CutBefore => {}
            Fault::CutAmid => drop(server.write_all(&request[..half])),
            Fault::LoseAnswer | Fault::CutAnswer => {
                quota.store(if fault == Fault::CutAnswer { 20 } else { 0 }, Ordering::SeqCst);
                let _ = server.write_all(&request);
                std::thread::sleep(Duration::from_millis(700));
            }
            Fault::Say(answer) => drop(client.write_all(answer.as_bytes())),
            Fault::Hang => std::thread::sleep(Duration::from_secs(6)),
            Fault::Die => dead.store(true, Ordering::SeqCst),
        }
        let _ = client.shutdown(Shutdown::Both);
        let _ = server.shutdown(Shutdown::Both);
        return;
    }
}

const FAULTS: [Fault; 14] = [
    Fault::CutBefore,
    Fault::CutAmid,
    Fault::LoseAnswer,
    Fault::CutAnswer,
    Fault::Hang,
    Fault::Die,
    Fault::Say("HTTP/1.1 500 No\r\nContent-Length: 6\r\n\r\nsecret"),
    Fault::Say("HTTP/1.1 503 No\r\nContent-Length: 6\r\n\r\nsecret"),
    Fault::Say("HTTP/1.1 429 No\r\nRetry-After: 7\r\nContent-Length: 6\r\n\r\nsecret"),
    Fault::Say("HTTP/1.1 403 No\r\nContent-Length: 6\r\n\r\nsecret"),
    Fault::Say("HTTP/1.1 302 No\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
    Fault::Say(YES[0]),
    Fault::Say(YES[1]),
    Fault::Say(YES[2]),
];

/// A yes without a number, from something that is no such API; and one that only says that it has heard.
const YES: [&str; 3] = [
    "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret",
    "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{\"ok\":1}",
    "HTTP/1.1 202 Accepted\r\nContent-Length: 44\r\n\r\n{\"successful_rows\":10,\"quarantined_rows\":0} ",
];

/// The row counts that an answer may have, each against what is there.
struct World {
    engine: Engine,
    database: String,
    proxy: Proxy,
    gateway: Gateway,
    _behind: Option<Gateway>,
}

impl World {
    fn new(engine: Engine, fault: Fault, relayed: bool) -> Self {
        let database = engine.fresh_database("faults");
        engine.run(&format!("CREATE TABLE {database}.things (org_id Int64, n Int64) ENGINE = MergeTree ORDER BY n"));
        let clickhouse = |url: &str, more: &str| {
            format!("upstream:\n  clickhouse:\n    endpoints: ['{url}']\n    database: {database}\n{more}")
        };
        let limits = "limits:\n  batch_rows: 10";
        if !relayed {
            let proxy = Proxy::new(engine.authority().parse().unwrap(), fault);
            let patience = "    answer_timeout: 2s\n    execution_timeout: 2s\n";
            let url = format!("http://{}", proxy.address);
            let gateway = Gateway::start(&clickhouse(&url, &format!("{patience}{limits}")), TOKENS);
            return Self { engine, database, proxy, gateway, _behind: None };
        }
        let behind = Gateway::start(&clickhouse(&engine.url, ""), TOKENS);
        let proxy = Proxy::new(behind.address, fault);
        let upstream = format!(
            "upstream:\n  v0:\n    base: http://{}\n    token: {{ value: '{}' }}\n    answer_timeout: 2s\n    write_timeout: 2s\n{limits}",
            proxy.address,
            behind.value("admin")
        );
        let gateway = Gateway::start(&upstream, TOKENS);
        Self { engine, database, proxy, gateway, _behind: Some(behind) }
    }

    fn send(&self, target: &str, rows: std::ops::Range<u64>) -> Answer {
        let body: String = rows.map(|n| format!("{{\"org_id\":1,\"n\":{n}}}\n")).collect();
        let bearer = format!("Bearer {}", self.gateway.value("admin"));
        self.gateway.post(target, &[("Authorization", &bearer)], &body)
    }

    fn there(&self) -> u64 {
        self.engine.run(&format!("SELECT count() FROM {}.things", self.database)).parse().unwrap()
    }
}

fn number(answer: &Answer, name: &str) -> u64 {
    answer.json()[name].as_u64().unwrap_or(0)
}

fn appended(relayed: bool) {
    let Some(engine) = engines::clickhouse() else { return };
    for fault in FAULTS {
        // ClickHouse says nothing of a write that went well: its own 200 is a yes whatever stands in it.
        if !relayed && matches!(fault, Fault::Say(text) if YES.contains(&text)) {
            continue;
        }
        let world = World::new(Engine { url: engine.url.clone() }, fault, relayed);
        for (target, rows) in [
            ("/v0/datasources?mode=append&format=ndjson&name=things", 0..35),
            ("/v0/events?name=things&wait=true", 100..125),
        ] {
            if world.proxy.dead.load(Ordering::SeqCst) {
                continue;
            }
            let before = world.there();
            // The third batch of ten fails.
            world.proxy.left.store(3, Ordering::SeqCst);
            let answer = world.send(target, rows);
            let what = format!("{fault:?} {target}: {answer:?}");
            assert!(answer.status >= 400, "a false yes: {what}");
            assert!(!answer.body.contains("secret"), "{what}");
            let (told, doubt) = (number(&answer, "successful_rows"), number(&answer, "rows_in_doubt"));
            let there = world.there() - before;
            assert!(told <= there && there <= told + doubt, "{there} are there: {what}");
            assert_eq!(told, 20, "{what}");
            let refused = matches!(fault, Fault::Say(text) if text.contains(" 503 ") || text.contains(" 429 ") || text.contains(" 403 "));
            if refused {
                assert_eq!(doubt, 0, "{what}");
            }
            match fault {
                Fault::Say(text) if text.contains(" 403 ") => assert_eq!(answer.status, 502, "{what}"),
                Fault::Say(text) if text.contains(" 429 ") && relayed => {
                    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("7")), "{what}");
                }
                Fault::Hang => assert_eq!(answer.status, 504, "{what}"),
                _ => {}
            }
        }
    }
}

#[test]
fn what_clickhouse_has_is_told_exactly_when_it_fails_halfway() {
    appended(false);
}

#[test]
fn what_an_api_that_speaks_v0_has_is_told_exactly_when_it_fails_halfway() {
    appended(true);
}

/// A replacement is all or nothing, and no yes comes but the upstream's.
#[test]
fn a_replacement_that_the_upstream_loses_leaves_what_was_there() {
    let Some(engine) = engines::clickhouse() else { return };
    for fault in FAULTS {
        let world = World::new(Engine { url: engine.url.clone() }, fault, true);
        assert_eq!(world.send("/v0/events?name=things&wait=true", 0..5).status, 200);
        world.proxy.left.store(1, Ordering::SeqCst);
        let answer = world.send("/v0/datasources?mode=replace&format=ndjson&name=things", 0..3);
        assert!(answer.status >= 400, "a false yes: {fault:?}: {answer:?}");
        assert!(!answer.body.contains("secret"), "{fault:?}: {answer:?}");
        std::thread::sleep(Duration::from_millis(200));
        let there = world.there();
        let lost = matches!(fault, Fault::LoseAnswer | Fault::CutAnswer);
        assert!(there == 5 || (lost && there == 3), "{fault:?}: {there} rows: {answer:?}");
    }
}

/// The client's own body breaks off: the upstream must not take what it got for a whole file.
#[test]
fn a_replacement_whose_rows_break_off_changes_nothing() {
    let Some(engine) = engines::clickhouse() else { return };
    let world = World::new(engine, Fault::CutBefore, true);
    assert_eq!(world.send("/v0/events?name=things&wait=true", 0..5).status, 200);
    let token = world.gateway.value("admin");
    let target = "/v0/datasources?mode=replace&format=ndjson&name=things";
    let row = "{\"org_id\":1,\"n\":1}\n".repeat(50);
    let head = format!(
        "POST {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: Bearer {token}\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    let torn = format!("{head}{:x}\r\n{row}\r\nnonsense\r\n", row.len());
    let answer = crate::http::raw(world.gateway.address, torn.as_bytes());
    assert_eq!(answer.status, 400, "{answer:?}");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(world.there(), 5);
    let whole = format!("{head}{:x}\r\n{row}\r\n0\r\n\r\n", row.len());
    let answer = crate::http::raw(world.gateway.address, whole.as_bytes());
    assert_eq!((answer.status, number(&answer, "successful_rows"), world.there()), (200, 50, 50), "{answer:?}");
}

/// What may be sent twice without harm is; a query that breaks off is never taken for a whole one.
#[test]
fn names_and_values_of_clients_stay_what_they_are() {
    let Some(engine) = engines::clickhouse() else { return };
    let world = World::new(engine, Fault::CutBefore, true);
    let bearer = format!("Bearer {}", world.gateway.value("admin"));
    for name in ["..", ".", "a/b", "things?token=x", "things%2f..%2fthings", "a%00b", "x%0d%0aHost:%20y"] {
        let name = encode(name);
        for target in [format!("/v0/datasources/{name}"), format!("/v0/pipes/{name}.json"), format!("/v0/pipes/{name}")]
        {
            let answer = world.gateway.get(&target, &[("Authorization", &bearer)]);
            assert!((400..500).contains(&answer.status), "{target}: {answer:?}");
        }
    }
}
