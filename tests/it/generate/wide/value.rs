//! Values: what stands in a select list and on both sides of a comparison.

use super::{Column, Maker, Type};

impl Maker {
    pub(super) fn value(&mut self, scope: &[Column], kind: Type, depth: u64) -> String {
        match kind {
            Type::Int => self.int(scope, depth),
            Type::Text => self.text(scope, depth),
            Type::List => self.list(scope, depth),
        }
    }

    fn plain_int(&mut self, scope: &[Column]) -> String {
        match self.column(scope, Type::Int) {
            Some(column) if !self.dice.one_in(4) => column,
            _ => self.small().to_string(),
        }
    }

    pub(super) fn int(&mut self, scope: &[Column], depth: u64) -> String {
        if depth == 0 {
            return self.plain_int(scope);
        }
        let depth = depth - 1;
        if self.is_clickhouse() && self.dice.one_in(2) {
            return self.clickhouse_int(scope, depth);
        }
        match self.dice.roll(13) {
            0 => format!("({} + {})", self.int(scope, depth), self.int(scope, depth)),
            1 => format!("({} - -{})", self.int(scope, depth), self.small()),
            2 => format!("{} * {}", self.int(scope, depth), self.dice.roll(4)),
            3 => format!("{} % 7", self.plain_int(scope)),
            4 => format!("abs({})", self.int(scope, depth)),
            5 => format!("length({})", self.text(scope, depth)),
            6 => format!(
                "CASE WHEN {} THEN {} ELSE {} END",
                self.truth(scope, depth),
                self.int(scope, depth),
                self.int(scope, depth)
            ),
            7 => format!("CASE {} WHEN 1 THEN 10 WHEN {} THEN 20 ELSE 30 END", self.plain_int(scope), self.small() + 2),
            8 => format!("coalesce({}, {})", self.int(scope, depth), self.small()),
            9 => format!("(SELECT max(n) FROM events WHERE n < {})", self.small()),
            10 => self.correlated_count(scope),
            11 => {
                let kind = if self.is_clickhouse() { "Nullable(Int64)" } else { "INTEGER" };
                format!("CAST({} AS {kind})", self.int(scope, depth))
            }
            _ => self.plain_int(scope),
        }
    }

    fn clickhouse_int(&mut self, scope: &[Column], depth: u64) -> String {
        match self.dice.roll(19) {
            0 => format!("({} ? {} : {})", self.truth(scope, depth), self.int(scope, depth), self.int(scope, depth)),
            1 => format!("({}, {}).1", self.int(scope, depth), self.text(scope, depth)),
            2 => format!("{}::Float64", self.plain_int(scope)),
            3 => format!("CAST({}, 'Nullable(Int64)')", self.int(scope, depth)),
            4 => format!("length({})", self.list(scope, depth)),
            5 => format!("indexOf({}, {})", self.list(scope, depth), self.text(scope, depth)),
            6 => format!("arraySum(x -> x + {}, [{}, 2])", self.small(), self.small()),
            7 => format!("arraySum((x, y) -> x * y, [1, 2], [{}, 3])", self.small()),
            8 => format!("toInt64(toDate('2026-01-01') + INTERVAL {} DAY)", self.small()),
            9 => format!("extract(day FROM toDate('2026-01-01') + INTERVAL '{} month')", self.small() + 1),
            10 => format!("dateDiff(day, toDate('2026-01-01'), toDate('2026-02-01')) + {}", self.plain_int(scope)),
            11 => format!("position('u' IN {})", self.text(scope, depth)),
            12 => format!("if({}, {}, {})", self.truth(scope, depth), self.int(scope, depth), self.int(scope, depth)),
            13 => format!("({} AS {}) + 1", self.int(scope, depth), self.name("z")),
            14 => format!("multiIf({} > 3, 1, {}, 2, 3)", self.plain_int(scope), self.truth(scope, depth)),
            15 => format!("[{}, 5, 6][2]", self.plain_int(scope)),
            16 if self.is_read() => "{p:Int64}".to_owned(),
            17 if self.is_read() => format!("{{'a': {}}}['a']", self.plain_int(scope)),
            17 => format!("map('a', {})['a']", self.plain_int(scope)),
            _ => format!("intDiv({}, {})", self.plain_int(scope), 1 + self.small()),
        }
    }

    fn correlated_count(&mut self, scope: &[Column]) -> String {
        let inner = self.name("k");
        match self.column(scope, Type::Text) {
            Some(outer) if outer.contains('.') && self.dice.one_in(3) => {
                format!("(SELECT count(*) FROM orders AS {inner} WHERE {inner}.id = {outer})")
            }
            _ => "(SELECT count(*) FROM orders)".to_owned(),
        }
    }

    pub(super) fn text(&mut self, scope: &[Column], depth: u64) -> String {
        if depth == 0 || self.dice.one_in(2) {
            return match self.column(scope, Type::Text) {
                Some(column) if !self.dice.one_in(4) => column,
                _ => format!("'{}'", self.dice.pick(&["view", "u1", "it''s", "é", "-- no", "/* no */", "FROM events"])),
            };
        }
        let depth = depth - 1;
        if self.is_clickhouse() && self.dice.one_in(2) {
            return match self.dice.roll(7) {
                0 => format!("toString({})", self.int(scope, depth)),
                1 => format!("substring({} FROM 1 FOR 2)", self.text(scope, depth)),
                2 => format!("trim(BOTH 'u' FROM {})", self.text(scope, depth)),
                3 => format!("arrayStringConcat({}, ',')", self.list(scope, depth)),
                4 => format!("{}[1]", self.list(scope, depth)),
                5 => format!("({}, {}).2", self.int(scope, depth), self.text(scope, depth)),
                _ => "'\\x41\\t\\'b'".to_owned(),
            };
        }
        match self.dice.roll(5) {
            0 => format!("upper({})", self.text(scope, depth)),
            1 => format!("{} || '{}'", self.text(scope, depth), self.dice.pick(&["!", "a b"])),
            2 => format!("replace({}, 'u', 'v')", self.text(scope, depth)),
            3 => format!("CASE WHEN {} THEN {} ELSE 'lo' END", self.truth(scope, depth), self.text(scope, depth)),
            _ => format!("trim({})", self.text(scope, depth)),
        }
    }

    pub(super) fn list(&mut self, scope: &[Column], depth: u64) -> String {
        let plain = |maker: &mut Self| match maker.column(scope, Type::List) {
            Some(column) => column,
            None => "['x', 'y']".to_owned(),
        };
        if depth == 0 {
            return plain(self);
        }
        let depth = depth - 1;
        match self.dice.roll(6) {
            0 => format!("arrayMap(x -> concat(x, '!'), {})", self.list(scope, depth)),
            1 => format!("arrayFilter(x -> x != {}, {})", self.text(scope, depth), self.list(scope, depth)),
            2 => format!("arrayMap((x, y) -> x || y, {}, {})", plain(self), plain(self)),
            3 => format!("[{}, 'x']", self.text(scope, depth)),
            4 => format!("array({}, {})", self.text(scope, depth), self.text(scope, depth)),
            _ => plain(self),
        }
    }
}
