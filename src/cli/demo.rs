//! The command line of a demo: `conclab race`.

use clap::{Arg, ArgAction, Command, value_parser};
use conclab_kit::lab::AnyLab;

use super::flags::{PREDICT, RUNS, Worlds, number, number_flags, switch, variant, widen};
use crate::found::Part;

/// A lab's command.
pub(super) fn command(lab: &dyn AnyLab) -> Command {
    let card = lab.card();
    let has_variants = !lab.variants().is_empty();
    let command = number_flags(lab.with_flags(Command::new(card.name)))
        // After the lab's flags: clap takes the doc of their struct for the command's.
        .about(card.summary)
        .long_about(None)
        .after_help(card.question)
        .hide(true)
        .arg(
            Arg::new("world")
                .long("world")
                .value_name("both|real|model")
                .value_parser(value_parser!(Worlds))
                .default_value("both")
                .hide_possible_values(true)
                .hide_default_value(true)
                .help("Real threads, every interleaving, or both [default: both]"),
        )
        .arg(
            number("runs", 1..=1_000_000)
                .help(format!("Runs on real threads: 1 to 1000000 [default: {RUNS}]")),
        )
        .args(has_variants.then(widen))
        .args(has_variants.then(|| variant(lab).help("The variant to break [default: the first]")))
        .arg(only())
        .args(has_variants.then(|| switch("predict", PREDICT)));
    if !card.can_hang {
        return command;
    }
    command.arg(
        Arg::new("hang")
            .long("hang")
            .action(ArgAction::SetTrue)
            .conflicts_with_all(["runs", "widen", "world", "variant", "only", "predict"])
            .help("Really hang [for 30 s, or --timeout]; says how to look at it from outside"),
    )
}

/// The parts of a demo.
fn only() -> Arg {
    Arg::new("only")
        .long("only")
        .value_name("PART,...")
        .value_parser(value_parser!(Part))
        .action(ArgAction::Append)
        .value_delimiter(',')
        .hide_possible_values(true)
        .conflicts_with("world")
        .help("Only these parts: break, why, fix, price")
}
