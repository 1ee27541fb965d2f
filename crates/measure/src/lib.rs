//! The stopwatch of all prices: crews of threads, calibration, what a run cost.

mod exhibit;
mod price;

pub use exhibit::{Doing, Exhibit, Figures, Lane, Span, Way};
pub use price::Price;
