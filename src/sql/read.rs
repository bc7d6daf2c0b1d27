//! The reader: knows exactly where a statement reads a table.
//!
//! It needs no operator precedence: an expression is operands, operators and brackets. It gives every lexeme a [`Role`],
//! once; a lexeme that finds no place in the grammar is a refusal, never a guess. Chains are loops; only brackets, CASE
//! and subqueries recurse, and their depth is bounded.
//!
//! | file | reads |
//! |---|---|
//! | `cursor` | the next lexeme, by kind |
//! | `scope` | nothing: it knows which queries of WITH are visible |
//! | `query` | WITH, set operations, SELECT and its clauses |
//! | `tail` | ORDER BY, LIMIT, SETTINGS, FORMAT |
//! | `from` | FROM: tables, joins, ARRAY JOIN |
//! | `expression` | operands and operators, and their aliases |
//! | `operand`, `word`, `braces`, `interval`, `name`, `star` | what an operand can be |
//! | `call` | functions, their windows, and forms with words between the arguments |
//! | `operator`, `membership`, `access`, `type_name` | what can stand behind an operand |

mod access;
mod braces;
mod call;
mod cursor;
mod expression;
mod from;
mod interval;
mod membership;
mod name;
mod operand;
mod operator;
mod query;
mod scope;
mod star;
mod tail;
mod type_name;
mod word;

use std::ops::Range;

use super::lexeme::{Kind, Lexed, Symbol as S};
use super::limits::Limits;
use super::refusal::Refusal;

pub(super) use expression::Context;
use scope::Scope;

/// What a lexeme is in the text as it was understood. It decides how the lexeme is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Not reached yet.
    Unread,
    /// A word of the grammar.
    Keyword,
    /// The name of a function.
    Function,
    /// The name of a column, a table, an alias.
    Name,
    /// Part of a type.
    Type,
    /// A literal.
    Literal,
    /// A symbol.
    Symbol,
    /// A minus before its operand.
    Sign,
    /// Understood and not written: FORMAT, SETTINGS, a final semicolon, a trailing comma.
    Dropped,
}

/// A table named in FROM. All positions are lexemes'.
#[derive(Debug, Clone)]
pub(super) struct TableUse {
    /// Everything that a wall replaces: name, alias, FINAL, SAMPLE.
    pub(super) range: Range<usize>,
    /// The database's name, if it is qualified.
    pub(super) database: Option<usize>,
    /// The table's name.
    pub(super) table: usize,
    /// Its alias.
    pub(super) alias: Option<usize>,
    /// Whether FINAL follows it.
    pub(super) is_final: bool,
    /// The numbers and the slash of SAMPLE, with OFFSET's.
    pub(super) sample: Option<Range<usize>>,
    /// The SELECT that it stands in.
    pub(super) select: usize,
    /// Whether it is the bare name at the right of IN, which reads the table's `*`.
    pub(super) at_in: bool,
    /// What it is joined with.
    pub(super) joined: Joined,
}

/// What stands beside a table in its FROM, as far as it matters to a condition of WHERE that only the table's columns decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joined {
    /// Something by which it matters whether the condition is applied before or behind it.
    Otherwise,
    /// So many elements, the table with them; and whether it is the first. The condition may be applied before they are joined:
    /// it leaves out what WHERE would leave out, and nothing else.
    Transparently(usize, bool),
}

/// A condition of WHERE or PREWHERE.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    /// The SELECT that it stands in.
    pub(super) select: usize,
    /// Behind the word.
    pub(super) range: Range<usize>,
}

/// A common table expression.
#[derive(Debug, Clone)]
pub(super) struct Cte {
    /// Its name.
    pub(super) name: usize,
    /// Its query, brackets included.
    pub(super) body: Range<usize>,
}

