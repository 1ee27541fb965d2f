//! What a piece of work costs: wall time, CPU time, memory and context switches, with the
//! processes that it starts.
//!
//! - CPU time and context switches: `getrusage`, for this process and the children that have ended;
//!   on Linux also `/proc` and the CPU clocks of the children that still run.
//! - Memory of this process, on Linux: the kernel's own high-water mark, set back at the beginning,
//!   so that no peak is missed and nothing is disturbed.
//! - Memory of children, on Linux: the sum of their proportional shares, sampled by a thread every
//!   5 ms at most, and for at most 1 % of a core.
//!
//! Figures are those of the whole process: measure one thing at a time. What the sampling thread
//! itself used is taken off.

mod memory;
#[cfg(test)]
mod tests;
mod usage;

use std::time::Instant;

use memory::{HighWater, Sampler};
use usage::Usage;

/// Whether the work has processes of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Children {
    /// It has none: none are looked for, and there is no sampling thread.
    None,
    /// It has; all descendants of this process count.
    Counted,
}

/// What a piece of work cost, children included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// Wall time, in nanoseconds.
    pub wall_ns: u64,
    /// CPU time of all threads and processes, in nanoseconds.
    pub cpu_ns: u64,
    /// The most memory held at once, in bytes: this process's peak plus its children's, an upper
    /// bound if the two were not at the same time. Nothing where the platform does not tell.
    pub memory_max_bytes: Option<u64>,
    /// Memory held when the work began, likewise.
    pub memory_before_bytes: Option<u64>,
    /// Times that a thread gave up its processor to wait for something.
    pub switches_voluntary: Option<u64>,
    /// Times that a thread was made to give up its processor.
    pub switches_involuntary: Option<u64>,
}

impl Measured {
    /// How much the memory has grown at most, in bytes.
    pub fn memory_growth_bytes(&self) -> Option<u64> {
        Some(self.memory_max_bytes?.saturating_sub(self.memory_before_bytes?))
    }
}

/// Does `work` and measures what it costs.
pub fn measure<R>(children: Children, work: impl FnOnce() -> R) -> (R, Measured) {
    let counted = children == Children::Counted;
    let sampler = counted.then(Sampler::start).flatten();
    let high_water = HighWater::set_back();
    let before = Usage::now(counted);
    let begin = Instant::now();
    let result = work();
    let wall = begin.elapsed();
    let used = Usage::now(counted).since(before);
    let memory = high_water.map(HighWater::read);
    let seen = sampler.map(Sampler::finish).unwrap_or_default();
    let sum = |own: Option<u64>, children: u64| own.map(|own| own + children);
    let switches = |n: Option<u64>| n.map(|n| n.saturating_sub(seen.n_naps));
    let measured = Measured {
        wall_ns: u64::try_from(wall.as_nanos()).unwrap_or(u64::MAX),
        cpu_ns: used.cpu_ns.saturating_sub(seen.cpu_ns),
        memory_max_bytes: sum(memory.map(|it| it.max_bytes), seen.max_bytes),
        memory_before_bytes: sum(memory.map(|it| it.before_bytes), seen.first_bytes),
        switches_voluntary: switches(used.switches_voluntary),
        switches_involuntary: used.switches_involuntary,
    };
    (result, measured)
}
