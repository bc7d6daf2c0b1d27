//! What hidden rows have a share in although no row of theirs is read: dictionaries, the types and paths that a column knows,
//! the number of all rows, the borders of blocks, and deletions. The twins have the same permitted rows; the second has
//! hidden ones too, on which functions fail.

use super::front::{Front, Told, Who};
use super::ground::Ground;
use super::{CertifyError, Check};

/// What every hidden row has in its texts. It is neither base64 nor a pattern.
const CANARY: &str = "(boom";

/// What is made in each twin; `{d}` is the database.
const TABLES: &[(&str, &str)] = &[
    ("shared", "MergeTree ORDER BY (cityHash64(n), n) SAMPLE BY cityHash64(n) SETTINGS index_granularity = 8"),
    ("remembered", "Memory"),
];

const COLUMNS: &str = "org_id Int64, n Int64, text String, word LowCardinality(String), maybe LowCardinality(Nullable(String)), \
    words Array(LowCardinality(String)), pair Tuple(a LowCardinality(String), b Int64), \
    decoded String ALIAS base64Decode(word), begins DateTime, ends DateTime";

const PIPES: &str = "  - { name: kept, sql: 'SELECT n, text, word, words FROM shared WHERE org_id = 1' }";

fn schema(database: &str, hidden: u32) -> Vec<String> {
    let mut statements = Vec::new();
    let rows = |org: u32, text: &str, number: u32| {
        format!(
            "SELECT {org}, number * 10, '{text}', '{text}', if(number % 2, '{text}', NULL), ['{text}'], ('{text}', 1), \
             toDateTime('2026-01-01') + number, toDateTime('2026-01-01') + number + 5 FROM numbers({number})"
        )
    };
    let names = "org_id, n, text, word, maybe, words, pair, begins, ends";
    for (table, engine) in TABLES {
        statements.push(format!("CREATE TABLE {database}.{table} ({COLUMNS}) ENGINE = {engine}"));
        let mut fill = format!("INSERT INTO {database}.{table} ({names}) {}", rows(1, "YQ==", 90));
        if hidden > 0 {
            fill.push_str(&format!(" UNION ALL {}", rows(2, CANARY, hidden)));
        }
        statements.push(fill);
    }
    // One part: only then do permitted and hidden rows share what a part has.
    statements.push(format!("OPTIMIZE TABLE {database}.shared FINAL"));
    statements
}

/// The same for columns whose values carry their types. Older releases have none.
fn open_schema(database: &str, hidden: u32) -> Vec<String> {
    let mut fill = format!(
        "INSERT INTO {database}.open SELECT 1, number, number::Dynamic, concat('{{\"a\":', toString(number), '}}')::JSON FROM numbers(90)"
    );
    if hidden > 0 {
        fill.push_str(&format!(
            " UNION ALL SELECT 2, number, if(number % 2, '{CANARY}'::Dynamic, [1]::Dynamic), \
             if(number % 2, '{{\"hid\": [1]}}', '{{\"a\": \"{CANARY}\"}}')::JSON FROM numbers({hidden})"
        ));
    }
    vec![
        format!(
            "CREATE TABLE {database}.open (org_id Int64, n Int64, value Dynamic, doc JSON) ENGINE = MergeTree ORDER BY n SETTINGS index_granularity = 8"
        ),
        fill,
        format!("OPTIMIZE TABLE {database}.open FINAL"),
    ]
}

/// How a class of statements must end, in both twins alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Well,
    Refused,
}

/// A class of statements: its name, who asks, the query string, how they end.
struct Class {
    name: &'static str,
    who: Who,
    target: &'static str,
    end: End,
    statements: &'static [&'static str],
}

