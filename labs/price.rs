//! The meter of the labs' prices: what one operation costs when threads do it at once.
//!
//! The work calls std, `parking_lot` or atomics directly: the facade's dispatch would be measured
//! too. Where there is a core for every thread, samples in which they took turns on fewer cores
//! do not count: they would show the price of working alone.

use std::thread;
use std::time::{Duration, Instant};

use conclab_engine::report::Price;
use conclab_engine::stop::Stop;

use crate::price_crew::{Crew, Lap};

/// Samples per price.
const SAMPLES: usize = 15;
/// A sample takes at least this long on the machine at hand: far above a thread's late start.
const SAMPLE: Duration = Duration::from_millis(2);
/// The warm-up doubles its work until it is long enough, but not beyond this.
const UNITS_MAX: u64 = 1 << 24;
/// The warm-up lasts at least this long: until the threads are spread over the cores.
const WARM_UP: Duration = Duration::from_millis(15);
/// Threads that start within this span of each other work at once for most of a sample.
const TOGETHER: Duration = Duration::from_micros(200);
/// So many samples in which the threads worked at once are enough for a median; if there are not
/// even these, the others count too, and a CPU time close to the wall time shows it.
const ENOUGH: usize = 5;
/// Samples to take, at most.
const ATTEMPTS: usize = 2 * SAMPLES;
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

    /// Measures `work(thread_idx, n)`, which does `n` units and does not panic. Takes fewer samples
    /// if the time is over; gives no price if that leaves none, or the system has no more threads.
    pub(crate) fn price(&self, label: &str, work: impl Fn(usize, u64) + Sync) -> Option<Price> {
        let measure = |sample: &dyn Fn(u64) -> Lap| self.measure(label, sample);
        Crew::gather(self.threads, &work, measure).flatten()
    }

    fn measure(&self, label: &str, sample: &dyn Fn(u64) -> Lap) -> Option<Price> {
        let units = self.warm_up(sample);
        let total = (units * self.threads as u64) as f64;
        let laps = self.laps(|| sample(units));
        let mut wall_ns: Vec<f64> =
            laps.iter().map(|lap| nanoseconds(lap.wall()) / total).collect();
        let cpu = |lap: &Lap| lap.cpu.map(|cpu| nanoseconds(cpu) / total);
        let mut cpu_ns: Vec<f64> = laps.iter().filter_map(cpu).collect();
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

    /// Takes the samples that count.
    fn laps(&self, sample: impl Fn() -> Lap) -> Vec<Lap> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let (mut together, mut in_turns) = (Vec::new(), Vec::new());
        while together.len() < SAMPLES
            && together.len() + in_turns.len() < ATTEMPTS
            && self.stop.reason().is_none()
        {
            let lap = sample();
            let counts = self.threads > cores || lap.last_start - lap.start <= TOGETHER;
            if counts { together.push(lap) } else { in_turns.push(lap) }
        }
        if together.len() < ENOUGH {
            let missing = SAMPLES - together.len();
            together.extend(in_turns.into_iter().rev().take(missing));
        }
        together
    }

    /// Finds how many units per thread make a sample long enough.
    fn warm_up(&self, sample: &dyn Fn(u64) -> Lap) -> u64 {
        let begin = Instant::now();
        let mut units = 1_000;
        while self.stop.reason().is_none() {
            if sample(units).wall() < SAMPLE && units < UNITS_MAX {
                units *= 2;
            } else if begin.elapsed() >= WARM_UP {
                break;
            }
        }
        units
    }
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
