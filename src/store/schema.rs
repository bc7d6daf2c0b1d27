//! The shape of a tokens file, as people write it. Nothing here has a meaning yet; `compile` gives it one.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};
use serde_yaml::Spanned;

use crate::sql::filter::Literal;
use crate::token::moment::Moment;

/// A tokens file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokensFile {
    pub(super) version: Spanned<u32>,
    /// How many parts stand beside it, at least; only in the managed file.
    pub(super) parts: Option<usize>,
    pub(super) roles: Option<BTreeMap<String, Spanned<Role>>>,
    pub(super) tokens: Option<Vec<Spanned<Token>>>,
    pub(super) issuers: Option<Vec<Spanned<super::issuer::schema::Issuer>>>,
}

/// Scopes that many tokens share, with parameters that each token binds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Role {
    #[serde(rename = "comment")]
    pub(super) _comment: Option<String>,
    pub(super) parameters: Option<BTreeMap<String, ParameterType>>,
    pub(super) scopes: Vec<Spanned<ScopeEntry>>,
}

/// One token.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Token {
    pub(super) name: Spanned<String>,
    #[serde(rename = "comment")]
    pub(super) _comment: Option<String>,
    pub(super) id: Option<Spanned<String>>,
    pub(super) digest: Option<Spanned<String>>,
    pub(super) role: Option<Spanned<String>>,
    pub(super) roles: Option<Vec<Spanned<String>>>,
    pub(super) with: Option<BTreeMap<String, Spanned<Value>>>,
    pub(super) scopes: Option<Vec<Spanned<ScopeEntry>>>,
    pub(super) limits: Option<TokenLimits>,
    pub(super) expires: Option<When>,
    pub(super) previous: Option<Previous>,
    pub(super) description: Option<String>,
    pub(super) origin: Option<String>,
    pub(super) resource_id: Option<String>,
    pub(super) created: Option<When>,
    pub(super) updated: Option<When>,
}

/// The id that a token had before, and until when that one counts too.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Previous {
    pub(super) id: Spanned<String>,
    pub(super) until: When,
}

/// A moment: RFC 3339, or Unix seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct When(pub(super) Moment);

/// What one token may use up.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenLimits {
    pub(super) requests_per_second: Option<NonZeroU32>,
}

/// A scope: Tinybird's text, or the structured form.
#[derive(Debug)]
pub(super) enum ScopeEntry {
    Text(String),
    Structured(Box<StructuredScope>),
}

/// One of the verbs, and for a read how far it reaches.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StructuredScope {
    pub(super) read: Option<String>,
    pub(super) read_pipe: Option<String>,
    pub(super) append: Option<String>,
    pub(super) drop: Option<String>,
    pub(super) drop_pipe: Option<String>,
    /// `all`, or a filter. Required for a read: all rows are said, never implied.
    pub(super) rows: Option<Value>,
}

/// A value bound to a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value(pub(super) Literal);

/// The type of a parameter: `Int`, `Text`, `Bool`, or a list of one, `[Int]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ParameterType {
    pub(super) list: bool,
    pub(super) of: Kind,
}

/// A type of single values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Int,
    Text,
    Bool,
}

impl ParameterType {
    /// Whether the value is of this type. A list is never empty: `IN ()` means nothing good anywhere.
    pub(super) fn accepts(self, value: &Literal) -> bool {
        match value {
            Literal::List(items) => self.list && !items.is_empty() && items.iter().all(|item| self.of.accepts(item)),
            one => !self.list && self.of.accepts(one),
        }
    }

    /// Some value of this type, to check a role with that no token uses yet.
    pub(super) fn sample(self) -> Literal {
        let one = self.of.sample();
        if self.list { Literal::List(vec![one]) } else { one }
    }
}

impl Kind {
    fn accepts(self, value: &Literal) -> bool {
        matches!(
            (self, value),
            (Self::Int, Literal::Int(_)) | (Self::Text, Literal::Text(_)) | (Self::Bool, Literal::Bool(_))
        )
    }

    fn parse<E: de::Error>(text: &str) -> Result<Self, E> {
        match text {
            "Int" => Ok(Self::Int),
            "Text" => Ok(Self::Text),
            "Bool" => Ok(Self::Bool),
            _ => Err(E::custom(format!("unknown type `{text}`; the types are Int, Text, Bool, [Int] and [Text]"))),
        }
    }
}

impl fmt::Display for ParameterType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.list { write!(f, "[{:?}]", self.of) } else { write!(f, "{:?}", self.of) }
    }
}

// These visitors read straight from the parser, without a buffer in between: an untagged enum would lose the places.

impl<'de> Deserialize<'de> for ScopeEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entry;
        impl<'de> Visitor<'de> for Entry {
            type Value = ScopeEntry;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a scope such as `DATASOURCES:READ:events`, or `read: events` with `rows:`,")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<ScopeEntry, E> {
                Ok(ScopeEntry::Text(text.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ScopeEntry, A::Error> {
                StructuredScope::deserialize(MapAccessDeserializer::new(map))
                    .map(|scope| ScopeEntry::Structured(Box::new(scope)))
            }
        }
        deserializer.deserialize_any(Entry)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Scalar;
        impl<'de> Visitor<'de> for Scalar {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number, a text, a truth value or a list of them")
            }
            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
                Ok(Value(Literal::Bool(value)))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
                Ok(Value(Literal::Int(value.into())))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
                Ok(Value(Literal::Int(value.into())))
            }
            fn visit_i128<E: de::Error>(self, value: i128) -> Result<Value, E> {
                Ok(Value(Literal::Int(value)))
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
                Ok(Value(Literal::Text(value.to_owned())))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
                let mut items = Vec::new();
                while let Some(Value(item)) = seq.next_element()? {
                    if matches!(item, Literal::List(_)) {
                        return Err(de::Error::custom("a list of lists is no value"));
                    }
                    items.push(item);
                }
                Ok(Value(Literal::List(items)))
            }
        }
        deserializer.deserialize_any(Scalar)
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = When;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a moment, such as `2027-01-31T12:00:00Z` or Unix seconds,")
            }
            fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<When, E> {
                self.visit_str(&seconds.to_string())
            }
            fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<When, E> {
                self.visit_str(&seconds.to_string())
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<When, E> {
                text.parse().map(When).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Text)
    }
}

impl<'de> Deserialize<'de> for ParameterType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl<'de> Visitor<'de> for Name {
            type Value = ParameterType;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a type (Int, Text, Bool, [Int] or [Text])")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<ParameterType, E> {
                Ok(ParameterType { list: false, of: Kind::parse(text)? })
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<ParameterType, A::Error> {
                let first: Option<String> = seq.next_element()?;
                let of = Kind::parse(first.as_deref().unwrap_or_default())?;
                if of == Kind::Bool || seq.next_element::<String>()?.is_some() {
                    return Err(de::Error::custom("a list type is written `[Int]` or `[Text]`"));
                }
                Ok(ParameterType { list: true, of })
            }
        }
        deserializer.deserialize_any(Name)
    }
}
