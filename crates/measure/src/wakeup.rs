//! What waking a thread costs on this machine, measured once per process.
//!
//! A thread that is about to sleep pays a wake-up later, whatever it waits for. So it pays to stay
//! awake for about as long as a wake-up takes: then it never wastes more than twice what it must
//! (A. R. Karlin and others, *Competitive Randomized Algorithms for Nonuniform Problems*, 1990).
//! That time differs a hundredfold between machines, and a spin's differs between processors, so
//! neither is written down here.
//!
//! Only wake-ups across cores count: a waiter that spins has a core, and the holder has another.
//! The scheduler may put both threads on one core, where a wake-up is many times cheaper. So the
//! one that was woken stays awake until it is answered: on one core that takes a time slice.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::time::{Duration, Instant};
use std::{hint, thread};

/// Wake-ups across cores to measure: an odd number, for the median.
const WAKE_UPS: usize = 9;
/// No more is tried after this time, whatever was measured.
const TIME_MAX: Duration = Duration::from_millis(40);
/// What the waker does first, so that the other is asleep.
const FALL_ASLEEP: Duration = Duration::from_micros(60);
/// Longer than any wake-up, shorter than any time slice.
const BOTH_RUN: Duration = Duration::from_micros(300);
/// Spins that are timed together.
const SPINS: u32 = 500;
/// A wake-up measured on a machine under load can be as long as a time slice: no spin is.
const WAKE_UP_NS: std::ops::RangeInclusive<u64> = 1_000..=50_000;
/// Longest time that a spin is taken for; the shortest is 1 ns.
const SPIN_NS_MAX: u64 = 1_000;

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub struct Calibration {
    /// From the waker's call until a thread on another core runs: the median.
    pub wake_up_ns: u64,
    /// One `spin_loop`.
    pub spin_ns: u64,
    /// Processors that this process may use.
    pub cores: usize,
}

impl Calibration {
    /// How many spins it pays to stay awake: one wake-up's time; on one core none, because the
    /// holder cannot run while we spin.
    pub fn patience(self) -> u32 {
        let n_spins = if self.cores == 1 { 0 } else { self.wake_up_ns / self.spin_ns.max(1) };
        u32::try_from(n_spins).unwrap_or(u32::MAX)
    }
}

/// Measures a wake-up and a spin; takes about 2 ms, and never more than about 50 ms.
pub fn calibrate() -> Calibration {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let wake_ups = if cores == 1 { Vec::new() } else { wake_ups() };
    // Where the two never ran at once the cores are busy, and a wake-up is as dear as can be.
    let median_ns = wake_ups.get(wake_ups.len() / 2).copied().unwrap_or(u64::MAX);
    Calibration {
        wake_up_ns: median_ns.clamp(*WAKE_UP_NS.start(), *WAKE_UP_NS.end()),
        spin_ns: spin_ns().clamp(1, SPIN_NS_MAX),
        cores,
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

/// The sleeper sleeps, or is about to.
const ASLEEP: u32 = 0;
/// The waker has called.
const CALLED: u32 = 1;
/// The sleeper is awake, and stays so until it is answered.
const AWAKE: u32 = 2;
/// The waker has seen it.
const ANSWERED: u32 = 3;
/// There will be no further call.
const OVER: u32 = 4;

/// How long each wake-up across cores took, shortest first; nothing if the system has no more
/// threads.
fn wake_ups() -> Vec<u64> {
    let word = &AtomicU32::new(ASLEEP);
    let mut found = thread::scope(|s| {
        let sleeper = thread::Builder::new().spawn_scoped(s, || answer_calls(word));
        let calls = if sleeper.is_ok() { call(word) } else { Vec::new() };
        say(word, OVER);
        calls
    });
    found.sort_unstable();
    found
}

/// Calls the sleeper again and again and notes how long it takes to wake up.
fn call(word: &AtomicU32) -> Vec<u64> {
    let begin = Instant::now();
    let mut found = Vec::new();
    while found.len() < WAKE_UPS && begin.elapsed() < TIME_MAX {
        spin_until(word, ASLEEP);
        let lies_down = Instant::now();
        while lies_down.elapsed() < FALL_ASLEEP {
            hint::spin_loop();
        }
        let called = Instant::now();
        say(word, CALLED);
        spin_until(word, AWAKE);
        let took = called.elapsed();
        say(word, ANSWERED);
        if took < BOTH_RUN {
            found.push(nanoseconds(took));
        }
    }
    spin_until(word, ASLEEP);
    found
}

/// Sleeps until called, again and again.
fn answer_calls(word: &AtomicU32) {
    loop {
        atomic_wait::wait(word, ASLEEP);
        // Acquire: pairs with the Release store in `say`, as whoever takes a lock does.
        match word.load(Acquire) {
            ASLEEP => {}
            OVER => return,
            _ => {
                say(word, AWAKE);
                spin_until(word, ANSWERED);
                say(word, ASLEEP);
            }
        }
    }
}

fn say(word: &AtomicU32, what: u32) {
    // Release: pairs with the Acquire loads of the other thread.
    word.store(what, Release);
    if what == CALLED || what == OVER {
        atomic_wait::wake_one(word);
    }
}

fn spin_until(word: &AtomicU32, what: u32) {
    // Acquire: pairs with the Release store in `say`.
    while word.load(Acquire) != what {
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
            assert!(u64::from(found.patience()) <= *WAKE_UP_NS.end(), "{found:?}");
        }
    }

    #[test]
    fn patience_is_a_wake_up_in_spins_and_none_on_one_core() {
        let table = [(40_000, 10, 2, 4_000), (1_000, 1_000, 64, 1), (50_000, 1, 1, 0)];
        for (wake_up_ns, spin_ns, cores, n_spins) in table {
            assert_eq!(Calibration { wake_up_ns, spin_ns, cores }.patience(), n_spins);
        }
    }
}
