//! SELECT and its clauses.

use super::{Column, Maker, Query, Type};

impl Maker {
    /// A query whose columns have names: it may stand in FROM and in WITH.
    pub(super) fn query(&mut self, depth: u64) -> Query {
        match self.dice.roll(10) {
            0 | 1 => self.grouped(depth),
            2 => self.windowed(depth),
            3 => self.union(depth),
            4 if depth > 0 => self.nested_with(depth - 1),
            _ => self.rows(depth),
        }
    }

    /// A query with one column of numbers, `n`.
    pub(super) fn one_int(&mut self, depth: u64) -> Query {
        let (source, scope) = self.source(depth);
        let int = self.int(&scope, depth.min(1));
        let condition = self.truth(&scope, depth.min(1));
        Query {
            text: format!("SELECT {int} AS n FROM {source} WHERE {condition}"),
            columns: vec![("n".to_owned(), Type::Int)],
        }
    }

    /// What may stand outermost: everything above, and what has columns without names or rows out of nothing.
    pub(super) fn outermost(&mut self) -> String {
        match self.dice.roll(16) {
            0 => self.star(),
            1 => self.star(),
            2 if self.is_clickhouse() => self.filled(),
            3 => self.sets(),
            4 if self.is_clickhouse() => self.totals(),
            5 if self.is_clickhouse() => self.grouping_sets(),
            6 => self.own_name(),
            7 => format!("({})", self.query(1).text),
            8 => self.whole_table_aggregate(),
            9 if !self.is_clickhouse() => "VALUES (1, 'a'), (2, (SELECT max(n) FROM events))".to_owned(),
            _ => self.query(2).text,
        }
    }

    fn items(&mut self, scope: &[Column], depth: u64) -> (Vec<String>, Vec<Column>) {
        let (mut items, mut columns) = (Vec::new(), Vec::new());
        for _ in 0..=self.dice.roll(3) {
            let kind = if self.dice.one_in(3) { Type::Text } else { Type::Int };
            let value = self.value(scope, kind, depth);
            // Sometimes under the name of what the filter asks for.
            let shadow = ["org_id", "n", "user_id"][self.dice.index(3)];
            let name = match self.dice.roll(8) {
                0 if !self.is_clickhouse() && !columns.iter().any(|(name, _): &Column| name == shadow) => {
                    shadow.to_owned()
                }
                _ => self.name("c"),
            };
            let says_as = self.dice.pick(&["AS ", "AS ", ""]);
            items.push(format!("{value} {says_as}{name}"));
            columns.push((name, kind));
        }
        (items, columns)
    }

    fn conditions(&mut self, scope: &[Column], source: &str) -> String {
        let mut text = String::new();
        // PREWHERE belongs to one MergeTree table.
        let plain = source.starts_with("events") && !source.contains("JOIN") && !source.contains("FINAL");
        if self.is_clickhouse() && plain && self.dice.one_in(4) {
            text.push_str(&format!(" PREWHERE {}", self.truth(scope, 0)));
        }
        if !self.dice.one_in(4) {
            text.push_str(&format!(" WHERE {}", self.truth(scope, 2)));
        }
        text
    }

    fn rows(&mut self, depth: u64) -> Query {
        let from_first = self.is_clickhouse() && self.dice.one_in(8);
        // Without AS ClickHouse finds no alias before SELECT.
        let before = std::mem::replace(&mut self.always_as, from_first);
        let (source, scope) = self.source(depth);
        self.always_as = before;
        let (items, columns) = self.items(&scope, 2);
        let conditions = self.conditions(&scope, &source);
        let distinct = match self.dice.roll(8) {
            0 => "DISTINCT ",
            // `ALL (` would be a function's call.
            1 if !items[0].starts_with('(') => "ALL ",
            2 if self.is_clickhouse() && self.is_read() => "DISTINCT ON (1) ",
            3 if self.is_clickhouse() && self.is_read() => "TOP 3 WITH TIES ",
            _ => "",
        };
        let select = format!("SELECT {distinct}{}", items.join(", "));
        let tail = if distinct.starts_with("DISTINCT ON") || distinct.starts_with("TOP") {
            String::new()
        } else {
            self.tail(&columns)
        };
        let text = if from_first {
            format!("FROM {source} {select}{conditions}{tail}")
        } else {
            format!("{select} FROM {source}{conditions}{tail}")
        };
        Query { text, columns }
    }

