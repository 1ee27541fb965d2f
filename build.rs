//! Puts the labs' sources into the program, for `conclab play`, which shows the line that each
//! thread stands at.
//!
//! They are collected here, so that a new lab needs no line in `src/`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=labs");
    let variable = |name| env::var_os(name).map(PathBuf::from).ok_or(io::ErrorKind::NotFound);
    let root = variable("CARGO_MANIFEST_DIR")?;
    let mut files = Vec::new();
    collect(&root.join("labs"), &mut files)?;
    files.sort();
    let mut table = "&[\n".to_owned();
    for file in &files {
        let name = file.strip_prefix(&root).map_err(io::Error::other)?;
        let name: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
        // As strings, because they must be written with escapes, as in a source.
        let (name, file) = (name.join("/"), file.to_string_lossy());
        // A write to a string cannot fail.
        let _ = writeln!(table, "    ({name:?}, include_str!({file:?})),");
    }
    fs::write(variable("OUT_DIR")?.join("sources.rs"), table + "]\n")
}

/// Collects the files whose code the model may run; what measures has no step in it.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("price") || name.starts_with("tests") {
            continue;
        }
        if path.is_dir() {
            collect(&path, files)?;
        } else if name.ends_with(".rs") {
            files.push(path);
        }
    }
    Ok(())
}
