//! What waking a thread costs on this machine, measured once per process.
//!
//! A thread that is about to sleep pays a wake-up later, whatever it waits for. So it pays to stay
//! awake for about as long as a wake-up takes: then it never wastes more than twice what it must
//! (A. R. Karlin and others, *Competitive Randomized Algorithms for Nonuniform Problems*, 1990).
//! That time differs a hundredfold between machines, and a spin's differs between processors, so
//! neither is written down here.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::time::{Duration, Instant};
use std::{hint, thread};

use super::platform::Patience;

/// Wake-ups to measure: an odd number, for the median.
const WAKE_UPS: u32 = 9;
/// What the waker does first, so that the other is asleep.
const FALL_ASLEEP: Duration = Duration::from_micros(60);
/// Spins that are timed together.
const SPINS: u32 = 500;
/// A wake-up measured on a machine under load can be as long as a time slice: no spin is.
const WAKE_UP_NS: std::ops::RangeInclusive<u64> = 1_000..=50_000;
/// Longest time that a spin is taken for; the shortest is 1 ns.
const SPIN_NS_MAX: u64 = 1_000;
/// A thread that has spun in vain gives others the processor so often before it sleeps.
const YIELDS: u32 = 4;

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub struct Calibration {
    /// From the waker's call until the other thread runs: the median.
    pub wake_up_ns: u64,
    /// One `spin_loop`.
    pub spin_ns: u64,
    /// Processors that this process may use.
    pub cores: usize,
}

impl Calibration {
    /// How long it pays to stay awake: one wake-up's time; on one core not at all, because the
    /// holder cannot run while we spin.
    pub fn patience(self) -> Patience {
        let n_spins = if self.cores == 1 { 0 } else { self.wake_up_ns / self.spin_ns.max(1) };
        let n_spins = u32::try_from(n_spins).unwrap_or(u32::MAX);
        Patience { n_spins, n_yields: YIELDS }
    }
}

/// Measures a wake-up and a spin; takes about 2 ms.
pub fn calibrate() -> Calibration {
    let median_ns = wake_ups().map_or(*WAKE_UP_NS.start(), |all| all[all.len() / 2]);
    Calibration {
        wake_up_ns: median_ns.clamp(*WAKE_UP_NS.start(), *WAKE_UP_NS.end()),
        spin_ns: spin_ns().clamp(1, SPIN_NS_MAX),
        cores: thread::available_parallelism().map_or(1, usize::from),
    }
}

/// The fastest of some rounds: an interruption makes a round slower, nothing makes it faster.
fn spin_ns() -> u64 {
    let round = || {
        let begin = Instant::now();
        for _ in 0..SPINS {
            hint::spin_loop();
        }
        nanoseconds(begin.elapsed()) / u64::from(SPINS)
    };
    (0..5).map(|_| round()).min().unwrap_or(1)
}

/// How long each wake-up took, shortest first; nothing if the system has no more threads.
fn wake_ups() -> Option<Vec<u64>> {
    let round = &AtomicU32::new(0);
    let sleeper = move || {
        let mut awake_at = Vec::new();
        for n in 0..WAKE_UPS {
            // Acquire: pairs with the waker's Release store, as whoever takes a lock does.
            while round.load(Acquire) == n {
                atomic_wait::wait(round, n);
            }
            awake_at.push(Instant::now());
        }
        awake_at
    };
    thread::scope(|s| {
        let sleeper = thread::Builder::new().spawn_scoped(s, sleeper).ok()?;
        let mut called_at = Vec::new();
        for n in 1..=WAKE_UPS {
            // Awake: the other thread is to run on another core, as a waiter does.
            spin_for(FALL_ASLEEP);
            called_at.push(Instant::now());
            // Release: pairs with the sleeper's Acquire load.
            round.store(n, Release);
            atomic_wait::wake_one(round);
        }
        let awake_at = sleeper.join().ok()?;
        let took = |(awake, called): (Instant, Instant)| nanoseconds(awake - called);
        let mut all: Vec<u64> = awake_at.into_iter().zip(called_at).map(took).collect();
        all.sort_unstable();
        Some(all)
    })
}

fn spin_for(time: Duration) {
    let begin = Instant::now();
    while begin.elapsed() < time {
        hint::spin_loop();
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_measured_stays_in_bounds() {
        for _ in 0..5 {
            let found = calibrate();
            assert!(WAKE_UP_NS.contains(&found.wake_up_ns), "{found:?}");
            assert!((1..=SPIN_NS_MAX).contains(&found.spin_ns), "{found:?}");
            assert!(u64::from(found.patience().n_spins) <= *WAKE_UP_NS.end(), "{found:?}");
        }
    }

    #[test]
    fn patience_is_a_wake_up_in_spins_and_none_on_one_core() {
        let table = [(40_000, 10, 2, 4_000), (1_000, 1_000, 64, 1), (50_000, 1, 1, 0)];
        for (wake_up_ns, spin_ns, cores, n_spins) in table {
            let patience = Calibration { wake_up_ns, spin_ns, cores }.patience();
            assert_eq!(patience, Patience { n_spins, n_yields: YIELDS });
        }
    }
}
