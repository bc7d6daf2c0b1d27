//! Names: at the right of IN, of tables with aliases, of expressions, of the engine's own columns.

use super::*;

#[test]
fn a_name_at_in_is_a_table_where_it_can_be_nothing_else() {
    let plain = |statement: &str| beside_pipes(statement, &|_| None, false);
    for accepted in [
        "SELECT 1 FROM v WHERE n IN d",
        "SELECT 1 FROM v WHERE n IN e.t",
        // The other name at IN is no table of FROM, and what FROM has may have aliases of its own name.
        "SELECT 1 FROM v WHERE n IN d.t AND n IN d",
        "SELECT 1 FROM v, t AS t WHERE v.n IN d",
        // PREWHERE stays what it is where only the name at IN has a wall.
        "SELECT k FROM d PREWHERE k = 1 WHERE k IN t",
    ] {
        let rewritten = plain(accepted).unwrap_or_else(|refusal| panic!("{accepted}: {refusal}"));
        assert_eq!(rewritten.text.contains(" PREWHERE `k`"), accepted.contains("PREWHERE"), "{}", rewritten.text);
    }
    for refused in [
        "SELECT 1 FROM v WHERE n IN unknown",
        "SELECT 1 FROM d WHERE k IN d.t",
        "SELECT 1 FROM v AS d WHERE n IN d",
        "SELECT 1 AS d FROM v WHERE n IN d",
        "SELECT arrayMap(x -> 1, [1]) FROM v WHERE n IN d",
        "SELECT 1 FROM v WHERE n IN k",
    ] {
        assert!(plain(refused).is_err(), "{refused}");
    }
    // A name at IN is no table that a name of three parts could mean.
    let text = plain("SELECT d.t.n FROM v WHERE n IN t").unwrap().text;
    assert!(text.starts_with("SELECT `d`.`t`.`n` "), "{text}");
    assert!(plain("SELECT d.t.n FROM t").unwrap().text.starts_with("SELECT `t`.`n` "));
}

/// Behind a wall a table with an alias has the alias only.
#[test]
fn a_table_with_an_alias_is_not_called_by_its_own_name() {
    let plain = |statement: &str| beside_pipes(statement, &|_| None, false);
    assert_eq!(plain("SELECT t.n FROM t AS x").unwrap_err().kind, RefusalKind::NotAllowed);
    assert!(plain("SELECT t.n FROM t AS x, e.t AS t").is_ok(), "another table has that name");
    assert!(plain("SELECT t FROM t AS x").is_ok(), "it stands before no dot");
    assert!(plain("SELECT t.n FROM t AS x, unknown").is_ok(), "it could be a column of a table that is not known");
    let sqlite = |statement: &str| other_dialect(statement).map(|rewritten| rewritten.text);
    assert!(sqlite("SELECT t.n FROM t AS x").is_ok(), "other engines refuse it themselves");
}

#[test]
fn a_name_that_an_expression_has_is_no_walls() {
    let text = |statement: &str| beside_pipes(statement, &|_| None, false).unwrap().text;
    assert!(text("SELECT count() AS t FROM t").ends_with(" AS `__pc_a7`"));
    assert!(text("SELECT count() AS \"t\" FROM t").ends_with(" AS `__pc_a7`"));
    assert!(text("SELECT count() AS t, t.n FROM t").ends_with(" AS `t`"), "before a dot it is the table's");
    // A query of WITH keeps the alias that it is given.
    let with = text("WITH q AS (SELECT 1 AS n) SELECT count() AS q FROM q AS x");
    assert!(with.ends_with("FROM __pc_0 AS `x`"), "{with}");
    let with = text("WITH q AS (SELECT 1 AS n) SELECT count() AS q FROM q");
    assert!(with.ends_with("FROM __pc_0"), "{with}");
    // Elsewhere an alias of an expression and a table are two things.
    let sqlite = other_dialect("SELECT count(*) AS t FROM t").unwrap().text;
    assert!(sqlite.ends_with(" AS \"t\""), "{sqlite}");
}

#[test]
fn columns_that_clickhouse_makes_up_are_refused_on_clickhouse_alone() {
    let refused = |statement: &str| beside_pipes(statement, &|_| None, false).is_err();
    assert!(refused("SELECT _part FROM t") && refused("SELECT t._table FROM t"));
    assert!(!refused("SELECT 1 AS _part, _part FROM t"), "the statement has one of its own");
    assert!(other_dialect("SELECT _part FROM t").is_ok());
}
