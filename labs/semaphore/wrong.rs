//! Five ways to get it wrong: three let too many in, two leave threads waiting for ever.

use conclab_engine::sync::atomic::AtomicU32;
use conclab_engine::sync::atomic::Ordering::{AcqRel, Acquire, Release};
use conclab_engine::sync::{Condvar, Mutex, Semaphore};
use conclab_engine::{retry, window};

use super::everyone;
use super::size::Parameters;

/// Lets everyone in.
pub(super) fn no_limit(size: &Parameters) -> String {
    // Any number of others may be inside already: nobody looks.
    everyone(size, |_| (), |_| ())
}

/// Looks whether a permit is free, then takes one: two steps, and a gap between them.
pub(super) fn check_then_take(size: &Parameters) -> String {
    let taken = AtomicU32::named("taken", 0);
    let leave = |_| {
        // Release: pairs with both Acquires in `look_then_take`.
        taken.fetch_sub(1, Release);
    };
    everyone(size, |_| look_then_take(&taken, size.permits()), leave)
}

// ANCHOR: look-then-take
fn look_then_take(taken: &AtomicU32, permits: u32) {
    // Acquire: pairs with the Release of whoever gives a permit back.
    retry(|| (taken.load(Acquire) < permits).then_some(()));
    window("between check and take");
    // Another thread may take the last permit here; we take it once more.
    // Acquire: as above.
    taken.fetch_add(1, Acquire);
}
// ANCHOR_END: look-then-take

/// Wakes up and goes on without looking again: to be woken is a hint, not a permit.
pub(super) fn if_not_while(size: &Parameters) -> String {
    let taken = Mutex::named("taken", 0);
    let given_back = Condvar::named("given back");
    let leave = |_| {
        *taken.lock() -= 1;
        given_back.notify_one();
    };
    everyone(size, |_| wait_once(&taken, &given_back, size.permits()), leave)
}

// ANCHOR: wait-once
fn wait_once(taken: &Mutex<u32>, given_back: &Condvar, permits: u32) {
    let mut held = taken.lock();
    if *held >= permits {
        // Another thread may lock and take the permit after we are woken
        // and before we have the lock again; with `while` we would look
        // again, and wait.
        held = given_back.wait(held);
    }
    *held += 1;
}
// ANCHOR_END: wait-once

/// Looks without the lock and then falls asleep: the notification may come in between.
pub(super) fn lost_wakeup(size: &Parameters) -> String {
    let taken = AtomicU32::named("taken", 0);
    let bed = Bed { lock: Mutex::named("bed", ()), given_back: Condvar::named("given back") };
    let leave = |_| {
        // Release: pairs with the Acquire in `take_or_sleep`.
        taken.fetch_sub(1, Release);
        bed.given_back.notify_one();
    };
    everyone(size, |_| retry(|| take_or_sleep(&taken, size.permits(), &bed)), leave)
}

/// Where to sleep until a permit is given back.
struct Bed {
    lock: Mutex<()>,
    given_back: Condvar,
}

/// Gives nothing if it has slept: whoever has slept must look again.
// ANCHOR: take-or-sleep
fn take_or_sleep(taken: &AtomicU32, permits: u32, bed: &Bed) -> Option<()> {
    let one_more = |n: u32| (n < permits).then_some(n + 1);
    // AcqRel, and Acquire if it fails: pairs with the Release in `leave`.
    if taken.fetch_update(AcqRel, Acquire, one_more).is_ok() {
        return Some(());
    }
    window("between looking and sleeping");
    // Every permit may be given back here. Nobody sleeps yet, so nobody is
    // woken; then we fall asleep, and there is nobody left to wake us.
    drop(bed.given_back.wait(bed.lock.lock()));
    None
}
// ANCHOR_END: take-or-sleep

// ANCHOR: wrong-order
/// Needs a seat and the only key; worker 0 takes the key first, the others a seat first.
pub(super) fn wrong_order(size: &Parameters) -> String {
    let seats = Semaphore::named("seats", size.permits());
    let key = Semaphore::named("key", 1);
    let enter = |worker| {
        let (first, second) = if worker == 0 { (&key, &seats) } else { (&seats, &key) };
        first.acquire();
        window("between the two semaphores");
        // All the seats may be taken here by workers that wait for the key, which worker 0 has.
        second.acquire();
    };
    let leave = |_| {
        key.release();
        seats.release();
    };
    everyone(size, enter, leave)
}
// ANCHOR_END: wrong-order
