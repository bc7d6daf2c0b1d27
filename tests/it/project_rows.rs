//! Rows for a project that nobody here has seen: plausible by the columns' types and names, of two tenants.

use serde_json::{Map, Value, json};

/// Names that a tenant's column has in public projects, the likeliest first. A row gives all of them its tenant.
pub(crate) const TENANTS: &[&str] = &[
    "tenant_id",
    "tenant",
    "workspace_id",
    "organization",
    "org_id",
    "org_name",
    "sub_property_id",
    "account_id",
    "customer_id",
    "username",
    "name",
    "player_id",
    "user_id",
    "ip_address",
    "service",
];

/// What is known of a project when its rows are made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vocabulary {
    /// Texts that the project's SQL compares a column with, by the column.
    literals: Vec<(String, Vec<String>)>,
    /// Every column of the project: an opaque text holds them all.
    columns: Vec<String>,
    /// Those of them that are numbers somewhere.
    numbers: Vec<String>,
    /// The moment of the newest row, in seconds since 1970.
    pub(crate) now: i64,
}

/// One of a project's columns.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) type_name: String,
}

impl Column {
    pub(crate) fn is_tenant(&self) -> bool {
        let bare = self.type_name.trim_start_matches("LowCardinality(").trim_start_matches("Nullable(");
        let plain = bare.starts_with("String") || bare.starts_with("Int") || bare.starts_with("UInt");
        plain && TENANTS.contains(&self.name.to_ascii_lowercase().as_str())
    }

    fn is_number(&self) -> bool {
        self.type_name.contains("Int")
    }

    /// The tenant's value in this column, as SQL.
    pub(crate) fn tenant(&self, tenant: u64) -> String {
        if self.is_number() { tenant.to_string() } else { format!("'{}'", text(tenant)) }
    }
}

/// A tenant's name.
pub(crate) fn text(tenant: u64) -> &'static str {
    if tenant == 1 { "alpha" } else { "beta" }
}

impl Vocabulary {
    pub(crate) fn new(all: &[Column], sql: &str, now: i64) -> Self {
        let names = |wanted: &dyn Fn(&&Column) -> bool| {
            let mut names: Vec<String> = all.iter().filter(wanted).map(|column| column.name.clone()).collect();
            names.sort();
            names.dedup();
            names
        };
        let (columns, numbers) = (names(&|_| true), names(&|column| column.is_number()));
        let literals = columns.iter().map(|column| (column.clone(), compared(column, sql))).collect();
        Self { literals, columns, numbers, now }
    }

    fn literals(&self, column: &str) -> &[String] {
        self.literals.iter().find(|(name, _)| name == column).map_or(&[], |(_, texts)| texts)
    }

    /// A row. Equal arguments give an equal row.
    pub(crate) fn row(&self, columns: &[Column], tenant: u64, number: u64) -> Value {
        let mut row = Map::new();
        for column in columns {
            row.insert(
                column.name.clone(),
                self.value(&column.name, &column.type_name, tenant, number, column.is_tenant()),
            );
        }
        Value::Object(row)
    }

