//! What a ring lies on: words and bytes that both sides see, in shared memory or in the model.
//!
//! The ring is generic over it, so that the code whose every interleaving is covered is the code
//! that carries the tasks.

use std::fmt::{self, Debug};
use std::sync::atomic::Ordering::{self, SeqCst};

use super::frames::FrameError;

/// A number that both sides see.
pub trait Word: Debug {
    /// Returns the value.
    fn load(&self, order: Ordering) -> u64;
    /// Replaces the value.
    fn store(&self, value: u64, order: Ordering);
    /// Replaces the value and returns the old one.
    fn swap(&self, value: u64, order: Ordering) -> u64;
}

/// Where a ring lies: four words and room for bytes.
pub trait Ground: Debug {
    /// Its words.
    type Word: Word + ?Sized;

    /// How many bytes were ever written.
    fn written(&self) -> &Self::Word;
    /// How many bytes were ever taken.
    fn taken(&self) -> &Self::Word;
    /// 1 while the writer sleeps for want of room.
    fn writer_sleeps(&self) -> &Self::Word;
    /// 1 while the reader sleeps for want of bytes.
    fn reader_sleeps(&self) -> &Self::Word;
    /// How many bytes there is room for: a power of two.
    fn capacity(&self) -> usize;
    /// Copies bytes to `at`; they fit.
    fn put(&self, at: usize, bytes: &[u8]);
    /// Copies bytes from `at`; there are so many.
    fn get(&self, at: usize, room: &mut [u8]);
}

/// The other side says what cannot be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Impossible;

impl fmt::Display for Impossible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an impossible position in shared memory")
    }
}

impl std::error::Error for Impossible {}

impl From<Impossible> for FrameError {
    fn from(error: Impossible) -> Self {
        Self::Garbled(error.to_string())
    }
}

/// The room that is left, if both counts can be true.
pub(super) fn room_in<G: Ground>(
    ground: &G,
    written: u64,
    taken: u64,
) -> Result<usize, Impossible> {
    let bytes = usize::try_from(written.wrapping_sub(taken)).ok();
    bytes.and_then(|bytes| ground.capacity().checked_sub(bytes)).ok_or(Impossible)
}

/// Where byte number `count` lies, and how many fit there before the end of the ring.
pub(super) fn place_of<G: Ground>(ground: &G, count: u64) -> (usize, usize) {
    let capacity = ground.capacity();
    let at = usize::try_from(count % capacity as u64).expect("it is below the capacity");
    (at, capacity - at)
}

/// Whether the other side sleeps and nobody has woken it yet.
pub(super) fn takes_turn<W: Word + ?Sized>(sleeps: &W) -> bool {
    // SeqCst, both: the second line of whoever does not sleep; pairs with the sleeper's store in
    // `falls_asleep`. A look first: to write would take the line away from the other side.
    sleeps.load(SeqCst) == 1 && sleeps.swap(0, SeqCst) == 1
}
