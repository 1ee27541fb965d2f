//! What a transfer between two accounts costs, alone and with two threads at once: the fixes of
//! the lab `deadlock`, on the locks one could take.

#[path = "contend.rs"]
mod contend;

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use criterion::{Criterion, criterion_group, criterion_main};

fn deadlock(criterion: &mut Criterion) {
    contend::group(criterion, "deadlock", &[1, 2], compete);
}

fn compete(bench: &mut contend::Enter<'_>) {
    let std = [std::sync::Mutex::new(0_u64), std::sync::Mutex::new(0)];
    bench("ordered (std)", &|own| {
        let mut low = std[0].lock().expect("nobody panics");
        let mut high = std[1].lock().expect("nobody panics");
        transfer(own, &mut low, &mut high);
    });
    let lots = [parking_lot::Mutex::new(0_u64), parking_lot::Mutex::new(0)];
    bench("ordered (parking_lot)", &|own| {
        let (mut low, mut high) = (lots[0].lock(), lots[1].lock());
        transfer(own, &mut low, &mut high);
    });
    let gate = parking_lot::Mutex::new(());
    bench("all-at-once (parking_lot)", &|own| {
        let collecting = gate.lock();
        let (mut mine, mut next) = (lots[own].lock(), lots[1 - own].lock());
        drop(collecting);
        transfer(0, &mut mine, &mut next);
    });
    bench("try-lock-release (parking_lot)", &|own| {
        loop {
            let mut mine = lots[own].lock();
            if let Some(mut next) = lots[1 - own].try_lock() {
                transfer(0, &mut mine, &mut next);
                return;
            }
            drop(mine);
            std::hint::spin_loop();
        }
    });
    let atomics = [AtomicU64::new(0), AtomicU64::new(0)];
    bench("lock-free", &|own| {
        // Relaxed: the balances announce no other data.
        atomics[own].fetch_sub(1, Relaxed);
        atomics[1 - own].fetch_add(1, Relaxed);
    });
}

/// Moves a coin from the first account to the second, or back for the other thread.
fn transfer(own: usize, low: &mut u64, high: &mut u64) {
    let (from, to) = if own == 0 { (low, high) } else { (high, low) };
    *from = from.wrapping_sub(1);
    *to = to.wrapping_add(1);
}

criterion_group!(benches, deadlock);
criterion_main!(benches);
