//! The rows that did not fit, kept apart.

use std::sync::Arc;

use super::Partly;
use super::batch::{Batch, Unfit};
use crate::gateway::Error;
use crate::upstream::change::{Change, Insert, Key, NewEngine, NewTable};
use crate::upstream::intake::{self, Cell, Field, Row, quarantine_fields};

impl Batch {
    pub(super) async fn quarantine(&mut self) -> Result<(), Error> {
        let unfit = std::mem::take(&mut self.unfit);
        self.weight = 0;
        if unfit.is_empty() {
            return Ok(());
        }
        let fields = match &self.quarantine_fields {
            Some(fields) => Arc::clone(fields),
            None => self.open_quarantine().await?,
        };
        self.sent += 1;
        let rows: Vec<Row> = unfit.iter().map(|unfit| self.quarantined(unfit, &fields)).collect();
        let count = rows.len() as u64;
        let insert = Insert {
            table: self.quarantine.clone(),
            fields,
            rows: Arc::new(rows),
            token: format!("{}-{}", self.id, self.sent),
            filtered: self.filtered,
        };
        let refused = self.insert(&insert).await.map_err(|error| match error {
            // The rows in doubt are none of the data source's.
            Error::Partly(partly) => Error::Partly(Box::new(Partly { doubt: 0, ..*partly })),
            other => other,
        })?;
        self.tally.quarantined += count.saturating_sub(refused.len() as u64);
        Ok(())
    }

    fn quarantined(&self, unfit: &Unfit, fields: &[Field]) -> Row {
        let list = |texts: Vec<Cell>| Cell::List(texts);
        let texts = |pick: fn(&(String, String)) -> &String| {
            unfit.errors.iter().map(pick).filter(|text| !text.is_empty()).cloned().map(Cell::Text).collect::<Vec<_>>()
        };
        let cell = |field: &Field| match field.name.as_str() {
            "c__error_column" => list(texts(|(column, _)| column)),
            "c__error" => list(texts(|(_, why)| why)),
            "c__import_id" => Cell::Text(self.id.clone()),
            "insertion_date" => Cell::Omitted,
            name => {
                let position = self.fields.iter().position(|field| field.name == name);
                let value = position.and_then(|position| unfit.values.get(position)).cloned().flatten();
                value.filter(|text| !text.contains('\0')).map_or(Cell::Null, Cell::Text)
            }
        };
        fields.iter().map(cell).collect()
    }

    /// Makes the quarantine when there is none, and gives it the columns that it lacks.
    async fn open_quarantine(&mut self) -> Result<Arc<[Field]>, Error> {
        let wanted = quarantine_fields(&self.fields);
        let mut there = self.describe_quarantine().await?;
        if there.is_empty() {
            let key = |column: &str| Key::Column(column.to_owned());
            let engine =
                NewEngine { name: "MergeTree", sorting_key: vec![key("insertion_date")], ..NewEngine::default() };
            let table = NewTable { name: self.quarantine.clone(), fields: wanted.clone(), engine };
            let made = self.upstream.change(Change::Create(Box::new(table)), self.filtered).await;
            there = self.describe_quarantine().await?;
            // Somebody else may have made it in the same moment.
            if there.is_empty() {
                return Err(made.err().map_or(Error::NotReady, Error::Upstream));
            }
        }
        let lacking: Vec<_> =
            wanted.into_iter().filter(|field| !there.iter().any(|known| known.name == field.name)).collect();
        if !lacking.is_empty() {
            let change = Change::AddColumns(self.quarantine.clone(), lacking);
            self.upstream.change(change, self.filtered).await.map_err(Error::Upstream)?;
            there = self.describe_quarantine().await?;
        }
        let known = |field: &Field| {
            intake::is_quarantines_own(&field.name) || self.fields.iter().any(|own| own.name == field.name)
        };
        let fields: Arc<[Field]> = there.into_iter().filter(|field| field.insertable && known(field)).collect();
        self.quarantine_fields = Some(Arc::clone(&fields));
        Ok(fields)
    }

    async fn describe_quarantine(&self) -> Result<Vec<Field>, Error> {
        let found = self.upstream.describe(Some(&self.quarantine), &|_| false).await.map_err(Error::Upstream)?;
        Ok(found.into_iter().next().map(|found| found.fields).unwrap_or_default())
    }
}
