//! Two rings in shared memory, one each way, for one worker.

use std::io;
use std::os::fd::{OwnedFd, RawFd};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{self, Relaxed};
use std::time::Duration;

use super::memory::{Memory, STRIDE_BYTES};
use super::ring_end::{Bell, End};
use super::ring_ground::{Ground, Word};

/// Bytes of tasks on their way: what a pipe may hold at most, too.
const TASKS_BYTES: usize = 1 << 20;

/// Bytes of replies on their way: more than a worker sends at once.
const REPLIES_BYTES: usize = 128 << 10;

/// The words: 4 of the tasks, 4 of the replies, and one that says how long to stay awake.
const PATIENCE_AT: usize = 8 * STRIDE_BYTES;

/// The bytes begin at the next page.
const BYTES_AT: usize = 4 << 10;

impl Word for AtomicU64 {
    fn load(&self, order: Ordering) -> u64 {
        // The caller says what it pairs with.
        self.load(order)
    }

    fn store(&self, value: u64, order: Ordering) {
        // The caller says what it pairs with.
        self.store(value, order);
    }

    fn swap(&self, value: u64, order: Ordering) -> u64 {
        // The caller says what it pairs with.
        self.swap(value, order)
    }
}

/// A ring in shared memory.
#[derive(Debug)]
pub(super) struct Mapped {
    memory: Arc<Memory>,
    words_at: usize,
    bytes_at: usize,
    capacity: usize,
}

impl Mapped {
    fn word(&self, number: usize) -> &AtomicU64 {
        self.memory.word(self.words_at + number * STRIDE_BYTES)
    }
}

impl Ground for Mapped {
    type Word = AtomicU64;

    fn written(&self) -> &AtomicU64 {
        self.word(0)
    }

    fn taken(&self) -> &AtomicU64 {
        self.word(1)
    }

    fn writer_sleeps(&self) -> &AtomicU64 {
        self.word(2)
    }

    fn reader_sleeps(&self) -> &AtomicU64 {
        self.word(3)
    }

    fn capacity(&self) -> usize {
        self.capacity
    }

    fn put(&self, at: usize, bytes: &[u8]) {
        assert!(at + bytes.len() <= self.capacity, "the ring ends before");
        self.memory.put(self.bytes_at + at, bytes);
    }

    fn get(&self, at: usize, room: &mut [u8]) {
        assert!(at + room.len() <= self.capacity, "the ring ends before");
        self.memory.get(self.bytes_at + at, room);
    }
}

/// The memory of two rings that a worker is about to inherit.
#[derive(Debug)]
pub(super) struct Rings(Memory);

impl Rings {
    /// Makes two empty rings; a worker that waits stays awake for `patience`.
    pub(super) fn share(patience: Duration) -> io::Result<Self> {
        let memory = Memory::share(BYTES_AT + TASKS_BYTES + REPLIES_BYTES)?;
        let ns = u64::try_from(patience.as_nanos()).unwrap_or(0);
        // Relaxed: the worker starts after us.
        memory.word(PATIENCE_AT).store(ns, Relaxed);
        Ok(Self(memory))
    }

    /// A descriptor that the worker inherits.
    pub(super) fn lend(&self) -> io::Result<OwnedFd> {
        self.0.lend()
    }

    /// The rings whose descriptor this worker has inherited.
    pub(super) fn inherited(number: RawFd) -> io::Result<Self> {
        let memory = Memory::inherited(number)?;
        let whole = memory.len() >= BYTES_AT + TASKS_BYTES + REPLIES_BYTES;
        whole.then_some(Self(memory)).ok_or_else(|| io::ErrorKind::InvalidInput.into())
    }

    /// How long a worker stays awake when it waits.
    pub(super) fn patience(&self) -> Duration {
        // Relaxed: it was written before the worker started.
        Duration::from_nanos(self.0.word(PATIENCE_AT).load(Relaxed))
    }

    /// The parent's end.
    pub(super) fn parent<B: Bell>(mut self, bell: B) -> End<Mapped, B> {
        // The worker has it now; nobody else gets it.
        self.0.keep();
        let (tasks, replies) = self.rings();
        End::new(tasks, replies, bell)
    }

    /// The worker's end.
    pub(super) fn worker<B: Bell>(self, bell: B) -> End<Mapped, B> {
        let (tasks, replies) = self.rings();
        End::new(replies, tasks, bell)
    }

    fn rings(self) -> (Mapped, Mapped) {
        let memory = Arc::new(self.0);
        let tasks = Mapped {
            memory: Arc::clone(&memory),
            words_at: 0,
            bytes_at: BYTES_AT,
            capacity: TASKS_BYTES,
        };
        let replies = Mapped {
            memory,
            words_at: 4 * STRIDE_BYTES,
            bytes_at: BYTES_AT + TASKS_BYTES,
            capacity: REPLIES_BYTES,
        };
        (tasks, replies)
    }
}
