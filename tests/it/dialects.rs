//! The proof on PostgreSQL, DuckDB and DataFusion themselves: what the gateway writes for the whole database shows what the
//! original shows where only the permitted rows are, and the same whatever the hidden rows are.
//!
//! Statements are generated, or traps: conditions that fail on hidden rows if they are evaluated on one. Each engine has a
//! control: without the wall's fence the traps do tell, so these tests can fail.

use portcullis::sql::Dialect;

use crate::dialects_world::{World, rewrite};
use crate::generate;

/// Fail on a row with `n = -3` or a user `boom`, wherever they are evaluated.
const TRAPS: &[&str] = &[
    "SELECT n FROM events WHERE 10 % (n + 3) = 1 OR n >= 0",
    "SELECT n FROM events WHERE CAST(substr(user_id, 2) AS integer) >= 0",
    "SELECT count(*) FROM events WHERE CAST(user_id AS integer) = 7 AND n < 0",
    "SELECT n FROM events WHERE n < 0 AND CAST(user_id AS integer) = 7",
    "SELECT CAST(substr(user_id, 2) AS integer) AS x, count(*) FROM events GROUP BY CAST(substr(user_id, 2) AS integer)",
    "SELECT n, 10 % (n + 3) AS x FROM events ORDER BY 10 % (n + 3), n LIMIT 5",
    "SELECT max(10 % (n + 3)) FROM events",
    "SELECT sum(n) FROM events GROUP BY action HAVING max(10 % (n + 3)) >= 0",
    "SELECT e.n FROM events AS e JOIN orders AS o ON CAST(substr(e.user_id, 2) AS integer) = CAST(substr(o.id, 2) AS integer)",
    "SELECT e.n FROM events AS e LEFT JOIN orders AS o ON e.user_id = o.id AND CAST(substr(e.user_id, 2) AS integer) > 1",
    "SELECT n FROM events WHERE n IN (SELECT 700 % (total + 1) FROM orders WHERE CAST(substr(id, 2) AS integer) >= 0)",
    "SELECT n FROM events AS e WHERE EXISTS (SELECT 1 FROM orders AS o WHERE o.id = e.user_id AND CAST(substr(o.id, 2) AS integer) >= 0)",
    "SELECT DISTINCT CAST(substr(user_id, 2) AS integer) AS x FROM events",
    "SELECT sum(CASE WHEN 10 % (n + 3) > 1 THEN 1 ELSE 0 END) FROM events",
    "SELECT n, row_number() OVER (PARTITION BY CAST(substr(user_id, 2) AS integer) ORDER BY n) AS r FROM events",
    "WITH c AS (SELECT n, CAST(substr(user_id, 2) AS integer) AS x FROM events) SELECT count(*) FROM c WHERE x >= 0",
    "SELECT n FROM events WHERE CAST(substr(user_id, 2) AS integer) >= 0 UNION ALL SELECT total AS n FROM orders WHERE CAST(substr(id, 2) AS integer) >= 0",
    "SELECT max(n), min(n), count(*), count(DISTINCT user_id) FROM events",
    "SELECT count(*) FROM events WHERE user_id = 'boom' OR action LIKE 'hid%'",
    // DuckDB leaves out a condition that no value between the least and the greatest can meet, and with it those beside it.
    "SELECT count(*) FROM events WHERE CAST(user_id AS integer) = 7 AND n + 1 < 1",
    "SELECT count(*) FROM events WHERE CAST(user_id AS integer) = 7 AND n > 100",
    "SELECT count(*) FROM events WHERE CAST(user_id AS integer) = 7 AND user_id < 'c'",
    "SELECT count(*) FROM events WHERE CAST(user_id AS integer) = 7 AND org_id > 1",
    "SELECT count(*) FROM events WHERE CAST(user_id AS integer) = 7 AND org_id = 2",
    "SELECT count(*) FROM events WHERE CAST(user_id AS integer) = 7 AND n IS NULL",
    "SELECT count(*) FROM events AS e JOIN (SELECT -3 AS m) AS x ON x.m = e.n AND CAST(e.user_id AS integer) = 7",
    "SELECT CASE WHEN n < 0 THEN CAST(user_id AS integer) ELSE 0 END AS x FROM events",
    "SELECT count(*) FROM events WHERE CAST(user_id AS integer) = 7 AND action LIKE 'h%'",
];

