//! `cargo xtask book`: the book as pages that need neither a network nor a server.
//!
//! Besides what `mdbook build` makes, the folder gets the interactive page of every lab, as
//! `play/<lab>.html`, and its links are checked.

mod build;
mod links;
mod tags;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::program::Program;

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
    out.as_deref().map_or(Ok(()), spare)?;
    let program = Program::find(root, target, options.program.as_deref())?;
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

/// Refuses a folder in which the build would delete what is no book: mdBook clears it first.
fn spare(out: &Path) -> Result<()> {
    let Ok(mut files) = fs::read_dir(out) else { return Ok(()) };
    let told = out.display();
    ensure!(
        files.next().is_none() || out.join(".nojekyll").exists(),
        "--out {told}: there is something in it that is no book, and would be deleted"
    );
    Ok(())
}

/// Makes the interactive page of every lab in `folder`; how many there are.
fn players(program: &Program, folder: &Path) -> Result<usize> {
    fs::create_dir_all(folder)?;
    let list = program.says(&["list", "--format", "json"], folder, &[])?;
    let told = program.path().display();
    let list: serde_json::Value =
        serde_json::from_str(&list).with_context(|| format!("{told}: `list` gives no JSON"))?;
    let names: Option<Vec<&str>> = list["labs"]
        .as_array()
        .and_then(|labs| labs.iter().map(|lab| lab["name"].as_str()).collect());
    let names = names.with_context(|| format!("{told}: `list` names no labs"))?;
    for name in &names {
        let page = format!("{name}.html");
        program.says(&["explore", name, "--quiet", "--force", "--html", &page], folder, &[])?;
    }
    Ok(names.len())
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

    #[test]
    fn a_folder_with_something_else_is_spared() {
        let folder = std::env::temp_dir().join(format!("conclab-spare-{}", std::process::id()));
        assert!(spare(&folder).is_ok(), "it is not there");
        fs::create_dir_all(&folder).unwrap();
        assert!(spare(&folder).is_ok(), "it is empty");
        fs::write(folder.join("thesis.txt"), "mine").unwrap();
        let failed = spare(&folder).unwrap_err().to_string();
        fs::write(folder.join(".nojekyll"), "").unwrap();
        let book = spare(&folder);
        fs::remove_dir_all(&folder).unwrap();
        assert!(failed.contains("would be deleted"), "{failed}");
        assert!(book.is_ok(), "it is a book");
    }
}
