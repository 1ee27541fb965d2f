//! Where a thread's events go: a buffer of its own, which is never full of somebody else's.
//!
//! **Stop at full.** The first events are kept, and those that find no room are counted: a lane
//! that is read from its beginning says who holds what, a lane whose beginning is gone does not.
//!
//! **Nobody waits.** Only its thread writes a buffer; an event is published by its last word, so
//! that a reader sees whole events, also of a thread that never ends. A buffer is never freed, but
//! used again: the reference costs the recording thread no count and no check.
#![expect(unsafe_code, reason = "a place in the source is kept as an address")]

use std::panic::Location;
use std::ptr;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicPtr, AtomicU64};

use parking_lot::Mutex;

use super::what::What;

/// A line of the source.
pub(crate) type Line = &'static Location<'static>;

/// Bits of a slot's last word: the object, how often, and what (from 1; 0 is an empty slot).
const TIMES_SHIFT: u32 = 32;
const WHAT_SHIFT: u32 = 56;
const TIMES_ONE: u64 = 1 << TIMES_SHIFT;
const TIMES_MASK: u64 = ((1 << (WHAT_SHIFT - TIMES_SHIFT)) - 1) << TIMES_SHIFT;

/// An event as it lies in a buffer: half a cache line.
#[derive(Debug, Default)]
struct Slot {
    ticks: AtomicU64,
    value: AtomicU64,
    at: AtomicPtr<Location<'static>>,
    /// Written last; see above.
    word: AtomicU64,
}

/// An event as it was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raw {
    pub(super) ticks: u64,
    pub(super) what: What,
    /// The object's number; 0 is none.
    pub(super) object: u32,
    pub(super) value: u64,
    /// How often in a row, from 1.
    pub(super) times: u64,
    pub(super) at: Line,
}

fn word(what: What, object: u32) -> u64 {
    ((u64::from(what as u8) + 1) << WHAT_SHIFT) | TIMES_ONE | u64::from(object)
}

/// A thread's events.
#[derive(Debug)]
pub(super) struct Buffer {
    slots: Box<[Slot]>,
    /// Events that found no room.
    lost: AtomicU64,
}

static FREE: Mutex<Vec<&'static Buffer>> = Mutex::new(Vec::new());

impl Buffer {
    /// An empty buffer for so many events.
    pub(super) fn take(capacity: usize) -> &'static Self {
        let mut free = FREE.lock();
        let fits = free.iter().position(|buffer| buffer.slots.len() == capacity);
        if let Some(place) = fits {
            return free.swap_remove(place);
        }
        drop(free);
        let slots = std::iter::repeat_with(Slot::default).take(capacity).collect();
        Box::leak(Box::new(Self { slots, lost: AtomicU64::new(0) }))
    }

    /// Empties the buffer and lets others have it. Its thread must not record any more.
    pub(super) fn give_back(&'static self) {
        // Relaxed, here and below: who gets the buffer next gets it through a mutex.
        self.slots[..self.used()].iter().for_each(|slot| slot.word.store(0, Relaxed));
        self.lost.store(0, Relaxed);
        FREE.lock().push(self);
    }

    /// How many places are taken, for the thread that writes next.
    pub(super) fn used(&self) -> usize {
        // Relaxed: who wrote here before has handed the buffer on through a lock or a spawn.
        self.slots.iter().take_while(|slot| slot.word.load(Relaxed) != 0).count()
    }

    /// Writes the event with number `next` and returns the number of the one after it.
    #[inline]
    pub(super) fn write(
        &self,
        next: usize,
        ticks: u64,
        (what, object, value): (What, u32, u64),
        at: Line,
    ) -> usize {
        let Some(slot) = self.slots.get(next) else {
            self.lose(1);
            return next;
        };
        // Relaxed, three times: published by the store below.
        slot.ticks.store(ticks, Relaxed);
        slot.value.store(value, Relaxed);
        slot.at.store(ptr::from_ref(at).cast_mut(), Relaxed);
        // Release: pairs with the Acquire load in `read`; publishes the event.
        slot.word.store(word(what, object), Release);
        next + 1
    }

    /// Counts an event in the one before `next` if that is the same; says whether it was.
    #[inline]
    pub(super) fn fold(
        &self,
        next: usize,
        (what, object, value): (What, u32, u64),
        at: Line,
    ) -> bool {
        let Some(slot) = next.checked_sub(1).and_then(|last| self.slots.get(last)) else {
            return false;
        };
        // Relaxed, also below: no other thread writes this buffer.
        let before = slot.word.load(Relaxed);
        let (old, place) = (slot.value.load(Relaxed), slot.at.load(Relaxed));
        let is_same = before & !TIMES_MASK == word(what, object) & !TIMES_MASK
            && old == value
            && ptr::eq(place, at);
        if is_same && before & TIMES_MASK != TIMES_MASK {
            // Release: as in `write`; who reads this count must see the whole event, too.
            slot.word.store(before + TIMES_ONE, Release);
        }
        is_same
    }

    /// Counts events that are not here.
    #[cold]
    pub(super) fn lose(&self, events: u64) {
        // Relaxed: it counts, and only this thread counts here.
        self.lost.store(self.lost.load(Relaxed) + events, Relaxed);
    }

    /// How many events found no room.
    pub(super) fn lost(&self) -> u64 {
        // Relaxed: a number that announces no other data.
        self.lost.load(Relaxed)
    }

    /// The events so far.
    pub(super) fn read(&self) -> Vec<Raw> {
        self.slots.iter().map_while(Slot::read).collect()
    }
}

impl Slot {
    fn read(&self) -> Option<Raw> {
        // Acquire: pairs with the Release store in `write`.
        let word = self.word.load(Acquire);
        let what = usize::try_from(word >> WHAT_SHIFT).ok()?.checked_sub(1)?;
        // Relaxed, three times: ordered by the Acquire load.
        let at = self.at.load(Relaxed);
        let (ticks, value) = (self.ticks.load(Relaxed), self.value.load(Relaxed));
        Some(Raw {
            ticks,
            what: *What::ALL.get(what)?,
            object: u32::try_from(word & u64::from(u32::MAX)).ok()?,
            value,
            times: (word & TIMES_MASK) >> TIMES_SHIFT,
            // SAFETY: the slot was published, so `write` has stored a `&'static Location` here.
            at: unsafe { &*at },
        })
    }
}