/// PostgreSQL's planner runs LIKE on a column's most common values; a pattern that ends in its escape fails on those that reach it.
const STATISTICS_TRAPS: &[&str] = &[
    r"SELECT count(*) FROM events WHERE user_id LIKE 'b_o\'",
    r"SELECT count(*) FROM events WHERE user_id LIKE '%oo\'",
    r"SELECT count(*) FROM events WHERE user_id NOT LIKE 'b_o\'",
    r"SELECT count(*) FROM events WHERE user_id ILIKE 'B_O\'",
    r"SELECT count(*) FROM events WHERE user_id LIKE 'b_o' || chr(92)",
    r"SELECT count(*) FROM events AS e JOIN orders AS o ON e.user_id = o.id AND o.id LIKE 'b_o\'",
];

/// A generated statement whose conditions fail on hidden rows.
fn trapped(seed: u64) -> String {
    let text = generate::query(seed);
    let text = ["e", "i"].iter().fold(text, |text, table| {
        let cast = format!("CAST(substr({table}.user_id, 2) AS integer) > ");
        let remainder = format!("10 % ({table}.n + 3)");
        text.replace(&format!("{table}.n > "), &cast).replace(&format!("{table}.n % 7"), &remainder)
    });
    text.replace("total > 50", "CAST(substr(id, 2) AS integer) > 3")
        .replace("ORDER BY e.n", "ORDER BY 10 % (e.n + 3), e.n")
}

/// Conditions that fail, each on some rows: `{f}` in the shapes below.
const FAILING: &[&str] = &[
    "CAST(user_id AS integer) = 7",
    "10 % (n - 7) = 1",
    "10 % (n + 3) >= 0",
    "CAST(substr(user_id, 2) AS integer) >= 0",
    "CAST(n * 1000 AS smallint) > 5",
    r"user_id LIKE 'b_o\'",
];

/// Conditions that statistics could decide: `{d}`.
const DECIDING: &[&str] = &[
    "n < 0",
    "n > 100",
    "n + 1 < 1",
    "abs(n) > 1000",
    "user_id < 'c'",
    "user_id > 'v'",
    "org_id > 1",
    "n IS NULL",
    "n BETWEEN -10 AND -1",
    "NOT (n >= 0)",
];

const SHAPES: &[&str] = &[
    "SELECT count(*) FROM events WHERE {f} AND {d}",
    "SELECT count(*) FROM events WHERE {d} AND {f}",
    "SELECT count(*) FROM events WHERE NOT ({d}) OR {f}",
    "SELECT count(*) FROM events AS e JOIN (SELECT 1 AS o) AS x ON x.o = e.org_id AND {f} AND {d}",
    "SELECT sum(CASE WHEN {d} THEN CASE WHEN {f} THEN 1 ELSE 0 END ELSE 2 END) FROM events",
    "SELECT action, count(*) FROM events WHERE {d} GROUP BY action HAVING max(CASE WHEN {f} THEN 1 ELSE 0 END) > 0",
    "SELECT n FROM events WHERE {d} ORDER BY CASE WHEN {f} THEN 1 ELSE 0 END, n LIMIT 3",
    "SELECT count(*) FROM events AS e WHERE e.n IN (SELECT n FROM events WHERE {f} AND {d})",
];

/// Every shape with every pair of conditions.
fn grid() -> impl Iterator<Item = String> {
    let pairs = || FAILING.iter().flat_map(|failing| DECIDING.iter().map(move |deciding| (failing, deciding)));
    SHAPES.iter().flat_map(move |shape| {
        pairs().map(move |(failing, deciding)| shape.replace("{f}", failing).replace("{d}", deciding))
    })
}

/// What differed, for those statements. What is expected of a generated one is what itself shows where only the permitted
/// rows are; of a trap, what its rewritten text does there.
fn differences(
    world: &mut World,
    statements: impl Iterator<Item = String>,
    written: impl Fn(&str) -> String,
    baseline: impl Fn(&str) -> String,
) -> (usize, Vec<String>) {
    let (mut wrong, mut well) = (Vec::new(), 0);
    for statement in statements {
        let text = written(&statement);
        let expected = world.asker.ask(&world.permitted, &baseline(&statement));
        let whole = world.asker.ask(&world.whole, &text);
        let twin = world.asker.ask(&world.twin, &text);
        match (expected, whole, twin) {
            (Ok(expected), Ok(whole), Ok(twin)) => {
                well += 1;
                if expected != whole || whole != twin {
                    wrong.push(format!("{statement}\n{text}\n{expected:?}\n{whole:?}\n{twin:?}"));
                }
            }
            (Err(_), Err(_), Err(_)) => {}
            (expected, whole, twin) => {
                wrong.push(format!("{statement}\n{text}\n{:?}\n{:?}\n{:?}", expected.err(), whole.err(), twin.err()));
            }
        }
    }
    (well, wrong)
}

fn own(dialect: Dialect) -> impl Fn(&str) -> String + Copy {
    move |statement| rewrite(statement, dialect).unwrap_or_else(|refusal| panic!("{statement}\n{refusal}"))
}

