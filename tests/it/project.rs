//! Projects of datafiles, served: ours, and folders from outside.

use std::path::{Path, PathBuf};

use crate::engines;
use crate::gateway::portcullis;
use crate::project_world::{Examined, Place, examine};

fn tell(name: &str, examined: &Examined) {
    let count = |what: &str, found: &[&str]| {
        let counted = examined.files.iter().filter(|file| file["what"] == what);
        counted.filter(|file| found.contains(&file["found"].as_str().unwrap_or_default())).count()
    };
    let all = |what: &str| examined.files.iter().filter(|file| file["what"] == what).count();
    eprintln!(
        "\n{name}: {} of {} data sources, {} of {} materialized pipes, {} of {} endpoints served",
        count("data source", &["made", "there"]),
        all("data source"),
        count("materialized pipe", &["made", "there"]),
        all("materialized pipe"),
        count("endpoint", &["served"]),
        all("endpoint"),
    );
    eprintln!(
        "  {} answered; {} calls as a tenant equal the tenant's own rows alone and the twin ({} have something to hide)",
        examined.answered.len(),
        examined.compared,
        examined.telling
    );
    for file in
        examined.files.iter().filter(|file| matches!(file["found"].as_str(), Some("refused" | "failed" | "differs")))
    {
        let line = file["line"].as_u64().map(|line| format!(":{line}")).unwrap_or_default();
        eprintln!(
            "  {} {}{line}: {}",
            file["found"].as_str().unwrap(),
            file["file"].as_str().unwrap(),
            file["why"].as_str().unwrap_or("")
        );
    }
    for (name, table) in &examined.open {
        eprintln!("  no filter narrows `{name}`: it reads `{table}`, which has no tenant's column");
    }
    for (name, said) in &examined.failed {
        eprintln!("  not answered `{name}`: {said}");
    }
    for wrong in &examined.wrong {
        eprintln!("  WRONG {wrong}");
    }
}

