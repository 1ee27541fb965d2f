//! The command line of `conclab trace`.

use std::path::PathBuf;

use clap::{Arg, ArgAction, Command, value_parser};
use conclab_engine::lab::AnyLab;

use super::{per_lab, widen};

/// The command with a subcommand for every lab.
pub(super) fn command(labs: &[&dyn AnyLab]) -> Command {
    let about = "Record one run on real threads: who ran, waited, held what";
    per_lab("trace", about, labs).mut_subcommands(|lab| {
        lab.mut_arg("variant", |flag| flag.help("The variant [default: the first]"))
            .arg(widen())
            .arg(
                Arg::new("out")
                    .long("out")
                    .value_name("FILE")
                    .value_parser(value_parser!(PathBuf))
                    .help("Also write a picture: .html, .svg, or .json (Perfetto)"),
            )
            .arg(
                Arg::new("force")
                    .long("force")
                    .action(ArgAction::SetTrue)
                    .requires("out")
                    .help("Overwrite the file"),
            )
    })
}
