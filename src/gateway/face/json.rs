//! JSON that can be read in one way only: an object that names a member twice is refused, at any depth.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::gateway::Error;

/// A JSON value, as far as a statement may stand in it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json {
    Object(Vec<(String, Json)>),
    Array(Vec<Json>),
    Text(String),
    /// A number or a truth value, as text.
    Scalar(String),
    Null,
}

impl Json {
    /// Reads one value, to the end of the input.
    pub(super) fn parse(text: &[u8]) -> Result<Self, Error> {
        // serde_json's own words repeat input; ours do not.
        serde_json::from_slice(text).map_err(|error| {
            Error::Malformed(if error.to_string().contains(TWICE) { TWICE } else { "the body is not valid JSON" })
        })
    }

    pub(super) fn members(&self) -> Option<&[(String, Json)]> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    /// The value at a JSON pointer (RFC 6901), through objects only.
    pub(super) fn at(&self, pointer: &str) -> Option<&Self> {
        pointer.split('/').skip(1).try_fold(self, |value, part| {
            let name = part.replace("~1", "/").replace("~0", "~");
            value.members()?.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
        })
    }
}

const TWICE: &str = "the body names a JSON member twice";

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyJson)
    }
}

struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Scalar(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Scalar(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Scalar(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Scalar(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut names = std::collections::HashSet::new();
        let mut members = Vec::new();
        while let Some((name, value)) = entries.next_entry::<String, Json>()? {
            if !names.insert(name.clone()) {
                return Err(A::Error::custom(TWICE));
            }
            members.push((name, value));
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_named_twice_is_refused_at_any_depth() {
        for bad in [r#"{"q":"a","q":"b"}"#, r#"{"q":"a","\u0071":"b"}"#, r#"{"a":{"q":1,"q":1}}"#, r#"[{"q":1,"q":1}]"#]
        {
            assert!(matches!(Json::parse(bad.as_bytes()), Err(Error::Malformed(TWICE))), "{bad}");
        }
        for bad in ["", "{", "{}x", r#"{"q":"\ud800"}"#, "{'q':1}", "\u{feff}{}"] {
            assert!(Json::parse(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(Json::parse("[".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn a_pointer_leads_through_objects() {
        let json = Json::parse(br#"{"a":{"b/c":{"~":"x"}},"q":[1]}"#).unwrap();
        assert_eq!(json.at("/a/b~1c/~0"), Some(&Json::Text("x".into())));
        assert_eq!(json.at("/q/0"), None);
        assert_eq!(json.at(""), Some(&json));
    }
}
