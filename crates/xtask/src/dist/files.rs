//! Files on their way into an archive.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

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