    /// ORDER BY and LIMIT: over all columns, so that the data alone decides.
    fn tail(&mut self, columns: &[Column]) -> String {
        let numbers: Vec<String> = (1..=columns.len()).map(|number| number.to_string()).collect();
        let all = numbers.join(", ");
        let limit = 1 + self.dice.roll(9);
        let direction = self.dice.pick(&["", " DESC", " ASC NULLS LAST", " DESC NULLS FIRST"]);
        let first = &columns[0].0;
        match self.dice.roll(16) {
            0 => format!(" ORDER BY {all} LIMIT {limit}"),
            1 => format!(" ORDER BY {all} LIMIT {limit} OFFSET 1"),
            2 => format!(" ORDER BY {all}{direction}"),
            3 => format!(" ORDER BY {all} LIMIT 1, {limit}"),
            4 if self.is_clickhouse() => format!(" ORDER BY ALL LIMIT {limit}"),
            5 if self.is_clickhouse() => format!(" ORDER BY {first} LIMIT {limit} WITH TIES"),
            6 if self.is_clickhouse() => format!(" ORDER BY {all} LIMIT 1 BY {first}"),
            7 if self.is_clickhouse() => format!(" ORDER BY {all} LIMIT 1 OFFSET 1 BY {first} LIMIT {limit}"),
            8 if self.is_clickhouse() => format!(" ORDER BY {all} OFFSET 1 ROW FETCH FIRST {limit} ROWS ONLY"),
            9 if self.is_read() => format!(" LIMIT {limit}"),
            10 if self.is_read() && !self.is_clickhouse() => format!(" ORDER BY {first} COLLATE NOCASE"),
            _ => String::new(),
        }
    }

    fn aggregate(&mut self, scope: &[Column]) -> String {
        let int = self.int(scope, 1);
        if self.is_clickhouse() && self.dice.one_in(2) {
            return match self.dice.roll(7) {
                0 => format!("quantileExact(0.5)({int})"),
                1 => format!("sumIf({int}, {})", self.truth(scope, 1)),
                2 => format!("uniqExact({int})"),
                3 => format!("countIf({})", self.truth(scope, 1)),
                4 => format!("length(groupArray({int}))"),
                5 => format!("length(quantilesExact(0.5, 0.9)({int}))"),
                _ => format!("sum({int}) FILTER (WHERE {})", self.truth(scope, 0)),
            };
        }
        match self.dice.roll(7) {
            0 => "count(*)".to_owned(),
            1 => format!("min({int})"),
            2 => format!("max({int})"),
            3 => format!("count(DISTINCT {int})"),
            4 => format!("count({int})"),
            5 => format!("count(*) FILTER (WHERE {})", self.truth(scope, 0)),
            _ => format!("sum({int})"),
        }
    }

    fn grouped(&mut self, depth: u64) -> Query {
        let (source, scope) = self.source(depth);
        let kind = if self.dice.one_in(2) { Type::Text } else { Type::Int };
        let key = match self.column(&scope, kind) {
            Some(column) => column,
            None => "1 + 1".to_owned(),
        };
        let conditions = self.conditions(&scope, &source);
        let (k, a, b) = (self.name("g"), self.name("c"), self.name("c"));
        let (first, second) = (self.aggregate(&scope), self.aggregate(&scope));
        let by = match self.dice.roll(4) {
            0 if self.is_clickhouse() => "ALL".to_owned(),
            1 => "1".to_owned(),
            _ => key.clone(),
        };
        let having =
            if self.dice.one_in(3) { format!(" HAVING count(*) > {}", self.dice.roll(3)) } else { String::new() };
        let columns = vec![(k.clone(), kind), (a.clone(), Type::Int), (b.clone(), Type::Int)];
        let tail = self.tail(&columns);
        Query {
            text: format!(
                "SELECT {key} AS {k}, {first} AS {a}, {second} AS {b} FROM {source}{conditions} GROUP BY {by}{having}{tail}"
            ),
            columns,
        }
    }

