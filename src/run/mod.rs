//! One file per command: each does its work, hands what it found to a renderer, prints the
//! result, and says how the process is to end.

mod completions;
mod demo;
mod doctor;
mod explore;
mod files;
mod glass;
mod hang;
mod list;
mod man;
mod outfile;
mod play;
mod predict;
mod progress;
mod replay;
mod searches;
mod teach;
mod trace;
pub(crate) mod worker;

use std::io::{ErrorKind, Write as _};
use std::time::{Duration, Instant};

use anstream::{AutoStream, ColorChoice};
use anyhow::Context as _;
use clap::parser::ValueSource;
use clap::{ArgMatches, FromArgMatches as _};
use conclab_engine::stop::Stop;
use conclab_kit::lab::{AnyLab, BoundLab, Purpose, World};

use self::searches::Searches;
use crate::cli::{Format, Globals};
use crate::exit::Exit;
use crate::found::{Demo, PROFILE, Part, Stamp, VERSION};
use crate::screen::{self, Screen};
use crate::signal;

/// Seconds that a command may take, if `--timeout` does not say.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Runs the command that was asked for.
///
/// # Errors
/// What kept it from doing its work, or from printing the result.
pub(crate) fn command(matches: &ArgMatches) -> anyhow::Result<Exit> {
    let labs = conclab_labs::catalogue();
    match matches.subcommand() {
        Some(("list", flags)) => list::run(labs, &Session::open(flags)?),
        Some(("doctor", flags)) => doctor::run(labs, &Session::open(flags)?),
        Some(("completions", flags)) => completions::run(flags, &Session::open(flags)?),
        Some(("man", flags)) => man::run(flags, &Session::open(flags)?),
        Some(("explore", rest)) => {
            let (lab, flags) = chosen(labs, rest)?;
            let bound = lab.bind(flags, Purpose::Study)?;
            let searches = Searches::new(lab, &*bound);
            if let Some(exit) = predict::before(&searches, flags)? {
                return Ok(exit);
            }
            explore::run(&searches, flags, &Session::start(flags, TIMEOUT)?)
        }
        Some(("trace", rest)) => {
            let (lab, flags) = chosen(labs, rest)?;
            trace::run(lab, flags, &Session::start(flags, TIMEOUT)?)
        }
        Some(("replay", rest)) => {
            let (lab, flags) = chosen(labs, rest)?;
            replay::run(lab, flags, &Session::start(flags, TIMEOUT)?)
        }
        Some(("play", rest)) => {
            let (lab, flags) = chosen(labs, rest)?;
            play::run(lab, flags, &Session::open(flags)?)
        }
        Some(("teach", rest)) => {
            let (lab, flags) = chosen(labs, rest)?;
            teach::run(lab, flags, &Session::open(flags)?)
        }
        _ => {
            let (lab, flags) = chosen(labs, matches)?;
            if lab.card().can_hang && flags.get_flag("hang") {
                return hang::run(lab, flags, &Session::start(flags, hang::TIMEOUT)?);
            }
            let bound = lab.bind(flags, Purpose::Demo)?;
            let searches = Searches::new(lab, &*bound);
            if let Some(exit) = predict::before(&searches, flags)? {
                return Ok(exit);
            }
            demo::run(&searches, flags, &Session::start(flags, TIMEOUT)?)
        }
    }
}

/// The lab whose subcommand was given, and its flags.
fn chosen<'a>(
    labs: &'static [&'static dyn AnyLab],
    matches: &'a ArgMatches,
) -> anyhow::Result<(&'static dyn AnyLab, &'a ArgMatches)> {
    let (name, flags) = matches.subcommand().context("a lab is needed; see `conclab list`")?;
    let lab = labs.iter().find(|lab| lab.card().name == name);
    Ok((*lab.with_context(|| format!("there is no lab {name}; see `conclab list`"))?, flags))
}

/// What every command needs: the global flags, the screen, and the request to stop.
struct Session {
    globals: Globals,
    screen: Screen,
    stop: Stop,
    timeout: Duration,
    started: Instant,
}

