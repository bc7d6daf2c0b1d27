//! `bench`.

use crate::engines::Engines;
use crate::shell::{Outcome, cargo, run};

/// The benchmarks there are, each in a file of its own.
const NAMED: [&str; 3] = ["rewrite", "store", "revocation"];

/// Runs the benchmark that is named first, or all that measure, with whatever engines can be had.
pub(crate) fn bench(arguments: &[&str]) -> Outcome {
    let mut bench = cargo();
    bench.args(["bench", "--package", "portcullis"]);
    match arguments.split_first() {
        Some((name, rest)) if NAMED.contains(name) => {
            bench.args(["--bench", name, "--"]).args(rest);
            // Only that one asks an engine.
            if *name != "rewrite" {
                return run(&mut bench);
            }
        }
        _ => {
            bench.args(["--bench", "rewrite", "--bench", "store", "--"]).args(arguments);
        }
    }
    let engines = Engines::up(false)?;
    engines.equip(&mut bench);
    run(&mut bench)
}
