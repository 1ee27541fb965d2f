//! The file that keeps a player's progress, in the place where the platform keeps data of users.
//!
//! A file that cannot be read or written costs the progress, never the game.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::Context as _;

use crate::play::{Deed, Progress};
use crate::run::outfile;
use crate::session::Session;

/// Largest file that is read; years of playing fill a hundredth of it.
const BYTES_MAX: u64 = 1 << 20;

/// The progress with its file; without one, nothing is kept.
#[derive(Debug)]
pub(super) struct Store {
    progress: Progress,
    file: Option<PathBuf>,
}

impl Store {
    /// Reads the file, unless the game is to be a `fresh` one.
    pub(super) fn open(fresh: bool, session: &Session) -> Self {
        let none = Self { progress: Progress::default(), file: None };
        if fresh {
            return none;
        }
        let Some(file) = place(|name| env::var_os(name)) else { return none };
        match load(&file) {
            Ok(progress) => Self { progress, file: Some(file) },
            Err(why) => {
                let name = file.display();
                session.note(&format!("progress is not kept: {name}: {why}"));
                none
            }
        }
    }

    /// What was achieved before.
    pub(super) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Remembers a deed; says, once, if that cannot be kept.
    pub(super) fn remember(&mut self, lab: &str, deed: Option<&Deed>) -> Option<String> {
        let (Some(deed), Some(file)) = (deed, &self.file) else { return None };
        // Another game may have written since.
        let saved = load(file).and_then(|mut progress| {
            progress.remember(lab, deed);
            // The message names the file already.
            save(file, &progress.write()).map_err(|error| error.root_cause().to_string())
        });
        let why = saved.err()?;
        let told = format!("progress is not kept: {}: {why}", file.display());
        self.file = None;
        Some(told)
    }
}

/// The file's place. `XDG_DATA_HOME` is obeyed on every system.
fn place(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || folder("HOME");
    let data = folder("XDG_DATA_HOME").or_else(|| {
        if cfg!(windows) {
            folder("APPDATA")
        } else if cfg!(target_os = "macos") {
            home().map(|home| home.join("Library/Application Support"))
        } else {
            home().map(|home| home.join(".local/share"))
        }
    })?;
    Some(data.join("conclab").join("progress.json"))
}

/// Reads the file; if there is none, nothing has been achieved yet.
fn load(file: &Path) -> Result<Progress, String> {
    let size = match fs::metadata(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Progress::default()),
        other => other.map_err(|error| error.to_string())?,
    };
    if !size.is_file() || size.len() > BYTES_MAX {
        return Err("it is no file of ours".to_owned());
    }
    Progress::read(&fs::read_to_string(file).map_err(|error| error.to_string())?)
}

/// Writes the file, and the folder that it is in.
fn save(file: &Path, text: &str) -> anyhow::Result<()> {
    fs::create_dir_all(file.parent().context("it is in no folder")?)?;
    outfile::write("fresh", file, text, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_folder_is_used_only_if_it_is_a_whole_path() {
        let at = |given: &str| {
            let given = OsString::from(given);
            place(|name| (name == "XDG_DATA_HOME").then(|| given.clone()))
        };
        assert_eq!(at(""), None);
        assert_eq!(at("here"), None);
        let root = env::temp_dir();
        let whole = at(root.to_str().expect("a plain name"));
        assert_eq!(whole, Some(root.join("conclab").join("progress.json")));
    }
}