const CLASSES: &[Class] = &[
    Class { name: "dictionaries", who: Who::Tenant, target: "/", end: End::Well, statements: DICTIONARIES },
    Class { name: "dictionaries of pipes", who: Who::Reader, target: "/", end: End::Well, statements: OF_PIPES },
    Class {
        name: "columns of pipes without names",
        who: Who::Reader,
        target: "/",
        end: End::Refused,
        statements: UNNAMED,
    },
    Class { name: "shares of all rows", who: Who::Tenant, target: "/", end: End::Well, statements: SHARES },
    Class { name: "numbers of all rows", who: Who::Tenant, target: "/", end: End::Refused, statements: NUMBERS },
    Class { name: "bounds on blocks", who: Who::Tenant, target: "/", end: End::Refused, statements: BOUNDS },
    Class {
        name: "blocks of Native",
        who: Who::Tenant,
        target: "/?max_block_size=16&default_format=Native",
        end: End::Well,
        statements: PLAIN,
    },
    Class {
        name: "bounds beside the statement",
        who: Who::Tenant,
        target: "/?max_result_bytes=4000",
        end: End::Refused,
        statements: PLAIN,
    },
    Class {
        name: "overflow beside the statement",
        who: Who::Tenant,
        target: "/?result_overflow_mode=break&max_result_rows=1",
        end: End::Refused,
        statements: PLAIN,
    },
    Class {
        name: "dictionaries of Arrow",
        who: Who::Tenant,
        target: "/?output_format_arrow_low_cardinality_as_dictionary=1&default_format=ArrowStream",
        end: End::Refused,
        statements: PLAIN,
    },
];

const OPEN_CLASSES: &[Class] = &[
    Class { name: "casts of open types", who: Who::Tenant, target: "/", end: End::Refused, statements: CASTS },
    Class { name: "open types by their texts", who: Who::Tenant, target: "/", end: End::Well, statements: TEXTS },
    Class {
        name: "open types in Native",
        who: Who::Tenant,
        target: "/?default_format=Native",
        end: End::Refused,
        statements: CARRIED,
    },
];

const DICTIONARIES: &[&str] = &[
    "SELECT max(base64Decode(word)) FROM {t}",
    "SELECT max(match('x', word)), max(match('x', maybe)) FROM {t}",
    "SELECT n FROM {t} AS e WHERE match('x', e.word) = 1 OR n < 40 ORDER BY n",
    "SELECT count() FROM {t} WHERE base64Decode(assumeNotNull(maybe)) = 'a'",
    "SELECT max(toFixedString(word, 4)) FROM {t}",
    "SELECT max(base64Decode(arrayJoin(words))) FROM {t}",
    "SELECT max(base64Decode(words[1])), max(base64Decode(pair.a)), max(base64Decode(pair.1)) FROM {t}",
    "SELECT max(base64Decode(toLowCardinality(text))) FROM {t}",
    "SELECT max(base64Decode(lower(upper(word)))) FROM {t}",
    "SELECT max(base64Decode(x)) FROM (SELECT word AS x FROM {t})",
    "WITH c (x) AS (SELECT word FROM {t}) SELECT max(base64URLDecode(x)) FROM c",
    "SELECT COLUMNS('^word$') APPLY(base64Decode) FROM {t} ORDER BY n",
    "SELECT max(base64Decode(a.word)) FROM {t} AS a JOIN {t} AS b ON a.n = b.n",
    "SELECT base64Decode(word) AS x, count() FROM {t} GROUP BY word ORDER BY x",
    "SELECT n FROM {t} WHERE n IN (SELECT n FROM {t} WHERE base64Decode(word) = 'a') ORDER BY n",
    "SELECT n, word, maybe, words, pair FROM {t} ORDER BY n FORMAT RowBinaryWithNamesAndTypes",
];

const OF_PIPES: &[&str] = &[
    "SELECT * FROM kept ORDER BY n",
    "SELECT max(base64Decode(word)) FROM kept",
    "SELECT max(base64Decode(k.word)) FROM kept AS k WHERE n > 5",
    "SELECT max(base64Decode(arrayJoin(words))) FROM (SELECT * FROM kept)",
];

const UNNAMED: &[&str] =
    &["SELECT * APPLY(base64Decode) FROM kept", "WITH c (x) AS (SELECT word FROM kept) SELECT base64Decode(x) FROM c"];

