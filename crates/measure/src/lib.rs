//! The stopwatch of all prices: what an operation costs, what a piece of work costs, and whether
//! other programs took the cores meanwhile.
//!
//! It measures real threads and processes, without the engine's facade, whose dispatch would be
//! measured, too.
//!
//! # Layout
//! | module | purpose |
//! |---|---|
//! | [`meter`] | [`Price`]: what one operation costs, from samples in alternation |
//! | [`crew`] | threads that begin at once and work until they are told to stop |
//! | [`cost`] | what a piece of work costs: time, CPU, memory, context switches |
//! | [`busy`] | whether other programs took the cores |
//! | [`wakeup`] | what it costs on this machine to wake a sleeping thread |

pub mod busy;
pub mod cost;
pub mod crew;
mod exhibit;
pub mod meter;
mod price;
pub mod wakeup;

pub use exhibit::{Doing, Exhibit, Figures, Lane, Span, Way};
pub use price::Price;

/// Processors this process may use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
