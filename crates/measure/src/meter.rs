//! The meter of the labs' prices: what one operation costs when threads do it at once.
//!
//! The work calls std, `parking_lot` or atomics directly: the facade's dispatch would be measured
//! too. Where there is a core for every thread, samples in which they took turns on fewer cores
//! do not count: they would show the price of working alone.

use std::thread;
use std::time::{Duration, Instant};

use crate::price::Price;
use conclab_engine::stop::Stop;

use crate::crew::{Crew, Lap, Passages};

/// Samples per price.
const SAMPLES: usize = 15;
/// A sample takes so long, and then until the passages end that have begun: far longer than a
/// thread's late start.
const SAMPLE: Duration = Duration::from_millis(2);
/// A sample with more threads than cores: some time slices, so that threads come and go in it.
const SAMPLE_CROWDED: Duration = Duration::from_millis(10);
/// The warm-up: until the threads are spread over the cores.
const WARM_UP: Duration = Duration::from_millis(15);
/// A price begins no sample after this, so that the slow ones leave time for the others.
const EACH: Duration = Duration::from_millis(90);
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
pub struct Meter {
    /// Threads that work at once.
    pub threads: usize,
    unit: &'static str,
    stop: Stop,
}

impl Meter {
    /// Measures `unit`s at `threads` threads, until `stop` or for 1.2 seconds in all.
    pub fn new(unit: &'static str, threads: usize, stop: &Stop) -> Self {
        Self { threads: threads.min(THREADS_MAX), unit, stop: stop.within(BUDGET) }
    }

    /// Measures `work(thread_idx, passages)`, which does one unit per passage and does not panic.
    /// Takes fewer samples if the time is over; gives no price if that leaves none, or the system
    /// has no more threads.
    pub fn price(&self, label: &str, work: impl Fn(usize, &mut Passages) + Sync) -> Option<Price> {
        let laps = Crew::gather(self.threads, &self.stop, &work, |sample| self.laps(sample))?;
        let mut wall_ns: Vec<f64> = laps.iter().map(|lap| per_unit(lap, lap.wall())).collect();
        let cpu = |lap: &Lap| lap.cpu.map(|cpu| per_unit(lap, cpu));
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
    fn laps(&self, sample: &dyn Fn(Duration) -> Option<Lap>) -> Vec<Lap> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let crowded = self.threads > cores;
        let span = if crowded { SAMPLE_CROWDED } else { SAMPLE };
        sample(WARM_UP);
        let begin = Instant::now();
        let (mut together, mut in_turns) = (Vec::new(), Vec::new());
        for attempt in 0..ATTEMPTS {
            if together.len() == SAMPLES || (attempt > 0 && begin.elapsed() >= EACH) {
                break;
            }
            let Some(lap) = sample(span) else { break };
            let counts = crowded || lap.last_start - lap.start <= TOGETHER;
            if counts { together.push(lap) } else { in_turns.push(lap) }
        }
        if together.len() < ENOUGH {
            let missing = SAMPLES - together.len();
            together.extend(in_turns.into_iter().rev().take(missing));
        }
        // Where nobody came beyond a first passage, a sample shows when the system had a core for
        // a thread; only where all samples are like that it is the passages.
        let tells = |lap: &Lap| lap.passages > self.threads as u64;
        if together.iter().any(tells) {
            together.retain(tells);
        }
        together
    }
}

/// A part of a sample's time, in nanoseconds per passage.
fn per_unit(lap: &Lap, time: Duration) -> f64 {
    time.as_secs_f64() * 1e9 / lap.passages as f64
}

/// The middle value (of two middle ones the larger); sorts `values`.
fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;
    use std::sync::atomic::Ordering::Relaxed;

    use super::*;

    #[test]
    fn a_price_is_the_time_of_all_divided_by_their_passages() {
        let meter = Meter { threads: 2, unit: "nap", stop: Stop::never() };
        let nap = Duration::from_micros(300);
        let price = meter.price("sleep", |_, passages| passages.for_each(|()| thread::sleep(nap)));
        let price = price.expect("nothing stops it");
        assert!((1..=SAMPLES).contains(&price.n) && price.threads == 2, "{price:?}");
        assert!(price.median_ns >= 150_000.0, "two threads nap for 300 µs at once: {price:?}");
        assert!(
            price.cpu_ns.is_none_or(|cpu| cpu < price.median_ns),
            "sleeping is free: {price:?}"
        );
    }

    #[test]
    fn passages_longer_than_a_sample_have_a_price_too() {
        let meter = Meter { threads: 1, unit: "nap", stop: Stop::never() };
        let nap = 30 * SAMPLE;
        let price = meter.price("sleep", |_, passages| passages.for_each(|()| thread::sleep(nap)));
        let price = price.expect("one sample is taken, however long it is");
        // Each sample is one nap; no sample begins after `EACH`.
        assert!((1..=2).contains(&price.n), "{price:?}");
        assert!(price.median_ns >= nap.as_secs_f64() * 1e9, "{price:?}");
    }

    #[test]
    fn a_price_that_is_stopped_in_its_first_sample_is_none() {
        let interrupted = Arc::new(AtomicBool::new(false));
        let stop = Stop::new(Arc::clone(&interrupted), None);
        let price = Meter::new("wait", 2, &stop).price("wait", |_, passages| {
            // Relaxed: it publishes nothing but itself.
            passages.for_each(|()| interrupted.store(true, Relaxed));
        });
        assert!(price.is_none());
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
