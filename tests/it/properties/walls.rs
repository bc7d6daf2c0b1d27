//! Whether every table that a written text reads stands behind its wall, whole and with its filter.
//!
//! The text is walked from left to right with one frame a bracket. What may stand where a table may stand is a wall, a
//! query in brackets, one of the gateway's names, a table function of the list.

use portcullis::sql::Dialect;

use super::scan::{Token, scan};

/// What the walls of a text must be.
pub(crate) struct Walls<'a> {
    pub(crate) dialect: Dialect,
    /// The database of every table; nothing stands for any.
    pub(crate) database: &'a str,
    /// The filter as it must stand in each wall, its parts between spaces.
    pub(crate) filter: &'a str,
}

/// As one of the engines spells them, in small letters.
const TABLE_FUNCTIONS: &[&str] = &[
    "generate_series",
    "generateseries",
    "json_array_elements",
    "json_array_elements_text",
    "json_each",
    "json_each_text",
    "json_object_keys",
    "json_tree",
    "jsonb_array_elements",
    "jsonb_array_elements_text",
    "jsonb_each",
    "jsonb_each_text",
    "jsonb_object_keys",
    "numbers",
    "numbers_mt",
    "range",
    "regexp_split_to_table",
    "string_to_table",
    "unnest",
    "zeros",
    "zeros_mt",
];

/// How the functions begin that make dates and times of constants.
const OF_CONSTANTS: &[&str] =
    &["now", "today", "yesterday", "toDate", "toMonday", "toStartOf", "toInterval", "add", "subtract"];

const LIMIT: &str = "LIMIT 9223372036854775807";

const AFTER_FROM: &[&str] = &[
    "SELECT",
    "WHERE",
    "PREWHERE",
    "GROUP",
    "HAVING",
    "ORDER",
    "LIMIT",
    "WINDOW",
    "QUALIFY",
    "UNION",
    "INTERSECT",
    "EXCEPT",
    "OFFSET",
    "FETCH",
];

/// An open bracket, or the statement.
#[derive(Default)]
struct Frame {
    /// The function whose bracket it is.
    callee: String,
    /// A SELECT has been met whose FROM has not.
    selects: bool,
    /// A WITH has been met whose SELECT or FROM has not.
    with: bool,
    /// The words are those of FROM.
    in_from: bool,
    /// A table must come next.
    expects: bool,
    /// Commas part columns (USING, ARRAY JOIN), not tables.
    columns: bool,
}

