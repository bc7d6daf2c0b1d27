//! `attrs=` and `node_attrs=`: which members of an object a client wants to be told. It may choke on any other.

use serde_json::Value;

use crate::gateway::Error;
use crate::gateway::parameters::Parameters;

/// The members that were asked for; all of them where none was named.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::gateway) struct Attributes(Option<Vec<String>>);

impl Attributes {
    /// Reads the parameter of that name: names between commas.
    ///
    /// # Errors
    /// [`Error::Parameter`] when it is given twice.
    pub(in crate::gateway) fn read(parameters: &Parameters, name: &str) -> Result<Self, Error> {
        let names = parameters.one(name)?.unwrap_or_default();
        let names: Vec<_> = names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        Ok(Self((!names.is_empty()).then(|| names.into_iter().map(str::to_owned).collect())))
    }

    /// Whether no member was named.
    pub(in crate::gateway) fn is_all(&self) -> bool {
        self.0.is_none()
    }

    /// The object with those members and with `always`, which clients read without asking.
    pub(in crate::gateway) fn pick(&self, all: Value, always: &[&str]) -> Value {
        match (all, &self.0) {
            (Value::Object(members), Some(names)) => {
                let wanted = |name: &String| names.contains(name) || always.contains(&name.as_str());
                Value::Object(members.into_iter().filter(|(name, _)| wanted(name)).collect())
            }
            (all, _) => all,
        }
    }
}
