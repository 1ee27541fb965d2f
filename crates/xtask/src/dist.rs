//! `cargo xtask dist`: the archive of a release for this platform.
//!
//! | in the archive | what it is |
//! |---|---|
//! | `conclab` | the program, as `cargo build --release` makes it |
//! | `README.md`, `CHANGELOG.md`, `docs/`, `LICENSE-*` | ours; links stay in the archive |
//! | `THIRD-PARTY-LICENSES` | whose code the program contains, with their licences |
//! | `doc/*.1` | a man page for every command |
//! | `autocomplete/` | completions for five shells |
//! | `book/` | the book, to be opened without a server |
//!
//! The program keeps its symbols, because `conclab deadlock --hang` invites people to look at it
//! with a debugger; cargo leaves out everything else that is for debuggers.

mod archive;
mod check;
mod files;
mod licences;
mod links;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Args;
use sha2::{Digest as _, Sha256};

use self::files::{File, Files, collect, read};
use crate::place;
use crate::program::{Program, answer};

/// What `cargo xtask dist` can be asked for.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The program to pack [default: a release build of conclab]
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// The folder that the archive goes into [default: `dist` in the target folder]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Unpack the archive into an empty folder and try everything that is in it
    #[arg(long)]
    check: bool,
}

/// Our own documents.
const DOCUMENTS: [&str; 4] = ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "docs/json.md"];

/// The shells, and how the file for each is called where it looks for it.
const SHELLS: [(&str, &str); 5] = [
    ("bash", "conclab.bash"),
    ("elvish", "conclab.elv"),
    ("fish", "conclab.fish"),
    ("powershell", "_conclab.ps1"),
    ("zsh", "_conclab"),
];

/// Makes the archive of the project in `root`, and says where it is.
///
/// # Errors
/// If something that belongs into it cannot be had, or it cannot be written, or, while checking,
/// something in it does not work.
pub(crate) fn run(root: &Path, target: &Path, options: &Options) -> Result<String> {
    let program = Program::find(root, target, options.program.as_deref())?;
    let out = options.out.clone().unwrap_or_else(|| target.join("dist"));
    let version = program.says(&["--version"], root, &[])?;
    let version = version.trim().strip_prefix("conclab ").context("this is not conclab")?;
    let name = format!("conclab-v{version}-{}", licences::host(root)?);
    let files = files(root, &out, &program)?;
    let packed = archive::pack(&name, &files)?;
    ensure!(
        !options.check || packed == archive::pack(&name, &files)?,
        "{name}: the archive is not the same twice"
    );
    let path = out.join(format!("{name}.tar.gz"));
    place::write(&path, &packed)?;
    let sum = format!("{}  {name}.tar.gz\n", hexadecimal(&Sha256::digest(&packed)));
    place::write(&out.join(format!("{name}.tar.gz.sha256")), sum.as_bytes())?;
    let told = format!("{}: {} files, {} bytes", path.display(), files.len(), packed.len());
    if !options.check {
        return Ok(told);
    }
    let tried = check::archive(&out, &name)?;
    Ok(format!("{told}\n{tried}"))
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

/// Everything that is packed.
fn files(root: &Path, out: &Path, program: &Program) -> Result<Files> {
    let mut files = Files::new();
    let mut add = |path: String, content: Vec<u8>| {
        files.insert(path, File { content, runs: false });
    };
    for document in DOCUMENTS {
        add(document.to_owned(), read(&root.join(document))?);
    }
    add("THIRD-PARTY-LICENSES".to_owned(), licences::collected(root)?.into_bytes());
    for (shell, name) in SHELLS {
        let script = program.says(&["completions", shell], root, &[])?;
        add(format!("autocomplete/{name}"), script.into_bytes());
    }
    for command in program.says(&["man", "--list"], root, &[])?.lines() {
        let words = command.split(' ').skip(1);
        let words: Vec<_> = ["man"].into_iter().chain(words).collect();
        let page = program.says(&words, root, &[])?;
        add(format!("doc/{}.1", command.replace(' ', "-")), page.into_bytes());
    }
    for (path, content) in book(root, out, program)? {
        add(format!("book/{path}"), content);
    }
    let content = read(program.path())?;
    files.insert(format!("conclab{}", env::consts::EXE_SUFFIX), File { content, runs: true });
    let readme = fs::read_to_string(root.join("README.md")).context("README.md")?;
    let content = links::followed(&readme, &files).into_bytes();
    files.insert("README.md".to_owned(), File { content, runs: false });
    Ok(files)
}

/// The pages of the book, made by the task `book` in a folder that is gone afterwards.
fn book(root: &Path, out: &Path, program: &Program) -> Result<Vec<(String, Vec<u8>)>> {
    fs::create_dir_all(out)?;
    let folder = tempfile::tempdir_in(out)?;
    let task = env::current_exe().context("this program has no path")?;
    let mut book = Command::new(task);
    book.arg("book").arg("--program").arg(program.path()).arg("--out").arg(folder.path());
    answer(book.current_dir(root))?;
    let mut pages = Vec::new();
    collect(folder.path(), "", &mut pages)?;
    ensure!(!pages.is_empty(), "the book has no pages");
    Ok(pages)
}
