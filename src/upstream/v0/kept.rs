//! Reads what the upstream holds from its list of data sources.
//!
//! Each has a quarantine beside it, which no list shows; its columns are known by the columns of the data source. What has a
//! name that no scope could name is left out.

use serde_json::Value;

use crate::catalog::{Catalog, Column, ColumnKind, Engine, NameCase, Table, TableName};
use crate::upstream::UpstreamError;
use crate::upstream::change::Described;
use crate::upstream::clickhouse::schema::engine_of;
use crate::upstream::intake::{Field, Kind, is_plain_name, quarantine_fields, unix_seconds};

/// Where a bare name is looked up: v0 has one database, which has no name.
pub(super) const DATABASE: &str = "default";

/// The catalog from the answer to `GET /v0/datasources`.
pub(super) fn catalog(answer: &[u8]) -> Result<Catalog, UpstreamError> {
    let mut catalog = Catalog::new(DATABASE, NameCase::Sensitive);
    for table in described_all(answer)? {
        let engine = if table.engine.is_empty() { Engine::Plain } else { engine_of(DATABASE, &table.engine) };
        if table.fields.is_empty() {
            // No columns would mean that they are not known, and that is something else.
            continue;
        }
        if engine != Engine::View {
            let quarantine = TableName::new(DATABASE, &format!("{}_quarantine", table.name.table));
            let columns = quarantine_fields(&table.fields).into_iter().map(|field| {
                let type_name = field.kind.to_string();
                Column { name: field.name.into(), type_name: type_name.into(), kind: ColumnKind::Ordinary }
            });
            catalog.insert(quarantine, Table { columns: columns.collect(), engine: Engine::Plain });
        }
        let columns = table.fields.iter().map(|field| Column {
            name: field.name.as_str().into(),
            type_name: field.type_name.as_str().into(),
            kind: if field.insertable { ColumnKind::Ordinary } else { ColumnKind::ByName },
        });
        catalog.insert(table.name.clone(), Table { columns: columns.collect(), engine });
    }
    Ok(catalog)
}

/// Every data source of the answer to `GET /v0/datasources`.
pub(super) fn described_all(answer: &[u8]) -> Result<Vec<Described>, UpstreamError> {
    let told: Value = serde_json::from_slice(answer).map_err(|_| UpstreamError::BadAnswer)?;
    let all = told.get("datasources").and_then(Value::as_array).ok_or(UpstreamError::BadAnswer)?;
    let mut all: Vec<Described> = all.iter().filter_map(one).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}

/// The data source of the answer to `GET /v0/datasources/{name}`.
pub(super) fn described(answer: &[u8]) -> Result<Described, UpstreamError> {
    let told: Value = serde_json::from_slice(answer).map_err(|_| UpstreamError::BadAnswer)?;
    one(&told).ok_or(UpstreamError::BadAnswer)
}

fn one(told: &Value) -> Option<Described> {
    let name = told.get("name").and_then(Value::as_str).filter(|name| is_plain_name(name))?;
    let columns = told.get("columns").or_else(|| told.get("schema")?.get("columns")).and_then(Value::as_array)?;
    let engine = told.get("engine");
    let of_engine = |member: &str| {
        let told = |member: &str| engine.and_then(|engine| engine.get(member)).and_then(Value::as_str);
        told(&format!("engine_{member}")).or_else(|| told(member)).unwrap_or_default().to_owned()
    };
    // An API that keeps rows for a time says so in a member of its own.
    let ttl = engine.and_then(|engine| engine.get("ttl")).and_then(Value::as_str);
    let count = |member: &str| told.get("statistics").and_then(|statistics| statistics.get(member)?.as_u64());
    let text = |member: &str| told.get(member).and_then(Value::as_str).unwrap_or_default();
    Some(Described {
        name: TableName::new(DATABASE, name),
        engine: engine.and_then(Value::as_str).map_or_else(|| of_engine("engine"), str::to_owned),
        engine_full: ttl.map_or_else(|| of_engine("full"), |ttl| format!("{} TTL {ttl}", of_engine("engine"))),
        sorting_key: of_engine("sorting_key"),
        partition_key: of_engine("partition_key"),
        primary_key: of_engine("primary_key"),
        fields: columns.iter().map(field).collect::<Option<_>>()?,
        rows: count("row_count"),
        bytes: count("bytes"),
        updated: unix_seconds(text("updated_at")).unwrap_or_default(),
        comment: text("description").to_owned(),
    })
}

