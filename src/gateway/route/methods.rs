//! The methods that a route takes.

use http::Method;

/// A set of methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::gateway) struct Methods(u8);

/// In the order in which `Allow` names them. HEAD is decided as GET is (RFC 9110 section 9.3.2).
const NAMED: [(Methods, &str); 4] =
    [(Methods::GET, "GET, HEAD"), (Methods::POST, "POST"), (Methods::PUT, "PUT"), (Methods::DELETE, "DELETE")];

impl Methods {
    pub(super) const NONE: Self = Self(0);
    pub(super) const GET: Self = Self(1);
    pub(super) const POST: Self = Self(2);
    pub(super) const PUT: Self = Self(4);
    pub(super) const DELETE: Self = Self(8);

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn include(self, method: &Method) -> bool {
        let one = match *method {
            Method::GET | Method::HEAD => Self::GET,
            Method::POST => Self::POST,
            Method::PUT => Self::PUT,
            Method::DELETE => Self::DELETE,
            _ => return false,
        };
        self.0 & one.0 != 0
    }

    /// The value of `Allow` (RFC 9110 section 10.2.1).
    pub(in crate::gateway) fn allow(self) -> String {
        let mut allow = String::new();
        for (_, name) in NAMED.iter().filter(|(one, _)| self.0 & one.0 != 0) {
            allow.push_str(name);
            allow.push_str(", ");
        }
        allow + "OPTIONS"
    }
}
