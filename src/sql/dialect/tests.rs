//! Which dialect has what.

use super::*;

use Dialect as D;

fn those_where(holds: impl Fn(Dialect) -> bool) -> Vec<Dialect> {
    Dialect::ALL.into_iter().filter(|dialect| holds(*dialect)).collect()
}

#[test]
fn what_an_expression_may_hold_is_the_dialects() {
    assert_eq!(those_where(|it| !it.has_arrays()), [D::Sqlite, D::Generic]);
    assert_eq!(those_where(|it| !it.has_cast_operator()), [D::Sqlite, D::Trino, D::Druid, D::Pinot]);
    assert_eq!(those_where(D::has_null_safe_equal), [D::ClickHouse, D::Tinybird, D::Sqlite, D::Generic]);
    assert_eq!(those_where(|it| !it.folds_names()), [D::ClickHouse, D::Tinybird, D::Druid]);
}

#[test]
fn a_query_of_the_gateways_has_a_wall_where_one_is_proven() {
    let walled = [D::ClickHouse, D::Tinybird, D::Sqlite, D::Generic];
    assert_eq!(those_where(|it| it.query_wall().is_some()), walled);
    assert_eq!(those_where(|it| it.query_wall().is_some_and(|(_, fence)| fence.is_empty())), [D::Generic]);
}

/// PREWHERE would show a version of a row that FINAL replaces.
#[test]
fn only_a_wall_of_parts_has_prewhere_and_only_an_open_one_no_fence() {
    let wall = |engine, whole, open| D::ClickHouse.wall(engine, whole, open);
    assert_eq!(wall(Engine::MergeTree, false, true), WallKind::ViewPrewhere);
    assert_eq!(wall(Engine::MergeTree, false, false), WallKind::ViewPrewhereFence);
    for (engine, whole, open) in
        [(Engine::MergeTree, true, true), (Engine::MergeTree, true, false), (Engine::Plain, false, true)]
    {
        assert_eq!(wall(engine, whole, open), WallKind::ViewFence, "{engine:?} {whole} {open}");
    }
}

#[test]
fn a_word_means_something_to_some_engines_only() {
    let clickhouse = [D::ClickHouse, D::Tinybird];
    assert_eq!(those_where(|it| !it.follows_table("pivot")), clickhouse);
    assert_eq!(those_where(|it| !it.is_value_word("current_date")), clickhouse);
    assert_eq!(those_where(|it| it.follows_table("x") || it.is_value_word("x") || it.is_engine_keyword("x")), []);
    assert_eq!(those_where(|it| it.is_engine_keyword("pragma")), [D::Sqlite]);
    assert_eq!(those_where(|it| it.is_engine_keyword("session_user")), [D::Generic]);
    assert_eq!(those_where(D::takes_values_at_in), [D::ClickHouse, D::Tinybird, D::DuckDb]);
    assert_eq!(those_where(|it| !it.brackets_at_in_hold_values()), [D::ClickHouse, D::Tinybird, D::Generic]);
    assert_eq!(those_where(D::has_number_words), clickhouse);
    assert_eq!(those_where(|it| !it.has_typed_literals()), [D::Sqlite]);
}

#[test]
fn a_type_is_of_listed_words_where_it_could_be_a_tables() {
    let unlisted = [D::ClickHouse, D::Tinybird, D::Sqlite];
    assert_eq!(those_where(|it| !it.lists_types()), unlisted);
    assert_eq!(those_where(|it| it.is_type_word("events")), unlisted);
    assert_eq!(those_where(|it| !it.is_type_word("VARCHAR")), []);
    assert_eq!(those_where(|it| it.is_type_word("long")), [D::ClickHouse, D::Tinybird, D::Sqlite, D::Pinot]);
}
