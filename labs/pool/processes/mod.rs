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
//! | [`ring`], [`ring_end`] and [`ring_ground`] | a second way: rings in shared memory, proved |
//! | [`progress`] | what all workers see: which task each is doing, and a place for data |
//! | [`crash`] | what is left when something goes wrong, as a scene |
//! | [`serialisation`] | what handing over data costs, as a scene |
//! | `member`, `child` | one place of the pool: the conversation, and the process |
//! | `round`, `turn` | the tasks of one call, and one turn of it: hand out, wait, react |
//! | `readiness` | waiting for all workers at once |
//! | `ends` | deaths, replacements, and the orderly end |
//! | `outbox`, `inbox` | what is on its way to a worker, and what has come from the other side |
//! | `limits` | which limit it was, when the system refuses |
//! | `ring_parent`, `ring_worker`, `ring_memory` | the rings between two processes |
//! | `memory` | memory that processes share |
//! | `patience` | how long to stay awake before sleeping |
//! | `worker_error` | why a worker ends before its time |
//! | `attempt` | a task that panics fails alone |
//! | `pace` | when a worker sends its replies |
//! | `tape`, `lane` | what a worker did, for a recording: its side, and the parent's |

mod attempt;
mod child;
pub mod crash;
mod ends;
pub mod errors;
pub mod frames;
mod inbox;
mod lane;
mod limits;
mod member;
mod memory;
pub mod messages;
mod outbox;
mod pace;
mod patience;
pub mod pool;
pub mod progress;
mod readiness;
pub mod refusals;
pub mod ring;
pub mod ring_end;
pub mod ring_ground;
mod ring_memory;
#[cfg(test)]
mod ring_model;
mod ring_parent;
#[cfg(test)]
mod ring_tests;
mod ring_worker;
mod round;
pub mod serialisation;
pub mod settings;
mod tape;
pub mod transport;
mod turn;
pub mod worker;
mod worker_error;

pub use errors::{Cause, Death, TaskFailed, Who};
pub use pool::ProcessPool;
pub use refusals::PoolError;
pub use settings::{Report, Settings};
pub use transport::Wiring;