/// A use of a common table expression.
#[derive(Debug, Clone)]
pub(super) struct CteUse {
    /// The name and the alias.
    pub(super) range: Range<usize>,
    /// Which one.
    pub(super) cte: usize,
    /// The name as it is used.
    pub(super) name: usize,
    /// Its alias.
    pub(super) alias: Option<usize>,
    /// Whether it stands in FROM, where it needs its old name as an alias, or at the right of IN.
    pub(super) in_from: bool,
}

/// A PREWHERE, and the WHERE of the same SELECT.
#[derive(Debug, Clone)]
pub(super) struct Prewhere {
    /// The word.
    pub(super) keyword: usize,
    /// One past its condition.
    pub(super) end: usize,
    /// The word WHERE and one past its condition, if there is one.
    pub(super) and_where: Option<(usize, usize)>,
    /// The SELECT that it stands in.
    pub(super) select: usize,
}

/// Something that is understood and refused all the same: the reader goes on, admission does not.
#[derive(Debug, Clone)]
pub(super) struct Objection {
    /// Where, as a lexeme's position.
    pub(super) at: usize,
    /// What is wrong with it.
    pub(super) message: &'static str,
    /// What to write instead.
    pub(super) hint: &'static str,
}

/// One setting: its name, its value, and whether it belongs to the whole statement.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    pub(super) name: usize,
    pub(super) value: Range<usize>,
    pub(super) outermost: bool,
}

/// A statement as it was understood.
#[derive(Debug, Clone)]
pub(super) struct Reading<'t> {
    pub(super) lexed: Lexed<'t>,
    /// One for each lexeme; none is [`Role::Unread`].
    pub(super) roles: Vec<Role>,
    pub(super) tables: Vec<TableUse>,
    pub(super) ctes: Vec<Cte>,
    pub(super) cte_uses: Vec<CteUse>,
    /// Functions, by their names' positions.
    pub(super) functions: Vec<usize>,
    /// Table functions, by their names' positions.
    pub(super) table_functions: Vec<usize>,
    /// Names at the right of IN that are no common table expression: an engine may read a table there.
    pub(super) in_names: Vec<Range<usize>>,
    pub(super) settings: Vec<Setting>,
    pub(super) format: Option<usize>,
    /// Typed parameters, by their names' positions.
    pub(super) parameters: Vec<usize>,
    pub(super) prewheres: Vec<Prewhere>,
    /// Every WHERE's condition and every PREWHERE's.
    pub(super) conditions: Vec<Condition>,
    /// Names of three parts or more: `database.table.column` among them.
    pub(super) long_names: Vec<Range<usize>>,
    /// Operands of ARRAY JOIN that begin with a name or a function's name: a reader less careful than this one takes them
    /// for tables.
    pub(super) array_joins: Vec<usize>,
    /// Placeholders of a row filter, by their names' positions.
    pub(super) placeholders: Vec<usize>,
    /// What is understood and never permitted.
    pub(super) objections: Vec<Objection>,
    /// Single column names in expressions, by position; the row filter's columns.
    pub(super) columns: Vec<usize>,
    /// Names in expressions, with what their dots lead to.
    pub(super) names: Vec<Range<usize>>,
    /// Stars that stand for columns: those that multiply are not among them.
    pub(super) stars: Vec<usize>,
    /// Aliases of expressions: the expression, and the alias's position.
    pub(super) aliases: Vec<(Range<usize>, usize)>,
    /// Names that a column list gives to columns, by position: `c (a, b) AS (…)`.
    pub(super) renamed: Vec<usize>,
    set_operations: bool,
}