impl Walls<'_> {
    /// Whether any value may stand at the right of IN.
    fn takes_values(&self) -> bool {
        matches!(self.dialect, Dialect::ClickHouse | Dialect::Tinybird)
    }

    /// Whether a name alone in brackets at the right of IN is a column's, as in standard SQL's list of values. ClickHouse reads a
    /// table there, and what engines behind the generic dialect read is not known.
    fn lists_columns(&self) -> bool {
        !self.takes_values() && self.dialect != Dialect::Generic
    }

    /// How many walls the text has.
    pub(crate) fn check(&self, text: &str) -> Result<usize, String> {
        // The gateway's own names begin otherwise there.
        let text = if self.dialect == Dialect::Tinybird { text.replace("__pv", "__pc") } else { text.to_owned() };
        let tokens = scan(&text, self.dialect)?;
        let mut frames = vec![Frame::default()];
        let (mut at, mut walls) = (0, 0);
        while let Some(token) = tokens.get(at) {
            let frame = frames.last_mut().ok_or("a bracket too many is closed")?;
            if std::mem::take(&mut frame.expects) {
                frame.in_from = true;
                if let Some(end) = self.wall(&tokens, at) {
                    walls += 1;
                    at = end;
                    continue;
                }
                // `FROM ARRAY JOIN [1] AS a`: no table at all.
                if self.dialect == Dialect::ClickHouse && begins_array_join(&tokens[at..]) {
                    frame.columns = true;
                    at += 1;
                    continue;
                }
                match token {
                    Token::Symbol('(') => {
                        let expects = !begins_query(tokens.get(at + 1));
                        frames.push(Frame { expects, ..Frame::default() });
                    }
                    Token::Word(name) if TABLE_FUNCTIONS.contains(&name.to_ascii_lowercase().as_str()) => {}
                    own if own.is_own() && !is_inner(own) => {}
                    other => return Err(format!("a table without a wall: {other:?} is token {at}")),
                }
                at += 1;
                continue;
            }
            match token {
                Token::Symbol('[' | '{') => frames.push(Frame::default()),
                Token::Symbol('(') => {
                    let callee = match at.checked_sub(1).and_then(|before| tokens.get(before)) {
                        Some(Token::Word(word)) => word.to_ascii_lowercase(),
                        _ => String::new(),
                    };
                    frames.push(Frame { callee, ..Frame::default() });
                }
                Token::Symbol(')' | ']' | '}') => {
                    frames.pop();
                }
                Token::Symbol(',') if frame.in_from && !frame.columns => frame.expects = true,
                Token::Word(word)
                    if word.eq_ignore_ascii_case("IN") && self.takes_values() && is_operand(&tokens[at + 1..]) => {}
                Token::Word(word)
                    if word.eq_ignore_ascii_case("IN")
                        && self.lists_columns()
                        && tokens.get(at + 1) == Some(&Token::Symbol('(')) => {}
                Token::Word(word) => step(frame, &tokens, at, &word.to_ascii_uppercase())?,
                name if is_inner(name) => {
                    return Err("a wall's own name stands outside a wall".to_owned());
                }
                _ => {}
            }
            at += 1;
        }
        if frames.len() == 1 { Ok(walls) } else { Err("the brackets do not match".to_owned()) }
    }

    /// One past the wall that begins there.
    fn wall(&self, tokens: &[Token], at: usize) -> Option<usize> {
        let mut rest = Cursor { tokens, at };
        match self.dialect {
            Dialect::ClickHouse => rest.words("view ( SELECT * FROM")?,
            Dialect::DuckDb => rest.words("( WITH RECURSIVE __pc_w AS ( SELECT * FROM")?,
            Dialect::Sqlite
            | Dialect::Postgres
            | Dialect::Trino
            | Dialect::Druid
            | Dialect::DataFusion
            | Dialect::Pinot
            | Dialect::Tinybird
            | Dialect::Generic => rest.words("( SELECT * FROM")?,
        }
        let table = self.full_name(&mut rest, None)?;
        rest.words("AS")?;
        // A sampled table has a name of its own.
        let own = match rest.peek()? {
            Token::Word(name) if name == "__pc_t" || name.starts_with("__pc_s") => name.clone(),
            _ => return None,
        };
        rest.at += 1;
        let _ = rest.words("FINAL");
        if rest.words("SAMPLE").is_some() != (own != "__pc_t") {
            return None;
        }
        if own != "__pc_t" {
            while matches!(rest.peek(), Some(Token::Number(_) | Token::Symbol('/' | '.')))
                || rest.peek().is_some_and(|token| token.is_word("OFFSET"))
            {
                rest.at += 1;
            }
        }
        let prewhere = self.dialect == Dialect::ClickHouse && rest.words("PREWHERE").is_some();
        if !prewhere {
            rest.words("WHERE")?;
        }
        rest.words("( (")?;
        rest.words(&self.filter.replace("__pc_t", &own))?;
        rest.words(") )")?;
        match self.dialect {
            Dialect::ClickHouse if rest.words(if prewhere { "WHERE" } else { "AND" }).is_some() => {
                rest.pruning(&own)?;
                rest.words(LIMIT)?;
            }
            Dialect::ClickHouse => rest.words(LIMIT).unwrap_or_default(),
            Dialect::Sqlite => rest.words("LIMIT - 1")?,
            Dialect::Trino | Dialect::DataFusion | Dialect::Tinybird => rest.words(LIMIT)?,
            Dialect::Druid | Dialect::Pinot | Dialect::Generic => {}
            Dialect::Postgres => {
                rest.words("UNION ALL SELECT * FROM")?;
                self.full_name(&mut rest, Some(&table))?;
                rest.words("AS __pc_t WHERE FALSE OFFSET 0")?;
            }
            Dialect::DuckDb => {
                rest.words("UNION ALL SELECT * FROM __pc_w WHERE FALSE ) SELECT * FROM __pc_w")?;
                rest.words(LIMIT)?;
            }
        }
        rest.words(") AS")?;
        rest.name(None)?;
        Some(rest.at)
    }

    /// A table with its database, and which it is.
    fn full_name(&self, rest: &mut Cursor<'_>, table: Option<&str>) -> Option<String> {
        if !matches!(self.dialect, Dialect::Generic | Dialect::Tinybird) {
            let parts =
                if self.database.is_empty() { vec![None] } else { self.database.split('.').map(Some).collect() };
            for part in parts {
                rest.name(part)?;
                rest.words(".")?;
            }
        }
        let Some(Token::Name(name)) = rest.peek().cloned() else { return None };
        rest.name(table)?;
        Some(name)
    }
}

