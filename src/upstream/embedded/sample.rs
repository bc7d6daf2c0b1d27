//! The sample: 5,000 web events of five organisations over June 2026, the same on every machine.
//!
//! Made from a fixed seed with whole numbers only, so that no platform's floating point can change a row.

use rusqlite::{Connection, Transaction, params};

const EVENTS: i64 = 5_000;
const SEED: u64 = 0x005E_ED0F_0C0D_2026;
/// 2026-06-01T00:00:00Z, in Unix seconds, and how long the sample lasts.
const FROM: u64 = 1_780_272_000;
const SECONDS: u64 = 30 * 86_400;

const SCHEMA: &str = "
CREATE TABLE organizations (org_id INTEGER PRIMARY KEY, name TEXT NOT NULL, plan TEXT NOT NULL);
CREATE TABLE events (
  id INTEGER PRIMARY KEY, timestamp TEXT NOT NULL, org_id INTEGER NOT NULL, user_id TEXT NOT NULL,
  session_id TEXT NOT NULL, action TEXT NOT NULL, path TEXT NOT NULL, country TEXT NOT NULL, device TEXT NOT NULL,
  duration_ms INTEGER NOT NULL, revenue REAL NOT NULL);
CREATE INDEX events_by_org ON events (org_id, timestamp);
CREATE TABLE events_quarantine (
  c__error_column TEXT NOT NULL, c__error TEXT NOT NULL, c__import_id TEXT, id TEXT, timestamp TEXT, org_id TEXT,
  user_id TEXT, session_id TEXT, action TEXT, path TEXT, country TEXT, device TEXT, duration_ms TEXT, revenue TEXT,
  insertion_date DATETIME_TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%S', 'now')));";

/// Name and plan, by `org_id` from 1; and each one's share of the events.
const ORGANIZATIONS: [(&str, &str); 5] =
    [("Acme", "enterprise"), ("Bluebird", "team"), ("Cobalt", "team"), ("Dahlia", "starter"), ("Ember", "free")];
const ORG_SHARES: [u64; 5] = [40, 25, 18, 12, 5];

const ACTIONS: [&str; 5] = ["view", "click", "search", "signup", "purchase"];
const ACTION_SHARES: [u64; 5] = [60, 22, 10, 3, 5];
const PATHS: [&str; 8] = ["/", "/pricing", "/docs", "/blog", "/features", "/login", "/cart", "/checkout"];
const PATH_SHARES: [u64; 8] = [30, 14, 18, 12, 10, 7, 5, 4];
const COUNTRIES: [&str; 10] = ["US", "DE", "GB", "FR", "ES", "IN", "BR", "JP", "CA", "NL"];
const COUNTRY_SHARES: [u64; 10] = [30, 13, 11, 9, 8, 9, 7, 5, 5, 3];
const DEVICES: [&str; 3] = ["desktop", "mobile", "tablet"];
const DEVICE_SHARES: [u64; 3] = [52, 42, 6];

/// Creates the tables and fills them.
pub(super) fn fill(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(SCHEMA)?;
    let mut dice = Dice(SEED);
    organizations(&transaction)?;
    events(&transaction, &mut dice)?;
    quarantine(&transaction, &mut dice)?;
    transaction.commit()
}

fn organizations(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare("INSERT INTO organizations (name, plan) VALUES (?1, ?2)")?;
    ORGANIZATIONS.iter().try_for_each(|(name, plan)| insert.execute(params![name, plan]).map(drop))
}

fn events(transaction: &Transaction<'_>, dice: &mut Dice) -> rusqlite::Result<()> {
    let sql = "INSERT INTO events VALUES (?1, strftime('%Y-%m-%dT%H:%M:%SZ', ?2, 'unixepoch'), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    let mut insert = transaction.prepare(sql)?;
    for id in 1..=EVENTS {
        let org = dice.weighted(&ORG_SHARES) + 1;
        let user = format!("u{org}-{:03}", dice.low(20 + 30 * (6 - org as u64)));
        let session = format!("{user}-s{}", dice.below(6));
        let action = dice.pick(&ACTIONS, &ACTION_SHARES);
        let path = if action == "purchase" { "/checkout" } else { dice.pick(&PATHS, &PATH_SHARES) };
        let cents = if action == "purchase" { 900 + 100 * dice.low(240) } else { 0 };
        insert.execute(params![
            id,
            moment(id, dice),
            org as i64,
            user,
            session,
            action,
            path,
            dice.pick(&COUNTRIES, &COUNTRY_SHARES),
            dice.pick(&DEVICES, &DEVICE_SHARES),
            (40 + dice.low(9_000)) as i64,
            cents as f64 / 100.0,
        ])?;
    }
    Ok(())
}

fn quarantine(transaction: &Transaction<'_>, dice: &mut Dice) -> rusqlite::Result<()> {
    let sql = "INSERT INTO events_quarantine (c__error_column, c__error, timestamp, org_id, action, insertion_date) VALUES \
               ('[\"org_id\"]', '[\"the value is not Int64\"]', strftime('%Y-%m-%dT%H:%M:%SZ', ?1, 'unixepoch'), ?2, 'view', \
               strftime('%Y-%m-%d %H:%M:%S', ?1, 'unixepoch'))";
    let mut insert = transaction.prepare(sql)?;
    for id in 1..=20 {
        let org = format!("org-{}", dice.below(9));
        insert.execute(params![moment(id * EVENTS / 20, dice), org])?;
    }
    Ok(())
}

/// Events come in order, evenly over the month, each within its own share of it.
fn moment(id: i64, dice: &mut Dice) -> i64 {
    let share = SECONDS / EVENTS as u64;
    (FROM + (id as u64 - 1) * share + dice.below(share)) as i64
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// Below the bound, and more often low than high: a long tail.
    fn low(&mut self, bound: u64) -> u64 {
        let ceiling = self.below(bound) + 1;
        self.below(ceiling)
    }

    /// An index, by shares.
    fn weighted(&mut self, shares: &[u64]) -> usize {
        let mut left = self.below(shares.iter().sum());
        let mut past = |share: &u64| {
            let passed = left >= *share;
            left = if passed { left - share } else { left };
            passed
        };
        shares.iter().take_while(|share| past(share)).count()
    }

    fn pick(&mut self, words: &[&'static str], shares: &[u64]) -> &'static str {
        words.get(self.weighted(shares)).copied().unwrap_or_default()
    }
}
