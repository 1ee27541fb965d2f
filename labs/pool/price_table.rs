//! Samples of every way, and the rows that they make.

use conclab_measure::Way;

use super::price_bare::cores;
use super::price_runners::Runner;
use super::size::Parameters;
use conclab_measure::cost::Measured;

/// What was found of all ways.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) ways: Vec<Way>,
    /// What went wrong, and what is worth a sentence.
    pub(super) remarks: Vec<String>,
}

/// What one way took in one round.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub(super) measured: Measured,
    /// Bytes that were serialised, if any are.
    pub(super) bytes: Option<u64>,
}

/// The rows of the table: medians, and what they are against the first way.
pub(super) fn ways(
    size: &Parameters,
    waits: bool,
    runners: &[Runner],
    samples: &[Vec<Sample>],
) -> Vec<Way> {
    let base =
        samples.first().and_then(|samples| median(samples.iter().map(|one| one.measured.wall_ns)));
    let Some(base) = base else { return Vec::new() };
    let row = |(runner, samples): (&Runner, &Vec<Sample>)| {
        let of = |what: fn(&Measured) -> Option<u64>| {
            median(samples.iter().filter_map(|one| what(&one.measured)))
        };
        let wall_ns = of(|one| Some(one.wall_ns))?;
        let spread = median(samples.iter().map(|one| one.measured.wall_ns.abs_diff(wall_ns)))?;
        let speed_up = base as f64 / wall_ns.max(1) as f64;
        let hands = match runner {
            Runner::InTurn | Runner::Multiplexer(_) => None,
            Runner::ThreadPerTask => Some(size.tasks()),
            _ => Some(size.workers()),
        };
        let ideal = hands.filter(|_| !waits).map(|hands| hands.min(cores()) as f64);
        Some(Way {
            name: runner.name().to_owned(),
            n: samples.len() as u64,
            wall_ns,
            spread_ns: spread,
            speed_up,
            efficiency: ideal.map(|ideal| speed_up / ideal),
            cpu_ns: of(|one| Some(one.cpu_ns))?,
            memory_max_bytes: of(Measured::memory_growth_bytes),
            serialised_bytes: median(samples.iter().filter_map(|one| one.bytes)),
            switches_voluntary: of(|one| one.switches_voluntary),
            switches_involuntary: of(|one| one.switches_involuntary),
        })
    };
    runners.iter().zip(samples).filter_map(row).collect()
}

/// The middle one of some figures.
fn median(figures: impl Iterator<Item = u64>) -> Option<u64> {
    let mut figures: Vec<u64> = figures.collect();
    figures.sort_unstable();
    figures.get(figures.len() / 2).copied()
}
