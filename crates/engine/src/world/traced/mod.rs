//! The traced world: the real one, with every operation recorded.
//!
//! A [`Recording`] has a [`Lane`] for every thread that takes part; while a thread is in its lane,
//! the facade's operations leave events there, and so does [`Object`] for code that does not use
//! the facade. Outside a lane nothing is recorded, and finding that out costs less than a
//! nanosecond. `benches/trace.rs` measures both.
//!
//! # Examples
//! ```
//! use conclab_engine::world::traced::{Object, ObjectKind, Recording, What};
//!
//! let recording = Recording::new();
//! let worker = recording.lane("worker 1");
//! std::thread::scope(|s| {
//!     s.spawn(|| {
//!         let _in_lane = worker.enter();
//!         let task = Object::new("task 7", ObjectKind::Task);
//!         task.record(What::TaskStart, 0);
//!         task.record(What::TaskEnd, 0);
//!     });
//! });
//! let timeline = recording.finish();
//! let told: Vec<_> = timeline.events.iter().map(|event| event.what).collect();
//! assert_eq!(told, [What::Start, What::TaskStart, What::TaskEnd, What::End]);
//! assert_eq!(timeline.threads[0].name, "worker 1");
//! ```
//!
//! # Layout
//! | module | purpose |
//! |---|---|
//! | `clock` | the time-stamp counter, and what its ticks are worth |
//! | `what` | what can be recorded |
//! | `buffer` | a thread's events: bounded, and overflow is counted |
//! | `tape` | the thread's own end of a recording |
//! | `recording` | lanes, objects, and the moment that counts as the end |
//! | `tell` | from buffers to one timeline: order, and who unblocked whom |

mod buffer;
mod clock;
mod lane;
mod recording;
mod tape;
mod tell;
#[cfg(test)]
mod tests;
mod what;

pub use clock::{choose_clock, ticks};
pub use lane::{InLane, Lane, recorded};
pub use recording::Recording;
pub use tape::{Object, current, io, is_on, task};
pub use what::{ObjectKind, What};

pub(crate) use buffer::Line;
pub(crate) use tape::{lane_number, mark, passed_window, woken_by};
pub(crate) use tell::SEVERAL;
