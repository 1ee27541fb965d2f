//! Threads that work at once, again and again, for a given time.
//!
//! A worker looks at a flag between passages, which is a load from its own cache, and once in many
//! at the clock; who sees that the time is over sets the flag. Where no worker comes to look,
//! because each waits for one that is off its core, a watcher does it, who sleeps but for that and
//! for requests to stop. So a sample ends in time, but for the passages that have begun. With a
//! number of passages given beforehand, it could last for seconds.
//!
//! Between samples the workers stay awake: a thread that has just been woken shares its waker's
//! core for some milliseconds, and a sample would show threads that take turns on one core. Only
//! if the others do not come, because they have no core, do they nap.
//! Starting and joining threads is not part of a sample.

use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use conclab_engine::stop::Stop;

/// The watcher sleeps no shorter than this, to disturb nobody, and no longer, to see a request to
/// stop.
const LOOK: [Duration; 2] = [Duration::from_millis(2), Duration::from_millis(10)];
/// Who waits longer than this for the others lets them have the core. On a busy machine giving it
/// away by `yield_now` again and again costs more: each time, Linux takes a time slice off what the
/// thread is due (up to a second a meeting was seen).
const AWAKE: Duration = Duration::from_micros(300);
/// How long it sleeps then before it looks again.
const NAP: Duration = Duration::from_micros(100);
/// A worker looks at the clock after 1, 2, 4, 8 passages and so on, but at the latest after so many
/// more: even where one takes a quarter of a nanosecond, looking is 1 %.
const CLOCK_EVERY: u64 = 8_192;

/// Threads that take every sample of a price together; the first is the one that asks for it.
///
/// Aligned: what the workers count must not lie in the cache line of the flag they look at.
#[derive(Debug)]
#[repr(align(128))]
pub struct Crew {
    threads: usize,
    stop: Stop,
    /// Whether all threads could be started.
    complete: OnceLock<bool>,
    /// How often a thread has come to [`Crew::meet`], all threads together.
    arrived: AtomicUsize,
    /// Workers that have not yet begun the sample.
    missing: AtomicUsize,
    /// When the last worker began, in nanoseconds after `epoch`; 0 before.
    begin_ns: AtomicU64,
    epoch: Instant,
    /// How long the sample lasts.
    span_ns: AtomicU64,
    /// Ends the sample.
    over: AtomicBool,
    /// Held while a sample is prepared, and by the watcher while it ends one: this one, not the
    /// next.
    turn: Mutex<()>,
    /// There is no next sample: go home.
    dismissed: AtomicBool,
    laps: Mutex<Vec<Lap>>,
}

/// A worker's passages in one sample: an iterator that ends when the sample is over. There is one
/// passage at least, however late the worker is.
#[derive(Debug)]
pub struct Passages<'a> {
    crew: &'a Crew,
    n: u64,
    /// The number of passages at the next look at the clock.
    look_at: u64,
}

impl Iterator for Passages<'_> {
    type Item = ();

    #[inline]
    fn next(&mut self) -> Option<()> {
        if self.n == self.look_at {
            // By value: a count that somebody has the address of would lie in memory, and an
            // atomic operation would have to wait for it.
            if !self.crew.goes_on_after(self.n) {
                return None;
            }
            self.look_at += self.look_at.clamp(1, CLOCK_EVERY);
        } else if self.is_over() {
            return None;
        }
        self.n += 1;
        Some(())
    }
}

impl Passages<'_> {
    /// Whether the sample is over; for work that counts its passages itself.
    #[inline]
    pub fn is_over(&self) -> bool {
        // Relaxed: pairs with the stores in `goes_on_after` and `watch`; it publishes nothing but
        // itself.
        self.crew.over.load(Relaxed)
    }

    /// When the last worker began, if all have.
    pub fn begin(&self) -> Option<Instant> {
        self.crew.begin()
    }
}

/// What one worker, or all together, did in a sample.
#[derive(Clone, Copy, Debug)]
pub struct Lap {
    /// When the first thread started.
    pub start: Instant,
    /// When the last thread started.
    pub last_start: Instant,
    /// When the last thread ended.
    pub end: Instant,
    /// Passages of all threads.
    pub passages: u64,
    /// CPU time of all threads, where the platform tells.
    pub cpu: Option<Duration>,
}

impl Lap {
    /// From the first start to the last end.
    pub fn wall(&self) -> Duration {
        self.end - self.start
    }

