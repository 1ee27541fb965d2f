//! Rings in the model, for tests: words and bytes of the facade, and bells that are semaphores.

use conclab_engine::sync::atomic::AtomicU64;
use conclab_engine::sync::atomic::Ordering::{self, Relaxed};
use conclab_engine::sync::{Arc, Semaphore};

use super::ring_end::Bell;
use super::ring_ground::{Ground, Word};

impl Word for AtomicU64 {
    #[track_caller]
    fn load(&self, order: Ordering) -> u64 {
        // The caller says what it pairs with.
        self.load(order)
    }

    #[track_caller]
    fn store(&self, value: u64, order: Ordering) {
        // The caller says what it pairs with.
        self.store(value, order);
    }

    #[track_caller]
    fn swap(&self, value: u64, order: Ordering) -> u64 {
        // The caller says what it pairs with.
        self.swap(value, order)
    }
}

/// A ring in the model: every byte is a word, so that it shows when one is used too early.
#[derive(Clone, Debug)]
pub(super) struct Modelled(Arc<(Vec<AtomicU64>, Vec<AtomicU64>)>);

impl Modelled {
    /// An empty ring.
    pub(super) fn new(name: &str, capacity: usize) -> Self {
        let word = |what| AtomicU64::named(format!("{name} {what}"), 0);
        let words = ["written", "taken", "writer sleeps", "reader sleeps"].map(word).into();
        let bytes = (0..capacity).map(|at| AtomicU64::named(format!("{name} byte {at}"), 0));
        Self(Arc::new((words, bytes.collect())))
    }
}

impl Ground for Modelled {
    type Word = AtomicU64;

    fn written(&self) -> &AtomicU64 {
        &self.0.0[0]
    }

    fn taken(&self) -> &AtomicU64 {
        &self.0.0[1]
    }

    fn writer_sleeps(&self) -> &AtomicU64 {
        &self.0.0[2]
    }

    fn reader_sleeps(&self) -> &AtomicU64 {
        &self.0.0[3]
    }

    fn capacity(&self) -> usize {
        self.0.1.len()
    }

    fn put(&self, at: usize, bytes: &[u8]) {
        for (word, byte) in self.0.1[at..].iter().zip(bytes) {
            // Relaxed: what the ring publishes.
            word.store((*byte).into(), Relaxed);
        }
    }

    fn get(&self, at: usize, room: &mut [u8]) {
        for (word, byte) in self.0.1[at..].iter().zip(room) {
            // Relaxed: what the ring publishes.
            *byte = word.load(Relaxed).try_into().expect("a byte was written");
        }
    }
}

impl Bell for Arc<Semaphore> {
    #[track_caller]
    fn ring(&self) {
        self.release();
    }
}