    /// Window functions over peers or over a total order: equal rows may stand in any order.
    fn windowed(&mut self, depth: u64) -> Query {
        let (source, scope) = self.source(depth);
        let part = self.column(&scope, Type::Text).unwrap_or_else(|| "1".to_owned());
        let order = self.column(&scope, Type::Int).unwrap_or_else(|| "1".to_owned());
        let int = order.clone();
        let (c, w) = (self.name("c"), self.name("c"));
        let function = match self.dice.roll(5) {
            0 => "count(*)".to_owned(),
            1 => format!("sum({int})"),
            2 => "rank()".to_owned(),
            3 => "dense_rank()".to_owned(),
            _ => format!("max({int})"),
        };
        let ranks = function.ends_with("rank()");
        let frame = match self.dice.roll(4) {
            0 if !ranks => " RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
            1 if !ranks => " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
            2 if !ranks && self.is_read() => " ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING",
            _ => "",
        };
        let window = format!("PARTITION BY {part} ORDER BY {order}{frame}");
        let columns = vec![(c.clone(), Type::Int), (w.clone(), Type::Int)];
        let conditions = self.conditions(&scope, &source);
        let mut text = if self.dice.one_in(3) {
            let name = self.name("w");
            format!(
                "SELECT {int} AS {c}, {function} OVER {name} AS {w} FROM {source}{conditions} WINDOW {name} AS ({window})"
            )
        } else {
            format!("SELECT {int} AS {c}, {function} OVER ({window}) AS {w} FROM {source}{conditions}")
        };
        if self.is_clickhouse() && self.dice.one_in(3) {
            text.push_str(&format!(" QUALIFY {w} >= {}", self.dice.roll(4)));
        }
        Query { text, columns }
    }

    fn union(&mut self, depth: u64) -> Query {
        let depth = depth.saturating_sub(1);
        let (left, right) = (self.one_int(depth), self.one_int(depth));
        let operators: &[&str] = if self.is_clickhouse() {
            &["UNION ALL", "UNION DISTINCT", "EXCEPT", "INTERSECT", "EXCEPT DISTINCT", "INTERSECT DISTINCT"]
        } else {
            &["UNION ALL", "UNION", "EXCEPT", "INTERSECT"]
        };
        let operator = self.dice.pick(operators);
        let text = if self.is_clickhouse() && self.dice.one_in(3) {
            format!("({}) {operator} ({})", left.text, right.text)
        } else {
            format!("{} {operator} {}", left.text, right.text)
        };
        Query { text, columns: vec![("n".to_owned(), Type::Int)] }
    }

    /// A query with a WITH of its own, that hides the outer one's names.
    fn nested_with(&mut self, depth: u64) -> Query {
        let outer = std::mem::take(&mut self.ctes);
        let name = match outer.first() {
            Some(cte) => cte.name.clone(),
            None => self.name("c"),
        };
        let body = self.one_int(depth.min(1));
        let condition = format!("{}.n > {}", name, self.dice.roll(9));
        let text = format!("WITH {name} AS ({}) SELECT {name}.n AS n FROM {name} WHERE {condition}", body.text);
        self.ctes = outer;
        Query { text, columns: vec![("n".to_owned(), Type::Int)] }
    }

    fn star(&mut self) -> String {
        let condition = format!("n < {}", 5 + self.small());
        if !self.is_clickhouse() {
            return match self.dice.roll(3) {
                0 => format!("SELECT * FROM events WHERE {condition}"),
                1 => format!("SELECT e.*, 1 AS org_id FROM events AS e WHERE e.{condition}"),
                _ => format!("SELECT * FROM events AS e JOIN orders AS o ON e.user_id = o.id WHERE e.{condition}"),
            };
        }
        let star = match self.dice.roll(11) {
            0 => "*",
            1 => "e.*",
            2 => "* EXCEPT (tags)",
            3 => "* EXCEPT tags REPLACE (n + 1 AS n)",
            4 => "* EXCEPT (tags, user_id, action) APPLY toString",
            5 => "e.* APPLY(x -> toString(x))",
            6 => "COLUMNS('^(n|m)$')",
            7 => "COLUMNS(n, m) APPLY sum",
            8 => "COLUMNS('_id$') APPLY (toString)",
            9 => "* EXCEPT STRICT (tags) REPLACE STRICT (n * 2 AS n), 1 AS two",
            _ => "*, n AS x, 7 AS y",
        };
        format!("SELECT {star} FROM events AS e WHERE {condition}")
    }

