//! Tells how far the explorer is, on stderr, when that is a terminal and it takes long.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use crate::render::text::thousands;
use crate::session::Session;

/// Work shorter than this is not worth a line.
const PATIENCE: Duration = Duration::from_secs(1);

/// Least time between two looks of the line. It is drawn from the work's own reports: a ticking
/// thread would disturb whatever is measured.
const PACE: Duration = Duration::from_millis(100);

/// Columns of the line: any terminal has them, so that it never breaks.
const COLUMNS: usize = 70;

/// A line that shows states and states per second, without escape sequences: the cursor stays
/// behind it, so that the `^C` that a terminal writes there is wiped away with it.
pub(super) struct Progress {
    what: String,
    wanted: bool,
    started: Instant,
    drawn: Option<Instant>,
}

impl Progress {
    /// A line about `what`; it does not show yet.
    pub(super) fn new(what: String, session: &Session) -> Self {
        let wanted = !session.globals.quiet && std::io::stderr().is_terminal();
        Self { what, wanted, started: Instant::now(), drawn: None }
    }

    /// Hears how many states have been visited.
    pub(super) fn hear(&mut self, states: u64) {
        let is_fresh = self.drawn.is_some_and(|drawn| drawn.elapsed() < PACE);
        if !self.wanted || is_fresh || self.started.elapsed() < PATIENCE {
            return;
        }
        self.drawn = Some(Instant::now());
        let rate = u128::from(states) * 1000 / self.started.elapsed().as_millis().max(1);
        let rate = thousands(u64::try_from(rate).unwrap_or(u64::MAX));
        write(&format!("{}: {} states, {rate} states/s", self.what, thousands(states)));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn.is_some() {
            write("");
            // Back to where the next line of text begins.
            let _ = write!(std::io::stderr(), "\r");
        }
    }
}

/// Writes over the line. Nobody is left to tell if stderr is gone.
fn write(text: &str) {
    let text: String = text.chars().take(COLUMNS).collect();
    let _ = write!(std::io::stderr(), "\r{text:COLUMNS$}  ");
}
