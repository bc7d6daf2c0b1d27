//! From parts and values to SQL.

use std::collections::BTreeMap;

use crate::sql::splice::{Splice, Value};
use crate::sql::{Dialect, Limits, Refusal, RefusalKind};

use super::tree::{Arithmetic, Compare, Expr, Part, Typed};
use super::{Given, Kind, Values};

/// The longest piece of a value that an error repeats, in characters.
const SHOWN: usize = 40;

/// Renders the parts.
pub(super) fn render(parts: &[Part], values: &Values, dialect: Dialect, limits: &Limits) -> Result<String, Refusal> {
    let mut scope = Scope { values, constants: BTreeMap::new() };
    let mut out = Splice::new(dialect);
    scope.parts(parts, &mut out).map_err(refused)?;
    out.finish(limits)
}

fn refused(message: String) -> Refusal {
    Refusal::new(RefusalKind::NotUnderstood, message)
}

/// What an expression comes to.
#[derive(Debug, Clone, PartialEq)]
enum Worth {
    /// A parameter that is not given, and `None`.
    Nothing,
    Truth(bool),
    Value(Value),
}

struct Scope<'a> {
    values: &'a Values,
    constants: BTreeMap<String, Worth>,
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
            }
        }
        Ok(())
    }

    fn worth(&self, expr: &Expr) -> Result<Worth, String> {
        let both = |left: &Expr, right: &Expr| Ok::<_, String>((self.worth(left)?, self.worth(right)?));
        Ok(match expr {
            Expr::Nothing => Worth::Nothing,
            Expr::Bool(truth) => Worth::Truth(*truth),
            Expr::Int(number) => Worth::Value(Value::Int(*number)),
            Expr::Float(number) => Worth::Value(Value::Float(*number)),
            Expr::Text(text) => Worth::Value(Value::Text(text.clone())),
            Expr::List(items) => {
                let item = |item| match self.worth(item)? {
                    Worth::Value(value) => Ok(value),
                    _ => Err("Template Syntax Error: a list holds something that is no value".to_owned()),
                };
                Worth::Value(Value::List(items.iter().map(item).collect::<Result<_, String>>()?))
            }
            Expr::Name(name) => match (self.constants.get(name), self.values.get(name)) {
                (Some(worth), _) => worth.clone(),
                (None, Some(Given::One(text))) => Worth::Value(Value::Text(text.clone())),
                (None, Some(Given::Many(_))) => return Err(given_twice(name)),
                (None, None) => Worth::Nothing,
            },
            Expr::Defined(name) => {
                let constant = self.constants.get(name).is_some_and(|worth| *worth != Worth::Nothing);
                Worth::Truth(constant || self.values.contains_key(name))
            }
            Expr::Typed(typed) => self.typed(typed)?,
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

    fn typed(&self, typed: &Typed) -> Result<Worth, String> {
        let name = &typed.name;
        let wrong = |text: &str| {
            let text: String = text.chars().take(SHOWN).collect();
            format!(
                "Template Syntax Error: Error validating '{text}' to type {} for the parameter '{name}'",
                typed.kind.name()
            )
        };
        let read = |text: &str| match &typed.kind {
            Kind::Column => typed.allowed.iter().find(|known| *known == text).map(|known| Value::Name(known.clone())),
            kind => kind.value(text),
        };
        let given = match self.values.get(name) {
            Some(Given::One(text)) => Some(read(text).ok_or_else(|| wrong(text))?),
            Some(Given::Many(texts)) => match &typed.kind {
                Kind::Array(of) => {
                    let item = |text: &String| of.value(text).ok_or_else(|| wrong(text));
                    Some(Value::List(texts.iter().map(item).collect::<Result<_, _>>()?))
                }
                _ => return Err(given_twice(name)),
            },
            None => None,
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
                let item = |item: &Value| of.value(&plain(item)).ok_or_else(|| wrong(&plain(item)));
                return Ok(Worth::Value(Value::List(items.iter().map(item).collect::<Result<_, _>>()?)));
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

fn given_twice(name: &str) -> String {
    format!("the parameter `{name}` is given more than once")
}

fn plain(value: &Value) -> String {
    match value {
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Text(text) | Value::Name(text) => text.clone(),
        Value::List(_) => String::new(),
    }
}

/// As Python takes a value for a truth.
fn truth(worth: &Worth) -> bool {
    match worth {
        Worth::Nothing => false,
        Worth::Truth(truth) => *truth,
        Worth::Value(Value::Int(number)) => *number != 0,
        Worth::Value(Value::Float(number)) => *number != 0.0,
        Worth::Value(Value::Text(text) | Value::Name(text)) => !text.is_empty(),
        Worth::Value(Value::List(items)) => !items.is_empty(),
    }
}

fn compare(operator: Compare, left: &Worth, right: &Worth) -> Result<bool, String> {
    use std::cmp::Ordering::{Greater, Less};
    Ok(match operator {
        Compare::Equal => equal(left, right),
        Compare::NotEqual => !equal(left, right),
        Compare::In | Compare::NotIn => {
            let found = match (left, right) {
                (left, Worth::Value(Value::List(items))) => {
                    items.iter().any(|item| equal(left, &Worth::Value(item.clone())))
                }
                (Worth::Value(Value::Text(part)), Worth::Value(Value::Text(whole))) => whole.contains(part.as_str()),
                (_, Worth::Nothing) => false,
                _ => return Err("Template Syntax Error: `in` needs a list".to_owned()),
            };
            found == (operator == Compare::In)
        }
        Compare::Less => order(left, right)? == Less,
        Compare::LessOrEqual => order(left, right)? != Greater,
        Compare::Greater => order(left, right)? == Greater,
        Compare::GreaterOrEqual => order(left, right)? != Less,
    })
}

fn number(worth: &Worth) -> Option<f64> {
    match worth {
        Worth::Value(Value::Int(number)) => Some(*number as f64),
        Worth::Value(Value::Float(number)) => Some(*number),
        Worth::Truth(truth) => Some(f64::from(u8::from(*truth))),
        _ => None,
    }
}

fn equal(left: &Worth, right: &Worth) -> bool {
    match (number(left), number(right)) {
        (Some(left), Some(right)) => left == right,
        _ => left == right,
    }
}

fn order(left: &Worth, right: &Worth) -> Result<std::cmp::Ordering, String> {
    let order = match (left, right) {
        (Worth::Value(Value::Int(left)), Worth::Value(Value::Int(right))) => Some(left.cmp(right)),
        (Worth::Value(Value::Text(left)), Worth::Value(Value::Text(right))) => Some(left.cmp(right)),
        _ => number(left).zip(number(right)).and_then(|(left, right)| left.partial_cmp(&right)),
    };
    order.ok_or_else(|| "Template Syntax Error: the two sides of a comparison have different types".to_owned())
}

fn arithmetic(operator: Arithmetic, left: &Worth, right: &Worth) -> Result<Value, String> {
    let wrong = || "Template Syntax Error: the two sides of an operator do not fit".to_owned();
    match (left, right) {
        (Worth::Value(Value::Int(left)), Worth::Value(Value::Int(right))) => {
            let result = match operator {
                Arithmetic::Add => left.checked_add(*right),
                Arithmetic::Subtract => left.checked_sub(*right),
                Arithmetic::Multiply => left.checked_mul(*right),
            };
            result.map(Value::Int).ok_or_else(|| "Template Syntax Error: a number is too large".to_owned())
        }
        (Worth::Value(Value::Text(left)), Worth::Value(Value::Text(right))) if operator == Arithmetic::Add => {
            Ok(Value::Text(format!("{left}{right}")))
        }
        _ => {
            let (left, right) = number(left).zip(number(right)).ok_or_else(wrong)?;
            let result = match operator {
                Arithmetic::Add => left + right,
                Arithmetic::Subtract => left - right,
                Arithmetic::Multiply => left * right,
            };
            if result.is_finite() { Ok(Value::Float(result)) } else { Err(wrong()) }
        }
    }
}