    fn filled(&mut self) -> String {
        let to = 10 + self.small();
        let limit = 1 + self.small();
        match self.dice.roll(5) {
            0 => format!("SELECT n FROM events ORDER BY n WITH FILL FROM 0 TO {to} STEP 2"),
            1 => format!(
                "SELECT k, max(v) AS top FROM versions GROUP BY k ORDER BY k WITH FILL TO {to} INTERPOLATE (top AS top + 1)"
            ),
            2 => format!(
                "SELECT k, max(v) AS top FROM versions GROUP BY k ORDER BY k DESC WITH FILL STEP -1 INTERPOLATE LIMIT {limit}"
            ),
            3 => format!("SELECT total FROM orders ORDER BY total WITH FILL FROM 0 TO {to} STEP 3 LIMIT {limit}"),
            _ => format!("SELECT n FROM events WHERE n % 5 = 0 ORDER BY n WITH FILL STALENESS 3 LIMIT {limit}"),
        }
    }

    fn sets(&mut self) -> String {
        let mut text = self.one_int(1).text;
        for _ in 0..=self.dice.roll(2) {
            let operator = self.dice.pick(&["UNION ALL", "EXCEPT", "INTERSECT"]);
            // One operator after another binds otherwise in each engine: brackets in ClickHouse, a query in SQLite.
            text = if self.is_clickhouse() {
                format!("({text}) {operator} ({})", self.one_int(1).text)
            } else {
                format!("SELECT n FROM ({text}) AS l {operator} {}", self.one_int(1).text)
            };
        }
        text
    }

    fn totals(&mut self) -> String {
        let modifier = self.dice.pick(&["WITH TOTALS", "WITH ROLLUP", "WITH CUBE", "WITH ROLLUP WITH TOTALS"]);
        let (source, scope) = self.source(1);
        let key = self.column(&scope, Type::Text).unwrap_or_else(|| "toString(1)".to_owned());
        let aggregate = self.aggregate(&scope);
        format!("SELECT {key} AS g, {aggregate} AS c FROM {source} GROUP BY {key} {modifier}")
    }

    fn grouping_sets(&mut self) -> String {
        let by = self.dice.pick(&[
            "GROUPING SETS ((action, user_id), (action), ())",
            "GROUPING SETS (action, user_id)",
            "ROLLUP(action, user_id)",
            "CUBE(action, user_id)",
        ]);
        let condition = format!("n < {}", self.small());
        format!("SELECT action, user_id, count() AS c, sum(n) FROM events WHERE {condition} GROUP BY {by}")
    }

    /// A query of WITH that has the name of the table that it reads, or aliases that have the names of things.
    fn own_name(&mut self) -> String {
        let limit = self.small();
        match self.dice.roll(5) {
            0 if self.is_clickhouse() => {
                format!(
                    "WITH events AS (SELECT n, action FROM events WHERE n > {limit}) SELECT count(), max(n) FROM events"
                )
            }
            1 if self.is_clickhouse() => format!("WITH 2 AS org_id SELECT n, org_id FROM events WHERE n < {limit}"),
            2 => format!("SELECT n AS x, org_id AS y FROM events AS orders WHERE orders.n > {limit}"),
            3 => format!(
                "SELECT events.n FROM events JOIN orders AS e2 ON events.user_id = e2.id WHERE e2.total > {limit}"
            ),
            _ => format!("SELECT 1 AS org_id, n AS user_id FROM events WHERE events.n > {limit}"),
        }
    }

    fn whole_table_aggregate(&mut self) -> String {
        let (source, scope) = self.source(2);
        let conditions = self.conditions(&scope, &source);
        format!("SELECT {}, {}, count(*) FROM {source}{conditions}", self.aggregate(&scope), self.aggregate(&scope))
    }
}
