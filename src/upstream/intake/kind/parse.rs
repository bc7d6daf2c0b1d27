//! Reads a type's text. Nothing is guessed: a word that is not on the list is refused.

use super::Kind;
use crate::upstream::intake::is_plain_name;

/// The deepest nesting, and the most values of an enumeration and elements of a tuple.
const DEEPEST: usize = 8;
const MOST: usize = 1_000;

/// Which names are aggregates'; none where a state is no type.
type Aggregates<'a> = Option<&'a dyn Fn(&str) -> bool>;

/// Reads one type, to the end of the text.
pub(super) fn parse(text: &str, aggregates: Aggregates<'_>) -> Result<Kind, String> {
    let mut reader = Reader { rest: text };
    let state = aggregates.map(|is_aggregate| reader.state(is_aggregate)).transpose()?.flatten();
    let kind = match state {
        Some(kind) => kind,
        None => reader.kind(0)?,
    };
    reader.space();
    if reader.rest.is_empty() { Ok(kind) } else { Err(unknown(text)) }
}

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\n', '\t', '\r']);
    }

    fn take(&mut self, sign: char) -> bool {
        self.space();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, sign: char) -> Result<(), String> {
        if self.take(sign) { Ok(()) } else { Err(format!("a type lacks `{sign}`")) }
    }

    fn word(&mut self) -> &'t str {
        self.space();
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end).unwrap_or_default();
        self.rest = rest;
        word
    }

    fn number<N: std::str::FromStr>(&mut self) -> Result<N, String> {
        self.space();
        let negative = self.take('-');
        let word = self.word();
        let digits = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
        let text = if negative { format!("-{word}") } else { word.to_owned() };
        text.parse().ok().filter(|_| digits).ok_or_else(|| "a type holds a number that makes no sense".to_owned())
    }

    fn bracketed<N: std::str::FromStr>(&mut self) -> Result<N, String> {
        self.expect('(')?;
        let number = self.number()?;
        self.expect(')')?;
        Ok(number)
    }

    /// The state of an aggregate function, if the type is one: the function, its numbers, the types of its arguments.
    fn state(&mut self, is_aggregate: &dyn Fn(&str) -> bool) -> Result<Option<Kind>, String> {
        let before = self.rest;
        let word = self.word();
        if !matches!(word, "AggregateFunction" | "SimpleAggregateFunction") {
            self.rest = before;
            return Ok(None);
        }
        self.expect('(')?;
        let function = self.word();
        if !is_aggregate(function) {
            return Err(format!("`{function}` is no aggregate function that is permitted"));
        }
        let mut written = format!("{word}({function}");
        if self.take('(') {
            let (inside, rest) = self.rest.split_once(')').ok_or("a type lacks `)`")?;
            let numbers: Vec<&str> = inside.split(',').map(str::trim).collect();
            let plain = |number: &&str| number.len() <= 20 && number.parse().is_ok_and(f64::is_finite);
            if !numbers.iter().all(plain) {
                return Err("an aggregate's parameters in a type are numbers".to_owned());
            }
            written.push_str(&format!("({})", numbers.join(", ")));
            self.rest = rest;
        }
        let mut arguments = 0;
        while self.take(',') {
            written.push_str(&format!(", {}", self.kind(1)?));
            arguments += 1;
        }
        self.expect(')')?;
        if word == "SimpleAggregateFunction" && arguments != 1 {
            return Err("a SimpleAggregateFunction has one argument".to_owned());
        }
        Ok(Some(Kind::State(written + ")")))
    }

    /// A text in single quotes, with ClickHouse's plain escapes.
    fn text(&mut self) -> Result<String, String> {
        self.expect('\'')?;
        let mut text = String::new();
        let mut chars = self.rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '\'' => {
                    self.rest = self.rest.get(at + 1..).unwrap_or_default();
                    return Ok(text);
                }
                '\\' => match chars.next() {
                    Some((_, escaped @ ('\'' | '\\'))) => text.push(escaped),
                    _ => return Err("a type holds an escape that is not supported".to_owned()),
                },
                c if c.is_control() => return Err("a type holds a control character".to_owned()),
                c => text.push(c),
            }
        }
        Err("a type holds an unterminated text".to_owned())
    }

    fn zone(&mut self) -> Result<String, String> {
        let zone = self.text()?;
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'/' | b'+' | b'-');
        if zone.is_empty() || zone.len() > 64 || !zone.bytes().all(legal) {
            return Err("this is no time zone".to_owned());
        }
        Ok(zone)
    }

    fn kind(&mut self, depth: usize) -> Result<Kind, String> {
        if depth > DEEPEST {
            return Err("the type is nested too deeply".to_owned());
        }
        let word = self.word();
        let inner = |this: &mut Self| -> Result<Box<Kind>, String> {
            this.expect('(')?;
            let kind = this.kind(depth + 1)?;
            this.expect(')')?;
            Ok(Box::new(kind))
        };
        Ok(match word {
            "Int8" | "Int16" | "Int32" | "Int64" | "Int128" => Kind::Int(bits(word)),
            "UInt8" | "UInt16" | "UInt32" | "UInt64" | "UInt128" => Kind::UInt(bits(word)),
            "Float32" | "Float64" => Kind::Float(bits(word)),
            "Bool" | "Boolean" => Kind::Bool,
            "String" => Kind::Text,
            "UUID" => Kind::Uuid,
            "Date" => Kind::Date,
            "Date32" => Kind::Date32,
            "IPv4" => Kind::Ipv4,
            "IPv6" => Kind::Ipv6,
            "FixedString" => match self.bracketed()? {
                bytes @ 1..=1_000_000 => Kind::Fixed(bytes),
                _ => return Err("a FixedString has 1 to 1000000 bytes".to_owned()),
            },
            "Decimal" => {
                self.expect('(')?;
                let precision = self.number()?;
                let scale = if self.take(',') { self.number()? } else { 0 };
                self.expect(')')?;
                decimal(precision, scale)?
            }
            "Decimal32" => decimal(9, self.bracketed()?)?,
            "Decimal64" => decimal(18, self.bracketed()?)?,
            "Decimal128" => decimal(38, self.bracketed()?)?,
            "DateTime" if self.take('(') => {
                let zone = self.zone()?;
                self.expect(')')?;
                Kind::DateTime(Some(zone))
            }
            "DateTime" => Kind::DateTime(None),
            "DateTime64" => {
                self.expect('(')?;
                let digits: u8 = self.number()?;
                let zone = if self.take(',') { Some(self.zone()?) } else { None };
                self.expect(')')?;
                if digits > 9 {
                    return Err("a DateTime64 has 0 to 9 digits".to_owned());
                }
                Kind::DateTime64(digits, zone)
            }
            "Enum8" | "Enum16" => self.enumeration(bits(word))?,
            "Nullable" => {
                let kind = inner(self)?;
                if !kind.may_be_nullable() {
                    return Err("this type cannot be Nullable".to_owned());
                }
                Kind::Nullable(kind)
            }
            "LowCardinality" => {
                let kind = inner(self)?;
                let bare = if let Kind::Nullable(bare) = &*kind { bare } else { &kind };
                if !matches!(**bare, Kind::Text | Kind::Fixed(_) | Kind::Date | Kind::DateTime(_)) {
                    return Err("LowCardinality takes String, FixedString, Date or DateTime".to_owned());
                }
                Kind::LowCardinality(kind)
            }
            "Array" => Kind::Array(inner(self)?),
            "Map" => self.map(depth)?,
            "Tuple" => self.tuple(depth)?,
            _ => return Err(unknown(word)),
        })
    }

    fn enumeration(&mut self, bits: u16) -> Result<Kind, String> {
        self.expect('(')?;
        let mut values: Vec<(String, i16)> = Vec::new();
        loop {
            let name = self.text()?;
            let number = if self.take('=') {
                self.number()?
            } else {
                values.last().map_or(1, |(_, last)| last.saturating_add(1))
            };
            let twice = values.iter().any(|(known, value)| *known == name || *value == number);
            if twice || (bits == 8 && i8::try_from(number).is_err()) || values.len() >= MOST {
                return Err("an enumeration's values make no sense".to_owned());
            }
            values.push((name, number));
            if !self.take(',') {
                break;
            }
        }
        self.expect(')')?;
        Ok(Kind::Enum(bits, values))
    }

    fn map(&mut self, depth: usize) -> Result<Kind, String> {
        self.expect('(')?;
        let key = self.kind(depth + 1)?;
        self.expect(',')?;
        let value = self.kind(depth + 1)?;
        self.expect(')')?;
        let bare = if let Kind::LowCardinality(bare) = &key { bare } else { &key };
        if !matches!(bare, Kind::Text | Kind::Int(_) | Kind::UInt(_) | Kind::Uuid | Kind::Date) {
            return Err("a Map's key is a String, a whole number, a UUID or a Date".to_owned());
        }
        Ok(Kind::Map(Box::new(key), Box::new(value)))
    }

    fn tuple(&mut self, depth: usize) -> Result<Kind, String> {
        self.expect('(')?;
        let mut elements = Vec::new();
        loop {
            let before = self.rest;
            let word = self.word();
            self.space();
            // A name stands before a type, with nothing but space between.
            let named = self.rest.starts_with(|c: char| c.is_ascii_alphabetic()) && is_plain_name(word);
            if !named {
                self.rest = before;
            }
            elements.push((named.then(|| word.to_owned()), self.kind(depth + 1)?));
            if !self.take(',') {
                break;
            }
        }
        self.expect(')')?;
        let named = elements.iter().filter(|(name, _)| name.is_some()).count();
        let names: std::collections::HashSet<_> = elements.iter().filter_map(|(name, _)| name.as_ref()).collect();
        if elements.len() > MOST || (named != 0 && (named != elements.len() || names.len() != named)) {
            return Err("a Tuple names all of its elements, each once, or none".to_owned());
        }
        Ok(Kind::Tuple(elements))
    }
}

fn bits(word: &str) -> u16 {
    word.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or_default()
}

fn decimal(precision: u8, scale: u8) -> Result<Kind, String> {
    if (1..=38).contains(&precision) && scale <= precision {
        Ok(Kind::Decimal(precision, scale))
    } else {
        Err("a Decimal has 1 to 38 digits, and no more behind the point".to_owned())
    }
}

fn unknown(text: &str) -> String {
    let shown: String = text.chars().filter(|c| !c.is_control()).take(60).collect();
    format!("`{shown}` is no type that a column can be made of")
}
