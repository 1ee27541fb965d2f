//! What every command needs: its global flags, its screen, and the request to stop.

use std::io::{ErrorKind, Write as _};
use std::time::{Duration, Instant};

use anstream::{AutoStream, ColorChoice};
use anyhow::Context as _;
use clap::{ArgMatches, FromArgMatches as _};
use conclab_engine::stop::Stop;
use conclab_kit::lab::{AnyLab, BoundLab, World};

use crate::cli::{Format, Globals};
use crate::found::{Demo, PROFILE, Part, Stamp, VERSION};
use crate::screen::{self, Screen};
use crate::signal;

/// Seconds that a command may take, if `--timeout` does not say.
pub(crate) const TIMEOUT: Duration = Duration::from_mins(1);

/// What every command needs: the global flags, the screen, and the request to stop.
pub(crate) struct Session {
    pub(crate) globals: Globals,
    pub(crate) screen: Screen,
    pub(crate) stop: Stop,
    pub(crate) timeout: Duration,
    pub(crate) started: Instant,
}

impl Session {
    /// For a command that is done at once.
    pub(crate) fn open(flags: &ArgMatches) -> anyhow::Result<Self> {
        let globals = Globals::from_arg_matches(flags)?;
        let screen = screen::decide(&globals);
        Ok(Self { globals, screen, stop: Stop::never(), timeout: TIMEOUT, started: Instant::now() })
    }

    /// For a command that works: Ctrl-C and the watchdog are in force from here on.
    pub(crate) fn start(flags: &ArgMatches, timeout: Duration) -> anyhow::Result<Self> {
        let mut session = Self::open(flags)?;
        session.timeout = session.globals.timeout.map_or(timeout, Duration::from_secs);
        session.stop =
            signal::stop_after(session.timeout).context("cannot arrange for Ctrl-C to be heard")?;
        Ok(session)
    }

    pub(crate) fn is_json(&self) -> bool {
        self.globals.format == Format::Json
    }

    pub(crate) fn stamp(&self) -> Stamp {
        let seed = self.globals.seed;
        Stamp { cores: conclab_measure::cores(), version: VERSION, profile: PROFILE, seed }
    }

    /// A demo of which nothing has been found yet.
    pub(crate) fn demo(&self, lab: &dyn AnyLab, bound: &dyn BoundLab) -> Demo {
        Demo {
            card: lab.card(),
            subject: lab.variants().first().copied(),
            first: lab.variants().first().map_or("", |card| card.name),
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
            claims: Vec::new(),
            prices_limit: None,
            evidence: Vec::new(),
            flags: String::new(),
            asked: None,
        }
    }

    /// Part of the time allowed, as a nearer end for one piece of the work.
    pub(crate) fn share(&self, part: f64) -> Stop {
        self.stop.within(self.timeout.mul_f64(part))
    }

    /// The same of the time that is left.
    pub(crate) fn share_of_rest(&self, part: f64) -> Stop {
        let rest = self.timeout.saturating_sub(self.started.elapsed());
        self.stop.within(rest.mul_f64(part))
    }

    /// Prints data. A reader that has gone away has seen enough.
    pub(crate) fn print(&self, text: &str) -> anyhow::Result<()> {
        self.reaches(text).map(drop)
    }

    /// Prints data, and says whether there is still a reader.
    pub(crate) fn reaches(&self, text: &str) -> anyhow::Result<bool> {
        let choice = if self.screen.colour { ColorChoice::Always } else { ColorChoice::Never };
        let mut out = AutoStream::new(std::io::stdout().lock(), choice);
        let done = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        match done {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
            done => done.map(|()| true).context("cannot write to stdout"),
        }
    }

    /// Tells on stderr what may interest, unless `--quiet`.
    pub(crate) fn note(&self, text: &str) {
        if !self.globals.quiet {
            self.complain(text);
        }
    }

    /// Tells on stderr what must be known.
    pub(crate) fn complain(&self, text: &str) {
        let text =
            if self.screen.ascii { crate::render::text::ascii(text) } else { text.to_owned() };
        // Nobody is left to tell if stderr is gone.
        let _ = writeln!(std::io::stderr(), "conclab: {text}");
    }
}
