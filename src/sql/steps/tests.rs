//! Statements made to cost more than their length: each twice as long takes twice the steps, and few for each lexeme.

use std::sync::Arc;

use super::of;
use crate::catalog::{Catalog, Column, ColumnKind, Engine, NameCase, Table, TableName};
use crate::sql::{self, Dialect, Extensions, Limits, RowFilter, Visible};

/// Steps for each lexeme of the statement and each four bytes of what is written.
const PER_LEXEME: usize = 40;

/// `s` has few columns, `t` many; of each there are a hundred. Every value that can make the LIMIT needed is among them.
fn catalog(case: NameCase) -> Catalog {
    let column = |name: &str, type_name: &str, kind| Column { name: name.into(), type_name: type_name.into(), kind };
    let mut few = vec![column("a", "Int64", ColumnKind::Ordinary), column("d", "Date", ColumnKind::Ordinary)];
    few.push(column("ts", "DateTime64(3)", ColumnKind::Ordinary));
    few.push(column("m", "Int64", ColumnKind::ByName));
    let mut many = few.clone();
    many.extend((0..100).map(|at| column(&format!("c{at}"), "Nullable(Int64)", ColumnKind::Ordinary)));
    many.extend((0..100).map(|at| column(&format!("m{at}"), "Int64", ColumnKind::ByName)));
    let mut catalog = Catalog::new("default", case);
    for (name, columns) in [("s", few), ("t", many)] {
        let table = Table { columns, engine: Engine::MergeTree };
        catalog.insert(TableName::new("default", name), table.clone());
        for at in 0..100 {
            catalog.insert(TableName::new("default", &format!("{name}{at}")), table.clone());
        }
    }
    catalog
}

struct World {
    catalog: Catalog,
    filters: Vec<Arc<RowFilter>>,
    dialect: Dialect,
}

impl World {
    fn new(dialect: Dialect) -> Self {
        let filter = |text: &str| RowFilter::compile(text, dialect, &Extensions::default(), &|_| None).unwrap();
        let filters = ["a = 1", "a = 2 AND d IN ('x', 'y')", "d = 'x' OR a = 3"].map(filter).map(Arc::new).to_vec();
        Self { catalog: catalog(dialect.name_case()), filters, dialect }
    }

    /// The steps that a statement takes, and for how many lexemes. Refused ones count like any other.
    fn steps(&self, statement: &str) -> (usize, usize) {
        let limits = Limits { bytes: 1 << 20, ..Limits::default() };
        let (steps, written) = of(|| {
            let resolved = sql::resolve(statement, self.dialect, &limits, &Extensions::default(), &self.catalog)?;
            resolved.rewrite(&|_| Some(Visible::Rows(self.filters.clone())))
        });
        let lexed = sql::lex::lex(statement, self.dialect, &limits, sql::lex::Author::Person);
        let read = lexed.map_or(0, |lexed| lexed.lexemes.len());
        (steps, read + written.map_or(0, |written| written.text.len() / 4))
    }
}