const SHARES: &[&str] =
    &["SELECT count() FROM shared SAMPLE 0.5", "SELECT count() FROM shared SAMPLE 1 / 4 OFFSET 1 / 2"];

const NUMBERS: &[&str] = &[
    "SELECT count() FROM shared SAMPLE 50",
    "SELECT count() FROM shared SAMPLE 3 / 2",
    "SELECT count() FROM shared SAMPLE 1 OFFSET 2",
    "SELECT decoded FROM shared",
    "SELECT runningConcurrency(begins, ends) FROM shared",
];

const BOUNDS: &[&str] = &[
    "SELECT n, count() FROM shared GROUP BY n SETTINGS max_rows_to_group_by = 5, group_by_overflow_mode = 'break'",
    "SELECT n, count() FROM shared GROUP BY n SETTINGS max_rows_to_group_by = 5, group_by_overflow_mode = 'any'",
    "SELECT count() FROM shared AS a JOIN shared AS b ON a.n = b.n SETTINGS max_rows_in_join = 5, join_overflow_mode = 'break'",
    "SELECT DISTINCT n FROM shared SETTINGS distinct_overflow_mode = 'break'",
    "SELECT n FROM shared SETTINGS result_overflow_mode = 'break', max_result_rows = 1",
    "SELECT n FROM shared SETTINGS max_result_bytes = 4000",
    "SELECT n FROM shared FORMAT ArrowStream",
];

const PLAIN: &[&str] = &["SELECT n FROM shared", "SELECT word FROM shared"];

const CASTS: &[&str] = &[
    "SELECT value::Int64 FROM open",
    "SELECT CAST(value, 'Int64') FROM open",
    "SELECT accurateCast(value, 'Int64') FROM open",
    "SELECT toInt64(doc.a) FROM open",
    "SELECT sum(open.doc.a::Int64) FROM open",
    "SELECT x::Date FROM (SELECT value AS x FROM open)",
    "SELECT value::Variant(Int64, String) FROM open",
];

const TEXTS: &[&str] = &[
    "SELECT toString(value)::Int64 AS x FROM open ORDER BY x",
    "SELECT value.Int64, doc.a.:Int64, dynamicType(value), toTypeName(value) FROM open ORDER BY n",
    "SELECT value, doc FROM open ORDER BY n FORMAT RowBinaryWithNamesAndTypes",
    "SELECT doc FROM open ORDER BY n FORMAT JSONEachRow",
];

const CARRIED: &[&str] =
    &["SELECT doc FROM open", "SELECT value FROM open LIMIT 3", "SELECT * FROM open", "SELECT max(doc) FROM open"];

/// Conditions of a deletion: some could fail on a hidden row and are refused, the others count own rows.
const DELETIONS: &[(&str, End)] = &[
    ("intDiv(1, n - 20) = 7", End::Refused),
    ("toUInt8(text) = 1", End::Refused),
    ("base64Decode(word) = 'a'", End::Refused),
    ("n = 20 or n = 30", End::Well),
    ("n between 100 and 300", End::Well),
    ("1 = 1", End::Well),
];

/// Questions over a wall as it would be without these rules: where the twins differ, there is something to keep.
const QUESTIONS: &[&str] = &[
    "SELECT max(base64Decode(word)) FROM view(SELECT * FROM {d}.shared AS t PREWHERE t.org_id = 1 LIMIT 9223372036854775807)",
    "SELECT max(match('x', word)) FROM view(SELECT * FROM {d}.remembered AS t WHERE t.org_id = 1 LIMIT 9223372036854775807)",
    "SELECT count() FROM view(SELECT * FROM {d}.shared AS t SAMPLE 50 PREWHERE t.org_id = 1)",
];

