//! A data source as Tinybird's clients read it.

use serde_json::{Map, Value, json};

use crate::gateway::authorize::datasources::Shown;
use crate::gateway::forward::stable_id;
use crate::upstream::change::Described;
use crate::upstream::intake::{Field, utc_text};

/// All of its members. Rows and bytes are `null` for whoever may not read every row.
pub(super) fn one(workspace: &str, shown: &Shown, table: &Described) -> Value {
    let columns: Vec<Value> = table.fields.iter().map(column).collect();
    let sql: Vec<String> = table.fields.iter().map(|field| format!("`{}` {}", field.name, field.type_name)).collect();
    let time = utc_text(table.updated);
    let mut engine = Map::new();
    engine.insert("engine".to_owned(), json!(table.engine));
    for (name, value) in [
        ("engine_full", &table.engine_full),
        ("sorting_key", &table.sorting_key),
        ("partition_key", &table.partition_key),
        ("primary_key", &table.primary_key),
    ] {
        if !value.is_empty() {
            engine.insert(name.to_owned(), json!(value));
        }
    }
    let counted = |number: Option<u64>| number.filter(|_| shown.counted);
    json!({
        "id": id(workspace, &shown.name),
        "name": shown.name,
        "description": table.comment,
        "cluster": "",
        "columns": columns,
        "schema": { "columns": columns, "sql_schema": sql.join(", ") },
        "engine": engine,
        "statistics": { "row_count": counted(table.rows), "bytes": counted(table.bytes) },
        "created_at": time,
        "updated_at": time,
        "tags": {},
        "type": "ndjson",
        "version": 0,
        "replicated": table.engine.starts_with("Replicated"),
        "shared_with": [],
        "used_by": [],
        "headers": {},
        "indexes": [],
        "project": null,
        "errors_discarded_at": null,
        "new_columns_detected": false,
        "last_commit": { "content_sha": "", "path": "", "status": "ok" },
    })
}

/// The members that were asked for; a client may choke on any other.
pub(super) fn pick(all: Value, attributes: Option<&[String]>) -> Value {
    let (Value::Object(members), Some(attributes)) = (&all, attributes) else { return all };
    let picked = members.iter().filter(|(name, _)| attributes.contains(name));
    Value::Object(picked.map(|(name, value)| (name.clone(), value.clone())).collect())
}

fn id(workspace: &str, name: &str) -> String {
    format!("t_{}", stable_id(&["datasource", workspace, name]).replace('-', ""))
}

fn column(field: &Field) -> Value {
    json!({
        "name": field.name,
        "normalized_name": field.name,
        "type": field.type_name,
        "nullable": field.nullable,
        "default_value": field.default,
        "codec": null,
        "jsonpath": format!("$.{}", field.name),
        "auto": !field.insertable,
    })
}