/// Whether it is the name that a table has inside its wall only.
fn is_inner(token: &Token) -> bool {
    matches!(token, Token::Word(name) | Token::Name(name) if ["__pc_t", "__pc_w"].contains(&name.as_str()) || name.starts_with("__pc_s"))
}

fn begins_query(token: Option<&Token>) -> bool {
    token.is_some_and(|token| ["SELECT", "WITH", "FROM", "VALUES"].iter().any(|word| token.is_word(word)))
}

/// `e + v`, `d.e || v`, `e[1]`, `e::T`, `(e).1`: where IN takes values, an operator that binds tighter makes a value of the name
/// (26.7).
fn is_operand(tokens: &[Token]) -> bool {
    let tighter = |token: &Token| match token {
        Token::Symbol(symbol) => "+-*/%[|:".contains(*symbol),
        other => other.is_word("DIV") || other.is_word("MOD"),
    };
    match tokens {
        [Token::Name(_), Token::Symbol('.'), rest @ ..] => is_operand(rest),
        [Token::Name(_), operator, ..] => tighter(operator),
        [Token::Symbol('('), Token::Name(_), Token::Symbol(')'), operator, ..] => {
            *operator == Token::Symbol('.') || tighter(operator)
        }
        _ => false,
    }
}

fn begins_array_join(tokens: &[Token]) -> bool {
    let side = tokens.first().is_some_and(|token| token.is_word("LEFT") || token.is_word("INNER"));
    let rest = &tokens[usize::from(side)..];
    matches!(rest, [array, join, ..] if array.is_word("ARRAY") && join.is_word("JOIN"))
}

/// What a word changes.
fn step(frame: &mut Frame, tokens: &[Token], at: usize, word: &str) -> Result<(), String> {
    let before = |back: usize, word: &str| {
        at.checked_sub(back).and_then(|place| tokens.get(place)).is_some_and(|token| token.is_word(word))
    };
    // `.from` and `from.` are names, and so is what stands behind AS.
    let is_name = before(1, "AS") || at > 0 && tokens.get(at - 1) == Some(&Token::Symbol('.'));
    if is_name {
        return Ok(());
    }
    match word {
        word if ["__PC_T", "__PC_W"].contains(&word) || word.starts_with("__PC_S") => {
            return Err("a wall's own name stands outside a wall".to_owned());
        }
        "SELECT" => {
            frame.selects = true;
            frame.with = false;
            frame.in_from = false;
        }
        "FROM" => {
            let is_distinct = before(1, "DISTINCT") && (before(2, "IS") || before(2, "NOT"));
            let first = at == 0
                || before(1, "ALL")
                || before(1, "DISTINCT")
                || before(1, "UNION")
                || before(1, "EXCEPT")
                || before(1, "INTERSECT")
                || matches!(tokens.get(at - 1), Some(Token::Symbol('(' | ')')));
            let is_tables = frame.selects || frame.with || (first && frame.callee != "trim");
            let is_function = ["extract", "substring", "trim", "position", "overlay"].contains(&frame.callee.as_str());
            let is_filled = before(1, "FILL");
            if is_tables && !is_distinct && !is_filled && (frame.selects || !is_function) {
                frame.expects = true;
                frame.columns = false;
                frame.selects = false;
                frame.with = false;
            }
        }
        "WITH" if at == 0 || matches!(tokens.get(at - 1), Some(Token::Symbol('('))) => frame.with = true,
        "WITH" if ["ALL", "DISTINCT", "UNION", "EXCEPT", "INTERSECT"].iter().any(|word| before(1, word)) => {
            frame.with = true;
        }
        "JOIN" => {
            frame.columns = before(1, "ARRAY");
            frame.expects = !frame.columns;
        }
        "USING" => frame.columns = !matches!(tokens.get(at + 1), Some(Token::Symbol('('))),
        "IN" if frame.callee != "position" => right_of_in(tokens, at)?,
        word if AFTER_FROM.contains(&word) => frame.in_from = false,
        _ => {}
    }
    Ok(())
}

