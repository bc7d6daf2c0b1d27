//! A data source as Tinybird's clients read it.

use serde_json::{Map, Value, json};

use crate::gateway::authorize::datasources::Shown;
use crate::gateway::ids;
use crate::upstream::change::Described;
use crate::upstream::intake::{Field, utc_text};

/// What mcp-tinybird reads of each in a list, whatever it has asked for. It reads columns and engines by their exact members.
pub(super) const ALWAYS: [&str; 4] = ["engine", "indexes", "new_columns_detected", "quarantine_rows"];

/// All of its members. Rows and bytes are `null` for whoever may not read every row.
pub(super) fn one(workspace: &str, shown: &Shown, table: &Described) -> Value {
    let columns: Vec<Value> = table.fields.iter().map(column).collect();
    let sql: Vec<String> = table.fields.iter().map(|field| format!("`{}` {}", field.name, field.type_name)).collect();
    let time = utc_text(table.updated);
    let mut engine = Map::new();
    engine.insert("engine".to_owned(), json!(table.engine));
    engine.insert("engine_sorting_key".to_owned(), json!(table.sorting_key));
    engine.insert("engine_partition_key".to_owned(), json!(table.partition_key));
    engine.insert("engine_primary_key".to_owned(), json!(table.primary_key));
    // `tb push` compares it with the file's: it is there only where there is one.
    engine.extend(ttl(table).map(|ttl| ("ttl".to_owned(), json!(ttl))));
    let counted = |number: Option<u64>| number.filter(|_| shown.counted);
    json!({
        "id": ids::datasource(workspace, &shown.name),
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
        "new_columns_detected": {},
        "quarantine_rows": null,
        "last_commit": { "content_sha": "", "path": "", "status": "ok" },
    })
}

/// From when on rows go, out of the engine's whole description of the table.
fn ttl(table: &Described) -> Option<&str> {
    let behind = table.engine_full.split_once(" TTL ").map(|(_, behind)| behind)?;
    Some(behind.split(" SETTINGS ").next().unwrap_or(behind))
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
    })
}
