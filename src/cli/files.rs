//! The flags of `explore` and `replay` that write files.

use std::path::PathBuf;

use clap::{Arg, ArgAction, Command, value_parser};

/// Adds them to the subcommand of a lab.
pub(super) fn with_flags(lab: Command) -> Command {
    lab.arg(file("html").help("Write a page on which you are the scheduler")).args([
        file("graph")
            .requires("variant")
            .help("Write the states of --variant as JSON (- is stdout)"),
        Arg::new("force").long("force").action(ArgAction::SetTrue).help("Replace files that exist"),
    ])
}

/// Adds the flags of a picture of some `kinds` to the subcommand of a lab.
pub(super) fn with_picture(lab: Command, kinds: &str) -> Command {
    lab.arg(file("out").help(format!("Also write a picture: {kinds}"))).arg(
        Arg::new("force")
            .long("force")
            .action(ArgAction::SetTrue)
            .requires("out")
            .help("Overwrite the file"),
    )
}

/// A flag that names a file to write.
fn file(name: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("FILE").value_parser(value_parser!(PathBuf))
}
