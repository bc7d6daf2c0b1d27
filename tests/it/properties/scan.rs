//! A scan of what the gateway wrote, by other code than the gateway's own: it knows only what the gateway may write.

use portcullis::sql::Dialect;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A bare word: a keyword, a function, outside ClickHouse a name.
    Word(String),
    /// A quoted name.
    Name(String),
    /// A string, as written, quotes left out.
    Text(String),
    Number(String),
    Symbol(char),
}

impl Token {
    /// Whether it is that word, in any case.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(own) if own.eq_ignore_ascii_case(word))
    }

    /// Whether it is one of the gateway's own names.
    pub(crate) fn is_own(&self) -> bool {
        matches!(self, Self::Word(name) | Self::Name(name) if name.starts_with("__pc"))
    }
}

/// Cuts the text, or says why it is none of the gateway's: a comment, a control character, a character outside ASCII, a
/// string without an end.
pub(crate) fn scan(text: &str, dialect: Dialect) -> Result<Vec<Token>, String> {
    let characters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&character) = characters.get(at) {
        let next = characters.get(at + 1).copied().unwrap_or('\0');
        match (character, next) {
            ('-', '-') | ('/', '*') | ('/', '/') | ('#', _) => return Err(format!("a comment at {at}")),
            (' ', ' ') => return Err(format!("two spaces at {at}")),
            (' ', _) => at += 1,
            ('\'', _) => {
                let (value, end) = string(&characters, at, dialect == Dialect::ClickHouse)?;
                if dialect == Dialect::ClickHouse && value.chars().any(|c| c.is_control() && c.is_ascii()) {
                    return Err(format!("a control character in the string at {at}"));
                }
                tokens.push(Token::Text(value));
                at = end;
            }
            ('"' | '`', _) => {
                let length = characters[at + 1..].iter().position(|&c| c == character).ok_or("a quote is open")?;
                let name: String = characters[at + 1..at + 1 + length].iter().collect();
                if !name.chars().all(|c| (' '..='~').contains(&c)) {
                    return Err(format!("a strange name at {at}"));
                }
                tokens.push(Token::Name(name));
                at += length + 2;
            }
            // A string with a backslash, for PostgreSQL.
            ('E', '\'') if dialect == Dialect::Postgres => {
                let (value, end) = string(&characters, at + 1, true)?;
                tokens.push(Token::Text(value));
                at = end;
            }
            _ if character.is_ascii_alphanumeric() || character == '_' => {
                let word: String =
                    characters[at..].iter().take_while(|c| c.is_ascii_alphanumeric() || **c == '_').collect();
                at += word.len();
                tokens.push(if character.is_ascii_digit() { Token::Number(word) } else { Token::Word(word) });
            }
            _ if character.is_ascii_punctuation() => {
                tokens.push(Token::Symbol(character));
                at += 1;
            }
            _ => return Err(format!("the character {character:?} at {at}")),
        }
    }
    Ok(tokens)
}

fn string(characters: &[char], start: usize, escapes: bool) -> Result<(String, usize), String> {
    let mut value = String::new();
    let mut at = start + 1;
    loop {
        match (characters.get(at), characters.get(at + 1)) {
            (Some('\\'), Some(escaped)) if escapes => {
                value.extend(['\\', *escaped]);
                at += 2;
            }
            (Some('\''), Some('\'')) => {
                value.push_str("''");
                at += 2;
            }
            (Some('\''), _) => return Ok((value, at + 1)),
            (Some(c), _) => {
                value.push(*c);
                at += 1;
            }
            (None, _) => return Err("a string is open".to_owned()),
        }
    }
}