/// No bare name at the right of IN: an engine would read a table there.
fn right_of_in(tokens: &[Token], at: usize) -> Result<(), String> {
    let bracketed = tokens.get(at + 1) == Some(&Token::Symbol('('));
    let place = if bracketed { at + 2 } else { at + 1 };
    let alone = !bracketed || tokens.get(place + 1) == Some(&Token::Symbol(')'));
    match tokens.get(place) {
        Some(token @ (Token::Name(_) | Token::Word(_))) if alone && !token.is_own() => {
            let called = tokens.get(place + 1) == Some(&Token::Symbol('('));
            let constant = ["NULL", "TRUE", "FALSE", "INF", "NAN"].iter().any(|word| token.is_word(word));
            let goes_on = ["CASE", "NOT", "INTERVAL", "DATE"].iter().any(|word| token.is_word(word));
            if called || constant || goes_on { Ok(()) } else { Err(format!("{token:?} stands at the right of IN")) }
        }
        _ => Ok(()),
    }
}

struct Cursor<'t> {
    tokens: &'t [Token],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    /// Goes over all of these, parted by spaces, or over none.
    fn words(&mut self, words: &str) -> Option<()> {
        let mut at = self.at;
        for word in words.split_whitespace() {
            let same = match self.tokens.get(at)? {
                Token::Word(own) => own == word,
                Token::Name(own) => own == word,
                Token::Number(own) => own == word,
                Token::Text(own) => word.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) == Some(own),
                Token::Symbol(own) => word.chars().eq([*own]),
            };
            if !same {
                return None;
            }
            at += 1;
        }
        self.at = at;
        Some(())
    }

    /// Goes over what is written for the index: columns of the wall's own table, constants, signs; each condition of a column.
    fn pruning(&mut self, own: &str) -> Option<()> {
        let mut depth = 0;
        let (mut columns, mut conditions) = (0, 1);
        while depth > 0 || !self.peek()?.is_word("LIMIT") {
            match self.peek()?.clone() {
                Token::Symbol('(') => depth += 1,
                Token::Symbol(')') if depth > 0 => depth -= 1,
                Token::Symbol('=' | '<' | '>' | '+' | '-' | ',') | Token::Number(_) | Token::Text(_) => {}
                Token::Word(word) if word == own => {
                    self.at += 1;
                    self.words(".")?;
                    self.name(None)?;
                    columns += 1;
                    continue;
                }
                Token::Word(word) if word == "AND" || word == "OR" => conditions += 1,
                Token::Word(word) if word == "IN" => {}
                Token::Word(function) if OF_CONSTANTS.iter().any(|start| function.starts_with(start)) => {
                    self.at += 1;
                    self.words("(")?;
                    depth += 1;
                    continue;
                }
                _ => return None,
            }
            self.at += 1;
        }
        (columns == conditions).then_some(())
    }

    fn name(&mut self, name: Option<&str>) -> Option<()> {
        match self.peek()? {
            Token::Name(own) if name.is_none_or(|name| name == own) => {
                self.at += 1;
                Some(())
            }
            _ => None,
        }
    }
}
