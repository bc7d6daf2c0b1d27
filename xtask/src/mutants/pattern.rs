//! Patterns with alternatives, `A | B`.

use std::ops::Range;

use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{Expr, Macro, Pat, PatOr, Token};

/// One alternative of a pattern, inside of the whole.
#[derive(Debug, Clone)]
pub(super) struct Alternative {
    /// All alternatives, `A | B`.
    whole: Range<usize>,
    /// This one.
    one: Range<usize>,
    /// The others.
    rest: Vec<Range<usize>>,
}

impl Alternative {
    pub(super) fn start(&self) -> usize {
        self.one.start
    }

    pub(super) fn snippet<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.one.clone()).unwrap_or_default()
    }

    /// The source in `around` with this alternative only.
    pub(super) fn alone(&self, text: &str, around: &Range<usize>) -> String {
        self.replaced(text, around, self.snippet(text))
    }

    /// The source in `around` without this alternative.
    pub(super) fn removed(&self, text: &str, around: &Range<usize>) -> String {
        let rest: Vec<&str> = self.rest.iter().filter_map(|range| text.get(range.clone())).collect();
        self.replaced(text, around, &rest.join(" | "))
    }

    fn replaced(&self, text: &str, around: &Range<usize>, with: &str) -> String {
        let before = text.get(around.start..self.whole.start).unwrap_or_default();
        let after = text.get(self.whole.end..around.end).unwrap_or_default();
        format!("{before}{with}{after}")
    }
}

/// Every alternative in a pattern.
pub(super) fn alternatives(pattern: &Pat) -> Vec<Alternative> {
    struct Finder(Vec<Alternative>);
    impl<'ast> Visit<'ast> for Finder {
        fn visit_pat_or(&mut self, pattern: &'ast PatOr) {
            let cases: Vec<Range<usize>> = pattern.cases.iter().map(|case| case.span().byte_range()).collect();
            for one in &cases {
                let rest = cases.iter().filter(|case| *case != one).cloned().collect();
                self.0.push(Alternative { whole: pattern.span().byte_range(), one: one.clone(), rest });
            }
            visit::visit_pat_or(self, pattern);
        }
    }
    let mut finder = Finder(Vec::new());
    finder.visit_pat(pattern);
    finder.0
}

/// A call of `matches!`.
pub(super) struct Matches(Pat);

impl Matches {
    pub(super) fn of(call: &Macro) -> Option<Self> {
        if call.path.is_ident("matches") { call.parse_body().ok() } else { None }
    }

    pub(super) fn alternatives(&self) -> Vec<Alternative> {
        alternatives(&self.0)
    }
}

impl Parse for Matches {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let _: Expr = input.parse()?;
        let _: Token![,] = input.parse()?;
        let pattern = Pat::parse_multi_with_leading_vert(input)?;
        if input.parse::<Option<Token![if]>>()?.is_some() {
            let _: Expr = input.parse()?;
        }
        let _: Option<Token![,]> = input.parse()?;
        Ok(Self(pattern))
    }
}
