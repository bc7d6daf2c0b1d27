//! Injection: the edits that put every table behind its wall.

mod alias;
mod at_in;
mod hidden_columns;
mod mention;
mod names;
mod pipe;
mod prewhere;
mod storage;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::catalog::{Column, Engine, Keys, Table, TableName};

use super::emit::{self, Edit};
use super::filter::RowFilter;
use super::harmless::is_harmless;
use super::named::Named;
use super::operands::Operands;
use super::prune::Pruner;
use super::read::TableUse;
use super::refusal::{Refusal, RefusalKind};
use super::resolve::Resolved;
use super::verify::verify;
use super::wall::{self, Reference, Shape};
use super::{Rewritten, Visible, admit, beside, shared};
use alias::Taken;
use mention::{Mentions, no_column_beside_star};
use storage::Storage;

/// What a reference means, and what may be seen of it.
enum Seen<'a> {
    /// A table, and its filters if not every row may be seen.
    Table {
        name: &'a TableName,
        table: &'a Table,
        shape: &'a Shape<'a>,
        visible: &'a Visible,
        filters: Option<&'a [Arc<RowFilter>]>,
    },
    /// A query in a table's place.
    Query { query: &'a Rewritten, filters: &'a [Arc<RowFilter>], fenced: bool, plain: bool },
}

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
        let known = self.known();
        let mentions = Mentions::of(&self.reading, &known);
        let taken = Taken::of(&self.reading);
        // What a query's columns are is not known, and neither is the statement that an inner text will stand in.
        let opaque = inner || visible.values().any(|seen| matches!(seen, Visible::Query { .. }));
        let operands = Operands::of(&self.reading);
        let named = Named::of(&operands, self.tables_with_keys());
        let harmless = self.reading.lexed.dialect.is_clickhouse() && !opaque && is_harmless(&operands, &named);
        let storage = self.storage(&known, &visible, &mentions, harmless);
        let parted = |column: &Column| {
            let dialect = self.reading.lexed.dialect;
            storage.parts
                && shared::has_dictionary(&column.type_name)
                && (inner || mentions.reach(&column.name, dialect))
        };
        let shapes = self.shapes(&known, (&mentions, &parted), &visible);
        let pruner = Pruner::new(&operands, &named);
        let is_open = harmless && pruner.may_be_seen();
        let (mut edits, mut length) = (Vec::new(), 0);
        let (mut walled_selects, mut references) = (Vec::new(), Vec::new());
        let (mut self_describing, mut bound) = (false, false);
        let seen_tables = self.seen(&visible, &shapes)?;
        self.tables_at_in(&known, &shapes)?;
        for ((written, seen), keys) in seen_tables.into_iter().zip(&self.keys) {
            let (name, table, shape, visible, filters) = match seen {
                Seen::Table { name, table, shape, visible, filters } => (name, table, shape, visible, filters),
                Seen::Query { query, filters, fenced, plain } => {
                    let text = self.query_wall(written, query, (filters, fenced, plain), &taken)?;
                    // What a pipe leaves out is hidden from a client's statement as what a filter leaves out.
                    bound |= fenced;
                    self_describing |= query.self_describing && (fenced || query.filtered || !filters.is_empty());
                    walled_selects.push((written.select, false));
                    self.no_longer_than_it_may_be(&mut length, &text)?;
                    edits.push(Edit::Wall(written.range.clone(), text));
                    continue;
                }
            };
            references.push(beside::Reference { name, table, is_final: written.is_final, visible });
            let sample = self.sample(written);
            // An open wall has none, which FINAL's never is; and only these tables have an index.
            let is_open = is_open && !written.is_final;
            let pruning = match !is_open && table.engine == Engine::MergeTree {
                true => {
                    let fresh = wall::fresh(self.reading.lexed.dialect, sample.as_deref());
                    pruner.of(written, &fresh, (table, keys), &self.beside(written))
                }
                false => Vec::new(),
            };
            let reference = Reference {
                name,
                engine: table.engine,
                shape,
                alias: &self.alias(written, &taken),
                is_final: written.is_final,
                is_open,
                pruning: &pruning,
                sample,
                dialect: self.reading.lexed.dialect,
                default_database: &self.default_database,
            };
            let text = match filters {
                None => reference.open()?,
                Some(filters) => {
                    // What stands at the right of IN is in no SELECT's FROM.
                    walled_selects.push((if written.at_in { usize::MAX } else { written.select }, written.is_final));
                    if mentions.star {
                        no_column_beside_star(shape)?;
                    }
                    self_describing |= shape.self_describing;
                    reference.walled(filters)?
                }
            };
            self.no_longer_than_it_may_be(&mut length, &text)?;
            if written.at_in {
                edits.push(Edit::Before(written.range.start, "(SELECT * FROM".to_owned()));
            }
            edits.push(Edit::Wall(written.range.clone(), text));
            if written.at_in {
                edits.push(Edit::Before(written.range.end, ")".to_owned()));
            }
        }
        let filtered = visible.values().any(is_filtered);
        if filtered || bound {
            admit::settings_beside_filters(&self.reading)?;
            hidden_columns::none(&self.reading, known.values().copied())?;
            self.own_names_of_aliased(&known)?;
        }
        if self_describing && self.reading.lexed.dialect.is_clickhouse() {
            admit::casts_beside_filters(&self.reading)?;
            if storage.types_shown {
                self.no_conversions(&known)?;
            }
        }
        self.rename_ctes(&taken, &mut edits);
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
        let fallible = (filtered || bound) && !harmless;
        Ok(Rewritten { table_filters, fallible, ..self.finish(emitted.text, filtered, &visible, (&shapes, storage)) })
    }

    /// The tables that are known, each once, with what is known of their keys. Outside ClickHouse nobody asks.
    pub(super) fn tables_with_keys(&self) -> impl Iterator<Item = (&Table, &Keys)> {
        let asked = self.reading.lexed.dialect.is_clickhouse();
        let all = self.references.iter().zip(&self.keys).filter(move |_| asked);
        let known = all.filter_map(|((name, table), keys)| Some((name, (table.as_deref()?, keys.as_ref()))));
        known.collect::<HashMap<_, _>>().into_values()
    }

    /// The tables of the same FROM, itself among them.
    fn beside(&self, table: &TableUse) -> Vec<&Table> {
        let all = self.reading.tables.iter().zip(&self.references);
        let same = all.filter(|(other, _)| other.select == table.select && !other.at_in);
        same.filter_map(|(_, (_, known))| known.as_deref()).collect()
    }

    /// Stops where the walls alone are too long; the whole text is measured when it is verified.
    fn no_longer_than_it_may_be(&self, length: &mut usize, text: &str) -> Result<(), Refusal> {
        *length += text.len();
        if *length > self.limits.output_bytes {
            return Err(Refusal::new(RefusalKind::TooLarge, "the rewritten statement is too long"));
        }
        Ok(())
    }

    /// Each reference with what may be seen of it. The first in the text that does not exist or may not be known is the
    /// answer, whichever of the two it is.
    fn seen<'a>(
        &'a self,
        visible: &'a HashMap<&TableName, Visible>,
        shapes: &'a HashMap<&TableName, Shape<'a>>,
    ) -> Result<Vec<(&'a TableUse, Seen<'a>)>, Refusal> {
        let references = self.reading.tables.iter().zip(&self.references);
        let seen = references.map(|(table, (name, known))| {
            let seen = match (known.as_deref().zip(shapes.get(name)), visible.get(name)) {
                (_, Some(Visible::Query { query, filters, fenced, plain })) => {
                    Seen::Query { query, filters, fenced: *fenced, plain: *plain }
                }
                (Some((table, shape)), Some(visible @ Visible::AllRows)) => {
                    Seen::Table { name, table, shape, visible, filters: None }
                }
                (Some((table, shape)), Some(visible @ Visible::Rows(filters))) => {
                    Seen::Table { name, table, shape, visible, filters: Some(filters) }
                }
                (None, _) | (_, None) => return Err(self.not_found(table)),
            };
            Ok((table, seen))
        });
        seen.collect()
    }

    /// What the queries inside use and read, the whole uses and reads.
    fn finish(
        &self,
        text: String,
        filtered: bool,
        visible: &HashMap<&TableName, Visible>,
        (shapes, storage): (&HashMap<&TableName, Shape<'_>>, Storage),
    ) -> Rewritten {
        // A table that is read here, or in a query inside, has a column whose values carry their own types.
        let inside = |seen: &Visible| matches!(seen, Visible::Query { query, .. } if query.self_describing);
        let self_describing = shapes.values().any(|shape| shape.self_describing) || visible.values().any(inside);
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
            self_describing,
            types_shown: storage.types_shown,
            dictionaries: storage.dictionaries,
            tables,
            filtered,
            fallible: filtered,
            table_filters: Vec::new(),
        }
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

    /// The tables that the statement reads, each once.
    fn known(&self) -> HashMap<&TableName, &Table> {
        self.references.iter().filter_map(|(name, table)| Some((name, table.as_deref()?))).collect()
    }

    /// What each table's walls need of its columns.
    fn shapes<'a>(
        &'a self,
        known: &HashMap<&'a TableName, &'a Table>,
        (mentions, parted): (&Mentions, &dyn Fn(&Column) -> bool),
        visible: &'a HashMap<&TableName, Visible>,
    ) -> HashMap<&'a TableName, Shape<'a>> {
        let named = |column: &str| mentions.names(column, self.reading.lexed.dialect);
        let shape = |(&name, &table)| {
            let filters: &[_] = match visible.get(name) {
                Some(Visible::Rows(filters)) => filters,
                Some(Visible::AllRows | Visible::Query { .. }) | None => &[],
            };
            let shape = Shape::of(table, self.case, &named, parted, filters);
            let listed = self.columns_are_stated && self.reading.lexed.dialect.is_clickhouse();
            (name, if listed { shape.listing(table) } else { shape })
        };
        known.iter().map(shape).collect()
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
