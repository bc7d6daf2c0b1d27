//! ClickHouse 26.7.2.1: the real server, out of the npm package's `libchdb.so`.

use std::fs;

use super::{Engines, script};
use crate::cache;
use crate::http;
use crate::shell::{Outcome, program, read};

/// Starts it and gives its HTTP port.
pub(super) fn start(engines: &mut Engines) -> Outcome<u16> {
    let library = cache::clickhouse()?;
    let launcher = engines.compile("chserver", &["-ldl"])?;
    let port = http::free_port()?;
    let folder = engines.folder.join("clickhouse");
    let made = fs::create_dir_all(folder.join("data"));
    made.map_err(|error| format!("making `{}`: {error}", folder.display()))?;
    for name in ["config.xml", "users.xml"] {
        let template = fs::read_to_string(script(name)).map_err(|error| format!("reading `{name}`: {error}"))?;
        let text = template.replace("@HTTP_PORT@", &port.to_string()).replace("@DIR@", &folder.display().to_string());
        fs::write(folder.join(name), text).map_err(|error| format!("writing `{name}`: {error}"))?;
    }
    // The server lives as long as a query that reads from a pipe nobody writes to.
    let hold = folder.join("hold");
    read(&mut program("mkfifo", [&hold]))?;
    let query = format!("SYSTEM START LISTEN HTTP; SELECT count() FROM file('{}', 'LineAsString')", hold.display());
    let arguments = [
        library.display().to_string(),
        format!("--config-file={}", folder.join("config.xml").display()),
        format!("--path={}", folder.join("data").display()),
        format!("--query={query}"),
    ];
    engines.launch("clickhouse", &launcher, &arguments, port, "/ping")?;
    engines.tell("PORTCULLIS_TEST_CLICKHOUSE", format!("http://127.0.0.1:{port}"));
    Ok(port)
}
