//! The mutations, as insertions into the source of one file.
//!
//! | place | mutants |
//! |---|---|
//! | a function's body | its result is a constant of its type |
//! | a condition of `if`, a guard, a closure that answers yes or no, a `let` of a comparison | always true, always false |
//! | an operand of `&&` or `\|\|` | left out |
//! | a comparison, a sum | another operator |
//! | `!`, a call that answers yes or no | negated |
//! | a statement that is a call or an assignment | left out |
//! | an arm of a match that has a `_` | left out, each alternative too |
//! | `matches!` | each alternative left out |

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use syn::visit::{self, Visit};
use syn::{Arm, BinOp, Block, Expr, ExprBinary, ExprMatch, ExprMethodCall, ImplItemFn, ItemFn, Local, Stmt, UnOp};

use super::constant::constants;
use super::pattern::{Matches, alternatives};
use super::shape::{PREDICATES, QUESTIONS, has_let, is_question, is_removable, operands, span};
use super::site::{Branch, Insertions, Mutant, Sites};

/// Mutates one file: its text with every mutant in it, each behind its switch.
pub(super) fn mutate(file: &str, text: &str, sites: &mut Sites) -> syn::Result<String> {
    let parsed = syn::parse_file(text)?;
    let mut mutator = Mutator {
        file,
        text,
        sites,
        insertions: Insertions::default(),
        functions: Vec::new(),
        covered: HashSet::new(),
        seen: HashMap::new(),
    };
    mutator.visit_file(&parsed);
    let insertions = mutator.insertions;
    Ok(insertions.apply(text))
}

struct Mutator<'a> {
    file: &'a str,
    text: &'a str,
    sites: &'a mut Sites,
    insertions: Insertions,
    /// The functions around.
    functions: Vec<String>,
    /// Conditions that are already forced both ways.
    covered: HashSet<(usize, usize)>,
    /// How many mutants have each key.
    seen: HashMap<String, usize>,
}

impl Mutator<'_> {
    fn source(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// The start of a piece of source, on one line.
    fn snippet(&self, range: &Range<usize>) -> String {
        let words: Vec<&str> = self.source(range).split_whitespace().collect();
        let line = words.join(" ");
        if line.chars().count() <= 70 { line } else { line.chars().take(69).chain(['…']).collect() }
    }

    fn line(&self, at: usize) -> usize {
        self.text.get(..at).map_or(0, |before| before.matches('\n').count()) + 1
    }

    fn mutant(&mut self, at: usize, what: &str) -> usize {
        let function = self.functions.last().map_or("", String::as_str);
        let mut key = format!("{} {function}: {what}", self.file);
        let seen = self.seen.entry(key.clone()).or_default();
        *seen += 1;
        if *seen > 1 {
            key = format!("{key} #{seen}");
        }
        let number = self.sites.mutants.len() + 1;
        self.sites.mutants.push(Mutant { number, line: self.line(at), key });
        number
    }

    fn branch(&mut self, range: &Range<usize>, both: bool) -> usize {
        let branch =
            Branch { file: self.file.to_owned(), line: self.line(range.start), what: self.snippet(range), both };
        self.sites.branches.push(branch);
        self.sites.branches.len()
    }

    /// Forces a condition both ways, or only to false.
    fn condition(&mut self, expression: &Expr, only_false: bool) {
        let range = span(expression);
        if has_let(expression) || !self.covered.insert((range.start, range.end)) {
            return;
        }
        let snippet = self.snippet(&range);
        let branch = self.branch(&range, true);
        let never = self.mutant(range.start, &format!("`{snippet}` is false"));
        let mut before = format!("(!crate::mutant::on({never}) && crate::mutant::seen({branch}, (");
        if !only_false {
            let always = self.mutant(range.start, &format!("`{snippet}` is true"));
            before = format!("(crate::mutant::on({always}) || {}", before.trim_start_matches('('));
        }
        self.insertions.wrap(&range, before, ")))");
    }

    /// Leaves one operand of `&&` or `||` out.
    fn operand(&mut self, expression: &Expr, and: bool) {
        let range = span(expression);
        if has_let(expression) || !self.covered.insert((range.start, range.end)) {
            return;
        }
        let branch = self.branch(&range, true);
        let gone = self.mutant(range.start, &format!("without `{}`", self.snippet(&range)));
        let switch = if and { format!("on({gone}) ||") } else { format!("off({gone}) &&") };
        self.insertions.wrap(&range, format!("(crate::mutant::{switch} crate::mutant::seen({branch}, ("), ")))");
    }

    /// Instead of the expression, another.
    fn instead(&mut self, range: &Range<usize>, other: &str) {
        let what =
            format!("`{}` becomes `{}`", self.snippet(range), other.split_whitespace().collect::<Vec<_>>().join(" "));
        let number = self.mutant(range.start, &what);
        self.insertions.wrap(range, format!("(if crate::mutant::on({number}) {{ {other} }} else {{ "), " })");
    }

    fn negated(&mut self, range: &Range<usize>) {
        if !self.covered.insert((range.start, range.end)) {
            return;
        }
        let number = self.mutant(range.start, &format!("not `{}`", self.snippet(range)));
        self.insertions.wrap(range, format!("(crate::mutant::on({number}) != "), ")");
    }

    fn function(&mut self, signature: &syn::Signature, block: &Block) {
        if signature.constness.is_some() {
            return;
        }
        self.functions.push(signature.ident.to_string());
        let range = span(block);
        for constant in constants(&signature.output) {
            let number = self.mutant(range.start, &format!("returns `{constant}`"));
            let text = format!(" if crate::mutant::on({number}) {{ return {constant}; }}");
            self.insertions.insert(range.start + 1, text);
        }
        visit::visit_block(self, block);
        self.functions.pop();
    }

    fn arm(&mut self, arm: &Arm, fallback: Option<&Range<usize>>) {
        let range = span(&arm.pat);
        let body = span(arm.body.as_ref());
        if let Some(fallback) = fallback {
            let guard = arm.guard.as_ref().map(|(_, guard)| self.source(&span(guard.as_ref())).to_owned());
            let also = guard.as_ref().map(|guard| format!(" && ({guard})")).unwrap_or_default();
            // What answers as `_` does is no arm to leave out.
            let same = self.source(&body) == self.source(fallback);
            for alternative in alternatives(&arm.pat).into_iter().filter(|_| !same) {
                let other = alternative.alone(self.text, &range);
                let number =
                    self.mutant(alternative.start(), &format!("no arm for `{}`", alternative.snippet(self.text)));
                let fallback = self.source(fallback).to_owned();
                let text = format!("{other} if crate::mutant::on({number}){also} => {{ {fallback} }}, ");
                self.insertions.wrap(&range, text, "");
            }
            if guard.is_none() {
                let number = self.mutant(range.start, &format!("no arm `{}`", self.snippet(&range)));
                self.insertions.insert(range.end, format!(" if crate::mutant::off({number})"));
            }
        }
        let reached = self.branch(&range, false);
        self.insertions.wrap(&body, format!("{{ crate::mutant::reach({reached}); "), " }");
    }
}

