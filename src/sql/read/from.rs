//! FROM: tables, joins, ARRAY JOIN.

use std::ops::Range;

use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::{Kind, Symbol as S};
use crate::sql::refusal::Refusal;

use super::expression::Context;
use super::{CteUse, Joined, Reader, Role, TableUse};

/// How a FROM's elements are joined: the strangest of its joins. `FULL OUTER` has FULL in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Join {
    /// A comma, CROSS or INNER: a condition on either side may be applied before.
    Inner,
    /// LEFT: a condition on the left side may.
    Left,
    /// Any other.
    Other,
}

impl Reader<'_, '_> {
    /// What stands behind FROM: elements, with commas, joins and ARRAY JOINs between them. The first is a table: in
    /// `FROM left ARRAY JOIN a` ClickHouse reads one of that name.
    pub(super) fn table_list(&mut self) -> Result<(), Refusal> {
        let first = self.reading.tables.len();
        self.table()?;
        let second = self.reading.tables.len();
        let (mut elements, mut joins) = (1, Join::Inner);
        loop {
            if self.array_join()? {
                continue;
            }
            if self.eat_symbol(S::Comma) {
                self.table()?;
            } else if let Some(join) = self.join_words()? {
                self.table()?;
                joins = joins.max(if self.join_condition()? { Join::Other } else { join });
            } else {
                break;
            }
            elements += 1;
        }
        let select = self.select;
        for (at, table) in self.reading.tables.iter_mut().enumerate().skip(first) {
            let lets_through = joins == Join::Inner || (joins == Join::Left && at < second);
            if table.select == select && lets_through {
                table.joined = Joined::Transparently(elements, at < second);
            }
        }
        Ok(())
    }

    /// `[LEFT | INNER] ARRAY JOIN a, b AS c`: expressions, no tables.
    fn array_join(&mut self) -> Result<bool, Refusal> {
        if !self.dialect().has_clickhouse_clauses() {
            return Ok(false);
        }
        let is = self.eat_keywords(&[K::Array, K::Join])
            || self.eat_keywords(&[K::Left, K::Array, K::Join])
            || self.eat_keywords(&[K::Inner, K::Array, K::Join]);
        if is {
            self.array_join_element()?;
            while self.eat_symbol(S::Comma) {
                self.array_join_element()?;
            }
        }
        Ok(is)
    }

    fn array_join_element(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        let shape = self.expression(Context::ALIASED)?;
        let role = self.reading.roles.get(start);
        let bare = role == Some(&Role::Name) && (shape.name.is_some() || shape.alias.is_some());
        if bare || role == Some(&Role::Function) {
            self.reading.array_joins.push(start);
        }
        Ok(())
    }

    /// The words of a join, if one stands here.
    fn join_words(&mut self) -> Result<Option<Join>, Refusal> {
        let (mut ahead, mut join) = (0, Join::Inner);
        while let Some(keyword) = self.keyword(ahead).filter(|keyword| self.is_join_word(*keyword)) {
            join = join.max(match keyword {
                K::Inner | K::Cross | K::All | K::Global => Join::Inner,
                K::Left | K::Outer => Join::Left,
                _ => Join::Other,
            });
            ahead += 1;
        }
        if !self.is_keyword(ahead, K::Join) {
            return Ok(None);
        }
        for _ in 0..=ahead {
            self.take(Role::Keyword);
        }
        Ok(Some(join))
    }

    fn is_join_word(&self, keyword: K) -> bool {
        match keyword {
            K::Inner | K::Left | K::Right | K::Full | K::Cross | K::Outer => true,
            K::Natural => !self.dialect().has_clickhouse_clauses(),
            K::Global | K::Any | K::All | K::Asof | K::Semi | K::Anti | K::Paste => {
                self.dialect().has_clickhouse_clauses()
            }
            _ => false,
        }
    }

    /// `ON condition`, `USING (a, b)`, `USING a, b`, or nothing. Whether it is USING, which makes one column of two.
    fn join_condition(&mut self) -> Result<bool, Refusal> {
        if self.eat_keyword(K::On) {
            return self.inner().map(|_| false);
        }
        if self.eat_keyword(K::Using) {
            if self.is_symbol(0, S::OpenRound) {
                return self.bracketed_list(|reader| reader.inner().map(drop)).map(|()| true);
            }
            if self.dialect().has_clickhouse_clauses() {
                return self.list(|reader| reader.expression(Context::PLAIN).map(drop)).map(|()| true);
            }
            return Err(self.unexpected());
        }
        Ok(false)
    }