impl Session {
    /// For a command that is done at once.
    fn open(flags: &ArgMatches) -> anyhow::Result<Self> {
        let globals = Globals::from_arg_matches(flags)?;
        let screen = screen::decide(&globals);
        Ok(Self { globals, screen, stop: Stop::never(), timeout: TIMEOUT, started: Instant::now() })
    }

    /// For a command that works: Ctrl-C and the watchdog are in force from here on.
    fn start(flags: &ArgMatches, timeout: Duration) -> anyhow::Result<Self> {
        let mut session = Self::open(flags)?;
        session.timeout = session.globals.timeout.map_or(timeout, Duration::from_secs);
        session.stop =
            signal::stop_after(session.timeout).context("cannot arrange for Ctrl-C to be heard")?;
        Ok(session)
    }

    fn is_json(&self) -> bool {
        self.globals.format == Format::Json
    }

    fn stamp(&self) -> Stamp {
        let seed = self.globals.seed;
        Stamp { cores: cores(), version: VERSION, profile: PROFILE, seed }
    }

    /// A demo of which nothing has been found yet.
    fn demo(&self, lab: &dyn AnyLab, bound: &dyn BoundLab) -> Demo {
        Demo {
            card: lab.card(),
            subject: lab.variants()[0],
            first: lab.variants()[0].name,
            parts: Part::ALL.to_vec(),
            stamp: self.stamp(),
            size_real: bound.size_in_words(World::Real),
            real: bound.values(World::Real),
            size_model: bound.size_in_words(World::Model),
            model: bound.values(World::Model),
            broke: None,
            widened: None,
            others: Vec::new(),
            explored: Vec::new(),
            refused: Vec::new(),
            prices: Vec::new(),
            exhibits: Vec::new(),
            prices_limit: None,
            evidence: Vec::new(),
            flags: String::new(),
            asked: None,
        }
    }

    /// Part of the time allowed, as a nearer end for one piece of the work.
    fn share(&self, part: f64) -> Stop {
        self.stop.within(self.timeout.mul_f64(part))
    }

    /// The same of the time that is left.
    fn share_of_rest(&self, part: f64) -> Stop {
        let rest = self.timeout.saturating_sub(self.started.elapsed());
        self.stop.within(rest.mul_f64(part))
    }

    /// Prints data. A reader that has gone away has seen enough.
    fn print(&self, text: &str) -> anyhow::Result<()> {
        self.reaches(text).map(drop)
    }

    /// Prints data, and says whether there is still a reader.
    fn reaches(&self, text: &str) -> anyhow::Result<bool> {
        let choice = if self.screen.colour { ColorChoice::Always } else { ColorChoice::Never };
        let mut out = AutoStream::new(std::io::stdout().lock(), choice);
        let done = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        match done {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
            done => done.map(|()| true).context("cannot write to stdout"),
        }
    }

    /// Tells on stderr what may interest, unless `--quiet`.
    fn note(&self, text: &str) {
        if !self.globals.quiet {
            self.complain(text);
        }
    }

    /// Tells on stderr what must be known.
    fn complain(&self, text: &str) {
        let text =
            if self.screen.ascii { crate::render::text::ascii(text) } else { text.to_owned() };
        // Nobody is left to tell if stderr is gone.
        let _ = writeln!(std::io::stderr(), "conclab: {text}");
    }
}

/// Processors this process may use.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Flags that were typed and belong to the lab: what repeats the same size in another command.
fn size_flags(lab: &'static dyn AnyLab, bound: &dyn BoundLab, flags: &ArgMatches) -> String {
    let own = lab.with_flags(clap::Command::new("size"));
    let typed = |id: &str| flags.value_source(id) == Some(ValueSource::CommandLine);
    let mut text = String::new();
    for (name, value) in bound.values(World::Model).0 {
        let flag = own.get_arguments().find(|flag| flag.get_long() == Some(name));
        if flag.is_some_and(|flag| typed(flag.get_id().as_str())) {
            text = format!("{text} --{name} {value}");
        }
    }
    text
}
