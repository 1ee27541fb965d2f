//! Children of this program: a pool of worker processes, and single ones that play a role.
//!
//! Nothing is shared, everything is sent. A worker that dies takes nothing with it but the task it
//! was doing; that is what processes are for, and what the copying and the waking pay for.
//!
//! - *No child outlives the program*: a worker ends when its pipe does, and is killed when its
//!   parent dies.
//! - *An answer is there once*: a task whose worker died is done again, once; one that killed two
//!   workers is given back as failed.
//!
//! # Layout
//! | module | purpose |
//! |---|---|
//! | [`role`] | what a child does, by name: [`Role`] for tasks, [`Entry`] for everything |
//! | [`pool`] | the pool: one thread looks after all workers |
//! | [`worker`] | the other side: a process that does one task after the other |
//! | [`play()`] | one child that plays a role and ends |
//! | [`python`] | a script of Python beside, ended with all its processes |
//! | [`settings`] | how a pool is set up, and what it tells of itself |
//! | [`errors`] | what can go wrong, with the name of the culprit |
//! | [`messages`] and [`frames`] | what they say to each other, and how it becomes bytes |
//! | [`wiring`], [`transport`] | what connects parent and worker, and how bytes travel |
//! | [`ring`], [`ring_end`] and [`ring_ground`] | a second way: rings in shared memory, proved |
//! | [`progress`] | what all workers see: which task each is doing, and a place for data |
//! | `member`, `child` | one place of the pool: the conversation, and the process |
//! | `round`, `turn` | the tasks of one call, and one turn of it: hand out, wait, react |
//! | `readiness` | waiting for all workers at once |
//! | `ends` | deaths, replacements, and the orderly end |
//! | `outbox`, `inbox` | what is on its way to a worker, and what has come from the other side |
//! | `ring_parent`, `ring_worker`, `ring_memory` | the rings between two processes |
//! | `memory` | memory that processes share |
//! | `attempt` | a task that panics fails alone |
//! | `pace` | when a worker sends its replies |
//! | `tape`, `lane` | what a worker did, for a recording: its side, and the parent's |
#![cfg(unix)]

mod attempt;
mod child;
mod ends;
pub mod errors;
pub mod frames;
mod inbox;
mod lane;
mod member;
mod memory;
pub mod messages;
mod outbox;
mod pace;
mod play;
pub mod pool;
pub mod progress;
pub mod python;
mod readiness;
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
pub mod role;
mod round;
pub mod settings;
mod tape;
pub mod transport;
mod turn;
pub mod wiring;
pub mod worker;

pub use errors::{Cause, Death, PoolError, TaskFailed, Who};
pub use play::play;
pub use pool::ProcessPool;
pub use role::{At, Entry, Played, Role};
pub use settings::{Report, SUBCOMMAND, Settings};
pub use wiring::Wiring;
