//! Who takes part in the sweep.

use std::sync::Arc;
use std::time::Duration;

use super::price_cell::{Cell, cell};
use super::price_doors::{ParkingLot, Std};
use super::{
    Backoff, Bare, Mcs, QueueThenPark, SpinThenPark, TestAndSet, TestAndTestAndSet, Ticket,
};

/// A lock of the sweep.
pub(super) struct Entrant {
    pub(super) name: &'static str,
    /// For narrow cells.
    pub(super) short: &'static str,
    /// Whether it is a library's.
    pub(super) peer: bool,
    /// Prepares a cell: length of the section, number of threads, span.
    pub(super) cell: fn(Duration, usize, Duration) -> Arc<dyn Cell>,
}

/// Every lock, in the order of the tables.
pub(super) const ENTRANTS: [Entrant; 9] = [
    ours("test-and-set", "tas", cell::<TestAndSet<Bare>>),
    ours("test-and-test-and-set", "ttas", cell::<TestAndTestAndSet<Bare>>),
    ours("backoff", "backoff", cell::<Backoff<Bare>>),
    ours(TICKET, TICKET, cell::<Ticket<Bare>>),
    ours("mcs", "mcs", cell::<Mcs<Bare>>),
    ours("queue-then-park", "queue-park", cell::<QueueThenPark<Bare>>),
    ours(SPIN_THEN_PARK, "spin-park", cell::<SpinThenPark<Bare>>),
    Entrant { name: "mutex (std)", short: "std", peer: true, cell: cell::<Std> },
    Entrant {
        name: "mutex (parking_lot)",
        short: "parking_lot",
        peer: true,
        cell: cell::<ParkingLot>,
    },
];

/// The lock that shows best what happens when the next in line has no core.
pub(super) const TICKET: &str = "ticket";
/// The entrant whose threads get along best while they warm up.
pub(super) const BACKOFF: usize = 2;
/// The synthesis.
pub(super) const SPIN_THEN_PARK: &str = "spin-then-park";

const fn ours(
    name: &'static str,
    short: &'static str,
    cell: fn(Duration, usize, Duration) -> Arc<dyn Cell>,
) -> Entrant {
    Entrant { name, short, peer: false, cell }
}
