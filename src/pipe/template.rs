//! The template language of Tinybird's pipes, as far as it can be rendered by typed literals alone.
//!
//! - A text whose first character is `%` is a template; every other text is plain SQL.
//! - What is rendered is the author's own text and literals. A parameter's value chooses branches and becomes literals; it
//!   never becomes text ([`crate::sql::splice`]).
//! - Whatever is not in the subset is refused when the pipe is loaded, with its position.
//!
//! | written | means |
//! |---|---|
//! | `{{ Int32(n, 10, description='…') }}` | the parameter `n` as a literal of that type |
//! | `{{ column(c, 'a', enum=['a', 'b']) }}` | one of the author's own names; so are `columns`, `symbol` and `table` |
//! | `{{ n }}`, `{{ defined(n) }}` | the parameter as a text; 1 or 0 |
//! | `{% if defined(n) and Int32(n) > 1 %} … {% elif … %} … {% else %} … {% end %}` | a choice |
//! | `{% for x in Array(l, 'Int32') %} … {% end %}` | once for each value; [`MOST_TURNS`] in all, which read [`MOST_READ`] bytes |
//! | `{% set x = 30 %}` | a constant for the rest of the text |
//! | `split_to_array(String(s, ''), separator='|')`, `day_diff(a, b)`, `date_diff_in_hours(a, b)`, `len(x)` | a list of texts, a number |
//! | `{{ error('…') }}` | refuses the request with that sentence |
//! | `{# … #}`, `{% comment … %}` | nothing |

mod call;
mod code;
mod expression;
mod kind;
mod moment;
mod parse;
mod render;
#[cfg(test)]
mod tests;
mod tree;
mod worth;

use std::collections::BTreeMap;
use std::fmt;

use crate::sql::splice::Splice;
use crate::sql::{Dialect, Limits, Refusal};

pub use kind::{Kind, is_of_type};
pub use render::{MOST_READ, MOST_TURNS};
use tree::Part;

/// What a request gives for one parameter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Given {
    /// One value.
    One(String),
    /// The same name several times, or an array: values of an `Array(…)`.
    Many(Vec<String>),
    /// Something that is the value of no parameter: an object, an array of arrays.
    Other,
}

/// What a request gives, by the parameters' names.
pub type Values = BTreeMap<String, Given>;

/// A parameter, for those who read about a pipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its type, as the template writes it; empty where only `defined(…)` or a comparison names it.
    pub type_name: String,
    /// The default, as text.
    pub default: Option<String>,
    /// What the author says of it.
    pub description: Option<String>,
    /// Whether the author calls it required, or it has no default and stands outside every condition.
    pub required: bool,
    /// The values that the author lists. A name comes from this list alone; other types take more.
    pub allowed: Vec<String>,
    /// How the author says that it is written.
    pub format: Option<String>,
    /// The author's example.
    pub example: Option<String>,
}

/// A text of a pipe, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    parts: Vec<Part>,
}

/// Why a template cannot be served. Line and column count from one, inside the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Malformed {}

impl Template {
    /// Reads a text, and checks that each of its parameters stands where a literal can.
    ///
    /// # Errors
    /// [`Malformed`] for whatever is not in the subset.
    pub fn parse(text: &str, dialect: Dialect) -> Result<Self, Malformed> {
        let Some(at) = text.find(|c: char| !c.is_whitespace()).filter(|&at| text.get(at..=at) == Some("%")) else {
            return Ok(Self { parts: vec![Part::Text(text.to_owned())] });
        };
        let template = Self { parts: parse::parse(text, at + 1)? };
        let mut flat = Splice::new(dialect);
        template.flat(&template.parts, &mut flat);
        // The branches one behind the other are no statement, and need not be: they must lex, with the literals in them.
        let limits = Limits { bytes: usize::MAX, lexemes: usize::MAX, depth: usize::MAX, ..Limits::default() };
        flat.finish(&limits).map_err(|refusal| Malformed { line: 1, column: 1, message: refusal.message })?;
        Ok(template)
    }

    /// The SQL for these values.
    ///
    /// # Errors
    /// A [`Refusal`] in Tinybird's words for a parameter that is missing or of another type, and for what `error(…)` says.
    pub fn render(&self, values: &Values, dialect: Dialect, limits: &Limits) -> Result<String, Refusal> {
        render::render(&self.parts, values, dialect, limits)
    }

    /// Every parameter, in the order of the text.
    #[must_use]
    pub fn parameters(&self) -> Vec<Parameter> {
        tree::parameters(&self.parts)
    }

    fn flat(&self, parts: &[Part], out: &mut Splice) {
        for part in parts {
            match part {
                Part::Text(text) => out.sql(text),
                // Numbers have a literal in every dialect.
                Part::Value(_) => out.value(&crate::sql::splice::Value::Int(1)).unwrap_or_default(),
                Part::Set(..) => {}
                Part::If(branches, otherwise) => {
                    branches.iter().for_each(|(_, parts)| self.flat(parts, out));
                    self.flat(otherwise, out);
                }
                Part::For(_, _, body) => self.flat(body, out),
            }
        }
    }
}
