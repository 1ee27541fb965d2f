//! One cell of the sweep: threads that want a lock again and again, for some milliseconds.
//!
//! Each thread takes the lock, works inside for as long as the section is, gives it back, and
//! works as long outside. So a perfect lock with two or more cores is never free.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::price_doors::Door;
use super::price_section::{context_switches, rounds, work};
use super::price_waits::Waits;
use conclab_measure::crew::{Passages, thread_cpu_time};

/// Slices of a cell: each is a sample of the throughput.
const SLICES: usize = 3;
/// Looking at the clock takes 20 to 40 ns: of shorter sections only one in eight is timed.
const ALL_TIMED: Duration = Duration::from_micros(1);

/// What was measured in a cell.
#[derive(Clone, Debug)]
pub(super) struct Figures {
    /// Sections per second in each slice, in ascending order.
    pub(super) rates: Vec<f64>,
    /// CPU time per section, all threads together.
    pub(super) cpu_ns: Option<f64>,
    /// Sections of the thread with the fewest, divided by those of the one with the most.
    pub(super) share: f64,
    /// Of all waits that were timed.
    pub(super) waits: Waits,
    /// Times that threads went to sleep, and times that they were taken off their core.
    pub(super) switches: Option<(u64, u64)>,
}

impl Figures {
    /// The throughput over all slices.
    pub(super) fn rate(&self) -> f64 {
        self.rates.iter().sum::<f64>() / self.rates.len().max(1) as f64
    }
}

/// A cell before and while it is measured; the lock does not matter to those who hold it.
pub(super) trait Cell: Send + Sync {
    /// How long it is measured.
    fn span(&self) -> Duration;
    /// What thread `me` does until the time is over.
    fn take_part(&self, me: usize, passages: &Passages);
    /// Sums up what all threads have seen.
    fn sum_up(&self) -> Figures;
}

/// A cell with a lock of one type.
pub(super) struct CellOf<D> {
    door: D,
    section: Duration,
    span: Duration,
    seen: Mutex<Vec<Seen>>,
}

/// What one thread has seen.
struct Seen {
    /// Sections that ended in each slice.
    slices: [u64; SLICES],
    /// All sections, also those that ended after the last slice.
    n: u64,
    /// Sections before the last thread began: they count only for the CPU time, which a thread
    /// that spins cannot stop to look at.
    n_early: u64,
    waits: Waits,
    spent: Spent,
}

/// What a thread has used up so far, where the platform tells.
#[derive(Clone, Copy)]
struct Spent {
    cpu: Option<Duration>,
    switches: Option<(u64, u64)>,
}

impl Spent {
    fn so_far() -> Self {
        Self { cpu: thread_cpu_time(), switches: context_switches() }
    }

    fn since(self, then: Self) -> Self {
        let more = |(now, then): ((u64, u64), (u64, u64))| (now.0 - then.0, now.1 - then.1);
        Self {
            cpu: self.cpu.zip(then.cpu).map(|(now, then)| now.saturating_sub(then)),
            switches: self.switches.zip(then.switches).map(more),
        }
    }
}

/// Prepares a cell: `n_threads` threads use one `D` for `span`.
pub(super) fn cell<D: Door + 'static>(
    section: Duration,
    n_threads: usize,
    span: Duration,
) -> Arc<dyn Cell> {
    Arc::new(CellOf { door: D::new(n_threads), section, span, seen: Mutex::default() })
}

impl<D: Door> Cell for CellOf<D> {
    fn span(&self) -> Duration {
        self.span
    }

    fn take_part(&self, me: usize, passages: &Passages) {
        let seen = self.use_door(me, passages);
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    }

    fn sum_up(&self) -> Figures {
        let all = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = self.span.as_secs_f64() / SLICES as f64;
        let rate = |slice| all.iter().map(|one| one.slices[slice]).sum::<u64>() as f64 / seconds;
        let mut rates: Vec<f64> = (0..SLICES).map(rate).collect();
        rates.sort_by(f64::total_cmp);
        let n: u64 = all.iter().map(|one| one.n + one.n_early).sum();
        let each = || all.iter().map(|one| one.n);
        let (fewest, most) = (each().min().unwrap_or(0), each().max().unwrap_or(0));
        let cpu: Option<Duration> = all.iter().map(|one| one.spent.cpu).sum();
        let add = |(a, b): ((u64, u64), (u64, u64))| (a.0 + b.0, a.1 + b.1);
        Figures {
            rates,
            cpu_ns: cpu.map(|cpu| cpu.as_secs_f64() * 1e9 / n.max(1) as f64),
            share: fewest as f64 / most.max(1) as f64,
            waits: all.iter().fold(Waits::new(), |sum, one| sum.join(&one.waits)),
            switches: all
                .iter()
                .try_fold((0, 0), |sum, one| one.spent.switches.map(|own| add((sum, own)))),
        }
    }
}

impl<D: Door> CellOf<D> {
    fn use_door(&self, me: usize, passages: &Passages) -> Seen {
        let rounds = rounds(self.section);
        let every = if self.section >= ALL_TIMED { 1 } else { 8 };
        let slice_ns = self.span.as_nanos() / SLICES as u128;
        let then = Spent::so_far();
        let mut seen =
            Seen { slices: [0; SLICES], n: 0, n_early: 0, waits: Waits::new(), spent: then };
        while !passages.is_over() {
            let asked = Instant::now();
            let mut wait = Duration::ZERO;
            self.door.pass(me, || {
                wait = asked.elapsed();
                work(rounds);
            });
            work(rounds);
            let mut n = 1;
            // Where the holder is off its core, one passage can take a time slice.
            while n < every && !passages.is_over() {
                self.door.pass(me, || work(rounds));
                work(rounds);
                n += 1;
            }
            // What was done before the last thread began does not count.
            let Some(begin) = passages.begin() else {
                seen.n_early += n;
                continue;
            };
            seen.waits.add(wait);
            seen.n += n;
            let slice = begin.elapsed().as_nanos() / slice_ns.max(1);
            // What ended after the last slice counts for the shares, not for the throughput.
            let Some(count) = seen.slices.get_mut(slice as usize) else { break };
            *count += n;
        }
        seen.spent = Spent::so_far().since(then);
        seen
    }
}
