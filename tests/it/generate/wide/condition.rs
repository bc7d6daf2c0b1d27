//! Conditions.

use super::{Column, Maker, Type};

impl Maker {
    pub(super) fn truth(&mut self, scope: &[Column], depth: u64) -> String {
        if depth == 0 {
            return self.comparison(scope, 0);
        }
        let depth = depth - 1;
        match self.dice.roll(11) {
            0 => format!("({} AND {})", self.truth(scope, depth), self.truth(scope, depth)),
            1 => format!("({} OR {})", self.truth(scope, depth), self.truth(scope, depth)),
            2 => format!("NOT ({})", self.truth(scope, depth)),
            3 | 4 => self.membership(scope, depth),
            5 => self.exists(scope),
            6 if self.is_clickhouse() => self.clickhouse_truth(scope, depth),
            6 => self.sqlite_truth(scope, depth),
            _ => self.comparison(scope, depth),
        }
    }

    fn comparison(&mut self, scope: &[Column], depth: u64) -> String {
        match self.dice.roll(9) {
            0 => format!("{} BETWEEN {} AND {}", self.int(scope, depth), self.dice.roll(5), self.small() + 4),
            1 => format!("{} NOT BETWEEN {} AND 9", self.int(scope, depth), self.dice.roll(5)),
            2 => format!("{} LIKE '{}'", self.text(scope, depth), self.dice.pick(&["u%", "%e%", "_u_"])),
            3 => format!("{} NOT LIKE 'u1%'", self.text(scope, depth)),
            4 => format!("{} IS NULL", self.int(scope, depth)),
            5 => format!("{} IS NOT NULL", self.int(scope, depth)),
            6 => format!("{} = {}", self.text(scope, depth), self.text(scope, depth)),
            _ => {
                let operator = self.dice.pick(&["=", "!=", "<>", "<", ">", "<=", ">=", "=="]);
                format!("{} {operator} {}", self.int(scope, depth), self.int(scope, depth))
            }
        }
    }

    fn membership(&mut self, scope: &[Column], depth: u64) -> String {
        let not = self.dice.pick(&["", "NOT "]);
        let global = if self.is_clickhouse() && self.dice.one_in(3) { "GLOBAL " } else { "" };
        let int = self.int(scope, depth);
        // A query of WITH with one column of numbers.
        let fit: Vec<String> = self
            .ctes
            .iter()
            .filter(|cte| matches!(cte.columns[..], [(_, Type::Int)]))
            .map(|cte| cte.name.clone())
            .collect();
        match self.dice.roll(6) {
            0 => format!("{int} {not}IN (1, 2, {})", self.small()),
            1 => format!("{} {not}IN ('u1', 'u2', 'buy')", self.text(scope, depth)),
            2 => format!("({int}, {}) {not}IN ((1, 'u1'), ({}, 'u2'))", self.text(scope, 0), self.small())
                .replace("IN ((", if self.is_clickhouse() { "IN ((" } else { "IN (VALUES (" }),
            3 if !fit.is_empty() => {
                let name = &fit[self.dice.index(fit.len())];
                format!("{int} {global}{not}IN {name}")
            }
            4 => format!(
                "({int}, {}) {not}IN (SELECT n, user_id FROM events WHERE n < {})",
                self.text(scope, 0),
                self.small()
            ),
            _ => format!("{int} {global}{not}IN ({})", self.one_int(depth.min(1)).text),
        }
    }

    fn exists(&mut self, scope: &[Column]) -> String {
        let inner = self.name("x");
        match self.column(scope, Type::Text) {
            Some(outer) if outer.contains('.') && self.dice.one_in(3) => {
                format!(
                    "EXISTS (SELECT 1 FROM orders AS {inner} WHERE {inner}.id = {outer} AND {inner}.total > {})",
                    self.small()
                )
            }
            _ => format!("EXISTS (SELECT 1 FROM orders AS {inner} WHERE {inner}.total > {})", self.small() * 7),
        }
    }

    fn clickhouse_truth(&mut self, scope: &[Column], depth: u64) -> String {
        match self.dice.roll(7) {
            0 => format!("has({}, {})", self.list(scope, depth), self.text(scope, depth)),
            1 => format!("arrayExists(x -> x = {}, {})", self.text(scope, depth), self.list(scope, depth)),
            2 => format!("{} ILIKE 'U%'", self.text(scope, depth)),
            3 => format!("{} IS NOT DISTINCT FROM {}", self.int(scope, depth), self.small()),
            4 => format!("{} <=> {}", self.int(scope, depth), self.small()),
            5 => format!("match({}, '^u[0-3]$')", self.text(scope, depth)),
            _ => format!("toDateTime('2026-01-01 00:00:00') < now() - INTERVAL {} DAY", self.small()),
        }
    }

    fn sqlite_truth(&mut self, scope: &[Column], depth: u64) -> String {
        match self.dice.roll(5) {
            0 => format!("{} IS {}", self.int(scope, depth), self.small()),
            1 => format!("{} IS NOT DISTINCT FROM {}", self.int(scope, depth), self.small()),
            2 => format!("{} GLOB 'u*'", self.text(scope, depth)),
            3 => format!("{} NOTNULL", self.int(scope, depth)),
            _ => format!("{} & 3 | 1 << 2 > 4", self.int(scope, 0)),
        }
    }
}