    /// One element of FROM.
    fn table(&mut self) -> Result<(), Refusal> {
        if let Some(wall) = self.wall_here() {
            return self.wall(wall);
        }
        match self.kind(0) {
            Some(Kind::Symbol(S::OpenRound)) => self.deeper(Self::bracketed_table),
            Some(Kind::Word(_)) if self.is_symbol(1, S::OpenRound) => self.table_function(),
            Some(Kind::Word(K::Table)) if self.dialect().has_clickhouse_clauses() => self.named_table(),
            Some(Kind::Word(K::Lateral | K::Table | K::Values)) => Err(self.unexpected()),
            Some(Kind::Word(_) | Kind::Quoted) => self.named_table(),
            Some(Kind::Text) => Err(self.not_understood("a table's name stands in single quotes")),
            _ => Err(self.unexpected()),
        }
    }

    /// The wall that begins here; they are in the order of the text.
    fn wall_here(&self) -> Option<Range<usize>> {
        let position = self.walls.binary_search_by_key(&self.at, |wall| wall.start).ok()?;
        self.walls.get(position).cloned()
    }

    /// What the gateway wrote for a table: nothing in it is the client's.
    fn wall(&mut self, wall: Range<usize>) -> Result<(), Refusal> {
        if let Some(roles) = self.reading.roles.get_mut(wall.clone()) {
            roles.fill(Role::Symbol);
        }
        self.at = wall.end;
        Ok(())
    }

    /// `(query)` or, outside ClickHouse, `(a JOIN b)`.
    fn bracketed_table(&mut self) -> Result<(), Refusal> {
        self.take(Role::Symbol);
        self.explain();
        // A wall may look like a query in brackets; it is a table.
        let is_wall = self.wall_here().is_some();
        if !is_wall && self.is_bracketed_query(0) {
            self.query()?;
        } else if self.dialect().has_clickhouse_clauses() {
            return Err(self.unexpected());
        } else {
            self.table_list()?;
        }
        self.expect_symbol(S::CloseRound)?;
        if self.table_alias()?.is_some() && self.is_symbol(0, S::OpenRound) {
            self.bracketed_list(Self::renamed)?;
        }
        self.no_modifiers()
    }

    /// FINAL and SAMPLE of something that is no table.
    fn no_modifiers(&mut self) -> Result<(), Refusal> {
        if self.is_keyword(0, K::Final) || self.is_keyword(0, K::Sample) {
            self.object("FINAL and SAMPLE belong behind a table's name", "leave them out");
        }
        self.eat_keyword(K::Final);
        if self.is_keyword(0, K::Sample) { self.sample().map(drop) } else { Ok(()) }
    }

    /// `EXPLAIN … SELECT` in the place of a query: the plan tells what the tables hold.
    pub(super) fn explain(&mut self) {
        if !self.word(0).eq_ignore_ascii_case("explain") || !self.dialect().has_clickhouse_clauses() {
            return;
        }
        let mut ahead = 1;
        while matches!(self.kind(ahead), Some(Kind::Word(_) | Kind::Number | Kind::Symbol(S::Equal | S::Comma)))
            && !self.is_query(ahead)
        {
            ahead += 1;
        }
        if self.is_bracketed_query(ahead) {
            self.object("EXPLAIN tells what tables hold", "leave it out");
            for _ in 0..ahead {
                self.take(Role::Keyword);
            }
        }
    }

    /// An alias, with or without AS.
    fn table_alias(&mut self) -> Result<Option<usize>, Refusal> {
        let alias = if self.eat_keyword(K::As) {
            // Behind AS no word of ClickHouse's is anything but a name: `FROM t AS left JOIN …`.
            let any_word = self.keyword(0).is_some() && self.dialect().has_clickhouse_clauses();
            Some(if any_word { self.take(Role::Name) } else { self.expect_name()? })
        } else {
            match self.kind(0) {
                Some(Kind::Word(keyword))
                    if !self.follows_table(keyword) && !self.dialect().follows_table(self.word(0)) =>
                {
                    Some(self.take(Role::Name))
                }
                Some(Kind::Quoted) => Some(self.take(Role::Name)),
                _ => None,
            }
        };
        Ok(alias)
    }