fn field(told: &Value) -> Option<Field> {
    let name = told.get("name")?.as_str()?.to_owned();
    let bare = told.get("type")?.as_str()?;
    let nullable = told.get("nullable").and_then(Value::as_bool).unwrap_or_default();
    // Tinybird says it beside the type, others within.
    let wrapped = !nullable || bare.starts_with("Nullable(") || bare.starts_with("LowCardinality(Nullable(");
    let type_name = if wrapped { bare.to_owned() } else { format!("Nullable({bare})") };
    let kind = Kind::parse(&type_name).unwrap_or(Kind::Other);
    let default = told.get("default_value").and_then(Value::as_str).filter(|text| !text.is_empty());
    Some(Field {
        name,
        nullable: nullable || kind.is_nullable(),
        kind,
        type_name,
        defaulted: default.is_some(),
        default: default.map(str::to_owned),
        insertable: !told.get("auto").and_then(Value::as_bool).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn source(name: &str, columns: &Value) -> Value {
        json!({ "name": name, "columns": columns, "engine": { "engine": "MergeTree", "sorting_key": "a" },
                "statistics": { "row_count": 3, "bytes": 9 }, "updated_at": "1970-01-01 00:01:00.000000" })
    }

    #[test]
    fn data_sources_are_tables_and_have_quarantines() {
        let columns = json!([
            { "name": "a", "type": "Int64", "nullable": false },
            { "name": "b", "type": "String", "nullable": true, "default_value": "'x'" },
            { "name": "c", "type": "Nullable(Date)", "nullable": true, "auto": true },
        ]);
        let answer = json!({ "datasources": [source("t", &columns), source("other.t", &columns)] }).to_string();
        let catalog = catalog(answer.as_bytes()).unwrap();
        let types = |name: &str| {
            let (_, table) = catalog.get(&TableName::new(DATABASE, name)).unwrap();
            let columns = table.columns.iter().map(|column| format!("{} {}", column.name, column.type_name));
            columns.collect::<Vec<_>>().join(", ")
        };
        assert_eq!(types("t"), "a Int64, b Nullable(String), c Nullable(Date)");
        assert!(
            types("t_quarantine").ends_with("a Nullable(String), b Nullable(String), insertion_date DateTime('UTC')")
        );
        assert_eq!(catalog.tables().count(), 2, "a name with a dot is none of a scope");
        let [t] = &described_all(answer.as_bytes()).unwrap()[..] else { panic!("one") };
        assert_eq!((t.rows, t.updated, t.sorting_key.as_str()), (Some(3), 60, "a"));
        let kept = json!({ "name": "k", "columns": columns, "engine": { "engine": "MergeTree",
            "engine_sorting_key": "b", "ttl": "c + toIntervalDay(1)" } });
        let kept = described(kept.to_string().as_bytes()).unwrap();
        assert_eq!((kept.sorting_key.as_str(), kept.engine_full.as_str()), ("b", "MergeTree TTL c + toIntervalDay(1)"));
        assert!(!t.fields[0].defaulted && t.fields[1].defaulted && !t.fields[2].insertable);
    }

    #[test]
    fn what_is_no_list_is_no_answer() {
        for answer in ["", "[]", "{}", r#"{"datasources":{}}"#] {
            assert_eq!(catalog(answer.as_bytes()).err(), Some(UpstreamError::BadAnswer), "{answer}");
        }
    }
}
