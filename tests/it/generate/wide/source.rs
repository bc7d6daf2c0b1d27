//! What stands behind FROM.

use super::super::world::{EVENTS, NOTES, ORDERS, Shape, VERSIONS};
use super::{Column, Maker, Type};

fn type_of(name: &str) -> Type {
    match name {
        "Int64" | "Nullable(Int64)" => Type::Int,
        "Array(String)" => Type::List,
        _ => Type::Text,
    }
}

fn under(alias: &str, columns: &[Column]) -> Vec<Column> {
    columns.iter().map(|(name, kind)| (format!("{alias}.{name}"), *kind)).collect()
}

impl Maker {
    /// Something behind FROM, and the columns that it brings, qualified.
    pub(super) fn source(&mut self, depth: u64) -> (String, Vec<Column>) {
        match self.dice.roll(9) {
            0..=2 if depth > 0 => self.join(depth - 1),
            3 if depth > 0 && self.is_clickhouse() => self.array_join(depth - 1),
            _ => self.element(depth),
        }
    }

    /// A table, a query in brackets, a query of WITH or a table function, with an alias.
    fn element(&mut self, depth: u64) -> (String, Vec<Column>) {
        let alias = self.name("t");
        let says_as = if self.always_as { "AS " } else { self.dice.pick(&["AS ", "AS ", ""]) };
        if depth > 0 && self.dice.one_in(3) {
            let query = self.query(depth - 1);
            return (format!("({}) {says_as}{alias}", query.text), under(&alias, &query.columns));
        }
        if !self.ctes.is_empty() && self.dice.one_in(3) {
            let at = self.dice.index(self.ctes.len());
            let (name, columns) = (self.ctes[at].name.clone(), under(&alias, &self.ctes[at].columns));
            return (format!("{name} {says_as}{alias}"), columns);
        }
        if self.is_clickhouse() && self.dice.one_in(12) {
            return (format!("numbers({}) AS {alias}", 1 + self.small()), vec![(format!("{alias}.number"), Type::Int)]);
        }
        let shape = [&EVENTS, &EVENTS, &EVENTS, &ORDERS, &VERSIONS, &NOTES][self.dice.index(6)];
        self.table(shape, &alias, says_as)
    }

    pub(super) fn table(&mut self, shape: &Shape, alias: &str, says_as: &str) -> (String, Vec<Column>) {
        let clickhouse = self.is_clickhouse();
        let database = match self.dice.roll(6) {
            0 if !clickhouse => "main.",
            0 if self.is_read() => "proof.",
            _ => "",
        };
        let mut text = format!("{database}{} {says_as}{alias}", shape.name);
        if clickhouse && shape.name == "versions" && !self.dice.one_in(3) {
            text.push_str(" FINAL");
        }
        // Beside joins and unions ClickHouse's own samples are not what they are alone: they are only read here.
        if self.is_read() && clickhouse && shape.name == "events" && self.dice.one_in(10) {
            text.push_str(self.dice.pick(&[" SAMPLE 0.25", " FINAL SAMPLE 0.1 OFFSET 1/2", " SAMPLE 1/2"]));
        }
        let columns: Vec<Column> = shape
            .columns
            .iter()
            .filter(|(name, _)| clickhouse || *name != "tags")
            .map(|(name, kind)| ((*name).to_owned(), type_of(kind)))
            .collect();
        (text, under(alias, &columns))
    }

    fn array_join(&mut self, depth: u64) -> (String, Vec<Column>) {
        let alias = self.name("t");
        let (text, mut columns) =
            if depth > 0 && self.dice.one_in(3) { self.join(depth - 1) } else { self.table(&EVENTS, &alias, "AS ") };
        let list = self.list(&columns, 1);
        let name = self.name("a");
        columns.push((name.clone(), Type::Text));
        let words = self.dice.pick(&["ARRAY JOIN", "LEFT ARRAY JOIN", "INNER ARRAY JOIN"]);
        (format!("{text} {words} {list} AS {name}"), columns)
    }

