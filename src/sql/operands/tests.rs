use super::*;
use crate::sql::lex::{Author, lex};
use crate::sql::{Dialect, Limits, read};

/// Asks about a statement; the answer is told in its words.
fn ask<T>(statement: &str, question: impl FnOnce(&Operands<'_, '_>) -> T) -> T {
    let limits = Limits::default();
    let reading =
        read::statement(lex(statement, Dialect::ClickHouse, &limits, Author::Person).unwrap(), &limits).unwrap();
    question(&Operands::of(&reading))
}

fn words(operands: &Operands<'_, '_>, range: Range<usize>) -> String {
    range.map(|at| operands.word(at)).collect::<Vec<_>>().join(" ")
}

/// The place of the first `=`.
fn sign(operands: &Operands<'_, '_>) -> usize {
    (0..).find(|&at| operands.is_symbol(at, S::Equal)).unwrap()
}

#[test]
fn an_operand_ends_where_the_next_one_begins() {
    for (condition, left, right) in [
        ("a = b", "a", "b"),
        ("x AND a.b = f(c, d) OR y", "a . b", "f ( c , d )"),
        ("f(a)[1] = {'k': 1}['k'] AND y", "f ( a ) [ 1 ]", "{ 'k' : 1 } [ 'k' ]"),
        ("(a, b) = (c, d)", "( a , b )", "( c , d )"),
        ("x AND {p:Int8} = 1", "{ p : Int8 }", "1"),
        ("f(x, a = b)", "a", "b"),
        ("[x, a = b]", "a", "b"),
        ("[a = b]", "a", "b"),
        ("{'k': a = b}['k']", "a", "b"),
        ("x != a = b != y", "a", "b"),
        ("x < a = b < y", "a", "b"),
        ("x > a = b > y", "a", "b"),
        ("x <= a = b <= y", "a", "b"),
        ("x >= a = b >= y", "a", "b"),
        ("x <=> a = b <=> y", "a", "b"),
        ("x ? a = b : y", "a", "b"),
        ("x ? y : a = b", "a", "b"),
        ("f(x -> a = b)", "a", "b"),
        ("a = b = c", "a", "b"),
        ("NOT a = b IS NULL", "a", "b"),
        ("a + INTERVAL 1 DAY = b - INTERVAL 2 hour", "a + INTERVAL 1 DAY", "b - INTERVAL 2 hour"),
        ("true = false", "true", "false"),
        ("a = b;", "a", "b"),
    ] {
        ask(&format!("SELECT 1 FROM t WHERE {condition}"), |operands| {
            let sign = sign(operands);
            let (before, behind) = (operands.left(sign), operands.right(sign));
            assert_eq!((&*words(operands, before), &*words(operands, behind)), (left, right), "{condition}");
        });
    }
    ask("SELECT a = b FROM t", |operands| assert_eq!(operands.left(2), 1..2));
}

#[test]
fn what_stands_in_brackets_is_stepped_over() {
    ask("SELECT f(a, b), [c, d], {'e': 1}, g FROM t", |operands| {
        let places: Vec<&str> = operands.top(1..21).map(|at| operands.word(at)).collect();
        assert_eq!(places, ["f", "(", ",", "[", ",", "{", ",", "g"]);
        let list = operands.list(2).into_iter().map(|range| words(operands, range));
        assert_eq!(list.collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(operands.close(2), 6);
        let (name, arguments) = operands.call(&(1..7)).unwrap();
        assert_eq!((&*name, arguments.len()), ("f", 2));
        assert!(operands.call(&(1..8)).is_none() && operands.call(&(2..7)).is_none());
        assert!(operands.is_bracketed(&(2..7)) && !operands.is_bracketed(&(2..8)) && !operands.is_bracketed(&(8..13)));
    });
    ask("SELECT now(), (a) FROM t", |operands| {
        assert_eq!(operands.list(2), Vec::<Range<usize>>::new());
        // `a (b)` would be a call, if `a` were a function's name.
        assert!(operands.call(&(4..8)).is_none());
    });
}

#[test]
fn a_query_begins_with_one_of_three_words() {
    ask("SELECT (SELECT 1), (WITH 1 AS x SELECT x), (FROM t SELECT 1), (a) FROM t", |operands| {
        let begins = |word: &str| (2..).find(|&at| operands.word(at) == word).map(|at| operands.is_query(at));
        assert_eq!(["SELECT", "WITH", "FROM", "a"].map(begins), [Some(true), Some(true), Some(true), Some(false)]);
    });
}
