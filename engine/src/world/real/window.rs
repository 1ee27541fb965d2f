//! Named race windows and the widen dial: the odds change, the bug does not.
//!
//! The dial acts in windows only, and only inside a run:
//!
//! | dial | what a thread does in a window | when |
//! |---|---|---|
//! | `none` | nothing | |
//! | `yield` | gives the processor away | its first 1,000 passages, for 20 ms at most |
//! | `spin` | spins for a microsecond | its first 100,000 passages |
//! | `sleep` | sleeps for 50 µs | its first passage |
//! | `handshake` | waits for the others, at most 250 ms | its first passage |
//!
//! **The handshake.** A thread leaves its first window when every other living thread of the run
//! has arrived. A thread has arrived when it is in its first window or has been there; when it
//! waits for a lock that a thread in a window (or another that waits) holds; when it sleeps in a
//! condition variable; when it joins, as `main` does at the end of a scope; when it has ended.
//! Arriving is for good, except for waiting, so of two threads with a window neither leaves it
//! before both are in: on one core, and however busy the machine is.

use std::hint;
use std::thread;
use std::time::{Duration, Instant};

use crate::lab::Widen;

use super::context::{Me, me};
use super::detect::has_arrived;
use super::monitor::{Activity, Monitor};

const YIELDS_MAX: u32 = 1_000;
/// On a busy processor each yield costs a time slice of somebody else: 1,000 of them took 3 s.
const YIELDING_MAX: Duration = Duration::from_millis(20);
const SPINS_MAX: u32 = 100_000;
const SPIN: Duration = Duration::from_micros(1);
const SLEEP: Duration = Duration::from_micros(50);
const HANDSHAKE_MAX: Duration = Duration::from_millis(250);

/// A place where another thread may come between; the name is for readers and recordings.
pub(crate) fn window(_name: &'static str) {
    let Some(me) = me() else { return };
    me.check();
    if me.run.widen == Widen::None {
        return;
    }
    me.open_gates();
    let passage = me.n_windows.get().saturating_add(1);
    me.n_windows.set(passage);
    widen(&me, passage);
    me.check();
}

fn widen(me: &Me, passage: u32) {
    match me.run.widen {
        Widen::Yield if passage <= YIELDS_MAX => give_way(me),
        Widen::Spin if passage <= SPINS_MAX => spin(),
        Widen::Sleep if passage == 1 => thread::sleep(SLEEP),
        Widen::Handshake if passage == 1 => shake_hands(me),
        _ => {}
    }
}

fn give_way(me: &Me) {
    let begin = me.yielding_since.get().unwrap_or_else(Instant::now);
    me.yielding_since.set(Some(begin));
    if begin.elapsed() < YIELDING_MAX {
        thread::yield_now();
    }
}

fn spin() {
    let begin = Instant::now();
    while begin.elapsed() < SPIN {
        hint::spin_loop();
    }
}

fn shake_hands(me: &Me) {
    let deadline = Instant::now() + HANDSHAKE_MAX;
    me.arrive();
    let mut monitor = me.run.monitor();
    while !me.run.is_aborted() && !all_arrived(&monitor) {
        if me.run.moved.wait_until(&mut monitor, deadline).timed_out() {
            break;
        }
    }
    let slot = &mut monitor.slots[me.idx];
    slot.activity = Activity::Running;
    slot.shaken = true;
}

fn all_arrived(monitor: &Monitor) -> bool {
    (0..monitor.slots.len()).all(|thread| has_arrived(monitor, thread))
}
