//! The last seat: buyers look whether it is free, then book it, and it is sold twice.
//!
//! Every access is locked or atomic, and still the program is wrong: between the look and the
//! booking somebody else may book. The rule "one seat, one buyer" ties the two steps together,
//! and only who wrote the program knows that rule.

// ANCHOR: uses
mod lab;
mod variants;

use conclab_engine::sync::Mutex;
use conclab_engine::sync::atomic::AtomicU32;
use conclab_engine::sync::atomic::Ordering::Relaxed;
use conclab_engine::thread::scope;
use conclab_engine::window;

pub use self::lab::{Booking, Parameters};
// ANCHOR_END: uses

// ANCHOR: everyone
/// Lets every buyer try to buy the seat once, all at the same time.
fn everyone(size: &Parameters, buy: impl Fn() + Sync) {
    scope(|s| {
        for _ in 0..size.buyers {
            s.spawn(&buy);
        }
    });
}
// ANCHOR_END: everyone

// ANCHOR: look_then_book
/// Locks to look, and locks to book: nobody holds the lock in between.
fn look_then_book(size: &Parameters) -> String {
    let booked = Mutex::named("booked", 0);
    everyone(size, || {
        let free = *booked.lock() == 0;
        window("between look and booking");
        // Another buyer may look and book here.
        if free {
            *booked.lock() += 1;
        }
    });
    format!("sold {}", booked.into_inner())
}
// ANCHOR_END: look_then_book

// ANCHOR: atomic_steps
/// Makes each of the two steps atomic; they are still two.
fn atomic_steps(size: &Parameters) -> String {
    let booked = AtomicU32::named("booked", 0);
    everyone(size, || {
        // Relaxed: pairs with nothing; it reads the number and no other data.
        let free = booked.load(Relaxed) == 0;
        window("between look and booking");
        // Another buyer may look and book here.
        if free {
            // Relaxed: pairs with nothing; the number announces no other data.
            booked.fetch_add(1, Relaxed);
        }
    });
    format!("sold {}", booked.into_inner())
}
// ANCHOR_END: atomic_steps

// ANCHOR: one_hold
/// Holds the lock from before the look until after the booking.
fn one_hold(size: &Parameters) -> String {
    let booked = Mutex::named("booked", 0);
    everyone(size, || {
        let mut booked = booked.lock();
        window("between look and booking");
        if *booked == 0 {
            *booked += 1;
        }
    });
    format!("sold {}", booked.into_inner())
}
// ANCHOR_END: one_hold

// ANCHOR: compare_exchange
/// Looks and books in one step: 0 becomes 1, or nothing happens.
fn compare_exchange(size: &Parameters) -> String {
    let booked = AtomicU32::named("booked", 0);
    everyone(size, || {
        // Relaxed, twice: pairs with nothing; nobody reads anything else because of it. A refusal
        // needs no repair: the seat is gone.
        let _ = booked.compare_exchange(0, 1, Relaxed, Relaxed);
    });
    format!("sold {}", booked.into_inner())
}
// ANCHOR_END: compare_exchange
