//! The locks of the sweep, ours and others', behind one door each.

use std::sync;

use super::raw_lock::RawLock;

/// A lock in use.
pub(super) trait Door: Send + Sync {
    fn new(n_threads: usize) -> Self;
    /// Runs `section` while no other thread is inside.
    fn pass(&self, me: usize, section: impl FnOnce());
}

impl<L: RawLock> Door for L {
    fn new(n_threads: usize) -> Self {
        L::new("lock", n_threads)
    }

    #[inline]
    fn pass(&self, me: usize, section: impl FnOnce()) {
        self.lock(me);
        section();
        self.unlock(me);
    }
}

/// std's mutex.
pub(super) struct Std(sync::Mutex<()>);

impl Door for Std {
    fn new(_: usize) -> Self {
        Self(sync::Mutex::new(()))
    }

    #[inline]
    fn pass(&self, _: usize, section: impl FnOnce()) {
        let _guard = self.0.lock().expect("no holder panics");
        section();
    }
}

/// The mutex of `parking_lot`.
pub(super) struct ParkingLot(parking_lot::Mutex<()>);

impl Door for ParkingLot {
    fn new(_: usize) -> Self {
        Self(parking_lot::Mutex::new(()))
    }

    #[inline]
    fn pass(&self, _: usize, section: impl FnOnce()) {
        let _guard = self.0.lock();
        section();
    }
}
