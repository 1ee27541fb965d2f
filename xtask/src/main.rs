//! Developer tools: `cargo xtask <task>`.
//!
//! | task | what it does |
//! |---|---|
//! | `bench-table` | turns criterion's estimates into the tables and plots of the documents |
#![expect(clippy::print_stdout, reason = "a developer's tool says what it did")]

mod estimates;
mod plot;
mod table;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use clap::{Parser, Subcommand};

/// Developer tools of conclab.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Write the figures of the last `cargo bench` into the documents, with the machine named.
    BenchTable,
}

/// Documents with tables: what stands between `<!-- bench:GROUP -->` and `<!-- /bench -->` there
/// is replaced.
const DOCUMENTS: [&str; 2] = ["README.md", "benches/README.md"];

fn main() -> Result<()> {
    match Arguments::parse().task {
        Task::BenchTable => bench_table(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").as_path()),
    }
}

fn bench_table(root: &Path) -> Result<()> {
    let groups = estimates::read(&root.join("target/criterion"))?;
    ensure!(!groups.is_empty(), "no estimates in target/criterion: run `cargo bench` first");
    let machine = table::machine();
    for (group, results) in &groups {
        let plot = root.join("benches/plots").join(format!("{group}.svg"));
        fs::create_dir_all(plot.parent().context("a plot has a folder")?)?;
        fs::write(&plot, plot::bars(group, results, &machine))?;
        println!("wrote {}", plot.display());
    }
    for document in DOCUMENTS {
        let path = root.join(document);
        let text = fs::read_to_string(&path).with_context(|| format!("reading {document}"))?;
        let filled = table::fill(&text, &groups, &machine)?;
        if filled != text {
            fs::write(&path, filled)?;
            println!("wrote {document}");
        }
    }
    Ok(())
}
