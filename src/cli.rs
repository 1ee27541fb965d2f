//! The command line, built from the catalogue: a lab is a subcommand, and so is it under `explore`,
//! `replay` and `play`, so that each has the lab's flags and a typing error is met with a
//! suggestion.

mod demo;
mod files;
mod flags;
pub(crate) mod man;
mod teach;
mod trace;

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::io::IsTerminal as _;

use anstream::ColorChoice;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgMatches, Args as _, Command, ValueEnum, value_parser};
use conclab_kit::lab::AnyLab;
use conclab_kit::whole;
use num_bigint::BigUint;

use self::flags::{PREDICT, budgets, per_lab, switch};
pub(crate) use self::flags::{RUNS, Worlds};

/// What it is, in a line.
const ABOUT: &str = "A concurrency teaching lab: break it, see why, fix it, price the fix";

/// Flags that every command has.
#[derive(Clone, Debug, clap::Args)]
#[command(about = ABOUT, next_help_heading = "Global options")]
pub(crate) struct Globals {
    /// Text, or one JSON document [default: text]
    #[arg(
        long,
        global = true,
        value_name = "text|json",
        default_value = "text",
        hide_possible_values = true,
        hide_default_value = true
    )]
    pub(crate) format: Format,
    /// Use colour [default: auto]
    #[arg(
        long,
        global = true,
        value_name = "auto|always|never",
        default_value = "auto",
        hide_possible_values = true,
        hide_default_value = true
    )]
    pub(crate) color: Colour,
    /// Print ASCII characters only
    #[arg(long, global = true)]
    pub(crate) ascii: bool,
    /// In reports; nothing random yet [default: 0]
    #[arg(long, global = true, value_name = "N", default_value_t = 0, hide_default_value = true,
          allow_negative_numbers = true, value_parser = whole::<u64>(0..=u64::MAX))]
    pub(crate) seed: u64,
    /// Stop after this long: 1 to 3600 [default: 60]
    #[arg(long, global = true, value_name = "SECONDS", allow_negative_numbers = true,
          value_parser = whole::<u64>(1..=3600))]
    pub(crate) timeout: Option<u64>,
    /// Print results and errors only
    #[arg(long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print more than fits one screen
    #[arg(long, global = true)]
    pub(crate) verbose: bool,
}

/// A global flag as it would be typed.
#[derive(Clone, Debug)]
pub(crate) struct Typed {
    /// `--ascii`, or `--color=never`.
    pub(crate) text: String,
    /// Whether it is about how things look, so that commands run for the user get it, too.
    pub(crate) looks: bool,
}

impl Globals {
    /// The flags that give these values again. Nothing is left out: a flag that is forgotten here
    /// does not compile.
    pub(crate) fn as_arguments(&self) -> Vec<Typed> {
        let Self { format, color, ascii, seed, timeout, quiet, verbose } = self;
        let name = |value: Option<clap::builder::PossibleValue>| {
            value.map(|value| value.get_name().to_owned()).unwrap_or_default()
        };
        let switch = |flag: &str, on: bool| on.then(|| flag.to_owned());
        let typed = [
            (Some(format!("--format={}", name(format.to_possible_value()))), false),
            (Some(format!("--color={}", name(color.to_possible_value()))), true),
            (switch("--ascii", *ascii), true),
            (Some(format!("--seed={seed}")), false),
            (timeout.map(|seconds| format!("--timeout={seconds}")), false),
            (switch("--quiet", *quiet), false),
            (switch("--verbose", *verbose), false),
        ];
        typed.into_iter().filter_map(|(text, looks)| Some(Typed { text: text?, looks })).collect()
    }
}

/// What stdout gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text for people.
    Text,
    /// One JSON document.
    Json,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal that has it, unless the environment says no.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Tells every stream about `--color` before anything is parsed, because clap colours its own
/// complaints before it has read the flag.
pub(crate) fn obey_colour(arguments: &[OsString]) {
    let mut choice = ColorChoice::Auto;
    let mut rest = arguments.iter().map(OsString::as_os_str).take_while(|word| *word != "--");
    while let Some(word) = rest.next() {
        let word = word.to_str().unwrap_or_default();
        let value = match word.strip_prefix("--color") {
            Some("") => rest.next().and_then(OsStr::to_str),
            Some(value) => value.strip_prefix('='),
            None => continue,
        };
        choice = match value {
            Some("always") => ColorChoice::Always,
            Some("never") => ColorChoice::Never,
            _ => ColorChoice::Auto,
        };
    }
    choice.write_global();
}

/// Takes the arguments apart.
///
/// # Errors
/// What clap says of them; asking for help is such an error too.
pub(crate) fn parse(arguments: &[OsString]) -> Result<ArgMatches, clap::Error> {
    let mut command = command(conclab_labs::catalogue());
    if arguments.len() <= 1 {
        // On a terminal that is the front door, elsewhere the help.
        let asked = if std::io::stdout().is_terminal() { "list" } else { "--help" };
        return command.try_get_matches_from_mut(["conclab", asked]);
    }
    let parsed = command.try_get_matches_from_mut(arguments);
    parsed.map_err(|error| with_range(error, &command, arguments))
}