    /// Whether a word behind a table goes on with the statement instead of naming the table.
    fn follows_table(&self, keyword: K) -> bool {
        keyword.is_reserved()
            || matches!(keyword, K::Array | K::Format | K::Outer | K::Fetch | K::For | K::Indexed | K::Only)
            || (keyword == K::All && self.dialect().has_clickhouse_clauses())
    }

    /// A table function: `numbers(10)`. Which ones may be used is decided later.
    fn table_function(&mut self) -> Result<(), Refusal> {
        let name = self.take(Role::Function);
        self.reading.table_functions.push(name);
        self.take(Role::Symbol);
        if !self.eat_symbol(S::CloseRound) {
            self.deeper(|reader| {
                if reader.is_query(0) {
                    return reader.query();
                }
                reader.table_function_argument()?;
                while reader.eat_symbol(S::Comma) {
                    reader.table_function_argument()?;
                }
                Ok(())
            })?;
            self.expect_symbol(S::CloseRound)?;
        }
        let named = self.table_alias()?.is_some() && !self.dialect().has_clickhouse_clauses();
        if named && self.is_symbol(0, S::OpenRound) {
            self.bracketed_list(|reader| reader.expect_name().map(drop))?;
        }
        self.no_modifiers()
    }

    fn table_function_argument(&mut self) -> Result<(), Refusal> {
        if self.is_keyword(0, K::Settings) {
            self.object("a table function takes no settings here", "leave them out");
            return self.settings();
        }
        self.inner().map(drop)
    }

    /// `[database.]table [AS alias] [FINAL] [SAMPLE n[/m] [OFFSET n[/m]]]`.
    fn named_table(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        let first = self.expect_table_name()?;
        let mut parts = vec![first];
        while self.eat_symbol(S::Dot) {
            // Behind a dot no word is anything but a name.
            parts.push(match self.kind(0) {
                Some(Kind::Word(_)) => self.take(Role::Name),
                _ => self.expect_table_name()?,
            });
        }
        let named = self.at;
        let alias = self.table_alias()?;
        let is_final = self.is_keyword(0, K::Final) && self.dialect().has_clickhouse_clauses();
        if is_final {
            self.take(Role::Keyword);
        }
        let sample = if self.is_keyword(0, K::Sample) && self.dialect().has_clickhouse_clauses() {
            Some(self.sample()?)
        } else {
            None
        };
        let range = start..self.at;
        let (database, table) = match parts.as_slice() {
            [table] => (None, *table),
            [database, table] => (Some(*database), *table),
            _ => {
                return Err(self.not_understood_at(first, "a table's name has more than two parts"));
            }
        };
        if let Some(cte) = self.visible_cte(table).filter(|_| database.is_none()) {
            if is_final || sample.is_some() {
                return Err(self.not_understood_at(named, "FINAL and SAMPLE belong to a table, not to a WITH query"));
            }
            self.reading.cte_uses.push(CteUse { range, cte, name: table, alias, in_from: true });
            return Ok(());
        }
        let select = self.select;
        let joined = Joined::Otherwise;
        self.reading.tables.push(TableUse {
            range,
            database,
            table,
            alias,
            is_final,
            sample,
            select,
            at_in: false,
            joined,
        });
        Ok(())
    }

    fn expect_table_name(&mut self) -> Result<usize, Refusal> {
        match self.kind(0) {
            Some(Kind::Word(keyword)) if !keyword.is_reserved() => Ok(self.take(Role::Name)),
            Some(Kind::Quoted) => Ok(self.take(Role::Name)),
            _ => Err(self.unexpected()),
        }
    }

    /// `SAMPLE n[/m] [OFFSET n[/m]]`; the range leaves out the word SAMPLE.
    fn sample(&mut self) -> Result<Range<usize>, Refusal> {
        self.take(Role::Keyword);
        let start = self.at;
        self.ratio()?;
        if self.eat_keyword(K::Offset) {
            self.ratio()?;
        }
        Ok(start..self.at)
    }

    fn ratio(&mut self) -> Result<(), Refusal> {
        let mut number = || match self.kind(0) {
            Some(Kind::Number) => {
                self.take(Role::Literal);
                Ok(self.eat_symbol(S::Slash))
            }
            _ => Err(self.unexpected()),
        };
        if number()? { number().map(drop) } else { Ok(()) }
    }
}
