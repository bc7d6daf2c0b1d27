//! Queries over two tables, in the SQL that SQLite and ClickHouse share.
//!
//! The tables are `events(org_id, user_id, n, action)` and `orders(org_id, id, total)`. The same seed gives the same
//! queries. Everything is nested in everything up to a depth: joins, subqueries in every position, CTEs (some named like
//! a table), set operations, aggregates, windows, aliases that shadow the filter's column.

use std::fmt::Write as _;

use super::Dice;

/// The query of that seed: one whose rows do not depend on the order in which they are read.
pub(crate) fn query(seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let mut ctes = Vec::new();
    let mut with = String::new();
    if dice.one_in(3) {
        for number in 0..=dice.roll(2) {
            let name = format!("c{number}");
            let body = simple(&mut dice, 1, &ctes);
            let _ = write!(with, "{}{name} AS ({body})", if number == 0 { "WITH " } else { ", " });
            ctes.push(name);
        }
        with.push(' ');
    }
    let mut text = format!("{with}{}", select(&mut dice, 3, &ctes));
    while dice.one_in(5) {
        let operator = dice.pick(&["UNION ALL", "UNION", "EXCEPT", "INTERSECT"]);
        // Only a single column of one type stands on both sides.
        text = format!(
            "{with}SELECT n FROM ({}) AS l {operator} {}",
            simple(&mut dice, 1, &ctes),
            simple(&mut dice, 1, &ctes)
        );
    }
    // `UNION` alone is no ClickHouse without a setting.
    text.replace(" UNION SELECT", " UNION DISTINCT SELECT")
}

/// One column named `n`.
fn simple(dice: &mut Dice, depth: u64, ctes: &[String]) -> String {
    match dice.roll(4) {
        0 => format!("SELECT e.n AS n FROM {} WHERE {}", events(dice, depth, ctes), condition(dice, "e", depth, ctes)),
        1 => format!("SELECT o.total AS n FROM {}", orders(dice)),
        2 => format!("SELECT max(e.n) AS n FROM {} GROUP BY e.action", events(dice, depth, ctes)),
        _ => match ctes.last() {
            Some(cte) => format!("SELECT n FROM {cte}"),
            None => "SELECT n FROM events".to_owned(),
        },
    }
}

/// Something known as `e` with the columns of `events`.
fn events(dice: &mut Dice, depth: u64, ctes: &[String]) -> String {
    match dice.roll(5) {
        0 if depth > 0 => format!(
            "(SELECT org_id, user_id, n, action FROM events AS i WHERE {}) AS e",
            condition(dice, "i", depth - 1, ctes)
        ),
        1 if depth > 0 => "(SELECT * FROM events) AS e".to_owned(),
        2 => "events e".to_owned(),
        _ => "events AS e".to_owned(),
    }
}

fn orders(dice: &mut Dice) -> &'static str {
    dice.pick(&[
        "orders AS o",
        "orders o",
        "(SELECT * FROM orders) AS o",
        "(SELECT org_id, id, total FROM orders WHERE total > 50) AS o",
    ])
}

fn condition(dice: &mut Dice, table: &str, depth: u64, ctes: &[String]) -> String {
    let n = dice.roll(60);
    match dice.roll(if depth > 0 { 11 } else { 6 }) {
        0 => format!("{table}.n > {n}"),
        1 => format!("{table}.n % 7 = {}", n % 7),
        2 => format!("{table}.action = '{}'", dice.pick(&["view", "buy", "it''s"])),
        3 => format!("{table}.org_id = {} OR 1 = 1", n % 4),
        4 => format!("NOT ({table}.n BETWEEN {} AND {n})", n / 2),
        5 => format!("{table}.user_id LIKE 'u{}%'", n % 5),
        6 => format!("{table}.n IN (SELECT total FROM orders WHERE total < {n})"),
        7 => format!("{table}.n NOT IN ({})", simple(dice, depth - 1, ctes)),
        8 => format!("{table}.n <= (SELECT max(n) FROM events WHERE n < {n} + 5)"),
        9 => format!("({}) AND ({})", condition(dice, table, depth - 1, ctes), condition(dice, table, depth - 1, ctes)),
        _ => format!("({}) OR ({})", condition(dice, table, depth - 1, ctes), condition(dice, table, depth - 1, ctes)),
    }
}

/// A query with any columns.
fn select(dice: &mut Dice, depth: u64, ctes: &[String]) -> String {
    let source = events(dice, depth, ctes);
    let filter = condition(dice, "e", depth, ctes);
    match dice.roll(12) {
        0 => format!("SELECT count(*), sum(e.n), min(e.user_id) FROM {source} WHERE {filter}"),
        1 => {
            format!("SELECT e.action, count(*) AS c FROM {source} WHERE {filter} GROUP BY e.action HAVING count(*) > 1")
        }
        2 => format!("SELECT e.n, o.total FROM {source} LEFT JOIN {} ON e.user_id = o.id", orders(dice)),
        3 => format!("SELECT e.n, o.total FROM {source} JOIN {} ON e.user_id = o.id WHERE {filter}", orders(dice)),
        4 => format!("SELECT count(*) FROM {source} CROSS JOIN {}", orders(dice)),
        5 => format!("SELECT e.n, f.n FROM {source} JOIN events AS f ON e.n = f.n + {} WHERE {filter}", dice.roll(5)),
        6 => format!(
            "SELECT e.n, row_number() OVER (PARTITION BY e.action ORDER BY e.n) AS r FROM {source} WHERE {filter}"
        ),
        7 => format!("SELECT DISTINCT e.user_id, e.action FROM {source} WHERE {filter}"),
        8 => format!("SELECT 1 AS org_id, e.n FROM {source} WHERE {filter}"),
        9 => format!(
            "SELECT e.n AS org_id, e.org_id AS n2 FROM {source} WHERE {filter} ORDER BY e.n LIMIT {}",
            1 + dice.roll(9)
        ),
        10 => format!(
            "SELECT CASE WHEN e.n > {} THEN 'hi' ELSE 'lo' END AS k, (SELECT count(*) FROM orders) AS c FROM {source}",
            dice.roll(60)
        ),
        _ => format!("SELECT s.n FROM ({}) AS s WHERE s.n > {}", simple(dice, depth - 1, ctes), dice.roll(30)),
    }
}
