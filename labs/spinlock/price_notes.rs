//! Sentences about spinning, from the figures of this run.

use super::price_entrants::{SPIN_THEN_PARK, TICKET};
use super::price_sweep::{SHOWN, Sweep};
use conclab_measure::busy;

/// Sentences about the holder that is not running, from this run's figures.
pub(super) fn why_spinning_loses(sweep: &Sweep) -> Vec<String> {
    let last = sweep.threads.len() - 1;
    let (cores, most) = (sweep.cores, sweep.threads[last]);
    let mut said: Vec<String> = starved(sweep).into_iter().collect();
    if cores == 1 {
        said.push(
            "One core: holder and waiter never run at once, so spinning cannot win here.".into(),
        );
        if let Some(found) = sweep.of("test-and-set", SHOWN, last) {
            let longest = time(found.waits.longest_ns() as f64);
            said.push(format!(
                "A spinner burns slice after slice: test-and-set waited up to {longest}."
            ));
        }
        return said;
    }
    let column = sweep.threads.iter().position(|n| *n == cores).unwrap_or(0);
    let pair = sweep.of(TICKET, SHOWN, column).zip(sweep.of(TICKET, SHOWN, last));
    let collapses = |few: f64, many: f64| many > 0.0 && few > 2.0 * many;
    if let Some((few, many)) = pair.filter(|(few, many)| collapses(few.rate(), many.rate())) {
        let part = three_digits(few.rate() / many.rate());
        said.push(format!(
            "With {most} threads on {cores} cores {TICKET} did 1/{part} of its {cores}-thread \
             rate: the next in line was not running."
        ));
    }
    let cpu = |name| sweep.of(name, SHOWN, last).and_then(|found| found.cpu_ns);
    if let Some((spun, parked)) = cpu("test-and-set").zip(cpu(SPIN_THEN_PARK)) {
        said.push(format!(
            "A section and what follows it are 2 µs of work; with {most} threads test-and-set used \
             {} of CPU for them, {SPIN_THEN_PARK} {}.",
            time(spun),
            time(parked)
        ));
    }
    said
}

/// That other programs took the cores, if they did.
fn starved(sweep: &Sweep) -> Option<String> {
    busy::said("this measurement", sweep.got?, sweep.cores as f64, CLEARLY)
}

/// One thread alone and threads that sleep use fewer cores; with less than this share others had
/// them.
const CLEARLY: f64 = 0.7;

/// A time with its unit, to three digits.
pub(super) fn time(ns: f64) -> String {
    match ns {
        ns if ns < 1e3 => format!("{ns:.0} ns"),
        ns if ns < 1e6 => format!("{} µs", three_digits(ns / 1e3)),
        ns => format!("{} ms", three_digits(ns / 1e6)),
    }
}

pub(super) fn three_digits(value: f64) -> String {
    match value {
        value if value < 9.995 => format!("{value:.2}"),
        value if value < 99.95 => format!("{value:.1}"),
        value => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_and_a_unit() {
        let said = [12.0, 1_234.0, 56_700.0, 12_100_000.0, 999_600.0].map(time);
        assert_eq!(said, ["12 ns", "1.23 µs", "56.7 µs", "12.1 ms", "1000 µs"]);
    }
}
