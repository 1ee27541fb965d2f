//! Files that a command was asked to write: whole or not at all.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use anyhow::Context as _;
use clap::error::{Error, ErrorKind as Refused};

/// Refuses a place where no file can be made, or one must not.
///
/// # Errors
/// Says what is wrong with the place.
pub(super) fn check(flag: &str, path: &Path, force: bool) -> Result<(), Error> {
    let refuse = |why: &str| Err(refused(flag, path, why));
    if path.file_name().is_none() {
        return refuse("this names no file");
    }
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => return refuse("this is a folder"),
        Ok(found) if !found.is_file() => return refuse("this is no ordinary file"),
        Ok(_) if !force => return refuse(EXISTS),
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

const EXISTS: &str = "this file exists; --force replaces it";

fn refused(flag: &str, path: &Path, why: &str) -> Error {
    <Error>::raw(Refused::ValueValidation, format!("--{flag} {}: {why}\n", path.display()))
}

/// The folder that a file is in.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes a file beside its place and moves it there when it is complete. An existing one is only
/// replaced if that is `wanted`, also if somebody makes one meanwhile; of a link, the file that it
/// leads to.
///
/// # Errors
/// If it cannot be written, or exists. Then there is no half file, and what was there is untouched.
pub(super) fn write(flag: &str, path: &Path, text: &str, wanted: bool) -> anyhow::Result<()> {
    let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    // Moving a file to where a device is would put an end to the device.
    if fs::metadata(&place).is_ok_and(|found| !found.is_file()) {
        anyhow::bail!("cannot write {}: this is no ordinary file", path.display());
    }
    let done = write_new(&place, text, wanted);
    if done.as_ref().is_err_and(|error| error.kind() == ErrorKind::AlreadyExists) {
        return Err(refused(flag, path, EXISTS).into());
    }
    done.with_context(|| format!("cannot write {}", path.display()))
}

fn write_new(place: &Path, text: &str, wanted: bool) -> std::io::Result<()> {
    let mut file = tempfile::Builder::new();
    #[cfg(unix)]
    file.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = file.tempfile_in(folder(place))?;
    file.write_all(text.as_bytes())?;
    // A full disk may show only here.
    file.as_file().sync_all()?;
    if wanted {
        file.persist(place)?
    } else {
        file.persist_noclobber(place)?
    };
    Ok(())
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
