//! Injection: the edits that put every table behind its wall.

mod mentions;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::catalog::{Column, Engine, Table, TableName};

use super::dialect::Dialect;
use super::emit::{self, Edit};
use super::lex::RESERVED_PREFIX;
use super::lexeme::{Kind, Symbol};
use super::read::TableUse;
use super::refusal::{Refusal, RefusalKind};
use super::resolve::Resolved;
use super::total::{is_total, is_total_throughout};
use super::verify::verify;
use super::wall::Reference;
use super::{Rewritten, Visible};
use super::{admit, beside, shared};
use mentions::Mentions;

/// A reference, the table that it means if it is one, and what may be seen of it.
type Seen<'a> = (&'a TableUse, Option<(&'a TableName, &'a Table)>, &'a Visible);

impl Resolved<'_> {
    /// Puts every table behind its wall, writes the text and checks it.
    ///
    /// # Errors
    /// A [`Refusal`] when a table is not in `visible`, or when the text does not verify.
    pub fn rewrite(self, visible: &dyn Fn(&TableName) -> Option<Visible>) -> Result<Rewritten, Refusal> {
        self.rewrite_as(visible, false)
    }

    /// The same for a text that is to stand inside another statement ([`Visible::Query`]). That statement's conditions
    /// are unknown here and may fail on a value, so every wall keeps them out.
    ///
    /// # Errors
    /// As [`Self::rewrite`].
    pub fn rewrite_inner(self, visible: &dyn Fn(&TableName) -> Option<Visible>) -> Result<Rewritten, Refusal> {
        self.rewrite_as(visible, true)
    }

    fn rewrite_as(self, visible: &dyn Fn(&TableName) -> Option<Visible>, inner: bool) -> Result<Rewritten, Refusal> {
        let visible: HashMap<&TableName, Visible> =
            self.tables().iter().filter_map(|name| Some((name, visible(name)?))).collect();
        let mentions = self.mentions();
        let by_name = |column: &str| mentions.names(column, self.reading.lexed.dialect);
        let tables = self.references.iter().filter_map(|(_, table)| table.as_deref());
        // What a query's columns are is not known, and neither is the statement that an inner text will stand in.
        let opaque = inner || visible.values().any(|seen| matches!(seen, Visible::Query { .. }));
        let is_clickhouse = self.reading.lexed.dialect == Dialect::ClickHouse;
        let is_total = !opaque && is_clickhouse && is_total(&self.reading, tables.clone());
        let parts =
            is_clickhouse && self.dictionaries(&visible) && (opaque || !is_total_throughout(&self.reading, tables));
        let parted = |column: &Column| {
            parts
                && shared::has_dictionary(&column.type_name)
                && (inner || mentions.reach(&column.name, Dialect::ClickHouse))
        };
        let (mut edits, mut written) = (Vec::new(), 0);
        let (mut walled_selects, mut references) = (Vec::new(), Vec::new());
        let (mut self_describing, mut bound) = (false, false);
        let seen_tables = self.seen(&visible)?;
        self.tables_at_in(&mentions)?;
        for (table, shape, seen) in seen_tables {
            let Some(shape) = shape else {
                let text = self.query_wall(table, seen, parts)?;
                if let Visible::Query { query, fenced, .. } = seen {
                    // What a pipe leaves out is hidden from a client's statement as what a filter leaves out.
                    bound |= *fenced;
                    self_describing |= query.self_describing && (*fenced || is_filtered(seen));
                }
                walled_selects.push((table.select, false));
                written += text.len();
                if written > self.limits.output_bytes {
                    return Err(Refusal::new(RefusalKind::TooLarge, "the rewritten statement is too long"));
                }
                edits.push(Edit::Wall(table.range.clone(), text));
                continue;
            };
            references.push(beside::Reference {
                name: shape.0,
                table: shape.1,
                is_final: table.is_final,
                visible: seen,
            });
            let reference = Reference {
                name: shape.0,
                table: shape.1,
                alias: &self.meaning(table.alias.unwrap_or(table.table)),
                is_final: table.is_final,
                is_total,
                sample: self.sample(table),
                by_name: &by_name,
                parted: &parted,
                dialect: self.reading.lexed.dialect,
                case: self.case,
                default_database: &self.default_database,
            };
            let text = match seen {
                Visible::AllRows => reference.open()?,
                Visible::Rows(filters) => {
                    // What stands at the right of IN is in no SELECT's FROM.
                    walled_selects.push((if table.at_in { usize::MAX } else { table.select }, table.is_final));
                    mentions.no_star_beside_columns(shape.1, self.reading.lexed.dialect)?;
                    self_describing |= shape.1.columns.iter().any(|it| admit::is_self_describing(&it.type_name));
                    reference.walled(filters)?
                }
                Visible::Query { .. } => return Err(self.not_found(table)),
            };
            written += text.len();
            if written > self.limits.output_bytes {
                return Err(Refusal::new(RefusalKind::TooLarge, "the rewritten statement is too long"));
            }
            if table.at_in {
                edits.push(Edit::Before(table.range.start, "(SELECT * FROM".to_owned()));
            }
            edits.push(Edit::Wall(table.range.clone(), text));
            if table.at_in {
                edits.push(Edit::Before(table.range.end, ")".to_owned()));
            }
        }
        let filtered = visible.values().any(is_filtered);
        if filtered || bound {
            admit::settings_beside_filters(&self.reading)?;
        }
        if self_describing && self.reading.lexed.dialect == Dialect::ClickHouse {
            admit::casts_beside_filters(&self.reading)?;
            if self.types_shown(&visible, &mentions) {
                shared::conversions(&self.reading, &|name| self.is_plain(name))?;
            }
        }
        self.rename_ctes(&mut edits);
        self.prewheres(&walled_selects, &mut edits)?;
        self.shorten_names(&mut edits);
        edits.sort_by_key(Edit::start);
        let emitted = emit::emit(&self.reading, &edits);
        verify(&self.reading, &emitted, &self.limits)?;
        // A query of another's rights may read the same table otherwise: then nothing is said beside the text.
        let table_filters = match opaque {
            true => Vec::new(),
            false => beside::table_filters(&references, self.reading.lexed.dialect),
        };
        let types_shown = self.types_shown(&visible, &mentions);
        Ok(Rewritten { table_filters, types_shown, ..self.finish(emitted.text, filtered, &visible) })
    }

    /// What stands in the place of a name that stands for a query.
    fn query_wall(&self, table: &TableUse, seen: &Visible, parts: bool) -> Result<String, Refusal> {
        let Visible::Query { query, filters, fenced } = seen else { return Err(self.not_found(table)) };
        if table.is_final || table.sample.is_some() {
            return Err(Refusal::new(RefusalKind::NotUnderstood, "FINAL and SAMPLE belong to a table, not to a pipe"));
        }
        if query.format.is_some() {
            return Err(Refusal::new(
                RefusalKind::NotUnderstood,
                "a pipe that names a FORMAT cannot be read as a table",
            ));
        }
        let alias = &self.meaning(table.alias.unwrap_or(table.table));
        let parted = match parts && query.dictionaries && (*fenced || !filters.is_empty()) {
            true => shared::names_of_columns(&self.reading)?,
            false => Vec::new(),
        };
        super::wall::around_query(&query.text, filters, *fenced, &parted, alias, self.reading.lexed.dialect)
    }

    /// Each reference with its table and what may be seen of it. The first in the text that does not exist or may not be
    /// known is the answer, whichever of the two it is.
    fn seen<'a>(&'a self, visible: &'a HashMap<&TableName, Visible>) -> Result<Vec<Seen<'a>>, Refusal> {
        let references = self.reading.tables.iter().zip(&self.references);
        let seen = references.map(|(table, (name, shape))| match (shape, visible.get(name)) {
            (_, Some(seen @ Visible::Query { .. })) => Ok((table, None, seen)),
            (Some(shape), Some(seen)) => Ok((table, Some((name, shape.as_ref())), seen)),
            (None, _) | (_, None) => Err(self.not_found(table)),
        });
        seen.collect()
    }

    /// A bare name at the right of IN is a table where it can be nothing else: no column, no alias, no lambda's variable.
    /// Asked when every table of the statement is known to be visible, so that no answer tells of another's columns.
    fn tables_at_in(&self, mentions: &Mentions) -> Result<(), Refusal> {
        let dialect = self.reading.lexed.dialect;
        let has_lambda = self.reading.lexed.lexemes.iter().any(|lexeme| lexeme.kind == Kind::Symbol(Symbol::Arrow));
        let given = self.reading.aliases.iter().map(|(_, name)| name).chain(&self.reading.renamed);
        let given: HashSet<&str> = given.map(|&at| self.word(at)).collect();
        let columns: HashSet<&str> = self
            .references
            .iter()
            .filter_map(|(_, table)| table.as_ref())
            .flat_map(|table| table.columns.iter().map(|column| &*column.name))
            .collect();
        for (table, (_, shape)) in self.reading.tables.iter().zip(&self.references).filter(|(table, _)| table.at_in) {
            let first = self.word(table.database.unwrap_or(table.table));
            let aliased = self.reading.tables.iter().any(|other| {
                other.alias.is_some_and(|alias| self.word(alias) == first)
                    || (table.database.is_some() && !other.at_in && self.word(other.table) == first)
            });
            // A Set or a Join is asked by name and gives no rows: its engine is opaque.
            let known = shape.as_ref().is_some_and(|it| !it.columns.is_empty() && it.engine != Engine::Opaque);
            if has_lambda || !known || aliased || given.contains(first) || columns.contains(first) {
                return Err(admit::bare_name_at_in(&self.reading, table.table));
            }
            if let Some(shape) = shape {
                mentions.no_column_beside_star(shape, dialect)?;
            }
        }
        Ok(())
    }

    /// What the queries inside use and read, the whole uses and reads.
    fn finish(&self, text: String, filtered: bool, visible: &HashMap<&TableName, Visible>) -> Rewritten {
        let mut parameters: Vec<String> = self.reading.parameters.iter().map(|&at| self.word(at).to_owned()).collect();
        let mut settings = admit::settings(&self.reading);
        let is_table = |name: &&TableName| !matches!(visible.get(name), Some(Visible::Query { .. }));
        let mut tables: Vec<TableName> = self.tables().iter().filter(is_table).cloned().collect();
        for seen in self.tables().iter().filter_map(|name| visible.get(name)) {
            let Visible::Query { query, .. } = seen else { continue };
            parameters.extend(query.parameters.iter().cloned());
            tables.extend(query.tables.iter().cloned());
            for (name, value) in &query.settings {
                if !settings.iter().any(|(known, _)| known == name) {
                    settings.push((name.clone(), value.clone()));
                }
            }
        }
        parameters.sort_unstable();
        parameters.dedup();
        tables.sort_unstable();
        tables.dedup();
        Rewritten {
            text,
            format: self.reading.format.map(|at| self.word(at).to_owned()),
            settings,
            parameters,
            self_describing: self.has_self_describing(visible),
            types_shown: false,
            dictionaries: self.dictionaries(visible),
            tables,
            filtered,
            table_filters: Vec::new(),
        }
    }

    /// Whether a table that is read here, or in a query inside, has a column whose values carry their own types.
    fn has_self_describing(&self, visible: &HashMap<&TableName, Visible>) -> bool {
        let inside = |seen: &Visible| matches!(seen, Visible::Query { query, .. } if query.self_describing);
        self.columns().any(|column| admit::is_self_describing(&column.type_name)) || visible.values().any(inside)
    }

    fn word(&self, position: usize) -> &str {
        self.reading.lexed.get(position).map_or("", |lexeme| self.reading.lexed.name(lexeme))
    }

    fn meaning(&self, position: usize) -> Cow<'_, str> {
        self.reading.lexed.get(position).map_or(Cow::Borrowed(""), |lexeme| self.reading.lexed.meaning(lexeme))
    }

    /// SAMPLE's numbers: the lexemes are numbers, slashes and OFFSET, nothing else.
    fn sample(&self, table: &TableUse) -> Option<String> {
        let lexemes = self.reading.lexed.lexemes.get(table.sample.clone()?)?;
        let words: Vec<&str> = lexemes.iter().map(|lexeme| self.reading.lexed.source(*lexeme)).collect();
        Some(words.join(" "))
    }

    /// Whether a dictionary may be read: a table's, a query's inside, or one that the statement makes.
    fn dictionaries(&self, visible: &HashMap<&TableName, Visible>) -> bool {
        let inside = |seen: &Visible| matches!(seen, Visible::Query { query, .. } if query.dictionaries);
        self.columns().any(|column| shared::has_dictionary(&column.type_name))
            || visible.values().any(inside)
            || shared::makes_dictionaries(&self.reading)
    }

    /// Whether values that carry their own types may be in the answer, or in what it is computed from.
    fn types_shown(&self, visible: &HashMap<&TableName, Visible>, mentions: &Mentions) -> bool {
        let dialect = self.reading.lexed.dialect;
        let reached =
            |column: &Column| shared::learns_types(&column.type_name) && mentions.reach(&column.name, dialect);
        let inside = |seen: &Visible| matches!(seen, Visible::Query { query, .. } if query.types_shown);
        self.columns().any(reached) || visible.values().any(inside)
    }

    /// Whether a name is a column's whose values have one type, and nothing else's.
    fn is_plain(&self, name: &str) -> bool {
        let given = self.reading.aliases.iter().map(|(_, name)| name);
        let mut given = given.chain(&self.reading.renamed).chain(&self.reading.array_joins);
        let mut named = self.columns().filter(|column| *column.name == *name).peekable();
        named.peek().is_some()
            && named.all(|column| !shared::learns_types(&column.type_name))
            && !given.any(|&at| self.word(at) == name)
            && !self.reading.has_set_operations()
    }

    fn columns(&self) -> impl Iterator<Item = &Column> {
        self.references.iter().filter_map(|(_, table)| table.as_ref()).flat_map(|table| &table.columns)
    }

    /// What the statement mentions, gathered once where a table has columns about which it matters.
    fn mentions(&self) -> Mentions {
        let matters = |column: &Column| {
            column.kind.is_outside_star()
                || shared::has_dictionary(&column.type_name)
                || admit::is_self_describing(&column.type_name)
        };
        if self.columns().any(matters) { Mentions::of(&self.reading) } else { Mentions::default() }
    }

    /// Fresh names for the queries of WITH, where they are made and where they are used: a disagreement about their
    /// scope gives an unknown table, never a base table.
    fn rename_ctes(&self, edits: &mut Vec<Edit>) {
        let fresh = |number: usize| format!("{RESERVED_PREFIX}_{number}");
        for (number, cte) in self.reading.ctes.iter().enumerate() {
            edits.push(Edit::Instead(cte.name..cte.name + 1, fresh(number)));
        }
        for cte in &self.reading.cte_uses {
            let mut text = fresh(cte.cte);
            if cte.in_from {
                text.push_str(" AS ");
                let alias = self.meaning(cte.alias.unwrap_or(cte.name));
                emit::write_quoted(&mut text, &alias, self.reading.lexed.dialect);
            }
            edits.push(Edit::Instead(cte.range.clone(), text));
        }
    }

    /// A wall has no PREWHERE: the client's becomes a WHERE outside of it.
    fn prewheres(&self, walled: &[(usize, bool)], edits: &mut Vec<Edit>) -> Result<(), Refusal> {
        let mut finals: HashMap<usize, bool> = HashMap::new();
        for (select, is_final) in walled {
            *finals.entry(*select).or_default() |= *is_final;
        }
        for prewhere in &self.reading.prewheres {
            let Some(&is_final) = finals.get(&prewhere.select) else { continue };
            if is_final {
                return Err(Refusal::new(
                    RefusalKind::NotAllowed,
                    "PREWHERE with FINAL sees rows before they are merged",
                )
                .hint("use WHERE"));
            }
            edits.push(Edit::Instead(prewhere.keyword..prewhere.keyword + 1, "WHERE (".to_owned()));
            match prewhere.and_where {
                Some((keyword, end)) => {
                    edits.push(Edit::Instead(keyword..keyword + 1, ") AND (".to_owned()));
                    edits.push(Edit::Before(end, ")".to_owned()));
                }
                None => edits.push(Edit::Before(prewhere.end, ")".to_owned())),
            }
        }
        Ok(())
    }

    /// `database.table.column` loses its database: behind a wall the table has none.
    fn shorten_names(&self, edits: &mut Vec<Edit>) {
        for range in &self.reading.long_names {
            let (database, table) = (self.word(range.start), self.word(range.start + 2));
            let same = |left: &str, right: &str| self.reading.lexed.dialect.same_name(left, right);
            let named = self.references.iter().zip(&self.reading.tables).any(|((name, _), written)| {
                written.alias.is_none() && !written.at_in && same(&name.database, database) && same(&name.table, table)
            });
            if named {
                edits.push(Edit::Nothing(range.start..range.start + 2));
            }
        }
    }
}

/// Whether anything of it is behind a row filter.
fn is_filtered(seen: &Visible) -> bool {
    match seen {
        Visible::AllRows => false,
        Visible::Rows(_) => true,
        Visible::Query { query, filters, .. } => query.filtered || !filters.is_empty(),
    }
}

#[cfg(test)]
mod tests;