    fn join(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            last_start: self.last_start.max(other.last_start),
            end: self.end.max(other.end),
            passages: self.passages + other.passages,
            cpu: self.cpu.zip(other.cpu).map(|(own, other)| own + other),
        }
    }
}

impl Crew {
    /// Starts workers, which do `work(thread_idx, passages)` in every sample, and hands `lead` a
    /// way to take a sample of a given length; there is none if it had to stop before its end.
    /// Gives nothing if the system has no more threads, or there is no time.
    pub fn gather<R>(
        threads: usize,
        stop: &Stop,
        work: &(impl Fn(usize, &mut Passages) + Sync),
        lead: impl FnOnce(&dyn Fn(Duration) -> Option<Lap>) -> R,
    ) -> Option<R> {
        if stop.reason().is_some() {
            return None;
        }
        let crew = &Self::new(threads, stop);
        thread::scope(|s| {
            let follow = |idx| {
                thread::Builder::new().spawn_scoped(s, move || crew.follow(idx, work)).map(drop)
            };
            let followers = (1..threads).try_for_each(follow);
            let watcher = thread::Builder::new().spawn_scoped(s, || crew.watch());
            let watcher = followers.and(watcher).ok();
            crew.complete.get_or_init(|| watcher.is_some());
            let result = watcher.as_ref().map(|_| lead(&|span| crew.sample(span, work)));
            // Relaxed: `meet` publishes it to the workers; to the watcher it publishes itself.
            crew.dismissed.store(true, Relaxed);
            if let Some(watcher) = watcher {
                watcher.thread().unpark();
                crew.meet();
            }
            result
        })
    }

    fn new(threads: usize, stop: &Stop) -> Self {
        Self {
            threads,
            stop: stop.clone(),
            complete: OnceLock::new(),
            arrived: AtomicUsize::new(0),
            missing: AtomicUsize::new(0),
            begin_ns: AtomicU64::new(0),
            epoch: Instant::now(),
            span_ns: AtomicU64::new(0),
            over: AtomicBool::new(true),
            turn: Mutex::default(),
            dismissed: AtomicBool::new(false),
            laps: Mutex::default(),
        }
    }

    /// Works, as thread 0, with all others for `span`, from the moment when all have begun.
    fn sample(&self, span: Duration, work: &impl Fn(usize, &mut Passages)) -> Option<Lap> {
        // On a busy machine even a meeting takes a while.
        if self.stop.reason().is_some() {
            return None;
        }
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        // Relaxed, three times: `meet` publishes them to the workers.
        self.span_ns.store(nanoseconds(span), Relaxed);
        self.missing.store(self.threads, Relaxed);
        self.begin_ns.store(0, Relaxed);
        // Relaxed: likewise.
        self.over.store(false, Relaxed);
        drop(turn);
        self.meet();
        let own = self.lap(0, work);
        self.meet();
        let mut laps = self.laps.lock().unwrap_or_else(PoisonError::into_inner);
        let all = laps.drain(..).fold(own, Lap::join);
        self.stop.reason().is_none().then_some(all)
    }

    /// Ends samples that nobody else ends, until dismissed.
    fn watch(&self) {
        // Relaxed: it publishes nothing but itself.
        while *self.complete.wait() && !self.dismissed.load(Relaxed) {
            thread::park_timeout(self.left().clamp(LOOK[0], LOOK[1]));
            let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
            if self.left().is_zero() || self.stop.reason().is_some() {
                // Relaxed: pairs with the load in `is_over`; it publishes nothing but itself.
                self.over.store(true, Relaxed);
            }
        }
    }

    /// Looks at the clock after `n` passages of a worker, and ends the sample if it is time. Tells
    /// whether there is one more passage: there is always a first one.
    #[cold]
    #[inline(never)]
    fn goes_on_after(&self, n: u64) -> bool {
        if self.left().is_zero() {
            // Relaxed: pairs with the load in `is_over`.
            self.over.store(true, Relaxed);
        }
        // Relaxed: as in `is_over`.
        n == 0 || !self.over.load(Relaxed)
    }

    /// What is left of the sample's time.
    fn left(&self) -> Duration {
        // Relaxed: `meet` has made it visible; the watcher holds the turn where it counts.
        let span = Duration::from_nanos(self.span_ns.load(Relaxed));
        self.begin().map_or(span, |begin| span.saturating_sub(begin.elapsed()))
    }

