//! From parts and values to SQL.

use std::cell::Cell;
use std::collections::BTreeMap;

use crate::sql::splice::{Splice, Value};
use crate::sql::{Dialect, Limits, Refusal, RefusalKind};

use super::tree::{Apart, Expr, Part, Typed};
use super::worth::{Worth, arithmetic, compare, plain, truth};
use super::{Given, Kind, Values, call, moment};

/// The longest piece of a value that an error repeats, in characters.
const SHOWN: usize = 40;

/// How many turns all loops of one rendering take.
pub const MOST_TURNS: usize = 1_000;

/// How much of texts and lists all expressions of one rendering read, in bytes. A loop may read one long list in each of its
/// turns, and double a text in each.
pub const MOST_READ: usize = 4 << 20;

/// Renders the parts.
pub(super) fn render(parts: &[Part], values: &Values, dialect: Dialect, limits: &Limits) -> Result<String, Refusal> {
    let mut scope = Scope { values, constants: BTreeMap::new(), turns: 0, read: Cell::new(0), bytes: limits.bytes };
    let mut out = Splice::new(dialect);
    scope.parts(parts, &mut out).map_err(refused)?;
    out.finish(limits)
}

fn refused(message: String) -> Refusal {
    Refusal::new(RefusalKind::NotUnderstood, message)
}

struct Scope<'a> {
    values: &'a Values,
    constants: BTreeMap<String, Worth>,
    /// How many turns have been taken.
    turns: usize,
    /// How much has been read.
    read: Cell<usize>,
    /// How long the text may grow.
    bytes: usize,
}