/// `layout` is what is run in each database once its rows are there.
fn prove(dialect: Dialect, engine: &str, layout: &[&str], more: &[&str], seeds: std::ops::Range<u64>) {
    let Some(mut world) = World::make(engine, layout) else { return };
    let count = usize::try_from(seeds.end - seeds.start).unwrap();
    let traps = TRAPS.iter().chain(more).map(|&trap| trap.to_owned()).chain(seeds.clone().map(trapped)).chain(grid());
    let (_, told) = differences(&mut world, traps, own(dialect), own(dialect));
    let (well, wrong) = differences(&mut world, seeds.map(generate::query), own(dialect), str::to_owned);
    for wrong in [told, wrong] {
        assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong[..wrong.len().min(4)].join("\n\n"));
    }
    assert!(well * 10 >= count * 9, "only {well} of {count} ran");
}

/// With a weaker wall some trap tells, so the proof can fail.
fn control(dialect: Dialect, engine: &str, layout: &[&str], traps: &[&str], weaken: impl Fn(String) -> String) {
    let Some(mut world) = World::make(engine, layout) else { return };
    let weak = |statement: &str| {
        let text = own(dialect)(statement);
        let weaker = weaken(text.clone());
        assert_ne!(weaker, text, "nothing was weakened");
        weaker
    };
    let (_, told) = differences(&mut world, traps.iter().map(|&trap| trap.to_owned()), weak, weak);
    assert!(!told.is_empty(), "no trap tells: these tests cannot fail");
}

const ANALYZED: &[&str] = &["ANALYZE"];
const INDEXED: &[&str] = &[
    "CREATE INDEX ON events (n)",
    "CREATE INDEX ON events (user_id text_pattern_ops)",
    "CREATE INDEX ON events ((10 % (n + 4)))",
    "CREATE INDEX ON orders (id)",
    "ANALYZE",
    "SET enable_seqscan = off",
    // What is made dear is compiled first, which takes longer than all of the rest.
    "SET jit = off",
];

#[test]
fn postgres_shows_the_permitted_rows_and_tells_nothing_of_the_others() {
    prove(Dialect::Postgres, "postgres", &[], STATISTICS_TRAPS, 0..80);
}

#[test]
fn postgres_with_statistics_tells_nothing() {
    prove(Dialect::Postgres, "postgres", ANALYZED, STATISTICS_TRAPS, 80..160);
}

#[test]
fn postgres_with_indexes_tells_nothing() {
    prove(Dialect::Postgres, "postgres", INDEXED, STATISTICS_TRAPS, 160..240);
}

fn without(text: String, parts: &[&str]) -> String {
    parts.iter().fold(text, |text, part| text.replace(part, ""))
}

const POSTGRES_BLIND: &[&str] = &[
    " UNION ALL SELECT * FROM \"public\".\"events\" AS __pc_t WHERE FALSE",
    " UNION ALL SELECT * FROM \"public\".\"orders\" AS __pc_t WHERE FALSE",
];
const DUCKDB_BLIND: &[&str] =
    &["WITH RECURSIVE __pc_w AS (", " UNION ALL SELECT * FROM __pc_w WHERE FALSE) SELECT * FROM __pc_w"];
const LIMIT: &str = " LIMIT 9223372036854775807";

#[test]
fn postgres_tells_without_its_fence_or_with_the_fence_alone() {
    control(Dialect::Postgres, "postgres", ANALYZED, TRAPS, |text| {
        without(without(text, POSTGRES_BLIND), &[" OFFSET 0"])
    });
    control(Dialect::Postgres, "postgres", ANALYZED, STATISTICS_TRAPS, |text| without(text, POSTGRES_BLIND));
}

#[test]
fn duckdb_shows_the_permitted_rows_and_tells_nothing_of_the_others() {
    let indexed = &["CREATE INDEX a ON events (n)", "CREATE INDEX b ON events (user_id)", "ANALYZE"];
    prove(Dialect::DuckDb, "duckdb", &[], STATISTICS_TRAPS, 0..120);
    prove(Dialect::DuckDb, "duckdb", indexed, STATISTICS_TRAPS, 120..240);
}

#[test]
fn duckdb_tells_with_its_fence_alone() {
    control(Dialect::DuckDb, "duckdb", &[], TRAPS, |text| without(text, DUCKDB_BLIND));
}

#[test]
fn datafusion_shows_the_permitted_rows_and_tells_nothing_of_the_others() {
    prove(Dialect::DataFusion, "datafusion", &[], STATISTICS_TRAPS, 0..120);
}

#[test]
fn datafusion_tells_without_its_fence() {
    control(Dialect::DataFusion, "datafusion", &[], TRAPS, |text| without(text, &[LIMIT]));
}
