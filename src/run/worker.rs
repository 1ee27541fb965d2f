//! `conclab worker`: one of the worker processes of the lab `pool`; hidden, because only a pool
//! can start one.

use std::ffi::OsString;

use crate::exit::Exit;

/// The arguments of a worker, if the command line asks for one.
///
/// This is decided before anything else is, because a pool waits for all its workers to start:
/// building the command line of the catalogue would take them longer than everything else they do.
pub(crate) fn asked_for(arguments: &[OsString]) -> Option<&[OsString]> {
    let (subcommand, rest) = arguments.get(1..)?.split_first()?;
    (subcommand == "worker").then_some(rest)
}

/// Works until the pool hangs up.
///
/// # Errors
/// If this process was not started by a pool, or the conversation with it cannot go on.
pub(crate) fn run(arguments: &[OsString]) -> anyhow::Result<Exit> {
    #[cfg(unix)]
    {
        use std::io::Write as _;

        use clap::error::ErrorKind::InvalidSubcommand;
        use conclab_labs::pool::processes::crash::{self, Mishap, SCENE};
        use conclab_labs::pool::processes::worker::{self, WorkerError};

        if let [scene, mishap] = arguments
            && scene == SCENE
            && let Some(mishap) = mishap.to_str().and_then(Mishap::named)
        {
            writeln!(std::io::stdout(), "{}", crash::play(mishap))?;
            return Ok(Exit::Kept);
        }
        match worker::work(arguments) {
            Ok(()) => Ok(Exit::Kept),
            Err(error @ WorkerError::Usage) => {
                Err(clap::Error::raw(InvalidSubcommand, format!("{error}\n")).into())
            }
            Err(error) => Err(anyhow::Error::from(error).context("worker")),
        }
    }
    #[cfg(not(unix))]
    {
        let _ = arguments;
        anyhow::bail!("worker processes are not possible on this platform")
    }
}
