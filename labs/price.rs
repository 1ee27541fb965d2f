//! The meter of the labs' prices: what one operation costs when threads do it at once.
//!
//! The work calls std, `parking_lot` or atomics directly: the facade's dispatch would be measured
//! too. A sample is timed inside its threads, from the first to start until the last to end, so
//! that starting and joining threads is not part of it.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use conclab_engine::report::Price;
use conclab_engine::stop::Stop;

/// Samples per price.
const SAMPLES: usize = 15;
/// A sample takes at least this long on the machine at hand: far above a thread's late start.
const SAMPLE: Duration = Duration::from_millis(2);
/// The warm-up doubles its work until it is long enough, but not beyond this.
const UNITS_MAX: u64 = 1 << 24;
/// More threads than this are not measured: they would wait for a processor, not for a lock.
const THREADS_MAX: usize = 8;
/// All prices of a lab together take no longer than this.
const BUDGET: Duration = Duration::from_millis(1_200);

/// Measures prices at one number of threads.
#[derive(Debug)]
pub(crate) struct Meter {
    /// Threads that work at once.
    pub(crate) threads: usize,
    unit: &'static str,
    stop: Stop,
}

impl Meter {
    /// Measures `unit`s at `threads` threads, until `stop` or for 1.2 seconds in all.
    pub(crate) fn new(unit: &'static str, threads: usize, stop: &Stop) -> Self {
        Self { threads: threads.min(THREADS_MAX), unit, stop: stop.within(BUDGET) }
    }

    /// Measures `work(thread_idx, n)`, which does `n` units. Fewer samples are taken if the time
    /// is over, and no price is given if that leaves none.
    ///
    /// # Panics
    /// If the operating system refuses a thread.
    pub(crate) fn price(&self, label: &str, work: impl Fn(usize, u64) + Sync) -> Option<Price> {
        let units = self.warm_up(&work);
        let total = (units * self.threads as u64) as f64;
        let mut wall_ns = Vec::new();
        let mut cpu_ns = Vec::new();
        while wall_ns.len() < SAMPLES && self.stop.reason().is_none() {
            let (wall, cpu) = self.sample(units, &work);
            wall_ns.push(nanoseconds(wall) / total);
            cpu_ns.extend(cpu.map(|cpu| nanoseconds(cpu) / total));
        }
        let median_ns = median(&mut wall_ns)?;
        let mut off: Vec<f64> = wall_ns.iter().map(|ns| (ns - median_ns).abs()).collect();
        Some(Price {
            label: label.to_owned(),
            threads: self.threads,
            unit: self.unit.to_owned(),
            n: wall_ns.len(),
            median_ns,
            spread_ns: median(&mut off)?,
            cpu_ns: median(&mut cpu_ns),
        })
    }

    /// Finds how many units per thread make a sample long enough.
    fn warm_up(&self, work: &(impl Fn(usize, u64) + Sync)) -> u64 {
        let mut units = 1_000;
        while units < UNITS_MAX && self.stop.reason().is_none() {
            if self.sample(units, work).0 >= SAMPLE {
                break;
            }
            units *= 2;
        }
        units
    }

    /// Lets every thread do `units`; gives the wall time and the CPU time of all threads.
    fn sample(
        &self,
        units: u64,
        work: &(impl Fn(usize, u64) + Sync),
    ) -> (Duration, Option<Duration>) {
        let barrier = Barrier::new(self.threads);
        let lap = |thread_idx| {
            barrier.wait();
            let (start, cpu) = (Instant::now(), thread_cpu_time());
            work(thread_idx, units);
            let cpu = thread_cpu_time().zip(cpu).map(|(end, start)| end.saturating_sub(start));
            (start, Instant::now(), cpu)
        };
        let laps: Vec<_> = thread::scope(|s| {
            let lap = &lap;
            let threads: Vec<_> =
                (0..self.threads).map(|thread_idx| s.spawn(move || lap(thread_idx))).collect();
            threads.into_iter().map(|t| t.join().expect("a price's work does not panic")).collect()
        });
        let start = laps.iter().map(|lap| lap.0).min();
        let end = laps.iter().map(|lap| lap.1).max();
        let wall = end.zip(start).map_or(Duration::ZERO, |(end, start)| end - start);
        (wall, laps.iter().map(|lap| lap.2).sum())
    }
}

/// CPU time of the calling thread; other threads of the process are not part of a price.
#[cfg(unix)]
fn thread_cpu_time() -> Option<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).ok()
}

/// Nothing: this platform does not tell.
#[cfg(not(unix))]
fn thread_cpu_time() -> Option<Duration> {
    None
}

fn nanoseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9
}

/// The middle value (of two middle ones the larger); sorts `values`.
fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_has_all_its_samples() {
        let meter = Meter { threads: 2, unit: "nap", stop: Stop::never() };
        let price = meter.price("sleep", |_, n| thread::sleep(Duration::from_micros(3 * n)));
        let price = price.expect("nothing stops it");
        assert_eq!((price.n, price.threads), (SAMPLES, 2));
        assert!(price.median_ns >= 1_500.0, "two threads sleep 3 µs per nap at once: {price:?}");
        assert!(
            price.cpu_ns.is_none_or(|cpu| cpu < price.median_ns),
            "sleeping is free: {price:?}"
        );
    }

    #[test]
    fn a_stopped_meter_gives_no_price() {
        let stop = Stop::never().within(Duration::ZERO);
        assert!(Meter::new("nap", 2, &stop).price("nothing", |_, _| ()).is_none());
    }

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&mut []), None);
    }
}
