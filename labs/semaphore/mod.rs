//! The semaphore: so many permits, and who finds none waits until one is given back.
//!
//! Workers go in and out of a room. A semaphore with P permits sees to it that never more than P
//! are inside: everyone takes a permit at the door (`acquire`, Dijkstra's P) and gives one back on
//! leaving (`release`, his V). Ten connections to a database, three lifts, two cores: whatever
//! there is a number of, a semaphore can guard.
//!
//! Two things can go wrong, and the wrong variants show both:
//!
//! | what goes wrong | how | variant |
//! |---|---|---|
//! | too many inside | nobody looks | `no-limit` |
//! | | to look and to take are two steps | `check-then-take` |
//! | | who is woken does not look again | `if-not-while` |
//! | waiting for ever | the wake-up comes before the sleep | `lost-wakeup` |
//! | | each has what the other one wants | `wrong-order` |
//!
//! ```text
//! B                               A (has the last permit)
//! looks: none is free
//!                                 gives it back
//!                                 wakes whoever sleeps: nobody
//! falls asleep, for ever                                        a lost wake-up
//! ```
//!
//! The right variants are semaphores of our own, small enough to read: [`MutexCondvar`], the one
//! of the textbook; [`Atomic`], one word and one atomic operation; [`Fair`], first come, first
//! served. Two more show what semaphores are for besides: `rendezvous` and `any-releaser`.
//!
//! # With one permit it is a mutex. Is it?
//! It lets one in at a time, so it guards data as well. But a mutex has an **owner**: who locked it
//! unlocks it, and Rust's guard does not even travel to another thread:
//!
//! ```compile_fail,E0277
//! use conclab_engine::sync::Mutex;
//! use conclab_engine::thread::scope;
//!
//! let lock = Mutex::new(0);
//! let guard = lock.lock();
//! scope(|s| {
//!     s.spawn(move || drop(guard)); // `MutexGuard` cannot be sent between threads safely
//! });
//! ```
//!
//! A semaphore has none: any thread may give a permit back, also one that never took any. So it
//! can *signal*: with 0 permits, `acquire` waits for an event and `release` is the event. It is
//! also why it cannot tell you who forgot to give one back.
//!
//! Five words are not std's: `named` gives an object the name it has in reports; `repeat(n, …)` is
//! a `for` loop; `retry` calls its closure again until that gives `Some`; `window` marks the moment
//! when an interruption does harm, and does nothing by itself. A `Gauge` counts who is in the room;
//! it stops nobody.
//!
//! # Sources
//! E. W. Dijkstra, *Cooperating Sequential Processes*, 1965, section 4. A. B. Downey, *The Little
//! Book of Semaphores*, 2016, chapters 2 and 3.

mod atomic;
mod fair;
mod lab;
mod mutex_condvar;
mod permits;
mod price_lanes;
#[cfg(test)]
mod price_tests;
mod price_waits;
mod prices;
mod signals;
mod size;
#[cfg(test)]
mod tests;
mod variants;
mod wrong;

use conclab_engine::sync::Gauge;
use conclab_engine::thread::scope;
use conclab_engine::{repeat, window};

pub use self::atomic::Atomic;
pub use self::fair::Fair;
pub use self::lab::Semaphores;
pub use self::mutex_condvar::MutexCondvar;
pub use self::permits::Permits;
pub use self::size::Parameters;
pub use crate::platform::{Facade, Platform};
pub use crate::price_platform::Bare;

/// Goes into the room, is inside for a moment, and goes out.
fn visit(room: &Gauge) {
    room.enter();
    window("inside");
    room.leave();
}

/// Tells how many were ever inside at once.
fn tell(room: Gauge) -> String {
    format!("at most {} inside", room.into_most())
}

/// Starts the workers, lets each `enter(worker)`, visit the room and `leave(worker)` so often, and
/// tells how many were ever inside at once.
fn everyone(
    size: &Parameters,
    enter: impl Fn(usize) + Sync,
    leave: impl Fn(usize) + Sync,
) -> String {
    let room = Gauge::named("room");
    scope(|s| {
        for worker in 0..size.workers {
            let (room, enter, leave) = (&room, &enter, &leave);
            s.spawn(move || {
                repeat(size.rounds(), |_| {
                    // Each goes on alike however the one before went, and so the model forgets it.
                    repeat(1, |_| enter(worker));
                    repeat(1, |_| visit(room));
                    leave(worker);
                });
            });
        }
    });
    tell(room)
}

/// Everyone takes a permit, goes in, and gives it back.
fn limited(size: &Parameters, permits: &impl Permits) -> String {
    everyone(size, |_| permits.acquire(), |_| permits.release())
}

/// Counts behind a lock and waits on a condition variable.
fn mutex_condvar(size: &Parameters) -> String {
    limited(size, &MutexCondvar::new(size.permits()))
}

/// Counts in one atomic word and sleeps on it when nothing is free.
fn atomic(size: &Parameters) -> String {
    limited(size, &Atomic::<Facade>::new(size.permits()))
}

/// Lets everyone draw a ticket and admits tickets in order.
fn fair(size: &Parameters) -> String {
    limited(size, &Fair::<Facade>::new(size.permits()))
}
