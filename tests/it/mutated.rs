//! The properties of every text, over texts that are nearly statements: known bypasses, generated statements and filters,
//! with bytes and words changed, left out, doubled and mixed. The fuzz targets (`fuzz/`) hold the same properties.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::campaign::{self, Verdict};
use crate::generate::Dice;
use crate::generate::wide::{self, Purpose, Tongue};
use crate::properties::{self, words};

const FILTERS: &[&str] = &[
    "org_id = 1",
    "org_id IN (1, 2, 3) AND user_id != 'it''s'",
    "org_id = {{ org_id }} OR user_id = {{ name }}",
    "org_id IN {{ list }}",
    "NOT (n BETWEEN 1 AND 5) AND lower(user_id) LIKE 'a%'",
    "user_id IS NOT NULL AND (org_id = 1 OR n > -3)",
    "CASE WHEN n > 1 THEN 1 ELSE 0 END = 1",
    "CAST(n AS String) = '3'",
    "n + 1 = 3 and \"user_id\" = 'b'",
];

fn vectors() -> Vec<String> {
    let statement = |line: &str| {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        entry["sql"].as_str().unwrap().replace("d.ev", "ev")
    };
    include_str!("../data/vectors.jsonl").lines().map(statement).collect()
}

/// A statement that someone could have written.
fn seed_text(dice: &mut Dice, vectors: &[String], seed: u64) -> String {
    match dice.roll(5) {
        0 => vectors[dice.index(vectors.len())].clone(),
        1 => {
            let bytes: Vec<u8> = (0..dice.roll(40)).map(|_| u8::try_from(dice.roll(256)).unwrap()).collect();
            words::statement(&bytes)
        }
        2 => wide::statement(seed, Tongue::Sqlite, Purpose::Read).text,
        _ => wide::statement(seed, Tongue::ClickHouse, Purpose::Read).text,
    }
}

/// Changes a text in up to three places, sometimes in none.
fn mutate(text: &str, other: &str, dice: &mut Dice) -> String {
    let mut text = text.to_owned();
    for _ in 0..dice.roll(4) {
        let at = place(&text, dice);
        let end = place(&text, dice).max(at);
        let near = text[at..end].char_indices().nth(12).map_or(end, |(length, _)| at + length);
        match dice.roll(8) {
            0 => text.replace_range(at..near, ""),
            1 => text = format!("{}{}", &text[..near], &text[at..]),
            2 => text.insert_str(at, dice.pick(words::WORDS)),
            3 => text.insert_str(at, &format!(" {} ", dice.pick(words::WORDS))),
            4 => text.insert(at, char::from(u8::try_from(dice.roll(128)).unwrap())),
            5 => {
                let from = place(other, dice);
                text = format!("{}{}", &text[..at], &other[from..]);
            }
            6 => text = swap_words(&text, dice),
            _ => text.insert(at, ['\u{a0}', '\u{200b}', '\0', '\r', 'é', '\u{feff}', '\\', '\''][dice.index(8)]),
        }
    }
    text
}

