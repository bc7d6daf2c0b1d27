//! Functions of SQLite whose cost grows as the product of two lengths: `trim` of a megabyte by a megabyte takes an hour.
//!
//! Nothing can stop a function while it runs: the clock is looked at between two steps, and a function is one. So each of
//! these has another in front of it: between plain texts it does the work itself, in a time that grows with one length; of
//! everything else it refuses what would take long, and asks SQLite's own on a connection without a database.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::functions::{Context, FunctionFlags, SubType};
use rusqlite::limits::Limit;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Error, ffi};

/// How many steps one call may take: tenths of a second.
const MOST_STEPS: usize = 1 << 26;

/// The most characters that are trimmed without a look at the bound.
const FEW: usize = 64;

/// What the JSON functions know each other's texts by (`JSON_SUBTYPE` in its json.c).
const JSON: SubType = Some(74);

/// Name, number of arguments, and the mark of a text that it gives. The two lengths are those of its first two arguments.
const BOUNDED: [(&str, usize, SubType); 8] = [
    ("instr", 2, None),
    ("json_patch", 2, JSON),
    ("jsonb_patch", 2, None),
    ("ltrim", 2, None),
    ("replace", 3, None),
    ("rtrim", 2, None),
    ("trim", 2, None),
    ("unhex", 2, None),
];

/// What a function gave. A text of SQLite's need not be UTF-8.
enum Given {
    Text(Vec<u8>),
    Blob(Vec<u8>),
    Int(i64),
    Real(f64),
    Null,
}

/// Puts the bounds on a connection.
pub(super) fn bound(connection: &Connection) -> rusqlite::Result<()> {
    let longest = connection.limit(Limit::SQLITE_LIMIT_LENGTH)?;
    let most = usize::try_from(longest).unwrap_or(0);
    let own = Connection::open_in_memory()?;
    own.set_limit(Limit::SQLITE_LIMIT_LENGTH, longest)?;
    let own = Arc::new(Mutex::new(own));
    // An index, a view or a generated column of the file may call them.
    let pure = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    for (name, arguments, mark) in BOUNDED {
        let flags = if mark.is_some() { pure | FunctionFlags::SQLITE_RESULT_SUBTYPE } else { pure };
        let (own, text) = (Arc::clone(&own), format!("SELECT {name}({})", vec!["?"; arguments].join(", ")));
        let call = move |context: &mut Context<'_>| {
            let given = match quick(context, name, most) {
                Some(given) => given,
                None => call(context, &own, &text)?,
            };
            let mark = if matches!(given, Given::Text(_)) { mark } else { None };
            Ok((given, mark))
        };
        connection.create_scalar_function(name, i32::try_from(arguments).unwrap_or(-1), flags, call)?;
    }
    Ok(())
}

/// What the function gives for texts that are UTF-8 and hold no NUL; `None` where SQLite is to say it.
fn quick(context: &Context<'_>, name: &str, most: usize) -> Option<Given> {
    let plain = |position| match context.get_raw(position) {
        ValueRef::Text(bytes) if !bytes.contains(&0) => std::str::from_utf8(bytes).ok(),
        _ => None,
    };
    let (one, two) = (plain(0)?, plain(1)?);
    let few = || two.chars().nth(FEW).is_none();
    let listed = |character: char| two.contains(character);
    let given = match name {
        "instr" => {
            let before = one.find(two).map(|at| one.get(..at).unwrap_or_default().chars().count());
            return Some(Given::Int(before.map_or(0, |before| i64::try_from(before).unwrap_or(i64::MAX - 1) + 1)));
        }
        "replace" if two.is_empty() => plain(2).map(|_| one.to_owned())?,
        "replace" => {
            let three = plain(2)?;
            let found = one.matches(two).count();
            let longer = found.saturating_mul(three.len()).saturating_add(one.len());
            if longer > most { None } else { Some(one.replace(two, three)) }?
        }
        "trim" if few() => one.trim_matches(listed).to_owned(),
        "ltrim" if few() => one.trim_start_matches(listed).to_owned(),
        "rtrim" if few() => one.trim_end_matches(listed).to_owned(),
        _ => return None,
    };
    Some(Given::Text(given.into_bytes()))
}

