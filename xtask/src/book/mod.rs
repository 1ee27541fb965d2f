//! `cargo xtask book`: the book as pages that need neither a network nor a server.
//!
//! Besides what `mdbook build` makes, the folder gets the interactive page of every lab, as
//! `play/<lab>.html`, and its links are checked.

mod build;
mod links;
mod tags;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

/// What `cargo xtask book` can be asked for.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Show it in the browser when it is built
    #[arg(long)]
    open: bool,
    /// Fail if a link, a picture or a piece of code leads nowhere, instead of telling of it
    #[arg(long)]
    check: bool,
    /// The program that makes the interactive pages [default: a release build of conclab]
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// The folder of the book, which has a book.toml [default: `book`]
    #[arg(long, value_name = "DIR")]
    source: Option<PathBuf>,
    /// Where the pages go [default: `target/book`, which book.toml says]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Builds the book of the project in `root`, and says where it is.
pub(crate) fn run(root: &Path, target: &Path, options: &Options) -> Result<String> {
    // A folder that is not there is made by the build; its path must hold from elsewhere too.
    let out = options.out.as_deref().map(std::path::absolute).transpose()?;
    let program = match &options.program {
        Some(program) => program
            .canonicalize()
            .with_context(|| format!("--program {}: not there", program.display()))?,
        None => released(root, target)?,
    };
    let source = options.source.clone().unwrap_or_else(|| root.join("book"));
    let (out, mut wrong) = build::pages(&source, out)?;
    let labs = players(&program, &out.join("play"))?;
    wrong.extend(links::check(&out)?);
    let told = wrong.join("\n  ");
    ensure!(!options.check || wrong.is_empty(), "the book is broken in places:\n  {told}");
    let index = out.join("index.html");
    if options.open {
        opener::open_browser(&index)
            .with_context(|| format!("no browser opens; open {} yourself", index.display()))?;
    }
    let warned = if told.is_empty() { told } else { format!("broken:\n  {told}\n") };
    Ok(format!("{warned}{} with {labs} interactive pages", index.display()))
}

/// Builds the program as it is released.
fn released(root: &Path, target: &Path) -> Result<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(&cargo);
    build.current_dir(root).args(["build", "--release", "--quiet", "--package", "conclab"]);
    let status = build.status().context("cannot start cargo: is it in PATH?")?;
    ensure!(status.success(), "cargo cannot build conclab, which makes the interactive pages");
    Ok(target.join("release").join(format!("conclab{}", env::consts::EXE_SUFFIX)))
}

/// Makes the interactive page of every lab in `folder`; how many there are.
fn players(program: &Path, folder: &Path) -> Result<usize> {
    let list = answer(Command::new(program).args(["list", "--format", "json"]))?;
    let list: serde_json::Value = serde_json::from_slice(&list)
        .with_context(|| format!("{}: `list` gives no JSON", program.display()))?;
    let names: Option<Vec<&str>> = list["labs"]
        .as_array()
        .and_then(|labs| labs.iter().map(|lab| lab["name"].as_str()).collect());
    let names = names.with_context(|| format!("{}: `list` names no labs", program.display()))?;
    fs::create_dir_all(folder)?;
    for name in &names {
        let page = folder.join(format!("{name}.html"));
        let explore = ["explore", name, "--quiet", "--force", "--html"];
        answer(Command::new(program).args(explore).arg(page))?;
    }
    Ok(names.len())
}

/// What a command prints; an error if it fails, with what it said.
fn answer(command: &mut Command) -> Result<Vec<u8>> {
    let words = format!("{command:?}");
    let answered = command.output().with_context(|| format!("cannot start {words}"))?;
    // A broken promise is what the pages show, and no failure.
    if !answered.status.success() && answered.status.code() != Some(1) {
        bail!("{words}: {}\n{}", answered.status, String::from_utf8_lossy(&answered.stderr));
    }
    Ok(answered.stdout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let program = Some(PathBuf::from("no such program"));
        let options = Options { open: false, check: true, program, source: None, out: None };
        let failed = run(Path::new("."), Path::new("target"), &options).unwrap_err().to_string();
        assert_eq!(failed, "--program no such program: not there");
    }
}