fn place(text: &str, dice: &mut Dice) -> usize {
    let mut at = dice.index(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn swap_words(text: &str, dice: &mut Dice) -> String {
    let mut words: Vec<&str> = text.split(' ').collect();
    let (one, other) = (dice.index(words.len()), dice.index(words.len()));
    words.swap(one, other);
    words.join(" ")
}

/// The verdict of a property; a panic is one too.
fn verdict(text: &str, property: impl Fn(&str) -> Result<bool, String>) -> Verdict {
    let fails = |text: &str| match catch_unwind(AssertUnwindSafe(|| property(text))) {
        Ok(Ok(_)) => None,
        Ok(Err(why)) => Some(why),
        Err(_) => Some("it panics".to_owned()),
    };
    match catch_unwind(AssertUnwindSafe(|| property(text))) {
        Ok(Ok(true)) => Verdict::Proven,
        Ok(Ok(false)) => Verdict::Refused("refused".to_owned()),
        _ => {
            let short = campaign::shrink(text, &mut |text| fails(text).is_some());
            Verdict::Wrong(format!("{text:?}\n{}\nSHORTEST: {short:?}", fails(text).unwrap_or_default()))
        }
    }
}

#[test]
fn nearly_statements_are_refused_or_written_well() {
    let tally = campaign::run("mutated statements", campaign::seeds(15_000), vectors, |vectors, seed| {
        let mut dice = Dice::new(seed);
        let (text, other) = (seed_text(&mut dice, vectors, seed), seed_text(&mut dice, vectors, seed + 1));
        let text = mutate(&text, &other, &mut dice);
        properties::reads(&text);
        // Two dialects each: the first, which has the most grammar, and one of all in turn.
        let turn = properties::DIALECTS[usize::try_from(seed).unwrap() % properties::DIALECTS.len()];
        verdict(&text, |text| {
            let first = properties::rewrites_well_in(text, properties::DIALECTS[0])?;
            Ok(first | properties::rewrites_well_in(text, turn)?)
        })
    });
    // Most mutations are refused: some must not be, or nothing was looked at.
    tally.demand(15);
}

#[test]
fn nearly_filters_are_refused_or_compile_to_what_compiles_again() {
    let tally = campaign::run(
        "mutated filters",
        campaign::seeds(30_000),
        || (),
        |(), seed| {
            let mut dice = Dice::new(seed);
            let text = mutate(dice.pick(FILTERS), dice.pick(FILTERS), &mut dice);
            verdict(&text, properties::filter_compiles)
        },
    );
    tally.demand(15);
}

#[test]
fn bytes_are_refused_or_read() {
    let tally = campaign::run(
        "random words",
        campaign::seeds(30_000),
        || (),
        |(), seed| {
            let mut dice = Dice::new(seed);
            let bytes: Vec<u8> = (0..dice.roll(60)).map(|_| u8::try_from(dice.roll(256)).unwrap()).collect();
            verdict(&words::statement(&bytes), |text| {
                properties::reads(text);
                Ok(true)
            })
        },
    );
    tally.demand(100);
}

const SCOPES: &[&str] = &[
    "ADMIN",
    "TOKENS",
    "DATASOURCES:CREATE",
    "DATASOURCES:APPEND:events",
    "DATASOURCES:READ:events",
    "DATASOURCES:READ:db.events:ts > '2020-01-01 00:00:00' and n in (1, 2)",
    "PIPES:READ:top:org_id = 1",
    "PIPES:DROP:top",
];

#[test]
fn nearly_scopes_are_refused_or_mean_what_they_say() {
    let tally = campaign::run(
        "beside: scopes",
        campaign::seeds(30_000),
        || (),
        |(), seed| {
            let mut dice = Dice::new(seed);
            let text = mutate(dice.pick(SCOPES), dice.pick(SCOPES), &mut dice);
            verdict(&text, properties::scope::scope_means_what_it_says)
        },
    );
    tally.demand(15);
}

const PIPES: &[&str] = &[
    "% SELECT n FROM events WHERE org_id = {{ Int32(x, 1) }} AND user_id = {{ String(s) }}\x007\0b",
    "% SELECT n FROM events {% if defined(x) and x != 'a' %} WHERE user_id IN {{ Array(y, 'String') }} {% else %} WHERE n = {{ n }} {% end %}\0it's\0'",
    "% SELECT {{ column(c, 'n', enum=['n', 'm']) }} FROM events {# a note #} {% set z = 3 %} LIMIT {{ z }}\0m\0",
    "SELECT n FROM events\0x' OR 1=1 --\0\\",
];

#[test]
fn nearly_templates_are_refused_or_render_literals() {
    let tally = campaign::run(
        "beside: templates",
        campaign::seeds(6_000),
        || (),
        |(), seed| {
            let mut dice = Dice::new(seed);
            let text = mutate(dice.pick(PIPES), dice.pick(PIPES), &mut dice);
            verdict(&text, properties::pipe::renders_well)
        },
    );
    tally.demand(15);
}

const DATAFILES: &[&str] = &[
    include_str!("../data/project/endpoints/busiest.pipe"),
    include_str!("../data/project/endpoints/per_org.pipe"),
    include_str!("../data/project/materializations/daily.pipe"),
];

#[test]
fn nearly_datafiles_are_refused_or_stay_what_they_are() {
    let tally = campaign::run(
        "beside: datafiles",
        campaign::seeds(20_000),
        || (),
        |(), seed| {
            let mut dice = Dice::new(seed);
            let text = mutate(dice.pick(DATAFILES), dice.pick(DATAFILES), &mut dice);
            verdict(&text, properties::pipe::datafile_stays)
        },
    );
    tally.demand(15);
}

#[test]
fn nearly_token_files_are_refused_and_no_beginning_says_more() {
    let folder = || tempfile::tempdir().unwrap();
    let tally = campaign::run("beside: token files", campaign::seeds(1_000), folder, |folder, seed| {
        let mut dice = Dice::new(seed);
        let sample = properties::store::SAMPLE;
        let text = mutate(sample, sample, &mut dice);
        let changes: Vec<u8> = (0..6).map(|_| u8::try_from(dice.roll(256)).unwrap()).collect();
        if let Err(why) = properties::store::no_change_opens(&changes, folder.path()) {
            return Verdict::Wrong(why);
        }
        verdict(&text, |text| properties::store::no_beginning_says_more(text, folder.path()))
    });
    tally.demand(5);
}

#[test]
fn nearly_signed_values_are_none() {
    let tally = campaign::run(
        "beside: tokens",
        campaign::seeds(20_000),
        || (),
        |(), seed| {
            let mut dice = Dice::new(seed);
            let bytes: Vec<u8> = (0..dice.roll(11)).map(|_| u8::try_from(dice.roll(128)).unwrap()).collect();
            verdict(&properties::token::changed(&bytes), properties::token::verifies_what_was_signed)
        },
    );
    tally.demand(10);
}

/// Where a request's words part.
const JOINTS: &[&str] = &[" ", "\n", "\n\n", "&", "=", "?", "$T", "$B", "%20", "%00", ": ", "/", "token=", "q="];

fn encoded(statement: &str) -> String {
    percent_encoding::utf8_percent_encode(statement, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[test]
fn nearly_requests_are_answered_alike_whatever_is_hidden() {
    let samples: Vec<&str> = include_str!("../data/requests.txt").split("\n====\n").collect();
    let doors = || {
        let folder = tempfile::tempdir().unwrap();
        (properties::request::Doors::open(folder.path()), folder)
    };
    let tally = campaign::run("beside: requests", campaign::seeds(4_000), doors, |(doors, _folder), seed| {
        let mut dice = Dice::new(seed);
        let mut text = (*dice.pick(&samples)).to_owned();
        match dice.roll(3) {
            0 => text = mutate(&text, dice.pick(&samples), &mut dice),
            1 => text.insert_str(place(&text, &mut dice), dice.pick(JOINTS)),
            // Its statement, if it has one, is another.
            _ => {
                let other = wide::statement(seed, Tongue::Sqlite, Purpose::Read).text;
                let start = text.find("SELECT").or(text.find("WITH")).unwrap_or(text.len());
                let end = start + text[start..].find(['&', '\n', '"']).unwrap_or(text.len() - start);
                // A target has no room for these.
                let other = if start < text.find('\n').unwrap_or(text.len()) { encoded(&other) } else { other };
                text.replace_range(start..end, &other);
            }
        }
        verdict(&text, |text| doors.answer_alike(text))
    });
    // Most are refused by then; what stays has gone through every layer.
    tally.demand(10);
}
