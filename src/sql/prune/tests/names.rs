//! What names mean, what joins let through, and whether all of a statement may be seen.

use super::*;

/// What a name means is not always what it says.
#[test]
fn a_name_that_something_else_could_mean_is_left_alone() {
    for statement in [
        "SELECT 1 AS n FROM events WHERE n = 1",
        "WITH 1 AS n SELECT 2 FROM events WHERE n = 1",
        "SELECT s FROM events ARRAY JOIN [1] AS n WHERE n = 1",
        "SELECT s FROM events ARRAY JOIN n WHERE n = 1",
        "WITH c (n) AS (SELECT 1) SELECT s FROM events WHERE n = 1",
        "SELECT 1 AS events FROM events WHERE events.n = 1",
        "SELECT * REPLACE (1 AS n) FROM events WHERE n = 1",
        "SELECT e.s FROM events AS e WHERE events.n = 1",
        "SELECT s FROM events WHERE other.n = 1",
        "SELECT a.s FROM events AS a WHERE a.n = 1",
        "SELECT x.s FROM events AS x, orders AS x WHERE x.n = 1",
        "SELECT 1 FROM orders AS o, events AS q WHERE q.n = 1",
        "SELECT 1 FROM orders AS o, events AS nest WHERE nest.n = 1",
        "SELECT 1 FROM (SELECT 1 AS z) AS o, events AS x WHERE x.n = 1",
        "SELECT 1 FROM events AS flat WHERE flat.n = 1",
        "SELECT e.s FROM events AS e, events AS o WHERE n = 1",
        "SELECT e.s FROM events AS e, (SELECT 1 AS z) AS o WHERE n = 1",
        "SELECT s FROM events, numbers(3) WHERE n = 1",
    ] {
        assert_eq!(pruned(statement), Vec::<String>::new(), "{statement}");
    }
    for statement in [
        "SELECT s FROM events WHERE n = 1",
        "SELECT e.s FROM events AS e WHERE e.n = 1",
        "SELECT 1 FROM events AS e, orders AS o WHERE e.n = 1",
        "SELECT 1 FROM orders AS o, events AS x WHERE x.n = 1",
        "SELECT s FROM events WHERE n = 1 AND s NOT LIKE 'a' AND s NOT ILIKE 'b' AND maybe IS NOT NULL AND true AND NOT false",
        "SELECT s FROM events WHERE n = 1 AND f IN (2) AND f BETWEEN 2 AND 3 AND f > INTERVAL 1 day",
        "SELECT e.s FROM events AS e, orders AS o WHERE e.n = 1 AND o.id = 1",
        "SELECT e.s FROM events AS e, orders AS o WHERE n = 1 AND id = 1",
        "SELECT e.s FROM events AS e, events AS o WHERE e.n = 1 AND o.n = 2",
        "SELECT e.s FROM events AS e, (SELECT 1 AS z) AS o WHERE e.n = 1",
        "SELECT x FROM (SELECT s AS x FROM events WHERE n = 1) WHERE n = 2",
        "FROM events SELECT s WHERE n = 1",
        "SELECT s FROM events ARRAY JOIN [1] AS z WHERE n = 1",
    ] {
        assert_eq!(pruned(statement), ["w.`n` = 1"], "{statement}");
    }
}

#[test]
fn a_join_lets_a_condition_through_or_does_not() {
    for (join, expected) in [
        ("events AS e, orders AS o", true),
        ("events AS e JOIN orders AS o ON e.n = o.id", true),
        ("orders AS o INNER JOIN events AS e ON e.n = o.id", true),
        ("orders AS o CROSS JOIN events AS e", true),
        ("events AS e GLOBAL ALL INNER JOIN orders AS o ON e.n = o.id", true),
        ("events AS e LEFT JOIN orders AS o ON e.n = o.id", true),
        ("events AS e LEFT OUTER JOIN orders AS o ON e.n = o.id JOIN orders AS p ON e.n = p.id", true),
        ("orders AS o LEFT JOIN events AS e ON e.n = o.id", false),
        ("orders AS o, events AS e LEFT JOIN orders AS p ON e.n = p.id", false),
        ("events AS e RIGHT JOIN orders AS o ON e.n = o.id", false),
        ("events AS e FULL OUTER JOIN orders AS o ON e.n = o.id", false),
        ("events AS e ANY LEFT JOIN orders AS o ON e.n = o.id", false),
        ("events AS e ANY JOIN orders AS o ON e.n = o.id", false),
        ("events AS e ASOF JOIN orders AS o ON e.n = o.id AND e.n < o.id", false),
        ("events AS e SEMI LEFT JOIN orders AS o ON e.n = o.id", false),
        ("events AS e ANTI LEFT JOIN orders AS o ON e.n = o.id", false),
        ("events AS e PASTE JOIN orders AS o", false),
        ("events AS e JOIN orders AS o USING (id)", false),
        ("events AS e JOIN orders AS o USING id", false),
        ("events AS e JOIN orders AS o ON e.n = o.id LEFT JOIN orders AS p USING (id)", false),
    ] {
        let found = pruned(&format!("SELECT e.s FROM {join} WHERE e.n = 1"));
        assert_eq!(found, if expected { vec!["w.`n` = 1"] } else { vec![] }, "{join}");
    }
    // The condition of a query in a join is its own.
    let inner =
        "SELECT 1 FROM orders AS o LEFT JOIN (SELECT n FROM events WHERE n = 1) AS e ON e.n = o.id WHERE o.id = 2";
    assert_eq!(pruned(inner), ["w.`n` = 1"]);
    let beside =
        "SELECT 1 FROM orders AS a, (SELECT 1 FROM orders AS o LEFT JOIN events AS e ON e.n = o.id WHERE e.n = 1) AS z";
    assert_eq!(pruned(beside), Vec::<String>::new());
    let at_in = "SELECT 1 FROM orders WHERE id IN events AND id = 2";
    assert_eq!(pruned(at_in), Vec::<String>::new());
}

