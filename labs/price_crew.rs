//! Threads that work at once, again and again, for the meter.
//!
//! Between samples the threads do not sleep: a thread that has just been woken shares its waker's
//! core for some milliseconds, and a sample would show threads that take turns on one core.
//! Starting and joining threads is not part of a sample.

use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Threads that take every sample of a price together; the first is the one that asks for it.
#[derive(Debug, Default)]
pub(crate) struct Crew {
    threads: usize,
    /// Whether all threads could be started.
    complete: OnceLock<bool>,
    /// How often a thread has come to [`Crew::meet`], all threads together.
    arrived: AtomicUsize,
    /// Units of the next sample; 0 to go home.
    units: AtomicU64,
    laps: Mutex<Vec<Lap>>,
}

/// The time that one thread, or all together, spent on a sample.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lap {
    /// When the first thread started.
    pub(crate) start: Instant,
    /// When the last thread started.
    pub(crate) last_start: Instant,
    /// When the last thread ended.
    pub(crate) end: Instant,
    /// CPU time of all threads, where the platform tells.
    pub(crate) cpu: Option<Duration>,
}

impl Lap {
    /// From the first start to the last end.
    pub(crate) fn wall(&self) -> Duration {
        self.end - self.start
    }
}

impl Crew {
    /// Starts the threads and hands `lead` a way to take samples of `work(thread_idx, units)`.
    /// Gives nothing if the system has no more threads.
    pub(crate) fn gather<R>(
        threads: usize,
        work: &(impl Fn(usize, u64) + Sync),
        lead: impl FnOnce(&dyn Fn(u64) -> Lap) -> R,
    ) -> Option<R> {
        let crew = &Self { threads, ..Self::default() };
        thread::scope(|s| {
            let follow = |idx| {
                thread::Builder::new().spawn_scoped(s, move || crew.follow(idx, work)).map(drop)
            };
            let complete = (1..threads).try_for_each(follow).is_ok();
            crew.complete.get_or_init(|| complete);
            complete.then(|| {
                let result = lead(&|units| crew.sample(units, work));
                crew.dismiss();
                result
            })
        })
    }

    /// Takes one sample, as thread 0.
    fn sample(&self, units: u64, work: &impl Fn(usize, u64)) -> Lap {
        // Relaxed: `meet` publishes it to the others.
        self.units.store(units, Relaxed);
        self.meet();
        let own = lap(0, units, work);
        self.meet();
        let mut laps = self.laps.lock().unwrap_or_else(PoisonError::into_inner);
        laps.drain(..).fold(own, |all, lap| Lap {
            start: all.start.min(lap.start),
            last_start: all.last_start.max(lap.start),
            end: all.end.max(lap.end),
            cpu: all.cpu.zip(lap.cpu).map(|(all, lap)| all + lap),
        })
    }

    /// Takes part in every sample until dismissed.
    fn follow(&self, thread_idx: usize, work: &impl Fn(usize, u64)) {
        while *self.complete.wait() {
            self.meet();
            // Relaxed: `meet` has made thread 0's store visible.
            let units = self.units.load(Relaxed);
            if units == 0 {
                return;
            }
            let lap = lap(thread_idx, units, work);
            self.laps.lock().unwrap_or_else(PoisonError::into_inner).push(lap);
            self.meet();
        }
    }

    fn dismiss(&self) {
        // Relaxed: `meet` publishes it to the others.
        self.units.store(0, Relaxed);
        self.meet();
    }

    /// Waits, awake, until every thread is here.
    fn meet(&self) {
        // AcqRel: pairs with the Acquire load below; publishes what this thread did before.
        let place = self.arrived.fetch_add(1, AcqRel);
        let everyone = (place / self.threads + 1) * self.threads;
        // Acquire: pairs with the additions above, of all threads.
        while self.arrived.load(Acquire) < everyone {
            thread::yield_now();
        }
    }
}

fn lap(thread_idx: usize, units: u64, work: &impl Fn(usize, u64)) -> Lap {
    let (start, before) = (Instant::now(), thread_cpu_time());
    work(thread_idx, units);
    let cpu = thread_cpu_time().zip(before).map(|(after, before)| after.saturating_sub(before));
    Lap { start, last_start: start, end: Instant::now(), cpu }
}

/// CPU time of the calling thread; other threads of the process are not part of a price.
#[cfg(unix)]
pub(crate) fn thread_cpu_time() -> Option<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).ok()
}

/// Nothing: this platform does not tell.
#[cfg(not(unix))]
pub(crate) fn thread_cpu_time() -> Option<Duration> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thread_takes_part_in_every_sample() {
        let done = [const { AtomicU64::new(0) }; 3];
        let work = |thread_idx: usize, units| {
            // Relaxed: the end of the scope publishes the sums.
            done[thread_idx].fetch_add(units, Relaxed);
        };
        let walls = Crew::gather(3, &work, |sample| [1, 10, 100].map(|n| sample(n).wall()));
        assert!(walls.is_some());
        assert_eq!(done.map(AtomicU64::into_inner), [111; 3]);
    }
}
