//! The program that documents and archives are made with.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// The program, there and ready to run.
#[derive(Debug)]
pub(crate) struct Program(PathBuf);

impl Program {
    /// Takes the one that was `given`, or builds it as it is released.
    ///
    /// # Errors
    /// If it is not there, or cannot be built.
    pub(crate) fn find(root: &Path, target: &Path, given: Option<&Path>) -> Result<Self> {
        if let Some(given) = given {
            let path = given.canonicalize();
            let path = path.with_context(|| format!("--program {}: not there", given.display()))?;
            ensure!(path.is_file(), "--program {}: this is no program", given.display());
            return Ok(Self(path));
        }
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        // Cargo says what it does: the first build takes minutes.
        let words = ["build", "--release", "--locked", "--package", "conclab"];
        let status = Command::new(cargo).current_dir(root).args(words).status();
        let status = status.context("cannot start cargo: is it in PATH?")?;
        ensure!(status.success(), "cargo cannot build conclab");
        let path = target.join("release").join(format!("conclab{}", env::consts::EXE_SUFFIX));
        Ok(Self(path.canonicalize().with_context(|| path.display().to_string())?))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// What it prints, run from the folder `at` with nothing in its environment but how to find
    /// other programs and what `environment` adds.
    ///
    /// # Errors
    /// If it fails, with what it said.
    pub(crate) fn says(
        &self,
        words: &[&str],
        at: &Path,
        environment: &[(&str, &str)],
    ) -> Result<String> {
        answer(bare(&self.0, environment).args(words).current_dir(at))
    }

    /// The same on one core, where that can be arranged: with util-linux.
    pub(crate) fn says_on_one_core(
        &self,
        words: &[&str],
        at: &Path,
        environment: &[(&str, &str)],
    ) -> Result<String> {
        if !is_installed("taskset") {
            return self.says(words, at, environment);
        }
        let mut command = bare("taskset", environment);
        command.args(["--cpu-list", "0"]).arg(&self.0).args(words);
        answer(command.current_dir(at))
    }
}

/// Whether a program answers to `--version`.
pub(crate) fn is_installed(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// What a program prints.
///
/// # Errors
/// If it cannot be started or fails, with what it said.
pub(crate) fn answer(command: &mut Command) -> Result<String> {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    let told = words.join(" ");
    let output = command.stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("cannot start `{told}`"))?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`{told}`: {}\n{complaint}", output.status);
    String::from_utf8(output.stdout).with_context(|| format!("`{told}`: this is no UTF-8"))
}

/// A command with nothing in its environment but where programs are, and what is added.
fn bare(program: impl AsRef<OsStr>, environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(env::var_os("PATH").map(|path| ("PATH", path)));
    command.envs(environment.iter().copied());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let given = Path::new("no such program");
        let failed = Program::find(given, given, Some(given)).unwrap_err().to_string();
        assert_eq!(failed, "--program no such program: not there");
        let folder = Program::find(given, given, Some(Path::new("."))).unwrap_err().to_string();
        assert_eq!(folder, "--program .: this is no program");
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_fails_is_told_with_its_words() {
        let failed = answer(Command::new("sh").args(["-c", "echo no >&2; exit 3"]));
        let failed = failed.unwrap_err().to_string();
        assert_eq!(failed, "`sh -c echo no >&2; exit 3`: exit status: 3\nno\n");
    }
}
