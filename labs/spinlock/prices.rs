//! What a passage costs: every right lock beside std's and `parking_lot`'s.

use std::sync;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use conclab_engine::stop::Stop;
use conclab_measure::Price;

use super::RawLock;
use super::size::Parameters;
use super::{
    Backoff, Bare, Mcs, QueueThenPark, SpinThenPark, TestAndSet, TestAndTestAndSet, Ticket,
};
use conclab_measure::meter::Meter;

/// Measures the right variants and the peers.
///
/// The locks that spin and never yield come last: where a thread has no core of its own, a passage
/// through one of them costs up to a time slice, and the time for all prices may be over first.
pub(super) fn prices(size: &Parameters, stop: &Stop) -> Vec<Price> {
    let meter = Meter::new("increment", size.threads, stop);
    let all = [
        ours::<Backoff<Bare>>(&meter, "backoff"),
        ours::<SpinThenPark<Bare>>(&meter, "spin-then-park"),
        mutex_std(&meter),
        mutex_parking_lot(&meter),
        ours::<QueueThenPark<Bare>>(&meter, "queue-then-park"),
        ours::<TestAndSet<Bare>>(&meter, "test-and-set"),
        ours::<TestAndTestAndSet<Bare>>(&meter, "test-and-test-and-set"),
        ours::<Ticket<Bare>>(&meter, "ticket"),
        ours::<Mcs<Bare>>(&meter, "mcs"),
    ];
    all.into_iter().flatten().collect()
}

fn ours<L: RawLock>(meter: &Meter, label: &str) -> Option<Price> {
    let lock = L::new("lock", meter.threads);
    let counter = AtomicU64::new(0);
    meter.price(label, |me, passages| {
        for () in passages {
            lock.lock(me);
            // Relaxed, twice: as in the variants.
            counter.store(counter.load(Relaxed) + 1, Relaxed);
            lock.unlock(me);
        }
    })
}

fn mutex_std(meter: &Meter) -> Option<Price> {
    let counter = sync::Mutex::new(0_u64);
    meter.price("mutex (std)", |_, passages| {
        for () in passages {
            *counter.lock().expect("no holder panics") += 1;
        }
    })
}

fn mutex_parking_lot(meter: &Meter) -> Option<Price> {
    let counter = parking_lot::Mutex::new(0_u64);
    meter.price("mutex (parking_lot)", |_, passages| {
        for () in passages {
            *counter.lock() += 1;
        }
    })
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    /// Threads add 1 in the section, many times: none is lost, none waits for ever.
    fn nobody_is_inside_with_another<L: RawLock>(n_rounds: u64) {
        for n_threads in [1, 2, 3, 5] {
            let lock = L::new("lock", n_threads);
            let counter = AtomicU64::new(0);
            thread::scope(|s| {
                for me in 0..n_threads {
                    let (lock, counter) = (&lock, &counter);
                    s.spawn(move || {
                        for _ in 0..n_rounds {
                            lock.lock(me);
                            // Relaxed, twice: the lock orders them.
                            counter.store(counter.load(Relaxed) + 1, Relaxed);
                            lock.unlock(me);
                        }
                    });
                }
            });
            assert_eq!(counter.into_inner(), n_threads as u64 * n_rounds);
        }
    }

    #[test]
    fn every_lock_lets_in_one_at_a_time() {
        nobody_is_inside_with_another::<TestAndSet<Bare>>(3_000);
        nobody_is_inside_with_another::<TestAndTestAndSet<Bare>>(3_000);
        nobody_is_inside_with_another::<Backoff<Bare>>(3_000);
        nobody_is_inside_with_another::<SpinThenPark<Bare>>(3_000);
        // A turn can last a time slice here, if the thread whose turn it is has no core.
        nobody_is_inside_with_another::<Ticket<Bare>>(50);
        nobody_is_inside_with_another::<Mcs<Bare>>(50);
        nobody_is_inside_with_another::<QueueThenPark<Bare>>(300);
    }
}
