//! A pool of worker processes: nothing is shared, everything is sent.
//!
//! A worker that dies takes nothing with it but the task it was doing; that is what processes are
//! for, and what the copying and the waking pay for.
//!
//! # Layout
//! | module | purpose |
//! |---|---|
//! | [`pool`] | the pool: one thread looks after all workers |
//! | [`worker`] | the other side: a process that does one task after the other |
//! | [`settings`] | how a pool is set up, and what it tells of itself |
//! | [`errors`] and [`refusals`] | what can go wrong, with the name of the culprit |
//! | [`messages`] and [`frames`] | what they say to each other, and how it becomes bytes |
//! | [`transport`] | how the bytes travel |
//! | [`progress`] | which task a worker is doing, in a word of shared memory |
//! | [`crash`] | what is left when something goes wrong, as a scene |
//! | `member`, `child` | one place of the pool: the conversation, and the process |
//! | `round` | the tasks of one call |
//! | `readiness` | waiting for all workers at once |
//! | `ends` | deaths, replacements, and the orderly end |
//! | `limits` | which limit it was, when the system refuses |
//! | `attempt` | a task that panics fails alone |
//! | `pace` | when a worker sends its replies |

mod attempt;
mod child;
pub mod crash;
mod ends;
pub mod errors;
pub mod frames;
mod limits;
mod member;
pub mod messages;
mod pace;
pub mod pool;
pub mod progress;
mod readiness;
pub mod refusals;
mod round;
pub mod settings;
pub mod transport;
pub mod worker;

pub use errors::{Cause, Death, TaskFailed, Who};
pub use pool::ProcessPool;
pub use refusals::PoolError;
pub use settings::{Report, Settings};
pub use transport::Wiring;
