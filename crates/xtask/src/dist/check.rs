//! Everything in an archive, tried as somebody would who has nothing but the archive.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::files::{collect, read};
use super::{archive, links};
use crate::program::{answer, is_installed};

/// What must be there, besides pages and scripts.
const THERE: [&str; 8] = [
    "README.md",
    "CHANGELOG.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "THIRD-PARTY-LICENSES",
    "doc/conclab.1",
    "doc/conclab-explore-race.1",
    "autocomplete/conclab.bash",
];

/// How shells are asked to read a script without running it.
const SHELLS: [(&str, &[&str], &str); 3] = [
    ("bash", &["-n"], "conclab.bash"),
    ("zsh", &["-n"], "_conclab"),
    ("fish", &["--no-execute"], "conclab.fish"),
];

/// Unpacks the archive `name` in the folder `out`, and tries what is in it; says what that was.
pub(super) fn archive(out: &Path, name: &str) -> Result<String> {
    let file = format!("{name}.tar.gz");
    let packed = read(&out.join(&file))?;
    if is_installed("sha256sum") {
        let sum = ["--check", "--quiet", &format!("{file}.sha256")];
        answer(Command::new("sha256sum").args(sum).current_dir(out))?;
    }
    let paths = archive::paths(&packed)?;
    let outside = paths.iter().find(|path| !path.starts_with(&format!("{name}/")));
    ensure!(outside.is_none(), "{file}: {outside:?} is not in the folder {name}");
    let scratch = tempfile::tempdir_in(out)?;
    archive::unpack(&packed, scratch.path())?;
    let folder = &scratch.path().join(name);
    for there in THERE {
        let found = fs::metadata(folder.join(there)).with_context(|| format!("{file}: {there}"))?;
        ensure!(found.len() > 0, "{file}: {there} is empty");
    }
    let before = tree(folder)?;
    let mut tried = vec![program(folder)?];
    ensure!(before == tree(folder)?, "{file}: the program leaves files behind");
    let readme = fs::read_to_string(folder.join("README.md"))?;
    let lost = links::paths(&readme).find(|path| !folder.join(path).exists());
    ensure!(lost.is_none(), "{file}: README.md leads to {lost:?}, which is not there");
    tried.push(completions(folder)?);
    tried.push(pages(folder)?);
    tried.push(book(folder)?);
    Ok(tried.join("\n"))
}

/// The files in a folder.
fn tree(folder: &Path) -> Result<BTreeSet<String>> {
    let mut found = Vec::new();
    collect(folder, "", &mut found)?;
    Ok(found.into_iter().map(|(path, _)| path).collect())
}

/// Runs the program with an empty environment, on all cores and on one.
fn program(folder: &Path) -> Result<String> {
    let name = format!("./conclab{}", std::env::consts::EXE_SUFFIX);
    let alone: &[&str] = &["taskset", "--cpu-list", "0", &name];
    let mut ways = vec![vec![name.as_str()]];
    if is_installed("taskset") {
        ways.push(alone.to_vec());
    }
    for way in &ways {
        let run = |word: &str| -> Result<String> {
            let mut command = Command::new(way[0]);
            // Before the environment is emptied: a lab may take a minute, and never for ever.
            command.args(&way[1..]).args([word, "--timeout", "60"]);
            answer(command.env_clear().current_dir(folder))
        };
        let list = run("list")?;
        ensure!(list.contains("\n  race "), "`{} list` names no race:\n{list}", way.join(" "));
        let screen = run("race")?;
        for part in ["BREAK", "WHY", "FIX", "PRICE", "NEXT"] {
            ensure!(screen.contains(&format!("\n{part} ")), "no {part} in:\n{screen}");
        }
    }
    let one = if ways.len() > 1 { "and on one core" } else { "(not on one core: no taskset)" };
    Ok(format!("the program runs in an empty environment {one}"))
}

/// Lets each shell that is here read its completions.
fn completions(folder: &Path) -> Result<String> {
    let mut read = Vec::new();
    for (shell, flags, script) in SHELLS {
        if is_installed(shell) {
            let script = folder.join("autocomplete").join(script);
            answer(Command::new(shell).args(flags).arg(script))?;
            read.push(shell);
        }
    }
    Ok(format!("completions are read by {}", list(&read)))
}

/// Formats every man page; a warning is an error.
fn pages(folder: &Path) -> Result<String> {
    let mut pages = Vec::new();
    collect(&folder.join("doc"), "", &mut pages)?;
    if !is_installed("groff") {
        return Ok(format!("{} man pages, not formatted: no groff", pages.len()));
    }
    for (page, _) in &pages {
        let mut groff = Command::new("groff");
        groff.args(["-man", "-ww", "-z", "-Kutf8"]).arg(folder.join("doc").join(page));
        let output = groff.stdin(Stdio::null()).output().context("cannot start groff")?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success() && complaint.is_empty(), "{page}: {complaint}");
    }
    Ok(format!("{} man pages are formatted without a warning", pages.len()))
}

/// Looks for the pages of the book that everything begins with.
fn book(folder: &Path) -> Result<String> {
    let book = folder.join("book");
    for page in ["index.html", "race.html", "play/race.html"] {
        ensure!(book.join(page).is_file(), "the book has no {page}");
    }
    Ok("the book is there".to_owned())
}

fn list(names: &[&str]) -> String {
    if names.is_empty() { "no shell that is here".to_owned() } else { names.join(", ") }
}
