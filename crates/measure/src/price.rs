//! What an operation costs.

use serde::Serialize;

/// What one operation of a variant costs, measured on real threads without the facade.
#[derive(Clone, Debug, Serialize)]
pub struct Price {
    /// What was measured: the variant, with the library if there are several (`mutex (std)`).
    pub label: String,
    /// Threads working at once.
    pub threads: usize,
    /// What is counted: `increment`, `transfer`.
    pub unit: String,
    /// Samples taken, after a warm-up sample that does not count.
    pub n: usize,
    /// Median wall time per unit, all threads together, in nanoseconds.
    pub median_ns: f64,
    /// Median absolute deviation of the samples, in nanoseconds.
    pub spread_ns: f64,
    /// Median CPU time per unit, all threads together, in nanoseconds (nothing where the platform
    /// does not tell).
    pub cpu_ns: Option<f64>,
}
