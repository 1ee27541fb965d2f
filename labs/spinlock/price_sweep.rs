//! The sweep: every lock at every length of section and number of threads.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use conclab_engine::stop::Stop;

use super::price_cell::{Cell, Figures};
use super::price_entrants::{BACKOFF, ENTRANTS};
use conclab_measure::busy;
use conclab_measure::crew::{Crew, Passages};

/// All cells together take no longer than this; what the last one has seen by then is lost.
const BUDGET: Duration = Duration::from_millis(1_500);
/// A column but the last takes no longer than this.
const COLUMN: Duration = Duration::from_millis(400);
/// Most threads of a cell, however many cores there are.
const THREADS_MAX: usize = 64;
/// A cell with at most as many threads as cores.
const SPAN: Duration = Duration::from_millis(6);
/// A cell with more threads than cores: some time slices.
const SPAN_CROWDED: Duration = Duration::from_millis(9);
/// The cells whose shares and waits are shown: every thread must have had its turn.
const SPAN_SHOWN: Duration = Duration::from_millis(40);
/// A cell with empty sections: it shows how long a thread keeps the cache line, and little else.
const SPAN_EMPTY: Duration = Duration::from_millis(3);
/// A cell with one thread: nothing can get in its way.
const SPAN_ALONE: Duration = Duration::from_micros(1_500);
/// New threads share a core until the scheduler spreads them: so long is the first cell of each
/// crew, which does not count.
const WARM_UP: Duration = Duration::from_millis(12);
/// Threads that begin within this span of each other run at once.
const TOGETHER: Duration = Duration::from_micros(200);
/// A lock that did less than this part of the best one's work in crowded sections of 1 µs is not
/// asked for more: each further cell would take it many time slices to end.
const HOPELESS: f64 = 0.5;

/// Lengths of the section, in the order of the rows.
pub(super) const LENGTHS: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_nanos(100),
    Duration::from_micros(1),
    Duration::from_micros(10),
];
/// The row that is shown in full, measured first.
pub(super) const SHOWN: usize = 2;
/// The order in which rows are measured.
const ORDER: [usize; 4] = [SHOWN, 3, 1, 0];

/// What was measured.
pub(super) struct Sweep {
    /// Processors that this process may use.
    pub(super) cores: usize,
    /// Numbers of threads, in the order of the columns.
    pub(super) threads: Vec<usize>,
    /// By row, column and entrant; what is missing was not measured.
    pub(super) cells: BTreeMap<(usize, usize, usize), Figures>,
    /// Entrants that were spared cells because they were hopeless in the first row.
    pub(super) spared: Vec<&'static str>,
    /// Whether the time was over before the last cell.
    pub(super) cut_short: bool,
    /// How many cores it got, if none was left over.
    pub(super) got: Option<f64>,
}

impl Sweep {
    /// Measures until `stop` or for 1.5 seconds; nothing if that leaves no cell.
    pub(super) fn run(stop: &Stop) -> Option<Self> {
        let (sweep, got) = busy::crowded(|| Self::every_cell(stop));
        Some(Self { got, ..sweep? })
    }

    fn every_cell(stop: &Stop) -> Option<Self> {
        let stop = stop.within(BUDGET);
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let mut threads = [1, cores, 2 * cores, 4 * cores].map(|n| n.min(THREADS_MAX)).to_vec();
        threads.dedup();
        let cells = BTreeMap::new();
        let mut sweep =
            Self { cores, threads, cells, spared: Vec::new(), cut_short: false, got: None };
        for column in 0..sweep.threads.len() {
            let last = column + 1 == sweep.threads.len();
            let stop = if last { stop.clone() } else { stop.within(COLUMN) };
            sweep.fill(column, &stop);
        }
        (!sweep.cells.is_empty()).then_some(sweep)
    }

    /// The figures of an entrant by name, if it has been measured there.
    pub(super) fn of(&self, name: &str, row: usize, column: usize) -> Option<&Figures> {
        let entrant = ENTRANTS.iter().position(|one| one.name == name)?;
        self.cells.get(&(row, column, entrant))
    }

    /// Measures every entrant at every length, with one crew of threads.
    fn fill(&mut self, column: usize, stop: &Stop) {
        if stop.reason().is_some() {
            self.cut_short = true;
            return;
        }
        let n_threads = self.threads[column];
        let now: Mutex<Option<Arc<dyn Cell>>> = Mutex::new(None);
        let show = || now.lock().unwrap_or_else(PoisonError::into_inner);
        let work = |me: usize, passages: &mut Passages| {
            let cell = show().clone();
            cell.inspect(|cell| cell.take_part(me, passages));
        };
        Crew::gather(n_threads, stop, &work, |sample| {
            let take = |cell: Arc<dyn Cell>| {
                *show() = Some(Arc::clone(&cell));
                let lap = sample(cell.span())?;
                Some((lap.last_start - lap.start <= TOGETHER, cell.sum_up()))
            };
            if n_threads > 1 {
                take((ENTRANTS[BACKOFF].cell)(LENGTHS[SHOWN], n_threads, WARM_UP));
            }
            for row in ORDER {
                for index in 0..ENTRANTS.len() {
                    self.measure((row, column, index), &take);
                }
            }
        });
    }

    /// Measures one cell, unless the time is over or there is no hope.
    fn measure(
        &mut self,
        (row, column, index): (usize, usize, usize),
        take: &dyn Fn(Arc<dyn Cell>) -> Option<(bool, Figures)>,
    ) {
        let n_threads = self.threads[column];
        let entrant = &ENTRANTS[index];
        if row != SHOWN && self.is_hopeless(index, column) {
            if !self.spared.contains(&entrant.name) {
                self.spared.push(entrant.name);
            }
            return;
        }
        let span = match n_threads {
            _ if row == SHOWN && column + 1 == self.threads.len() => SPAN_SHOWN,
            1 => SPAN_ALONE,
            _ if LENGTHS[row].is_zero() => SPAN_EMPTY,
            n if n <= self.cores => SPAN,
            _ => SPAN_CROWDED,
        };
        let cell = || take((entrant.cell)(LENGTHS[row], n_threads, span));
        let again = |first: (bool, Figures)| {
            let counts = n_threads > self.cores || first.0;
            if counts { Some(first) } else { cell().or(Some(first)) }
        };
        match cell().and_then(again) {
            Some((_, found)) => drop(self.cells.insert((row, column, index), found)),
            None => self.cut_short = true,
        }
    }

    fn is_hopeless(&self, entrant: usize, column: usize) -> bool {
        let rate = |entrant| self.cells.get(&(SHOWN, column, entrant)).map(Figures::rate);
        let best = (0..ENTRANTS.len()).filter_map(rate).fold(0.0, f64::max);
        let crowded = self.threads[column] > self.cores;
        crowded && !ENTRANTS[entrant].peer && rate(entrant).is_some_and(|own| own < HOPELESS * best)
    }
}