fn call(context: &Context<'_>, own: &Mutex<Connection>, text: &str) -> rusqlite::Result<Given> {
    if length(context.get_raw(0)).saturating_mul(length(context.get_raw(1))) > MOST_STEPS {
        let message = "the first two arguments of a function are too long for each other";
        return Err(Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_TOOBIG), Some(message.to_owned())));
    }
    let own = own.lock().unwrap_or_else(PoisonError::into_inner);
    let mut statement = own.prepare(text)?;
    for position in 0..context.len() {
        statement.raw_bind_parameter(position + 1, ToSqlOutput::Borrowed(context.get_raw(position)))?;
    }
    let mut rows = statement.raw_query();
    let row = rows.next()?.ok_or(Error::QueryReturnedNoRows)?;
    Ok(match row.get_ref(0)? {
        ValueRef::Text(text) => Given::Text(text.to_vec()),
        ValueRef::Blob(blob) => Given::Blob(blob.to_vec()),
        ValueRef::Integer(number) => Given::Int(number),
        ValueRef::Real(number) => Given::Real(number),
        ValueRef::Null => Given::Null,
    })
}

/// In bytes; a number is short as a text.
fn length(value: ValueRef<'_>) -> usize {
    match value {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.len(),
        ValueRef::Integer(_) | ValueRef::Real(_) => 32,
        ValueRef::Null => 0,
    }
}

impl ToSql for Given {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Text(text) => ValueRef::Text(text),
            Self::Blob(blob) => ValueRef::Blob(blob),
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Null => ValueRef::Null,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair and triple of odd values gives what SQLite's own function gives, its type and its mark included.
    #[test]
    fn a_bounded_function_gives_what_the_engines_own_gives() {
        let (bounded, own) = (Connection::open_in_memory().unwrap(), Connection::open_in_memory().unwrap());
        bound(&bounded).unwrap();
        let odd = [
            "NULL",
            "''",
            "0",
            "-1.50",
            "9e999",
            "'aXbXa'",
            "'X'",
            "'é→é'",
            "'→'",
            "x''",
            "x'58'",
            "x'c3a9ff58'",
            "CAST(x'ff58c3' AS TEXT)",
            "'a' || char(0) || 'X'",
            "'{\"a\":1,\"X\":{\"b\":[1]}}'",
            "jsonb('{\"X\":null,\"c\":2}')",
            "'58 59'",
            "' '",
            "1e15",
        ];
        let shown = |connection: &Connection, call: &str| {
            let text = format!("SELECT typeof({call}), hex({call}), json_array({call})");
            let row = connection.query_row(&text, [], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get_ref(2)?.as_bytes()?.to_vec()))
            });
            row.map_err(|error| error.to_string().replace(&text, ""))
        };
        let mut compared = 0;
        for (name, arguments, _) in BOUNDED {
            for (one, two) in odd.iter().flat_map(|one| odd.iter().map(move |two| (one, two))) {
                for three in odd.iter().take(if arguments == 3 { odd.len() } else { 1 }) {
                    let more = if arguments == 3 { format!(", {three}") } else { String::new() };
                    let call = format!("{name}({one}, {two}{more})");
                    assert_eq!(shown(&bounded, &call), shown(&own, &call), "{call}");
                    compared += 1;
                }
            }
        }
        assert_eq!(compared, odd.len() * odd.len() * (7 + odd.len()));
    }

    /// A file's own index and generated column may call them.
    #[test]
    fn a_schema_may_call_a_bounded_function() {
        let connection = Connection::open_in_memory().unwrap();
        bound(&connection).unwrap();
        connection.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false).unwrap();
        let schema = "CREATE TABLE t (a, b AS (trim(a, 'x'))); CREATE INDEX i ON t (replace(a, 'x', 'y')); \
                      INSERT INTO t VALUES ('xax')";
        connection.execute_batch(schema).unwrap();
        let found = "SELECT b FROM t INDEXED BY i WHERE replace(a, 'x', 'y') = 'yay'";
        assert_eq!(connection.query_row(found, [], |row| row.get::<_, String>(0)).unwrap(), "a");
    }
}