    fn begin(&self) -> Option<Instant> {
        // Relaxed: pairs with the store in `lap`; it publishes nothing but itself.
        match self.begin_ns.load(Relaxed) {
            0 => None,
            ns => Some(self.epoch + Duration::from_nanos(ns)),
        }
    }

    /// Takes part in every sample until dismissed.
    fn follow(&self, thread_idx: usize, work: &impl Fn(usize, &mut Passages)) {
        while *self.complete.wait() {
            self.meet();
            // Relaxed: `meet` has made thread 0's store visible.
            if self.dismissed.load(Relaxed) {
                return;
            }
            let lap = self.lap(thread_idx, work);
            self.laps.lock().unwrap_or_else(PoisonError::into_inner).push(lap);
            self.meet();
        }
    }

    fn lap(&self, thread_idx: usize, work: &impl Fn(usize, &mut Passages)) -> Lap {
        let mut passages = Passages { crew: self, n: 0, look_at: 0 };
        let (start, before) = (Instant::now(), thread_cpu_time());
        // Relaxed: it counts; the last one's store below publishes itself.
        if self.missing.fetch_sub(1, Relaxed) == 1 {
            // Relaxed: pairs with the loads in `begin`; it publishes nothing but itself.
            self.begin_ns.store(nanoseconds(start - self.epoch).max(1), Relaxed);
        }
        work(thread_idx, &mut passages);
        let cpu = thread_cpu_time().zip(before).map(|(after, before)| after.saturating_sub(before));
        Lap { start, last_start: start, end: Instant::now(), passages: passages.n, cpu }
    }

    /// Waits, awake at first, until every worker is here.
    fn meet(&self) {
        // AcqRel: pairs with the Acquire load below; publishes what this thread did before.
        let place = self.arrived.fetch_add(1, AcqRel);
        let everyone = (place / self.threads + 1) * self.threads;
        let begin = Instant::now();
        // Acquire: pairs with the additions above, of all threads.
        while self.arrived.load(Acquire) < everyone {
            if begin.elapsed() < AWAKE { thread::yield_now() } else { thread::sleep(NAP) }
        }
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// CPU time of the calling thread; other threads of the process are not part of a price.
#[cfg(unix)]
pub fn thread_cpu_time() -> Option<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).ok()
}

/// Nothing: this platform does not tell.
#[cfg(not(unix))]
pub fn thread_cpu_time() -> Option<Duration> {
    None
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const SPAN: Duration = Duration::from_millis(2);

    #[test]
    fn every_worker_takes_part_in_every_sample() {
        let done = [const { AtomicU64::new(0) }; 3];
        let work = |thread_idx: usize, passages: &mut Passages| {
            // Relaxed: the end of the scope publishes the sums.
            done[thread_idx].fetch_add(passages.take(5).count() as u64, Relaxed);
        };
        let all = Crew::gather(3, &Stop::never(), &work, |sample| {
            [1, 2, 3].map(|_| sample(SPAN).expect("nothing stops it").passages)
        });
        let (all, each) = (all.expect("three threads"), done.map(AtomicU64::into_inner));
        assert!(all.iter().all(|n| *n >= 3) && each.iter().all(|n| *n >= 3), "{all:?} {each:?}");
        assert_eq!(all.iter().sum::<u64>(), each.iter().sum());
    }

    #[test]
    fn a_sample_ends_work_that_has_no_end_of_its_own() {
        let work = |_, passages: &mut Passages| passages.for_each(|()| thread::yield_now());
        let lap = Crew::gather(2, &Stop::never(), &work, |sample| sample(SPAN)).flatten();
        let lap = lap.expect("nothing stops it");
        assert!(lap.passages >= 2 && lap.wall() >= SPAN, "{lap:?}");
    }

    #[test]
    fn a_request_to_stop_ends_the_sample_that_is_being_taken() {
        let interrupted = Arc::new(AtomicBool::new(false));
        let stop = Stop::new(Arc::clone(&interrupted), None);
        let work = |_, passages: &mut Passages| {
            for () in passages {
                // Ctrl-C in the middle of a passage. Relaxed: it publishes nothing but itself.
                interrupted.store(true, Relaxed);
                thread::yield_now();
            }
        };
        // Nothing else would end it.
        let lap = Crew::gather(2, &stop, &work, |sample| sample(Duration::MAX));
        assert!(lap.is_some_and(|lap| lap.is_none()));
    }
}