/// A complaint about a value, with the flag's own help as a tip: it names the range, which clap
/// does only if the value is a number.
fn with_range(mut error: clap::Error, command: &Command, arguments: &[OsString]) -> clap::Error {
    let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg) else { return error };
    let mut given = command;
    for word in arguments.iter().filter_map(|word| word.to_str()) {
        given = given.find_subcommand(word).unwrap_or(given);
    }
    let help = given.get_arguments().find(|known| known.to_string() == *flag);
    if let Some(help) = help.and_then(Arg::get_help).filter(|_| error.kind() == WRONG_VALUE) {
        let tip = StyledStr::from(format!("{flag}: {help}"));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
    error
}

/// What clap calls a value that its parser refused.
const WRONG_VALUE: ErrorKind = ErrorKind::ValueValidation;

/// The whole command line.
pub(crate) fn command(labs: &[&dyn AnyLab]) -> Command {
    let colour = match ColorChoice::global() {
        ColorChoice::Always | ColorChoice::AlwaysAnsi => clap::ColorChoice::Always,
        ColorChoice::Never => clap::ColorChoice::Never,
        ColorChoice::Auto => clap::ColorChoice::Auto,
    };
    let root = Command::new("conclab")
        .version(env!("CARGO_PKG_VERSION"))
        .about(ABOUT)
        .color(colour)
        .max_term_width(80)
        .subcommand_required(true)
        .override_usage("conclab <LAB|COMMAND> [OPTIONS]")
        .help_template(template(labs))
        .subcommands(labs.iter().map(|lab| demo::command(*lab)))
        .subcommand(Command::new("list").about("List the labs, in teaching order"))
        .subcommand(explore(labs))
        .subcommand(replay(labs))
        .subcommand(play(labs))
        .subcommand(trace::command(labs))
        .subcommand(teach::command(labs))
        .subcommand(Command::new("doctor").about("Say what this machine can show"))
        .subcommand(completions())
        .subcommand(man::command());
    Globals::augment_args(root)
}

/// Help in groups, which clap has not (its issue 1553): the labs are hidden and listed here.
fn template(labs: &[&dyn AnyLab]) -> String {
    let mut text = "{about}\n\n{usage-heading} {usage}\n".to_owned();
    let name_width = labs.iter().map(|lab| lab.card().name.len()).max().unwrap_or(0).max(11);
    let mut group = "";
    for card in labs.iter().map(|lab| lab.card()) {
        if card.group != group {
            group = card.group;
            let _ = write!(text, "\n{group}:\n");
        }
        let _ = writeln!(text, "  {:name_width$}  {}", card.name, card.summary);
    }
    text + "\nCommands:\n{subcommands}\n\nOptions:\n{options}"
}

fn explore(labs: &[&dyn AnyLab]) -> Command {
    per_lab("explore", "Cover every interleaving: counts, odds, simplest counterexample", labs)
        .mut_subcommands(|lab| {
            lab.mut_arg("variant", |flag| flag.help("Only this variant"))
                .args(budgets())
                .arg(switch("predict", PREDICT))
        })
        .mut_subcommands(files::with_flags)
}

fn replay(labs: &[&dyn AnyLab]) -> Command {
    per_lab("replay", "Show one interleaving, by number, step by step", labs)
        .mut_subcommands(|lab| {
            lab.args(budgets())
                .mut_arg("variant", |flag| flag.required(true))
                .arg(
                    Arg::new("schedule")
                        .long("schedule")
                        .value_name("N")
                        .required(true)
                        .allow_negative_numbers(true)
                        .value_parser(schedule)
                        .help("The interleaving's number, from 1, as `conclab explore` gives it"),
                )
                .arg(switch("explain", "Tell it in sentences"))
        })
        .mut_subcommands(|lab| files::with_picture(lab, ".svg"))
}

fn play(labs: &[&dyn AnyLab]) -> Command {
    per_lab("play", "Be the scheduler: choose who goes next until it fails, then repair it", labs)
        .mut_subcommands(|lab| {
            lab.args(budgets())
                .after_help("--timeout is for each exploration: the player may think for ever.")
                .mut_arg("variant", |flag| flag.help("The variant to break [default: the first]"))
                .arg(switch("line", "Print lines and read commands, also on a terminal"))
                .arg(switch("fresh", "Leave what you have achieved before alone"))
                .arg(switch("predict", PREDICT))
        })
}

fn completions() -> Command {
    Command::new("completions").about("Print a completion script for a shell").arg(
        Arg::new("shell")
            .value_name("SHELL")
            .required(true)
            .value_parser(value_parser!(clap_complete::Shell))
            .help("The shell"),
    )
}

/// Reads the number of an interleaving, which may be longer than 64 bits.
fn schedule(text: &str) -> Result<BigUint, String> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.then(|| BigUint::parse_bytes(text.as_bytes(), 10)).flatten();
    number
        .filter(|number| *number != BigUint::ZERO)
        .ok_or_else(|| "must be a whole number from 1 to the number of interleavings".to_owned())
}

#[cfg(test)]
mod tests;