/// Makes the checks of what is shared.
///
/// # Errors
/// [`CertifyError`] when the twins cannot be made.
pub(super) async fn checks(ground: &Ground) -> Result<Vec<Check>, CertifyError> {
    let twins = [("few", 0), ("many", 900)];
    let mut names = Vec::new();
    for (role, hidden) in twins {
        names.push(ground.scratch(role, &|database| schema(database, hidden)).await?);
    }
    let mut has_open = true;
    for (name, (_, hidden)) in names.iter().zip(twins) {
        for statement in open_schema(name, hidden) {
            has_open = has_open && ground.run(&statement).await.is_ok();
        }
    }
    let mut fronts = Vec::new();
    for name in &names {
        fronts.push(Front::before(ground.database(name).await?, &["shared", "remembered", "open"], PIPES)?);
    }
    let [left, right] = fronts.as_slice() else { return Ok(Vec::new()) };
    let mut checks = Vec::new();
    if !has_open {
        tracing::warn!("this release has no Dynamic and JSON columns: nothing is said about them");
    }
    let open = if has_open { OPEN_CLASSES } else { &[] };
    for class in CLASSES.iter().chain(open) {
        checks.push(of_class(class, left, right).await);
    }
    checks.push(deletions(left, right).await);
    checks.push(power(ground, &names).await);
    drop(fronts);
    for name in &names {
        ground.drop_one(name).await;
    }
    Ok(checks)
}

async fn of_class(class: &Class, left: &Front, right: &Front) -> Check {
    let name = match class.end {
        End::Well => format!("twins: {}", class.name),
        End::Refused => format!("refused: {}", class.name),
    };
    let mut check = Check { name, compared: 0, wrong: Vec::new() };
    for statement in class.statements {
        let tables: &[(&str, &str)] = if statement.contains("{t}") { TABLES } else { &[("", "")] };
        for (table, _) in tables {
            let statement = statement.replace("{t}", table);
            let a = left.ask(class.who, class.target, "text/plain", &statement).await;
            let b = right.ask(class.who, class.target, "text/plain", &statement).await;
            compare(&mut check, &statement, class.end, [&a, &b]);
        }
    }
    check
}

/// Only counted or refused: nothing is removed.
async fn deletions(left: &Front, right: &Front) -> Check {
    let mut check = Check { name: "twins: conditions of deletions".to_owned(), compared: 0, wrong: Vec::new() };
    for (condition, end) in DELETIONS {
        let escaped: String = form_urlencoded::byte_serialize(condition.as_bytes()).collect();
        let dry = if *end == End::Well { "dry_run=true&" } else { "" };
        let form = format!("{dry}delete_condition={escaped}");
        let (kind, target) = ("application/x-www-form-urlencoded", "/v0/datasources/shared/delete");
        let a = left.ask(Who::Keeper, target, kind, &form).await;
        let b = right.ask(Who::Keeper, target, kind, &form).await;
        compare(&mut check, condition, *end, [&a, &b]);
    }
    check
}

fn compare(check: &mut Check, asked: &str, end: End, [a, b]: [&Told; 2]) {
    check.compared += 1;
    let as_it_must = match end {
        End::Well => a.status == 200,
        End::Refused => (400..500).contains(&a.status),
    };
    if a != b {
        check.wrong.push(format!("{asked}\n    {a}\n    {b}"));
    } else if !as_it_must {
        check.wrong.push(format!("ended otherwise than it must: {asked}\n    {a}"));
    }
    if a.tells(CANARY) || b.tells(CANARY) {
        check.wrong.push(format!("a hidden row: {asked}"));
    }
}

async fn power(ground: &Ground, names: &[String]) -> Check {
    let mut check = Check { name: "power: what hidden rows share".to_owned(), compared: 0, wrong: Vec::new() };
    let mut differ = 0;
    for question in QUESTIONS {
        let mut answers = Vec::new();
        for name in names {
            answers.push(ground.answer(&question.replace("{d}", name)).await.ok());
        }
        check.compared += 1;
        differ += usize::from(answers.windows(2).any(|pair| matches!(pair, [a, b] if a != b)));
    }
    if differ == 0 {
        check.wrong.push("none of the questions could have told".to_owned());
    }
    check
}
