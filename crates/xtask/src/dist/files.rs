//! Files on their way into an archive, and a folder for what is made for it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// A file of the archive.
#[derive(Debug)]
pub(super) struct File {
    pub(super) content: Vec<u8>,
    /// Whether it can be run.
    pub(super) runs: bool,
}

/// The files by their path in the archive, below its one folder.
pub(super) type Files = BTreeMap<String, File>;

/// Collects the files of a folder, with their paths in it.
pub(super) fn collect(
    folder: &Path,
    before: &str,
    found: &mut Vec<(String, Vec<u8>)>,
) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            collect(&path, &format!("{before}{name}/"), found)?;
        } else {
            found.push((format!("{before}{name}"), read(&path)?));
        }
    }
    Ok(())
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// A folder that is empty at first and gone at the end.
#[derive(Debug)]
pub(super) struct Scratch(PathBuf);

impl Scratch {
    pub(super) fn new(beside: &Path, what: &str) -> Result<Self> {
        let path = beside.join(format!(".{what}.{}", std::process::id()));
        let made = fs::create_dir_all(&path).and_then(|()| path.canonicalize());
        let made = made.with_context(|| format!("cannot make {}", path.display()))?;
        ensure!(fs::read_dir(&made)?.next().is_none(), "{} is not empty", made.display());
        Ok(Self(made))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is in the target folder, where nobody looks for anything.
        let _ = fs::remove_dir_all(&self.0);
    }
}