    fn value(&self, name: &str, type_name: &str, tenant: u64, number: u64, is_tenant: bool) -> Value {
        let dice = scramble(name, tenant, number);
        let inner = |prefix: &str| type_name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(')'));
        for prefix in ["LowCardinality(", "Nullable("] {
            if let Some(inner) = inner(prefix) {
                return self.value(name, inner, tenant, number, is_tenant);
            }
        }
        if let Some(of) = inner("Array(") {
            let element = if of == "String" && name.contains("data") {
                json!(base64(&self.opaque(tenant, number)))
            } else {
                self.value(name, of, tenant, number, false)
            };
            return json!([element]);
        }
        if inner("Map(").is_some() {
            return json!({ "role": "user", "content": format!("c{}", dice % 7) });
        }
        let seconds = self.now - i64::try_from(number * 7_300 + dice % 60).unwrap_or_default();
        match type_name {
            "Date" | "Date32" => json!(date(seconds)),
            kind if kind.starts_with("DateTime64") => json!(format!("{}.{:03}", moment(seconds), dice % 1000)),
            kind if kind.starts_with("DateTime") => json!(moment(seconds)),
            "Bool" => json!(dice.is_multiple_of(2)),
            "UUID" => json!(format!("00000000-0000-4000-8000-{:012x}", dice % 9)),
            kind if kind.starts_with("Float") => json!((dice % 4000) as f64 / 8.0),
            kind if kind.starts_with("Int") || kind.starts_with("UInt") => match is_tenant {
                true => json!(tenant),
                false if kind.ends_with('8') => json!(dice % 2),
                false if name.contains("status") => json!([200, 200, 404, 500][usize::try_from(dice % 4).unwrap()]),
                false => json!(dice % 900),
            },
            _ if is_tenant => json!(text(tenant)),
            _ => json!(self.text(name, tenant, number, dice)),
        }
    }

    fn text(&self, name: &str, tenant: u64, number: u64, dice: u64) -> String {
        let lower = name.to_ascii_lowercase();
        let literals = self.literals(name);
        if ["payload", "properties", "metadata", "headers", "response"].contains(&lower.as_str()) {
            return self.opaque(tenant, number);
        }
        if !literals.is_empty() {
            return literals[usize::try_from(dice).unwrap_or_default() % literals.len()].clone();
        }
        match lower.as_str() {
            name if name.contains("url") || name.contains("href") => {
                format!("https://{}.example/p{}", text(tenant), dice % 6)
            }
            name if name.contains("agent") => "Mozilla/5.0 (iPhone) AppleWebKit Safari/604".to_owned(),
            name if name.contains("path") => format!("/p{}", dice % 6),
            // What names one thing names nobody else's: a view that groups by it keeps tenants apart.
            name if ["id", "number", "session", "sha"].iter().any(|part| name.contains(part)) => {
                format!("{name}_{}_{}", text(tenant), dice % 5)
            }
            name => format!("{name}_{}", dice % 5),
        }
    }

    /// A text that holds JSON with whatever a project may look for in it.
    fn opaque(&self, tenant: u64, number: u64) -> String {
        let mut members = Map::new();
        for column in &self.columns {
            let value = if TENANTS.contains(&column.to_ascii_lowercase().as_str()) {
                json!(text(tenant))
            } else {
                json!(format!("{column}_{}", scramble(column, tenant, number) % 4))
            };
            members.insert(column.clone(), value);
        }
        let dice = scramble("page", tenant, number) % 5;
        for (name, value) in [
            ("href", json!(format!("https://{}.example/p{dice}", text(tenant)))),
            ("pathname", json!(format!("/p{dice}"))),
            ("referrer", json!(format!("https://from{dice}.example/"))),
            (
                "user-agent",
                json!(["Mozilla/5.0 (iPhone) Safari/604", "Mozilla/5.0 (X11) Firefox/120"][usize::from(dice > 2)]),
            ),
            ("locale", json!("en-US")),
            ("location", json!(["US", "ES"][usize::from(dice > 1)])),
            ("domain", json!("shop.example")),
            ("name", json!(["LCP", "FCP", "CLS", "INP", "TTFB"][usize::try_from(dice).unwrap()])),
            ("value", json!(f64::from(u32::try_from(dice).unwrap()) * 700.5)),
            ("view_start", json!(moment(self.now - 7_300 * i64::try_from(number).unwrap()))),
            ("view_end", json!(moment(self.now - 7_300 * i64::try_from(number).unwrap() + 60))),
        ] {
            members.insert(name.to_owned(), value);
        }
        Value::Object(members).to_string()
    }

    /// A value for a parameter of that name and type.
    pub(crate) fn parameter(&self, name: &str, type_name: &str, default: Option<&str>, tenant: u64) -> String {
        let lower = name.to_ascii_lowercase();
        let day = 86_400;
        let ends = lower.ends_with("to") || lower.contains("end") || lower.contains("until") || lower.starts_with("to");
        let at = if ends { self.now + day } else { self.now - 4 * day };
        let kind = type_name.strip_prefix("Array(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(type_name);
        let given = default.filter(|default| !default.is_empty()).map(str::to_owned);
        let of_tenant = |known: &&str| **known == lower || (lower.len() > 3 && known.contains(lower.as_str()));
        let is_there = |known: &&str| self.columns.iter().any(|column| column.eq_ignore_ascii_case(known));
        if matches!(kind, "String" | "") && TENANTS.iter().filter(|known| is_there(known)).any(of_tenant) {
            return text(tenant).to_owned();
        }
        match kind {
            "Date" => date(at),
            "DateTime" | "DateTime64" => moment(at),
            "UUID" => "00000000-0000-4000-8000-000000000001".to_owned(),
            "Boolean" => "1".to_owned(),
            kind if kind.contains("Int") || kind.starts_with("Float") => given.unwrap_or_else(|| "1".to_owned()),
            "String" | "" if self.numbers.contains(&lower) => given.unwrap_or_else(|| "200".to_owned()),
            // A text that is compared as a moment.
            "String" | "" if lower.contains("date") => moment(at),
            _ => given.or_else(|| self.literals(name).first().cloned()).unwrap_or_else(|| format!("{lower}_1")),
        }
    }
}

