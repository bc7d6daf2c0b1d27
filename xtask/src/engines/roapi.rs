//! roapi 0.12.7: DataFusion behind `POST /api/sql`.

use std::path::Path;

use super::Engines;
use crate::http;
use crate::shell::Outcome;

pub(super) fn start(engines: &mut Engines, python: &Path) -> Outcome {
    // Only HTTP is wanted, but the other two endpoints open all the same, and their own ports are fixed ones.
    let (port, postgres, flight) = (http::free_port()?, http::free_port()?, http::free_port()?);
    let table = |name: &str| format!("{name}={}", engines.folder.join(format!("{name}.csv")).display());
    let arguments = [
        "--addr-http".to_owned(),
        format!("127.0.0.1:{port}"),
        "--addr-postgres".to_owned(),
        format!("127.0.0.1:{postgres}"),
        "--addr-flight-sql".to_owned(),
        format!("127.0.0.1:{flight}"),
        "--table".to_owned(),
        table("events"),
        "--table".to_owned(),
        table("payments"),
    ];
    engines.launch("roapi", &python.join("bin/roapi"), &arguments, port, "/health")?;
    engines.tell("PORTCULLIS_TEST_ROAPI", format!("http://127.0.0.1:{port}"));
    Ok(())
}
