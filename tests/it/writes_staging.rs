//! What a crash in the middle of a replacement leaves, and what becomes of it. In front of an API that speaks v0 the API
//! replaces by itself: nothing is gathered.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::writes::Ground;

fn until(what: &str, mut is: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A replacement that has begun, and whose body does not end.
fn begun(ground: &Ground) -> TcpStream {
    let rows = "{\"org_id\":7,\"n\":1,\"name\":\"new\"}\n".repeat(5);
    let head = format!(
        "POST /v0/datasources?mode=replace&format=ndjson&name=things HTTP/1.1\r\nHost: gateway\r\n\
         Authorization: Bearer {}\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{rows}\r\n",
        ground.gateway.value("creator"),
        rows.len()
    );
    let mut stream = TcpStream::connect(ground.gateway.address).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

#[test]
fn what_a_killed_replacement_leaves_is_swept() {
    for mut ground in Ground::direct("limits:\n  batch_rows: 2\n  append_timeout: 3s") {
        ground.events("appender", "{\"org_id\":1,\"n\":1,\"name\":\"old\"}\n");
        let stream = begun(&ground);
        until("nothing is gathered", || ground.staging().len() == 1);
        let left = ground.staging().remove(0);
        ground.gateway.kill_and_start_again();
        drop(stream);
        // Nothing has changed, and what is left is nobody's to see.
        assert_eq!(ground.one("admin", "SELECT max(name) FROM things"), "old");
        let seen = ground.gateway.sql(&ground.gateway.value("admin"), &format!("SELECT 1 FROM {left}"));
        assert!(seen.status == 400 && seen.body.contains("the gateway's own"), "{seen:?}");
        // Names of that kind that are not surely ours: another mark, no moment in them, something behind.
        let (mark, id) = left.rsplit_once('_').unwrap();
        let others = [
            format!("{}00000000_{id}", &mark[..mark.len() - 8]),
            format!("{mark}_{}4{}", &id[..12], &id[13..]),
            format!("{left}0"),
            format!("__pc_other_{id}"),
        ];
        others.iter().for_each(|other| ground.plant(other));
        until("what is left is not swept", || !ground.staging().contains(&left));
        let whole = ground.send(
            "POST",
            "/v0/datasources?mode=replace&format=ndjson&name=things",
            "creator",
            &[],
            b"{\"org_id\":7,\"n\":1,\"name\":\"new\"}\n",
        );
        assert_eq!((whole.status, whole.json()["successful_rows"].clone()), (200, json!(1)), "{whole:?}");
        let mut others = others.to_vec();
        others.sort();
        assert_eq!(ground.staging(), others, "strangers stay");
        assert!(ground.gateway.log().contains("an unfinished replacement was removed"), "{}", ground.gateway.log());
    }
}

/// One that may still be at work is left alone: its name says when it was made.
#[test]
fn what_is_young_is_not_swept() {
    for mut ground in Ground::direct("limits:\n  batch_rows: 2") {
        let mut stream = begun(&ground);
        until("nothing is gathered", || ground.staging().len() == 1);
        let name = ground.staging().remove(0);
        stream.write_all(b"0\r\n\r\n").unwrap();
        until("it does not end", || ground.staging().is_empty());
        assert_eq!(ground.rows(), "5");
        let (mark, id) = name.rsplit_once('_').unwrap();
        // Half an hour is what a replacement may take, so twice that is old.
        let born = |minutes: u64| {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as u64;
            format!("{mark}_{:012x}{}", now - minutes * 60_000, &id[12..])
        };
        let (young, old) = (born(55), born(65));
        ground.plant(&young);
        ground.plant(&old);
        ground.gateway.kill_and_start_again();
        until("what is old is not swept", || !ground.staging().contains(&old));
        // Both are found at once: had the young one been meant, it would follow.
        std::thread::sleep(Duration::from_secs(1));
        assert_eq!(ground.staging(), [young]);
    }
}
