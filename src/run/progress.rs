//! Tells how far the explorer is, on stderr, when that is a terminal and it takes long.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use super::Session;

/// Work shorter than this is not worth a line.
const PATIENCE: Duration = Duration::from_secs(1);

/// Least time between two looks of the line. It is drawn from the work's own reports: a ticking
/// thread would disturb whatever is measured.
const PACE: Duration = Duration::from_millis(100);

/// A line that shows states and states per second.
pub(super) struct Progress {
    what: String,
    wanted: bool,
    started: Instant,
    drawn: Option<Instant>,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// A line about `what`; it does not show yet.
    pub(super) fn new(what: String, session: &Session) -> Self {
        let wanted = !session.globals.quiet && std::io::stderr().is_terminal();
        Self { what, wanted, started: Instant::now(), drawn: None, bar: None }
    }

    /// Hears how many states have been visited.
    pub(super) fn hear(&mut self, states: u64) {
        let is_fresh = self.drawn.is_some_and(|drawn| drawn.elapsed() < PACE);
        if !self.wanted || is_fresh || self.started.elapsed() < PATIENCE {
            return;
        }
        self.drawn = Some(Instant::now());
        let rate = u128::from(states) * 1000 / self.started.elapsed().as_millis().max(1);
        let rate = u64::try_from(rate).unwrap_or(u64::MAX);
        let bar = self.bar.get_or_insert_with(spinner);
        let (states, rate) = (HumanCount(states), HumanCount(rate));
        bar.set_message(format!("{}: {states} states, {rate} states/s", self.what));
        bar.tick();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn spinner() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    ProgressBar::new_spinner().with_style(style.tick_chars("|/-\\ "))
}
