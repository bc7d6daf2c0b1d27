//! datasette 0.65.5: SQLite behind `GET /events.json?sql=`.

use std::path::Path;

use super::Engines;
use crate::http;
use crate::shell::Outcome;

pub(super) fn start(engines: &mut Engines, python: &Path) -> Outcome {
    let port = http::free_port()?;
    let database = engines.folder.join("events.db").display().to_string();
    let arguments = ["serve", &database, "--host", "127.0.0.1", "--port", &port.to_string()].map(str::to_owned);
    engines.launch("datasette", &python.join("bin/datasette"), &arguments, port, "/-/versions.json")?;
    engines.tell("PORTCULLIS_TEST_DATASETTE", format!("http://127.0.0.1:{port}"));
    Ok(())
}
