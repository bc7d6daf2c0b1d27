//! The second reader: `sqlparser` reads the canonical text too.
//!
//! Where it can, every table it sees must be one that ours saw, or the query is refused: two readers disagree. Where it
//! cannot parse a construct of the dialect, ours stands alone. Its tree is never cloned, compared or printed: the derived
//! code recurses once per operator, and a chain of a few thousand would end the process.

use std::collections::HashSet;
use std::ops::ControlFlow;

use sqlparser::ast::{ObjectNamePart, visit_relations};
use sqlparser::dialect::{
    ClickHouseDialect, Dialect as SqlDialect, DuckDbDialect, GenericDialect, PostgreSqlDialect, SQLiteDialect,
};
use sqlparser::parser::{Parser, ParserOptions};

use super::dialect::Dialect;
use super::emit;
use super::lexeme::Kind;
use super::read::Reading;
use super::refusal::{Refusal, RefusalKind};

/// The longest statement that is read twice, in lexemes. Above it, dropping the second reader's tree could overflow a
/// 2 MiB stack; ours reads in loops and stands alone.
const LONGEST: usize = 4_096;

/// `sqlparser`'s name for a dialect.
pub(super) fn dialect(dialect: Dialect) -> Box<dyn SqlDialect> {
    match dialect {
        Dialect::ClickHouse => Box::new(ClickHouseDialect {}),
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
    if reading.lexed.lexemes.len() > LONGEST {
        return Ok(());
    }
    let text = emit::canonical(reading);
    let sql_dialect = dialect(reading.lexed.dialect);
    let parsed = Parser::new(sql_dialect.as_ref()).with_options(options()).try_with_sql(&text);
    let Ok(statements) = parsed.and_then(|mut parser| parser.parse_statements()) else { return Ok(()) };
    if statements.len() != 1 {
        return Err(disagree());
    }
    let known = known_names(reading);
    let stranger = visit_relations(&statements, |relation| {
        let name = match relation.0.last() {
            Some(ObjectNamePart::Identifier(identifier)) => identifier.value.to_ascii_lowercase(),
            Some(ObjectNamePart::Function(function)) => function.name.value.to_ascii_lowercase(),
            None => return ControlFlow::Break(()),
        };
        if known.contains(&name) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    if stranger.is_break() { Err(disagree()) } else { Ok(()) }
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
    let arrays = reading.array_joins.iter().flat_map(|&start| {
        // `ARRAY JOIN t.values`: the last part of the name.
        let parts = lexed.lexemes.get(start..).unwrap_or_default().iter();
        let length = parts
            .take_while(|lexeme| !matches!(lexeme.kind, Kind::Symbol(symbol) if symbol != super::lexeme::Symbol::Dot));
        start..start + length.count()
    });
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
    }

    #[test]
    fn what_is_longer_than_it_may_be_is_read_once() {
        let statement = |links: usize| format!("SELECT n FROM missed WHERE 1{}", " + 1".repeat(links));
        assert!(without(&statement(2_045), "missed").is_err(), "4,096 lexemes");
        assert!(without(&statement(2_046), "missed").is_ok(), "4,098 lexemes");
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