impl Reading<'_> {
    /// For each bracket the place of its partner; 0 for everything else.
    pub(super) fn partners(&self) -> Vec<usize> {
        let mut partners = vec![0; self.lexed.lexemes.len()];
        let mut open = Vec::new();
        for (at, lexeme) in self.lexed.lexemes.iter().enumerate() {
            match lexeme.kind {
                Kind::Symbol(S::OpenRound | S::OpenSquare | S::OpenBrace) => open.push(at),
                Kind::Symbol(S::CloseRound | S::CloseSquare | S::CloseBrace) => {
                    let start = open.pop().unwrap_or(at);
                    for (bracket, partner) in [(start, at), (at, start)] {
                        if let Some(slot) = partners.get_mut(bracket) {
                            *slot = partner;
                        }
                    }
                }
                Kind::Word(_) | Kind::Quoted | Kind::Text | Kind::Blob | Kind::Number | Kind::Symbol(_) => {}
            }
        }
        partners
    }

    /// Whether rows of one SELECT meet another's by their columns' places. The EXCEPT of `* EXCEPT (a)` is none.
    pub(super) fn has_set_operations(&self) -> bool {
        self.set_operations
    }
}

/// What is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// A client's statement.
    Statement,
    /// A row filter: one expression, in which nothing can be read.
    Filter,
}

/// Reads one statement, to its end.
pub(super) fn statement<'t>(lexed: Lexed<'t>, limits: &Limits) -> Result<Reading<'t>, Refusal> {
    Reader::new(lexed, limits, Purpose::Statement, &[]).statement()
}

/// Reads one statement in which those ranges of lexemes are tables behind walls: for verification.
pub(super) fn walled<'t>(lexed: Lexed<'t>, limits: &Limits, walls: &[Range<usize>]) -> Result<Reading<'t>, Refusal> {
    Reader::new(lexed, limits, Purpose::Statement, walls).statement()
}

/// Reads one expression, to its end, in which no table, subquery, lambda or alias is understood.
pub(super) fn filter<'t>(lexed: Lexed<'t>, limits: &Limits) -> Result<Reading<'t>, Refusal> {
    Reader::new(lexed, limits, Purpose::Filter, &[]).filter()
}

struct Reader<'t, 'w> {
    at: usize,
    depth: usize,
    deepest: usize,
    /// The common table expressions that are visible.
    scope: Scope,
    /// How many SELECTs have begun.
    selects: usize,
    /// The SELECT being read.
    select: usize,
    /// How many queries the one being read stands in.
    nesting: usize,
    purpose: Purpose,
    walls: &'w [Range<usize>],
    reading: Reading<'t>,
}

impl<'t, 'w> Reader<'t, 'w> {
    fn new(lexed: Lexed<'t>, limits: &Limits, purpose: Purpose, walls: &'w [Range<usize>]) -> Self {
        let roles = vec![Role::Unread; lexed.lexemes.len()];
        let reading = Reading {
            lexed,
            roles,
            tables: Vec::new(),
            ctes: Vec::new(),
            cte_uses: Vec::new(),
            functions: Vec::new(),
            table_functions: Vec::new(),
            in_names: Vec::new(),
            settings: Vec::new(),
            format: None,
            parameters: Vec::new(),
            prewheres: Vec::new(),
            conditions: Vec::new(),
            long_names: Vec::new(),
            array_joins: Vec::new(),
            placeholders: Vec::new(),
            objections: Vec::new(),
            columns: Vec::new(),
            names: Vec::new(),
            stars: Vec::new(),
            aliases: Vec::new(),
            renamed: Vec::new(),
            set_operations: false,
        };
        Self {
            at: 0,
            depth: 0,
            deepest: limits.depth,
            scope: Scope::default(),
            selects: 0,
            select: 0,
            nesting: 0,
            purpose,
            walls,
            reading,
        }
    }

    fn filter(mut self) -> Result<Reading<'t>, Refusal> {
        self.expression(Context::PLAIN)?;
        self.finish()
    }

    /// Every lexeme has been read, once.
    fn finish(self) -> Result<Reading<'t>, Refusal> {
        if self.at < self.reading.lexed.lexemes.len() {
            return Err(self.unexpected());
        }
        if let Some(position) = self.reading.roles.iter().position(|role| *role == Role::Unread) {
            return Err(self.not_understood_at(position, "a part of the statement found no place"));
        }
        Ok(self.reading)
    }
}

#[cfg(test)]
mod tests;
