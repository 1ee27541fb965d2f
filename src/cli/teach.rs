//! The command line of `conclab teach`.

use std::path::PathBuf;

use clap::{Arg, Command, value_parser};
use conclab_kit::lab::AnyLab;

use super::flags::{switch, with_labs};

/// The command with a subcommand for every lab.
pub(super) fn command(labs: &[&dyn AnyLab]) -> Command {
    let about = "Give a lecture of 50 minutes: the chapter, screen by screen";
    with_labs("teach", about, labs.iter().map(|lab| one(*lab)))
}

fn one(lab: &dyn AnyLab) -> Command {
    let card = lab.card();
    Command::new(card.name)
        .about(card.summary)
        .arg(
            // Its range depends on the chapter, which is read later.
            Arg::new("screen")
                .long("screen")
                .value_name("N")
                .allow_negative_numbers(true)
                .help("Begin at this screen [default: 1]"),
        )
        .arg(switch("line", "Print lines and read commands, also on a terminal"))
        .arg(switch("notes", "Show speaker notes from the beginning"))
        .arg(
            switch("handout", "Print a page for students (Markdown), without answers")
                .conflicts_with_all(["screen", "line", "notes"]),
        )
        .arg(
            Arg::new("chapter")
                .long("chapter")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Teach from this chapter: one of your own, or a translation"),
        )
        .after_help("--timeout is for nothing here: teachers may take their time.")
}
