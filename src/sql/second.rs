//! The second reader: `sqlparser` reads the canonical text too.
//!
//! Where it can, every table it sees must be one that ours saw, or the query is refused: two readers disagree. Where it
//! cannot parse a construct of the dialect, ours stands alone. Its tree is never cloned, compared or printed: the derived
//! code recurses once per operator, and a chain of a few thousand would end the process.

use std::collections::HashSet;
use std::ops::ControlFlow;

use sqlparser::ast::visit_relations;
use sqlparser::dialect::{
    ClickHouseDialect, Dialect as SqlDialect, DuckDbDialect, GenericDialect, PostgreSqlDialect, SQLiteDialect,
};
use sqlparser::parser::{Parser, ParserOptions};
use sqlparser::tokenizer::{TokenWithSpan, Tokenizer};

use super::dialect::Dialect;
use super::emit;
use super::lexeme::{Kind, Symbol};
use super::read::Reading;
use super::refusal::{Refusal, RefusalKind};

/// The longest statement that is read twice, in lexemes. Above it, dropping the second reader's tree could overflow a
/// 2 MiB stack; ours reads in loops and stands alone.
const LONGEST: usize = 4_096;

/// How many POSITIONs may stand inside one another in a statement that is read twice. `sqlparser` (0.63) reads what is in
/// the brackets of one twice, in case an IN stands there, and so each inside another doubles its work: 300 bytes of them
/// would keep it busy for an hour.
const DEEPEST_POSITION: usize = 3;

/// Whether `sqlparser` is through with it in a time that its length bounds.
pub(super) fn is_quick(reading: &Reading<'_>) -> bool {
    let lexed = &reading.lexed;
    // For each open bracket, whether it is a POSITION's.
    let (mut open, mut deep) = (Vec::new(), 0);
    for (at, lexeme) in lexed.lexemes.iter().enumerate() {
        match lexeme.kind {
            Kind::Symbol(Symbol::OpenRound) => {
                let called = at.checked_sub(1).and_then(|before| lexed.get(before));
                let doubles = called.is_some_and(|it| lexed.name(it).eq_ignore_ascii_case("position"));
                deep += usize::from(doubles);
                open.push(doubles);
            }
            Kind::Symbol(Symbol::CloseRound) => deep -= usize::from(open.pop().unwrap_or_default()),
            Kind::Word(_) | Kind::Quoted | Kind::Text | Kind::Blob | Kind::Number | Kind::Symbol(_) => {}
        }
        if deep > DEEPEST_POSITION {
            return false;
        }
    }
    true
}

/// `sqlparser`'s name for a dialect.
pub(super) fn dialect(dialect: Dialect) -> Box<dyn SqlDialect> {
    match dialect {
        Dialect::ClickHouse | Dialect::Tinybird => Box::new(ClickHouseDialect {}),
        Dialect::Sqlite => Box::new(SQLiteDialect {}),
        Dialect::Postgres => Box::new(PostgreSqlDialect {}),
        Dialect::DuckDb => Box::new(DuckDbDialect {}),
        // It has none for these; DataFusion's own parser is this one, in this dialect.
        Dialect::Trino | Dialect::Druid | Dialect::DataFusion | Dialect::Pinot | Dialect::Generic => {
            Box::new(GenericDialect {})
        }
    }
}

/// Escapes stay as they are: the text is only read.
pub(super) fn options() -> ParserOptions {
    ParserOptions::new().with_unescape(false)
}

