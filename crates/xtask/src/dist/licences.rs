//! Whose code the program contains, with the licences that come with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::program::answer;

/// How the names of files with a licence begin, in capitals.
const NAMES: [&str; 6] = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"];

/// Before everything else.
const HEAD: &str = "\
The program conclab contains the Rust standard library (MIT OR Apache-2.0,
https://github.com/rust-lang/rust) and code of the crates below, or code that
they have written. The pages in book/ contain files of mdbook-html, and with
them elasticlunr.js, mark.js, clipboard.js (all three MIT) and Highlight.js
(BSD-3-Clause), which name their authors at their beginning.

First the crates, each with its licence as an SPDX expression; then every text
that came with them, once.
";

/// The crate whose files are in the pages of the book.
const PAGES: &str = "mdbook-html";

/// A crate.
struct Crate {
    /// Name and version.
    name: String,
    /// The SPDX expression.
    licence: String,
    repository: String,
    folder: PathBuf,
}

/// The whole file.
pub(super) fn collected(root: &Path) -> Result<String> {
    let mut crates = crates(root)?;
    crates.sort_by(|a, b| a.name.cmp(&b.name));
    let mut list = format!("{HEAD}\n");
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for Crate { name, licence, repository, folder } in &crates {
        let found = licences(folder)?;
        let missing = if found.is_empty() { " (no text in the package)" } else { "" };
        writeln!(list, "{}", format!("{name}  {licence}{missing}  {repository}").trim_end())?;
        for (file, text) in found {
            texts.entry(text).or_default().insert(format!("{name}: {file}"));
        }
    }
    let mut texts: Vec<_> = texts.into_iter().collect();
    // In the order of the list.
    texts.sort_by(|(_, a), (_, b)| a.cmp(b));
    for (text, of) in texts {
        let of: Vec<_> = of.into_iter().collect();
        write!(list, "\n{}\n{}\n\n{text}\n", "=".repeat(76), of.join("\n"))?;
    }
    Ok(list)
}

/// The crates of the default build on this platform, without our own, and what makes the book.
fn crates(root: &Path) -> Result<Vec<Crate>> {
    let cargo = || Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let tree = ["tree", "--locked", "--package", "conclab", "--edges", "normal"];
    let form = ["--prefix", "none", "--no-dedupe", "--format", "{p}"];
    let tree = answer(cargo().args(tree).args(form).current_dir(root))?;
    // Without the crates of other platforms, which may not have been fetched.
    let host = host(root)?;
    let metadata = ["metadata", "--locked", "--format-version", "1", "--filter-platform", &host];
    let metadata = answer(cargo().args(metadata).current_dir(root))?;
    let metadata: Value = serde_json::from_str(&metadata).context("`cargo metadata`: no JSON")?;
    let packages = metadata["packages"].as_array().context("`cargo metadata`: no packages")?;
    let mut used: BTreeSet<String> = tree.lines().filter_map(name_of).collect();
    let pages = packages.iter().find(|package| package["name"] == PAGES);
    let version = pages.and_then(|package| package["version"].as_str());
    used.insert(format!("{PAGES} {}", version.with_context(|| format!("there is no {PAGES}"))?));
    let crates = packages.iter().filter_map(|package| known(package, &used));
    let crates: Vec<_> = crates.collect();
    let n_ours = used.iter().filter(|name| name.starts_with("conclab")).count();
    ensure!(crates.len() + n_ours == used.len(), "a crate is in the tree and not in the list");
    Ok(crates)
}

/// The platform that the compiler builds for.
pub(super) fn host(root: &Path) -> Result<String> {
    let about = answer(Command::new("rustc").arg("-vV").current_dir(root))?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("`rustc -vV` names no host")?.to_owned())
}

/// Name and version in a line such as `tar v0.4.46 (proc-macro)`.
fn name_of(line: &str) -> Option<String> {
    let mut words = line.split(' ');
    Some(format!("{} {}", words.next()?, words.next()?.strip_prefix('v')?))
}

/// What is known of a package, if it is a used one of somebody else.
fn known(package: &Value, used: &BTreeSet<String>) -> Option<Crate> {
    let text = |field: &str| package[field].as_str();
    let name = format!("{} {}", text("name")?, text("version")?);
    let foreign = !package["source"].is_null();
    (foreign && used.contains(&name)).then_some(())?;
    let licence = text("license").unwrap_or("(see its text)").replace('/', " OR ");
    let repository = text("repository").unwrap_or_default().to_owned();
    let folder = Path::new(text("manifest_path")?).parent()?.to_owned();
    Some(Crate { name, licence, repository, folder })
}

/// The texts with a licence in the folder of a crate, by name.
fn licences(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_licence = NAMES.iter().any(|begin| name.to_uppercase().starts_with(begin));
        if is_licence && path.is_file() {
            let text = fs::read(&path).with_context(|| path.display().to_string())?;
            let text = String::from_utf8_lossy(&text);
            let lines: Vec<_> = text.lines().map(str::trim_end).collect();
            found.insert(name, lines.join("\n").trim_matches('\n').to_owned());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_crate_is_listed_with_its_licence_and_text() {
        let crates = crates(crate::root()).unwrap();
        assert!(crates.iter().any(|one| one.name.starts_with("clap ")));
        assert!(crates.iter().all(|one| !one.licence.is_empty()));
        assert!(crates.iter().any(|one| one.name.starts_with(PAGES)));
        // Not what only tests, benches and this tool need.
        assert!(!crates.iter().any(|one| one.name.starts_with("criterion ")));
        assert!(!crates.iter().any(|one| one.name.starts_with("tar ")));
        let collected = collected(crate::root()).unwrap();
        for one in &crates {
            assert!(collected.contains(&format!("\n{}  ", one.name)), "{}", one.name);
        }
        assert!(collected.contains("Permission is hereby granted"));
    }

    #[test]
    fn a_line_of_the_tree_is_a_name_and_a_version() {
        assert_eq!(
            name_of("serde_derive v1.0.2 (proc-macro)").as_deref(),
            Some("serde_derive 1.0.2")
        );
        assert_eq!(name_of(""), None);
    }
}
