//! A ring of bytes: one writer, one reader, no lock.
//!
//! The writer says how many bytes it has ever written, the reader how many it has ever taken; the
//! difference is what lies in the ring. Each trusts its own count, and what the other says only
//! as far as it can be true: a process that has lost its mind may write anything there.
//!
//! Who finds nothing to do sleeps, and the other one wakes it. Neither may miss the other:
//!
//! ```text
//! sleeper: says "I sleep"; looks once more; sleeps
//! other:   writes (or takes); looks whether the other sleeps; wakes it
//! ```
//!
//! Whichever of the two second lines comes last sees what the other one's first line did. The
//! orderings make them a single order: all four are `SeqCst`.
//!
//! Every interleaving of this is covered by the model in `ring_tests`, and loom has looked at the
//! orderings.
//!
//! # Sources
//! E. W. Dijkstra, *Cooperating sequential processes*, 1965 (T. J. Dekker's algorithm has the same
//! shape). L. Lamport, *Specifying Concurrent Program Modules*, 1983 (the ring without a lock).

use std::sync::atomic::Ordering::{Relaxed, SeqCst};

use super::ring_ground::{Ground, Impossible, Word as _, place_of, room_in, takes_turn};

/// The side that writes.
#[derive(Debug)]
pub struct Writer<G> {
    ground: G,
    /// How many bytes we have ever written.
    written: u64,
    /// How many bytes we know to have been taken.
    taken: u64,
}

/// The side that reads.
#[derive(Debug)]
pub struct Reader<G> {
    ground: G,
    /// How many bytes we have ever taken.
    taken: u64,
    /// How many we left in the ring the last time.
    left: usize,
}

impl<G: Ground> Writer<G> {
    /// The writer of a ring in which nothing was written yet.
    pub fn new(ground: G) -> Self {
        Self { ground, written: 0, taken: 0 }
    }

    /// How many bytes there is room for.
    ///
    /// # Errors
    /// If the reader says that it took what was not there.
    pub fn room(&mut self) -> Result<usize, Impossible> {
        // SeqCst: the look before sleeping. Acquire within: pairs with the store in
        // `Reader::take`; the reader has copied what we are about to overwrite.
        self.taken = self.ground.taken().load(SeqCst);
        room_in(&self.ground, self.written, self.taken)
    }

    /// Writes from the beginning of `bytes`, as many as there is room for; gives their number.
    ///
    /// # Errors
    /// If the reader says that it took what was not there.
    pub fn write(&mut self, bytes: &[u8]) -> Result<usize, Impossible> {
        // What we know is enough most of the time: the reader's line of the cache stays there.
        let known = room_in(&self.ground, self.written, self.taken)?;
        let room = if known < bytes.len() { self.room()? } else { known };
        let n = room.min(bytes.len());
        if n == 0 {
            return Ok(0);
        }
        let (at, before_end) = place_of(&self.ground, self.written);
        let (first, second) = bytes[..n].split_at(n.min(before_end));
        self.ground.put(at, first);
        self.ground.put(0, second);
        self.written = self.written.wrapping_add(n as u64);
        // SeqCst: the first line of whoever does not sleep. Release within: pairs with the load
        // in `Reader::available`; publishes the bytes.
        self.ground.written().store(self.written, SeqCst);
        Ok(n)
    }

    /// Whether the reader has to be woken; once for each sleep.
    pub fn has_to_wake(&self) -> bool {
        takes_turn(self.ground.reader_sleeps())
    }

    /// Says that the writer sleeps until there is room. If there is, it need not.
    ///
    /// # Errors
    /// If the reader says that it took what was not there.
    pub fn falls_asleep(&mut self) -> Result<bool, Impossible> {
        // SeqCst: the sleeper's first line; pairs with the swap in `takes_turn`.
        self.ground.writer_sleeps().store(1, SeqCst);
        Ok(self.room()? == 0)
    }

    /// Says that it does not sleep.
    pub fn wakes(&self) {
        // Relaxed: if this comes late, we are woken once more, which does no harm.
        self.ground.writer_sleeps().store(0, Relaxed);
    }
}

impl<G: Ground> Reader<G> {
    /// The reader of a ring in which nothing was written yet.
    pub fn new(ground: G) -> Self {
        Self { ground, taken: 0, left: 0 }
    }

    /// How many bytes there are.
    ///
    /// # Errors
    /// If the writer says that it wrote more than there is room for.
    pub fn available(&self) -> Result<usize, Impossible> {
        // SeqCst: the look before sleeping. Acquire within: pairs with the store in
        // `Writer::write`; the bytes are there.
        let written = self.ground.written().load(SeqCst);
        let free = room_in(&self.ground, written, self.taken)?;
        Ok(self.ground.capacity() - free)
    }

    /// Takes bytes into `room`, as many as there are and fit; gives their number.
    ///
    /// # Errors
    /// If the writer says that it wrote more than there is room for.
    pub fn take(&mut self, room: &mut [u8]) -> Result<usize, Impossible> {
        let available = self.available()?;
        let n = available.min(room.len());
        self.left = available - n;
        if n == 0 {
            return Ok(0);
        }
        let (at, before_end) = place_of(&self.ground, self.taken);
        let (first, second) = room[..n].split_at_mut(n.min(before_end));
        self.ground.get(at, first);
        self.ground.get(0, second);
        self.taken = self.taken.wrapping_add(n as u64);
        // SeqCst: the first line of whoever does not sleep. Release within: pairs with the load
        // in `Writer::room`; the bytes have been copied.
        self.ground.taken().store(self.taken, SeqCst);
        Ok(n)
    }

    /// Whether the writer has to be woken; once for each sleep.
    ///
    /// Not before there is room for half of the ring: to be woken takes longer than to copy a
    /// little. The writer is not forgotten: no reader sleeps before it has taken everything.
    pub fn has_to_wake(&self) -> bool {
        self.left <= self.ground.capacity() / 2 && takes_turn(self.ground.writer_sleeps())
    }

    /// Says that the reader sleeps until there is something. If there is, it need not.
    ///
    /// # Errors
    /// If the writer says that it wrote more than there is room for.
    pub fn falls_asleep(&self) -> Result<bool, Impossible> {
        // SeqCst: the sleeper's first line; pairs with the swap in `takes_turn`.
        self.ground.reader_sleeps().store(1, SeqCst);
        Ok(self.available()? == 0)
    }

    /// Says that it does not sleep.
    pub fn wakes(&self) {
        // Relaxed: if this comes late, we are woken once more, which does no harm.
        self.ground.reader_sleeps().store(0, Relaxed);
    }
}