/// Refuses a statement in which the second reader sees a table that the first did not.
pub(super) fn agree(reading: &Reading<'_>) -> Result<(), Refusal> {
    if reading.lexed.lexemes.len() > LONGEST || !is_quick(reading) {
        return Ok(());
    }
    let text = emit::canonical(reading);
    let sql_dialect = dialect(reading.lexed.dialect);
    let Some(tokens) = tokens(&text, sql_dialect.as_ref(), reading.lexed.lexemes.len()) else { return Ok(()) };
    let mut parser = Parser::new(sql_dialect.as_ref()).with_options(options()).with_tokens_with_locations(tokens);
    let Ok(statements) = parser.parse_statements() else { return Ok(()) };
    if statements.len() != 1 {
        return Err(disagree());
    }
    let known = known_names(reading);
    let stranger = visit_relations(&statements, |relation| {
        let name = relation.0.last().and_then(|part| part.as_ident()).map(|it| it.value.to_ascii_lowercase());
        if name.is_some_and(|name| known.contains(&name)) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    if stranger.is_break() { Err(disagree()) } else { Ok(()) }
}

/// What `sqlparser` cuts the text into, without places: it tries each literal as a type first, and would write its place into
/// an error that nobody reads. `None` where it cannot.
fn tokens(text: &str, sql_dialect: &dyn SqlDialect, lexemes: usize) -> Option<Vec<TokenWithSpan>> {
    // A blank stands before most lexemes.
    let mut tokens = Vec::with_capacity(2 * lexemes);
    let mut tokenizer = Tokenizer::new(sql_dialect, text).with_unescape(options().unescape);
    tokenizer.tokenize_with_location_into_buf_with_mapper(&mut tokens, |it| TokenWithSpan::wrap(it.token)).ok()?;
    Some(tokens)
}

fn disagree() -> Refusal {
    Refusal::new(RefusalKind::NotUnderstood, "the statement can be read in two ways")
        .hint("write it more plainly: aliases with AS, brackets around joins")
}

/// Every name that ours took for a table, a query of WITH, a table function or an array.
fn known_names(reading: &Reading<'_>) -> HashSet<String> {
    let lexed = &reading.lexed;
    let name = |position: usize| lexed.get(position).map(|lexeme| lexed.name(lexeme).to_ascii_lowercase());
    let tables = reading.tables.iter().map(|table| table.table);
    let ctes = reading.cte_uses.iter().map(|cte| cte.name);
    let functions = reading.table_functions.iter().copied();
    // `ARRAY JOIN t.values`: the last part of the name.
    let is_dot = |position: usize| lexed.get(position).is_some_and(|it| it.kind == Kind::Symbol(Symbol::Dot));
    let last = |start: usize| (start..).step_by(2).find(|&part| !is_dot(part + 1)).unwrap_or(start);
    let arrays = reading.array_joins.iter().map(|&start| last(start));
    tables.chain(ctes).chain(functions).chain(arrays).filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::lex::{Author, lex};
    use crate::sql::limits::Limits;
    use crate::sql::read;

    /// `sqlparser` takes what stands behind ARRAY JOIN for a table or a table function.
    #[test]
    fn what_is_array_joined_is_no_table() {
        for statement in [
            "SELECT n FROM t ARRAY JOIN tags AS a",
            "SELECT n FROM t LEFT ARRAY JOIN arrayMap(x -> x, tags) AS a",
            "SELECT n FROM t ARRAY JOIN range(3) AS a, array(1, 2) AS b",
        ] {
            let limits = Limits::default();
            let lexed = lex(statement, Dialect::ClickHouse, &limits, Author::Person).unwrap();
            assert_eq!(agree(&read::statement(lexed, &limits).unwrap()), Ok(()), "{statement}");
        }
    }

    #[test]
    fn the_tokens_are_sqlparsers_own() {
        let text = "SELECT 'a''b', DATE '2026-01-31', \"q\".x -> 1.5 FROM t WHERE a[1] IN ('x', -2)";
        for sql_dialect in Dialect::ALL.map(dialect) {
            let own = Tokenizer::new(sql_dialect.as_ref(), text).with_unescape(false).tokenize().unwrap();
            let ours = tokens(text, sql_dialect.as_ref(), 1).unwrap();
            assert_eq!(ours.into_iter().map(|it| it.token).collect::<Vec<_>>(), own);
        }
    }

    fn without(statement: &str, missed: &str) -> Result<(), Refusal> {
        let limits = Limits::default();
        let lexed = lex(statement, Dialect::ClickHouse, &limits, Author::Person).unwrap();
        let mut reading = read::statement(lexed, &limits).unwrap();
        let lexed = reading.lexed.clone();
        reading.tables.retain(|table| lexed.get(table.table).is_none_or(|name| lexed.name(name) != missed));
        agree(&reading)
    }

    #[test]
    fn an_array_is_no_table_and_hides_none() {
        assert!(without("SELECT n FROM t ARRAY JOIN t.tags AS x, y", "").is_ok());
        assert!(without("SELECT n FROM t ARRAY JOIN tags WHERE n IN (SELECT n FROM missed)", "missed").is_err());
        // The array's name alone: not its alias, not the words behind it.
        assert!(without("SELECT n FROM missed ARRAY JOIN t.tags AS missed", "missed").is_err());
        assert!(without("SELECT n FROM missed ARRAY JOIN tags WHERE missed", "missed").is_err());
        assert!(without("SELECT n FROM missed ARRAY JOIN missed.tags AS a", "missed").is_err());
    }

    #[test]
    fn what_is_longer_than_it_may_be_is_read_once() {
        let statement = |links: usize| format!("SELECT n FROM missed WHERE 1{}", " + 1".repeat(links));
        assert!(without(&statement(2_045), "missed").is_err(), "4,096 lexemes");
        assert!(without(&statement(2_046), "missed").is_ok(), "4,098 lexemes");
    }

    #[test]
    fn what_would_be_read_over_and_over_is_read_once() {
        let nested = |deep: usize| format!("{}'a'{}", "Position(".repeat(deep), ", 'b')".repeat(deep));
        let statement = |what: &str| format!("SELECT {what} FROM missed WHERE {what} = {what}");
        assert!(without(&statement(&nested(3)), "missed").is_err());
        assert!(without(&statement(&nested(4)), "missed").is_ok(), "our reader stands alone");
        assert!(without(&statement(&nested(80)), "missed").is_ok());
        let other = nested(4).replace("Position", "lower");
        assert!(without(&statement(&other), "missed").is_err(), "only POSITION is read twice");
        // Side by side they double nothing.
        assert!(without(&statement(&["position(('a'), 'b')"; 9].join(" + ")), "missed").is_err());
    }

    /// Nothing is known that it takes for two statements; that it would be refused is.
    #[test]
    fn two_statements_are_refused() {
        let limits = Limits::default();
        let lexed = lex("SELECT n FROM t UNION SELECT n FROM t", Dialect::ClickHouse, &limits, Author::Person).unwrap();
        let mut reading = read::statement(lexed, &limits).unwrap();
        assert_eq!(agree(&reading), Ok(()));
        reading.lexed.lexemes[4].kind = Kind::Symbol(Symbol::Semicolon);
        assert_eq!(agree(&reading).map_err(|refusal| refusal.kind), Err(RefusalKind::NotUnderstood));
    }

    #[test]
    fn a_table_that_the_first_reader_missed_is_refused() {
        for dialect in Dialect::ALL {
            for statement in [
                "SELECT n FROM missed",
                "SELECT n FROM t, missed",
                "SELECT n FROM t UNION ALL SELECT n FROM d.missed",
                "SELECT n FROM t WHERE n IN (SELECT n FROM missed AS t)",
                "SELECT (SELECT max(n) FROM missed) FROM t",
                "WITH c AS (SELECT n FROM missed) SELECT n FROM c",
            ] {
                let limits = Limits::default();
                let lexed = lex(statement, dialect, &limits, Author::Person).unwrap();
                let mut reading = read::statement(lexed, &limits).unwrap();
                assert_eq!(agree(&reading), Ok(()), "{statement}");
                let lexed = reading.lexed.clone();
                reading.tables.retain(|table| lexed.get(table.table).is_none_or(|name| lexed.name(name) != "missed"));
                assert_eq!(
                    agree(&reading).map_err(|refusal| refusal.kind),
                    Err(RefusalKind::NotUnderstood),
                    "{statement}"
                );
            }
        }
    }
}
