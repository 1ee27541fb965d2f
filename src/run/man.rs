//! `conclab man`.

use clap::error::{Error, ErrorKind};
use clap::{ArgMatches, Command};

use crate::cli;
use crate::exit::Exit;
use crate::render::man;
use crate::session::Session;

/// Prints a page, or which pages there are.
pub(super) fn run(flags: &ArgMatches, session: &Session) -> anyhow::Result<Exit> {
    let root = cli::man::told(cli::command(conclab_labs::catalogue()));
    if flags.get_flag("list") {
        let mut names = Vec::new();
        collect(&root, &mut names);
        session.print(&(names.join("\n") + "\n"))?;
        return Ok(Exit::Kept);
    }
    let mut command = &root;
    for word in flags.get_many::<String>("command").into_iter().flatten() {
        let found = command.find_subcommand(word);
        command = found.ok_or_else(|| unknown(command, word))?;
    }
    session.print(&man::page(command)?)?;
    Ok(Exit::Kept)
}

/// Collects what is typed for each command, a command before those below it.
fn collect(command: &Command, names: &mut Vec<String>) {
    names.push(command.get_bin_name().unwrap_or(command.get_name()).to_owned());
    command.get_subcommands().for_each(|below| collect(below, names));
}

fn unknown(command: &Command, word: &str) -> Error {
    let name = command.get_bin_name().unwrap_or(command.get_name());
    let message =
        format!("`{name}` has no command `{word}`; `conclab man --list` names every page\n");
    <Error>::raw(ErrorKind::InvalidSubcommand, message)
}
