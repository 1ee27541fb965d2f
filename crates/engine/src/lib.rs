//! The engine of conclab: one program, three worlds.
//!
//! A lab's code is written once, against [`sync`], [`thread`] and [`hint`], which have std's names
//! and shapes. Which world executes it is chosen at run time.
//!
//! # Examples
//! Two threads load a counter and store one more; every interleaving of that:
//!
//! ```
//! use conclab_engine::settings::ModelSettings;
//! use conclab_engine::stop::Stop;
//! use conclab_engine::sync::atomic::{AtomicU64, Ordering::Relaxed};
//! use conclab_engine::thread;
//! use conclab_engine::world::model::explore;
//!
//! let body = || {
//!     let counter = AtomicU64::named("counter", 0);
//!     thread::scope(|s| {
//!         for _ in 0..2 {
//!             s.spawn(|| counter.store(counter.load(Relaxed) + 1, Relaxed));
//!         }
//!     });
//!     counter.into_inner().to_string()
//! };
//! let settings =
//!     ModelSettings::new(1_000, Stop::never());
//! let found = explore(&body, &settings, &mut |_| {})?;
//! assert_eq!(found.interleavings().to_string(), "6");
//! let lost = found.histogram().into_iter().find(|tally| tally.outcome == "1").unwrap();
//! assert_eq!(lost.interleavings.to_string(), "4");
//! assert_eq!(lost.odds, 0.5); // counts are not probabilities
//!
//! let simplest = found.simplest(|outcome| outcome == "1").unwrap();
//! let told = found.tell(&body, &simplest)?;
//! assert_eq!((told.schedule.as_deref(), told.context_switches), (Some("3"), 2));
//! # Ok::<(), conclab_engine::ExploreError>(())
//! ```
//!
//! Outside both worlds the facade is plain std:
//!
//! ```
//! use conclab_engine::sync::Mutex;
//!
//! let lock = Mutex::named("lock", 1);
//! *lock.lock() += 1;
//! assert_eq!(lock.into_inner(), 2);
//! ```
//!
//! # Layout
//! | module | purpose |
//! |---|---|
//! | [`sync`], [`thread`], [`hint`] | the facade: std's names, in every world |
//! | [`repeat`], [`retry`], [`call`], [`window`] | loops, calls, race windows that worlds know |
//! | [`world`] | the worlds: real threads, and every interleaving |
//! | [`settings`] | how often to run, how far to search |
//! | [`report`] | what a run found: plain data with units |
//! | [`memory`] | how much memory is left |
//! | [`stop`] | when to stop: interruption and deadlines |

mod control;
mod error;
pub mod hint;
pub mod memory;
pub mod report;
pub mod settings;
pub mod stop;
pub mod sync;
pub mod thread;
pub mod world;

pub use error::ExploreError;

pub use control::{call, repeat, retry, window};
