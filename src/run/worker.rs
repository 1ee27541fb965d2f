//! The one door for children of this program: `conclab worker ROLE …`; hidden, because only a
//! parent that speaks the role's language can start one.

use std::ffi::OsString;

use crate::exit::Exit;

/// The role that a child was started for and its arguments, if this is such a child.
///
/// This is decided before anything else is, because a parent waits for its children to start:
/// building the command line of the catalogue would take them longer than everything else they do.
pub(crate) fn asked_for(arguments: &[OsString]) -> Option<&[OsString]> {
    let (subcommand, rest) = arguments.get(1..)?.split_first()?;
    (subcommand == "worker").then_some(rest)
}

/// Plays the role until it is over.
///
/// # Errors
/// If this process was not started by a parent of that role, or the role cannot go on.
pub(crate) fn run(arguments: &[OsString]) -> anyhow::Result<Exit> {
    #[cfg(unix)]
    {
        use std::io::Write as _;

        use clap::error::ErrorKind::InvalidSubcommand;
        use conclab_workers::worker::WorkerError;

        let usage =
            || clap::Error::raw(InvalidSubcommand, format!("{}\n", WorkerError::Usage)).into();
        let role = arguments.split_first();
        let role = role.and_then(|(name, rest)| {
            let entry = conclab_labs::roles().iter().find(|entry| name == entry.name)?;
            Some((entry, rest))
        });
        let Some((entry, rest)) = role else { return Err(usage()) };
        match (entry.play)(rest) {
            Ok(said) => {
                std::io::stdout().write_all(said.as_bytes())?;
                Ok(Exit::Kept)
            }
            Err(error) => match error.downcast::<WorkerError>() {
                Ok(error) if matches!(*error, WorkerError::Usage) => Err(usage()),
                Ok(error) => Err(anyhow::Error::from(*error).context("worker")),
                Err(error) => Err(anyhow::anyhow!("{error}").context("worker")),
            },
        }
    }
    #[cfg(not(unix))]
    {
        let _ = arguments;
        anyhow::bail!("worker processes are not possible on this platform")
    }
}