    fn join(&mut self, depth: u64) -> (String, Vec<Column>) {
        if self.is_clickhouse() && self.dice.one_in(2) {
            return self.clickhouse_join(depth);
        }
        let (left, mut columns) = self.source(depth);
        let (right, more) = self.element(depth);
        let on = self.equal(&columns, &more);
        let form = self.dice.roll(10);
        // A join of more than two with a comma binds otherwise in each engine.
        let single = !left.contains("JOIN ") && !left.contains(", t");
        let text = match (form, on) {
            (0, _) => format!("{left} CROSS JOIN {right}"),
            (1, _) if single => format!("{left}, {right}"),
            (2, Some(on)) => format!("{left} LEFT JOIN {right} ON {on}"),
            (3, Some(on)) => format!("{left} LEFT OUTER JOIN {right} ON {on}"),
            (4, Some(on)) => format!("{left} RIGHT JOIN {right} ON {on}"),
            (5, Some(on)) => format!("{left} FULL OUTER JOIN {right} ON {on}"),
            (6, Some(on)) if !self.is_clickhouse() => {
                format!("{left} JOIN {right} ON {on} AND {}", self.truth(&more, 0))
            }
            (7, Some(on)) => format!("{left} INNER JOIN {right} ON {on}"),
            (8, _) if !self.is_clickhouse() && self.is_read() => format!("{left} NATURAL JOIN {right}"),
            (_, Some(on)) => format!("{left} JOIN {right} ON {on}"),
            (_, None) => format!("{left} CROSS JOIN {right}"),
        };
        columns.extend(more);
        (text, columns)
    }

    /// `left = right`, of columns of one type.
    fn equal(&mut self, left: &[Column], right: &[Column]) -> Option<String> {
        let kind = if self.dice.one_in(2) { Type::Int } else { Type::Text };
        Some(format!("{} = {}", self.column(left, kind)?, self.column(right, kind)?))
    }

    /// Joins that only ClickHouse has. Where a row can have several partners and one is taken, its columns stay unnamed.
    fn clickhouse_join(&mut self, depth: u64) -> (String, Vec<Column>) {
        let (a, b) = (self.name("t"), self.name("t"));
        let (left, columns) = self.table(&EVENTS, &a, "AS ");
        let on = format!("{a}.user_id = {b}.id");
        let totals = format!("(SELECT id, max(total) AS total FROM orders GROUP BY id) AS {b}");
        let partner = vec![(format!("{b}.id"), Type::Text), (format!("{b}.total"), Type::Int)];
        let both = || columns.iter().cloned().chain(partner.clone()).collect::<Vec<_>>();
        match self.dice.roll(12) {
            0 => (format!("{left} ANY LEFT JOIN {totals} ON {on}"), both()),
            1 => (format!("{left} LEFT ANY JOIN {totals} ON {on}"), both()),
            2 => (format!("{left} SEMI LEFT JOIN orders AS {b} ON {on}"), columns),
            3 => (format!("{left} LEFT ANTI JOIN orders AS {b} ON {on}"), columns),
            4 => (format!("{left} ASOF JOIN orders AS {b} ON {on} AND {a}.n >= {b}.total"), both()),
            5 => (format!("{left} ASOF LEFT JOIN orders AS {b} ON {on} AND {a}.n > {b}.total"), both()),
            6 => (format!("{left} GLOBAL ALL INNER JOIN orders AS {b} ON {on}"), both()),
            7 => (format!("{left} GLOBAL ANY LEFT JOIN {totals} ON {on}"), both()),
            8 => (
                format!(
                    "(SELECT n FROM events ORDER BY n) AS {a} PASTE JOIN (SELECT total FROM orders ORDER BY total) AS {b}"
                ),
                vec![(format!("{a}.n"), Type::Int), (format!("{b}.total"), Type::Int)],
            ),
            9 => (format!("{left} LEFT JOIN orders AS {b} USING (org_id)"), both()),
            10 => (format!("{left} JOIN (SELECT n, body FROM notes) AS {b} USING n"), columns),
            _ if depth > 0 => {
                let (more, its) = self.element(depth - 1);
                let all = columns.into_iter().chain(its).collect();
                (format!("{left} CROSS JOIN {more}"), all)
            }
            _ => (format!("{left} ALL FULL JOIN orders AS {b} ON {on}"), both()),
        }
    }
}
