//! What an increment costs: the variants' code again, on std and `parking_lot` themselves.

use std::hint::black_box;
use std::sync;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use conclab_engine::stop::Stop;
use conclab_measure::Price;

use super::size::Parameters;
use conclab_measure::meter::Meter;

/// Measures the right variants, and the first wrong one for comparison.
pub(super) fn prices(size: &Parameters, stop: &Stop) -> Vec<Price> {
    let meter = Meter::new("increment", size.threads, stop);
    let all = [
        unsynchronised(&meter),
        mutex_std(&meter),
        mutex_parking_lot(&meter),
        atomic(&meter),
        compare_exchange(&meter),
        sharded(&meter),
    ];
    all.into_iter().flatten().collect()
}

fn unsynchronised(meter: &Meter) -> Option<Price> {
    let counter = AtomicU64::new(0);
    meter.price("unsynchronised", |_, passages| {
        for () in passages {
            // Relaxed, twice: only the cost counts here; updates are lost, as in the variant.
            counter.store(counter.load(Relaxed) + 1, Relaxed);
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

fn atomic(meter: &Meter) -> Option<Price> {
    let counter = AtomicU64::new(0);
    meter.price("atomic", |_, passages| {
        for () in passages {
            // Relaxed: pairs with nothing, as in the variant.
            counter.fetch_add(1, Relaxed);
        }
    })
}

fn compare_exchange(meter: &Meter) -> Option<Price> {
    let counter = AtomicU64::new(0);
    meter.price("compare-exchange", |_, passages| {
        for () in passages {
            loop {
                // Relaxed, all three: pairs with nothing, as in the variant.
                let seen = counter.load(Relaxed);
                if counter.compare_exchange_weak(seen, seen + 1, Relaxed, Relaxed).is_ok() {
                    break;
                }
            }
        }
    })
}

fn sharded(meter: &Meter) -> Option<Price> {
    let counter = AtomicU64::new(0);
    meter.price("sharded", |_, passages| {
        let mut own = 0;
        for () in passages {
            // Without the black box the compiler would take the passages' own count.
            own = black_box(own + 1);
        }
        // Relaxed: pairs with nothing, as in the variant.
        counter.fetch_add(own, Relaxed);
    })
}
