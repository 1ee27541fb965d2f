//! Puts into the program what it shows of the project: the labs' sources, for `conclab play`,
//! which shows the line that each thread stands at, and the labs' chapters, for `conclab teach`.
//!
//! They are collected here, so that a new lab needs no line in `src/`.

#[path = "src/teach/include.rs"]
mod include;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    for input in ["build.rs", "src/teach/include.rs", "labs", "book/src"] {
        println!("cargo::rerun-if-changed={input}");
    }
    let variable = |name| env::var_os(name).map(PathBuf::from).ok_or(io::ErrorKind::NotFound);
    let (root, out) = (variable("CARGO_MANIFEST_DIR")?, variable("OUT_DIR")?);
    fs::write(out.join("sources.rs"), table(&sources(&root)?))?;
    fs::write(out.join("chapters.rs"), table(&chapters(&root)?))
}

/// Names and texts as a table, written with escapes, as in a source.
fn table(entries: &[(String, String)]) -> String {
    let mut table = "&[\n".to_owned();
    for (name, text) in entries {
        // A write to a string cannot fail.
        let _ = writeln!(table, "    ({name:?}, {text:?}),");
    }
    table + "]\n"
}

/// The labs' sources by their paths from the root. The anchors in them are for the book.
fn sources(root: &Path) -> io::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    collect(&root.join("labs"), &mut files)?;
    files.sort();
    let entry = |file: &PathBuf| {
        let name = file.strip_prefix(root).map_err(io::Error::other)?;
        let name: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
        Ok((name.join("/"), blanked(&fs::read_to_string(file)?)))
    };
    files.iter().map(entry).collect()
}

/// The text with an empty line for every mark of an anchor, so that no line has another number.
fn blanked(text: &str) -> String {
    let line = |line| if include::is_mark(line) { "\n".to_owned() } else { format!("{line}\n") };
    text.lines().map(line).collect()
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

/// The chapters that are about a lab, by its name, with the code that they include.
fn chapters(root: &Path) -> io::Result<Vec<(String, String)>> {
    let folder = root.join("book/src");
    let mut chapters = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let is_chapter = path.extension().is_some_and(|ending| ending == "md");
        if !is_chapter || !root.join("labs").join(name.replace('-', "_")).is_dir() {
            continue;
        }
        let read =
            |file: &str| fs::read_to_string(folder.join(file)).map_err(|error| error.to_string());
        let text = include::resolved(&fs::read_to_string(&path)?, read)
            .map_err(|why| io::Error::other(format!("book/src/{name}.md: {why}")))?;
        chapters.push((name, text));
    }
    chapters.sort();
    Ok(chapters)
}