#[test]
fn conditions_may_be_seen_where_all_of_them_may() {
    for statement in [
        "SELECT n FROM events",
        "SELECT n FROM events PREWHERE n = 1 WHERE tiny BETWEEN 2 AND 3 AND s IN ('a')",
        "SELECT n FROM events WHERE n = 1 GROUP BY n ORDER BY f LIMIT 1",
        "WITH e AS (SELECT * FROM events WHERE ts > now()) SELECT max(n) FROM e WHERE n > 1 AND e.s = 'a'",
        "SELECT n FROM (SELECT n FROM events) AS x WHERE x.n = 1",
        "SELECT 1 FROM events, orders WHERE n = 1 AND id = 2",
        "SELECT toDate(ts), n + 1, count() FROM events WHERE ts > now() - INTERVAL 1 DAY ORDER BY ts DESC NULLS LAST, events.n ASC NULLS FIRST",
        "SELECT n, -n FROM events ORDER BY n LIMIT 1 BY n LIMIT 3",
        "SELECT n FROM events ORDER BY n OFFSET 3",
        "SELECT n, max(s) FROM events GROUP BY n WITH TOTALS ORDER BY n SETTINGS max_threads = 1",
        "SELECT n FROM (SELECT n FROM events ORDER BY n)",
        "SELECT DISTINCT n, * FROM events ORDER BY n",
    ] {
        assert!(may_be_seen(statement), "{statement}");
    }
    for statement in [
        "SELECT n FROM events WHERE n = 1 AND f < 2",
        "SELECT n FROM events PREWHERE f = 1 WHERE n = 2",
        "SELECT n FROM events WHERE toDate(t) > today()",
        "SELECT n FROM events WHERE by_day BETWEEN now() AND now()",
        "SELECT n FROM events WHERE t BETWEEN now() AND today()",
        "SELECT n FROM events WHERE t BETWEEN today() AND now()",
        "SELECT n FROM events GROUP BY n HAVING n = 1",
        "SELECT n FROM events QUALIFY n = 1",
        "SELECT n FROM events JOIN orders ON n = id",
        "SELECT n FROM events JOIN orders USING (d)",
        "SELECT n FROM events WHERE n IN (SELECT 1)",
        "SELECT x FROM (SELECT n AS x FROM events) WHERE x = 1",
        "SELECT n FROM (SELECT n FROM events WHERE f = 1) WHERE n = 1",
        "SELECT n FROM (SELECT n FROM events WHERE n = 1) WHERE f = 1",
        "SELECT 1 FROM events, orders WHERE d = today()",
        "SELECT 1 FROM events, orders WHERE a.n = 1",
        "SELECT 1 FROM events, orders WHERE missing = 1",
        "SELECT 1 FROM events WHERE computed = 1",
        "SELECT n FROM events ORDER BY toStartOfDay(ts) DESC",
        "SELECT toStartOfDay(ts) AS x FROM events ORDER BY x",
        "SELECT n FROM events ORDER BY -n",
        "SELECT n FROM events ORDER BY n + 1",
        "SELECT n FROM events ORDER BY n, n * 2",
        "SELECT toDate(ts) FROM events ORDER BY 1",
        "SELECT n FROM events LIMIT 1 BY toDate(ts)",
        "SELECT DISTINCT toStartOfDay(ts) FROM events",
        "SELECT DISTINCT -n FROM events",
        "SELECT DISTINCT n * 2 FROM events",
        "SELECT DISTINCT n / 2 FROM events",
        "SELECT DISTINCT n + 2 FROM events",
        "SELECT 1 FROM events, orders WHERE nest.n = 1",
    ] {
        assert!(!may_be_seen(statement), "{statement}");
    }
}