/// `cargo xtask project DIR…`: folders of other people's, which are not kept here.
#[test]
fn projects_from_outside() {
    let Ok(folders) = std::env::var("PORTCULLIS_TEST_PROJECTS") else { return };
    let Some(clickhouse) = engines::clickhouse() else { return };
    let mut wrong = Vec::new();
    for folder in folders.split('\n').filter(|folder| !folder.is_empty()).map(PathBuf::from) {
        let name = folder.display();
        let examined = examine(&folder, &Place::ClickHouse(clickhouse.clone()));
        tell(&name.to_string(), &examined);
        wrong.extend(examined.wrong.into_iter().map(|wrong| format!("{name}: {wrong}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Ours, in the folder `tests/data/project`: every feature that is served, and one of each that is not.
fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/project")
}

/// Nothing is wrong, and what was compared could have told.
fn sound(examined: &Examined, answered: &[&str], open: &[&str], least_telling: usize) {
    tell("ours", examined);
    assert!(examined.wrong.is_empty() && examined.failed.is_empty(), "{examined:#?}");
    assert_eq!(examined.answered.iter().map(String::as_str).collect::<Vec<_>>(), answered);
    assert_eq!(examined.open.keys().map(String::as_str).collect::<Vec<_>>(), open);
    assert!(examined.telling >= least_telling, "only {} of {} calls tell", examined.telling, examined.compared);
}

#[test]
fn our_project_on_clickhouse() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let examined = examine(&own(), &Place::ClickHouse(clickhouse));
    let answered = [
        "busiest",
        "by_page",
        "clean_visits",
        "named",
        "older",
        "one_visitor",
        "over_one_visitor",
        "per_day",
        "per_org",
        "titles",
    ];
    sound(&examined, &answered, &[], 10);
}

#[test]
fn our_project_on_the_embedded_engine() {
    let examined = examine(&own(), &Place::Embedded);
    let answered = ["busiest", "by_page", "named", "older", "one_visitor", "over_one_visitor", "per_org"];
    sound(&examined, &answered, &[], 6);
}

/// What the command says before anything is made, when it is made, and afterwards.
fn reports(upstream: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("gateway.yaml");
    std::fs::write(&config, format!("version: 1\nuntyped_pipes: endpoint\n{upstream}...\n")).unwrap();
    std::fs::write(folder.path().join("tokens.yaml"), "version: 1\ntokens: []\n...\n").unwrap();
    let run = |more: &[&str]| {
        let output = portcullis().arg("project").arg(own()).args(more).arg("--config").arg(&config).output().unwrap();
        assert_eq!(output.status.code(), Some(if more == ["--tokens"] { 0 } else { 3 }), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    [&[][..], &["--apply"], &[], &["--tokens"]].map(run).join("\n--------\n\n")
}

#[test]
fn the_report_on_clickhouse() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let database = clickhouse.fresh_database("project");
    let upstream =
        format!("upstream:\n  clickhouse:\n    endpoints: ['{}']\n    database: {database}\n", clickhouse.url);
    insta::assert_snapshot!(reports(&upstream));
    let made = clickhouse
        .run(&format!("SELECT replaceRegexpAll(create_table_query, 'portcullis [0-9a-f]+', 'portcullis …') FROM system.tables WHERE database = '{database}' ORDER BY name"));
    insta::assert_snapshot!("the_tables_on_clickhouse", made.replace(&database, "project"));
}

#[test]
fn the_report_on_the_embedded_engine() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.sqlite");
    std::fs::write(&file, "").unwrap();
    insta::assert_snapshot!(reports(&format!(
        "upstream:\n  embedded:\n    file: {}\n    writable: true\n",
        file.display()
    )));
}

/// What is there and is something else is told, and left as it is; so is a view that was made of another text.
#[test]
fn nothing_that_is_there_is_touched() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let database = clickhouse.fresh_database("project");
    for statement in [
        format!("CREATE TABLE {database}.visits (at DateTime, tenant_id String) ENGINE = MergeTree ORDER BY at"),
        format!("CREATE TABLE {database}.imported (tenant_id String, n Int64) ENGINE = MergeTree ORDER BY tenant_id"),
        format!("CREATE TABLE {database}.events (org_id Int32, event String) ENGINE = Log"),
        format!("INSERT INTO {database}.imported VALUES ('alpha', 7)"),
    ] {
        clickhouse.run(&statement);
    }
    let before = clickhouse.run(&format!(
        "SELECT name, create_table_query FROM system.tables WHERE database = '{database}' ORDER BY name"
    ));
    let upstream =
        format!("upstream:\n  clickhouse:\n    endpoints: ['{}']\n    database: {database}\n", clickhouse.url);
    let report = reports(&upstream);
    for said in [
        "differs     datasources/visits.datasource: the column `at` is `DateTime`, and the file says `DateTime64(3)`",
        "differs     datasources/imported.datasource: its sorting key is `tenant_id`, and the file says `n`",
        "differs     datasources/events.datasource: its engine is `Log`, and the file says `MergeTree`",
    ] {
        assert_eq!(report.matches(said).count(), 3, "{said}\n{report}");
    }
    let after = clickhouse.run(&format!("SELECT name, create_table_query FROM system.tables WHERE database = '{database}' AND name IN ('visits', 'imported', 'events') ORDER BY name"));
    assert_eq!(before, after);
    assert_eq!(clickhouse.run(&format!("SELECT * FROM {database}.imported")), "alpha\t7");
}

/// A view whose rows its target cannot take would have every insert into its source fail: it is not made.
#[test]
fn a_view_that_does_not_fit_its_target_is_not_made() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let database = clickhouse.fresh_database("project");
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    std::fs::create_dir(&project).unwrap();
    for (name, text) in [
        ("landing.datasource", "SCHEMA >\n    org_id Int32,\n    n Int64\n"),
        ("target.datasource", "SCHEMA >\n    org_id Int32,\n    total AggregateFunction(sum, Int64)\n"),
        ("stray.pipe", "NODE a\nSQL SELECT org_id, n AS other FROM landing\nTYPE materialized\nDATASOURCE target\n"),
        ("plain.pipe", "NODE a\nSQL SELECT org_id, n AS total FROM landing\nTYPE materialized\nDATASOURCE target\n"),
        ("itself.pipe", "NODE a\nSQL SELECT org_id, total FROM target\nTYPE materialized\nDATASOURCE target\n"),
        ("nothing.pipe", "NODE a\nSQL SELECT 1 AS org_id\nTYPE materialized\nDATASOURCE target\n"),
        (
            "reader.pipe",
            "NODE a\nSQL SELECT * FROM url('http://127.0.0.1:1/', LineAsString)\nTYPE materialized\nDATASOURCE target\n",
        ),
        ("formed.pipe", "NODE a\nSQL SELECT org_id FROM landing FORMAT JSON\nTYPE materialized\nDATASOURCE target\n"),
        (
            "good.pipe",
            "NODE a\nSQL SELECT org_id, sumState(n) AS total FROM landing GROUP BY org_id\nTYPE materialized\nDATASOURCE target\n",
        ),
    ] {
        std::fs::write(project.join(name), text).unwrap();
    }
    let config = folder.path().join("gateway.yaml");
    std::fs::write(
        &config,
        format!(
            "version: 1\nupstream:\n  clickhouse:\n    endpoints: ['{}']\n    database: {database}\n...\n",
            clickhouse.url
        ),
    )
    .unwrap();
    std::fs::write(folder.path().join("tokens.yaml"), "version: 1\ntokens: []\n...\n").unwrap();
    let output =
        portcullis().arg("project").arg(&project).arg("--apply").arg("--config").arg(&config).output().unwrap();
    let report = String::from_utf8_lossy(&output.stdout).into_owned();
    for (file, said) in [
        ("failed      stray.pipe", "it gives a column `other` that `target` does not have"),
        ("failed      plain.pipe", "AggregateFunction"),
        ("refused     itself.pipe", "it reads the data source that it fills"),
        ("refused     nothing.pipe", "no row that comes in could fill it"),
        ("refused     reader.pipe", "the table function `url` is not permitted"),
        ("refused     formed.pipe", "no FORMAT"),
        ("made        good.pipe", ""),
    ] {
        let line = report.lines().find(|line| line.starts_with(file)).unwrap_or_else(|| panic!("{file}: {report}"));
        assert!(line.contains(said), "{line}");
    }
    let views = clickhouse
        .run(&format!("SELECT name FROM system.tables WHERE database = '{database}' AND engine = 'MaterializedView'"));
    assert_eq!(views, "__pc_mv_good");
    clickhouse.run(&format!("INSERT INTO {database}.landing VALUES (1, 2), (1, 3), (2, 9)"));
    let sums = clickhouse
        .run(&format!("SELECT org_id, sumMerge(total) FROM {database}.target GROUP BY org_id ORDER BY org_id"));
    assert_eq!(sums, "1\t5\n2\t9");
}
