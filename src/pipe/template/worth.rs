//! What expressions of a template come to, and how two of them are compared and counted together, as Python does it.

use super::tree::{Arithmetic, Compare};
use crate::sql::splice::Value;

/// What an expression comes to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Worth {
    /// A parameter that is not given, and `None`.
    Nothing,
    Truth(bool),
    Value(Value),
}

impl Worth {
    /// How much a copy of it is, in bytes; a list's items count one more each.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Nothing | Self::Truth(_) => 1,
            Self::Value(value) => size(value),
        }
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Int(_) | Value::Float(_) => 8,
        Value::Text(text) | Value::Name(text) => text.len(),
        Value::List(items) => items.iter().map(|item| size(item) + 1).sum(),
    }
}

pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Text(text) | Value::Name(text) => text.clone(),
        Value::List(_) => String::new(),
    }
}

/// As Python takes a value for a truth.
pub(super) fn truth(worth: &Worth) -> bool {
    match worth {
        Worth::Nothing => false,
        Worth::Truth(truth) => *truth,
        Worth::Value(Value::Int(number)) => *number != 0,
        Worth::Value(Value::Float(number)) => *number != 0.0,
        Worth::Value(Value::Text(text) | Value::Name(text)) => !text.is_empty(),
        Worth::Value(Value::List(items)) => !items.is_empty(),
    }
}

pub(super) fn compare(operator: Compare, left: &Worth, right: &Worth) -> Result<bool, String> {
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

pub(super) fn arithmetic(operator: Arithmetic, left: &Worth, right: &Worth) -> Result<Value, String> {
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
