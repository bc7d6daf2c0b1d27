use super::*;

const TOP: &str = "VERSION 2\nDESCRIPTION >\n    The busiest.\n\nTOKEN \"dashboard\" READ\nTAGS \"web\"\n\nNODE counted\nDESCRIPTION one line\nSQL >\n%\n    SELECT page, count() AS hits\n      FROM events\n\n    GROUP BY page\n\nNODE endpoint\nSQL SELECT * FROM counted\nTYPE endpoint\n";

#[test]
fn the_keywords_are_sorted() {
    assert!(KEYWORDS.is_sorted());
}

#[test]
fn a_file_is_read_and_written_back() {
    let file = parse(TOP).unwrap();
    assert_eq!(file.description, "The busiest.");
    assert_eq!(file.tokens, ["\"dashboard\" READ"]);
    assert_eq!(file.nodes[0].sql, "%\n    SELECT page, count() AS hits\n      FROM events\n\n    GROUP BY page");
    assert_eq!((file.nodes[0].line, file.nodes[1].line), (11, 18));
    assert_eq!(file.nodes[0].description, "one line");
    assert!(file.nodes[1].is_endpoint && !file.nodes[0].is_endpoint);
    let again = parse(&write(&file)).unwrap();
    assert_eq!(again.nodes[0].sql, file.nodes[0].sql);
    assert_eq!(again.nodes[1].name, "endpoint");
}

#[test]
fn what_cannot_be_served_says_why_and_where() {
    for (text, line, said) in [
        ("NODE a\nSQL SELECT 1\nTYPE materialized\nDATASOURCE x\n", Some(3), "a materialized pipe"),
        ("NODE a\nSQL SELECT 1\nTYPE COPY\nTARGET_DATASOURCE x\n", Some(3), "a copy pipe"),
        ("NODE a\nSQL SELECT 1\n", None, "no endpoint"),
        ("NODE a\nTYPE endpoint\n", None, "has no SQL"),
        ("DESCRIPTION nothing\n", None, "no node"),
        ("NODE a\nSQL SELECT 1\nTYPE endpoint\nFROBNICATE yes\n", Some(4), "`FROBNICATE` is no key"),
        ("NODE a\nSQL SELECT 1\nTYPE endpoint\nCOPY_SCHEDULE @once\n", Some(4), "pipe that writes"),
        ("NODE a\nSQL SELECT 1\nNODE a\nSQL SELECT 2\nTYPE endpoint\n", Some(3), "this name"),
        ("NODE a b\nSQL SELECT 1\nTYPE endpoint\n", Some(1), "letters"),
        ("INCLUDE \"x.incl\"\nNODE a\nSQL SELECT 1\nTYPE endpoint\n", Some(1), "includes"),
    ] {
        let reason = parse(text).unwrap_err();
        assert!(reason.message.contains(said) && reason.line == line, "{reason:?} for {said}");
    }
}

/// A prefix of a file has lost its last line, and so its endpoint.
#[test]
fn a_torn_file_is_not_served() {
    let whole = "NODE a\nSQL >\n    SELECT n FROM t WHERE org_id = 1\nTYPE endpoint\n";
    for length in 0..whole.len() - 1 {
        assert!(parse(&whole[..length]).is_err(), "{}", &whole[..length]);
    }
    assert!(parse(whole).is_ok());
}

/// Where files arrive whole, one without any TYPE publishes its last node; one that writes is none of them.
#[test]
fn the_last_node_of_an_older_file_is_its_endpoint() {
    let text = "NODE a\nSQL SELECT 1\nNODE b\nSQL SELECT 2\n";
    let endpoints = |file: Datafile| file.nodes.iter().map(|node| node.is_endpoint).collect::<Vec<_>>();
    assert_eq!(endpoints(parse_untyped(text, Untyped::Last).unwrap()), [false, true]);
    assert!(parse(text).is_err());
    let first = "NODE a\nSQL SELECT 1\nTYPE endpoint\nNODE b\nSQL SELECT 2\n";
    assert_eq!(endpoints(parse_untyped(first, Untyped::Last).unwrap()), [true, false]);
    assert!(parse_untyped("NODE a\nSQL SELECT 1\nTYPE sink\n", Untyped::Last).is_err());
}

#[test]
fn a_materialized_pipe_says_what_it_fills() {
    let any = |text: &str| parse_any(text, Untyped::Refused);
    let text = "NODE raw\nSQL SELECT 1 AS n\nNODE mv\nSQL SELECT n FROM raw\nTYPE MATERIALIZED\nDATASOURCE counts\nENGINE \"AggregatingMergeTree\"\nENGINE_SORTING_KEY \"n\"\n";
    let (file, purpose) = any(text).unwrap();
    assert_eq!(file.nodes.iter().map(|node| node.is_endpoint).collect::<Vec<_>>(), [false, true]);
    let Purpose::Materialized(target) = purpose else { panic!("{purpose:?}") };
    assert_eq!((target.datasource.as_str(), target.line), ("counts", 6));
    assert_eq!(target.engine["ENGINE_SORTING_KEY"], "n");
    assert_eq!(any("NODE a\nSQL SELECT 1\nTYPE copy\n").unwrap().1, Purpose::Other("copy".to_owned(), 3));
    for (text, said) in [
        ("NODE a\nSQL SELECT 1\nTYPE materialized\n", "which DATASOURCE"),
        ("NODE a\nSQL SELECT 1\nTYPE materialized\nDATASOURCE x\nDATASOURCE y\n", "two data sources"),
        ("NODE a\nSQL SELECT 1\nTYPE materialized\nDATASOURCE x\nTYPE endpoint\n", "not both"),
        ("NODE a\nSQL SELECT 1\nTYPE materialized\nDATASOURCE x\nCOPY_MODE append\n", "pipe that writes"),
        ("DATASOURCE x\nTYPE materialized\nNODE a\nSQL SELECT 1\n", "belongs to a NODE"),
    ] {
        let reason = any(text).unwrap_err();
        assert!(reason.message.contains(said), "{reason:?} for {said}");
    }
}
