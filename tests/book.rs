//! The book says nothing that is not so: its chapters are complete, its code is the labs' code, and
//! `tests/cli.rs` runs its console blocks.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What stands before the path of an included file, and its anchor.
const INCLUDE: &str = "{{#include ";

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("book/src")
}

/// Every chapter with its file's name.
fn chapters() -> Vec<(String, String)> {
    let mut chapters = Vec::new();
    for entry in fs::read_dir(source()).expect("the book has a source") {
        let path = entry.expect("the folder can be read").path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            chapters.push((name, fs::read_to_string(&path).expect("a chapter is text")));
        }
    }
    chapters
}

/// The names of the labs.
fn labs() -> Vec<String> {
    let list = Command::new(env!("CARGO_BIN_EXE_conclab"))
        .args(["list", "--format", "json"])
        .output()
        .expect("the command can be started");
    let list: serde_json::Value = serde_json::from_slice(&list.stdout).expect("one document");
    let labs = list["labs"].as_array().expect("labs");
    labs.iter().map(|lab| lab["name"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn every_lab_has_a_chapter_and_every_chapter_its_line() {
    let summary = fs::read_to_string(source().join("SUMMARY.md")).expect("a table of contents");
    let files: BTreeSet<String> = chapters().into_iter().map(|(name, _)| name).collect();
    for lab in labs() {
        assert!(files.contains(&format!("{lab}.md")), "lab `{lab}`: write book/src/{lab}.md");
    }
    for file in files.iter().filter(|file| *file != "SUMMARY.md") {
        assert!(summary.contains(&format!("({file})")), "{file}: add it to book/src/SUMMARY.md");
    }
}

#[test]
fn a_chapter_of_a_lab_has_all_its_parts() {
    for lab in labs() {
        let path = source().join(format!("{lab}.md"));
        let chapter = fs::read_to_string(path).expect("a chapter is text");
        let player = "<iframe class=\"player\"";
        let parts =
            [player, "```console", "```python", "<!-- bench:", "## Exercises", "## Sources"];
        for part in parts.into_iter().chain(["**1. ", "**2. ", "**3. "]) {
            assert!(chapter.contains(part), "{lab}.md: there is no `{part}`");
        }
    }
}

#[test]
fn included_code_is_there() {
    for (name, chapter) in chapters() {
        for include in chapter.split(INCLUDE).skip(1) {
            let (what, _) = include.split_once("}}").expect("an include has an end");
            let (file, anchor) = what.split_once(':').unwrap_or((what, ""));
            let text = fs::read_to_string(source().join(file));
            let text = text.unwrap_or_else(|error| panic!("{name}: {file}: {error}"));
            // Lines by number are for what has no name: the head of a file.
            let numbers = !anchor.contains(char::is_alphabetic);
            let marked = |word: &str| text.lines().any(|line| line.trim() == word);
            let (begin, end) = (format!("// ANCHOR: {anchor}"), format!("// ANCHOR_END: {anchor}"));
            assert!(
                numbers || marked(&begin) && marked(&end),
                "{name}: {file} has no anchor `{anchor}`"
            );
        }
    }
}

#[test]
fn figures_of_benchmarks_are_filled_in() {
    for (name, chapter) in chapters() {
        for table in chapter.split("<!-- bench:").skip(1) {
            let (group, rest) = table.split_once(" -->").expect("a marker has an end");
            let (table, _) = rest.split_once("<!-- /bench -->").expect("a table has an end");
            assert!(table.contains("| "), "{name}: `cargo xtask bench-table` fills {group}");
        }
    }
}
