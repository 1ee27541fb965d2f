//! Files that a command was asked to write: whole or not at all.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::error::{Error, ErrorKind as Refused};

/// Refuses a place where no file can be made, or one must not.
///
/// # Errors
/// Says what is wrong with the place.
pub(super) fn check(flag: &str, path: &Path, force: bool) -> Result<(), Error> {
    let refuse = |why: &str| {
        let message = format!("--{flag} {}: {why}\n", path.display());
        Err(<Error>::raw(Refused::ValueValidation, message))
    };
    if path.file_name().is_none() {
        return refuse("this names no file");
    }
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => return refuse("this is a folder"),
        Ok(found) if !found.is_file() => return refuse("this is no ordinary file"),
        Ok(_) if !force => return refuse("this file exists; --force replaces it"),
        Err(_) if path.is_symlink() && !force => {
            return refuse("this link leads nowhere; --force replaces it");
        }
        _ => {}
    }
    match fs::metadata(folder(path)) {
        Ok(found) if found.is_dir() => Ok(()),
        _ => refuse("there is no such folder"),
    }
}

/// The folder that a file is in.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes a file beside its place and moves it there when it is complete. An existing one is only
/// replaced if that is `wanted`; of a link, the file that it leads to.
///
/// # Errors
/// If it cannot be written, or exists. Then there is no half file, and what was there is untouched.
pub(super) fn write(path: &Path, text: &str, wanted: bool) -> anyhow::Result<()> {
    let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    // Moving a file to where a device is would put an end to the device.
    if fs::metadata(&place).is_ok_and(|found| !found.is_file()) {
        anyhow::bail!("cannot write {}: this is no ordinary file", path.display());
    }
    let beside = beside(&place);
    let done = write_new(&beside, text).and_then(|()| {
        if !wanted && place.exists() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        fs::rename(&beside, &place)
    });
    if done.is_err() {
        // There may be nothing to remove.
        let _ = fs::remove_file(&beside);
    }
    done.with_context(|| format!("cannot write {}", path.display()))
}

fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(text.as_bytes())?;
    // A full disk may show only here.
    file.sync_all()
}

/// A name in the same folder, so that moving the file is one step.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.part", std::process::id()))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_leads_nowhere_is_not_replaced_unasked() {
        let name = format!("conclab-link-{}", std::process::id());
        let link = std::env::temp_dir().join(name);
        std::os::unix::fs::symlink("/nowhere/at/all", &link).unwrap();
        let refused = check("out", &link, false).unwrap_err().to_string();
        let allowed = check("out", &link, true);
        fs::remove_file(&link).unwrap();
        assert!(refused.contains("this link leads nowhere"), "{refused}");
        assert!(allowed.is_ok());
    }
}
