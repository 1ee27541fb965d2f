//! What a permit costs: taken and given back, alone and in competition.
//!
//! `atomic` and `fair` are the lab's own source on bare metal. The textbook's semaphore is written
//! again on std and on `parking_lot`, because their locks have no common interface.

use std::sync;
use std::sync::PoisonError;
use std::time::Duration;

use conclab_engine::stop::Stop;
use conclab_measure::Price;

use super::size::Parameters;
use super::{Atomic, Bare, Fair, Permits};
use conclab_measure::meter::Meter;

/// Half of what a lab's prices may take: there are two tables.
const HALF: Duration = Duration::from_millis(600);

/// Measures the semaphores with one worker, and with all.
pub(super) fn prices(size: &Parameters, stop: &Stop) -> Vec<Price> {
    let mut all = at(1, size.permits(), stop);
    if size.workers > 1 {
        all.extend(at(size.workers, size.permits(), stop));
    }
    all
}

fn at(workers: usize, permits: u32, stop: &Stop) -> Vec<Price> {
    let meter = Meter::new("acquire + release", workers, &stop.within(HALF));
    // The fair one last: it may be so slow that it uses up the time.
    let all = [
        pair(&meter, "atomic", &Atomic::<Bare>::new(permits)),
        pair(&meter, "mutex-condvar (std)", &OnStd::new(permits)),
        pair(&meter, "mutex-condvar (parking_lot)", &OnParkingLot::new(permits)),
        pair(&meter, "fair", &Fair::<Bare>::new(permits)),
    ];
    all.into_iter().flatten().collect()
}

fn pair(meter: &Meter, label: &str, permits: &impl Permits) -> Option<Price> {
    meter.price(label, |_, passages| {
        for () in passages {
            permits.acquire();
            permits.release();
        }
    })
}

/// `mutex-condvar` again, on std.
pub(super) struct OnStd {
    free: sync::Mutex<u32>,
    given_back: sync::Condvar,
}

impl OnStd {
    pub(super) fn new(permits: u32) -> Self {
        Self { free: sync::Mutex::new(permits), given_back: sync::Condvar::new() }
    }
}

impl Permits for OnStd {
    fn acquire(&self) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free == 0 {
            free = self.given_back.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
    }

    fn release(&self) {
        *self.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.given_back.notify_one();
    }
}

/// `mutex-condvar` again, on `parking_lot`.
pub(super) struct OnParkingLot {
    free: parking_lot::Mutex<u32>,
    given_back: parking_lot::Condvar,
}

impl OnParkingLot {
    pub(super) fn new(permits: u32) -> Self {
        Self { free: parking_lot::Mutex::new(permits), given_back: parking_lot::Condvar::new() }
    }
}

impl Permits for OnParkingLot {
    fn acquire(&self) {
        let mut free = self.free.lock();
        while *free == 0 {
            self.given_back.wait(&mut free);
        }
        *free -= 1;
    }

    fn release(&self) {
        *self.free.lock() += 1;
        self.given_back.notify_one();
    }
}
