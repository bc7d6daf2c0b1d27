//! Query parameters and form fields: `application/x-www-form-urlencoded`, decoded once and strictly.

use std::borrow::Cow;

use percent_encoding::percent_decode;

use super::Error;

/// Decoded pairs, in the order they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Decodes `a=b&c=d`. A pair that is no UTF-8 after decoding is refused, not repaired.
    pub(super) fn parse(text: &[u8]) -> Result<Self, Error> {
        let pairs = text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
            let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let (name, value) = pair.split_at(at);
            Ok((decode(name)?, decode(value.strip_prefix(b"=").unwrap_or(value))?))
        });
        pairs.collect::<Result<_, _>>().map(Self)
    }

    /// Takes out every pair whose name is one of `names`.
    pub(super) fn without(mut self, names: &[&str]) -> Self {
        self.0.retain(|(name, _)| !names.contains(&name.as_str()));
        self
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of `name`. Given twice, it is refused: the second reader might take the other one.
    pub(super) fn one(&self, name: &str) -> Result<Option<&str>, Error> {
        let mut values = self.iter().filter(|(known, _)| *known == name).map(|(_, value)| value);
        let (first, second) = (values.next(), values.next());
        if second.is_some() {
            return Err(Error::Parameter(format!("the parameter `{name}` is given twice")));
        }
        Ok(first)
    }
}

impl FromIterator<(String, String)> for Parameters {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

/// `+` is a space, `%XX` a byte; a `%` before anything else stands for itself, as browsers read it.
fn decode(text: &[u8]) -> Result<String, Error> {
    let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&spaced).decode_utf8().map(Cow::into_owned).map_err(|_| Error::Malformed("a parameter is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        Parameters::parse(text.as_bytes()).unwrap().0
    }

    #[test]
    fn a_pair_is_decoded_once() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(pairs("q=a+b%20c&x"), [pair("q", "a b c"), pair("x", "")]);
        assert_eq!(pairs("to%6ben=%2525&a=b=c"), [pair("token", "%25"), pair("a", "b=c")]);
        assert_eq!(pairs("q=LIKE '%zz'"), [pair("q", "LIKE '%zz'")]);
        assert_eq!(pairs(""), []);
    }

    #[test]
    fn what_is_no_utf8_is_refused() {
        assert!(Parameters::parse(b"q=%ff").is_err());
        assert!(Parameters::parse(b"q=%c0%ae").is_err());
        assert!(Parameters::parse(b"%ff=1").is_err());
    }

    #[test]
    fn a_name_given_twice_has_no_value() {
        let given = Parameters::parse(b"q=1&q=1&x=2").unwrap();
        assert!(given.one("q").is_err());
        assert_eq!(given.one("x").unwrap(), Some("2"));
        assert_eq!(given.one("y").unwrap(), None);
    }
}
