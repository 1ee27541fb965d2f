//! What a transfer costs: the right variants' code again, on std and `parking_lot` themselves.

use std::ops::DerefMut;
use std::sync;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;

use conclab_engine::stop::Stop;
use conclab_measure::Price;

use super::size::Parameters;
use conclab_measure::meter::Meter;

/// More coins than a thread that runs ahead can take from its account before it is paid.
const COINS: u64 = 1 << 60;

/// What both libraries' mutexes can do; calls to it are direct calls in the compiled code.
trait Lock<T>: Sync {
    fn new(value: T) -> Self;
    fn lock(&self) -> impl DerefMut<Target = T>;
    fn try_lock(&self) -> Option<impl DerefMut<Target = T>>;
}

impl<T: Send> Lock<T> for sync::Mutex<T> {
    fn new(value: T) -> Self {
        Self::new(value)
    }

    fn lock(&self) -> impl DerefMut<Target = T> {
        self.lock().expect("no holder panics")
    }

    fn try_lock(&self) -> Option<impl DerefMut<Target = T>> {
        self.try_lock().ok()
    }
}

impl<T: Send> Lock<T> for parking_lot::Mutex<T> {
    fn new(value: T) -> Self {
        Self::new(value)
    }

    fn lock(&self) -> impl DerefMut<Target = T> {
        self.lock()
    }

    fn try_lock(&self) -> Option<impl DerefMut<Target = T>> {
        self.try_lock()
    }
}

/// Measures the right variants.
pub(super) fn prices(size: &Parameters, stop: &Stop) -> Vec<Price> {
    use parking_lot::Mutex as ParkingLot;
    use std::sync::Mutex as Std;
    let meter = Meter::new("transfer", size.threads, stop);
    let all = [
        ordered::<Std<u64>>(&meter, "ordered (std)"),
        ordered::<ParkingLot<u64>>(&meter, "ordered (parking_lot)"),
        all_at_once::<Std<u64>, Std<()>>(&meter, "all-at-once (std)"),
        all_at_once::<ParkingLot<u64>, ParkingLot<()>>(&meter, "all-at-once (parking_lot)"),
        try_lock_release::<Std<u64>>(&meter, "try-lock-release (std)"),
        try_lock_release::<ParkingLot<u64>>(&meter, "try-lock-release (parking_lot)"),
        lock_free(&meter),
    ];
    all.into_iter().flatten().collect()
}

/// Measures `pay(accounts, own, next)` on as many accounts as there are threads.
fn ring<A: Sync>(
    meter: &Meter,
    label: &str,
    account: impl Fn() -> A,
    pay: impl Fn(&[A], usize, usize) + Sync,
) -> Option<Price> {
    let accounts: Vec<A> = (0..meter.threads).map(|_| account()).collect();
    meter.price(label, |own, passages| {
        let next = (own + 1) % accounts.len();
        for () in passages {
            pay(&accounts, own, next);
        }
    })
}

fn ordered<L: Lock<u64>>(meter: &Meter, label: &str) -> Option<Price> {
    ring(
        meter,
        label,
        || L::new(COINS),
        |accounts, own, next| {
            let mut low = accounts[own.min(next)].lock();
            let mut high = accounts[own.max(next)].lock();
            let (from, to) = if own < next { (&mut low, &mut high) } else { (&mut high, &mut low) };
            **from -= 1;
            **to += 1;
        },
    )
}

fn all_at_once<L: Lock<u64>, G: Lock<()>>(meter: &Meter, label: &str) -> Option<Price> {
    let gate = G::new(());
    ring(
        meter,
        label,
        || L::new(COINS),
        |accounts, own, next| {
            let collecting = gate.lock();
            let mut from = accounts[own].lock();
            let mut to = accounts[next].lock();
            drop(collecting);
            *from -= 1;
            *to += 1;
        },
    )
}

fn try_lock_release<L: Lock<u64>>(meter: &Meter, label: &str) -> Option<Price> {
    ring(
        meter,
        label,
        || L::new(COINS),
        |accounts, own, next| {
            loop {
                let mut from = accounts[own].lock();
                if let Some(mut to) = accounts[next].try_lock() {
                    *from -= 1;
                    *to += 1;
                    break;
                }
                drop(from);
                // With more threads than cores, the neighbour needs this core to finish.
                thread::yield_now();
            }
        },
    )
}

fn lock_free(meter: &Meter) -> Option<Price> {
    ring(
        meter,
        "lock-free",
        || AtomicU64::new(COINS),
        |accounts, own, next| {
            // Relaxed, twice: pairs with nothing, as in the variant.
            accounts[own].fetch_sub(1, Relaxed);
            accounts[next].fetch_add(1, Relaxed);
        },
    )
}
