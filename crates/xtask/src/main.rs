//! Developer tools: `cargo xtask <task>`.
//!
//! | task | what it does |
//! |---|---|
//! | `book` | builds the book, with an interactive page for every lab, and checks its links |
//! | `screenshots` | draws the pictures of screens that the documents ask for, or compares them |
//! | `labs` | writes the table of labs into README.md, or compares it |
//! | `dist` | packs a release for this platform, and tries it |
//! | `bench-table` | turns criterion's estimates into the tables and plots of the documents |
//!
//! `bench-table` draws the plots anew from the same estimates as often as it is run, so that their
//! looks can change without a new measurement: `cargo xtask bench-table --criterion DIR`.
#![expect(clippy::print_stdout, reason = "a developer's tool says what it did")]

mod book;
mod dist;
mod estimates;
mod labs;
mod place;
mod plot;
mod program;
mod ratios;
mod screenshots;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::{Parser, Subcommand};

use estimates::Measured;
use program::Program;

/// Developer tools of conclab.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Build the book into target/book, and check where its links lead.
    Book(book::Options),
    /// Draw the pictures of screens that the documents ask for.
    Screenshots(FromRuns),
    /// Write the table of labs into README.md.
    Labs(FromRuns),
    /// Pack a release for this platform: program, book, man pages, completions, licences.
    Dist(dist::Options),
    /// Write the figures of the last `cargo bench` into the documents, with the machine named.
    BenchTable {
        /// Where criterion left its estimates [default: `criterion` in the target folder]
        #[arg(long, value_name = "DIR")]
        criterion: Option<PathBuf>,
    },
}

/// Flags of what comes from runs of the program.
#[derive(Debug, clap::Args)]
struct FromRuns {
    /// The program to run [default: a release build of conclab]
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Write nothing; fail if something is not as it is now
    #[arg(long)]
    check: bool,
}

impl FromRuns {
    fn program(&self, root: &Path) -> Result<Program> {
        Program::find(root, &target(root), self.program.as_deref())
    }
}

/// The results by group.
type Groups = BTreeMap<String, Vec<Measured>>;

/// Documents with tables: what stands between `<!-- bench:NAME -->` and `<!-- /bench -->` there is
/// replaced, and pictures of screens are asked for. The name is a group's, or `ratios`. The
/// chapters of the book come on top.
const DOCUMENTS: [&str; 2] = ["README.md", "benches/README.md"];
/// The chapters.
const CHAPTERS: &str = "book/src";
/// Where the pictures are: in the book, which must hold all that it shows.
const PLOTS: &str = "book/src/plots";

fn main() -> Result<()> {
    let root = root();
    let said = match Arguments::parse().task {
        Task::Book(options) => book::run(root, &target(root), &options)?,
        Task::Screenshots(flags) => {
            screenshots::run(root, &documents(root)?, &flags.program(root)?, flags.check)?
        }
        Task::Labs(flags) => labs::run(root, &flags.program(root)?, flags.check)?,
        Task::Dist(options) => dist::run(root, &target(root), &options)?,
        Task::BenchTable { criterion } => {
            let folder = criterion.unwrap_or_else(|| target(root).join("criterion"));
            return bench_table(root, &folder);
        }
    };
    println!("{said}");
    Ok(())
}

/// The folder of the whole project.
fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package)
}

/// The target folder that cargo uses.
fn target(root: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

fn bench_table(root: &Path, criterion: &Path) -> Result<()> {
    let groups = estimates::read(criterion)?;
    let found = criterion.display();
    ensure!(
        !groups.is_empty(),
        "no estimates in {found}: nothing changed; run `cargo bench` first"
    );
    let files = files(root, &groups, &table::machine())?;
    // Nothing is written before all of it is known.
    for (path, text) in files {
        if fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        place::write(&path, text.as_bytes())?;
        println!("wrote {}", path.display());
    }
    Ok(())
}

/// Every document with its tables filled, and a picture for every group that has a table.
fn files(root: &Path, groups: &Groups, machine: &str) -> Result<Vec<(PathBuf, String)>> {
    let mut wanted = BTreeSet::new();
    let mut files = Vec::new();
    for path in documents(root)? {
        let name = || path.display().to_string();
        let text = fs::read_to_string(&path).with_context(name)?;
        wanted.extend(table::markers(&text).map(str::to_owned));
        let in_book = path.starts_with(root.join(CHAPTERS));
        let tables = tables(groups, machine, if in_book { "plots" } else { "../book/src/plots" });
        let filled = table::fill(&text, &tables).with_context(name)?;
        files.push((path, filled));
    }
    let tables = tables(groups, machine, "");
    for missing in wanted.iter().filter(|name| !tables.contains_key(*name)) {
        println!("not measured, left as it is: {missing}");
    }
    // A group of an older version of the benchmarks is in no document, and gets no picture.
    for (group, results) in groups.iter().filter(|(group, _)| wanted.contains(*group)) {
        let path = root.join(PLOTS).join(format!("{group}.svg"));
        files.push((path, plot::points(group, results, machine)));
    }
    Ok(files)
}

/// The documents with tables.
fn documents(root: &Path) -> Result<Vec<PathBuf>> {
    let mut documents: Vec<_> = DOCUMENTS.iter().map(|name| root.join(name)).collect();
    let chapters = fs::read_dir(root.join(CHAPTERS))?.collect::<io::Result<Vec<_>>>()?;
    let mut chapters: Vec<_> = chapters.iter().map(fs::DirEntry::path).collect();
    chapters.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    chapters.sort();
    documents.append(&mut chapters);
    Ok(documents)
}

/// What stands in the documents, by name: the ratios, or a group's table and its picture, which is
/// in the folder `plots` as seen from the document.
fn tables(groups: &Groups, machine: &str, plots: &str) -> BTreeMap<String, String> {
    let whole = |(group, results): (&String, &Vec<Measured>)| {
        let table = table::table(results, machine);
        (group.clone(), format!("{table}\n![the same as points]({plots}/{group}.svg)\n"))
    };
    let mut tables: BTreeMap<_, _> = groups.iter().map(whole).collect();
    tables.extend(ratios::table(groups, machine).map(|table| (ratios::MARKER.to_owned(), table)));
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_estimates_nothing_is_changed_and_it_is_said() {
        let failed = bench_table(root(), Path::new("no such folder")).unwrap_err().to_string();
        assert!(failed.contains("no estimates in no such folder: nothing changed"), "{failed}");
    }

    #[test]
    fn the_documents_of_the_project_can_be_filled() {
        let measured = Measured {
            who: "atomic".to_owned(),
            what: "1 thread".to_owned(),
            median_ns: 1.0,
            spread_ns: 0.0,
        };
        let groups = Groups::from([
            ("race".to_owned(), vec![measured.clone()]),
            ("of long ago".to_owned(), vec![measured]),
        ]);
        let files = files(root(), &groups, "a machine").unwrap();
        let names: Vec<_> = files.iter().filter_map(|(path, _)| path.file_name()).collect();
        let (others, chapters): (Vec<_>, Vec<_>) =
            names.into_iter().partition(|name| *name == "README.md" || *name == "race.svg");
        assert_eq!(others, ["README.md", "README.md", "race.svg"]);
        assert!(chapters.iter().any(|name| *name == "race.md"), "{chapters:?}");
        assert!(files[1].1.contains("| 1 thread | 1.00 ns ± 0.00 ns |"));
    }
}
