//! Flags and commands that several commands share.

use std::ops::RangeInclusive;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Arg, ArgAction, Command, ValueEnum};
use conclab_engine::settings::Widen;
use conclab_kit::lab::AnyLab;
use conclab_kit::whole;

/// Runs on real threads, if nothing is said.
pub(crate) const RUNS: u64 = 200;

/// What `--predict` does.
pub(super) const PREDICT: &str = "First ask which outcomes can happen, and grade the answer";

/// Which worlds a demo shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Worlds {
    /// Real threads and every interleaving.
    Both,
    /// Real threads only.
    Real,
    /// Every interleaving only.
    Model,
}

/// A variant of the lab, by name.
pub(super) fn variant(lab: &dyn AnyLab) -> Arg {
    let names: Vec<_> = lab.variants().iter().map(|variant| variant.name).collect();
    Arg::new("variant")
        .long("variant")
        .value_name("VARIANT")
        .value_parser(PossibleValuesParser::new(names))
        .help("The variant")
}

/// A setting of the dial, by its name.
fn dial(name: impl AsRef<str>) -> Widen {
    let named = |dial: &Widen| dial.name() == name.as_ref();
    Widen::ALL.into_iter().find(named).unwrap_or_default()
}

/// The widen dial.
pub(super) fn widen() -> Arg {
    Arg::new("widen")
        .long("widen")
        .value_name("DIAL")
        .value_parser(PossibleValuesParser::new(Widen::ALL.map(Widen::name)).map(dial))
        .default_value("none")
        .hide_possible_values(true)
        .help("In race windows: none, yield, spin, sleep or handshake")
}

pub(super) fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

/// What the explorer may do: states, memory, and how much that happens for no reason.
pub(super) fn budgets() -> [Arg; 3] {
    [
        number("max-states", 1..=100_000_000)
            .default_value("2000000")
            .help("Most states to visit: 1 to 100000000"),
        number("max-memory", 16..=1_048_576)
            .value_name("MIB")
            .help("Most memory for it: 16 to 1048576 MiB [default: 70 % of what is left]"),
        number("spurious", 0..=8)
            .default_value("0")
            .hide_default_value(true)
            .help("Spurious wake-ups and failures to try in each: 0 to 8 [default: 0]"),
    ]
}

/// A command with a subcommand for every lab that has variants.
pub(super) fn per_lab(name: &'static str, about: &'static str, labs: &[&dyn AnyLab]) -> Command {
    let labs = labs.iter().filter(|lab| !lab.variants().is_empty()).map(|lab| {
        let card = lab.card();
        number_flags(lab.with_flags(Command::new(card.name)))
            .about(card.summary)
            .long_about(None)
            .arg(variant(*lab))
    });
    with_labs(name, about, labs)
}

/// A command that needs one of these.
pub(super) fn with_labs(
    name: &'static str,
    about: &'static str,
    labs: impl Iterator<Item = Command>,
) -> Command {
    Command::new(name)
        .about(about)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand_value_name("LAB")
        .subcommand_help_heading("Labs")
        .subcommands(labs)
}

/// Lets `-1` reach the check of a flag's range, instead of being taken for a flag itself.
pub(super) fn number_flags(command: Command) -> Command {
    command.mut_args(|flag| match flag.get_action() {
        ArgAction::Set | ArgAction::Append => flag.allow_negative_numbers(true),
        _ => flag,
    })
}

pub(super) fn number(name: &'static str, range: RangeInclusive<u64>) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name("N")
        .allow_negative_numbers(true)
        .value_parser(whole::<u64>(range))
}
