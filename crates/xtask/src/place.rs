//! Files that are there whole or not at all.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

/// Writes a file beside its place, and moves it there when it is complete.
///
/// # Errors
/// If it cannot be written. Then there is no half file, and what was there is untouched.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let done = fs::create_dir_all(folder).and_then(|()| {
        let mut file = tempfile::Builder::new();
        #[cfg(unix)]
        file.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = file.tempfile_in(folder)?;
        file.write_all(content)?;
        // A full disk may show only here.
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    });
    done.with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_written_is_named_and_leaves_nothing() {
        let folder = std::env::temp_dir().join(format!("conclab-place-{}", std::process::id()));
        fs::create_dir_all(folder.join("taken")).unwrap();
        // A folder is in the way of the file, so that only the last step fails.
        let failed = write(&folder.join("taken"), b"text").unwrap_err().to_string();
        assert!(failed.contains("cannot write") && failed.contains("taken"), "{failed}");
        let failed = write(&folder.join("file").join("below"), b"text");
        assert!(failed.is_ok(), "folders are made");
        let below = folder.join("file").join("below").join("no-folder");
        assert!(write(&below, b"text").is_err());
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
        fs::remove_dir_all(&folder).unwrap();
    }
}
