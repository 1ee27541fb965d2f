//! Collects the source text of the labs, for pages that show the code beside the threads' places.
//!
//! A lab's author has nothing to do: every file of a folder with a `mod.rs` is in, but for those
//! that measure and their tests, which no thread of the model ever stands in.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = env::var_os("CARGO_MANIFEST_DIR").expect("cargo tells it to build scripts");
    let out = env::var_os("OUT_DIR").expect("cargo tells it to build scripts");
    let mut table = "&[\n".to_owned();
    for lab in sorted(Path::new(&root))? {
        if !lab.join("mod.rs").is_file() {
            continue;
        }
        let mut files = Vec::new();
        collect(&lab, &mut files)?;
        for file in files {
            let inside = file.strip_prefix(&root).expect("it was found below the root");
            let inside: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
            let path = inside.join("/");
            let text = format!("concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/{path}\")");
            let _ = writeln!(table, "(\"labs/{path}\", include_str!({text})),");
        }
    }
    fs::write(Path::new(&out).join("sources.rs"), table + "]\n")
}

/// The files that a lab's code is in, those of folders below it too.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for path in sorted(folder)?.into_iter().filter(|path| is_told(path)) {
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// What is in a folder, in the order of names: two builds give the same table.
fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = entries.collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn is_told(path: &Path) -> bool {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    !stem.starts_with("price") && stem != "tests"
}
