//! `conclab completions`.

use clap::ArgMatches;
use clap_complete::Shell;

use crate::cli;
use crate::exit::Exit;
use crate::session::Session;

/// Prints a completion script.
pub(super) fn run(flags: &ArgMatches, session: &Session) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    if let Some(shell) = flags.get_one::<Shell>("shell") {
        let mut command = cli::command(conclab_labs::catalogue());
        clap_complete::generate(*shell, &mut command, "conclab", &mut script);
    }
    session.print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Kept)
}