impl<'ast> Visit<'ast> for Mutator<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let attributes = match item {
            syn::Item::Mod(module) => &module.attrs,
            // Patterns and arrays of constants are no code.
            syn::Item::Const(_) | syn::Item::Static(_) | syn::Item::Macro(_) => return,
            _ => return visit::visit_item(self, item),
        };
        if !attributes.iter().any(|attribute| attribute.path().is_ident("cfg")) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.function(&function.sig, &function.block);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.function(&function.sig, &function.block);
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        let removable = match statement {
            Stmt::Expr(expression, Some(_)) => is_removable(expression),
            Stmt::Local(local) => matches!(local.pat, syn::Pat::Wild(_)) && local.init.is_some(),
            _ => false,
        };
        if let Stmt::Expr(expression, Some(_)) = statement {
            // Nobody looks at its answer, which need not be a yes or a no: `map.insert(…);`.
            let unread = span(expression);
            self.covered.insert((unread.start, unread.end));
        }
        if removable {
            let range = span(statement);
            let number = self.mutant(range.start, &format!("no `{}`", self.snippet(&range)));
            self.insertions.wrap(&range, format!("if crate::mutant::off({number}) {{ "), " }");
        }
        visit::visit_stmt(self, statement);
    }

    fn visit_local(&mut self, local: &'ast Local) {
        if let Some(init) = local.init.as_ref().filter(|init| init.diverge.is_none() && is_question(&init.expr)) {
            self.condition(&init.expr, false);
        }
        visit::visit_local(self, local);
    }

    fn visit_field_value(&mut self, field: &'ast syn::FieldValue) {
        if field.colon_token.is_some() && is_question(&field.expr) {
            self.condition(&field.expr, false);
        }
        visit::visit_field_value(self, field);
    }

    fn visit_expr_if(&mut self, expression: &'ast syn::ExprIf) {
        if has_let(&expression.cond) {
            let range = span(expression.cond.as_ref());
            let number = self.mutant(range.start, &format!("`{}` is false", self.snippet(&range)));
            self.insertions.wrap(&range, format!("crate::mutant::off({number}) && "), "");
        }
        self.condition(&expression.cond, false);
        visit::visit_expr_if(self, expression);
    }

    fn visit_expr_while(&mut self, expression: &'ast syn::ExprWhile) {
        self.condition(&expression.cond, true);
        visit::visit_expr_while(self, expression);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let name = call.method.to_string();
        if PREDICATES.contains(&name.as_str())
            && let Some(Expr::Closure(closure)) = call.args.first()
        {
            self.condition(&closure.body, false);
        }
        if QUESTIONS.contains(&name.as_str()) {
            self.negated(&span(call));
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_binary(&mut self, binary: &'ast ExprBinary) {
        let range = span(binary);
        let is_covered = self.covered.contains(&(range.start, range.end));
        let other = match binary.op {
            BinOp::And(_) | BinOp::Or(_) => {
                let and = matches!(binary.op, BinOp::And(_));
                for operand in operands(binary, and) {
                    self.operand(operand, and);
                }
                None
            }
            BinOp::Eq(_) if !is_covered => Some("!="),
            BinOp::Ne(_) if !is_covered => Some("=="),
            BinOp::Lt(_) => Some("<="),
            BinOp::Le(_) => Some("<"),
            BinOp::Gt(_) => Some(">="),
            BinOp::Ge(_) => Some(">"),
            BinOp::Add(_) | BinOp::Mul(_) => Some("-"),
            BinOp::Sub(_) => Some("+"),
            BinOp::Shl(_) => Some(">>"),
            _ => None,
        };
        if let Some(operator) = other {
            let (left, right) = (span(binary.left.as_ref()), span(binary.right.as_ref()));
            let other = format!("{} {operator} {}", self.source(&left), self.source(&right));
            self.instead(&range, &other);
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_unary(&mut self, unary: &'ast syn::ExprUnary) {
        if matches!(unary.op, UnOp::Not(_)) {
            self.negated(&span(unary));
        }
        visit::visit_expr_unary(self, unary);
    }

    fn visit_expr_match(&mut self, expression: &'ast ExprMatch) {
        let last = expression.arms.last();
        let fallback = last.filter(|arm| matches!(arm.pat, syn::Pat::Wild(_)) && arm.guard.is_none());
        let fallback = fallback.map(|arm| span(arm.body.as_ref()));
        for (position, arm) in expression.arms.iter().enumerate() {
            let is_last = position + 1 == expression.arms.len();
            self.arm(arm, fallback.as_ref().filter(|_| !is_last));
            if let Some((_, guard)) = &arm.guard {
                self.condition(guard, false);
            }
        }
        visit::visit_expr_match(self, expression);
    }

    fn visit_expr_macro(&mut self, expression: &'ast syn::ExprMacro) {
        let Some(matches) = Matches::of(&expression.mac) else { return };
        let range = span(expression);
        for alternative in matches.alternatives() {
            let what = format!("`matches!` without `{}`", alternative.snippet(self.text));
            let number = self.mutant(alternative.start(), &what);
            let other = alternative.removed(self.text, &range);
            self.insertions.wrap(&range, format!("(if crate::mutant::on({number}) {{ {other} }} else {{ "), " })");
        }
        self.negated(&range);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "\
fn f(a: usize, b: bool) -> bool {
    g();
    match a {
        1 | 2 if b && a < 2 => !b,
        _ => false,
    }
}
";

    #[test]
    fn every_place_has_its_mutants() {
        let mut sites = Sites::default();
        let mutated = mutate("x.rs", SOURCE, &mut sites).expect("it parses");
        assert!(syn::parse_file(&mutated).is_ok(), "{mutated}");
        let keys: Vec<&str> = sites.mutants.iter().map(|mutant| mutant.key.as_str()).collect();
        assert_eq!(
            keys,
            [
                "x.rs f: returns `true`",
                "x.rs f: returns `false`",
                "x.rs f: no `g();`",
                "x.rs f: no arm for `1`",
                "x.rs f: no arm for `2`",
                "x.rs f: `b && a < 2` is false",
                "x.rs f: `b && a < 2` is true",
                "x.rs f: without `b`",
                "x.rs f: without `a < 2`",
                "x.rs f: `a < 2` becomes `a <= 2`",
                "x.rs f: not `!b`",
            ]
        );
        assert!(sites.mutants.iter().all(|mutant| mutated.contains(&format!("({})", mutant.number))));
    }

    #[test]
    fn what_is_compiled_for_tests_only_is_left_alone() {
        let mut sites = Sites::default();
        let source = "const A: bool = 1 == 2;\n#[cfg(test)]\nmod tests { fn f() -> bool { 1 == 2 } }\n";
        assert!(mutate("x.rs", source, &mut sites).is_ok_and(|mutated| mutated == source));
        assert!(sites.mutants.is_empty());
    }
}