/// The texts that a column is compared with: `column = 'a'`, `column IN ('a', 'b')`.
fn compared(column: &str, sql: &str) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for (at, _) in sql.match_indices(column) {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let whole = !sql[..at].ends_with(word) && !sql[at + column.len()..].starts_with(word);
        let rest = sql[at + column.len()..].trim_start();
        let upper = rest.get(..3).unwrap_or_default().to_ascii_uppercase();
        let rest = match rest {
            _ if !whole => continue,
            rest if rest.starts_with('=') => rest.trim_start_matches('='),
            rest if upper.starts_with("IN") => rest[2..].trim_start().trim_start_matches('('),
            _ => continue,
        };
        let Some(quoted) = rest.trim_start().strip_prefix('\'') else { continue };
        let Some((text, _)) = quoted.split_once('\'') else { continue };
        if !text.is_empty() && !text.contains(['\\', '{']) && !texts.iter().any(|known| known == text) {
            texts.push(text.to_owned());
        }
    }
    texts
}

/// A number that depends on nothing but its arguments (FNV-1a).
fn scramble(name: &str, tenant: u64, number: u64) -> u64 {
    let bytes = name.bytes().chain(tenant.to_le_bytes()).chain(number.to_le_bytes());
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    hash ^ (hash >> 29)
}

/// Howard Hinnant's `civil_from_days`.
fn date(seconds: i64) -> String {
    let days = seconds.div_euclid(86_400) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    format!("{:04}-{month:02}-{day:02}", year + era * 400 + i64::from(month <= 2))
}

fn moment(seconds: i64) -> String {
    let clock = seconds.rem_euclid(86_400);
    format!("{} {:02}:{:02}:{:02}", date(seconds), clock / 3_600, clock / 60 % 60, clock % 60)
}

fn base64(text: &str) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let sign = SIGNS[(bits >> (18 - 6 * place) & 63) as usize];
            out.push(if place <= chunk.len() { char::from(sign) } else { '=' });
        }
    }
    out
}

#[test]
fn rows_are_of_their_tenant_and_always_the_same() {
    assert_eq!(base64("light w"), "bGlnaHQgdw==");
    assert_eq!(moment(1_772_323_199), "2026-02-28 23:59:59");
    assert_eq!(date(951_782_400), "2000-02-29");
    assert_eq!(compared("level", "WHERE level = 'ERROR' OR level IN ('INFO') AND low_level = 'x'"), ["ERROR", "INFO"]);
    let column = |name: &str, type_name: &str| Column { name: name.to_owned(), type_name: type_name.to_owned() };
    let columns = [column("tenant_id", "String"), column("n", "UInt32"), column("at", "DateTime64(3)")];
    let vocabulary = Vocabulary::new(&columns, "", 1_772_323_199);
    let row = vocabulary.row(&columns, 1, 3);
    assert_eq!((row["tenant_id"].as_str(), &row), (Some("alpha"), &vocabulary.row(&columns, 1, 3)));
    assert_ne!(row["n"], vocabulary.row(&columns, 1, 4)["n"]);
}
