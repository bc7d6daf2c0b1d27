//! A change counts from the next request on, also on connections that are open; time passes without a reload.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::http::encode;
use crate::tokens_api::{Api, creation, value};

const ONE: &str = "DATASOURCES:READ:events:org_id = 1";

/// One connection on which several requests are made.
struct Live(BufReader<TcpStream>);

impl Live {
    fn to(api: &Api) -> Self {
        let stream = TcpStream::connect(api.gateway.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Self(BufReader::new(stream))
    }

    /// The status of a read with that token.
    fn read(&mut self, token: &str) -> u16 {
        let query = encode("SELECT count(*) AS c FROM events");
        let request = format!("GET /v0/sql?q={query} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n");
        self.0.get_mut().write_all(request.as_bytes()).unwrap();
        let status = self.line().split(' ').nth(1).expect("the connection is open").parse().unwrap();
        let (mut length, mut chunked) = (0, false);
        loop {
            let line = self.line().to_ascii_lowercase();
            match line.split_once(": ") {
                None => break,
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(("transfer-encoding", _)) => chunked = true,
                Some(_) => {}
            }
        }
        self.skip(length);
        while chunked {
            let size = usize::from_str_radix(&self.line(), 16).unwrap();
            self.skip(size);
            self.line();
            chunked = size > 0;
        }
        status
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn skip(&mut self, length: usize) {
        self.0.read_exact(&mut vec![0; length]).unwrap();
    }
}

#[test]
fn a_refreshed_token_is_refused_on_the_next_request_of_a_live_connection() {
    let api = Api::start();
    let made = api.create("r", &[ONE]);
    let mut live = Live::to(&api);
    for _ in 0..3 {
        assert_eq!(live.read(value(&made)), 200);
    }
    let new = api.ask("POST", "/v0/tokens/r/refresh").json();
    assert_eq!(live.read(value(&made)), 403);
    assert_eq!(live.read(value(&new)), 200, "on the same connection");
}

#[test]
fn a_deleted_or_narrowed_token_is_refused_on_the_next_request_of_a_live_connection() {
    let api = Api::start();
    let mut live = Live::to(&api);
    for round in 0..20 {
        let made = api.create(&format!("d{round}"), &[ONE]);
        assert_eq!(live.read(value(&made)), 200);
        assert_eq!(api.ask("DELETE", &format!("/v0/tokens/d{round}")).status, 200);
        assert_eq!(live.read(value(&made)), 403);
    }
    let made = api.create("n", &[ONE]);
    assert_eq!(live.read(value(&made)), 200);
    assert_eq!(api.ask("PUT", "/v0/tokens/n?scope=PIPES:READ:top").status, 200);
    assert_eq!(live.read(value(&made)), 403);
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Until the token is refused; how long that took.
fn until_refused(live: &mut Live, token: &str) -> u64 {
    let start = Instant::now();
    while live.read(token) == 200 {
        assert!(start.elapsed() < Duration::from_secs(10), "it is never refused");
        std::thread::sleep(Duration::from_millis(50));
    }
    now()
}

#[test]
fn a_token_expires_without_a_reload() {
    let api = Api::start();
    let end = now() + 3;
    let answer = api.ask("POST", &format!("{}&expires={end}", creation("e", &[ONE])));
    assert_eq!(answer.status, 200, "{}", answer.body);
    let made = answer.json();
    assert!(made["expires_at"].is_string(), "{made}");
    let mut live = Live::to(&api);
    assert_eq!(live.read(value(&made)), 200);
    let refused = until_refused(&mut live, value(&made));
    assert!((end..=end + 1).contains(&refused), "{refused} for {end}");
    // A refresh does not prolong it.
    let new = api.ask("POST", "/v0/tokens/e/refresh").json();
    assert_eq!(live.read(value(&new)), 403);
}

#[test]
fn the_value_before_counts_until_the_grace_is_over() {
    let api = Api::start();
    let made = api.create("g", &[ONE]);
    let start = now();
    let answer = api.ask("POST", "/v0/tokens/g/refresh?grace=3");
    assert_eq!(answer.status, 200, "{}", answer.body);
    let new = answer.json();
    let mut live = Live::to(&api);
    assert_eq!((live.read(value(&made)), live.read(value(&new))), (200, 200));
    let refused = until_refused(&mut live, value(&made));
    assert!((start + 3..=start + 5).contains(&refused), "{refused} from {start}");
    assert_eq!(live.read(value(&new)), 200);
    // A second refresh without grace leaves neither of the older values.
    let third = api.ask("POST", "/v0/tokens/g/refresh?grace=60").json();
    let fourth = api.ask("POST", "/v0/tokens/g/refresh").json();
    let statuses = [&made, &new, &third, &fourth].map(|token| live.read(value(token)));
    assert_eq!(statuses, [403, 403, 403, 200]);
}
