//! Two spellings of one question get one answer, through the gateway's rewriting, on the real engines.
//!
//! - Pairs: another alias, a subquery, a query of WITH, a join turned round, a filter moved …: the same multiset.
//! - TLP (ternary logic partitioning): the rows where `p`, `NOT p` and `p IS NULL` are all rows, each once.
//! - NoREC: as many rows pass `WHERE p` as a sum over `p` counts, which no optimiser can push anywhere.
//!
//! The answer is also what the permitted copy gives, where the engine runs the question there.

use crate::campaign::{self, Verdict};
use crate::databases::Clickhouse;
use crate::differential::{Databases, InClickhouse, InSqlite, sorted};
use crate::generate::Dice;
use crate::generate::spelling;
use crate::generate::wide::{self, Parts, Tongue};
use crate::generate::world::Rows;

/// A relation's name and its two spellings.
type Pair = (&'static str, String, String);

/// Every relation for the parts of that seed.
fn pairs(seed: u64, tongue: Tongue) -> Vec<Pair> {
    let Parts { values, condition, both } = wide::parts(seed, tongue, "e");
    let other = wide::parts(seed, tongue, "zz");
    let base = format!("SELECT {values} FROM events AS e WHERE {condition}");
    let joined = format!("SELECT {values} FROM events AS e JOIN orders AS o ON e.user_id = o.id WHERE {both}");
    let all = format!("SELECT {values} FROM events AS e");
    let mut pairs: Vec<Pair> = vec![
        ("another alias", base.clone(), format!("SELECT {} FROM events zz WHERE {}", other.values, other.condition)),
        ("a subquery", base.clone(), format!("SELECT {values} FROM (SELECT * FROM events) AS e WHERE {condition}")),
        (
            "a query of WITH",
            base.clone(),
            format!("WITH q AS (SELECT * FROM events) SELECT {values} FROM q AS e WHERE {condition}"),
        ),
        (
            "the filter in WITH",
            base.clone(),
            format!("WITH q AS (SELECT e.* FROM events AS e WHERE {condition}) SELECT {values} FROM q AS e"),
        ),
        ("another spelling", base.clone(), spelling::respell(&base, &mut Dice::new(seed ^ 7), tongue)),
        (
            "a join with itself",
            base.clone(),
            format!(
                "SELECT {values} FROM events AS e JOIN (SELECT DISTINCT n AS j FROM events) AS s ON e.n = s.j WHERE {condition}"
            ),
        ),
        (
            "a membership that all have",
            base.clone(),
            format!("SELECT {values} FROM events AS e WHERE ({condition}) AND e.n IN (SELECT n FROM events)"),
        ),
        ("said twice", base.clone(), format!("SELECT {values} FROM events AS e WHERE ({condition}) AND ({condition})")),
        ("denied twice", base.clone(), format!("SELECT {values} FROM events AS e WHERE NOT (NOT ({condition}))")),
        (
            "in two halves",
            base.clone(),
            format!(
                "SELECT {values} FROM events AS e WHERE ({condition}) AND e.n < 12 UNION ALL SELECT {values} FROM events AS e WHERE ({condition}) AND e.n >= 12"
            ),
        ),
        (
            "a join turned round",
            joined.clone(),
            format!("SELECT {values} FROM orders AS o JOIN events AS e ON o.id = e.user_id WHERE {both}"),
        ),
        (
            "a join with a comma",
            joined.clone(),
            format!("SELECT {values} FROM events AS e, orders AS o WHERE e.user_id = o.id AND ({both})"),
        ),
        (
            "a join with CROSS",
            joined.clone(),
            format!("SELECT {values} FROM orders AS o CROSS JOIN events AS e WHERE ({both}) AND e.user_id = o.id"),
        ),
        (
            "LEFT and RIGHT",
            "SELECT e.n, o.total FROM events AS e LEFT JOIN orders AS o ON e.user_id = o.id AND o.total > 20"
                .to_owned(),
            "SELECT e.n, o.total FROM orders AS o RIGHT JOIN events AS e ON e.user_id = o.id AND o.total > 20"
                .to_owned(),
        ),
        (
            "DISTINCT and GROUP BY",
            format!("SELECT DISTINCT e.n % 5, e.action FROM events AS e WHERE {condition}"),
            format!("SELECT e.n % 5, e.action FROM events AS e WHERE {condition} GROUP BY e.n % 5, e.action"),
        ),
        (
            "HAVING and WHERE",
            format!(
                "SELECT e.action, count(*) FROM events AS e WHERE {condition} GROUP BY e.action HAVING count(*) > 2"
            ),
            format!(
                "SELECT g, c FROM (SELECT e.action AS g, count(*) AS c FROM events AS e WHERE {condition} GROUP BY e.action) AS s WHERE c > 2"
            ),
        ),
        (
            "IN and a join",
            format!(
                "SELECT e.n FROM events AS e WHERE ({condition}) AND e.user_id IN (SELECT id FROM orders WHERE total > 30)"
            ),
            format!(
                "SELECT e.n FROM events AS e JOIN (SELECT DISTINCT id FROM orders WHERE total > 30) AS s ON s.id = e.user_id WHERE {condition}"
            ),
        ),
        (
            "TLP",
            all.clone(),
            format!(
                "{all} WHERE {condition} UNION ALL {all} WHERE NOT ({condition}) UNION ALL {all} WHERE ({condition}) IS NULL"
            ),
        ),
        (
            "TLP, counted",
            "SELECT count(*) FROM events AS e".to_owned(),
            format!(
                "SELECT sum(c) FROM (SELECT count(*) AS c FROM events AS e WHERE {condition} UNION ALL SELECT count(*) AS c FROM events AS e WHERE NOT ({condition}) UNION ALL SELECT count(*) AS c FROM events AS e WHERE ({condition}) IS NULL) AS s"
            ),
        ),
        (
            "TLP over a join",
            "SELECT e.n, o.total FROM events AS e JOIN orders AS o ON e.user_id = o.id".to_owned(),
            ["", "NOT ", "NULL"]
                .map(|side| {
                    let both = match side {
                        "NULL" => format!("({both}) IS NULL"),
                        _ => format!("{side}({both})"),
                    };
                    format!("SELECT e.n, o.total FROM events AS e JOIN orders AS o ON e.user_id = o.id WHERE {both}")
                })
                .join(" UNION ALL "),
        ),
        (
            "NoREC",
            format!("SELECT count(*) FROM events AS e WHERE {condition}"),
            format!("SELECT sum(CASE WHEN {condition} THEN 1 ELSE 0 END) FROM events AS e"),
        ),
        (
            "NoREC over a join",
            format!("SELECT count(*) FROM events AS e JOIN orders AS o ON e.user_id = o.id WHERE {both}"),
            format!(
                "SELECT sum(CASE WHEN {both} THEN 1 ELSE 0 END) FROM events AS e JOIN orders AS o ON e.user_id = o.id"
            ),
        ),
    ];
    match tongue {
        Tongue::ClickHouse => pairs.extend([
            ("PREWHERE", base.clone(), format!("SELECT {values} FROM events AS e PREWHERE {condition}")),
            ("FROM first", base.clone(), format!("FROM events AS e SELECT {values} WHERE {condition}")),
            ("GLOBAL", joined.clone(), joined.replace(" JOIN orders", " GLOBAL ALL INNER JOIN orders")),
            ("IF", base.clone(), format!("SELECT {values} FROM events AS e WHERE if({condition}, 1, 0)")),
        ]),
        Tongue::Sqlite => pairs.extend([
            ("the database's name", base.clone(), base.replacen("FROM events AS e", "FROM main.events AS e", 1)),
            (
                "MATERIALIZED",
                base.clone(),
                format!("WITH q AS MATERIALIZED (SELECT * FROM events) SELECT {values} FROM q AS e WHERE {condition}"),
            ),
        ]),
    }
    pairs
}

fn judge(databases: &mut impl Databases, seed: u64, tongue: Tongue) -> Verdict {
    let mut pairs = pairs(seed, tongue);
    let which = usize::try_from(seed).unwrap() % pairs.len();
    let (name, left, right) = pairs.swap_remove(which);
    let mut ask = |statement: &str| -> Result<Result<Vec<String>, String>, String> {
        let text = databases.rewrite(statement)?;
        Ok(databases.rewritten(&text, Rows::Whole).map(sorted))
    };
    let (one, other) = match (ask(&left), ask(&right)) {
        (Ok(one), Ok(other)) => (one, other),
        (Err(refusal), _) | (_, Err(refusal)) => return Verdict::Refused(refusal),
    };
    match (one, other) {
        (Ok(one), Ok(other)) if one != other => {
            Verdict::Wrong(format!("{name}:\n{left}\n{right}\n{one:.300?}\n{other:.300?}"))
        }
        (Ok(one), Ok(_)) => match databases.permitted(&left).map(sorted) {
            Ok(permitted) if permitted != one => {
                Verdict::Wrong(format!("{name}, on the permitted rows:\n{left}\n{one:.300?}\n{permitted:.300?}"))
            }
            Ok(_) => Verdict::Proven,
            Err(error) => Verdict::Unrun(error),
        },
        (Err(error), _) | (_, Err(error)) => Verdict::Unrun(error),
    }
}

#[test]
fn sqlite_gives_two_spellings_one_answer() {
    let tally = campaign::run("metamorphic, SQLite", campaign::seeds(4_000), InSqlite::new, |databases, seed| {
        judge(databases, seed, Tongue::Sqlite)
    });
    tally.demand(90);
}

#[test]
fn clickhouse_gives_two_spellings_one_answer() {
    let Some(databases) = Clickhouse::new("metamorphic") else { return };
    let tools = || InClickhouse::new(&databases);
    let tally = campaign::run("metamorphic, ClickHouse", campaign::seeds(2_000), tools, |databases, seed| {
        judge(databases, seed, Tongue::ClickHouse)
    });
    tally.demand(75);
}
