//! The flags of `conclab man`, and the command line as man pages tell of it.

use clap::{Arg, ArgAction, Command};

/// The subcommand.
pub(super) fn command() -> Command {
    Command::new("man")
        .about("Print a man page, of conclab or of a command")
        .arg(
            Arg::new("command")
                .value_name("COMMAND")
                .num_args(0..)
                .help("The command as it is typed, such as `explore race` [default: conclab]"),
        )
        .arg(
            Arg::new("list")
                .long("list")
                .action(ArgAction::SetTrue)
                .conflicts_with("command")
                .help("Name every command that has a page, one a line"),
        )
}

/// The whole command line, every command with its full name. The help of a screen keeps labs for
/// groups of its own and closing words for its end; a page has room for both in their places.
pub(crate) fn told(root: Command) -> Command {
    let mut root = root.disable_help_subcommand(true).mut_subcommands(shown);
    root.build();
    root
}

fn shown(command: Command) -> Command {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let after = command.get_after_help().map(ToString::to_string);
    let command = command.hide(false).mut_subcommands(shown);
    match after {
        Some(after) => command.long_about(format!("{about}.\n\n{after}")).after_help(None),
        None => command,
    }
}