/// Statements of so many links.
fn statements(links: usize) -> Vec<String> {
    let chain = |head: &str, link: &str, tail: &str| {
        let link = |at: usize| link.replace('#', &at.to_string()).replace('%', &(at % 100).to_string());
        format!("{head}{}{tail}", (0..links).map(link).collect::<String>())
    };
    let nested = |open: &str, inner: &str, close: &str, around: &str| {
        let one = format!("{}{inner}{}", open.repeat(60), close.repeat(60));
        format!("{around}{}", format!(" AND {one} = ts").repeat(links / 20))
    };
    let from = "SELECT d FROM s WHERE ts > now()";
    vec![
        // Many references to few tables and to many, with many columns.
        chain("SELECT 1 FROM s", ", s", ""),
        chain("SELECT 1 FROM t", ", t%", ""),
        chain("SELECT m1, m2, m3 FROM t", ", t%", ""),
        chain("SELECT 1 FROM t", ", t FINAL SAMPLE 1/#", ""),
        chain("SELECT a FROM t", " LEFT JOIN t% AS x# ON x#.a = t.a", ""),
        chain("SELECT a FROM s PREWHERE a = 1", " UNION ALL SELECT a FROM s PREWHERE a = 1", ""),
        // Names at the right of IN, among aliases.
        chain("SELECT 1 FROM t WHERE a IN t", " OR a IN t%", ""),
        chain("SELECT 1 FROM s WHERE a IN s", " OR a IN s OR a IN (SELECT 1 FROM s AS x#)", ""),
        chain("SELECT 1 FROM s WHERE a IN s", " OR a IN default.s%", ""),
        // Names of three parts, of tables that are there and of none.
        chain("SELECT 1", ", default.s%.a", &chain(" FROM s", ", s%", "")),
        chain("SELECT 1", ", default.z#.a", &chain(" FROM s", ", s%", "")),
        // Queries of WITH: each reads the one before, all have one name, all hold one another.
        chain("WITH c AS (SELECT 1)", ", c# AS (SELECT 1 FROM c)", &chain(" SELECT 1 FROM c", ", c#", "")),
        chain("WITH c AS (SELECT 1)", ", c AS (SELECT 1 FROM c)", " SELECT 1 FROM c"),
        chain("WITH s AS (SELECT 1 FROM s", ", s", ") SELECT 1 FROM s"),
        chain("WITH RECURSIVE c AS (SELECT 1 FROM c)", ", c# (a, b) AS (SELECT 1, 2 FROM c#)", " SELECT 1 FROM c"),
        // Looking ahead.
        chain("WITH f(a", ", a", ") AS x SELECT x FROM s"),
        chain("SELECT (explain", " a", ")"),
        chain("SELECT 1", ", (explain a a a)", ""),
        chain("SELECT a FROM s", " LEFT", " x"),
        chain("SELECT a FROM s", " ARRAY JOIN a", ""),
        chain("SELECT a FROM s ARRAY JOIN a", ", a AS b", ""),
        // Values of many kinds: sums, comparisons, casts, aliases, calls in calls.
        chain("SELECT d FROM s WHERE ts > a", " + 1", ""),
        chain("SELECT d FROM s WHERE ts = d", " OR ts = d", ""),
        chain("SELECT d FROM s WHERE a", " = 1", " AND ts = d"),
        chain("SELECT d FROM s WHERE ts BETWEEN d AND d", " AND ts BETWEEN d AND d", ""),
        chain("SELECT d FROM s WHERE a", "::Int64", " = ts"),
        chain("SELECT d", ", a AS x", " FROM s WHERE ts = x AND x = ts"),
        chain("WITH a AS x0", ", x# + x# AS y#, x# AS x1#", " SELECT d FROM s WHERE ts = x0"),
        chain("SELECT d", ", sum(sum(a)) AS y#", " FROM s WHERE ts = d"),
        format!("SELECT {}a{}{} FROM s WHERE ts = d", "sum(".repeat(60), chain("", ", a AS x#", ""), ")".repeat(60)),
        format!("SELECT {}[1{}]{}", "CAST(".repeat(60), chain("", ", 1", ""), ", 'Int8')".repeat(60)),
        nested("coalesce(d, ", "d", ", d)", from),
        nested("if(d = d, ", "d", ", d)", from),
        nested("nullIf(", "d", ", d)", from),
        nested("(1 + ", "a", ")", from),
        nested("(", "a", ")", from),
        nested("toDate(", "d", ")", from),
    ]
}

#[test]
fn no_statement_costs_more_than_its_length() {
    for dialect in [Dialect::ClickHouse, Dialect::Sqlite, Dialect::Generic] {
        let world = World::new(dialect);
        // What is found once for all of a process is not counted.
        for statement in statements(1) {
            let _ = world.steps(&statement);
        }
        // Both name every table: each costs its columns once.
        for (short, long) in statements(100).iter().zip(statements(200)) {
            let ((short_steps, _), (long_steps, lexemes)) = (world.steps(short), world.steps(&long));
            assert!(long_steps <= lexemes * PER_LEXEME, "{long_steps} steps, {lexemes} lexemes: {long:.90}");
            assert!(long_steps <= short_steps * 21 / 10, "{short_steps}, then {long_steps} steps: {long:.90}");
        }
    }
}

/// A bound that nothing reaches is none.
#[test]
fn what_looks_at_everything_each_time_is_seen() {
    let look_at_all = |lexemes: usize| {
        let text = "a ".repeat(lexemes);
        let lexed = sql::lex::lex(&text, Dialect::ClickHouse, &Limits::default(), sql::lex::Author::Person).unwrap();
        of(|| (0..lexemes).map(|_| (0..lexemes).filter_map(|at| lexed.get(at)).count()).sum::<usize>()).0
    };
    assert_eq!((look_at_all(10), look_at_all(200)), (100, 40_000));
    assert!(look_at_all(200) > 200 * PER_LEXEME);
}
