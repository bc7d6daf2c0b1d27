//! JSON that can be read in one way only, with its numbers whole: an object that names a member twice is refused.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

/// A value as a client gave it. A field of CSV is always [`Given::Text`].
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// `null`.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// Any other number.
    Float(f64),
    /// Text.
    Text(String),
    /// Several values.
    List(Vec<Given>),
    /// Named values, each name once.
    Object(Vec<(String, Given)>),
}

const TWICE: &str = "a member is named twice";

impl Given {
    /// Reads one JSON value, to the end of the input.
    ///
    /// # Errors
    /// A sentence that repeats nothing of the input.
    pub fn parse(text: &[u8]) -> Result<Self, &'static str> {
        serde_json::from_slice(text)
            .map_err(|error| if error.to_string().contains(TWICE) { TWICE } else { "this is not valid JSON" })
    }

    /// As canonical JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(truth) => truth.to_string(),
            Self::Int(number) => number.to_string(),
            Self::Float(number) => serde_json::to_string(number).unwrap_or_default(),
            Self::Text(text) => serde_json::to_string(text).unwrap_or_default(),
            Self::List(values) => {
                let values: Vec<String> = values.iter().map(Self::to_json).collect();
                format!("[{}]", values.join(","))
            }
            Self::Object(members) => {
                let member = |(name, value): &(String, Self)| {
                    format!("{}:{}", serde_json::to_string(name).unwrap_or_default(), value.to_json())
                };
                format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(","))
            }
        }
    }

    /// As text, the way a quarantine keeps it: `None` for NULL.
    #[must_use]
    pub fn to_text(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Text(text) => Some(text.clone()),
            other => Some(other.to_json()),
        }
    }
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Given;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Given, E> {
        Ok(Given::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Given, E> {
        Ok(Given::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Given, E> {
        Ok(Given::Int(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Given, E> {
        Ok(Given::Int(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Given, E> {
        Ok(Given::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Given, E> {
        Ok(Given::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Given, E> {
        Ok(Given::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Given, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Given::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Given, A::Error> {
        let mut names = std::collections::HashSet::new();
        let mut members = Vec::new();
        while let Some((name, value)) = entries.next_entry::<String, Given>()? {
            if !names.insert(name.clone()) {
                return Err(A::Error::custom(TWICE));
            }
            members.push((name, value));
        }
        Ok(Given::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for bad in [r#"{"a":1,"a":2}"#, r#"{"a":1,"\u0061":2}"#, r#"{"a":{"b":1,"b":1}}"#] {
            assert_eq!(Given::parse(bad.as_bytes()), Err(TWICE), "{bad}");
        }
        for bad in ["", "{", "{}x", "NaN", "{'a':1}", "\u{feff}{}", "01", "1e999", r#""\ud800""#] {
            assert!(Given::parse(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(Given::parse("[".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn it_is_written_canonically() {
        let given = Given::parse(b" { \"a\" : [ 1, 2.50, null , \"\\u0041\\n\" ] , \"b\":true} ").unwrap();
        assert_eq!(given.to_json(), r#"{"a":[1,2.5,null,"A\n"],"b":true}"#);
    }
}