impl Scope<'_> {
    fn parts(&mut self, parts: &[Part], out: &mut Splice) -> Result<(), String> {
        for part in parts {
            match part {
                Part::Text(text) => out.sql(text),
                Part::Set(name, expr) => {
                    let worth = self.worth(expr)?;
                    self.constants.insert(name.clone(), worth);
                }
                Part::Value(expr) => match self.worth(expr)? {
                    // Names from a list of the author's; there is no other list of names.
                    Worth::Value(Value::List(names)) if matches!(names.first(), Some(Value::Name(_))) => {
                        for (position, name) in names.iter().enumerate() {
                            if position > 0 {
                                out.sql(",");
                            }
                            out.value(name)?;
                        }
                    }
                    Worth::Value(value) => out.value(&value)?,
                    Worth::Truth(truth) => out.value(&Value::Int(i128::from(truth)))?,
                    Worth::Nothing => return Err("Template Syntax Error: expression evaluated to null".to_owned()),
                },
                Part::If(branches, otherwise) => {
                    let mut taken = otherwise;
                    for (condition, parts) in branches {
                        if truth(&self.worth(condition)?) {
                            taken = parts;
                            break;
                        }
                    }
                    self.parts(taken, out)?;
                }
                Part::For(names, list, body) => self.turns(names, list, body, out)?,
            }
        }
        Ok(())
    }

    /// A loop. What its names meant outside they mean again behind it.
    fn turns(&mut self, names: &[String], list: &Expr, body: &[Part], out: &mut Splice) -> Result<(), String> {
        let list = if let Expr::WithLast(list) = list { list } else { list };
        let items = match self.worth(list)? {
            Worth::Value(Value::List(items)) => items,
            Worth::Nothing => Vec::new(),
            _ => return Err("Template Syntax Error: a loop needs a list".to_owned()),
        };
        let outside: Vec<_> = names.iter().map(|name| (name, self.constants.get(name).cloned())).collect();
        let last = items.len().saturating_sub(1);
        for (position, item) in items.into_iter().enumerate() {
            self.turns += 1;
            if self.turns > MOST_TURNS || out.len() > self.bytes {
                return Err(format!(
                    "a loop takes too many turns: {MOST_TURNS} in all are allowed, as long as the text is not too long"
                ));
            }
            let given = match names {
                [_] => vec![Worth::Value(item)],
                _ => vec![Worth::Truth(position == last), Worth::Value(item)],
            };
            self.constants.extend(names.iter().cloned().zip(given));
            self.parts(body, out)?;
        }
        for (name, worth) in outside {
            match worth {
                Some(worth) => self.constants.insert(name.clone(), worth),
                None => self.constants.remove(name),
            };
        }
        Ok(())
    }

    /// Counts what is about to be read, before it is copied.
    fn charge(&self, bytes: usize) -> Result<(), String> {
        let read = self.read.get().saturating_add(bytes);
        self.read.set(read);
        if read > MOST_READ {
            return Err(format!("the template reads its values too often: {MOST_READ} bytes in all are allowed"));
        }
        Ok(())
    }

    /// The same for a name, whatever it stands for.
    fn charge_name(&self, name: &str) -> Result<(), String> {
        let given = || match self.values.get(name) {
            Some(Given::One(text)) => text.len(),
            Some(Given::Many(texts)) => texts.iter().map(|text| text.len() + 1).sum(),
            Some(Given::Other) | None => 1,
        };
        self.charge(self.constants.get(name).map_or_else(given, Worth::size))
    }

    fn worth(&self, expr: &Expr) -> Result<Worth, String> {
        let both = |left: &Expr, right: &Expr| Ok::<_, String>((self.worth(left)?, self.worth(right)?));
        Ok(match expr {
            Expr::Nothing => Worth::Nothing,
            Expr::Bool(truth) => Worth::Truth(*truth),
            Expr::Int(number) => Worth::Value(Value::Int(*number)),
            Expr::Float(number) => Worth::Value(Value::Float(*number)),
            Expr::Text(text) => {
                self.charge(text.len())?;
                Worth::Value(Value::Text(text.clone()))
            }
            Expr::List(items) => {
                let item = |item| match self.worth(item)? {
                    Worth::Value(value) => Ok(value),
                    _ => Err("Template Syntax Error: a list holds something that is no value".to_owned()),
                };
                Worth::Value(Value::List(items.iter().map(item).collect::<Result<_, String>>()?))
            }
            Expr::Name(name) => {
                self.charge_name(name)?;
                match (self.constants.get(name), self.values.get(name)) {
                    (Some(worth), _) => worth.clone(),
                    (None, Some(Given::One(text))) => Worth::Value(Value::Text(text.clone())),
                    (None, Some(Given::Many(_))) => return Err(given_twice(name)),
                    (None, Some(Given::Other)) => return Err(no_value(name)),
                    (None, None) => Worth::Nothing,
                }
            }
            Expr::Defined(name) => {
                let constant = self.constants.get(name).is_some_and(|worth| *worth != Worth::Nothing);
                Worth::Truth(constant || self.values.contains_key(name))
            }
            Expr::Typed(typed) => self.typed(typed)?,
            Expr::Split(text, default, separator) => {
                let worth = match (self.worth(text)?, default) {
                    (Worth::Nothing, Some(default)) => self.worth(default)?,
                    (Worth::Nothing, None) => Worth::Value(Value::Text(String::new())),
                    (worth, _) => worth,
                };
                let Worth::Value(Value::Text(text)) = worth else {
                    return Err("Template Syntax Error: split_to_array() takes a text".to_owned());
                };
                let items = text.split(separator.as_str()).map(|item| Value::Text(item.trim().to_owned()));
                Worth::Value(Value::List(items.collect()))
            }
            Expr::WithLast(_) => {
                return Err("Template Syntax Error: enumerate_with_last() is for loops only".to_owned());
            }
            Expr::Apart(apart) => self.apart(apart)?,
            Expr::Length(inner) => {
                let length = match self.worth(inner)? {
                    Worth::Value(Value::Text(text)) => text.chars().count(),
                    Worth::Value(Value::List(items)) => items.len(),
                    _ => return Err("Template Syntax Error: len() takes a text or a list".to_owned()),
                };
                Worth::Value(Value::Int(i128::try_from(length).unwrap_or(i128::MAX)))
            }
            Expr::Error(message) => match self.worth(message)? {
                Worth::Value(Value::Text(message)) => return Err(message),
                _ => return Err("Template Syntax Error: error() takes a text".to_owned()),
            },
            Expr::Not(inner) => Worth::Truth(!truth(&self.worth(inner)?)),
            Expr::And(left, right) => Worth::Truth(truth(&self.worth(left)?) && truth(&self.worth(right)?)),
            Expr::Or(left, right) => Worth::Truth(truth(&self.worth(left)?) || truth(&self.worth(right)?)),
            Expr::Compare(operator, left, right) => {
                let (left, right) = both(left, right)?;
                Worth::Truth(compare(*operator, &left, &right)?)
            }
            Expr::Arithmetic(operator, left, right) => {
                let (left, right) = both(left, right)?;
                Worth::Value(arithmetic(*operator, &left, &right)?)
            }
        })
    }

    /// Nothing is nought apart from anything: a branch asks before its parameters are given.
    fn apart(&self, apart: &Apart) -> Result<Worth, String> {
        let (from, to) = match (self.worth(&apart.from)?, self.worth(&apart.to)?) {
            (Worth::Nothing, _) | (_, Worth::Nothing) => return Ok(Worth::Value(Value::Int(0))),
            (Worth::Value(Value::Text(from)), Worth::Value(Value::Text(to))) => (moment::any(&from), moment::any(&to)),
            _ => (None, None),
        };
        match from.zip(to) {
            Some((from, to)) => Ok(Worth::Value(Value::Int(i128::from((to - from).abs() / apart.unit.seconds())))),
            None if apart.lenient => Ok(Worth::Nothing),
            None => Err(
                "Template Syntax Error: what is compared is no day `2026-01-31` and no moment `2026-01-31 23:59:59`"
                    .to_owned(),
            ),
        }
    }

    fn typed(&self, typed: &Typed) -> Result<Worth, String> {
        let name = &typed.name;
        self.charge_name(name)?;
        let wrong = |text: &str| {
            let text: String = text.chars().take(SHOWN).collect();
            format!(
                "Template Syntax Error: Error validating '{text}' to type {} for the parameter '{name}'",
                typed.kind.name()
            )
        };
        let listed =
            |text: &str| typed.allowed.iter().find(|known| *known == text).map(|known| Value::Name(known.clone()));
        let read = |text: &str| match &typed.kind {
            Kind::Name(_) => listed(text),
            Kind::Columns => call::names(text).iter().map(|name| listed(name)).collect::<Option<_>>().map(Value::List),
            kind => kind.value(text),
        };
        let list = |of: &Kind, items: &[Value]| {
            let item = |item: &Value| of.value(&plain(item)).ok_or_else(|| wrong(&plain(item)));
            items.iter().map(item).collect::<Result<_, _>>().map(Value::List)
        };
        let given = match (self.constants.get(name), self.values.get(name)) {
            // What the author sets, or a loop gives, is no request's to say.
            (Some(Worth::Nothing), _) => None,
            (Some(Worth::Value(Value::List(items))), _) => match &typed.kind {
                Kind::Array(of) => Some(list(of, items)?),
                _ => return Err(wrong("[…]")),
            },
            (Some(Worth::Value(value)), _) => Some(read(&plain(value)).ok_or_else(|| wrong(&plain(value)))?),
            (Some(Worth::Truth(truth)), _) => Some(read(&truth.to_string()).ok_or_else(|| wrong(&truth.to_string()))?),
            (None, Some(Given::One(text))) => Some(read(text).ok_or_else(|| wrong(text))?),
            (None, Some(Given::Many(texts))) => match &typed.kind {
                Kind::Array(of) => {
                    let item = |text: &String| of.value(text).ok_or_else(|| wrong(text));
                    Some(Value::List(texts.iter().map(item).collect::<Result<_, _>>()?))
                }
                _ => return Err(given_twice(name)),
            },
            (None, Some(Given::Other)) => return Err(no_value(name)),
            (None, None) => None,
        };
        if let Some(value) = given {
            return Ok(Worth::Value(value));
        }
        let default = typed.default.as_ref().map(|default| self.worth(default)).transpose()?;
        let text = match default {
            None | Some(Worth::Nothing) => {
                return Err(format!(
                    "Template Syntax Error: Required parameter is not defined. Check the parameters {name}. Please provide a value or set a default value in the pipe code."
                ));
            }
            Some(Worth::Truth(truth)) => truth.to_string(),
            Some(Worth::Value(Value::List(items))) => {
                let Kind::Array(of) = &typed.kind else { return Err(wrong("[…]")) };
                return list(of, &items).map(Worth::Value);
            }
            Some(Worth::Value(value)) => plain(&value),
        };
        // An author's empty default of an array is an array of nothing.
        if text.is_empty() && matches!(&typed.kind, Kind::Array(of) if **of != Kind::Text) {
            return Ok(Worth::Value(Value::List(Vec::new())));
        }
        read(&text).map(Worth::Value).ok_or_else(|| wrong(&text))
    }
}

fn no_value(name: &str) -> String {
    format!("the parameter `{name}` is neither a value nor a list of values")
}

fn given_twice(name: &str) -> String {
    format!("the parameter `{name}` is given more than once")
}
