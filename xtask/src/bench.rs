//! `bench`.

use crate::engines::Engines;
use crate::shell::{Outcome, cargo, run};

/// Runs the benchmarks with whatever engines can be had.
pub(crate) fn bench(arguments: &[&str]) -> Outcome {
    let engines = Engines::up(false)?;
    let mut bench = cargo();
    bench.args(["bench", "--package", "portcullis", "--benches", "--"]).args(arguments);
    engines.equip(&mut bench);
    run(&mut bench)
}
