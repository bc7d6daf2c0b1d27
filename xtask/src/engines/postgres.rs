//! PostgreSQL, as the system's package manager installed it: a cluster of its own in this run's folder.

use std::fs;
use std::path::{Path, PathBuf};

use super::Engines;
use crate::http;
use crate::shell::{Outcome, answers, program, read};

/// The account that the server runs as where the tests run as root, which it refuses.
const ACCOUNT: &str = "postgres";

pub(super) fn start(engines: &mut Engines) -> Outcome {
    let binaries = binaries()?;
    let port = http::free_port()?;
    let root = read(&mut program("id", ["-u"]))?.trim() == "0";
    // Root's folders may be closed to the account, so its cluster stands where everybody may.
    let folder = if root {
        PathBuf::from(read(&mut program("mktemp", ["-d", "/tmp/portcullis-postgres.XXXXXX"]))?.trim())
    } else {
        engines.folder.join("postgres")
    };
    fs::create_dir_all(&folder).map_err(|error| format!("making `{}`: {error}", folder.display()))?;
    engines.throw_away(&folder);
    let data = folder.join("data").display().to_string();
    let owned = |binary: &str| -> Vec<String> {
        let binary = binaries.join(binary).display().to_string();
        let as_account = ["setpriv", "--reuid", ACCOUNT, "--regid", ACCOUNT, "--init-groups"];
        let prefix = if root { as_account.as_slice() } else { &[] };
        prefix.iter().map(|word| (*word).to_owned()).chain([binary]).collect()
    };
    if root {
        read(program("chown", [ACCOUNT]).arg(&folder))?;
    }
    let mut words = owned("initdb").into_iter();
    let first = words.next().unwrap_or_default();
    let arguments = ["-D", &data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync"];
    read(program(first, words).args(arguments).current_dir(&folder))?;
    let mut words = owned("postgres").into_iter();
    let first = words.next().unwrap_or_default();
    let number = port.to_string();
    let settings = ["-D", &data, "-p", &number, "-c", "listen_addresses=127.0.0.1", "-c"];
    let socket = format!("unix_socket_directories={}", folder.display());
    let arguments: Vec<String> =
        words.chain(settings.map(str::to_owned)).chain([socket, "-c".to_owned(), "fsync=off".to_owned()]).collect();
    let ready = binaries.join("pg_isready");
    let is_up = || answers(&mut program(&ready, ["-q", "-h", "127.0.0.1", "-p", &number]));
    engines.launch_until("postgres", Path::new(&first), &arguments, port, &is_up)?;
    engines.tell("PORTCULLIS_TEST_POSTGRES", format!("127.0.0.1:{port}"));
    Ok(())
}

/// Where the newest installed server's programs are: Debian keeps each version's in a folder of its own.
fn binaries() -> Outcome<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions.max_by_key(|entry| entry.file_name().to_string_lossy().parse::<u32>().unwrap_or(0));
    if let Some(folder) = newest.map(|entry| entry.path().join("bin")).filter(|folder| folder.join("initdb").exists()) {
        return Ok(folder);
    }
    let found = read(&mut program("sh", ["-c", "dirname \"$(command -v initdb)\""]));
    match found {
        Ok(folder) if Path::new(folder.trim()).join("initdb").exists() => Ok(PathBuf::from(folder.trim())),
        _ => Err("it is not installed (Debian: `apt-get install postgresql`)".to_owned().into()),
    }
}
