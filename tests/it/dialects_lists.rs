//! The lists of functions against the engines themselves: each function that the engine has is permitted or refused by
//! name, and nothing else can be called in a way that the reader takes for a column.

use std::collections::BTreeSet;

use crate::dialects_world::Asker;

fn list(dialect: &str, file: &str) -> BTreeSet<String> {
    let path = format!("{}/src/sql/dialect/{dialect}/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("a list");
    let names = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    names.map(|line| line.split('\t').next().unwrap_or_default().to_owned()).collect()
}

/// The first column of the answer.
fn column(asker: &mut Asker, database: &str, statement: &str) -> BTreeSet<String> {
    let rows = asker.ask(database, statement).unwrap_or_else(|error| panic!("{statement}\n{error}"));
    let text = |row: String| serde_json::from_str::<Vec<String>>(&row).expect("a row of text").swap_remove(0);
    rows.into_iter().map(text).collect()
}

fn compare(dialect: &str, running: &BTreeSet<String>, grammar: &[&str]) {
    let (permitted, refused) = (list(dialect, "functions.txt"), list(dialect, "functions-refused.txt"));
    let both: Vec<_> = permitted.intersection(&refused).collect();
    assert!(both.is_empty(), "in both lists: {both:?}");
    let unjudged: Vec<_> =
        running.iter().filter(|name| !permitted.contains(*name) && !refused.contains(*name)).collect();
    assert!(unjudged.is_empty(), "in neither list: {unjudged:?}");
    let strangers: Vec<_> =
        permitted.iter().filter(|name| !running.contains(*name) && !grammar.contains(&name.as_str())).collect();
    assert!(strangers.is_empty(), "the engine has none: {strangers:?}");
}

#[test]
fn every_function_of_postgresql_is_judged() {
    let Some(mut asker) = Asker::start("postgres") else { return };
    if !column(&mut asker, "postgres", "SHOW server_version").iter().any(|version| version.starts_with("15.")) {
        return eprintln!("SKIPPED: the list is that of PostgreSQL 15");
    }
    let query = "SELECT DISTINCT proname::text FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^[a-z_][a-z0-9_]*$'";
    let running = column(&mut asker, "postgres", query);
    let grammar = [
        "cast",
        "coalesce",
        "nullif",
        "greatest",
        "least",
        "grouping",
        "trim",
        "current_date",
        "current_time",
        "current_timestamp",
        "localtime",
        "localtimestamp",
    ];
    compare("postgres", &running, &grammar);
}

/// `t.f` is `f(t)` where `t` has no column `f`: these are the functions that take a whole row, and none of them reads
/// anything but it. A function of the deployment's own that does is in `docs/dialects.md`.
#[test]
fn no_function_of_postgresqls_own_that_takes_a_row_reads_anything_else() {
    const OF_ROWS: &[&str] = &[
        "any_out",
        "anycompatible_out",
        "anycompatiblenonarray_out",
        "anyelement_out",
        "anynonarray_out",
        "array_agg",
        "concat",
        "count",
        "cume_dist",
        "dense_rank",
        "first_value",
        "hash_record",
        "json_agg",
        "json_build_array",
        "json_build_object",
        "jsonb_agg",
        "jsonb_build_array",
        "jsonb_build_object",
        "lag",
        "last_value",
        "lead",
        "mode",
        "num_nonnulls",
        "num_nulls",
        "percent_rank",
        "pg_collation_for",
        "pg_column_compression",
        "pg_column_size",
        "pg_typeof",
        "quote_literal",
        "quote_nullable",
        "rank",
        "record_out",
        "record_send",
        "row_to_json",
        "to_json",
        "to_jsonb",
    ];
    let Some(mut asker) = Asker::start("postgres") else { return };
    let query = "SELECT DISTINCT proname::text FROM pg_proc WHERE pronargs >= 1 AND pronargs - pronargdefaults <= 1 AND \
                 proargtypes[0]::regtype::text IN ('record', 'anyelement', '\"any\"', 'anynonarray', 'anycompatible', 'anycompatiblenonarray')";
    let running = column(&mut asker, "postgres", query);
    let strangers: Vec<_> = running.iter().filter(|name| !OF_ROWS.contains(&name.as_str())).collect();
    assert!(running.contains("row_to_json") && strangers.is_empty(), "{strangers:?}");
}

#[test]
fn every_function_of_duckdb_is_judged() {
    let Some(mut asker) = Asker::start("duckdb") else { return };
    let query = "SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE regexp_matches(lower(function_name), '^[a-z_][a-z0-9_]*$')";
    let running = column(&mut asker, "main", query);
    let grammar = [
        "cast",
        "coalesce",
        "ifnull",
        "grouping",
        "trim",
        "current_time",
        "current_timestamp",
        "localtime",
        "localtimestamp",
        "extract",
        "position",
        "overlay",
        "substring",
    ];
    compare("duckdb", &running, &grammar);
}

/// DataFusion cannot list its functions: each permitted one is called with nothing, and the engine must know its name.
#[test]
fn every_permitted_function_of_datafusion_is_the_engines() {
    const GRAMMAR: &[&str] = &["cast", "extract", "overlay", "position", "substring", "trim", "ceil", "floor"];
    let Some(mut asker) = Asker::start("datafusion") else { return };
    for name in list("datafusion", "functions.txt").iter().filter(|name| !GRAMMAR.contains(&name.as_str())) {
        let known = ["", " OVER ()"].iter().any(|over| {
            let answer = asker.ask("main", &format!("SELECT {name}(){over}"));
            answer.err().is_none_or(|error| !error.contains("Invalid function") && !error.contains("SQL error"))
        });
        assert!(known, "{name}");
    }
}
