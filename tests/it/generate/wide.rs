//! Queries in all of the grammar that the reader accepts, typed so that most of them run.
//!
//! Everything is nested in everything up to a depth. What is made to be run gives rows that the data alone decides,
//! whatever the order in which they are read; what is made to be read only is free of that.

mod condition;
mod select;
mod source;
mod value;

use super::{Dice, spelling};

/// Whose SQL it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tongue {
    ClickHouse,
    Sqlite,
}

/// What the statement is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be run: its rows depend on the data alone.
    Run,
    /// To be read and rewritten.
    Read,
}

/// A statement in two spellings.
pub(crate) struct Statement {
    /// With keywords in upper case, one space between words, no quotes.
    pub(crate) plain: String,
    /// As it is sent.
    pub(crate) text: String,
}

/// The statement of that seed.
pub(crate) fn statement(seed: u64, tongue: Tongue, purpose: Purpose) -> Statement {
    let mut maker = Maker { dice: Dice::new(seed), tongue, purpose, ctes: Vec::new(), fresh: 0, always_as: false };
    let plain = maker.statement();
    let text = spelling::respell(&plain, &mut maker.dice, tongue);
    Statement { plain, text }
}

/// Parts of queries over `events AS e` and `orders AS o`, to be put together in more than one way.
pub(crate) struct Parts {
    /// Values of `e`, between commas.
    pub(crate) values: String,
    /// A condition on `e`.
    pub(crate) condition: String,
    /// A condition on `e` and `o`.
    pub(crate) both: String,
}

/// The parts of that seed, with another name in the place of `e`.
pub(crate) fn parts(seed: u64, tongue: Tongue, e: &str) -> Parts {
    let purpose = Purpose::Run;
    let mut maker = Maker { dice: Dice::new(seed), tongue, purpose, ctes: Vec::new(), fresh: 0, always_as: true };
    let (_, scope) = maker.table(&super::world::EVENTS, e, "AS ");
    let (_, orders) = maker.table(&super::world::ORDERS, "o", "AS ");
    let mut values = vec![maker.int(&scope, 2)];
    if maker.dice.one_in(2) {
        values.push(maker.text(&scope, 2));
    }
    let condition = maker.truth(&scope, 2);
    let joined: Vec<Column> = scope.into_iter().chain(orders).collect();
    Parts { values: values.join(", "), condition, both: maker.truth(&joined, 1) }
}

/// A value's type, as far as the statements care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Int,
    Text,
    /// An array of texts.
    List,
}

/// A column that can be named: how, and its type.
type Column = (String, Type);

/// A query and the names of what it shows.
struct Query {
    text: String,
    columns: Vec<Column>,
}

struct Cte {
    name: String,
    columns: Vec<Column>,
}

struct Maker {
    dice: Dice,
    tongue: Tongue,
    purpose: Purpose,
    ctes: Vec<Cte>,
    fresh: u32,
    /// Whether an alias needs its AS.
    always_as: bool,
}

impl Maker {
    fn is_clickhouse(&self) -> bool {
        self.tongue == Tongue::ClickHouse
    }

    fn is_read(&self) -> bool {
        self.purpose == Purpose::Read
    }

    /// A name that no other thing of the statement has.
    fn name(&mut self, prefix: &str) -> String {
        self.fresh += 1;
        format!("{prefix}{}", self.fresh)
    }

    fn small(&mut self) -> u64 {
        self.dice.roll(30)
    }

    /// Any column of that type, if there is one.
    fn column(&mut self, scope: &[Column], kind: Type) -> Option<String> {
        let fit: Vec<&Column> = scope.iter().filter(|(_, of)| *of == kind).collect();
        if fit.is_empty() { None } else { Some(fit[self.dice.index(fit.len())].0.clone()) }
    }

    fn statement(&mut self) -> String {
        let with = if self.dice.one_in(3) { self.with() } else { String::new() };
        let body = self.outermost();
        let mut text = match body.as_str() {
            own if with.is_empty() || own.starts_with("WITH events") || own.starts_with("WITH 2") => body,
            // One WITH behind another is none.
            own if own.starts_with("WITH ") => format!("{with}SELECT * FROM ({own}) AS q"),
            _ => format!("{with}{body}"),
        };
        if self.is_read() && self.is_clickhouse() {
            match self.dice.roll(12) {
                0 => text.push_str(" SETTINGS max_threads = 2, join_use_nulls = 1"),
                1 => text.push_str(" FORMAT JSON"),
                2 => text.push_str(" SETTINGS max_block_size = 7 FORMAT TSV;"),
                _ => {}
            }
        }
        if self.dice.one_in(12) && !text.ends_with(';') {
            text.push(';');
        }
        text
    }

    /// `WITH …`, with a space behind it: queries, in ClickHouse values too, sometimes a recursion.
    fn with(&mut self) -> String {
        let recursive = self.dice.one_in(5);
        let mut items = Vec::new();
        let mut made = Vec::new();
        if recursive {
            let name = self.name("r");
            let one = if self.is_clickhouse() { "toInt64(1)" } else { "1" };
            items.push(format!(
                "{name} AS (SELECT {one} AS n UNION ALL SELECT n + 1 FROM {name} WHERE n < {})",
                2 + self.dice.roll(5)
            ));
            made.push(Cte { name, columns: vec![("n".to_owned(), Type::Int)] });
        }
        for _ in 0..=self.dice.roll(2) {
            if self.is_clickhouse() && !recursive && self.dice.one_in(4) {
                let value = match self.dice.roll(3) {
                    0 => format!("(SELECT max(n) FROM events WHERE n < {})", self.small()),
                    1 => format!("'{}'", self.dice.pick(&["u1", "buy"])),
                    _ => self.small().to_string(),
                };
                items.push(format!("{value} AS {}", self.name("v")));
                continue;
            }
            let name = self.name("c");
            let query = if self.dice.one_in(3) { self.one_int(1) } else { self.query(1) };
            let materialized = if !self.is_clickhouse() {
                self.dice.pick(&["", "", "MATERIALIZED ", "NOT MATERIALIZED "])
            } else {
                ""
            };
            items.push(format!("{name} AS {materialized}({})", query.text));
            // What follows may use it.
            self.ctes.push(Cte { name, columns: query.columns });
        }
        self.ctes.extend(made);
        format!("WITH {}{} ", if recursive { "RECURSIVE " } else { "" }, items.join(", "))
    }
}
