//! The command line of `conclab trace`.

use clap::builder::PossibleValue;
use clap::{Arg, Command};
use conclab_kit::lab::{AnyLab, Runner};

use super::files::with_picture;
use super::flags::{per_lab, widen};

/// The command with a subcommand for every lab.
pub(super) fn command(labs: &[&dyn AnyLab]) -> Command {
    let about = "Record one run on real threads: who ran, waited, held what";
    per_lab("trace", about, labs).mut_subcommands(|lab| {
        let known = labs.iter().find(|known| known.card().name == lab.get_name());
        let runners = known.map_or(&[][..], |lab| lab.runners());
        let lab = lab
            .mut_arg("variant", |flag| flag.help("The variant [default: the first]"))
            .arg(widen())
            .args(runner(runners));
        with_picture(lab, ".html, .svg, or .json (Perfetto)")
    })
}

/// The flag that asks for what a lab only measures, if it does.
fn runner(runners: &[Runner]) -> Option<Arg> {
    let value = |runner: &Runner| PossibleValue::new(runner.name).help(runner.summary);
    let values: Vec<_> = runners.iter().map(value).collect();
    (!values.is_empty()).then(|| {
        Arg::new("runner")
            .long("runner")
            .value_name("RUNNER")
            .value_parser(values)
            .conflicts_with_all(["variant", "widen"])
            .help("Record what is measured instead of a variant")
    })
}
