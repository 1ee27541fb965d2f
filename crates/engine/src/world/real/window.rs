//! Named race windows and the widen dial: the odds change, the bug does not.
//!
//! The dial acts in windows only, and only inside a run:
//!
//! | dial | what a thread does in a window | when |
//! |---|---|---|
//! | `none` | nothing | |
//! | `yield` | gives the processor away | its first 1,000 passages, for 20 ms at most |
//! | `spin` | spins for a microsecond | its first 100,000 passages |
//! | `sleep` | sleeps for 50 µs | its first passage of each window |
//! | `handshake` | waits for the others, at most 250 ms | its first passage of each window |
//!
//! **The handshake.** A thread leaves a window that is new to it when every other living thread of
//! the run has arrived. A thread has arrived when it has been in that window, or is in any; when
//! it waits for a lock that a thread in a window (or another that waits) holds; when it sleeps in
//! a condition variable; when it joins, as `main` does at the end of a scope; when it has ended.
//! Having been there is for good, so of two threads with a window neither leaves it before both
//! are in: on one core, and however busy the machine is.

use std::hint;
use std::thread;
use std::time::{Duration, Instant};

use crate::settings::Widen;
use crate::world::traced::{self, Line, What};

use super::context::{Me, me};
use super::detect::has_arrived;
use super::monitor::{Activity, Monitor, Slot};

const YIELDS_MAX: u32 = 1_000;
/// On a busy processor each yield costs a time slice of somebody else: 1,000 of them took 3 s.
const YIELDING_MAX: Duration = Duration::from_millis(20);
const SPINS_MAX: u32 = 100_000;
const SPIN: Duration = Duration::from_micros(1);
const SLEEP: Duration = Duration::from_micros(50);
const HANDSHAKE_MAX: Duration = Duration::from_millis(250);

/// A place where another thread may come between; the name is for readers and recordings.
pub(crate) fn window(name: &'static str, at: Line) {
    traced::passed_window(What::Window, name, at);
    let Some(me) = me() else { return };
    me.check();
    if me.run.widen == Widen::None {
        return;
    }
    me.open_gates();
    let passage = me.n_windows.get().saturating_add(1);
    me.n_windows.set(passage);
    widen(&me, name, passage);
    me.check();
    traced::passed_window(What::WindowLeft, name, at);
}

fn widen(me: &Me, name: &'static str, passage: u32) {
    match me.run.widen {
        Widen::Yield if passage <= YIELDS_MAX => give_way(me),
        Widen::Spin if passage <= SPINS_MAX => spin(),
        Widen::Sleep if me.widens_first(name) => thread::sleep(SLEEP),
        Widen::Handshake if me.widens_first(name) => shake_hands(me, name),
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

fn shake_hands(me: &Me, name: &'static str) {
    let deadline = Instant::now() + HANDSHAKE_MAX;
    me.arrive(name);
    let mut monitor = me.run.monitor();
    while !me.run.is_aborted() && !monitor.slots[me.idx].shaken.contains(&name) {
        if all_arrived(&monitor, name) {
            // All leave now, though most will notice only when they run: until then they must not
            // pass for threads that are waited with in another window.
            for slot in &mut monitor.slots {
                leave(slot, name);
            }
        } else if me.run.moved.wait_until(&mut monitor, deadline).timed_out() {
            break;
        }
    }
    leave(&mut monitor.slots[me.idx], name);
}

/// Lets a thread out of the window, if it is in it.
fn leave(slot: &mut Slot, name: &'static str) {
    if matches!(slot.activity, Activity::InWindow(window) if window == name) {
        slot.activity = Activity::Running;
        slot.shaken.push(name);
    }
}

fn all_arrived(monitor: &Monitor, name: &str) -> bool {
    (0..monitor.slots.len()).all(|thread| has_arrived(monitor, thread, name))
}
