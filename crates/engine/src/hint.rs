//! Hints for loops that wait.

use std::panic::Location;

use crate::world::model::context;
use crate::world::real;

/// Ends an iteration of a loop that waits for another thread.
///
/// On real threads it is [`std::hint::spin_loop`]. In the model the thread sleeps here until
/// another thread changes something that this one has read since it last changed anything itself
/// (so a loop that waits is finite there); if every thread that is not over sleeps like this, the
/// outcome is a livelock.
#[track_caller]
pub fn spin_loop() {
    match context::current() {
        Some(model) => model.pause(Location::caller()),
        None => real::spin_loop(),
    }
}
